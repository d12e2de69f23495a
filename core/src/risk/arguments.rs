//! What the schema of a tool's arguments tells: paths, secrets, code, addresses, markup, amounts, and how many of each.
//!
//! Names of arguments and their structure decide; of what their descriptions say only a few words count. References
//! (`$ref`) are not followed, and a schema is looked at four levels deep and up to [`MOST`] of its arguments.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::Category;
use super::words::{Words, holds, holds_noun};
use crate::pointer::Pointer;

/// Arguments and parts of schemas that are looked at.
const MOST: usize = 120;
/// How deep.
const DEEPEST: usize = 4;

#[rustfmt::skip]
const PATHS: &[&str] = &[
    "cwd", "dir", "directory", "file", "filename", "filepath", "folder", "path", "pathname", "workdir",
];

#[rustfmt::skip]
const SECRETS: &[&str] = &[
    "apikey", "authorization", "cookie", "credential", "jwt", "otp", "passphrase", "passwd", "password", "pat", "secret",
];

/// Words that make a `key` or a `token` a secret.
#[rustfmt::skip]
const OF_SECRETS: &[&str] = &[
    "access", "admin", "anon", "api", "auth", "authentication", "bearer", "deploy", "encryption", "private", "publishable",
    "refresh", "secret", "service", "session", "signing", "ssh",
];

/// What is run by what it is given to.
#[rustfmt::skip]
const RUN_WHOLE: &[&str] =
    &["cmd", "command", "cypher", "graphql", "pipeline", "powershell", "shell", "sparql", "sql", "statement"];

/// What is code, and is run only by tools that run things.
#[rustfmt::skip]
const CODE: &[&str] =
    &["code", "expression", "javascript", "js", "lambda", "macro", "program", "python", "script", "snippet"];

/// What is code where it is deployed.
const CODE_WHEN_RUN: &[&str] = &["content", "function"];

/// Languages of queries that do more than search.
#[rustfmt::skip]
const LANGUAGES: &[&str] = &["cypher", "graphql", "kql", "mql", "promql", "select", "sparql", "sql"];

#[rustfmt::skip]
const ADDRESSES: &[&str] =
    &["callback", "domain", "endpoint", "host", "hostname", "href", "uri", "url", "webhook", "website"];

#[rustfmt::skip]
const RECIPIENTS: &[&str] =
    &["addressee", "bcc", "cc", "channel", "email", "invitee", "mailto", "phone", "recipient"];

#[rustfmt::skip]
const MARKUP: &[&str] =
    &["css", "handlebars", "html", "jinja", "markup", "mjml", "mustache", "svg", "template", "xml"];

#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "body", "caption", "comment", "content", "data", "description", "html", "insight", "instruction", "markdown", "message",
    "note", "payload", "prompt", "query", "reason", "sql", "summary", "text", "title",
];

const AMOUNTS: &[&str] = &["amount", "budget", "price", "sum", "total"];
const CURRENCIES: &[&str] = &["currency", "recurrence"];

/// Names of arguments that say which of several things a tool is to do.
const ACTIONS: &[&str] = &["act", "action", "command", "method", "op", "operation", "subcommand", "verb"];

/// Words of flags by which something that is there goes away.
const FLAGS: &[&str] =
    &["clobber", "delete", "destroy", "drop", "force", "overwrite", "purge", "remove", "wipe"];

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
    /// An amount that nothing bounds.
    Amount,
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
    pub(super) has_amount: bool,
    pub(super) has_currency: bool,
}

/// What is known of the tool before its arguments are looked at.
#[derive(Clone, Copy)]
pub(super) struct Tool {
    /// It runs things, as its name or its description says.
    pub(super) runs: bool,
    /// Its name or its description names a language of queries.
    pub(super) speaks_queries: bool,
    /// It sends something to somebody.
    pub(super) sends: bool,
}

impl Arguments {
    pub(super) fn of(schema: Option<&Value>, tool: Tool) -> Self {
        let mut reader = Reader { read: Self::default(), tool, left: MOST };
        if let Some(Value::Object(schema)) = schema {
            reader.read.count = schema.get("properties").and_then(Value::as_object).map_or(0, Map::len);
            reader.object(schema, &Place::Root, 0);
        }
        reader.read
    }

    /// The first that shows what is asked for.
    pub(super) fn first(&self, wanted: impl Fn(Shows) -> bool) -> Option<&Found> {
        self.found.iter().find(|found| wanted(found.shows))
    }
}

/// Whether a word names a language of queries.
pub(super) fn is_language(word: &str) -> bool {
    holds(LANGUAGES, word)
}

/// Whether a name is of a secret.
pub(super) fn is_secret(words: &Words) -> bool {
    let last = words.last();
    let named = |list: &[&str]| words.iter().any(|word| holds(list, word));
    holds_noun(SECRETS, last)
        || (matches!(last, "key" | "keys" | "token" | "tokens") && named(OF_SECRETS))
        || matches!(last, "env" | "environ")
        || (last == "variables" && named(&["environment"]))
        || (last == "string" && named(&["connection"]))
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
    fn object(&mut self, schema: &Map<String, Value>, place: &Place<'_>, depth: usize) {
        if depth > DEEPEST || self.left == 0 {
            return;
        }
        self.left -= 1;
        let required = schema.get("required").and_then(Value::as_array);
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let inside = Place::Key(place, "properties");
            for (name, property) in properties {
                let Value::Object(property) = property else { continue };
                if self.left == 0 {
                    return;
                }
                self.left -= 1;
                let is_required =
                    required.is_some_and(|names| names.iter().any(|it| it.as_str() == Some(name)));
                self.read.some_required |= depth == 0 && is_required;
                let place = Place::Key(&inside, name);
                self.argument(
                    &Argument { name, schema: property, is_required, is_outermost: depth == 0 },
                    &place,
                );
                self.object(property, &place, depth + 1);
            }
        }
        if let Some(Value::Object(items)) = schema.get("items") {
            self.object(items, &Place::Key(place, "items"), depth + 1);
        }
        for several in ["anyOf", "oneOf", "allOf"] {
            let Some(Value::Array(choices)) = schema.get(several) else { continue };
            let inside = Place::Key(place, several);
            for (index, choice) in choices.iter().enumerate().take(MOST) {
                if let Value::Object(choice) = choice {
                    self.object(choice, &Place::Index(&inside, index), depth + 1);
                }
            }
        }
    }

    fn found(&mut self, shows: Shows, place: &Place<'_>, words: &str) {
        self.read.found.push(Found { shows, pointer: place.pointer(), words: words.to_string() });
    }

    fn argument(&mut self, argument: &Argument<'_>, place: &Place<'_>) {
        let name = argument.name;
        let words = Words::of(name);
        let last = words.last();
        let kind = Kind::of(argument.schema);
        let description = argument.schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let description = super::sentence::head(description, 200);
        if kind.is_flag {
            if holds(FLAGS, words.at(0)) {
                self.found(Shows::Flag, place, name);
            }
            return;
        }
        if kind.is_choice {
            if let Some((category, word)) = gravest(argument.schema).filter(|_| holds(ACTIONS, name)) {
                let inside = Place::Key(place, "enum");
                self.found(Shows::Action(category), &inside, word);
            }
            self.read.has_currency |= holds(CURRENCIES, words.at(0));
            return;
        }
        self.read.has_currency |= holds(CURRENCIES, words.at(0));
        // A `price` that is a text is rather the name of one.
        if words.iter().any(|word| holds(AMOUNTS, word))
            && (kind.is_number || (kind.is_text && last == "amount"))
        {
            self.read.has_amount = true;
            if !["maximum", "exclusiveMaximum"].iter().any(|bound| argument.schema.contains_key(*bound)) {
                self.found(Shows::Amount, place, name);
            }
        }
        if is_secret(&words) && last != "env" {
            self.found(Shows::Secret, place, name);
        }
        if argument.is_outermost && argument.is_required && kind.is_list {
            self.found(Shows::Several, place, name);
        }
        if !(kind.is_text || kind.is_list_of_text || last == "pipeline") {
            return;
        }
        let format = argument.schema.get("format").and_then(Value::as_str).unwrap_or_default();
        if holds_noun(RUN_WHOLE, last) || (last == "query" && self.is_query(description)) {
            // What is nested is a part of something, and that may only keep it.
            self.found(Shows::Code { is_run_whole: argument.is_outermost }, place, name);
        } else if holds_noun(CODE, last) || (self.tool.runs && holds(CODE_WHEN_RUN, last)) {
            self.found(Shows::Code { is_run_whole: false }, place, name);
        } else if holds_noun(PATHS, last) {
            self.found(Shows::Path, place, name);
        } else if let Some(said) = path_in(description) {
            self.found(Shows::Path, place, said);
        }
        let is_address =
            holds_noun(ADDRESSES, last) || matches!(format, "uri" | "uri-reference" | "hostname");
        let is_channel =
            last == "id" && matches!(words.at(words.len().saturating_sub(2)), "channel" | "chat");
        let is_person = holds_noun(RECIPIENTS, last)
            || matches!(format, "email" | "idn-email")
            || (self.tool.sends && (name == "to" || is_channel));
        if is_address || (is_person && (last != "channel" || self.tool.sends)) {
            self.found(
                Shows::Outside { is_person: !is_address, is_required: argument.is_required },
                place,
                name,
            );
        }
        if words.iter().any(|word| holds(MARKUP, word)) || description.contains("HTML") {
            self.found(Shows::Markup, place, name);
        }
        if kind.is_text && !kind.is_bounded && (holds_noun(TEXTS, last) || holds(CODE, last)) {
            self.read.unbounded += 1;
            self.read.first_unbounded.get_or_insert_with(|| (place.pointer(), name.to_string()));
        }
    }

    /// Whether an argument `query` is in a language of queries, rather than what is searched for.
    fn is_query(&self, description: &str) -> bool {
        self.tool.speaks_queries || Words::of(description).iter().any(is_language)
    }
}

struct Argument<'a> {
    name: &'a str,
    schema: &'a Map<String, Value>,
    is_required: bool,
    is_outermost: bool,
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
    fn of(schema: &Map<String, Value>) -> Self {
        let mut kind = Self::default();
        kind.take(schema);
        for several in ["anyOf", "oneOf"] {
            for choice in schema.get(several).and_then(Value::as_array).into_iter().flatten().take(9) {
                choice.as_object().into_iter().for_each(|choice| kind.take(choice));
            }
        }
        // Without a type it may be anything.
        let says_nothing =
            !["type", "anyOf", "oneOf", "allOf", "$ref"].iter().any(|key| schema.contains_key(*key));
        kind.is_text |= says_nothing && !kind.is_choice;
        kind.is_flag &= !kind.is_text;
        kind
    }

    fn take(&mut self, schema: &Map<String, Value>) {
        if schema.contains_key("enum") || schema.contains_key("const") {
            self.is_choice |= !self.is_text;
            return;
        }
        let mut named = |name: &str| match name {
            "string" => {
                self.is_text = true;
                self.is_bounded =
                    ["maxLength", "pattern", "format"].iter().any(|bound| schema.contains_key(*bound));
            }
            "number" | "integer" => self.is_number = true,
            "boolean" => self.is_flag = true,
            "array" => {
                self.is_list = true;
                let items = schema.get("items").and_then(|items| items.get("type"));
                self.is_list_of_text = items.and_then(Value::as_str) == Some("string");
            }
            _ => {}
        };
        match schema.get("type") {
            Some(Value::String(name)) => named(name),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).for_each(named),
            _ => {}
        }
    }
}

/// The gravest of the words that can be chosen.
fn gravest(schema: &Map<String, Value>) -> Option<(Category, &str)> {
    let words = schema.get("enum")?.as_array()?.iter().filter_map(Value::as_str).take(50);
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
