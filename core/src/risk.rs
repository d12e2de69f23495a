//! How risky a tool is by its own definition: what it does, how grave that is, and the words that say so.
//!
//! All of it is read off what a server writes of itself: name, description, schema and annotations. Nobody has checked
//! any of it. A hint may make a risk graver than the definition has it, never smaller; what nothing is said of stays
//! undecided, and is never taken for harmless.
//!
//! Nothing here knows a tool by its name, decides a call, or says that a tool is safe.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::legible::legible;
use crate::pointer::Pointer;
use crate::tool::ToolDefinition;

mod arguments;
mod lexicon;
mod sentence;
mod verbs;
mod weigh;
mod words;

/// What a tool does to the world, from the mildest to the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// It only looks.
    Read,
    /// It changes something.
    Write,
    /// It runs what it is given, or starts something that does.
    Execute,
    /// It takes something away that does not come back by itself.
    Destructive,
    /// It moves money, or binds somebody to pay.
    Financial,
}

/// How grave it would be to let a tool be called without a thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It looks at things, and nothing says that they are secret.
    Low,
    /// It changes things, or shows what not everybody should see. Also: nothing says what it does.
    Medium,
    /// It runs something, takes something away, or moves money.
    High,
    /// It runs what its caller writes, takes away much at once, or moves money without a bound.
    Critical,
}

/// Where in a definition words stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "in", content = "pointer", rename_all = "snake_case")]
pub enum Place {
    /// In the tool's name.
    Name,
    /// In its description.
    Description,
    /// In the schema of its arguments, at this place of `inputSchema`.
    Schema(Pointer),
    /// In its annotations.
    Annotations,
}

impl Place {
    /// The place in words: `in the schema, at /properties/path`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Name => "in the name".to_string(),
            Self::Description => "in the description".to_string(),
            Self::Schema(place) if place.as_str().is_empty() => "in the schema".to_string(),
            Self::Schema(place) => format!("in the schema, at {}", legible(place.as_str())),
            Self::Annotations => "in the annotations".to_string(),
        }
    }
}

/// Words of a definition, and what follows from them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Evidence {
    /// Where they stand.
    pub place: Place,
    /// The words as the server wrote them, fit to be shown; empty where what counts is that nothing is written.
    pub words: String,
    /// What follows from them, a sentence for people.
    pub why: String,
}

/// What a signal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// It takes the path of a file or a folder.
    FileSystemPath,
    /// It takes or gives credentials or other secrets.
    Credentials,
    /// It takes code, a query or a command that its caller writes.
    FreeCode,
    /// It takes HTML, a template or other markup as it stands.
    RawMarkup,
    /// It takes a recipient or an address outside the house.
    LeavesHouse,
    /// It takes many arguments: [`Signal::count`].
    ManyParameters,
    /// No argument is required: it can be called with nothing.
    NoRequiredArgument,
    /// It takes text of any length.
    UnboundedText,
    /// One call deals with many things.
    Bulk,
    /// It has no description.
    MissingDescription,
    /// An annotation says less than the definition does.
    ContradictingAnnotation,
}

/// A property of a tool that makes it riskier, or harder to judge.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Signal {
    /// What it is.
    pub kind: SignalKind,
    /// How many, where it is a number that tells: parameters, texts without bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// The words that show it. Of several arguments each has a signal of its own.
    pub evidence: Evidence,
}

/// How risky a tool is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Risk {
    /// What it does. None: undecided.
    pub category: Option<Category>,
    /// How grave that is.
    pub level: Level,
    /// Why category and level are what they are, what decides first.
    pub reasons: Vec<Evidence>,
    /// What else is to be known of it, in the order of [`SignalKind`].
    pub signals: Vec<Signal>,
    /// Whether a person has set the category.
    pub overruled: bool,
}

/// A tool and its risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessed {
    /// The tool, as its server lists it.
    pub tool: ToolDefinition,
    /// Its risk.
    pub risk: Risk,
}

impl Category {
    /// All of them, from the mildest to the gravest.
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Execute, Self::Destructive, Self::Financial];

    /// The category as one word: `read`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Execute => "execute",
            Self::Destructive => "destructive",
            Self::Financial => "financial",
        }
    }

    /// The category of a word, as [`Category::as_str`] writes it.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == word)
    }

    /// The category as a heading: `Read`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Execute => "Execute",
            Self::Destructive => "Destructive",
            Self::Financial => "Financial",
        }
    }

    /// What a name says, which is a guess; none where it says nothing.
    ///
    /// ```
    /// use gatewright_core::risk::Category;
    /// assert_eq!(Category::by_name("git_delete_branch"), Some(Category::Destructive));
    /// assert_eq!(Category::by_name("customer"), None);
    /// ```
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        verbs::by_words(&words::Words::of(name), 0).map(|said| said.category)
    }

    /// What it does, to follow `it`: `looks at something`.
    const fn does(self) -> &'static str {
        match self {
            Self::Read => "looks at something",
            Self::Write => "changes something",
            Self::Execute => "runs something",
            Self::Destructive => "takes something away",
            Self::Financial => "moves money",
        }
    }

    /// How grave it is where nothing makes it graver.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Read => Level::Low,
            Self::Write => Level::Medium,
            Self::Execute | Self::Destructive | Self::Financial => Level::High,
        }
    }
}

impl Level {
    /// The level as one word: `low`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level as a heading: `Low`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

impl SignalKind {
    /// The signal as one word: `file_system_path`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FileSystemPath => "file_system_path",
            Self::Credentials => "credentials",
            Self::FreeCode => "free_code",
            Self::RawMarkup => "raw_markup",
            Self::LeavesHouse => "leaves_house",
            Self::ManyParameters => "many_parameters",
            Self::NoRequiredArgument => "no_required_argument",
            Self::UnboundedText => "unbounded_text",
            Self::Bulk => "bulk",
            Self::MissingDescription => "missing_description",
            Self::ContradictingAnnotation => "contradicting_annotation",
        }
    }

    /// The signal as a heading: `File system path`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::FileSystemPath => "File system path",
            Self::Credentials => "Credentials or secrets",
            Self::FreeCode => "Free-form code or query",
            Self::RawMarkup => "Raw HTML or template",
            Self::LeavesHouse => "Recipient or URL outside the house",
            Self::ManyParameters => "Many parameters",
            Self::NoRequiredArgument => "No required argument",
            Self::UnboundedText => "Unbounded text",
            Self::Bulk => "Bulk",
            Self::MissingDescription => "No description",
            Self::ContradictingAnnotation => "Annotation that contradicts the definition",
        }
    }
}

impl Signal {
    /// The signal for people: `File system path`, `17 parameters`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match (self.kind, self.count) {
            (SignalKind::ManyParameters, Some(count)) => format!("{count} parameters"),
            _ => self.kind.title().to_string(),
        }
    }
}

impl Risk {
    /// The title where there is no category.
    pub const UNDECIDED: &str = "Undecided";

    /// The same tool, of which a person has said what it does. The level follows the person's word; reasons and signals
    /// stay as they were found.
    #[must_use]
    pub fn overruled_by(mut self, category: Category) -> Self {
        self.category = Some(category);
        self.level = category.level();
        self.overruled = true;
        self
    }

    /// The category as a heading; `Undecided` where there is none.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.category.map_or(Self::UNDECIDED, Category::title)
    }

    /// Category and level as two words: `Execute, high`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}, {}", self.title(), self.level.as_str())
    }

    /// Category and level, and who says so: `Execute, high: guessed from the name`.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("{}: {}", self.label(), self.source_in_words())
    }

    /// Who says so, in words: whoever decided the category.
    #[must_use]
    pub fn source_in_words(&self) -> &'static str {
        if self.overruled {
            return "set by you";
        }
        match self.reasons.first().map(|reason| &reason.place) {
            _ if self.category.is_none() => "the definition does not say",
            Some(Place::Name) if self.is_contradicted() => {
                "guessed from the name; the server's own annotation says less"
            }
            Some(Place::Name) => "guessed from the name",
            Some(Place::Description) => "guessed from the description",
            Some(Place::Schema(_)) => "guessed from the arguments",
            Some(Place::Annotations) => "the server's own annotation, unverified",
            None => "the definition does not say",
        }
    }

    /// Whether an annotation says less than the definition does.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.signals.iter().any(|signal| signal.kind == SignalKind::ContradictingAnnotation)
    }
}

/// How risky a tool is, by its definition alone.
///
/// ```
/// use gatewright_core::risk::{Category, Level, assess};
/// use gatewright_core::tool::read_tools;
///
/// let tools = read_tools(r#"[{"name": "delete_file"}, {"name": "customer"}]"#).unwrap();
/// let risk = assess(&tools[0]);
/// assert_eq!((risk.category, risk.level), (Some(Category::Destructive), Level::High));
/// assert_eq!(risk.reasons[0].words, "delete");
///
/// let undecided = assess(&tools[1]);
/// assert_eq!((undecided.category, undecided.level), (None, Level::Medium), "not known is not harmless");
/// ```
#[must_use]
pub fn assess(tool: &ToolDefinition) -> Risk {
    weigh::weigh(tool, 0)
}

/// How risky a tool is of which nothing is known but its name.
#[must_use]
pub fn assess_name(name: &str) -> Risk {
    let unknown = ToolDefinition { name: name.to_string(), ..ToolDefinition::default() };
    Risk { signals: Vec::new(), ..assess(&unknown) }
}

/// Whether a tool does more than read, as far as it is known: of a tool without a definition by its name. What nothing
/// is known of does, unless the server says otherwise.
pub(crate) fn writes(name: &str, definition: Option<&ToolDefinition>) -> bool {
    let Some(tool) = definition else {
        return Category::by_name(name).is_some_and(|category| category > Category::Read);
    };
    match assess(tool).category {
        Some(category) => category > Category::Read,
        None => tool.annotations.read_only_hint != Some(true),
    }
}

/// The tools of one server, each with its risk.
///
/// A word that all their names begin with is the server's, and says nothing of any of them: where `test` stands before
/// each, `test_list` lists. That is only so of three tools and more, for words that are nouns too, and where the rest of
/// the name has a verb of its own.
#[must_use]
pub fn assess_all(tools: Vec<ToolDefinition>) -> Vec<Assessed> {
    let is_prefixed = verbs::have_prefix(tools.iter().map(|tool| tool.name.as_str()));
    tools
        .into_iter()
        .map(|tool| Assessed { risk: weigh::weigh(&tool, usize::from(is_prefixed)), tool })
        .collect()
}

#[cfg(test)]
mod tests;
