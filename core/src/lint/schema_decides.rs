//! A condition that the tool's schema has decided already.
//!
//! # What it finds
//!
//! A condition that holds for every value that the tool's schema takes, or for none: `in` of every value of its `enum`,
//! `gt 100` where its `maximum` is 100, a pattern that each of its values matches. It needs the server's tools.
//!
//! # Why
//!
//! In `require` a condition that always holds lets everything by, and one that never holds denies every call. In
//! `deny_if` it is the other way round.
//!
//! # Example
//!
//! With a tool whose `amount` is at most 100:
//!
//! ```json
//! { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 100 }] }] }
//! ```
//!
//! # Instead
//!
//! Draw the line within what the tool takes, or leave the rule out.
//!
//! ```json
//! { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 50 }] }] }
//! ```

use alloc::format;
use alloc::vec::Vec;

use serde_json::Value;

use super::arguments::{Wish, ask_parsed};
use super::document::{Ask, Document, Place, RuleAt, Stage};
use super::matches_everything::always;
use super::never_holds::is_never;
use super::schema::{Range, Schema, Sent};
use super::type_never_sent::compared;
use super::value_never_sent::unsent;
use super::{Lint, shown};
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::number::Number;
use crate::operator::{Answer, Test};

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for rule in &place.rules {
            for ask in &rule.asks {
                found.extend(decided(document, place, rule, ask));
            }
        }
    }
}

fn decided<'a>(document: &Document<'a>, place: &Place<'a>, rule: &RuleAt<'a>, ask: &Ask<'a>) -> Option<Lint> {
    let (tool, schema) = (place.tool?, place.schema()?);
    if matches!(ask.test, Test::Exists(_)) || is_never(&ask.test) || always(&ask.test).is_some() {
        return None;
    }
    let Sent::Shapes(shapes) = schema.at(&ask.condition.path) else { return None };
    if !unsent(&schema, &shapes, &ask.test).is_empty() {
        return None;
    }
    // A value of another type is told as such.
    let types = schema.types_of(&shapes);
    let compared = compared(&ask.test);
    if !compared.is_empty() && !compared.iter().any(|value| types.has(value.value_type())) {
        return None;
    }
    let holds =
        of_values(&schema, &shapes, &ask.test).or_else(|| of_range(&schema.range(&shapes)?, &ask.test))?;
    let what = if holds { "every value" } else { "no value" };
    let so = match (rule.stage, holds, rule.asks.len()) {
        (Stage::Require, true, _) => "the condition denies no call that sends it",
        (Stage::Require, false, _) => "every call is denied",
        (Stage::DenyIf, true, 1) => "every call that sends it is denied",
        (Stage::RequireApproval, true, 1) => "a person is asked about every call that sends it",
        (Stage::DenyIf, false, _) => "the rule denies no call",
        (Stage::RequireApproval, false, _) => "nobody is ever asked",
        (_, true, _) => "the condition makes no difference",
    };
    let path = &ask.condition.path;
    let message =
        format!("`{}` holds for {what} that `{}` sends as `{path}`: {so}", ask.condition.op, clip(tool));
    let sent = schema.example(&shapes);
    let value: Vec<_> = sent.map(|sent| (path, sent)).into_iter().collect();
    let others = rule.asks.iter().filter(|other| other.condition.path != *path).collect();
    let args = document
        .arguments(place, &Wish { hold: others, set: value.clone(), ..Wish::default() })
        .or_else(|| document.arguments(place, &Wish { set: value, ..Wish::default() }));
    Some(
        Lint::new(Code::SchemaDecides, &ask.spot, message)
            .help("draw the line within what the tool takes, or leave the condition out")
            .shown_by(args.map(|args| shown::call(tool, args))),
    )
}

/// The one answer that a condition gives to each of a few values.
fn of_values<'a>(schema: &Schema<'a>, shapes: &[&'a Value], test: &Test) -> Option<bool> {
    let values = schema.values(shapes)?;
    let mut answers = values.iter().map(|value| ask_parsed(test, Some(value)));
    let first = answers.next()?;
    let holds = match first {
        Answer::Yes => true,
        Answer::No => false,
        Answer::Mistyped { .. } | Answer::Unknown { .. } => return None,
    };
    answers.all(|answer| answer == first).then_some(holds)
}

/// The one answer that a comparison gives to every number of a range.
fn of_range(range: &Range, test: &Test) -> Option<bool> {
    let above = |number: Number<'_>, or_equal: bool| {
        let all = range.least.as_ref().is_some_and(|(least, excluded)| {
            least.number() > number || (least.number() == number && (or_equal || *excluded))
        });
        let none = range.most.as_ref().is_some_and(|(most, excluded)| {
            most.number() < number || (most.number() == number && (!or_equal || *excluded))
        });
        one_of(all, none)
    };
    let below = |number: Number<'_>, or_equal: bool| {
        let all = range.most.as_ref().is_some_and(|(most, excluded)| {
            most.number() < number || (most.number() == number && (or_equal || *excluded))
        });
        let none = range.least.as_ref().is_some_and(|(least, excluded)| {
            least.number() > number || (least.number() == number && (!or_equal || *excluded))
        });
        one_of(all, none)
    };
    match test {
        Test::Gt(number) => above(number.number(), false),
        Test::Gte(number) => above(number.number(), true),
        Test::Lt(number) => below(number.number(), false),
        Test::Lte(number) => below(number.number(), true),
        _ => None,
    }
}

const fn one_of(all: bool, none: bool) -> Option<bool> {
    match (all, none) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}
