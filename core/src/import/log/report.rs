//! What was read of a log, in words.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Format, ImportedLog, Unit};
use crate::amount::count;
use crate::legible::legible;
use crate::scenario::MAX_CALLS;
use crate::time::duration_in_words;

/// So many servers are named.
const SERVERS_TOLD: usize = 5;

impl Format {
    /// What it is, with its article where it has one: `a session of Claude Code`.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Calls => "a list of calls",
            Self::Decisions => "a proxy's decision log",
            Self::JsonRpc => "JSON-RPC messages",
            Self::ClaudeDesktop => "a log of Claude Desktop",
            Self::ClaudeCode => "a session of Claude Code",
            Self::ClaudeCodeServer => "Claude Code's log of a server",
            Self::ClaudeCodeHook => "inputs of Claude Code's hooks",
            Self::Inspector => "an export of the MCP Inspector",
            Self::OpenAiChat => "OpenAI chat messages",
            Self::OpenAiResponses => "OpenAI Responses items",
            Self::Codex => "a session of Codex",
            Self::Spans => "OpenTelemetry spans",
            Self::Intercept => "events of Intercept",
            Self::Table => "a table of calls (CSV)",
        }
    }
}

impl ImportedLog {
    /// The report in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let records = match (self.unit, self.lines) {
            (Unit::Lines, 1) => "line",
            (Unit::Lines, _) => "lines",
            (Unit::Records, 1) => "record",
            (Unit::Records, _) => "records",
            (Unit::Rows, 1) => "row",
            (Unit::Rows, _) => "rows",
        };
        let mut words = format!(
            "{} {records}: {} used, {} skipped, {} unreadable.",
            count(self.lines),
            some(self.calls.len(), "tool call", "tool calls"),
            some(self.skipped, "other message", "other messages"),
            count(self.unreadable),
        );
        let mut add = |sentence: String| {
            words.push(' ');
            words.push_str(&sentence);
        };
        // Our own need not be told.
        let told = |format: &Format| !matches!(format, Format::Calls | Format::Decisions);
        if self.formats.iter().any(told) {
            let formats: Vec<&str> = self.formats.iter().map(|format| format.in_words()).collect();
            add(format!("Read as {}.", formats.join(", ")));
        }
        if self.left_out > 0 {
            let (left_out, most) = (count(self.left_out), count(MAX_CALLS));
            add(format!("{left_out} more calls are left out: at most {most} are run."));
        }
        match self.duplicates {
            0 => {}
            1 => add("One call is there twice, and counted once.".into()),
            more => add(format!("Calls are repeated {} times, and each is counted once.", count(more))),
        }
        match self.own_tools {
            0 => {}
            1 => add("1 call of the agent's own tools is no server's, and skipped.".into()),
            more => {
                add(format!("{} calls of the agent's own tools are no server's, and skipped.", count(more)));
            }
        }
        if let Some((server, tool)) = &self.split {
            let (server, tool) = (legible(server), legible(tool));
            add(format!("`mcp__{server}__{tool}` is taken for `{tool}` of the server `{server}`."));
        }
        if self.servers.len() > 1 {
            add(self.servers_in_words());
        }
        if self.without_time > 0 {
            let start = self.options.start;
            let which = match self.without_time {
                all if all == self.calls.len() => "The log has no times: its calls are".into(),
                1 => "1 call has no time: it is".into(),
                several => format!("{} calls have no time: they are", count(several)),
            };
            add(format!(
                "{which} spaced {} apart, from {} {} UTC.",
                duration_in_words(self.options.step_ms),
                start.date(),
                start.time_of_day()
            ));
        }
        if self.sorted {
            add("The calls are put into the order of time.".into());
        }
        if self.unrecorded > 0 {
            let of = if self.unrecorded == self.calls.len() {
                "the calls".into()
            } else {
                some(self.unrecorded, "call", "calls")
            };
            add(format!("Of {of} not all arguments were recorded: what depends on them is unknown."));
        }
        if self.without_grant > 0 && self.without_grant == self.calls.len() {
            add("The log names no grant: all calls are counted as one grant's.".into());
        } else if self.without_grant > 0 {
            let calls = some(self.without_grant, "call names", "calls name");
            add(format!("{calls} no grant: they are counted as one grant's."));
        }
        words
    }

    fn servers_in_words(&self) -> String {
        let (told, others) = self.servers.split_at(self.servers.len().min(SERVERS_TOLD));
        let told: Vec<String> = told.iter().map(|server| legible(server)).collect();
        let others = if others.is_empty() { "" } else { ", and more" };
        format!("The calls are of several servers: {}{others}.", told.join(", "))
    }
}

/// `1 call`, `2 calls`
fn some(number: usize, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}
