//! Verdicts: against the model, and against one another.

use std::collections::BTreeSet;

use gatewright_core::trace::Mark;
use gatewright_core::{
    Counters, Decision, Options, Reason, Step, Timestamp, Verdict, WindowModel, decide, evaluate,
    evaluate_traced,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::driver::{Came, Driver, options};
use crate::examples;
use crate::model::{Expected, Model};
use crate::sketch::{Event, events, sketches};

proptest! {
    #![proptest_config(examples(250))]

    #[test]
    fn verdicts_equal_those_of_a_model_that_keeps_every_call(sketch in sketches(), events in events(), options in options()) {
        let policy = sketch.compiled();
        let mut driver = Driver::new(&policy, options);
        let mut model = Model::new(&sketch, options);
        for event in &events {
            match event {
                Event::Call(call) => {
                    let verdict = driver.call(&call.parsed());
                    prop_assert_eq!(Expected::of(&verdict), model.call(call), "{:?}", call);
                    let behind = verdict.at.as_millis() - call.at;
                    prop_assert_eq!(verdict.clock_behind_ms, Some(behind).filter(|behind| *behind > 0));
                    prop_assert_eq!(verdict.reservation.is_some(), verdict.decision == Decision::Allow);
                }
                Event::Settle { which, outcome } => {
                    let settled = driver.settle(*which, *outcome);
                    prop_assert_eq!(settled, model.settle(which % (model.reservations() + 1), *outcome));
                }
            }
        }
    }

    #[test]
    fn the_retry_time_is_exact(sketch in sketches(), events in events(), options in options()) {
        let policy = sketch.compiled();
        let mut driver = Driver::new(&policy, options);
        for event in &events {
            let before = driver.counters.clone();
            let (Event::Call(call), Came::Judged(verdict)) = (event, driver.each(event)) else { continue };
            let decision_at = |at: i64| evaluate(&policy, &call.at(at).parsed(), &mut before.clone()).decision;
            match verdict.retry_at.map(Timestamp::as_millis) {
                Some(retry_at) => {
                    prop_assert_eq!(verdict.reason, Reason::Limit);
                    prop_assert!(retry_at > verdict.at.as_millis());
                    prop_assert_eq!(decision_at(retry_at - 1), Decision::Deny, "one millisecond before");
                    prop_assert_eq!(decision_at(retry_at), Decision::Allow, "at the retry time");
                }
                None if verdict.decision != Decision::Allow => {
                    for later in [1, 60_000, 3_600_000, 86_400_000, 400 * 86_400_000] {
                        let at = verdict.at.as_millis() + later;
                        prop_assert_eq!(decision_at(at), verdict.decision, "there is no time to retry at");
                    }
                }
                None => {}
            }
        }
    }

    #[test]
    fn tracing_changes_no_verdict(sketch in sketches(), events in events(), options in options()) {
        let policy = sketch.compiled();
        let plain = Driver::new(&policy, options).all(&events);
        let mut driver = Driver::new(&policy, options);
        for (event, plain) in events.iter().zip(plain) {
            let Event::Call(call) = event else {
                driver.each(event);
                continue;
            };
            let mut steps: Vec<Step> = Vec::new();
            let traced = evaluate_traced(&policy, &call.parsed(), &mut driver.counters, &mut steps);
            driver.reservations.extend(traced.reservation);
            let decided: Vec<_> = steps.iter().filter(|step| step.mark == Mark::Decided).collect();
            prop_assert_eq!(decided.len(), usize::from(traced.decision != Decision::Allow), "one step decides");
            let (step, verdict) = (decided.first().and_then(|it| it.pointer.as_ref()), traced.pointer.as_ref());
            let stands_there = match (step, verdict) {
                (Some(step), Some(verdict)) => step.as_str().starts_with(verdict.as_str()) || verdict.as_str().starts_with(step.as_str()),
                (step, verdict) => step == verdict,
            };
            prop_assert!(stands_there, "and it stands where the verdict says: {:?}, {:?}", step, verdict);
            prop_assert_eq!(Came::Judged(Box::new(traced)), plain);
        }
    }

    #[test]
    fn numbers_alone_decide_alike(sketch in sketches(), events in events(), options in options()) {
        let policy = sketch.compiled();
        let plain = Driver::new(&policy, options).all(&events);
        let mut driver = Driver::new(&policy, options);
        for (event, plain) in events.iter().zip(plain) {
            let Event::Call(call) = event else {
                driver.each(event);
                continue;
            };
            let ruling = decide(&policy, &call.parsed(), &mut driver.counters);
            driver.reservations.extend(ruling.reservation());
            let verdict = Verdict::new(Some(&policy), &call.parsed(), &ruling);
            prop_assert_eq!((ruling.decision(), ruling.reason()), (verdict.decision, verdict.reason));
            prop_assert_eq!((ruling.at(), ruling.retry_at()), (verdict.at, verdict.retry_at));
            prop_assert_eq!(ruling.rule(&policy), verdict.rule.clone());
            prop_assert_eq!(Came::Judged(Box::new(verdict)), plain);
        }
    }

    #[test]
    fn later_everything_is_the_same(
        sketch in sketches(), events in events(), options in options(), days in -2_000..2_000_i64, ms in 0..86_400_000_i64
    ) {
        let policy = sketch.compiled();
        // A calendar's windows lie where the days lie; sliding ones lie anywhere.
        let ms = if options.window_model == WindowModel::Sliding { ms } else { 0 };
        let shift = days * 86_400_000 + ms;
        let shifted: Vec<Event> = events.iter().map(|event| event.shifted(shift)).collect();
        let now = Driver::new(&policy, options).all(&events);
        let then = Driver::new(&policy, options).all(&shifted);
        for (now, then) in now.iter().zip(&then) {
            if let (Came::Judged(now), Came::Judged(then)) = (now, then) {
                prop_assert_eq!(without_words(&json!(now), 0), without_words(&json!(then), shift));
            } else {
                prop_assert_eq!(now, then);
            }
        }
    }

    #[test]
    fn a_denied_call_changes_nothing_later(
        sketch in sketches(), events in events(), options in options(), which in any::<usize>()
    ) {
        let policy = sketch.compiled();
        let all = Driver::new(&policy, options).all(&events);
        let denied: Vec<usize> = (0..all.len()).filter(|index| all[*index].is_denied()).collect();
        let one = denied.get(which % denied.len().max(1)).copied();
        for left_out in [BTreeSet::from_iter(one), BTreeSet::from_iter(denied)] {
            let kept = |index: &usize| !left_out.contains(index);
            let kept: Vec<usize> = (0..all.len()).filter(kept).collect();
            let fewer: Vec<Event> = kept.iter().map(|index| events[*index].clone()).collect();
            let expected: Vec<Came> = kept.iter().map(|index| all[*index].clone()).collect();
            prop_assert_eq!(Driver::new(&policy, options).all(&fewer), expected);
        }
    }

    #[test]
    fn without_a_policy_everything_is_refused(sketch in sketches(), events in events()) {
        let mut counters = Counters::with_options(&sketch.compiled(), Options::default());
        let before = counters.export();
        for event in &events {
            let Event::Call(call) = event else { continue };
            let verdict = evaluate(None, &call.parsed(), &mut counters);
            prop_assert_eq!((verdict.decision, verdict.reason), (Decision::Deny, Reason::NoPolicy));
        }
        prop_assert_eq!(counters.export(), before);
    }
}

/// A verdict without its message, in which dates stand, and with its times moved back by `shift`.
fn without_words(verdict: &Value, shift: i64) -> Value {
    let Value::Object(fields) = verdict else { return verdict.clone() };
    let moved = fields.iter().filter(|(key, _)| *key != "message").map(|(key, value)| {
        let value = match (key.as_str(), value.as_i64()) {
            ("at" | "retry_at" | "window_start" | "resets_at", Some(ms)) => json!(ms - shift),
            _ => without_words(value, shift),
        };
        (key.clone(), value)
    });
    Value::Object(moved.collect())
}
