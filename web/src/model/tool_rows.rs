//! The rows of the list of tools: those that were imported and those that the policy names, each once.

use std::collections::BTreeMap;

use gatewright_core::amend::{Holdings, ToolState, ToolStates};
use gatewright_core::source::{Source, Value};
use gatewright_core::tool::{Annotations, Effect};
use serde::Deserialize;

use super::findings::Finding;
use super::inventory::{EFFECTS, Inventory};

/// A tool in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolRow {
    /// Its name, exact.
    pub name: String,
    /// What the policy says of it.
    pub state: ToolState,
    /// Rules and limits of its own.
    pub holdings: Holdings,
    /// Whether the policy lists it.
    pub is_listed: bool,
    /// The servers that list it; empty where none does.
    pub servers: Vec<String>,
    /// What it does, as far as anybody says.
    pub badge: Badge,
    /// How many findings are about it.
    pub findings: usize,
}

/// What a tool does, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// None: nobody says anything, which is not to say that it is safe.
    pub effect: Option<Effect>,
    /// Who says so.
    pub source: BadgeSource,
}

/// Who says what a tool does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeSource {
    /// Whoever uses the page.
    You,
    /// The server, in the tool's annotations. Nobody has checked them.
    Annotation,
    /// Its name, by its first verb.
    Name,
    /// Its name, against its annotations, which say less.
    NameAgainstAnnotation,
    /// Nobody.
    Nobody,
}

impl Badge {
    /// By what was said of a tool, its annotations, and its name: of the last two the graver.
    #[must_use]
    pub fn new(name: &str, said: Option<Effect>, hints: Annotations) -> Self {
        if said.is_some() {
            return Self { effect: said, source: BadgeSource::You };
        }
        let (by_hints, by_name) = (Effect::by_hints(hints), Effect::by_name(name));
        let source = match (by_hints, by_name) {
            (None, None) => BadgeSource::Nobody,
            (None, Some(_)) => BadgeSource::Name,
            (Some(hinted), Some(guessed)) if guessed > hinted && hinted == Effect::Reads => {
                BadgeSource::NameAgainstAnnotation
            }
            (Some(_), _) => return Self { effect: by_hints, source: BadgeSource::Annotation },
        };
        Self { effect: by_name, source }
    }

    /// `Destructive`; `Not stated` where nobody says anything.
    #[must_use]
    pub fn word(self) -> &'static str {
        EFFECTS
            .iter()
            .find(|(effect, ..)| Some(*effect) == self.effect)
            .map_or("Not stated", |(.., word)| word)
    }

    /// Who says so, in words.
    #[must_use]
    pub const fn source_in_words(self) -> &'static str {
        match self.source {
            BadgeSource::You => "set by you",
            BadgeSource::Annotation => "the server's own annotation, unverified",
            BadgeSource::Name => "guessed from the name",
            BadgeSource::NameAgainstAnnotation => {
                "guessed from the name; the server's own annotation says that it only reads"
            }
            BadgeSource::Nobody => "no annotation, and the name says nothing",
        }
    }

    /// Bars of four: how grave it would be.
    #[must_use]
    pub const fn bars(self) -> usize {
        match self.effect {
            None => 0,
            Some(Effect::Reads) => 1,
            Some(Effect::Writes) => 2,
            Some(Effect::Runs) => 3,
            Some(Effect::Destroys) => 4,
        }
    }
}

/// What to show of the rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// In the name, whatever its case.
    pub text: String,
    /// Tools in that state.
    pub state: Option<ToolState>,
    /// Tools with that badge: its word.
    pub badge: Option<&'static str>,
    /// Tools of that server; an empty name is that of tools that no server lists.
    pub server: Option<String>,
    /// Tools with findings.
    pub with_findings: bool,
}

impl Filter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    fn lets_through(&self, row: &ToolRow, lowered: &str) -> bool {
        let of_server = |server: &String| match server.as_str() {
            "" => row.servers.is_empty(),
            _ => row.servers.contains(server),
        };
        (lowered.is_empty() || row.name.to_lowercase().contains(lowered))
            && self.state.is_none_or(|state| row.state == state)
            && self.badge.is_none_or(|word| row.badge.word() == word)
            && self.server.as_ref().is_none_or(of_server)
            && (!self.with_findings || row.findings > 0)
    }

    /// The numbers of the rows that it lets through.
    #[must_use]
    pub fn matching(&self, rows: &[ToolRow]) -> Vec<usize> {
        let lowered = self.text.trim().to_lowercase();
        let rows = rows.iter().enumerate().filter(|(_, row)| self.lets_through(row, &lowered));
        rows.map(|(number, _)| number).collect()
    }
}

/// Every row: the imported tools in the order of their servers, then, by their names, those that only the policy names
/// and `others`: a tool that was just taken off a list stays where it was.
#[must_use]
pub fn tool_rows(
    source: &Source,
    findings: &[Finding],
    inventory: &Inventory,
    others: &[String],
) -> Vec<ToolRow> {
    let states = ToolStates::of(source);
    let found = findings_by_tool(source, findings);
    let mut rows: Vec<ToolRow> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let row = |name: &str, hints| ToolRow {
        name: name.to_owned(),
        state: states.of_tool(name),
        holdings: states.holdings(name).unwrap_or_default(),
        is_listed: states.holdings(name).is_some(),
        servers: Vec::new(),
        badge: Badge::new(name, inventory.said_of(name), hints),
        findings: found.get(name).copied().unwrap_or(0),
    };
    for (server, tool) in inventory.tools() {
        let Some(name) = tool.get("name").and_then(serde_json::Value::as_str) else { continue };
        let place = *places.entry(name).or_insert_with(|| {
            rows.push(row(name, hints(tool)));
            rows.len() - 1
        });
        if let Some(row) = rows.get_mut(place) {
            row.servers.push(server.to_owned());
        }
    }
    let mut named: Vec<&str> = states.names();
    named.extend(others.iter().map(String::as_str));
    named.sort_unstable();
    named.dedup();
    for name in named {
        if !places.contains_key(name) {
            rows.push(row(name, Annotations::default()));
        }
    }
    rows
}

/// What a tool says of itself.
#[must_use]
pub fn hints(tool: &serde_json::Value) -> Annotations {
    let hints = tool.get("annotations").map(Annotations::deserialize);
    hints.and_then(Result::ok).unwrap_or_default()
}

/// How many findings are about each tool: in its rules, or at its name in `hide`.
fn findings_by_tool(source: &Source, findings: &[Finding]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for finding in findings {
        let pointer = &finding.diagnostic.pointer;
        let mut tokens = pointer.tokens();
        let name = match (tokens.next().as_deref(), tokens.next()) {
            (Some("tools"), Some(name)) => Some(name.into_owned()),
            (Some("hide"), Some(_)) => match source.find(pointer).map(|node| &node.value) {
                Some(Value::Text(name)) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        if let Some(name) = name {
            *found.entry(name).or_insert(0) += 1;
        }
    }
    found
}

/// What stands under a tool: `2 rules, 1 limit`; empty where nothing does.
#[must_use]
pub fn rules_and_limits(rules: usize, limits: usize) -> String {
    let counted = |number: usize, one: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        several => Some(format!("{several} {one}s")),
    };
    [counted(rules, "rule"), counted(limits, "limit")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
