//! Recommendations: for any tools a policy that compiles, does what it says, and has no lint of ours.

use gatewright_core::amend::{ToolState, ToolStates};
use gatewright_core::diagnostic::Code;
use gatewright_core::recommend::{Choice, Treatment, recommend};
use gatewright_core::risk::{Category, assess_all};
use gatewright_core::source::Source;
use gatewright_core::{ToolDefinition, compile, lint, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::examples;

/// Words of names. A name with `*` is left out: the linter takes it for a pattern that somebody meant.
const VERBS: &[&str] = &[
    "get",
    "list",
    "create",
    "write",
    "update",
    "run",
    "execute",
    "delete",
    "drop",
    "pay",
    "transfer",
    "refund",
    "post",
    "customer",
    "browser",
    "API",
    "__proto__",
    "-",
    "0",
    "a b",
    "a.b",
    "\u{202e}",
    "<b>",
];
const ARGUMENTS: &[&str] = &[
    "path",
    "file_path",
    "url",
    "callback_uri",
    "amount",
    "total",
    "command",
    "sql",
    "to",
    "a.b",
    "event",
    "",
    "__proto__",
    "paths",
    "ids",
    "token",
];

fn names() -> impl Strategy<Value = String> {
    vec(select(VERBS), 1..4).prop_map(|words| words.join("_"))
}

fn schemas() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "string", "description": "Absolute path of a file", "maxLength": 10})),
        Just(json!({"type": "string", "format": "uri"})),
        Just(json!({"type": ["string", "null"], "default": null})),
        Just(json!({"type": "string", "enum": ["list", "delete", "force", "APPROVE"]})),
        Just(json!({"type": "string", "enum": ["delete"]})),
        Just(json!({"type": "string", "const": "/etc"})),
        Just(json!({"type": "string", "pattern": "^/work/[a-z]*$"})),
        Just(json!({"type": "integer", "minimum": 1, "maximum": 5})),
        Just(json!({"type": "number", "minimum": 50_000})),
        Just(json!({"type": "number", "exclusiveMaximum": 0})),
        Just(json!({"type": "array", "items": {"type": "string"}})),
        Just(json!({"anyOf": [{"type": "string"}, {"type": "null"}]})),
        Just(json!({"type": "object", "properties": {"path": {"type": "string"}}})),
        Just(json!({"$ref": "#/properties/path"})),
        Just(json!(true)),
        Just(json!(null)),
    ]
}

fn definitions() -> impl Strategy<Value = ToolDefinition> {
    let properties = vec((select(ARGUMENTS), schemas(), any::<bool>()), 0..5);
    (names(), properties, any::<bool>(), proptest::option::of(any::<bool>())).prop_map(
        |(name, properties, is_closed, is_destructive)| {
            let required: Vec<&str> =
                properties.iter().filter(|(.., needed)| *needed).map(|(name, ..)| *name).collect();
            let known: Map<String, Value> =
                properties.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())).collect();
            let mut schema = json!({"type": "object", "properties": known, "required": required});
            if is_closed {
                schema["additionalProperties"] = json!(false);
            }
            let written = json!({"name": name, "description": "It does it.", "inputSchema": schema,
                "annotations": {"destructiveHint": is_destructive}});
            serde_json::from_value(written).unwrap()
        },
    )
}

fn state_of(treatment: Treatment) -> &'static [ToolState] {
    match treatment {
        Treatment::Allow => &[ToolState::Allow, ToolState::Custom],
        Treatment::Limit => &[ToolState::Custom],
        Treatment::Approval => &[ToolState::Approval, ToolState::Custom],
        Treatment::Hide => &[ToolState::Hide],
        Treatment::Deny => &[ToolState::Deny],
    }
}

proptest! {
    #![proptest_config(examples(400))]

    #[test]
    fn a_recommended_policy_does_what_it_says(tools in vec(definitions(), 0..8), choice in select(&Choice::ALL[..])) {
        let assessed = assess_all(tools.clone());
        let recommendation = recommend(&assessed, choice);
        let done = recommendation.alone();
        let parsed = parse(&done.policy);
        prop_assert!(compile(&parsed).is_ok(), "{}\n{:?}", done.policy, parsed.diagnostics);
        let source = Source::new(&done.policy);
        let states = ToolStates::of(&source);
        for advice in &recommendation.tools {
            let state = states.of_tool(&advice.tool);
            prop_assert!(state_of(advice.treatment).contains(&state), "{}: {state:?}\n{}", advice.tool, done.policy);
        }
        for line in &done.lines {
            prop_assert!(source.find(&line.pointer).is_some(), "{}\n{}", line.pointer.as_str(), done.policy);
            prop_assert!(line.why.ends_with('.'), "{}", line.why);
        }
        // What is approved is told to be our own, and a policy that hides all that there is to deny every call.
        let has = |treatment| recommendation.tools.iter().any(|tool| tool.treatment == treatment);
        let is_known = |code| match code {
            Code::NotPortable => has(Treatment::Approval),
            Code::HideOnly => !(has(Treatment::Allow) || has(Treatment::Limit) || has(Treatment::Approval)),
            _ => false,
        };
        // A list with one name twice has two schemas, and a rule that suits the one may not suit the other.
        let mut names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
        names.sort_unstable();
        let is_clear = names.windows(2).all(|pair| pair[0] != pair[1]);
        for list in [None, is_clear.then_some(&*tools)] {
            for found in lint(&parsed, list) {
                let message = found.diagnostic.message;
                prop_assert!(is_known(found.diagnostic.code), "{message}\n{}", done.policy);
            }
        }
    }

    #[test]
    fn a_recommendation_is_done_once_and_leaves_the_rest(
        tools in vec(definitions(), 1..5),
        before in select(&[
            r#"{"version": "1", "default": "allow"}"#,
            r#"{"version": "1", "default": "deny", "tools": {"get": {"limits": []}, "run": {"deny_if": [{"conditions": []}]}}}"#,
            "{\n  // mine\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"hide\": [\"run\", \"delete\"],\n  \"tools\": { \"mine\": {} }\n}\n",
        ][..]),
        choice in select(&Choice::ALL[..]),
    ) {
        let recommendation = recommend(&assess_all(tools), choice);
        let after = recommendation.onto(before).unwrap();
        prop_assert!(compile(&parse(&after.policy)).is_ok(), "{}", after.policy);
        prop_assert_eq!(&recommendation.onto(&after.policy).unwrap().policy, &after.policy);
        let keeps = |part: &str| before.contains(part) == after.policy.contains(part);
        prop_assert!(keeps("// mine") && keeps("\"mine\": {}"), "{}", after.policy);
    }

    #[test]
    fn a_tighter_choice_never_lets_more_through(tools in vec(definitions(), 1..6)) {
        let assessed = assess_all(tools);
        let rank = |treatment| match treatment {
            Treatment::Hide | Treatment::Deny => 0,
            Treatment::Approval => 1,
            Treatment::Limit => 2,
            Treatment::Allow => 3,
        };
        let [strict, balanced, permissive] = Choice::ALL.map(|choice| recommend(&assessed, choice));
        for ((strict, balanced), permissive) in strict.tools.iter().zip(&balanced.tools).zip(&permissive.tools) {
            prop_assert!(rank(strict.treatment) <= rank(balanced.treatment));
            prop_assert!(rank(balanced.treatment) <= rank(permissive.treatment));
        }
        for tool in &assessed {
            let is_grave = tool.risk.category >= Some(Category::Destructive);
            let freely = |all: &gatewright_core::recommend::Recommendation| {
                let advice = all.tools.iter().find(|advice| advice.tool == tool.tool.name).unwrap();
                rank(advice.treatment) > 1
            };
            prop_assert!(!is_grave || !freely(&permissive), "{} is grave, and may be called unasked", tool.tool.name);
        }
    }
}
