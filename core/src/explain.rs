//! Policy → English, a sentence for each thing that it says, with its place in the document.
//!
//! For those who review a policy and do not read its language. A sentence says what the rule does, not what it was
//! meant to do: where leaving an argument out evades a rule, its sentence says so.
//!
//! Nothing is judged here: whether a rule is a good one is no matter of this module.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use serde::Serialize;

use crate::legible::legible;
use crate::operator::Needed;
use crate::pointer::Pointer;
use crate::policy::{DefaultDecision, Op, Policy, Rule, ToolPolicy};
use crate::value::Value;
use crate::window::WindowModel;
use condition::conditions_in_words;
use limit::limit_in_words;

mod condition;
mod limit;

/// A policy in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What holds whatever the tool.
    pub whole: Vec<Sentence>,
    /// What a tool gets that the policy does not name.
    pub unlisted: Sentence,
    /// The tools that the policy names: the listed ones in its order, then those that it only hides.
    pub tools: Vec<ToolExplanation>,
}

/// What a policy says of one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolExplanation {
    /// The tool's name, as it is written.
    pub tool: String,
    /// At least one sentence. What [`Explanation::whole`] says holds as well.
    pub sentences: Vec<Sentence>,
}

/// A sentence for people, and the place that it speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The sentence, as plain text.
    pub text: String,
    /// Where the document says it.
    pub pointer: Pointer,
}

/// Puts a policy into English, with windows that follow the calendar.
///
/// Of a document that has errors, what was understood is explained.
///
/// ```
/// use gatewright_core::{explain::explain, parse};
/// let explanation = explain(&parse(r#"{"version": "1", "default": "deny", "tools": {"create_charge": {
///     "require": [{"conditions": [{"path": "args.currency", "op": "in", "value": ["usd", "eur"]}],
///                  "on_deny": "Only USD and EUR charges are permitted."}]}}}"#).policy);
/// assert_eq!(explanation.to_markdown(), r#"
/// - Tools that are not listed are denied.
/// - create_charge may be called.
///   - create_charge is refused unless args.currency is "usd" or "eur"; the agent is told: “Only USD and EUR charges are permitted.”
/// "#.trim_start());
/// ```
#[must_use]
pub fn explain(policy: &Policy) -> Explanation {
    explain_under(policy, WindowModel::Calendar)
}

/// Puts a policy into English like [`explain`], for an engine with the given windows.
#[must_use]
pub fn explain_under(policy: &Policy, model: WindowModel) -> Explanation {
    let mut hidden = HashMap::new();
    for (index, name) in policy.hide.iter().enumerate() {
        hidden.entry(name.as_str()).or_insert_with(|| Pointer::root().key("hide").index(index));
    }
    let everything = hidden.remove("*");
    let all_tools = Author { tool: None, place: Pointer::root().key("all_tools"), model };
    let mut whole = Vec::new();
    if let Some(pointer) = &everything {
        let text = "Every tool is hidden: none is shown, and every call is denied.".to_string();
        whole.push(Sentence { text, pointer: pointer.clone() });
    }
    whole.extend(all_tools.sentences(&policy.all_tools, &HashSet::new()));
    whole.extend(types_in_words(policy));
    let needed_of_all = needed_paths(&policy.all_tools);
    let mut tools = Vec::new();
    for (name, tool) in &policy.tools {
        let place = Pointer::root().key("tools").key(name);
        let author = Author { tool: Some(name), place, model };
        let sentences = match (hidden.remove(name.as_str()), &everything) {
            (Some(pointer), _) => author.hidden(pointer),
            (None, Some(pointer)) => author.hidden(pointer.clone()),
            (None, None) => {
                let mut sentences: Vec<Sentence> =
                    author.headline(tool, &policy.all_tools).into_iter().collect();
                sentences.extend(author.sentences(tool, &needed_of_all));
                sentences
            }
        };
        tools.push(ToolExplanation { tool: name.clone(), sentences });
    }
    for name in &policy.hide {
        if let Some(pointer) = hidden.remove(name.as_str()) {
            let text = hidden_in_words(name);
            tools
                .push(ToolExplanation { tool: name.clone(), sentences: [Sentence { text, pointer }].into() });
        }
    }
    Explanation { whole, unlisted: unlisted(policy, everything), tools }
}

impl Explanation {
    /// The explanation as a Markdown list, for a pull request. What others wrote is escaped.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut markdown = String::new();
        let mut item = |indent: &str, sentence: &Sentence| {
            markdown.push_str(&format!("{indent}- {}\n", escaped(&sentence.text)));
        };
        for sentence in self.whole.iter().chain([&self.unlisted]) {
            item("", sentence);
        }
        for tool in &self.tools {
            for (place, sentence) in tool.sentences.iter().enumerate() {
                item(if place == 0 { "" } else { "  " }, sentence);
            }
        }
        markdown
    }
}

/// Writes the sentences of one tool, or of all tools together.
struct Author<'p> {
    tool: Option<&'p str>,
    place: Pointer,
    model: WindowModel,
}

impl Author<'_> {
    /// That the tool may be called, unless no call of it ever is.
    fn headline(&self, tool: &ToolPolicy, all_tools: &ToolPolicy) -> Option<Sentence> {
        let name = self.tool.map_or_else(String::new, |tool| named(tool, true));
        let plain = *tool == ToolPolicy::default();
        let text = if plain {
            format!("{name} may be called, without rules or limits of its own.")
        } else {
            format!("{name} may be called.")
        };
        let never = always_refuses(tool) || always_refuses(all_tools);
        (plain || !never).then(|| Sentence { text, pointer: self.place.clone() })
    }

    fn hidden(&self, pointer: Pointer) -> Vec<Sentence> {
        let name = self.tool.unwrap_or_default();
        let text = hidden_in_words(name);
        let without_effect = format!("What is written under tools for {} has no effect.", named(name, false));
        let listed = Sentence { text: without_effect, pointer: self.place.clone() };
        [Sentence { text, pointer }, listed].into()
    }

    /// A sentence a rule, a sentence a limit, in the order in which they are checked.
    fn sentences(&self, policy: &ToolPolicy, needed_of_all: &HashSet<String>) -> Vec<Sentence> {
        let needed = needed_paths(policy);
        let uncovered = |rule: &Rule| uncovered_in_words(rule, &[&needed, needed_of_all]);
        let mut sentences = Vec::new();
        let mut add = |list: &str, index: usize, text: String| {
            sentences.push(Sentence { text, pointer: self.place.key(list).index(index) });
        };
        for (index, rule) in policy.require.iter().enumerate() {
            add("require", index, self.require(rule));
        }
        for (index, rule) in policy.deny_if.iter().enumerate() {
            add("deny_if", index, self.deny_if(rule, &uncovered(rule)));
        }
        for (index, rule) in policy.require_approval.iter().enumerate() {
            add("require_approval", index, self.require_approval(rule, &uncovered(rule)));
        }
        for (index, limit) in policy.limits.iter().enumerate() {
            add("limits", index, limit_in_words(self.tool, limit, self.model));
        }
        sentences
    }

    fn require(&self, rule: &Rule) -> String {
        if rule.conditions.is_empty() {
            let whose = self.tool.map_or("all tools".to_string(), |tool| named(tool, false));
            return format!("A requirement of {whose} has no conditions and so always holds.");
        }
        let conditions = conditions_in_words(&rule.conditions);
        format!("{} is refused unless {conditions}{}", self.subject(), told(rule.on_deny.as_deref()))
    }

    fn deny_if(&self, rule: &Rule, uncovered: &str) -> String {
        let told = told(rule.on_deny.as_deref());
        if rule.conditions.is_empty() {
            return format!("{} is denied{told}", self.every_call());
        }
        let conditions = conditions_in_words(&rule.conditions);
        format!("{} is refused when {conditions}{uncovered}{told}", self.subject())
    }

    fn require_approval(&self, rule: &Rule, uncovered: &str) -> String {
        let told = told(rule.on_deny.as_deref());
        if rule.conditions.is_empty() {
            return format!("{} needs a person's approval{told}", self.every_call());
        }
        let conditions = conditions_in_words(&rule.conditions);
        format!("{} needs a person's approval when {conditions}{uncovered}{told}", self.subject())
    }

    fn subject(&self) -> String {
        self.tool.map_or_else(|| self.every_call(), |tool| named(tool, true))
    }

    fn every_call(&self) -> String {
        self.tool.map_or("Every call of any tool".to_string(), |tool| {
            format!("Every call of {}", named(tool, false))
        })
    }
}

fn unlisted(policy: &Policy, everything: Option<Pointer>) -> Sentence {
    let pointer = Pointer::root().key("default");
    let (text, pointer) = match (everything, policy.default) {
        (Some(hide), _) => ("Tools that are not listed are hidden too.", hide),
        (None, DefaultDecision::Deny) if policy.tools.is_empty() => {
            ("No tool is listed, and tools that are not listed are denied: no call is let through.", pointer)
        }
        (None, DefaultDecision::Deny) => ("Tools that are not listed are denied.", pointer),
        (None, DefaultDecision::Allow) if policy.all_tools == ToolPolicy::default() => {
            ("Tools that are not listed may be called, without any rule or limit.", pointer)
        }
        (None, DefaultDecision::Allow) => {
            ("Tools that are not listed may be called; what holds for any tool holds for them.", pointer)
        }
    };
    Sentence { text: text.to_string(), pointer }
}

fn hidden_in_words(tool: &str) -> String {
    format!("{} is hidden: it is not shown and every call of it is denied.", named(tool, true))
}

/// Whether a rule or a limit is there that refuses every call.
fn always_refuses(policy: &ToolPolicy) -> bool {
    policy.deny_if.iter().any(|rule| rule.conditions.is_empty())
        || policy.limits.iter().any(|limit| limit.increment_from.is_none() && limit.max.whole() == 0)
}

/// What is told once of all operators that need an argument of one type: in `deny_if` it is not expected.
fn types_in_words(policy: &Policy) -> Option<Sentence> {
    let place = Pointer::root();
    let all = (place.key("all_tools"), &policy.all_tools);
    let tools = policy.tools.iter().map(|(name, tool)| (place.key("tools").key(name), tool));
    core::iter::once(all).chain(tools).find_map(|(place, tool)| {
        tool.deny_if.iter().enumerate().find_map(|(rule, found)| {
            let (index, needed) = found.conditions.iter().enumerate().find_map(|(index, condition)| {
                Some((index, needed_type(condition.op, &condition.value)?))
            })?;
            let conditions = place.key("deny_if").index(rule).key("conditions");
            let text = format!(
                "A call is also refused when a condition cannot judge an argument because of its type: {}, for one, has to be {needed} where it is given.",
                legible(found.conditions.get(index)?.path.as_str())
            );
            Some(Sentence { text, pointer: conditions.index(index) })
        })
    })
}

/// What type an operator needs of an argument, where it cannot judge every type.
const fn needed_type(op: Op, value: &Value) -> Option<Needed> {
    match (op, value) {
        (Op::Lt | Op::Lte | Op::Gt | Op::Gte, _) => Some(Needed::Number),
        (Op::Regex, _) => Some(Needed::Text),
        (Op::Contains, Value::Text(_)) => Some(Needed::TextOrList),
        (Op::Contains, _) => Some(Needed::List),
        (Op::Eq | Op::Neq | Op::In | Op::NotIn | Op::Exists, _) => None,
    }
}

/// The paths without which a call is refused, and all that they lead through.
fn needed_paths(policy: &ToolPolicy) -> HashSet<String> {
    let is_absence = |op: Op, value: &Value| op == Op::Exists && *value == Value::Bool(false);
    let required = policy.require.iter().flat_map(|rule| &rule.conditions);
    let required = required.filter(|condition| !is_absence(condition.op, &condition.value));
    let not_absent = policy.deny_if.iter().filter_map(|rule| match rule.conditions.as_slice() {
        [only] if is_absence(only.op, &only.value) => Some(only),
        _ => None,
    });
    let costs = policy.limits.iter().filter_map(|limit| limit.increment_from.as_ref());
    let mut needed = HashSet::new();
    for path in required.chain(not_absent).map(|condition| &condition.path).chain(costs) {
        let text = path.as_str();
        needed
            .extend(text.match_indices('.').filter_map(|(dot, _)| text.get(..dot)).map(ToString::to_string));
        needed.insert(text.to_string());
    }
    needed
}

/// Which arguments evade a rule when they are left out, as the end of its sentence.
fn uncovered_in_words(rule: &Rule, needed: &[&HashSet<String>]) -> String {
    let mut evading: Vec<&str> = Vec::new();
    for condition in &rule.conditions {
        let path = condition.path.as_str();
        let covered = needed.iter().any(|paths| paths.contains(path));
        if condition.op != Op::Exists && !covered && !evading.contains(&path) {
            evading.push(path);
        }
    }
    match evading.as_slice() {
        [] => String::new(),
        paths => {
            let paths: Vec<String> = paths.iter().map(|path| legible(path)).collect();
            format!("; calls that leave {} out are not covered by this rule", paths.join(" or "))
        }
    }
}

/// The end of a sentence: the author's own message to the agent, where there is one.
fn told(message: Option<&str>) -> String {
    message.map_or(".".to_string(), |message| format!("; the agent is told: “{}”", legible(message)))
}

/// The name of a tool or a counter. One that could be read as words of the sentence is in quotation marks.
fn named(name: &str, starts_sentence: bool) -> String {
    let letter = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let plain = |name: &str| {
        name.starts_with(letter)
            && name.ends_with(letter)
            && name.chars().all(|found| letter(found) || "-./:".contains(found))
    };
    match name {
        "" if starts_sentence => "The tool without a name".to_string(),
        "" => "the tool without a name".to_string(),
        name if plain(name) => legible(name),
        name => format!("“{}”", legible(name)),
    }
}

/// Text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut markdown = String::new();
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let inside_word =
            before.is_alphanumeric() && characters.peek().is_some_and(|next| next.is_alphanumeric());
        if "\\`*[]<>#|~&$".contains(character) || (character == '_' && !inside_word) {
            markdown.push('\\');
        }
        markdown.push(character);
        before = character;
    }
    markdown
}

#[cfg(test)]
mod tests;
