//! Calls and their answers in the order in which the counters meet them.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

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

/// The counters of a run in progress, and what they wait for.
pub(crate) struct Replay {
    pub(crate) counters: Counters,
    /// Of each kind of call, what the name and the rules say.
    kinds: Vec<(Target, Result<Judged, Malformed>)>,
    /// Answers to come at a time of their own, the earliest first.
    timed: BinaryHeap<Reverse<Awaited>>,
    /// Answers to come before a certain call, whatever the clocks say: its index, the earliest first.
    placed: BinaryHeap<Reverse<(usize, Awaited)>>,
}

impl Replay {
    pub(crate) fn new(Input { policy, calls }: Input<'_>, options: Options) -> Self {
        let kinds =
            calls.kinds().map(|call| (policy.target(call.tool), judge_rules(policy, &call))).collect();
        let counters = Counters::with_options(policy, options);
        Self { counters, kinds, timed: BinaryHeap::new(), placed: BinaryHeap::new() }
    }

    pub(super) fn target(&self, calls: &Calls, index: usize) -> Option<Target> {
        self.kinds.get(calls.kind(index)?).map(|(target, _)| *target)
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
        let (target, judged) = self.kinds.get(input.calls.kind(index)?)?;
        let reason = judged
            .as_ref()
            .map_or(Reason::Malformed, |judged| reason_by(input.policy, *target, judged, readings));
        Some(reason.decision())
    }

    /// Judges call `index`, and counts it where it is allowed.
    pub(crate) fn judge(&mut self, input: Input<'_>, index: usize) -> Option<Ruling> {
        let Input { policy, calls } = input;
        let call = calls.get(index)?;
        let (target, judged) = self.kinds.get(calls.kind(index)?)?;
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
