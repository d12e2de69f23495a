use gatewright_core::diagnostic::apply;
use gatewright_core::parse;
use gatewright_core::policy::Op;

use super::advice::{place_of, seen, sentences, worst_cases};
use super::gestures::*;
use super::value::Kind;
use super::*;
use crate::model::document::Document;
use crate::model::view::Target;

const COMMENTED: &str = r#"{
  "version": "1", // the only one
  "default": "deny",
  "tools": {
    "pay": {
      // agreed with finance
      "limits": [
        { "counter": "spend", "window": "day", "max": 1000.50, "scope": "grant", "increment_from": "args.amount" }, // EUR
        "not a limit",
        { "counter": "calls", "window": "minute", "max": "10", "scope": "grant", "reason": "x" }
      ],
      "deny_if": [
        { "conditions": [ { "path": "args.amount", "op": "gt", "value": 9007199254740993 }, 7 ], "on_deny": "Too much." }
      ],
      "action": "deny"
    },
    "list": {}
  }
}
"#;

fn place(text: &str) -> Pointer {
    Pointer::parse(text).unwrap()
}

fn made(text: &str, gesture: impl Fn(&Source) -> Gesture) -> String {
    let edits = gesture(&Source::new(text)).map_err(|error| format!("{text}: {error}")).unwrap();
    apply(text, &edits).unwrap()
}

fn shown<T: Clone>(row: &Row<T>) -> T {
    match row {
        Row::Shown(shown) => shown.clone(),
        Row::Kept(kept) => panic!("{kept:?}"),
    }
}

#[test]
fn every_item_keeps_its_place_and_nothing_disappears() {
    let parsed = parse(COMMENTED);
    let rules = ToolRules::new(&parsed, &place("/tools/pay"));
    assert!(rules.is_there);
    let spend = shown(&rules.limits[0]);
    assert_eq!((spend.max.as_str(), spend.line), ("1000.50", 8), "as it is spelled");
    assert_eq!(spend.increment_from.as_deref(), Some("args.amount"));
    let Row::Kept(kept) = &rules.limits[1] else { panic!("text is no limit") };
    assert_eq!((kept.json.as_str(), kept.line, kept.name.as_str()), ("\"not a limit\"", 9, "item 2"));
    let calls = shown(&rules.limits[2]);
    assert_eq!(calls.place, place("/tools/pay/limits/2"), "its true number");
    assert_eq!(calls.max, "\"10\"", "another type is shown as JSON");
    assert_eq!(calls.kept[0].place, place("/tools/pay/limits/2/reason"));
    let rule = rules.rule(List::DenyIf, 0).unwrap();
    assert_eq!(rule.on_deny.as_deref(), Some("Too much."));
    let condition = shown(&rule.conditions[0]);
    assert_eq!((condition.value.text.as_str(), condition.op.as_str()), ("9007199254740993", "gt"));
    assert!(matches!(&rule.conditions[1], Row::Kept(kept) if kept.json == "7"));
    assert_eq!(rules.kept.iter().map(|kept| kept.name.as_str()).collect::<Vec<_>>(), ["action"]);
    let counts = List::ALL.map(|list| rules.count(list));
    assert_eq!(counts, [3, 0, 1, 0]);
}

#[test]
fn what_is_no_tool_policy_is_kept() {
    #[rustfmt::skip]
    let cases = [
        // the tool            kept                           why
        ("[]",                 "x []",                        "a list"),
        (r#"{"limits": {}}"#,  "limits {}",                   "no list of limits"),
        (r#"{"limits": [], "limits": 1}"#, "limits 1",        "the second of equal keys"),
        ("{}",                 "",                            "nothing to say"),
    ];
    for (tool, expected, why) in cases {
        let text = format!(r#"{{"version": "1", "default": "deny", "tools": {{"x": {tool}}}}}"#);
        let rules = ToolRules::new(&parse(&text), &place("/tools/x"));
        let kept: Vec<String> =
            rules.kept.iter().map(|kept| format!("{} {}", kept.name, kept.json)).collect();
        assert_eq!(kept.join("; "), expected, "{why}");
    }
    let equal = r#"{"tools": {"x": {"limits": [], "limits": 1}}}"#;
    assert!(!ToolRules::new(&parse(equal), &place("/tools/x")).kept[0].is_alone);
    assert!(!ToolRules::new(&parse("{}"), &place("/tools/x")).is_there);
}

#[test]
fn what_the_document_holds_besides_is_kept() {
    #[rustfmt::skip]
    let cases = [
        (r#"{"version": "1", "default": "deny", "hide": [], "tools": {}, "all_tools": {}}"#, "",   "all of it has controls"),
        (r#"{"description": "x", "$schema": "y", "rate_limit": 1}"#, "description $schema rate_limit", "fields without a control"),
        (r#"{"tools": [], "hide": "*", "tools": 1}"#,                "tools hide tools",               "other types, and equal keys"),
        ("[]",                                                       "the document",                   "no object"),
    ];
    for (text, expected, why) in cases {
        let kept = ToolRules::rest_of_document(&parse(text));
        assert_eq!(
            kept.iter().map(|kept| kept.name.as_str()).collect::<Vec<_>>().join(" "),
            expected,
            "{why}"
        );
    }
}

#[test]
fn what_is_added_is_written_as_its_document() {
    let lines = "{\n  \"tools\": {\n    \"a\": {}\n  }\n}\n";
    let one_line = r#"{"tools": {"a": {}}}"#;
    let tool = place("/tools/a");
    let limit = made(lines, |source| add_limit(source, &tool));
    assert_eq!(
        limit,
        "{\n  \"tools\": {\n    \"a\": {\n      \"limits\": [\n        {\n          \"counter\": \"a_rate\",\n          \
         \"window\": \"minute\",\n          \"max\": 10,\n          \"scope\": \"grant\"\n        }\n      ]\n    }\n  }\n}\n"
    );
    assert_eq!(
        made(one_line, |source| add_limit(source, &tool)),
        r#"{"tools": {"a": {"limits": [{ "counter": "a_rate", "window": "minute", "max": 10, "scope": "grant" }]}}}"#
    );
    let second = made(&limit, |source| add_limit(source, &tool));
    assert!(second.contains(r#""counter": "a_per_day""#) && second.contains(r#""max": 1000"#), "{second}");
    let of_all = made(one_line, |source| add_limit(source, &place("/all_tools")));
    assert!(of_all.contains(r#""all_tools": {"limits": [{ "counter": "all_tools_rate""#), "{of_all}");
    let rule = made(lines, |source| add_rule(source, &tool, List::DenyIf, Some("args.n")));
    assert!(
        rule.contains(
            "\"deny_if\": [\n        {\n          \"conditions\": [\n            { \"path\": \"args.n\", \"op\": \"exists\", \"value\": true }\n          ]\n        }\n      ]"
        ),
        "{rule}"
    );
    let always = made(one_line, |source| add_rule(source, &tool, List::RequireApproval, None));
    assert_eq!(always, r#"{"tools": {"a": {"require_approval": [{ "conditions": [] }]}}}"#);
    let rule = place("/tools/a/deny_if/0");
    let text = r#"{"tools": {"a": {"deny_if": [{"conditions": []}]}}}"#;
    assert_eq!(
        made(text, |source| add_between(source, &rule, "args.n", "1", "2.50")),
        r#"{"tools": {"a": {"deny_if": [{"conditions": [{ "path": "args.n", "op": "gte", "value": 1 }, { "path": "args.n", "op": "lte", "value": 2.50 }]}]}}}"#
    );
    let error = add_limit(&Source::new(r#"{"tools": {"a": {"limits": 1}}}"#), &tool).unwrap_err();
    assert_eq!(error.to_string(), "/tools/a/limits: found a number where a list should be");
}

#[test]
fn a_copy_of_a_limit_counts_for_itself() {
    let limits =
        "{\"all_tools\": {\"limits\": [\n  {\"counter\": \"c\"}, // one\n  {\"counter\": \"c_2\"}\n]}}";
    let copied = made(limits, |source| copy(source, &place("/all_tools/limits/0")));
    assert_eq!(
        copied,
        "{\"all_tools\": {\"limits\": [\n  {\"counter\": \"c\"}, // one\n  {\"counter\": \"c_3\"},\n  {\"counter\": \"c_2\"}\n]}}"
    );
    let rules = r#"{"all_tools": {"require": [{"conditions": [{"path": "args.counter"}]}]}}"#;
    let copied = made(rules, |source| copy(source, &place("/all_tools/require/0/conditions/0")));
    assert!(copied.contains(r#"[{"path": "args.counter"}, {"path": "args.counter"}]"#), "{copied}");
}

#[test]
fn what_is_taken_away_leaves_nothing_that_says_nothing() {
    #[rustfmt::skip]
    let cases = [
        // text                                                  place                     expected                                  why
        (r#"{"tools": {"a": {"limits": [{}]}}}"#,                "/tools/a/limits/0",      r#"{"tools": {"a": {}}}"#,                "an empty list goes; the tool stays listed"),
        (r#"{"tools": {"a": {"limits": [{}, {}]}}}"#,            "/tools/a/limits/0",      r#"{"tools": {"a": {"limits": [{}]}}}"#,  "the other stays"),
        (r#"{"tools": {"a": {"limits": [/* c */ {}]}}}"#,        "/tools/a/limits/0",      r#"{"tools": {"a": {"limits": [/* c */]}}}"#, "a comment keeps its list"),
        ("{\"tools\": {\"a\": {\"limits\": [\n{} // c\n]}}}",     "/tools/a/limits/0",      r#"{"tools": {"a": {}}}"#,                "one behind the item goes with it"),
        (r#"{"all_tools": {"limits": [{}]}, "default": "deny"}"#, "/all_tools/limits/0",   r#"{"default": "deny"}"#,                 "and so does what held it"),
        (r#"{"tools": {"a": {"require": [{"conditions": [{}]}]}}}"#, "/tools/a/require/0/conditions/0", r#"{"tools": {"a": {"require": [{"conditions": []}]}}}"#, "a rule has to have conditions, if none"),
        (r#"{"tools": {"all_tools": {"limits": [{}]}}}"#,        "/tools/all_tools/limits/0", r#"{"tools": {"all_tools": {}}}"#,     "a tool by that name stays listed"),
    ];
    for (text, item, expected, why) in cases {
        assert_eq!(made(text, |source| take_away(source, &place(item))), expected, "{why}");
    }
}

#[test]
fn an_operator_takes_its_value_along() {
    let text = r#"{"all_tools": {"require": [{"conditions": [{ "path": "args.c", /* c */ "op": "eq", "value": "usd" }]}]}}"#;
    let condition = place("/all_tools/require/0/conditions/0");
    let rules = ToolRules::new(&parse(text), &place("/all_tools"));
    let value = shown(&rules.rule(List::Require, 0).unwrap().conditions[0]).value;
    let edited = made(text, |source| set_operator(source, &condition, &value, Op::In));
    assert_eq!(edited, text.replace(r#""eq", "value": "usd""#, r#""in", "value": ["usd"]"#));
    let edited = made(text, |source| set_kind(source, &condition.key("value"), &value, Kind::Number));
    assert_eq!(edited, text.replace(r#""usd""#, "0"));
}

#[test]
fn optional_texts_go_when_they_are_emptied() {
    let text = r#"{"a": {"on_deny": "No."}, "b": {}}"#;
    let cases = [
        ("/a/on_deny", "", r#"{"a": {}, "b": {}}"#),
        ("/b/on_deny", "", text),
        ("/b/on_deny", "No \"x\".", r#"{"a": {"on_deny": "No."}, "b": {"on_deny": "No \"x\"."}}"#),
    ];
    for (at, new, expected) in cases {
        assert_eq!(made(text, |source| set_optional_text(source, &place(at), new)), expected, "{at}");
    }
}

#[test]
fn core_speaks_of_each_place() {
    let text = r#"{"version": "1", "default": "deny",
        "all_tools": {"limits": [{"counter": "all", "window": "minute", "max": 60, "scope": "grant"}]},
        "tools": {"run": {"limits": [{"counter": "run_rate", "window": "minute", "max": 10, "scope": "grant"}],
                          "require_approval": [{"conditions": []}]}}}"#;
    let document = Document::new(text);
    let run = Target::Tool("run".to_owned());
    let worst = worst_cases(document.parsed(), &run);
    assert_eq!(worst.len(), 1, "its own limits alone");
    assert_eq!(worst[0].place, place("/tools/run/limits/0"));
    assert_eq!(worst[0].in_words, "up to 20 calls within 2 ms across a minute's end; 14,400 per UTC day");
    let of_all = worst_cases(document.parsed(), &Target::AllTools);
    assert_eq!(of_all[0].in_words, "up to 120 calls within 2 ms across a minute's end; 86,400 per UTC day");
    assert!(worst_cases(&parse(&text.replace("60", "\"60\"")), &run).is_empty(), "it may be worse");

    let good = document.good().unwrap();
    let limit = seen(good, &place("/tools/run/limits/0")).unwrap();
    assert_eq!(
        limit.text,
        "[POLICY DENIED] This grant has used 10 of 10 run calls in the minute 10:00–10:01 UTC. The next run call is allowed at 10:01 UTC (in 42 s)."
    );
    assert!(limit.line.contains(r#""isError":true"#) && !limit.asks_first);
    assert!(seen(good, &place("/tools/run/require_approval/0")).unwrap().asks_first);
    assert_eq!(seen(good, &place("/tools/run")), None);

    let said = |target: &Target| -> Vec<String> {
        sentences(document.parsed(), target).into_iter().map(|sentence| sentence.text).collect()
    };
    assert_eq!(said(&run)[1], "Every call of run needs a person's approval.");
    assert_eq!(said(&Target::Tool("other".to_owned())), ["Tools that are not listed are denied."]);
    assert_eq!(said(&Target::Unlisted), ["Tools that are not listed are denied."]);
    assert_eq!(said(&Target::AllTools).len(), 1);
    assert_eq!(place_of(&Target::Unlisted), None);
}
