//! Arguments that a tool would take, made from its schema: those that it requires, and no others.
//!
//! They are plausible, not meaningful. What a schema says of a text beyond its format is not followed.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value};

/// How deep required objects are made.
const DEEPEST: usize = 6;
/// The most values of one specimen: a schema that refers to itself has no end.
const MOST_VALUES: usize = 200;
/// The most items of a list that its schema asks for.
const MOST_ITEMS: u64 = 3;

/// The arguments that a schema requires.
pub(super) fn required(schema: Option<&Value>) -> Map<String, Value> {
    let Some(root) = schema else { return Map::new() };
    let mut maker = Maker { root, left: MOST_VALUES };
    match maker.object(root, 0) {
        Value::Object(args) => args,
        _ => Map::new(),
    }
}

struct Maker<'s> {
    root: &'s Value,
    left: usize,
}

impl<'s> Maker<'s> {
    /// What a schema stands for: itself, or what it refers to within the root.
    fn meant(&self, schema: &'s Value) -> &'s Value {
        let mut at = schema;
        for _ in 0..DEEPEST {
            let target = at.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
            let Some(found) = target.and_then(|to| self.root.pointer(to)) else { break };
            at = found;
        }
        at
    }

    fn object(&mut self, schema: &'s Value, depth: usize) -> Value {
        let schema = self.meant(schema);
        let properties = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array);
        let mut object = Map::new();
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let property = properties.and_then(|all| all.get(name)).unwrap_or(&Value::Null);
            object.insert(name.to_string(), self.value(name, property, depth + 1));
        }
        Value::Object(object)
    }

    fn value(&mut self, name: &str, schema: &'s Value, depth: usize) -> Value {
        let schema = self.meant(schema);
        if depth > DEEPEST || self.left == 0 {
            return Value::Null;
        }
        self.left -= 1;
        if let Some(value) = schema.get("const").or_else(|| schema.get("default")) {
            return value.clone();
        }
        for word in ["enum", "examples"] {
            if let Some(value) = schema.get(word).and_then(|list| list.get(0)) {
                return value.clone();
            }
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            let choices = schema.get(word).and_then(Value::as_array);
            let is_null = |choice: &&Value| choice.get("type").and_then(Value::as_str) == Some("null");
            if let Some(choice) = choices.and_then(|all| all.iter().find(|choice| !is_null(choice))) {
                return self.value(name, choice, depth + 1);
            }
        }
        match type_of(schema) {
            Some("integer" | "number") => ["minimum", "exclusiveMinimum"]
                .into_iter()
                .find_map(|word| schema.get(word).map(above))
                .unwrap_or(1.into()),
            Some("boolean") => Value::Bool(false),
            Some("null") => Value::Null,
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let items = schema.get("items").unwrap_or(&Value::Null);
                let many = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, MOST_ITEMS);
                (0..many).map(|_| self.value(name, items, depth + 1)).collect()
            }
            _ if schema.get("properties").is_some() => self.object(schema, depth),
            _ => Value::from(text(name, schema.get("format").and_then(Value::as_str).unwrap_or_default())),
        }
    }
}

/// The first type that a schema names, null aside.
pub(super) fn type_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    }
}

/// A whole number that is not below a bound.
fn above(bound: &Value) -> Value {
    match bound.as_i64() {
        Some(whole) => Value::from(whole.max(0).saturating_add(1)),
        None => bound.clone(),
    }
}

/// A text, by what its argument is called.
fn text(name: &str, format: &str) -> &'static str {
    let is = |words: &[&str]| has_word(name, words);
    match format {
        "date-time" => "2026-01-05T10:00:00Z",
        "date" => "2026-01-05",
        "email" => "person@example.com",
        "uri" | "url" => "https://example.com/",
        "uuid" => "00000000-0000-4000-8000-000000000001",
        _ if is(&["url", "uri", "link", "endpoint", "webhook"]) => "https://example.com/",
        _ if is(&["email", "recipient", "recipients", "to", "cc", "bcc"]) => "person@example.com",
        _ if is(&["path", "file", "filename", "filepath", "paths", "files"]) => "notes.txt",
        _ if is(&["dir", "directory", "folder"]) => "notes",
        _ if is(&["date", "since", "until", "after", "before"]) => "2026-01-05",
        _ => "text",
    }
}

/// Whether a name has one of some words in it: `targetUrl` and `target_url` have `url`.
pub(super) fn has_word(name: &str, words: &[&str]) -> bool {
    words_of(name).iter().any(|word| words.contains(&word.as_str()))
}

/// The words of a name, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut begins, mut is_small) = (true, false);
    for letter in name.chars().take(128) {
        if !letter.is_alphanumeric() {
            begins = true;
            continue;
        }
        if begins || (is_small && letter.is_uppercase()) {
            words.push(String::new());
        }
        (begins, is_small) = (false, letter.is_lowercase());
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_made_of_what_a_schema_requires() {
        let of = |properties: Value, required: Value| json!({"type": "object", "properties": properties, "required": required});
        #[rustfmt::skip]
        let cases = [
            (of(json!({"path": {"type": "string"}, "head": {"type": "number"}}), json!(["path"])), json!({"path": "notes.txt"}), "only what is required"),
            (of(json!({"n": {"type": "integer", "minimum": 5}}), json!(["n"])), json!({"n": 6}), "above a bound"),
            (of(json!({"n": {"type": "integer"}}), json!(["n"])), json!({"n": 1}), "any number"),
            (of(json!({"state": {"enum": ["open", "closed"]}}), json!(["state"])), json!({"state": "open"}), "the first of a few"),
            (of(json!({"to": {"type": ["null", "array"], "items": {"type": "string"}}}), json!(["to"])), json!({"to": ["person@example.com"]}), "a list, by its name"),
            (of(json!({"targetUrl": {"anyOf": [{"type": "null"}, {"type": "string"}]}}), json!(["targetUrl"])), json!({"targetUrl": "https://example.com/"}), "a choice"),
            (of(json!({}), json!(["x"])), json!({"x": "text"}), "nothing is said of it"),
            (json!({"$ref": "#"}), json!({}), "it refers to itself"),
            (json!({"$defs": {"o": {"type": "object", "required": ["o"], "properties": {"o": {"$ref": "#/$defs/o"}}}}, "$ref": "#/$defs/o"}),
                json!({"o": {"o": {"o": {"o": {"o": {"o": {"o": null}}}}}}}), "it has no end"),
        ];
        for (schema, expected, why) in cases {
            assert_eq!(Value::Object(required(Some(&schema))), expected, "{schema}: {why}");
        }
        assert!(required(None).is_empty());
    }

    #[test]
    fn names_are_read_as_words() {
        for (name, expected) in
            [("targetUrl", "target url"), ("to_URL", "to url"), ("id2", "id2"), ("__", "")]
        {
            assert_eq!(words_of(name).join(" "), expected, "{name}");
        }
    }
}
