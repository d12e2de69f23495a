//! Lists of tools that may be called, as clients and gateways have them.
//!
//! | where | words | what is not listed |
//! |---|---|---|
//! | `OpenAI`'s MCP tool | `allowed_tools` (names, or `{tool_names}`), `require_approval` | denied |
//! | Anthropic's MCP connector | `tool_configuration: {enabled, allowed_tools}` | denied |
//! | LiteLLM | `allowed_tools`, `disallowed_tools` | denied; allowed where only some are disallowed |
//! | Gemini CLI | `includeTools`, `excludeTools` | denied; allowed where only some are excluded |
//! | Codex | `enabled_tools`, `disabled_tools` | denied; allowed where only some are disabled |
//! | Cline, Roo Code, Kilo Code | `autoApprove`, `alwaysAllow`, `disabledTools` | asked about |
//! | anything | a JSON array of names, or a name a line | denied |

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::names::{About, NameRule, Names};
use super::nodes::{get, items, members, text, whole};
use super::permissions::is_tool_name;
use super::{ReadOptions, Report};
use crate::legible::clip;
use crate::source::{Node, Value};
use crate::verdict::Decision;

/// The lists by their words: which tools are allowed, denied, or allowed where others are asked about.
const ALLOWED: [&str; 6] =
    ["allowed_tools", "allowedTools", "includeTools", "include_tools", "enabled_tools", "enabledTools"];
const DENIED: [&str; 7] = [
    "disallowed_tools",
    "disallowedTools",
    "excludeTools",
    "exclude_tools",
    "disabled_tools",
    "disabledTools",
    "blocked_tools",
];
const APPROVED: [&str; 2] = ["alwaysAllow", "autoApprove"];

/// What holds servers with such lists.
const HOLDERS: [&str; 7] =
    ["mcpServers", "mcp_servers", "servers", "context_servers", "mcp", "tools", "tool_configuration"];

/// Whether a value has such a list, or holds a server that has one.
pub(super) fn has_list(node: &Node, depth: usize) -> bool {
    let is_word = |key: &str| ALLOWED.contains(&key) || DENIED.contains(&key) || APPROVED.contains(&key);
    let has = |node: &Node| members(node).iter().any(|member| is_word(&member.key) && is_list(&member.node));
    if has(node) {
        return true;
    }
    depth > 0
        && match &node.value {
            Value::List(items) => {
                items.iter().any(|item| matches!(item.value, Value::Object(_)) && has_list(item, depth - 1))
            }
            Value::Object(fields) => fields.iter().any(|member| {
                HOLDERS.contains(&member.key.as_str())
                    && (has_list(&member.node, depth - 1)
                        || members(&member.node).iter().any(|server| has_list(&server.node, depth - 1)))
            }),
            _ => false,
        }
}

fn is_list(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().all(|item| text(item).is_some()),
        Value::Object(_) => get(node, "tool_names").is_some_and(is_list),
        _ => false,
    }
}

/// Whether a list is names of tools and nothing else.
pub(super) fn is_names(node: &Node) -> bool {
    let named = items(node);
    !named.is_empty() && named.iter().all(|item| text(item).is_some_and(is_tool_name))
}

/// The names of a text that has one on each line, with their places; nothing where a line is something else.
pub(super) fn lines(whole: &str) -> Option<Vec<Node>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in whole.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.split_once(" #").map_or(line, |(name, _)| name);
        let name = line.trim();
        if name.is_empty() || name.starts_with('#') {
            continue;
        }
        let name = name.strip_prefix("- ").or_else(|| name.strip_prefix("* ")).unwrap_or(name);
        let name = name.strip_suffix(',').unwrap_or(name).trim_matches(['"', '\'', '`']);
        if !is_tool_name(name) || name.ends_with([':', '.', '/']) {
            return None;
        }
        let begin = start + line.find(name)?;
        found.push(Node { value: Value::Text(name.to_string()), range: begin..begin + name.len() });
    }
    Some(found)
}

/// Whether names are such that people give to tools, and no words of prose: most of them of several parts.
pub(super) fn are_compound(names: &[Node]) -> bool {
    let is_compound = |name: &str| {
        let bytes = name.as_bytes();
        let has_hump = bytes
            .windows(2)
            .any(|pair| matches!(pair, [low, high] if low.is_ascii_lowercase() && high.is_ascii_uppercase()));
        name.contains('_') || (name.contains('-') && !name.starts_with('-')) || has_hump
    };
    let compound = names.iter().filter_map(text).filter(|name| is_compound(name)).count();
    names.len() >= 2 && compound * 2 > names.len()
}

/// What the lists of one server say.
struct Found<'n> {
    allowed: Option<Vec<&'n Node>>,
    denied: Vec<&'n Node>,
    approved: Option<Vec<&'n Node>>,
    /// Whether all that is allowed is asked about, and the names of which it is not, or alone is.
    asks: bool,
    asked: Vec<&'n Node>,
    unasked: Vec<&'n Node>,
}

pub(super) fn read(root: &Node, options: &ReadOptions<'_>, report: &mut Report<'_>) -> Names {
    let mut found = Vec::new();
    if matches!(root.value, Value::List(_)) && is_names(root) {
        found.push((String::new(), Found { allowed: Some(items(root).iter().collect()), ..Found::new() }));
    } else {
        collect(root, "", 6, &mut found, report);
    }
    if let Some(server) = options.server.filter(|_| found.len() > 1) {
        found.retain(|(name, _)| name == server);
    }
    let mut rules = Vec::new();
    let mut otherwise = Vec::new();
    for (_, found) in &found {
        otherwise.push(found.rules(&mut rules));
    }
    let otherwise = if otherwise.contains(&Decision::Deny) || otherwise.is_empty() {
        Decision::Deny
    } else if otherwise.contains(&Decision::Approval) {
        Decision::Approval
    } else {
        Decision::Allow
    };
    Names { rules, otherwise, has_list: !found.is_empty() }
}

fn collect<'n>(
    node: &'n Node,
    name: &str,
    depth: usize,
    found: &mut Vec<(String, Found<'n>)>,
    report: &mut Report<'_>,
) {
    if let Value::List(items) = &node.value {
        for item in items {
            collect(item, name, depth.saturating_sub(1), found, report);
        }
        return;
    }
    let own = ["server_label", "name"].iter().find_map(|key| get(node, key).and_then(text)).unwrap_or(name);
    if has_list(node, 0) {
        let of = Found::of(node, report);
        found.push((own.to_string(), of));
    }
    if depth == 0 {
        return;
    }
    for member in members(node).iter().filter(|member| HOLDERS.contains(&member.key.as_str())) {
        if member.key == "tool_configuration" || matches!(member.node.value, Value::List(_)) {
            collect(&member.node, own, depth - 1, found, report);
        } else {
            for server in members(&member.node) {
                collect(&server.node, &server.key, depth - 1, found, report);
            }
        }
    }
}

impl<'n> Found<'n> {
    const fn new() -> Self {
        Self {
            allowed: None,
            denied: Vec::new(),
            approved: None,
            asks: false,
            asked: Vec::new(),
            unasked: Vec::new(),
        }
    }

    fn of(node: &'n Node, report: &mut Report<'_>) -> Self {
        let mut found = Self::new();
        // The makers' default for a tool of this type: every call is asked about.
        found.asks =
            get(node, "type").and_then(text) == Some("mcp") && get(node, "require_approval").is_none();
        for member in members(node) {
            let key = member.key.as_str();
            if ALLOWED.contains(&key) {
                found.allowed.get_or_insert_default().extend(names(&member.node));
                if get(&member.node, "read_only").is_some() {
                    let reason = "`read_only` goes by what a server says of its tools, and a policy does not";
                    report.lose(&whole(member), reason, "only the tools that are named are allowed");
                }
            } else if DENIED.contains(&key) {
                found.denied.extend(names(&member.node));
            } else if APPROVED.contains(&key) {
                found.approved.get_or_insert_default().extend(names(&member.node));
            } else if key == "require_approval" {
                match (text(&member.node), &member.node.value) {
                    (Some("never"), _) => {}
                    (_, Value::Object(_)) => {
                        let of = |word: &str| get(&member.node, word).map(names).unwrap_or_default();
                        found.unasked = of("never");
                        found.asked = of("always");
                        found.asks = !found.unasked.is_empty() || found.asked.is_empty();
                    }
                    _ => found.asks = true,
                }
            } else if (key == "trust" || key == "enabled") && member.node.value == Value::Bool(false) {
                match key {
                    "trust" => found.asks = true,
                    _ => found.allowed = Some(Vec::new()),
                }
            }
        }
        found
    }

    /// Adds the rules, and tells what is decided of the rest.
    fn rules(&self, rules: &mut Vec<NameRule>) -> Decision {
        let is_in = |list: &[&Node], name: &str| list.iter().any(|node| text(node) == Some(name));
        let mut add = |node: &Node, decision: Decision| {
            let Some(name) = text(node) else { return };
            let about = if name == "*" { About::All } else { About::Tool(name.to_string()) };
            let about = match about {
                About::Tool(name) if name.contains('*') => About::Pattern(name),
                About::Tool(name) if name.contains('(') => About::Nothing(
                    format!("`{}` is no name of a tool", clip(&name)),
                    "no tool is allowed by it".to_string(),
                ),
                about => about,
            };
            rules.push(NameRule { text: name.to_string(), place: node.range.clone(), decision, about });
        };
        for node in &self.denied {
            add(node, Decision::Deny);
        }
        for node in self.allowed.iter().flatten().chain(self.approved.iter().flatten()) {
            let name = text(node).unwrap_or("");
            let asks = (self.asks && !is_in(&self.unasked, name)) || is_in(&self.asked, name);
            add(node, if asks { Decision::Approval } else { Decision::Allow });
        }
        match (&self.allowed, &self.approved) {
            (Some(_), _) => Decision::Deny,
            (None, Some(_)) => Decision::Approval,
            (None, None) if self.asks => Decision::Approval,
            (None, None) => Decision::Allow,
        }
    }
}

fn names(node: &Node) -> Vec<&Node> {
    let list = get(node, "tool_names").unwrap_or(node);
    items(list).iter().filter(|item| text(item).is_some()).collect()
}

/// The lists of a TOML table, as Codex has them: `enabled_tools = ["search"]`.
pub(super) fn toml(whole: &str) -> Option<Node> {
    let mut found = Vec::new();
    for word in ["enabled_tools", "disabled_tools"] {
        let Some(at) = line_with(whole, word) else { continue };
        let rest = whole.get(at..)?;
        let open = at + rest.find('[')?;
        let close = open + whole.get(open..)?.find(']')?;
        found.push((word, names_between(whole, open + 1..close)?, at..close + 1));
    }
    if found.is_empty() {
        return None;
    }
    let members = found.into_iter().map(|(word, names, range)| crate::source::Member {
        key: word.to_string(),
        key_range: range.start..range.start + word.len(),
        node: Node { value: Value::List(names), range },
    });
    Some(Node { value: Value::Object(members.collect()), range: 0..whole.len() })
}

/// Where a line begins with a word and an equals sign.
fn line_with(whole: &str, word: &str) -> Option<usize> {
    let mut at = 0;
    for line in whole.split_inclusive('\n') {
        let trimmed = line.trim_start();
        if trimmed.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return Some(at + (line.len() - trimmed.len()));
        }
        at += line.len();
    }
    None
}

fn names_between(whole: &str, range: Range<usize>) -> Option<Vec<Node>> {
    let mut at = range.start;
    let mut names = Vec::new();
    for part in whole.get(range)?.split(',') {
        let trimmed = part.trim();
        let start = at + part.find(trimmed).unwrap_or(0);
        at += part.len() + 1;
        if trimmed.is_empty() {
            continue;
        }
        let quote = trimmed.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        let name = trimmed.strip_prefix(quote)?.strip_suffix(quote)?;
        if !is_tool_name(name) {
            return None;
        }
        names.push(Node { value: Value::Text(name.to_string()), range: start..start + trimmed.len() });
    }
    Some(names)
}
