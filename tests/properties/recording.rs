//! Recordings: a run that is taken up again is the run from its first call.

use std::sync::Arc;

use gatewright_core::scenario::Calls;
use gatewright_core::simulate::{Simulation, explain_call, simulate_with};
use gatewright_core::{CompiledPolicy, Options};
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
) -> gatewright_core::simulate::Recording<Arc<CompiledPolicy>, Arc<Calls>> {
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
    fn nothing_is_run_again_where_nothing_can_change(sketch in sketches(), (calls, _) in logs(), options in options()) {
        let calls = Arc::new(calls);
        let recording = recorded(sketch.compiled(), &calls, options, 5);
        let mut under = recording.under(Arc::new(sketch.compiled()));
        prop_assert_eq!((recording.first_change(&sketch.compiled()), under.advance(0)), (None, calls.len()));
    }
}
