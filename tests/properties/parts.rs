//! Calls and runs that are handed on in parts arrive whole.

use gatewright_core::scenario::Calls;
use gatewright_core::simulate::{Run, simulate_with};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::driver::options;
use crate::examples;
use crate::simulating::logs;
use crate::sketch::sketches;

/// A part that went through text.
fn sent<T: Serialize + DeserializeOwned>(part: &T) -> T {
    serde_json::from_str(&serde_json::to_string(part).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(examples(150))]

    #[test]
    fn calls_and_runs_arrive_whole(
        sketch in sketches(), (calls, _) in logs(), options in options(), most in 1..70_usize
    ) {
        let policy = sketch.compiled();
        let ranges = || (0..calls.len()).step_by(most).map(|start| start..start + most);
        let mut arrived = Calls::default();
        for range in ranges() {
            arrived.add(sent(&calls.part(range)));
        }
        prop_assert_eq!(arrived.len(), calls.len());
        for index in 0..calls.len() {
            prop_assert_eq!(arrived.get(index), calls.get(index));
            prop_assert_eq!(arrived.answer_of(index), calls.answer_of(index));
        }
        let run = simulate_with(&policy, &calls, options);
        prop_assert_eq!(format!("{:?}", simulate_with(&policy, &arrived, options)), format!("{run:?}"));
        let mut shown = Run::default();
        for range in ranges() {
            shown.add(sent(&run.part(range)));
        }
        for part in run.lane_parts(most) {
            shown.add_lane(sent(&part));
        }
        shown.summary = sent(&run.summary);
        prop_assert_eq!(format!("{shown:?}"), format!("{run:?}"));
    }
}
