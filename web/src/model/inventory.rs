//! The tools that were imported, by the server that lists them. None of it decides anything: a policy stands on its
//! own, and the tools only help to write it.

use gatewright_core::import::tools::ImportedTools;
use gatewright_core::risk::Category;
use gatewright_core::tool::ToolDefinition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::drift::Pinned;

/// The servers whose tools were imported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// In the order of their import.
    pub servers: Vec<Server>,
    /// What somebody said that tools do, by their names: words of [`WORDS`].
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub said: Map<String, Value>,
}

/// What a tool does, as it is stored. Pages that know of the first four only take a tool of the last for one of which
/// nothing was said.
const WORDS: [(&str, Category); 5] = [
    ("reads", Category::Read),
    ("writes", Category::Write),
    ("runs", Category::Execute),
    ("destroys", Category::Destructive),
    ("financial", Category::Financial),
];

/// A server, and what it listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Its name; empty where it is not known.
    pub name: String,
    /// Its tools as it lists them: the objects of `tools/list`.
    pub tools: Vec<Value>,
    /// How they were pinned; none where they are as pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pinned>,
}

/// What a server is called by its file: `github` for `lists/github.json`.
#[must_use]
pub fn file_stem(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

impl Inventory {
    /// Whether nothing was imported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Every tool that can be read, as the evaluator's linter takes it.
    #[must_use]
    pub fn definitions(&self) -> Vec<ToolDefinition> {
        self.tools().filter_map(|(_, tool)| ToolDefinition::deserialize(tool).ok()).collect()
    }

    /// With servers that were imported. One that is there already lists what it lists now; one that only a configuration
    /// names keeps its tools.
    #[must_use]
    pub fn with(&self, imported: &ImportedTools) -> Self {
        let mut all = self.clone();
        for server in &imported.servers {
            let there = all.servers.iter_mut().find(|there| there.name == server.name);
            match there {
                Some(there) if server.left_out.is_none() => *there = there.listing(&server.tools),
                Some(_) => {}
                None => {
                    let (name, tools) = (server.name.clone(), server.tools.clone());
                    all.servers.push(Server { name, tools, pinned: None });
                }
            }
        }
        all
    }

    /// Without one of its servers.
    #[must_use]
    pub fn without(&self, server: &str) -> Self {
        let mut rest = self.clone();
        rest.servers.retain(|there| there.name != server);
        rest
    }

    /// With the list of a server pinned as it is now.
    #[must_use]
    pub fn pinning(&self, server: &str) -> Self {
        let mut all = self.clone();
        for there in all.servers.iter_mut().filter(|there| there.name == server) {
            there.pinned = None;
        }
        all
    }

    /// What somebody said that a tool does.
    #[must_use]
    pub fn said_of(&self, tool: &str) -> Option<Category> {
        let word = self.said.get(tool)?.as_str()?;
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, category)| *category)
    }

    /// With what somebody says that a tool does; none takes back what was said.
    #[must_use]
    pub fn saying(&self, tool: &str, category: Option<Category>) -> Self {
        let mut all = self.clone();
        let word = WORDS.iter().find(|(_, known)| Some(*known) == category).map(|(word, _)| *word);
        match word {
            Some(word) => all.said.insert(tool.to_owned(), Value::from(word)),
            None => all.said.remove(tool),
        };
        all
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

#[cfg(test)]
mod tests {
    use gatewright_core::import::tools::import_tools;

    use super::*;

    fn names(inventory: &Inventory) -> String {
        let tools =
            inventory.tools().map(|(server, tool)| format!("{server}/{}", tool["name"].as_str().unwrap()));
        tools.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_server_that_is_imported_again_lists_what_it_lists_now() {
        let first =
            Inventory::default().with(&import_tools(r#"[{"name": "a"}, {"name": "b"}]"#, "fs").unwrap());
        let other = first.with(&import_tools(r#"[{"name": "c"}]"#, "git").unwrap());
        assert_eq!(names(&other), "fs/a fs/b git/c");
        let again = other.with(&import_tools(r#"[{"name": "b"}]"#, "fs").unwrap());
        assert_eq!(names(&again), "fs/b git/c");
        let configured =
            import_tools(r#"{"mcpServers": {"fs": {"command": "x"}, "new": {"command": "y"}}}"#, "");
        let configured = again.with(&configured.unwrap());
        assert_eq!(names(&configured), "fs/b git/c", "a configuration lists nothing, and takes nothing away");
        assert_eq!(configured.servers.len(), 3);
        assert_eq!(configured.without("fs").servers.len(), 2);
    }

    #[test]
    fn a_server_is_called_by_its_file() {
        for (file, name) in
            [("github.json", "github"), ("a/b\\c.tools.json", "c"), ("list", "list"), ("", "")]
        {
            assert_eq!(file_stem(file), name, "{file}");
        }
    }

    #[test]
    fn what_was_said_of_a_tool_is_kept_until_it_is_taken_back() {
        let said = Inventory::default().saying("a", Some(Category::Execute));
        assert_eq!((said.said_of("a"), said.said_of("b")), (Some(Category::Execute), None));
        let kept: Inventory = serde_json::from_value(serde_json::to_value(&said).unwrap()).unwrap();
        assert_eq!(kept, said);
        assert_eq!(said.saying("a", None), Inventory::default());
        for (word, category) in WORDS {
            let older: Inventory =
                serde_json::from_value(serde_json::json!({"servers": [], "said": {"a": word}})).unwrap();
            assert_eq!(older.said_of("a"), Some(category), "{word}");
        }
    }
}
