//! Claude Code's own log of a server, `mcp-logs-NAME/*.jsonl` in its cache: a line is
//! `{"debug": "Calling MCP tool: read_file", "timestamp", "sessionId", "cwd"}`, an array of such lines in older versions.
//!
//! What is called, when, and how it ended stands in sentences for people; arguments do not stand there, and which server
//! it is, only the folder says. A call is ended by the first line that tells of the end of one of its name, in its session:
//! of calls side by side the first is taken to end first. Whether it failed as a tool or as a protocol is not told, and
//! taken for the tool's. What the server wrote to its standard error stands between, as `error`.

use alloc::format;
use alloc::string::String;

use super::object::Object;
use super::records::{Found, Records};
use crate::call::{Arguments, Outcome};
use crate::time::Timestamp;

const BEGINS: &str = "Calling MCP tool: ";
const ENDS: [(&str, Outcome); 2] =
    [("' completed successfully in ", Outcome::Ok), ("' failed after ", Outcome::ToolError)];

/// Whether a record is a line of such a log.
pub(super) fn is(record: &Object<'_>) -> bool {
    let says = |field| record.get(field).is_some_and(|text| text.starts_with('"'));
    says("debug") || says("error") && says("timestamp") && says("sessionId")
}

/// The tool of which a line says that it has ended, and how.
fn ended(line: &str) -> Option<(&str, Outcome)> {
    let rest = line.strip_prefix("Tool '")?;
    let ends = ENDS.iter().filter_map(|(words, outcome)| Some((rest.split_once(words)?.0, *outcome)));
    // Why a call has failed stands behind, and may say anything.
    ends.min_by_key(|(tool, _)| tool.len())
}

/// What a call is known by: its number among those of its tool in its session.
fn name(number: usize, session: &str, tool: &str) -> String {
    format!("claude:{number}:{}:{session}:{tool}", session.len())
}

impl Records {
    pub(super) fn claude_code_server(&mut self, record: &Object<'_>) -> Result<bool, String> {
        let Some(line) = record.text("debug") else { return Ok(false) };
        let session = record.text("sessionId").unwrap_or_default();
        let at: Option<Timestamp> = record.must("timestamp")?;
        if let Some(tool) = line.strip_prefix(BEGINS) {
            if at.is_none() {
                return Err("no time: `timestamp` is missing".into());
            }
            let found =
                Found { tool, arguments: Arguments::Unknown, at, session: &session, ..Found::default() };
            // Where there is no room for the call, its end must still not be taken for another's.
            let index = self.push(&found).unwrap_or(usize::MAX);
            let number = self.next("begun", &session, tool);
            self.named.insert(name(number, &session, tool), index);
            return Ok(true);
        }
        if let Some((tool, outcome)) = ended(&line) {
            let number = self.next("ended", &session, tool);
            if let Some(index) = self.named.get(&name(number, &session, tool)).copied() {
                self.ended(index, outcome, at);
            }
        }
        Ok(false)
    }

    /// How many of a kind there were before, of a tool in a session.
    fn next(&mut self, kind: &str, session: &str, tool: &str) -> usize {
        let count =
            self.named.entry(format!("claude:{kind}:{}:{session}:{tool}", session.len())).or_default();
        *count += 1;
        *count - 1
    }
}
