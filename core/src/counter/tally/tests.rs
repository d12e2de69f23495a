use alloc::vec::Vec;

use super::*;
use Window::{Day, Hour, Minute};

/// Instants, and what was charged at them.
type Charges = &'static [Charge];
type Charge = (i64, u64);
/// What a refund leaves, where it takes something off.
type Left = Option<Charges>;

const fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn whole(amount: u64) -> Amount {
    Amount::from_whole(amount)
}

/// A tally of a minute with these charges.
fn charged(model: WindowModel, charges: Charges) -> Tally {
    let mut tally = Tally::new(model);
    for (then, cost) in charges {
        tally.charge(whole(*cost), Minute, at(*then));
    }
    tally
}

fn uses(tally: &Tally) -> Vec<(i64, u64)> {
    let whole = |amount: Amount| amount.plain().parse().unwrap();
    tally.uses().map(|(at, amount)| (at.as_millis(), whole(amount))).collect()
}

const SLIDING: WindowModel = WindowModel::Sliding;
const CALENDAR: WindowModel = WindowModel::Calendar;

#[test]
fn a_tally_holds_what_lies_in_the_window() {
    #[rustfmt::skip]
    let cases: [(WindowModel, Charges, i64, u64, &str); 16] = [
        // model    charges                          at      used  why
        (CALENDAR, &[],                              0,      0,    "nothing"),
        (CALENDAR, &[(0, 1), (59_999, 2)],           59_999, 3,    "one window"),
        (CALENDAR, &[(0, 1), (59_999, 2)],           60_000, 0,    "the next"),
        (CALENDAR, &[(0, 1), (60_000, 2)],           60_000, 2,    "a charge opens a window"),
        (CALENDAR, &[(-1, 1), (0, 2)],               0,      2,    "also before 1970"),
        (SLIDING,  &[],                              0,      0,    "nothing"),
        (SLIDING,  &[(0, 1)],                        0,      1,    "the instant itself"),
        (SLIDING,  &[(0, 1)],                        59_999, 1,    "the last millisecond"),
        (SLIDING,  &[(0, 1)],                        60_000, 0,    "it has left"),
        (SLIDING,  &[(0, 1), (0, 2)],                0,      3,    "two of one instant"),
        (SLIDING,  &[(0, 1), (1, 2), (2, 4)],        2,      7,    "all"),
        (SLIDING,  &[(0, 1), (1, 2), (2, 4)],        60_000, 6,    "but the first"),
        (SLIDING,  &[(0, 1), (1, 2), (2, 4)],        60_001, 4,    "but the second"),
        (SLIDING,  &[(0, 1), (1, 2), (2, 4)],        60_002, 0,    "none"),
        (SLIDING,  &[(0, 1), (1, 2), (60_000, 4)],   60_000, 6,    "what was forgotten is not counted"),
        (SLIDING,  &[(0, 1), (1, 2), (200_000, 4)],  200_000, 4,   "all was forgotten"),
    ];
    for (model, charges, now, used, why) in cases {
        assert_eq!(charged(model, charges).used(Minute, at(now)), whole(used), "{charges:?} at {now}: {why}");
    }
}

#[test]
fn a_tally_falls_as_its_calls_leave() {
    #[rustfmt::skip]
    let cases: [(WindowModel, Charges, u64, i64, i64, &str); 13] = [
        // model    charges                          most  now     falls at  why
        (CALENDAR, &[(0, 5)],                        0,    10,     60_000,   "the window's end"),
        (CALENDAR, &[(0, 5)],                        4,    59_999, 60_000,   "whatever fits"),
        (SLIDING,  &[(0, 1), (10, 2), (20, 4)],      6,    30,     60_000,   "the first must go"),
        (SLIDING,  &[(0, 1), (10, 2), (20, 4)],      5,    30,     60_010,   "the second must"),
        (SLIDING,  &[(0, 1), (10, 2), (20, 4)],      4,    30,     60_010,   "and no more"),
        (SLIDING,  &[(0, 1), (10, 2), (20, 4)],      3,    30,     60_020,   "all must"),
        (SLIDING,  &[(0, 1), (10, 2), (20, 4)],      0,    30,     60_020,   "all must"),
        (SLIDING,  &[(0, 1), (10, 2), (20, 4)],      7,    30,     30,       "none must"),
        (SLIDING,  &[(0, 1), (10, 2), (20, 4)],      6,    60_005, 60_005,   "the first has gone already"),
        (SLIDING,  &[(0, 1), (10, 2), (60_000, 4)],  5,    60_000, 60_010,   "what is forgotten need not go"),
        (SLIDING,  &[(0, 1), (10, 2), (60_000, 4)],  6,    60_000, 60_000,   "what is forgotten need not go"),
        (SLIDING,  &[(0, 1), (0, 1)],                1,    5,      60_000,   "two of one instant go together"),
        (SLIDING,  &[],                              0,    5,      5,        "nothing must go"),
    ];
    for (model, charges, most, now, falls_at, why) in cases {
        let tally = charged(model, charges);
        let found = tally.falls_to(whole(most), Minute, at(now));
        assert_eq!(found.as_millis(), falls_at, "{charges:?} to {most} from {now}: {why}");
        if model == SLIDING {
            assert!(tally.used(Minute, found) <= whole(most), "{charges:?} to {most}: {why}");
            let before = at(falls_at - 1);
            assert!(
                falls_at == now || tally.used(Minute, before) > whole(most),
                "{charges:?} to {most}: {why}"
            );
        }
    }
}

#[test]
fn a_tally_is_empty_before_it_is_over() {
    #[rustfmt::skip]
    let cases: [(WindowModel, Charges, i64, i64, i64, &str); 8] = [
        // model    charges             now     empty    over     why
        (CALENDAR, &[(0, 5)],           10,     60_000,  60_000,  "the window's end"),
        (CALENDAR, &[(0, 5)],           70_000, 120_000, 60_000,  "it was over before"),
        (SLIDING,  &[(0, 5)],           10,     60_000,  60_000,  "when the last has left"),
        (SLIDING,  &[(0, 5), (10, 1)],  10,     60_010,  60_010,  "when the last has left"),
        (SLIDING,  &[(0, 5), (10, 0)],  10,     60_000,  60_010,  "what cost nothing is not used"),
        (SLIDING,  &[(10, 0)],          10,     11,      60_010,  "nothing is used; from the next instant on"),
        (SLIDING,  &[(0, 5)],           70_000, 70_001,  60_000,  "it was over before"),
        (SLIDING,  &[],                 10,     11,      Timestamp::MIN.as_millis(), "it never held anything"),
    ];
    for (model, charges, now, empty, over, why) in cases {
        let tally = charged(model, charges);
        assert_eq!(tally.empty_at(Minute, at(now)).as_millis(), empty, "{charges:?} at {now}: {why}");
        assert_eq!(tally.over_at(Minute).as_millis(), over, "{charges:?}: {why}");
    }
}

#[test]
fn a_refund_takes_off_what_still_counts() {
    #[rustfmt::skip]
    let cases: [(WindowModel, Charges, Charge, i64, Left, &str); 13] = [
        // model    charges                     back     now     left                          why
        (CALENDAR, &[(5, 3)],                   (5, 1),  59_999, Some(&[(0, 2)]),              "the window is open"),
        (CALENDAR, &[(5, 3)],                   (5, 3),  60_000, None,                         "it has ended, as others saw"),
        (CALENDAR, &[(5, 3), (60_000, 1)],      (5, 3),  60_000, None,                         "another is open"),
        (CALENDAR, &[(60_000, 1)],              (59_999, 1), 60_000, None,                     "of the window before"),
        (SLIDING,  &[(0, 1), (5, 3), (9, 4)],   (5, 3),  10,     Some(&[(0, 1), (5, 0), (9, 4)]), "one of three"),
        (SLIDING,  &[(0, 1), (5, 3), (9, 4)],   (0, 1),  10,     Some(&[(0, 0), (5, 3), (9, 4)]), "the first"),
        (SLIDING,  &[(0, 1), (5, 3), (9, 4)],   (9, 4),  10,     Some(&[(0, 1), (5, 3), (9, 0)]), "the last"),
        (SLIDING,  &[(5, 1), (5, 2)],           (5, 2),  10,     Some(&[(5, 1)]),              "one of two of one instant"),
        (SLIDING,  &[(5, 3)],                   (5, 3),  60_004, Some(&[(5, 0)]),              "the last millisecond"),
        (SLIDING,  &[(5, 3)],                   (5, 3),  60_005, None,                         "it has left"),
        (SLIDING,  &[(5, 3), (60_005, 1)],      (5, 3),  60_005, None,                         "it is forgotten"),
        (SLIDING,  &[(5, 3), (9, 1)],           (7, 3),  10,     None,                         "no such instant"),
        (SLIDING,  &[(5, 3)],                   (9, 3),  10,     None,                         "after the last"),
    ];
    for (model, charges, (then, cost), now, left, why) in cases {
        let mut tally = charged(model, charges);
        let before = uses(&tally);
        let done = tally.refund(whole(cost), Minute, at(then), at(now));
        assert_eq!(done, left.is_some(), "{charges:?} back {cost} of {then} at {now}: {why}");
        assert_eq!(
            uses(&tally),
            left.map_or(before, <[_]>::to_vec),
            "{charges:?} back {cost} of {then}: {why}"
        );
    }
}

#[test]
fn what_has_left_is_forgotten_and_the_rest_is_kept() {
    #[rustfmt::skip]
    let cases: [(Charges, i64, Charges, &str); 5] = [
        // charges                     at       kept                       why
        (&[(0, 1), (5, 2), (9, 4)],    59_999,  &[(0, 1), (5, 2), (9, 4)], "none has left"),
        (&[(0, 1), (5, 2), (9, 4)],    60_000,  &[(5, 2), (9, 4)],         "one has"),
        (&[(0, 1), (5, 2), (9, 4)],    60_008,  &[(9, 4)],                 "two have"),
        (&[(0, 1), (5, 2), (9, 4)],    60_009,  &[],                       "all have"),
        (&[],                          60_009,  &[],                       "there was nothing"),
    ];
    for (charges, now, kept, why) in cases {
        let mut tally = charged(SLIDING, charges);
        assert_eq!(tally.instants(), charges.len(), "{charges:?}: {why}");
        assert_eq!(tally.left(Minute, at(now)), charges.len() - kept.len(), "{charges:?} at {now}: {why}");
        let used = tally.used(Minute, at(now));
        tally.forget(Minute, at(now));
        assert_eq!(
            (uses(&tally), tally.instants()),
            (kept.to_vec(), kept.len()),
            "{charges:?} at {now}: {why}"
        );
        assert_eq!(tally.used(Minute, at(now)), used, "{charges:?} at {now}: {why}");
    }
    let mut calendar = charged(CALENDAR, &[(0, 1)]);
    calendar.forget(Minute, at(70_000));
    assert_eq!(
        (uses(&calendar), calendar.instants(), calendar.left(Minute, at(70_000))),
        (Vec::from([(0, 1)]), 0, 0)
    );
}

#[test]
fn uses_told_are_uses_made() {
    #[rustfmt::skip]
    let cases: [(WindowModel, Charges, bool, &str); 9] = [
        // model    uses                  fits   why
        (CALENDAR, &[(60_000, 2)],        true,  "the start of a window"),
        (CALENDAR, &[(60_001, 2)],        false, "no window starts there"),
        (CALENDAR, &[],                   false, "a calendar tally has one window"),
        (CALENDAR, &[(0, 1), (60_000, 2)], false, "and only one"),
        (SLIDING,  &[],                   true,  "nothing"),
        (SLIDING,  &[(5, 2), (6, 0)],     true,  "in order"),
        (SLIDING,  &[(5, 2), (5, 2)],     false, "an instant is there once"),
        (SLIDING,  &[(6, 2), (5, 2)],     false, "out of order"),
        (SLIDING,  &[(1, 1), (3, 1), (2, 1)], false, "also later on"),
    ];
    for (model, told, fits, why) in cases {
        let given: Vec<_> = told.iter().map(|(then, amount)| (at(*then), whole(*amount))).collect();
        let made = Tally::of_uses(model, Minute, &given);
        assert_eq!(made.as_ref().map(uses), fits.then(|| told.to_vec()), "{told:?}: {why}");
    }
}

#[test]
fn the_ends_of_time_are_counted_too() {
    for window in [Minute, Hour, Day] {
        for model in [CALENDAR, SLIDING] {
            for (then, next) in
                [(Timestamp::MIN, Timestamp::MIN.plus(1)), (Timestamp::MAX.plus(-1), Timestamp::MAX)]
            {
                let mut tally = Tally::new(model);
                assert_eq!(tally.used(window, then), Amount::ZERO, "{window} {model:?} at {then}");
                tally.charge(whole(2), window, then);
                tally.charge(whole(3), window, next);
                assert_eq!(tally.used(window, next), whole(5), "{window} {model:?} at {next}");
                assert!(tally.falls_to(whole(2), window, next) > next, "{window} {model:?} at {next}");
                assert!(
                    tally.empty_at(window, next) > next && tally.over_at(window) > next,
                    "{window} {model:?}"
                );
                assert!(tally.refund(whole(2), window, then, next), "{window} {model:?} at {then}");
                assert_eq!(tally.used(window, next), whole(3), "{window} {model:?} at {next}");
                tally.forget(window, next);
                assert_eq!(tally.used(window, next), whole(3), "{window} {model:?} at {next}");
            }
        }
    }
}
