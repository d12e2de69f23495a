//! What changed between two definitions of one tool, part by part, in words.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::Value;

use super::canonical::is_same;
use crate::legible::quoted;
use crate::tool::{Annotations, ToolDefinition};

/// The most arguments of which each is told what became of it.
const ARGUMENTS_TOLD: usize = 12;

/// A part of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// What people are shown in place of the name.
    Title,
    /// What the model reads.
    Description,
    /// The schema of the arguments.
    Arguments,
    /// The schema of the results.
    Results,
    /// What the tool says of itself.
    Annotations,
}

/// A part that changed, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Which part.
    pub kind: PartKind,
    /// What changed, without a full stop: `the argument "force" is new, and optional`.
    pub words: String,
}

/// A hint of a tool about itself.
pub(super) struct Hint {
    pub(super) name: &'static str,
    pub(super) of: fn(Annotations) -> Option<bool>,
}

/// The hints that MCP names.
pub(super) const HINTS: [Hint; 4] = [
    Hint { name: "destructiveHint", of: |hints| hints.destructive_hint },
    Hint { name: "idempotentHint", of: |hints| hints.idempotent_hint },
    Hint { name: "openWorldHint", of: |hints| hints.open_world_hint },
    Hint { name: "readOnlyHint", of: |hints| hints.read_only_hint },
];

/// What changed; nothing where one of the two is not at hand.
pub(super) fn between(old: Option<&ToolDefinition>, new: Option<&ToolDefinition>) -> Vec<Part> {
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    let mut parts = Vec::new();
    let mut add = |kind, words| parts.push(Part { kind, words });
    if old.title != new.title {
        add(PartKind::Title, text("the title", old.title.as_deref(), new.title.as_deref()));
    }
    if old.description != new.description {
        let words = text("the description", old.description.as_deref(), new.description.as_deref());
        add(PartKind::Description, words);
    }
    if !is_same(old.input_schema.as_ref(), new.input_schema.as_ref()) {
        for words in arguments(old.input_schema.as_ref(), new.input_schema.as_ref()) {
            add(PartKind::Arguments, words);
        }
    }
    if !is_same(old.output_schema.as_ref(), new.output_schema.as_ref()) {
        add(PartKind::Results, "the schema of its results is another one".to_string());
    }
    for hint in &HINTS {
        let (before, now) = ((hint.of)(old.annotations), (hint.of)(new.annotations));
        if before != now {
            let word =
                |stated: Option<bool>| stated.map_or("not stated", |is| if is { "true" } else { "false" });
            let words = format!("`{}` was {}, and is {} now", hint.name, word(before), word(now));
            add(PartKind::Annotations, words);
        }
    }
    parts
}

/// What became of a text: what was taken out of it, and what stands there now.
fn text(what: &str, old: Option<&str>, new: Option<&str>) -> String {
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => return format!("{what} is new: {}", quoted(new)),
        (Some(old), None) => return format!("{what} is gone: {}", quoted(old)),
        (None, None) => return String::new(),
    };
    let (gone, come) = difference(old, new);
    match (gone.is_empty(), come.is_empty()) {
        (true, _) => format!("{what} has more in it: {}", quoted(come)),
        (_, true) => format!("{what} has less in it: {} is gone", quoted(gone)),
        _ => format!("in {what}, {} became {}", quoted(gone), quoted(come)),
    }
}

/// What stands between what two texts have in common at their starts and at their ends, whole words where there are some.
fn difference<'t>(old: &'t str, new: &'t str) -> (&'t str, &'t str) {
    let common = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(one, other)| one == other).map(|(letter, _)| letter.len_utf8()).sum()
    };
    let start = common(&mut old.chars().zip(new.chars()));
    // From the start of the word that is not the same any more.
    let start = old.get(..start).map_or(0, |same| match same.rfind(char::is_whitespace) {
        _ if old.len() == start || new.len() == start => start,
        Some(space) => {
            space + same.get(space..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
        }
        None => 0,
    });
    let (old, new) = (old.get(start..).unwrap_or(old), new.get(start..).unwrap_or(new));
    let end = common(&mut old.chars().rev().zip(new.chars().rev()));
    // Up to the end of the word that is not the same any more.
    let same = old.get(old.len().saturating_sub(end)..).unwrap_or_default();
    let end = same.find(char::is_whitespace).map_or(0, |space| end - space);
    let without = |text: &'t str| text.get(..text.len().saturating_sub(end)).unwrap_or(text);
    (without(old), without(new))
}

/// What became of the arguments.
fn arguments(old: Option<&Value>, new: Option<&Value>) -> Vec<String> {
    let (before, now) = (Arguments::of(old), Arguments::of(new));
    let mut words = Vec::new();
    let names: BTreeSet<&str> = before.names().chain(now.names()).collect();
    for name in names {
        let shown = quoted(name);
        let need = |required| if required { "required" } else { "optional" };
        let (was, is) = (before.requires(name), now.requires(name));
        match (before.property(name), now.property(name)) {
            (None, Some(_)) => words.push(format!("the argument {shown} is new, and {}", need(is))),
            (Some(_), None) => words.push(format!("the argument {shown} is gone")),
            (one, other) => {
                if was != is {
                    words.push(format!("the argument {shown} became {}", need(is)));
                }
                if !is_same(one, other) {
                    words.push(format!("the argument {shown} {}", property(one, other)));
                }
            }
        }
    }
    if words.len() > ARGUMENTS_TOLD {
        let more = words.len() - ARGUMENTS_TOLD;
        words.truncate(ARGUMENTS_TOLD);
        words.push(format!("{} more changes of its arguments", crate::amount::count(more)));
    }
    if words.is_empty() {
        words.push("the schema of its arguments is another one".to_string());
    }
    words
}

/// What became of one argument.
fn property(old: Option<&Value>, new: Option<&Value>) -> String {
    let keyword = |schema: Option<&Value>, word: &str| schema.and_then(|schema| schema.get(word)).cloned();
    let described = |schema: Option<&Value>| {
        keyword(schema, "description").and_then(|text| text.as_str().map(String::from))
    };
    if keyword(old, "type") != keyword(new, "type") {
        return "takes another type".to_string();
    }
    if keyword(old, "enum") != keyword(new, "enum") {
        return "takes other values".to_string();
    }
    let (before, now) = (described(old), described(new));
    if before != now {
        let words = text("its description", before.as_deref(), now.as_deref());
        return format!("is described otherwise: {words}");
    }
    "is described by another schema".to_string()
}

/// The arguments that a schema names.
struct Arguments<'s> {
    properties: Option<&'s serde_json::Map<String, Value>>,
    required: BTreeSet<&'s str>,
}

impl<'s> Arguments<'s> {
    fn of(schema: Option<&'s Value>) -> Self {
        let part = |word: &str| schema.and_then(|schema| schema.get(word));
        let required = part("required").and_then(Value::as_array);
        Self {
            properties: part("properties").and_then(Value::as_object),
            required: required.into_iter().flatten().filter_map(Value::as_str).collect(),
        }
    }

    fn names(&self) -> impl Iterator<Item = &'s str> {
        self.properties.into_iter().flat_map(|all| all.keys().map(String::as_str))
    }

    fn property(&self, name: &str) -> Option<&'s Value> {
        self.properties?.get(name)
    }

    fn requires(&self, name: &str) -> bool {
        self.required.contains(name)
    }
}
