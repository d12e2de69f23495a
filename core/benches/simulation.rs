//! What the evaluator costs, as ratios within one run: absolute times mean little on another machine.
//!
//! Every contestant decides the same calls, which is checked before anything is timed.
//! The rounds are interleaved, and a ratio is the median of the rounds' ratios.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use gatewright_core::scenario::{Calls, Scenario};
use gatewright_core::{
    CompiledPolicy, Counters, Decision, Outcome, compile, evaluate, evaluate_traced, parse, simulate,
};

const ROUNDS: usize = 15;
const POLICY: &str = r#"{
  "version": "1", "default": "deny",
  "all_tools": { "limits": [ { "counter": "calls", "window": "hour", "max": 50000, "scope": "grant" } ] },
  "tools": { "run_tests": { "limits": [ { "counter": "rate", "window": "minute", "max": 600, "scope": "grant" } ] } }
}"#;
const SCENARIO: &str = r#"{ "start": "2026-01-05T10:00:00Z", "blocks": [ {
  "block": "rate", "call": { "tool": "run_tests", "grant": "ci", "outcome": "ok" },
  "calls": 12, "per": "second", "for_ms": 8000000
} ] }"#;

#[expect(clippy::expect_used, reason = "a benchmark of a broken policy must not run")]
fn main() {
    let policy = compile(&parse(POLICY)).expect("the policy compiles");
    let calls = serde_json::from_str::<Scenario>(SCENARIO).expect("the scenario parses").calls();
    let calls = calls.expect("the scenario fits");
    let contestants: [(&str, Contestant); 4] =
        [("naive", naive), ("evaluate", one_by_one), ("evaluate, traced", traced), ("simulate", simulated)];
    let expected = naive(&policy, &calls);
    for (name, contestant) in contestants {
        assert_eq!(contestant(&policy, &calls), expected, "{name} decides as the naive one");
    }
    let mut times = vec![Vec::new(); contestants.len()];
    for _ in 0..ROUNDS {
        for ((_, contestant), times) in contestants.iter().zip(&mut times) {
            times.push(seconds(|| contestant(&policy, &calls)));
        }
    }
    let naive_times = times.first().cloned().unwrap_or_default();
    println!("{} calls, {expected} allowed, {ROUNDS} rounds\n", calls.len());
    println!("{:<18} {:>8} {:>14}", "contestant", "ns/call", "x naive");
    for ((name, _), times) in contestants.iter().zip(times) {
        let ratios = times.iter().zip(&naive_times).map(|(time, naive)| time / naive).collect();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand calls")]
        let each = median(times) / calls.len() as f64 * 1e9;
        println!("{name:<18} {each:>8.0} {:>14.2}", median(ratios));
    }
}

/// Judges every call and says how many were allowed.
type Contestant = fn(&CompiledPolicy, &Calls) -> usize;

/// What one would write first: a map from (limit, grant, window) to a count, with owned keys.
fn naive(_: &CompiledPolicy, calls: &Calls) -> usize {
    let mut counts: HashMap<(String, String, i64), u64> = HashMap::new();
    let mut allowed = 0;
    for call in (0..calls.len()).filter_map(|index| calls.get(index)) {
        let at = call.at.as_millis();
        let minute = ("rate".to_owned(), call.grant.to_owned(), at.div_euclid(60_000));
        let hour = ("calls".to_owned(), call.grant.to_owned(), at.div_euclid(3_600_000));
        let used = |key| counts.get(key).copied().unwrap_or(0);
        if used(&minute) < 600 && used(&hour) < 50_000 {
            *counts.entry(minute).or_default() += 1;
            *counts.entry(hour).or_default() += 1;
            allowed += 1;
        }
    }
    allowed
}

fn one_by_one(policy: &CompiledPolicy, calls: &Calls) -> usize {
    let mut counters = Counters::new(policy);
    let all = (0..calls.len()).filter_map(|index| calls.get(index));
    all.filter(|call| {
        let verdict = evaluate(policy, call, &mut counters);
        if let Some(reservation) = verdict.reservation {
            counters.settle(policy, reservation, Outcome::Ok);
        }
        verdict.decision == Decision::Allow
    })
    .count()
}

fn traced(policy: &CompiledPolicy, calls: &Calls) -> usize {
    let mut counters = Counters::new(policy);
    let all = (0..calls.len()).filter_map(|index| calls.get(index));
    all.filter(|call| {
        let mut steps = Vec::new();
        let verdict = evaluate_traced(policy, call, &mut counters, &mut steps);
        black_box(&steps);
        verdict.decision == Decision::Allow
    })
    .count()
}

fn simulated(policy: &CompiledPolicy, calls: &Calls) -> usize {
    simulate(policy, calls).summary.allowed
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time; the evaluator never reads it")]
fn seconds(run: impl FnOnce() -> usize) -> f64 {
    let start = Instant::now();
    black_box(run());
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
