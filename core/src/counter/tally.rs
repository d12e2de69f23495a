//! What one counter holds: the sum of a calendar window, or every call of a sliding one.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use crate::amount::Amount;
use crate::policy::Window;
use crate::time::Timestamp;
use crate::window::{Span, WindowModel};

/// One counter of one sharer.
#[derive(Clone, Debug)]
pub(super) enum Tally {
    /// What was used in the window that starts at `start`.
    Calendar { start: Timestamp, used: Amount },
    /// What was used, and when.
    Sliding(Box<Uses>),
}

/// What was used, in the order of time. Uses of one instant are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// What all that was forgotten comes to.
    gone: Amount,
    uses: VecDeque<Use>,
}

/// What was used at an instant.
#[derive(Clone, Copy, Debug)]
struct Use {
    at: Timestamp,
    /// The sum of all uses up to this one, forgotten ones included.
    total: Amount,
}

impl Tally {
    pub(super) fn new(model: WindowModel) -> Self {
        match model {
            WindowModel::Calendar => Self::Calendar { start: Timestamp::MIN, used: Amount::ZERO },
            WindowModel::Sliding => Self::Sliding(Box::default()),
        }
    }

    /// What [`uses`](Self::uses) told; nothing where it cannot have told that.
    pub(super) fn of_uses(model: WindowModel, window: Window, uses: &[(Timestamp, Amount)]) -> Option<Self> {
        let mut tally = Self::new(model);
        match (&mut tally, uses) {
            (Self::Calendar { start, used }, [(at, amount)]) if window.span(*at).start == *at => {
                (*start, *used) = (*at, *amount);
            }
            (Self::Calendar { .. }, _) => return None,
            (Self::Sliding(log), uses) => {
                for (at, amount) in uses {
                    if log.uses.back().is_some_and(|last| last.at >= *at) {
                        return None;
                    }
                    let total = log.total().plus(*amount);
                    log.uses.push_back(Use { at: *at, total });
                }
            }
        }
        Some(tally)
    }

    /// What is used in the window of `at`.
    pub(super) fn used(&self, window: Window, at: Timestamp) -> Amount {
        match self {
            Self::Calendar { start, used } if is_in(at, *start, window) => *used,
            Self::Calendar { .. } => Amount::ZERO,
            Self::Sliding(uses) => uses.total_until(at).minus(uses.total_of(uses.left(window, at))),
        }
    }

    /// The first instant from `at` on at which no more than `most` is used, if nothing else happens.
    pub(super) fn falls_to(&self, most: Amount, window: Window, at: Timestamp) -> Timestamp {
        match self {
            Self::Calendar { .. } => window.span(at).end,
            Self::Sliding(uses) => uses.falls_to(most, window).max(at),
        }
    }

    /// The first instant after `at` at which nothing is used, if nothing else happens.
    pub(super) fn empty_at(&self, window: Window, at: Timestamp) -> Timestamp {
        match self {
            Self::Calendar { start, .. } if is_in(at, *start, window) => start.end_of(window.length()),
            Self::Calendar { .. } => window.span(at).end,
            Self::Sliding(uses) => uses.falls_to(Amount::ZERO, window).max(at.end_of(1)),
        }
    }

    /// From when on it counts for nothing and no refund can change it, if nothing else happens.
    pub(super) fn over_at(&self, window: Window) -> Timestamp {
        match self {
            Self::Calendar { start, .. } => window.span(*start).end,
            Self::Sliding(uses) => uses.last_left(window),
        }
    }

    /// Adds what a call at `at` costs, which is no earlier than any before.
    pub(super) fn charge(&mut self, cost: Amount, window: Window, at: Timestamp) {
        match self {
            Self::Calendar { start, used } => {
                if !is_in(at, *start, window) {
                    (*start, *used) = (window.span(at).start, Amount::ZERO);
                }
                *used = used.plus(cost);
            }
            Self::Sliding(uses) => uses.charge(cost, window, at),
        }
    }

    /// Takes off what a call at `at` cost, if it still counts at `now`. Says whether it did.
    pub(super) fn refund(&mut self, cost: Amount, window: Window, at: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Calendar { start, used } => {
                let Span { start: then, end } = window.span(at);
                let open = *start == then && now < end;
                if open {
                    *used = used.minus(cost);
                }
                open
            }
            Self::Sliding(uses) => now < at.end_of(window.length()) && uses.refund(cost, at),
        }
    }

    /// How many instants of a sliding window it remembers.
    pub(super) fn instants(&self) -> usize {
        match self {
            Self::Calendar { .. } => 0,
            Self::Sliding(uses) => uses.uses.len(),
        }
    }

    /// How many of them have left the window of `at`.
    pub(super) fn left(&self, window: Window, at: Timestamp) -> usize {
        match self {
            Self::Calendar { .. } => 0,
            Self::Sliding(uses) => uses.left(window, at),
        }
    }

    /// Forgets them.
    pub(super) fn forget(&mut self, window: Window, at: Timestamp) {
        if let Self::Sliding(uses) = self {
            uses.forget(window, at);
        }
    }

    /// What it holds, as instants and amounts: of a calendar window, its start.
    pub(super) fn uses(&self) -> impl Iterator<Item = (Timestamp, Amount)> {
        let calendar = match self {
            Self::Calendar { start, used } => Some((*start, *used)),
            Self::Sliding(_) => None,
        };
        let sliding = match self {
            Self::Calendar { .. } => None,
            Self::Sliding(uses) => Some(uses.amounts()),
        };
        calendar.into_iter().chain(sliding.into_iter().flatten())
    }
}

/// Whether `at` falls in the calendar window that starts at `start`. A window's start is divided out once, not for each
/// call that falls in it.
const fn is_in(at: Timestamp, start: Timestamp, window: Window) -> bool {
    let since = at.since(start);
    0 <= since && since < window.length()
}

impl Uses {
    fn total(&self) -> Amount {
        self.uses.back().map_or(self.gone, |last| last.total)
    }

    /// The sum of the first `count` uses, and of all that were forgotten.
    fn total_of(&self, count: usize) -> Amount {
        count.checked_sub(1).and_then(|last| self.uses.get(last)).map_or(self.gone, |last| last.total)
    }

    fn total_until(&self, at: Timestamp) -> Amount {
        self.total_of(self.uses.partition_point(|each| each.at <= at))
    }

    /// How many have left the window of `at`.
    fn left(&self, window: Window, at: Timestamp) -> usize {
        self.uses.partition_point(|each| at.since(each.at) >= window.length())
    }

    fn forget(&mut self, window: Window, at: Timestamp) {
        let left = self.left(window, at);
        self.gone = self.total_of(left);
        self.uses.drain(..left);
    }

    fn falls_to(&self, most: Amount, window: Window) -> Timestamp {
        let total = self.total();
        let last_that_must_go = self.uses.partition_point(|each| total.minus(each.total) > most);
        match self.uses.get(last_that_must_go) {
            Some(last) if total.minus(self.gone) > most => last.at.end_of(window.length()),
            _ => Timestamp::MIN,
        }
    }

    /// When the last of the uses leaves the window.
    fn last_left(&self, window: Window) -> Timestamp {
        self.uses.back().map_or(Timestamp::MIN, |last| last.at.end_of(window.length()))
    }

    fn charge(&mut self, cost: Amount, window: Window, at: Timestamp) {
        self.forget(window, at);
        let total = self.total().plus(cost);
        match self.uses.back_mut() {
            Some(last) if last.at == at => last.total = total,
            _ => self.uses.push_back(Use { at, total }),
        }
    }

    fn refund(&mut self, cost: Amount, at: Timestamp) -> bool {
        let first = self.uses.partition_point(|each| each.at < at);
        if self.uses.get(first).is_none_or(|each| each.at != at) {
            return false;
        }
        for each in self.uses.iter_mut().skip(first) {
            each.total = each.total.minus(cost);
        }
        true
    }

    fn amounts(&self) -> impl Iterator<Item = (Timestamp, Amount)> {
        self.uses.iter().scan(self.gone, |before, each| {
            let amount = each.total.minus(*before);
            *before = each.total;
            Some((each.at, amount))
        })
    }
}

#[cfg(test)]
mod tests;
