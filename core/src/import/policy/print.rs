//! A policy → its text, as the templates are written: two spaces an indent, a limit and a condition on a line.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::policy::{Condition, DefaultDecision, Limit, Policy, Rule, ToolPolicy};

/// The longest line that conditions stand on; limits may take a little more.
const LINE: usize = 100;

pub(super) fn print(policy: &Policy) -> String {
    let mut fields = Vec::from([pair("version", "\"1\"")]);
    if let Some(description) = &policy.description {
        fields.push(pair("description", &quoted(description)));
    }
    let default = match policy.default {
        DefaultDecision::Allow => "\"allow\"",
        DefaultDecision::Deny => "\"deny\"",
    };
    fields.push(pair("default", default));
    if !policy.hide.is_empty() {
        let names: Vec<String> = policy.hide.iter().map(|name| quoted(name)).collect();
        fields.push(pair("hide", &list(&names, 1)));
    }
    if policy.all_tools != ToolPolicy::default() {
        fields.push(pair("all_tools", &tool_policy(&policy.all_tools, 1)));
    }
    if !policy.tools.is_empty() {
        let tools: Vec<String> =
            policy.tools.iter().map(|(name, tool)| pair(name, &tool_policy(tool, 2))).collect();
        fields.push(pair("tools", &object(&tools, 1)));
    }
    let mut text = object(&fields, 0);
    text.push('\n');
    text
}

fn tool_policy(tool: &ToolPolicy, depth: usize) -> String {
    let mut fields = Vec::new();
    let lists = [
        ("require", &tool.require),
        ("deny_if", &tool.deny_if),
        ("require_approval", &tool.require_approval),
    ];
    for (name, rules) in lists {
        match rules.as_slice() {
            [] => {}
            [one] if one.conditions.is_empty() => {
                fields.push(pair(name, &format!("[{}]", rule(one, depth + 1))));
            }
            several => {
                let rules: Vec<String> = several.iter().map(|one| rule(one, depth + 2)).collect();
                fields.push(pair(name, &list(&rules, depth + 1)));
            }
        }
    }
    if !tool.limits.is_empty() {
        let limits: Vec<String> = tool.limits.iter().map(|one| limit(one, depth + 2)).collect();
        fields.push(pair("limits", &list(&limits, depth + 1)));
    }
    object(&fields, depth)
}

fn rule(rule: &Rule, depth: usize) -> String {
    let conditions: Vec<String> = rule.conditions.iter().map(condition).collect();
    let inline = format!("[{}]", conditions.join(", "));
    let fits = inline.len() + 2 * depth <= LINE;
    let conditions = pair("conditions", &if fits { inline } else { list(&conditions, depth + 1) });
    let message = rule.on_deny.as_ref().map(|message| pair("on_deny", &quoted(message)));
    if rule.conditions.is_empty() {
        let fields: Vec<String> = core::iter::once(conditions).chain(message).collect();
        return format!("{{ {} }}", fields.join(", "));
    }
    object(&core::iter::once(conditions).chain(message).collect::<Vec<_>>(), depth)
}

fn condition(condition: &Condition) -> String {
    let path = quoted(condition.path.as_str());
    format!("{{ \"path\": {path}, \"op\": \"{}\", \"value\": {} }}", condition.op, condition.value)
}

fn limit(limit: &Limit, depth: usize) -> String {
    let mut fields = Vec::from([
        pair("counter", &quoted(&limit.counter)),
        pair("window", &quoted(&limit.window.to_string())),
        pair("max", &limit.max.plain()),
        pair("scope", &quoted(limit.scope.as_str())),
    ]);
    fields.extend(limit.increment_from.as_ref().map(|path| pair("increment_from", &quoted(path.as_str()))));
    fields.extend(limit.on_deny.as_ref().map(|message| pair("on_deny", &quoted(message))));
    let inline = format!("{{ {} }}", fields.join(", "));
    if inline.chars().count() + 2 * depth <= LINE + 20 { inline } else { object(&fields, depth) }
}

fn pair(key: &str, value: &str) -> String {
    format!("{}: {value}", quoted(key))
}

fn object(fields: &[String], depth: usize) -> String {
    enclosed("{", fields, "}", depth)
}

fn list(items: &[String], depth: usize) -> String {
    enclosed("[", items, "]", depth)
}

fn enclosed(open: &str, items: &[String], close: &str, depth: usize) -> String {
    if items.is_empty() {
        return format!("{open}{close}");
    }
    let indent = "  ".repeat(depth);
    let separator = format!(",\n{indent}  ");
    format!("{open}\n{indent}  {}\n{indent}{close}", items.join(&separator))
}

pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
