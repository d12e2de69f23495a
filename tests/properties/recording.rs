//! Recordings: a run that is taken up again is the run from its first call.

use std::sync::Arc;

use gatewright_core::evaluate::decide_in_simulation;
use gatewright_core::scenario::Calls;
use gatewright_core::simulate::{Recording, Simulation, explain_call, simulate_with};
use gatewright_core::{CompiledPolicy, Counters, Options, Outcome, ReservationId, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::driver::options;
use crate::examples;
use crate::simulating::logs;
use crate::sketch::{Sketch, sketches};

/// A sketch in which one tool is held to something else, is gone, or is new.
fn edited(mut sketch: Sketch, other: Sketch, place: Index) -> Sketch {
    let mut others = other.tools.into_iter();
    match (sketch.tools.is_empty(), others.next()) {
        (false, Some((_, checks))) => {
            let place = place.index(sketch.tools.len());
            sketch.tools[place].1 = checks;
        }
        (false, None) => {
            sketch.tools.remove(place.index(sketch.tools.len()));
        }
        (true, tool) => sketch.tools.extend(tool),
    }
    sketch
}

fn recorded(
    policy: CompiledPolicy,
    calls: &Arc<Calls>,
    options: Options,
    distance: usize,
) -> Recording<Arc<CompiledPolicy>, Arc<Calls>> {
    Simulation::new(Arc::new(policy), Arc::clone(calls), options).recording(distance).finish_recording()
}

proptest! {
    #![proptest_config(examples(400))]

    #[test]
    fn a_run_taken_up_under_another_policy_is_the_run_from_its_first_call(
        (before, other, place) in (sketches(), sketches(), any::<Index>()),
        (calls, _) in logs(), options in options(), distance in 1..20_usize, look in any::<Index>()
    ) {
        let after = edited(before.clone(), other, place);
        let calls = Arc::new(calls);
        let recording = recorded(before.compiled(), &calls, options, distance);
        let first = recording.run();
        prop_assert_eq!(format!("{first:?}"), format!("{:?}", simulate_with(&before.compiled(), &calls, options)));
        let fresh = simulate_with(&after.compiled(), &calls, options);
        if let Some(changed) = (0..calls.len()).find(|index| first.decision(*index) != fresh.decision(*index)) {
            prop_assert!(recording.first_change(&after.compiled()).unwrap() <= changed, "call {changed} changes");
        }
        let again = recording.under(Arc::new(after.compiled())).finish_recording();
        prop_assert_eq!(format!("{:?}", again.run()), format!("{fresh:?}"));
        // And there and back, from what was taken up itself.
        let back = again.under(Arc::new(before.compiled())).finish_recording();
        prop_assert_eq!(format!("{:?}", back.run()), format!("{first:?}"));
        let index = look.index(calls.len());
        for (recording, policy) in [(&recording, &before), (&again, &after), (&back, &before)] {
            prop_assert_eq!(recording.explain(index), explain_call(&policy.compiled(), &calls, index, options));
        }
    }

    #[test]
    fn a_branch_is_a_gateway_that_is_given_another_policy_while_it_runs(
        (before, after) in (sketches(), sketches()), (calls, answers) in logs(),
        options in options(), distance in 1..20_usize, place in any::<Index>()
    ) {
        let from = place.index(calls.len() + 1);
        let calls = Arc::new(calls);
        let recording = recorded(before.compiled(), &calls, options, distance);
        let branch = recording.branch(from, Arc::new(after.compiled()), Arc::clone(&calls)).finish();
        let (old, new) = (before.compiled(), after.compiled());
        let mut counters = Counters::with_options(&old, options);
        let mut open: Vec<(Timestamp, usize, ReservationId, Outcome)> = Vec::new();
        for (index, answer) in answers.iter().enumerate() {
            if index == from {
                counters.replace_policy(&new);
            }
            let policy = if index < from { &old } else { &new };
            let call = calls.get(index).unwrap();
            open.sort_unstable_by_key(|(at, index, ..)| (*at, *index));
            let judged_at = counters.effective_time(call.at);
            let due = open.partition_point(|(at, ..)| *at <= judged_at);
            for (_, _, reservation, outcome) in open.drain(..due) {
                counters.settle(policy, reservation, outcome);
            }
            let ruling = decide_in_simulation(policy, &call, &mut counters, &mut ());
            prop_assert_eq!(branch.decision(index), Some(ruling.decision()), "call {}", index);
            prop_assert_eq!(branch.at[index], ruling.at());
            prop_assert_eq!(branch.retry_at[index], ruling.retry_at());
            if index >= from {
                prop_assert_eq!(branch.rule(&new, index), ruling.rule(&new));
            }
            if let (Some(reservation), Some((outcome, at))) = (ruling.reservation(), answer) {
                open.push((*at, index, reservation, *outcome));
            }
        }
        prop_assert_eq!(branch.len(), calls.len());
    }

    #[test]
    fn nothing_is_run_again_where_nothing_can_change(sketch in sketches(), (calls, _) in logs(), options in options()) {
        let calls = Arc::new(calls);
        let recording = recorded(sketch.compiled(), &calls, options, 5);
        let mut under = recording.under(Arc::new(sketch.compiled()));
        prop_assert_eq!((recording.first_change(&sketch.compiled()), under.advance(0)), (None, calls.len()));
    }
}
