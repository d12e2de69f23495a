//! When the calls of a block are made, in whole milliseconds after it begins.
//!
//! A pace is a number of calls per second, minute or hour. What a block makes of it is exact: call `n`, from 0, is made in
//! the millisecond in which the number of calls due reaches `n`. Integers only, so that every machine agrees.

use super::MAX_CALLS;

/// How many calls a pace that changes evenly from `from` to `to` calls per `unit` makes in `length` milliseconds.
///
/// After `t` milliseconds, `(2 × length × from × t + (to − from) × t²) ÷ (2 × length × unit)` calls are due. Call `n` is
/// made where that is `n` first, if this is before the end: there are `⌈(from + to) × length ÷ (2 × unit)⌉`.
pub(super) fn ramp_length(from: u64, to: u64, unit: u64, length: u64) -> u64 {
    let twice = (u128::from(from) + u128::from(to)).saturating_mul(u128::from(length));
    u64::try_from(twice.div_ceil(2 * u128::from(unit))).unwrap_or(u64::MAX)
}

/// When call `number` of such a block is made: the last `t` at which no more than `number` calls are due.
pub(super) fn ramp_offset(from: u64, to: u64, unit: u64, length: u64, number: u64) -> u64 {
    let wide = |number: u64| i128::from(number);
    let due = |t: u64| {
        let steady = (2 * wide(length)).saturating_mul(wide(from)).saturating_mul(wide(t));
        let risen = (wide(to) - wide(from)).saturating_mul(wide(t).saturating_mul(wide(t)));
        steady.saturating_add(risen)
    };
    let until = (2 * wide(length)).saturating_mul(wide(unit)).saturating_mul(wide(number));
    let (mut lowest, mut highest) = (0, length);
    while lowest < highest {
        let middle = highest - (highest - lowest) / 2;
        if due(middle) <= until {
            lowest = middle;
        } else {
            highest = middle - 1;
        }
    }
    lowest
}

/// How many calls a steady pace makes.
pub(super) fn rate_length(calls: u64, unit: u64, length: u64) -> u64 {
    ramp_length(calls, calls, unit, length)
}

/// When call `number` at a steady pace is made: at `number × unit ÷ calls`, rounded down.
pub(super) fn rate_offset(calls: u64, unit: u64, number: u64) -> u64 {
    number.min(MAX_CALLS).saturating_mul(unit).checked_div(calls).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn ramp(from: u64, to: u64, unit: u64, length: u64) -> Vec<u64> {
        (0..ramp_length(from, to, unit, length)).map(|n| ramp_offset(from, to, unit, length, n)).collect()
    }

    /// From, to, unit and length of a ramp, its offsets, and why.
    type Case<'c> = (u64, u64, u64, u64, &'c [u64], &'c str);

    #[test]
    fn a_ramp_follows_its_line() {
        #[rustfmt::skip]
        let cases: [Case<'_>; 7] = [
            // from to unit    length  offsets                     why
            (0,  2, 1_000, 4_000, &[0, 2_000, 2_828, 3_464],       "t²/4,000,000 calls are due after t: 2,000 × √n"),
            (2,  0, 1_000, 4_000, &[0, 535, 1_171, 2_000],         "falling: 4,000 − 2,000 × √(4 − n)"),
            (3,  3, 1_000, 1_000, &[0, 333, 666],                  "level: a steady pace"),
            (0,  0, 1_000, 4_000, &[],                             "nothing rises from nothing to nothing"),
            (0,  1, 1_000, 1,     &[0],                            "a call at the start of part of a call"),
            (1,  3, 60_000, 60_000, &[0, 37_082],                  "30,000 × (√5 − 1), before the end at call 2"),
            (5, 10, 1_000, 0,     &[],                             "no time, no calls"),
        ];
        for (from, to, unit, length, offsets, why) in cases {
            assert_eq!(ramp(from, to, unit, length), offsets, "{from} to {to} per {unit} in {length}: {why}");
        }
    }

    #[test]
    fn a_level_ramp_is_a_rate_and_huge_ones_do_not_overflow() {
        for calls in 1..40 {
            let ramp = ramp(calls, calls, 1_000, 3_000);
            let rate: Vec<u64> =
                (0..rate_length(calls, 1_000, 3_000)).map(|n| rate_offset(calls, 1_000, n)).collect();
            assert_eq!(ramp, rate, "{calls} a second");
        }
        assert_eq!(ramp_length(u64::MAX, u64::MAX, 1_000, u64::MAX), u64::MAX);
        assert_eq!(ramp_length(0, 1, 3_600_000, u64::MAX), 2_562_047_788_016, "more than is run");
        assert!(ramp_offset(0, 1, 1_000, 1_999_999_999, 999_999) < 1_999_999_999);
    }
}
