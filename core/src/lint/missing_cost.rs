//! A cost that a call may leave out.
//!
//! # What it finds
//!
//! `increment_from` on an argument that the tool's schema does not require, where no `require` rule asks for it. It needs
//! the server's tools.
//!
//! # Why
//!
//! A call without its cost is denied, though the server would take it. The agent is told that the argument is missing,
//! which its list of tools does not say.
//!
//! # Example
//!
//! With a tool whose `amount` may be left out:
//!
//! ```json
//! { "limits": [{ "counter": "spend", "window": "day", "max": 1000, "scope": "grant", "increment_from": "args.amount" }] }
//! ```
//!
//! # Instead
//!
//! Say so to the agent:
//!
//! ```json
//! {
//!   "require": [{ "conditions": [{ "path": "args.amount", "op": "exists", "value": true }], "on_deny": "Say the amount." }],
//!   "limits": [{ "counter": "spend", "window": "day", "max": 1000, "scope": "grant", "increment_from": "args.amount" }]
//! }
//! ```

use alloc::format;
use alloc::vec::Vec;

use super::arguments::Wish;
use super::document::{Document, LimitAt, Place, Stage};
use super::schema::Sent;
use super::{Lint, edit, shown};
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::operator::Test;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for limit in &place.limits {
            found.extend(missing(document, place, limit));
        }
    }
}

fn missing<'a>(document: &Document<'a>, place: &Place<'a>, limit: &LimitAt<'a>) -> Option<Lint> {
    let (path, schema, tool) = (limit.limit.increment_from.as_ref()?, place.schema()?, place.tool?);
    if schema.requires(path) || matches!(schema.at(path), Sent::Never { .. }) {
        return None;
    }
    let mut required = document.rules_met(place, Stage::Require).flat_map(|rule| &rule.asks);
    if required.any(|ask| ask.condition.path == *path && !matches!(ask.test, Test::Exists(false))) {
        return None;
    }
    let message = format!(
        "`{}` may be called without `{path}`: such a call is denied, for its cost is missing",
        clip(tool)
    );
    let edits = edit::add_require(document, place, &edit::exists_rule([path.as_str()]));
    let args = document.passing(place, &Wish { leave_out: Vec::from([path]), ..Wish::default() });
    Some(
        Lint::new(Code::MissingCost, &limit.spot.key("increment_from"), message)
            .help("ask for it in `require`, where `on_deny` can say so, or count calls instead")
            .fix(format!("require `{path}`"), edits)
            .shown_by(args.map(|args| shown::call(tool, args))),
    )
}
