//! The rules and limits of a recommendation, as they are written, each with its reason.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Line;
use crate::pointer::Pointer;

/// The lists of a tool, in the order in which they are written.
const LISTS: [&str; 4] = ["require", "deny_if", "require_approval", "limits"];

/// An item of one of the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    list: &'static str,
    json: String,
    why: String,
    /// The window and the `max`, where calls are counted.
    counts: Option<(&'static str, u32)>,
}

impl Part {
    pub(super) fn new(list: &'static str, json: impl Into<Json>, why: impl Into<String>) -> Self {
        let Json { text, counts } = json.into();
        Self { list, json: text, why: why.into(), counts }
    }

    /// How many calls it lets through in a window of this length.
    pub(super) fn counts_calls(&self, window: &str) -> Option<u32> {
        self.counts.filter(|(counted, _)| *counted == window).map(|(_, max)| max)
    }
}

/// An item as it is written.
pub(super) struct Json {
    text: String,
    counts: Option<(&'static str, u32)>,
}

impl<T: Into<String>> From<T> for Json {
    fn from(text: T) -> Self {
        Self { text: text.into(), counts: None }
    }
}

/// A limit on calls.
pub(super) fn limit(counter: &str, window: &'static str, max: u32) -> Json {
    let counter = quoted(counter);
    let text = format!(r#"{{ "counter": {counter}, "window": "{window}", "max": {max}, "scope": "grant" }}"#);
    Json { text, counts: Some((window, max)) }
}

/// Some text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The items of one list, as JSON.
pub(super) fn list(parts: &[Part], list: &str) -> String {
    let items: Vec<&str> = parts.iter().filter(|part| part.list == list).map(|part| &*part.json).collect();
    format!("[\n  {}\n]", items.join(",\n  "))
}

/// What stands under a tool, as JSON.
pub(super) fn body(parts: &[Part]) -> String {
    let written = LISTS.into_iter().filter(|name| parts.iter().any(|part| part.list == *name));
    let lists: Vec<String> =
        written.map(|name| format!("\n  \"{name}\": {}", list(parts, name).replace('\n', "\n  "))).collect();
    if lists.is_empty() { "{}".to_string() } else { format!("{{{}\n}}", lists.join(",")) }
}

/// The reason of each item, in the order of the text.
pub(super) fn lines(at: &Pointer, tool: Option<&str>, parts: &[Part]) -> Vec<Line> {
    let mut lines = Vec::new();
    for list in LISTS {
        for (index, part) in parts.iter().filter(|part| part.list == list).enumerate() {
            let pointer = at.key(list).index(index);
            lines.push(Line { pointer, tool: tool.map(ToString::to_string), why: part.why.clone() });
        }
    }
    lines
}
