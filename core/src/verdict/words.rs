//! The words of a verdict: who, what, how much, and until when.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Because, CostError, Quota, Reason, Ruling};
use crate::amount::{Amount, AmountError};
use crate::call::ToolCall;
use crate::compile::{CompiledCondition, CompiledLimit, CompiledPolicy, CompiledRule};
use crate::legible::{clip, legible};
use crate::operator::Needed;
use crate::policy::{Op, Scope};
use crate::time::{Timestamp, duration_in_words};
use crate::value::Value;

/// So many items of a list are named.
const NAMED_ITEMS: usize = 8;

/// The message of a verdict, the author's own where there is one.
pub(super) fn message(
    policy: Option<&CompiledPolicy>,
    call: &ToolCall<'_>,
    ruling: &Ruling,
    quota: Option<&Quota>,
) -> String {
    let tool = shown_name(call.tool);
    let limits = policy.map_or(&[][..], CompiledPolicy::limits);
    let rule = |index: usize| policy.and_then(|policy| policy.rules().get(index));
    match (ruling.reason, ruling.because) {
        (Reason::Allowed, _) => {
            let limit = ruling.limit.and_then(|found| limits.get(found.index));
            allowed(&tool, limit, quota)
        }
        (Reason::NoPolicy, _) => {
            format!("There is no policy for this grant, and without one every call is refused, {tool} too.")
        }
        (Reason::Hidden, _) => {
            format!("The policy hides {tool}: no call of it is let through, now or later.")
        }
        (Reason::DefaultDeny, _) => {
            format!("The policy does not list {tool}, and denies every tool that it does not list.")
        }
        (Reason::Limit, _) => match (ruling.limit.and_then(|found| limits.get(found.index)), quota) {
            (Some(limit), Some(quota)) => limit.on_deny.clone().unwrap_or_else(|| {
                let never = ruling.never_fits.and_then(|(index, cost)| Some((limits.get(index)?, cost)));
                match (never, ruling.because) {
                    (Some((limit, cost)), _) => never_fits(&tool, limit, cost),
                    (None, Because::InvalidCost { limit, error }) => {
                        invalid_cost(&tool, limits.get(limit), error)
                    }
                    (None, because) => {
                        let unrecorded = unrecorded(policy, because).map(legible);
                        refused_by_limit(&tool, limit, quota, ruling, unrecorded)
                    }
                }
            }),
            _ => format!("{tool} is refused by a limit."),
        },
        (_, Because::Rule { rule: index, condition }) => match rule(index) {
            Some(rule) => {
                rule.on_deny.clone().unwrap_or_else(|| refused_by_rule(&tool, rule, condition, ruling.reason))
            }
            None => format!("{tool} is refused by a rule."),
        },
        (_, Because::Mistyped { rule: index, condition, found, needed }) => {
            let path = rule(index).and_then(|rule| rule.conditions.get(condition));
            let path = path.map_or_else(String::new, |condition| legible(condition.path.as_str()));
            mistyped(&tool, &path, found, needed)
        }
        (_, because @ (Because::UnknownCondition { .. } | Because::UnknownCost { .. })) => {
            unknown(&tool, unrecorded(policy, because))
        }
        (_, Because::InvalidCost { limit, error }) => invalid_cost(&tool, limits.get(limit), error),
        (_, Because::Malformed(problem)) => {
            format!("The call is refused, for it cannot be read without a guess: {problem}.")
        }
        (Reason::TooManyCounters, _) => format!(
            "{tool} is refused: more grants, sessions or calls are at work than can be counted. \
             It passes once counted ones are idle."
        ),
        (Reason::ForeignCounters, _) => {
            format!("{tool} is refused: what was counted belongs to another policy.")
        }
        (Reason::CountersAway, _) => format!(
            "{tool} is refused: what was counted cannot be read now, and without it no call is let through. \
             It may pass later."
        ),
        (Reason::EngineFailed, _) => {
            "The call is refused: the evaluator has failed, and lets no call through until it is started again."
                .to_string()
        }
        _ => format!("{tool} is refused."),
    }
}

/// `run_tests calls`, or `calls of all tools` where every tool's are counted together; of amounts, what is added up.
fn counted(limit: &CompiledLimit) -> String {
    let of_tool = match limit.tool.as_deref() {
        Some("") => "calls of a tool without a name".to_string(),
        Some(tool) => format!("{} calls", shown_name(tool)),
        None => "calls of all tools".to_string(),
    };
    match &limit.increment_from {
        Some(path) => format!("in {} of {of_tool}", legible(path.as_str())),
        None => of_tool,
    }
}

fn sharer(scope: Scope) -> &'static str {
    match scope {
        Scope::Grant => "grant has",
        Scope::Session => "session has",
        Scope::Global => "grants together have",
    }
}

fn allowed(tool: &str, limit: Option<&CompiledLimit>, quota: Option<&Quota>) -> String {
    match (limit, quota) {
        (Some(limit), Some(quota)) => format!(
            "Allowed. With this call {} {} used {} of {} {} in {}.",
            if limit.scope == Scope::Global { "all" } else { "the" },
            sharer(limit.scope),
            quota.used,
            quota.max,
            counted(limit),
            quota.window_in_words(),
        ),
        _ => format!("Allowed. No limit counts {tool}."),
    }
}

/// The argument that was not recorded.
fn unrecorded(policy: Option<&CompiledPolicy>, because: Because) -> Option<&str> {
    match because {
        Because::UnknownCondition { rule, condition } => {
            Some(policy?.rules().get(rule)?.conditions.get(condition)?.path.as_str())
        }
        Because::UnknownCost { limit } => {
            Some(policy?.limits().get(limit)?.increment_from.as_ref()?.as_str())
        }
        _ => None,
    }
}

fn never_fits(tool: &str, limit: &CompiledLimit, cost: Amount) -> String {
    let (name, limit_words) = (legible(&limit.counter), limit.in_words());
    if limit.increment_from.is_some() && limit.max > Amount::ZERO {
        format!("This call costs {cost}, and the limit {name} is {limit_words}: it never fits.")
    } else {
        format!("The limit {name} is {limit_words}: no call of {tool} ever fits.")
    }
}

/// `unrecorded`: an argument that decides whether the call passes once the limit has room.
fn refused_by_limit(
    tool: &str,
    limit: &CompiledLimit,
    quota: &Quota,
    ruling: &Ruling,
    unrecorded: Option<String>,
) -> String {
    let used = format!(
        "{} {} used {} of {} {} in {}.",
        if limit.scope == Scope::Global { "All" } else { "This" },
        sharer(limit.scope),
        quota.used,
        quota.max,
        counted(limit),
        quota.window_in_words(),
    );
    let Some(retry_at) = ruling.retry_at else {
        let path = unrecorded.unwrap_or_else(|| "an argument".to_string());
        return format!("{used} When {tool} passes depends on {path}, which was not recorded.");
    };
    let other = if retry_at > quota.resets_at { ", for another limit holds until then" } else { "" };
    let next = match &limit.increment_from {
        Some(_) => format!("This call costs {}. One that costs as much is", quota.cost),
        None => format!("The next {tool} call is"),
    };
    format!("{used} {next} allowed at {}{other}.", retry_in_words(retry_at, ruling.at))
}

/// When a call passes, seen from when it was judged: `10:01 UTC (in 42 s)`.
pub(crate) fn retry_in_words(retry_at: Timestamp, at: Timestamp) -> String {
    format!("{} UTC (in {})", moment(retry_at, at), duration_in_words(retry_at.since(at)))
}

/// The time of day, with the date where it is another day's.
fn moment(at: Timestamp, now: Timestamp) -> String {
    if at.date() == now.date() { at.time_of_day() } else { format!("{} {}", at.date(), at.time_of_day()) }
}

fn refused_by_rule(tool: &str, rule: &CompiledRule, condition: Option<usize>, reason: Reason) -> String {
    match reason {
        Reason::Require => {
            let condition = condition.and_then(|condition| rule.conditions.get(condition));
            let must = condition.map_or_else(|| "a rule does not hold".to_string(), must_be);
            format!("{tool} is refused: {must}. The same call is refused at any time.")
        }
        Reason::RequireApproval if rule.conditions.is_empty() => {
            format!("Each call of {tool} needs a person's approval. Nothing is counted until it is given.")
        }
        Reason::RequireApproval => format!(
            "{tool} needs a person's approval where {}. Nothing is counted until it is given.",
            all_are(rule)
        ),
        _ if rule.conditions.is_empty() => {
            format!("{tool} is refused by a rule that lets no call through, now or later.")
        }
        _ => format!("{tool} is refused where {}. The same call is refused at any time.", all_are(rule)),
    }
}

fn must_be(condition: &CompiledCondition) -> String {
    let path = legible(condition.path.as_str());
    match (condition.op, &condition.value) {
        (Op::Exists, Value::Bool(false)) => format!("{path} must be left out"),
        (Op::Exists, _) => format!("{path} must be given"),
        (op, value) => format!("{path} must {}", relation(op, value, "be", "")),
    }
}

fn all_are(rule: &CompiledRule) -> String {
    let each = rule.conditions.iter().map(|condition| {
        let path = legible(condition.path.as_str());
        match (condition.op, &condition.value) {
            (Op::Exists, Value::Bool(false)) => format!("{path} is left out"),
            (Op::Exists, _) => format!("{path} is given"),
            (op, value) => format!("{path} {}", relation(op, value, "is", "es")),
        }
    });
    each.collect::<Vec<_>>().join(" and ")
}

/// What an operator and its value say of an argument, after `must be` or after `is`.
fn relation(op: Op, value: &Value, be: &str, ending: &str) -> String {
    let contains = if ending.is_empty() { "contain" } else { "contains" };
    let shown = shown_value(value);
    match op {
        Op::Eq => format!("{be} {shown}"),
        Op::Neq => format!("{be} given and not {shown}"),
        Op::Lt => format!("{be} less than {shown}"),
        Op::Lte => format!("{be} at most {shown}"),
        Op::Gt => format!("{be} greater than {shown}"),
        Op::Gte => format!("{be} at least {shown}"),
        Op::In => format!("{be} one of {shown}"),
        Op::NotIn => format!("{be} given and none of {shown}"),
        Op::Regex => format!("match{ending} the pattern {shown}"),
        Op::Contains => format!("{contains} {shown}"),
        Op::Exists => format!("{be} given"),
    }
}

/// A policy's value for people: clipped, and a list's items in words.
pub(crate) fn shown_value(value: &Value) -> String {
    let Value::List(items) = value else { return clip(&value.to_string()) };
    let mut named: Vec<String> = items.iter().take(NAMED_ITEMS).map(|item| clip(&item.to_string())).collect();
    if items.len() > NAMED_ITEMS {
        named.push(format!("{} more", items.len() - NAMED_ITEMS));
    }
    match named.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => "an empty list".to_string(),
    }
}

fn mistyped(tool: &str, path: &str, found: crate::value::Type, needed: Needed) -> String {
    format!("{tool} is refused: {path} is {found}, and a rule can judge it only as {needed}. Send {needed}.")
}

fn unknown(tool: &str, path: Option<&str>) -> String {
    let path = path.map_or_else(|| "an argument".to_string(), legible);
    format!("It cannot be told whether {tool} is allowed: that depends on {path}, which was not recorded.")
}

/// What is wrong with an argument that should say what a call costs.
pub(crate) fn cost_problem(error: CostError) -> String {
    match error {
        CostError::Missing => "is missing".to_string(),
        CostError::Unknown => "was not recorded".to_string(),
        CostError::WrongType(found) => format!("is {found}"),
        CostError::NoAmount(AmountError::Negative) => "is below 0".to_string(),
        CostError::NoAmount(AmountError::TooPrecise) => {
            "has more than nine digits after the point".to_string()
        }
        CostError::NoAmount(AmountError::TooLarge | AmountError::NotANumber) => "is above 10^15".to_string(),
    }
}

fn invalid_cost(tool: &str, limit: Option<&CompiledLimit>, error: CostError) -> String {
    let (counter, path) = match limit {
        Some(limit) => (
            legible(&limit.counter),
            limit.increment_from.as_ref().map_or_else(String::new, |path| legible(path.as_str())),
        ),
        None => (String::new(), String::new()),
    };
    let problem = cost_problem(error);
    format!(
        "{tool} is refused: the limit {counter} adds up {path}, which {problem}. Send a number from 0 to 10^15 with \
         at most nine digits after the point."
    )
}

/// A tool's name for people: [`legible`], and said where there is none.
#[must_use]
pub fn shown_name(name: &str) -> String {
    if name.is_empty() { "a tool without a name".to_string() } else { legible(name) }
}
