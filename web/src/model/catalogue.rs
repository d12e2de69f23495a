//! Every imported tool with its risk: read once for each import, not for each edit of the policy.
//!
//! A policy knows tools by their names only. Where several servers list a name, the gravest of its tools stands for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_core::risk::{Assessed, Category, Level, Risk, assess_all, assess_name};
use gatewright_core::tool::ToolDefinition;
use serde::Deserialize;

use super::inventory::Inventory;

/// The imported tools, each with its risk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// Each name once, in the order of the servers: the gravest tool that has it.
    pub tools: Vec<Assessed>,
    /// The server of each of these.
    servers: Vec<String>,
    /// Tools of a name that stands above already, with their servers.
    others: Vec<(String, Assessed)>,
    places: BTreeMap<String, usize>,
    /// The risks of these, for rows that are many and are made often.
    risks: Vec<Arc<Risk>>,
}

impl Catalogue {
    /// Reads and assesses every tool. What somebody said of one counts first.
    #[must_use]
    pub fn of(inventory: &Inventory) -> Self {
        let mut all = Self::default();
        for server in &inventory.servers {
            let read = server.tools.iter().filter_map(|tool| ToolDefinition::deserialize(tool).ok());
            for Assessed { tool, risk } in assess_all(read.collect()) {
                let risk = inventory.said_of(&tool.name).into_iter().fold(risk, Risk::overruled_by);
                all.add(&server.name, Assessed { tool, risk });
            }
        }
        all.risks = all.tools.iter().map(|assessed| Arc::new(assessed.risk.clone())).collect();
        all
    }

    fn add(&mut self, server: &str, mut assessed: Assessed) {
        let mut server = server.to_owned();
        let Some(place) = self.places.get(&assessed.tool.name).copied() else {
            self.places.insert(assessed.tool.name.clone(), self.tools.len());
            self.tools.push(assessed);
            self.servers.push(server);
            return;
        };
        if let (Some(first), Some(of)) = (self.tools.get_mut(place), self.servers.get_mut(place)) {
            if gravity(&assessed.risk) > gravity(&first.risk) {
                std::mem::swap(first, &mut assessed);
                std::mem::swap(of, &mut server);
            }
            self.others.push((server, assessed));
        }
    }

    /// How risky a tool is: of one that no server lists as far as its name says.
    #[must_use]
    pub fn risk_of(&self, name: &str, inventory: &Inventory) -> Arc<Risk> {
        let known = self.places.get(name).and_then(|place| self.risks.get(*place));
        let guessed = || inventory.said_of(name).into_iter().fold(assess_name(name), Risk::overruled_by);
        known.map_or_else(|| Arc::new(guessed()), Arc::clone)
    }

    /// The gravest tool of a name.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Assessed> {
        self.tools.get(*self.places.get(name)?)
    }

    /// The tools of one server, or of all: each name once then.
    #[must_use]
    pub fn of_server(&self, server: Option<&str>) -> Vec<Assessed> {
        let Some(server) = server else { return self.tools.clone() };
        let first = self.servers.iter().zip(&self.tools);
        let others = self.others.iter().map(|(of, assessed)| (of, assessed));
        first.chain(others).filter(|(of, _)| *of == server).map(|(_, assessed)| assessed.clone()).collect()
    }

    /// Every tool of a name with its server, the gravest first.
    pub fn named<'c>(&'c self, name: &'c str) -> impl Iterator<Item = (&'c str, &'c Assessed)> {
        let place = self.places.get(name).copied();
        let first = place.and_then(|place| Some((self.servers.get(place)?.as_str(), self.tools.get(place)?)));
        let others = self.others.iter().filter(move |(_, other)| other.tool.name == name);
        first.into_iter().chain(others.map(|(server, other)| (server.as_str(), other)))
    }
}

/// What of two risks is compared: undecided is the graver of equal levels, for nobody knows what it is.
fn gravity(risk: &Risk) -> (Level, bool, Option<Category>) {
    (risk.level, risk.category.is_none(), risk.category)
}

#[cfg(test)]
mod tests {
    use gatewright_core::import::tools::import_tools;

    use super::*;

    fn inventory(text: &str) -> Inventory {
        Inventory::default().with(&import_tools(text, "").unwrap())
    }

    #[test]
    fn of_one_name_the_gravest_tool_counts_and_the_others_are_told_too() {
        let imported = inventory(
            r#"{"a": [{"name": "list"}, {"name": "get_it"}],
                "b": [{"name": "list", "annotations": {"destructiveHint": true}}],
                "c": [{"name": "list"}]}"#,
        );
        let all = Catalogue::of(&imported);
        let names: Vec<_> = all.tools.iter().map(|assessed| assessed.tool.name.as_str()).collect();
        assert_eq!(names, ["list", "get_it"], "each once, in the order of the servers");
        let servers: Vec<_> = all.named("list").map(|(server, _)| server).collect();
        assert_eq!(servers, ["b", "a", "c"], "the gravest first");
        let of = |server| all.of_server(server).len();
        assert_eq!((of(None), of(Some("a")), of(Some("c")), of(Some("x"))), (2, 2, 1, 0));
        assert_eq!(all.risk_of("list", &imported).level, Level::High);
        assert_eq!(all.risk_of("get_it", &imported).category, Some(Category::Read));
    }

    #[test]
    fn what_somebody_said_counts_first_and_a_name_alone_is_a_guess() {
        let imported = inventory(r#"[{"name": "customer"}]"#);
        let all = Catalogue::of(&imported);
        assert_eq!(all.risk_of("customer", &imported).category, None);
        assert_eq!(all.risk_of("delete_all", &imported).category, Some(Category::Destructive));
        let said = imported.saying("customer", Some(Category::Read)).saying("x", Some(Category::Financial));
        let all = Catalogue::of(&said);
        assert_eq!(all.risk_of("customer", &said).category, Some(Category::Read));
        assert_eq!(all.risk_of("x", &said).source_in_words(), "set by you");
    }
}
