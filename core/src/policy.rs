//! The policy document as written: plain data, in the document's order.
//!
//! A `Policy` cannot be evaluated. Only what [`compile`](crate::compile()) has checked
//! can, so that an unchecked document never decides anything.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::path::ArgPath;
use crate::value::Value;

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
    pub all_tools: ToolPolicy,
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

/// What holds for the calls of one tool, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ToolPolicy {
    /// Every rule must hold.
    pub require: Vec<Rule>,
    /// Any rule that holds denies.
    pub deny_if: Vec<Rule>,
    /// Any rule that holds asks a person.
    pub require_approval: Vec<Rule>,
    /// Each must have room.
    pub limits: Vec<Limit>,
}

/// Conditions that hold together. Without conditions a rule always holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// What the agent is told instead of the engine's own message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_deny: Option<String>,
}

/// A question about one argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// The argument.
    pub path: ArgPath,
    /// How it is compared.
    pub op: Op,
    /// What it is compared with.
    pub value: Value,
}

/// The name of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal to the value.
    Eq,
    /// Not equal to the value.
    Neq,
    /// Less than the number.
    Lt,
    /// Less than the number, or equal to it.
    Lte,
    /// Greater than the number.
    Gt,
    /// Greater than the number, or equal to it.
    Gte,
    /// Equal to an item of the list.
    In,
    /// Equal to no item of the list.
    NotIn,
    /// The pattern is found in the text.
    Regex,
    /// The text has the value in it, or the list has an item equal to it.
    Contains,
    /// There and not null; or, with `false`, absent or null.
    Exists,
}

impl Op {
    /// Every operator.
    pub const ALL: [Self; 11] = [
        Self::Eq,
        Self::Neq,
        Self::Lt,
        Self::Lte,
        Self::Gt,
        Self::Gte,
        Self::In,
        Self::NotIn,
        Self::Regex,
        Self::Contains,
        Self::Exists,
    ];

    /// The operator as it is written: `not_in`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Regex => "regex",
            Self::Contains => "contains",
            Self::Exists => "exists",
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
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
    /// The argument that says what a call costs. Without it, a call costs 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub increment_from: Option<ArgPath>,
    /// What the agent is told instead of the engine's own message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_deny: Option<String>,
}

/// A limit's span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Each session of a grant has its own.
    Session,
    /// Everyone shares one.
    Global,
}

impl Scope {
    /// The scope as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Session => "session",
            Self::Global => "global",
        }
    }
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
