//! Worst cases: never exceeded by any calls, and reached by their own sequence.
//!
//! Calendar windows are tried on the simulator. Sliding ones, and sums, are tried on a naive judge that keeps every
//! call and counts anew each time.

use gatewright_core::policy::{Policy, Window};
use gatewright_core::scenario::Calls;
use gatewright_core::window::WindowModel;
use gatewright_core::worst_case::{Most, ToolWorstCase, WorstCase, worst_case};
use gatewright_core::{Decision, Timestamp, ToolCall, compile, parse, simulate};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::examples;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const TOOL: &str = "t";

/// A limit: window, `max`, and whether it is one of sums.
#[derive(Clone, Copy, Debug)]
struct Bound {
    window: Window,
    max: u64,
    sums: bool,
}

/// Calls at one instant, each with a cost.
#[derive(Clone, Copy, Debug)]
struct Burst {
    at: i64,
    calls: u8,
    cost: u64,
}

fn policy_text(own: &[Bound], of_all: &[Bound]) -> String {
    let list = |limits: &[Bound]| {
        let limit = |(index, bound): (usize, &Bound)| {
            let Bound { window, max, sums } = bound;
            let from = if *sums { r#", "increment_from": "args.amount""# } else { "" };
            format!(
                r#"{{"counter": "c{index}", "window": "{window}", "max": {max}, "scope": "grant"{from}}}"#
            )
        };
        limits.iter().enumerate().map(limit).collect::<Vec<_>>().join(", ")
    };
    format!(
        r#"{{"version": "1", "default": "deny", "tools": {{"{TOOL}": {{"limits": [{}]}}}},
            "all_tools": {{"limits": [{}]}}}}"#,
        list(own),
        list(of_all)
    )
}

fn policy(own: &[Bound], of_all: &[Bound]) -> Policy {
    let parsed = parse(&policy_text(own, of_all));
    assert_eq!(parsed.diagnostics, []);
    parsed.policy
}

fn worst(policy: &Policy, model: WindowModel) -> ToolWorstCase {
    let found = worst_case(policy, TOOL, model);
    assert!(found.is_some());
    found.unwrap_or_else(|| unreachable!())
}

/// Most so small that bursts meet several of them at once, some so large that only the inner ones refuse.
fn bounds(sums: impl Strategy<Value = bool>) -> impl Strategy<Value = Bound> {
    let sizes = prop_oneof![
        (0..12_u64).prop_map(|max| (Window::Minute, max)),
        prop_oneof![0..30_u64, 0..900_u64].prop_map(|max| (Window::Hour, max)),
        prop_oneof![0..60_u64, 0..1_500_u64].prop_map(|max| (Window::Day, max)),
    ];
    (sizes, sums).prop_map(|((window, max), sums)| Bound { window, max, sums })
}

fn bursts() -> impl Strategy<Value = Vec<Burst>> {
    prop_oneof![3 => scattered(), 1 => steady()]
}

/// Bursts around the end of a minute, an hour or a day, most of them of more calls than fit.
fn scattered() -> impl Strategy<Value = Vec<Burst>> {
    let near = prop_oneof![4 => Just(0_i64), 4 => Just(-1), 1 => -MINUTE..MINUTE];
    let place = prop_oneof![
        4 => (-3..3_i64).prop_map(|minutes| minutes * MINUTE),
        2 => (-70..70_i64).prop_map(|minutes| minutes * MINUTE),
        2 => (-26..26_i64).prop_map(|hours| hours * HOUR),
        1 => -DAY..DAY,
    ];
    let burst = (place, near, 1..15_u8, 0..9_u64);
    let burst = burst.prop_map(|(place, near, calls, cost)| Burst { at: DAY + place + near, calls, cost });
    vec(burst, 1..60).prop_map(|mut bursts| {
        bursts.sort_by_key(|burst| burst.at);
        bursts
    })
}

/// The last moment of one minute, and the first one of all that follow for a while.
fn steady() -> impl Strategy<Value = Vec<Burst>> {
    (-70..10_i64, 1..130_i64, 1..15_u8, 0..9_u64).prop_map(|(first, minutes, calls, cost)| {
        let first = DAY + first * MINUTE;
        let starts = (0..minutes).map(|minute| first + minute * MINUTE);
        core::iter::once(first - 1).chain(starts).map(|at| Burst { at, calls, cost }).collect()
    })
}

/// The most that any half-open stretch of `length` holds. It is enough to start one at each instant of a call.
fn in_any_stretch(allowed: &[(i64, u64)], length: i64) -> u64 {
    let mut most = 0;
    let mut rest = allowed;
    while let Some((from, _)) = rest.first() {
        let within = rest.iter().take_while(|(at, _)| *at < from + length);
        most = most.max(within.map(|(_, cost)| cost).sum());
        rest = rest.split_at(rest.partition_point(|(at, _)| at == from)).1;
    }
    most
}

fn in_any_utc_day(allowed: &[(i64, u64)]) -> u64 {
    let days = allowed.chunk_by(|(one, _), (next, _)| one.div_euclid(DAY) == next.div_euclid(DAY));
    days.map(|day| day.iter().map(|(_, cost)| cost).sum()).max().unwrap_or(0)
}

fn number(most: Most) -> u64 {
    match most {
        Most::Calls(calls) => calls,
        Most::Amount(amount) => amount.whole(),
        Most::Unlimited => u64::MAX,
    }
}

/// Judges calls by keeping all that were allowed.
fn allowed(bounds: &[Bound], bursts: &[Burst], model: WindowModel) -> Vec<(i64, u64)> {
    let mut allowed: Vec<(i64, u64)> = Vec::new();
    for burst in bursts {
        for _ in 0..burst.calls {
            let fits = |bound: &Bound| {
                let length = bound.window.length();
                let counts = |at: i64| match model {
                    WindowModel::Calendar => at.div_euclid(length) == burst.at.div_euclid(length),
                    WindowModel::Sliding => at > burst.at - length,
                };
                let cost = |cost: u64| if bound.sums { cost } else { 1 };
                let latest = allowed.iter().rev().take_while(|(at, _)| counts(*at));
                let used: u64 = latest.map(|(_, paid)| cost(*paid)).sum();
                used + cost(burst.cost) <= bound.max
            };
            if bounds.iter().all(fits) {
                allowed.push((burst.at, burst.cost));
            }
        }
    }
    allowed
}

fn as_calls(bursts: &[Burst]) -> Calls {
    let mut calls = Calls::default();
    for burst in bursts {
        for _ in 0..burst.calls {
            let at = Timestamp::from_millis(burst.at);
            calls.push(&ToolCall { tool: TOOL, grant: "agent", at, ..ToolCall::default() }, None);
        }
    }
    calls
}

/// The calls of the limit's own sequence.
fn sequence(limit: &WorstCase) -> Option<Vec<i64>> {
    let calls = limit.scenario()?.calls().ok()?;
    Some((0..calls.len()).filter_map(|index| Some(calls.get(index)?.at.as_millis())).collect())
}

fn never_exceeds(limits: &[WorstCase], allowed: &[(i64, u64)]) -> Result<(), TestCaseError> {
    let one_each: Vec<(i64, u64)> = allowed.iter().map(|(at, _)| (*at, 1)).collect();
    for limit in limits {
        let counted = if limit.increment_from.is_some() { allowed } else { &one_each };
        let stretch = in_any_stretch(counted, limit.window.length());
        prop_assert!(stretch <= number(limit.in_any_stretch), "{stretch}: {limit:?}");
        let any_day = in_any_stretch(counted, DAY);
        prop_assert!(any_day <= number(limit.in_any_24_hours), "{any_day} in 24 hours: {limit:?}");
        let utc_day = in_any_utc_day(counted);
        prop_assert!(utc_day <= number(limit.per_day), "{utc_day} of a day: {limit:?}");
    }
    Ok(())
}

/// The sequence has as many calls as told, in as short a stretch as told.
fn reaches(limit: &WorstCase, calls: &[i64]) -> Result<(), TestCaseError> {
    prop_assert_eq!(calls.len() as u64, number(limit.in_any_stretch));
    let (first, last) = (calls.first().copied().unwrap_or(0), calls.last().copied().unwrap_or(-1));
    prop_assert_eq!(last - first + 1, limit.within_ms);
    prop_assert!(limit.within_ms <= limit.window.length());
    Ok(())
}

proptest! {
    #![proptest_config(examples(400))]

    #[test]
    fn no_calls_exceed_a_calendar_worst_case(
        own in vec(bounds(Just(false)), 0..3),
        of_all in option::of(bounds(Just(false))),
        bursts in bursts(),
    ) {
        let of_all: Vec<Bound> = of_all.into_iter().collect();
        let compiled = compile(&parse(&policy_text(&own, &of_all)));
        prop_assert!(compiled.is_ok());
        let Ok(compiled) = compiled else { return Ok(()) };
        let found = worst(&policy(&own, &of_all), WindowModel::Calendar);
        let calls = as_calls(&bursts);
        let run = simulate(&compiled, &calls);
        let let_through = (0..run.len()).filter(|index| run.decision(*index) == Some(Decision::Allow));
        let times: Vec<(i64, u64)> =
            let_through.filter_map(|index| Some((run.at.get(index)?.as_millis(), 1))).collect();
        never_exceeds(&found.limits, &times)?;
        prop_assert!(in_any_utc_day(&times) <= number(found.calls_per_day));
        prop_assert!(in_any_stretch(&times, DAY) <= number(found.calls_in_any_24_hours));
        for limit in &found.limits {
            if number(limit.in_any_stretch) == 0 {
                continue;
            }
            let scenario = limit.scenario();
            prop_assert!(scenario.is_some(), "small limits have one");
            let Some(calls) = scenario.and_then(|scenario| scenario.calls().ok()) else { return Ok(()) };
            let run = simulate(&compiled, &calls);
            prop_assert_eq!(run.summary.denied, 0, "each call of the sequence is let through");
            let times: Vec<i64> = run.at.iter().map(|at| at.as_millis()).collect();
            reaches(limit, &times)?;
        }
    }

    #[test]
    fn no_calls_exceed_a_sliding_worst_case(
        own in vec(bounds(Just(false)), 1..4),
        bursts in bursts(),
    ) {
        let found = worst(&policy(&own, &[]), WindowModel::Sliding);
        never_exceeds(&found.limits, &allowed(&own, &bursts, WindowModel::Sliding))?;
        for limit in &found.limits {
            let Some(times) = sequence(limit) else {
                prop_assert_eq!(number(limit.in_any_stretch), 0, "small limits have a sequence");
                continue;
            };
            reaches(limit, &times)?;
            let each: Vec<Burst> = times.iter().map(|at| Burst { at: *at, calls: 1, cost: 1 }).collect();
            prop_assert_eq!(allowed(&own, &each, WindowModel::Sliding).len(), times.len());
        }
    }

    #[test]
    fn no_costs_exceed_the_worst_case_of_sums(
        own in vec(bounds(any::<bool>()), 1..5),
        bursts in bursts(),
        sliding in any::<bool>(),
    ) {
        let model = if sliding { WindowModel::Sliding } else { WindowModel::Calendar };
        let found = worst(&policy(&own, &[]), model);
        never_exceeds(&found.limits, &allowed(&own, &bursts, model))?;
    }
}
