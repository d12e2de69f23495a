//! Two policies × the same calls → which calls change.
//!
//! Each policy counts for itself: a call that only one of them allows leaves its counters fuller there, and later calls
//! may meet a limit for no other reason. Such a change is told apart as a knock-on: the second policy would decide the
//! call as the first did, had the counters that both of them have held what they hold under the first.
//!
//! A call that both deny, by different rules, does not change.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Deref;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::amount::{Amount, count};
use crate::call::ToolCall;
use crate::compile::{CompiledLimit, CompiledPolicy, CounterKey};
use crate::counter::{Caller, Counters, Options, Reading};
use crate::evaluate::Readings;
use crate::pointer::RuleId;
use crate::scenario::Calls;
use crate::simulate::{Input, Replay};
use crate::time::Timestamp;
use crate::verdict::{Decision, Reason, Ruling};

/// So many of the calls that change are told one by one.
pub const MAX_TOLD: usize = 1_000;

/// What changes between two policies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Calls judged.
    pub calls: usize,
    /// Calls that are decided differently.
    pub changed: usize,
    /// Of these, the ones that change only because earlier calls do.
    pub knock_on: usize,
    /// How many calls went from one decision to another, the most first; of equals, the first to change first.
    pub matrix: Vec<Move>,
    /// The first [`MAX_TOLD`] of the calls that change.
    pub first_changed: Vec<ChangedCall>,
}

/// How many calls went from one decision to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Under the first policy.
    pub before: Decision,
    /// Under the second.
    pub after: Decision,
    /// How many calls.
    pub count: usize,
}

/// A call that two policies decide differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedCall {
    /// Which, from 0.
    pub index: usize,
    /// When it was made.
    pub at: Timestamp,
    /// The tool's name.
    pub tool: String,
    /// Who called.
    pub grant: String,
    /// Under the first policy.
    pub before: Decided,
    /// Under the second.
    pub after: Decided,
    /// Whether it changes only because earlier calls do.
    pub knock_on: bool,
}

/// What a policy decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// The rule's name in a decision log, where one decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
}

/// Runs the same calls through two policies, and tells which are decided differently.
///
/// ```
/// use gatewright_core::scenario::Calls;
/// use gatewright_core::{Options, ToolCall, compile, diff, parse};
/// let policy = |max: u8| compile(&parse(&format!(r#"{{"version": "1", "default": "deny", "tools": {{"ls": {{"limits": [
///     {{"counter": "rate", "window": "minute", "max": {max}, "scope": "grant"}}]}}}}}}"#))).unwrap();
/// let mut calls = Calls::default();
/// for _ in 0..4 {
///     calls.push(&ToolCall { tool: "ls", ..ToolCall::default() }, None);
/// }
/// let difference = diff(&policy(3), &policy(1), &calls, Options::default());
/// assert_eq!(difference.in_words(), "2 of 4 calls change, all from allow to deny.");
/// ```
#[must_use]
pub fn diff(before: &CompiledPolicy, after: &CompiledPolicy, calls: &Calls, options: Options) -> Difference {
    let mut comparison = Comparison::new(before, after, calls, options);
    comparison.advance(usize::MAX);
    comparison.finish()
}

/// Two policies over the same calls in steps, so that whoever shows what changes can do something else in between.
///
/// Policies and calls are borrowed, or kept alive by the comparison itself: `P` and `C` are references or `Arc`s.
pub struct Comparison<P, C> {
    before: P,
    after: P,
    calls: C,
    old: Replay,
    new: Replay,
    shared: Vec<Option<usize>>,
    difference: Difference,
}

impl<P: Deref<Target = CompiledPolicy>, C: Deref<Target = Calls>> Comparison<P, C> {
    /// A comparison of which no call is judged yet.
    #[must_use]
    pub fn new(before: P, after: P, calls: C, options: Options) -> Self {
        let old = Replay::new(Input { policy: &before, calls: &calls }, options);
        let new = Replay::new(Input { policy: &after, calls: &calls }, options);
        let shared = shared_counters(&before, &after);
        Self { before, after, calls, old, new, shared, difference: Difference::default() }
    }

    /// Judges at most so many calls more. Returns how many are judged by now: all of them, once nothing is left to do.
    pub fn advance(&mut self, calls: usize) -> usize {
        let Self { old, new, shared, difference, .. } = self;
        let before = Input { policy: &self.before, calls: &self.calls };
        let after = Input { policy: &self.after, calls: &self.calls };
        let start = difference.calls;
        for index in start..self.calls.len().min(start.saturating_add(calls)) {
            while old.next_answer(before, index).is_some() {}
            while new.next_answer(after, index).is_some() {}
            let Some(call) = self.calls.get(index) else { break };
            // Up to the first change, the counters that both have hold the same.
            let with_old_counters = if difference.changed > 0 {
                new.decision_by(after, index, &Crossed::new(after.policy, &call, [&*old, &*new], shared))
            } else {
                None
            };
            let (Some(was), Some(is)) = (old.judge(before, index), new.judge(after, index)) else { break };
            difference.calls += 1;
            if was.decision() != is.decision() {
                let (was, is) = (Decided::new(before.policy, &was), Decided::new(after.policy, &is));
                difference.push(index, &call, was, is, with_old_counters);
            }
        }
        difference.calls
    }

    /// What changes between the calls that were judged.
    #[must_use]
    pub fn finish(mut self) -> Difference {
        self.difference.matrix.sort_by_key(|way| core::cmp::Reverse(way.count));
        self.difference
    }
}

impl Difference {
    fn push(
        &mut self,
        index: usize,
        call: &ToolCall<'_>,
        before: Decided,
        after: Decided,
        with_old_counters: Option<Decision>,
    ) {
        let knock_on = with_old_counters == Some(before.decision);
        self.changed += 1;
        self.knock_on += usize::from(knock_on);
        let (from, to) = (before.decision, after.decision);
        match self.matrix.iter_mut().find(|way| (way.before, way.after) == (from, to)) {
            Some(way) => way.count += 1,
            None => self.matrix.push(Move { before: from, after: to, count: 1 }),
        }
        if self.first_changed.len() < MAX_TOLD {
            let (tool, grant) = (call.tool.to_string(), call.grant.to_string());
            self.first_changed.push(ChangedCall { index, at: call.at, tool, grant, before, after, knock_on });
        }
    }

    /// What changes, in one sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        match (self.calls, self.changed) {
            (0, _) => return "No calls to compare.".to_string(),
            (1, 0) => return "The one call is decided as before.".to_string(),
            (calls, 0) => return format!("All {} calls are decided as before.", count(calls)),
            _ => {}
        }
        let calls = if self.calls == 1 { "call" } else { "calls" };
        let change = if self.changed == 1 { "changes" } else { "change" };
        let mut words = format!("{} of {} {calls} {change}", count(self.changed), count(self.calls));
        match self.matrix.as_slice() {
            [only] => {
                let all = if self.changed == 1 { "" } else { "all " };
                words.push_str(&format!(", {all}{}", only.in_words()));
            }
            ways => {
                let parts: Vec<String> =
                    ways.iter().map(|way| format!("{} {}", count(way.count), way.in_words())).collect();
                words.push_str(&format!(": {}", parts.join(", ")));
            }
        }
        if self.knock_on > 0 {
            words.push_str(&format!("; {} of them only because earlier calls do", count(self.knock_on)));
        }
        words.push('.');
        words
    }
}

impl Move {
    fn in_words(&self) -> String {
        format!("from {} to {}", self.before.as_str(), self.after.as_str())
    }
}

impl Decided {
    fn new(policy: &CompiledPolicy, ruling: &Ruling) -> Self {
        Self { decision: ruling.decision(), reason: ruling.reason(), rule: ruling.rule(policy) }
    }
}

/// Of each limit of the second policy, the one of the first that counts the same in the same place.
fn shared_counters(before: &CompiledPolicy, after: &CompiledPolicy) -> Vec<Option<usize>> {
    let places: HashMap<&CounterKey, usize> =
        before.layout().iter().enumerate().map(|(place, key)| (key, place)).collect();
    let same = |(key, limit): (&CounterKey, &CompiledLimit)| {
        let place = *places.get(key)?;
        (before.limits().get(place)?.increment_from == limit.increment_from).then_some(place)
    };
    after.layout().iter().zip(after.limits()).map(same).collect()
}

/// What a call finds under the second policy, with the counters of the first where both have them.
struct Crossed<'d> {
    old: Met<'d>,
    new: Met<'d>,
    shared: &'d [Option<usize>],
}

/// Counters as a call meets them.
struct Met<'d> {
    counters: &'d Counters,
    caller: Caller<'d>,
    at: Timestamp,
}

impl<'d> Crossed<'d> {
    fn new(
        policy: &CompiledPolicy,
        call: &ToolCall<'d>,
        [old, new]: [&'d Replay; 2],
        shared: &'d [Option<usize>],
    ) -> Self {
        let checks = policy.checks(policy.target(call.tool));
        let met = |counters: &'d Counters| Met {
            counters,
            caller: counters.caller(checks, call.grant, call.session),
            at: counters.effective_time(call.at),
        };
        Self { old: met(&old.counters), new: met(&new.counters), shared }
    }
}

impl Readings for Crossed<'_> {
    fn read(&self, _place: usize, index: usize, limit: &CompiledLimit, cost: Amount) -> Reading {
        let (met, index) = match self.shared.get(index).copied().flatten() {
            Some(shared) => (&self.old, shared),
            None => (&self.new, index),
        };
        met.counters.read(index, limit, &met.caller, cost, met.at)
    }
}
