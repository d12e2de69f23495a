//! The most that nested limits let through in so many minutes of one day.
//!
//! Windows nest: a minute lies in one hour, an hour in one day. So the most is found from the inside out, and what
//! bounds nothing is [`UNLIMITED`], which no sum leaves.

use crate::amount::Amount;
use crate::policy::{Limit, Window};

/// Of a window that nothing limits.
pub(super) const UNLIMITED: u128 = u128::MAX;

pub(super) const MINUTES_PER_HOUR: u64 = 60;

/// The least `max` of each window, in calls or in billionths of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ceilings {
    pub(super) minute: u128,
    pub(super) hour: u128,
    pub(super) day: u128,
}

/// Minutes of one day: those of whole hours, and parts of two other hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Minutes {
    hours: u64,
    parts: [u64; 2],
}

impl Minutes {
    /// The first or the last minutes of a day.
    pub(super) const fn at_edge(minutes: u64) -> Self {
        Self { hours: minutes / MINUTES_PER_HOUR, parts: [minutes % MINUTES_PER_HOUR, 0] }
    }

    /// Minutes before and after the end of an hour.
    pub(super) const fn around_hour(before: u64, after: u64) -> Self {
        let hours = before / MINUTES_PER_HOUR + after / MINUTES_PER_HOUR;
        Self { hours, parts: [before % MINUTES_PER_HOUR, after % MINUTES_PER_HOUR] }
    }
}

impl Ceilings {
    pub(super) const NONE: Self = Self { minute: UNLIMITED, hour: UNLIMITED, day: UNLIMITED };

    /// Takes a limit in: of two of one window, the lower one counts.
    pub(super) fn lower(&mut self, limit: &Limit) {
        let ceiling = match limit.window {
            Window::Minute => &mut self.minute,
            Window::Hour => &mut self.hour,
            Window::Day => &mut self.day,
        };
        let max =
            if limit.increment_from.is_some() { limit.max.billionths() } else { limit.max.whole().into() };
        *ceiling = (*ceiling).min(max);
    }

    /// The most calls in `minutes`.
    pub(super) fn calls(&self, minutes: Minutes) -> u128 {
        let of_hour = |minutes: u64| self.minute.saturating_mul(minutes.into()).min(self.hour);
        let whole_hours = of_hour(MINUTES_PER_HOUR).saturating_mul(minutes.hours.into());
        minutes.parts.into_iter().map(of_hour).fold(whole_hours, u128::saturating_add).min(self.day)
    }

    /// The largest sum in `minutes`, where calls have ceilings of their own.
    ///
    /// One call can bring all that a minute has room for. So `each` such call adds as much, until the hour has too
    /// little left and the next call adds the `rest`; where calls are scarce, those that add more come first.
    pub(super) fn sum(&self, calls: &Self, minutes: Minutes) -> u128 {
        let slots = |minutes: u64| if calls.minute == 0 { 0 } else { calls.hour.min(minutes.into()) };
        let each = self.minute.min(self.hour);
        let (full_per_hour, rest) = match self.hour {
            UNLIMITED if self.minute == UNLIMITED => (1, 0),
            UNLIMITED => (UNLIMITED, 0),
            hour => (hour.checked_div(each).unwrap_or(0), hour.checked_rem(each).unwrap_or(0)),
        };
        let (mut full, mut partial) = (0_u128, 0_u128);
        let parts = minutes.parts.into_iter().map(|part| (1, slots(part)));
        for (hours, slots) in parts.chain([(u128::from(minutes.hours), slots(MINUTES_PER_HOUR))]) {
            full = full.saturating_add(slots.min(full_per_hour).saturating_mul(hours));
            partial += if slots > full_per_hour { hours } else { 0 };
        }
        let full = full.min(calls.day);
        let partial = partial.min(calls.day - full);
        full.saturating_mul(each).saturating_add(partial.saturating_mul(rest)).min(self.day)
    }
}

/// What the ceilings bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bounded {
    /// Calls.
    Calls(Ceilings),
    /// What their costs add up to.
    Sum { amounts: Ceilings, calls: Ceilings },
}

impl Bounded {
    /// The most in `minutes`.
    pub(super) fn most(&self, minutes: Minutes) -> u128 {
        match self {
            Self::Calls(calls) => calls.calls(minutes),
            Self::Sum { amounts, calls } => amounts.sum(calls, minutes),
        }
    }

    pub(super) fn in_its_unit(&self, number: u128) -> super::Most {
        match self {
            _ if number == UNLIMITED => super::Most::Unlimited,
            Self::Calls(_) => super::Most::Calls(u64::try_from(number).unwrap_or(u64::MAX)),
            Self::Sum { .. } => super::Most::Amount(Amount::of_billionths(number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    const UNL: u128 = UNLIMITED;

    fn ceilings([minute, hour, day]: [u128; 3]) -> Ceilings {
        Ceilings { minute, hour, day }
    }

    #[test]
    fn calls_are_bounded_from_the_inside_out() {
        #[rustfmt::skip]
        let cases = [
            // ceilings        minutes  calls   why
            ([10, UNL, UNL],       1,     10,  "a minute"),
            ([10, UNL, UNL],   1_440, 14_400,  "10 times 1,440"),
            ([10, 100, UNL],      60,    100,  "an hour is full after ten minutes"),
            ([10, 100, UNL],      65,    150,  "and five minutes of the next"),
            ([10, 100, 120],      65,    120,  "the day's end"),
            ([UNL, 100, UNL],     61,    200,  "what an hour has fits one minute"),
            ([UNL, UNL, 7],        1,      7,  "what a day has fits one minute"),
            ([UNL, UNL, 7],        0,      0,  "no minute"),
            ([UNL, UNL, UNL],      0,      0,  "no minute, no call"),
            ([UNL, UNL, UNL],      1,    UNL,  "no limit"),
            ([0, UNL, UNL],    1_440,      0,  "a minute's limit of 0"),
        ];
        for (found, minutes, calls, why) in cases {
            assert_eq!(ceilings(found).calls(Minutes::at_edge(minutes)), calls, "{why}");
        }
        let both = ceilings([10, 100, UNL]).calls(Minutes::around_hour(70, 5));
        assert_eq!(both, 100 + 100 + 50, "a whole hour, ten minutes before it, five after");
    }

    /// The largest sum by trying every number of calls in every hour.
    fn tried(amounts: Ceilings, calls: Ceilings, minutes: &[u64]) -> u128 {
        let most_calls = usize::try_from(calls.day.min(12)).unwrap();
        let mut best = vec![0_u128; most_calls + 1];
        for minutes in minutes {
            let before = best.clone();
            let slots = if calls.minute == 0 { 0 } else { calls.hour.min(u128::from(*minutes)) };
            for (total, best) in best.iter_mut().enumerate() {
                for here in 0..=total {
                    let used = slots.min(here as u128);
                    let sum = amounts.hour.min(used.saturating_mul(amounts.minute));
                    *best = (*best).max(before[total - here].saturating_add(sum));
                }
            }
        }
        best.into_iter().max().unwrap().min(amounts.day)
    }

    #[test]
    fn the_largest_sum_equals_what_trying_finds() {
        let calls = [(1, 2, 5), (UNL, 1, 3), (1, UNL, 4), (UNL, 3, UNL), (0, 1, 1), (2, 4, 9), (1, 3, 7)];
        let stretches = [
            (Minutes::at_edge(3), vec![3]),
            (Minutes::at_edge(122), vec![60, 60, 2]),
            (Minutes::around_hour(62, 1), vec![60, 2, 1]),
        ];
        let mut tries = vec![];
        for minute in [0, 1, 2, 3, 7, UNL] {
            for hour in [0, 2, 5, 7, UNL] {
                tries.extend([4, 11, UNL].map(|day| ceilings([minute, hour, day])));
            }
        }
        for amounts in tries {
            for (minute, hour, day) in calls {
                let calls = ceilings([minute, hour, day]);
                for (minutes, hours) in &stretches {
                    let expected = tried(amounts, calls, hours);
                    assert_eq!(amounts.sum(&calls, *minutes), expected, "{amounts:?} {calls:?} {hours:?}");
                }
            }
        }
    }
}
