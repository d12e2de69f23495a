//! A scenario as lines of text, to be read aloud, typed, and copied into issues: a block a line.
//!
//! ```text
//! start 2026-01-05T10:00:00Z
//! run_tests × 12/s for 5m as ci-agent
//! create_issue with {"title": "Flaky"} as ci-agent at 10:00:05
//! run_tests × 20 every 3s as ci-agent session s1 ends in tool error
//! ramp search × 1/s to 20/s for 2m jitter 200ms seed 7
//! burst run_tests × 10 from +10s
//! mix 70 read_file, 25 write_file, 5 delete_file × 2/s for 8h as worker
//! loop run_tests every 2s until 50 allowed on denial back off from 1s to 60s giving up after 5 denials
//! ```
//!
//! What can be written:
//!
//! ```text
//! scenario = [ "start" instant newline ] , { [ block ] newline } ;
//! block    = what , { clause } ;
//! what     = name                                             (* one call *)
//!          | name times number                                (* repeat: needs "every" *)
//!          | name times pace                                  (* rate: needs "for" *)
//!          | "ramp" name times pace "to" pace                 (* needs "for" *)
//!          | "burst" name times number
//!          | "mix" share { "," share } times pace             (* needs "for" *)
//!          | "loop" name ;                                    (* needs "every", and "until" or "for" *)
//! share    = number name { call } ;                           (* the number is its weight *)
//! clause   = call | moment | chance
//!          | "every" length | "for" length
//!          | "until" number "allowed"
//!          | "on" "denial" ( "retry" "now" | "back" "off" [ [ "from" ] length "to" length ]
//!                          | "wait" "for" "reset" | "give" "up" )
//!          | ( "giving" | "give" ) "up" "after" number ( "denial" | "denials" ) ;
//! call     = "as" name | "session" name | "with" object | "with" "unknown" ( list | "all" ) | "approved"
//!          | "ends" ( "ok" | "in" "tool" "error" | "in" "protocol" "error" ) | "unanswered" ;
//! moment   = ( "at" | "from" ) ( "+" length | time of day | instant ) ;
//! chance   = "jitter" length | "seed" number ;
//! times    = "×" | "x" | "*" ;
//! pace     = number "/" ( "s" | "min" | "h" ) ;               (* one word: 12/s *)
//! length   = number ( "ms" | "s" | "m" | "h" | "d" ) ;        (* one word: 200ms, or several parts: 1h30m *)
//! name     = word | string ;
//! ```
//!
//! Clauses come in any order, each once. A `string`, `object` and `list` are JSON's; an object may go on over several
//! lines. A `word` ends at white space, at a comma, and before `"`, `{`, `[`, `×` and `*`; a name with one of these, or that
//! is `start`, `ramp`, `burst`, `mix` or `loop` at the beginning of a line, is written as a string. `#` before a word
//! begins a comment.
//!
//! What is left out: the start is [`MORNING`](super::MORNING), a grant is `agent`, a session has no name, a call ends ok, an agent retries
//! now. A time of day is the first one from the start on, in UTC. In a mix, `as`, `session`, `with`, `ends` and
//! `unanswered` behind the pace are for each share that says nothing else.

use alloc::string::String;
use core::fmt;
use core::ops::Range;

use super::Per;

mod clauses;
mod parse;
mod print;
mod tokens;

pub use parse::{parse, parse_length};
pub use print::{print, print_block, print_length};

/// Who calls where a line does not say.
const GRANT: &str = "agent";
/// How an agent backs off where its line does not say: from a second, in milliseconds.
const BACK_OFF_START_MS: u64 = 1_000;
/// The same: to a minute.
const BACK_OFF_CAP_MS: u64 = 60_000;
/// The words that begin a line of their own kind.
const HEADS: [&str; 5] = ["start", "ramp", "burst", "mix", "loop"];

const LENGTHS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Per {
    const fn abbreviation(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "h",
        }
    }
}

/// Why a text is no scenario, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotationError {
    /// The bytes of the text that are meant; empty where something is missing.
    pub range: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The column of the line, in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to repair it.
    pub help: String,
}

/// ``line 1, column 22: expected a length, found `soon`; write a length such as `5m` ``
impl fmt::Display for NotationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, message, help, .. } = self;
        write!(out, "line {line}, column {column}: {message}; {help}")
    }
}

#[cfg(test)]
mod tests;
