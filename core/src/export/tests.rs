use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::import::policy::compare::{Evaluator, Probe};
use crate::import::policy::tests::{first_difference, probes};
use crate::import::policy::{DifferingCall, read};
use crate::parse::parse;

fn exported(policy: &Json, to: Dialect) -> Exported {
    let options = ExportOptions { server: "srv", ..ExportOptions::default() };
    export(&parse(&policy.to_string()), to, &options).unwrap()
}

fn with_tool(tool: &Json) -> Json {
    json!({"version": "1", "default": "deny", "tools": {"run": tool}})
}

#[test]
fn a_policy_is_written_as_intercept_reads_it() {
    let policy = json!({"version": "1", "default": "deny", "description": "for CI", "hide": ["rm"], "tools": {
        "ls": {},
        "run": {
            "require": [{"conditions": [{"path": "args.path", "op": "regex", "value": "^/srv/"}], "on_deny": "Only below /srv."}],
            "deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 5}]}],
            "limits": [{"counter": "a", "window": "minute", "max": 10, "scope": "global"}, {"counter": "b", "window": "minute", "max": 9, "scope": "global"}]
        }
    }, "all_tools": {"limits": [{"counter": "all", "window": "day", "max": 100, "scope": "global"}]}});
    let expected = "\
version: \"1\"
description: \"for CI\"
default: deny

hide:
  - \"rm\"

tools:
  \"ls\":
    rules: []

  \"run\":
    rules:
      - name: \"require 1\"
        conditions:
          - path: \"args.path\"
            op: regex
            value: \"^/srv/\"
        on_deny: \"Only below /srv.\"
      - name: \"deny_if 1\"
        conditions:
          - path: \"args.n\"
            op: lte
            value: 5
      - name: \"limit 1\"
        rate_limit: 10/minute
      - name: \"limit 2\"
        conditions:
          - path: \"state.run.b\"
            op: lte
            value: 9
        state:
          counter: \"b\"
          window: minute

  \"*\":
    rules:
      - name: \"limit 1\"
        rate_limit: 100/day
";
    let exported = exported(&policy, Dialect::Intercept);
    assert_eq!(exported.text, expected);
    assert_eq!(
        exported.lost.len(),
        1,
        "a `deny_if` that is turned round denies what is left out: {:?}",
        exported.lost
    );
    let stricter = |call: &DifferingCall| (call.before, call.after) == (Decision::Allow, Decision::Deny);
    let differences = &exported.compared.differences;
    assert!(!differences.is_empty() && differences.iter().all(stricter), "{differences:?}");
}

#[test]
fn what_intercept_would_let_through_is_guarded_or_closed() {
    #[rustfmt::skip]
    let cases = [
        (json!({"require": [{"conditions": [{"path": "args.x", "op": "eq", "value": 5}]}]}), "op: gte", "text that prints like the number is no number"),
        (json!({"require": [{"conditions": [{"path": "args.x", "op": "eq", "value": "5"}]}]}), "op: regex", "only text has a pattern in it"),
        (json!({"require": [{"conditions": [{"path": "args.x", "op": "neq", "value": "a"}]}]}), "op: exists", "null is a value there"),
        (json!({"require": [{"conditions": [{"path": "args.x", "op": "eq", "value": true}]}]}), "action: deny", "no condition tells `true` from its text"),
        (json!({"deny_if": [{"conditions": [{"path": "args.x", "op": "regex", "value": "rm"}]}]}), "action: deny", "what must not be found cannot be said"),
        (json!({"limits": [{"counter": "c", "window": "day", "max": 9, "scope": "global", "increment_from": "args.x"}]}), "value: 4", "costs are cut to whole numbers"),
    ];
    for (tool, words, why) in cases {
        let exported = exported(&with_tool(&tool), Dialect::Intercept);
        assert!(exported.text.contains(words), "{why}:\n{}", exported.text);
    }
}

#[test]
fn a_policy_is_written_as_claude_code_reads_it() {
    #[rustfmt::skip]
    let cases = [
        (json!({"version": "1", "default": "deny", "hide": ["rm"], "tools": {"ls": {}, "no": {"deny_if": [{"conditions": []}]}, "ask": {"require_approval": [{"conditions": []}]}}}),
            json!({"allow": ["mcp__srv__ls"], "ask": ["mcp__srv__ask"], "deny": ["mcp__srv__no", "mcp__srv__rm"]}), "each tool its rule"),
        (json!({"version": "1", "default": "allow", "tools": {"no": {"deny_if": [{"conditions": []}]}}}),
            json!({"allow": ["mcp__srv"], "ask": [], "deny": ["mcp__srv__no"]}), "all but"),
        (json!({"version": "1", "default": "deny", "hide": ["*"]}),
            json!({"allow": [], "ask": [], "deny": ["mcp__srv"]}), "none"),
        (with_tool(&json!({"limits": [{"counter": "c", "window": "day", "max": 9, "scope": "grant"}]})),
            json!({"allow": [], "ask": ["mcp__srv__run"], "deny": []}), "what it cannot count, a person is asked about"),
    ];
    for (policy, permissions, why) in cases {
        let exported = exported(&policy, Dialect::ClaudeCode);
        let written: Json = serde_json::from_str(&exported.text).unwrap();
        assert_eq!(written["permissions"], permissions, "{why}");
    }
}

#[test]
fn what_cannot_be_exported_is_told() {
    let policy = parse(r#"{"version": "1", "default": "deny"}"#);
    let to =
        |parsed: &Parsed, dialect, server| export(parsed, dialect, &ExportOptions { server, tools: &[] });
    assert!(matches!(to(&policy, Dialect::ClaudeCode, ""), Err(Unexported::Unable(_))), "no server");
    assert!(matches!(to(&policy, Dialect::ClaudeCode, "a b"), Err(Unexported::Unable(_))), "no name");
    assert!(matches!(to(&policy, Dialect::AllowedTools, "a"), Err(Unexported::Unable(_))), "only read");
    assert!(matches!(to(&parse("{}"), Dialect::Intercept, ""), Err(Unexported::Errors(_))), "no policy");
}

fn condition() -> impl Strategy<Value = Json> {
    #[rustfmt::skip]
    let conditions = [
        json!({"path": "args.x", "op": "eq", "value": 5}), json!({"path": "args.x", "op": "eq", "value": "5"}), json!({"path": "args.x", "op": "eq", "value": "a"}),
        json!({"path": "args.x", "op": "eq", "value": true}), json!({"path": "args.x", "op": "neq", "value": 5}), json!({"path": "args.x", "op": "neq", "value": "true"}),
        json!({"path": "args.x", "op": "lt", "value": 6}), json!({"path": "args.x", "op": "gte", "value": 0}), json!({"path": "args.x", "op": "in", "value": [1, 5]}),
        json!({"path": "args.x", "op": "in", "value": ["a", "5"]}), json!({"path": "args.x", "op": "not_in", "value": ["a", 5]}), json!({"path": "args.x", "op": "regex", "value": "^a"}),
        json!({"path": "args.x", "op": "contains", "value": "a"}), json!({"path": "args.x", "op": "contains", "value": 5}), json!({"path": "args.x", "op": "exists", "value": true}),
        json!({"path": "args.y.z", "op": "exists", "value": false}), json!({"path": "args.y.z", "op": "gt", "value": 5}), json!({"path": "args.y.z", "op": "eq", "value": "ab"}),
    ];
    prop::sample::select(Vec::from(conditions))
}

fn tool(is_shared: bool) -> impl Strategy<Value = Json> {
    let rules = |least: usize| {
        let rule = prop::collection::vec(condition(), least..3)
            .prop_map(|conditions| json!({"conditions": conditions}));
        prop::collection::vec(rule, 0..2)
    };
    let limit = (
        prop::sample::select(Vec::from(["minute", "hour"])),
        0..5_u32,
        prop::sample::select(Vec::from(["grant", "session", "global"])),
        any::<bool>(),
    );
    let limits = prop::collection::vec(limit, 0..3).prop_map(move |limits| {
        let limit = |(index, (window, max, scope, costs)): (usize, (&str, u32, &str, bool))| {
            let mut limit =
                json!({"counter": alloc::format!("c{index}"), "window": window, "max": max, "scope": scope});
            if costs && !is_shared {
                limit["increment_from"] = json!("args.x");
            }
            limit
        };
        limits.into_iter().enumerate().map(limit).collect::<Vec<_>>()
    });
    (rules(1), rules(0), rules(0), limits).prop_map(|(require, deny_if, require_approval, limits)| {
        json!({"require": require, "deny_if": deny_if, "require_approval": require_approval, "limits": limits})
    })
}

fn policy() -> impl Strategy<Value = Json> {
    (tool(false), tool(false), tool(true), any::<[bool; 4]>()).prop_map(|(x, y, shared, [allow, hides, all, plain])| {
        let mut policy = json!({"version": "1", "default": if allow { "allow" } else { "deny" }, "tools": {"x": x, "y": y}});
        if hides {
            policy["hide"] = json!(["y"]);
        }
        if all {
            policy["all_tools"] = shared;
        }
        if plain {
            policy["tools"]["y"] = json!({});
        }
        policy
    })
}

fn first(policy: &Json, to: Dialect, probes: &[Probe]) -> (Exported, Option<(Decision, Decision)>) {
    let parsed = parse(&policy.to_string());
    let options = ExportOptions { server: "srv", ..ExportOptions::default() };
    let exported = export(&parsed, to, &options).unwrap();
    let compiled = compile(&parsed).unwrap();
    let spoken =
        spoken(&exported.text, to, &ReadOptions { server: Some("srv"), ..ReadOptions::default() }).unwrap();
    let found = first_difference(&mut Evaluator::new(&compiled), &mut *spoken.judge(to), probes);
    (exported, found)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever the policy, Intercept lets no call through that is refused here.
    #[test]
    fn no_export_to_intercept_opens_a_gate(policy in policy(), probes in probes()) {
        let (exported, found) = first(&policy, Dialect::Intercept, &probes);
        if let Some((before, after)) = found {
            prop_assert!(after != Decision::Allow, "{before:?} became {after:?}\n{}", exported.text);
        }
    }

    /// Claude Code allows nothing without asking that is refused here.
    #[test]
    fn no_export_to_claude_code_allows_what_is_refused(policy in policy(), probes in probes()) {
        let (exported, found) = first(&policy, Dialect::ClaudeCode, &probes);
        if let Some((before, after)) = found {
            prop_assert!(after != Decision::Allow, "{before:?} became {after:?}\n{}", exported.text);
        }
    }

    /// What comes back of an export in which nothing was lost decides as the policy did.
    #[test]
    fn what_is_exported_whole_comes_back_the_same(policy in policy(), probes in probes()) {
        for to in [Dialect::Intercept, Dialect::ClaudeCode] {
            let (exported, _) = first(&policy, to, &probes);
            if !exported.lost.is_empty() {
                continue;
            }
            let options = ReadOptions { dialect: Some(to), server: Some("srv"), ..ReadOptions::default() };
            let back = read(&exported.text, &options).unwrap();
            prop_assert_eq!(&back.lost, &Vec::new());
            let (before, after) = (compile(&parse(&policy.to_string())).unwrap(), compile(&parse(&back.policy)).unwrap());
            let found = first_difference(&mut Evaluator::new(&before), &mut Evaluator::new(&after), &probes);
            prop_assert_eq!(found, None, "{}\n{}", exported.text, back.policy);
        }
    }
}

#[test]
fn hostile_names_stay_in_their_quotes() {
    let policy =
        json!({"version": "1", "default": "deny", "tools": {"a\": {}\n#\u{7f}": {}, "*": {}, "": {}}});
    let exported = exported(&policy, Dialect::Intercept);
    let back =
        read(&exported.text, &ReadOptions { dialect: Some(Dialect::Intercept), ..ReadOptions::default() })
            .unwrap();
    let back: Json = serde_json::from_str(&back.policy).unwrap();
    let names: Vec<String> = back["tools"].as_object().unwrap().keys().map(ToString::to_string).collect();
    assert_eq!(names, ["a\": {}\n#\u{7f}"], "{}", exported.text);
}
