//! Every check of one call, in order: passed, decided, absent, not reached, unknown.
//!
//! The evaluator has one code path and writes to a [`Trace`]. `()` is the trace that
//! keeps nothing and costs nothing; `Vec<Step>` keeps every step. "Not reached" is a
//! mark of its own: a rule that never ran is not a rule that passed.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::compile::{CompiledLimit, CompiledRule};
use crate::pointer::{Pointer, RuleId};
use crate::verdict::Quota;

/// One check of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is looked at.
    pub check: Check,
    /// What came of it.
    pub mark: Mark,
    /// The counter's name where it is one limit; what tells a rule from the others of its list where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was found, in words.
    pub text: String,
    /// The place in the document, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Pointer>,
    /// The rule's name in a decision log, where it is one rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// The reading of a limit that was reached, before the call is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
}

/// What is looked at, in the order in which a call is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Whether the clock has stepped back. Only there when it has.
    Clock,
    /// Whether there is a policy. Only there when there is none.
    Policy,
    /// Whether the counters can count the call. Only there when they cannot.
    Counters,
    /// Whether the call can be read. Only there when it cannot.
    Message,
    /// The `hide` list.
    Hide,
    /// Whether `tools` lists the tool.
    Listed,
    /// The rules that must hold.
    Require,
    /// The rules that deny.
    DenyIf,
    /// The rules that ask a person.
    RequireApproval,
    /// A limit of the tool, or that it has none.
    Limit,
    /// A limit over every call, or that there is none.
    AllToolsLimit,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It let the call go on.
    Passed,
    /// It decided.
    Decided,
    /// There is no such rule.
    Absent,
    /// An earlier check had decided.
    NotReached,
    /// It depends on an argument that was not recorded.
    Unknown,
}

impl Check {
    /// Every check.
    pub const ALL: [Self; 11] = [
        Self::Clock,
        Self::Policy,
        Self::Counters,
        Self::Message,
        Self::Hide,
        Self::Listed,
        Self::Require,
        Self::DenyIf,
        Self::RequireApproval,
        Self::Limit,
        Self::AllToolsLimit,
    ];
}

impl Step {
    pub(crate) const fn new(check: Check, mark: Mark, text: String) -> Self {
        Self { check, mark, name: None, text, pointer: None, rule: None, quota: None }
    }

    pub(crate) fn at(self, pointer: Pointer) -> Self {
        Self { pointer: Some(pointer), ..self }
    }

    pub(crate) fn rule(self, rule: &CompiledRule) -> Self {
        Self { name: Some(rule.label.clone()), rule: Some(rule.rule.clone()), ..self }
    }

    pub(crate) fn limit(self, limit: &CompiledLimit) -> Self {
        let (name, rule) = (Some(limit.counter.clone()), Some(limit.rule.clone()));
        Self { name, rule, ..self.at(limit.pointer.clone()) }
    }
}

/// Where the evaluator writes its steps.
pub trait Trace {
    /// Whether steps are kept at all.
    const KEEPS: bool;

    /// Takes the next step. A trace that keeps nothing does not make it either.
    fn step(&mut self, make: impl FnOnce() -> Step);
}

impl Trace for () {
    const KEEPS: bool = false;

    fn step(&mut self, _make: impl FnOnce() -> Step) {}
}

impl Trace for Vec<Step> {
    const KEEPS: bool = true;

    fn step(&mut self, make: impl FnOnce() -> Step) {
        self.push(make());
    }
}
