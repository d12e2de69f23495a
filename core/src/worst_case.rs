//! The worst that the limits of a tool let through: how much at once, and how much a day.
//!
//! "10 per minute" lets 20 calls through within 2 ms, where a minute ends between them, and 14,400 a day. The numbers
//! are exact: no caller reaches more, and [`WorstCase::scenario`] is a sequence of calls that reaches as much.
//!
//! They are those of one caller, one session of one grant. Each further grant has the room of limits per grant again,
//! and each further session that of limits per session. A call that is given back counts as not made. Rules are not
//! looked at: a tool that its rules refuse more often is called less.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use serde::Serialize;

use crate::amount::{Amount, count};
use crate::legible::legible;
use crate::path::ArgPath;
use crate::pointer::Pointer;
use crate::policy::{DefaultDecision, Limit, Op, Policy, Rule, Scope, ToolPolicy, Window};
use crate::scenario::Scenario;
use crate::time::duration_in_words;
use crate::value::Value;
use crate::window::WindowModel;
use ceiling::{Bounded, Ceilings, Minutes};
use stretch::{Stretch, minutes_of};

mod ceiling;
mod sequence;
mod stretch;

const NONE_FITS: &str = "no call at all";

/// The worst cases of one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolWorstCase {
    /// The tool; none for any tool that the policy does not list.
    pub tool: Option<String>,
    /// The tool's limits, then those of all tools.
    pub limits: Vec<WorstCase>,
    /// The most calls of a UTC day.
    pub calls_per_day: Most,
    /// The most calls of any 24 hours.
    pub calls_in_any_24_hours: Most,
}

/// What a limit lets through at worst, together with all other limits of the tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorstCase {
    /// The limit's place in the document.
    pub pointer: Pointer,
    /// The counter's name.
    pub counter: String,
    /// The span of time counted over.
    pub window: Window,
    /// Who shares the counter.
    pub scope: Scope,
    /// The argument that is summed up, where the limit is one of sums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub increment_from: Option<ArgPath>,
    /// The most in any stretch as long as the window, wherever it starts.
    pub in_any_stretch: Most,
    /// How short a stretch can hold that much, from its first millisecond up to but without the one after its last.
    pub within_ms: i64,
    /// The smallest window whose end has to lie inside that stretch; none where windows slide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub across: Option<Window>,
    /// The most of a UTC day.
    pub per_day: Most,
    /// The most of any 24 hours.
    pub in_any_24_hours: Most,
    #[serde(skip)]
    plan: Option<Plan>,
}

/// A bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Most {
    /// So many calls.
    Calls(u64),
    /// Costs that add up to so much.
    Amount(Amount),
    /// There is none.
    Unlimited,
}

/// What the sequence is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    tool: String,
    calls: Ceilings,
    before: u64,
    after: u64,
}

/// The worst cases of every tool that can be called: the listed ones, and where the default is `allow` any other.
///
/// Tools that are hidden or that a rule without conditions denies are left out.
///
/// ```
/// use gatewright_core::{parse, window::WindowModel, worst_case::worst_cases};
/// let policy = parse(r#"{"version": "1", "default": "deny", "tools": {"run_tests": {
///     "limits": [{"counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#).policy;
/// let worst = worst_cases(&policy, WindowModel::Calendar).next().unwrap();
/// assert_eq!(worst.limits[0].in_words(), "up to 20 calls within 2 ms across a minute's end; 14,400 per UTC day");
/// ```
pub fn worst_cases(policy: &Policy, model: WindowModel) -> impl Iterator<Item = ToolWorstCase> {
    let hidden: HashSet<&str> = policy.hide.iter().map(String::as_str).collect();
    let none_is_called = hidden.contains("*") || denies_always(&policy.all_tools);
    let nothing = ToolPolicy::default();
    let others =
        (policy.default == DefaultDecision::Allow).then(|| worst_case_of(None, &nothing, policy, model));
    let listed = policy
        .tools
        .iter()
        .filter(move |(name, tool)| !hidden.contains(name.as_str()) && !denies_always(tool));
    let listed = listed.map(move |(name, tool)| worst_case_of(Some(name), tool, policy, model));
    listed.chain(others).take(if none_is_called { 0 } else { usize::MAX })
}

/// The worst case of one tool by its name, whether it is listed or not; none where it cannot be called.
#[must_use]
pub fn worst_case(policy: &Policy, tool: &str, model: WindowModel) -> Option<ToolWorstCase> {
    let hidden = policy.hide.iter().any(|name| name == "*" || name == tool);
    let listed = policy.tools.iter().find(|(name, _)| name == tool);
    match listed {
        _ if hidden || denies_always(&policy.all_tools) => None,
        Some((name, own)) => (!denies_always(own)).then(|| worst_case_of(Some(name), own, policy, model)),
        None if policy.default == DefaultDecision::Allow => {
            Some(worst_case_of(None, &ToolPolicy::default(), policy, model))
        }
        None => None,
    }
}

fn worst_case_of(tool: Option<&str>, own: &ToolPolicy, policy: &Policy, model: WindowModel) -> ToolWorstCase {
    let all = &policy.all_tools;
    let mut calls = Ceilings::NONE;
    let mut sums: HashMap<&ArgPath, Ceilings> = HashMap::new();
    for limit in own.limits.iter().chain(&all.limits) {
        match &limit.increment_from {
            None => calls.lower(limit),
            Some(path) => sums.entry(path).or_insert(Ceilings::NONE).lower(limit),
        }
    }
    let bare = sums.is_empty() && lets_bare_calls_through(own) && lets_bare_calls_through(all);
    let name = tool.map_or_else(|| name_of_none(policy), ToString::to_string);
    let mut known = HashMap::new();
    let mut worst = |place: &Pointer, index: usize, limit: &Limit| {
        let path = limit.increment_from.as_ref();
        let bounded = match path.and_then(|path| sums.get(path)) {
            None => Bounded::Calls(calls),
            Some(amounts) => Bounded::Sum { amounts: *amounts, calls },
        };
        let mut stretch = |window: Window| {
            *known.entry((path.cloned(), window)).or_insert_with(|| Stretch::worst(&bounded, window, model))
        };
        let (found, day) = (stretch(limit.window), stretch(Window::Day));
        let plan = bare.then(|| Plan { tool: name.clone(), calls, before: found.before, after: found.after });
        WorstCase {
            pointer: place.key("limits").index(index),
            counter: limit.counter.clone(),
            window: limit.window,
            scope: limit.scope,
            increment_from: limit.increment_from.clone(),
            in_any_stretch: bounded.in_its_unit(found.most),
            within_ms: found.length_ms(),
            across: found.across,
            per_day: bounded.in_its_unit(bounded.most(Minutes::at_edge(minutes_of(Window::Day)))),
            in_any_24_hours: bounded.in_its_unit(day.most),
            plan,
        }
    };
    let place = Pointer::root().key("tools").key(tool.unwrap_or_default());
    let mut limits: Vec<WorstCase> =
        own.limits.iter().enumerate().map(|(index, limit)| worst(&place, index, limit)).collect();
    let place = Pointer::root().key("all_tools");
    limits.extend(all.limits.iter().enumerate().map(|(index, limit)| worst(&place, index, limit)));
    let bounded = Bounded::Calls(calls);
    let day = Stretch::worst(&bounded, Window::Day, model);
    ToolWorstCase {
        tool: tool.map(ToString::to_string),
        limits,
        calls_per_day: bounded.in_its_unit(bounded.most(Minutes::at_edge(minutes_of(Window::Day)))),
        calls_in_any_24_hours: bounded.in_its_unit(day.most),
    }
}

/// A name that the policy neither lists nor hides.
fn name_of_none(policy: &Policy) -> String {
    let mut name = "another_tool".to_string();
    while policy.hide.contains(&name) || policy.tools.iter().any(|(listed, _)| *listed == name) {
        name.push('_');
    }
    name
}

fn denies_always(policy: &ToolPolicy) -> bool {
    policy.deny_if.iter().any(|rule| rule.conditions.is_empty())
}

/// Whether no rule stops a call without arguments.
fn lets_bare_calls_through(policy: &ToolPolicy) -> bool {
    let holds = |rule: &Rule| {
        let absent = Value::Bool(false);
        rule.conditions.iter().all(|condition| condition.op == Op::Exists && condition.value == absent)
    };
    policy.require.iter().all(holds) && !policy.deny_if.iter().chain(&policy.require_approval).any(holds)
}

impl ToolWorstCase {
    /// How many calls a day, as the end of a sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        match (self.calls_per_day, self.calls_in_any_24_hours) {
            (Most::Unlimited, _) => "any number of calls: no limit counts them".to_string(),
            (Most::Calls(0), Most::Calls(0)) => NONE_FITS.to_string(),
            (per_day, any) if per_day == any => format!("up to {} in any 24 hours", per_day.in_words()),
            (per_day, any) => {
                format!("up to {} per UTC day, {} in any 24 hours", per_day.in_words(), any.number())
            }
        }
    }
}

impl WorstCase {
    /// The worst case as the end of a sentence: `up to 20 calls within 2 ms across a minute's end; 14,400 per UTC day`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let most = match &self.increment_from {
            Some(path) => format!("{} of {}", self.in_any_stretch.number(), legible(path.as_str())),
            None => self.in_any_stretch.in_words(),
        };
        let minutes = (self.within_ms + 59_999) / 60_000 * 60_000;
        let within = match self.within_ms {
            0 if self.increment_from.is_none() => return NONE_FITS.to_string(),
            0 => return format!("no more than {most}"),
            1 => "at once".to_string(),
            ms @ 2..60_000 => format!("within {ms} ms"),
            _ => format!("within {}", duration_in_words(minutes)),
        };
        // A stretch of an hour has a minute's end inside wherever it lies.
        let across = match self.across.filter(|across| across.length() >= self.window.length()) {
            Some(Window::Minute) => " across a minute's end",
            Some(Window::Hour) => " across an hour's end",
            Some(Window::Day) => " across midnight UTC",
            None => "",
        };
        let number = self.per_day.number();
        let a_day = match self.per_day == self.in_any_24_hours {
            true if self.window == Window::Day => String::new(),
            true => format!("; {number} in any 24 hours"),
            false => format!("; {number} per UTC day"),
        };
        format!("up to {most} {within}{across}{a_day}")
    }

    /// Calls that reach [`in_any_stretch`](Self::in_any_stretch), each of them allowed: all that fits into as short a stretch as can be.
    ///
    /// None where it would take more calls than a scenario makes or some hundred blocks, and where calls need
    /// arguments: for a cost, or for a rule.
    #[must_use]
    pub fn scenario(&self) -> Option<Scenario> {
        let plan = self.plan.as_ref()?;
        sequence::scenario(&plan.tool, &plan.calls, plan.before, plan.after)
    }
}

impl Most {
    /// The number, with thousands separated.
    fn number(self) -> String {
        match self {
            Self::Calls(calls) => count(calls),
            Self::Amount(amount) => amount.to_string(),
            Self::Unlimited => "any number".to_string(),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Calls(1) => "1 call".to_string(),
            Self::Calls(_) => format!("{} calls", self.number()),
            Self::Amount(_) | Self::Unlimited => self.number(),
        }
    }
}

#[cfg(test)]
mod tests;
