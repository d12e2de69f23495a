//! A definition as the one JSON text that is hashed.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Number, Value};

use crate::tool::{Annotations, ToolDefinition};

/// The definition with sorted keys, nothing between its tokens, and numbers by their value.
pub(super) fn json(tool: &ToolDefinition) -> String {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let members = [
        ("annotations", hints(tool.annotations)),
        ("description", text(&tool.description)),
        ("inputSchema", tool.input_schema.clone()),
        ("name", Some(Value::from(tool.name.as_str()))),
        ("outputSchema", tool.output_schema.clone()),
        ("title", text(&tool.title)),
    ];
    let there = members.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?)));
    let mut out = String::new();
    write(&Value::Object(there.collect()), &mut out);
    out
}

/// The hints that are stated; none where none is.
fn hints(hints: Annotations) -> Option<Value> {
    let all = super::parts::HINTS.into_iter();
    let stated: Map<String, Value> =
        all.filter_map(|hint| Some((hint.name.to_string(), Value::Bool((hint.of)(hints)?)))).collect();
    (!stated.is_empty()).then_some(Value::Object(stated))
}

/// Whether two values have the same canonical text.
pub(super) fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let text = |value: Option<&Value>| {
        let mut out = String::new();
        if let Some(value) = value {
            write(value, &mut out);
        }
        out
    };
    one == other || text(one) == text(other)
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(&Value::from(key.as_str()), out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Number(written) => number(written, out),
        other => out.push_str(&other.to_string()),
    }
}

/// A number by its value as a double: `1`, `1.0` and `1e0` are the same, wherever they were read.
fn number(number: &Number, out: &mut String) {
    let text = match number.as_f64().and_then(Number::from_f64) {
        Some(double) => double.to_string(),
        None => number.to_string(),
    };
    let text = text.strip_suffix(".0").unwrap_or(&text);
    out.push_str(if text == "-0" { "0" } else { text });
}
