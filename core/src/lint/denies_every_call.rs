//! A `deny_if` rule that asks nothing.
//!
//! # What it finds
//!
//! A rule of `deny_if` with an empty list of conditions.
//!
//! # Why
//!
//! A rule without conditions always holds, so that it denies every call of the tool, or under `all_tools` every call at
//! all. The agent still sees the tool in the list and goes on trying.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "allow", "tools": { "delete_account": { "deny_if": [{ "conditions": [] }] } } }
//! ```
//!
//! # Instead
//!
//! Hide the tool. Under default deny, leaving it out denies it as well.
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_account"] }
//! ```

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::arguments::Wish;
use super::document::{Document, Stage};
use super::{Lint, shown};
use crate::diagnostic::Code;
use crate::legible::clip;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        // The first is enough: what comes after it is told where it stands.
        let Some(rule) = place.rules_of(Stage::DenyIf).find(|rule| rule.asks.is_empty()) else { continue };
        let calls = match place.tool {
            Some(tool) => format!("every call of `{}`", clip(tool)),
            None => "every call of every tool".to_string(),
        };
        let at = document.some_place(place);
        let args = document.arguments(at, &Wish::default()).unwrap_or_default();
        let message = format!("a rule without conditions always holds: {calls} is denied");
        found.push(
            Lint::new(Code::DeniesEveryCall, &rule.spot, message)
                .help("hide the tool, which also keeps it out of the agent's sight, or say when to deny")
                .shown_by(shown::call(document.some_tool(at), args)),
        );
    }
}
