use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::{compile, parse, simulate};

/// A limit as JSON: `minute 10`, `day 1000 of args.amount`.
fn limit(index: usize, words: &str) -> String {
    let mut words = words.split(' ');
    let (window, max) = (words.next().unwrap(), words.next().unwrap());
    let from = words.nth(1).map_or(String::new(), |path| format!(", \"increment_from\": \"{path}\""));
    format!(
        "{{\"counter\": \"c{index}\", \"window\": \"{window}\", \"max\": {max}, \"scope\": \"grant\"{from}}}"
    )
}

/// A policy whose tool `t` has these limits, the last under `all_tools` where there are several.
fn document(limits: &str) -> String {
    let limits: Vec<&str> = limits.split(", ").filter(|words| !words.is_empty()).collect();
    let (of_all, own): (Vec<_>, Vec<_>) = limits
        .iter()
        .enumerate()
        .partition(|(index, words)| *index > 0 && index + 1 == limits.len() && !words.contains(" of "));
    let list = |limits: Vec<(usize, &&str)>| {
        limits.into_iter().map(|(index, words)| limit(index, words)).collect::<Vec<_>>().join(", ")
    };
    format!(
        "{{\"version\": \"1\", \"default\": \"deny\", \"tools\": {{\"t\": {{\"limits\": [{}]}}}}, \"all_tools\": {{\"limits\": [{}]}}}}",
        list(own),
        list(of_all)
    )
}

fn worst(limits: &str, model: WindowModel) -> ToolWorstCase {
    let parsed = parse(&document(limits));
    assert_eq!(parsed.diagnostics, [], "{limits}");
    worst_cases(&parsed.policy, model).next().unwrap()
}

#[test]
fn calendar_windows_let_through_twice_as_much_around_their_end() {
    #[rustfmt::skip]
    let cases: [(&str, &[&str], &str); 13] = [
        ("minute 10", &["up to 20 calls within 2 ms across a minute's end; 14,400 per UTC day"],
            "up to 14,400 calls per UTC day, 14,410 in any 24 hours"),
        ("hour 100", &["up to 200 calls within 2 ms across an hour's end; 2,400 per UTC day"],
            "up to 2,400 calls per UTC day, 2,500 in any 24 hours"),
        ("day 1000", &["up to 2,000 calls within 2 ms across midnight UTC; 1,000 per UTC day"],
            "up to 1,000 calls per UTC day, 2,000 in any 24 hours"),
        ("minute 1", &["up to 2 calls within 2 ms across a minute's end; 1,440 per UTC day"],
            "up to 1,440 calls per UTC day, 1,441 in any 24 hours"),
        // Ten bursts on each side: 18 minutes between the first and the last.
        ("minute 10, hour 100", &[
            "up to 20 calls within 2 ms across a minute's end; 2,400 per UTC day",
            "up to 200 calls within 19 min across an hour's end; 2,400 per UTC day"],
            "up to 2,400 calls per UTC day, 2,500 in any 24 hours"),
        // One minute's end is not enough: an hour has room for 15.
        ("minute 10, hour 15", &[
            "up to 20 calls within 2 ms across an hour's end; 360 per UTC day",
            "up to 30 calls within 3 min across an hour's end; 360 per UTC day"],
            "up to 360 calls per UTC day, 375 in any 24 hours"),
        ("minute 10, day 15", &[
            "up to 20 calls within 2 ms across midnight UTC; 15 per UTC day",
            "up to 30 calls within 3 min across midnight UTC; 15 per UTC day"],
            "up to 15 calls per UTC day, 30 in any 24 hours"),
        // The larger limit never refuses; 61 minutes are touched by an hour.
        ("minute 10, hour 1000", &[
            "up to 20 calls within 2 ms across a minute's end; 14,400 per UTC day",
            "up to 610 calls within 1 h across an hour's end; 14,400 per UTC day"],
            "up to 14,400 calls per UTC day, 14,410 in any 24 hours"),
        ("minute 10, day 20000", &[
            "up to 20 calls within 2 ms across a minute's end; 14,400 per UTC day",
            "up to 14,410 calls within 1 d; 14,400 per UTC day"],
            "up to 14,400 calls per UTC day, 14,410 in any 24 hours"),
        ("minute 10, minute 7", &[
            "up to 14 calls within 2 ms across a minute's end; 10,080 per UTC day",
            "up to 14 calls within 2 ms across a minute's end; 10,080 per UTC day"],
            "up to 10,080 calls per UTC day, 10,087 in any 24 hours"),
        ("minute 2.5", &["up to 4 calls within 2 ms across a minute's end; 2,880 per UTC day"],
            "up to 2,880 calls per UTC day, 2,882 in any 24 hours"),
        ("minute 10, hour 0", &["no call at all", "no call at all"], "no call at all"),
        ("", &[], "any number of calls: no limit counts them"),
    ];
    for (limits, words, a_day) in cases {
        let found = worst(limits, WindowModel::Calendar);
        assert_eq!(found.limits.iter().map(WorstCase::in_words).collect::<Vec<_>>(), words, "{limits}");
        assert_eq!(found.in_words(), a_day, "{limits}");
    }
}

#[test]
fn sliding_windows_let_nothing_through_twice() {
    #[rustfmt::skip]
    let cases: [(&str, &[&str], &str); 4] = [
        ("minute 10", &["up to 10 calls at once; 14,400 in any 24 hours"], "up to 14,400 calls in any 24 hours"),
        ("day 1000", &["up to 1,000 calls at once"], "up to 1,000 calls in any 24 hours"),
        ("minute 10, hour 100", &["up to 10 calls at once; 2,400 in any 24 hours",
            "up to 100 calls within 10 min; 2,400 in any 24 hours"], "up to 2,400 calls in any 24 hours"),
        ("minute 10, day 15", &["up to 10 calls at once; 15 in any 24 hours", "up to 15 calls within 2 min"],
            "up to 15 calls in any 24 hours"),
    ];
    for (limits, words, a_day) in cases {
        let found = worst(limits, WindowModel::Sliding);
        assert_eq!(found.limits.iter().map(WorstCase::in_words).collect::<Vec<_>>(), words, "{limits}");
        assert_eq!(found.in_words(), a_day, "{limits}");
    }
}

#[test]
fn sums_are_told_as_sums() {
    #[rustfmt::skip]
    let cases: [(&str, WindowModel, &[&str], &str); 4] = [
        ("day 1000000 of args.amount", WindowModel::Calendar,
            &["up to 2,000,000 of args.amount within 2 ms across midnight UTC; 1,000,000 per UTC day"],
            "any number of calls: no limit counts them"),
        ("day 0.3 of args.amount", WindowModel::Sliding, &["up to 0.3 of args.amount at once"],
            "any number of calls: no limit counts them"),
        ("hour 10 of args.amount, day 100 of args.amount, day 3", WindowModel::Calendar, &[
            "up to 20 of args.amount within 2 ms across an hour's end; 30 per UTC day",
            "up to 60 of args.amount within 4 h 1 min across midnight UTC; 30 per UTC day",
            "up to 6 calls within 2 ms across midnight UTC; 3 per UTC day"],
            "up to 3 calls per UTC day, 6 in any 24 hours"),
        ("hour 10 of args.a, day 15 of args.b", WindowModel::Calendar, &[
            "up to 20 of args.a within 2 ms across an hour's end; 240 per UTC day",
            "up to 30 of args.b within 2 ms across midnight UTC; 15 per UTC day"],
            "any number of calls: no limit counts them"),
    ];
    for (limits, model, words, a_day) in cases {
        let found = worst(limits, model);
        assert_eq!(found.limits.iter().map(WorstCase::in_words).collect::<Vec<_>>(), words, "{limits}");
        assert_eq!(found.in_words(), a_day, "{limits}");
        assert!(found.limits.iter().all(|limit| limit.scenario().is_none()), "calls need an argument");
    }
}

#[test]
fn the_sequence_reaches_what_is_told() {
    let cases = [
        "minute 10",
        "hour 100",
        "day 1000",
        "minute 1",
        "minute 10, hour 100",
        "minute 10, hour 15",
        "minute 7, day 15",
        "minute 10, hour 1000",
        "minute 10, day 20000",
        "minute 60, hour 1000, day 20000",
        "hour 3, day 50",
    ];
    for limits in cases {
        let policy = compile(&parse(&document(limits))).unwrap();
        for limit in worst(limits, WindowModel::Calendar).limits {
            let scenario = limit.scenario().unwrap();
            let calls = scenario.calls().unwrap();
            let run = simulate(&policy, &calls);
            assert_eq!(
                Most::Calls(run.summary.allowed.try_into().unwrap()),
                limit.in_any_stretch,
                "{limits}"
            );
            assert_eq!(run.summary.denied, 0, "{limits}");
            let (first, last) = (run.at.first().unwrap(), run.at.last().unwrap());
            assert_eq!(last.since(*first) + 1, limit.within_ms, "{limits}");
            assert!(limit.within_ms <= limit.window.length(), "{limits}");
        }
    }
}

#[test]
fn bursts_that_are_alike_are_one_block() {
    #[rustfmt::skip]
    let cases = [
        // limits            window's limit  blocks   why
        ("minute 10",                    0, Some(2),   "two bursts"),
        ("minute 1",                     0, Some(1),   "two calls, 1 ms apart"),
        ("hour 100",                     0, Some(2),   "two bursts"),
        ("minute 10, day 20000",         1, Some(12),  "two bursts around midnight, and 1,439 a minute apart"),
        ("minute 10, hour 50, day 9999", 2, Some(125), "five bursts in each of 25 hours"),
        ("minute 99, hour 4999, day 999999", 2, None,  "too many to be looked at"),
        ("minute 1000, day 9999999",     1, None,      "too many calls"),
    ];
    for (limits, index, blocks, why) in cases {
        let scenario = worst(limits, WindowModel::Calendar).limits[index].scenario();
        assert_eq!(scenario.map(|scenario| scenario.blocks.len()), blocks, "{limits}: {why}");
    }
}

#[test]
fn only_what_can_be_called_has_a_worst_case() {
    let text = r#"{"version": "1", "default": "allow", "hide": ["secret"],
        "all_tools": {"limits": [{"counter": "all", "window": "minute", "max": 60, "scope": "grant"}]},
        "tools": {
            "secret": {}, "another_tool": {},
            "off": {"deny_if": [{"conditions": []}]},
            "asks": {"require": [{"conditions": [{"path": "args.x", "op": "eq", "value": 1}]}]},
            "caps": {"deny_if": [{"conditions": [{"path": "args.x", "op": "gt", "value": 1}]}]}}}"#;
    let policy = parse(text).policy;
    let found: Vec<_> = worst_cases(&policy, WindowModel::Calendar).collect();
    let names: Vec<_> = found.iter().map(|tool| tool.tool.as_deref()).collect();
    assert_eq!(names, [Some("another_tool"), Some("asks"), Some("caps"), None]);
    let called = |tool: &ToolWorstCase| match tool.limits[0].scenario()?.blocks.swap_remove(0).shape {
        crate::scenario::Shape::Repeat { call, .. } => Some(call.tool),
        _ => None,
    };
    let called: Vec<_> = found.iter().map(called).collect();
    let name = |name: &str| Some(name.to_string());
    assert_eq!(
        called,
        [name("another_tool"), None, name("caps"), name("another_tool_")],
        "who asks needs an argument"
    );
    assert_eq!(found[0].limits[0].pointer.as_str(), "/all_tools/limits/0");

    for (tool, expected) in [("caps", Some(2)), ("new", Some(3)), ("secret", None), ("off", None)] {
        let one = worst_case(&policy, tool, WindowModel::Calendar);
        assert_eq!(one.as_ref(), expected.map(|index: usize| &found[index]), "{tool}");
    }
    let denied =
        parse(&text.replace("\"all_tools\": {", "\"all_tools\": {\"deny_if\": [{\"conditions\": []}], "))
            .policy;
    assert_eq!(worst_cases(&denied, WindowModel::Calendar).count(), 0);
}
