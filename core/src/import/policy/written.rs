//! The dialects that say `rules` of tools, as they are written: the catalogue's words, its older YAML, and Intercept's.
//!
//! One reader for the three, because people mix them. What a rule says that has no meaning in any of them is kept as its
//! [`Problem`]. What becomes of it all is told by `convert`, what it decides by `play`.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::nodes::{get, items, members, plain_value, text, whole, whole_number};
use crate::legible::clip;
use crate::policy::{DefaultDecision, Op, Window};
use crate::source::{Member, Node, Value};
use crate::value;

/// What a text says of tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    /// None where the text does not say it.
    pub(super) default: Option<(DefaultDecision, Range<usize>)>,
    pub(super) description: Option<String>,
    pub(super) hide: Vec<(String, Range<usize>)>,
    pub(super) tools: Vec<Tool>,
    /// What it says of all tools in the words of a policy.
    pub(super) all_tools: Option<Member>,
    /// A whole document, rather than what it says of a tool or two.
    pub(super) whole: bool,
    /// What stands at the top and decides nothing.
    pub(super) problems: Vec<Problem>,
    /// What stands at the top and may forbid anything: nobody knows what.
    pub(super) closing: Vec<Problem>,
}

#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// `*` is every tool. Empty where a fragment does not say it.
    pub(super) name: String,
    pub(super) place: Range<usize>,
    pub(super) rules: Vec<Rule>,
    /// What it says in the words of a policy: `limits` and its kin.
    pub(super) own: Vec<Member>,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(super) place: Range<usize>,
    pub(super) name: String,
    pub(super) action: Action,
    pub(super) limit: Option<RateLimit>,
    pub(super) conditions: Vec<Condition>,
    pub(super) on_deny: Option<String>,
    pub(super) state: Option<State>,
    /// Why it has no meaning here. Then nothing else of it counts.
    pub(super) problem: Option<Problem>,
    /// What it says beside that is not carried over, and decides nothing.
    pub(super) beside: Vec<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Evaluate,
    Allow,
    Deny,
    Approval,
}

#[derive(Clone, Debug)]
pub(crate) struct RateLimit {
    pub(super) place: Range<usize>,
    pub(super) max: u64,
    pub(super) per: Span,
}

/// The time that a rate limit counts over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Window(Window),
    Seconds(u64),
}

#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(super) place: Range<usize>,
    pub(super) path: String,
    pub(super) op: Op,
    pub(super) value: value::Value,
}

#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(super) place: Range<usize>,
    pub(super) counter: String,
    pub(super) window: Window,
    pub(super) increment: i64,
    pub(super) increment_from: Option<String>,
}

/// Something without a meaning, and why.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(super) place: Range<usize>,
    pub(super) reason: String,
}

/// Words that a rule may have in one of the three.
pub(super) const RULE_WORDS: [&str; 9] = [
    "name",
    "action",
    "rate_limit",
    "conditions",
    "on_deny",
    "reason",
    "state",
    "approval_timeout",
    "spend_limit",
];

/// Words about a rule that decide nothing.
const REMARKS: [&str; 5] = ["description", "comment", "note", "tags", "title"];

/// What a policy says of a tool.
pub(super) const OWN: [&str; 4] = ["require", "deny_if", "require_approval", "limits"];

/// The windows that have a name.
pub(super) const WINDOWS: [(&str, Window); 3] =
    [("minute", Window::Minute), ("hour", Window::Hour), ("day", Window::Day)];

/// What a text says whose tools stand at `tools` (in the root, or the root itself).
pub(super) struct Reader<'o> {
    /// Scalars of YAML that are of no JSON type.
    pub(super) odd: &'o [(Range<usize>, &'static str)],
}

impl Reader<'_> {
    pub(super) fn document(&self, root: &Node, tool: Option<&str>) -> Document {
        let mut document = Document::default();
        if is_rule(root) || get(root, "rules").is_some() {
            let name = tool.unwrap_or("");
            document.tools.push(self.tool(name, root.range.clone(), root));
            return document;
        }
        let Some(tools) = get(root, "tools") else {
            document.tools = self.tools(root);
            return document;
        };
        document.whole = true;
        document.tools = self.tools(tools);
        if !matches!(tools.value, Value::Object(_) | Value::Null) {
            document.closing.push(Problem {
                place: tools.range.clone(),
                reason: format!("`tools` is {}, and maps names to rules", tools.value.type_name()),
            });
        }
        for member in members(root) {
            top(member, &mut document);
        }
        document
    }

    fn tools(&self, node: &Node) -> Vec<Tool> {
        let named = |member: &Member| self.tool(&member.key, whole(member), &member.node);
        members(node).iter().map(named).collect()
    }

    fn tool(&self, name: &str, place: Range<usize>, node: &Node) -> Tool {
        let mut rules = Vec::new();
        match get(node, "rules").map(|rules| (rules, &rules.value)) {
            Some((_, Value::List(items))) => rules.extend(items.iter().map(|item| self.rule(item, false))),
            Some((_, Value::Null)) | None => {}
            Some((node, _)) => rules.push(meaningless(node, "`rules` is no list".to_string())),
        }
        // The catalogue's words stand in the tool itself.
        let is_own = |member: &Member| OWN.contains(&member.key.as_str()) && !items(&member.node).is_empty();
        let own: Vec<Member> = members(node).iter().filter(|member| is_own(member)).cloned().collect();
        let is_word = |member: &&Member| member.key != "rules" && !OWN.contains(&member.key.as_str());
        if members(node).iter().any(|member| is_word(&member))
            || get(node, "require_approval").is_some_and(is_yes)
        {
            rules.push(self.rule(node, true));
        }
        if !matches!(node.value, Value::Object(_) | Value::Null) {
            rules.push(meaningless(node, format!("this is {}, and no rules", node.value.type_name())));
        }
        Tool { name: name.to_string(), place, rules, own }
    }

    fn rule(&self, node: &Node, is_tool: bool) -> Rule {
        let mut rule = meaningless(node, String::new());
        rule.problem = None;
        if !matches!(node.value, Value::Object(_)) {
            return meaningless(node, format!("this is {}, and no rule", node.value.type_name()));
        }
        let mut problem = None;
        let is_passed = |member: &&Member| {
            is_tool && (member.key == "rules" || OWN.contains(&member.key.as_str()) && !is_yes(&member.node))
        };
        for member in members(node).iter().filter(|member| !is_passed(member)) {
            if let Err(found) = self.word(&mut rule, member) {
                problem.get_or_insert(found);
            }
        }
        rule.problem = problem.or_else(|| contradiction(&rule));
        rule
    }

    /// Takes one word of a rule.
    fn word(&self, rule: &mut Rule, member: &Member) -> Result<(), Problem> {
        let place = whole(member);
        let fails = |reason: &str| Err(Problem { place: place.clone(), reason: reason.to_string() });
        let node = &member.node;
        match (member.key.as_str(), &node.value) {
            ("name", Value::Text(name)) => rule.name.clone_from(name),
            ("action", Value::Text(action)) => {
                rule.action = match action.as_str() {
                    "evaluate" => Action::Evaluate,
                    "allow" => Action::Allow,
                    "deny" | "block" => Action::Deny,
                    "require_approval" => Action::Approval,
                    _ => {
                        return fails(
                            "the action is none of `evaluate`, `allow`, `deny`, `require_approval`",
                        );
                    }
                };
            }
            ("action", _) => return fails("the action is no text"),
            ("require_approval", Value::Bool(true)) => rule.action = Action::Approval,
            ("on_deny" | "reason", Value::Text(message)) => rule.on_deny = Some(message.clone()),
            ("on_deny" | "reason", _) => {
                rule.beside.push(Problem { place, reason: "the message is no text".to_string() });
            }
            ("rate_limit", _) => rule.limit = Some(rate_limit(node, place)?),
            ("conditions", Value::List(items)) => {
                for item in items {
                    rule.conditions.push(self.condition(item)?);
                }
            }
            ("name", _) | ("conditions" | "state", Value::Null) => {}
            ("conditions", _) => return fails("`conditions` is no list"),
            ("state", _) => rule.state = Some(state(node, place)?),
            ("approval_timeout", _) => rule.beside.push(Problem {
                place,
                reason: "how long an approval may take is not said in a policy: its caller asks".to_string(),
            }),
            ("spend_limit", _) => {
                return fails("`spend_limit` does not say which argument holds what is spent");
            }
            (word, _) if REMARKS.contains(&word) => rule.beside.push(Problem {
                place,
                reason: format!("`{word}` decides nothing, and rules have no remarks here"),
            }),
            (word, _) => {
                return Err(Problem { place, reason: format!("`{}` has no meaning in a rule", clip(word)) });
            }
        }
        Ok(())
    }

    fn condition(&self, node: &Node) -> Result<Condition, Problem> {
        let place = node.range.clone();
        let fails = |reason: &str| Problem { place: place.clone(), reason: reason.to_string() };
        let known = ["path", "op", "value"];
        if let Some(other) = members(node).iter().find(|member| !known.contains(&member.key.as_str())) {
            let reason = format!("`{}` has no meaning in a condition", clip(&other.key));
            return Err(Problem { place: whole(other), reason });
        }
        let path = get(node, "path").and_then(text).ok_or_else(|| fails("a condition has no `path`"))?;
        if !path.starts_with("args.") && !path.starts_with("state.") {
            return Err(fails("a path begins with `args.` or `state.`"));
        }
        let op = get(node, "op")
            .and_then(text)
            .and_then(|op| Op::ALL.into_iter().find(|known| known.as_str() == op));
        let op = op.ok_or_else(|| fails("the operator is none of the eleven"))?;
        let written = get(node, "value");
        if let Some(node) = written
            && let Some((_, what)) = self.odd.iter().find(|(range, _)| contains(&node.range, range))
        {
            let reason = format!("a value that is not in quotes is {what} in YAML, and no text");
            return Err(Problem { place: node.range.clone(), reason });
        }
        let value = written.map_or(Some(value::Value::Null), plain_value);
        let value = value.ok_or_else(|| fails("the value cannot be read"))?;
        let fits = match op {
            Op::In | Op::NotIn => matches!(value, value::Value::List(_)),
            Op::Lt | Op::Lte | Op::Gt | Op::Gte => matches!(value, value::Value::Number(_)),
            Op::Exists => matches!(value, value::Value::Bool(_)),
            Op::Regex => matches!(value, value::Value::Text(_)),
            _ => true,
        };
        if !fits {
            return Err(fails("the value is of a type that the operator cannot use"));
        }
        Ok(Condition { place, path: path.to_string(), op, value })
    }
}

/// Takes what stands at the top.
fn top(member: &Member, document: &mut Document) {
    let place = whole(member);
    let problem = |reason: String| Problem { place: place.clone(), reason };
    match (member.key.as_str(), &member.node.value) {
        ("tools" | "$schema", _) | ("hide", Value::Null) => {}
        ("version", Value::Text(version) | Value::Number(version)) if version == "1" => {}
        ("version", _) => {
            document.closing.push(problem("the only version that is known is \"1\"".to_string()));
        }
        ("description", Value::Text(description)) => document.description = Some(description.clone()),
        ("default", Value::Text(default)) if default == "allow" => {
            document.default = Some((DefaultDecision::Allow, place));
        }
        ("default", Value::Text(default)) if default == "deny" => {
            document.default = Some((DefaultDecision::Deny, place));
        }
        ("default", _) => {
            document.closing.push(problem("`default` is `allow` or `deny`".to_string()));
            document.default = Some((DefaultDecision::Deny, place));
        }
        ("hide", Value::List(names)) => {
            for name in names {
                match text(name).filter(|name| !name.trim().is_empty()) {
                    Some(hidden) => document.hide.push((hidden.to_string(), name.range.clone())),
                    None => document.closing.push(Problem {
                        place: name.range.clone(),
                        reason: "this is no name of a tool".to_string(),
                    }),
                }
            }
        }
        ("all_tools", Value::Object(_)) => document.all_tools = Some(member.clone()),
        ("approvals", _) => {
            let reason = "who is asked, and where, is not said in a policy: its caller asks";
            document.problems.push(problem(reason.to_string()));
        }
        (word, _)
            if REMARKS.contains(&word) || ["name", "metadata"].contains(&word) || word.starts_with("x-") =>
        {
            document.problems.push(problem(format!("`{}` decides nothing", clip(word))));
        }
        (word, _) => document.closing.push(problem(format!("`{}` has no meaning here", clip(word)))),
    }
}

fn rate_limit(node: &Node, place: Range<usize>) -> Result<RateLimit, Problem> {
    let fails = |reason: &str| Problem { place: place.clone(), reason: reason.to_string() };
    match &node.value {
        Value::Text(shorthand) => {
            let (count, window) =
                shorthand.split_once('/').ok_or_else(|| fails("a rate limit is written like `5/hour`"))?;
            let per = WINDOWS.iter().find(|(name, _)| *name == window);
            let per = per.ok_or_else(|| fails("a rate limit is per `minute`, `hour` or `day`"))?;
            let max = count.strip_prefix('+').unwrap_or(count).parse().ok().filter(|count| *count > 0);
            let max = max.ok_or_else(|| fails("a rate limit's count is a whole number above 0"))?;
            Ok(RateLimit { place, max, per: Span::Window(per.1) })
        }
        Value::Object(fields) => {
            if let Some(other) = fields.iter().find(|field| !["max", "window"].contains(&field.key.as_str()))
            {
                let reason = format!("`{}` has no meaning in a rate limit", clip(&other.key));
                return Err(Problem { place: whole(other), reason });
            }
            let max = get(node, "max").and_then(whole_number);
            let max = max.ok_or_else(|| fails("a rate limit's `max` is a whole number, 0 or more"))?;
            let window = get(node, "window").ok_or_else(|| fails("a rate limit has no `window`"))?;
            let named = text(window).and_then(|text| WINDOWS.iter().find(|(name, _)| *name == text));
            let per = match (named, whole_number(window)) {
                (Some((_, window)), _) => Span::Window(*window),
                (None, Some(seconds)) if seconds > 0 => Span::Seconds(seconds),
                _ => return Err(fails("a rate limit's `window` is seconds, a whole number above 0")),
            };
            Ok(RateLimit { place, max, per })
        }
        _ => Err(fails("a rate limit is written like `5/hour`, or has `max` and `window`")),
    }
}

fn state(node: &Node, place: Range<usize>) -> Result<State, Problem> {
    let fails = |reason: &str| Problem { place: place.clone(), reason: reason.to_string() };
    let known = ["counter", "window", "increment", "increment_from", "scope"];
    if let Some(other) = members(node).iter().find(|member| !known.contains(&member.key.as_str())) {
        let reason = format!("`{}` has no meaning in a state", clip(&other.key));
        return Err(Problem { place: whole(other), reason });
    }
    if let Some(scope) = get(node, "scope") {
        let reason =
            "Intercept's language has no `scope`: its counters are shared by all that calls".to_string();
        return Err(Problem { place: scope.range.clone(), reason });
    }
    let counter = get(node, "counter").and_then(text).filter(|counter| !counter.is_empty());
    let counter = counter.ok_or_else(|| fails("a state has no `counter`"))?.to_string();
    let window = get(node, "window").and_then(text);
    let window = window.and_then(|text| WINDOWS.iter().find(|(name, _)| *name == text));
    let (_, window) = *window.ok_or_else(|| fails("a window is `minute`, `hour` or `day`"))?;
    let increment = match get(node, "increment").map(|node| &node.value) {
        None | Some(Value::Null) => 1,
        Some(Value::Number(number)) => number.parse().map_err(|_| fails("`increment` is a whole number"))?,
        Some(_) => return Err(fails("`increment` is a whole number")),
    };
    let increment_from = get(node, "increment_from").and_then(text).filter(|path| !path.is_empty());
    if increment_from.is_some_and(|path| !path.starts_with("args.")) {
        return Err(fails("`increment_from` begins with `args.`"));
    }
    let increment_from = increment_from.map(ToString::to_string);
    // As in Intercept, which takes 0 for left out.
    let increment = if increment == 0 { 1 } else { increment };
    Ok(State { place, counter, window, increment, increment_from })
}

/// A rule of which nothing counts but why.
fn meaningless(node: &Node, reason: String) -> Rule {
    Rule {
        place: node.range.clone(),
        name: String::new(),
        action: Action::Evaluate,
        limit: None,
        conditions: Vec::new(),
        on_deny: None,
        state: None,
        problem: Some(Problem { place: node.range.clone(), reason }),
        beside: Vec::new(),
    }
}

/// What a rule says twice over.
fn contradiction(rule: &Rule) -> Option<Problem> {
    let Rule { action, limit, conditions, state, .. } = rule;
    let says = |reason: &str| Some(Problem { place: rule.place.clone(), reason: reason.to_string() });
    match action {
        Action::Deny if !conditions.is_empty() => says("a rule that denies has no conditions in Intercept"),
        Action::Deny if limit.is_some() => says("a rule that denies has no rate limit"),
        _ if limit.is_some() && (!conditions.is_empty() || state.is_some()) => {
            says("a rate limit stands in a rule of its own, without conditions or state")
        }
        Action::Evaluate
            if limit.is_none() && conditions.is_empty() && (state.is_some() || !rule.name.is_empty()) =>
        {
            says("a rule without conditions says nothing")
        }
        Action::Allow if !conditions.is_empty() => says("a rule that allows has no conditions"),
        _ => None,
    }
}

/// Whether an object is what is said of one tool: words of rules and nothing else, one of them telling.
pub(super) fn is_rule(node: &Node) -> bool {
    let members = members(node);
    let is_known = |key: &str| RULE_WORDS.contains(&key) || REMARKS.contains(&key) || OWN.contains(&key);
    let tells = |key: &str| ["action", "rate_limit", "conditions", "state"].contains(&key);
    members.iter().all(|member| is_known(&member.key)) && members.iter().any(|member| tells(&member.key))
}

/// What a tool's rules ask of arguments.
pub(super) fn tests(tool: &Tool) -> Vec<(String, Op, value::Value, bool)> {
    let conditions = tool.rules.iter().flat_map(|rule| {
        let wanted = rule.action != Action::Approval;
        rule.conditions.iter().map(move |condition| (condition, wanted))
    });
    conditions
        .filter(|(condition, _)| condition.path.starts_with("args."))
        .map(|(condition, wanted)| (condition.path.clone(), condition.op, condition.value.clone(), wanted))
        .collect()
}

fn is_yes(node: &Node) -> bool {
    node.value == Value::Bool(true)
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
