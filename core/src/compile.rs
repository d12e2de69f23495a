//! Policy → compiled policy, or every error at once.
//!
//! Only a [`CompiledPolicy`] can be evaluated. It is immutable, and it exists only
//! where the document had no error at all: nothing is dropped or repaired on the way.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::amount::Amount;
use crate::bounds::Bounds;
use crate::diagnostic::{Code, Diagnostic};
use crate::legible::legible;
use crate::operator::Test;
use crate::parse::Parsed;
use crate::path::{ArgPath, PathTree};
use crate::pattern::Patterns;
use crate::pointer::{Pointer, RuleId};
use crate::policy::{Condition, DefaultDecision, Limit, Op, Rule, Scope, ToolPolicy, Window};
use crate::source::Source;
use crate::spread::SpreadMap;
use crate::value::Value;

/// A policy that was checked and can be evaluated.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    default: DefaultDecision,
    hide_all: Option<usize>,
    hidden: SpreadMap<Box<str>, usize>,
    tools: SpreadMap<Box<str>, usize>,
    names: Vec<Box<str>>,
    /// What is said of each listed tool, in their order.
    targets: Vec<Target>,
    /// What the calls of each listed tool are held to, in their order, where it has something of its own.
    checks: Vec<Option<Checks>>,
    /// What those of any other tool are held to.
    shared: Checks,
    rules: Vec<CompiledRule>,
    limits: Vec<CompiledLimit>,
    layout: Arc<[CounterKey]>,
    bounds: Bounds,
    /// What tells it from every other policy, its copies aside.
    identity: Arc<()>,
}

/// What a call of one tool is held to: the tool's own rules and limits, then those of all tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checks {
    /// The arguments that the rules and limits name.
    pub(crate) arguments: PathTree,
    pub(crate) require: Vec<usize>,
    pub(crate) deny_if: Vec<usize>,
    pub(crate) require_approval: Vec<usize>,
    pub(crate) limits: Vec<CheckedLimit>,
    /// So many of the limits are the tool's own.
    pub(crate) own_limits: usize,
    /// Whether some limit is of this scope.
    pub(crate) by_grant: bool,
    pub(crate) by_session: bool,
}

/// A limit as it counts one tool's calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CheckedLimit {
    /// Of all limits of the policy.
    pub(crate) index: usize,
    /// The argument that says what a call costs, of those that are named.
    pub(crate) cost: Option<usize>,
}

/// A rule with its names made once.
#[derive(Clone, Debug)]
pub struct CompiledRule {
    /// Which list it stands in.
    pub list: RuleList,
    /// All of them must hold. Without conditions it always holds.
    pub conditions: Vec<CompiledCondition>,
    /// The author's own message.
    pub on_deny: Option<String>,
    /// The rule's name in a decision log.
    pub rule: RuleId,
    /// What tells the rule from the others of its list: `args.amount-gt`.
    pub label: String,
    /// The rule's place in the document.
    pub pointer: Pointer,
}

/// The list that a rule stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleList {
    /// Every rule must hold.
    Require,
    /// Any rule that holds denies.
    DenyIf,
    /// Any rule that holds asks a person.
    RequireApproval,
}

/// A condition, ready to be asked.
#[derive(Clone, Debug)]
pub struct CompiledCondition {
    /// The argument.
    pub path: ArgPath,
    /// The operator's name.
    pub op: Op,
    /// What it compares with, as written.
    pub value: Value,
    /// The condition's place in the document.
    pub pointer: Pointer,
    /// The argument's slot, of the tool's.
    pub(crate) slot: usize,
    pub(crate) test: Test,
}

/// A limit with its names made once.
#[derive(Clone, Debug)]
pub struct CompiledLimit {
    /// The counter's name.
    pub counter: String,
    /// The span of time counted over.
    pub window: Window,
    /// The most that fits.
    pub max: Amount,
    /// Who shares the counter.
    pub scope: Scope,
    /// The argument that says what a call costs; none where each costs 1.
    pub increment_from: Option<ArgPath>,
    /// The tool whose calls are counted; none where every tool's are.
    pub tool: Option<String>,
    /// The author's own message.
    pub on_deny: Option<String>,
    /// The rule's name in a decision log.
    pub rule: RuleId,
    /// The limit's place in the document.
    pub pointer: Pointer,
}

/// What makes a counter the same one in two policies: its place and name, its window, and who shares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CounterKey {
    pub(crate) rule: RuleId,
    pub(crate) window: Window,
    pub(crate) scope: Scope,
}

impl CompiledLimit {
    /// The limit in words: `10 per minute`.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("{} per {}", self.max, self.window)
    }
}

/// What a policy says of a tool before any rule is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Item `0` of `hide` names it.
    Hidden(usize),
    /// `tools` lists it, as number `0`.
    Listed(usize),
    /// `tools` does not list it.
    Unlisted,
}

impl CompiledPolicy {
    /// What happens to a tool that is not listed.
    #[must_use]
    pub const fn default_decision(&self) -> DefaultDecision {
        self.default
    }

    /// The listed tools, in the document's order.
    pub fn tool_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The tools that `hide` names, in its order; `"*"` is none.
    pub fn hidden_names(&self) -> impl Iterator<Item = &str> {
        let places = self.hidden.values().max().map_or(0, |last| last + 1);
        let mut names = alloc::vec![""; places];
        for (name, index) in &self.hidden {
            if let Some(place) = names.get_mut(*index) {
                *place = name;
            }
        }
        // A name that `hide` has twice leaves a place empty, and so does an empty name.
        names.into_iter().filter(|name| !matches!(*name, "" | "*"))
    }

    /// Every rule: the tools' in the document's order, then `all_tools`'.
    #[must_use]
    pub fn rules(&self) -> &[CompiledRule] {
        &self.rules
    }

    /// Every limit: the tools' in the document's order, then `all_tools`'.
    #[must_use]
    pub fn limits(&self) -> &[CompiledLimit] {
        &self.limits
    }

    /// The paths of the arguments that a call of this tool is judged by, each with whether a rule looks into the lists
    /// and objects that it finds there.
    pub fn arguments_of(&self, tool: &str) -> impl Iterator<Item = (&ArgPath, bool)> {
        self.checks(self.target(tool)).arguments.slots()
    }

    /// The same for every tool that the policy does not name.
    pub fn arguments_of_unlisted(&self) -> impl Iterator<Item = (&ArgPath, bool)> {
        self.checks(Target::Unlisted).arguments.slots()
    }

    /// The bounds that its messages are held to.
    #[must_use]
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Whether a tool is left out of `tools/list`.
    #[must_use]
    pub fn hides(&self, tool: &str) -> bool {
        matches!(self.target(tool), Target::Hidden(_))
    }

    /// A limit's counter for people: its name, and of which tool where another list has the same.
    #[must_use]
    pub fn counter_in_words(&self, limit: &CompiledLimit) -> String {
        let name = legible(&limit.counter);
        let same = self.limits.iter().filter(|other| other.counter == limit.counter).count();
        match &limit.tool {
            _ if same < 2 => name,
            Some(tool) => format!("{name} of {}", legible(tool)),
            None => format!("{name} of all tools"),
        }
    }

    pub(crate) fn target(&self, tool: &str) -> Target {
        let hidden = self.hidden.get(tool).copied().or(self.hide_all);
        match (hidden, self.tools.get(tool)) {
            (Some(index), _) => Target::Hidden(index),
            (None, Some(index)) => Target::Listed(*index),
            (None, None) => Target::Unlisted,
        }
    }

    /// The same of a listed tool, by its place among [`tool_names`](Self::tool_names).
    pub(crate) fn target_of_listed(&self, place: usize) -> Target {
        self.targets.get(place).copied().unwrap_or(Target::Unlisted)
    }

    /// What a call of this target is held to.
    pub(crate) fn checks(&self, target: Target) -> &Checks {
        static NONE: Checks = Checks {
            arguments: PathTree::EMPTY,
            require: Vec::new(),
            deny_if: Vec::new(),
            require_approval: Vec::new(),
            limits: Vec::new(),
            own_limits: 0,
            by_grant: false,
            by_session: false,
        };
        let checks = match target {
            Target::Hidden(_) => None,
            Target::Listed(index) => {
                Some(self.checks.get(index).and_then(Option::as_ref).unwrap_or(&self.shared))
            }
            Target::Unlisted => Some(&self.shared),
        };
        checks.unwrap_or(&NONE)
    }

    /// The limits that a call of this target meets, in the order in which they are checked.
    pub(crate) fn limits_of(&self, target: Target) -> impl Iterator<Item = (CheckedLimit, &CompiledLimit)> {
        let limits = self.checks(target).limits.iter();
        limits.filter_map(|checked| Some((*checked, self.limits.get(checked.index)?)))
    }

    /// The same policy with another `max` of one limit.
    pub(crate) fn with_max(&self, limit: usize, max: Amount) -> Self {
        let mut changed = Self { identity: Arc::new(()), ..self.clone() };
        if let Some(limit) = changed.limits.get_mut(limit) {
            limit.max = max;
        }
        changed
    }

    pub(crate) const fn identity(&self) -> &Arc<()> {
        &self.identity
    }

    /// What counters must fit: two policies with the same counters in the same order are alike.
    pub(crate) const fn layout(&self) -> &Arc<[CounterKey]> {
        &self.layout
    }
}

/// Checks a parsed document and makes it ready to evaluate.
///
/// # Errors
///
/// Every diagnostic of the document, those of [`parse`](crate::parse()) included, in the order of the text.
///
/// ```
/// use gatewright_core::{compile, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"pytest": {}}}"#));
/// assert_eq!(policy.unwrap().tool_names().collect::<Vec<_>>(), ["pytest"]);
/// ```
pub fn compile(parsed: &Parsed) -> Result<CompiledPolicy, Vec<Diagnostic>> {
    if !parsed.diagnostics.is_empty() {
        return Err(parsed.diagnostics.clone());
    }
    let policy = &parsed.policy;
    let mut compiler = Compiler {
        source: &parsed.source,
        patterns: parsed.patterns.clone(),
        rules: Vec::new(),
        limits: Vec::new(),
        found: Vec::new(),
    };
    // The arguments that rules of all tools name come first, so that their slots are the same in every tool.
    let mut shared = Checks::default();
    name_arguments(&policy.all_tools, &mut shared.arguments);
    let mut checks = Vec::new();
    let place = Pointer::root().key("tools");
    for (name, tool) in &policy.tools {
        if *tool == ToolPolicy::default() {
            checks.push(None);
            continue;
        }
        let mut own = shared.clone();
        compiler.add(tool, &place.key(name), Some(name), &mut own);
        own.own_limits = own.limits.len();
        checks.push(Some(own));
    }
    compiler.add(&policy.all_tools, &Pointer::root().key("all_tools"), None, &mut shared);
    for own in checks.iter_mut().flatten() {
        own.take_over(&shared);
    }
    if !compiler.found.is_empty() {
        return Err(compiler.found);
    }
    let mut hidden = SpreadMap::default();
    for (index, name) in policy.hide.iter().enumerate() {
        hidden.entry(name.as_str().into()).or_insert(index);
    }
    let names: Vec<Box<str>> = policy.tools.iter().map(|(name, _)| name.as_str().into()).collect();
    let layout = compiler.limits.iter().map(|limit| CounterKey {
        rule: limit.rule.clone(),
        window: limit.window,
        scope: limit.scope,
    });
    let hide_all = policy.hide.iter().position(|name| name == "*");
    let targets =
        names.iter().enumerate().map(|(place, name)| match hidden.get(name).copied().or(hide_all) {
            Some(item) => Target::Hidden(item),
            None => Target::Listed(place),
        });
    Ok(CompiledPolicy {
        default: policy.default,
        hide_all,
        targets: targets.collect(),
        hidden,
        tools: names.iter().enumerate().map(|(index, name)| (name.clone(), index)).collect(),
        names,
        checks,
        shared,
        layout: layout.collect(),
        rules: compiler.rules,
        limits: compiler.limits,
        bounds: *parsed.patterns.bounds(),
        identity: Arc::new(()),
    })
}

/// Gives every argument of a tool's rules a slot.
fn name_arguments(tool: &ToolPolicy, arguments: &mut PathTree) {
    for rule in tool.require.iter().chain(&tool.deny_if).chain(&tool.require_approval) {
        for condition in &rule.conditions {
            arguments.add(&condition.path, false);
        }
    }
}

impl Checks {
    /// Adds the rules and limits of all tools after the tool's own.
    fn take_over(&mut self, shared: &Self) {
        self.require.extend(&shared.require);
        self.deny_if.extend(&shared.deny_if);
        self.require_approval.extend(&shared.require_approval);
        self.limits.extend(&shared.limits);
        self.by_grant |= shared.by_grant;
        self.by_session |= shared.by_session;
        self.arguments.add_all(&shared.arguments);
    }
}

struct Compiler<'s> {
    source: &'s Source,
    patterns: Patterns,
    rules: Vec<CompiledRule>,
    limits: Vec<CompiledLimit>,
    found: Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn add(&mut self, policy: &ToolPolicy, place: &Pointer, tool: Option<&str>, checks: &mut Checks) {
        let Checks { arguments, .. } = checks;
        checks.require = self.rules(&policy.require, &place.key("require"), RuleList::Require, arguments);
        checks.deny_if = self.rules(&policy.deny_if, &place.key("deny_if"), RuleList::DenyIf, arguments);
        let approval = place.key("require_approval");
        checks.require_approval =
            self.rules(&policy.require_approval, &approval, RuleList::RequireApproval, arguments);
        self.limits(&policy.limits, &place.key("limits"), tool, checks);
    }

    /// Adds a list of rules to all of them, and returns their indexes.
    fn rules(
        &mut self,
        rules: &[Rule],
        place: &Pointer,
        list: RuleList,
        arguments: &mut PathTree,
    ) -> Vec<usize> {
        let first = self.rules.len();
        let mut times: HashMap<String, usize> = HashMap::new();
        for (index, rule) in rules.iter().enumerate() {
            let pointer = place.index(index);
            let mut label = label(rule);
            let time = times.entry(label.clone()).or_default();
            *time += 1;
            if *time > 1 {
                label.push_str(&format!("#{time}"));
            }
            let mut conditions = Vec::new();
            for (index, condition) in rule.conditions.iter().enumerate() {
                let pointer = pointer.key("conditions").index(index);
                match self.condition(condition, pointer.clone(), arguments) {
                    Some(condition) => conditions.push(condition),
                    None => self.cannot_be_asked(pointer),
                }
            }
            self.rules.push(CompiledRule {
                list,
                conditions,
                on_deny: rule.on_deny.clone(),
                rule: RuleId::of(place, &label),
                label,
                pointer,
            });
        }
        (first..self.rules.len()).collect()
    }

    fn condition(
        &mut self,
        condition: &Condition,
        pointer: Pointer,
        arguments: &mut PathTree,
    ) -> Option<CompiledCondition> {
        let Condition { path, op, value } = condition.clone();
        let test = Test::new(op, &value, &mut self.patterns).ok()?;
        let slot = arguments.add(&path, test.looks_inside());
        Some(CompiledCondition { path, op, value, pointer, slot, test })
    }

    /// No text that was parsed has such a condition; a policy that was changed afterwards may.
    fn cannot_be_asked(&mut self, pointer: Pointer) {
        let range = self.source.find(&pointer).map_or(0..0, |node| node.range.clone());
        self.found.push(Diagnostic {
            code: Code::WrongType,
            location: self.source.location(&range),
            pointer,
            message: "the operator does not take this value".to_string(),
            help: None,
            related: Vec::new(),
            fix: None,
        });
    }

    /// Adds a list of limits to all of them.
    fn limits(&mut self, list: &[Limit], place: &Pointer, tool: Option<&str>, checks: &mut Checks) {
        for (index, limit) in list.iter().enumerate() {
            let cost = limit.increment_from.as_ref().map(|path| checks.arguments.add(path, false));
            checks.limits.push(CheckedLimit { index: self.limits.len(), cost });
            checks.by_grant |= limit.scope == Scope::Grant;
            checks.by_session |= limit.scope == Scope::Session;
            self.limits.push(CompiledLimit {
                counter: limit.counter.clone(),
                window: limit.window,
                max: limit.max,
                scope: limit.scope,
                increment_from: limit.increment_from.clone(),
                tool: tool.map(ToString::to_string),
                on_deny: limit.on_deny.clone(),
                rule: RuleId::of(place, &limit.counter),
                pointer: place.index(index),
            });
        }
    }
}

/// `args.amount-gt`, of several conditions joined by `+`, and `always` where there is none.
fn label(rule: &Rule) -> String {
    let conditions = rule.conditions.iter().map(|condition| format!("{}-{}", condition.path, condition.op));
    let label = conditions.collect::<Vec<_>>().join("+");
    if label.is_empty() { "always".to_string() } else { label }
}
