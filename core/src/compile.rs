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
use crate::diagnostic::Diagnostic;
use crate::legible::legible;
use crate::parse::Parsed;
use crate::pointer::{Pointer, RuleId};
use crate::policy::{DefaultDecision, Limit, Scope, Window};

/// A policy that was checked and can be evaluated.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    default: DefaultDecision,
    hide_all: Option<usize>,
    hidden: HashMap<Box<str>, usize>,
    tools: HashMap<Box<str>, usize>,
    tool_limits: Vec<ToolLimits>,
    all_tools: Vec<usize>,
    limits: Vec<CompiledLimit>,
    layout: Arc<str>,
}

#[derive(Clone, Debug)]
struct ToolLimits {
    name: Box<str>,
    limits: Vec<usize>,
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
    /// The tool whose calls are counted; none where every tool's are.
    pub tool: Option<String>,
    /// The author's own message.
    pub on_deny: Option<String>,
    /// The rule's name in a decision log.
    pub rule: RuleId,
    /// The limit's place in the document.
    pub pointer: Pointer,
}

impl CompiledLimit {
    /// The limit in words: `10 per minute`.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("{} per {}", self.max, self.window)
    }
}

/// What a policy says of a tool before any limit is looked at.
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
        self.tool_limits.iter().map(|tool| &*tool.name)
    }

    /// Every limit: the tools' in the document's order, then `all_tools`'.
    #[must_use]
    pub fn limits(&self) -> &[CompiledLimit] {
        &self.limits
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

    /// The tool's own limits.
    pub(crate) fn own_limits(&self, target: Target) -> &[usize] {
        match target {
            Target::Listed(index) => self.tool_limits.get(index).map_or(&[], |tool| &tool.limits),
            Target::Hidden(_) | Target::Unlisted => &[],
        }
    }

    /// The limits over every call.
    pub(crate) fn all_tools_limits(&self) -> &[usize] {
        &self.all_tools
    }

    /// The limits that a call of this target meets, in the order in which they are checked.
    pub(crate) fn limits_of(&self, target: Target) -> impl Iterator<Item = (usize, &CompiledLimit)> {
        let indexes = self.own_limits(target).iter().chain(&self.all_tools);
        indexes.filter_map(|index| Some((*index, self.limits.get(*index)?)))
    }

    /// What counters must fit: two policies with the same tools, and the same counters at the same places, are alike.
    pub(crate) const fn layout(&self) -> &Arc<str> {
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
    let mut limits = Vec::new();
    let mut tools = HashMap::new();
    let mut tool_limits = Vec::new();
    let place = Pointer::root().key("tools");
    for (name, tool) in &policy.tools {
        let name: Box<str> = name.as_str().into();
        tools.insert(name.clone(), tool_limits.len());
        let own = compile_limits(&tool.limits, &place.key(&name), Some(&name), &mut limits);
        tool_limits.push(ToolLimits { name, limits: own });
    }
    let place = Pointer::root().key("all_tools");
    let all_tools = compile_limits(&policy.all_tools.limits, &place, None, &mut limits);
    let mut hidden = HashMap::new();
    for (index, name) in policy.hide.iter().enumerate() {
        hidden.entry(name.as_str().into()).or_insert(index);
    }
    let layout = layout(&tool_limits, &limits);
    Ok(CompiledPolicy {
        default: policy.default,
        hide_all: policy.hide.iter().position(|name| name == "*"),
        hidden,
        tools,
        tool_limits,
        all_tools,
        limits,
        layout,
    })
}

/// Adds a list of limits to all of them, and returns their indexes.
fn compile_limits(
    list: &[Limit],
    place: &Pointer,
    tool: Option<&str>,
    all: &mut Vec<CompiledLimit>,
) -> Vec<usize> {
    let place = place.key("limits");
    let first = all.len();
    all.extend(list.iter().enumerate().map(|(index, limit)| CompiledLimit {
        counter: limit.counter.clone(),
        window: limit.window,
        max: limit.max,
        scope: limit.scope,
        tool: tool.map(ToString::to_string),
        on_deny: limit.on_deny.clone(),
        rule: RuleId::limit(&place, &limit.counter),
        pointer: place.index(index),
    }));
    (first..all.len()).collect()
}

/// The tools, and the counters' places and windows, in their order.
fn layout(tools: &[ToolLimits], limits: &[CompiledLimit]) -> Arc<str> {
    let tools = tools.iter().map(|tool| format!("{:?}\n", tool.name));
    let limits = limits.iter().map(|limit| format!("{:?} {}\n", limit.rule.as_str(), limit.window));
    tools.chain(limits).collect::<String>().into()
}
