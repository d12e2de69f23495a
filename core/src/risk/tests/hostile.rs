use proptest::prelude::*;

use super::*;

#[test]
fn long_and_deep_definitions_harm_nothing() {
    let deep = (0..100).fold(json!({"type": "string"}), |inner, _| json!({"properties": {"path": inner}}));
    let wide: serde_json::Map<_, _> =
        (0..5_000).map(|number| (format!("path{number}"), json!({"type": "string"}))).collect();
    let choices: Vec<_> = (0..50_000).map(|_| json!({"properties": {"sql": {"type": "string"}}})).collect();
    let schemas = [
        deep,
        json!({"properties": wide}),
        json!({"anyOf": choices}),
        json!({"properties": []}),
        json!(true),
        json!([]),
    ];
    for schema in schemas {
        let risk = assess(&ToolDefinition { input_schema: Some(schema), ..tool("a", "b") });
        assert!(risk.signals.len() < 200, "{}", risk.signals.len());
    }
    let long = "delete ".repeat(1_000_000);
    let risk = assess(&tool(&long, &long));
    for words in risk.reasons.iter().chain(risk.signals.iter().map(|signal| &signal.evidence)) {
        assert!(words.words.chars().count() <= 200, "{}", words.words.len());
    }
}

#[test]
fn what_is_shown_hides_nothing() {
    let risk = assess(&with_arguments("dele\u{202e}te_file\n", "pa\u{202e}th! \u{200b}path!"));
    for evidence in risk.reasons.iter().chain(risk.signals.iter().map(|signal| &signal.evidence)) {
        assert!(!evidence.words.contains(['\u{202e}', '\u{200b}', '\n']), "{:?}", evidence.words);
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_judged_the_same_way_twice(
        name in "\\PC{0,20}|[a-zA-Z_-]{0,30}",
        description in "\\PC{0,80}|[a-z ,.|']{0,200}",
        argument in "\\PC{0,12}|[a-z_]{0,12}",
        about in "\\PC{0,40}",
    ) {
        let schema = json!({"properties": {argument.as_str(): {"type": "string", "description": about}}});
        let tool = ToolDefinition { input_schema: Some(schema), ..tool(&name, &description) };
        let risk = assess(&tool);
        prop_assert_eq!(&risk, &assess(&tool));
        prop_assert!(!risk.reasons.is_empty());
        prop_assert!(risk.category.is_some() || risk.level >= Level::Medium, "what is not known is not harmless");
        prop_assert!(risk.category.is_none_or(|category| risk.level >= category.level()));
        prop_assert!(risk.signals.is_sorted_by_key(|signal| signal.kind));
    }

    #[test]
    fn a_hint_never_lowers(
        name in prop::sample::select(&["list_files", "write_file", "run", "delete", "pay", "customer", "open_nodes", "log"][..]),
        description in prop::sample::select(&["", "Deletes a file.", "Lists files.", "Runs it.", "A thing."][..]),
        read_only in any::<Option<bool>>(),
        destructive in any::<Option<bool>>(),
    ) {
        let plain = tool(name, description);
        let annotations =
            Annotations { read_only_hint: read_only, destructive_hint: destructive, ..Annotations::default() };
        let (before, after) = (assess(&plain), assess(&ToolDefinition { annotations, ..plain }));
        prop_assert!(after.level >= before.level);
        prop_assert!(after.category >= before.category);
    }
}
