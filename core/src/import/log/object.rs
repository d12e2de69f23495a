//! The fields of a record that some format looks at, as they are written.
//!
//! One light pass checks the grammar of the whole object and keeps no more of it than where these fields stand. What is
//! in them is read when it is asked for: numbers keep their spelling, and what nobody asks for costs nothing. A field
//! that is there twice is refused, for it could be read in two ways; what no format looks at is nobody's business here.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Every field that some format looks at.
const FIELDS: [&str; 85] = [
    "action",
    "approval_request_id",
    "approve",
    "approved",
    "args",
    "args_hash",
    "arguments",
    "at",
    "attributes",
    "boolValue",
    "call",
    "call_id",
    "content",
    "debug",
    "decision",
    "dir",
    "direction",
    "doubleValue",
    "dry_run",
    "duration",
    "endTimeUnixNano",
    "error",
    "function",
    "function_call",
    "gatewright_approval",
    "grant",
    "hook_event_name",
    "id",
    "input",
    "inputResponses",
    "instance",
    "intValue",
    "invocation",
    "isError",
    "is_error",
    "jsonrpc",
    "key",
    "kind",
    "leafUuid",
    "message",
    "messages",
    "method",
    "msg",
    "name",
    "namespace",
    "origin",
    "outcome",
    "output",
    "params",
    "parentSpanId",
    "payload",
    "reason",
    "requestState",
    "resourceSpans",
    "response",
    "result",
    "role",
    "scopeSpans",
    "server",
    "server_label",
    "session",
    "sessionId",
    "session_id",
    "spanId",
    "spans",
    "startTimeUnixNano",
    "status",
    "stringValue",
    "text",
    "timestamp",
    "tool",
    "tool_call_id",
    "tool_calls",
    "tool_input",
    "tool_name",
    "tool_use_id",
    "traceId",
    "ts",
    "type",
    "unknown_args",
    "uuid",
    "value",
    "Ok",
    "Err",
    "code",
];

/// An object of a log, by its fields that matter.
pub(super) struct Object<'l>(Vec<(&'static str, &'l str)>);

impl<'l> Object<'l> {
    /// Reads the text of an object.
    pub(super) fn read(text: &'l str) -> Result<Self, serde_json::Error> {
        let mut json = serde_json::Deserializer::from_str(text);
        let object = json.deserialize_map(Fields)?;
        json.end()?;
        Ok(object)
    }

    /// The text of a field; nothing where it is null.
    pub(super) fn get(&self, name: &str) -> Option<&'l str> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, text)| *text).filter(|text| *text != "null")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// What a field says; nothing where it is not there, or says something else.
    pub(super) fn said<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// A field that is text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.said(name)
    }

    /// A field that must say such a thing where it is there.
    pub(super) fn must<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, String> {
        let Some(text) = self.get(name) else { return Ok(None) };
        serde_json::from_str(text).map(Some).map_err(|error| format!("`{name}`: {}", words(&error)))
    }

    /// Whether a field is this text, which no one escapes.
    pub(super) fn is(&self, name: &str, text: &str) -> bool {
        let quoted = self.get(name).and_then(|found| found.strip_prefix('"')?.strip_suffix('"'));
        quoted == Some(text)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// A field that is an object.
    pub(super) fn object(&self, name: &str) -> Option<Self> {
        self.get(name).filter(|text| text.starts_with('{')).and_then(|text| Self::read(text).ok())
    }

    /// The items of a field that is a list; none of another.
    pub(super) fn items(&self, name: &str) -> Vec<&'l str> {
        self.get(name).map(items).unwrap_or_default()
    }

    /// The items of a field that are objects.
    pub(super) fn objects(&self, name: &str) -> impl Iterator<Item = Self> + use<'l> {
        self.items(name).into_iter().filter_map(|item| Self::read(item).ok())
    }

    /// The text of an object that stands in a field, as such or as the text of a string; nothing where it is neither.
    pub(super) fn arguments(&self, name: &str) -> Option<String> {
        let text = self.get(name)?;
        let inner: String = if text.starts_with('"') { self.text(name)? } else { text.to_string() };
        let trimmed = inner.trim();
        let is_object = trimmed.starts_with('{') && serde_json::from_str::<IgnoredAny>(trimmed).is_ok();
        is_object.then(|| trimmed.to_string())
    }
}

/// The items of a list.
fn items(text: &str) -> Vec<&str> {
    struct Items;
    impl<'l> Visitor<'l> for Items {
        type Value = Vec<&'l str>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'l>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut found = Vec::new();
            while let Some(item) = items.next_element::<&'l RawValue>()? {
                found.push(item.get());
            }
            Ok(found)
        }
    }
    if !text.starts_with('[') {
        return Vec::new();
    }
    serde_json::Deserializer::from_str(text).deserialize_seq(Items).unwrap_or_default()
}

struct Fields;

impl<'l> Visitor<'l> for Fields {
    type Value = Object<'l>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut members: A) -> Result<Object<'l>, A::Error> {
        let mut fields: Vec<(&'static str, &'l str)> = Vec::new();
        while let Some(Field(name)) = members.next_key()? {
            let Some(name) = name else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            if fields.iter().any(|(field, _)| *field == name) {
                return Err(A::Error::custom(format!("duplicate field `{name}`")));
            }
            fields.push((name, members.next_value::<&'l RawValue>()?.get()));
        }
        Ok(Object(fields))
    }
}

/// A key, where it is one that matters.
struct Field(Option<&'static str>);

impl<'l> serde::Deserialize<'l> for Field {
    fn deserialize<D: Deserializer<'l>>(from: D) -> Result<Self, D::Error> {
        struct Key;
        impl Visitor<'_> for Key {
            type Value = Field;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Field, E> {
                Ok(Field(FIELDS.iter().find(|field| **field == key).copied()))
            }
        }
        from.deserialize_identifier(Key)
    }
}

/// What the JSON parser found, without its place.
fn words(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let end = words.rfind(" at line ").unwrap_or(words.len());
    words.get(..end).unwrap_or(&words).to_string()
}

/// The same with its column: a log line has a number of its own.
pub(super) fn plain(error: &serde_json::Error) -> String {
    let column = if error.column() > 0 { format!(" (column {})", error.column()) } else { String::new() };
    format!("{}{column}", words(error))
}
