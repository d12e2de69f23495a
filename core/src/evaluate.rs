//! Compiled policy × tool call × counters → verdict.
//!
//! The first refusal wins, and what comes after it is not reached. All limits are
//! checked before any is charged. `evaluate` is total: it always returns a verdict,
//! and whatever goes wrong inside denies with a reason of its own.

use alloc::format;
use alloc::string::{String, ToString};
use core::borrow::Borrow;

use crate::amount::Amount;
use crate::call::{Arguments, Slots, ToolCall};
use crate::compile::{Checks, CompiledLimit, CompiledPolicy, Target};
use crate::counter::{Caller, Counters, Reading};
use crate::message::{Malformed, read_arguments};
use crate::path::PathTree;
use crate::time::{Timestamp, duration_in_words};
use crate::trace::{Check, Mark, Step, Trace};
use crate::value::{Allowance, Argument};
use crate::verdict::{Reason, Ruling, Verdict};

mod external;
mod limits;
mod line;
mod rules;

pub use external::{Charge, Plan, plan};
pub(crate) use limits::Readings;
pub use line::{
    DecidedLine, JudgedLine, decide_line, decide_line_traced, evaluate_line, evaluate_line_traced,
};
pub(crate) use rules::Judged;

use limits::judge_limits;
use rules::Judge;

/// Judges a call, and counts it where it is allowed.
///
/// No policy refuses every call.
///
/// ```
/// use gatewright_core::{Counters, ToolCall, compile, evaluate, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"pytest": {}}}"#)).unwrap();
/// let mut counters = Counters::new(&policy);
/// let call = ToolCall { tool: "pip", grant: "ci", ..ToolCall::default() };
/// let verdict = evaluate(&policy, &call, &mut counters);
/// assert_eq!(verdict.rule.unwrap().as_str(), "(default deny)");
/// assert_eq!(evaluate(None, &call, &mut counters).rule.unwrap().as_str(), "(no policy)");
/// ```
pub fn evaluate<'p>(
    policy: impl Into<Option<&'p CompiledPolicy>>,
    call: &ToolCall<'_>,
    counters: &mut Counters,
) -> Verdict {
    evaluate_traced(policy, call, counters, &mut ())
}

/// Judges a call like [`evaluate`], and writes every check to `trace`.
pub fn evaluate_traced<'p>(
    policy: impl Into<Option<&'p CompiledPolicy>>,
    call: &ToolCall<'_>,
    counters: &mut Counters,
    trace: &mut impl Trace,
) -> Verdict {
    let policy = policy.into();
    let ruling = decide_traced(policy, call, counters, trace);
    Verdict::new(policy, call, &ruling)
}

/// Judges a call like [`evaluate`], in numbers alone: [`Verdict::new`] puts them into words when they are asked for.
pub fn decide<'p>(
    policy: impl Into<Option<&'p CompiledPolicy>>,
    call: &ToolCall<'_>,
    counters: &mut Counters,
) -> Ruling {
    decide_traced(policy.into(), call, counters, &mut ())
}

fn decide_traced(
    policy: Option<&CompiledPolicy>,
    call: &ToolCall<'_>,
    counters: &mut Counters,
    trace: &mut impl Trace,
) -> Ruling {
    match policy {
        Some(policy) => {
            let mut ruling = decide_in_simulation(policy, call, counters, trace);
            ruling.enforce();
            ruling
        }
        None => without_policy(call, trace),
    }
}

fn without_policy(call: &ToolCall<'_>, trace: &mut impl Trace) -> Ruling {
    trace.step(|| Step::new(Check::Policy, Mark::Decided, "there is no policy".to_string()));
    Ruling::new(Reason::NoPolicy, call.at)
}

/// Judges a call like [`decide`], as a simulation does: what depends on arguments that were not recorded is unknown.
pub fn decide_in_simulation(
    policy: &CompiledPolicy,
    call: &ToolCall<'_>,
    counters: &mut Counters,
    trace: &mut impl Trace,
) -> Ruling {
    let target = policy.target(call.tool);
    let mut arguments = Slots::new();
    match fill(policy, policy.checks(target), &call.arguments, &mut arguments) {
        Ok(()) => decide_filled(policy, target, call, &arguments, counters, trace),
        Err(problem) => refuse_unread(problem, call.at, counters, trace),
    }
}

/// Judges a call like [`decide`], its arguments read by somebody else: `arguments` holds what each of the paths of
/// [`CompiledPolicy::arguments_of`] leads to, in their order. The call's own are not looked at, nor is its tool: `tool`
/// is the place of a listed one among [`CompiledPolicy::tool_names`].
pub fn decide_read(
    policy: &CompiledPolicy,
    tool: usize,
    call: &ToolCall<'_>,
    arguments: &[Argument<'_>],
    counters: &mut Counters,
) -> Ruling {
    let target = policy.target_of_listed(tool);
    let mut ruling = decide_filled(policy, target, call, arguments, counters, &mut ());
    ruling.enforce();
    ruling
}

/// Refuses a call that cannot be read.
fn refuse_unread(
    problem: Malformed,
    given: Timestamp,
    counters: &Counters,
    trace: &mut impl Trace,
) -> Ruling {
    let at = counters.effective_time(given);
    if at > given {
        trace.step(|| clock_step(given, at));
    }
    trace.step(|| Step::new(Check::Message, Mark::Decided, problem.to_string()));
    Ruling::malformed(problem, at)
}

/// Judges a call whose arguments are in their slots. A slot that is not there is missing.
fn decide_filled<T: Trace>(
    policy: &CompiledPolicy,
    target: Target,
    call: &ToolCall<'_>,
    arguments: &[Argument<'_>],
    counters: &mut Counters,
    trace: &mut T,
) -> Ruling {
    let caller = counters.next_caller(policy.checks(target), call.grant, call.session);
    let judge = |trace: &mut T| Judge::new(policy, arguments).judge(target, call.tool, call.approved, trace);
    decide_at(policy, target, &caller, call.at, judge, counters, trace)
}

/// Fills in the values of the arguments that a call is judged by.
fn fill<'a>(
    policy: &CompiledPolicy,
    checks: &Checks,
    arguments: &Arguments<'a>,
    slots: &mut Slots<'a>,
) -> Result<(), Malformed> {
    let tree = &checks.arguments;
    slots.extend(tree.paths().iter().map(|_| Argument::Missing));
    match *arguments {
        Arguments::None => {}
        Arguments::Parsed(object) => {
            let bounds = policy.bounds();
            let mut left = Allowance { values: bounds.judged_values, depth: bounds.depth };
            for (slot, (path, inside)) in slots.iter_mut().zip(tree.slots()) {
                if let Some(value) = path.find(object) {
                    *slot = Argument::of(value, inside, &mut left).map_err(Malformed::from)?;
                }
            }
        }
        Arguments::Text(text) => fill_from_text(policy, tree, text, slots)?,
        Arguments::Names(names) => fill_unknown(tree, Some(names), &[], slots),
        Arguments::Unknown => fill_unknown(tree, None, &[], slots),
        Arguments::Partly(part) => {
            fill_unknown(tree, part.unrecorded.as_deref(), &part.known_names, slots);
            fill_from_text(policy, tree, &part.known, slots)?;
        }
    }
    Ok(())
}

fn fill_from_text<'a>(
    policy: &CompiledPolicy,
    tree: &PathTree,
    text: &'a str,
    slots: &mut Slots<'a>,
) -> Result<(), Malformed> {
    read_arguments(text, tree, policy.bounds(), &mut |index, argument| {
        if let Some(slot) = slots.get_mut(index) {
            *slot = argument;
        }
    })
}

/// Marks what was not recorded: arguments of these names, or, without names, all but the known ones.
fn fill_unknown(tree: &PathTree, names: Option<&[String]>, known: &[String], slots: &mut Slots<'_>) {
    for (slot, path) in slots.iter_mut().zip(tree.paths()) {
        let Some(key) = path.keys().next() else { continue };
        let among = |names: &[String]| names.iter().any(|name| name == key);
        if names.map_or_else(|| !among(known), among) {
            *slot = Argument::Unknown;
        }
    }
}

/// What the name and the rules say of a call. It holds at any time: a run judges equal calls once.
pub(crate) fn judge_rules(policy: &CompiledPolicy, call: &ToolCall<'_>) -> Result<Judged, Malformed> {
    let target = policy.target(call.tool);
    let mut arguments = Slots::new();
    fill(policy, policy.checks(target), &call.arguments, &mut arguments)?;
    Ok(Judge::new(policy, &arguments).judge(target, call.tool, call.approved, &mut ()))
}

/// The one path that decides: rules, then limits, then the reservation.
pub(crate) fn decide_at<T: Trace, J: Borrow<Judged>>(
    policy: &CompiledPolicy,
    target: Target,
    caller: &Caller<'_>,
    given: Timestamp,
    judge: impl FnOnce(&mut T) -> J,
    counters: &mut Counters,
    trace: &mut T,
) -> Ruling {
    if !counters.fit(policy) {
        trace.step(|| {
            let text = "the counters belong to another policy".to_string();
            Step::new(Check::Counters, Mark::Decided, text)
        });
        return Ruling::new(Reason::ForeignCounters, given);
    }
    let at = counters.effective_time(given);
    if at > given {
        trace.step(|| clock_step(given, at));
    }
    let judged = judge(trace);
    let judged = judged.borrow();
    let mut ruling = Ruling {
        because: judged.because,
        window_model: counters.options().window_model,
        ..Ruling::new(judged.reason, at)
    };
    judge_limits(policy, target, judged, &InMemory { counters, caller, at }, &mut ruling, trace);
    if ruling.reason == Reason::Allowed {
        // Every cost of an allowed call is an amount.
        let cost = |place| judged.costs.of(place).unwrap_or(Amount::ONE);
        if let Ok(reservation) = counters.reserve(policy, target, caller, cost, at) {
            ruling.reservation = Some(reservation);
        } else {
            ruling = Ruling::new(Reason::TooManyCounters, at);
            trace.step(|| {
                let text = "as many grants, sessions or calls are counted as can be".to_string();
                Step::new(Check::Counters, Mark::Decided, text)
            });
        }
    }
    ruling
}

/// Why a call is allowed or not by readings of its limits that come from anywhere. Counts nothing.
pub(crate) fn reason_by(
    policy: &CompiledPolicy,
    target: Target,
    judged: &Judged,
    readings: &impl Readings,
) -> Reason {
    let mut ruling = Ruling { because: judged.because, ..Ruling::new(judged.reason, Timestamp::MIN) };
    judge_limits(policy, target, judged, readings, &mut ruling, &mut ());
    ruling.reason
}

/// The counters as a call finds them.
struct InMemory<'m> {
    counters: &'m Counters,
    caller: &'m Caller<'m>,
    at: Timestamp,
}

impl Readings for InMemory<'_> {
    fn read(&self, _place: usize, index: usize, limit: &CompiledLimit, cost: Amount) -> Reading {
        self.counters.read(index, limit, self.caller, cost, self.at)
    }
}

fn clock_step(given: Timestamp, at: Timestamp) -> Step {
    let behind = duration_in_words(at.since(given));
    let text = format!(
        "the clock is {behind} behind the last counted call; judged at {} UTC",
        at.precise_time_of_day()
    );
    Step::new(Check::Clock, Mark::Passed, text)
}

fn not_reached(check: Check) -> Step {
    Step::new(check, Mark::NotReached, "not reached".to_string())
}

fn none_or_not_reached(check: Check, reached: bool) -> Step {
    if reached { Step::new(check, Mark::Absent, "none".to_string()) } else { not_reached(check) }
}

#[cfg(test)]
mod tests;
