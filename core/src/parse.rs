//! Text → the policy as written, every field checked, every error at once.
//!
//! Strict on purpose: an unknown field, a wrong type or a misspelled word is an
//! error and never ignored, because a typo must not open a gate. What was
//! understood is kept all the same, so that a half-written document can be shown.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::amount::count;
use crate::bounds::Bounds;
use crate::diagnostic::{Code, Diagnostic};
use crate::legible::clip;
use crate::pattern::Patterns;
use crate::pointer::Pointer;
use crate::policy::{DefaultDecision, Policy, ToolPolicy};
use crate::source::{Member, Node, Source, Value};
use fields::Fields;

mod fields;
mod limit;
mod rule;

/// A document that was read: what it says, where, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The text and the place of everything in it.
    pub source: Source,
    /// What was understood. Complete only where there are no diagnostics.
    pub policy: Policy,
    /// Every error of syntax and shape, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The patterns of its conditions, compiled.
    pub(crate) patterns: Patterns,
}

/// Reads a policy document.
///
/// ```
/// use gatewright_core::parse;
/// let parsed = parse(r#"{"version": "1", "defualt": "deny"}"#);
/// let codes: Vec<_> = parsed.diagnostics.iter().map(|found| found.code.as_str()).collect();
/// assert_eq!(codes, ["missing-field", "unknown-field"]);
/// assert_eq!(parsed.diagnostics[1].help.as_deref(), Some("did you mean `default`?"));
/// ```
#[must_use]
pub fn parse(text: &str) -> Parsed {
    parse_within(text, &Bounds::DEFAULT)
}

/// Reads a policy document like [`parse`], within bounds of the caller's own.
#[must_use]
pub fn parse_within(text: &str, bounds: &Bounds) -> Parsed {
    let source = Source::within(text, bounds);
    let found = source.diagnostics().to_vec();
    let patterns = Patterns::new(*bounds);
    let mut reader = Reader { source: &source, found, last: None, untold: 0, patterns, rules: 0 };
    let policy = reader.policy();
    let Reader { found: mut diagnostics, untold, patterns, .. } = reader;
    diagnostics.sort_by_key(|found| found.location.start);
    diagnostics.extend((untold > 0).then(|| too_many(&source, untold)));
    Parsed { source, policy, diagnostics, patterns }
}

/// The last finding of a document with more of them than are told.
fn too_many(source: &Source, untold: u64) -> Diagnostic {
    let end = source.text().len();
    Diagnostic {
        code: Code::TooManyErrors,
        pointer: Pointer::root(),
        location: source.location(&(end..end)),
        message: format!("{} more errors are not told here", count(untold)),
        help: Some("repair those that are, and the next will be".to_string()),
        related: Vec::new(),
        fix: None,
    }
}

/// Its rules, conditions and limits.
fn size(tool: &ToolPolicy) -> usize {
    let rules = tool.require.iter().chain(&tool.deny_if).chain(&tool.require_approval);
    rules.map(|rule| 1 + rule.conditions.len()).sum::<usize>() + tool.limits.len()
}

const ROOT_FIELDS: &[&str] = &["version", "default", "hide", "all_tools", "tools", "description", "$schema"];
const TOOL_FIELDS: &[&str] = &["require", "deny_if", "require_approval", "limits"];

struct Reader<'s> {
    source: &'s Source,
    found: Vec<Diagnostic>,
    /// The finding that was told last; none where it was one too many.
    last: Option<usize>,
    /// Findings beyond those that are told.
    untold: u64,
    patterns: Patterns,
    /// Rules and limits read so far.
    rules: usize,
}

impl<'s> Reader<'s> {
    fn policy(&mut self) -> Policy {
        let mut policy = Policy {
            default: DefaultDecision::Deny,
            description: None,
            hide: Vec::new(),
            all_tools: ToolPolicy::default(),
            tools: Vec::new(),
        };
        let pointer = Pointer::root();
        let Some(fields) = self.object(self.source.root(), pointer.clone(), ROOT_FIELDS) else {
            return policy;
        };
        if let Some(node) = self.required(&fields, "version", "\"1\"") {
            self.version(node, &pointer.key("version"));
        }
        let decisions = &[("allow", DefaultDecision::Allow), ("deny", DefaultDecision::Deny)];
        let default = self.required_choice(&fields, "default", decisions);
        policy.default = default.unwrap_or(policy.default);
        policy.description = self.optional_text(&fields, "description");
        self.optional_text(&fields, "$schema");
        policy.hide = self.hide(&fields);
        if let Some(node) = fields.get("all_tools") {
            policy.all_tools = self.tool_policy(node, &pointer.key("all_tools"), true);
        }
        let tools = pointer.key("tools");
        let members = fields.get("tools").and_then(|node| self.members(node, &tools)).unwrap_or(&[]);
        for Member { key, key_range, node } in members {
            if !self.is_short(key, key_range, &tools) {
                continue;
            }
            let tool = self.tool_policy(node, &tools.key(key), false);
            policy.tools.push((key.clone(), tool));
        }
        self.shared_rules(&policy, &fields);
        policy
    }

    /// What all tools have in common is looked up in each tool that has something of its own.
    fn shared_rules(&mut self, policy: &Policy, fields: &Fields<'s>) {
        let shared = size(&policy.all_tools);
        let own = policy.tools.iter().filter(|(_, tool)| *tool != ToolPolicy::default()).count();
        let most = self.patterns.bounds().shared_rules;
        if shared.saturating_mul(own) > most
            && let Some(node) = fields.get("all_tools")
        {
            let (shared, own) = (count(shared), count(own));
            let message =
                format!("{shared} rules, conditions and limits of all tools meet those of {own} tools");
            self.report(Code::TooMany, fields.pointer.key("all_tools"), &node.range, message);
            self.help(format!("the product may be {} at most", count(most)));
        }
    }

    fn version(&mut self, node: &Node, pointer: &Pointer) {
        match &node.value {
            Value::Text(version) if version == "1" => {}
            Value::Text(version) => {
                let message = format!("version `{}` is not known", clip(version));
                self.report(Code::UnsupportedVersion, pointer.clone(), &node.range, message);
                self.help("the only version is \"1\"".to_string());
            }
            Value::Number(number) if number == "1" => {
                self.wrong_type(node, pointer, "the text \"1\"");
                self.replace(&node.range, "\"1\"".to_string(), "write `\"1\"`".to_string());
            }
            _ => self.wrong_type(node, pointer, "the text \"1\""),
        }
    }

    fn hide(&mut self, fields: &Fields<'s>) -> Vec<String> {
        let pointer = fields.pointer.key("hide");
        let items = fields.get("hide").and_then(|node| self.list(node, &pointer)).unwrap_or(&[]);
        let mut names = Vec::new();
        for (index, item) in items.iter().enumerate() {
            names.push(self.text(item, &pointer.index(index)).unwrap_or_default());
        }
        names
    }

    fn tool_policy(&mut self, node: &'s Node, pointer: &Pointer, all_tools: bool) -> ToolPolicy {
        let Some(fields) = self.object(node, pointer.clone(), TOOL_FIELDS) else {
            return ToolPolicy::default();
        };
        ToolPolicy {
            require: self.rules(&fields, "require"),
            deny_if: self.rules(&fields, "deny_if"),
            require_approval: self.rules(&fields, "require_approval"),
            limits: self.limits(&fields, all_tools),
        }
    }

    /// Whether one more rule or limit may be read. The first one too many is told, the others only counted.
    fn one_more_rule(&mut self, node: &Node, pointer: &Pointer) -> bool {
        self.rules += 1;
        let most = self.patterns.bounds().rules;
        if self.rules == most + 1 {
            let message = format!("the document has more than {} rules and limits", count(most));
            self.report(Code::TooMany, pointer.clone(), &node.range, message);
            self.help("what all tools have in common can stand once, under `all_tools`".to_string());
        }
        self.rules <= most
    }
}

#[cfg(test)]
mod tests;
