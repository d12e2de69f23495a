//! Calls and their answers in the order in which the counters meet them.

use alloc::collections::BinaryHeap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::call::ToolCall;
use crate::compile::{CompiledPolicy, Target};
use crate::counter::{Counters, Options, ReservationId, Settled};
use crate::evaluate::{Judged, Readings, decide_at, judge_rules, reason_by};
use crate::message::Malformed;
use crate::scenario::Calls;
use crate::time::Timestamp;
use crate::verdict::{Decision, Reason, Ruling};

/// What a run is made from.
#[derive(Clone, Copy)]
pub(crate) struct Input<'r> {
    pub(crate) policy: &'r CompiledPolicy,
    pub(crate) calls: &'r Calls,
}

/// An answer to come. The fields' order is that of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Awaited {
    pub(super) at: Timestamp,
    pub(super) call: usize,
    pub(super) counted_at: Timestamp,
    reservation: ReservationId,
}

/// An answer that came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    pub(super) answer: Awaited,
    /// Whether it took the call off its counters.
    pub(super) given_back: bool,
}

/// What the name and the rules of a policy say of one kind of call.
pub(crate) struct Kind {
    target: Target,
    judged: Result<Judged, Malformed>,
}

/// What a policy says of each kind of the calls.
pub(crate) fn judged_kinds(policy: &CompiledPolicy, calls: &Calls) -> Arc<[Kind]> {
    let judge =
        |call: ToolCall<'_>| Kind { target: policy.target(call.tool), judged: judge_rules(policy, &call) };
    calls.kinds().map(judge).collect()
}

impl Kind {
    /// Whether another policy decides such calls in the same way, as long as its counters hold the same.
    pub(super) fn is_like(&self, policy: &CompiledPolicy, other: &Self, others: &CompiledPolicy) -> bool {
        let limits = |kind: &Self, policy: &CompiledPolicy| -> Vec<_> {
            let limits = policy.limits_of(kind.target);
            limits.map(|(_, limit)| (limit.rule.clone(), limit.window, limit.scope, limit.max)).collect()
        };
        let rule = |kind: &Self, policy: &CompiledPolicy| {
            policy.rules().get(kind.rule()?).map(|rule| rule.rule.clone())
        };
        let unknown = |judged: &Judged| judged.unknown.map(|found| (found.denial, found.approval));
        let is_same = match (&self.judged, &other.judged) {
            (Ok(one), Ok(two)) => {
                one.reason == two.reason
                    && one.costs == two.costs
                    && unknown(one) == unknown(two)
                    && rule(self, policy) == rule(other, others)
            }
            (Err(one), Err(two)) => one == two,
            _ => false,
        };
        is_same && limits(self, policy) == limits(other, others)
    }

    /// The rule that decides such calls, or may, as an index into the policy's.
    pub(super) fn rule(&self) -> Option<usize> {
        let judged = self.judged.as_ref().ok()?;
        judged.because.rule().or_else(|| judged.unknown?.because.rule())
    }
}

/// The counters of a run in progress, and what they wait for.
#[derive(Clone)]
pub(crate) struct Replay {
    pub(crate) counters: Counters,
    kinds: Arc<[Kind]>,
    /// Answers to come at a time of their own, the earliest first.
    timed: BinaryHeap<Reverse<Awaited>>,
    /// Answers to come before a certain call, whatever the clocks say: its index, the earliest first.
    placed: BinaryHeap<Reverse<(usize, Awaited)>>,
}

impl Replay {
    pub(crate) fn new(Input { policy, calls }: Input<'_>, options: Options) -> Self {
        let (counters, kinds) = (Counters::with_options(policy, options), judged_kinds(policy, calls));
        Self { counters, kinds, timed: BinaryHeap::new(), placed: BinaryHeap::new() }
    }

    /// The same under another policy, which says `kinds` of the calls.
    pub(super) fn under(&self, policy: &CompiledPolicy, kinds: Arc<[Kind]>) -> Self {
        let mut replay = Self { kinds, ..self.clone() };
        replay.counters.replace_policy(policy);
        replay
    }

    pub(super) fn kinds(&self) -> Arc<[Kind]> {
        Arc::clone(&self.kinds)
    }

    /// How many entries it holds, of counters, reservations and answers to come.
    pub(super) fn entries(&self) -> usize {
        self.counters.entries() + self.timed.len() + self.placed.len()
    }

    pub(crate) fn target(&self, calls: &Calls, index: usize) -> Option<Target> {
        self.kinds.get(calls.kind(index)?).map(|kind| kind.target)
    }

    /// Settles the next of the answers that come before call `index` is judged: before all calls are, where there is
    /// none.
    pub(crate) fn next_answer(&mut self, input: Input<'_>, index: usize) -> Option<Answered> {
        let answer = self.next_placed(index).or_else(|| {
            let until = input.calls.at(index).map_or(Timestamp::MAX, |at| self.counters.effective_time(at));
            let Reverse(next) = self.timed.peek().filter(|Reverse(next)| next.at <= until).copied()?;
            self.timed.pop();
            Some(next)
        })?;
        let (outcome, _) = input.calls.answer_of(answer.call)?;
        let settled = self.counters.settle(input.policy, answer.reservation, outcome);
        Some(Answered { answer, given_back: settled == Settled::Refunded })
    }

    fn next_placed(&mut self, index: usize) -> Option<Awaited> {
        let Reverse((_, next)) =
            self.placed.peek().filter(|Reverse((before, _))| *before <= index).copied()?;
        self.placed.pop();
        Some(next)
    }

    /// What call `index` would be decided by readings of its limits that come from anywhere. Counts nothing.
    pub(crate) fn decision_by(
        &self,
        input: Input<'_>,
        index: usize,
        readings: &impl Readings,
    ) -> Option<Decision> {
        let Kind { target, judged } = self.kinds.get(input.calls.kind(index)?)?;
        let reason = judged
            .as_ref()
            .map_or(Reason::Malformed, |judged| reason_by(input.policy, *target, judged, readings));
        Some(reason.decision())
    }

    /// Judges call `index`, and counts it where it is allowed.
    pub(crate) fn judge(&mut self, input: Input<'_>, index: usize) -> Option<Ruling> {
        let Input { policy, calls } = input;
        let call = calls.get(index)?;
        let Kind { target, judged } = self.kinds.get(calls.kind(index)?)?;
        let ruling = match judged {
            Ok(judged) => {
                let caller = self.counters.caller(policy.checks(*target), call.grant, call.session);
                decide_at(policy, *target, &caller, call.at, |()| judged, &mut self.counters, &mut ())
            }
            Err(problem) => Ruling::malformed(*problem, self.counters.effective_time(call.at)),
        };
        if let (Some(reservation), Some((_, at))) = (ruling.reservation, calls.answer_of(index)) {
            let answer = Awaited { at, call: index, counted_at: ruling.at, reservation };
            match calls.answered_before(index) {
                Some(before) => self.placed.push(Reverse((before, answer))),
                None => self.timed.push(Reverse(answer)),
            }
        }
        Some(ruling)
    }
}
