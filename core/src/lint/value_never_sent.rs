//! A value that the tool never sends.
//!
//! # What it finds
//!
//! A value of `eq`, `neq`, `in` or `not_in` that the tool's schema excludes: it is not in its `enum`, or beyond its
//! bounds. It needs the server's tools. A value of another type is told by `type-never-sent`.
//!
//! # Why
//!
//! The comparison is exact, letter case included. `eq "USD"` is false for every call of a tool whose currencies are
//! `usd` and `eur`: `require` denies every call, and `deny_if` never fires.
//!
//! # Example
//!
//! With a tool whose `currency` is one of `usd` and `eur`:
//!
//! ```json
//! { "require": [{ "conditions": [{ "path": "args.currency", "op": "in", "value": ["USD"] }] }] }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "require": [{ "conditions": [{ "path": "args.currency", "op": "in", "value": ["usd"] }] }] }
//! ```

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use serde_json::Value;

use super::arguments::{Wish, json_of};
use super::document::{Ask, Document, Place, RuleAt, Spot};
use super::schema::{Schema, Sent};
use super::type_never_sent::{compared, outcome};
use super::{Lint, edit, names_in_words, shown};
use crate::diagnostic::{Code, nearest};
use crate::legible::clip;
use crate::operator::Test;
use crate::value::Value as Written;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for rule in &place.rules {
            for ask in &rule.asks {
                found.extend(never_sent(document, place, rule, ask));
            }
        }
    }
}

fn never_sent<'a>(document: &Document<'a>, place: &Place<'a>, rule: &RuleAt<'a>, ask: &Ask<'a>) -> Vec<Lint> {
    let (Some(tool), Some(schema)) = (place.tool, place.schema()) else { return Vec::new() };
    let Sent::Shapes(shapes) = schema.at(&ask.condition.path) else { return Vec::new() };
    let compared = compared(&ask.test);
    let unsent = unsent(&schema, &shapes, &ask.test);
    let allowed = schema.values(&shapes).unwrap_or_default();
    let words: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
    let all = unsent.len() == compared.len();
    let spot = ask.spot.key("value");
    let is_list = matches!(ask.test, Test::In(_) | Test::NotIn(_));
    let tell = |(index, value): &(usize, &Written)| {
        let spot: Spot<'_> = if is_list { spot.index(*index) } else { spot.clone() };
        let so = if all {
            format!(": {}", outcome(rule, ask))
        } else {
            ", so that this value does nothing".into()
        };
        let written = clip(&value.to_string());
        let message = format!("`{}` never sends `{written}` as `{}`{so}", clip(tool), ask.condition.path);
        let lint = Lint::new(Code::ValueNeverSent, &spot, message);
        let near = match value {
            Written::Text(text) => nearest(text, &words),
            _ => None,
        };
        let free = near.filter(|near| {
            !compared.iter().any(|value| matches!(value, Written::Text(text) if text == near))
        });
        let lint = match near {
            Some(near) => lint.help(format!("did you mean `{}`?", clip(near))).fix(
                format!("write `{}`", clip(near)),
                free.map(|near| Vec::from([edit::replace(&spot, edit::quoted(near))])),
            ),
            None if words.is_empty() => lint,
            None => lint.help(format!("it sends {}", names_in_words(&words))),
        };
        let sent = near.map(Value::from).or_else(|| schema.example(&shapes));
        let value = sent.map(|sent| (&ask.condition.path, sent)).into_iter().collect();
        // What `require` denies is shown by a call that it denies.
        let args = document.arguments(place, &Wish { set: value, ..Wish::default() });
        lint.shown_by(args.map(|args| shown::call(tool, args)))
    };
    unsent.iter().map(tell).collect()
}

/// The values of a condition that a schema excludes though it takes their type, each with its index.
pub(super) fn unsent<'t, 'a>(
    schema: &Schema<'a>,
    shapes: &[&'a Value],
    test: &'t Test,
) -> Vec<(usize, &'t Written)> {
    let types = schema.types_of(shapes);
    let values = match test {
        Test::Eq(value) | Test::Neq(value) => core::slice::from_ref(value),
        Test::In(items) | Test::NotIn(items) => items.as_slice(),
        _ => &[],
    };
    let excluded = |value: &Written| {
        *value != Written::Null
            && types.has(value.value_type())
            && json_of(value).is_some_and(|sent| !shapes.iter().any(|shape| schema.takes(shape, &sent)))
    };
    values.iter().enumerate().filter(|(_, value)| excluded(value)).collect()
}
