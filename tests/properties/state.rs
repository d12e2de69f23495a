//! What counters hold: exported, restored, damaged, and carried over to another policy.

use gatewright_core::{Counters, Outcome};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::driver::{Driver, options};
use crate::examples;
use crate::model::{Expected, Model};
use crate::sketch::{Checks, Event, Sketch, events, sketches};

/// A policy that has some of its counters from one and some from another.
fn mixed(one: &Sketch, other: &Sketch, seed: u64) -> Sketch {
    let mut bits = (0..64).map(|bit| seed >> bit & 1 == 1).cycle();
    let mut bit = move || bits.next().unwrap_or_default();
    let mut checks = |ours: Option<&Checks>, theirs: Option<&Checks>| -> Option<Checks> {
        let mut mixed = if bit() || bit() { ours.or(theirs) } else { theirs }?.clone();
        if bit() {
            mixed.limits.reverse();
        }
        if bit() && bit() {
            mixed.limits.pop();
        }
        for limit in &mut mixed.limits {
            if bit() && bit() {
                limit.max = "2";
            }
            if bit() && bit() && bit() {
                limit.window = "hour";
            }
        }
        Some(mixed)
    };
    let of = |sketch: &Sketch, name: &str| {
        sketch.tools.iter().find(|(tool, _)| *tool == name).map(|(_, checks)| checks.clone())
    };
    let mut tools = Vec::new();
    for name in crate::sketch::TOOLS {
        if let Some(mixed) = checks(of(one, name).as_ref(), of(other, name).as_ref()) {
            tools.push((name, mixed));
        }
    }
    let all_tools = checks(Some(&one.all_tools), Some(&other.all_tools)).unwrap_or_default();
    Sketch { tools, all_tools, ..other.clone() }
}

proptest! {
    #![proptest_config(examples(150))]

    #[test]
    fn what_is_restored_has_the_same_future(
        sketch in sketches(), events in events(), options in options(), at in any::<Index>()
    ) {
        let policy = sketch.compiled();
        let (past, future) = events.split_at(at.index(events.len() + 1));
        let mut driver = Driver::new(&policy, options);
        driver.all(past);
        let text = driver.counters.export();
        let restored = Counters::restore(&policy, &text);
        prop_assert!(restored.is_ok(), "{}: {:?}", text, restored.err());
        let mut restored = Driver { counters: restored.unwrap(), ..driver.clone() };
        prop_assert_eq!(restored.counters.options(), options);
        prop_assert_eq!(restored.counters.export(), text);
        for event in future {
            prop_assert_eq!(restored.each(event), driver.each(event));
        }
        prop_assert_eq!(restored.counters.export(), driver.counters.export());
    }

    #[test]
    fn a_damaged_snapshot_is_refused_whole(
        sketch in sketches(), events in events(), options in options(),
        (at, length) in (any::<Index>(), 0..3_usize), put in prop_oneof!["[ -~]{0,2}", "[0-9a-f]"]
    ) {
        let policy = sketch.compiled();
        let mut driver = Driver::new(&policy, options);
        driver.all(&events);
        let text = driver.counters.export();
        let start = at.index(text.len());
        let damaged = format!("{}{put}{}", &text[..start], &text[(start + length).min(text.len())..]);
        if let Ok(restored) = Counters::restore(&policy, &damaged) {
            prop_assert_eq!(&restored.export(), &text, "{} reads like it", damaged);
        }
        for cut in [start, text.len() - 1] {
            prop_assert!(Counters::restore(&policy, &text[..cut]).is_err());
        }
    }

    #[test]
    fn another_policy_keeps_the_counters_that_it_has(
        (one, other) in (sketches(), sketches()), events in events(), options in options(),
        (first, second, seed) in (any::<Index>(), any::<Index>(), any::<u64>())
    ) {
        let other = mixed(&one, &other, seed);
        let (first, second) = (first.index(events.len() + 1), second.index(events.len() + 1));
        let (first, second) = (first.min(second), first.max(second));
        let phases = [(&one, &events[..first]), (&other, &events[first..second]), (&one, &events[second..])];
        let policies = [one.compiled(), other.compiled(), one.compiled()];
        let mut driver = Driver::new(&policies[0], options);
        let mut model = Model::new(&one, options);
        for ((sketch, events), policy) in phases.into_iter().zip(&policies) {
            let carried = Counters::restore(policy, &driver.counters.export()).unwrap();
            driver.counters.replace_policy(policy);
            prop_assert_eq!(carried.export(), driver.counters.export(), "a snapshot is carried over likewise");
            driver.policy = policy;
            model.replace(sketch);
            for event in events {
                match event {
                    Event::Call(call) => {
                        prop_assert_eq!(Expected::of(&driver.call(&call.parsed())), model.call(call), "{:?}", call);
                    }
                    Event::Settle { which, outcome } => {
                        let settled = driver.settle(*which, *outcome);
                        prop_assert_eq!(settled, model.settle(which % (model.reservations() + 1), *outcome));
                    }
                }
            }
        }
    }

    #[test]
    fn a_policy_is_replaced_by_itself_unnoticed(sketch in sketches(), events in events(), options in options()) {
        let (policy, same) = (sketch.compiled(), sketch.compiled());
        let mut driver = Driver::new(&policy, options);
        driver.all(&events);
        let before = driver.counters.export();
        driver.counters.replace_policy(&same);
        prop_assert_eq!(driver.counters.export(), before);
        driver.policy = &same;
        for which in 0..driver.reservations.len() {
            prop_assert_eq!(driver.clone().settle(which, Outcome::Ok), {
                let mut untouched = Driver { policy: &policy, ..driver.clone() };
                untouched.settle(which, Outcome::Ok)
            });
        }
    }
}
