use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::parse;

/// The explanation of a document, which may leave out its version and its default.
fn explained(fields: &str) -> Explanation {
    let default = if fields.contains("\"default\"") { "" } else { "\"default\": \"deny\", " };
    let parsed = parse(&format!("{{\"version\": \"1\", {default}{fields}}}"));
    assert_eq!(parsed.diagnostics, [], "{fields}");
    explain(&parsed.policy)
}

/// What is said of the rules and limits of a tool `t`, without its first sentence.
fn said(tool: &str) -> Vec<String> {
    let explanation = explained(&format!("\"tools\": {{\"t\": {tool}}}"));
    let sentences = explanation.tools.into_iter().flat_map(|tool| tool.sentences);
    let texts: Vec<String> = sentences.map(|sentence| sentence.text).collect();
    texts.into_iter().filter(|text| text != "t may be called.").collect()
}

fn rule(op: &str, value: &str) -> String {
    format!(r#"{{"conditions": [{{"path": "args.x", "op": "{op}", "value": {value}}}]}}"#)
}

#[test]
fn every_operator_has_words() {
    #[rustfmt::skip]
    let cases = [
        ("eq",       r#""a""#,              r#"args.x is "a""#),
        ("eq",       "true",                "args.x is true"),
        ("eq",       r#"{"a": [1, null]}"#, r#"args.x is {"a": [1, null]}"#),
        ("eq",       "null",                "args.x is null (which never holds: null counts as left out)"),
        ("neq",      "1.50",                "args.x is given and is not 1.50"),
        ("lt",       "5",                   "args.x is less than 5"),
        ("lte",      "5",                   "args.x is at most 5"),
        ("gt",       "9007199254740993",    "args.x is greater than 9007199254740993"),
        ("gte",      "-1e3",                "args.x is at least -1e3"),
        ("in",       r#"["a"]"#,            r#"args.x is "a""#),
        ("in",       r#"["a", "b"]"#,       r#"args.x is "a" or "b""#),
        ("in",       "[1, 2, 3]",           "args.x is 1, 2 or 3"),
        ("in",       "[1,2,3,4,5,6,7,8]",   "args.x is 1, 2, 3, 4, 5, 6, 7 or 8"),
        ("in",       "[1,2,3,4,5,6,7,8,9]", "args.x is 1, 2, 3, 4, 5, 6, 7 or one of 2 more"),
        ("in",       "[]",                  "args.x is one of an empty list (which never holds)"),
        ("not_in",   r#"["a"]"#,            r#"args.x is given and is not "a""#),
        ("not_in",   r#"["a", "b"]"#,       r#"args.x is given and is neither "a" nor "b""#),
        ("not_in",   "[1, 2, 3]",           "args.x is given and is none of 1, 2 and 3"),
        ("not_in",   "[1,2,3,4,5,6,7,8,9]", "args.x is given and is none of 1, 2, 3, 4, 5, 6, 7 and 2 more"),
        ("not_in",   "[]",                  "args.x is given"),
        ("regex",    r#""^/tmp/""#,         "args.x matches `^/tmp/`"),
        ("regex",    r#""rm -rf""#,         "args.x has a match of `rm -rf` anywhere in it"),
        ("contains", r#""..""#,             r#"args.x contains "..""#),
        ("exists",   "true",                "args.x is given"),
        ("exists",   "false",               "args.x is left out or null"),
    ];
    for (op, value, words) in cases {
        let found = said(&format!(r#"{{"require": [{}]}}"#, rule(op, value)));
        assert_eq!(found, [format!("t is refused unless {words}.")], "{op} {value}");
    }
}

#[test]
fn rules_read_as_what_they_do() {
    let gt = rule("gt", "5");
    let two = r#"{"conditions": [{"path": "args.x", "op": "in", "value": ["a", "b"]},
        {"path": "args.x", "op": "neq", "value": 1}, {"path": "args.y", "op": "exists", "value": true}]}"#;
    let evaded = "; calls that leave args.x out are not covered by this rule";
    #[rustfmt::skip]
    let cases = [
        (format!(r#"{{"require": [{gt}]}}"#),          "t is refused unless args.x is greater than 5.".into()),
        (format!(r#"{{"deny_if": [{gt}]}}"#),          format!("t is refused when args.x is greater than 5{evaded}.")),
        (format!(r#"{{"require_approval": [{gt}]}}"#), format!("t needs a person's approval when args.x is greater than 5{evaded}.")),
        (format!(r#"{{"require": [{two}]}}"#),
            r#"t is refused unless args.x is "a" or "b", and is given and is not 1, and args.y is given."#.into()),
        (r#"{"require": [{"conditions": []}]}"#.into(), "A requirement of t has no conditions and so always holds.".into()),
        (r#"{"deny_if": [{"conditions": [], "on_deny": "Not on Fridays."}]}"#.into(),
            "Every call of t is denied; the agent is told: “Not on Fridays.”".into()),
        (r#"{"require_approval": [{"conditions": []}]}"#.into(), "Every call of t needs a person's approval.".into()),
    ];
    for (tool, words) in cases {
        assert_eq!(said(&tool), [words], "{tool}");
    }
}

#[test]
fn that_leaving_out_evades_is_said_only_where_it_does() {
    let deny = rule("gt", "5");
    let nested = deny.replace("args.x", "args.f.x");
    let absent = rule("exists", "false");
    #[rustfmt::skip]
    let cases = [
        // other rules                                                         covered  why
        (String::new(),                                                         false, "nothing asks for it"),
        (format!(r#", "require": [{}]"#, rule("exists", "true")),               true,  "it is asked for"),
        (format!(r#", "require": [{}]"#, rule("lte", "9")),                     true,  "a comparison fails without it"),
        (format!(r#", "require": [{absent}]"#),                                 false, "asking that it is absent asks for nothing"),
        (format!(r#", "require": [{}]"#, nested.replace("args.f.x", "args.x.y")), true, "what is inside is asked for"),
        (format!(r#", "require": [{}]"#, nested.replace("args.f.x", "args.xy")),  false, "another argument is asked for"),
        (format!(r#", "deny_if": [{deny}, {absent}]"#),                         true,  "its absence is refused"),
        (r#", "limits": [{"counter": "c", "window": "day", "max": 9, "scope": "grant",
            "increment_from": "args.x"}]"#.to_string(),                         true,  "a cost has to be there"),
    ];
    for (others, covered, why) in cases {
        let own =
            if others.contains("deny_if") { String::new() } else { format!(r#", "deny_if": [{deny}]"#) };
        let tool = format!("{{{}}}", format!("{own}{others}").trim_start_matches(", "));
        let noted = said(&tool).iter().any(|text| text.contains("leave args.x out"));
        assert_eq!(noted, !covered, "{why}: {tool}");
    }
    let all = format!(
        r#""all_tools": {{"require": [{}]}}, "tools": {{"t": {{"deny_if": [{deny}]}}}}"#,
        rule("exists", "true")
    );
    let explanation = explained(&all);
    assert!(!explanation.to_markdown().contains("leave"), "a rule of all tools asks for it");
}

#[test]
fn limits_say_how_much_for_whom_and_since_when() {
    let limit = |window: &str, max: &str, scope: &str, more: &str| {
        format!(
            r#"{{"limits": [{{"counter": "c", "window": "{window}", "max": {max}, "scope": "{scope}"{more}}}]}}"#
        )
    };
    let spent = r#", "increment_from": "args.amount""#;
    #[rustfmt::skip]
    let cases = [
        (limit("minute", "10", "grant", ""),
            "At most 10 calls per minute for each grant, counted as c; calls count per UTC calendar minute."),
        (limit("hour", "1", "session", ""),
            "At most 1 call per hour for each session of a grant, counted as c; calls count per UTC calendar hour."),
        (limit("day", "1e3", "global", r#", "on_deny": "Enough.""#),
            "At most 1,000 calls per day for all grants together, counted as c; calls count per UTC calendar day; the agent is told: “Enough.”"),
        (limit("day", "2.5", "grant", ""),
            "At most 2 (max is 2.5) calls per day for each grant, counted as c; calls count per UTC calendar day."),
        (limit("day", "0", "grant", ""), "No call of t ever fits c: at most 0 per day for each grant."),
        (limit("day", "1000000", "grant", spent),
            "The sum of args.amount is at most 1,000,000 per day for each grant, counted as c; sums are per UTC calendar day; a call without a number of 0 or more there is refused."),
    ];
    for (tool, words) in cases {
        assert_eq!(said(&tool), [words], "{tool}");
    }
    let parsed = parse(&format!(
        r#"{{"version": "1", "default": "deny", "tools": {{"t": {}}}}}"#,
        limit("hour", "3", "grant", "")
    ));
    let sliding = explain_under(&parsed.policy, WindowModel::Sliding);
    let text = &sliding.tools[0].sentences[1].text;
    assert_eq!(
        text,
        "At most 3 calls per hour for each grant, counted as c; calls count over the last 60 minutes."
    );
}

#[test]
fn the_whole_has_its_sentences_and_places() {
    let explanation = explained(
        r#""default": "allow", "hide": ["delete_account", "drop"],
        "all_tools": {
            "deny_if": [{"conditions": [{"path": "args.path", "op": "regex", "value": "\\.\\."}]}],
            "limits": [{"counter": "calls-per-minute", "window": "minute", "max": 60, "scope": "grant"}]},
        "tools": {"list_customers": {}, "drop": {}, "off": {"deny_if": [{"conditions": []}]}, "send mail": {}}"#,
    );
    let markdown = r"
- Every call of any tool is refused when args.path has a match of \`\\.\\.\` anywhere in it; calls that leave args.path out are not covered by this rule.
- At most 60 calls of all tools together per minute for each grant, counted as calls-per-minute; calls count per UTC calendar minute.
- A call is also refused when a condition cannot judge an argument because of its type: args.path, for one, has to be text where it is given.
- Tools that are not listed may be called; what holds for any tool holds for them.
- list_customers may be called, without rules or limits of its own.
- drop is hidden: it is not shown and every call of it is denied.
  - What is written under tools for drop has no effect.
- Every call of off is denied.
- “send mail” may be called, without rules or limits of its own.
- delete_account is hidden: it is not shown and every call of it is denied.
";
    assert_eq!(explanation.to_markdown(), markdown.trim_start());
    let places = explanation.whole.iter().chain([&explanation.unlisted]);
    let places = places.chain(explanation.tools.iter().flat_map(|tool| &tool.sentences));
    let places: Vec<&str> = places.map(|sentence| sentence.pointer.as_str()).collect();
    #[rustfmt::skip]
    assert_eq!(places, [
        "/all_tools/deny_if/0", "/all_tools/limits/0", "/all_tools/deny_if/0/conditions/0", "/default",
        "/tools/list_customers", "/hide/1", "/tools/drop", "/tools/off/deny_if/0", "/tools/send mail", "/hide/0",
    ]);
}

#[test]
fn the_rest_depends_on_default_and_hide() {
    #[rustfmt::skip]
    let cases = [
        (r#""tools": {"a": {}}"#, "Tools that are not listed are denied."),
        (r#""tools": {}"#, "No tool is listed, and tools that are not listed are denied: no call is let through."),
        (r#""default": "allow""#, "Tools that are not listed may be called, without any rule or limit."),
        (r#""default": "allow", "hide": ["*"]"#, "Tools that are not listed are hidden too."),
    ];
    for (fields, words) in cases {
        assert_eq!(explained(fields).unlisted.text, words, "{fields}");
    }
    let hidden = explained(r#""hide": ["*"], "tools": {"a": {}}"#);
    assert_eq!(hidden.whole[0].text, "Every tool is hidden: none is shown, and every call is denied.");
    assert_eq!(hidden.tools[0].sentences[0].text, hidden_in_words("a"));
    assert_eq!(hidden.tools[0].sentences[0].pointer.as_str(), "/hide/0");
}

#[test]
fn names_and_markdown_cannot_mislead() {
    #[rustfmt::skip]
    let cases = [
        // name             shown                        escaped
        ("run_tests",       "run_tests",                 "run_tests"),
        ("a/b.c-d:e",       "a/b.c-d:e",                 "a/b.c-d:e"),
        ("_x_",             "_x_",                       r"\_x\_"),
        ("Every call",      "“Every call”",              "“Every call”"),
        ("- [x]",           "“- [x]”",                   r"“- \[x\]”"),
        ("a\u{202e}b",      "“a\\u{202e}b”",             r"“a\\u{202e}b”"),
        ("",                "The tool without a name",   "The tool without a name"),
    ];
    for (name, shown, markdown) in cases {
        assert_eq!(named(name, true), shown);
        assert_eq!(escaped(&named(name, true)), markdown, "{name:?}");
    }
}
