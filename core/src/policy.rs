//! The policy document as written: plain data, in the document's order.
//!
//! A `Policy` cannot be evaluated. Only what [`compile`](crate::compile()) has checked
//! can, so that an unchecked document never decides anything.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::amount::Amount;

/// A whole policy document, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// What happens to a tool that `tools` does not list.
    pub default: DefaultDecision,
    /// Free text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Names removed from `tools/list` and denied when called; `*` is every name.
    pub hide: Vec<String>,
    /// What holds for every call.
    pub all_tools: AllTools,
    /// Tool policies by exact, case-sensitive name.
    pub tools: Vec<(String, ToolPolicy)>,
}

/// What happens to a tool that the policy does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DefaultDecision {
    /// It may be called.
    Allow,
    /// It may not.
    Deny,
}

/// What holds for every call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AllTools {
    /// Each must have room, for every call of any tool.
    pub limits: Vec<Limit>,
}

/// What holds for the calls of one tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ToolPolicy {
    /// Each must have room.
    pub limits: Vec<Limit>,
}

/// How much may be used in each window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// The counter's name, unique within its list.
    pub counter: String,
    /// The span of time counted over.
    pub window: Window,
    /// The most that fits, inclusive: call number `max` passes. 0 blocks always.
    pub max: Amount,
    /// Who shares the counter.
    pub scope: Scope,
    /// What the agent is told instead of the engine's own message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_deny: Option<String>,
}

/// A limit's span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// One minute, from :00 seconds.
    Minute,
    /// One hour, from :00:00.
    Hour,
    /// One day, from 00:00:00 UTC.
    Day,
}

/// Who shares a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Each grant has its own.
    Grant,
}

impl fmt::Display for Window {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        })
    }
}
