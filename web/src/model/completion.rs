//! What may stand at a caret in the policy's text, and what is said of what stands there: from the language, from the
//! policy itself and from the imported tools. Any text may be half written.

use std::ops::Range;

use gatewright_core::Parsed;
use gatewright_core::explain::explain;
use gatewright_core::legible::legible;
use gatewright_core::pointer::Pointer;
use serde_json::Value;

use super::arguments::{Argument, Known, arguments, known};
use super::inventory::Inventory;
use language::{Field, Shape};
use spot::{Quotes, Role, Spot, Step};

pub mod language;
pub mod spot;

/// What can stand at a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a candidate replaces.
    pub range: Range<usize>,
    /// What can stand there.
    pub candidates: Vec<Candidate>,
}

/// Something that can stand at a caret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// What it is found by.
    pub label: String,
    /// A word beside it: its type, or that it must be there.
    pub detail: String,
    /// A sentence about it; empty where there is none.
    pub about: String,
    /// What is written.
    pub text: String,
    /// Where the caret goes, in bytes of what is written.
    pub caret: usize,
}

/// What is said of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The bytes it is said of.
    pub range: Range<usize>,
    /// What stands there.
    pub title: String,
    /// What is said.
    pub sentences: Vec<String>,
}

/// What can stand at a place of the text, given in bytes; nothing where nothing is known.
#[must_use]
pub fn complete(parsed: &Parsed, place: usize, inventory: &Inventory) -> Option<Completion> {
    let text = parsed.source.text();
    let spot = Spot::at(text, place);
    let shape = Shape::of(&spot.around);
    let scene = Scene { parsed, inventory, spot: &spot, shape };
    let candidates = match &spot.role {
        Role::Document => {
            vec![scene.written("policy", "", "{\n  \"version\": \"1\",\n  \"default\": \"deny\"|\n}")]
        }
        Role::Key if shape == Shape::Tools => scene.tools(),
        Role::Key => {
            let is_new = |field: &&Field| !spot.siblings.iter().any(|key| key == field.name);
            shape.fields().iter().filter(is_new).map(|field| scene.field(field)).collect()
        }
        Role::Value(key) => scene.values(key),
        Role::Item(_) => scene.items(),
        Role::Behind | Role::Comment => Vec::new(),
    };
    let end = spot.word.end + usize::from(scene.takes_quote());
    (!candidates.is_empty()).then_some(Completion { range: spot.word.start..end, candidates })
}

/// What is said of a place of the text, given in bytes; nothing where nothing is known.
#[must_use]
pub fn explain_at(parsed: &Parsed, place: usize, inventory: &Inventory) -> Option<Explanation> {
    let text = parsed.source.text();
    let spot = Spot::at(text, place);
    let word = text.get(spot.word.clone()).filter(|word| !word.is_empty())?;
    let shape = Shape::of(&spot.around);
    let scene = Scene { parsed, inventory, spot: &spot, shape };
    let field = |name: &str| shape.fields().iter().find(|field| field.name == name);
    let mut sentences = match &spot.role {
        Role::Key if shape == Shape::Tools => {
            inventory.tool(word).and_then(description).into_iter().collect()
        }
        Role::Key => vec![field(word)?.about.to_owned()],
        Role::Value(key) => match (shape.words(key).iter().find(|(known, _)| known == &word), key.as_str()) {
            (Some((_, about)), _) => vec![(*about).to_owned()],
            (None, "path" | "increment_from") => scene.argument(word).into_iter().collect(),
            _ => vec![field(key)?.about.to_owned()],
        },
        Role::Item(_) if shape == Shape::Hide => {
            inventory.tool(word).and_then(description).into_iter().collect()
        }
        _ => Vec::new(),
    };
    sentences.extend(scene.in_words());
    (!sentences.is_empty()).then(|| Explanation { range: spot.word.clone(), title: legible(word), sentences })
}

/// The place that a caret is on: the strict pointer of the value, or of what is around it.
#[must_use]
pub fn pointer_at(text: &str, place: usize) -> Pointer {
    Spot::at(text, place).pointer(text)
}

/// Everything that bears on a caret.
struct Scene<'a> {
    parsed: &'a Parsed,
    inventory: &'a Inventory,
    spot: &'a Spot,
    shape: Shape,
}

impl Scene<'_> {
    /// Whether what is written brings its own closing quote: a key or a value is replaced up to behind it.
    fn takes_quote(&self) -> bool {
        self.spot.quotes == Some(Quotes::Closed)
    }

    /// A candidate that writes a template: with its quotes where the caret stands in none, and its comma where another
    /// member or item follows.
    fn written(&self, label: &str, detail: &str, template: &str) -> Candidate {
        let template = match self.spot.quotes {
            Some(_) => template.strip_prefix('"').unwrap_or(template),
            None => template,
        };
        let comma = if self.spot.next.is_some_and(|next| next == '"' || next == '{') { "," } else { "" };
        let text = format!("{}{comma}", template.replacen('|', "", 1));
        let caret = template.find('|').unwrap_or(template.len());
        Candidate { label: label.to_owned(), detail: detail.to_owned(), about: String::new(), text, caret }
    }

    /// A key with what is written as its value first. Where a colon follows, its value is there already.
    fn key(&self, name: &str, detail: &str, value: &str) -> Candidate {
        let quoted = Value::from(name).to_string();
        if self.spot.next == Some(':') {
            return self.written(name, detail, &quoted);
        }
        self.written(name, detail, &format!("{quoted}: {value}"))
    }

    fn field(&self, field: &Field) -> Candidate {
        let detail = if field.is_needed { "needed" } else { "" };
        Candidate { about: field.about.to_owned(), ..self.key(field.name, detail, field.value) }
    }

    fn text(&self, label: &str, detail: &str, about: &str) -> Candidate {
        let quoted = Value::from(label).to_string();
        Candidate { about: about.to_owned(), ..self.written(label, detail, &quoted) }
    }

    /// The imported tools that are not here yet.
    fn tools(&self) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        for (server, tool) in self.inventory.tools() {
            let Some(name) = tool.get("name").and_then(Value::as_str) else { continue };
            let is_here = self.spot.siblings.iter().any(|key| key == name);
            if is_here || found.iter().any(|candidate| candidate.label == name) {
                continue;
            }
            let candidate = match self.spot.role {
                Role::Key => self.key(name, server, "{|}"),
                _ => self.text(name, server, ""),
            };
            found.push(Candidate { about: description(tool).unwrap_or_default(), ..candidate });
        }
        found
    }

    /// What the value of a field can be.
    fn values(&self, key: &str) -> Vec<Candidate> {
        let words = self.shape.words(key);
        if !words.is_empty() {
            return words.iter().map(|(word, about)| self.text(word, "", about)).collect();
        }
        match (self.shape, key) {
            (Shape::Condition, "path") | (Shape::Limit, "increment_from") => {
                let is_fit = |argument: &Argument| key == "path" || argument.is_number();
                let arguments = self.schema().map(arguments).unwrap_or_default();
                let fit = arguments.into_iter().filter(is_fit);
                fit.map(|argument| self.text(&argument.path, &argument.in_words(), "")).collect()
            }
            (Shape::Limit, "counter") => self.counters(),
            (Shape::Condition, "value") if self.spot.quotes.is_none() => self.operands(),
            _ if self.spot.quotes.is_some() => Vec::new(),
            _ => {
                let field = self.shape.fields().iter().find(|field| field.name == key);
                let template = field.filter(|field| field.value != "|" && self.spot.word.is_empty());
                let label = |field: &Field| field.value.replace('|', "");
                template.map(|field| self.written(&label(field), "", field.value)).into_iter().collect()
            }
        }
    }

    /// What an item of the list can be.
    fn items(&self) -> Vec<Candidate> {
        if self.shape == Shape::Hide {
            let everything = self.text("*", "", "Every tool is hidden, and every call denied.");
            return self.tools().into_iter().chain([everything]).collect();
        }
        if self.spot.quotes.is_some() {
            return Vec::new();
        }
        if self.shape == Shape::Limits {
            let counter = Value::from(self.new_counter()).to_string();
            let limit = format!(
                "{{ \"counter\": {counter}, \"window\": \"minute\", \"max\": 10|, \"scope\": \"grant\" }}"
            );
            return vec![self.written("limit", "10 per minute", &limit)];
        }
        self.shape.item().map(|(label, template)| self.written(label, "", template)).into_iter().collect()
    }

    /// Names for a counter: a new one, and those of the other tools.
    fn counters(&self) -> Vec<Candidate> {
        let mut names = vec![self.new_counter()];
        let policy = &self.parsed.policy;
        let tools = policy.tools.iter().map(|(_, tool)| tool).chain([&policy.all_tools]);
        for limit in tools.flat_map(|tool| &tool.limits) {
            if !names.contains(&limit.counter) {
                names.push(limit.counter.clone());
            }
        }
        names.iter().map(|name| self.text(name, "", "")).collect()
    }

    /// The tool's name with `_rate`, as the catalogue's policies have it.
    fn new_counter(&self) -> String {
        self.tool().map_or_else(|| "calls".to_owned(), |tool| format!("{tool}_rate"))
    }

    /// What a condition can compare with, by its operator and its argument's type.
    fn operands(&self) -> Vec<Candidate> {
        let text = |key: &str| self.beside(key).unwrap_or_default();
        let is_boolean = match self.schema().map(|schema| known(schema, &text("path"))) {
            Some(Known::Named(argument)) => argument.kind.split(" or ").any(|kind| kind == "boolean"),
            _ => false,
        };
        let templates: &[(&str, &str)] = match text("op").as_str() {
            "exists" => &[("true", "true"), ("false", "false")],
            "in" | "not_in" => &[("[]", "[|]")],
            "regex" => &[("\"\"", "\"^|$\"")],
            _ if is_boolean => &[("true", "true"), ("false", "false")],
            _ => &[],
        };
        templates.iter().map(|(label, template)| self.written(label, "", template)).collect()
    }

    /// The text of another field of the object around the caret.
    fn beside(&self, key: &str) -> Option<String> {
        let place = self.spot.around.iter().fold(Pointer::root(), |place, step| match step {
            Step::Key(key) => place.key(key),
            Step::Index(index) => place.index(*index),
        });
        match &self.parsed.source.find(&place.key(key))?.value {
            gatewright_core::source::Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The tool whose policy the caret stands in.
    fn tool(&self) -> Option<&str> {
        match self.spot.around.as_slice() {
            [Step::Key(tools), Step::Key(name), ..] if tools == "tools" => Some(name),
            _ => None,
        }
    }

    fn schema(&self) -> Option<&Value> {
        self.inventory.tool(self.tool()?)?.get("inputSchema")
    }

    /// What a tool's schema says of an argument.
    fn argument(&self, path: &str) -> Option<String> {
        match known(self.schema()?, path) {
            Known::Named(argument) => Some(format!("In the tool's schema: {}.", argument.in_words())),
            Known::NotNamed => Some("The tool's schema does not name this argument.".to_owned()),
            Known::Open => None,
        }
    }

    /// The evaluator's own sentences about the rule, the limit or the tool on which the caret is.
    fn in_words(&self) -> Vec<String> {
        let text = self.parsed.source.text();
        let pointer = self.spot.pointer(text);
        let tokens: Vec<_> = pointer.tokens().collect();
        let depth = match tokens.first().map(AsRef::as_ref) {
            Some("tools") => 4,
            Some("all_tools") => 3,
            Some("default" | "hide") => 2,
            _ => return Vec::new(),
        };
        let rule = tokens.iter().take(depth).fold(Pointer::root(), |place, token| place.key(token));
        let explanation = explain(&self.parsed.policy);
        let of_tools = explanation.tools.iter().flat_map(|tool| &tool.sentences);
        let all = explanation.whole.iter().chain([&explanation.unlisted]).chain(of_tools);
        all.filter(|sentence| sentence.pointer == rule).map(|sentence| sentence.text.clone()).collect()
    }
}

/// What a tool says of itself: its first line.
fn description(tool: &Value) -> Option<String> {
    let line = tool.get("description")?.as_str()?.trim().lines().next()?;
    (!line.is_empty()).then(|| legible(line))
}

#[cfg(test)]
mod tests;
