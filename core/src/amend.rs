//! What a policy says of a tool as one word, and another word as text edits.
//!
//! A tool is allowed, denied, hidden, waits for approval, or has rules of its own. To deny one that has rules adds a
//! rule that always holds and takes nothing away, so that going back gives the same bytes; only to allow it, or to ask
//! for approval of each of its calls, takes rules away.
//!
//! The rule that is added says by its spelling how much was made to hold it: nothing but itself, its list, its tool, or
//! `tools` as well. So that much goes with it, and an empty list that somebody left stays.
//!
//! States are read off the text as it stands, faults included. What a policy with faults decides is another matter:
//! nothing, before it is repaired.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::diagnostic::Edit;
use crate::pointer::Pointer;
use crate::policy::DefaultDecision;
use crate::source::{EditError, Member, Node, Source, Value};
use change::Change;

mod change;

/// What a policy says of a tool, as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ToolState {
    /// It may be called, and nothing is held against its calls: it is listed with nothing in it, or not listed under
    /// `default: allow`.
    Allow,
    /// Every call is denied: it is not listed under `default: deny`, or a rule of its `deny_if` has no conditions.
    Deny,
    /// It is in `hide`, or all tools are.
    Hide,
    /// A person is asked before each call: its only rules ask for approval, and one of them has no conditions. It may
    /// have limits.
    Approval,
    /// Anything else: it has rules or limits of its own.
    Custom,
}

impl ToolState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Allow, Self::Deny, Self::Hide, Self::Approval, Self::Custom];
}

/// Why a state cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmendError {
    /// `hide` names every tool: one of them cannot leave it.
    EveryToolHidden,
    /// Nothing of its own is there that would make it more than a word.
    NothingOfItsOwn,
    /// The text cannot be edited there.
    Edit(EditError),
}

impl fmt::Display for AmendError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EveryToolHidden => out.write_str(
                "`hide` has `*`, which hides every tool: take that out first, and name the tools to hide",
            ),
            Self::NothingOfItsOwn => out.write_str("there are no rules or limits of its own: add one"),
            Self::Edit(error) => error.fmt(out),
        }
    }
}

impl From<EditError> for AmendError {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

/// What stands under a tool, or under `all_tools`, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Rules in `require`.
    pub require: usize,
    /// Rules in `deny_if`.
    pub deny_if: usize,
    /// Rules in `require_approval`.
    pub require_approval: usize,
    /// Limits.
    pub limits: usize,
    /// Rules in `deny_if` without conditions.
    always_deny: usize,
    /// Rules in `require_approval` without conditions.
    always_ask: usize,
    /// It is no object, and nothing can be said of it.
    is_odd: bool,
}

impl Holdings {
    fn of(node: &Node) -> Self {
        let Value::Object(members) = &node.value else { return Self { is_odd: true, ..Self::default() } };
        let list = |name| get(members, name).map_or(&[][..], items);
        let always = |name| list(name).iter().filter(|item| is_always(item)).count();
        Self {
            require: list("require").len(),
            deny_if: list("deny_if").len(),
            require_approval: list("require_approval").len(),
            limits: list("limits").len(),
            always_deny: always("deny_if"),
            always_ask: always("require_approval"),
            is_odd: false,
        }
    }

    /// How many rules, of whatever kind.
    #[must_use]
    pub const fn rules(&self) -> usize {
        self.require + self.deny_if + self.require_approval
    }

    /// How many rules that have conditions: without one, a rule says no more than a state does.
    #[must_use]
    pub const fn conditional(&self) -> usize {
        self.rules() - self.always_deny - self.always_ask
    }

    const fn state(&self) -> ToolState {
        if self.is_odd {
            ToolState::Custom
        } else if self.always_deny > 0 {
            ToolState::Deny
        } else if self.rules() + self.limits == 0 {
            ToolState::Allow
        } else if self.always_ask > 0 && self.require + self.deny_if == 0 {
            ToolState::Approval
        } else {
            ToolState::Custom
        }
    }

    /// Without the rules that deny whatever is asked.
    const fn without_denial(self) -> Self {
        Self { deny_if: self.deny_if - self.always_deny, always_deny: 0, ..self }
    }

    /// Without the rules that ask whatever is asked.
    const fn without_asking(self) -> Self {
        Self { require_approval: self.require_approval - self.always_ask, always_ask: 0, ..self }
    }
}

/// What a document says of every tool. To ask for many tools, make one and ask it.
#[derive(Clone, Debug)]
pub struct ToolStates<'s> {
    default: DefaultDecision,
    hides_all: bool,
    hidden: Vec<&'s str>,
    listed: BTreeMap<&'s str, Holdings>,
    all_tools: Holdings,
}

impl<'s> ToolStates<'s> {
    /// Reads a document. Without a `default` that can be read, tools that are not listed count as denied.
    #[must_use]
    pub fn of(source: &'s Source) -> Self {
        let root = members(source.root());
        let is_allow = matches!(get(root, "default").map(|node| &node.value), Some(Value::Text(word)) if word == "allow");
        let hide = get(root, "hide").map_or(&[][..], items);
        let mut hidden: Vec<&str> = hide.iter().filter_map(text).collect();
        hidden.sort_unstable();
        let mut listed = BTreeMap::new();
        for member in get(root, "tools").map_or(&[][..], members) {
            // Of equal keys the first; that there are two is an error already.
            listed.entry(member.key.as_str()).or_insert_with(|| Holdings::of(&member.node));
        }
        Self {
            default: if is_allow { DefaultDecision::Allow } else { DefaultDecision::Deny },
            hides_all: hidden.binary_search(&"*").is_ok(),
            hidden,
            listed,
            all_tools: get(root, "all_tools").map(Holdings::of).unwrap_or_default(),
        }
    }

    /// What it says of a tool.
    #[must_use]
    pub fn of_tool(&self, name: &str) -> ToolState {
        if self.hides_all || self.is_hidden(name) { ToolState::Hide } else { self.beneath(name) }
    }

    /// What it says of all tools together. Under that, each has a state of its own.
    #[must_use]
    pub fn of_all_tools(&self) -> ToolState {
        if self.hides_all { ToolState::Hide } else { self.all_tools.state() }
    }

    /// What happens to tools that are not listed.
    #[must_use]
    pub const fn default_decision(&self) -> DefaultDecision {
        self.default
    }

    /// What stands under a tool; none where it is not listed.
    #[must_use]
    pub fn holdings(&self, name: &str) -> Option<Holdings> {
        self.listed.get(name).copied()
    }

    /// What stands under `all_tools`.
    #[must_use]
    pub const fn holdings_of_all_tools(&self) -> Holdings {
        self.all_tools
    }

    /// The tools that the document names, in `tools` or in `hide`: each once, in the order of their names.
    #[must_use]
    pub fn names(&self) -> Vec<&'s str> {
        let mut names: Vec<&str> = self.listed.keys().copied().collect();
        names.extend(self.hidden.iter().copied().filter(|name| *name != "*"));
        names.sort_unstable();
        names.dedup();
        names
    }

    fn is_hidden(&self, name: &str) -> bool {
        self.hidden.binary_search(&name).is_ok()
    }

    /// What it would be if it were not hidden.
    fn beneath(&self, name: &str) -> ToolState {
        match (self.listed.get(name), self.default) {
            (Some(own), _) => own.state(),
            (None, DefaultDecision::Allow) => ToolState::Allow,
            (None, DefaultDecision::Deny) => ToolState::Deny,
        }
    }
}

/// What a document says of a tool.
///
/// ```
/// use gatewright_core::amend::{ToolState, tool_state};
/// use gatewright_core::source::Source;
/// let source = Source::new(r#"{"version": "1", "default": "deny", "tools": {"ls": {}}}"#);
/// assert_eq!(tool_state(&source, "ls"), ToolState::Allow);
/// assert_eq!(tool_state(&source, "rm"), ToolState::Deny);
/// ```
#[must_use]
pub fn tool_state(source: &Source, tool: &str) -> ToolState {
    ToolStates::of(source).of_tool(tool)
}

/// The edits after which a document says this of a tool.
///
/// ```
/// use gatewright_core::amend::{ToolState, set_tool_state};
/// use gatewright_core::diagnostic::apply;
/// use gatewright_core::source::Source;
/// let text = r#"{"version": "1", "default": "deny", "tools": {"ls": {} /* safe */}}"#;
/// let edits = set_tool_state(&Source::new(text), "ls", ToolState::Deny).unwrap();
/// let denied = apply(text, &edits).unwrap();
/// assert!(denied.ends_with(r#"{"ls": {"deny_if": [{ "conditions": [] }]} /* safe */}}"#), "{denied}");
/// let edits = set_tool_state(&Source::new(&denied), "ls", ToolState::Allow).unwrap();
/// assert_eq!(apply(&denied, &edits).unwrap(), text);
/// ```
///
/// # Errors
///
/// Where `hide` has `*` and the tool is to leave it; where it is to be [`Custom`](ToolState::Custom) and has nothing of
/// its own; and where the text cannot be edited.
pub fn set_tool_state(source: &Source, tool: &str, state: ToolState) -> Result<Vec<Edit>, AmendError> {
    set_tool_states(source, &[tool], state)
}

/// The same for several tools, as one list of edits.
///
/// # Errors
///
/// The first that [`set_tool_state`] would have: then there are no edits at all.
pub fn set_tool_states(source: &Source, tools: &[&str], state: ToolState) -> Result<Vec<Edit>, AmendError> {
    let states = ToolStates::of(source);
    let mut change = Change::new(source, &states);
    let mut seen = BTreeSet::new();
    for tool in tools.iter().filter(|tool| seen.insert(**tool)) {
        change.set_tool(tool, state)?;
    }
    change.edits()
}

/// The edits after which a document says this of all tools together: with [`Hide`](ToolState::Hide), `hide` has `*`.
///
/// # Errors
///
/// Where it is to be [`Custom`](ToolState::Custom) and there is nothing, and where the text cannot be edited.
pub fn set_all_tools_state(source: &Source, state: ToolState) -> Result<Vec<Edit>, AmendError> {
    let states = ToolStates::of(source);
    let mut change = Change::new(source, &states);
    change.set_all_tools(state)?;
    change.edits()
}

/// The edits after which tools that are not listed are allowed or denied.
///
/// # Errors
///
/// Where the text cannot be edited.
pub fn set_default(source: &Source, decision: DefaultDecision) -> Result<Vec<Edit>, EditError> {
    let word = match decision {
        DefaultDecision::Allow => "\"allow\"",
        DefaultDecision::Deny => "\"deny\"",
    };
    let place = Pointer::root().key("default");
    let root = members(source.root());
    let version = root.iter().position(|member| member.key == "version");
    match (get(root, "default"), version) {
        (None, Some(version)) => source.insert_member(&Pointer::root(), version + 1, "default", word),
        _ => source.set(&place, word),
    }
}

fn members(node: &Node) -> &[Member] {
    if let Value::Object(members) = &node.value { members } else { &[] }
}

fn items(node: &Node) -> &[Node] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

fn text(node: &Node) -> Option<&str> {
    if let Value::Text(text) = &node.value { Some(text) } else { None }
}

fn get<'s>(members: &'s [Member], key: &str) -> Option<&'s Node> {
    members.iter().find(|member| member.key == key).map(|member| &member.node)
}

/// Whether a rule has no conditions, so that it holds whatever is asked.
fn is_always(rule: &Node) -> bool {
    let conditions = get(members(rule), "conditions").map(|node| &node.value);
    matches!(conditions, Some(Value::List(items)) if items.is_empty())
}

fn quoted(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

#[cfg(test)]
mod tests;
