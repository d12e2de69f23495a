//! Arguments as `serde_json` reads them: two readers, one meaning.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use serde::de::IgnoredAny;
use serde_json::Value as Json;

use super::slots::{slots, tree};
use super::*;
use crate::number::Decimal;
use crate::value::Value;

/// One argument is looked into, one is not, and paths go through both.
const PATHS: &[(&str, bool)] =
    &[("args.a", true), ("args.a.b", false), ("args.b", false), ("args.b.a.b", true), ("args.kind", false)];

const KEYS: &[&str] =
    &["a", "b", "c", "kind", "\\u0061", "\\u0062", "A", "B", "\u{212a}ind", "é", "", "\\ud800"];

const LEAVES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "7",
    "-12.50",
    "1e3",
    "2E+2",
    "9007199254740993",
    "\"\"",
    "\"a\"",
    "\"x\\n\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\udc00\"",
    "\"é ~!#\"",
    "\"longer than eight bytes, longer than a word\"",
];

const SPACES: &[&str] = &["", "", "", " ", "\n\t", "\r\n"];

fn json() -> impl Strategy<Value = String> {
    let leaf = select(LEAVES).prop_map(ToString::to_string);
    leaf.prop_recursive(4, 30, 5, |inner| {
        let list = (vec(inner.clone(), 0..5), select(SPACES))
            .prop_map(|(items, space)| format!("[{space}{}{space}]", items.join(&format!("{space},"))));
        prop_oneof![list, object(inner)]
    })
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (vec((select(KEYS), value), 0..5), select(SPACES)).prop_map(|(members, space)| {
        let members = members.iter().map(|(key, value)| format!("{space}\"{key}\"{space}:{space}{value}"));
        format!("{{{}{space}}}", members.collect::<Vec<_>>().join(","))
    })
}

/// A few characters taken out, put in or changed.
fn mutated(text: &str, changes: &[(usize, u8, &str)]) -> String {
    let mut characters: Vec<String> = text.chars().map(String::from).collect();
    for (place, kind, piece) in changes {
        let place = place % (characters.len() + 1);
        match characters.get_mut(place) {
            Some(found) if kind % 3 == 0 => found.clear(),
            Some(found) if kind % 3 == 1 => *found = (*piece).to_string(),
            _ => characters.insert(place, (*piece).to_string()),
        }
    }
    characters.concat()
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8, &'static str)>> {
    const PIECES: &[&str] = &[
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00", "0", "1", "e", ".", "-", " ", "\n", "\0", "\t",
        "a", "b", "t", "é", "\u{1f}", "\u{7f}",
    ];
    vec((any::<usize>(), any::<u8>(), select(PIECES)), 0..4)
}

/// What a path leads to.
fn led<'j>(json: &'j Json, path: &str) -> Option<&'j Json> {
    path.split('.').skip(1).try_fold(json, |json, key| json.as_object()?.get(key))
}

/// Whether a slot holds what is there. Numbers with an exponent below zero may be rounded to nothing over there.
fn agrees(argument: &Argument<'_>, json: Option<&Json>, inside: bool) -> bool {
    let Some(json) = json else { return matches!(argument, Argument::Missing) };
    match (argument, json) {
        (Argument::Null, Json::Null) => true,
        (Argument::Bool(ours), Json::Bool(theirs)) => ours == theirs,
        (Argument::Text(ours), Json::String(theirs)) => ours == theirs,
        (Argument::Number(ours), Json::Number(theirs)) => same_number(&ours.to_string(), theirs),
        (Argument::List(items), Json::Array(theirs)) => {
            items.as_ref().map_or(!inside, |items| inside && same_items(items, theirs))
        }
        (Argument::Object(members), Json::Object(theirs)) => {
            members.as_ref().map_or(!inside, |members| inside && same_members(members, theirs))
        }
        _ => false,
    }
}

fn same(ours: &Value, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(ours), Json::Bool(theirs)) => ours == theirs,
        (Value::Text(ours), Json::String(theirs)) => ours == theirs,
        (Value::Number(ours), Json::Number(theirs)) => same_number(ours.as_str(), theirs),
        (Value::List(ours), Json::Array(theirs)) => same_items(ours, theirs),
        (Value::Object(ours), Json::Object(theirs)) => same_members(ours, theirs),
        _ => false,
    }
}

fn same_items(ours: &[Value], theirs: &[Json]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
}

fn same_members(ours: &[(String, Value)], theirs: &serde_json::Map<String, Json>) -> bool {
    ours.len() == theirs.len()
        && ours.iter().all(|(key, ours)| theirs.get(key).is_some_and(|theirs| same(ours, theirs)))
}

/// Over there a number that is not whole is the nearest of 64 bits, and has forgotten how it was written.
fn same_number(ours: &str, theirs: &serde_json::Number) -> bool {
    if theirs.is_f64() {
        return ours.parse().ok() == theirs.as_f64();
    }
    Decimal::parse(ours) == Decimal::parse(&theirs.to_string())
}

/// What must hold of any text.
fn holds(text: &str) -> Result<(), TestCaseError> {
    let read = slots(text, PATHS, &Bounds::DEFAULT);
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        prop_assert!(read.is_err(), "{text:?} is no JSON, and was read");
    }
    let Ok(json) = serde_json::from_str::<Json>(text) else { return Ok(()) };
    match read {
        Ok(read) if !text.contains("e-") && !text.contains("E-") => {
            for ((path, inside), argument) in PATHS.iter().zip(&read) {
                let found = led(&json, path);
                prop_assert!(
                    agrees(argument, found, *inside),
                    "{text:?}, {path}: {argument:?}, not {found:?}"
                );
            }
        }
        Ok(_) => {}
        Err(code) => prop_assert!(
            matches!(
                code,
                Malformed::DuplicateKey | Malformed::ArgumentsNotAnObject | Malformed::NumberTooLarge
            ),
            "{text:?}: {code:?}"
        ),
    }
    Ok(())
}

/// The slots of a line that is read at once; all missing where it calls another tool than `known`.
fn one_pass<'m>(line: &'m str, known: &str) -> Result<Vec<Argument<'m>>, Malformed> {
    let tree = tree(PATHS);
    let mut slots: Vec<_> = PATHS.iter().map(|_| Argument::Missing).collect();
    let tree_of = |tool: &str| (tool == known).then_some(&tree);
    let read =
        read_call(line.as_bytes(), &Bounds::DEFAULT, tree_of, &mut |slot, argument| slots[slot] = argument)?;
    match read {
        Line::ToolCall(_) => Ok(slots),
        Line::Other => Ok(PATHS.iter().map(|_| Argument::Missing).collect()),
    }
}

#[test]
fn a_number_of_more_digits_than_64_bits_hold_is_the_same() {
    for number in ["90.07199254740993", "90071992.54740993", "9007199254740993", "9007199254740993.0", "1e22"]
    {
        holds(&format!("{{\"a\":[{number}],\"b\":{number}}}")).unwrap();
    }
}

proptest! {
    #![proptest_config(Config { cases: 3_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn arguments_are_what_serde_json_says(text in object(json()), changes in changes()) {
        holds(&text)?;
        holds(&mutated(&text, &changes))?;
    }

    #[test]
    fn skipped_values_are_json(text in json(), changes in changes()) {
        let text = mutated(&text, &changes);
        let message = format!("{{\"x\":{text}}}");
        let oracle = serde_json::from_str::<IgnoredAny>(&message);
        match read(&message) {
            Ok(_) => prop_assert!(oracle.is_ok(), "{message:?} is no JSON, and was read"),
            Err(Malformed::Syntax | Malformed::TrailingBytes) => prop_assert!(oracle.is_err(), "{message:?} is JSON"),
            // Its envelope may have changed.
            Err(Malformed::ManyLines) => {}
            Err(code) => prop_assert!(text.contains('"'), "{message:?}: {code:?}"),
        }
    }

    #[test]
    fn a_tracked_key_that_is_there_twice_is_refused(
        first in json(), second in json(), between in vec(json(), 0..3), path in select(&["a", "b", "kind"][..]),
    ) {
        let between: Vec<String> = between.iter().map(|value| format!("\"c\":{value},")).collect();
        let escaped: Vec<String> = path.chars().map(|letter| format!("\\u{:04x}", u32::from(letter))).collect();
        let (between, escaped) = (between.concat(), escaped.concat());
        let text = format!("{{\"{path}\":{first},{between}\"{escaped}\":{second}}}");
        prop_assert!(slots(&text, PATHS, &Bounds::DEFAULT).is_err(), "{text}");
    }

    #[test]
    fn a_call_is_the_same_in_one_pass_and_in_two(
        arguments in object(json()), order in 0..6_usize, more in select(&["", ",\"x\":1", ",\"name\":2"][..]),
        changes in changes(),
    ) {
        let name = "\"name\":\"x\"";
        let (method, id) = ("\"method\":\"tools/call\"", "\"id\":1");
        let params = match order % 2 {
            0 => format!("\"params\":{{{name},\"arguments\":{arguments}{more}}}"),
            _ => format!("\"params\":{{\"arguments\":{arguments},{name}{more}}}"),
        };
        let message = match order % 3 {
            0 => format!("{{{method},{params},{id}}}"),
            1 => format!("{{{id},{method},{params}}}"),
            _ => format!("{{{params},{id},{method}}}"),
        };
        for message in [mutated(&message, &changes), message] {
            let one = one_pass(&message, "x");
            let two = read(&message).and_then(|line| match line {
                Line::ToolCall(ToolCallLine { tool, arguments: Some(text), .. }) if tool == "x" => {
                    slots(text, PATHS, &Bounds::DEFAULT)
                }
                _ => Ok(PATHS.iter().map(|_| Argument::Missing).collect()),
            });
            prop_assert_eq!(format!("{:?}", one.ok()), format!("{:?}", two.ok()), "{}", message);
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in vec(any::<u8>(), 0..60), text in any::<String>()) {
        let _ = read_line(&bytes, &Bounds::DEFAULT);
        let _ = read_line(text.as_bytes(), &Bounds::DEFAULT);
        let _ = read_arguments(&text, &tree(PATHS), &Bounds::DEFAULT, &mut |_, _| {});
    }
}
