//! Counters outside: a store that is as naive as can be, planned for and applied, agrees with the built-in counters.

use std::collections::BTreeMap;

use gatewright_core::amount::Amount;
use gatewright_core::counter::Reading;
use gatewright_core::evaluate::plan;
use gatewright_core::{Decision, Timestamp, Verdict};
use proptest::prelude::*;

use crate::definitions::ONE;
use crate::driver::{Driver, options};
use crate::examples;
use crate::model::{Counter, Met, Model};
use crate::sketch::{Event, events, sketches};

/// What the model's counter holds, as a store would say it.
fn reading(store: &Model, limit: &Met, at: i64) -> Reading {
    let instant = |at: i64| Timestamp::from_millis(at);
    Reading {
        used: amount(store.used(limit, at)),
        resets_at: instant(store.resets_at(limit, at)),
        fits_at: store.fits_at(limit, at).map_or(Timestamp::MAX, instant),
    }
}

fn amount(exact: i128) -> Amount {
    let nano = exact / (ONE / 1_000_000_000);
    Amount::parse(&format!("{nano}e-9")).unwrap()
}

proptest! {
    #![proptest_config(examples(150))]

    #[test]
    fn a_store_outside_gives_the_same_verdicts(sketch in sketches(), events in events(), options in options()) {
        let policy = sketch.compiled();
        let mut driver = Driver::new(&policy, options);
        let mut store = Model::new(&sketch, options);
        let mut keys: BTreeMap<String, Counter> = BTreeMap::new();
        for event in &events {
            let call = match event {
                Event::Settle { which, outcome } => {
                    driver.settle(*which, *outcome);
                    store.settle(which % (store.reservations() + 1), *outcome);
                    continue;
                }
                Event::Call(call) => call,
            };
            let plan = plan(&policy, &call.parsed());
            let at = store.effective_time(call.at);
            let limits = store.limits(call);
            let mut readings = Vec::new();
            for (charge, limit) in plan.charges().iter().zip(&limits) {
                prop_assert_eq!((charge.max, Some(charge.cost)), (amount(limit.max), limit.cost.map(amount)));
                prop_assert_eq!(charge.window.to_string(), limit.limit.window);
                let known = keys.entry(charge.key.clone()).or_insert_with(|| limit.counter.clone());
                prop_assert_eq!(&*known, &limit.counter, "one key is one counter");
                readings.push(reading(&store, limit, at));
            }
            let of_counters: Vec<&Counter> = keys.values().collect();
            let twice = of_counters.iter().enumerate().any(|(index, it)| of_counters[..index].contains(it));
            prop_assert!(!twice, "one counter is one key");

            let instant = Timestamp::from_millis(at);
            let applied = plan.apply(&policy, &call.parsed(), instant, options.window_model, &readings);
            let expected = driver.call(&call.parsed());
            store.call(call);
            prop_assert_eq!(&applied, &Verdict { reservation: None, ..expected });
            if plan.is_kept_out() {
                prop_assert!(applied.decision != Decision::Allow);
            } else {
                prop_assert_eq!(plan.charges().len(), limits.len());
            }
            for fewer in 0..readings.len() {
                let applied = plan.apply(&policy, &call.parsed(), instant, options.window_model, &readings[..fewer]);
                prop_assert_eq!(applied.decision, Decision::Deny, "a reading that is missing is no room");
            }
        }
    }
}
