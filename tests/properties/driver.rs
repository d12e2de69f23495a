//! A store as a caller drives it.

use gatewright_core::{
    CompiledPolicy, Counters, Decision, Options, Outcome, Refund, ReservationId, Settled, ToolCall, Verdict,
    WindowModel, evaluate,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::sketch::Event;

const NOBODYS: ReservationId = ReservationId(u64::MAX);

pub(crate) fn options() -> impl Strategy<Value = Options> {
    let window_model = select(vec![WindowModel::Calendar, WindowModel::Sliding]);
    let refund = select(vec![Refund::ProtocolError, Refund::AnyError, Refund::Never]);
    (window_model, refund).prop_map(|(window_model, refund)| Options { window_model, refund })
}

#[derive(Clone)]
pub(crate) struct Driver<'p> {
    pub(crate) policy: &'p CompiledPolicy,
    pub(crate) counters: Counters,
    pub(crate) reservations: Vec<ReservationId>,
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Came {
    Judged(Box<Verdict>),
    Settled(Settled),
}

impl Came {
    pub(crate) fn is_denied(&self) -> bool {
        matches!(self, Self::Judged(verdict) if verdict.decision != Decision::Allow)
    }
}

impl<'p> Driver<'p> {
    pub(crate) fn new(policy: &'p CompiledPolicy, options: Options) -> Self {
        Self { policy, counters: Counters::with_options(policy, options), reservations: Vec::new() }
    }

    pub(crate) fn call(&mut self, call: &ToolCall<'_>) -> Verdict {
        let verdict = evaluate(self.policy, call, &mut self.counters);
        self.reservations.extend(verdict.reservation);
        verdict
    }

    pub(crate) fn settle(&mut self, which: usize, outcome: Outcome) -> Settled {
        let which = which % (self.reservations.len() + 1);
        let reservation = self.reservations.get(which).copied().unwrap_or(NOBODYS);
        self.counters.settle(self.policy, reservation, outcome)
    }

    pub(crate) fn each(&mut self, event: &Event) -> Came {
        match event {
            Event::Call(call) => Came::Judged(Box::new(self.call(&call.parsed()))),
            Event::Settle { which, outcome } => Came::Settled(self.settle(*which, *outcome)),
        }
    }

    pub(crate) fn all(&mut self, events: &[Event]) -> Vec<Came> {
        events.iter().map(|event| self.each(event)).collect()
    }
}
