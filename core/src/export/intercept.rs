//! A policy → Intercept's YAML.
//!
//! Intercept's rules say what must hold. What denies is turned round where it is one condition. Where Intercept would let
//! more through than the evaluator (it compares text and numbers by how they print, and cuts costs to whole numbers), conditions
//! are added that take it back, or the tool is denied.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Report;
use crate::import::policy::convert::{as_intercept, is_exact};
use crate::import::policy::print::quoted;
use crate::legible::legible;
use crate::pointer::Pointer;
use crate::policy::{Condition, DefaultDecision, Limit, Op, Policy, Rule, Scope, ToolPolicy};
use crate::value::Value;

pub(super) fn write(policy: &Policy, report: &mut Report<'_>) -> String {
    let root = Pointer::root();
    let mut text = String::from("version: \"1\"\n");
    if let Some(description) = &policy.description {
        text.push_str(&format!("description: {}\n", quoted(description)));
    }
    let default = if policy.default == DefaultDecision::Allow { "allow" } else { "deny" };
    text.push_str(&format!("default: {default}\n"));
    report.carry(root.key("default"));
    let hidden: Vec<(usize, &String)> = {
        let is_first =
            |(index, name): &(usize, &String)| !policy.hide.iter().take(*index).any(|other| other == *name);
        policy.hide.iter().enumerate().filter(is_first).collect()
    };
    if !hidden.is_empty() {
        text.push_str("\nhide:\n");
    }
    for (index, name) in hidden {
        if name.trim().is_empty() {
            report.lose(
                &root.key("hide").index(index),
                "Intercept takes no name that is blank",
                "no rule is written for it",
            );
            continue;
        }
        text.push_str(&format!("  - {}\n", quoted(name)));
        report.carry(root.key("hide").index(index));
    }
    text.push_str("\ntools:");
    let mut is_empty = true;
    for (name, tool) in &policy.tools {
        let pointer = root.key("tools").key(name);
        if name == "*" {
            report.lose(&pointer, "`*` is every tool in Intercept, and no name", "no rule is written for it");
            continue;
        }
        Writer { text: &mut text, report, pointer, tool: name, written: Vec::new() }.tool(tool);
        is_empty = false;
    }
    if policy.all_tools != ToolPolicy::default() {
        let pointer = root.key("all_tools");
        Writer { text: &mut text, report, pointer, tool: "*", written: Vec::new() }.tool(&policy.all_tools);
        is_empty = false;
    }
    text.push_str(if is_empty { " {}\n" } else { "" });
    escaped(&text)
}

/// The text without the characters that JSON may have in a string as they are, and YAML may not.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push(character),
            '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ if character.is_control() => escaped.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => escaped.push(character),
        }
    }
    escaped
}

struct Writer<'a, 'p> {
    text: &'a mut String,
    report: &'a mut Report<'p>,
    pointer: Pointer,
    tool: &'a str,
    /// The rules, each as its lines.
    written: Vec<Vec<String>>,
}

/// Why something is not written as it is.
struct Unsaid(&'static str);

impl Writer<'_, '_> {
    fn tool(mut self, tool: &ToolPolicy) {
        if *tool == ToolPolicy::default() {
            self.report.carry(self.pointer.clone());
        }
        for (index, rule) in tool.require.iter().enumerate() {
            let place = self.pointer.key("require").index(index);
            self.require(rule, index, &place);
        }
        for (index, rule) in tool.deny_if.iter().enumerate() {
            let place = self.pointer.key("deny_if").index(index);
            self.deny_if(rule, index, &place);
        }
        for (index, rule) in tool.require_approval.iter().enumerate() {
            let place = self.pointer.key("require_approval").index(index);
            if rule.conditions.is_empty() {
                self.report.carry(place);
            } else {
                let reason = "what Intercept publishes of approvals does not say what conditions mean there";
                self.report.lose(&place, reason, "a person is asked about every call");
            }
            let name = format!("require_approval {}", index + 1);
            self.rule(&name, ["action: require_approval".to_string()].into(), rule.on_deny.as_ref());
        }
        for (index, limit) in tool.limits.iter().enumerate() {
            let place = self.pointer.key("limits").index(index);
            self.limit(limit, index, &place);
        }
        let Self { text, tool, written, .. } = self;
        text.push_str(&format!("\n  {}:\n", quoted(tool)));
        if written.is_empty() {
            text.push_str("    rules: []\n");
            return;
        }
        text.push_str("    rules:\n");
        for rule in written {
            for (index, line) in rule.iter().enumerate() {
                text.push_str(if index == 0 { "      - " } else { "        " });
                text.push_str(line);
                text.push('\n');
            }
        }
    }

    fn rule(&mut self, name: &str, lines: Vec<String>, on_deny: Option<&String>) {
        let mut rule = Vec::from([format!("name: {}", quoted(name))]);
        rule.extend(lines);
        rule.extend(on_deny.map(|message| format!("on_deny: {}", quoted(message))));
        self.written.push(rule);
    }

    /// Says what is not written, and denies the tool.
    fn lose(&mut self, place: &Pointer, reason: &str) {
        let instead = match self.tool {
            "*" => "every call is denied".to_string(),
            tool => format!("every call of `{}` is denied", legible(tool)),
        };
        self.report.lose(place, reason, &instead);
        let message = "Denied: a rule for this tool could not be carried over.".to_string();
        self.rule("not carried over", ["action: deny".to_string()].into(), Some(&message));
    }

    fn require(&mut self, rule: &Rule, index: usize, place: &Pointer) {
        if rule.conditions.is_empty() {
            return self.report.carry(place.clone());
        }
        let mut lines = Vec::from(["conditions:".to_string()]);
        for (number, condition) in rule.conditions.iter().enumerate() {
            let is_alike = as_intercept(condition.op, &condition.value)
                .is_some_and(|(op, value)| op == condition.op && value == condition.value);
            if matches!(condition.op, Op::Neq | Op::NotIn) && !is_alike {
                let reason = "Intercept compares values by how they print";
                let instead = "a call is denied whose argument prints alike, too";
                self.report.lose(&place.key("conditions").index(number), reason, instead);
            }
            match guarded(condition) {
                Ok(conditions) => lines.extend(conditions.iter().flat_map(written)),
                Err(Unsaid(reason)) => return self.lose(place, reason),
            }
        }
        self.report.carry(place.clone());
        self.rule(&format!("require {}", index + 1), lines, rule.on_deny.as_ref());
    }

    fn deny_if(&mut self, rule: &Rule, index: usize, place: &Pointer) {
        let name = format!("deny_if {}", index + 1);
        if rule.conditions.is_empty() {
            self.report.carry(place.clone());
            return self.rule(&name, ["action: deny".to_string()].into(), rule.on_deny.as_ref());
        }
        let turned = rule.conditions.iter().find_map(|condition| Some((condition, turned_round(condition)?)));
        let Some((condition, conditions)) = turned else {
            return self.lose(place, "Intercept's rules say what must hold, and this cannot be turned round");
        };
        let mut lines = Vec::from(["conditions:".to_string()]);
        lines.extend(conditions.iter().flat_map(written));
        // A value that one of the others cannot judge is refused, and so it is there.
        let others = rule.conditions.iter().filter(|other| *other != condition);
        lines.extend(others.filter_map(of_its_type).flat_map(|guard| written(&guard)));
        let path = legible(condition.path.as_str());
        let instead = if condition.op == Op::Exists && rule.conditions.len() == 1 {
            self.report.carry(place.clone());
            return self.rule(&name, lines, rule.on_deny.as_ref());
        } else if rule.conditions.len() == 1 {
            format!("a call is denied where `{path}` is left out, too")
        } else {
            format!(
                "a call is denied wherever the condition on `{path}` holds, and where an argument is left out"
            )
        };
        self.report.lose(
            place,
            "Intercept's rules say what must hold, and a condition on what is missing does not",
            &instead,
        );
        self.rule(&name, lines, rule.on_deny.as_ref());
    }

    fn limit(&mut self, limit: &Limit, index: usize, place: &Pointer) {
        if self.tool.contains('.') {
            return self.lose(place, "Intercept finds no counter of a tool whose name has a dot in it");
        }
        let mut max = limit.max.whole();
        let scope = if self.tool == "*" { "_global" } else { self.tool };
        let mut lines = Vec::new();
        let mut is_exact = limit.scope == Scope::Global;
        if !is_exact {
            let reason = "Intercept has one counter for all who call";
            self.report.lose(place, reason, "the calls of all are counted together");
        }
        if let Some(path) = &limit.increment_from {
            is_exact = false;
            // Of what is 1 or more, less than half is cut off.
            max /= 2;
            let reason = "Intercept cuts what a call costs to a whole number, and takes one below zero off";
            let instead = format!(
                "a call that costs less than 1 is denied, and `max` is {max}, so that no more than before fits"
            );
            self.report.lose(place, reason, &instead);
            let at_least_one = Plain { path: path.as_str().to_string(), op: Op::Gte, value: "1".to_string() };
            lines.extend(written(&at_least_one));
        }
        if is_exact {
            self.report.carry(place.clone());
        }
        let counter = &limit.counter;
        let own = Plain { path: format!("state.{scope}.{counter}"), op: Op::Lte, value: max.to_string() };
        lines.extend(written(&own));
        let mut rule = Vec::from(["conditions:".to_string()]);
        rule.extend(lines);
        rule.push("state:".to_string());
        rule.push(format!("  counter: {}", quoted(counter)));
        rule.push(format!("  window: {}", limit.window));
        rule.extend(
            limit.increment_from.as_ref().map(|path| format!("  increment_from: {}", quoted(path.as_str()))),
        );
        let is_short = limit.increment_from.is_none() && max > 0 && !self.has_rate(limit);
        if is_short {
            rule = Vec::from([format!("rate_limit: {max}/{}", limit.window)]);
        }
        self.rule(&format!("limit {}", index + 1), rule, limit.on_deny.as_ref());
    }

    /// Whether a rule has the shorthand with this window already, whose counters would be the same.
    fn has_rate(&self, limit: &Limit) -> bool {
        let end = format!("/{}", limit.window);
        self.written.iter().flatten().any(|line| line.starts_with("rate_limit: ") && line.ends_with(&end))
    }
}

/// A condition as it is written.
struct Plain {
    path: String,
    op: Op,
    /// YAML, of which JSON is a part.
    value: String,
}

fn written(condition: &Plain) -> [String; 3] {
    [
        format!("  - path: {}", quoted(&condition.path)),
        format!("    op: {}", condition.op),
        format!("    value: {}", condition.value),
    ]
}

/// A condition, and what has to be asked beside it so that Intercept lets no more through.
fn guarded(condition: &Condition) -> Result<Vec<Plain>, Unsaid> {
    let Condition { path, op, value } = condition;
    let plain = |op: Op, value: String| Plain { path: path.as_str().to_string(), op, value };
    let itself = plain(*op, value.to_string());
    Ok(match (op, value) {
        (Op::Exists | Op::Regex, _) => Vec::from([itself]),
        (Op::Lt | Op::Lte | Op::Gt | Op::Gte, value) => {
            if !is_exact(value) {
                return Err(BEYOND);
            }
            Vec::from([itself])
        }
        // There null is a value like others.
        (Op::Neq | Op::NotIn, _) => Vec::from([plain(Op::Exists, "true".to_string()), itself]),
        (Op::Eq, Value::Number(number)) if is_exact(value) => {
            let number = number.as_str().to_string();
            Vec::from([plain(Op::Gte, number.clone()), plain(Op::Lte, number)])
        }
        (Op::Eq, Value::Text(text)) if prints_as_other(text) => {
            Vec::from([plain(Op::Regex, "\"\"".to_string()), itself])
        }
        (Op::Eq | Op::Contains, Value::Text(text)) if !prints_as_other(text) => Vec::from([itself]),
        (Op::In, Value::List(items)) => match of_one_type(items) {
            Some(Items::Texts) => Vec::from([plain(Op::Regex, "\"\"".to_string()), itself]),
            Some(Items::PlainTexts) => Vec::from([itself]),
            Some(Items::Numbers) => {
                // Only numbers are ordered.
                Vec::from([plain(Op::Gte, "-999999999999999".to_string()), itself])
            }
            None => return Err(BY_PRINT),
        },
        _ => return Err(BY_PRINT),
    })
}

const BY_PRINT: Unsaid =
    Unsaid("Intercept compares values by how they print, and would let others through that print alike");
const BEYOND: Unsaid = Unsaid("Intercept compares numbers as doubles, and this one is not exact as one");

enum Items {
    Texts,
    PlainTexts,
    Numbers,
}

fn of_one_type(items: &[Value]) -> Option<Items> {
    let is_text = |item: &Value| matches!(item, Value::Text(_));
    let is_plain = |item: &Value| matches!(item, Value::Text(text) if !prints_as_other(text));
    if items.iter().all(is_plain) {
        return Some(Items::PlainTexts);
    }
    if items.iter().all(is_text) {
        return Some(Items::Texts);
    }
    let is_number = |item: &Value| matches!(item, Value::Number(_)) && is_exact(item);
    items.iter().all(is_number).then_some(Items::Numbers)
}

/// Whether a value that is no text could print like this.
fn prints_as_other(text: &str) -> bool {
    let is_word = ["true", "false", "<nil>"].contains(&text);
    is_word
        || text.starts_with('[')
        || text.starts_with("map[")
        || text.starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '+')
}

/// A condition that holds where the argument is there, and of the type that this one needs.
fn of_its_type(condition: &Condition) -> Option<Plain> {
    let plain = |op: Op, value: &str| {
        Some(Plain { path: condition.path.as_str().to_string(), op, value: value.to_string() })
    };
    match condition.op {
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => plain(Op::Gte, "-999999999999999"),
        Op::Regex | Op::Contains => plain(Op::Regex, "\"\""),
        Op::Eq | Op::Neq | Op::In | Op::NotIn | Op::Exists => None,
    }
}

/// A condition that holds where this one does not, and no more: false where the argument is missing.
fn turned_round(condition: &Condition) -> Option<Vec<Plain>> {
    let Condition { path, op, value } = condition;
    let plain = |op: Op, value: String| Plain { path: path.as_str().to_string(), op, value };
    let other = match op {
        Op::Eq => Op::Neq,
        Op::Neq => Op::Eq,
        Op::Lt => Op::Gte,
        Op::Lte => Op::Gt,
        Op::Gt => Op::Lte,
        Op::Gte => Op::Lt,
        Op::In => Op::NotIn,
        Op::NotIn => Op::In,
        Op::Exists => {
            let Value::Bool(wanted) = value else { return None };
            return Some(Vec::from([plain(Op::Exists, (!wanted).to_string())]));
        }
        Op::Regex | Op::Contains => return None,
    };
    let turned = Condition { path: path.clone(), op: other, value: value.clone() };
    guarded(&turned).ok()
}
