//! A condition on a type that the tool never sends.
//!
//! # What it finds
//!
//! An operator that needs a number, text or a list, on an argument that the tool's schema gives another type; a value
//! of another type than the argument's; and a cost that is no number. It needs the server's tools. Under `all_tools`,
//! an operator is reported where one tool of the policy sends only what it cannot judge.
//!
//! # Why
//!
//! A condition that cannot be judged refuses the call, in `deny_if` as well: every call that sends the argument is
//! denied. A number never equals text, so that `eq "5"` is false for 5, and `neq "5"` true.
//!
//! # Example
//!
//! With a tool whose `amount` is text:
//!
//! ```json
//! { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 50000 }] }] }
//! ```
//!
//! # Instead
//!
//! Compare it as what it is:
//!
//! ```json
//! { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "regex", "value": "^\\d{6,}$" }] }] }
//! ```

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::arguments::Wish;
use super::document::{Ask, Document, Place, RuleAt, Spot, Stage};
use super::schema::{Sent, Types};
use super::{Lint, shown};
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::operator::{Needed, Test};
use crate::path::ArgPath;
use crate::value::{Type, Value as Written};

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for rule in &place.rules {
            found.extend(rule.asks.iter().filter_map(|ask| mistyped(document, place, ask)));
            let foreign = rule.asks.iter().filter_map(|ask| foreign_value(document, place, rule, ask));
            found.extend(foreign);
        }
        for limit in &place.limits {
            if let Some(path) = &limit.limit.increment_from {
                let spot = limit.spot.key("increment_from");
                found.extend(refused(document, place, path, Needed::Number, &spot, "a cost"));
            }
        }
    }
}

fn mistyped<'a>(document: &Document<'a>, place: &Place<'a>, ask: &Ask<'a>) -> Option<Lint> {
    let needed = ask.test.needed()?;
    let operator = format!("`{}`", ask.condition.op);
    let path = &ask.condition.path;
    let spot = ask.spot.key("op");
    if place.tool.is_some() {
        return refused(document, place, path, needed, &spot, &operator);
    }
    let mut tools = document.tools.iter().filter(|tool| tool.reachable);
    tools.find_map(|tool| refused(document, tool, path, needed, &spot, &operator))
}

/// A finding where a tool sends an argument only as what cannot be judged.
fn refused<'a>(
    document: &Document<'a>,
    place: &Place<'a>,
    path: &'a ArgPath,
    needed: Needed,
    spot: &Spot<'a>,
    subject: &str,
) -> Option<Lint> {
    let types = types_sent(place, path)?;
    let fits = match needed {
        Needed::Number => types.has(Type::Number),
        Needed::Text => types.has(Type::Text),
        Needed::List => types.has(Type::List),
        Needed::TextOrList => types.has(Type::Text) || types.has(Type::List),
    };
    if fits {
        return None;
    }
    let tool = place.tool.unwrap_or_default();
    let message = format!(
        "{subject} needs {needed}, and `{}` sends `{path}` as {}: every call that sends it is denied",
        clip(tool),
        in_words(types)
    );
    let value = example(types.each().next()?);
    let args = document.arguments(place, &Wish { set: Vec::from([(path, value)]), ..Wish::default() });
    Some(
        Lint::new(Code::TypeNeverSent, spot, message)
            .help(format!("compare it as {}, or leave it out of the policy", in_words(types)))
            .shown_by(args.map(|args| shown::call(tool, args))),
    )
}

/// A finding where a value is of a type that the tool never sends.
fn foreign_value<'a>(
    document: &Document<'a>,
    place: &Place<'a>,
    rule: &RuleAt<'a>,
    ask: &Ask<'a>,
) -> Option<Lint> {
    let tool = place.tool?;
    let path = &ask.condition.path;
    let values = compared(&ask.test);
    let types = types_sent(place, path)?;
    let first = values.first()?;
    if values.iter().any(|value| types.has(value.value_type())) {
        return None;
    }
    let outcome = outcome(rule, ask);
    let written = clip(&first.to_string());
    let message = format!(
        "`{}` sends `{path}` as {}, never as {}: {outcome}",
        clip(tool),
        in_words(types),
        first.value_type()
    );
    let meant = same_in(types, first);
    let help = meant.as_ref().map(|meant| format!("did you mean `{meant}`, not `{written}`?"));
    let value = meant.unwrap_or(example(types.each().next()?));
    let args = document.arguments(place, &Wish { set: Vec::from([(path, value)]), ..Wish::default() });
    let lint = Lint::new(Code::TypeNeverSent, &ask.spot.key("value"), message);
    let lint = match help {
        Some(help) => lint.help(help),
        None => lint.help(format!("compare it with {}", in_words(types))),
    };
    Some(lint.shown_by(args.map(|args| shown::call(tool, args))))
}

/// The values that a condition compares with as wholes, null left out.
pub(super) fn compared(test: &Test) -> Vec<&Written> {
    let values = match test {
        Test::Eq(value) | Test::Neq(value) => core::slice::from_ref(value),
        Test::In(items) | Test::NotIn(items) => items.as_slice(),
        _ => &[],
    };
    values.iter().filter(|value| **value != Written::Null).collect()
}

/// What follows where none of a condition's values is ever sent.
pub(super) fn outcome(rule: &RuleAt<'_>, ask: &Ask<'_>) -> &'static str {
    let holds = matches!(ask.test, Test::Neq(_) | Test::NotIn(_));
    match (rule.stage, holds) {
        (Stage::DenyIf, true) if rule.asks.len() == 1 => "every call that sends it is denied",
        (_, true) => "the condition holds whatever is sent",
        (Stage::Require, false) => "every call is denied",
        (Stage::DenyIf, false) => "the rule denies no call",
        (Stage::RequireApproval, false) => "nobody is ever asked",
    }
}

/// The types, but null, that a tool sends an argument as; nothing where the schema does not say.
fn types_sent<'a>(place: &Place<'a>, path: &'a ArgPath) -> Option<Types> {
    let schema = place.schema()?;
    let Sent::Shapes(shapes) = schema.at(path) else { return None };
    let types = schema.types_of(&shapes).without_null();
    (!types.is_empty()).then_some(types)
}

/// The same thing as one of the types: 5 for "5", and "5" for 5.
fn same_in(types: Types, value: &Written) -> Option<Value> {
    match value {
        Written::Text(text) if types.has(Type::Number) => {
            let number: serde_json::Number = serde_json::from_str(text).ok()?;
            Some(Value::Number(number))
        }
        Written::Text(text) if types.has(Type::Bool) && (text == "true" || text == "false") => {
            Some(json!(text == "true"))
        }
        Written::Number(_) | Written::Bool(_) if types.has(Type::Text) => Some(json!(value.to_string())),
        _ => None,
    }
}

fn example(one: Type) -> Value {
    match one {
        Type::Null => Value::Null,
        Type::Bool => json!(true),
        Type::Number => json!(1),
        Type::Text => json!("x"),
        Type::List => json!([]),
        Type::Object => json!({}),
    }
}

fn in_words(types: Types) -> String {
    let words: Vec<String> = types.each().map(|one| one.to_string()).collect();
    words.join(" or ")
}
