//! Arguments for the calls that are tried: such that a tool's rules are content with, and such around what they ask.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value as Json};

use crate::bounds::Bounds;
use crate::lint::sample;
use crate::operator::{Answer, Test};
use crate::path::ArgPath;
use crate::pattern::{Pattern, Patterns};
use crate::policy::Op;
use crate::value::{Allowance, Argument, Value};

/// Arguments that the tests are content with, as far as one value can please them.
pub(super) fn base(tests: &[(String, Op, Value, bool)]) -> Map<String, Json> {
    let mut patterns = Patterns::new(Bounds::DEFAULT);
    let mut arguments = Map::new();
    let mut paths: Vec<&str> = tests.iter().map(|(path, ..)| path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        let here: Vec<_> = tests.iter().filter(|(other, ..)| other == path).collect();
        let ready: Vec<(Test, bool)> = here
            .iter()
            .filter_map(|(_, op, value, wanted)| Some((Test::new(*op, value, &mut patterns).ok()?, *wanted)))
            .collect();
        let pleased = |candidate: &Option<Json>| {
            let mut left = Allowance::AMPLE;
            let argument = match candidate {
                None => Argument::Missing,
                Some(value) => Argument::of(value, true, &mut left).unwrap_or(Argument::Missing),
            };
            let is_pleased = |(test, wanted): &&(Test, bool)| match test.ask(&argument) {
                Answer::Yes => *wanted,
                Answer::No => !*wanted,
                _ => false,
            };
            ready.iter().filter(is_pleased).count()
        };
        let mut best: (Option<Json>, usize) = (None, pleased(&None));
        for (_, op, value, _) in &here {
            for (_, candidate) in candidates(*op, value) {
                let candidate = Some(candidate);
                let count = pleased(&candidate);
                if count > best.1 {
                    best = (candidate, count);
                }
            }
        }
        if let (Some(value), _) = best {
            set(&mut arguments, path, Some(value));
        }
    }
    arguments
}

/// Values that a test may tell apart, and whether each is of the type that it is compared with.
pub(super) fn candidates(op: Op, value: &Value) -> Vec<(bool, Json)> {
    let mut found = Vec::new();
    let json = |value: &Value| serde_json::to_value(value).unwrap_or_default();
    let compared: Vec<&Value> = match value {
        Value::List(items) if matches!(op, Op::In | Op::NotIn) => items.iter().take(3).collect(),
        Value::Bool(_) if op == Op::Exists => Vec::new(),
        other => Vec::from([other]),
    };
    for value in &compared {
        near(op, value, &json(value), &mut found);
    }
    for other in ["", "another"] {
        let near = compared.iter().any(|value| matches!(value, Value::Text(_)));
        found.push((near || op == Op::Exists, Json::from(other)));
    }
    let is_number = compared.iter().any(|value| matches!(value, Value::Number(_)));
    found.push((is_number || op == Op::Exists, Json::from(0)));
    found.push((is_number, Json::from(1.5)));
    found.push((false, Json::from(true)));
    found.push((false, Json::Array(Vec::new())));
    found.push((false, Json::Object(Map::new())));
    found
}

fn near(op: Op, value: &Value, json: &Json, found: &mut Vec<(bool, Json)>) {
    match value {
        Value::Number(number) => {
            found.push((true, json.clone()));
            found.push((false, Json::from(number.as_str())));
            if let Some(whole) = json.as_i64() {
                found.push((true, Json::from(whole.saturating_add(1))));
                found.push((true, Json::from(whole.saturating_sub(1))));
            } else if let Some(double) = json.as_f64() {
                found.push((true, Json::from(double + 0.5)));
                found.push((true, Json::from(double - 0.5)));
            }
        }
        Value::Text(text) if op == Op::Regex => {
            let pattern = Pattern::new(text, &Bounds::DEFAULT).ok();
            if let Some(matching) = pattern.as_ref().and_then(sample::matching) {
                found.push((true, Json::from(matching.as_str())));
                found.push((true, Json::from(format!("x{matching}x"))));
            }
            found.push((false, Json::from(7)));
        }
        Value::Text(text) => {
            found.push((true, json.clone()));
            found.push((true, Json::from(format!("{text}x"))));
            found.push((true, Json::from(text.to_uppercase())));
            match (serde_json::from_str::<Json>(text), text.as_str()) {
                // What prints like it.
                (Ok(other), _) if other.is_number() || other.is_boolean() => found.push((false, other)),
                _ => {}
            }
        }
        Value::Bool(yes) => {
            found.push((true, json.clone()));
            found.push((true, Json::from(!*yes)));
            found.push((false, Json::from(yes.to_string())));
        }
        other => found.push((true, serde_json::to_value(other).unwrap_or_default())),
    }
    if op == Op::Contains {
        found.push((true, Json::Array(Vec::from([json.clone()]))));
        if let Value::Number(number) = value {
            found.push((true, Json::Array(Vec::from([Json::from(number.as_str())]))));
        }
    }
}

/// Arguments with one of them set, or left out.
pub(super) fn with(arguments: &Map<String, Json>, path: &str, value: Option<Json>) -> Map<String, Json> {
    let mut arguments = arguments.clone();
    set(&mut arguments, path, value);
    arguments
}

fn set(arguments: &mut Map<String, Json>, path: &str, value: Option<Json>) {
    let Ok(path) = ArgPath::parse(path) else { return };
    let keys: Vec<&str> = path.keys().collect();
    let Some((last, above)) = keys.split_last() else { return };
    let mut here = arguments;
    for key in above {
        let inner = here.entry(*key).or_insert_with(|| Json::Object(Map::new()));
        if !inner.is_object() {
            *inner = Json::Object(Map::new());
        }
        let Json::Object(inner) = inner else { return };
        here = inner;
    }
    match value {
        Some(value) => {
            here.insert((*last).to_string(), value);
        }
        None => {
            here.remove(*last);
        }
    }
}
