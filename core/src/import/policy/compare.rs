//! Two policies in two languages, held against each other at the edges of every rule.
//!
//! Each tool is called without arguments; with arguments that its rules are content with, one of them at a time left out,
//! null, of another type, and around the value that a rule compares it with; and as often as its limits let it, and once
//! more: in one window, over its edge, from another session, another grant and another tool. The first call that differs
//! is kept for each cause. What is not tried proves nothing, and is said.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value as Json};

use super::candidates::{base, candidates, with};
use super::convert::length;
use super::{Compared, DifferingCall};
use crate::amount::count;
use crate::call::{Arguments, ToolCall};
use crate::compile::CompiledPolicy;
use crate::counter::Counters;
use crate::evaluate::decide;
use crate::policy::{Op, Policy, ToolPolicy};
use crate::scenario::{Args, Block, CallKind, MORNING, Scenario, Shape};
use crate::time::Timestamp;
use crate::value::Value;
use crate::verdict::Decision;

/// The largest limit that is used up, and the most calls of a comparison.
const LARGEST_LIMIT: u64 = 1_000;
const MOST_CALLS: u64 = 100_000;

/// The most tools that are looked at one by one.
const MOST_TOOLS: usize = 500;

/// A call to be judged.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Probe {
    pub(crate) tool: String,
    pub(crate) arguments: Map<String, Json>,
    pub(crate) grant: &'static str,
    pub(crate) session: &'static str,
    /// Milliseconds since 1970, UTC.
    pub(crate) at_ms: i64,
}

impl Probe {
    /// Seconds since 1970.
    pub(crate) const fn second(&self) -> i64 {
        self.at_ms.div_euclid(1_000)
    }
}

/// Who decides calls in order, and can be made to forget them.
pub(crate) trait Judge {
    /// Forgets every call.
    fn restart(&mut self);
    /// What it decides; nothing where it does not say, or where what it says has no meaning.
    fn decide(&mut self, probe: &Probe) -> Option<Decision>;
}

/// The policy as the evaluator sees it.
pub(crate) struct Evaluator<'p> {
    policy: &'p CompiledPolicy,
    counters: Counters,
}

impl<'p> Evaluator<'p> {
    pub(crate) fn new(policy: &'p CompiledPolicy) -> Self {
        Self { policy, counters: Counters::new(policy) }
    }
}

impl Judge for Evaluator<'_> {
    fn restart(&mut self) {
        self.counters = Counters::new(self.policy);
    }

    fn decide(&mut self, probe: &Probe) -> Option<Decision> {
        let call = ToolCall {
            tool: &probe.tool,
            arguments: Arguments::Parsed(&probe.arguments),
            grant: probe.grant,
            session: probe.session,
            at: Timestamp::from_millis(probe.at_ms),
            approved: false,
        };
        Some(decide(self.policy, &call, &mut self.counters).decision())
    }
}

/// What the last call of a sequence is, which may be why it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A tool that is named.
    Plain,
    /// One that is not.
    Unlisted,
    /// An argument is left out.
    Missing(Option<Op>),
    /// It is null.
    Null(Option<Op>),
    /// It is of another type than the value that it is compared with.
    OtherType(Option<Op>),
    /// It is near that value.
    Near(Option<Op>),
    /// It is what a call costs.
    Cost,
    /// One call more than a limit lets through.
    OneMore,
    /// A call in the next window.
    NextWindow,
    /// Calls on both sides of a window's edge.
    Edge,
    OtherSession,
    OtherGrant,
    OtherTool,
}

/// What the rules of a tool ask of its arguments, and what they count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// A path, how it is compared and with what, and whether that is to hold.
    pub(crate) tests: Vec<(String, Op, Value, bool)>,
    /// The most in a window of so many seconds; the path of what a call costs.
    pub(crate) limits: Vec<(u64, u64, Option<String>)>,
}

impl Facts {
    pub(crate) fn of(policies: &[&ToolPolicy]) -> Self {
        let mut facts = Self::default();
        for policy in policies {
            let lists =
                [(&policy.require, true), (&policy.deny_if, false), (&policy.require_approval, false)];
            for (rules, wanted) in lists {
                for condition in rules.iter().flat_map(|rule| &rule.conditions) {
                    let path = condition.path.as_str().to_string();
                    facts.tests.push((path, condition.op, condition.value.clone(), wanted));
                }
            }
            for limit in &policy.limits {
                let cost = limit.increment_from.as_ref().map(|path| path.as_str().to_string());
                facts.limits.push((limit.max.whole(), length(limit.window), cost));
            }
        }
        facts
    }
}

/// The tools that are tried, with what is known of them.
pub(crate) type Tools = BTreeMap<String, Facts>;

/// The tools of a policy, those of its `hide` too.
pub(crate) fn tools_of(policy: &Policy) -> Tools {
    let shared = &policy.all_tools;
    let listed = policy.tools.iter().map(|(name, tool)| (name.clone(), Facts::of(&[tool, shared])));
    let hidden = policy.hide.iter().filter(|name| *name != "*");
    hidden.map(|name| (name.clone(), Facts::default())).chain(listed).collect()
}

/// Says why two disagree.
pub(crate) type Why<'w> = &'w dyn Fn(Kind, &Probe, Decision, Decision) -> String;

/// Holds one policy against the other.
pub(crate) fn compare(
    before: &mut dyn Judge,
    after: &mut dyn Judge,
    tools: &Tools,
    shared: &Facts,
    why: Why<'_>,
) -> Compared {
    let mut comparison = Comparison { before, after, why, told: Compared::default(), causes: Vec::new() };
    comparison.run(tools, shared);
    comparison.told
}

struct Comparison<'c> {
    before: &'c mut dyn Judge,
    after: &'c mut dyn Judge,
    why: Why<'c>,
    told: Compared,
    /// Where the difference of a cause stands.
    causes: Vec<(String, Decision, Decision)>,
}

impl Comparison<'_> {
    fn run(&mut self, tools: &Tools, shared: &Facts) {
        let looked_at: Vec<(&String, &Facts)> = tools.iter().take(MOST_TOOLS).collect();
        for (tool, facts) in &looked_at {
            self.tool(tool, facts);
        }
        self.unlisted(tools, shared);
        if let [(first, facts), (second, _), ..] = looked_at.as_slice() {
            self.together(first, facts, second, shared);
        }
        let (tried, all) = (looked_at.len(), tools.len());
        let named = match all {
            0 => None,
            1 => Some("the tool that is named".to_string()),
            _ => Some(format!("each of {} tools", count(tried))),
        };
        let mut kinds: Vec<String> = named.into_iter().collect();
        kinds.push("a tool that is not named".to_string());
        if looked_at.iter().any(|(_, facts)| !facts.tests.is_empty()) {
            kinds.push(
                "arguments left out, null, of another type, and around the values of the rules".to_string(),
            );
        }
        if looked_at.iter().any(|(_, facts)| !facts.limits.is_empty()) || !shared.limits.is_empty() {
            let words = "one call more than each limit lets through, over the edge of its window, from another session, \
                         another grant and another tool";
            kinds.push(words.to_string());
        }
        self.told.kinds = kinds;
        if all > tried {
            self.told.untried.push(format!("{} more tools", count(all - tried)));
        }
    }

    fn unlisted(&mut self, tools: &Tools, shared: &Facts) {
        let name = (0_u32..).map(|number| {
            format!("another_tool{}", if number > 0 { number.to_string() } else { String::new() })
        });
        let name = name.into_iter().find(|name| !tools.contains_key(name)).unwrap_or_default();
        let base = base(&shared.tests);
        self.sequence(Kind::Unlisted, &[probe(&name, &base, 0)]);
        for (max, seconds, _) in shared.limits.iter().filter(|(.., cost)| cost.is_none()) {
            self.limit(&name, &base, *max, *seconds);
        }
    }

    fn tool(&mut self, tool: &str, facts: &Facts) {
        self.sequence(Kind::Plain, &[probe(tool, &Map::new(), 0)]);
        let base = base(&facts.tests);
        if !base.is_empty() {
            self.sequence(Kind::Plain, &[probe(tool, &base, 0)]);
        }
        let mut paths: Vec<&str> = facts.tests.iter().map(|(path, ..)| path.as_str()).collect();
        paths.extend(facts.limits.iter().filter_map(|(.., cost)| cost.as_deref()));
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            self.argument(tool, facts, &base, path);
        }
        for (max, seconds, cost) in &facts.limits {
            match cost {
                None => self.limit(tool, &base, *max, *seconds),
                Some(path) => self.cost(tool, &base, *max, path),
            }
        }
    }

    /// One argument in every way that a rule may see it.
    fn argument(&mut self, tool: &str, facts: &Facts, base: &Map<String, Json>, path: &str) {
        let tests = || facts.tests.iter().filter(|(other, ..)| other == path);
        let op = tests().map(|(_, op, ..)| *op).next();
        let is_cost = facts.limits.iter().any(|(.., cost)| cost.as_deref() == Some(path));
        let ways = [(Kind::Missing(op), None), (Kind::Null(op), Some(Json::Null))];
        for (kind, value) in ways {
            self.sequence(kind, &[probe(tool, &with(base, path, value), 0)]);
        }
        for (_, op, value, _) in tests() {
            for (near, candidate) in candidates(*op, value) {
                let kind = if near { Kind::Near(Some(*op)) } else { Kind::OtherType(Some(*op)) };
                self.sequence(kind, &[probe(tool, &with(base, path, Some(candidate)), 0)]);
            }
        }
        if is_cost {
            for candidate in
                [Json::from(0), Json::from(0.5), Json::from(-1), Json::from("1"), Json::from(true)]
            {
                self.sequence(Kind::Cost, &[probe(tool, &with(base, path, Some(candidate)), 0)]);
            }
        }
    }

    fn limit(&mut self, tool: &str, base: &Map<String, Json>, max: u64, seconds: u64) {
        if max > LARGEST_LIMIT {
            let untried = format!("limits above {} calls", count(LARGEST_LIMIT));
            if !self.told.untried.contains(&untried) {
                self.told.untried.push(untried);
            }
            return;
        }
        let first = probe(tool, base, 0);
        let full = || core::iter::repeat_n(first.clone(), usize::try_from(max).unwrap_or(0));
        let and = |last: Probe| full().chain(core::iter::once(last)).collect::<Vec<_>>();
        self.sequence(Kind::OneMore, &and(first.clone()));
        let next = next_window(seconds);
        self.sequence(Kind::NextWindow, &and(Probe { at_ms: next, ..first.clone() }));
        let late = core::iter::repeat_n(
            Probe { at_ms: next - 1_000, ..first.clone() },
            usize::try_from(max).unwrap_or(0),
        );
        let over = late.chain(core::iter::once(Probe { at_ms: next, ..first.clone() }));
        self.sequence(Kind::Edge, &over.collect::<Vec<_>>());
        self.sequence(Kind::OtherSession, &and(Probe { session: "another session", ..first.clone() }));
        self.sequence(Kind::OtherGrant, &and(Probe { grant: "another agent", ..first.clone() }));
    }

    /// What an argument says a call costs: all that fits, and a little more.
    fn cost(&mut self, tool: &str, base: &Map<String, Json>, max: u64, path: &str) {
        let costing = |cost: Json| probe(tool, &with(base, path, Some(cost)), 0);
        let one = costing(Json::from(1));
        self.sequence(Kind::OneMore, &[costing(Json::from(max)), one.clone()]);
        self.sequence(Kind::OneMore, &[costing(Json::from(max.saturating_add(1)))]);
        if let Ok(whole) = u32::try_from(max) {
            self.sequence(Kind::Cost, &[costing(Json::from(f64::from(whole) + 0.5))]);
        }
        self.sequence(Kind::Cost, &[costing(Json::from(max)), costing(Json::from(-1)), one.clone()]);
        self.sequence(Kind::OtherGrant, &[costing(Json::from(max)), Probe { grant: "another agent", ..one }]);
    }

    /// A limit over all tools, used up by one and met by another.
    fn together(&mut self, first: &str, facts: &Facts, second: &str, shared: &Facts) {
        for (max, _, cost) in &shared.limits {
            if *max <= LARGEST_LIMIT && cost.is_none() {
                let arguments = base(&facts.tests);
                let full =
                    core::iter::repeat_n(probe(first, &arguments, 0), usize::try_from(*max).unwrap_or(0));
                let last = core::iter::once(probe(second, &base(&shared.tests), 0));
                self.sequence(Kind::OtherTool, &full.chain(last).collect::<Vec<_>>());
            }
        }
    }

    /// Judges calls one after the other, up to the first that differs.
    fn sequence(&mut self, kind: Kind, probes: &[Probe]) {
        if self.told.calls + u64::try_from(probes.len()).unwrap_or(u64::MAX) > MOST_CALLS {
            let untried = format!("more than {} calls", count(MOST_CALLS));
            if !self.told.untried.contains(&untried) {
                self.told.untried.push(untried);
            }
            return;
        }
        self.before.restart();
        self.after.restart();
        self.told.sequences += 1;
        for (index, probe) in probes.iter().enumerate() {
            let (Some(before), Some(after)) = (self.before.decide(probe), self.after.decide(probe)) else {
                return;
            };
            self.told.calls += 1;
            if before != after {
                // A call before the last differs for a reason of its own, which was met alone before.
                let is_last = index + 1 == probes.len();
                let kind = if is_last || kind == Kind::Cost { kind } else { Kind::Plain };
                self.differs(kind, probes.get(..=index).unwrap_or(&[]), before, after);
                return;
            }
        }
    }

    fn differs(&mut self, kind: Kind, probes: &[Probe], before: Decision, after: Decision) {
        let Some(probe) = probes.last() else { return };
        let why = (self.why)(kind, probe, before, after);
        let cause = (why.clone(), before, after);
        let known = self.causes.iter().position(|known| *known == cause);
        if let Some(known) = known.and_then(|index| self.told.differences.get_mut(index)) {
            known.more += 1;
            return;
        }
        self.causes.push(cause);
        self.told.differences.push(DifferingCall {
            scenario: scenario(probes),
            tool: probe.tool.clone(),
            arguments: Json::Object(probe.arguments.clone()).to_string(),
            before,
            after,
            more: 0,
            why,
        });
    }
}

fn probe(tool: &str, arguments: &Map<String, Json>, after_ms: i64) -> Probe {
    let at_ms = MORNING.as_millis() + after_ms;
    Probe { tool: tool.to_string(), arguments: arguments.clone(), grant: "agent", session: "", at_ms }
}

/// The first instant of the window after the one that the morning lies in.
fn next_window(seconds: u64) -> i64 {
    let length = i64::try_from(seconds).unwrap_or(86_400).saturating_mul(1_000);
    (MORNING.as_millis().div_euclid(length) + 1).saturating_mul(length)
}

/// The calls as a scenario: calls that are the same are one burst.
fn scenario(probes: &[Probe]) -> Scenario {
    let start = probes.first().map_or(MORNING, |probe| Timestamp::from_millis(probe.at_ms));
    let mut blocks = Vec::new();
    for same in probes.chunk_by(|one, other| one == other) {
        let Some(probe) = same.first() else { continue };
        let call = CallKind {
            tool: probe.tool.clone(),
            grant: probe.grant.to_string(),
            session: probe.session.to_string(),
            args: Args::parse(&Json::Object(probe.arguments.clone()).to_string())
                .filter(|_| !probe.arguments.is_empty()),
            ..CallKind::default()
        };
        let times = u64::try_from(same.len()).unwrap_or(1);
        let shape = if times == 1 { Shape::Call { call } } else { Shape::Burst { call, times } };
        let after = probe.at_ms - start.as_millis();
        blocks.push(Block::new(shape, u64::try_from(after).unwrap_or(0)));
    }
    Scenario { start, blocks }
}
