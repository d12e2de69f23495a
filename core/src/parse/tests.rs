use alloc::string::String;
use alloc::vec;

use super::*;
use crate::diagnostic::Edit;

/// The document with a limit in it, some of its text changed.
fn policy(from: &str, to: &str) -> String {
    let text = r#"{"version": "1", "default": "deny", "tools": {"a": {"limits": [
        {"counter": "c", "window": "minute", "max": 10, "scope": "grant"}]}}}"#;
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// The text with all its fixes applied.
fn repaired(text: &str) -> Option<String> {
    let parsed = parse(text);
    let mut edits: Vec<Edit> =
        parsed.diagnostics.into_iter().filter_map(|found| found.fix).flat_map(|fix| fix.edits).collect();
    edits.sort_by_key(|edit| core::cmp::Reverse(edit.start));
    let mut repaired = text.to_string();
    for edit in &edits {
        repaired.replace_range(edit.start..edit.end, &edit.text);
    }
    (!edits.is_empty()).then_some(repaired)
}

#[test]
fn mistakes_with_one_meaning_are_repaired() {
    #[rustfmt::skip]
    let cases = [
        // written                              repaired             why
        (r#""version": "1""#, r#""version": 1"#,     true,  "the number 1 can only mean the text"),
        (r#""version": "1""#, r#""version": 2"#,     false, "another number says nothing"),
        (r#""version": "1""#, r#""version": "2""#,   false, "another version is another language"),
        (r#""default""#,      r#""defualt""#,        true,  "a misspelled field"),
        (r#""limits""#,       r#""limit""#,          true,  "a field one letter short"),
        (r#""limits""#,       r#""rate_limit""#,     false, "a word of another dialect"),
        (r#""deny""#,         r#""Deny""#,           true,  "case is spelling"),
        (r#""deny""#,         r#""refuse""#,         false, "another word"),
        (r#""minute""#,       r#""minutes""#,        true,  "a plural"),
        (r#""minute""#,       "60",                  false, "seconds of another dialect"),
        ("10",                r#""10""#,             true,  "a number in quotes"),
        ("10",                r#""ten""#,            false, "a word for a number"),
        ("10",                "-10",                 false, "nobody knows what it was to be"),
    ];
    for (from, to, expected, why) in cases {
        let wrong = policy(from, to);
        assert!(!parse(&wrong).diagnostics.is_empty(), "{to}: {why}");
        let right = repaired(&wrong);
        assert_eq!(right, expected.then(|| policy("", "")), "{to}: {why}");
    }
}

#[test]
fn a_field_is_not_renamed_to_one_that_is_there() {
    let both = policy(r#""max": 10"#, r#""max": 10, "maxx": 20"#);
    assert_eq!(repaired(&both), None);
    let found = parse(&both).diagnostics.pop().unwrap();
    assert_eq!(found.help.as_deref(), Some("did you mean `max`?"));
}

#[test]
fn help_says_what_is_accepted() {
    #[rustfmt::skip]
    let cases = [
        (r#""window": "minute""#, r#""window": "fortnight""#, "write `minute`, `hour` or `day`"),
        (r#""scope": "grant""#,   r#""scope": "everybody""#,  "write `grant`, `session` or `global`"),
        (r#""window": "minute", "#, "",                       "add `window`: `minute`, `hour` or `day`"),
        (r#""counter": "c""#,     r#""counter": "c", "burst": 1"#,
            "the fields here are `counter`, `window`, `max`, `scope`, `increment_from` or `on_deny`"),
        (r#""version": "1""#,     r#""version": "7""#,        "the only version is \"1\""),
    ];
    for (from, to, expected) in cases {
        let found = parse(&policy(from, to)).diagnostics.pop().unwrap();
        assert_eq!(found.help.as_deref(), Some(expected), "{to}");
    }
}

#[test]
fn a_missing_field_is_told_at_the_object_that_misses_it() {
    let text = policy(r#""max": 10, "#, "");
    let found = parse(&text).diagnostics.pop().unwrap();
    assert_eq!(text.get(found.location.start..found.location.end), Some("{"));
    assert_eq!(found.pointer.as_str(), "/tools/a/limits/0");
}

/// The document with a rule in it, some of its text changed.
fn with_rule(from: &str, to: &str) -> String {
    let text = r#"{"version": "1", "default": "deny", "tools": {"a": {"deny_if": [
        {"conditions": [{"path": "args.amount", "op": "gt", "value": 10}], "on_deny": "no"}]}}}"#;
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn mistakes_in_a_condition_with_one_meaning_are_repaired() {
    #[rustfmt::skip]
    let cases = [
        // written             repaired to              why
        (r#""args.amount""#, r#""amount""#,  Some(r#""args.amount""#),  "only `args.` is missing"),
        (r#""args.amount""#, r#""$.amount""#, None,                     "a path of another language"),
        (r#""args.amount""#, r#""args.""#,   None,                      "no key"),
        (r#""gt""#,          r#"">""#,       Some(r#""gt""#),           "a sign"),
        (r#""gt""#,          r#""GT""#,      Some(r#""gt""#),           "case is spelling"),
        (r#""gt""#,          r#""between""#, None,                      "an operator of another language"),
        ("10",               r#""10""#,      Some("10"),                "a number in quotes"),
        ("10",               r#""ten""#,     None,                      "a word for a number"),
        (r#""gt", "value": 10"#, r#""in", "value": "usd""#, Some(r#""in", "value": ["usd"]"#), "a list of one"),
        (r#""gt", "value": 10"#, r#""exists", "value": "true""#, Some(r#""exists", "value": true"#), "a truth in quotes"),
        (r#""gt", "value": 10"#, r#""exists", "value": 1"#, None,       "a number is no truth"),
        (r#""on_deny""#,     r#""on_denied""#, Some(r#""on_deny""#),    "a misspelled field"),
    ];
    assert_eq!(parse(&with_rule("", "")).diagnostics, []);
    for (from, to, right, why) in cases {
        let wrong = with_rule(from, to);
        assert!(!parse(&wrong).diagnostics.is_empty(), "{to}: {why}");
        assert_eq!(repaired(&wrong), right.map(|right| with_rule(from, right)), "{to}: {why}");
    }
}

#[test]
fn a_pattern_is_told_where_it_breaks() {
    let gt = r#""gt", "value": 10"#;
    #[rustfmt::skip]
    let cases = [
        // pattern, as JSON        marked           why
        (r#""^a(b""#,              "(",             "the group that is never closed"),
        (r#""\\d[a&&b]""#,         r#""\\d[a&&b]""#, "where something is escaped, the whole pattern"),
        (r#""x[a&&b]""#,           "a&&b",          "what another dialect reads otherwise"),
    ];
    for (pattern, marked, why) in cases {
        let text = with_rule(gt, &format!(r#""regex", "value": {pattern}"#));
        let found = parse(&text).diagnostics.pop().unwrap();
        assert_eq!(found.code, Code::InvalidPattern, "{pattern}: {why}");
        assert_eq!(text.get(found.location.start..found.location.end), Some(marked), "{pattern}: {why}");
    }
}

#[test]
fn names_and_what_tools_share_are_bounded() {
    let bounds = Bounds { name_bytes: 10, shared_rules: 2, ..Bounds::DEFAULT };
    let policy = |name: &str, counter: &str, rules: &str| {
        format!(
            r#"{{"version": "1", "default": "deny", "all_tools": {{"deny_if": [{rules}]}}, "tools": {{
                "b": {{}}, "{name}": {{"limits": [{{"counter": "{counter}", "window": "day", "max": 1, "scope": "global"}}]}},
                "c": {{"deny_if": [{{"conditions": []}}]}}}}}}"#
        )
    };
    let rule = r#"{"conditions": []}"#;
    let (ten, eleven) = ("a".repeat(10), "a".repeat(11));
    #[rustfmt::skip]
    let cases = [
        (policy(&ten, &ten, rule),                      vec![],                                              "each at its bound"),
        (policy(&eleven, "n", rule),                    vec![(Code::TooLarge, "/tools")],                    "a long name of a tool"),
        (policy("a", &eleven, rule),                    vec![(Code::TooLarge, "/tools/a/limits/0/counter")], "a long name of a counter"),
        (policy("a", "n", &format!("{rule}, {rule}")),  vec![(Code::TooMany, "/all_tools")],                 "two rules that two tools meet"),
    ];
    for (text, expected, why) in cases {
        let found = parse_within(&text, &bounds).diagnostics;
        let told: Vec<_> = found.iter().map(|found| (found.code, found.pointer.as_str())).collect();
        assert_eq!(told, expected, "{why}");
    }
}

#[test]
fn bounds_are_inclusive() {
    let bounds = Bounds { rules: 2, conditions: 2, list_items: 2, ..Bounds::DEFAULT };
    let condition = r#"{"path": "args.a", "op": "in", "value": [1, 2]}"#;
    let rule = format!(r#"{{"conditions": [{condition}, {condition}]}}"#);
    let policy = |rules: &str| {
        format!(r#"{{"version": "1", "default": "deny", "all_tools": {{"require": [{rules}]}}}}"#)
    };
    #[rustfmt::skip]
    let cases = [
        (policy(&format!("{rule}, {rule}")),                          None,                                   "each at its bound"),
        (policy(&format!("{rule}, {rule}, {rule}")),                  Some("/all_tools/require/2"),           "a rule too many"),
        (policy(&rule.replace("]}]}", &format!("]}}, {condition}]}}"))),
            Some("/all_tools/require/0/conditions"), "a condition too many"),
        (policy(&rule.replacen("[1, 2]", "[1, 2, 3]", 1)),            Some("/all_tools/require/0/conditions/0/value"), "an item too many"),
    ];
    for (text, pointer, why) in cases {
        let found: Vec<_> = parse_within(&text, &bounds).diagnostics;
        let told: Vec<_> = found.iter().map(|found| (found.code, found.pointer.as_str())).collect();
        assert_eq!(
            told,
            pointer.map(|pointer| (Code::TooMany, pointer)).into_iter().collect::<Vec<_>>(),
            "{why}"
        );
    }
}
