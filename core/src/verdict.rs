//! The whole answer to one call, and the words the agent is told.
//!
//! A message always says who, what, how much, and until when, so that an agent
//! that reads it knows whether and when to come back.

use alloc::string::{String, ToString};

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, AmountError};
use crate::call::ToolCall;
use crate::compile::{CompiledLimit, CompiledPolicy, CompiledRule};
use crate::counter::{Reading, ReservationId};
use crate::message::Malformed;
use crate::operator::Needed;
use crate::pointer::{Pointer, RuleId};
use crate::policy::Window;
use crate::time::Timestamp;
use crate::value::Type;
use crate::window::{Span, WindowModel};

mod example;
mod words;

pub use words::shown_name;
pub(crate) use words::{cost_problem, retry_in_words, shown_value};

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It goes through.
    Allow,
    /// It does not.
    Deny,
    /// It does not, until a person approves it. Who has no way to ask treats it as a denial.
    Approval,
    /// It cannot be told, because an argument was not recorded. In simulation only.
    Unknown,
}

impl Decision {
    /// The decision as it is written: `deny`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Approval => "approval",
            Self::Unknown => "unknown",
        }
    }
}

/// Why, for machines. Reasons never change once released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// A rule of `require` does not hold.
    Require,
    /// A rule of `deny_if` holds.
    DenyIf,
    /// A rule of `require_approval` holds.
    RequireApproval,
    /// A limit has no room.
    Limit,
    /// An argument has a type that a condition cannot judge.
    WrongType,
    /// The argument that says what the call costs is missing, or no amount.
    InvalidCost,
    /// An argument that the decision depends on was not recorded.
    UnknownArgument,
    /// Reserved: the call cannot be read without a guess.
    Malformed,
    /// Reserved: as many grants, sessions or calls are counted as the store can hold.
    TooManyCounters,
    /// Reserved: the counters, or the plan, belong to another policy.
    ForeignCounters,
    /// Reserved: the counters outside could not be reached in time.
    CountersAway,
    /// Reserved: the evaluator itself has failed, and was given up.
    EngineFailed,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 16] = [
        Self::Allowed,
        Self::NoPolicy,
        Self::Hidden,
        Self::DefaultDeny,
        Self::Require,
        Self::DenyIf,
        Self::RequireApproval,
        Self::Limit,
        Self::WrongType,
        Self::InvalidCost,
        Self::UnknownArgument,
        Self::Malformed,
        Self::TooManyCounters,
        Self::ForeignCounters,
        Self::CountersAway,
        Self::EngineFailed,
    ];

    /// The decision that goes with it. Where a call is enforced, what is unknown is denied.
    #[must_use]
    pub const fn decision(self) -> Decision {
        match self {
            Self::Allowed => Decision::Allow,
            Self::RequireApproval => Decision::Approval,
            Self::UnknownArgument => Decision::Unknown,
            _ => Decision::Deny,
        }
    }
}

/// The answer to one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Allow, deny or approval; in simulation also unknown.
    pub decision: Decision,
    /// Why, for machines.
    pub reason: Reason,
    /// Which rule, for logs. None where the call is allowed, and where the reason is a reserved one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// The place in the document that decided, where there is one: of a rule with several conditions, the one that
    /// decided alone, or else the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Pointer>,
    /// Why, for the agent.
    pub message: String,
    /// What is wrong with a call that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub malformed: Option<Malformed>,
    /// When the call was judged: its own time, or the store's where a clock has stepped back.
    pub at: Timestamp,
    /// How far the given time lies behind the store's, in milliseconds. Absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_behind_ms: Option<i64>,
    /// Of a denied call, the limit that refused; of an allowed one, the limit that has the fewest left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// The first millisecond at which the same call would pass if nothing else happened.
    /// Absent where no limit refused, and where the call never would pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// What to settle once the call has ended. Absent where it was not allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationId>,
}

/// The reading of one limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quota {
    /// The counter's name.
    pub counter: String,
    /// The span of time counted over.
    pub window: Window,
    /// How the window lies in time. Left out in JSON where it is a calendar's.
    #[serde(default, skip_serializing_if = "is_calendar")]
    pub window_model: WindowModel,
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
    /// When the counter is fresh again, if nothing else happens: the end of a calendar window.
    pub resets_at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_calendar(model: &WindowModel) -> bool {
    *model == WindowModel::Calendar
}

impl Quota {
    pub(crate) fn new(limit: &CompiledLimit, model: WindowModel, found: &Found, at: Timestamp) -> Self {
        let window_start = match model {
            WindowModel::Calendar => limit.window.span(at).start,
            WindowModel::Sliding => at.plus(1 - limit.window.length()),
        };
        Self {
            counter: limit.counter.clone(),
            window: limit.window,
            window_model: model,
            used: found.used,
            max: limit.max,
            cost: found.cost,
            remaining: limit.max.minus(found.used),
            window_start,
            resets_at: found.resets_at,
        }
    }

    /// The window in words: `the minute 10:00–10:01 UTC`.
    #[must_use]
    pub fn window_in_words(&self) -> String {
        let span = Span { start: self.window_start, end: self.resets_at };
        self.window.in_words(self.window_model, span)
    }
}

/// The answer to one call in numbers: all that deciding computes. [`Verdict::new`] puts it into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    pub(crate) reason: Reason,
    /// What decided; where a limit did, why it cannot be told when the call passes.
    pub(crate) because: Because,
    /// The limit that refused, or the one with the fewest left.
    pub(crate) limit: Option<Found>,
    /// The first limit that the call alone is too much for, and what it costs there.
    pub(crate) never_fits: Option<(usize, Amount)>,
    pub(crate) window_model: WindowModel,
    pub(crate) at: Timestamp,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) reservation: Option<ReservationId>,
    /// In enforcement there is no unknown: it is denied.
    pub(crate) enforced: bool,
}

/// What decided, beside the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Because {
    Nothing,
    /// Item of `hide`.
    Hidden(usize),
    /// A rule, by its index, and the condition that decided it alone.
    Rule {
        rule: usize,
        condition: Option<usize>,
    },
    /// A condition that cannot judge what it found.
    Mistyped {
        rule: usize,
        condition: usize,
        found: Type,
        needed: Needed,
    },
    /// A condition whose argument was not recorded.
    UnknownCondition {
        rule: usize,
        condition: usize,
    },
    /// A limit whose cost was not recorded.
    UnknownCost {
        limit: usize,
    },
    /// A limit whose cost is no amount.
    InvalidCost {
        limit: usize,
        error: CostError,
    },
    Malformed(Malformed),
}

impl Because {
    /// The rule that it names.
    pub(crate) const fn rule(self) -> Option<usize> {
        match self {
            Self::Rule { rule, .. } | Self::Mistyped { rule, .. } | Self::UnknownCondition { rule, .. } => {
                Some(rule)
            }
            _ => None,
        }
    }
}

/// Why an argument is no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CostError {
    Missing,
    WrongType(Type),
    NoAmount(AmountError),
    /// It was not recorded.
    Unknown,
}

/// A limit as a call found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Of all limits of the policy.
    pub(crate) index: usize,
    /// What it holds: with the call where it was allowed.
    pub(crate) used: Amount,
    pub(crate) cost: Amount,
    pub(crate) resets_at: Timestamp,
}

impl Found {
    pub(crate) const fn new(index: usize, cost: Amount, reading: &Reading) -> Self {
        Self { index, used: reading.used, cost, resets_at: reading.resets_at }
    }
}

impl Ruling {
    pub(crate) const fn new(reason: Reason, at: Timestamp) -> Self {
        Self {
            reason,
            because: Because::Nothing,
            limit: None,
            never_fits: None,
            window_model: WindowModel::Calendar,
            at,
            retry_at: None,
            reservation: None,
            enforced: false,
        }
    }

    pub(crate) const fn enforce(&mut self) {
        self.enforced = true;
    }

    /// The refusal of a call that cannot be read, by whoever should hand it over.
    #[must_use]
    pub const fn unreadable(problem: Malformed, at: Timestamp) -> Self {
        let mut ruling = Self::malformed(problem, at);
        ruling.enforce();
        ruling
    }

    pub(crate) const fn malformed(problem: Malformed, at: Timestamp) -> Self {
        Self { because: Because::Malformed(problem), ..Self::new(Reason::Malformed, at) }
    }

    /// What happens to the call. Unknown in simulation only.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        match self.reason.decision() {
            Decision::Unknown if self.enforced => Decision::Deny,
            decision => decision,
        }
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// When the call was judged.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The first millisecond at which the same call would pass, where a limit refused and it ever would.
    #[must_use]
    pub const fn retry_at(&self) -> Option<Timestamp> {
        self.retry_at
    }

    /// What to settle once the call has ended, where it was allowed.
    #[must_use]
    pub const fn reservation(&self) -> Option<ReservationId> {
        self.reservation
    }

    /// The rule that decided, as an index into [`CompiledPolicy::rules`].
    #[must_use]
    pub const fn deciding_rule(&self) -> Option<usize> {
        if matches!(self.reason, Reason::Limit) { None } else { self.because.rule() }
    }

    /// The limit that decided, as an index into [`CompiledPolicy::limits`].
    #[must_use]
    pub fn deciding_limit(&self) -> Option<usize> {
        match (self.reason, self.because) {
            (Reason::Limit, _) => self.limit.map(|found| found.index),
            (_, Because::InvalidCost { limit, .. } | Because::UnknownCost { limit }) => Some(limit),
            _ => None,
        }
    }

    /// The rule's name in a decision log, where one decided.
    #[must_use]
    pub fn rule(&self, policy: &CompiledPolicy) -> Option<RuleId> {
        match self.reason {
            Reason::Hidden => Some(RuleId::HIDDEN),
            Reason::DefaultDeny => Some(RuleId::DEFAULT_DENY),
            Reason::NoPolicy => Some(RuleId::NO_POLICY),
            _ => match (self.deciding_rule(), self.deciding_limit()) {
                (Some(rule), _) => policy.rules().get(rule).map(|rule| rule.rule.clone()),
                (None, limit) => policy.limits().get(limit?).map(|limit| limit.rule.clone()),
            },
        }
    }

    /// The place in the document that decided.
    fn pointer(&self, policy: &CompiledPolicy) -> Option<Pointer> {
        let limit = |index: usize| policy.limits().get(index).map(|limit| limit.pointer.clone());
        let rule = |index: usize, condition: Option<usize>| {
            let rule: &CompiledRule = policy.rules().get(index)?;
            let condition = condition.and_then(|condition| rule.conditions.get(condition));
            Some(condition.map_or(&rule.pointer, |condition| &condition.pointer).clone())
        };
        match (self.reason, self.because) {
            (Reason::DefaultDeny, _) => Some(Pointer::root().key("default")),
            (Reason::Limit, _) => limit(self.limit?.index),
            (_, Because::Hidden(index)) => Some(Pointer::root().key("hide").index(index)),
            (_, Because::Rule { rule: index, condition }) => rule(index, condition),
            (
                _,
                Because::Mistyped { rule: index, condition, .. }
                | Because::UnknownCondition { rule: index, condition },
            ) => rule(index, Some(condition)),
            (_, Because::InvalidCost { limit: index, .. } | Because::UnknownCost { limit: index }) => {
                Some(limit(index)?.key("increment_from"))
            }
            _ => None,
        }
    }
}

impl Verdict {
    /// A refusal for a reserved reason, which no policy gives and no counter.
    #[must_use]
    pub fn refusal(reason: Reason, call: &ToolCall<'_>) -> Self {
        Self::new(None, call, &Ruling::new(reason, call.at))
    }

    /// For a call that nothing but its limits could refuse, where counters that cannot be read are to stop nothing.
    #[must_use]
    pub fn uncounted(call: &ToolCall<'_>) -> Self {
        let message = "Allowed, and not counted: what was counted cannot be read now.".to_string();
        Self { message, ..Self::new(None, call, &Ruling::new(Reason::Allowed, call.at)) }
    }

    /// The refusal of a call that cannot be read.
    #[must_use]
    pub fn malformed(problem: Malformed, call: &ToolCall<'_>) -> Self {
        Self::new(None, call, &Ruling::malformed(problem, call.at))
    }

    /// Puts a ruling into words.
    #[must_use]
    pub fn new(policy: Option<&CompiledPolicy>, call: &ToolCall<'_>, ruling: &Ruling) -> Self {
        let limit = ruling.limit.and_then(|found| Some((policy?.limits().get(found.index)?, found)));
        let quota = limit.map(|(limit, found)| Quota::new(limit, ruling.window_model, &found, ruling.at));
        let behind = ruling.at.since(call.at);
        Self {
            decision: ruling.decision(),
            reason: ruling.reason,
            rule: match policy {
                Some(policy) => ruling.rule(policy),
                None => (ruling.reason == Reason::NoPolicy).then_some(RuleId::NO_POLICY),
            },
            pointer: policy.and_then(|policy| ruling.pointer(policy)),
            message: words::message(policy, call, ruling, quota.as_ref()),
            malformed: match ruling.because {
                Because::Malformed(problem) => Some(problem),
                _ => None,
            },
            at: ruling.at,
            clock_behind_ms: (behind > 0).then_some(behind),
            quota,
            retry_at: ruling.retry_at,
            reservation: ruling.reservation,
        }
    }
}
