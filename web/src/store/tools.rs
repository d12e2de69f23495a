//! Changes of tools: their states, and the servers that list them.

use gatewright_core::amend::{AmendError, ToolState, set_all_tools_state, set_default};
use gatewright_core::diagnostic::Edit;
use gatewright_core::import::tools::{ImportedTools, import_tools};
use gatewright_core::policy::DefaultDecision;
use gatewright_core::risk::Category;
use gatewright_core::source::Source;
use leptos::prelude::*;

use super::Store;
use crate::model::inventory::file_stem;
use crate::model::tool_gestures::{self, LastSetting, state_word};

impl Store {
    /// Sets a state of some tools as one step, and tells whether it is so now. The state before the last step undoes
    /// that step.
    pub fn set_tools(self, tools: &[String], state: ToolState) -> bool {
        let back = self.last_setting.with_value(|last| {
            let leads_back = |last: &LastSetting| {
                self.history.with_untracked(|history| {
                    self.document.with_untracked(|document| {
                        last.leads_back(tools, state, history.last_done(), document.text())
                    })
                })
            };
            last.as_ref().is_some_and(leads_back)
        });
        if back {
            self.undo();
            return true;
        }
        let setting = self.with_source(|source| tool_gestures::set_states(source, tools, state));
        let is_set = self.amend_states(&setting.label, setting.edits);
        let last = setting.before.filter(|_| is_set).map(|before| LastSetting {
            tools: tools.to_vec(),
            before,
            label: setting.label,
            text: self.document.with_untracked(|document| document.text().into()),
        });
        self.last_setting.set_value(last);
        if let ([tool], true) = (tools, is_set) {
            self.touched.update(|touched| {
                if !touched.contains(tool) {
                    touched.push(tool.clone());
                }
            });
        }
        is_set
    }

    /// Tools whose state was set by hand in this document: they stay in view, even where nothing names them any more.
    #[must_use]
    pub fn touched(self) -> ReadSignal<Vec<String>> {
        self.touched.read_only()
    }

    /// Sets the state of all tools together, and tells whether it is so now.
    pub fn set_all_tools(self, state: ToolState) -> bool {
        let edits = self.with_source(|source| set_all_tools_state(source, state));
        let word = if state == ToolState::Allow { "each by its own" } else { state_word(state) };
        self.amend_states(&format!("All tools: {word}"), edits)
    }

    /// Sets what happens to tools that are not listed.
    pub fn set_default(self, decision: DefaultDecision) {
        let word = if decision == DefaultDecision::Allow { ToolState::Allow } else { ToolState::Deny };
        let edits = self.with_source(|source| set_default(source, decision));
        self.amend(format!("Not listed: {}", state_word(word)), edits);
    }

    /// Takes servers and their tools.
    pub fn add_servers(self, from: &str, imported: &ImportedTools) {
        let inventory = self.inventory.with_untracked(|inventory| inventory.with(imported));
        self.set_inventory(format!("Imported {from}: {}", imported.in_words()), inventory);
    }

    /// Takes a text that may be a list of tools, and tells whether it was one.
    pub fn bring_tools(self, name: &str, text: &str) -> bool {
        let Ok(imported) = import_tools(text, file_stem(name)) else { return false };
        self.add_servers(name, &imported);
        self.say(imported.in_words());
        true
    }

    /// Forgets a server and its tools. The policy stays as it is.
    pub fn remove_server(self, name: &str) {
        let inventory = self.inventory.with_untracked(|inventory| inventory.without(name));
        self.set_inventory(format!("Removed the tools of {name}"), inventory);
    }

    /// Pins the list of a server as it is now.
    pub fn pin_server(self, name: &str) {
        let inventory = self.inventory.with_untracked(|inventory| inventory.pinning(name));
        let of = if name.is_empty() { String::new() } else { format!(" of {name}") };
        self.set_inventory(format!("Pinned the tools{of}"), inventory);
    }

    /// Keeps what somebody says that a tool does.
    pub fn say_what_it_does(self, tool: &str, category: Option<Category>) {
        let inventory = self.inventory.with_untracked(|inventory| inventory.saying(tool, category));
        self.set_inventory(format!("{tool}: what it does"), inventory);
    }

    fn with_source<T>(self, ask: impl FnOnce(&Source) -> T) -> T {
        self.document.with_untracked(|document| ask(&document.parsed().source))
    }

    fn amend_states(self, label: &str, edits: Result<Vec<Edit>, AmendError>) -> bool {
        match edits {
            Ok(edits) => {
                self.amend(label, Ok(edits));
                true
            }
            Err(error) => {
                self.say(format!("{label}: {error}."));
                false
            }
        }
    }
}
