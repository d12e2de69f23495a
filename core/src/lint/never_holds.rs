//! Conditions that hold for no call.
//!
//! # What it finds
//!
//! A condition that no argument meets (`eq null`, `in []`), and conditions of one rule on one argument that exclude each
//! other: `gt 10` and `lt 5`, `eq "usd"` and `neq "usd"`, `exists false` and anything else, a number and a text.
//!
//! # Why
//!
//! Conditions of a rule are joined by "and". If they never hold together, `require` denies every call, and `deny_if` and
//! `require_approval` never fire. An argument that is `null` counts as missing, so that `eq null` is false even then.
//!
//! # Example
//!
//! ```json
//! { "deny_if": [{ "conditions": [
//!   { "path": "args.amount", "op": "lt", "value": 1 },
//!   { "path": "args.amount", "op": "gt", "value": 500 }
//! ] }] }
//! ```
//!
//! # Instead
//!
//! In `deny_if`, what is joined by "or" are rules of their own. For "missing or null", write `exists` `false`.
//!
//! ```json
//! { "deny_if": [
//!   { "conditions": [{ "path": "args.amount", "op": "lt", "value": 1 }] },
//!   { "conditions": [{ "path": "args.amount", "op": "gt", "value": 500 }] }
//! ] }
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use serde_json::Map;

use super::arguments::{Wish, answer_to, of_test};
use super::document::{Ask, Document, Place, RuleAt, Stage};
use super::{Lint, shown};
use crate::diagnostic::Code;
use crate::number::Number;
use crate::operator::{Answer, Needed, Test};
use crate::value::Value;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for rule in &place.rules {
            let Some((ask, why)) = reason(rule) else { continue };
            // What one of them cannot judge is refused, whatever the others say.
            let refuses = clash(rule, ask);
            let so = match rule.stage {
                Stage::Require => "every call is denied",
                _ if refuses => "every call that sends it is denied",
                Stage::DenyIf => "the rule denies no call by itself",
                Stage::RequireApproval => "nobody is ever asked",
            };
            let lint = Lint::new(Code::NeverHolds, &ask.spot, format!("{why}: {so}"));
            let lint = match &ask.test {
                Test::Eq(Value::Null) => {
                    lint.help("for an argument that is missing or null, write `exists` `false`")
                }
                Test::In(_) => lint.help("name the values that are meant"),
                _ => lint.help("conditions of one rule are joined by \"and\"; for \"or\", write two rules"),
            };
            found.push(lint.shown_by(call(document, place, rule, ask, refuses)));
        }
    }
}

/// Why a rule never holds, and the condition to point at.
fn reason<'r, 'a>(rule: &'r RuleAt<'a>) -> Option<(&'r Ask<'a>, String)> {
    if let Some(ask) = rule.asks.iter().find(|ask| is_never(&ask.test)) {
        let why = match &ask.test {
            Test::Eq(_) => "no argument equals `null`, for one that is null counts as missing",
            _ => "no argument is in this list",
        };
        return Some((ask, why.into()));
    }
    for (index, ask) in rule.asks.iter().enumerate() {
        let path = &ask.condition.path;
        let same: Vec<&Ask<'a>> =
            rule.asks.iter().take(index + 1).filter(|other| other.condition.path == *path).collect();
        if same.len() > 1 && exclude_each_other(&same) {
            return Some((ask, format!("no value of `{path}` meets this condition and those before it")));
        }
    }
    None
}

/// Whether a rule never holds.
pub(super) fn never(rule: &RuleAt<'_>) -> bool {
    reason(rule).is_some()
}

/// Whether a condition alone never holds.
pub(super) fn is_never(test: &Test) -> bool {
    match test {
        Test::Eq(value) => *value == Value::Null,
        Test::In(items) => items.iter().all(|item| *item == Value::Null),
        _ => false,
    }
}

fn exclude_each_other(asks: &[&Ask<'_>]) -> bool {
    let absent = asks.iter().filter(|ask| matches!(ask.test, Test::Exists(false))).count();
    if absent > 0 {
        return absent < asks.len();
    }
    let few = asks.iter().find_map(|ask| match &ask.test {
        Test::Eq(value) => Some(core::slice::from_ref(value)),
        Test::In(items) => Some(items.as_slice()),
        _ => None,
    });
    if let Some(values) = few {
        let fits = |value| {
            let answers =
                |ask: &&Ask<'_>| answer_to(&ask.test, value).is_none_or(|answer| answer == Answer::Yes);
            asks.iter().all(answers)
        };
        return !values.iter().any(fits);
    }
    types_clash(asks) || is_empty_range(asks)
}

/// Whether the conditions on an argument need it to be of two types at once.
fn clash(rule: &RuleAt<'_>, ask: &Ask<'_>) -> bool {
    let path = &ask.condition.path;
    types_clash(&rule.asks.iter().filter(|other| other.condition.path == *path).collect::<Vec<_>>())
}

fn types_clash(asks: &[&Ask<'_>]) -> bool {
    let needed: Vec<Needed> = asks.iter().filter_map(|ask| ask.test.needed()).collect();
    let needs = |one| needed.contains(&one);
    (needs(Needed::Number) && needed.iter().any(|needed| *needed != Needed::Number))
        || (needs(Needed::Text) && needs(Needed::List))
}

/// Whether no number is within all bounds.
fn is_empty_range(asks: &[&Ask<'_>]) -> bool {
    let mut least: Option<(Number<'_>, bool)> = None;
    let mut most: Option<(Number<'_>, bool)> = None;
    for ask in asks {
        match &ask.test {
            Test::Gt(number) => narrow(&mut least, number.number(), true, Ordering::Greater),
            Test::Gte(number) => narrow(&mut least, number.number(), false, Ordering::Greater),
            Test::Lt(number) => narrow(&mut most, number.number(), true, Ordering::Less),
            Test::Lte(number) => narrow(&mut most, number.number(), false, Ordering::Less),
            _ => {}
        }
    }
    match (least, most) {
        (Some((least, least_out)), Some((most, most_out))) => {
            least > most || (least == most && (least_out || most_out))
        }
        _ => false,
    }
}

fn narrow<'n>(bound: &mut Option<(Number<'n>, bool)>, number: Number<'n>, out: bool, narrower: Ordering) {
    match bound {
        Some((before, _)) if number.cmp(before) == narrower => *bound = Some((number, out)),
        Some((before, before_out)) if number == *before => *before_out |= out,
        Some(_) => {}
        None => *bound = Some((number, out)),
    }
}

/// A call that the rule was likely meant for: one that it refuses, or one that gets by.
fn call<'a>(
    document: &Document<'a>,
    place: &Place<'a>,
    rule: &RuleAt<'a>,
    ask: &Ask<'a>,
    refuses: bool,
) -> Option<serde_json::Value> {
    let at = document.some_place(place);
    let tool = document.some_tool(at);
    if rule.stage == Stage::Require {
        return Some(shown::call(tool, Map::new()));
    }
    let path = &ask.condition.path;
    let same = rule.asks.iter().filter(|other| other.condition.path == *path);
    let value = same.flat_map(|ask| of_test(&ask.test)).next().unwrap_or_else(|| "x".into());
    let wish = Wish { set: Vec::from([(path, value)]), ..Wish::default() };
    let args = if refuses { document.arguments(at, &wish) } else { document.passing(at, &wish) };
    Some(shown::call(tool, args?))
}
