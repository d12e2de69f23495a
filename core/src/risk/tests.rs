use alloc::format;

use serde_json::json;

use super::*;
use crate::tool::{Annotations, read_tools};

mod arguments;
mod definitions;
mod hostile;
mod names;

/// A tool of a name and a description; none where it is empty.
fn tool(name: &str, description: &str) -> ToolDefinition {
    ToolDefinition {
        name: name.to_string(),
        description: Some(description.to_string()).filter(|text| !text.is_empty()),
        ..ToolDefinition::default()
    }
}

/// A tool with arguments, those named with a `!` required: `path! limit:integer`.
fn with_arguments(name: &str, arguments: &str) -> ToolDefinition {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for argument in arguments.split_whitespace() {
        let (named, of) = argument.split_once(':').unwrap_or((argument, "string"));
        let plain = named.trim_end_matches('!');
        if plain != named {
            required.push(plain);
        }
        properties.insert(plain.to_string(), json!({"type": of}));
    }
    let schema = json!({"type": "object", "properties": properties, "required": required});
    ToolDefinition { input_schema: Some(schema), ..tool(name, "") }
}

/// `write medium`.
fn in_short(risk: &Risk) -> String {
    format!("{} {}", risk.category.map_or("undecided", Category::as_str), risk.level.as_str())
}

fn kinds(risk: &Risk) -> Vec<&'static str> {
    let mut kinds: Vec<_> = risk.signals.iter().map(|signal| signal.kind.as_str()).collect();
    kinds.dedup();
    kinds
}

#[test]
fn a_hint_counts_where_it_is_the_cautious_one() {
    let tool = |name: &str, hint| ToolDefinition {
        name: name.to_string(),
        annotations: Annotations { read_only_hint: hint, ..Annotations::default() },
        ..ToolDefinition::default()
    };
    #[rustfmt::skip]
    let cases = [
        ("run",      Some(true),  true,  "it says that it only reads, and its name says otherwise"),
        ("customer", Some(true),  false, "nothing speaks against it"),
        ("list",     Some(false), true,  "it says itself that it writes"),
        ("list",     None,        false, "not stated, and its name only reads"),
        ("customer", None,        true,  "nothing is stated at all"),
    ];
    for (name, hint, expected, why) in cases {
        assert_eq!(writes(name, Some(&tool(name, hint))), expected, "{name}: {why}");
    }
    assert!(!writes("customer", None), "without a definition, no verb is no finding");
}

#[test]
fn hints_raise_and_never_lower() {
    let hints = |read_only_hint, destructive_hint| Annotations {
        read_only_hint,
        destructive_hint,
        ..Annotations::default()
    };
    #[rustfmt::skip]
    let cases = [
        // name        readOnly     destructive  then                  contradicted  why
        ("pytest",     Some(true),  None,        "execute high",       true,  "that it only reads is not believed"),
        ("write_file", Some(true),  Some(false), "write medium",       true,  "nor here"),
        ("delete_all", None,        Some(false), "destructive critical", true, "nor that it destroys nothing"),
        ("list_files", Some(true),  None,        "read low",           false, "it says what the name says"),
        ("list_files", Some(false), None,        "write medium",       false, "it says more"),
        ("list_files", None,        Some(true),  "read high",          false, "the level is raised, what it does is not made up"),
        ("write_file", Some(false), Some(true),  "write high",         false, "raised"),
        ("list_files", Some(true),  Some(true),  "read low",           false, "MCP: what only reads destroys nothing"),
        ("customer",   Some(true),  None,        "undecided medium",   false, "an unchecked word alone decides nothing mild"),
        ("customer",   Some(false), Some(false), "write medium",       false, "the cautious word decides"),
        ("customer",   None,        Some(true),  "destructive high",   false, "the cautious word decides"),
        ("customer",   None,        None,        "undecided medium",   false, "nothing is known"),
    ];
    for (name, read_only, destructive, then, contradicted, why) in cases {
        let risk = assess(&ToolDefinition { annotations: hints(read_only, destructive), ..tool(name, "") });
        assert_eq!((in_short(&risk).as_str(), risk.is_contradicted()), (then, contradicted), "{name}: {why}");
        assert!(!risk.reasons.is_empty(), "{name}: there is always a reason");
    }
}

#[test]
fn a_person_overrules() {
    let risk = assess(&tool("pytest", "")).overruled_by(Category::Read);
    assert_eq!(
        (in_short(&risk).as_str(), risk.overruled, risk.source_in_words()),
        ("read low", true, "set by you")
    );
    assert!(!risk.reasons.is_empty() && !risk.signals.is_empty(), "what was found stays");
}

#[test]
fn who_says_so_is_told() {
    let read = |text: &str| assess(&read_tools(text).unwrap()[0]);
    #[rustfmt::skip]
    let cases = [
        (r#"[{"name": "run"}]"#,                                           "guessed from the name"),
        (r#"[{"name": "run", "annotations": {"readOnlyHint": true}}]"#,    "guessed from the name; the server's own annotation says less"),
        (r#"[{"name": "coverage", "description": "Runs tests."}]"#,        "guessed from the description"),
        (r#"[{"name": "db", "inputSchema": {"properties": {"sql": {"type": "string"}}}}]"#, "guessed from the arguments"),
        (r#"[{"name": "customer", "annotations": {"readOnlyHint": false}}]"#, "the server's own annotation, unverified"),
        (r#"[{"name": "customer", "annotations": {"readOnlyHint": true}}]"#, "the definition does not say"),
    ];
    for (text, source) in cases {
        assert_eq!(read(text).source_in_words(), source, "{text}");
    }
}

#[test]
fn it_is_plain_data() {
    let risk = assess(&with_arguments("write_file", "path!"));
    assert_eq!(
        serde_json::to_value(&risk).unwrap(),
        json!({
            "category": "write",
            "level": "medium",
            "reasons": [{"place": {"in": "name"}, "words": "write", "why": "The name says that it changes something."}],
            "signals": [
                {
                    "kind": "file_system_path",
                    "evidence": {
                        "place": {"in": "schema", "pointer": "/properties/path"},
                        "words": "path",
                        "why": "It takes the path of a file or a folder."
                    }
                },
                {
                    "kind": "missing_description",
                    "evidence": {"place": {"in": "description"}, "words": "", "why": "Nothing tells what it is for."}
                }
            ],
            "overruled": false
        })
    );
    for category in Category::ALL {
        assert_eq!(Category::from_word(category.as_str()), Some(category));
        assert_eq!(serde_json::to_value(category).unwrap(), category.as_str());
    }
}

#[test]
fn labels_are_in_order_and_of_known_words() {
    let labels = include_str!("../../examples/risk_confusion/labels.tsv");
    let lines: Vec<Vec<&str>> =
        labels.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    assert!(lines.len() >= 150, "{}", lines.len());
    for fields in &lines {
        assert!((4..=5).contains(&fields.len()), "{fields:?}");
        assert!(Category::from_word(fields[2]).is_some(), "{fields:?}");
        let levels = [Level::Low, Level::Medium, Level::High, Level::Critical];
        assert!(levels.iter().any(|level| level.as_str() == fields[3]), "{fields:?}");
    }
    assert!(
        lines.is_sorted_by(|one, other| (one[0], one[1]) < (other[0], other[1])),
        "the halves follow from the order"
    );
}
