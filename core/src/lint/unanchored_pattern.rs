//! A pattern of `require` that is found inside other texts.
//!
//! # What it finds
//!
//! A `regex` of a `require` rule that is not tied to the start and the end of the text, where a text can be made that
//! it is found in and that says more than the pattern does. A pattern tied to one end whose open end is a separator
//! (`^/home/agent/`, `\.csv$`) is taken for a beginning or an ending that is meant as such.
//!
//! # Why
//!
//! A pattern is found anywhere in a text. `usd|eur` lets `usd; drop table` by, for `usd` is in it.
//!
//! # Example
//!
//! ```json
//! { "require": [{ "conditions": [{ "path": "args.currency", "op": "regex", "value": "usd|eur" }] }] }
//! ```
//!
//! # Instead
//!
//! Tie it down at both ends; the group holds the alternatives together. For a few values, `in` says it without a
//! pattern.
//!
//! ```json
//! { "require": [{ "conditions": [{ "path": "args.currency", "op": "regex", "value": "^(?:usd|eur)$" }] }] }
//! ```

use alloc::format;
use alloc::vec::Vec;

use super::arguments::Wish;
use super::document::{Ask, Document, Place, Stage};
use super::{Lint, sample, shown};
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::operator::Test;
use crate::pattern::Pattern;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for rule in place.rules_of(Stage::Require) {
            for ask in &rule.asks {
                found.extend(unanchored(document, place, ask));
            }
        }
    }
}

fn unanchored<'a>(document: &Document<'a>, place: &Place<'a>, ask: &Ask<'a>) -> Option<Lint> {
    let Test::Regex(pattern) = &ask.test else { return None };
    if pattern.matches_everything() || is_tied_down(pattern) {
        return None;
    }
    let slips = sample::slipping(pattern);
    if slips.is_none() && sample::matching(pattern).is_some() {
        return None;
    }
    let shown_pattern = clip(pattern.as_str());
    let message = match &slips {
        Some(text) => format!("`{shown_pattern}` is found inside other texts: `{}` is let by", clip(text)),
        None => format!("`{shown_pattern}` is found inside other texts, which are let by"),
    };
    let at = document.some_place(place);
    let set = |text: &str| Vec::from([(&ask.condition.path, serde_json::Value::from(text))]);
    let args =
        slips.as_deref().and_then(|text| document.passing(at, &Wish { set: set(text), ..Wish::default() }));
    Some(
        Lint::new(Code::UnanchoredPattern, &ask.spot.key("value"), message)
            .help(format!("if the whole text is meant, write `{}`", clip(&sample::anchored(pattern))))
            .shown_by(args.map(|args| shown::call(document.some_tool(at), args))),
    )
}

/// Whether a pattern is tied to both ends, or to one where the other is a separator.
fn is_tied_down(pattern: &Pattern) -> bool {
    const SEPARATORS: [char; 9] = ['/', ':', '@', '-', '_', ' ', '=', '#', ','];
    let text = pattern.as_str();
    match pattern.anchors() {
        (true, true) => true,
        (true, false) => text.ends_with(SEPARATORS) || text.ends_with("\\."),
        (false, true) => text.starts_with(SEPARATORS) || text.starts_with("\\."),
        (false, false) => false,
    }
}
