//! What the evaluator costs, as ratios within one run: absolute times mean little on another machine.
//!
//! Every contestant decides the same calls, which is checked before anything is timed.

mod rounds;

use std::collections::HashMap;
use std::hint::black_box;

use gatewright_core::scenario::{Calls, Scenario};
use gatewright_core::{
    CompiledPolicy, Counters, Decision, Outcome, compile, evaluate, evaluate_traced, parse, simulate,
};

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
    let runners = contestants.map(|(name, contestant)| {
        let (policy, calls) = (&policy, &calls);
        (name, Box::new(move || contestant(policy, calls)) as rounds::Turn<'_>)
    });
    println!("{} calls, {expected} allowed\n", calls.len());
    rounds::compare("x naive", calls.len(), runners);
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
