use alloc::format;
use alloc::string::{String, ToString};

use super::*;
use crate::amount::Amount;
use crate::call::{Outcome, ToolCall};
use crate::compile::compile;
use crate::parse::parse;
use crate::scenario::{Scenario, notation};

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {"a": {"limits": [
    {"counter": "c", "window": "minute", "max": 2, "scope": "grant"}]}}}"#;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// Tool, grant and time of a call, and its answer where there is one.
type Entry<'e> = (&'e str, &'e str, i64, Option<(Outcome, i64)>);

fn run(entries: &[Entry<'_>]) -> (CompiledPolicy, Calls, Run) {
    let policy = compile(&parse(POLICY)).unwrap();
    let mut calls = Calls::default();
    for (tool, grant, ms, answer) in entries {
        let call = ToolCall { tool, grant, at: at(*ms), ..ToolCall::default() };
        calls.push(&call, answer.map(|(outcome, ms)| (outcome, at(ms))));
    }
    let run = simulate(&policy, &calls);
    (policy, calls, run)
}

#[test]
fn steps_lead_from_denial_to_denial() {
    let never = None;
    let entries = [("x", "g", 0, never), ("a", "g", 1, never), ("x", "g", 2, never), ("a", "g", 3, never)];
    let (_, _, run) = run(&entries);
    #[rustfmt::skip]
    let next = [(None, Some(0)), (Some(0), Some(2)), (Some(1), Some(2)), (Some(2), None), (Some(9), None)];
    for (from, expected) in next {
        assert_eq!(run.next_denial(from), expected, "after {from:?}");
    }
    for (from, expected) in [(0, None), (1, Some(0)), (2, Some(0)), (3, Some(2)), (4, Some(2)), (9, None)] {
        assert_eq!(run.previous_denial(from), expected, "before {from}");
    }
    assert!(!run.is_empty());
    assert!(super::simulate(&compile(&parse(POLICY)).unwrap(), &Calls::default()).is_empty());
}

#[test]
fn a_lane_shows_each_call_given_back_when_its_answer_comes() {
    let failed = |ms| Some((Outcome::ProtocolError, ms));
    let kept = |ms| Some((Outcome::Ok, ms));
    let entries = [
        ("a", "g", 0, failed(10)),
        ("a", "g", 1, failed(20)),
        ("a", "g", 2, kept(15)),
        ("a", "g", 30, failed(70_000)),
        ("a", "g", 90_000, kept(90_001)),
    ];
    let (_, _, run) = run(&entries);
    let [lane] = run.lanes.as_slice() else { panic!("one lane") };
    let points: Vec<(i64, String)> =
        lane.points.iter().map(|point| (point.at.as_millis(), point.used.to_string())).collect();
    let expected = [(0, "1"), (1, "2"), (10, "1"), (20, "0"), (30, "1"), (90_000, "1")];
    assert_eq!(points, expected.map(|(at, used)| (at, used.to_string())));
    assert_eq!(lane.denials, [2]);
    let [first, second] = lane.windows.as_slice() else { panic!("two windows") };
    assert_eq!(
        (first.allowed, first.denied, first.given_back),
        (3, 1, 3),
        "the late answer is of the first window"
    );
    assert_eq!(first.peak, Amount::from_whole(2));
    assert_eq!((second.span.start, second.allowed, second.given_back), (at(60_000), 1, 0));
}

#[test]
fn lanes_are_told_apart_by_grant_and_the_first_to_refuse_comes_first() {
    let never = None;
    let entries = [
        ("x", "stranger", 0, never),
        ("a", "calm", 1, never),
        ("a", "busy", 2, never),
        ("a", "busy", 2, never),
        ("a", "busy", 2, never),
    ];
    let (policy, calls, run) = run(&entries);
    let words: Vec<String> = run.lanes.iter().map(|lane| lane.in_words(&policy, &calls)).collect();
    assert_eq!(
        words,
        [
            "c · 2 per minute · grant busy: at most 2 of 2 used, 1 call denied",
            "c · 2 per minute · grant calm: at most 1 of 2 used, no call denied",
        ],
        "a call denied by name meets no counter"
    );
    assert_eq!(
        run.lanes.iter().map(|lane| lane.shared_by(&calls)).collect::<Vec<_>>(),
        ["grant busy", "grant calm"]
    );
    let keys: Vec<_> = run.lanes.iter().map(Lane::key).collect();
    assert!(keys.iter().all(|(limit, ..)| *limit == 0));
    assert_eq!(keys.iter().collect::<hashbrown::HashSet<_>>().len(), 2);
}

const TWO_LIMITS: &str = r#"{"version": "1", "default": "deny", "tools": {"a": {"limits": [
    {"counter": "minute", "window": "minute", "max": 2, "scope": "grant"},
    {"counter": "day", "window": "day", "max": 5, "scope": "global"}]}, "b": {"limits": [
    {"counter": "spent", "window": "day", "max": 10, "scope": "grant", "increment_from": "args.n"}]}}}"#;

fn two_limits() -> CompiledPolicy {
    compile(&parse(TWO_LIMITS)).unwrap()
}

fn scenario(lines: &str) -> Scenario {
    notation::parse(lines).unwrap()
}

#[test]
fn agents_hear_what_is_decided() {
    #[rustfmt::skip]
    let cases: [(&str, &[i64], &str); 6] = [
        ("loop a every 10s until 3 allowed on denial wait for reset", &[0, 10, 20, 60], "two in a minute, the third in the next"),
        ("loop a every 10s for 61s on denial back off from 8s to 10s", &[0, 10, 20, 28, 38, 48, 58], "8 s, then the cap; the end is before 68"),
        ("loop x every 10s for 1h on denial wait for reset", &[0], "never allowed: it gives up"),
        ("loop a every 1s until 9 allowed on denial wait for reset giving up after 1 denial", &[0, 1, 2], "one denial is enough"),
        ("loop a every 1s until 6 allowed on denial wait for reset", &[0, 1, 2, 60, 61, 62, 120, 121, 50_400], "the day limit makes it wait for midnight"),
        ("loop a every 30s for 60s as one\nloop a every 29s for 31s as two\na at +30s as three", &[0, 0, 29, 30, 30], "in the order of time, and of blocks"),
    ];
    for (lines, expected, why) in cases {
        let (calls, _) = play(&two_limits(), &scenario(lines), Options::default()).unwrap();
        let seconds: Vec<i64> = (0..calls.len())
            .map(|index| calls.at(index).unwrap().since(crate::scenario::MORNING) / 1_000)
            .collect();
        assert_eq!(seconds, expected, "{lines}: {why}");
    }
}

#[test]
fn an_agent_without_an_end_is_told_of() {
    let endless = scenario("loop x every 1s until 1 allowed");
    let error = play(&two_limits(), &endless, Options::default()).map(|_| ()).unwrap_err();
    assert_eq!(
        error,
        "The agent that calls x is not done after 1,000,000 calls, and no more are run. Give it an earlier end: a \
         shorter time, or denials after which it gives up."
    );
    assert!(endless.calls().unwrap_err().contains("depends on what a policy decides"));
}

#[test]
fn phases_tell_the_range_and_the_worst_start() {
    #[rustfmt::skip]
    let cases = [
        ("a × 4 every 10s", "2 to 4 allowed, depending on when it begins (worst: second 40)."),
        ("x × 4 every 10s", "0 allowed, whichever second it begins at."),
        ("loop a every 10s until 2 allowed", "2 allowed, whichever second it begins at."),
    ];
    for (lines, words) in cases {
        assert_eq!(
            phases(&two_limits(), &scenario(lines), Options::default()).unwrap().in_words(),
            words,
            "{lines}"
        );
    }
    let phases = phases(&two_limits(), &scenario("a × 4 every 10s"), Options::default()).unwrap();
    let most = Phase { second: 40, calls: 4, allowed: 4, denied: 0 };
    assert_eq!(
        (phases.all.len(), phases.most(), phases.fewest().map(|it| it.second)),
        (60, Some(most), Some(0))
    );
}

#[test]
fn near_misses_are_told_for_each_counter() {
    let lines = "a × 2 every 1s as one\na at +5s as two\nb with {\"n\": 9.5}\nb with {\"n\": 1}";
    let (_, run) = play(&two_limits(), &scenario(lines), Options::default()).unwrap();
    let told: Vec<String> = run
        .near_misses(&two_limits())
        .iter()
        .map(|miss| format!("{} ({} denied)", miss.nearest.in_words(), miss.denied))
        .collect();
    assert_eq!(
        told,
        [
            "minute: 2 of 2 on 2026-01-05 at 10:00:01 UTC (0 denied)",
            "spent: 9.5 of 10 on 2026-01-05 at 10:00 UTC (1 denied)",
            "minute: 1 of 2 on 2026-01-05 at 10:00:05 UTC (0 denied)",
            "day: 3 of 5 on 2026-01-05 at 10:00:05 UTC (0 denied)",
        ]
    );
}

#[test]
fn the_smallest_max_is_what_the_scenario_needs() {
    #[rustfmt::skip]
    let cases = [
        // limit lines                              words
        (0, "a × 3 every 1s",                       "From a max of 3 on, minute lets every call through; it is 2 now."),
        (0, "a × 9 every 1s",                       "From a max of 5 on, minute makes no difference; it is 2 now. 4 calls are denied all the same."),
        (0, "a × 9 every 1s ends in protocol error", "From a max of 1 on, minute lets every call through; it is 2 now."),
        (1, "a × 9 every 1s",                       "From a max of 2 on, day makes no difference; it is 5 now. 7 calls are denied all the same."),
        (2, "b with {\"n\": 9.5}\nb with {\"n\": 1}", "From a max of 10.5 on, spent lets every call through; it is 10 now."),
        (2, "b with {\"n\": 0}",                     "From a max of 0.000000001 on, spent lets every call through; it is 10 now."),
        (2, "x",                                    "From a max of 0 on, spent makes no difference; it is 10 now. 1 call is denied all the same."),
    ];
    for (limit, lines, words) in cases {
        let found = smallest_max(&two_limits(), limit, &scenario(lines), Options::default()).unwrap();
        assert_eq!(found.map(|found| found.in_words()).as_deref(), Some(words), "{lines}");
    }
    assert_eq!(smallest_max(&two_limits(), 9, &scenario("a"), Options::default()), Ok(None));
    let huge = scenario("b × 2 every 0s with {\"n\": 1000000000000000}");
    assert_eq!(
        smallest_max(&two_limits(), 2, &huge, Options::default()),
        Ok(None),
        "no policy may say so much"
    );
}

#[test]
fn the_largest_max_keeps_a_day_small() {
    #[rustfmt::skip]
    let cases = [
        // limit a day lines                        words
        (0, 4, "a × 9 every 20s",                   "A max of 1 for minute keeps this to 4 calls a UTC day: it allows 3."),
        (0, 9, "a × 9 every 20s",                   "Any max of minute keeps this to 9 calls a UTC day."),
        (1, 4, "a × 9 every 20s",                   "A max of 4 for day keeps this to 4 calls a UTC day: it allows 4."),
        (1, 0, "a × 9 every 20s",                   "A max of 0 for day keeps this to 0 calls a UTC day: it allows 0."),
        (2, 1, "b with {\"n\": 9.5}\nb with {\"n\": 1}", "A max of 10 for spent keeps this to 1 call a UTC day: it allows 1."),
        (2, 1, "b × 3 every 1s with {\"n\": 0}",    "A max of 0 for spent keeps this to 1 call a UTC day: it allows 0."),
        (0, 1, "loop a every 1s for 2m on denial wait for reset", "A max of 0 for minute keeps this to 1 call a UTC day: it allows 0."),
    ];
    for (limit, a_day, lines, words) in cases {
        let found = largest_max(&two_limits(), limit, a_day, &scenario(lines), Options::default()).unwrap();
        assert_eq!(found.map(|found| found.in_words()).as_deref(), Some(words), "{lines}");
    }
    // Alone, by number and without a listener: bisected.
    let policy = compile(&parse(POLICY)).unwrap();
    let found = largest_max(&policy, 0, 1_000, &scenario("a × 12/s for 5m"), Options::default()).unwrap();
    assert_eq!(
        found.map(|found| found.in_words()).as_deref(),
        Some("A max of 200 for c keeps this to 1,000 calls a UTC day: it allows 1,000.")
    );
}
