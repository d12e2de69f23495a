//! An argument that the tool does not have.
//!
//! # What it finds
//!
//! A path, of a condition or of `increment_from`, that the tool's schema excludes; or that it does not name, where a name
//! that it does have is near. Under `all_tools`, a path that no tool of the policy has. It needs the server's tools.
//!
//! # Why
//!
//! To a call within the schema the argument is always missing: `require` denies every call, `deny_if` and
//! `require_approval` never fire, and a cost that is missing is refused.
//!
//! # Example
//!
//! With a tool that has `amount`:
//!
//! ```json
//! { "deny_if": [{ "conditions": [{ "path": "args.ammount", "op": "gt", "value": 50000 }] }] }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 50000 }] }] }
//! ```

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::arguments::{Wish, json_of};
use super::document::{Document, Place, Spot, Stage};
use super::schema::Sent;
use super::{Lint, edit, names_in_words, shown};
use crate::diagnostic::{Code, nearest};
use crate::legible::clip;
use crate::operator::Test;
use crate::path::ArgPath;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for rule in &place.rules {
            for ask in &rule.asks {
                let absent = matches!(ask.test, Test::Exists(false));
                let so = match (rule.stage, absent) {
                    (Stage::Require, false) => "every call is denied",
                    (Stage::DenyIf, false) => "the rule denies no call",
                    (Stage::RequireApproval, false) => "nobody is ever asked",
                    (_, true) => "`exists` `false` always holds",
                };
                found.extend(unknown(document, place, &ask.condition.path, &ask.spot.key("path"), so));
            }
        }
        for limit in &place.limits {
            if let Some(path) = &limit.limit.increment_from {
                let so = "every call is denied, for its cost is missing";
                found.extend(unknown(document, place, path, &limit.spot.key("increment_from"), so));
            }
        }
    }
}

fn unknown<'a>(
    document: &Document<'a>,
    place: &Place<'a>,
    path: &'a ArgPath,
    spot: &Spot<'a>,
    so: &str,
) -> Option<Lint> {
    let (key, known) = never_sent(document, place, path)?;
    let near = nearest(key, &known);
    let tool = place
        .tool
        .map_or_else(|| "no tool that may be called".to_string(), |tool| format!("`{}`", clip(tool)));
    let verb = if place.tool.is_some() { "has no" } else { "has an" };
    let message = format!("{tool} {verb} argument `{}`: {so}", clip(path.as_str()));
    let lint = Lint::new(Code::ArgumentNotInSchema, spot, message);
    let at = document.some_place(place);
    let meant = near.map(|near| with_key(path, key, near));
    let lint = match (&meant, known.as_slice()) {
        (Some(meant), _) => {
            let edits = Vec::from([edit::replace(spot, edit::quoted(meant))]);
            lint.help(format!("did you mean `{}`?", clip(meant)))
                .fix(format!("write `{}`", clip(meant)), Some(edits))
        }
        (None, []) => lint,
        (None, known) => lint.help(format!("its arguments there are {}", names_in_words(known))),
    };
    // Sent under its right name, the argument is past the rule.
    let meant = meant.and_then(|meant| ArgPath::parse(&meant).ok());
    let mut asks = place.rules.iter().flat_map(|rule| &rule.asks).filter(|ask| ask.condition.path == *path);
    let value = asks.find_map(|ask| json_of(&ask.condition.value));
    let set = meant.as_ref().map(|meant| (meant, value.unwrap_or_else(|| "x".into())));
    let wish = Wish { set: set.into_iter().collect(), leave_out: Vec::from([path]), ..Wish::default() };
    let args = document.arguments(at, &wish).or_else(|| wish.only());
    Some(lint.shown_by(args.map(|args| shown::call(document.some_tool(at), args))))
}

/// The key of a path that leads nowhere, and the keys that stand beside it.
pub(super) fn never_sent<'a>(
    document: &Document<'a>,
    place: &Place<'a>,
    path: &'a ArgPath,
) -> Option<(&'a str, Vec<&'a str>)> {
    let never = |place: &Place<'a>| match place.schema()?.at(path) {
        Sent::Never { key, known, closed } if closed || nearest(key, &known).is_some() => Some((key, known)),
        _ => None,
    };
    if place.tool.is_some() {
        return never(place);
    }
    // Of `all_tools`, a tool that is not listed could have it.
    if document.allows_by_default() {
        return None;
    }
    let mut keys: Option<(&str, Vec<&str>)> = None;
    for tool in document.tools.iter().filter(|tool| tool.reachable) {
        let (key, known) = never(tool)?;
        match &mut keys {
            Some((_, all)) => all.extend(known),
            None => keys = Some((key, known)),
        }
    }
    let (key, mut known) = keys?;
    known.sort_unstable();
    known.dedup();
    Some((key, known))
}

/// The path with another key in place of one.
fn with_key(path: &ArgPath, key: &str, other: &str) -> String {
    let mut renamed = false;
    let keys = path.keys().map(|step| {
        let this = !renamed && step == key;
        renamed |= this;
        if this { other } else { step }
    });
    core::iter::once("args").chain(keys).collect::<Vec<_>>().join(".")
}
