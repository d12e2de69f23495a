use alloc::format;

use hashbrown::HashSet;

use super::*;
use crate::compile::compile;
use crate::counter::Options;
use crate::parse::parse;
use crate::scenario::{MAX_CALLS, notation};
use crate::simulate::{calls_under, play};
use crate::window::WindowModel;

/// What the catalogue recommends for tools that run and that write: 10 and 30 a minute.
const CATALOGUE: &str = r#"{"version": "1", "default": "deny", "hide": ["secret"], "tools": {
    "run_tests": {"limits": [{"counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant"}]},
    "create_issue": {"limits": [{"counter": "create_issue_rate", "window": "minute", "max": 30, "scope": "grant"}]},
    "pay": {"deny_if": [{"conditions": [{"path": "args.order.amount", "op": "gt", "value": 500}]}],
        "limits": [{"counter": "pay_rate", "window": "minute", "max": 30, "scope": "grant"}]}}}"#;

#[test]
fn each_shows_what_it_is_for() {
    let policy = compile(&parse(CATALOGUE)).unwrap();
    let tools = Tools::of(&policy);
    #[rustfmt::skip]
    let cases = [
        // id                     calls    allowed  why
        ("stuck-in-a-loop",       3_600,   50,      "five windows of ten"),
        ("retry-storm",           91,      91,      "each is given back"),
        ("retry-storm-tool-error", 100,    10,      "ten are counted, and 90 denials are enough for the agent"),
        ("batch-job",             3_466,   3_466,   "19 or 20 a minute"),
        ("minute-edge",           20,      20,      "ten in each of two windows"),
        ("slow-drip",             12_960,  12_960,  "9 × 1,440: nothing stops it"),
        ("fan-out",               30,      30,      "three tools, ten times"),
        ("ping-pong",             300,     200,     "run_tests loses 20 of its 30 a minute, create_issue none"),
        ("probe",                 13,      0,       "not listed, or hidden"),
        ("argument-dodge",        7,       3,       "left out, null and renamed pass; a wrong type does not"),
        ("two-grants",            30,      20,      "ten of fifteen each"),
        ("working-day",           498,     498,     "no false alarm"),
    ];
    for (id, calls, allowed, why) in cases {
        let scenario = BuiltIn::find(id).unwrap().scenario(&tools);
        let (made, run) = play(&policy, &scenario, Options::default()).unwrap();
        let found = (made.len(), run.summary.allowed);
        assert_eq!(found, (calls, allowed), "{id}: {why}: {}", run.summary.in_words());
    }
    let told: HashSet<&str> = cases.iter().map(|(id, ..)| *id).collect();
    let others: Vec<&str> = ALL.iter().map(|it| it.id).filter(|id| !told.contains(id)).collect();
    assert_eq!(others, ["runaway-session"], "a hundred thousand calls are counted below");
}

#[test]
fn they_fit_one_tool_none_and_many() {
    let policy = compile(&parse(r#"{"version": "1", "default": "allow"}"#)).unwrap();
    let many: Vec<String> = (0..202).map(|number| format!("tool {number}")).collect();
    for names in [Vec::new(), Vec::from(["read".to_string()]), many] {
        let tools = Tools { names, ..Tools::default() };
        for built_in in ALL {
            let scenario = built_in.scenario(&tools);
            let calls = calls_under(&policy, &scenario, Options::default()).unwrap();
            let count = u64::try_from(calls.len()).unwrap();
            assert!((1..=MAX_CALLS).contains(&count), "{}: {count}", built_in.id);
            assert_eq!(built_in.id == "runaway-session", count == 100_000, "{}", built_in.id);
            let text = notation::print(&scenario);
            assert_eq!(notation::parse(&text).as_ref(), Ok(&scenario), "{text}");
        }
    }
}

#[test]
fn a_working_day_is_never_denied_by_ten_a_minute() {
    for names in [&["pytest"][..], &["read_file", "write_file"], &["a", "b", "c", "list", "run", "delete"]] {
        let tool = |name: &&str| {
            format!(
                r#""{name}": {{"limits": [{{"counter": "rate", "window": "minute", "max": 10, "scope": "grant"}}]}}"#
            )
        };
        let listed = names.iter().map(tool).collect::<Vec<_>>().join(", ");
        let policy =
            compile(&parse(&format!(r#"{{"version": "1", "default": "deny", "tools": {{{listed}}}}}"#)))
                .unwrap();
        let day = BuiltIn::find("working-day").unwrap().scenario(&Tools::of(&policy));
        for window_model in [WindowModel::Calendar, WindowModel::Sliding] {
            let (_, run) = play(&policy, &day, Options { window_model, ..Options::default() }).unwrap();
            assert_eq!((run.summary.allowed, run.summary.denied), (498, 0), "{names:?} {window_model:?}");
        }
    }
}

#[test]
fn names_are_names_and_reasons_are_sentences() {
    for built_in in ALL {
        assert!(built_in.id.bytes().all(|it| it.is_ascii_lowercase() || it == b'-'), "{}", built_in.id);
        assert!(built_in.reason.ends_with('.'), "{}", built_in.reason);
    }
    assert_eq!(ALL.map(|it| it.id).iter().collect::<HashSet<_>>().len(), ALL.len());
    assert!(BuiltIn::find("nothing").is_none());
}
