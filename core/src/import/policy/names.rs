//! The dialects that name tools and nothing more: Claude Code's permission rules, and lists of allowed tools.
//!
//! Claude Code after its documentation of permissions: the lists are asked in the order deny, ask, allow, and the first that has a
//! match decides; what none has is asked of a person, unless the mode says otherwise. `mcp__server` and
//! `mcp__server__*` are every tool of a server; patterns may stand anywhere in a rule that denies or asks, and behind
//! the server's name in one that allows.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::compare::{Judge, Probe};
use super::convert::{always, empty_policy};
use super::{ReadOptions, Report};
use crate::legible::clip;
use crate::pointer::Pointer;
use crate::policy::{DefaultDecision, Policy, ToolPolicy};
use crate::verdict::Decision;

/// Rules about names.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) rules: Vec<NameRule>,
    /// What is decided of a tool that no rule matches.
    pub(crate) otherwise: Decision,
    /// Whether there was a list at all, were it empty.
    pub(crate) has_list: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct NameRule {
    /// As it is written.
    pub(crate) text: String,
    pub(crate) place: Range<usize>,
    pub(crate) decision: Decision,
    pub(crate) about: About,
}

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// One tool.
    Tool(String),
    /// Every tool.
    All,
    /// The tools whose names a pattern matches: `*` is any text.
    Pattern(String),
    /// Nothing that a policy is asked about, or that can be said in one: why, and what is done instead.
    Nothing(String, String),
    /// The same, of a rule that denies or asks, so that no tool may be allowed but by its name.
    Closed(String, String),
}

impl NameRule {
    fn matches(&self, tool: &str) -> bool {
        match &self.about {
            About::Tool(name) => name == tool,
            About::All => true,
            About::Pattern(pattern) => matches(pattern, tool),
            About::Nothing(..) | About::Closed(..) => false,
        }
    }
}

impl Names {
    /// What is decided of a tool: by the strictest rule that matches.
    pub(crate) fn decision(&self, tool: &str) -> Decision {
        let found = |decision: Decision| {
            self.rules.iter().any(|rule| rule.decision == decision && rule.matches(tool)).then_some(decision)
        };
        let order = [Decision::Deny, Decision::Approval, Decision::Allow];
        order.into_iter().find_map(found).unwrap_or(self.otherwise)
    }

    /// The names that its rules have.
    pub(crate) fn named(&self) -> BTreeSet<&str> {
        self.rules.iter().filter_map(NameRule::tool).collect()
    }

    /// What holds for the tools that are not named, where one rule says it of all.
    fn wide(&self) -> Option<Decision> {
        let order = [Decision::Deny, Decision::Approval, Decision::Allow];
        order.into_iter().find(|decision| {
            self.rules.iter().any(|rule| rule.decision == *decision && rule.about == About::All)
        })
    }
}

impl Judge for Names {
    fn restart(&mut self) {}

    fn decide(&mut self, probe: &Probe) -> Option<Decision> {
        Some(self.decision(&probe.tool))
    }
}

/// Whether a text is what a pattern says, in time that grows with both: on a mismatch only the last `*` takes more.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, read));
            at += 1;
        } else if pattern.get(at) == text.get(read) {
            at += 1;
            read += 1;
        } else if let Some((place, taken)) = star {
            star = Some((place, taken + 1));
            at = place + 1;
            read = taken + 1;
        } else {
            return false;
        }
    }
    pattern.get(at..).unwrap_or(&[]).iter().all(|byte| *byte == b'*')
}

/// Rules about names → the policy that says the same, or less.
pub(super) fn convert(names: &Names, options: &ReadOptions<'_>, report: &mut Report<'_>) -> Policy {
    let root = Pointer::root();
    let mut policy = empty_policy();
    let known: BTreeSet<&str> = names.named().into_iter().chain(options.tools.iter().copied()).collect();
    let has_gap = |rule: &NameRule| {
        matches!(rule.about, About::Pattern(_) | About::Closed(..)) && rule.decision != Decision::Allow
    };
    let wide = names.wide();
    // A pattern that denies may be about a tool that nobody has named yet: then only named ones are allowed.
    let is_open = names.rules.iter().all(|rule| !has_gap(rule)) || wide == Some(Decision::Deny);
    let otherwise = match (wide, names.otherwise) {
        (Some(Decision::Deny), _) => {
            policy.hide.push("*".to_string());
            Decision::Deny
        }
        (Some(Decision::Approval), _) if is_open => {
            policy.default = DefaultDecision::Allow;
            policy.all_tools.require_approval.push(always(None));
            Decision::Approval
        }
        (Some(Decision::Allow), _) | (None, Decision::Allow) if is_open => {
            policy.default = DefaultDecision::Allow;
            Decision::Allow
        }
        _ => Decision::Deny,
    };
    if wide != Some(Decision::Deny) {
        for name in &known {
            tool(&mut policy, name, names.decision(name), otherwise);
        }
    }
    for rule in &names.rules {
        tell(rule, names, &policy, otherwise, options, report);
    }
    if policy.hide.is_empty() && policy.tools.is_empty() && policy.default == DefaultDecision::Deny {
        let place = names.rules.first().map_or(0..0, |rule| rule.place.clone());
        report.carry_as(&place, "no tool is allowed".to_string(), root.key("default"));
    }
    policy
}

/// Writes what is decided of a tool into a policy whose other tools are decided as `otherwise`.
fn tool(policy: &mut Policy, name: &str, decision: Decision, otherwise: Decision) {
    let mut asked = ToolPolicy::default();
    match decision {
        Decision::Deny => policy.hide.push(name.to_string()),
        // All tools are asked about already.
        Decision::Approval if otherwise == Decision::Approval => {}
        Decision::Approval => {
            asked.require_approval.push(always(None));
            policy.tools.push((name.to_string(), asked));
        }
        _ if otherwise == Decision::Allow => {}
        _ => policy.tools.push((name.to_string(), asked)),
    }
}

/// Tells what became of a rule.
fn tell(
    rule: &NameRule,
    names: &Names,
    policy: &Policy,
    otherwise: Decision,
    options: &ReadOptions<'_>,
    report: &mut Report<'_>,
) {
    let root = Pointer::root();
    match &rule.about {
        About::Nothing(reason, instead) | About::Closed(reason, instead) => {
            report.lose(&rule.place, reason, instead);
        }
        About::Tool(name) => {
            let hidden = policy.hide.iter().position(|hidden| hidden == name || hidden == "*");
            let pointer = match hidden {
                Some(index) => root.key("hide").index(index),
                None if policy.tools.iter().any(|(listed, _)| listed == name) => root.key("tools").key(name),
                None => root.key("default"),
            };
            report.carry(&rule.place, pointer);
        }
        About::All => {
            let pointer = match rule.decision {
                Decision::Deny => Some(root.key("hide").index(0)),
                Decision::Approval if otherwise == Decision::Approval => {
                    Some(root.key("all_tools").key("require_approval").index(0))
                }
                // A stricter rule is about all tools too.
                _ if names.wide() != Some(rule.decision) => Some(root.key("default")),
                Decision::Allow if otherwise == Decision::Allow => Some(root.key("default")),
                _ => None,
            };
            match pointer {
                Some(pointer) => report.carry(&rule.place, pointer),
                None => report.lose(
                    &rule.place,
                    "another rule denies or asks by a pattern, which a policy has not",
                    "only the tools that are named are allowed",
                ),
            }
        }
        About::Pattern(pattern) => {
            let found = options.tools.iter().filter(|tool| matches(pattern, tool)).count()
                + names
                    .named()
                    .iter()
                    .filter(|name| !options.tools.contains(*name) && matches(pattern, name))
                    .count();
            let instead = match (found, rule.decision) {
                (0, Decision::Allow) => "no tool is allowed by it".to_string(),
                (0, _) => "tools that are not named are denied".to_string(),
                (found, Decision::Allow) => {
                    format!("{found} of the tools that are known are listed, and no others")
                }
                (found, _) => {
                    format!(
                        "{found} of the tools that are known have it by name; tools that are not named are denied"
                    )
                }
            };
            report.lose(&rule.place, "a policy names tools one by one, and has no patterns", &instead);
        }
    }
}

impl NameRule {
    const fn tool(&self) -> Option<&str> {
        if let About::Tool(name) = &self.about { Some(name.as_str()) } else { None }
    }

    /// A rule of Claude Code's, as it applies to one server; or to whichever it names, where no server is said.
    pub(super) fn of_claude(
        text: &str,
        place: Range<usize>,
        decision: Decision,
        server: Option<&str>,
    ) -> Self {
        let about = about(text, decision, server);
        Self { text: text.to_string(), place, decision, about }
    }
}

fn about(text: &str, decision: Decision, server: Option<&str>) -> About {
    let nothing = |reason: &str| {
        About::Nothing(reason.to_string(), "nothing: the policy is not asked about it".to_string())
    };
    let is_allowed = decision == Decision::Allow;
    if text == "*" && !is_allowed {
        return About::All;
    }
    let Some(rest) = text.strip_prefix("mcp__") else {
        let own = text.split('(').next().unwrap_or(text);
        return nothing(&format!("`{}` is a tool of Claude Code's own, and of no server", clip(own)));
    };
    if let Some(name) = rest.split_once('(').map(|(name, _)| name) {
        let reason = "Claude Code passes over rules for servers' tools that have parentheses".to_string();
        if is_allowed {
            return About::Nothing(reason, "no tool is allowed by it".to_string());
        }
        let tool = name.rsplit("__").next().unwrap_or(name);
        return About::Closed(
            reason,
            format!("only tools that are named are allowed; `{}` is not named by it", clip(tool)),
        );
    }
    let (of, tool) = match server {
        Some(server) => match rest.strip_prefix(server) {
            Some("") => (server, None),
            Some(tool) if tool.starts_with("__") => (server, tool.get(2..)),
            _ => match rest.split_once("__") {
                Some((of, tool)) => (of, Some(tool)),
                None => (rest, None),
            },
        },
        None => match rest.split_once("__") {
            Some((of, tool)) => (of, Some(tool)),
            None => (rest, None),
        },
    };
    if of.contains('*') {
        if is_allowed {
            let reason = "Claude Code passes over a rule that allows by a pattern in the server's name";
            return About::Nothing(reason.to_string(), "no tool is allowed by it".to_string());
        }
        if server.is_some_and(|server| !matches(of, server)) && tool.is_some() {
            return nothing("it is about other servers");
        }
    } else if server.is_some_and(|server| server != of) {
        return nothing(&format!("it is about the server `{}`", clip(of)));
    }
    match tool {
        None | Some("*") => About::All,
        Some(tool) if tool.contains('*') => About::Pattern(tool.to_string()),
        Some(tool) => About::Tool(tool.to_string()),
    }
}

/// The servers that rules of Claude Code name, in the order of the text.
pub(super) fn servers<'t>(rules: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut servers = Vec::new();
    for rule in rules {
        let Some(rest) = rule.strip_prefix("mcp__") else { continue };
        let server = rest.split("__").next().unwrap_or(rest);
        let server = server.split('(').next().unwrap_or(server);
        if !server.contains('*') && !servers.contains(&server) {
            servers.push(server);
        }
    }
    servers
}
