//! A record of a log → a call, the end of one, or neither.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{ImportedLog, UNNAMED_GRANT};
use crate::bounds::Bounds;
use crate::call::{Arguments, Outcome, ToolCall};
use crate::legible::clip;
use crate::message::{Envelope, Line as Found, ToolCallLine, id_key, read_envelope, read_line};
use crate::scenario::MAX_CALLS;
use crate::time::Timestamp;
use crate::verdict::Reason;

/// Why a call was refused that no policy was asked about, or none could be: replayed, it would be judged all the same.
const NOT_THE_POLICYS: [Reason; 5] = [
    Reason::Malformed,
    Reason::TooManyCounters,
    Reason::ForeignCounters,
    Reason::CountersAway,
    Reason::EngineFailed,
];

/// What was read so far.
#[derive(Default)]
pub(super) struct Records {
    pub(super) log: ImportedLog,
    /// Calls that wait for their answer, by session and JSON-RPC id. The id 1 is not the id "1".
    asked: HashMap<(String, String), usize>,
    /// Calls of a decision log, by their `call`.
    decided: HashMap<String, usize>,
    /// Calls whose decision was replaced by a later one.
    replaced: Vec<usize>,
}

/// A record of any format. Fields that a log has besides are nobody's business here.
#[derive(Deserialize)]
struct Record<'l> {
    at: Option<Timestamp>,
    tool: Option<String>,
    #[serde(borrow)]
    args: Option<&'l RawValue>,
    unknown_args: Option<Vec<String>>,
    grant: Option<String>,
    session: Option<String>,
    approved: Option<bool>,
    outcome: Option<Outcome>,
    #[serde(borrow)]
    call: Option<&'l RawValue>,
    #[serde(borrow)]
    reason: Option<&'l RawValue>,
    ts: Option<Timestamp>,
    dir: Option<String>,
    #[serde(borrow)]
    msg: Option<&'l RawValue>,
}

impl Records {
    /// Takes the bytes of a record, or of an empty line. An error is why it cannot be read.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        if bytes.trim_ascii().is_empty() {
            return Ok(());
        }
        self.log.lines += 1;
        let text = core::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_string())?;
        self.log.skipped += usize::from(!self.read(text.trim())?);
        Ok(())
    }

    pub(super) fn finish(mut self) -> ImportedLog {
        self.replaced.sort_unstable();
        self.log.calls = self.log.calls.without(&self.replaced);
        self.log
    }

    /// Reads a record: whether it is a call, or why it cannot be read.
    pub(super) fn read(&mut self, text: &str) -> Result<bool, String> {
        if !text.starts_with('{') {
            return Err("not a JSON object".to_string());
        }
        let record: Record<'_> = serde_json::from_str(text).map_err(|error| plain(&error))?;
        let reason: Option<Reason> = record.reason.and_then(said);
        if reason.is_some_and(|reason| NOT_THE_POLICYS.contains(&reason)) {
            return Ok(false);
        }
        let call: Option<String> = record.call.and_then(said);
        match (&record.tool, call, record.msg) {
            (Some(tool), call, _) => self.call(&record, tool, call).map(|()| true),
            (None, _, Some(message)) => self.message(&record, message.get()),
            (None, Some(call), None) if record.outcome.is_some() => self.end(&record, &call).map(|()| false),
            (None, ..) if record.dir.is_some() => Ok(false),
            (None, ..) => {
                Err("neither a call (`at`, `tool`) nor a JSON-RPC message (`ts`, `msg`)".to_string())
            }
        }
    }

    fn call(&mut self, record: &Record<'_>, tool: &str, call: Option<String>) -> Result<(), String> {
        let at = record.at.or(record.ts).ok_or("no time: `at` is missing")?;
        let arguments = match record.args.map(RawValue::get) {
            Some(args) if args != "null" && record.unknown_args.is_some() => {
                return Err(format!("`args` and `unknown_args` exclude each other: {}", clip(args)));
            }
            None | Some("null") => record.unknown_args.as_deref().map_or(Arguments::None, Arguments::Names),
            Some(args) if args.starts_with('{') => Arguments::Text(args),
            Some(_) => return Err("`args` is not an object".to_string()),
        };
        let index = self.log.calls.len();
        if !self.push(record, tool, arguments, at, record.outcome.map(|outcome| (outcome, at))) {
            return Ok(());
        }
        if let Some(earlier) = call.and_then(|call| self.decided.insert(call, index)) {
            self.replaced.push(earlier);
            self.log.skipped += 1;
            self.log.without_grant -= usize::from(record.grant.is_none());
        }
        Ok(())
    }

    /// The end of a call of a decision log. Its decision may stand in a log of before.
    fn end(&mut self, record: &Record<'_>, call: &str) -> Result<(), String> {
        let at = record.at.or(record.ts).ok_or("no time: `at` is missing")?;
        if let (Some(index), Some(outcome)) = (self.decided.get(call), record.outcome) {
            self.log.calls.answer(*index, outcome, at);
        }
        Ok(())
    }

    fn message(&mut self, record: &Record<'_>, message: &str) -> Result<bool, String> {
        if !message.starts_with('{') {
            return Err("`msg` is not an object".to_string());
        }
        let from = |side| record.dir.as_deref().is_some_and(|dir| dir.starts_with(side));
        let call = match read_line(message.as_bytes(), &Bounds::DEFAULT) {
            Ok(found) => found,
            Err(_) if from("server") => Found::Other,
            Err(problem) => return Err(problem.to_string()),
        };
        match call {
            Found::ToolCall(call) if !from("server") => self.request(record, &call).map(|()| true),
            _ => {
                if !from("client") {
                    self.response(record, message);
                }
                Ok(false)
            }
        }
    }

    fn request(&mut self, record: &Record<'_>, call: &ToolCallLine<'_>) -> Result<(), String> {
        let at = record.ts.or(record.at).ok_or("no time: `ts` is missing")?;
        let index = self.log.calls.len();
        if self.push(record, &call.tool, call.arguments(), at, None) {
            self.asked.insert(asked_as(record, call.id), index);
        }
        Ok(())
    }

    fn response(&mut self, record: &Record<'_>, message: &str) {
        let envelope = read_envelope(message.as_bytes(), &Bounds::DEFAULT);
        let Ok(Envelope::Response { id: Some(id), outcome, .. }) = envelope else { return };
        let Some(at) = record.ts.or(record.at) else { return };
        let Some(call) = self.asked.remove(&asked_as(record, id)) else { return };
        self.log.calls.answer(call, outcome, at);
    }

    /// Adds a call; says whether there was room for it.
    fn push(
        &mut self,
        record: &Record<'_>,
        tool: &str,
        arguments: Arguments<'_>,
        at: Timestamp,
        answer: Option<(Outcome, Timestamp)>,
    ) -> bool {
        if self.log.calls.len() as u64 >= MAX_CALLS {
            self.log.left_out += 1;
            return false;
        }
        self.log.without_grant += usize::from(record.grant.is_none());
        let grant = record.grant.as_deref().unwrap_or(UNNAMED_GRANT);
        let session = record.session.as_deref().unwrap_or_default();
        let approved = record.approved.unwrap_or(false);
        self.log.calls.push(&ToolCall { tool, arguments, grant, session, at, approved }, answer);
        true
    }
}

/// What a field says; nothing where it is of another log, and says something else.
fn said<T: DeserializeOwned>(json: &RawValue) -> Option<T> {
    serde_json::from_str(json.get()).ok()
}

/// What an answer is matched by: its session, and its id.
fn asked_as(record: &Record<'_>, id: &str) -> (String, String) {
    (record.session.as_deref().unwrap_or_default().to_string(), id_key(id))
}

/// What the JSON parser found, without its place: a log line has a number of its own.
fn plain(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let end = words.rfind(" at line ").unwrap_or(words.len());
    let column = if error.column() > 0 { format!(" (column {})", error.column()) } else { String::new() };
    format!("{}{column}", words.get(..end).unwrap_or(&words))
}
