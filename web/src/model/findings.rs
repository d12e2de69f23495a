//! What is found in the policy: its errors, or, where there are none, its lints.

use gatewright_core::tool::ToolDefinition;
use gatewright_core::{Diagnostic, lint};

use super::document::Document;

/// One finding, with the calls that show it where calls can.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What was found, and where.
    pub diagnostic: Diagnostic,
    /// A scenario of the calls that show it.
    pub scenario: Option<serde_json::Value>,
}

/// Everything that is found, in the order of the text. Imported tools make more findings possible.
#[must_use]
pub fn findings(document: &Document, tools: &[ToolDefinition]) -> Vec<Finding> {
    let errors = document.errors();
    if !errors.is_empty() {
        return errors.iter().map(|found| Finding { diagnostic: found.clone(), scenario: None }).collect();
    }
    let found = lint(document.parsed(), (!tools.is_empty()).then_some(tools));
    found
        .into_iter()
        .map(|found| Finding { diagnostic: found.diagnostic, scenario: found.scenario })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::inventory::{Inventory, Server};
    use serde_json::json;

    #[test]
    fn errors_stand_alone_and_lints_know_the_imported_tools() {
        let none = Inventory::default();
        let tools = vec![json!({"name": "run_tests"})];
        let imported = Inventory {
            servers: vec![Server { name: String::new(), tools, pinned: None }],
            ..Inventory::default()
        };
        let listing = r#"{"version": "1", "default": "deny", "tools": {"run_test": {}}}"#;
        #[rustfmt::skip]
        let cases = [
            // text        tools      the first code        why
            ("{}",         &none,     Some("missing-field"), "an error"),
            (listing,      &none,     None,                 "nothing is known of the server"),
            (listing,      &imported, Some("unknown-tool"), "the server has no such tool"),
        ];
        for (text, inventory, code, why) in cases {
            let found = findings(&Document::new(text), &inventory.definitions());
            assert_eq!(found.first().map(|found| found.diagnostic.code.as_str()), code, "{why}");
        }
    }
}
