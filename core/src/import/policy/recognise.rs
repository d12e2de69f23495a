//! Which dialect a text is written in, told by what it holds.
//!
//! A text in which none of a few words stands is none of them, and is not parsed for it: logs and prose cost a search.

use alloc::format;

use super::nodes::{get, items, members, text};
use super::written::is_rule;
use super::yaml::{self, Yaml};
use super::{Dialect, Unread, lists, permissions};
use crate::bounds::Bounds;
use crate::source::{Node, Source, Value};

/// Words of which each dialect that is more than a list of names has one.
const WORDS: [&str; 19] = [
    "rate_limit",
    "rules",
    "action",
    "permissions",
    "allow",
    "ask",
    "deny",
    "mcp__",
    "tool_names",
    "includeTools",
    "excludeTools",
    "enabled_tools",
    "disabled_tools",
    "disabledTools",
    "exclude_tools",
    "include_tools",
    "autoApprove",
    "alwaysAllow",
    "hide:",
];

/// A text as a tree.
pub(super) struct Read {
    pub(super) dialect: Dialect,
    pub(super) yaml: Yaml,
}

pub(super) fn recognise(whole: &str, wanted: Option<Dialect>) -> Result<Read, Unread> {
    if whole.len() > Bounds::DEFAULT.document_bytes {
        return Err(none("it is larger than a policy may be"));
    }
    if wanted.is_none_or(|wanted| wanted == Dialect::AllowedTools)
        && let Some(read) = plain_list(whole, wanted)
    {
        return Ok(read);
    }
    let after = whole.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let is_array = after.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('"'));
    if wanted.is_none() && !is_array && !WORDS.iter().any(|word| whole.contains(word)) {
        return Err(none("none of the words of the dialects stands in it"));
    }
    let json = Source::new(whole);
    let starts_as_json =
        whole.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with(['{', '[', '/']);
    let (yaml, is_json) = if json.diagnostics().is_empty() {
        (Ok(Yaml { source: json.clone(), second: None, odd: alloc::vec::Vec::new() }), true)
    } else {
        (yaml::read(whole), false)
    };
    let yaml = match yaml {
        Ok(yaml) => yaml,
        Err(broken) => {
            let Some(dialect) = wanted.or_else(|| looks_like(whole)) else {
                return Err(none("it is neither JSON nor YAML"));
            };
            let found = json.diagnostics().first().filter(|_| starts_as_json);
            let (location, message) = match found {
                Some(found) => (found.location, found.message.clone()),
                None => (json.location(&broken.range), broken.message),
            };
            return Err(Unread::Broken { dialect, location, message });
        }
    };
    // What is a policy is no dialect of one.
    if wanted.is_none() && is_json && crate::parse::parse(whole).diagnostics.is_empty() {
        return Err(none("it is a policy"));
    }
    let dialect = wanted.or_else(|| dialect_of(yaml.source.root(), is_json));
    dialect.map(|dialect| Read { dialect, yaml }).ok_or_else(|| none("it is in none of the dialects"))
}

fn none(why: &str) -> Unread {
    Unread::NoDialect(format!("This is no policy in another language: {why}."))
}

/// Names, one on each line; or a table of Codex'.
fn plain_list(whole: &str, wanted: Option<Dialect>) -> Option<Read> {
    let root = if let Some(root) = lists::toml(whole) {
        root
    } else {
        let names = lists::lines(whole)?;
        if names.is_empty() || (wanted.is_none() && !lists::are_compound(&names)) {
            return None;
        }
        Node { value: Value::List(names), range: 0..whole.len() }
    };
    let dialect =
        if permissions::has_claude_names(&root) { Dialect::ClaudeCode } else { Dialect::AllowedTools };
    let yaml = Yaml { source: Source::of(whole, root), second: None, odd: alloc::vec::Vec::new() };
    Some(Read { dialect, yaml })
}

fn dialect_of(root: &Node, is_json: bool) -> Option<Dialect> {
    if lists::is_names(root) || permissions::has_claude_names(root) {
        let all_text = items(root).iter().all(|item| text(item).is_some());
        return match (all_text, permissions::has_claude_names(root)) {
            (true, true) => Some(Dialect::ClaudeCode),
            (true, false) if is_json || lists::are_compound(items(root)) => Some(Dialect::AllowedTools),
            _ => None,
        };
    }
    if get(root, "permissions").is_some_and(permissions::is_rules) || permissions::is_rules(root) {
        return Some(Dialect::ClaudeCode);
    }
    rules_dialect(root, is_json).or_else(|| lists::has_list(root, 5).then_some(Dialect::AllowedTools))
}

/// Which of the dialects with rules.
fn rules_dialect(root: &Node, is_json: bool) -> Option<Dialect> {
    if is_rule(root) {
        return Some(if is_shorthand(root) { Dialect::Intercept } else { Dialect::CatalogueWords });
    }
    let (tools, is_whole) = match get(root, "tools") {
        Some(tools) => (tools, true),
        None => (root, false),
    };
    if get(root, "rules").is_some_and(is_list_of_rules) {
        return Some(of_rules(get(root, "rules")?));
    }
    let named = members(tools);
    let is_tool = |node: &Node| is_rule(node) || get(node, "rules").is_some_and(is_list_of_rules);
    let is_empty =
        |node: &Node| members(node).is_empty() && matches!(node.value, Value::Object(_) | Value::Null);
    if named.iter().any(|tool| is_tool(&tool.node)) {
        if !is_whole && !named.iter().all(|tool| is_tool(&tool.node)) {
            return None;
        }
        let with_rules: alloc::vec::Vec<&Node> =
            named.iter().filter_map(|tool| get(&tool.node, "rules")).collect();
        if with_rules.is_empty() {
            let all_short =
                named.iter().filter(|tool| is_tool(&tool.node)).all(|tool| is_shorthand(&tool.node));
            return Some(if all_short { Dialect::Intercept } else { Dialect::CatalogueWords });
        }
        let is_catalogue = |rules: &&Node| of_rules(rules) == Dialect::CatalogueYaml;
        let found =
            if with_rules.iter().any(is_catalogue) { Dialect::CatalogueYaml } else { Dialect::Intercept };
        return Some(found);
    }
    // A file that lists tools and hides some, and has not one rule.
    let is_version = get(root, "version").is_some();
    let is_plain = is_whole && is_version && !is_json && named.iter().all(|tool| is_empty(&tool.node));
    let is_hiding = !is_whole && is_version && get(root, "hide").is_some();
    (is_plain || is_hiding).then_some(Dialect::Intercept)
}

fn is_list_of_rules(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => {
            items.iter().all(|item| matches!(item.value, Value::Object(_)) && is_rule_like(item))
        }
        Value::Null => true,
        _ => false,
    }
}

/// A rule with words that are not known among those that are.
fn is_rule_like(node: &Node) -> bool {
    members(node).iter().any(|member| super::written::RULE_WORDS.contains(&member.key.as_str()))
}

fn is_shorthand(node: &Node) -> bool {
    get(node, "rate_limit").and_then(text).is_some()
        || get(node, "conditions").is_some()
        || get(node, "state").is_some()
}

/// Windows in seconds, and rules that allow, are the catalogue's.
fn of_rules(rules: &Node) -> Dialect {
    let is_catalogues = |rule: &Node| {
        get(rule, "rate_limit").is_some_and(|limit| matches!(limit.value, Value::Object(_)))
            || get(rule, "action").and_then(text) == Some("allow")
            || get(rule, "reason").is_some()
    };
    if items(rules).iter().any(is_catalogues) { Dialect::CatalogueYaml } else { Dialect::Intercept }
}

/// What a text that cannot be read was most likely to be.
fn looks_like(whole: &str) -> Option<Dialect> {
    let has = |word: &str| whole.contains(word);
    if has("mcp__") && (has("allow") || has("deny") || has("ask")) {
        return Some(Dialect::ClaudeCode);
    }
    let lines = || whole.lines().map(str::trim_start);
    let begins = |word: &str| lines().any(|line| line.starts_with(word));
    if begins("rules:")
        && (begins("- name:") || begins("- action:") || begins("- rate_limit:") || begins("rate_limit:"))
    {
        return Some(Dialect::Intercept);
    }
    (begins("rate_limit:") || has("\"rate_limit\"")).then_some(Dialect::CatalogueWords)
}

/// A sentence as it is told of what is no dialect that was asked for.
pub(super) fn not_this(dialect: Dialect) -> Unread {
    Unread::NoDialect(format!("Nothing in it is in {}.", dialect.in_words()))
}
