use alloc::string::{String, ToString};

use super::*;
use crate::amount::Amount;
use crate::call::{Outcome, ToolCall};
use crate::compile::compile;
use crate::parse::parse;

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
