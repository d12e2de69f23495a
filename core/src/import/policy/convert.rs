//! Rules as they are written → the policy that says the same, or less.
//!
//! What has no equivalent closes the tool that it stands in: a rule that cannot be carried over opens no gate.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::nodes::plain_value;
use super::written::{Action, Condition, Document, Problem, RateLimit, Rule, Span, State, Tool};
use super::{Dialect, Report, play};
use crate::amount::{Amount, count};
use crate::legible::clip;
use crate::number::Decimal;
use crate::parse::parse;
use crate::path::ArgPath;
use crate::pointer::Pointer;
use crate::policy::{self, DefaultDecision, Limit, Op, Policy, Scope, ToolPolicy, Window};
use crate::value::Value;

/// What the agent is told by a tool that is closed.
const CLOSED: &str = "Denied: a rule for this tool could not be carried over into this policy.";

pub(super) fn convert(document: &Document, dialect: Dialect, report: &mut Report<'_>) -> Policy {
    let root = Pointer::root();
    let mut policy = empty_policy();
    policy.description.clone_from(&document.description);
    match &document.default {
        Some((default, place)) => {
            policy.default = *default;
            report.carry(place, root.key("default"));
        }
        None if document.whole && dialect == Dialect::Intercept => {
            policy.default = DefaultDecision::Allow;
            report.carry_as(&(0..0), "`default` left out, which is `allow`".to_string(), root.key("default"));
        }
        None => {}
    }
    for problem in &document.problems {
        report.lose(&problem.place, &problem.reason, "nothing: no call is allowed for it");
    }
    for problem in &document.closing {
        report.lose(&problem.place, &problem.reason, ALL_DENIED);
    }
    for (name, place) in &document.hide {
        report.carry(place, root.key("hide").index(policy.hide.len()));
        policy.hide.push(name.clone());
    }
    if let Some(member) = &document.all_tools {
        let read = plain_value(&member.node).and_then(|value| own(&format!("\"all_tools\": {value}")));
        if let Some(read) = read {
            policy.all_tools = read.all_tools;
        } else {
            report.lose(&member.node.range, "it is not what a policy says of all tools", ALL_DENIED);
            close(&mut policy.all_tools);
        }
    }
    for tool in &document.tools {
        if tool.name.is_empty() {
            let reason = "it does not say which tool it is about";
            report.lose(&tool.place, reason, "no tool is listed, so every call is denied");
            continue;
        }
        let is_all = tool.name == "*";
        let pointer = if is_all { root.key("all_tools") } else { root.key("tools").key(&tool.name) };
        let mut converter = Converter { tool, dialect, pointer, report, policy: ToolPolicy::default() };
        converter.tool();
        let made = converter.policy;
        if is_all {
            policy.all_tools.require.extend(made.require);
            policy.all_tools.deny_if.extend(made.deny_if);
            policy.all_tools.require_approval.extend(made.require_approval);
            policy.all_tools.limits.extend(made.limits);
        } else {
            policy.tools.push((tool.name.clone(), made));
        }
    }
    if !document.closing.is_empty() {
        close(&mut policy.all_tools);
    }
    policy
}

const ALL_DENIED: &str = "every call is denied";

pub(super) const fn empty_policy() -> Policy {
    Policy {
        default: DefaultDecision::Deny,
        description: None,
        hide: Vec::new(),
        all_tools: ToolPolicy {
            require: Vec::new(),
            deny_if: Vec::new(),
            require_approval: Vec::new(),
            limits: Vec::new(),
        },
        tools: Vec::new(),
    }
}

/// A policy with this in it, where that is one.
fn own(fields: &str) -> Option<Policy> {
    let parsed = parse(&format!("{{\"version\": \"1\", \"default\": \"deny\", {fields}}}"));
    parsed.diagnostics.is_empty().then_some(parsed.policy)
}

/// Makes every call of a tool denied, once.
pub(super) fn close(tool: &mut ToolPolicy) {
    let rule = always(Some(CLOSED.to_string()));
    if !tool.deny_if.contains(&rule) {
        tool.deny_if.push(rule);
    }
}

/// Whether a tool is closed for what could not be carried over.
pub(super) fn is_closed(tool: &ToolPolicy) -> bool {
    tool.deny_if.iter().any(|rule| rule.on_deny.as_deref() == Some(CLOSED))
}

/// A rule that always holds.
pub(super) const fn always(on_deny: Option<String>) -> policy::Rule {
    policy::Rule { conditions: Vec::new(), on_deny }
}

struct Converter<'a, 's> {
    tool: &'a Tool,
    dialect: Dialect,
    pointer: Pointer,
    report: &'a mut Report<'s>,
    policy: ToolPolicy,
}

impl Converter<'_, '_> {
    fn tool(&mut self) {
        let tool = self.tool;
        if tool.rules.is_empty() {
            self.report.carry(&tool.place, self.pointer.clone());
        }
        if !tool.own.is_empty() {
            let fields: Option<Vec<String>> = tool
                .own
                .iter()
                .map(|member| Some(format!("\"{}\": {}", member.key, plain_value(&member.node)?)))
                .collect();
            let read =
                fields.and_then(|fields| own(&format!("\"tools\": {{\"tool\": {{{}}}}}", fields.join(", "))));
            match read.and_then(|read| read.tools.into_iter().next()) {
                Some((_, read)) => {
                    self.policy = read;
                    for member in &tool.own {
                        self.report.carry(
                            &(member.key_range.start..member.node.range.end),
                            self.pointer.key(&member.key),
                        );
                    }
                }
                None => self.lose(&tool.place, "what it says in a policy's own words has errors"),
            }
        }
        for rule in &tool.rules {
            for Problem { place, reason } in &rule.beside {
                self.report.lose(place, reason, "nothing: it decides no call");
            }
            match &rule.problem {
                Some(problem) => self.lose(&problem.place, &problem.reason),
                None => self.rule(rule),
            }
        }
    }

    /// Says what cannot be carried over, and closes the tool.
    fn lose(&mut self, place: &Range<usize>, reason: &str) {
        let instead = if self.tool.name == "*" {
            ALL_DENIED.to_string()
        } else {
            format!("every call of `{}` is denied", clip(&self.tool.name))
        };
        self.report.lose(place, reason, &instead);
        close(&mut self.policy);
    }

    fn rule(&mut self, rule: &Rule) {
        let (state, arguments): (Vec<&Condition>, Vec<&Condition>) =
            rule.conditions.iter().partition(|condition| condition.path.starts_with("state."));
        match rule.action {
            Action::Deny => {
                self.report.carry(&rule.place, self.pointer.key("deny_if").index(self.policy.deny_if.len()));
                self.policy.deny_if.push(always(rule.on_deny.clone()));
                return;
            }
            Action::Approval if !state.is_empty() || rule.state.is_some() => {
                return self.lose(&rule.place, "whether a person is asked cannot depend on a counter here");
            }
            Action::Allow if rule.limit.is_none() => self.report.carry(&rule.place, self.pointer.clone()),
            Action::Approval | Action::Evaluate | Action::Allow => {}
        }
        if !arguments.is_empty() || rule.action == Action::Approval {
            self.arguments(rule, &arguments);
        }
        if let Some(limit) = &rule.limit {
            self.rate_limit(rule, limit);
        }
        match &rule.state {
            Some(counter) => self.counter(rule, counter, &state),
            None => {
                if let Some(condition) = state.first() {
                    let reason = "it looks at a counter that its own rule does not count";
                    self.lose(&condition.place, reason);
                }
            }
        }
    }

    fn arguments(&mut self, rule: &Rule, conditions: &[&Condition]) {
        let mut carried = Vec::new();
        for condition in conditions {
            let Ok(path) = ArgPath::parse(&condition.path) else {
                return self.lose(&condition.place, "the path has an empty key, or more than 32 keys");
            };
            let Some((op, value)) = as_intercept(condition.op, &condition.value) else {
                return self.lose(
                    &condition.place,
                    "Intercept compares this by how it prints, or as a double, and no policy does",
                );
            };
            carried.push(policy::Condition { path, op, value });
        }
        let (word, list) = if rule.action == Action::Approval {
            ("require_approval", &mut self.policy.require_approval)
        } else {
            ("require", &mut self.policy.require)
        };
        let pointer = self.pointer.key(word).index(list.len());
        list.push(policy::Rule { conditions: carried, on_deny: rule.on_deny.clone() });
        if conditions.is_empty() {
            self.report.carry(&rule.place, pointer.clone());
        }
        for (index, condition) in conditions.iter().enumerate() {
            self.report.carry(&condition.place, pointer.key("conditions").index(index));
        }
    }

    const fn scope(&self) -> Scope {
        // Intercept's counters are one for all who call; the catalogue counts each session, and a grant is more.
        match self.dialect {
            Dialect::Intercept => Scope::Global,
            _ => Scope::Grant,
        }
    }

    fn rate_limit(&mut self, rule: &Rule, limit: &RateLimit) {
        let (window, max) = match limit.per {
            Span::Window(window) => (window, limit.max),
            Span::Seconds(seconds) => seconds_window(seconds, limit.max),
        };
        let counter = self.counter_name(window);
        let index = self.push_limit(counter, window, Amount::from_whole(max), None, rule.on_deny.clone());
        match limit.per {
            Span::Seconds(seconds) if length(window) != seconds => {
                let reason = format!(
                    "a limit counts over a minute, an hour or a day, not over {} seconds",
                    count(seconds)
                );
                let instead = format!("at most {} in a {window}", count(max));
                self.report.lose(&limit.place, &reason, &instead);
            }
            _ => self.report.carry(&limit.place, index),
        }
    }

    /// A name that says what is counted, and is not taken.
    fn counter_name(&self, window: Window) -> String {
        let is_taken = |name: &str| self.policy.limits.iter().any(|limit| limit.counter == name);
        let stem = if self.tool.name == "*" { "calls" } else { self.tool.name.as_str() };
        let short =
            if self.tool.name == "*" { format!("calls_per_{window}") } else { format!("{stem}_rate") };
        if !is_taken(&short) {
            return short;
        }
        let long = format!("{stem}_per_{window}");
        free(&long, is_taken)
    }

    fn push_limit(
        &mut self,
        counter: String,
        window: Window,
        max: Amount,
        increment_from: Option<ArgPath>,
        on_deny: Option<String>,
    ) -> Pointer {
        let index = self.policy.limits.len();
        let scope = self.scope();
        self.policy.limits.push(Limit { counter, window, max, scope, increment_from, on_deny });
        self.pointer.key("limits").index(index)
    }

    fn counter(&mut self, rule: &Rule, counter: &State, conditions: &[&Condition]) {
        let scope = if self.tool.name == "*" { "_global" } else { self.tool.name.as_str() };
        let own = format!("state.{scope}.{}", counter.counter);
        let increment_from = match counter.increment_from.as_deref().map(ArgPath::parse) {
            None => None,
            Some(Ok(_)) if self.tool.name == "*" => {
                return self.lose(&counter.place, "what an argument says cannot be counted over all tools");
            }
            Some(Ok(path)) => Some(path),
            Some(Err(_)) => {
                return self.lose(&counter.place, "the path has an empty key, or more than 32 keys");
            }
        };
        let (condition, bound) = match conditions {
            [] if increment_from.is_none() => {
                let reason = "no condition of its rule bounds the counter, so Intercept counts nothing";
                return self.report.lose(&counter.place, reason, "nothing: it decides no call there either");
            }
            [] => return self.lose(&counter.place, "no condition of its rule bounds the counter"),
            [one] if one.path == own => match bound(one) {
                Some(bound) => (one, bound),
                None => {
                    return self.lose(
                        &one.place,
                        "a counter is bounded by `lt` or `lte` and a number from 0 to 10^15",
                    );
                }
            },
            [one] => return self.lose(&one.place, "it looks at the counter of another rule"),
            [_, second, ..] => return self.lose(&second.place, "it looks at a counter a second time"),
        };
        let Ok(step) = u64::try_from(counter.increment) else {
            return self.lose(&counter.place, "a call cannot cost less than nothing");
        };
        let max = if increment_from.is_some() { bound } else { bound / step.max(1) };
        let is_taken = |name: &str| self.policy.limits.iter().any(|limit| limit.counter == name);
        let name = free(&counter.counter, is_taken);
        let on_deny = rule.on_deny.clone();
        let pointer = self.push_limit(name, counter.window, Amount::from_whole(max), increment_from, on_deny);
        self.report.carry(&condition.place, pointer.key("max"));
        self.report.carry(&counter.place, pointer);
    }
}

/// The operator and value that hold for no more than Intercept's do. There, what prints alike is equal: a condition that
/// something differs has to name both spellings.
pub(crate) fn as_intercept(op: Op, value: &Value) -> Option<(Op, Value)> {
    let items = match (op, value) {
        (Op::Lt | Op::Lte | Op::Gt | Op::Gte, value) if !is_exact(value) => return None,
        (Op::Neq, value) => core::slice::from_ref(value),
        (Op::NotIn, Value::List(items)) => items.as_slice(),
        _ => return Some((op, value.clone())),
    };
    let mut all = items.to_vec();
    for item in items {
        let other = match item {
            Value::Number(_) if !is_exact(item) => return None,
            Value::Number(_) | Value::Bool(_) => Some(Value::Text(play::printed_value(item))),
            Value::Text(text) if text.starts_with('[') || text.starts_with("map[") => return None,
            Value::Text(text) => match text.as_str() {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => number_that_prints(text).map(Value::Number),
            },
            Value::Null => Some(Value::Text("<nil>".to_string())),
            Value::List(_) | Value::Object(_) => return None,
        };
        all.extend(other.filter(|other| !items.contains(other)));
    }
    if all.len() == items.len() { Some((op, value.clone())) } else { Some((Op::NotIn, Value::List(all))) }
}

/// The number that prints like a text in Intercept, where there is one.
fn number_that_prints(text: &str) -> Option<Decimal> {
    let double: f64 = text.parse().ok()?;
    let number = serde_json::Number::from_f64(double)?;
    let prints = play::printed(&serde_json::Value::Number(number.clone()));
    (prints == text).then(|| Decimal::parse(&number.to_string())).flatten()
}

/// Whether a number is one that a double holds as it is written, as far as 15 digits tell.
pub(crate) fn is_exact(value: &Value) -> bool {
    let Value::Number(number) = value else { return false };
    let digits = number.as_str().bytes().filter(u8::is_ascii_digit).count();
    digits <= 15 && !number.as_str().contains(['e', 'E'])
}

/// The most that a condition on a counter lets through: what it is after the call.
fn bound(condition: &Condition) -> Option<u64> {
    let Value::Number(number) = &condition.value else { return None };
    // Whole, as the counter is.
    let most = Amount::from_number(number.number()).ok()?.whole();
    match condition.op {
        Op::Lte => Some(most),
        Op::Lt => most.checked_sub(1),
        _ => None,
    }
}

/// A name, numbered where it is taken.
fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_string();
    }
    let numbered = (2..=u16::MAX).map(|number| format!("{name}_{number}"));
    numbered.into_iter().find(|name| !is_taken(name)).unwrap_or_default()
}

/// A window in seconds.
pub(super) const fn length(window: Window) -> u64 {
    match window {
        Window::Minute => 60,
        Window::Hour => 3_600,
        Window::Day => 86_400,
    }
}

/// The window for a limit over so many seconds, and its `max`: never more than `max` in any of the source's windows, where
/// these are aligned as ours are.
///
/// Where a window holds a whole number of them, `max` in that window. Else each of them touches two windows at most, and
/// half of `max` fits each. Of longer ones, each touches so many days.
pub(super) fn seconds_window(seconds: u64, max: u64) -> (Window, u64) {
    let windows = [Window::Minute, Window::Hour, Window::Day];
    let holds = |window: &Window| length(*window).is_multiple_of(seconds);
    if let Some(window) = windows.into_iter().find(holds) {
        return (window, max);
    }
    if let Some(window) = windows.into_iter().find(|window| length(*window) >= seconds) {
        return (window, max / 2);
    }
    let days = seconds.div_ceil(length(Window::Day));
    let touched = if seconds.is_multiple_of(length(Window::Day)) { days } else { days + 1 };
    (Window::Day, max / touched)
}
