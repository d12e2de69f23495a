//! The policy as text, and the place of each part in it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::level::Draft;
use crate::pointer::Pointer;
use crate::policy::{Op, Window};
use crate::value::Value;

/// A limit to be.
#[derive(Clone, Copy)]
pub(super) struct LimitDraft {
    pub(super) window: Window,
    pub(super) max: u64,
    pub(super) reached: u64,
    /// The call that was the last of so many.
    pub(super) witness: usize,
}

/// The text of a whole policy, whose tools are written already.
pub(super) fn policy_text(tools: &[String]) -> String {
    let tools = match tools {
        [] => "{}".to_string(),
        tools => format!("{{\n{}\n  }}", tools.join(",\n")),
    };
    format!("{{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {tools}\n}}\n")
}

/// The text of one tool's entry. Of the limits' counters, `number` tells those whose tool has a name too long for one.
pub(super) fn tool_text(name: &str, number: usize, rules: &[Draft], limits: &[LimitDraft]) -> String {
    let mut lists = Vec::new();
    for (list, required) in [("require", true), ("deny_if", false)] {
        let rules: Vec<String> =
            rules.iter().filter(|rule| rule.required == required).map(rule_text).collect();
        lists.extend((!rules.is_empty()).then(|| list_text(list, &rules)));
    }
    let limits: Vec<String> = limits.iter().map(|limit| limit_text(name, number, limit)).collect();
    lists.extend((!limits.is_empty()).then(|| list_text("limits", &limits)));
    let entry = match lists.as_slice() {
        [] => "{}".to_string(),
        lists => format!("{{\n{}\n    }}", lists.join(",\n")),
    };
    format!("    {}: {entry}", json(name))
}

/// The place of each of a tool's rules, in the order that they are given in.
pub(super) fn places(tool: &Pointer, rules: &[Draft]) -> Vec<Pointer> {
    let (require, deny_if) = (tool.key("require"), tool.key("deny_if"));
    let (mut required, mut denied) = (0, 0);
    let place = |rule: &Draft| {
        let (list, next) = if rule.required { (&require, &mut required) } else { (&deny_if, &mut denied) };
        *next += 1;
        list.index(*next - 1)
    };
    rules.iter().map(place).collect()
}

fn list_text(name: &str, items: &[String]) -> String {
    format!("      \"{name}\": [\n{}\n      ]", items.join(",\n"))
}

fn rule_text(rule: &Draft) -> String {
    let path = json(rule.path.as_str());
    let condition =
        |(op, value): &(Op, Value)| format!("{{ \"path\": {path}, \"op\": \"{op}\", \"value\": {value} }}");
    let conditions: Vec<String> = rule.conditions.iter().map(condition).collect();
    let on_deny =
        rule.on_deny.as_ref().map_or_else(String::new, |words| format!(", \"on_deny\": {}", json(words)));
    format!("        {{ \"conditions\": [{}]{on_deny} }}", conditions.join(", "))
}

fn limit_text(tool: &str, number: usize, limit: &LimitDraft) -> String {
    let LimitDraft { window, max, .. } = limit;
    let counter = json(&counter(tool, number, *window));
    format!(
        "        {{ \"counter\": {counter}, \"window\": \"{window}\", \"max\": {max}, \"scope\": \"grant\" }}"
    )
}

/// A name that no other counter has: that of its tool, and of its window.
fn counter(tool: &str, number: usize, window: Window) -> String {
    const LONGEST: usize = 256;
    let tool = if tool.len() > LONGEST || tool.is_empty() { &format!("tool {number}") } else { tool };
    format!("{tool}_per_{window}")
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
