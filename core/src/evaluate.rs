//! Compiled policy × tool call × counters → verdict.
//!
//! The first refusal wins, and what comes after it is not reached. All limits are
//! checked before any is charged. `evaluate` is total: it always returns a verdict,
//! and whatever goes wrong inside denies with a reason of its own.

use alloc::format;
use alloc::string::ToString;

use crate::amount::Amount;
use crate::call::ToolCall;
use crate::compile::{CompiledLimit, CompiledPolicy, Target};
use crate::counter::{Counters, Grant};
use crate::pointer::Pointer;
use crate::policy::DefaultDecision;
use crate::time::{Timestamp, duration_in_words};
use crate::trace::{Check, Mark, Step, Trace};
use crate::verdict::{Quota, Reason, Ruling, Verdict, shown_name};

/// Judges a call, and counts it where it is allowed.
///
/// No policy refuses every call.
///
/// ```
/// use gatewright_core::{Counters, Timestamp, ToolCall, compile, evaluate, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"pytest": {}}}"#)).unwrap();
/// let mut counters = Counters::new(&policy);
/// let call = ToolCall { tool: "pip", grant: "ci", session: "", at: Timestamp::from_millis(0) };
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
    let ruling = if let Some(policy) = policy {
        decide(policy, policy.target(call.tool), counters.grant(call.grant), call, counters, trace)
    } else {
        trace.step(|| Step::new(Check::Policy, Mark::Decided, "there is no policy".to_string()));
        Ruling::new(Reason::NoPolicy, call.at)
    };
    Verdict::new(policy, call, &ruling)
}

/// The one path that decides. Its names are resolved already, so that only numbers move.
pub(crate) fn decide(
    policy: &CompiledPolicy,
    target: Target,
    grant: Grant<'_>,
    call: &ToolCall<'_>,
    counters: &mut Counters,
    trace: &mut impl Trace,
) -> Ruling {
    if !counters.fit(policy) {
        trace.step(|| {
            let text = "the counters belong to another policy".to_string();
            Step::new(Check::Counters, Mark::Decided, text)
        });
        return Ruling::new(Reason::ForeignCounters, call.at);
    }
    let at = counters.effective_time(call.at);
    if at > call.at {
        trace.step(|| clock_step(call.at, at));
    }
    let mut ruling = Ruling::new(Reason::Allowed, at);
    judge_name(policy, target, call.tool, &mut ruling, trace);
    let open = ruling.reason == Reason::Allowed;
    for check in [Check::Require, Check::DenyIf, Check::RequireApproval] {
        trace.step(|| none_or_not_reached(check, open));
    }
    judge_limits(policy, target, grant, counters, &mut ruling, trace);
    if ruling.reason == Reason::Allowed {
        if let Ok(reservation) = counters.reserve(policy, target, grant, at) {
            ruling.reservation = Some(reservation);
        } else {
            ruling = Ruling::new(Reason::TooManyGrants, at);
            trace.step(|| {
                let text = "as many grants are counted as can be".to_string();
                Step::new(Check::Counters, Mark::Decided, text)
            });
        }
    }
    ruling
}

fn judge_name(
    policy: &CompiledPolicy,
    target: Target,
    tool: &str,
    ruling: &mut Ruling,
    trace: &mut impl Trace,
) {
    if let Target::Hidden(index) = target {
        ruling.reason = Reason::Hidden;
        ruling.hide_index = index;
        let place = || Pointer::root().key("hide").index(index);
        let hidden = || format!("{} is hidden", shown_name(tool));
        trace.step(|| Step::new(Check::Hide, Mark::Decided, hidden()).at(place()));
        trace.step(|| not_reached(Check::Listed));
        return;
    }
    trace.step(|| Step::new(Check::Hide, Mark::Passed, format!("{} is not hidden", shown_name(tool))));
    let listed = matches!(target, Target::Listed(_));
    let denied = !listed && policy.default_decision() == DefaultDecision::Deny;
    if denied {
        ruling.reason = Reason::DefaultDeny;
    }
    trace.step(|| {
        let others = match policy.default_decision() {
            DefaultDecision::Allow => "allowed",
            DefaultDecision::Deny => "denied",
        };
        if listed {
            let place = Pointer::root().key("tools").key(tool);
            let text = format!("{} is listed (other tools are {others} by default)", shown_name(tool));
            return Step::new(Check::Listed, Mark::Passed, text).at(place);
        }
        let text = format!("{} is not listed, and such tools are {others} by default", shown_name(tool));
        let mark = if denied { Mark::Decided } else { Mark::Passed };
        Step::new(Check::Listed, mark, text).at(Pointer::root().key("default"))
    });
}

fn judge_limits(
    policy: &CompiledPolicy,
    target: Target,
    grant: Grant<'_>,
    counters: &Counters,
    ruling: &mut Ruling,
    trace: &mut impl Trace,
) {
    let at = ruling.at;
    let reached = ruling.reason == Reason::Allowed;
    let own = policy.own_limits(target).len();
    if own == 0 {
        trace.step(|| none_or_not_reached(Check::Limit, reached));
    }
    let mut nearest: Option<(usize, Amount, Amount)> = None;
    for (place, (index, limit)) in policy.limits_of(target).enumerate() {
        let check = if place < own { Check::Limit } else { Check::AllToolsLimit };
        let used = if reached { counters.used(index, limit, grant, at) } else { Amount::ZERO };
        let with_call = used.plus(Amount::ONE);
        let room = with_call <= limit.max;
        if reached && !room {
            match fits_at(limit, at) {
                Some(fits) => ruling.retry_at = ruling.retry_at.max(Some(fits)),
                None => ruling.never_fits = ruling.never_fits.or(Some(index)),
            }
        }
        if ruling.reason != Reason::Allowed {
            trace.step(|| limit_not_reached(check, limit));
        } else if room {
            trace.step(|| limit_step(check, limit, used, at));
            let left = limit.max.minus(with_call);
            if nearest.is_none_or(|(_, _, least)| left < least) {
                nearest = Some((index, with_call, left));
            }
        } else {
            trace.step(|| Step { mark: Mark::Decided, ..limit_step(check, limit, used, at) });
            ruling.reason = Reason::Limit;
            ruling.limit = Some((index, used));
        }
    }
    if ruling.never_fits.is_some() {
        ruling.retry_at = None;
    }
    if policy.all_tools_limits().is_empty() {
        trace.step(|| none_or_not_reached(Check::AllToolsLimit, ruling.reason == Reason::Allowed));
    }
    if ruling.reason == Reason::Allowed {
        ruling.limit = nearest.map(|(index, used, _)| (index, used));
    }
}

/// When a limit without room has it again. Never, where the call alone is more than fits.
fn fits_at(limit: &CompiledLimit, at: Timestamp) -> Option<Timestamp> {
    (Amount::ONE <= limit.max).then(|| limit.window.span(at).end)
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

fn limit_not_reached(check: Check, limit: &CompiledLimit) -> Step {
    let (name, rule) = (Some(limit.counter.clone()), Some(limit.rule.clone()));
    Step { name, rule, ..not_reached(check).at(limit.pointer.clone()) }
}

/// A limit that passed, until a caller marks it otherwise.
fn limit_step(check: Check, limit: &CompiledLimit, used: Amount, at: Timestamp) -> Step {
    let quota = Quota::new(limit, used, at);
    let span = quota.span();
    let resets_in = duration_in_words(span.end.since(at));
    let text =
        format!("{used} of {} used in {} · resets in {resets_in}", limit.max, limit.window.in_words(span));
    Step {
        check,
        mark: Mark::Passed,
        name: Some(limit.counter.clone()),
        text,
        pointer: Some(limit.pointer.clone()),
        rule: Some(limit.rule.clone()),
        quota: Some(quota),
    }
}
