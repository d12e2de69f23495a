//! The rows of the list of tools: those that were imported and those that the policy names, each once.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_core::amend::{Holdings, ToolState, ToolStates};
use gatewright_core::risk::{Level, Risk};
use gatewright_core::source::{Source, Value};

use super::catalogue::Catalogue;
use super::drift::drift_words;
use super::findings::Finding;
use super::inventory::Inventory;

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
    /// What it does, how grave that is, and why.
    pub risk: Arc<Risk>,
    /// How many findings are about it.
    pub findings: usize,
    /// What it is called that is not as it was pinned.
    pub drift: Option<&'static str>,
}

/// What to show of the rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// In the name, whatever its case.
    pub text: String,
    /// Tools in that state.
    pub state: Option<ToolState>,
    /// Tools that do that: a title of [`Risk`].
    pub does: Option<&'static str>,
    /// Tools that are so grave.
    pub level: Option<Level>,
    /// Tools of that server; an empty name is that of tools that no server lists.
    pub server: Option<String>,
    /// Tools with findings.
    pub with_findings: bool,
    /// Tools that are not as they were pinned.
    pub drifted: bool,
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
            && self.does.is_none_or(|title| row.risk.title() == title)
            && self.level.is_none_or(|level| row.risk.level == level)
            && self.server.as_ref().is_none_or(of_server)
            && (!self.with_findings || row.findings > 0)
            && (!self.drifted || row.drift.is_some())
    }

    /// The numbers of the rows that it lets through.
    #[must_use]
    pub fn matching(&self, rows: &[ToolRow]) -> Vec<usize> {
        let lowered = self.text.trim().to_lowercase();
        let rows = rows.iter().enumerate().filter(|(_, row)| self.lets_through(row, &lowered));
        rows.map(|(number, _)| number).collect()
    }
}

/// Bars of four: how grave it would be to call the tool without a thought.
#[must_use]
pub const fn bars(level: Level) -> usize {
    match level {
        Level::Low => 1,
        Level::Medium => 2,
        Level::High => 3,
        Level::Critical => 4,
    }
}

/// Every row: the imported tools in the order of their servers, then, by their names, those that only the policy names
/// and `others`: a tool that was just taken off a list stays where it was.
#[must_use]
pub fn tool_rows(
    source: &Source,
    findings: &[Finding],
    inventory: &Inventory,
    catalogue: &Catalogue,
    others: &[String],
) -> Vec<ToolRow> {
    let states = ToolStates::of(source);
    let found = findings_by_tool(source, findings);
    let mut rows: Vec<ToolRow> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let row = |name: &str| ToolRow {
        name: name.to_owned(),
        state: states.of_tool(name),
        holdings: states.holdings(name).unwrap_or_default(),
        is_listed: states.holdings(name).is_some(),
        servers: Vec::new(),
        risk: catalogue.risk_of(name, inventory),
        findings: found.get(name).copied().unwrap_or(0),
        drift: None,
    };
    for server in &inventory.servers {
        let drifted = drift_words(server);
        for tool in &server.tools {
            let Some(name) = tool.get("name").and_then(serde_json::Value::as_str) else { continue };
            let place = *places.entry(name).or_insert_with(|| {
                rows.push(row(name));
                rows.len() - 1
            });
            if let Some(row) = rows.get_mut(place) {
                row.servers.push(server.name.clone());
                row.drift = row.drift.or_else(|| drifted.get(name).copied());
            }
        }
    }
    let mut named: Vec<&str> = states.names();
    named.extend(others.iter().map(String::as_str));
    named.sort_unstable();
    named.dedup();
    for name in named {
        if !places.contains_key(name) {
            rows.push(row(name));
        }
    }
    rows
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
