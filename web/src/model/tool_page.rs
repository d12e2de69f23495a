//! One tool on a page of its own: what its server says of it, how risky that makes it, and where else its name is found.

use std::sync::Arc;

use gatewright_core::amount::count;
use gatewright_core::legible::{legible, legible_lines, quoted};
use gatewright_core::risk::{Evidence, Risk, Signal};
use gatewright_core::tool::drift::{Earlier, ServerTools, changes};
use gatewright_core::tool::{Annotations, ToolDefinition};

use super::arguments::{Argument, arguments};
use super::catalogue::Catalogue;
use super::inventory::Inventory;

/// Of a longer description so many characters are shown at first,
const FIRST_SHOWN: usize = 400;
/// and so many at all.
const MOST_SHOWN: usize = 20_000;

/// What is to be told of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolPage {
    /// How risky it is.
    pub risk: Arc<Risk>,
    /// Its definition; none where no server lists it.
    pub listing: Option<Listing>,
    /// The same name at other servers.
    pub elsewhere: Vec<Elsewhere>,
}

/// A tool as its server lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The server, fit to be shown; empty where it has no name.
    pub server: String,
    /// What it says it does; empty where it says nothing.
    pub description: Description,
    /// What it says of itself: the name of each hint, and what is stated.
    pub hints: [(&'static str, &'static str); 4],
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Whether it has a schema at all.
    pub has_schema: bool,
}

/// A description, fit to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// What is shown at first.
    pub first: String,
    /// All of it, where that is more.
    pub whole: Option<String>,
}

/// The same name at another server.
#[derive(Clone, Debug, PartialEq)]
pub struct Elsewhere {
    /// The server, fit to be shown; empty where it has no name.
    pub server: String,
    /// How risky it is there: `Execute, high`.
    pub risk: String,
    /// What is different there, a sentence each; none where nothing is.
    pub differs: Vec<String>,
}

impl ToolPage {
    /// What is to be told of a tool, by its name.
    #[must_use]
    pub fn of(name: &str, inventory: &Inventory, catalogue: &Catalogue) -> Self {
        let mut named = catalogue.named(name);
        let first = named.next();
        let elsewhere = named
            .map(|(server, other)| Elsewhere {
                server: legible(server),
                risk: other.risk.label(),
                differs: first.map(|(_, own)| differences(&own.tool, &other.tool)).unwrap_or_default(),
            })
            .collect();
        Self {
            risk: catalogue.risk_of(name, inventory),
            listing: first.map(|(server, own)| Listing::of(server, &own.tool)),
            elsewhere,
        }
    }

    /// Each reason for category and level: what follows, and the words it follows from.
    pub fn reasons(&self) -> impl Iterator<Item = (String, String)> {
        self.risk.reasons.iter().map(told)
    }

    /// Each signal: its heading, what follows, and the words it follows from.
    pub fn signals(&self) -> impl Iterator<Item = (String, String, String)> {
        self.risk.signals.iter().map(|signal| {
            let (why, words) = told(&signal.evidence);
            (heading(signal), why, words)
        })
    }
}

impl Listing {
    fn of(server: &str, tool: &ToolDefinition) -> Self {
        let schema = tool.input_schema.as_ref();
        Self {
            server: legible(server),
            description: Description::of(tool.description.as_deref().unwrap_or_default()),
            hints: hints(tool.annotations),
            arguments: schema.map(arguments).unwrap_or_default(),
            has_schema: schema.is_some(),
        }
    }
}

impl Description {
    fn of(text: &str) -> Self {
        let text = text.trim();
        if text.chars().nth(FIRST_SHOWN).is_none() {
            return Self { first: legible_lines(FIRST_SHOWN, text), whole: None };
        }
        Self { first: legible_lines(FIRST_SHOWN, text), whole: Some(legible_lines(MOST_SHOWN, text)) }
    }
}

/// The hints that MCP has, each with what is stated of it. What is not stated is not "no".
fn hints(of: Annotations) -> [(&'static str, &'static str); 4] {
    let word = |hint| match hint {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not stated",
    };
    [
        ("Only reads", word(of.read_only_hint)),
        ("May destroy", word(of.destructive_hint)),
        ("Same again changes nothing", word(of.idempotent_hint)),
        ("Deals with the world outside", word(of.open_world_hint)),
    ]
}

/// What follows, and the words with their place; of what is not written only the place.
fn told(evidence: &Evidence) -> (String, String) {
    let place = evidence.place.in_words();
    let words =
        if evidence.words.is_empty() { place } else { format!("{} {place}", quoted(&evidence.words)) };
    (evidence.why.clone(), words)
}

fn heading(signal: &Signal) -> String {
    match signal.count {
        Some(number) => format!("{}: {}", signal.kind.title(), count(number)),
        None => signal.kind.title().to_owned(),
    }
}

/// What is different in another definition of the same name, a sentence each.
fn differences(own: &ToolDefinition, other: &ToolDefinition) -> Vec<String> {
    let list = |tool: &ToolDefinition| vec![ServerTools { name: String::new(), tools: vec![tool.clone()] }];
    let found = changes(&Earlier::Lists(list(own)), &list(other));
    found.into_iter().flat_map(|change| change.parts).map(|part| part.words).collect()
}

#[cfg(test)]
mod tests {
    use gatewright_core::import::tools::import_tools;
    use gatewright_core::risk::Category;

    use super::*;

    fn page(name: &str, list: &str) -> ToolPage {
        let inventory = Inventory::default().with(&import_tools(list, "one").unwrap());
        ToolPage::of(name, &inventory, &Catalogue::of(&inventory))
    }

    #[test]
    fn a_tool_is_told_with_its_words_and_what_is_not_stated_is_no_answer() {
        let page = page(
            "delete_file",
            r#"[{"name": "delete_file", "description": "  Deletes\u202e a file.\n", "annotations": {"destructiveHint": true},
                 "inputSchema": {"type": "object", "required": ["path"],
                                 "properties": {"path": {"type": "string"}, "force": {"type": "boolean"}}}}]"#,
        );
        let listing = page.listing.as_ref().unwrap();
        assert_eq!(listing.description.first, "Deletes\\u{202e} a file.");
        assert_eq!(listing.hints[0], ("Only reads", "not stated"));
        assert_eq!(listing.hints[1], ("May destroy", "yes"));
        let arguments: Vec<_> =
            listing.arguments.iter().map(|known| format!("{}: {}", known.path, known.in_words())).collect();
        assert_eq!(arguments, ["args.force: boolean · optional", "args.path: string · required"]);
        assert_eq!(page.risk.label(), "Destructive, high");
        let (why, words) = page.reasons().next().unwrap();
        assert!(!why.is_empty() && words.contains("in the "), "{why} {words}");
        assert_eq!(page.elsewhere, []);
    }

    #[test]
    fn a_long_description_is_cut_and_the_whole_is_at_hand() {
        let long = "word ".repeat(200);
        let description = Description::of(&long);
        assert_eq!(description.first.chars().count(), FIRST_SHOWN + 1, "and the sign that it goes on");
        assert_eq!(description.whole.as_deref(), Some(long.trim()));
        assert_eq!(Description::of("Short."), Description { first: "Short.".to_owned(), whole: None });
    }

    #[test]
    fn the_same_name_elsewhere_is_told_by_what_differs() {
        let page = page(
            "search",
            r#"{"one": [{"name": "search", "description": "Searches."}],
                "two": [{"name": "search", "description": "Searches, and mails what it finds."}],
                "three": [{"name": "search", "description": "Searches."}]}"#,
        );
        let told: Vec<_> =
            page.elsewhere.iter().map(|other| format!("{} {}", other.server, other.differs.len())).collect();
        assert_eq!(told.len(), 2);
        assert!(page.elsewhere.iter().any(|other| other.differs.is_empty()), "{told:?}");
        assert!(page.elsewhere.iter().any(|other| !other.differs.is_empty()), "{told:?}");
    }

    #[test]
    fn of_a_tool_that_no_server_lists_only_its_name_speaks() {
        let page = page("run_tests", "[]");
        assert_eq!(page.listing, None);
        assert_eq!(page.risk.category, Some(Category::Execute));
        assert_eq!(page.signals().count(), 0);
    }
}
