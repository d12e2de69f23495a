use gatewright_core::parse;
use serde_json::json;

use super::*;
use crate::model::inventory::Server;

fn inventory() -> Inventory {
    let schema = json!({"properties": {"amount": {"type": "integer"}, "dry": {"type": "boolean"}, "to": {"type": "string"}},
        "required": ["amount"]});
    let tools = vec![
        json!({"name": "refund", "description": "Gives money back.\nMore.", "inputSchema": schema}),
        json!({"name": "list \"all\""}),
    ];
    Inventory {
        servers: vec![Server { name: "shop".to_owned(), tools, pinned: None }],
        ..Inventory::default()
    }
}

/// The candidates at the caret, which is marked as `|`: their labels, and the text after the first was taken, with its
/// caret marked.
fn completed(marked: &str) -> (String, String) {
    let place = marked.find('|').unwrap();
    let text = marked.replacen('|', "", 1);
    let Some(completion) = complete(&parse(&text), place, &inventory()) else {
        return (String::new(), marked.to_owned());
    };
    let labels: Vec<_> = completion.candidates.iter().map(|found| found.label.as_str()).collect();
    let first = &completion.candidates[0];
    let mut written = first.text.clone();
    written.insert(first.caret, '|');
    let after = format!("{}{written}{}", &text[..completion.range.start], &text[completion.range.end..]);
    (labels.join(" "), after)
}

#[test]
fn what_fits_is_offered_and_written_whole() {
    let refund = |inside: &str| format!(r#"{{"tools": {{"refund": {inside}}}}}"#);
    #[rustfmt::skip]
    let cases = [
        // text, labels, the text with the first of them, why
        ("|".to_owned(), "policy", "{\n  \"version\": \"1\",\n  \"default\": \"deny\"|\n}".to_owned(), "an empty text"),
        (r#"{"|"}"#.to_owned(), "version default tools all_tools hide description $schema", r#"{"version": "1"|}"#.to_owned(), "every field"),
        (r#"{"version": "1", de|}"#.to_owned(), "default tools all_tools hide description $schema", r#"{"version": "1", "default": "|"}"#.to_owned(), "a field that is there is not offered again"),
        (r#"{"|" "default": "deny"}"#.to_owned(), "version tools all_tools hide description $schema", r#"{"version": "1"|, "default": "deny"}"#.to_owned(), "a comma before what follows"),
        (r#"{"defau|": "deny"}"#.to_owned(), "version default tools all_tools hide description $schema", r#"{"version"|: "deny"}"#.to_owned(), "a key that has its value"),
        (r#"{"default": "|"}"#.to_owned(), "deny allow", r#"{"default": "deny"|}"#.to_owned(), "words in quotes"),
        (r#"{"default": |}"#.to_owned(), "deny allow", r#"{"default": "deny"|}"#.to_owned(), "words without"),
        (r#"{"tools": {|}}"#.to_owned(), r#"refund list "all""#, r#"{"tools": {"refund": {|}}}"#.to_owned(), "imported tools"),
        (r#"{"tools": {"refund": {}, "|"}}"#.to_owned(), r#"list "all""#, r#"{"tools": {"refund": {}, "list \"all\"": {|}}}"#.to_owned(), "escaped, and none twice"),
        (r#"{"hide": ["|"]}"#.to_owned(), r#"refund list "all" *"#, r#"{"hide": ["refund"|]}"#.to_owned(), "names to hide"),
        (refund("{|}"), "limits require deny_if require_approval", refund(r#"{"limits": [|]}"#), "the fields of a tool"),
        (refund(r#"{"limits": [|]}"#), "limit", refund(r#"{"limits": [{ "counter": "refund_rate", "window": "minute", "max": 10|, "scope": "grant" }]}"#), "a whole limit"),
        (refund(r#"{"limits": [{"counter": "|"}]}"#), "refund_rate", refund(r#"{"limits": [{"counter": "refund_rate"|}]}"#), "a name for its counter"),
        (refund(r#"{"limits": [{"window": "mi|"}]}"#), "minute hour day", refund(r#"{"limits": [{"window": "minute"|}]}"#), "windows"),
        (refund(r#"{"limits": [{"increment_from": "args.|"}]}"#), "args.amount", refund(r#"{"limits": [{"increment_from": "args.amount"|}]}"#), "arguments that are numbers"),
        (refund(r#"{"deny_if": [|]}"#), "rule", refund(r#"{"deny_if": [{ "conditions": [|] }]}"#), "a rule"),
        (refund(r#"{"deny_if": [{"conditions": [|]}]}"#), "condition", refund(r#"{"deny_if": [{"conditions": [{ "path": "args.|", "op": "eq", "value": "" }]}]}"#), "a condition"),
        (refund(r#"{"deny_if": [{"conditions": [{"path": "args.|"}]}]}"#), "args.amount args.dry args.to", refund(r#"{"deny_if": [{"conditions": [{"path": "args.amount"|}]}]}"#), "the tool's arguments"),
        (refund(r#"{"deny_if": [{"conditions": [{"path": "args.dry", "op": "eq", "value": |}]}]}"#), "true false", refund(r#"{"deny_if": [{"conditions": [{"path": "args.dry", "op": "eq", "value": true|}]}]}"#), "the values of its type"),
        (refund(r#"{"deny_if": [{"conditions": [{"op": "in", "value": |}]}]}"#), "[]", refund(r#"{"deny_if": [{"conditions": [{"op": "in", "value": [|]}]}]}"#), "what the operator takes"),
        (r#"{"tools": |}"#.to_owned(), "{}", r#"{"tools": {|}}"#.to_owned(), "what a field holds"),
        (r#"{"all_tools": {"deny_if": [{"conditions": [{"op": "|"}]}]}}"#.to_owned(), "eq neq lt lte gt gte in not_in regex contains exists",
         r#"{"all_tools": {"deny_if": [{"conditions": [{"op": "eq"|}]}]}}"#.to_owned(), "operators"),
        (r#"{"version": "1"|}"#.to_owned(), "", r#"{"version": "1"|}"#.to_owned(), "nothing behind a value"),
        ("{ // |".to_owned(), "", "{ // |".to_owned(), "nothing in a comment"),
        (r#"{"x": {"|"}}"#.to_owned(), "", r#"{"x": {"|"}}"#.to_owned(), "nothing where nothing is known"),
        (r#"{"description": "|"}"#.to_owned(), "", r#"{"description": "|"}"#.to_owned(), "nothing in free text"),
    ];
    for (marked, labels, after, why) in cases {
        assert_eq!(completed(&marked), (labels.to_owned(), after), "{marked}: {why}");
    }
}

#[test]
fn counters_of_other_tools_are_offered_too() {
    let limit = r#"{"counter": "spend", "window": "day", "max": 1, "scope": "grant"}"#;
    let text = format!(
        r#"{{"all_tools": {{"limits": [{limit}]}}, "tools": {{"a": {{"limits": [{{"counter": "|"}}]}}}}}}"#
    );
    assert_eq!(completed(&text).0, "a_rate spend");
}

#[test]
fn what_stands_under_the_pointer_is_explained() {
    let text = r#"{"version": "1", "default": "deny", "hide": ["x"], "tools": {"refund": {
      "limits": [{"counter": "refund_rate", "window": "minute", "max": 10, "scope": "grant"}],
      "deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 5}, {"path": "args.x", "op": "eq", "value": 1}]}]}}}"#;
    #[rustfmt::skip]
    let cases = [
        // at the first of    title      a part of what is said                       why
        ("version",           "version",  "The only one is \"1\".",                    "a field"),
        ("deny\"",            "deny",     "A tool that is not listed is denied.",      "a word"),
        ("deny\"",            "deny",     "Tools that are not listed are denied.",     "and the evaluator's own sentence"),
        ("refund\"",          "refund",   "Gives money back.",                         "a tool, in its server's words: the first line"),
        ("minute",            "minute",   "From :00 seconds",                          "a window"),
        ("10",                "10",       "At most 10 calls per minute",                           "the limit in words"),
        ("args.amount",       "args.amount", "In the tool's schema: integer · required.", "an argument"),
        ("args.x",            "args.x",   "The tool's schema does not name this argument.", "an argument that is not in the schema"),
        ("gt\"",              "gt",       "Greater than the number.",                  "an operator"),
    ];
    for (at, title, part, why) in cases {
        let found = explain_at(&parse(text), text.find(at).unwrap() + 1, &inventory()).expect(why);
        assert_eq!((found.title.as_str(), &text[found.range]), (title, title), "{why}");
        assert!(
            found.sentences.iter().any(|sentence| sentence.contains(part)),
            "{at}: {why}: {:?}",
            found.sentences
        );
    }
    assert_eq!(explain_at(&parse(text), 0, &inventory()), None, "nothing of a brace");
}

#[test]
fn the_pointer_under_the_caret_is_that_of_the_value() {
    let text = r#"{"tools": {"a/b": {"limits": [{"max": 10}]}}}"#;
    assert_eq!(pointer_at(text, text.find("10").unwrap()).as_str(), "/tools/a~1b/limits/0/max");
    assert_eq!(pointer_at(text, text.find("max").unwrap()).as_str(), "/tools/a~1b/limits/0/max");
    assert_eq!(pointer_at(text, 0).as_str(), "");
}
