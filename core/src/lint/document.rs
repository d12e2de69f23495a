//! A policy as lints look at it: each rule and limit with its place in the text, and the tool that it holds for.

use alloc::vec::Vec;
use core::cell::Cell;
use core::ops::Range;

use hashbrown::{HashMap, HashSet};

use super::schema::Schema;
use crate::operator::Test;
use crate::parse::Parsed;
use crate::pattern::Patterns;
use crate::pointer::Pointer;
use crate::policy::{Condition, DefaultDecision, Limit, Policy, Rule, ToolPolicy};
use crate::source::{Member, Node, Source, Value};
use crate::tool::ToolDefinition;

/// A policy without errors, and the server's tools, if they are known.
pub(super) struct Document<'a> {
    pub(super) source: &'a Source,
    pub(super) policy: &'a Policy,
    pub(super) root: Spot<'a>,
    /// The server's tools by name; empty where they are not known.
    pub(super) known: HashMap<&'a str, &'a ToolDefinition>,
    /// Their names, in the server's order.
    pub(super) known_names: Vec<&'a str>,
    /// The listed tools, in the order of the text.
    pub(super) tools: Vec<Place<'a>>,
    /// What holds for every call.
    pub(super) all: Place<'a>,
    /// Whether `hide` has `*`.
    pub(super) hides_all: bool,
    hidden: HashSet<&'a str>,
    listed: HashSet<&'a str>,
    /// What may still be spent on making up calls: a document of thousands of rules is not tried for ever.
    effort: Cell<usize>,
}

/// How many conditions are asked, at most, to make up calls.
const MOST_EFFORT: usize = 2_000_000;

/// Where something stands: in the structure, and in the text.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    pub(super) pointer: Pointer,
    pub(super) node: &'a Node,
    key: Option<&'a Range<usize>>,
}

/// What holds for the calls of one tool, or of all.
pub(super) struct Place<'a> {
    /// The tool; none for `all_tools`.
    pub(super) tool: Option<&'a str>,
    pub(super) spot: Spot<'a>,
    pub(super) rules: Vec<RuleAt<'a>>,
    pub(super) limits: Vec<LimitAt<'a>>,
    /// Whether a call can get as far as its rules.
    pub(super) reachable: bool,
    pub(super) definition: Option<&'a ToolDefinition>,
}

/// A list of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Require,
    DenyIf,
    RequireApproval,
}

pub(super) struct RuleAt<'a> {
    pub(super) stage: Stage,
    pub(super) rule: &'a Rule,
    pub(super) spot: Spot<'a>,
    pub(super) asks: Vec<Ask<'a>>,
}

/// A condition, ready to be asked.
pub(super) struct Ask<'a> {
    pub(super) condition: &'a Condition,
    pub(super) test: Test,
    pub(super) spot: Spot<'a>,
}

pub(super) struct LimitAt<'a> {
    pub(super) limit: &'a Limit,
    pub(super) spot: Spot<'a>,
}

impl Stage {
    pub(super) const ALL: [Self; 3] = [Self::Require, Self::DenyIf, Self::RequireApproval];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::DenyIf => "deny_if",
            Self::RequireApproval => "require_approval",
        }
    }

    const fn rules(self, policy: &ToolPolicy) -> &Vec<Rule> {
        match self {
            Self::Require => &policy.require,
            Self::DenyIf => &policy.deny_if,
            Self::RequireApproval => &policy.require_approval,
        }
    }
}

impl<'a> Spot<'a> {
    /// The members of the object here.
    pub(super) fn members(&self) -> &'a [Member] {
        match &self.node.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of the list here.
    pub(super) fn items(&self) -> &'a [Node] {
        match &self.node.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn member(&self, member: &'a Member) -> Self {
        Self { pointer: self.pointer.key(&member.key), node: &member.node, key: Some(&member.key_range) }
    }

    /// The member `key`, where there is one.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        self.members().iter().find(|member| member.key == key).map(|member| self.member(member))
    }

    /// The member `key`; the object itself where it has none.
    pub(super) fn key(&self, key: &str) -> Self {
        self.get(key).unwrap_or_else(|| self.clone())
    }

    /// Item `index`; the list itself where it has none.
    pub(super) fn index(&self, index: usize) -> Self {
        match self.items().get(index) {
            Some(node) => Self { pointer: self.pointer.index(index), node, key: None },
            None => self.clone(),
        }
    }

    /// The bytes of its key, or its own where it has none.
    pub(super) fn key_range(&self) -> &'a Range<usize> {
        self.key.unwrap_or(&self.node.range)
    }
}

impl<'a> Place<'a> {
    fn new(
        tool: Option<&'a str>,
        policy: &'a ToolPolicy,
        spot: Spot<'a>,
        reachable: bool,
        patterns: &mut Patterns,
    ) -> Self {
        let mut rules = Vec::new();
        for stage in Stage::ALL {
            let list = spot.key(stage.as_str());
            for (index, rule) in stage.rules(policy).iter().enumerate() {
                rules.push(RuleAt::new(stage, rule, list.index(index), patterns));
            }
        }
        let list = spot.key("limits");
        let limits = policy.limits.iter().enumerate();
        let limits = limits.map(|(index, limit)| LimitAt { limit, spot: list.index(index) }).collect();
        Self { tool, spot, rules, limits, reachable, definition: None }
    }

    pub(super) fn rules_of(&self, stage: Stage) -> impl Iterator<Item = &RuleAt<'a>> {
        self.rules.iter().filter(move |rule| rule.stage == stage)
    }

    /// The schema of the tool's arguments, where it is known.
    pub(super) fn schema(&self) -> Option<Schema<'a>> {
        self.definition?.input_schema.as_ref().map(Schema::new)
    }
}

impl<'a> RuleAt<'a> {
    fn new(stage: Stage, rule: &'a Rule, spot: Spot<'a>, patterns: &mut Patterns) -> Self {
        let list = spot.key("conditions");
        let mut asks = Vec::new();
        for (index, condition) in rule.conditions.iter().enumerate() {
            // The document has no errors, so that every value fits its operator.
            if let Ok(test) = Test::new(condition.op, &condition.value, patterns) {
                asks.push(Ask { condition, test, spot: list.index(index) });
            }
        }
        Self { stage, rule, spot, asks }
    }
}

impl<'a> Document<'a> {
    pub(super) fn new(parsed: &'a Parsed, tools: Option<&'a [ToolDefinition]>) -> Self {
        let policy = &parsed.policy;
        let root = Spot { pointer: Pointer::root(), node: parsed.source.root(), key: None };
        let mut patterns = parsed.patterns.clone();
        let hidden: HashSet<&str> = policy.hide.iter().map(alloc::string::String::as_str).collect();
        let hides_all = hidden.contains("*");
        let mut known = HashMap::new();
        for tool in tools.unwrap_or_default() {
            known.entry(tool.name.as_str()).or_insert(tool);
        }
        let listed = root.key("tools");
        let mut places = Vec::new();
        for ((name, tool), member) in policy.tools.iter().zip(listed.members()) {
            let reachable = !hides_all && !hidden.contains(name.as_str());
            let mut place = Place::new(Some(name), tool, listed.member(member), reachable, &mut patterns);
            place.definition = known.get(name.as_str()).copied();
            places.push(place);
        }
        let reachable = !hides_all
            && (policy.default == DefaultDecision::Allow || places.iter().any(|place| place.reachable));
        let all = root.key("all_tools");
        let all = Place::new(None, &policy.all_tools, all, reachable, &mut patterns);
        let mut known_names = Vec::new();
        for tool in tools.unwrap_or_default() {
            if known.get(tool.name.as_str()).is_some_and(|first| core::ptr::eq(*first, tool)) {
                known_names.push(tool.name.as_str());
            }
        }
        Self {
            source: &parsed.source,
            policy,
            root,
            known,
            known_names,
            tools: places,
            all,
            hides_all,
            hidden,
            listed: policy.tools.iter().map(|(name, _)| name.as_str()).collect(),
            effort: Cell::new(MOST_EFFORT),
        }
    }

    /// The listed tools, then `all_tools`.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place<'a>> {
        self.tools.iter().chain([&self.all])
    }

    /// The places that a call can get to, hidden tools left out.
    pub(super) fn reachable(&self) -> impl Iterator<Item = &Place<'a>> {
        self.places().filter(|place| place.reachable)
    }

    /// Whether the policy hides a tool.
    pub(super) fn hides(&self, tool: &str) -> bool {
        self.hides_all || self.hidden.contains(tool)
    }

    /// Whether the policy lists a tool.
    pub(super) fn lists(&self, tool: &str) -> bool {
        self.listed.contains(tool)
    }

    /// Whether so much more may be spent on making up calls.
    pub(super) fn afford(&self, conditions: usize) -> bool {
        let left = self.effort.get().checked_sub(conditions);
        self.effort.set(left.unwrap_or(0));
        left.is_some()
    }

    pub(super) fn allows_by_default(&self) -> bool {
        self.policy.default == DefaultDecision::Allow
    }

    /// The rules of a list that a tool's calls meet, in the order in which they are asked.
    pub(super) fn rules_met<'d>(
        &'d self,
        place: &'d Place<'a>,
        stage: Stage,
    ) -> impl Iterator<Item = &'d RuleAt<'a>> {
        let all = place.tool.is_some().then_some(&self.all);
        place.rules_of(stage).chain(all.into_iter().flat_map(move |all| all.rules_of(stage)))
    }

    /// A tool to call where any will do: of `all_tools`, a listed one or the server's first.
    pub(super) fn some_tool(&self, place: &Place<'a>) -> &'a str {
        let listed = || self.tools.iter().find(|place| place.reachable).and_then(|place| place.tool);
        let known = || self.known_names.iter().copied().find(|name| !self.hides(name));
        place.tool.or_else(listed).or_else(known).unwrap_or("read_file")
    }

    /// A tool that may be called though it is not listed; none where every tool is known to be listed or hidden.
    pub(super) fn unlisted_tool(&self) -> Option<&'a str> {
        if !self.allows_by_default() || self.hides_all {
            return None;
        }
        let invented = self.known_names.is_empty().then_some("another_tool");
        let mut names = self.known_names.iter().copied().chain(invented);
        names.find(|name| !self.lists(name) && !self.hides(name))
    }

    /// The place of the tool that [`some_tool`](Self::some_tool) names, so that its own rules are met too.
    pub(super) fn some_place<'d>(&'d self, place: &'d Place<'a>) -> &'d Place<'a> {
        match place.tool {
            Some(_) => place,
            None => self.tools.iter().find(|place| place.reachable).unwrap_or(place),
        }
    }
}
