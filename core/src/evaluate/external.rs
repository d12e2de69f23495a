//! Counters outside: what a call needs of a store of somebody else, and what its answer decides.
//!
//! Deciding is split in two. [`plan`] says which counters the call meets and what it costs each; the store checks and
//! charges them, all or none, in one atomic step of its own; [`Plan::apply`] makes the verdict from what the store
//! found. The same code judges as with the built-in [`Counters`](crate::Counters), so that the same readings always
//! give the same verdict.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::limits::{Readings, judge_limits};
use super::{Judged, judge_rules};
use crate::amount::Amount;
use crate::call::ToolCall;
use crate::compile::{CompiledLimit, CompiledPolicy, Target};
use crate::counter::Reading;
use crate::message::Malformed;
use crate::policy::{Scope, Window};
use crate::time::Timestamp;
use crate::verdict::{CostError, Reason, Ruling, Verdict};
use crate::window::WindowModel;

/// What a call needs of a store of counters.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The policy that it was made under.
    policy: Arc<()>,
    target: Target,
    judged: Result<Judged, Malformed>,
    charges: Vec<Charge>,
}

/// One counter that a call is charged to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The counter's name in the store, unique over places, names, windows, scopes, grants and sessions.
    pub key: String,
    /// The span of time counted over.
    pub window: Window,
    /// The most that fits, inclusive. Nothing fits 0.
    pub max: Amount,
    /// What the call costs.
    pub cost: Amount,
}

/// Judges what needs no counter: the name, the rules and the costs.
///
/// ```
/// use gatewright_core::amount::Amount;
/// use gatewright_core::counter::Reading;
/// use gatewright_core::evaluate::plan;
/// use gatewright_core::{Decision, Timestamp, ToolCall, WindowModel, compile, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"run": {"limits": [
///     {"counter": "rate", "window": "minute", "max": 1, "scope": "global"}]}}}"#)).unwrap();
/// let call = ToolCall { tool: "run", grant: "ci", ..ToolCall::default() };
/// let plan = plan(&policy, &call);
/// assert_eq!(plan.charges()[0].key, "global\n/tools/run/limits/rate\nminute");
///
/// // The store found one call in the minute, and charged nothing.
/// let end = Timestamp::from_millis(60_000);
/// let found = Reading { used: Amount::ONE, resets_at: end, fits_at: end };
/// let verdict = plan.apply(&policy, &call, call.at, WindowModel::Calendar, &[found]);
/// assert_eq!((verdict.decision, verdict.retry_at), (Decision::Deny, Some(end)));
/// ```
#[must_use]
pub fn plan(policy: &CompiledPolicy, call: &ToolCall<'_>) -> Plan {
    let target = policy.target(call.tool);
    let judged = judge_rules(policy, call);
    let mut charges = Vec::new();
    if let Ok(judged) = &judged
        && judged.reason == Reason::Allowed
    {
        for (place, (_, limit)) in policy.limits_of(target).enumerate() {
            let cost = match judged.costs.of(place) {
                Ok(cost) => cost,
                // Such a call is charged nothing, but what its limits hold is read.
                Err(CostError::Unknown) => Amount::ZERO,
                // Denied: the readings up to there decide by which limit.
                Err(_) => break,
            };
            let key = key(limit, call.grant, call.session);
            charges.push(Charge { key, window: limit.window, max: limit.max, cost });
        }
    }
    Plan { policy: Arc::clone(policy.identity()), target, judged, charges }
}

impl Plan {
    /// The counters to check and charge, all or none. None where the call is decided without them.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// Whether the call is kept out whatever the counters hold: denied, or a person is to be asked first. Then nothing
    /// may be charged; what the charges' counters hold is read all the same.
    #[must_use]
    pub fn is_kept_out(&self) -> bool {
        match &self.judged {
            Ok(judged) => {
                judged.reason != Reason::Allowed || judged.unknown.is_some() || judged.costs.any_wrong()
            }
            Err(_) => true,
        }
    }

    /// The verdict, from what each counter held at `at`, the store's own time, before the call was charged.
    ///
    /// `policy` is the one that the plan was made under; under another the call is denied (`foreign-counters`), and a
    /// new plan is to be made. The readings stand in the order of the charges. Where one is missing the call is denied, as if it had no room.
    /// The verdict carries no reservation: the store has its own.
    #[must_use]
    pub fn apply(
        &self,
        policy: &CompiledPolicy,
        call: &ToolCall<'_>,
        at: Timestamp,
        window_model: WindowModel,
        readings: &[Reading],
    ) -> Verdict {
        let mut ruling = match &self.judged {
            _ if !Arc::ptr_eq(&self.policy, policy.identity()) => Ruling::new(Reason::ForeignCounters, at),
            Ok(judged) => {
                let begun =
                    Ruling { because: judged.because, window_model, ..Ruling::new(judged.reason, at) };
                let mut ruling = begun;
                judge_limits(policy, self.target, judged, &Given(readings), &mut ruling, &mut ());
                ruling
            }
            Err(problem) => Ruling::malformed(*problem, at),
        };
        ruling.enforce();
        Verdict::new(Some(policy), call, &ruling)
    }
}

/// The readings of a store, in the order of the charges.
struct Given<'r>(&'r [Reading]);

impl Readings for Given<'_> {
    fn read(&self, place: usize, _index: usize, limit: &CompiledLimit, _cost: Amount) -> Reading {
        let full =
            Reading { used: limit.max.plus(Amount::ONE), resets_at: Timestamp::MAX, fits_at: Timestamp::MAX };
        self.0.get(place).copied().unwrap_or(full)
    }
}

/// Names are told apart by line ends, which a name has only as an escape.
fn key(limit: &CompiledLimit, grant: &str, session: &str) -> String {
    let (scope, place, window) = (limit.scope.as_str(), limit.rule.as_str().escape_default(), limit.window);
    match limit.scope {
        Scope::Global => format!("{scope}\n{place}\n{window}"),
        Scope::Grant => format!("{scope}\n{place}\n{window}\n{}", grant.escape_default()),
        Scope::Session => {
            format!("{scope}\n{place}\n{window}\n{}\n{}", grant.escape_default(), session.escape_default())
        }
    }
}
