use super::*;
use crate::diagnostic::apply;
use ToolState::{Allow, Approval, Custom, Deny, Hide};

/// A document of version 1 with more fields.
fn document(rest: &str) -> String {
    alloc::format!(r#"{{"version": "1", {rest}}}"#)
}

fn edited(text: &str, edits: &Result<Vec<Edit>, AmendError>) -> String {
    let edits = edits.as_ref().unwrap_or_else(|error| panic!("{text}: {error}"));
    apply(text, edits).unwrap()
}

#[test]
fn a_state_is_read_off_the_text() {
    const ALWAYS: &str = r#"{"conditions": []}"#;
    #[rustfmt::skip]
    let cases = [
        (r#""default": "deny""#.to_string(),                                              Deny,     "not listed"),
        (r#""default": "allow""#.to_string(),                                             Allow,    "not listed"),
        (r#""tools": {}"#.to_string(),                                                    Deny,     "no default"),
        (r#""default": "deny", "tools": {"t": {}}"#.to_string(),                          Allow,    "nothing in it"),
        (r#""default": "deny", "tools": {"t": {"limits": []}}"#.to_string(),              Allow,    "nothing in its list"),
        (r#""default": "allow", "tools": {"t": {"limits": [{}]}}"#.to_string(),           Custom,   "a limit"),
        (alloc::format!(r#""default": "allow", "tools": {{"t": {{"deny_if": [{{}}, {ALWAYS}], "limits": [1]}}}}"#), Deny, "one rule always holds"),
        (r#""default": "allow", "tools": {"t": {"deny_if": [{"conditions": [{}]}]}}"#.to_string(), Custom, "a condition"),
        (alloc::format!(r#""default": "deny", "tools": {{"t": {{"require_approval": [{ALWAYS}], "limits": [1]}}}}"#), Approval, "limits are no rules"),
        (alloc::format!(r#""default": "deny", "tools": {{"t": {{"require_approval": [{ALWAYS}], "require": [1]}}}}"#), Custom, "another rule"),
        (r#""default": "deny", "hide": ["t"], "tools": {"t": {}}"#.to_string(),           Hide,     "hide beats tools"),
        (r#""default": "allow", "hide": ["x", "*"]"#.to_string(),                         Hide,     "every tool is hidden"),
        (r#""default": "allow", "hide": "t""#.to_string(),                                Allow,    "no list"),
        (r#""default": "deny", "tools": {"t": null}"#.to_string(),                        Custom,   "no object"),
        (r#""default": "deny", "tools": {"T": {}}"#.to_string(),                          Deny,     "names are exact"),
    ];
    for (rest, expected, why) in cases {
        let text = document(&rest);
        assert_eq!(tool_state(&Source::new(&text), "t"), expected, "{text}: {why}");
    }
}

#[test]
fn a_state_is_set_with_the_smallest_edit() {
    #[rustfmt::skip]
    let cases = [
        (r#""default": "deny""#, Allow, r#""default": "deny", "tools": {"t": {}}"#, "`tools` is made"),
        (r#""default": "deny", "tools": {"a": {}}"#, Allow, r#""default": "deny", "tools": {"a": {}, "t": {}}"#, "listed last"),
        (r#""default": "deny""#, Deny, r#""default": "deny""#, "it is so"),
        (r#""default": "deny", "tools": {"t": {}}"#, Deny, r#""default": "deny", "tools": {"t": {"deny_if": [{ "conditions": [] }]}}"#, "listed"),
        (r#""default": "deny", "tools": {"t": {"limits": [1]}}"#, Deny, r#""default": "deny", "tools": {"t": {"limits": [1], "deny_if": [{ "conditions": [] }]}}"#, "all else stays"),
        (r#""default": "deny", "tools": {"t": {"deny_if": [1]}}"#, Deny, r#""default": "deny", "tools": {"t": {"deny_if": [1, {"conditions":[]}]}}"#, "behind the rules that are there"),
        (r#""default": "deny", "tools": {"t": {"deny_if": [1, {"conditions": []}]}}"#, Custom, r#""default": "deny", "tools": {"t": {"deny_if": [1]}}"#, "that one rule goes"),
        (r#""default": "deny", "tools": {"t": {"deny_if": [{"conditions": []}], "limits": [1]}}"#, Allow, r#""default": "deny", "tools": {"t": {}}"#, "all rules and limits go"),
        (r#""default": "deny", "tools": {"t": {"deny_if": [{"conditions": []}]}}"#, Allow, r#""default": "deny", "tools": {"t": {}}"#, "it stays listed: else it would be denied"),
        (r#""default": "allow", "tools": {"t": {"deny_if": [{"conditions": []}]}, "a": {}}"#, Allow, r#""default": "allow", "tools": {"a": {}}"#, "listed for that rule only"),
        (r#""default": "deny", "tools": {"t": {"x": 1, "limits": [1]}}"#, Allow, r#""default": "deny", "tools": {"t": {"x": 1}}"#, "what is not known stays"),
        (r#""default": "deny", "tools": {"t": {"require": [1], "limits": [1]}}"#, Approval, r#""default": "deny", "tools": {"t": {"require_approval": [{ "conditions": [] }], "limits": [1]}}"#, "limits stay"),
        (r#""default": "deny", "tools": {"t": {"require": [1], "require_approval": [2]}}"#, Approval, r#""default": "deny", "tools": {"t": {"require_approval": [2, {"conditions":[]}]}}"#, "so do rules of the kind"),
        (r#""default": "deny", "tools": {"t": {"deny_if": [{"conditions": []}]}}"#, Approval, r#""default": "deny", "tools": {"t": {"require_approval": [{"conditions": []}]}}"#, "another name for the list"),
        (r#""default": "deny", "tools": {"t": {"require_approval": [{"conditions": []}], "limits": [1]}}"#, Custom, r#""default": "deny", "tools": {"t": {"limits": [1]}}"#, "the limits are its own"),
        (r#""default": "deny", "tools": {"t": {"deny_if": [{"conditions": []}], "require_approval": [{"conditions": []}], "limits": [1]}}"#, Custom, r#""default": "deny", "tools": {"t": {"limits": [1]}}"#, "both go"),
        (r#""default": "deny", "tools": {"t": {}}"#, Hide, r#""default": "deny", "hide": ["t"], "tools": {"t": {}}"#, "`hide` is made before `tools`"),
        (r#""default": "deny", "hide": ["a", "t", "t"]"#, Deny, r#""default": "deny", "hide": ["a"]"#, "hidden twice"),
        (r#""default": "deny", "hide": ["t"], "tools": {"t": {}}"#, Allow, r#""default": "deny", "tools": {"t": {}}"#, "`hide` goes"),
        (r#""default": "deny", "hide": ["t"]"#, Allow, r#""default": "deny", "hide": [], "tools": {"t": {}}"#, "one field comes, and `hide` stays"),
        (r#""default": "deny", "hide": ["t"], "tools": {"t": {"limits": [1]}}"#, Custom, r#""default": "deny", "tools": {"t": {"limits": [1]}}"#, "what it was under that"),
    ];
    for (before, state, after, why) in cases {
        let text = document(before);
        let edits = set_tool_state(&Source::new(&text), "t", state);
        assert_eq!(edited(&text, &edits), document(after), "{before} to {state:?}: {why}");
    }
}

#[test]
fn what_cannot_be_set_is_said() {
    #[rustfmt::skip]
    let cases = [
        (r#""default": "deny", "hide": ["*"]"#, Allow, "`hide` has `*`, which hides every tool: take that out first, and name the tools to hide"),
        (r#""default": "deny", "tools": {"t": {}}"#, Custom, "there are no rules or limits of its own: add one"),
        (r#""default": "allow""#, Custom, "there are no rules or limits of its own: add one"),
        (r#""tools": {"t": {}, "t": {}}"#, Deny, "/tools/t: the key is here more than once"),
        (r#""tools": {"t": {"deny_if": 1}}"#, Deny, "/tools/t/deny_if: found a number where a list should be"),
        (r#""tools": {"t": null}"#, Allow, "/tools/t: found null where an object should be"),
        (r#""tools": []"#, Allow, "/tools: found a list where an object should be"),
        (r#""hide": 1"#, Hide, "/hide: found a number where a list should be"),
    ];
    for (rest, state, said) in cases {
        let text = document(rest);
        let error = set_tool_state(&Source::new(&text), "t", state).unwrap_err();
        assert_eq!(error.to_string(), said, "{text}");
    }
}

#[test]
fn many_tools_are_set_at_once() {
    let before = r#"{
  "default": "allow",
  "hide": ["b", "c"], // two
  "tools": {
    "a": {"limits": [1]}, // one
    "b": {},
    "d": { "deny_if": [{"conditions": []}] }
  }
}"#;
    let tools = ["a", "b", "c", "d", "e", "e"];
    let text = |state| edited(before, &set_tool_states(&Source::new(before), &tools, state));
    assert_eq!(
        text(Allow),
        r#"{
  "default": "allow",
  "tools": {
    "a": {}, // one
    "b": {}
  }
}"#
    );
    assert_eq!(
        text(Deny),
        r#"{
  "default": "allow",
  "tools": {
    "a": {"limits": [1], "deny_if": [{ "conditions": [] }]}, // one
    "b": {
      "deny_if": [{ "conditions": [] }]
    },
    "d": { "deny_if": [{"conditions": []}] },
    "c": {"deny_if": [{"conditions": []}]},
    "e": {"deny_if": [{"conditions": []}]}
  }
}"#
    );
    assert!(text(Hide).contains(r#""hide": ["b", "c", "a", "d", "e"], // two"#));
    let empty = "{\n  \"default\": \"deny\"\n}";
    assert_eq!(
        edited(empty, &set_tool_states(&Source::new(empty), &["a", "b"], Allow)),
        "{\n  \"default\": \"deny\",\n  \"tools\": {\n    \"a\": {},\n    \"b\": {}\n  }\n}"
    );
}

#[test]
fn all_tools_and_the_default_are_set() {
    #[rustfmt::skip]
    let cases = [
        (r#""default": "deny""#, Deny, r#""default": "deny", "all_tools": {"deny_if": [{"conditions": []}]}"#, "made"),
        (r#""default": "deny", "all_tools": {"deny_if": [{"conditions": []}]}"#, Allow, r#""default": "deny""#, "and gone"),
        (r#""all_tools": {"limits": [1]}"#, Approval, r#""all_tools": {"limits": [1], "require_approval": [{ "conditions": [] }]}"#, "beside limits"),
        (r#""all_tools": {"limits": [1]}"#, Hide, r#""hide": ["*"], "all_tools": {"limits": [1]}"#, "every name"),
        (r#""hide": ["*"], "all_tools": {"limits": [1]}"#, Custom, r#""all_tools": {"limits": [1]}"#, "what it was"),
    ];
    for (before, state, after, why) in cases {
        let text = document(before);
        let edits = set_all_tools_state(&Source::new(&text), state);
        assert_eq!(edited(&text, &edits), document(after), "{before} to {state:?}: {why}");
        let after = document(after);
        assert_eq!(ToolStates::of(&Source::new(&after)).of_all_tools(), state, "{after}");
    }
    for (before, after) in [
        (r#"{"version": "1", "default": "deny"}"#, r#"{"version": "1", "default": "allow"}"#),
        (r#"{"version": "1", "tools": {}}"#, r#"{"version": "1", "default": "allow", "tools": {}}"#),
        ("{ }", r#"{ "default": "allow" }"#),
    ] {
        let edits = set_default(&Source::new(before), DefaultDecision::Allow).unwrap();
        assert_eq!(apply(before, &edits).unwrap(), after);
    }
}
