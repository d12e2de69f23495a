//! A call judged from the raw bytes of its message: what is forwarded is what was judged.

use alloc::borrow::Cow;
use core::cell::Cell;

use super::{decide_filled, refuse_unread, without_policy};
use crate::bounds::Bounds;
use crate::call::{Slots, ToolCall};
use crate::compile::CompiledPolicy;
use crate::counter::Counters;
use crate::message::{Line, ToolCallLine, answer_id, read_call, read_line};
use crate::trace::Trace;
use crate::value::Argument;
use crate::verdict::{Ruling, Verdict};

/// What a line holds, judged.
#[derive(Clone, Debug, PartialEq)]
pub enum JudgedLine<'m> {
    /// A tool call.
    ToolCall {
        /// The JSON text of its id, by which it is answered.
        id: &'m str,
        /// The tool's name.
        tool: Cow<'m, str>,
        /// The answer to it.
        verdict: Verdict,
    },
    /// A message that calls no tool: it is no business of a policy.
    Other,
    /// It cannot be read without a guess, and may be a tool call to somebody else: it is denied.
    Refused {
        /// The JSON text of its id, where it is a call that can be answered.
        id: Option<&'m str>,
        /// Why.
        verdict: Verdict,
    },
}

/// The same in numbers: [`Verdict::new`] puts a ruling into words when they are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecidedLine<'m> {
    /// A tool call.
    ToolCall {
        /// The call as its line says it.
        call: ToolCallLine<'m>,
        /// The answer to it. Unknown is denied.
        ruling: Ruling,
    },
    /// A message that calls no tool.
    Other,
    /// It cannot be read without a guess: it is denied.
    Refused {
        /// The JSON text of its id, where it is a call that can be answered.
        id: Option<&'m str>,
        /// Why.
        ruling: Ruling,
    },
}

/// Judges one line of JSON-RPC, and counts the call in it where it is allowed.
///
/// `caller` says who calls, when, and whether a person has approved; its tool and arguments are those of the line.
/// Forward the very bytes that were judged, never a message made from them.
///
/// ```
/// use gatewright_core::evaluate::{JudgedLine, evaluate_line};
/// use gatewright_core::{Counters, Decision, Reason, ToolCall, compile, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"charge": {"deny_if": [
///     {"conditions": [{"path": "args.amount", "op": "gt", "value": 9007199254740992}]}]}}}"#)).unwrap();
/// let mut counters = Counters::new(&policy);
/// let caller = ToolCall { grant: "ci", ..ToolCall::default() };
///
/// let line = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"charge","arguments":{"amount":9007199254740993}}}"#;
/// let JudgedLine::ToolCall { id, verdict, .. } = evaluate_line(&policy, line, &caller, &mut counters) else { panic!() };
/// assert_eq!((id, verdict.decision), ("7", Decision::Deny));
///
/// let twice = br#"{"id":8,"method":"tools/call","params":{"name":"charge","name":"other"}}"#;
/// let JudgedLine::Refused { id, verdict } = evaluate_line(&policy, twice, &caller, &mut counters) else { panic!() };
/// assert_eq!((id, verdict.reason), (Some("8"), Reason::Malformed));
/// ```
pub fn evaluate_line<'m, 'p>(
    policy: impl Into<Option<&'p CompiledPolicy>>,
    line: &'m [u8],
    caller: &ToolCall<'_>,
    counters: &mut Counters,
) -> JudgedLine<'m> {
    evaluate_line_traced(policy, line, caller, counters, &mut ())
}

/// Judges a line like [`evaluate_line`], and writes every check to `trace`.
pub fn evaluate_line_traced<'m, 'p>(
    policy: impl Into<Option<&'p CompiledPolicy>>,
    line: &'m [u8],
    caller: &ToolCall<'_>,
    counters: &mut Counters,
    trace: &mut impl Trace,
) -> JudgedLine<'m> {
    let policy = policy.into();
    match decide_line_traced(policy, line, caller, counters, trace) {
        DecidedLine::Other => JudgedLine::Other,
        DecidedLine::ToolCall { call: found, ruling } => {
            let call = ToolCall { tool: &found.tool, arguments: found.arguments(), ..*caller };
            let verdict = Verdict::new(policy, &call, &ruling);
            JudgedLine::ToolCall { id: found.id, tool: found.tool, verdict }
        }
        DecidedLine::Refused { id, ruling } => {
            JudgedLine::Refused { id, verdict: Verdict::new(policy, caller, &ruling) }
        }
    }
}

/// Judges a line like [`evaluate_line`], in numbers alone.
pub fn decide_line<'m, 'p>(
    policy: impl Into<Option<&'p CompiledPolicy>>,
    line: &'m [u8],
    caller: &ToolCall<'_>,
    counters: &mut Counters,
) -> DecidedLine<'m> {
    decide_line_traced(policy.into(), line, caller, counters, &mut ())
}

/// Judges a line like [`decide_line`], and writes every check to `trace`.
pub fn decide_line_traced<'m>(
    policy: Option<&CompiledPolicy>,
    line: &'m [u8],
    caller: &ToolCall<'_>,
    counters: &mut Counters,
    trace: &mut impl Trace,
) -> DecidedLine<'m> {
    let bounds = policy.map_or(&Bounds::DEFAULT, CompiledPolicy::bounds);
    // A line that can be read names one tool, which is looked up once.
    let found = Cell::new(None);
    let tree_of = |tool: &str| {
        let policy = policy?;
        let target = policy.target(tool);
        found.set(Some(target));
        Some(&policy.checks(target).arguments)
    };
    let mut slots = Slots::new();
    let mut fill = |index, argument| {
        while slots.len() < index {
            slots.push(Argument::Missing);
        }
        match slots.get_mut(index) {
            Some(slot) => *slot = argument,
            None => slots.push(argument),
        }
    };
    match read_call(line, bounds, tree_of, &mut fill) {
        Ok(Line::Other) => DecidedLine::Other,
        Ok(Line::ToolCall(call)) => {
            let asked = ToolCall { tool: &call.tool, arguments: call.arguments(), ..*caller };
            let ruling = match policy {
                Some(policy) => {
                    let target = found.get().unwrap_or_else(|| policy.target(asked.tool));
                    let mut ruling = decide_filled(policy, target, &asked, &slots, counters, trace);
                    ruling.enforce();
                    ruling
                }
                None => without_policy(&asked, trace),
            };
            DecidedLine::ToolCall { call, ruling }
        }
        // Whom to answer is known where only the arguments are at fault.
        Err(problem) => {
            let ruling = refuse_unread(problem, caller.at, counters, trace);
            if let Ok(Line::ToolCall(call)) = read_line(line, bounds) {
                DecidedLine::ToolCall { call, ruling }
            } else {
                DecidedLine::Refused { id: answer_id(line, bounds), ruling }
            }
        }
    }
}
