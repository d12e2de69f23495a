//! OpenTelemetry's spans of tool calls, as OTLP writes them in JSON.
//!
//! The span of the client, that of the server and that of the agent around both are one call: one is the parent of the
//! other, or, where no context was passed on, they have the same JSON-RPC id and tool, are of opposite kinds, and overlap
//! in time. Arguments are there only where somebody opted in; otherwise they are unknown.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::hash::BuildHasher;

use hashbrown::HashMap;

use super::object::Object;
use super::records::{Found, Records};
use crate::call::{Arguments, Outcome};
use crate::time::Timestamp;

const CLIENT: u8 = 3;
const SERVER: u8 = 2;

/// The spans of one side that were read.
#[derive(Default)]
pub(super) struct Spans {
    sides: Vec<Side>,
    /// Those of them whose other side was not met, by a hash of session, JSON-RPC id and tool.
    requests: HashMap<u64, Vec<usize>>,
}

/// A span of one side.
#[derive(Clone, Copy)]
struct Side {
    index: usize,
    kind: u8,
    start: Timestamp,
    end: Timestamp,
}

pub(super) fn is(record: &Object<'_>) -> bool {
    record.has("spanId") && record.has("startTimeUnixNano")
}

impl Records {
    pub(super) fn span(&mut self, record: &Object<'_>) -> Result<bool, String> {
        let attributes = attributes(record);
        let attribute =
            |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let name = record.text("name").unwrap_or_default();
        let is_call = attribute("mcp.method.name") == Some("tools/call")
            || attribute("mcp.method.name").is_none()
                && attribute("gen_ai.operation.name") == Some("execute_tool");
        let said = ["tools/call ", "execute_tool "].iter().find_map(|start| name.strip_prefix(start));
        let Some(tool) = attribute("gen_ai.tool.name").or(said).filter(|_| is_call || said.is_some()) else {
            return Ok(false);
        };
        let Some(start) = instant(record, "startTimeUnixNano") else {
            return Err("`startTimeUnixNano` is no time".to_string());
        };
        let end = instant(record, "endTimeUnixNano");
        let arguments = attribute("gen_ai.tool.call.arguments")
            .filter(|text| text.trim_start().starts_with('{') && Object::read(text).is_ok());
        let session = attribute("mcp.session.id").unwrap_or_default();
        let arguments = arguments.map_or(Arguments::Unknown, |text| Arguments::Text(text.trim()));
        let trace = record.text("traceId").unwrap_or_default();
        let ids = |field| record.text(field).filter(|id| !id.is_empty());
        let (own, around) = (ids("spanId"), ids("parentSpanId"));
        let is_span = |id: &String| format!("span {trace} {id}");
        let is_within = |id: &String| format!("within {trace} {id}");

        let kind = match record.get("kind") {
            Some("2" | "\"SPAN_KIND_SERVER\"") => SERVER,
            Some("3" | "\"SPAN_KIND_CLIENT\"") => CLIENT,
            _ => 0,
        };
        let side = Side { index: self.log.calls.len(), kind, start, end: end.unwrap_or(start) };
        let request = attribute("jsonrpc.request.id")
            .filter(|_| kind != 0)
            .map(|id| self.spans.requests.hasher().hash_one((session, id, tool)));
        let names = [own.as_ref().map(is_span), own.as_ref().map(is_within), around.as_ref().map(is_span)];
        let known = names.iter().flatten().find_map(|name| self.named.get(name)).copied();
        let known = known.filter(|index| self.log.calls.get(*index).is_some_and(|call| call.tool == tool));
        let known = known.or_else(|| self.spans.other_side(request?, side));
        let names = [own.as_ref().map(is_span), around.as_ref().map(is_within)];
        if let Some(index) = known {
            self.log.duplicates += 1;
            let call = self.log.calls.get(index);
            if arguments != Arguments::Unknown
                && call.is_some_and(|call| call.arguments == Arguments::Unknown)
            {
                self.log.calls.correct(index, tool, arguments);
            }
            self.name(names, index);
            return Ok(false);
        }
        let found = Found { tool, arguments, at: Some(start), session, ..Found::default() };
        let Some(index) = self.push(&found) else { return Ok(true) };
        let status = record.object("status").is_some_and(|status| {
            status.get("code").is_some_and(|code| code == "2" || code == "\"STATUS_CODE_ERROR\"")
        });
        if let (Some(outcome), Some(end)) = (outcome(attribute("error.type"), status), end) {
            self.log.calls.ended(index, outcome, end);
        }
        self.name(names, index);
        if let Some(request) = request {
            self.spans.requests.entry(request).or_default().push(self.spans.sides.len());
            self.spans.sides.push(side);
        }
        Ok(true)
    }

    /// Remembers the call of a span by the span's own id, and by that of the span around it.
    fn name(&mut self, names: [Option<String>; 2], index: usize) {
        for name in names.into_iter().flatten() {
            self.named.entry(name).or_insert(index);
        }
    }
}

impl Spans {
    /// The call whose other side this is, once.
    fn other_side(&mut self, request: u64, side: Side) -> Option<usize> {
        let waiting = self.requests.get_mut(&request)?;
        let overlaps = |other: &Side| other.start <= side.end && side.start <= other.end;
        let is_other = |other: &&Side| other.kind != side.kind && overlaps(other);
        let (place, index) = waiting
            .iter()
            .enumerate()
            .find_map(|(place, number)| Some((place, self.sides.get(*number).filter(is_other)?.index)))?;
        waiting.swap_remove(place);
        Some(index)
    }
}

/// How a call ended: a number is the code of a JSON-RPC error. Of another error it is not known whether the tool ran.
fn outcome(error: Option<&str>, failed: bool) -> Option<Outcome> {
    match error {
        Some("tool_error") => Some(Outcome::ToolError),
        Some(code) if code.parse::<i64>().is_ok() => Some(Outcome::ProtocolError),
        Some(_) => None,
        None => (!failed).then_some(Outcome::Ok),
    }
}

/// The attributes of a span that are text, numbers or truth values, as text.
fn attributes(record: &Object<'_>) -> Vec<(String, String)> {
    let read = |attribute: Object<'_>| {
        let value = attribute.object("value")?;
        let text = value.text("stringValue");
        let text = text
            .or_else(|| value.text("intValue"))
            .or_else(|| value.get("intValue").map(ToString::to_string));
        Some((attribute.text("key")?, text?))
    };
    record.objects("attributes").filter_map(read).collect()
}

/// Nanoseconds since 1970, as a string or a number.
fn instant(record: &Object<'_>, field: &str) -> Option<Timestamp> {
    let nanos: u64 = record.get(field)?.trim_matches('"').parse().ok()?;
    let millis = i64::try_from(nanos / 1_000_000).ok()?;
    let at = Timestamp::from_millis(millis);
    (at.as_millis() == millis).then_some(at)
}
