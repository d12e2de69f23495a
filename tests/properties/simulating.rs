//! Runs: they equal their calls one by one.

use gatewright_core::scenario::Calls;
use gatewright_core::simulate::{Lane, Simulation, explain_call, simulate_with};
use gatewright_core::{Arguments, Counters, Decision, Outcome, Reason, ReservationId, Timestamp, evaluate};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::driver::options;
use crate::examples;
use crate::sketch::{calls, sketches, starts, steps};

type Answer = Option<(Outcome, Timestamp)>;

/// Calls as of a log, some with the names of their arguments alone, some answered at once, some later, some never.
pub(crate) fn logs() -> impl Strategy<Value = (Calls, Vec<Answer>)> {
    let delay = prop_oneof![0..3_i64, 0..90_000_i64];
    let answer = option::of((select(Outcome::ALL.to_vec()), delay));
    let names = subsequence(vec!["n", "s", "l", "o"], 0..=4);
    let entry = (calls(), option::weighted(0.15, names), steps(), answer);
    (starts(), vec(entry, 1..60)).prop_map(|(start, entries)| {
        let mut at = start;
        let mut calls = Calls::default();
        let mut answers = Vec::new();
        for (call, names, step, answer) in entries {
            at += step;
            let call = call.at(at);
            let answer = answer.map(|(outcome, delay)| (outcome, Timestamp::from_millis(at + delay)));
            match names {
                Some(names) => {
                    let names: Vec<String> = names.into_iter().map(String::from).collect();
                    calls.push(&call.with(Arguments::Names(&names)), answer);
                }
                None => calls.push(&call.parsed(), answer),
            }
            answers.push(answer);
        }
        (calls, answers)
    })
}

proptest! {
    #![proptest_config(examples(150))]

    #[test]
    fn a_run_equals_its_calls_one_by_one(
        sketch in sketches(), (calls, answers) in logs(), options in options(), look in any::<Index>()
    ) {
        let policy = sketch.compiled();
        let run = simulate_with(&policy, &calls, options);
        let mut counters = Counters::with_options(&policy, options);
        let mut open: Vec<(Timestamp, usize, ReservationId, Outcome)> = Vec::new();
        let mut decisions = Vec::new();
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
            prop_assert_eq!(run.reason.get(index), Some(&verdict.reason));
            prop_assert_eq!(run.at.get(index), Some(&verdict.at));
            prop_assert_eq!(run.retry_at.get(index), Some(&verdict.retry_at));
            prop_assert_eq!(run.rule(&policy, index), verdict.rule.clone());
            let used = run.limit.get(index).copied().flatten().map(|(_, used)| used);
            prop_assert_eq!(used, verdict.quota.as_ref().map(|quota| quota.used));
            let decision = run.decision(index).unwrap();
            let enforced = if decision == Decision::Unknown { Decision::Deny } else { decision };
            prop_assert_eq!(enforced, verdict.decision);
            decisions.push(decision);
            if index == look.index(answers.len()) {
                let (explained, _) = explain_call(&policy, &calls, index, options).unwrap();
                prop_assert_eq!(explained.decision, decision);
                prop_assert_eq!(gatewright_core::Verdict { decision: enforced, ..explained }, verdict);
            }
        }
        let count = |wanted| decisions.iter().filter(|decision| **decision == wanted).count();
        prop_assert_eq!(run.summary.calls, answers.len());
        prop_assert_eq!(run.summary.allowed, count(Decision::Allow));
        prop_assert_eq!(run.summary.denied, count(Decision::Deny));
        prop_assert_eq!(run.summary.approval, count(Decision::Approval));
        prop_assert_eq!(run.summary.unknown, count(Decision::Unknown));
        let by_rule: usize = run.summary.by_rule.iter().map(|rule| rule.count).sum();
        prop_assert_eq!(by_rule, answers.len() - count(Decision::Allow));
        let by_limits = run.reason.iter().filter(|reason| **reason == Reason::Limit).count();
        prop_assert_eq!(run.lanes.iter().map(|lane| lane.denials.len()).sum::<usize>(), by_limits);
        for lane in &run.lanes {
            let max = policy.limits().get(lane.limit).unwrap().max;
            prop_assert!(lane.points.is_sorted_by_key(|point| point.at));
            prop_assert!(lane.points.iter().all(|point| point.used <= max));
            prop_assert!(lane.windows.is_sorted_by_key(|window| window.span.start));
            prop_assert!(lane.windows.iter().all(|window| window.peak <= max && window.given_back <= window.allowed));
            prop_assert_eq!(lane.windows.iter().map(|window| window.denied).sum::<usize>(), lane.denials.len());
        }
    }

    #[test]
    fn a_run_in_steps_is_the_same_run(
        sketch in sketches(), (calls, _) in logs(), options in options(), steps in vec(0..20_usize, 0..8)
    ) {
        let policy = sketch.compiled();
        let whole = simulate_with(&policy, &calls, options);
        let mut simulation = Simulation::new(&policy, &calls, options);
        let mut done = 0;
        for step in steps {
            done = calls.len().min(done + step);
            prop_assert_eq!(simulation.advance(step), done);
        }
        let run = simulation.finish();
        prop_assert_eq!((run.summary, run.reason, run.at), (whole.summary, whole.reason, whole.at));
        prop_assert_eq!((run.retry_at, run.limit, run.decided_by), (whole.retry_at, whole.limit, whole.decided_by));
        let lanes = |run: &[Lane]| -> Vec<_> {
            run.iter().map(|lane| (lane.key(), lane.points.clone(), lane.denials.clone(), lane.windows.clone())).collect()
        };
        prop_assert_eq!(lanes(&run.lanes), lanes(&whole.lanes));
    }
}
