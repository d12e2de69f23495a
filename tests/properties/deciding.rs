//! Verdicts: against the model, and against one another.

use std::collections::BTreeSet;

use gatewright_core::scenario::Calls;
use gatewright_core::simulate::explain_call;
use gatewright_core::{
    CompiledPolicy, Counters, Decision, Options, Outcome, Reason, Refund, ReservationId, Settled, Step,
    Timestamp, ToolCall, Verdict, evaluate, evaluate_traced, simulate,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::examples;
use crate::model::{Model, Told};
use crate::sketch::{Event, TOOLS, events, sketches, starts};

const NOBODYS: ReservationId = ReservationId(u64::MAX);

fn call(tool: &'static str, grant: &'static str, at: i64) -> ToolCall<'static> {
    ToolCall { tool, grant, at: Timestamp::from_millis(at), ..ToolCall::default() }
}

fn refunds() -> impl Strategy<Value = Refund> {
    select(vec![Refund::ProtocolError, Refund::AnyError, Refund::Never])
}

/// A store as a caller drives it.
struct Driver<'p> {
    policy: &'p CompiledPolicy,
    counters: Counters,
    reservations: Vec<ReservationId>,
}

impl<'p> Driver<'p> {
    fn new(policy: &'p CompiledPolicy) -> Self {
        Self { policy, counters: Counters::new(policy), reservations: Vec::new() }
    }

    fn call(&mut self, call: &ToolCall<'_>) -> Verdict {
        let verdict = evaluate(self.policy, call, &mut self.counters);
        self.reservations.extend(verdict.reservation);
        verdict
    }

    fn settle(&mut self, which: usize, outcome: Outcome) -> Settled {
        let which = which % (self.reservations.len() + 1);
        let reservation = self.reservations.get(which).copied().unwrap_or(NOBODYS);
        self.counters.settle(self.policy, reservation, outcome)
    }
}

/// Every verdict of a sequence, `None` for what is no call, with all times moved by `shift`.
fn verdicts(policy: &CompiledPolicy, events: &[Event], shift: i64) -> Vec<Option<Verdict>> {
    let mut driver = Driver::new(policy);
    let each = |event: &Event| match *event {
        Event::Call { tool, grant, at } => Some(driver.call(&call(tool, grant, at + shift))),
        Event::Settle { which, outcome } => {
            driver.settle(which, outcome);
            None
        }
    };
    events.iter().map(each).collect()
}

proptest! {
    #![proptest_config(examples(500))]

    #[test]
    fn counters_equal_a_model_that_keeps_every_call(sketch in sketches(), events in events(), refund in refunds()) {
        let policy = sketch.compiled();
        let counters = Counters::with_options(&policy, Options { refund, ..Options::default() });
        let mut driver = Driver { policy: &policy, counters, reservations: Vec::new() };
        let mut model = Model::new(&sketch, refund);
        for event in events {
            match event {
                Event::Call { tool, grant, at } => {
                    let verdict = driver.call(&call(tool, grant, at));
                    let expected = model.call(tool, grant, at);
                    prop_assert_eq!(verdict.rule.as_ref().map(|rule| rule.as_str().to_string()), expected.rule.clone());
                    prop_assert_eq!(verdict.at.as_millis(), expected.at);
                    prop_assert_eq!(verdict.clock_behind_ms, Some(expected.at - at).filter(|behind| *behind > 0));
                    prop_assert_eq!(verdict.retry_at.map(Timestamp::as_millis), expected.retry_at);
                    prop_assert_eq!(verdict.reservation.is_some(), expected.rule.is_none());
                    let reading = verdict.quota.as_ref();
                    if verdict.decision == Decision::Allow {
                        let left = reading.map(|quota| quota.remaining.to_f64());
                        prop_assert_eq!(left, model.least_left().map(|tenths| f64::from(tenths) / 10.0));
                    } else {
                        let used = reading.map(|quota| quota.used.to_f64());
                        prop_assert_eq!(used, expected.used.map(|tenths| f64::from(tenths) / 10.0));
                    }
                }
                Event::Settle { which, outcome } => {
                    let settled = driver.settle(which, outcome);
                    let told = model.settle(which % (model.reservations() + 1), outcome);
                    prop_assert_eq!(told, match settled {
                        Settled::Unknown => Told::Unknown,
                        Settled::Kept => Told::Kept,
                        Settled::Refunded | Settled::NothingHeld => Told::GivenBack,
                    });
                }
            }
        }
    }

    #[test]
    fn the_retry_time_is_exact(sketch in sketches(), events in events()) {
        let policy = sketch.compiled();
        let mut driver = Driver::new(&policy);
        for event in events {
            match event {
                Event::Settle { which, outcome } => {
                    driver.settle(which, outcome);
                }
                Event::Call { tool, grant, at } => {
                    let before = driver.counters.clone();
                    let verdict = driver.call(&call(tool, grant, at));
                    let decision_at = |at: i64| evaluate(&policy, &call(tool, grant, at), &mut before.clone()).decision;
                    match verdict.retry_at.map(Timestamp::as_millis) {
                        Some(retry_at) => {
                            prop_assert_eq!(verdict.reason, Reason::Limit);
                            prop_assert!(retry_at > verdict.at.as_millis());
                            prop_assert_eq!(decision_at(retry_at - 1), Decision::Deny, "one millisecond before");
                            prop_assert_eq!(decision_at(retry_at), Decision::Allow, "at the retry time");
                        }
                        None if verdict.decision == Decision::Deny => {
                            for later in [1, 60_000, 3_600_000, 86_400_000, 400 * 86_400_000] {
                                let at = verdict.at.as_millis() + later;
                                prop_assert_eq!(decision_at(at), Decision::Deny, "there is no time to retry at");
                            }
                        }
                        None => {}
                    }
                }
            }
        }
    }

    #[test]
    fn tracing_changes_no_verdict(sketch in sketches(), events in events()) {
        let policy = sketch.compiled();
        let plain = verdicts(&policy, &events, 0);
        let mut driver = Driver::new(&policy);
        for (event, plain) in events.iter().zip(plain) {
            match *event {
                Event::Settle { which, outcome } => {
                    driver.settle(which, outcome);
                }
                Event::Call { tool, grant, at } => {
                    let mut steps: Vec<Step> = Vec::new();
                    let call = call(tool, grant, at);
                    let traced = evaluate_traced(&policy, &call, &mut driver.counters, &mut steps);
                    driver.reservations.extend(traced.reservation);
                    prop_assert_eq!(Some(traced.clone()), plain);
                    let decided: Vec<_> = steps.iter().filter(|step| json!(step.mark) == json!("decided")).collect();
                    prop_assert_eq!(decided.len(), usize::from(traced.decision == Decision::Deny), "one step decides");
                    let pointer = decided.first().and_then(|step| step.pointer.clone());
                    prop_assert_eq!(pointer, traced.pointer, "and it stands where the verdict says");
                }
            }
        }
    }

    #[test]
    fn whole_days_later_everything_is_the_same(sketch in sketches(), events in events(), days in -2_000..2_000_i64) {
        let policy = sketch.compiled();
        let shift = days * 86_400_000;
        let now = verdicts(&policy, &events, 0);
        let then = verdicts(&policy, &events, shift);
        for (now, then) in now.iter().zip(&then) {
            prop_assert_eq!(without_words(&json!(now), 0), without_words(&json!(then), shift));
        }
    }

    #[test]
    fn a_denied_call_changes_nothing_later(sketch in sketches(), events in events(), which in any::<usize>()) {
        let policy = sketch.compiled();
        let all = verdicts(&policy, &events, 0);
        let is_denied = |index: &usize| {
            all.get(*index).is_some_and(|verdict| verdict.as_ref().is_some_and(|it| it.decision == Decision::Deny))
        };
        let denied: Vec<usize> = (0..events.len()).filter(is_denied).collect();
        let one = denied.get(which % denied.len().max(1)).copied();
        for left_out in [BTreeSet::from_iter(one), BTreeSet::from_iter(denied)] {
            let kept = |index: &usize| !left_out.contains(index);
            let fewer: Vec<Event> = events.iter().enumerate().filter(|(index, _)| kept(index)).map(|(_, it)| *it).collect();
            let expected = all.iter().enumerate().filter(|(index, _)| kept(index)).map(|(_, it)| it);
            prop_assert!(verdicts(&policy, &fewer, 0).iter().eq(expected));
        }
    }

    #[test]
    fn a_run_equals_its_calls_one_by_one(sketch in sketches(), (calls, answers) in logs(), look in any::<usize>()) {
        let policy = sketch.compiled();
        let run = simulate(&policy, &calls);
        let mut counters = Counters::new(&policy);
        let mut open: Vec<(Timestamp, usize, ReservationId, Outcome)> = Vec::new();
        let mut allowed = 0;
        for (index, answer) in answers.iter().enumerate() {
            let call = calls.get(index).unwrap();
            open.sort_unstable_by_key(|(at, index, ..)| (*at, *index));
            let judged_at = counters.effective_time(call.at);
            let due = open.partition_point(|(at, ..)| *at <= judged_at);
            for (_, _, reservation, outcome) in open.drain(..due) {
                counters.settle(&policy, reservation, outcome);
            }
            let verdict = evaluate(&policy, &call, &mut counters);
            if let (Some(reservation), Some((outcome, at))) = (verdict.reservation, answer) {
                open.push((*at, index, reservation, *outcome));
            }
            allowed += usize::from(verdict.decision == Decision::Allow);
            prop_assert_eq!(run.reason.get(index), Some(&verdict.reason));
            prop_assert_eq!(run.at.get(index), Some(&verdict.at));
            prop_assert_eq!(run.retry_at.get(index), Some(&verdict.retry_at));
            prop_assert_eq!(run.rule(&policy, index), verdict.rule.clone());
            let used = run.limit.get(index).copied().flatten().map(|(_, used)| used);
            prop_assert_eq!(used, verdict.quota.as_ref().map(|quota| quota.used));
            if index == look % answers.len() {
                let (explained, _) = explain_call(&policy, &calls, index, Options::default()).unwrap();
                prop_assert_eq!(explained, verdict);
            }
        }
        prop_assert_eq!(run.summary.calls, answers.len());
        prop_assert_eq!(run.summary.allowed, allowed);
        prop_assert_eq!(run.summary.denied, answers.len() - allowed);
        let by_rule: usize = run.summary.by_rule.iter().map(|rule| rule.count).sum();
        prop_assert_eq!(by_rule, run.summary.denied);
        let by_limits = run.reason.iter().filter(|reason| **reason == Reason::Limit).count();
        prop_assert_eq!(run.lanes.iter().map(|lane| lane.denials.len()).sum::<usize>(), by_limits);
        for lane in &run.lanes {
            let max = policy.limits().get(lane.limit).unwrap().max;
            prop_assert!(lane.points.is_sorted_by_key(|point| point.at));
            prop_assert!(lane.windows.is_sorted_by_key(|window| window.span.start));
            prop_assert!(lane.windows.iter().all(|window| window.peak <= max && window.given_back <= window.allowed));
            prop_assert_eq!(lane.windows.iter().map(|window| window.denied).sum::<usize>(), lane.denials.len());
        }
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

type Answer = Option<(Outcome, Timestamp)>;

/// Calls as of a log, some answered at once, some later, some never.
fn logs() -> impl Strategy<Value = (Calls, Vec<Answer>)> {
    let delay = prop_oneof![0..3_i64, 0..90_000_i64];
    let answer = proptest::option::of((select(Outcome::ALL.to_vec()), delay));
    let step = prop_oneof![6 => 0..3_i64, 3 => 0..40_000_i64, 1 => 0..90_000_000_i64, 1 => -100_000..0_i64];
    let entry = (select(TOOLS.to_vec()), select(vec!["ci", "dev"]), step, answer);
    (starts(), vec(entry, 0..80)).prop_map(|(start, entries)| {
        let mut at = start;
        let mut calls = Calls::default();
        let mut answers = Vec::new();
        for (tool, grant, step, answer) in entries {
            at += step;
            let answer = answer.map(|(outcome, delay)| (outcome, Timestamp::from_millis(at + delay)));
            calls.push(&call(tool, grant, at), answer);
            answers.push(answer);
        }
        (calls, answers)
    })
}
