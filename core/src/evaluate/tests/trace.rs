use super::*;
use crate::trace::Step;

/// The steps of one list, each as its mark and its words.
fn steps(fields: &str, check: Check, call: &ToolCall<'_>) -> Vec<String> {
    let policy = policy(fields);
    let mut steps = Vec::new();
    evaluate_traced(&policy, call, &mut Counters::new(&policy), &mut steps);
    let of_list = steps.iter().filter(|step| step.check == check);
    of_list.map(|step| format!("{:?}: {}", step.mark, step.text)).collect()
}

fn rule(conditions: &[(&str, &str, &str)]) -> String {
    let condition = |(path, op, value): &(&str, &str, &str)| {
        format!(r#"{{"path": "args.{path}", "op": "{op}", "value": {value}}}"#)
    };
    let conditions: Vec<String> = conditions.iter().map(condition).collect();
    format!(r#"{{"conditions": [{}]}}"#, conditions.join(", "))
}

const THREE: &[(&str, &str, &str)] =
    &[("a", "gt", "1"), ("b", "contains", r#""x""#), ("c", "exists", "true")];

#[test]
fn a_trace_says_what_each_condition_found() {
    use Check::{DenyIf, Require, RequireApproval};
    #[rustfmt::skip]
    let cases: [(Check, &str, [&str; 3]); 9] = [
        (Require, r#"{"a": 2, "b": "y", "c": 0}"#, [
            "Passed: args.a is the number 2: gt 1 holds",
            r#"Decided: args.b is the text "y": contains "x" does not hold"#,
            "NotReached: not reached",
        ]),
        (Require, r#"{"a": 2, "b": 5, "c": 0}"#, [
            "Passed: args.a is the number 2: gt 1 holds",
            r#"Decided: args.b is the number 5, not text or a list: contains "x" cannot be judged"#,
            "NotReached: not reached",
        ]),
        (Require, r#"{"a": 1.50, "b": ["x"], "c": {}}"#, [
            "Passed: args.a is the number 1.50: gt 1 holds",
            r#"Passed: args.b is a list: contains "x" holds"#,
            "Passed: args.c is an object: exists true holds",
        ]),
        (Require, r#"{"a": 2, "b": "x", "c": null}"#, [
            "Passed: args.a is the number 2: gt 1 holds",
            r#"Passed: args.b is the text "x": contains "x" holds"#,
            "Decided: args.c is null, which counts as missing: exists true does not hold",
        ]),
        (DenyIf, r#"{"a": 2, "b": "x", "c": true}"#, [
            "Passed: args.a is the number 2: gt 1 holds",
            r#"Passed: args.b is the text "x": contains "x" holds"#,
            "Decided: args.c is true: exists true holds",
        ]),
        (DenyIf, r#"{"a": 0, "b": "x"}"#, [
            "Passed: args.a is the number 0: gt 1 does not hold",
            r#"Passed: args.b is the text "x": contains "x" holds"#,
            "Passed: args.c is missing: exists true does not hold",
        ]),
        (DenyIf, r#"{"a": 0, "b": false, "c": 1}"#, [
            "Passed: args.a is the number 0: gt 1 does not hold",
            r#"Decided: args.b is false, not text or a list: contains "x" cannot be judged"#,
            "NotReached: not reached",
        ]),
        (RequireApproval, r#"{"a": 2, "b": "x", "c": 1}"#, [
            "Passed: args.a is the number 2: gt 1 holds",
            r#"Passed: args.b is the text "x": contains "x" holds"#,
            "Decided: args.c is the number 1: exists true holds",
        ]),
        (RequireApproval, r#"{"a": "2"}"#, [
            r#"Decided: args.a is the text "2", not a number: gt 1 cannot be judged"#,
            "NotReached: not reached",
            "NotReached: not reached",
        ]),
    ];
    for (list, arguments, expected) in cases {
        let name = serde_json::json!(list).as_str().unwrap().to_string();
        let fields = format!(r#""{name}": [{}]"#, rule(THREE));
        assert_eq!(steps(&fields, list, &call(arguments, 0)), expected, "{name} {arguments}");
    }
}

#[test]
fn a_trace_says_what_was_not_recorded() {
    let names = ["a".to_string(), "b".to_string()];
    let unsure = ToolCall { arguments: Arguments::Names(&names), ..call("", 0) };
    let expected = [
        "Unknown: args.a was not recorded: gt 1 is unknown",
        r#"Unknown: args.b was not recorded: contains "x" is unknown"#,
        "Passed: args.c is missing: exists true does not hold",
    ];
    for list in [Check::DenyIf, Check::RequireApproval] {
        let name = serde_json::json!(list).as_str().unwrap().to_string();
        let fields = format!(r#""{name}": [{}]"#, rule(THREE));
        assert_eq!(steps(&fields, list, &unsure), expected, "{name}");
    }
    let fields = format!(r#""require": [{}]"#, rule(THREE));
    let found = steps(&fields, Check::Require, &unsure);
    let [a, b, _] = expected;
    let decided = "Decided: args.c is missing: exists true does not hold";
    assert_eq!(found, [a, b, decided], "one that fails decides, whatever the others would have said");
}

#[test]
fn a_rule_without_conditions_has_a_step_too() {
    let always = rule(&[]);
    #[rustfmt::skip]
    let cases = [
        (Check::Require,         "require",          false, "Passed: asks nothing"),
        (Check::DenyIf,          "deny_if",          false, "Decided: always holds"),
        (Check::RequireApproval, "require_approval", false, "Decided: always holds"),
        (Check::RequireApproval, "require_approval", true,  "Passed: a person has approved"),
    ];
    for (list, name, approved, expected) in cases {
        let call = ToolCall { approved, ..call("{}", 0) };
        assert_eq!(steps(&format!(r#""{name}": [{always}]"#), list, &call), [expected], "{name}");
    }
}

#[test]
fn rules_and_limits_that_are_not_reached_or_not_there_say_so() {
    let always = rule(&[]);
    let limit = |max: u32| {
        format!(r#""limits": [{{"counter": "c", "window": "day", "max": {max}, "scope": "global"}}]"#)
    };
    let (denied, free, full) = (format!(r#""deny_if": [{always}, {always}]"#), limit(1), limit(0));
    #[rustfmt::skip]
    let cases: [(String, Check, &[&str]); 10] = [
        (String::new(),                  Check::Require,         &["Absent: none"]),
        (String::new(),                  Check::Limit,           &["Absent: none"]),
        (String::new(),                  Check::AllToolsLimit,   &["Absent: none"]),
        (denied.clone(),                 Check::Require,         &["Absent: none"]),
        (denied.clone(),                 Check::DenyIf,          &["Decided: always holds", "NotReached: not reached"]),
        (denied.clone(),                 Check::RequireApproval, &["NotReached: not reached"]),
        (denied.clone(),                 Check::Limit,           &["NotReached: not reached"]),
        (format!("{denied}, {free}"),    Check::Limit,           &["NotReached: not reached"]),
        (free,                           Check::Limit,           &["Passed: 0 of 1 used in the day 1970-01-01 UTC · resets in 1 d"]),
        (full,                           Check::AllToolsLimit,   &["NotReached: not reached"]),
    ];
    for (fields, check, expected) in cases {
        assert_eq!(steps(&fields, check, &call("{}", 0)), expected, "{check:?} of {fields}");
    }
}

#[test]
fn limits_say_what_they_found() {
    let limit = |counter: &str, max: u32, cost: &str| {
        format!(r#"{{"counter": "{counter}", "window": "day", "max": {max}, "scope": "global"{cost}}}"#)
    };
    let cost = r#", "increment_from": "args.n""#;
    let fields = format!(r#""limits": [{}, {}]"#, limit("calls", 1, ""), limit("sum", 5, cost));
    let day = "used in the day 1970-01-01 UTC";
    #[rustfmt::skip]
    let cases = [
        (r#"{"n": 5}"#,   [format!("Passed: 0 of 1 {day} · resets in 1 d"), format!("Passed: 0 of 5 {day}, the call costs 5 · resets in 1 d")]),
        (r#"{"n": 6}"#,   [format!("Passed: 0 of 1 {day} · resets in 1 d"), format!("Decided: 0 of 5 {day}, the call costs 6 · resets in 1 d")]),
        (r#"{"n": "6"}"#, [format!("Passed: 0 of 1 {day} · resets in 1 d"), "Decided: a call costs args.n, which is text".to_string()]),
    ];
    for (arguments, expected) in cases {
        assert_eq!(steps(&fields, Check::Limit, &call(arguments, 0)), expected, "{arguments}");
    }
    let names = ["n".to_string()];
    let unsure = ToolCall { arguments: Arguments::Names(&names), ..call("", 0) };
    let unknown = "Unknown: a call costs args.n, which was not recorded";
    assert_eq!(steps(&fields, Check::Limit, &unsure).last().unwrap(), unknown);
    let first_full = fields.replacen(r#""max": 1"#, r#""max": 0"#, 1);
    for call in [unsure, call("{}", 0), call(r#"{"n": 1}"#, 0)] {
        let found = steps(&first_full, Check::Limit, &call);
        assert_eq!(
            found,
            [format!("Decided: 0 of 0 {day} · resets in 1 d"), "NotReached: not reached".to_string()]
        );
    }
}

#[test]
fn a_limit_that_was_reached_carries_its_reading() {
    let policy = policy(r#""limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "global"}]"#);
    let mut counters = Counters::new(&policy);
    for used in 0..3 {
        let mut steps: Vec<Step> = Vec::new();
        evaluate_traced(&policy, &call("{}", 0), &mut counters, &mut steps);
        let quota = steps.iter().find_map(|step| step.quota.clone()).unwrap();
        assert_eq!(
            (quota.used, quota.max),
            (Amount::from_whole(used), Amount::from_whole(2)),
            "before the call"
        );
    }
}

#[test]
fn a_clock_that_has_stepped_back_has_a_step() {
    let policy = policy(r#""limits": [{"counter": "c", "window": "day", "max": 5, "scope": "global"}]"#);
    let mut counters = Counters::new(&policy);
    for (at, expected) in [
        (10_000, None),
        (10_000, None),
        (20_000, None),
        (10_000, Some("the clock is 10 s behind the last counted call; judged at 00:00:20.000 UTC")),
    ] {
        let mut steps: Vec<Step> = Vec::new();
        evaluate_traced(&policy, &call("{}", at), &mut counters, &mut steps);
        let clock = steps.iter().find(|step| step.check == Check::Clock).map(|step| step.text.as_str());
        assert_eq!(clock, expected, "{at}");
    }
}

#[test]
fn limits_of_the_tool_and_of_all_tools_are_told_apart() {
    let limit = |counter: &str| {
        format!(r#"{{"limits": [{{"counter": "{counter}", "window": "day", "max": 5, "scope": "global"}}]}}"#)
    };
    let text = format!(
        r#"{{"version": "1", "default": "deny", "tools": {{"a": {}}}, "all_tools": {}}}"#,
        limit("own"),
        limit("all")
    );
    let policy = compile(&parse(&text)).unwrap();
    let mut steps: Vec<Step> = Vec::new();
    evaluate_traced(&policy, &call("{}", 0), &mut Counters::new(&policy), &mut steps);
    let limits = steps.iter().filter_map(|step| Some((step.check, step.quota.as_ref()?.counter.as_str())));
    assert_eq!(limits.collect::<Vec<_>>(), [(Check::Limit, "own"), (Check::AllToolsLimit, "all")]);
}

#[test]
fn no_more_of_a_list_is_read_than_some_rule_looks_at() {
    let many = format!(r#"{{"a": [{}0]}}"#, "0,".repeat(10_000));
    for (op, value, reason) in [("exists", "true", Reason::Allowed), ("contains", "0", Reason::Malformed)] {
        let policy = policy(&format!(r#""require": [{}]"#, rule(&[("a", op, value)])));
        assert_eq!(evaluate(&policy, &call(&many, 0), &mut Counters::new(&policy)).reason, reason, "{op}");
    }
}
