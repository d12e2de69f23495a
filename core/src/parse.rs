//! Text → the policy as written, every field checked, every error at once.
//!
//! Strict on purpose: an unknown field, a wrong type or a misspelled word is an
//! error and never ignored, because a typo must not open a gate. What was
//! understood is kept all the same, so that a half-written document can be shown.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use hashbrown::HashMap;

use crate::amount::{Amount, AmountError, count};
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Related, nearest};
use crate::legible::clip;
use crate::pointer::Pointer;
use crate::policy::{AllTools, DefaultDecision, Limit, Policy, Scope, ToolPolicy, Window};
use crate::source::{MAX_FINDINGS, Member, Node, Source, Value};

/// A document that was read: what it says, where, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The text and the place of everything in it.
    pub source: Source,
    /// What was understood. Complete only where there are no diagnostics.
    pub policy: Policy,
    /// Every error of syntax and shape, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
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
    let source = Source::new(text);
    let found = source.diagnostics().to_vec();
    let mut reader = Reader { source: &source, found, last: None, untold: 0 };
    let policy = reader.policy();
    let untold = reader.untold;
    let mut diagnostics = reader.found;
    diagnostics.sort_by_key(|found| found.location.start);
    diagnostics.extend((untold > 0).then(|| too_many(&source, untold)));
    Parsed { source, policy, diagnostics }
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

const ROOT_FIELDS: &[&str] = &["version", "default", "hide", "all_tools", "tools", "description", "$schema"];
const TOOL_FIELDS: &[&str] = &["require", "deny_if", "require_approval", "limits"];
const LIMIT_FIELDS: &[&str] = &["counter", "window", "max", "scope", "increment_from", "on_deny"];
/// Part of the language, and refused until this version can evaluate them: a rule is never silently skipped.
const RULE_LISTS: &[&str] = &["require", "deny_if", "require_approval"];

/// The same for scopes.
const LATER_SCOPES: &[&str] = &["session", "global"];

struct Reader<'s> {
    source: &'s Source,
    found: Vec<Diagnostic>,
    /// The finding that was told last; none where it was one too many.
    last: Option<usize>,
    /// Findings beyond [`MAX_FINDINGS`].
    untold: u64,
}

/// An object's members and its place.
struct Fields<'s> {
    members: &'s [Member],
    range: &'s Range<usize>,
    pointer: Pointer,
}

impl<'s> Fields<'s> {
    /// Of equal keys the first; that there are two is an error already.
    fn get(&self, name: &str) -> Option<&'s Node> {
        self.members.iter().find(|member| member.key == name).map(|member| &member.node)
    }
}

impl<'s> Reader<'s> {
    fn report(&mut self, code: Code, pointer: Pointer, range: &Range<usize>, message: String) {
        self.last = None;
        if self.found.len() >= MAX_FINDINGS {
            self.untold += 1;
            return;
        }
        self.last = Some(self.found.len());
        self.found.push(Diagnostic {
            code,
            pointer,
            location: self.source.location(range),
            message,
            help: None,
            related: Vec::new(),
            fix: None,
        });
    }

    fn last_found(&mut self) -> Option<&mut Diagnostic> {
        self.last.and_then(|last| self.found.get_mut(last))
    }

    fn help(&mut self, help: String) {
        if let Some(found) = self.last_found() {
            found.help = Some(help);
        }
    }

    fn replace(&mut self, range: &Range<usize>, text: String, label: String) {
        if let Some(found) = self.last_found() {
            let edits = Vec::from([Edit { start: range.start, end: range.end, text }]);
            found.fix = Some(Fix { label, edits });
        }
    }

    fn policy(&mut self) -> Policy {
        let mut policy = Policy {
            default: DefaultDecision::Deny,
            description: None,
            hide: Vec::new(),
            all_tools: AllTools::default(),
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
            policy.all_tools.limits = self.rules_and_limits(node, &pointer.key("all_tools"), true);
        }
        let tools = pointer.key("tools");
        let members = fields.get("tools").and_then(|node| self.members(node, &tools)).unwrap_or(&[]);
        for Member { key, node, .. } in members {
            let limits = self.rules_and_limits(node, &tools.key(key), false);
            policy.tools.push((key.clone(), ToolPolicy { limits }));
        }
        policy
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

    fn rules_and_limits(&mut self, node: &'s Node, pointer: &Pointer, all_tools: bool) -> Vec<Limit> {
        let Some(fields) = self.object(node, pointer.clone(), TOOL_FIELDS) else { return Vec::new() };
        for member in fields.members.iter().filter(|member| RULE_LISTS.contains(&member.key.as_str())) {
            self.not_yet(&pointer.key(&member.key), &member.key_range, &member.key);
        }
        let pointer = pointer.key("limits");
        let items = fields.get("limits").and_then(|node| self.list(node, &pointer)).unwrap_or(&[]);
        self.equal_counters(items, &pointer);
        let mut limits = Vec::new();
        for (index, item) in items.iter().enumerate() {
            limits.extend(self.limit(item, &pointer.index(index), all_tools));
        }
        limits
    }

    /// A counter has one limit in a list, so that its rule id names one rule.
    fn equal_counters(&mut self, limits: &[Node], pointer: &Pointer) {
        let mut first: HashMap<&str, &Range<usize>> = HashMap::new();
        for (index, limit) in limits.iter().enumerate() {
            let Value::Object(members) = &limit.value else { continue };
            let Some(Member { node, .. }) = members.iter().find(|member| member.key == "counter") else {
                continue;
            };
            let Value::Text(counter) = &node.value else { continue };
            let Some(earlier) = first.get(counter.as_str()) else {
                first.insert(counter, &node.range);
                continue;
            };
            let location = self.source.location(earlier);
            let message = format!("the counter `{}` is used again in this list", clip(counter));
            self.report(Code::DuplicateCounter, pointer.index(index).key("counter"), &node.range, message);
            self.help("give each limit of a list a counter of its own".to_string());
            if let Some(found) = self.last_found() {
                found.related.push(Related { location, message: "the first is".to_string() });
            }
        }
    }

    fn limit(&mut self, node: &'s Node, pointer: &Pointer, all_tools: bool) -> Option<Limit> {
        let fields = self.object(node, pointer.clone(), LIMIT_FIELDS)?;
        let counter = self.required(&fields, "counter", "the counter's name");
        let counter = counter.and_then(|node| self.text(node, &pointer.key("counter")));
        let windows = &[("minute", Window::Minute), ("hour", Window::Hour), ("day", Window::Day)];
        let window = self.required_choice(&fields, "window", windows);
        let max = self.required(&fields, "max", "a number from 0 up");
        let max = max.and_then(|node| self.amount(node, &pointer.key("max")));
        let scope = self.scope(&fields);
        if let Some(member) = fields.members.iter().find(|member| member.key == "increment_from") {
            let place = pointer.key("increment_from");
            if all_tools {
                let message = "`increment_from` cannot stand under `all_tools`".to_string();
                self.report(Code::IncrementFromAllTools, place, &member.key_range, message);
                self.help("an argument belongs to one tool: put the limit under that tool".to_string());
            } else {
                self.not_yet(&place, &member.key_range, "increment_from");
            }
        }
        let on_deny = self.optional_text(&fields, "on_deny");
        Some(Limit { counter: counter?, window: window?, max: max?, scope: scope?, on_deny })
    }

    fn scope(&mut self, fields: &Fields<'s>) -> Option<Scope> {
        match fields.get("scope") {
            Some(Node { value: Value::Text(scope), range }) if LATER_SCOPES.contains(&scope.as_str()) => {
                self.not_yet(&fields.pointer.key("scope"), range, &format!("scope {scope}"));
                None
            }
            _ => self.required_choice(fields, "scope", &[("grant", Scope::Grant)]),
        }
    }

    fn amount(&mut self, node: &Node, pointer: &Pointer) -> Option<Amount> {
        let Value::Number(number) = &node.value else {
            self.wrong_type(node, pointer, "a number from 0 up");
            if let Value::Text(text) = &node.value
                && Amount::parse(text).is_ok()
            {
                self.replace(&node.range, text.clone(), format!("write `{text}`"));
            }
            return None;
        };
        let problem = match Amount::parse(number) {
            Ok(amount) => return Some(amount),
            Err(AmountError::Negative) => "is below 0",
            Err(AmountError::TooPrecise) => "has more than nine digits after the point",
            Err(AmountError::TooLarge | AmountError::NotANumber) => "is above 1,000,000,000,000,000",
        };
        let message = format!("`{}` {problem}", clip(number));
        self.report(Code::OutOfRange, pointer.clone(), &node.range, message);
        self.help("amounts go from 0 to 10^15 with up to nine digits after the point".to_string());
        None
    }

    fn not_yet(&mut self, pointer: &Pointer, range: &Range<usize>, what: &str) {
        let message = format!("`{what}` is not evaluated by this version of Gatewright yet");
        self.report(Code::NotYetSupported, pointer.clone(), range, message);
        self.help("the whole policy is refused, because a rule is never silently skipped".to_string());
    }

    /// The object's fields, unknown ones reported.
    fn object(&mut self, node: &'s Node, pointer: Pointer, known: &[&str]) -> Option<Fields<'s>> {
        let members = self.members(node, &pointer)?;
        for member in members.iter().filter(|member| !known.contains(&member.key.as_str())) {
            let message = format!("`{}` is not a field here", clip(&member.key));
            self.report(Code::UnknownField, pointer.key(&member.key), &member.key_range, message);
            match nearest(&member.key, known) {
                Some(word) => {
                    self.help(format!("did you mean `{word}`?"));
                    if !members.iter().any(|member| member.key == word) {
                        self.replace(&member.key_range, format!("\"{word}\""), format!("write `{word}`"));
                    }
                }
                None => self.help(format!("the fields here are {}", in_words(known))),
            }
        }
        Some(Fields { members, range: &node.range, pointer })
    }

    fn members(&mut self, node: &'s Node, pointer: &Pointer) -> Option<&'s [Member]> {
        if let Value::Object(members) = &node.value {
            return Some(members);
        }
        self.wrong_type(node, pointer, "an object");
        None
    }

    fn list(&mut self, node: &'s Node, pointer: &Pointer) -> Option<&'s [Node]> {
        if let Value::List(items) = &node.value {
            return Some(items);
        }
        self.wrong_type(node, pointer, "a list");
        None
    }

    fn text(&mut self, node: &Node, pointer: &Pointer) -> Option<String> {
        if let Value::Text(text) = &node.value {
            return Some(text.clone());
        }
        self.wrong_type(node, pointer, "text");
        None
    }

    fn optional_text(&mut self, fields: &Fields<'s>, name: &str) -> Option<String> {
        fields.get(name).and_then(|node| self.text(node, &fields.pointer.key(name)))
    }

    fn required(&mut self, fields: &Fields<'s>, name: &str, wanted: &str) -> Option<&'s Node> {
        let node = fields.get(name);
        if node.is_none() {
            let open = fields.range.start..fields.range.start + 1;
            let message = format!("the field `{name}` is missing");
            self.report(Code::MissingField, fields.pointer.clone(), &open, message);
            self.help(format!("add `{name}`: {wanted}"));
        }
        node
    }

    /// One of a few words. The words are the documentation of what is accepted.
    fn required_choice<T: Copy>(
        &mut self,
        fields: &Fields<'s>,
        name: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let node = self.required(fields, name, &in_words(&words))?;
        let pointer = fields.pointer.key(name);
        let written = self.text(node, &pointer)?;
        let chosen = choices.iter().find(|(word, _)| *word == written).map(|(_, value)| *value);
        if chosen.is_none() {
            let message = format!("`{}` is not accepted as `{name}`", clip(&written));
            self.report(Code::UnknownValue, pointer, &node.range, message);
            match nearest(&written, &words) {
                Some(word) => {
                    self.help(format!("did you mean `{word}`?"));
                    self.replace(&node.range, format!("\"{word}\""), format!("write `{word}`"));
                }
                None => self.help(format!("write {}", in_words(&words))),
            }
        }
        chosen
    }

    fn wrong_type(&mut self, node: &Node, pointer: &Pointer, wanted: &str) {
        if node.value != Value::Broken {
            let message = format!("found {} where {wanted} should be", node.value.type_name());
            self.report(Code::WrongType, pointer.clone(), &node.range, message);
        }
    }
}

/// `` `a`, `b` or `c` ``
fn in_words(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests;
