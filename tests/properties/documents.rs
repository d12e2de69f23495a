//! Texts: nothing panics, nothing is lost, and what is JSON is read as JSON.

use gatewright_core::diagnostic::{Code, Diagnostic, apply};
use gatewright_core::source::{Node, Source, Value as Written};
use gatewright_core::{compile, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::examples;
use crate::sketch::sketches;

/// Pieces of which texts are made that are nearly policies.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u",
    "\\ud83e",
    "\\udd16",
    "\\u0000",
    "//",
    "/*",
    "*/",
    "\n",
    "\r",
    "\t",
    " ",
    "\u{feff}",
    "\u{0}",
    "é",
    "🧪",
    "\u{202e}",
    "-",
    "+",
    ".",
    "0",
    "1",
    "10",
    "1e",
    "1e400",
    "-0",
    "0.1",
    "null",
    "true",
    "false",
    "nul",
    "\"version\"",
    "\"1\"",
    "\"default\"",
    "\"deny\"",
    "\"hide\"",
    "\"tools\"",
    "\"all_tools\"",
    "\"limits\"",
    "\"counter\"",
    "\"window\"",
    "\"max\"",
    "\"scope\"",
    "\"grant\"",
    "\"require\"",
    "\"a\"",
    "\"\\u0061\"",
];

/// A change to a text at two places.
type Change = (u8, Index, Index, &'static str);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    vec((0..5_u8, any::<Index>(), any::<Index>(), select(PIECES.to_vec())), 1..4)
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (kind, one, other, piece) in changes {
        let (one, other) = (one.index(text.len() + 1), other.index(text.len() + 1));
        let (start, end) = (one.min(other), one.max(other));
        match kind {
            0 => drop(text.drain(start..end.min(start + 3))),
            1 => drop(text.drain(start..end)),
            2 => drop(text.splice(start..start, piece.chars())),
            3 => drop(text.splice(start..end.min(start + 1), piece.chars())),
            _ => {
                let copy: Vec<char> = text.iter().skip(start).take((end - start).min(40)).copied().collect();
                text.splice(start..start, copy);
            }
        }
    }
    text.into_iter().collect()
}

/// What must hold of any text.
fn read_well(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new(text);
    prop_assert_eq!(source.text(), text);
    let parsed = parse(text);
    prop_assert_eq!(parsed.source.text(), text);
    let places: Vec<usize> = parsed.diagnostics.iter().map(|found| found.location.start).collect();
    prop_assert!(places.is_sorted(), "in the order of the text");
    for found in &parsed.diagnostics {
        stands_in(found, text)?;
    }
    prop_assert_eq!(compile(&parsed).is_ok(), parsed.diagnostics.is_empty());
    let refused = source.diagnostics().iter().find(|found| found.code != Code::DuplicateKey);
    let too_deep = refused.is_some_and(|found| found.code == Code::TooDeep);
    if let (Some(is_json), false, false) = (is_json(text), too_deep, has_extras(text)) {
        prop_assert_eq!(refused.is_none(), is_json, "serde_json and this parser disagree: {:?}", refused);
    }
    Ok(())
}

/// Comments and a byte order mark are taken here and not by others.
fn has_extras(text: &str) -> bool {
    text.contains("//") || text.contains("/*") || text.starts_with('\u{feff}')
}

/// What `serde_json` says. None where it stops at a number too large for a double: here they stay as spelled.
fn is_json(text: &str) -> Option<bool> {
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Some(true),
        Err(error) if error.to_string().starts_with("number out of range") => None,
        Err(_) => Some(false),
    }
}

fn stands_in(found: &Diagnostic, text: &str) -> Result<(), TestCaseError> {
    let (start, end) = (found.location.start, found.location.end);
    prop_assert!(text.get(start..end).is_some(), "{start}..{end} is a stretch of the text");
    let before = text.get(..start).unwrap_or_default();
    prop_assert_eq!(found.location.line, before.matches('\n').count() + 1);
    let visible = before.strip_prefix('\u{feff}').unwrap_or(before);
    let line = visible.rsplit('\n').next().unwrap_or_default();
    prop_assert_eq!(found.location.column, line.chars().count() + 1, "a byte order mark is no column");
    for related in &found.related {
        prop_assert!(text.get(related.location.start..related.location.end).is_some());
    }
    if let Some(fix) = &found.fix {
        prop_assert!(apply(text, &fix.edits).is_some(), "edits are apart and in the text");
    }
    Ok(())
}

/// What this parser read, as `serde_json` would hold it; none where something was not understood.
fn read(node: &Node) -> Option<Value> {
    Some(match &node.value {
        Written::Broken => return None,
        Written::Null => Value::Null,
        Written::Bool(value) => Value::Bool(*value),
        Written::Number(spelled) => Value::Number(serde_json::from_str(spelled).ok()?),
        Written::Text(text) => Value::String(text.clone()),
        Written::List(items) => Value::Array(items.iter().map(read).collect::<Option<_>>()?),
        Written::Object(members) => {
            let members = members.iter().map(|member| Some((member.key.clone(), read(&member.node)?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
    })
}

fn json_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let list = vec(inner.clone(), 0..6).prop_map(Value::from);
        let object = vec((any::<String>(), inner), 0..6);
        prop_oneof![list, object.prop_map(|members| Value::Object(members.into_iter().collect()))]
    })
}

/// The same JSON with every character of its strings as an escape.
fn escaped(value: &Value) -> String {
    let text = |text: &str| {
        let escapes: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{}\"", escapes.concat())
    };
    match value {
        Value::String(string) => text(string),
        Value::Array(items) => format!("[{}]", items.iter().map(escaped).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{}:{}", text(key), escaped(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(examples(1_000))]

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        read_well(&text)?;
    }

    #[test]
    fn texts_that_are_nearly_json_are_read_without_panic(pieces in vec(select(PIECES.to_vec()), 0..30)) {
        read_well(&pieces.concat())?;
    }

    #[test]
    fn policies_with_mistakes_are_read_without_panic(sketch in sketches(), changes in changes()) {
        read_well(&changed(&sketch.text(), &changes))?;
    }

    #[test]
    fn a_fix_removes_what_it_is_for(sketch in sketches(), changes in changes()) {
        let text = changed(&sketch.text(), &changes);
        let before = parse(&text).diagnostics;
        for found in &before {
            let Some(fix) = &found.fix else { continue };
            let repaired = apply(&text, &fix.edits).unwrap();
            let same = |other: &&Diagnostic| {
                (other.code, &other.pointer, &other.message) == (found.code, &found.pointer, &found.message)
            };
            let after = parse(&repaired).diagnostics;
            prop_assert!(
                after.iter().filter(same).count() < before.iter().filter(same).count(),
                "{found} is still there in {repaired}"
            );
        }
    }

    #[test]
    fn json_is_read_as_json(value in json_values()) {
        let spellings = [value.to_string(), serde_json::to_string_pretty(&value).unwrap(), escaped(&value)];
        for text in spellings {
            let source = Source::new(&text);
            prop_assert_eq!(source.diagnostics(), &[], "{}", text);
            prop_assert_eq!(read(source.root()), serde_json::from_str(&text).ok(), "{}", text);
        }
    }
}
