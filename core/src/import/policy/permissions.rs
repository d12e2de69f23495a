//! Claude Code's permission rules, as they stand in its settings, are given to its command line, or alone.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;

use super::names::{About, NameRule, Names, servers};
use super::nodes::{get, items, members, text, whole};
use super::{ReadOptions, Report};
use crate::legible::clip;
use crate::source::{Node, Value};
use crate::verdict::Decision;

/// The lists of rules, and what each decides.
const LISTS: [(&str, Decision); 7] = [
    ("allow", Decision::Allow),
    ("ask", Decision::Approval),
    ("deny", Decision::Deny),
    ("allowedTools", Decision::Allow),
    ("allowed_tools", Decision::Allow),
    ("disallowedTools", Decision::Deny),
    ("disallowed_tools", Decision::Deny),
];

/// Whether a list has the names that only Claude Code gives: `mcp__github__get_issue`, `Bash(ls)`.
pub(super) fn has_claude_names(node: &Node) -> bool {
    items(node)
        .iter()
        .filter_map(text)
        .any(|name| name.starts_with("mcp__") || (name.contains('(') && name.ends_with(')')))
}

/// Whether it is a set of rules: what stands in `permissions`, or the lists of the command line.
pub(super) fn is_rules(node: &Node) -> bool {
    let is_names = |node: &Node| matches!(&node.value, Value::List(items) if items.iter().all(|item| text(item).is_some()));
    let lists: Vec<_> = LISTS.iter().filter_map(|(name, _)| Some((*name, get(node, name)?))).collect();
    let is_set = lists.iter().any(|(name, _)| ["allow", "ask", "deny"].contains(name));
    !lists.is_empty()
        && lists.iter().all(|(_, list)| is_names(list))
        && (is_set || lists.iter().any(|(_, list)| has_claude_names(list)))
}

pub(super) fn read(root: &Node, options: &ReadOptions<'_>, report: &mut Report<'_>) -> Names {
    let mut found: Vec<(&str, Range<usize>, Decision)> = Vec::new();
    let mut otherwise = Decision::Approval;
    let mut has_list = matches!(root.value, Value::List(_));
    if has_list {
        found.extend(listed(root, Decision::Allow));
    }
    for holder in [Some(root), get(root, "permissions")].into_iter().flatten() {
        for member in members(holder) {
            match LISTS.iter().find(|(name, _)| *name == member.key) {
                Some((_, decision)) => {
                    has_list = true;
                    found.extend(listed(&member.node, *decision));
                }
                None if member.key == "permissions" => {}
                None if member.key == "defaultMode" => match text(&member.node) {
                    Some("dontAsk") => otherwise = Decision::Deny,
                    Some("bypassPermissions") => {
                        otherwise = Decision::Allow;
                        let reason = "in this mode Claude Code allows what no rule names";
                        report.lose(&whole(member), reason, "what no rule names is denied");
                    }
                    Some(_) => {}
                    None => {
                        report.lose(&whole(member), "the mode is no text", "what no rule names is denied");
                    }
                },
                None if holder.range == root.range && get(root, "permissions").is_some() => {}
                None => {
                    let reason = format!("`{}` is not about tools of servers", clip(&member.key));
                    report.lose(&whole(member), &reason, "nothing: the policy is not asked about it");
                }
            }
        }
    }
    let named = servers(found.iter().map(|(rule, ..)| *rule));
    let server = match (options.server, named.as_slice()) {
        (Some(server), _) => Some(server),
        (None, [one]) => Some(*one),
        (None, _) => None,
    };
    let mut rules: Vec<NameRule> = found
        .into_iter()
        .map(|(rule, place, decision)| NameRule::of_claude(rule, place, decision, server))
        .collect();
    if server.is_none() && named.len() > 1 {
        apart(&mut rules, &named);
    }
    // What is allowed without a rule, and asked about without one, is not allowed by this policy.
    Names { rules, otherwise, has_list }
}

fn listed(node: &Node, decision: Decision) -> impl Iterator<Item = (&str, Range<usize>, Decision)> {
    items(node).iter().filter_map(move |item| Some((text(item)?, item.range.clone(), decision)))
}

/// Rules about several servers make one policy only where they name tools: what one says of all tools of its server
/// would be said of the others' too.
fn apart(rules: &mut [NameRule], servers: &[&str]) {
    for rule in rules {
        let is_of_one = rule.text.starts_with("mcp__") && !rule.text.starts_with("mcp__*");
        let is_wide = matches!(rule.about, About::All | About::Pattern(_));
        if is_of_one && is_wide {
            let reason = format!(
                "the rules are about {} servers, and a policy does not tell servers apart",
                servers.len()
            );
            rule.about = if rule.decision == Decision::Allow {
                About::Nothing(
                    reason,
                    "no tool is allowed by it; say which server the policy is for".to_string(),
                )
            } else {
                let instead = "only tools that are named are allowed; say which server the policy is for";
                About::Closed(reason, instead.to_string())
            };
        }
    }
}

/// The same rule of a server's tool in a list of names alone: `read_file` of `mcp__files__read_file`.
pub(super) fn is_tool_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:*".contains(&byte))
        && name.bytes().any(|byte| byte.is_ascii_alphanumeric())
}
