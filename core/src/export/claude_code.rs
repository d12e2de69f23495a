//! A policy → Claude Code's permission rules, for one server.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{ExportOptions, Report};
use crate::import::policy::print::quoted;
use crate::pointer::Pointer;
use crate::policy::{DefaultDecision, Policy, ToolPolicy};
use crate::verdict::Decision;

#[derive(Default)]
struct Rules {
    allow: Vec<String>,
    ask: Vec<String>,
    deny: Vec<String>,
}

pub(super) fn write(policy: &Policy, options: &ExportOptions<'_>, report: &mut Report<'_>) -> String {
    let root = Pointer::root();
    let server = format!("mcp__{}", options.server);
    let mut rules = Rules::default();
    for (index, name) in policy.hide.iter().enumerate() {
        let pointer = root.key("hide").index(index);
        if name == "*" {
            rules.deny.push(server.clone());
            report.carry(pointer);
        } else if let Some(rule) = named(&server, name) {
            rules.deny.push(rule);
            report.carry(pointer);
        } else {
            report.lose(&pointer, NO_NAME, "every tool of the server is denied");
            rules.deny.push(server.clone());
        }
    }
    let shared = tool(&policy.all_tools, &root.key("all_tools"), report);
    match shared {
        Decision::Deny => rules.deny.push(server.clone()),
        Decision::Approval => rules.ask.push(server.clone()),
        _ => {}
    }
    for (name, own) in &policy.tools {
        let pointer = root.key("tools").key(name);
        let decision = tool(own, &pointer, report);
        let Some(rule) = named(&server, name) else {
            let instead = if policy.default == DefaultDecision::Allow && decision != Decision::Allow {
                rules.ask.push(server.clone());
                "a person is asked about every call of the server's"
            } else {
                "no rule is written for it"
            };
            report.lose(&pointer, NO_NAME, instead);
            continue;
        };
        match decision {
            Decision::Deny => rules.deny.push(rule),
            Decision::Approval => rules.ask.push(rule),
            // What every tool is allowed needs no rule of its own.
            _ if policy.default == DefaultDecision::Allow => {}
            _ => rules.allow.push(rule),
        }
    }
    match policy.default {
        DefaultDecision::Allow => {
            rules.allow.push(server);
            report.carry(root.key("default"));
        }
        DefaultDecision::Deny if policy.hide.iter().any(|name| name == "*") => {
            report.carry(root.key("default"));
        }
        DefaultDecision::Deny => {
            let is_listed = |name: &str| policy.tools.iter().any(|(listed, _)| listed == name);
            let unlisted = options.tools.iter().filter(|name| !is_listed(name));
            rules.deny.extend(unlisted.filter_map(|name| named(&server, name)));
            report.lose(
                &root.key("default"),
                "Claude Code asks a person about tools that no rule names, and a rule that denies all of them denies those \
                 that are allowed too",
                "the tools that are known and not listed are denied one by one; a person is asked about others",
            );
        }
    }
    let list = |name: &str, mut rules: Vec<String>| {
        rules.sort_unstable();
        rules.dedup();
        let rules: Vec<String> = rules.iter().map(|rule| quoted(rule)).collect();
        let inline = format!("[{}]", rules.join(", "));
        let shown =
            if inline.len() <= 80 { inline } else { format!("[\n      {}\n    ]", rules.join(",\n      ")) };
        format!("    \"{name}\": {shown}")
    };
    let Rules { allow, ask, deny } = rules;
    let lists = [list("allow", allow), list("ask", ask), list("deny", deny)];
    format!("{{\n  \"permissions\": {{\n{}\n  }}\n}}\n", lists.join(",\n"))
}

const NO_NAME: &str =
    "the name has characters that Claude Code's rules give a meaning of their own, or has none";

fn named(server: &str, tool: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    (!tool.is_empty() && tool.bytes().all(is_plain)).then(|| format!("{server}__{tool}"))
}

/// What can be said of a tool without looking at arguments or counting.
fn tool(tool: &ToolPolicy, pointer: &Pointer, report: &mut Report<'_>) -> Decision {
    let mut decision = Decision::Allow;
    for (index, rule) in tool.require.iter().enumerate() {
        if !rule.conditions.is_empty() {
            report.lose(&pointer.key("require").index(index), BY_ARGUMENTS, ASKED);
            decision = Decision::Approval;
        }
    }
    for (index, rule) in tool.require_approval.iter().enumerate() {
        let place = pointer.key("require_approval").index(index);
        if rule.conditions.is_empty() {
            report.carry(place);
        } else {
            report.lose(&place, BY_ARGUMENTS, ASKED);
        }
        decision = Decision::Approval;
    }
    for (index, limit) in tool.limits.iter().enumerate() {
        let place = pointer.key("limits").index(index);
        if limit.max.billionths() == 0 && limit.increment_from.is_none() {
            report.carry(place);
            return Decision::Deny;
        }
        report.lose(&place, "Claude Code's rules count no calls", ASKED);
        decision = Decision::Approval;
    }
    for (index, rule) in tool.deny_if.iter().enumerate() {
        let place = pointer.key("deny_if").index(index);
        if rule.conditions.is_empty() {
            report.carry(place);
            return Decision::Deny;
        }
        report.lose(&place, BY_ARGUMENTS, ASKED);
        decision = Decision::Approval;
    }
    if *tool == ToolPolicy::default() && !pointer.as_str().starts_with("/all_tools") {
        report.carry(pointer.clone());
    }
    decision
}

const BY_ARGUMENTS: &str = "Claude Code's rules do not look at the arguments of a server's tools";
const ASKED: &str = "a person is asked about every call";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_meaning_of_their_own_are_not_written() {
        assert_eq!(named("mcp__s", "a_b").as_deref(), Some("mcp__s__a_b"));
        assert_eq!(named("mcp__s", "a*"), None, "a star would be a pattern");
        assert_eq!(named("mcp__s", "a(b)"), None, "parentheses would be a specifier");
        assert_eq!(named("mcp__s", ""), None, "no name, every tool");
    }
}
