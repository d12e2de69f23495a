use alloc::string::String;

use super::*;

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
        (r#""scope": "grant""#,   r#""scope": "everybody""#,  "write `grant`"),
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

#[test]
fn what_is_not_evaluated_yet_is_refused_by_name() {
    for part in ["require", "deny_if", "require_approval"] {
        let text = policy(r#""limits""#, &format!(r#""{part}": [], "limits""#));
        let found = parse(&text).diagnostics.pop().unwrap();
        assert_eq!(found.code, Code::NotYetSupported);
        assert_eq!(found.message, format!("`{part}` is not evaluated by this version of Gatewright yet"));
    }
}
