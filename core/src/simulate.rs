//! Calls through a policy, in order, on their own clock → a run, as columns.
//!
//! The run is judged by the same [`decide`](mod@crate::evaluate) as a live call; only
//! the names are resolved once instead of at every call. An answer that gives a
//! reservation back does so before the first call that is judged at or after it.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::amount::Amount;
use crate::compile::{CompiledPolicy, Target};
use crate::counter::{Counters, ReservationId, Settled};
use crate::evaluate::decide;
use crate::pointer::RuleId;
use crate::scenario::Calls;
use crate::time::Timestamp;
use crate::trace::{Step, Trace};
use crate::verdict::{Decision, Reason, Ruling, Verdict};

mod lane;
mod summary;

pub use lane::{Lane, LaneWindow, Point};
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

    /// The rule that denied call `index`, from 0.
    #[must_use]
    pub fn rule(&self, policy: &CompiledPolicy, index: usize) -> Option<RuleId> {
        let limit = self.limit.get(index).copied().flatten();
        rule_of(policy, *self.reason.get(index)?, limit.and_then(|(limit, _)| usize::try_from(limit).ok()))
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

/// The id of the rule that made a decision.
fn rule_of(policy: &CompiledPolicy, reason: Reason, limit: Option<usize>) -> Option<RuleId> {
    match reason {
        Reason::Hidden => Some(RuleId::HIDDEN),
        Reason::DefaultDeny => Some(RuleId::DEFAULT_DENY),
        Reason::NoPolicy => Some(RuleId::NO_POLICY),
        Reason::Limit => policy.limits().get(limit?).map(|limit| limit.rule.clone()),
        Reason::Allowed | Reason::TooManyGrants | Reason::ForeignCounters => None,
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
    let mut replay = Replay::new(policy, calls);
    let mut run = Run {
        reason: Vec::with_capacity(calls.len()),
        at: Vec::with_capacity(calls.len()),
        retry_at: Vec::with_capacity(calls.len()),
        limit: Vec::with_capacity(calls.len()),
        lanes: Vec::new(),
        summary: Summary::default(),
    };
    let mut lanes = Lanes::default();
    for index in 0..calls.len() {
        while let Some(answer) = replay.next_answer(index) {
            lanes.answered(&replay, &answer);
        }
        let Some(ruling) = replay.judge(index, &mut ()) else { break };
        lanes.judged(&replay, index, &ruling);
        run.reason.push(ruling.reason);
        run.at.push(ruling.at);
        run.retry_at.push(ruling.retry_at);
        run.limit.push(ruling.limit.and_then(|(limit, used)| Some((u32::try_from(limit).ok()?, used))));
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
pub fn explain_call(policy: &CompiledPolicy, calls: &Calls, index: usize) -> Option<(Verdict, Vec<Step>)> {
    let call = calls.get(index)?;
    let mut replay = Replay::new(policy, calls);
    for earlier in 0..index {
        while replay.next_answer(earlier).is_some() {}
        replay.judge(earlier, &mut ())?;
    }
    while replay.next_answer(index).is_some() {}
    let mut steps = Vec::new();
    let ruling = replay.judge(index, &mut steps)?;
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
    /// What the policy says of each of the calls' names, resolved once.
    targets: Vec<Target>,
    /// Answers to come, the earliest first.
    awaited: BinaryHeap<Reverse<Awaited>>,
}

impl<'r> Replay<'r> {
    fn new(policy: &'r CompiledPolicy, calls: &'r Calls) -> Self {
        let targets = calls.names().iter().map(|name| policy.target(name)).collect();
        Self { policy, calls, counters: Counters::new(policy), targets, awaited: BinaryHeap::new() }
    }

    fn target(&self, index: usize) -> Option<Target> {
        let name = usize::try_from(self.calls.tool_index(index)?).ok()?;
        self.targets.get(name).copied()
    }

    /// Settles the next of the answers that come before call `index` is judged: before all calls are, where there is none.
    fn next_answer(&mut self, index: usize) -> Option<Answered> {
        let until =
            self.calls.get(index).map_or(Timestamp::MAX, |call| self.counters.effective_time(call.at));
        let Reverse(answer) = self.awaited.peek().filter(|Reverse(next)| next.at <= until).copied()?;
        self.awaited.pop();
        let (outcome, _) = self.calls.answer_of(answer.call)?;
        let settled = self.counters.settle(self.policy, answer.reservation, outcome);
        Some(Answered { answer, given_back: settled == Settled::Refunded })
    }

    fn judge(&mut self, index: usize, trace: &mut impl Trace) -> Option<Ruling> {
        let call = self.calls.get(index)?;
        let target = self.target(index)?;
        let grant = self.counters.grant(call.grant);
        let ruling = decide(self.policy, target, grant, &call, &mut self.counters, trace);
        if let (Some(reservation), Some((_, at))) = (ruling.reservation, self.calls.answer_of(index)) {
            let answer = Awaited { at, call: index, counted_at: ruling.at, reservation };
            self.awaited.push(Reverse(answer));
        }
        Some(ruling)
    }
}

#[cfg(test)]
mod tests;
