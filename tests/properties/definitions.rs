//! Paths, operators and numbers once more, by their definitions over `serde_json` values.
//!
//! Numbers are whole multiples of 10^-12, so that those of the sketches are exact.

use serde_json::{Map, Number, Value};

use crate::sketch::{Condition, PATTERNS};

pub(crate) const ONE: i128 = 1_000_000_000_000;
/// What an amount is a multiple of.
const FINEST_COST: i128 = ONE / 1_000_000_000;
const LARGEST_COST: i128 = 1_000_000_000_000_000 * ONE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// The operator cannot judge the type.
    Mistyped,
}

/// What a path leads to; nothing where that is null.
pub(crate) fn find<'a>(path: &str, args: Option<&'a Map<String, Value>>) -> Option<&'a Value> {
    let mut keys = path.strip_prefix("args.")?.split('.');
    let mut found = args?.get(keys.next()?)?;
    for key in keys {
        found = found.as_object()?.get(key)?;
    }
    Some(found).filter(|value| !value.is_null())
}

pub(crate) fn ask(condition: &Condition, args: Option<&Map<String, Value>>) -> Answer {
    let Condition { path, op, value } = condition;
    let found = find(path, args);
    let holds = |holds: bool| if holds { Answer::Yes } else { Answer::No };
    if *op == "exists" {
        return holds(found.is_some() == (value == &Value::Bool(true)));
    }
    let Some(found) = found else { return Answer::No };
    let among = || value.as_array().is_some_and(|items| items.iter().any(|item| equal(item, found)));
    match (*op, found, value) {
        ("eq", ..) => holds(equal(found, value)),
        ("neq", ..) => holds(!equal(found, value)),
        ("in", ..) => holds(among()),
        ("not_in", ..) => holds(!among()),
        ("lt", Value::Number(found), Value::Number(value)) => holds(exact(found) < exact(value)),
        ("lte", Value::Number(found), Value::Number(value)) => holds(exact(found) <= exact(value)),
        ("gt", Value::Number(found), Value::Number(value)) => holds(exact(found) > exact(value)),
        ("gte", Value::Number(found), Value::Number(value)) => holds(exact(found) >= exact(value)),
        ("regex", Value::String(text), Value::String(pattern)) => {
            let (_, finds) = PATTERNS.iter().find(|(known, _)| known == pattern).unwrap();
            holds(finds(text))
        }
        ("contains", Value::String(text), Value::String(part)) => holds(text.contains(part.as_str())),
        ("contains", Value::Array(items), part) => holds(items.iter().any(|item| equal(item, part))),
        _ => Answer::Mistyped,
    }
}

fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => exact(one) == exact(other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(key, value): (&String, &Value)| other.get(key).is_some_and(|it| equal(value, it));
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

fn exact(number: &Number) -> i128 {
    decimal(&number.to_string())
}

/// A number's multiple of 10^-12.
pub(crate) fn decimal(text: &str) -> i128 {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    let exponent = 12 + exponent.parse::<i32>().unwrap() - i32::try_from(fraction.len()).unwrap();
    let scale = 10_i128.pow(exponent.unsigned_abs());
    if exponent >= 0 { digits * scale } else { digits / scale }
}

/// What a call costs; nothing where that is no amount.
pub(crate) fn cost(increment_from: Option<&str>, args: Option<&Map<String, Value>>) -> Option<i128> {
    let Some(path) = increment_from else { return Some(ONE) };
    let Value::Number(found) = find(path, args)? else { return None };
    let cost = exact(found);
    ((0..=LARGEST_COST).contains(&cost) && cost % FINEST_COST == 0).then_some(cost)
}
