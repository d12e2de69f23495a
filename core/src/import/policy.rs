//! What people paste in place of a policy → a policy, with a report of what it says otherwise.
//!
//! Read are the words of `PolicyLayer`'s catalogue (`rate_limit: {max: 10, window: 60}`, `action: deny`, `reason`), its
//! older YAML (`rules` with windows in seconds), Intercept's YAML, Claude Code's permission rules, and lists of allowed
//! tools as several clients and gateways write them; YAML or JSON.
//!
//! Nothing is guessed silently, and nothing opens a gate: what has no equivalent is refused in the policy that comes out,
//! and listed by line with the reason. Two texts in two languages hardly ever mean the same everywhere. Where they do
//! not, a call proves it: what its makers publish of a dialect is played by an interpreter of its own, and calls at the
//! edges of every rule are judged both ways ([`Compared`]). That none differs is said of the calls tried, and of no others.
//!
//! A policy is no dialect, nor is a list of tools, a log or prose: for these there is [`Unread::NoDialect`].

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::diagnostic::Location;
use crate::pointer::Pointer;
use crate::scenario::Scenario;
use crate::verdict::Decision;

/// A language that says which tools may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// The words of the questions and answers on `PolicyLayer`'s catalogue pages: `rate_limit`, `action`, `reason`.
    CatalogueWords,
    /// The catalogue's older YAML: `rules` with `action` and `rate_limit: {max, window}`, the window in seconds.
    CatalogueYaml,
    /// The policy files of Intercept, `PolicyLayer`'s proxy (its `POLICY.md`, version 1).
    Intercept,
    /// The permission rules of Claude Code's settings: `allow`, `ask`, `deny` with `mcp__server__tool`.
    ClaudeCode,
    /// Names of tools that may be called, as a list or under `allowed_tools` and its kin.
    AllowedTools,
}

/// What a reader is told that the text does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions<'a> {
    /// What the text is written in. Left out: told by what it holds.
    pub dialect: Option<Dialect>,
    /// The server that the policy is for, where a text has rules for several: `github` of `mcp__github__get_issue`.
    pub server: Option<&'a str>,
    /// The tool that a fragment without a name is about.
    pub tool: Option<&'a str>,
    /// The tools that are known to be there: names to which patterns such as `mcp__github__get_*` are applied.
    pub tools: &'a [&'a str],
}

/// A text of a dialect as a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Converted {
    /// What it was written in.
    pub dialect: Dialect,
    /// The policy, as JSON text of two spaces an indent, ending in a line end. It compiles.
    pub policy: String,
    /// What was carried over as it was, in the order of the text.
    pub carried: Vec<Carried>,
    /// What was not, in the order of the text.
    pub lost: Vec<Lost>,
    /// Calls that were judged by both.
    pub compared: Compared,
}

/// A part of the text that says the same in the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// Where it stands in the text.
    pub location: Location,
    /// What stands there, short and fit to be shown.
    pub what: String,
    /// What it has become, in the policy.
    pub pointer: Pointer,
}

/// A part of the text that has no equivalent, and what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Where it stands in the text.
    pub location: Location,
    /// What stands there, short and fit to be shown.
    pub what: String,
    /// Why it cannot be carried over: a sentence.
    pub reason: String,
    /// What was done instead, never less strict: a sentence.
    pub instead: String,
}

/// How two policies, each in its own language, were held against each other, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// How many calls both judged.
    pub calls: u64,
    /// In how many sequences, each from empty counters.
    pub sequences: u64,
    /// What was tried: `each of 4 tools`, `arguments left out, null, of another type`.
    pub kinds: Vec<String>,
    /// What was not tried, where something was left out.
    pub untried: Vec<String>,
    /// One call for each cause of a difference, the first that was found.
    pub differences: Vec<DifferingCall>,
}

/// A call on which the two disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DifferingCall {
    /// The calls up to it, and it as the last.
    pub scenario: Scenario,
    /// The tool that is called.
    pub tool: String,
    /// The arguments, as JSON text.
    pub arguments: String,
    /// What the text that was given decides.
    pub before: Decision,
    /// What the text that came out decides.
    pub after: Decision,
    /// How many further calls differ for the same cause.
    pub more: u64,
    /// Why they differ: a sentence.
    pub why: String,
}

/// Why a text did not become a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is none of the dialects, or not the one that it was said to be: why, as a sentence.
    NoDialect(String),
    /// It is one of them, and cannot be read.
    Broken {
        /// Which.
        dialect: Dialect,
        /// Where it breaks off.
        location: Location,
        /// Why, as a sentence.
        message: String,
    },
}
