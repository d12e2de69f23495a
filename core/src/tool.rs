//! The tools of a server, as it lists them itself (MCP's `tools/list`).
//!
//! All of it is the server's own word. Annotations above all are hints that nobody has checked: a tool that says it
//! only reads may run anything. A hint that is absent is not "no": MCP gives each a default, the cautious one.
//!
//! Other shapes of lists, and files of several servers, are not read here: see `import`.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;
use serde_json::Value;

pub mod drift;

/// One tool. Fields that are not named here are ignored.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Listed")]
pub struct ToolDefinition {
    /// Its name, exact and case-sensitive.
    pub name: String,
    /// What people are shown in place of its name: `title`, and where that is not there, `annotations.title`.
    pub title: Option<String>,
    /// What it says it does.
    pub description: Option<String>,
    /// The JSON Schema of its arguments.
    pub input_schema: Option<Value>,
    /// The JSON Schema of its results.
    pub output_schema: Option<Value>,
    /// What it says of itself, unverified.
    pub annotations: Annotations,
}

/// A tool as it stands in a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    input_schema: Option<Value>,
    #[serde(default)]
    output_schema: Option<Value>,
    #[serde(default)]
    annotations: Option<Value>,
}

impl TryFrom<Listed> for ToolDefinition {
    type Error = serde_json::Error;

    fn try_from(listed: Listed) -> Result<Self, Self::Error> {
        let annotations = listed.annotations.unwrap_or_default();
        let title = annotations.get("title").and_then(Value::as_str);
        Ok(Self {
            name: listed.name,
            title: listed.title.or_else(|| title.map(ToString::to_string)),
            description: listed.description,
            input_schema: listed.input_schema,
            output_schema: listed.output_schema,
            annotations: Option::<Annotations>::deserialize(&annotations)?.unwrap_or_default(),
        })
    }
}

/// What a tool says of itself, unverified. None: not stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// It changes nothing.
    #[serde(default)]
    pub read_only_hint: Option<bool>,
    /// It may destroy something.
    #[serde(default)]
    pub destructive_hint: Option<bool>,
    /// Calling it again with the same arguments changes nothing more.
    #[serde(default)]
    pub idempotent_hint: Option<bool>,
    /// It deals with the world outside its server.
    #[serde(default)]
    pub open_world_hint: Option<bool>,
}

impl Annotations {
    /// Whether the tool says itself that it may destroy something.
    #[must_use]
    pub fn says_it_destroys(self) -> bool {
        self.read_only_hint != Some(true) && self.destructive_hint == Some(true)
    }

    /// Whether the tool may destroy something, by its own word: where it says nothing, it may.
    ///
    /// ```
    /// use gatewright_core::tool::Annotations;
    /// assert!(Annotations::default().may_destroy());
    /// assert!(!Annotations { read_only_hint: Some(true), ..Annotations::default() }.may_destroy());
    /// ```
    #[must_use]
    pub fn may_destroy(self) -> bool {
        self.read_only_hint != Some(true) && self.destructive_hint != Some(false)
    }
}

/// Reads a list of tools: an array, an object with `tools`, or a JSON-RPC answer whose result is one.
///
/// # Errors
///
/// A sentence that says what is wrong.
///
/// ```
/// use gatewright_core::tool::read_tools;
/// let tools = read_tools(r#"{"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "run"}]}}"#).unwrap();
/// assert_eq!(tools[0].name, "run");
/// assert_eq!(read_tools("{}").unwrap_err(), "found no list of tools");
/// ```
pub fn read_tools(text: &str) -> Result<Vec<ToolDefinition>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document: Value =
        serde_json::from_str(text).map_err(|error| format!("the text is not JSON: {error}"))?;
    let result = document.get("result").unwrap_or(&document);
    let list = result.get("tools").unwrap_or(result);
    let Value::Array(items) = list else { return Err("found no list of tools".to_string()) };
    let tool = |(index, item): (usize, &Value)| {
        ToolDefinition::deserialize(item)
            .map_err(|error| format!("tool {} cannot be read: {error}", index + 1))
    };
    items.iter().enumerate().map(tool).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_tools_are_read_in_three_shapes() {
        #[rustfmt::skip]
        let cases = [
            (r#"[{"name": "a"}, {"name": "b"}]"#,            Ok("a b"), "a bare array"),
            (r#"{"tools": [{"name": "a"}], "nextCursor": ""}"#, Ok("a"), "a result"),
            (r#"{"id": 1, "result": {"tools": [{"name": "a"}]}}"#, Ok("a"), "an answer"),
            ("\u{feff}[]",                                   Ok(""),    "no tools, after a byte order mark"),
            (r#"[{"name": "a", "annotations": null, "inputSchema": null, "x": 1}]"#, Ok("a"), "null and unknown fields"),
            ("{}",                                           Err("found no list of tools"), "no list"),
            ("[",                                            Err("the text is not JSON"),   "half a text"),
            (r#"[{"name": "a"}, {}]"#,                       Err("tool 2 cannot be read"),  "no name"),
        ];
        for (text, expected, why) in cases {
            match (read_tools(text), expected) {
                (Ok(tools), Ok(names)) => {
                    let read: Vec<_> = tools.iter().map(|tool| tool.name.as_str()).collect();
                    assert_eq!(read.join(" "), names, "{text}: {why}");
                }
                (Err(read), Err(expected)) => assert!(read.starts_with(expected), "{text}: {why}: {read}"),
                (read, _) => panic!("{text}: {why}: {read:?}"),
            }
        }
    }

    #[test]
    fn hints_that_are_not_stated_are_none() {
        let text = r#"[{"name": "a", "annotations": {"readOnlyHint": false, "title": "A"}}]"#;
        let annotations = read_tools(text).unwrap()[0].annotations;
        assert_eq!((annotations.read_only_hint, annotations.destructive_hint), (Some(false), None));
        assert!(annotations.may_destroy());
    }
}
