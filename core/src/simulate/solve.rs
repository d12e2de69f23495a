//! Which `max` would do: what a limit needs for calls to get through, and what keeps it below so many calls a day.
//!
//! Answers are found by playing a scenario, or the calls of a log, under other maxima; nothing else of the policy changes.
//! They are about these calls alone.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::HashMap;
use serde::Serialize;

use super::{Run, play, simulate_with};
use crate::amount::{Amount, count};
use crate::compile::CompiledPolicy;
use crate::counter::Options;
use crate::policy::Window;
use crate::scenario::{Block, Calls, Scenario};
use crate::time::Timestamp;
use crate::verdict::Decision;

/// So many calls are judged in search of an answer that cannot be bisected.
const PATIENCE: usize = 5_000_000;

/// The smallest `max` from which on a limit makes no difference to what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SmallestMax {
    /// The limit's counter, and its tool where that is needed to tell it from another.
    pub counter: String,
    /// The `max`.
    pub max: Amount,
    /// The limit's own.
    pub now: Amount,
    /// Calls that are denied all the same, by something else.
    pub still_denied: usize,
    /// Whether no smaller one will do. Else one may: agents that wait for a reset are told of another one.
    pub exact: bool,
}

/// The largest whole `max` that keeps the calls that a limit counts to so many a UTC day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LargestMax {
    /// The limit's counter, and its tool where that is needed to tell it from another.
    pub counter: String,
    /// So many calls a day were asked for, at most.
    pub most_a_day: u64,
    /// What was found.
    pub found: Found,
}

/// What the search for a largest `max` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Found {
    /// Any will do.
    Any,
    /// This one.
    Max {
        /// The `max`.
        max: u64,
        /// The most of the limit's calls that are allowed on one day.
        allowed_a_day: u64,
        /// Whether no larger one will do, of those that the counters reach without the limit. Else a larger one may: there
        /// were too many to try.
        exact: bool,
    },
}

/// What is tried under other maxima.
#[derive(Clone, Copy)]
pub enum Sequence<'s> {
    /// A scenario, whose agents hear what is decided.
    Scenario(&'s Scenario),
    /// Calls that are made whatever is decided.
    Calls(&'s Calls),
}

impl<'s> From<&'s Scenario> for Sequence<'s> {
    fn from(scenario: &'s Scenario) -> Self {
        Self::Scenario(scenario)
    }
}

impl<'s> From<&'s Calls> for Sequence<'s> {
    fn from(calls: &'s Calls) -> Self {
        Self::Calls(calls)
    }
}

impl<'s> Sequence<'s> {
    fn play(self, policy: &CompiledPolicy, options: Options) -> Result<(Cow<'s, Calls>, Run), String> {
        match self {
            Self::Scenario(scenario) => {
                let (calls, run) = play(policy, scenario, options)?;
                Ok((Cow::Owned(calls), run))
            }
            Self::Calls(calls) => Ok((Cow::Borrowed(calls), simulate_with(policy, calls, options))),
        }
    }

    fn is_closed(self) -> bool {
        matches!(self, Self::Scenario(scenario) if scenario.is_closed())
    }

    /// The tools that are called.
    fn tools(self) -> Vec<&'s str> {
        match self {
            Self::Scenario(scenario) => {
                scenario.blocks.iter().flat_map(Block::kinds).map(|call| call.tool.as_str()).collect()
            }
            Self::Calls(calls) => calls.kinds().map(|call| call.tool).collect(),
        }
    }
}

/// Finds the smallest `max` of a limit, told by its index in [`CompiledPolicy::limits`], under which the same calls of a
/// scenario or a log are allowed as without the limit. None where there is no such limit, or no policy may say so much.
///
/// ```
/// use gatewright_core::{Options, compile, parse};
/// use gatewright_core::scenario::notation;
/// use gatewright_core::simulate::smallest_max;
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"run_tests": {
///     "limits": [{"counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#)).unwrap();
/// let stuck = notation::parse("run_tests × 12/s for 5m").unwrap();
/// let found = smallest_max(&policy, 0, &stuck, Options::default()).unwrap().unwrap();
/// assert_eq!(found.in_words(), "From a max of 720 on, run_tests_rate lets every call through; it is 10 now.");
/// ```
///
/// # Errors
///
/// A sentence for people, where the scenario makes too many calls once nothing refuses them.
pub fn smallest_max<'s>(
    policy: &CompiledPolicy,
    limit: usize,
    sequence: impl Into<Sequence<'s>>,
    options: Options,
) -> Result<Option<SmallestMax>, String> {
    let sequence = sequence.into();
    let Some(found) = policy.limits().get(limit) else { return Ok(None) };
    // Without the limit, its counter reaches just what it must hold. With any less, the call that first reaches more than
    // that is refused: up to it, all that is allowed is the same.
    let unlimited = sequence.play(&policy.with_max(limit, Amount::of_billionths(u128::MAX)), options)?;
    let run = &unlimited.1;
    let windows = || run.lanes.iter().filter(|lane| lane.limit == limit).flat_map(|lane| &lane.windows);
    let mut max = windows().map(|window| window.peak).max().unwrap_or_default();
    if max == Amount::ZERO && windows().any(|window| window.allowed > 0) {
        // Calls that cost nothing still need a limit that lets anything through.
        max = Amount::of_billionths(1);
    }
    // Only an agent that was refused elsewhere may do something else: it is told of another reset.
    let mut exact = true;
    while sequence.is_closed()
        && Amount::parse(&max.plain()).is_ok()
        && !same_allowed(&unlimited, &sequence.play(&policy.with_max(limit, max), options)?)
    {
        exact = false;
        max = max.plus(max).plus(Amount::ONE);
    }
    if Amount::parse(&max.plain()).is_err() {
        return Ok(None);
    }
    let (counter, still_denied) = (policy.counter_in_words(found), run.summary.denied);
    Ok(Some(SmallestMax { counter, max, now: found.max, still_denied, exact }))
}

/// Whether two runs of a scenario allow the same calls at the same times.
fn same_allowed(one: &(Cow<'_, Calls>, Run), other: &(Cow<'_, Calls>, Run)) -> bool {
    let allowed = |(calls, run): &'_ (Cow<'_, Calls>, Run)| -> Vec<_> {
        let is_allowed = |index: &usize| run.decision(*index) == Some(Decision::Allow);
        let allowed = (0..calls.len()).filter(is_allowed);
        allowed.map(|index| (calls.at(index), calls.kind(index), calls.caller(index))).collect()
    };
    allowed(one) == allowed(other)
}

/// Finds the largest whole `max` of a limit, told by its index in [`CompiledPolicy::limits`], under which at most so many
/// of the calls that it counts are allowed on any UTC day of a scenario or a log. None where there is no such limit.
///
/// # Errors
///
/// A sentence for people, where the scenario makes too many calls.
pub fn largest_max<'s>(
    policy: &CompiledPolicy,
    limit: usize,
    most_a_day: u64,
    sequence: impl Into<Sequence<'s>>,
    options: Options,
) -> Result<Option<LargestMax>, String> {
    let Some(limits) = policy.limits().get(limit) else { return Ok(None) };
    let search = Search { policy, limit, sequence: sequence.into(), options };
    let counter = policy.counter_in_words(limits);
    Ok(Some(LargestMax { counter, most_a_day, found: search.largest(most_a_day)? }))
}

struct Search<'s> {
    policy: &'s CompiledPolicy,
    limit: usize,
    sequence: Sequence<'s>,
    options: Options,
}

/// What the calls do under some `max` of a limit.
struct Tried {
    /// The most of the limit's calls that are allowed on one day.
    a_day: u64,
    /// Of what the limit's counters hold, the most; above it, the `max` might be anything up to the one tried.
    peak: Amount,
    calls: usize,
}

impl Search<'_> {
    fn largest(&self, most_a_day: u64) -> Result<Found, String> {
        let unlimited = self.under(Amount::of_billionths(u128::MAX))?;
        if unlimited.a_day <= most_a_day {
            return Ok(Found::Any);
        }
        let fits = |max: u64, tried: &Tried, exact| {
            (tried.a_day <= most_a_day).then_some(Found::Max { max, allowed_a_day: tried.a_day, exact })
        };
        // The least whole number that is known to be too much. 0 never is: it lets nothing through.
        let mut too_much = least_whole(unlimited.peak).max(1);
        let mut best = Found::Max { max: 0, allowed_a_day: 0, exact: true };
        if !self.is_monotone() {
            let mut judged = 0;
            while let Some(max) = too_much.checked_sub(1).filter(|_| judged < PATIENCE) {
                let tried = self.under(Amount::from_whole(max))?;
                if let Some(found) = fits(max, &tried, true) {
                    return Ok(found);
                }
                judged += tried.calls.max(1);
                // A run whose counters never hold more than this is the same under every `max` down to it. An agent
                // might wait for another time, though.
                too_much =
                    if self.sequence.is_closed() { max } else { least_whole(tried.peak).max(1).min(max) };
            }
        }
        let exact = self.is_monotone();
        let mut enough = 0;
        while enough < too_much {
            let middle = enough + (too_much - enough) / 2;
            match fits(middle, &self.under(Amount::from_whole(middle))?, exact) {
                Some(found) => {
                    best = found;
                    enough = middle + 1;
                }
                None => too_much = middle,
            }
        }
        Ok(best)
    }

    /// Whether a larger `max` allows all that a smaller one does, and maybe more. So it is where each of the limit's calls
    /// costs 1 and meets no other limit, and nobody listens: a call more that is allowed takes the one place that the
    /// larger `max` has more, and leaves the others as many as before.
    fn is_monotone(&self) -> bool {
        let alone = |tool: &str| {
            let mut limits = self.policy.limits_of(self.policy.target(tool));
            let counted = limits.any(|(checked, _)| checked.index == self.limit);
            !counted || self.policy.limits_of(self.policy.target(tool)).count() == 1
        };
        let by_number = self.policy.limits().get(self.limit).is_some_and(|it| it.increment_from.is_none());
        by_number && !self.sequence.is_closed() && self.sequence.tools().into_iter().all(alone)
    }

    fn under(&self, max: Amount) -> Result<Tried, String> {
        let policy = self.policy.with_max(self.limit, max);
        let (calls, run) = self.sequence.play(&policy, self.options)?;
        let mut days: HashMap<Timestamp, u64> = HashMap::new();
        for index in 0..calls.len() {
            let Some((call, at)) = calls.get(index).zip(run.at.get(index)) else { break };
            let mut limits = policy.limits_of(policy.target(call.tool));
            if run.decision(index) == Some(Decision::Allow)
                && limits.any(|(checked, _)| checked.index == self.limit)
            {
                *days.entry(Window::Day.span(*at).start).or_default() += 1;
            }
        }
        let lanes = run.lanes.iter().filter(|lane| lane.limit == self.limit);
        let peaks = lanes.flat_map(|lane| &lane.windows).map(|window| window.peak);
        let (a_day, peak) = (days.into_values().max().unwrap_or(0), peaks.max().unwrap_or_default());
        Ok(Tried { a_day, peak, calls: calls.len() })
    }
}

/// The least whole number that is no less.
fn least_whole(amount: Amount) -> u64 {
    let whole = amount.whole();
    if Amount::from_whole(whole) < amount { whole.saturating_add(1) } else { whole }
}

impl SmallestMax {
    /// The answer in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Self { counter, max, now, still_denied, exact } = self;
        let effect = if *still_denied == 0 { "lets every call through" } else { "makes no difference" };
        let mut words = format!("From a max of {max} on, {counter} {effect}; it is {now} now.");
        if *still_denied > 0 {
            let are = if *still_denied == 1 { "call is" } else { "calls are" };
            words.push_str(&format!(" {} {are} denied all the same.", count(*still_denied)));
        }
        if !exact {
            words.push_str(" A smaller one may do as well: not all were tried.");
        }
        words
    }
}

impl LargestMax {
    /// The answer in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Self { counter, most_a_day, found } = self;
        let most = count(*most_a_day);
        let calls = if *most_a_day == 1 { "call" } else { "calls" };
        match found {
            Found::Any => format!("Any max of {counter} keeps this to {most} {calls} a UTC day."),
            Found::Max { max, allowed_a_day, exact } => {
                let (max, allowed) = (count(*max), count(*allowed_a_day));
                let doubt = if *exact { "" } else { " A larger one may do as well: not all were tried." };
                format!(
                    "A max of {max} for {counter} keeps this to {most} {calls} a UTC day: it allows {allowed}.{doubt}"
                )
            }
        }
    }
}
