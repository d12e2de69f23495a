//! A `require` rule that asks nothing.
//!
//! # What it finds
//!
//! A rule of `require` with an empty list of conditions.
//!
//! # Why
//!
//! A rule without conditions always holds. In `require` that lets every call by, so that the rule does nothing; in
//! `deny_if` it would deny every call.
//!
//! # Example
//!
//! ```json
//! { "require": [{ "conditions": [], "on_deny": "Ask first." }] }
//! ```
//!
//! # Instead
//!
//! Say what must hold, or leave the rule out:
//!
//! ```json
//! { "require": [{ "conditions": [{ "path": "args.ticket", "op": "exists", "value": true }], "on_deny": "Ask first." }] }
//! ```

use alloc::vec::Vec;

use super::document::{Document, Stage};
use super::{Lint, edit, shown};
use crate::diagnostic::Code;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.places() {
        for rule in place.rules_of(Stage::Require).filter(|rule| rule.asks.is_empty()) {
            let message = "a rule without conditions asks nothing: no call is denied by it";
            let at = document.some_place(place);
            let call = at.reachable.then(|| shown::call(document.some_tool(at), document.any_passing(at)));
            found.push(
                Lint::new(Code::RequireWithoutConditions, &rule.spot, message)
                    .help("say what must hold; to deny every call, leave the tool out or hide it")
                    .fix("remove the rule", edit::remove(document, &rule.spot))
                    .shown_by(call),
            );
        }
    }
}
