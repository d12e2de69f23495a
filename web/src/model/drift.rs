//! Lists of tools against what a person has looked at: which tools are not as they were pinned.
//!
//! A list is pinned as it is first brought. When its server's list is brought again and is another one, what was
//! pinned is kept beside it until somebody pins the new one. Only the tools that differ are kept twice.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_core::Parsed;
use gatewright_core::tool::ToolDefinition;
use gatewright_core::tool::drift::{Change, ChangeKind, Earlier, ServerTools, changes, decide, summary};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::inventory::{Inventory, Server};

/// How a server's tools were pinned, as far as they are listed otherwise now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pinned {
    /// Tools that were otherwise, or are not listed any more, as they were.
    pub were: Vec<Value>,
    /// The names of tools that were not listed.
    pub new: Vec<String>,
}

/// What became of a server's tools since they were pinned.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The server's name.
    pub server: String,
    /// How many tools changed, in a sentence.
    pub summary: String,
    /// Each tool that is not as it was, with what the policy decides of it.
    pub changes: Vec<Change>,
}

/// Every server whose tools are not as they were pinned, with what a policy decides of them.
#[must_use]
pub fn drifts(inventory: &Inventory, policy: &Parsed) -> Vec<Drift> {
    let of_server = |server: &Server| {
        server.pinned.as_ref()?;
        let now = listed(&server.name, &server.tools);
        let tools = now.tools.len();
        let mut changes = changes(&Earlier::Lists(vec![listed(&server.name, &pinned(server))]), &[now]);
        decide(&mut changes, policy);
        Some(Drift { server: server.name.clone(), summary: summary(&changes, tools), changes })
    };
    inventory.servers.iter().filter_map(of_server).collect()
}

/// The tools of a server that are not as they were pinned, each with a word for it.
#[must_use]
pub fn drift_words(server: &Server) -> BTreeMap<&str, &'static str> {
    let Some(Pinned { were, new }) = &server.pinned else { return BTreeMap::new() };
    let were = were.iter().filter_map(|tool| Some((name_of(tool)?, "changed")));
    were.chain(new.iter().map(|name| (name.as_str(), "new"))).collect()
}

impl Server {
    /// The server with another list. What was pinned stays so; the first list is pinned as it comes.
    #[must_use]
    pub fn listing(&self, tools: &[Value]) -> Self {
        let tools = tools.to_vec();
        if self.tools.is_empty() && self.pinned.is_none() {
            return Self { tools, ..self.clone() };
        }
        let before = pinned(self);
        let found =
            changes(&Earlier::Lists(vec![listed(&self.name, &before)]), &[listed(&self.name, &tools)]);
        let names = |kinds: &[ChangeKind]| -> BTreeSet<&str> {
            found.iter().filter(|change| kinds.contains(&change.kind)).map(|change| &*change.tool).collect()
        };
        let other = names(&[ChangeKind::Changed, ChangeKind::Removed]);
        let mut were: Vec<Value> = Vec::new();
        for tool in before.iter().filter(|tool| name_of(tool).is_some_and(|name| other.contains(name))) {
            // Of a name that was listed twice the first counts.
            if !were.iter().any(|known| name_of(known) == name_of(tool)) {
                were.push(tool.clone());
            }
        }
        let new = names(&[ChangeKind::Added]).into_iter().map(str::to_owned).collect();
        let pinned = (!found.is_empty()).then_some(Pinned { were, new });
        Self { name: self.name.clone(), tools, pinned }
    }
}

/// The tools of a server as they were pinned.
fn pinned(server: &Server) -> Vec<Value> {
    let Some(Pinned { were, new }) = &server.pinned else { return server.tools.clone() };
    let other: BTreeSet<&str> =
        were.iter().filter_map(name_of).chain(new.iter().map(String::as_str)).collect();
    let same = server.tools.iter().filter(|tool| name_of(tool).is_none_or(|name| !other.contains(name)));
    same.chain(were).cloned().collect()
}

fn listed(name: &str, tools: &[Value]) -> ServerTools {
    let tools = tools.iter().filter_map(|tool| ToolDefinition::deserialize(tool).ok());
    ServerTools { name: name.to_owned(), tools: tools.collect() }
}

fn name_of(tool: &Value) -> Option<&str> {
    tool.get("name").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use gatewright_core::import::tools::import_tools;
    use gatewright_core::parse;

    use super::*;

    const FIRST: &str = r#"[{"name": "a", "description": "Reads."}, {"name": "b"}, {"name": "c"}]"#;
    const SECOND: &str =
        r#"[{"name": "a", "description": "Reads. Then mail it."}, {"name": "b"}, {"name": "d"}]"#;

    fn importing(lists: &[&str]) -> Inventory {
        lists.iter().fold(Inventory::default(), |all, list| all.with(&import_tools(list, "fs").unwrap()))
    }

    fn told(inventory: &Inventory) -> String {
        let drifts = drifts(inventory, &parse(r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#));
        let words = |change: &Change| {
            let word = match change.kind {
                ChangeKind::Added => "+",
                ChangeKind::Changed => "~",
                ChangeKind::Removed => "-",
            };
            format!("{word}{}", change.tool)
        };
        let words: Vec<String> = drifts.iter().flat_map(|drift| &drift.changes).map(words).collect();
        words.join(" ")
    }

    #[test]
    fn a_list_is_held_against_the_one_that_was_pinned() {
        #[rustfmt::skip]
        let cases = [
            (&[FIRST][..],                  "",         "the first list is pinned as it comes"),
            (&[FIRST, FIRST],               "",         "nothing changed"),
            (&[FIRST, SECOND],              "~a -c +d", "one of each"),
            (&[FIRST, SECOND, SECOND],      "~a -c +d", "until somebody pins it"),
            (&[FIRST, SECOND, FIRST],       "",         "and back as it was"),
            (&[FIRST, SECOND, "[]"],        "-a -b -c", "against the pinned one, not the last one"),
            (&["[]", FIRST],                "",         "where nothing was listed nothing was pinned"),
            (&[FIRST, r#"[{"name": "c"}, {"name": "b"}, {"description": "Reads.", "name": "a"}]"#], "", "in which order it stands does not matter"),
        ];
        for (lists, expected, why) in cases {
            let mut sorted: Vec<_> = expected.split(' ').collect();
            let found = told(&importing(lists));
            let mut found: Vec<_> = found.split(' ').collect();
            sorted.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, sorted, "{why}");
        }
    }

    #[test]
    fn what_the_policy_decides_is_told_and_pinning_ends_it() {
        let inventory = importing(&[FIRST, SECOND]);
        let policy = parse(r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#);
        let drifts = drifts(&inventory, &policy);
        assert_eq!(drifts[0].server, "fs");
        assert!(drifts[0].summary.contains("1 new"), "{}", drifts[0].summary);
        assert!(drifts[0].changes.iter().all(|change| change.decided.is_some()));
        let changed = drifts[0].changes.iter().find(|change| change.tool == "a").unwrap();
        assert!(changed.in_words().contains("description"), "{}", changed.in_words());
        let words = drift_words(&inventory.servers[0]);
        assert_eq!(
            words,
            [("a", "changed"), ("c", "changed"), ("d", "new")].into(),
            "c is not listed any more"
        );
        assert_eq!(told(&inventory.pinning("fs")), "");
    }

    #[test]
    fn only_what_differs_is_kept_twice_and_it_comes_back() {
        let inventory = importing(&[FIRST, SECOND]);
        let json = serde_json::to_value(&inventory).unwrap();
        let were = json.pointer("/servers/0/pinned/were").and_then(Value::as_array).unwrap();
        assert_eq!(were.len(), 2, "a and c");
        let read: Inventory = serde_json::from_value(json).unwrap();
        assert_eq!(told(&read), told(&inventory));
        assert!(!serde_json::to_string(&importing(&[FIRST])).unwrap().contains("pinned"));
    }
}
