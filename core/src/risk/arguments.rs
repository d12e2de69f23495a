//! What the schema of a tool's arguments tells: paths, secrets, code, addresses, markup, amounts, and how many of each.
//!
//! Names of arguments and their structure decide; of what their descriptions say only a few words count. References
//! (`$ref`) are not followed, and a schema is looked at four levels deep and up to [`MOST`] of its arguments.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::Category;
use super::lexicon::{
    ACTIONS, ADDRESSES, AMOUNTS, CODE, CODE_WHEN_RUN, CURRENCIES, FLAGS, LANGUAGES, MARKUP, OF_SECRETS,
    PATHS, RECIPIENTS, RUN_WHOLE, SECRETS, TEXTS,
};
use super::words::Words;
use crate::pointer::Pointer;

/// Arguments and parts of schemas that are looked at.
const MOST: usize = 120;
/// How deep.
const DEEPEST: usize = 4;

/// What an argument shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    Path,
    Secret,
    /// Code, a query or a command. Whether it is run by whatever takes it, or only by tools that run things.
    Code {
        is_run_whole: bool,
    },
    Markup,
    /// Somebody or something outside. Whether the tool cannot do without it.
    Outside {
        is_person: bool,
        is_required: bool,
    },
    Several,
    /// An amount, and whether something bounds it.
    Amount {
        is_bounded: bool,
    },
    /// A choice of actions, the gravest of which is this.
    Action(Category),
    /// A flag by which something goes away.
    Flag,
}

/// An argument, or one inside it, and what it shows.
pub(super) struct Found {
    pub(super) shows: Shows,
    pub(super) pointer: Pointer,
    /// The words that show it: its name, or part of its description.
    pub(super) words: String,
}

/// What a schema tells.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) found: Vec<Found>,
    /// How many arguments there are.
    pub(super) count: usize,
    /// Whether one of them is required.
    pub(super) some_required: bool,
    /// The texts without a bound: how many, and the first of them.
    pub(super) unbounded: usize,
    pub(super) first_unbounded: Option<(Pointer, String)>,
    pub(super) has_currency: bool,
}

/// What is known of the tool before its arguments are looked at.
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
#[derive(Clone, Copy)]
pub(super) struct Tool {
    /// It runs things, as its name or its description says.
    pub(super) runs: bool,
    /// Its name or its description names a language of queries.
    pub(super) speaks_queries: bool,
    /// It sends something to somebody.
    pub(super) sends: bool,
    /// It deals with files or folders.
    pub(super) has_files: bool,
}

impl Arguments {
    pub(super) fn of(schema: Option<&Value>, tool: Tool) -> Self {
        let mut reader = Reader { read: Self::default(), tool, left: MOST };
        if let Some(Value::Object(schema)) = schema {
            let shape = Shape::of(schema);
            reader.read.count = shape.properties.map_or(0, Map::len);
            reader.object(&shape, &Place::Root, 0);
        }
        reader.read
    }

    /// The first that shows what is asked for.
    pub(super) fn first(&self, wanted: impl Fn(Shows) -> bool) -> Option<&Found> {
        self.found.iter().find(|found| wanted(found.shows))
    }
}

/// Whether a name is of a secret.
pub(super) fn is_secret(words: &Words) -> bool {
    words.noun(words.end()).has(SECRETS)
        || match words.last() {
            "key" | "keys" | "token" | "tokens" => words.any(OF_SECRETS),
            "env" | "environ" => true,
            "variables" => words.at(words.len().saturating_sub(2)) == "environment",
            "string" => words.at(words.len().saturating_sub(2)) == "connection",
            _ => false,
        }
}

/// Where a schema is, without a pointer until one is asked for.
enum Place<'a> {
    Root,
    Key(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    fn pointer(&self) -> Pointer {
        match self {
            Self::Root => Pointer::root(),
            Self::Key(outer, key) => outer.pointer().key(key),
            Self::Index(outer, index) => outer.pointer().index(*index),
        }
    }
}

struct Reader {
    read: Arguments,
    tool: Tool,
    left: usize,
}

impl Reader {
    fn object(&mut self, schema: &Shape<'_>, place: &Place<'_>, depth: usize) {
        if depth > DEEPEST || self.left == 0 {
            return;
        }
        self.left -= 1;
        if let Some(properties) = schema.properties {
            let inside = Place::Key(place, "properties");
            for (name, property) in properties {
                let Value::Object(property) = property else { continue };
                if self.left == 0 {
                    return;
                }
                let shape = Shape::of(property);
                let is_required =
                    schema.required.is_some_and(|names| names.iter().any(|it| it.as_str() == Some(name)));
                self.read.some_required |= depth == 0 && is_required;
                let place = Place::Key(&inside, name);
                self.argument(
                    &Argument { name, shape: &shape, is_required, is_outermost: depth == 0 },
                    &place,
                );
                self.object(&shape, &place, depth + 1);
            }
        }
        if let Some(Value::Object(items)) = schema.items {
            self.object(&Shape::of(items), &Place::Key(place, "items"), depth + 1);
        }
        for (several, choices) in schema.choices {
            let inside = Place::Key(place, several);
            for (index, choice) in choices.iter().flat_map(|choices| choices.iter()).enumerate() {
                if self.left == 0 {
                    return;
                }
                if let Value::Object(choice) = choice {
                    self.object(&Shape::of(choice), &Place::Index(&inside, index), depth + 1);
                }
            }
        }
    }

    fn found(&mut self, shows: Shows, place: &Place<'_>, words: &str) {
        self.read.found.push(Found { shows, pointer: place.pointer(), words: words.to_string() });
    }

    fn argument(&mut self, argument: &Argument<'_>, place: &Place<'_>) {
        let Argument { name, shape, is_required, is_outermost } = *argument;
        let words = Words::of(name);
        let last = words.noun(words.end());
        let kind = Kind::of(shape);
        if kind.is_flag {
            if words.bits(0).has(FLAGS) {
                self.found(Shows::Flag, place, name);
            }
            return;
        }
        self.read.has_currency |= words.bits(0).has(CURRENCIES);
        if kind.is_choice {
            if words.len() == 1
                && words.bits(0).has(ACTIONS)
                && let Some((category, word)) = shape.choice.and_then(gravest)
            {
                self.found(Shows::Action(category), &Place::Key(place, "enum"), word);
            }
            return;
        }
        // A `price` that is a text is rather the name of one.
        if words.any(AMOUNTS) && (kind.is_number || (kind.is_text && words.last() == "amount")) {
            self.found(Shows::Amount { is_bounded: shape.has_maximum }, place, name);
        }
        if is_secret(&words) && words.last() != "env" {
            self.found(Shows::Secret, place, name);
        }
        if is_outermost && is_required && kind.is_list {
            self.found(Shows::Several, place, name);
        }
        if !(kind.is_text || kind.is_list_of_text || words.last() == "pipeline") {
            return;
        }
        let description = super::sentence::head(shape.description, 200);
        if last.has(RUN_WHOLE) || (words.last() == "query" && self.is_query(description)) {
            // What is nested is a part of something, and that may only keep it.
            self.found(Shows::Code { is_run_whole: is_outermost }, place, name);
        } else if last.has(CODE) || (self.tool.runs && last.has(CODE_WHEN_RUN)) {
            self.found(Shows::Code { is_run_whole: false }, place, name);
        } else if last.has(PATHS) || (self.tool.has_files && is_end(words.last())) {
            self.found(Shows::Path, place, name);
        } else if let Some(said) = path_in(description) {
            self.found(Shows::Path, place, said);
        }
        let is_address = last.has(ADDRESSES) || matches!(shape.format, "uri" | "uri-reference" | "hostname");
        let is_channel =
            words.last() == "id" && matches!(words.at(words.len().saturating_sub(2)), "channel" | "chat");
        let is_person = (last.has(RECIPIENTS) && (words.last() != "channel" || self.tool.sends))
            || matches!(shape.format, "email" | "idn-email")
            || (self.tool.sends && (name == "to" || is_channel));
        if is_address || is_person {
            self.found(Shows::Outside { is_person: !is_address, is_required }, place, name);
        }
        if words.any(MARKUP) || description.contains("HTML") {
            self.found(Shows::Markup, place, name);
        }
        if kind.is_text && !kind.is_bounded && last.has(TEXTS.and(CODE)) {
            self.read.unbounded += 1;
            self.read.first_unbounded.get_or_insert_with(|| (place.pointer(), name.to_string()));
        }
    }

    /// Whether an argument `query` is in a language of queries, rather than what is searched for.
    fn is_query(&self, description: &str) -> bool {
        self.tool.speaks_queries || Words::of(description).any(LANGUAGES)
    }
}

struct Argument<'a> {
    name: &'a str,
    shape: &'a Shape<'a>,
    is_required: bool,
    is_outermost: bool,
}

/// The fields of a schema that are looked at.
#[derive(Default)]
struct Shape<'a> {
    kind: Option<&'a Value>,
    description: &'a str,
    format: &'a str,
    properties: Option<&'a Map<String, Value>>,
    required: Option<&'a Vec<Value>>,
    items: Option<&'a Value>,
    /// `anyOf`, `oneOf`, `allOf`.
    choices: [(&'static str, Option<&'a Vec<Value>>); 3],
    /// What can be chosen.
    choice: Option<&'a Vec<Value>>,
    is_choice: bool,
    has_length: bool,
    has_maximum: bool,
    is_reference: bool,
}

impl<'a> Shape<'a> {
    fn of(schema: &'a Map<String, Value>) -> Self {
        let mut shape =
            Self { choices: [("anyOf", None), ("oneOf", None), ("allOf", None)], ..Self::default() };
        let [any, one, all] = &mut shape.choices;
        for (key, value) in schema {
            match key.as_str() {
                "type" => shape.kind = Some(value),
                "description" => shape.description = value.as_str().unwrap_or_default(),
                "format" => shape.format = value.as_str().unwrap_or_default(),
                "properties" => shape.properties = value.as_object(),
                "required" => shape.required = value.as_array(),
                "items" => shape.items = Some(value),
                "anyOf" => any.1 = value.as_array(),
                "oneOf" => one.1 = value.as_array(),
                "allOf" => all.1 = value.as_array(),
                "enum" => shape.choice = value.as_array(),
                "const" => shape.is_choice = true,
                "maxLength" | "pattern" => shape.has_length = true,
                "maximum" | "exclusiveMaximum" => shape.has_maximum = true,
                "$ref" => shape.is_reference = true,
                _ => {}
            }
        }
        shape.is_choice |= shape.choice.is_some();
        shape
    }
}

/// What kind of values a schema takes.
#[expect(clippy::struct_excessive_bools, reason = "a value may be of several types")]
#[derive(Default)]
struct Kind {
    is_text: bool,
    is_bounded: bool,
    is_number: bool,
    is_flag: bool,
    is_list: bool,
    is_list_of_text: bool,
    is_choice: bool,
}

impl Kind {
    fn of(shape: &Shape<'_>) -> Self {
        let mut kind = Self::default();
        kind.take(shape);
        let [any, one, all] = shape.choices;
        for choice in [any.1, one.1].into_iter().flatten().flatten().take(9) {
            choice.as_object().into_iter().for_each(|choice| kind.take(&Shape::of(choice)));
        }
        // Without a type it may be anything.
        let says_something =
            shape.kind.is_some() || shape.is_reference || [any.1, one.1, all.1].iter().any(Option::is_some);
        kind.is_text |= !says_something && !kind.is_choice;
        kind.is_flag &= !kind.is_text;
        kind
    }

    fn take(&mut self, shape: &Shape<'_>) {
        if shape.is_choice {
            self.is_choice |= !self.is_text;
            return;
        }
        let mut may_be = |name: &str| match name {
            "string" => {
                self.is_text = true;
                self.is_bounded = shape.has_length || !shape.format.is_empty();
            }
            "number" | "integer" => self.is_number = true,
            "boolean" => self.is_flag = true,
            "array" => {
                self.is_list = true;
                let items = shape.items.and_then(|items| items.get("type"));
                self.is_list_of_text = items.and_then(Value::as_str) == Some("string");
            }
            _ => {}
        };
        match shape.kind {
            Some(Value::String(name)) => may_be(name),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).take(9).for_each(may_be),
            _ => {}
        }
    }
}

/// Where something comes from or goes to.
fn is_end(word: &str) -> bool {
    matches!(word, "source" | "src" | "destination" | "dest" | "dst")
}

/// The gravest of the words that can be chosen.
fn gravest(choice: &Vec<Value>) -> Option<(Category, &str)> {
    let words = choice.iter().filter_map(Value::as_str).take(50);
    let said = words.filter_map(|word| Some((super::verbs::by_words(&Words::of(word), 0)?.category, word)));
    // Of several the first.
    said.reduce(|gravest, other| if other.0 > gravest.0 { other } else { gravest })
}

/// Where a description says that an argument is a path: `path` or `directory` among its first words, as they stand.
fn path_in(description: &str) -> Option<&str> {
    let mut at = 0;
    for word in description.split_inclusive([' ', ',', '.', '(', '/']).take(8) {
        at += word.len();
        let word = word.trim_matches(|it: char| !it.is_ascii_alphanumeric());
        if matches!(word, "path" | "Path" | "paths" | "filename" | "directory" | "Directory" | "directories")
        {
            return description.get(..at).map(|said| said.trim_end_matches([' ', ',', '.', '(', '/']));
        }
    }
    None
}
