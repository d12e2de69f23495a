use super::*;
use gatewright_core::scenario::Calls;
use gatewright_core::{compile, parse, simulate};

use crate::model::samples;
use crate::model::traffic::Loop;

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
    "run": {"limits": [{"counter": "per_minute", "window": "minute", "max": 2, "scope": "grant"}]},
    "exact": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 9007199254740992}]}]},
    "ask": {"require_approval": [{"conditions": []}]}}}"#;

fn policy(text: &str) -> CompiledPolicy {
    compile(&parse(text)).unwrap()
}

/// A file of one test with these calls.
fn file(calls: &str) -> TestFile {
    TestFile::read(&format!(r#"{{"tests": [{{"name": "it holds", "calls": [{calls}]}}]}}"#))
}

fn differences(calls: &str) -> String {
    let file = file(calls);
    assert_eq!(file.problems, [], "{calls}");
    let results = file.run(&policy(POLICY));
    let failures = results.iter().flat_map(|result| &result.failures);
    failures.flat_map(|failure| failure.differences.clone()).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_verdict_is_compared_with_the_part_of_it_that_is_expected() {
    let run = |expect: &str| differences(&format!(r#"{{"tool": "run", "expect": {expect}}}"#));
    #[rustfmt::skip]
    let cases = [
        (r#"{"decision": "allow"}"#,              "",                                        "as it is"),
        (r#"{"rule": null, "retry_at": null, "malformed": null, "clock_behind_ms": null}"#, "", "null is what must not be there"),
        (r#"{"quota": {"used": 1.0, "max": 2e0, "cost": 1, "remaining": 1, "window_start": "+0s", "resets_at": "2026-01-01T00:01:00Z"}}"#, "", "numbers by value, times from the call's own"),
        (r#"{"quota": {"window_model": null, "window": "minute", "counter": "per_minute"}}"#, "", "a calendar's window is not told"),
        (r#"{"at": 1767225600000, "reason": "allowed"}"#, "",                                "the first call is made in 2026"),
        (r#"{"decision": "deny"}"#,               r#"decision: expected "deny", got "allow""#, "another decision"),
        (r#"{"reason": "limit"}"#,                r#"reason: expected "limit", got "allowed""#, "another reason"),
        (r#"{"rule": "/x"}"#,                     r#"rule: expected "/x", got nothing"#,     "no rule at all"),
        (r#"{"at": "+1ms"}"#, "at: expected 2026-01-01T00:00:00.001Z, got 2026-01-01T00:00:00.000Z", "another time"),
        (r#"{"clock_behind_ms": 1}"#,             "clock_behind_ms: expected 1, got nothing", "a clock that is right"),
        (r#"{"quota": null}"#,                    r#"quota: expected nothing, got "per_minute""#, "a quota that should not be"),
        (r#"{"quota": {"used": 0}}"#,             "quota.used: expected 0, got 1",           "with the call"),
        (r#"{"quota": {"window_model": "sliding"}}"#, r#"quota.window_model: expected "sliding", got nothing"#, "a calendar's"),
    ];
    for (expect, expected, why) in cases {
        assert_eq!(run(expect), expected, "{expect}: {why}");
    }
    let no_quota = differences(r#"{"tool": "ask", "expect": {"quota": {"used": 0, "max": 3}}}"#);
    assert_eq!(no_quota, "quota: expected some, got nothing", "said once");
}

#[test]
fn calls_follow_one_another_as_the_command_makes_them() {
    #[rustfmt::skip]
    let cases = [
        (r#"{"tool": "run", "times": 2, "expect": {"decision": "allow"}},
            {"at": "+1s", "tool": "run", "expect": {"decision": "deny", "retry_at": "+59s", "rule": "/tools/run/limits/per_minute"}}"#,
            "times go on from call to call"),
        (r#"{"at": "+30s", "tool": "run", "times": 5, "expect": {"decision": "allow"}},
            {"at": "+30s", "tool": "run", "expect": {"at": "2026-01-01T00:03:00Z"}}"#,
            "an offset is taken before each"),
        (r#"{"tool": "run", "grant": "b", "outcome": "protocol_error", "expect": {"decision": "allow"}},
            {"tool": "run", "grant": "b", "times": 2, "expect": {"decision": "allow"}},
            {"tool": "run", "grant": "c", "expect": {"decision": "allow"}}"#,
            "an outcome gives back, and grants are told apart"),
        (r#"{"tool": "exact", "args": {"n": 9007199254740993}, "expect": {"decision": "deny"}},
            {"tool": "exact", "args": {"n": 9007199254740992}, "expect": {"decision": "allow"}},
            {"tool": "exact", "args": {
                "n": 1}, "expect": {"decision": "allow"}}"#,
            "arguments are judged as they are written"),
        (r#"{"tool": "ask", "expect": {"decision": "approval"}},
            {"tool": "ask", "approved": true, "expect": {"decision": "allow"}}"#,
            "a person approves"),
    ];
    for (calls, why) in cases {
        assert_eq!(differences(calls), "", "{why}");
    }
}

#[test]
fn the_window_and_the_refund_are_the_files() {
    let calls = r#"{"at": "2026-01-01T00:00:59Z", "tool": "run", "times": 2, "outcome": "tool_error", "expect": {"decision": "allow"}},
        {"at": "+1s", "tool": "run", "expect": {"decision": "deny", "quota": {"window_model": "sliding"}}}"#;
    let text = format!(r#"{{"window": "sliding", "tests": [{{"name": "n", "calls": [{calls}]}}]}}"#);
    assert!(TestFile::read(&text).run(&policy(POLICY))[0].passed());
    let refunding =
        text.replace("\"window\": \"sliding\"", "\"window\": \"sliding\", \"refund\": \"any_error\"");
    let result = TestFile::read(&refunding).run(&policy(POLICY)).remove(0);
    assert_eq!(result.failures[0].call, 3, "tool errors were given back");
}

#[test]
fn a_file_is_read_as_strictly_as_the_command_reads_it() {
    let test = |inside: &str| format!(r#"{{"tests": [{{"name": "n", "calls": [{inside}]}}]}}"#);
    let expecting = |expect: &str| test(&format!(r#"{{"tool": "t", "expect": {expect}}}"#));
    #[rustfmt::skip]
    let cases = [
        ("[]".to_owned(),                                     "1:1: expected an object",               "no object"),
        ("{}".to_owned(),                                     "1:1: `tests` is missing",               "nothing in it"),
        (r#"{"tests": []}"#.to_owned(),                       "1:11: there is no test in it",          "an empty list"),
        (r#"{"tests": {}}"#.to_owned(),                       "1:11: `tests` takes a list",            "an object of tests"),
        (r#"{"tests": [], "polcy": ""}"#.to_owned(),          "1:11: there is no test in it\n1:15: unknown field `polcy`; did you mean `policy`?", "a typo"),
        (r#"{"tests": [{"name": "n"}]}"#.to_owned(),          "1:12: `calls` is missing",              "a test without calls"),
        (r#"{"tests": [{"name": "n", "calls": [1]}]}"#.to_owned(), "1:12: this test expects nothing\n1:36: expected an object", "no call"),
        (r#"{"tests": [{"name": "n", "calls": [{"tool": "t"}]}]}"#.to_owned(), "1:12: this test expects nothing", "a test that cannot fail"),
        (expecting("{}"),                                     "1:60: `expect` expects nothing",        "expects nothing of a call"),
        (expecting(r#"{"decision": "unknown"}"#),             "1:73: `decision` takes one of allow, deny, approval", "no decision of enforcement"),
        (expecting(r#"{"reason": null}"#),                    "1:71: `reason` takes a text",           "always there"),
        (expecting(r#"{"quota": {"uesd": 1}}"#),              "1:71: unknown field `uesd`; did you mean `used`?", "a typo in the quota"),
        (test(r#"{"tool": "t", "times": 0, "expect": {"rule": null}}"#), "1:59: `times` takes a whole number from 1 to 100,000", "no times"),
        (test(r#"{"tool": "t", "at": "soon", "expect": {"rule": null}}"#), "1:56: `at` takes milliseconds since 1970 or RFC 3339, such as 2026-01-05T10:00:00Z, or a time after, such as +1s or +1m30s", "no time"),
        (test(r#"{"tool": "t", "args": [], "expect": {"rule": null}}"#), "1:58: `args` takes an object", "a list of arguments"),
        (test(r#"{"tool": "t", "approved": "yes", "expect": {"rule": null}}"#), "1:62: `approved` takes true or false", "a word"),
        ("{\"tests\": [] // none\n}".to_owned(),              "1:11: there is no test in it\n1:14: a file of tests has no comments: `gatewright test` reads strict JSON", "a comment"),
        (r#"{"description": "\"//", "tests": []}"#.to_owned(), "1:34: there is no test in it",         "no comment, but a text"),
    ];
    for (text, expected, why) in cases {
        let problems = TestFile::read(&text).problems.into_iter();
        let told: Vec<_> =
            problems.map(|one| format!("{}:{}: {}", one.line, one.column, one.message)).collect();
        assert_eq!(told.join("\n"), expected, "{text}: {why}");
    }
    for (text, why) in [
        ("", "no file yet"),
        (
            "\u{feff}{\"tests\": [{\"name\": \"n\", \"calls\": [{\"tool\": \"t\", \"expect\": {\"rule\": null}}]}]}",
            "a byte order mark",
        ),
    ] {
        assert_eq!(TestFile::read(text).problems, [], "{why}");
    }
    let large = file(
        r#"{"tool": "run", "times": 100000}, {"tool": "run", "times": 100000}, {"tool": "run", "expect": {"rule": null}}"#,
    );
    assert_eq!(
        large.why_not_run().as_deref(),
        Some(
            "The tests make 200,001 calls, and at most 200,000 are run here. `gatewright test` runs them all."
        )
    );
    assert_eq!(large.run(&policy(POLICY)), [], "not on each edit");
    assert_eq!(
        file(r#"{"tool": "run", "expct": 1, "expect": {"rule": null}}"#).run(&policy(POLICY)),
        [],
        "a problem: nothing is run"
    );
}

/// Call `index`, from 0, of a run, as a file of its own.
fn recorded(text: &str, calls: &Calls, index: usize) -> Result<String, String> {
    let policy = policy(text);
    let run = simulate(&policy, calls);
    added("", &record(&policy, calls, &run, index)?)
}

/// What `tests/npm/cli-page.test.mjs` gives to the command.
const RECORDED: &str = include_str!("../../../../tests/npm/recorded/run_tests.test.json");

#[test]
fn a_test_holds_the_calls_before_it_that_count() {
    let calls = Loop::of("run_tests").calls().unwrap();
    let text = recorded(samples::FIRST.text, &calls, 10).unwrap();
    assert_eq!(
        text,
        RECORDED.replace("\r\n", "\n"),
        "tests/npm/recorded/run_tests.test.json is what the page makes"
    );
    let results = TestFile::read(&text).run(&policy(samples::FIRST.text));
    assert!(results.iter().all(TestResult::passed));
    let stricter = samples::FIRST.text.replace("\"max\": 10", "\"max\": 9");
    let failures = &TestFile::read(&text).run(&policy(&stricter))[0].failures;
    assert_eq!((failures.len(), failures[0].call, failures[0].line), (1, 10, 6), "one less fits");
    let next_minute = recorded(samples::FIRST.text, &calls, 720).unwrap();
    assert!(!next_minute.contains("times"), "what an earlier minute held does not matter: {next_minute}");
}

#[test]
fn a_decision_that_no_counter_made_needs_no_other_call() {
    let policy_text = POLICY;
    let log = r#"{"at": 0, "tool": "ask", "args": {"deep": {"n": 9007199254740993}}, "grant": "g"}
{"at": 0, "tool": "nothing", "grant": "g"}
{"at": 0, "tool": "run", "grant": "g"}
{"at": 1, "tool": "run", "grant": "other"}
{"at": 5, "tool": "run", "grant": "g"}
{"at": 9, "tool": "run", "grant": "g"}"#;
    let calls = gatewright_core::import::log::import_log(log).calls;
    let shown = |index| {
        let text = recorded(policy_text, &calls, index).unwrap();
        let lines = text.lines().filter(|line| line.contains("tool") || line.contains("name"));
        lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        shown(0),
        [
            r#""name": "ask needs approval","#,
            r#"{ "at": "1970-01-01T00:00:00.000Z", "tool": "ask", "args": {"deep": {"n": 9007199254740993}}, "grant": "g", "expect": { "decision": "approval", "rule": "/tools/ask/require_approval/always" } }"#,
        ]
    );
    assert_eq!(shown(1)[0], r#""name": "nothing is denied by (default deny)","#);
    assert_eq!(
        shown(5),
        [
            r#""name": "run is denied by /tools/run/limits/per_minute, after 2 calls","#,
            r#"{ "at": "1970-01-01T00:00:00.000Z", "tool": "run", "grant": "g", "times": 2, "expect": { "decision": "allow" } },"#,
            r#"{ "at": "+9ms", "tool": "run", "grant": "g", "expect": { "decision": "deny", "rule": "/tools/run/limits/per_minute" } }"#,
        ],
        "the other grant has a counter of its own"
    );
}

#[test]
fn what_cannot_be_made_again_says_so() {
    let mut calls = Calls::default();
    let names = ["n".to_owned()];
    calls.push(&ToolCall { tool: "exact", arguments: Arguments::Names(&names), ..ToolCall::default() }, None);
    assert_eq!(
        recorded(POLICY, &calls, 0).unwrap_err(),
        "The log does not hold this call's arguments, so a test cannot make it again."
    );
    let many = POLICY.replace("\"max\": 2,", "\"max\": 100000,").replace("minute", "day");
    let call = |number| format!("{{\"at\": {number}, \"tool\": \"run\", \"args\": {{\"n\": {number}}}}}\n");
    let calls = (0..300).map(call).collect::<Vec<_>>().concat();
    let calls = gatewright_core::import::log::import_log(&calls).calls;
    assert_eq!(
        recorded(&many, &calls, 299).unwrap_err(),
        "This call depends on more calls before it than a test of 200 lines can hold."
    );
}

#[test]
fn a_file_is_changed_where_it_must_be() {
    let calls = Loop::of("run_tests").calls().unwrap();
    let policy = policy(samples::FIRST.text);
    let run = simulate(&policy, &calls);
    let test = |index| record(&policy, &calls, &run, index).unwrap();
    let one = added("", &test(0)).unwrap();
    let two = added(&one, &test(0)).unwrap();
    assert!(two.contains("\"run_tests is allowed (2)\""), "a name of its own: {two}");
    let second = Pointer::root().key("tests").index(1);
    assert_eq!(removed(&two, &second).unwrap(), one, "as it was");
    let first = Pointer::root().key("tests").index(0);
    assert_eq!(removed(&one, &first).unwrap(), "", "nothing is left of it");
    let described = one.replacen('{', "{\n  \"description\": \"mine\",", 1);
    assert!(removed(&described, &first).unwrap().contains("mine"), "what else it says stays");
    let named = renamed(&one, &first, "a \"quoted\" name").unwrap();
    assert_eq!(TestFile::read(&named).tests[0].name, "a \"quoted\" name");
    assert_eq!(one.lines().count(), named.lines().count());
    assert_eq!(
        added("{", &test(0)).unwrap_err().split(':').next(),
        Some("The tests cannot be changed"),
        "a broken text is not touched"
    );
}
