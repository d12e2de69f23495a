//! The whole answer to one call, and the words the agent is told.
//!
//! A message always says who, what, how much, and until when, so that an agent
//! that reads it knows whether and when to come back.

use alloc::format;
use alloc::string::{String, ToString};

use serde::Serialize;

use crate::amount::Amount;
use crate::call::ToolCall;
use crate::compile::{CompiledLimit, CompiledPolicy};
use crate::counter::ReservationId;
use crate::legible::legible;
use crate::pointer::{Pointer, RuleId};
use crate::policy::Window;
use crate::time::{Timestamp, duration_in_words};
use crate::window::Span;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It goes through.
    Allow,
    /// It does not.
    Deny,
}

/// Why, for machines. Reasons never change once released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nothing refused.
    Allowed,
    /// There was no policy to judge by.
    NoPolicy,
    /// The tool is hidden.
    Hidden,
    /// The tool is not listed, and the default is deny.
    DefaultDeny,
    /// A limit has no room.
    Limit,
    /// Reserved: as many grants are counted as the store can hold.
    TooManyGrants,
    /// Reserved: the counters belong to another policy.
    ForeignCounters,
}

impl Reason {
    /// The decision that goes with it.
    #[must_use]
    pub const fn decision(self) -> Decision {
        match self {
            Self::Allowed => Decision::Allow,
            _ => Decision::Deny,
        }
    }
}

/// The answer to one call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Allow or deny.
    pub decision: Decision,
    /// Why, for machines.
    pub reason: Reason,
    /// Which rule, for logs. None where the call is allowed, and where the reason is a reserved one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// The rule's place in the document, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Pointer>,
    /// Why, for the agent.
    pub message: String,
    /// When the call was judged: its own time, or the store's where a clock has stepped back.
    pub at: Timestamp,
    /// How far the given time lies behind the store's, in milliseconds. Absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_behind_ms: Option<i64>,
    /// Of a denied call, the limit that refused; of an allowed one, the limit that has the fewest left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// The first millisecond at which the same call would pass if nothing else happened.
    /// Absent where the call was allowed, where it never would pass, and where the reason is a reserved one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// What to settle once the call has ended. Absent where it was denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationId>,
}

/// The reading of one limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quota {
    /// The counter's name.
    pub counter: String,
    /// The span of time counted over.
    pub window: Window,
    /// What the counter holds: without a denied call, with an allowed one.
    pub used: Amount,
    /// The most that fits.
    pub max: Amount,
    /// What the call costs.
    pub cost: Amount,
    /// What is left.
    pub remaining: Amount,
    /// The window's first millisecond.
    pub window_start: Timestamp,
    /// The first millisecond of the next window.
    pub resets_at: Timestamp,
}

impl Quota {
    pub(crate) fn new(limit: &CompiledLimit, used: Amount, at: Timestamp) -> Self {
        let span = limit.window.span(at);
        Self {
            counter: limit.counter.clone(),
            window: limit.window,
            used,
            max: limit.max,
            cost: Amount::ONE,
            remaining: limit.max.minus(used),
            window_start: span.start,
            resets_at: span.end,
        }
    }

    /// The window.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span { start: self.window_start, end: self.resets_at }
    }
}

/// The numbers of a verdict: all that the hot path computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ruling {
    pub(crate) reason: Reason,
    /// Item of `hide`, where it was that.
    pub(crate) hide_index: usize,
    /// The limit that refused, or the one with the fewest left, and what it holds.
    pub(crate) limit: Option<(usize, Amount)>,
    /// The first limit that the call alone is too much for.
    pub(crate) never_fits: Option<usize>,
    pub(crate) at: Timestamp,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) reservation: Option<ReservationId>,
}

impl Ruling {
    pub(crate) const fn new(reason: Reason, at: Timestamp) -> Self {
        Self { reason, hide_index: 0, limit: None, never_fits: None, at, retry_at: None, reservation: None }
    }
}

impl Verdict {
    /// Puts a ruling into words.
    pub(crate) fn new(policy: Option<&CompiledPolicy>, call: &ToolCall<'_>, ruling: &Ruling) -> Self {
        let limit = ruling.limit.and_then(|(index, used)| Some((policy?.limits().get(index)?, used)));
        let quota = limit.map(|(limit, used)| Quota::new(limit, used, ruling.at));
        let tool = shown_name(call.tool);
        let (rule, pointer, message) = match ruling.reason {
            Reason::Allowed => {
                (None, None, allowed_message(&tool, limit.map(|(limit, _)| limit), quota.as_ref()))
            }
            Reason::NoPolicy => (
                Some(RuleId::NO_POLICY),
                None,
                format!(
                    "There is no policy for this grant, and without one every call is refused, {tool} too."
                ),
            ),
            Reason::Hidden => (
                Some(RuleId::HIDDEN),
                Some(Pointer::root().key("hide").index(ruling.hide_index)),
                format!("The policy hides {tool}: no call of it is let through, now or later."),
            ),
            Reason::DefaultDeny => (
                Some(RuleId::DEFAULT_DENY),
                Some(Pointer::root().key("default")),
                format!("The policy does not list {tool}, and denies every tool that it does not list."),
            ),
            Reason::Limit => match (limit, &quota) {
                (Some((limit, _)), Some(quota)) => (
                    Some(limit.rule.clone()),
                    Some(limit.pointer.clone()),
                    limit.on_deny.clone().unwrap_or_else(|| {
                        let never = ruling.never_fits.and_then(|index| policy?.limits().get(index));
                        limit_message(&tool, never.unwrap_or(limit), quota, ruling)
                    }),
                ),
                _ => (None, None, format!("{tool} is refused by a limit.")),
            },
            Reason::TooManyGrants => (
                None,
                None,
                format!(
                    "{tool} is refused: more grants are at work than can be counted. It passes once a counted one is idle."
                ),
            ),
            Reason::ForeignCounters => {
                (None, None, format!("{tool} is refused: the counters given belong to another policy."))
            }
        };
        let behind = ruling.at.since(call.at);
        Self {
            decision: ruling.reason.decision(),
            reason: ruling.reason,
            rule,
            pointer,
            message,
            at: ruling.at,
            clock_behind_ms: (behind > 0).then_some(behind),
            quota,
            retry_at: ruling.retry_at,
            reservation: ruling.reservation,
        }
    }
}

/// `run_tests calls`, or `calls of all tools` where every tool's are counted together.
fn counted(limit: &CompiledLimit) -> String {
    match limit.tool.as_deref() {
        Some("") => "calls of a tool without a name".to_string(),
        Some(tool) => format!("{} calls", shown_name(tool)),
        None => "calls of all tools".to_string(),
    }
}

fn allowed_message(tool: &str, limit: Option<&CompiledLimit>, quota: Option<&Quota>) -> String {
    match (limit, quota) {
        (Some(limit), Some(quota)) => format!(
            "Allowed. With this call the grant has used {} of {} {} in {}.",
            quota.used,
            quota.max,
            counted(limit),
            quota.window.in_words(quota.span()),
        ),
        _ => format!("Allowed. No limit counts {tool}."),
    }
}

fn limit_message(tool: &str, limit: &CompiledLimit, quota: &Quota, ruling: &Ruling) -> String {
    let Some(retry_at) = ruling.retry_at else {
        return format!(
            "The limit {} is {}: no call of {tool} ever fits.",
            legible(&limit.counter),
            limit.in_words()
        );
    };
    let until = duration_in_words(retry_at.since(ruling.at));
    let moment = if retry_at.date() == ruling.at.date() {
        retry_at.time_of_day()
    } else {
        format!("{} {}", retry_at.date(), retry_at.time_of_day())
    };
    let other = if retry_at > quota.resets_at { ", for another limit holds until then" } else { "" };
    format!(
        "This grant has used {} of {} {} in {}. The next {tool} call is allowed at {moment} UTC (in {until}){other}.",
        quota.used,
        quota.max,
        counted(limit),
        quota.window.in_words(quota.span()),
    )
}

/// A tool's name for people: [`legible`], and said where there is none.
#[must_use]
pub fn shown_name(name: &str) -> String {
    if name.is_empty() { "a tool without a name".to_string() } else { legible(name) }
}
