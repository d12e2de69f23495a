//! Differences: they are those of two runs, and a knock-on is what the same counters would undo.

use gatewright_core::evaluate::decide_in_simulation;
use gatewright_core::simulate::simulate_with;
use gatewright_core::{Counters, Decision, Outcome, ReservationId, Timestamp, diff};
use proptest::prelude::*;

use crate::driver::options;
use crate::examples;
use crate::simulating::logs;
use crate::sketch::sketches;

proptest! {
    #![proptest_config(examples(150))]

    #[test]
    fn a_difference_is_that_of_two_runs(
        before in sketches(), after in sketches(), (calls, _) in logs(), options in options()
    ) {
        let (before, after) = (before.compiled(), after.compiled());
        let difference = diff(&before, &after, &calls, options);
        let (was, is) = (simulate_with(&before, &calls, options), simulate_with(&after, &calls, options));
        let changed: Vec<usize> = (0..calls.len()).filter(|index| was.decision(*index) != is.decision(*index)).collect();
        let told: Vec<usize> = difference.first_changed.iter().map(|call| call.index).collect();
        prop_assert_eq!(&told, &changed);
        for call in &difference.first_changed {
            let (old, new) = (&call.before, &call.after);
            prop_assert_eq!(Some((old.decision, old.reason)), was.decision(call.index).zip(was.reason.get(call.index).copied()));
            prop_assert_eq!(Some((new.decision, new.reason)), is.decision(call.index).zip(is.reason.get(call.index).copied()));
            prop_assert_eq!(&old.rule, &was.rule(&before, call.index));
            prop_assert_eq!(&new.rule, &is.rule(&after, call.index));
        }
        prop_assert_eq!((difference.calls, difference.changed), (calls.len(), changed.len()));
        prop_assert_eq!(difference.matrix.iter().map(|way| way.count).sum::<usize>(), changed.len());
        prop_assert!(difference.matrix.is_sorted_by_key(|way| std::cmp::Reverse(way.count)));
        prop_assert!(difference.first_changed.first().is_none_or(|call| !call.knock_on), "nothing came before");
        prop_assert_eq!(diff(&before, &before, &calls, options).changed, 0);
    }

    #[test]
    fn a_knock_on_is_what_the_same_counters_would_undo(
        sketch in sketches(), (calls, answers) in logs(), options in options(), adds_rules in any::<bool>()
    ) {
        // The same limits with and without rules: all counters are shared.
        let (with, without) = (sketch.compiled(), sketch.of_limits().compiled());
        let (before, after) = if adds_rules { (without, with) } else { (with, without) };
        let difference = diff(&before, &after, &calls, options);
        let mut counters = Counters::with_options(&before, options);
        let mut changed = difference.first_changed.iter().peekable();
        let mut open: Vec<(Timestamp, usize, ReservationId, Outcome)> = Vec::new();
        for (index, answer) in answers.iter().enumerate() {
            let call = calls.get(index).unwrap();
            let judged_at = counters.effective_time(call.at);
            open.sort_unstable_by_key(|(at, index, ..)| (*at, *index));
            let due = open.partition_point(|(at, ..)| *at <= judged_at);
            for (_, _, reservation, outcome) in open.drain(..due) {
                counters.settle(&before, reservation, outcome);
            }
            if let Some(told) = changed.next_if(|told| told.index == index) {
                let with_the_same = decide_in_simulation(&after, &call, &mut counters.clone(), &mut ()).decision();
                prop_assert_eq!(told.knock_on, with_the_same == told.before.decision);
            }
            let ruling = decide_in_simulation(&before, &call, &mut counters, &mut ());
            prop_assert_eq!(ruling.reservation().is_some(), ruling.decision() == Decision::Allow);
            if let (Some(reservation), Some((outcome, at))) = (ruling.reservation(), answer) {
                open.push((*at, index, reservation, *outcome));
            }
        }
    }
}
