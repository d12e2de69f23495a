//! All that a definition says, weighed: the category and the level that follow, each step with its evidence.
//!
//! The gravest word counts, with one exception: where one place is of two minds (`open_nodes`, `log`) the other decides.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::arguments::{Arguments, Found, Shows, Tool, is_secret};
use super::lexicon::{Bits, HOLDS_MUCH, LANGUAGES, MANY, PATHS, SENDS, TELLS_OF};
use super::sentence::Sentence;
use super::verbs::{Said, by_words};
use super::words::Words;
use super::{Category, Evidence, Level, Place, Risk, Signal, SignalKind};
use crate::legible::{clip, legible};
use crate::pointer::Pointer;
use crate::tool::ToolDefinition;

/// From how many arguments on they are many.
const MANY_ARGUMENTS: usize = 10;

/// What descriptions say of changes that do not come back.
#[rustfmt::skip]
const FOR_GOOD: &[&str] = &[
    "cannot be undone", "can't be undone", "irreversibl", "permanently", "overwrite", "will be lost", "data loss",
];

struct Weighing<'a> {
    tool: &'a ToolDefinition,
    category: Option<Category>,
    level: Level,
    reasons: Vec<Evidence>,
    signals: Vec<Signal>,
}

/// Weighs a tool, of whose name the words before `from` are those of its server.
pub(super) fn weigh(tool: &ToolDefinition, from: usize) -> Risk {
    let name = Words::of(&tool.name);
    let description = tool.description.as_deref().unwrap_or_default();
    let sentence = Sentence::of(description);
    let mut weighing =
        Weighing { tool, category: None, level: Level::Low, reasons: Vec::new(), signals: Vec::new() };
    let said = by_words(&name, from);
    weighing.by_words(&name, said, &sentence);
    let arguments = Arguments::of(
        tool.input_schema.as_ref(),
        Tool {
            runs: weighing.category == Some(Category::Execute),
            speaks_queries: name.any(LANGUAGES)
                || sentence.any(LANGUAGES)
                || said.is_some_and(|said| is_query_of(&name, said)),
            sends: name.any(SENDS) || sentence.any(SENDS),
            has_files: name.any(PATHS) || sentence.any(PATHS),
        },
    );
    let verb = said.map_or_else(Bits::default, |said| name.bits(said.first));
    weighing.by_arguments(&arguments, verb);
    weighing.by_hints();
    if weighing.category.is_none() {
        weighing.raise(Level::Medium);
        weighing.reasons.push(Evidence {
            place: Place::Name,
            words: legible(&tool.name),
            why: "Nothing in the definition tells what it does, which is not to say that it is harmless."
                .to_string(),
        });
    }
    weighing.raise(weighing.category.map_or(Level::Medium, Category::level));
    weighing.level_by_words(&name, description, &sentence);
    weighing.level_by_arguments(&arguments, description, &sentence);
    weighing.signals(&name, description, &sentence, &arguments);
    weighing.signals.sort_by_key(|signal| signal.kind);
    let Weighing { category, level, reasons, signals, .. } = weighing;
    Risk { category, level, reasons, signals, overruled: false }
}

/// Whether a name says that a query is run: `query`, `run_query`, `execute_query_plan`, but not `get_query_history`.
fn is_query_of(name: &Words, said: Said) -> bool {
    matches!(name.at(said.first), "query" | "run" | "execute" | "exec" | "write" | "do" | "perform")
        && (0..name.len()).any(|at| matches!(name.at(at), "query" | "queries"))
        && (name.at(said.first) != "query" || name.len() == said.first + 1)
}

impl Weighing<'_> {
    fn raise(&mut self, level: Level) {
        self.level = self.level.max(level);
    }

    fn reason(&mut self, place: Place, words: &str, why: &str) {
        self.reasons.push(Evidence { place, words: clip(words), why: why.to_string() });
    }

    /// A reason that decides the category, which comes before the others.
    fn decide(&mut self, category: Category, place: Place, words: &str, why: String) {
        self.category = Some(category);
        self.reasons.insert(0, Evidence { place, words: clip(words), why });
    }

    fn by_words(&mut self, name: &Words, said: Option<Said>, sentence: &Sentence<'_>) {
        if let Some(said) = said {
            let words = name.between(&self.tool.name, said.first, said.last);
            let why = format!("The name says that it {}.", said.category.does());
            self.decide(said.category, Place::Name, words, why);
        }
        let Some(told) = sentence.told() else { return };
        let told_wins = match said {
            None => true,
            // A name that is of two minds gives way to a plain description, which then may also be the milder.
            Some(said) if said.is_weak && !told.is_weak => {
                told.category > said.category || said.category <= Category::Write
            }
            Some(said) => told.category > said.category && !told.is_weak,
        };
        if told_wins && self.category != Some(told.category) {
            let why = format!("The description says that it {}.", told.category.does());
            self.decide(told.category, Place::Description, told.words, why);
        } else if self.category == Some(told.category) {
            let why = format!("The description says so too: it {}.", told.category.does());
            self.reason(Place::Description, told.words, &why);
        }
    }

    fn by_arguments(&mut self, arguments: &Arguments, verb: Bits) {
        for found in &arguments.found {
            if let Shows::Action(category) = found.shows
                && self.category.is_none_or(|it| category > it)
            {
                let why = format!("One of the things that it can be told to do {}.", category.does());
                self.decide(category, in_schema(found), &found.words, why);
            }
        }
        let is_run = |shows| matches!(shows, Shows::Code { is_run_whole: true });
        if let Some(found) = arguments.first(is_run)
            && self.category.is_none_or(|it| it < Category::Execute)
            && !verb.has(TELLS_OF)
        {
            let why = "Its caller writes what is run.".to_string();
            self.decide(Category::Execute, in_schema(found), &found.words, why);
        }
        let is_code = |shows| matches!(shows, Shows::Code { .. });
        if let (None, Some(found)) = (self.category, arguments.first(is_code)) {
            let why = "It takes code, and nothing says that it does not run it.".to_string();
            self.decide(Category::Execute, in_schema(found), &found.words, why);
        }
        let is_amount = |shows| matches!(shows, Shows::Amount { .. });
        if arguments.has_currency
            && self.category.is_none_or(|it| it == Category::Write)
            && let Some(found) = arguments.first(is_amount)
        {
            let why = "It takes an amount and a currency.".to_string();
            self.decide(Category::Financial, in_schema(found), &found.words, why);
        }
    }

    fn by_hints(&mut self) {
        let hints = self.tool.annotations;
        if hints.read_only_hint == Some(true) {
            match self.category {
                Some(Category::Read) => {}
                None => self.reason(
                    Place::Annotations,
                    "readOnlyHint: true",
                    "The server says that it only reads. Nothing else in the definition does, and nobody has checked it.",
                ),
                Some(category) => self.contradiction("readOnlyHint: true", category),
            }
            return;
        }
        if let (Some(false), Some(Category::Destructive)) = (hints.destructive_hint, self.category) {
            self.contradiction("destructiveHint: false", Category::Destructive);
        }
        if hints.read_only_hint == Some(false) && self.category.is_none_or(|it| it == Category::Read) {
            let why = "The server itself says that it does not only read.".to_string();
            self.decide(Category::Write, Place::Annotations, "readOnlyHint: false", why);
        }
        if hints.says_it_destroys() {
            let why = "The server itself says that it may destroy something.";
            if self.category.is_none() {
                self.decide(
                    Category::Destructive,
                    Place::Annotations,
                    "destructiveHint: true",
                    why.to_string(),
                );
            } else if self.category != Some(Category::Destructive) {
                self.reason(Place::Annotations, "destructiveHint: true", why);
            }
            self.raise(Level::High);
        }
    }

    fn contradiction(&mut self, words: &str, category: Category) {
        let why = format!("The server says so, while the definition says that it {}.", category.does());
        self.signal(SignalKind::ContradictingAnnotation, Place::Annotations, words, &why);
    }

    fn level_by_words(&mut self, name: &Words, description: &str, sentence: &Sentence<'_>) {
        let own = &self.tool.name;
        if self.category == Some(Category::Destructive) {
            let many = name.first(MANY);
            if let Some(at) = many {
                self.raise(Level::Critical);
                self.reason(Place::Name, name.between(own, at, at), "One call takes away many things.");
            }
            let end = name.end();
            if name.noun(end).has(HOLDS_MUCH) {
                self.raise(Level::Critical);
                self.reason(Place::Name, name.between(own, end, end), "All that is in it goes with it.");
            } else if let Some(word) = sentence.first(MANY).filter(|_| many.is_none()) {
                self.raise(Level::Critical);
                self.reason(Place::Description, word, "One call takes away many things.");
            }
        }
        if self.category == Some(Category::Write)
            && let Some(words) = sentence.phrase(description, FOR_GOOD, b"cdipow")
        {
            self.raise(Level::High);
            self.reason(Place::Description, words, "What was there before may be gone for good.");
        }
        if self.category.is_none_or(|it| it <= Category::Write) && is_secret(name) {
            self.raise(Level::High);
            self.reason(Place::Name, own, "It deals with secrets.");
        }
    }

    fn level_by_arguments(&mut self, arguments: &Arguments, description: &str, sentence: &Sentence<'_>) {
        let mut raised_by = |found: &Found, level, why: &str| {
            self.level = self.level.max(level);
            self.reasons.push(Evidence {
                place: in_schema(found),
                words: clip(&found.words),
                why: why.to_string(),
            });
        };
        let found = |wanted: fn(Shows) -> bool| arguments.first(wanted);
        match self.category {
            Some(Category::Execute) => {
                let Some(code) = found(|it| matches!(it, Shows::Code { .. })) else { return };
                if sentence.claims_to_read(description) {
                    let why = "It runs what its caller writes. That it only reads is its own word.";
                    raised_by(code, Level::High, why);
                } else {
                    raised_by(code, Level::Critical, "It runs what its caller writes, whatever that is.");
                }
            }
            Some(Category::Destructive) => {
                if let Some(several) = found(|it| it == Shows::Several) {
                    raised_by(several, Level::Critical, "One call takes away as many things as are listed.");
                }
            }
            Some(Category::Financial) => {
                if let Some(amount) = found(|it| it == Shows::Amount { is_bounded: false }) {
                    raised_by(amount, Level::Critical, "Nothing in the schema bounds the amount.");
                }
            }
            Some(Category::Write) => {
                if let Some(flag) = found(|it| it == Shows::Flag) {
                    raised_by(flag, Level::High, "It can be told to do away with what is there.");
                }
                if let Some(secret) = found(|it| it == Shows::Secret) {
                    raised_by(secret, Level::High, "It is given secrets.");
                }
                let goes_out =
                    |it| matches!(it, Shows::Outside { is_person, is_required } if is_person || is_required);
                if let Some(outside) =
                    found(goes_out).filter(|it| !it.words.to_ascii_lowercase().contains("channel"))
                {
                    raised_by(outside, Level::High, "What it is given leaves the house.");
                }
            }
            Some(Category::Read) | None => {
                if let Some(address) =
                    found(|it| matches!(it, Shows::Outside { is_required: true, is_person: false }))
                {
                    raised_by(
                        address,
                        Level::Medium,
                        "It asks an address of its caller's, which learns what stands in it.",
                    );
                }
                if let Some(secret) = found(|it| it == Shows::Secret) {
                    raised_by(secret, Level::Medium, "It is given secrets.");
                }
            }
        }
    }

    fn signal(&mut self, kind: SignalKind, place: Place, words: &str, why: &str) {
        let evidence = Evidence { place, words: clip(words), why: why.to_string() };
        self.signals.push(Signal { kind, count: None, evidence });
    }

    fn signals(&mut self, name: &Words, description: &str, sentence: &Sentence<'_>, arguments: &Arguments) {
        for found in &arguments.found {
            let (kind, why) = match found.shows {
                Shows::Path => (SignalKind::FileSystemPath, "It takes the path of a file or a folder."),
                Shows::Secret => (SignalKind::Credentials, "It takes a secret."),
                Shows::Code { .. } => (SignalKind::FreeCode, "Its caller writes code, a query or a command."),
                Shows::Markup => (SignalKind::RawMarkup, "It takes markup or a template as it stands."),
                Shows::Outside { is_person: true, .. } => {
                    (SignalKind::LeavesHouse, "It takes somebody to send to.")
                }
                Shows::Outside { .. } => (SignalKind::LeavesHouse, "It takes an address."),
                Shows::Several => (SignalKind::Bulk, "It takes a list: one call deals with all of it."),
                Shows::Amount { .. } | Shows::Action(_) | Shows::Flag => continue,
            };
            self.signal(kind, in_schema(found), &found.words, why);
        }
        let own = &self.tool.name;
        if is_secret(name) {
            self.signal(SignalKind::Credentials, Place::Name, own, "It deals with secrets.");
        }
        if let Some(at) = name.first(MANY) {
            self.signal(
                SignalKind::Bulk,
                Place::Name,
                name.between(own, at, at),
                "One call deals with many things.",
            );
        } else if self.category.is_none_or(|it| it > Category::Read)
            && let Some(word) = sentence.first(MANY)
        {
            self.signal(SignalKind::Bulk, Place::Description, word, "One call deals with many things.");
        }
        let properties = || Place::Schema(Pointer::root().key("properties"));
        if arguments.count >= MANY_ARGUMENTS {
            let why = format!("It takes {} arguments, more than anybody looks over.", arguments.count);
            self.signal(SignalKind::ManyParameters, properties(), "properties", &why);
            self.counted(arguments.count);
        }
        if arguments.count == 0 {
            let why = "It takes no arguments: nothing in a call tells one from another.";
            self.signal(SignalKind::NoRequiredArgument, Place::Schema(Pointer::root()), "", why);
        } else if !arguments.some_required {
            let why = "None of its arguments is required: it can be called with nothing.";
            self.signal(SignalKind::NoRequiredArgument, Place::Schema(Pointer::root()), "", why);
        }
        if let Some((pointer, words)) = &arguments.first_unbounded {
            let why = match arguments.unbounded {
                1 => "It takes a text of any length.".to_string(),
                several => format!("It takes {several} texts of any length."),
            };
            self.signal(SignalKind::UnboundedText, Place::Schema(pointer.clone()), words, &why);
            self.counted(arguments.unbounded);
        }
        if description.trim().is_empty() {
            let why = "Nothing tells what it is for.";
            self.signal(SignalKind::MissingDescription, Place::Description, "", why);
        }
    }

    /// The signal before was of so many.
    fn counted(&mut self, count: usize) {
        if let Some(signal) = self.signals.last_mut() {
            signal.count = Some(count);
        }
    }
}

fn in_schema(found: &Found) -> Place {
    Place::Schema(found.pointer.clone())
}
