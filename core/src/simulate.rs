//! Calls through a policy, in order, on their own clock → a run, as columns.
//!
//! The run is judged by the same code as a live call; only what no time and no counter enters, the name, the rules
//! and the cost, is judged once for all calls that are alike. An answer that gives a
//! reservation back does so before the first call that is judged at or after it.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::amount::Amount;
use crate::compile::{CompiledPolicy, Target};
use crate::counter::{Counters, Options, ReservationId, Settled};
use crate::evaluate::{Judged, decide_at, decide_in_simulation, judge_rules};
use crate::message::Malformed;
use crate::pointer::RuleId;
use crate::scenario::Calls;
use crate::time::Timestamp;
use crate::trace::Step;
use crate::verdict::{Decision, Reason, Ruling, Verdict};

mod lane;
mod summary;

pub use lane::{Lane, LaneKey, LaneWindow, Point};
pub use summary::{RuleCount, Summary};

use lane::Lanes;

/// What a policy did to a sequence of calls: one entry a call in each column.
#[derive(Clone, Debug)]
pub struct Run {
    /// Why each call was allowed or denied.
    pub reason: Vec<Reason>,
    /// When each call was judged.
    pub at: Vec<Timestamp>,
    /// When each denied call would have passed, if nothing else happened. None: never, or it passed.
    pub retry_at: Vec<Option<Timestamp>>,
    /// The limit that refused, or the one with the fewest left, as an index into
    /// [`CompiledPolicy::limits`], and what it holds.
    pub limit: Vec<Option<(u32, Amount)>>,
    /// What decided each call that is not allowed.
    pub decided_by: Vec<DecidedBy>,
    /// One lane for each counter that a call met, the first to refuse first.
    pub lanes: Vec<Lane>,
    /// The run in numbers.
    pub summary: Summary,
}

impl Run {
    /// How many calls were judged.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reason.len()
    }

    /// Whether no call was judged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reason.is_empty()
    }

    /// The decision on call `index`, from 0.
    #[must_use]
    pub fn decision(&self, index: usize) -> Option<Decision> {
        self.reason.get(index).copied().map(Reason::decision)
    }

    /// The name in a decision log of the rule that decided call `index`, from 0.
    #[must_use]
    pub fn rule(&self, policy: &CompiledPolicy, index: usize) -> Option<RuleId> {
        self.decided_by.get(index)?.rule(policy, *self.reason.get(index)?)
    }

    /// The first denied call after `index`, or the first of all where there is no `index`.
    #[must_use]
    pub fn next_denial(&self, index: Option<usize>) -> Option<usize> {
        let from = index.map_or(0, |index| index + 1);
        let later = self.reason.get(from..)?;
        later.iter().position(|reason| reason.decision() == Decision::Deny).map(|found| from + found)
    }

    /// The last denied call before `index`.
    #[must_use]
    pub fn previous_denial(&self, index: usize) -> Option<usize> {
        self.reason.get(..index)?.iter().rposition(|reason| reason.decision() == Decision::Deny)
    }
}

/// What decided a call that is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecidedBy {
    /// Nothing that has a place of its own: the reason says it all.
    Reason,
    /// A rule, as an index into [`CompiledPolicy::rules`].
    Rule(u32),
    /// A limit, as an index into [`CompiledPolicy::limits`].
    Limit(u32),
}

impl DecidedBy {
    fn of(ruling: &Ruling) -> Self {
        let index = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        match (ruling.deciding_rule(), ruling.deciding_limit()) {
            (Some(rule), _) => Self::Rule(index(rule)),
            (None, Some(limit)) => Self::Limit(index(limit)),
            (None, None) => Self::Reason,
        }
    }

    fn rule(self, policy: &CompiledPolicy, reason: Reason) -> Option<RuleId> {
        let place = |index: u32| usize::try_from(index).ok();
        match self {
            Self::Rule(index) => Some(policy.rules().get(place(index)?)?.rule.clone()),
            Self::Limit(index) => Some(policy.limits().get(place(index)?)?.rule.clone()),
            Self::Reason => match reason {
                Reason::Hidden => Some(RuleId::HIDDEN),
                Reason::DefaultDeny => Some(RuleId::DEFAULT_DENY),
                Reason::NoPolicy => Some(RuleId::NO_POLICY),
                _ => None,
            },
        }
    }
}

/// Runs calls through a policy.
///
/// ```
/// use gatewright_core::{compile, parse, simulate};
/// use gatewright_core::scenario::Scenario;
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"run_tests": {
///     "limits": [{"counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#)).unwrap();
/// let stuck: Scenario = serde_json::from_str(r#"{"start": "2026-01-05T10:00:00Z", "blocks": [
///     {"block": "rate", "call": {"tool": "run_tests", "grant": "ci", "outcome": "ok"},
///      "calls": 12, "per": "second", "for_ms": 300000}]}"#).unwrap();
/// let run = simulate(&policy, &stuck.calls().unwrap());
/// assert_eq!(run.summary.in_words(), "50 of 3,600 calls allowed. \
///     3,550 denied, all by run_tests_rate (10 per minute). First denial after 0.8 s.");
/// ```
#[must_use]
pub fn simulate(policy: &CompiledPolicy, calls: &Calls) -> Run {
    simulate_with(policy, calls, Options::default())
}

/// Runs calls through a policy like [`simulate`], counting in another way.
#[must_use]
pub fn simulate_with(policy: &CompiledPolicy, calls: &Calls, options: Options) -> Run {
    let mut replay = Replay::new(policy, calls, options);
    let mut run = Run {
        reason: Vec::with_capacity(calls.len()),
        at: Vec::with_capacity(calls.len()),
        retry_at: Vec::with_capacity(calls.len()),
        limit: Vec::with_capacity(calls.len()),
        decided_by: Vec::with_capacity(calls.len()),
        lanes: Vec::new(),
        summary: Summary::default(),
    };
    let mut lanes = Lanes::default();
    for index in 0..calls.len() {
        while let Some(answer) = replay.next_answer(index) {
            lanes.answered(&replay, &answer);
        }
        let Some(ruling) = replay.judge(index) else { break };
        lanes.judged(&replay, index, &ruling);
        run.reason.push(ruling.reason);
        run.at.push(ruling.at);
        run.retry_at.push(ruling.retry_at);
        run.limit.push(ruling.limit.and_then(|found| Some((u32::try_from(found.index).ok()?, found.used))));
        run.decided_by.push(DecidedBy::of(&ruling));
    }
    while let Some(answer) = replay.next_answer(calls.len()) {
        lanes.answered(&replay, &answer);
    }
    run.lanes = lanes.finish();
    run.summary = Summary::new(policy, calls, &run);
    run
}

/// One call of a run with every check: the run is judged again up to it.
#[must_use]
pub fn explain_call(
    policy: &CompiledPolicy,
    calls: &Calls,
    index: usize,
    options: Options,
) -> Option<(Verdict, Vec<Step>)> {
    let call = calls.get(index)?;
    let mut replay = Replay::new(policy, calls, options);
    for earlier in 0..index {
        while replay.next_answer(earlier).is_some() {}
        replay.judge(earlier)?;
    }
    while replay.next_answer(index).is_some() {}
    let mut steps = Vec::new();
    let ruling = decide_in_simulation(policy, &call, &mut replay.counters, &mut steps);
    Some((Verdict::new(Some(policy), &call, &ruling), steps))
}

/// An answer to come. The fields' order is that of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Awaited {
    at: Timestamp,
    call: usize,
    counted_at: Timestamp,
    reservation: ReservationId,
}

/// An answer that came.
#[derive(Clone, Copy, Debug)]
struct Answered {
    answer: Awaited,
    /// Whether it took the call off its counters.
    given_back: bool,
}

/// A run in progress.
struct Replay<'r> {
    policy: &'r CompiledPolicy,
    calls: &'r Calls,
    counters: Counters,
    /// Of each kind of call, what the name and the rules say.
    kinds: Vec<(Target, Result<Judged, Malformed>)>,
    /// Answers to come, the earliest first.
    awaited: BinaryHeap<Reverse<Awaited>>,
}

impl<'r> Replay<'r> {
    fn new(policy: &'r CompiledPolicy, calls: &'r Calls, options: Options) -> Self {
        let kinds =
            calls.kinds().map(|call| (policy.target(call.tool), judge_rules(policy, &call))).collect();
        let counters = Counters::with_options(policy, options);
        Self { policy, calls, counters, kinds, awaited: BinaryHeap::new() }
    }

    fn target(&self, index: usize) -> Option<Target> {
        self.kinds.get(self.calls.kind(index)?).map(|(target, _)| *target)
    }

    /// Settles the next of the answers that come before call `index` is judged: before all calls are, where there is none.
    fn next_answer(&mut self, index: usize) -> Option<Answered> {
        let until = self.calls.at(index).map_or(Timestamp::MAX, |at| self.counters.effective_time(at));
        let Reverse(answer) = self.awaited.peek().filter(|Reverse(next)| next.at <= until).copied()?;
        self.awaited.pop();
        let (outcome, _) = self.calls.answer_of(answer.call)?;
        let settled = self.counters.settle(self.policy, answer.reservation, outcome);
        Some(Answered { answer, given_back: settled == Settled::Refunded })
    }

    fn judge(&mut self, index: usize) -> Option<Ruling> {
        let call = self.calls.get(index)?;
        let (target, judged) = self.kinds.get(self.calls.kind(index)?)?;
        let ruling = match judged {
            Ok(judged) => {
                let caller = self.counters.caller(self.policy.checks(*target), call.grant, call.session);
                decide_at(self.policy, *target, &caller, call.at, |()| judged, &mut self.counters, &mut ())
            }
            Err(problem) => Ruling::malformed(*problem, self.counters.effective_time(call.at)),
        };
        if let (Some(reservation), Some((_, at))) = (ruling.reservation, self.calls.answer_of(index)) {
            let answer = Awaited { at, call: index, counted_at: ruling.at, reservation };
            self.awaited.push(Reverse(answer));
        }
        Some(ruling)
    }
}

#[cfg(test)]
mod tests;
