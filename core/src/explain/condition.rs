//! Conditions in words.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::amount::count;
use crate::legible::{clip, legible};
use crate::policy::{Condition, Op};
use crate::value::Value;

/// How many items of a list are told before the others are counted.
const ITEMS_TOLD: usize = 8;

/// The conditions of a rule, which hold together: `args.a is 1, and args.b is at most 5`.
///
/// A negation says that the argument is given, for where it is not, no comparison holds.
pub(super) fn conditions_in_words(conditions: &[Condition]) -> String {
    let mut words = String::new();
    let mut last = None;
    for condition in conditions {
        if last.is_some() {
            words.push_str(", and ");
        }
        if last != Some(&condition.path) {
            words.push_str(&format!("{} ", legible(condition.path.as_str())));
        }
        words.push_str(&holds(condition));
        last = Some(&condition.path);
    }
    words
}

/// What a condition asks of its argument: `is at most 5`.
fn holds(condition: &Condition) -> String {
    let value = &condition.value;
    let items = match value {
        Value::List(items) => items.as_slice(),
        _ => &[],
    };
    match condition.op {
        Op::Eq | Op::In if is_null_alone(value, items) => {
            "is null (which never holds: null counts as left out)".into()
        }
        Op::Eq => format!("is {}", shown(value)),
        Op::Neq => format!("is given and is not {}", shown(value)),
        Op::Lt => format!("is less than {}", shown(value)),
        Op::Lte => format!("is at most {}", shown(value)),
        Op::Gt => format!("is greater than {}", shown(value)),
        Op::Gte => format!("is at least {}", shown(value)),
        Op::In => is_in(items),
        Op::NotIn => is_not_in(items),
        Op::Regex => matches_in_words(value),
        Op::Contains => format!("contains {}", shown(value)),
        Op::Exists if *value == Value::Bool(false) => "is left out or null".to_string(),
        Op::Exists => "is given".to_string(),
    }
}

fn is_null_alone(value: &Value, items: &[Value]) -> bool {
    *value == Value::Null || items == [Value::Null]
}

fn is_in(items: &[Value]) -> String {
    match told_items(items) {
        (told, _) if told.is_empty() => "is one of an empty list (which never holds)".to_string(),
        (told, 0) => format!("is {}", joined(&told, "or")),
        (told, others) => format!("is {} or one of {} more", told.join(", "), count(others)),
    }
}

fn is_not_in(items: &[Value]) -> String {
    match told_items(items) {
        (told, _) if told.is_empty() => "is given".to_string(),
        (told, 0) => match told.as_slice() {
            [only] => format!("is given and is not {only}"),
            [one, other] => format!("is given and is neither {one} nor {other}"),
            told => format!("is given and is none of {}", joined(told, "and")),
        },
        (told, others) => format!("is given and is none of {} and {} more", told.join(", "), count(others)),
    }
}

/// The first items of a list, and how many more there are. One more is told as well: to count it is as long.
fn told_items(items: &[Value]) -> (Vec<String>, usize) {
    let told = if items.len() <= ITEMS_TOLD { items.len() } else { ITEMS_TOLD - 1 };
    let shown = items.iter().take(told).map(|item| clip(&item.to_string())).collect();
    (shown, items.len() - told)
}

fn joined(items: &[String], word: &str) -> String {
    match items.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {word} {last}", others.join(", ")),
        None => String::new(),
    }
}

fn matches_in_words(value: &Value) -> String {
    let Value::Text(pattern) = value else { return format!("matches {}", shown(value)) };
    let shown = legible(pattern);
    if pattern.starts_with('^') || pattern.ends_with('$') {
        format!("matches `{shown}`")
    } else {
        format!("has a match of `{shown}` anywhere in it")
    }
}

fn shown(value: &Value) -> String {
    legible(&value.to_string())
}
