//! Tools that may destroy something, let through because nothing is said of them.
//!
//! # What it finds
//!
//! Under default allow, tools of the server that the policy neither lists nor hides and that may destroy something by
//! their own word. A tool that does not say may: that is MCP's default. It needs the server's tools.
//!
//! # Why
//!
//! A tool that is not listed has no rules and no limits of its own, so that it may be called with anything, as often as
//! `all_tools` permits. A tool that the server adds tomorrow is let through as well.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "allow", "tools": { "list_customers": {} } }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "version": "1", "default": "deny", "tools": { "list_customers": {} } }
//! ```

use alloc::format;
use alloc::vec::Vec;

use super::document::{Document, Stage};
use super::{Lint, names_in_words, shown};
use crate::diagnostic::Code;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    let all = &document.all;
    let always = |stage| all.rules_of(stage).any(|rule| rule.asks.is_empty());
    if !document.allows_by_default() || always(Stage::DenyIf) || always(Stage::RequireApproval) {
        return;
    }
    let open = document.known_names.iter().copied().filter(|name| {
        let may_destroy = document.known.get(name).is_some_and(|tool| tool.annotations.may_destroy());
        may_destroy && !document.lists(name) && !document.hides(name)
    });
    let open: Vec<&str> = open.collect();
    let Some(first) = open.first() else { return };
    let (subject, verb) = match open.len() {
        1 => ("a tool that may destroy something is", "it is"),
        _ => ("tools that may destroy something are", "they are"),
    };
    let names = names_in_words(&open);
    let message = format!("{subject} let through because {verb} not listed: {names}");
    let spot = document.root.key("default");
    found.push(
        Lint::new(Code::DefaultAllow, &spot, message)
            .help("hide them, list them with rules and limits, or write `\"default\": \"deny\"`")
            .shown_by(shown::call(first, document.any_passing(all))),
    );
}
