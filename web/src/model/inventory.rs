//! The tools that were imported, by the server that lists them. None of it decides anything: a policy stands on its
//! own, and the tools only help to write it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The servers whose tools were imported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// In the order of their import.
    pub servers: Vec<Server>,
}

/// A server, and what it listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Its name; empty where it is not known.
    pub name: String,
    /// Its tools as it lists them: the objects of `tools/list`.
    pub tools: Vec<Value>,
}

impl Inventory {
    /// Whether nothing was imported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Every tool, with the name of its server.
    pub fn tools(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.servers.iter().flat_map(|server| server.tools.iter().map(|tool| (server.name.as_str(), tool)))
    }

    /// The definition of a tool: of several servers' the first.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Value> {
        self.tools().map(|(_, tool)| tool).find(|tool| tool.get("name").and_then(Value::as_str) == Some(name))
    }
}
