//! Calls through a policy, in order, on their own clock → a run, as columns.
//!
//! The run is judged by the same code as a live call; only what no time and no counter enters, the name, the rules
//! and the cost, is judged once for all calls that are alike. An answer that gives a
//! reservation back does so before the first call that is judged at or after it; where a log tells the two apart that
//! fall on one millisecond, in the log's order.

use alloc::vec::Vec;
use core::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::compile::CompiledPolicy;
use crate::counter::Options;
use crate::evaluate::decide_in_simulation;
use crate::pointer::RuleId;
use crate::scenario::Calls;
use crate::time::Timestamp;
use crate::trace::Step;
use crate::verdict::{Decision, Reason, Ruling, Verdict};

mod lane;
mod near;
mod parts;
mod phases;
mod play;
mod recording;
mod replay;
mod solve;
mod summary;

pub use lane::{Lane, LaneKey, LaneWindow, Point};
pub use near::{NearMiss, Nearest};
pub use parts::{LanePart, RunPart};
pub use phases::{Phase, Phases, SECONDS, phase, phases};
pub use play::{Play, calls_under, play};
pub use recording::Recording;
pub use solve::{Found, LargestMax, Sequence, SmallestMax, largest_max, smallest_max};
pub use summary::{RuleCount, Summary};

use lane::Lanes;
use recording::Checkpoints;
pub(crate) use replay::{Input, Replay};

/// What a policy did to a sequence of calls: one entry a call in each column.
#[derive(Clone, Debug, Default)]
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

    fn with_capacity(calls: usize) -> Self {
        Self {
            reason: Vec::with_capacity(calls),
            at: Vec::with_capacity(calls),
            retry_at: Vec::with_capacity(calls),
            limit: Vec::with_capacity(calls),
            decided_by: Vec::with_capacity(calls),
            ..Self::default()
        }
    }

    fn push(&mut self, ruling: &Ruling) {
        let limit = ruling.limit.and_then(|found| Some((u32::try_from(found.index).ok()?, found.used)));
        self.reason.push(ruling.reason);
        self.at.push(ruling.at);
        self.retry_at.push(ruling.retry_at);
        self.limit.push(limit);
        self.decided_by.push(DecidedBy::of(ruling));
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DecidedBy {
    /// Nothing that has a place of its own: the reason says it all.
    Reason,
    /// A rule, as an index into [`CompiledPolicy::rules`].
    Rule(u32),
    /// A limit, as an index into [`CompiledPolicy::limits`].
    Limit(u32),
}

impl DecidedBy {
    pub(crate) fn of(ruling: &Ruling) -> Self {
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
    Simulation::new(policy, calls, options).finish()
}

/// A run in steps, so that whoever shows it can do something else in between.
///
/// The policy and the calls are borrowed, or kept alive by the run itself: `P` and `C` are references or `Arc`s.
///
/// ```
/// use std::sync::Arc;
/// use gatewright_core::scenario::Calls;
/// use gatewright_core::simulate::Simulation;
/// use gatewright_core::{Options, ToolCall, compile, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "allow"}"#)).unwrap();
/// let mut calls = Calls::default();
/// for _ in 0..5 {
///     calls.push(&ToolCall { tool: "ls", ..ToolCall::default() }, None);
/// }
/// let mut simulation = Simulation::new(Arc::new(policy), Arc::new(calls), Options::default());
/// assert_eq!((simulation.advance(3), simulation.advance(3)), (3, 5));
/// assert_eq!(simulation.finish().summary.allowed, 5);
/// ```
pub struct Simulation<P, C> {
    policy: P,
    calls: C,
    replay: Replay,
    run: Run,
    lanes: Lanes,
    /// Where the run can be taken up again, if that is wanted.
    checkpoints: Option<Checkpoints>,
}

impl<P: Deref<Target = CompiledPolicy>, C: Deref<Target = Calls>> Simulation<P, C> {
    /// A run of which nothing is done yet.
    #[must_use]
    pub fn new(policy: P, calls: C, options: Options) -> Self {
        let replay = Replay::new(Input { policy: &policy, calls: &calls }, options);
        let run = Run::with_capacity(calls.len());
        Self { policy, calls, replay, run, lanes: Lanes::default(), checkpoints: None }
    }

    /// Runs at most so many calls more. Returns how many are run by now: all of them, once nothing is left to do.
    pub fn advance(&mut self, calls: usize) -> usize {
        let input = Input { policy: &self.policy, calls: &self.calls };
        let start = self.run.len();
        for index in start..input.calls.len().min(start.saturating_add(calls)) {
            if let Some(checkpoints) = &mut self.checkpoints {
                checkpoints.reached(index, &self.replay, &self.lanes);
            }
            while let Some(answer) = self.replay.next_answer(input, index) {
                self.lanes.answered(input, &self.replay, &answer);
            }
            let Some(ruling) = self.replay.judge(input, index) else { break };
            self.lanes.judged(input, &self.replay, index, &ruling);
            self.run.push(&ruling);
        }
        self.run.len()
    }

    /// Runs what is left, and tells all of it.
    #[must_use]
    pub fn finish(mut self) -> Run {
        self.advance(usize::MAX);
        self.end().2
    }

    /// All of a run whose calls are judged.
    fn end(mut self) -> (P, C, Run) {
        let input = Input { policy: &self.policy, calls: &self.calls };
        while let Some(answer) = self.replay.next_answer(input, input.calls.len()) {
            self.lanes.answered(input, &self.replay, &answer);
        }
        self.run.lanes = self.lanes.finish();
        self.run.summary = Summary::new(input.policy, input.calls, &self.run);
        (self.policy, self.calls, self.run)
    }
}

/// One call of a run with every check: the run is judged again up to it.
#[must_use]
pub fn explain_call(
    policy: &CompiledPolicy,
    calls: &Calls,
    index: usize,
    options: Options,
) -> Option<(Verdict, Vec<Step>)> {
    let input = Input { policy, calls };
    explain_from(input, Replay::new(input, options), 0, index)
}

/// The same, from a state before call `from`.
fn explain_from(
    input: Input<'_>,
    mut replay: Replay,
    from: usize,
    index: usize,
) -> Option<(Verdict, Vec<Step>)> {
    let Input { policy, calls } = input;
    let call = calls.get(index)?;
    for earlier in from..index {
        while replay.next_answer(input, earlier).is_some() {}
        replay.judge(input, earlier)?;
    }
    while replay.next_answer(input, index).is_some() {}
    let mut steps = Vec::new();
    let ruling = decide_in_simulation(policy, &call, &mut replay.counters, &mut steps);
    Some((Verdict::new(Some(policy), &call, &ruling), steps))
}

#[cfg(test)]
mod tests;
