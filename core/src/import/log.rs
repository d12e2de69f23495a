//! Logs of tool calls → calls, with a report of what was used, skipped and unreadable.
//!
//! Two line formats, told apart line by line, both JSON Lines:
//!
//! - `{"at", "tool", "args", "grant", "session", "outcome"}`, of which `at` and `tool` must be there; where only the
//!   names of arguments were recorded, `unknown_args` lists them in place of `args`, and without both a call has none;
//! - raw JSON-RPC, `{"ts", "session", "dir", "msg"}`, where the answer to a call says how it ended.
//!
//! A line that cannot be read is named with its number and the reason; it stops nothing.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::amount::count;
use crate::bounds::Bounds;
use crate::call::{Arguments, Outcome, ToolCall};
use crate::legible::{clip, legible};
use crate::message::{Line as Found, ToolCallLine, read_line};
use crate::scenario::{Calls, MAX_CALLS};
use crate::time::Timestamp;

/// So many of the unreadable lines are named.
pub const MAX_UNREADABLE: usize = 100;

/// The grant of a line that names none.
pub const UNNAMED_GRANT: &str = "unnamed";

/// The calls of a log, and what became of its lines.
#[derive(Clone, Debug, Default)]
pub struct ImportedLog {
    /// The calls, in the order of the log.
    pub calls: Calls,
    /// Lines with something on them.
    pub lines: usize,
    /// Lines that were understood and are no calls.
    pub skipped: usize,
    /// Lines that could not be read: how many.
    pub unreadable: usize,
    /// The first [`MAX_UNREADABLE`] of them.
    pub first_unreadable: Vec<Unreadable>,
    /// Calls that were left out because there are more than [`MAX_CALLS`].
    pub left_out: usize,
    /// Calls whose line names no grant: they are counted as one grant's.
    pub without_grant: usize,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub reason: String,
}

impl ImportedLog {
    /// The report in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let lines = if self.lines == 1 { "line" } else { "lines" };
        let calls = if self.calls.len() == 1 { "tool call" } else { "tool calls" };
        let others = if self.skipped == 1 { "other message" } else { "other messages" };
        let mut words = format!(
            "{} {lines}: {} {calls} used, {} {others} skipped, {} unreadable.",
            count(self.lines),
            count(self.calls.len()),
            count(self.skipped),
            count(self.unreadable),
        );
        if self.left_out > 0 {
            let (left_out, most) = (count(self.left_out), count(MAX_CALLS));
            words.push_str(&format!(" {left_out} more calls are left out: at most {most} are run."));
        }
        if self.without_grant > 0 && self.without_grant == self.calls.len() {
            words.push_str(" The log names no grant: all calls are counted as one grant's.");
        } else if self.without_grant > 0 {
            let without = count(self.without_grant);
            let calls = if self.without_grant == 1 { "call names" } else { "calls name" };
            words.push_str(&format!(" {without} {calls} no grant: they are counted as one grant's."));
        }
        words
    }
}

/// Reads a log.
///
/// ```
/// use gatewright_core::import::log::import_log;
/// let log = import_log(r#"{"at": "2026-01-05T10:00:00Z", "tool": "run_tests", "grant": "ci"}"#);
/// assert_eq!(log.in_words(), "1 line: 1 tool call used, 0 other messages skipped, 0 unreadable.");
/// ```
#[must_use]
pub fn import_log(text: &str) -> ImportedLog {
    let mut reader = Reader::default();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        reader.log.lines += 1;
        match reader.line(line) {
            Ok(true) => {}
            Ok(false) => reader.log.skipped += 1,
            Err(reason) => reader.unreadable(index + 1, &reason),
        }
    }
    reader.log
}

#[derive(Default)]
struct Reader {
    log: ImportedLog,
    /// Calls that wait for their answer, by session and JSON-RPC id. The id 1 is not the id "1".
    asked: HashMap<(String, String), usize>,
}

/// Either format. Fields that a log has besides are nobody's business here.
#[derive(Deserialize)]
struct Line<'l> {
    at: Option<Timestamp>,
    tool: Option<String>,
    #[serde(borrow)]
    args: Option<&'l RawValue>,
    unknown_args: Option<Vec<String>>,
    grant: Option<String>,
    session: Option<String>,
    outcome: Option<Outcome>,
    ts: Option<Timestamp>,
    dir: Option<String>,
    #[serde(borrow)]
    msg: Option<&'l RawValue>,
}

/// What of a message that is no call matters here.
#[derive(Deserialize)]
struct Answer<'l> {
    method: Option<IgnoredAny>,
    #[serde(borrow)]
    id: Option<&'l RawValue>,
    result: Option<Value>,
    error: Option<Value>,
}

impl Reader {
    fn unreadable(&mut self, line: usize, reason: &str) {
        self.log.unreadable += 1;
        if self.log.first_unreadable.len() < MAX_UNREADABLE {
            self.log.first_unreadable.push(Unreadable { line, reason: legible(reason) });
        }
    }

    /// Reads a line: whether it is a call, or why it cannot be read.
    fn line(&mut self, text: &str) -> Result<bool, String> {
        if !text.starts_with('{') {
            return Err("not a JSON object".to_string());
        }
        let line: Line<'_> = serde_json::from_str(text).map_err(|error| plain(&error))?;
        if line.tool.is_some() {
            return self.call_line(&line).map(|()| true);
        }
        let from = |side| line.dir.as_deref().is_some_and(|dir| dir.starts_with(side));
        let Some(message) = line.msg.map(RawValue::get) else {
            return match line.dir {
                Some(_) => Ok(false),
                None => Err("neither a call (`at`, `tool`) nor a JSON-RPC message (`ts`, `msg`)".to_string()),
            };
        };
        if !message.starts_with('{') {
            return Err("`msg` is not an object".to_string());
        }
        let call = match read_line(message.as_bytes(), &Bounds::DEFAULT) {
            Ok(found) => found,
            Err(_) if from("server") => Found::Other,
            Err(problem) => return Err(problem.to_string()),
        };
        match call {
            Found::ToolCall(call) if !from("server") => self.request(&line, &call).map(|()| true),
            _ => {
                if !from("client") {
                    self.response(&line, message);
                }
                Ok(false)
            }
        }
    }

    fn call_line(&mut self, line: &Line<'_>) -> Result<(), String> {
        let at = line.at.or(line.ts).ok_or("no time: `at` is missing")?;
        let arguments = match line.args.map(RawValue::get) {
            Some(args) if args != "null" && line.unknown_args.is_some() => {
                return Err(format!("`args` and `unknown_args` exclude each other: {}", clip(args)));
            }
            None | Some("null") => line.unknown_args.as_deref().map_or(Arguments::None, Arguments::Names),
            Some(args) if args.starts_with('{') => Arguments::Text(args),
            Some(_) => return Err("`args` is not an object".to_string()),
        };
        let tool = line.tool.as_deref().unwrap_or_default();
        self.push(line, tool, arguments, at, line.outcome.map(|outcome| (outcome, at)));
        Ok(())
    }

    fn request(&mut self, line: &Line<'_>, call: &ToolCallLine<'_>) -> Result<(), String> {
        let at = line.ts.or(line.at).ok_or("no time: `ts` is missing")?;
        self.asked.insert(asked_as(line, call.id), self.log.calls.len());
        self.push(line, &call.tool, call.arguments(), at, None);
        Ok(())
    }

    fn response(&mut self, line: &Line<'_>, message: &str) {
        let Ok(Answer { method: None, id: Some(id), result, error }) = serde_json::from_str(message) else {
            return;
        };
        let Some(at) = line.ts.or(line.at) else { return };
        let Some(call) = self.asked.remove(&asked_as(line, id.get())) else { return };
        let failed = result.as_ref().and_then(|result| result.get("isError"));
        let outcome = match (error, failed) {
            (Some(_), _) => Outcome::ProtocolError,
            (None, Some(Value::Bool(true))) => Outcome::ToolError,
            (None, _) => Outcome::Ok,
        };
        self.log.calls.answer(call, outcome, at);
    }

    fn push(
        &mut self,
        line: &Line<'_>,
        tool: &str,
        arguments: Arguments<'_>,
        at: Timestamp,
        answer: Option<(Outcome, Timestamp)>,
    ) {
        if self.log.calls.len() as u64 >= MAX_CALLS {
            self.log.left_out += 1;
            return;
        }
        self.log.without_grant += usize::from(line.grant.is_none());
        let grant = line.grant.as_deref().unwrap_or(UNNAMED_GRANT);
        let session = line.session.as_deref().unwrap_or_default();
        self.log.calls.push(&ToolCall { tool, arguments, grant, session, at, approved: false }, answer);
    }
}

/// The id 1 is not the id "1", and an id is the same however it is spelled.
fn asked_as(line: &Line<'_>, id: &str) -> (String, String) {
    let id = serde_json::from_str::<Value>(id).map_or_else(|_| id.to_string(), |id| id.to_string());
    (line.session.as_deref().unwrap_or_default().to_string(), id)
}

/// What the JSON parser found, without its place: a log line has a number of its own.
fn plain(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let end = words.rfind(" at line ").unwrap_or(words.len());
    let column = if error.column() > 0 { format!(" (column {})", error.column()) } else { String::new() };
    format!("{}{column}", words.get(..end).unwrap_or(&words))
}

#[cfg(test)]
mod tests;
