//! Changes to a file of tests, as the smallest edits of its text.
//!
//! What a person wrote around a test stays as it is; a text that is no JSON is not touched.

use gatewright_core::diagnostic::{Edit, apply};
use gatewright_core::pointer::Pointer;
use gatewright_core::source::{EditError, Source, Value};

use super::quoted;
use super::record::NewTest;

/// The text with one more test, at the end. No text becomes a file of its own.
///
/// # Errors
///
/// Why the text cannot be edited.
pub fn added(file: &str, test: &NewTest) -> Result<String, String> {
    let file = if file.trim().is_empty() { "{\n  \"tests\": []\n}\n" } else { file };
    let source = Source::new(file);
    let tests = Pointer::root().key("tests");
    if source.find(&tests).is_none() {
        return edited(&source, source.set(&tests, &format!("[\n{}\n]", test.to_json(&taken(&source)))));
    }
    edited(&source, source.set(&tests.key("-"), &test.to_json(&taken(&source))))
}

/// The text without a test. Without its last test nothing is left of a file that says nothing else.
///
/// # Errors
///
/// Why the text cannot be edited.
pub fn removed(file: &str, test: &Pointer) -> Result<String, String> {
    let source = Source::new(file);
    let only_tests = matches!(&source.root().value, Value::Object(members)
        if members.iter().all(|member| member.key == "tests" || member.key == "policy"));
    let is_last = matches!(
        source.find(&Pointer::root().key("tests")).map(|node| &node.value),
        Some(Value::List(items)) if items.len() == 1
    );
    if only_tests && is_last && source.find(test).is_some() {
        return Ok(String::new());
    }
    edited(&source, source.remove(test))
}

/// The text with another name for a test.
///
/// # Errors
///
/// Why the text cannot be edited.
pub fn renamed(file: &str, test: &Pointer, name: &str) -> Result<String, String> {
    let source = Source::new(file);
    edited(&source, source.set(&test.key("name"), &quoted(name)))
}

/// The names that the tests of a file have.
fn taken(source: &Source) -> Vec<String> {
    let tests = source.find(&Pointer::root().key("tests")).map(|node| &node.value);
    let Some(Value::List(tests)) = tests else { return Vec::new() };
    let names = tests.iter().filter_map(|test| match &test.value {
        Value::Object(members) => members.iter().find(|member| member.key == "name"),
        _ => None,
    });
    names
        .filter_map(|member| match &member.node.value {
            Value::Text(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn edited(source: &Source, edits: Result<Vec<Edit>, EditError>) -> Result<String, String> {
    let edits = edits.map_err(|error| format!("The tests cannot be changed: {error}."))?;
    apply(source.text(), &edits).ok_or_else(|| "The tests cannot be changed.".to_owned())
}
