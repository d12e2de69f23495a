//! The arguments that a tool says it takes: paths for a picker, read from its JSON Schema.
//!
//! A schema is the server's own word and is often loose. So this is help for writing, never a check: any path may be
//! written, and of one that the schema does not name no more is said than that. See core's lints for what is certain.

use gatewright_core::path::ArgPath;
use serde_json::Value;

/// So deep, and so many, arguments are listed; beyond it any path may still be typed.
const DEEPEST: usize = 6;
const MOST: usize = 300;
/// References are followed so far, for a schema may refer to itself.
const MOST_REFERENCES: usize = 8;

/// An argument that a schema names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its path: `args.filter.owner`.
    pub path: String,
    /// Its type in the schema's words, as far as it says: `integer`, `string or null`.
    pub kind: String,
    /// Whether each call has to have it.
    pub is_required: bool,
}

impl Argument {
    /// What is known of it: `integer · required`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let required = if self.is_required { "required" } else { "optional" };
        if self.kind.is_empty() { required.to_owned() } else { format!("{} · {required}", self.kind) }
    }

    /// Whether it is a number at least sometimes.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.kind.split(" or ").any(|kind| kind == "number" || kind == "integer")
    }
}

/// What a schema says of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It names it.
    Named(Argument),
    /// It does not, though it names others there.
    NotNamed,
    /// It says nothing of what is there.
    Open,
}

/// The arguments that a schema names, those of an object after it.
#[must_use]
pub fn arguments(schema: &Value) -> Vec<Argument> {
    let mut found = Vec::new();
    collect(schema, schema, "args", true, 0, &mut found);
    found
}

/// The argument that a new condition most likely asks about, or that a new sum adds up: one that each call has, near
/// the top, and neither a list nor an object.
#[must_use]
pub fn likeliest(arguments: &[Argument], of_numbers: bool) -> Option<&Argument> {
    let fits = |argument: &&Argument| {
        let is_compound = argument.kind.split(" or ").any(|kind| kind == "object" || kind == "array");
        if of_numbers { argument.is_number() } else { !is_compound }
    };
    let rank = |argument: &&Argument| (!argument.is_required, argument.path.matches('.').count());
    arguments.iter().filter(fits).min_by_key(rank)
}

/// What a schema says of a path.
#[must_use]
pub fn known(schema: &Value, path: &str) -> Known {
    let Ok(parsed) = ArgPath::parse(path) else { return Known::Open };
    let mut at = schema;
    let mut is_required = true;
    for key in parsed.keys() {
        let properties = properties(schema, at);
        if properties.is_empty() {
            return Known::Open;
        }
        is_required &= requires(schema, at, key);
        match properties.into_iter().find(|(name, _)| *name == key) {
            Some((_, property)) => at = property,
            None => return Known::NotNamed,
        }
    }
    Known::Named(Argument { path: path.to_owned(), kind: kind(schema, at), is_required })
}

fn collect<'s>(
    root: &'s Value,
    shape: &'s Value,
    place: &str,
    is_required: bool,
    depth: usize,
    found: &mut Vec<Argument>,
) {
    for (name, property) in properties(root, shape) {
        // A key that is empty or has a dot in it cannot be named by a path.
        if found.len() >= MOST || name.is_empty() || name.contains('.') {
            continue;
        }
        let path = format!("{place}.{name}");
        let is_required = is_required && requires(root, shape, name);
        found.push(Argument { path: path.clone(), kind: kind(root, property), is_required });
        if depth + 1 < DEEPEST {
            collect(root, property, &path, is_required, depth + 1, found);
        }
    }
}

/// The schema itself, or what it refers to within the document.
fn resolved<'s>(root: &'s Value, mut shape: &'s Value) -> &'s Value {
    for _ in 0..MOST_REFERENCES {
        let pointer = shape.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        match pointer.and_then(|pointer| root.pointer(pointer)) {
            Some(referred) => shape = referred,
            None => break,
        }
    }
    shape
}

/// The schema and those that it is put together from, references followed.
fn parts<'s>(root: &'s Value, shape: &'s Value) -> Vec<&'s Value> {
    let shape = resolved(root, shape);
    let mut parts = vec![shape];
    for word in ["allOf", "anyOf", "oneOf"] {
        let choices = shape.get(word).and_then(Value::as_array);
        parts.extend(choices.into_iter().flatten().map(|choice| resolved(root, choice)));
    }
    parts
}

/// The keys of an object and their schemas, each once.
fn properties<'s>(root: &'s Value, shape: &'s Value) -> Vec<(&'s str, &'s Value)> {
    let mut found: Vec<(&str, &Value)> = Vec::new();
    for part in parts(root, shape) {
        for (name, property) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if !found.iter().any(|(known, _)| known == name) {
                found.push((name, property));
            }
        }
    }
    found
}

/// Whether an object has to have a key, by its own word: choices between schemas require nothing for certain.
fn requires(root: &Value, shape: &Value, key: &str) -> bool {
    let names = resolved(root, shape).get("required").and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|name| name.as_str() == Some(key)))
}

/// The types in the schema's words.
fn kind(root: &Value, shape: &Value) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for part in parts(root, shape) {
        let named = match part.get("type") {
            Some(Value::String(name)) => vec![name.as_str()],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ if part.get("enum").is_some() => vec!["one of a list"],
            _ => Vec::new(),
        };
        for name in named {
            if !kinds.contains(&name) {
                kinds.push(name);
            }
        }
    }
    kinds.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_schema_becomes_paths() {
        #[rustfmt::skip]
        let cases = [
            (r#"{"type": "object", "properties": {"amount": {"type": "integer"}, "note": {"type": "string"}}, "required": ["amount"]}"#,
             "args.amount: integer · required; args.note: string · optional", "types, and what is required"),
            (r#"{"properties": {"filter": {"type": "object", "properties": {"owner": {"type": "string"}}, "required": ["owner"]}}, "required": ["filter"]}"#,
             "args.filter: object · required; args.filter.owner: string · required", "an object's own arguments come after it"),
            (r#"{"properties": {"filter": {"type": "object", "properties": {"owner": {"type": "string"}}, "required": ["owner"]}}}"#,
             "args.filter: object · optional; args.filter.owner: string · optional", "required inside what is optional"),
            (r##"{"properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": ["number", "null"]}}}"##,
             "args.a: number or null · optional", "references and several types"),
            (r##"{"properties": {"a": {"$ref": "#"}}}"##,
             "args.a: optional; args.a.a: optional; args.a.a.a: optional; args.a.a.a.a: optional; args.a.a.a.a.a: optional; args.a.a.a.a.a.a: optional", "a schema that holds itself ends"),
            (r##"{"$ref": "#"}"##, "", "and so does one that is itself"),
            (r#"{"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"b": {}}}]}}}"#,
             "args.a: string or object · optional; args.a.b: optional", "choices"),
            (r#"{"properties": {"a": {"enum": [1, "x"]}}}"#, "args.a: one of a list · optional", "a list of values"),
            (r#"{"properties": {"a.b": {}, "": {}, "c": true}}"#, "args.c: optional", "keys that no path names"),
            ("{}", "", "nothing is said"),
            ("null", "", "no schema"),
        ];
        for (text, expected, why) in cases {
            let found = arguments(&schema(text));
            let shown: Vec<String> =
                found.iter().map(|found| format!("{}: {}", found.path, found.in_words())).collect();
            assert_eq!(shown.join("; "), expected, "{why}");
        }
    }

    #[test]
    fn a_path_is_looked_up() {
        let schema = schema(
            r#"{"properties": {"amount": {"type": "integer"}, "filter": {"type": "object", "properties": {"owner": {}}}, "any": {}}}"#,
        );
        #[rustfmt::skip]
        let cases = [
            ("args.amount",       "named",     "an argument"),
            ("args.filter.owner", "named",     "a nested one"),
            ("args.ammount",      "not named", "a slip of the finger"),
            ("args.filter.x",     "not named", "a nested one"),
            ("args.amount.x",     "open",      "nothing is said of what is in a number"),
            ("args.any.x",        "open",      "anything may be there"),
            ("amount",            "open",      "no path: core says so"),
        ];
        for (path, expected, why) in cases {
            let found = match known(&schema, path) {
                Known::Named(_) => "named",
                Known::NotNamed => "not named",
                Known::Open => "open",
            };
            assert_eq!(found, expected, "{path}: {why}");
        }
        let Known::Named(amount) = known(&schema, "args.amount") else { panic!("it is named") };
        assert!(amount.is_number());
    }

    #[test]
    fn the_likeliest_argument_is_one_that_each_call_has() {
        #[rustfmt::skip]
        let cases = [
            (r#"{"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["b"]}"#, Some("args.b"), None, "required"),
            (r#"{"properties": {"a": {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}, "b": {"type": "integer"}}, "required": ["a", "b"]}"#, Some("args.b"), Some("args.b"), "near the top"),
            (r#"{"properties": {"a": {"type": "array"}, "b": {}}}"#, Some("args.b"), None, "no list"),
            (r#"{"properties": {"a": {"type": "object"}}}"#, None, None, "an object alone"),
        ];
        for (text, any, number, why) in cases {
            let known = arguments(&schema(text));
            let path = |of_numbers| likeliest(&known, of_numbers).map(|found| found.path.as_str());
            assert_eq!((path(false), path(true)), (any, number), "{why}");
        }
    }

    #[test]
    fn a_schema_of_many_arguments_is_cut_off() {
        let keys: Vec<String> = (0..1_000).map(|key| format!("\"k{key}\": {{}}")).collect();
        let text = format!("{{\"properties\": {{{}}}}}", keys.join(","));
        assert_eq!(arguments(&schema(&text)).len(), MOST);
    }
}
