//! Logs of tool calls → calls, with a report of what was used, skipped and unreadable.
//!
//! Three formats of a record, told apart record by record, all JSON:
//!
//! - `{"at", "tool", "args", "grant", "session", "approved", "outcome"}`, of which `at` and `tool` must be there; where
//!   only the names of arguments were recorded, `unknown_args` lists them in place of `args`, and without both a call
//!   has none;
//! - a proxy's decision log: the same, with `call`, which ties together the records of one call, and `decision` and
//!   `reason`. `{"at", "call", "outcome"}` says how a call ended; a later decision on the same call replaces an earlier
//!   one, for which a person was asked; what was refused for a reason that is not the policy's is no call here;
//! - raw JSON-RPC, `{"ts", "session", "dir", "msg"}`, where the answer to a call says how it ended.
//!
//! A record stands on a line of its own, or all of them in one JSON array. One that cannot be read is named with its
//! line and the reason; it stops nothing.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::amount::count;
use crate::legible::legible;
use crate::scenario::{Calls, MAX_CALLS};

mod reader;
mod record;

pub use reader::LogReader;

/// So many of the unreadable lines are named.
pub const MAX_UNREADABLE: usize = 100;

/// The grant of a line that names none.
pub const UNNAMED_GRANT: &str = "unnamed";

/// The calls of a log, and what became of its lines.
#[derive(Clone, Debug, Default)]
pub struct ImportedLog {
    /// The calls, in the order of the log.
    pub calls: Calls,
    /// Lines with something on them; of an array, its items.
    pub lines: usize,
    /// Lines that were understood and are no calls of their own.
    pub skipped: usize,
    /// Lines that could not be read: how many.
    pub unreadable: usize,
    /// The first [`MAX_UNREADABLE`] of them.
    pub first_unreadable: Vec<Unreadable>,
    /// Calls that were left out because there are more than [`MAX_CALLS`].
    pub left_out: usize,
    /// Calls whose line names no grant: they are counted as one grant's.
    pub without_grant: usize,
    /// Whether it is one JSON array.
    pub is_array: bool,
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

    /// The report in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let lines = match (self.is_array, self.lines) {
            (false, 1) => "line",
            (false, _) => "lines",
            (true, 1) => "record",
            (true, _) => "records",
        };
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
    let mut reader = LogReader::default();
    reader.feed(text.as_bytes());
    reader.finish()
}

#[cfg(test)]
mod tests;
