//! A condition that holds for every value.
//!
//! # What it finds
//!
//! A pattern that is found in every text (`.*`), `contains ""`, `neq null` and `not_in []`.
//!
//! # Why
//!
//! Such a condition only asks whether the argument is there. In `deny_if` it denies every call that sends the argument;
//! in `require` it lets every value by.
//!
//! # Example
//!
//! ```json
//! { "require": [{ "conditions": [{ "path": "args.branch", "op": "regex", "value": ".*" }] }] }
//! ```
//!
//! # Instead
//!
//! If that is what is meant, `exists` says it:
//!
//! ```json
//! { "require": [{ "conditions": [{ "path": "args.branch", "op": "exists", "value": true }] }] }
//! ```

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::json;

use super::arguments::Wish;
use super::document::{Document, Place, RuleAt, Stage};
use super::{Lint, edit, shown};
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::operator::Test;
use crate::path::ArgPath;
use crate::value::Value;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for rule in &place.rules {
            for ask in &rule.asks {
                let Some(why) = always(&ask.test) else { continue };
                let path = &ask.condition.path;
                let so = match (rule.stage, rule.asks.len()) {
                    (Stage::Require, _) => format!("any `{path}` is let by"),
                    (Stage::DenyIf, 1) => format!("every call with `{path}` is denied"),
                    (Stage::RequireApproval, 1) => {
                        format!("a person is asked about every call with `{path}`")
                    }
                    _ => format!("any `{path}` will do"),
                };
                // Text and lists are told apart from other types by these; the others hold for every type.
                let same = matches!(ask.test, Test::Neq(_) | Test::NotIn(_));
                let edits = same.then(|| {
                    Vec::from([
                        edit::replace(&ask.spot.key("op"), "\"exists\""),
                        edit::replace(&ask.spot.key("value"), "true"),
                    ])
                });
                found.push(
                    Lint::new(Code::MatchesEverything, &ask.spot.key("value"), format!("{why}: {so}"))
                        .help("if only its presence counts, write `exists` `true`")
                        .fix("write `exists` `true`", sorted(edits))
                        .shown_by(call(document, place, rule, path, &ask.test)),
                );
            }
        }
    }
}

fn sorted(edits: Option<Vec<crate::diagnostic::Edit>>) -> Option<Vec<crate::diagnostic::Edit>> {
    edits.map(|mut edits| {
        edits.sort_by_key(|edit| edit.start);
        edits
    })
}

/// Why a condition holds for every value that is there and of a type that it takes.
pub(super) fn always(test: &Test) -> Option<String> {
    Some(match test {
        Test::Regex(pattern) if pattern.matches_everything() => {
            format!("`{}` is found in every text", clip(pattern.as_str()))
        }
        Test::Contains(Value::Text(part)) if part.is_empty() => "nothing is found in every text".to_string(),
        Test::Neq(Value::Null) => {
            "no argument equals `null`, for one that is null counts as missing".to_string()
        }
        Test::NotIn(items) if items.iter().all(|item| *item == Value::Null) => {
            "no argument is in this list".to_string()
        }
        _ => return None,
    })
}

fn call<'a>(
    document: &Document<'a>,
    place: &Place<'a>,
    rule: &RuleAt<'a>,
    path: &'a ArgPath,
    test: &Test,
) -> Option<serde_json::Value> {
    let at = document.some_place(place);
    let tool = document.some_tool(at);
    let set = Vec::from([(path, json!("anything at all"))]);
    let hold = rule.asks.iter().filter(|ask| ask.condition.path != *path).collect();
    let wish = Wish { hold, set, ..Wish::default() };
    let args = document.arguments(at, &wish)?;
    let shows = rule.stage != Stage::Require || document.passes(at, &args);
    (shows && test.needed().is_none_or(|needed| needed != crate::operator::Needed::List))
        .then(|| shown::call(tool, args))
}
