//! Logs of tool calls → calls, with a report of what was used, skipped and unreadable.
//!
//! Formats are told by their content, record by record, whatever a file is called:
//!
//! - a list of calls: `{"at", "tool", "args", "grant", "session", "approved", "outcome"}`, of which `at` and `tool` must
//!   be there; where only the names of arguments were recorded, as in `PolicyLayer`'s logs, `unknown_args` lists them in
//!   place of `args`, or is `true` where not even these were; without both a call has none;
//! - our own proxy's decision log: the same, with `call`, which ties together the records of one call, and `decision` and
//!   `reason`. `{"at", "call", "outcome"}` says how a call ended; a later decision on the same call replaces an earlier
//!   one, for which a person was asked; what was refused for a reason that is not the policy's is no call here;
//! - JSON-RPC messages, as they are or in `{"ts", "session", "dir", "msg"}`; the log of Claude Desktop; the export of the
//!   MCP Inspector. The answer to a call says how it ended, and a call that is sent again with what the server asked for
//!   is one call;
//! - sessions of Claude Code and of Codex, Claude Code's own log of a server, and what its hooks are given; `OpenAI`'s chat messages and items of
//!   the Responses interface; OpenTelemetry's spans; the events of Intercept; a table of calls (CSV).
//!
//! A record stands on a line of its own, in one JSON array, or in an object over several lines. One that cannot be read is
//! named with its line and the reason; it stops nothing. A call that a log shows twice is counted once. Calls without
//! a time are spaced as the caller says, and the report says so.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::legible::legible;
use crate::scenario::Calls;
use crate::time::Timestamp;

mod claude_code;
mod claude_code_server;
mod codex;
mod desktop;
mod intercept;
mod messages;
mod nest;
mod object;
mod openai;
mod own;
mod reader;
mod records;
mod redacted;
mod report;
mod spans;
mod table;

pub use reader::LogReader;
pub use redacted::redacted;

/// So many of the unreadable lines are named, and so many servers.
pub const MAX_UNREADABLE: usize = 100;

/// The most bytes of a record that is read. Of a longer one nothing is kept.
pub const MAX_RECORD_BYTES: usize = 10_000_000;

/// The grant of a line that names none.
pub const UNNAMED_GRANT: &str = "unnamed";

/// What is taken for what a log does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOptions {
    /// When the first of the calls without a time is made.
    pub start: Timestamp,
    /// Milliseconds from one of them to the next.
    pub step_ms: i64,
}

/// From 2026-01-05T10:00:00Z, a Monday morning, a second apart.
impl Default for LogOptions {
    fn default() -> Self {
        Self { start: Timestamp::from_millis(1_767_607_200_000), step_ms: 1000 }
    }
}

/// What a record is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `{"at", "tool", "args"}`
    Calls,
    /// Our own proxy's decision log.
    Decisions,
    /// JSON-RPC messages.
    JsonRpc,
    /// Claude Desktop's log of a server.
    ClaudeDesktop,
    /// A session of Claude Code.
    ClaudeCode,
    /// Claude Code's own log of a server.
    ClaudeCodeServer,
    /// What a hook of Claude Code is given.
    ClaudeCodeHook,
    /// The protocol export of the MCP Inspector.
    Inspector,
    /// Messages of a chat with an `OpenAI` model.
    OpenAiChat,
    /// Items of `OpenAI`'s Responses interface.
    OpenAiResponses,
    /// A session of Codex.
    Codex,
    /// OpenTelemetry's spans.
    Spans,
    /// The events of Intercept.
    Intercept,
    /// CSV.
    Table,
}

impl Format {
    /// Its name, as reports for machines have it: `claude_code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Decisions => "decisions",
            Self::JsonRpc => "json_rpc",
            Self::ClaudeDesktop => "claude_desktop",
            Self::ClaudeCode => "claude_code",
            Self::ClaudeCodeServer => "claude_code_server",
            Self::ClaudeCodeHook => "claude_code_hook",
            Self::Inspector => "inspector",
            Self::OpenAiChat => "openai_chat",
            Self::OpenAiResponses => "openai_responses",
            Self::Codex => "codex",
            Self::Spans => "otlp",
            Self::Intercept => "intercept",
            Self::Table => "csv",
        }
    }
}

/// What the records of a log are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// One stands on a line.
    #[default]
    Lines,
    /// They stand in an array or an object.
    Records,
    /// They are rows of a table.
    Rows,
}

/// The calls of a log, and what became of its lines.
#[derive(Clone, Debug, Default)]
pub struct ImportedLog {
    /// The calls, in the order of the log; of a table or of spans, in the order of time.
    pub calls: Calls,
    /// What was found, each format once, in the order of the log.
    pub formats: Vec<Format>,
    /// What `lines` counts.
    pub unit: Unit,
    /// Lines with something on them; of an array, its items.
    pub lines: usize,
    /// Lines that were understood and are no calls of their own.
    pub skipped: usize,
    /// Lines that could not be read: how many.
    pub unreadable: usize,
    /// The first [`MAX_UNREADABLE`] of them.
    pub first_unreadable: Vec<Unreadable>,
    /// Calls that were left out because there are more than [`MAX_CALLS`](crate::scenario::MAX_CALLS).
    pub left_out: usize,
    /// Calls whose line names no grant: they are counted as one grant's.
    pub without_grant: usize,
    /// Calls whose format has no times: they are spaced by `options`.
    pub without_time: usize,
    /// What was taken for the times that are missing.
    pub options: LogOptions,
    /// How often a call that is there already was met again.
    pub duplicates: usize,
    /// Calls of tools that belong to the agent's program, and to no server.
    pub own_tools: usize,
    /// Calls of whose arguments something was not recorded.
    pub unrecorded: usize,
    /// The servers that calls name, the first [`MAX_UNREADABLE`] of them.
    pub servers: Vec<String>,
    /// A name that says server and tool, and could be split in two ways: as it was, server and tool.
    pub split: Option<(String, String)>,
    /// Whether the calls stood in another order than that of time.
    pub sorted: bool,
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
    fn name_unreadable(&mut self, line: usize, reason: &str) {
        self.unreadable += 1;
        if self.first_unreadable.len() < MAX_UNREADABLE {
            self.first_unreadable.push(Unreadable { line, reason: legible(reason) });
        }
    }

    fn add_server(&mut self, server: &str) {
        if self.servers.len() < MAX_UNREADABLE && !self.servers.iter().any(|known| known == server) {
            self.servers.push(server.to_string());
        }
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
    let mut reader = LogReader::default();
    reader.feed(text.as_bytes());
    reader.finish()
}

#[cfg(test)]
mod tests;
