//! An agent that calls again and again, and hears what is decided.
//!
//! This module says when the next call is made, given the decision on the last. It decides nothing: `simulate` does.

use super::draw::{Purpose, draw};
use crate::time::Timestamp;

/// How long an agent that retries at once takes to do so, in milliseconds: no agent is faster than its own loop.
pub const RETRY_MS: u64 = 100;

/// How an agent goes on that calls again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Milliseconds from a call that is allowed to the next. 0 counts as 1.
    pub every_ms: u64,
    /// It stops once so many of its calls were allowed.
    pub until_allowed: Option<u64>,
    /// It makes no call so many milliseconds after it began, or later.
    pub for_ms: Option<u64>,
    /// What it does when a call is not allowed.
    pub on_denial: OnDenial,
    /// It stops once so many of its calls in a row were not allowed.
    pub give_up_after: Option<u64>,
}

/// What an agent does when a call of its is not allowed. A call that needs approval, or of which it cannot be told, is
/// not allowed either: nobody is there to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDenial {
    /// It tries again after [`RETRY_MS`].
    RetryNow,
    /// It waits, twice as long with each denial in a row.
    BackOff {
        /// The first wait, in milliseconds. 0 counts as 1.
        start_ms: u64,
        /// The longest.
        cap_ms: u64,
    },
    /// It waits until the call would be allowed, as the denial tells it; if that is never, it stops.
    WaitForReset,
}

/// What an agent hears of its call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Heard {
    Allowed,
    /// Not allowed, and when the call would be, in milliseconds after the scenario's start.
    Denied(Option<u64>),
}

impl Heard {
    /// What is told of a call that would be allowed at an instant.
    pub(crate) fn denied(retry_at: Option<Timestamp>, start: Timestamp) -> Self {
        Self::Denied(retry_at.map(|at| u64::try_from(at.since(start)).unwrap_or(0)))
    }
}

/// An agent at work. Times are in milliseconds after the scenario's start.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    agent: Agent,
    /// The first instant at which it makes no call any more.
    end: u64,
    jitter_ms: u64,
    seed: u32,
    calls: u64,
    allowed: u64,
    denied_in_a_row: u64,
}

impl Turns {
    pub(super) fn new(agent: Agent, at_ms: u64, jitter_ms: u64, seed: u32) -> Self {
        let end = agent.for_ms.map_or(u64::MAX, |length| at_ms.saturating_add(length));
        Self { agent, end, jitter_ms, seed, calls: 0, allowed: 0, denied_in_a_row: 0 }
    }

    /// When it makes its first call, where it begins at `at`.
    pub(crate) fn first(&mut self, at: u64) -> Option<u64> {
        if self.agent.until_allowed == Some(0) { None } else { self.call(at) }
    }

    /// When it calls again, having heard of its call at `at`.
    pub(crate) fn next(&mut self, at: u64, heard: Heard) -> Option<u64> {
        let Heard::Denied(retry_at) = heard else {
            self.allowed += 1;
            self.denied_in_a_row = 0;
            if self.agent.until_allowed.is_some_and(|most| self.allowed >= most) {
                return None;
            }
            return self.call(at.saturating_add(self.agent.every_ms.max(1)));
        };
        self.denied_in_a_row += 1;
        if self.agent.give_up_after.is_some_and(|most| self.denied_in_a_row >= most) {
            return None;
        }
        match self.agent.on_denial {
            OnDenial::RetryNow => self.call(at.saturating_add(RETRY_MS)),
            OnDenial::BackOff { start_ms, cap_ms } => {
                let doublings = u32::try_from(self.denied_in_a_row - 1).unwrap_or(u32::MAX);
                let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
                let wait = start_ms.max(1).saturating_mul(factor).min(cap_ms).max(1);
                self.call(at.saturating_add(wait))
            }
            OnDenial::WaitForReset => self.call(retry_at?.max(at.saturating_add(1))),
        }
    }

    /// A call that is due at `at`, jitter added, unless it would be too late.
    fn call(&mut self, at: u64) -> Option<u64> {
        let jitter = draw(self.seed, Purpose::Jitter, self.calls, self.jitter_ms.saturating_add(1));
        self.calls += 1;
        let at = at.saturating_add(jitter);
        (at < self.end).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    const PATIENT: Agent = Agent {
        every_ms: 1_000,
        until_allowed: None,
        for_ms: None,
        on_denial: OnDenial::RetryNow,
        give_up_after: None,
    };

    /// When calls are made by an agent that hears this, until it hears no more or stops.
    fn made(agent: Agent, heard: &[Heard]) -> Vec<u64> {
        let mut turns = Turns::new(agent, 5, 0, 0);
        let mut at = turns.first(5);
        let mut made = Vec::from_iter(at);
        for heard in heard {
            at = at.and_then(|at| turns.next(at, *heard));
            made.extend(at);
        }
        made
    }

    #[test]
    fn an_agent_goes_on_as_it_is_told() {
        use Heard::{Allowed, Denied};
        const NO: Heard = Denied(None);
        let waits = |on_denial| Agent { on_denial, ..PATIENT };
        let back_off = |start_ms, cap_ms| waits(OnDenial::BackOff { start_ms, cap_ms });
        #[rustfmt::skip]
        let cases: [(Agent, &[Heard], &[u64], &str); 11] = [
            (PATIENT, &[Allowed, NO, Allowed], &[5, 1_005, 1_105, 2_105], "a retry at once still takes its time"),
            (Agent { until_allowed: Some(2), ..PATIENT }, &[Allowed, NO, Allowed, Allowed], &[5, 1_005, 1_105], "two allowed are enough"),
            (Agent { until_allowed: Some(0), ..PATIENT }, &[], &[], "none are wanted"),
            (Agent { for_ms: Some(2_000), ..PATIENT }, &[Allowed; 3], &[5, 1_005], "the end itself is too late"),
            (Agent { give_up_after: Some(2), ..PATIENT }, &[NO, Allowed, NO, NO, NO], &[5, 105, 1_105, 1_205], "two denials in a row, not two in all"),
            (back_off(100, 300), &[NO, NO, NO, NO, Allowed, NO], &[5, 105, 305, 605, 905, 1_905, 2_005], "doubled up to the cap; begun again after a success"),
            (back_off(0, 9), &[NO; 3], &[5, 6, 8, 12], "no time at all would never end"),
            (back_off(9, 0), &[NO; 2], &[5, 6, 7], "a cap of nothing is a millisecond"),
            (waits(OnDenial::WaitForReset), &[Denied(Some(60_000)), Allowed], &[5, 60_000, 61_000], "exactly when it would be allowed"),
            (waits(OnDenial::WaitForReset), &[Denied(Some(2))], &[5, 6], "never back in time"),
            (waits(OnDenial::WaitForReset), &[NO, Allowed], &[5], "never: it gives up"),
        ];
        for (agent, heard, expected, why) in cases {
            assert_eq!(made(agent, heard), expected, "{agent:?}: {why}");
        }
    }

    #[test]
    fn many_denials_do_not_overflow() {
        let agent = Agent { on_denial: OnDenial::BackOff { start_ms: u64::MAX, cap_ms: 10 }, ..PATIENT };
        let made = made(agent, &[Heard::Denied(None); 200]);
        assert_eq!(made.last(), Some(&2_005));
    }
}
