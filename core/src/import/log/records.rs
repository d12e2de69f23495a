//! The records of a log, one after the other → its calls.
//!
//! Which format a record is of is told by its fields, record by record. What the formats have in common is here: calls
//! are added, found again by the name that their log gives them, answered and replaced.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::object::{Object, plain};
use super::spans::Spans;
use super::{Format, ImportedLog, UNNAMED_GRANT};
use super::{claude_code, claude_code_server, desktop, intercept, messages, openai, own, spans};
use crate::call::{Arguments, Outcome, ToolCall};
use crate::scenario::MAX_CALLS;
use crate::time::Timestamp;

/// The fields with lists of records in them, of what stands around records.
const AROUND: [&str; 6] = ["messages", "input", "output", "resourceSpans", "scopeSpans", "spans"];

/// So many of these stand one inside of the other, at most: more are nobody's log.
const DEEPEST: usize = 3;

/// What was read so far.
#[derive(Default)]
pub(super) struct Records {
    pub(super) log: ImportedLog,
    /// Calls that were answered by a question, by a hash of what the retry of each must say.
    pub(super) unfinished: HashMap<u64, Vec<usize>>,
    /// Calls by what their log calls them, behind a word for the kind of name. All names are in one map, for each type of
    /// map is much code.
    pub(super) named: HashMap<String, usize>,
    /// Calls whose record was replaced by a later one.
    replaced: Vec<usize>,
    /// The session that a record further up names for those after it.
    pub(super) session: String,
    pub(super) spans: Spans,
}

/// A call as a record has it.
#[derive(Default)]
pub(super) struct Found<'f> {
    pub(super) tool: &'f str,
    pub(super) server: Option<&'f str>,
    pub(super) arguments: Arguments<'f>,
    /// When; none where the format has no times.
    pub(super) at: Option<Timestamp>,
    pub(super) grant: Option<&'f str>,
    pub(super) session: &'f str,
    pub(super) approved: bool,
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
        self.replaced.dedup();
        self.log.calls = self.log.calls.without(&self.replaced);
        let in_any_order = [Format::Spans, Format::Table, Format::Inspector];
        if self.log.formats.iter().all(|format| in_any_order.contains(format)) {
            (self.log.calls, self.log.sorted) = self.log.calls.in_order_of_time();
        }
        self.log.unrecorded = self.log.calls.unrecorded();
        self.log
    }

    /// Reads a record: whether there is a call in it, or why it cannot be read.
    pub(super) fn read(&mut self, text: &str) -> Result<bool, String> {
        if let Some(line) = desktop::Line::of(text) {
            return self.desktop(&line);
        }
        if self.log.formats.contains(&Format::ClaudeDesktop) {
            // What a server wrote to its standard error stands between, whatever it looks like.
            return Ok(false);
        }
        if !text.starts_with('{') {
            return Err("not a JSON object".to_string());
        }
        let record = Object::read(text).map_err(|error| plain(&error))?;
        self.record(&record, text, 0)
    }

    fn record(&mut self, record: &Object<'_>, text: &str, depth: usize) -> Result<bool, String> {
        let format = format_of(record);
        if let Some(format) = format
            && !self.log.formats.contains(&format)
        {
            self.log.formats.push(format);
        }
        match format {
            Some(Format::Calls | Format::Decisions) => self.own(record),
            Some(Format::JsonRpc) => self.recorded(record, text),
            Some(Format::Inspector) => self.exported(record),
            Some(Format::ClaudeCode) => self.claude_code(record),
            Some(Format::ClaudeCodeServer) => self.claude_code_server(record),
            Some(Format::ClaudeCodeHook) => self.claude_code_hook(record),
            Some(Format::OpenAiChat) => self.chat(record),
            Some(Format::OpenAiResponses) => self.responses(record),
            Some(Format::Codex) => self.codex(record),
            Some(Format::Spans) => self.span(record),
            Some(Format::Intercept) => self.intercept(record),
            Some(Format::ClaudeDesktop | Format::Table) => Ok(false),
            None => self.wrapped(record, depth),
        }
    }

    /// What stands around records, or else belongs to a log whose format is known by now.
    fn wrapped(&mut self, record: &Object<'_>, depth: usize) -> Result<bool, String> {
        let lists = AROUND.iter().filter(|field| record.get(field).is_some_and(|text| text.starts_with('[')));
        if depth < DEEPEST && lists.clone().count() > 0 {
            let items: Vec<&str> = lists.flat_map(|field| record.items(field)).collect();
            return self.each(items, depth + 1);
        }
        let is_known =
            |format: &Format| !matches!(format, Format::Calls | Format::Decisions | Format::JsonRpc);
        if record.has("role") || record.has("type") && self.log.formats.iter().any(is_known) {
            return Ok(false);
        }
        Err("neither a call (`at`, `tool`) nor a JSON-RPC message (`ts`, `msg`)".to_string())
    }

    /// Takes records that stand in one. What is wrong with the first that cannot be read is said of all.
    fn each(&mut self, items: Vec<&str>, depth: usize) -> Result<bool, String> {
        let (mut any, mut problem) = (false, None);
        for item in items {
            let found = if item.starts_with('{') {
                Object::read(item)
                    .map_err(|error| plain(&error))
                    .and_then(|item_read| self.record(&item_read, item, depth))
            } else {
                Ok(false)
            };
            match found {
                Ok(found) => any |= found,
                Err(why) => problem = problem.or(Some(why)),
            }
        }
        problem.map_or(Ok(any), Err)
    }

    /// Adds a call; its index, where there was room for it.
    pub(super) fn push(&mut self, found: &Found<'_>) -> Option<usize> {
        if self.log.calls.len() as u64 >= MAX_CALLS {
            self.log.left_out += 1;
            return None;
        }
        let at = found.at.unwrap_or_else(|| {
            let steps = i64::try_from(self.log.without_time).unwrap_or(i64::MAX);
            self.log.without_time += 1;
            self.log.options.start.plus(self.log.options.step_ms.saturating_mul(steps))
        });
        if let Some(server) = found.server {
            self.log.add_server(server);
        }
        self.log.without_grant += usize::from(found.grant.is_none());
        let index = self.log.calls.len();
        let Found { tool, arguments, session, approved, .. } = *found;
        let grant = found.grant.unwrap_or(UNNAMED_GRANT);
        self.log.calls.push(&ToolCall { tool, arguments, grant, session, at, approved }, None);
        Some(index)
    }

    /// Adds a call that its log calls `name`, unless it is there already. Its index, and whether it is fresh.
    pub(super) fn push_once(&mut self, name: String, found: &Found<'_>) -> Option<(usize, bool)> {
        if let Some(index) = self.named.get(&name) {
            self.log.duplicates += 1;
            return Some((*index, false));
        }
        let index = self.push(found)?;
        self.named.insert(name, index);
        Some((index, true))
    }

    /// Leaves out a call, for a later one stands for it.
    pub(super) fn replace(&mut self, earlier: usize) {
        let Some(call) = self.log.calls.get(earlier) else { return };
        self.log.without_grant -= usize::from(call.grant == UNNAMED_GRANT).min(self.log.without_grant);
        self.replaced.push(earlier);
        self.log.skipped += 1;
    }

    /// Says how a call ended. Without a time, it did at once.
    pub(super) fn ended(&mut self, index: usize, outcome: Outcome, at: Option<Timestamp>) {
        if let Some(at) = at.or_else(|| self.log.calls.get(index).map(|call| call.at)) {
            self.log.calls.answer(index, outcome, at);
        }
    }

    /// The server and the tool of a name such as `mcp__fs__read_file`; nothing where it is another name.
    ///
    /// The first `__` ends the server's name: where another follows, the split is told in the report.
    pub(super) fn split<'n>(&mut self, name: &'n str) -> Option<(&'n str, &'n str)> {
        let (server, tool) = name.strip_prefix("mcp__")?.split_once("__")?;
        if server.is_empty() || tool.is_empty() {
            return None;
        }
        if tool.contains("__") && self.log.split.is_none() {
            self.log.split = Some((server.to_string(), tool.to_string()));
        }
        Some((server, tool))
    }
}

/// The format of a record, told by its fields; none of a record that is no format's own.
fn format_of(record: &Object<'_>) -> Option<Format> {
    let has = |field| record.has(field);
    Some(if has("hook_event_name") {
        Format::ClaudeCodeHook
    } else if intercept::is(record) {
        Format::Intercept
    } else if spans::is(record) {
        Format::Spans
    } else if has("payload") && has("type") {
        Format::Codex
    } else if has("direction") && has("message") {
        Format::Inspector
    } else if claude_code::is(record) {
        Format::ClaudeCode
    } else if has("tool") || has("call") && has("outcome") {
        if has("call") { Format::Decisions } else { Format::Calls }
    } else if has("msg") || has("dir") || messages::is_bare(record) {
        Format::JsonRpc
    } else if openai::is_message(record) {
        Format::OpenAiChat
    } else if openai::is_item(record) {
        Format::OpenAiResponses
    } else if claude_code_server::is(record) {
        Format::ClaudeCodeServer
    } else if own::is_refusal(record) {
        Format::Decisions
    } else {
        return None;
    })
}
