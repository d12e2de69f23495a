//! The policy that a server's tools deserve, by what their definitions say of them.
//!
//! What only looks is allowed; what writes or runs something is limited per minute and per day; what destroys is hidden;
//! what moves money waits for a person; everything else is denied. Arguments are held where the schema gives something to
//! hold on to. Every line has its reason.
//!
//! Paces per minute of [`Choice::Balanced`] are those of `PolicyLayer`'s catalogue, 30 for tools that write and 10 for
//! tools that run something. All other numbers are ours. A risk is read off a definition that nobody has checked, so a
//! recommendation is where a review begins, not where it ends.
//!
//! Nothing here changes a policy by itself: a recommendation is applied to a text, and gives another text.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::amend::{AmendError, ToolState, set_default, set_tool_states};
use crate::amount::count;
use crate::attack::{DayFrom, Target, day, normal_day};
use crate::diagnostic::{Edit, apply};
use crate::parse::parse;
use crate::pointer::Pointer;
use crate::policy::DefaultDecision;
use crate::risk::{Assessed, Category, Level, Risk};
use crate::source::{Node, Source, Value};
use part::{Part, body, limit};

mod arguments;
mod part;

/// How much an agent is let do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// An agent that nobody watches: what it does not need is hidden, the rest is slow.
    Strict,
    /// Work at the pace of the catalogue; money waits for a person.
    Balanced,
    /// An agent that somebody watches: nothing is hidden, what cannot be taken back waits for a person.
    Permissive,
}

/// What becomes of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It may be called.
    Allow,
    /// It may be called so often.
    Limit,
    /// A person is asked before each call.
    Approval,
    /// An agent does not see it.
    Hide,
    /// It is not listed, and so denied.
    Deny,
}

/// What is recommended for one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// Its name.
    pub tool: String,
    /// What becomes of it.
    pub treatment: Treatment,
    /// Why, a sentence for people.
    pub why: String,
    /// What of its arguments the language cannot hold, a sentence for each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_held: Vec<String>,
    #[serde(skip)]
    parts: Vec<Part>,
}

/// What is recommended for a server's tools, or for those of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// How much an agent is let do.
    pub choice: Choice,
    /// For each tool, by name. Of tools with one name, the riskiest counts.
    pub tools: Vec<Advice>,
    /// Limits of all tools together.
    all_tools: Vec<Part>,
}

/// A policy with a recommendation in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recommended {
    /// The policy's text.
    pub policy: String,
    /// Why each of its recommended lines is there, in the order of the tools.
    pub lines: Vec<Line>,
}

/// A line of a policy, and why it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its place in the document.
    pub pointer: Pointer,
    /// The tool that it is about; none where it is about all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Why it is there, a sentence for people.
    pub why: String,
}

/// What a recommendation comes to, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Tools that may be called, and have no limit of their own.
    pub allowed: usize,
    /// Tools that may be called so often.
    pub limited: usize,
    /// Tools whose calls a person approves.
    pub approval: usize,
    /// Tools that are hidden.
    pub hidden: usize,
    /// Tools that are denied.
    pub denied: usize,
    /// The most calls a UTC day that a grant can make of the tools that are limited.
    pub limited_a_day: u64,
    /// Of the calls of a normal working day ([`normal_day`]), those that pass.
    pub passing: usize,
    /// All calls of that day.
    pub working_day: usize,
}

/// So many calls a minute, and so many a day.
#[derive(Clone, Copy)]
struct Pace {
    minute: u32,
    day: u32,
}

impl Choice {
    /// Every choice, the tightest first.
    pub const ALL: [Self; 3] = [Self::Strict, Self::Balanced, Self::Permissive];

    /// As one word: `balanced`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Balanced => "balanced",
            Self::Permissive => "permissive",
        }
    }

    /// The choice of a word, as [`Choice::as_str`] writes it.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == word)
    }

    /// As a heading: `Balanced`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Balanced => "Balanced",
            Self::Permissive => "Permissive",
        }
    }

    /// What it means, a sentence for people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Strict => {
                "For an agent that nobody watches: what destroys, moves money or reads secrets is hidden, the rest is slow."
            }
            Self::Balanced => {
                "For everyday work: what destroys is hidden, what moves money waits for a person, the rest keeps the \
                 catalogue's pace."
            }
            Self::Permissive => {
                "For an agent that somebody watches: nothing is hidden, what destroys or moves money waits for a person."
            }
        }
    }

    const fn pick<T: Copy>(self, strict: T, balanced: T, permissive: T) -> T {
        match self {
            Self::Strict => strict,
            Self::Balanced => balanced,
            Self::Permissive => permissive,
        }
    }

    const fn paces(self, minute: [u32; 3], day: [u32; 3]) -> Pace {
        let [strict, balanced, permissive] = minute;
        let minute = self.pick(strict, balanced, permissive);
        let [strict, balanced, permissive] = day;
        Pace { minute, day: self.pick(strict, balanced, permissive) }
    }
}

/// What is recommended for one tool.
///
/// ```
/// use gatewright_core::recommend::{Choice, Treatment, advise};
/// use gatewright_core::risk::assess_all;
/// use gatewright_core::tool::read_tools;
///
/// let tools = assess_all(read_tools(r#"[{"name": "run_tests"}]"#).unwrap());
/// let advice = advise(&tools[0], Choice::Balanced);
/// assert_eq!(advice.treatment, Treatment::Limit);
/// ```
#[must_use]
pub fn advise(assessed: &Assessed, choice: Choice) -> Advice {
    let Assessed { tool, risk } = assessed;
    let name = &tool.name;
    let (treatment, pace) = treatment(risk, choice);
    let mut parts = Vec::new();
    let mut not_held = Vec::new();
    if !matches!(treatment, Treatment::Hide | Treatment::Deny) {
        arguments::hold(assessed, choice, &mut parts, &mut not_held);
    }
    if treatment == Treatment::Approval {
        parts.push(Part::new(
            "require_approval",
            "{ \"conditions\": [] }",
            "A person sees each call before it is made.",
        ));
    }
    if let Some(Pace { minute, day }) = pace {
        let why = format!("{} calls a minute: {}.", count(minute), whose_pace(risk, choice));
        parts.push(Part::new("limits", limit(&format!("{name}_rate"), "minute", minute), why));
        let whole = u64::from(minute) * 1_440;
        let why = format!("{} a minute alone would be {} a day.", count(minute), count(whole));
        parts.push(Part::new("limits", limit(&format!("{name}_per_day"), "day", day), why));
    }
    Advice { tool: name.clone(), treatment, why: why(risk, treatment), not_held, parts }
}

/// What is recommended for tools.
///
/// ```
/// use gatewright_core::recommend::{Choice, recommend};
/// use gatewright_core::risk::assess_all;
/// use gatewright_core::tool::read_tools;
///
/// let tools = assess_all(read_tools(r#"[{"name": "list_files"}, {"name": "delete_file"}]"#).unwrap());
/// let recommended = recommend(&tools, Choice::Balanced).alone();
/// assert!(recommended.policy.contains(r#""hide": ["#), "{}", recommended.policy);
/// assert!(recommended.policy.contains(r#""list_files": {}"#), "{}", recommended.policy);
/// ```
#[must_use]
pub fn recommend(tools: &[Assessed], choice: Choice) -> Recommendation {
    let mut riskiest: BTreeMap<&str, &Assessed> = BTreeMap::new();
    for tool in tools {
        let there = riskiest.entry(&tool.tool.name).or_insert(tool);
        if gravity(&tool.risk) > gravity(&there.risk) {
            *there = tool;
        }
    }
    let tools: Vec<Advice> = riskiest.into_values().map(|tool| advise(tool, choice)).collect();
    let all_tools = together(&tools, choice);
    Recommendation { choice, tools, all_tools }
}

fn gravity(risk: &Risk) -> (Level, Option<Category>) {
    (risk.level, risk.category)
}

fn treatment(risk: &Risk, choice: Choice) -> (Treatment, Option<Pace>) {
    let slowly = |pace| (Treatment::Limit, Some(pace));
    match risk.category {
        None => (choice.pick(Treatment::Deny, Treatment::Deny, Treatment::Approval), None),
        Some(Category::Read) if risk.level < Level::High => (Treatment::Allow, None),
        Some(Category::Read) if choice == Choice::Strict => (Treatment::Hide, None),
        Some(Category::Execute) if choice == Choice::Strict && risk.level == Level::Critical => {
            (Treatment::Hide, None)
        }
        Some(Category::Write) if risk.level < Level::High => {
            slowly(choice.paces([10, 30, 60], [200, 1_000, 5_000]))
        }
        Some(Category::Read | Category::Write | Category::Execute) => {
            slowly(choice.paces([5, 10, 30], [100, 500, 2_000]))
        }
        Some(Category::Destructive) => {
            (choice.pick(Treatment::Hide, Treatment::Hide, Treatment::Approval), None)
        }
        Some(Category::Financial) => {
            (choice.pick(Treatment::Hide, Treatment::Approval, Treatment::Approval), None)
        }
    }
}

fn why(risk: &Risk, treatment: Treatment) -> String {
    let what = match (treatment, risk.category) {
        (Treatment::Allow, _) => "it may be called",
        (Treatment::Limit, _) => "it may be called at a measured pace",
        (Treatment::Approval, None) => "nothing says what it does, so a person is asked before each call",
        (Treatment::Approval, _) => "a person is asked before each call",
        (Treatment::Hide, _) => {
            "it is hidden, so that an agent does not try it; take it out of `hide` where it is needed"
        }
        (Treatment::Deny, _) => "not listed, so that every call is denied until somebody says what it does",
    };
    let level = risk.level.as_str();
    format!("{}, {level} risk, {}: {what}.", risk.title(), risk.source_in_words())
}

const fn whose_pace(risk: &Risk, choice: Choice) -> &'static str {
    match (risk.category, risk.level, choice) {
        (Some(Category::Read), ..) => "what it reads may be secret, and a loop would read all of it",
        (_, _, Choice::Strict) => "tighter than what PolicyLayer's catalogue recommends",
        (Some(Category::Write), Level::Low | Level::Medium, Choice::Balanced) => {
            "what PolicyLayer's catalogue recommends for tools that write"
        }
        (Some(Category::Write), _, Choice::Balanced) => {
            "it writes, and its risk is high, so it is held like tools that run something"
        }
        (_, _, Choice::Balanced) => "what PolicyLayer's catalogue recommends for tools that run something",
        (_, _, Choice::Permissive) => {
            "wider than what PolicyLayer's catalogue recommends, and still no runaway loop"
        }
    }
}

/// Limits of all tools together, where those of each tool let more through.
fn together(tools: &[Advice], choice: Choice) -> Vec<Part> {
    let callable =
        || tools.iter().filter(|tool| !matches!(tool.treatment, Treatment::Hide | Treatment::Deny));
    if callable().count() < 2 {
        return Vec::new();
    }
    let pace = choice.paces([30, 60, 120], [2_000, 5_000, 20_000]);
    let is_open = callable().any(|tool| tool.treatment != Treatment::Limit);
    let sum = |window| callable().map(|tool| u64::from(tool.max(window))).sum::<u64>();
    let mut parts = Vec::new();
    let mut hold = |counter: &str, window: &'static str, max: u32| {
        if is_open || sum(window) > u64::from(max) {
            let why = format!(
                "All tools together: one call to each of many tools keeps every limit of its own. {} a {window} are \
                 plenty for one agent.",
                count(max)
            );
            parts.push(Part::new("limits", limit(counter, window, max), why));
        }
    };
    hold("all_calls_rate", "minute", pace.minute);
    hold("all_calls_per_day", "day", pace.day);
    parts
}

impl Advice {
    /// How often the tool may be called in a window; 0 where no limit says.
    fn max(&self, window: &str) -> u32 {
        let limits = self.parts.iter().filter_map(|part| part.counts_calls(window));
        limits.min().unwrap_or(0)
    }

    /// What stands under the tool, as JSON; none where it is hidden or denied.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        (!matches!(self.treatment, Treatment::Hide | Treatment::Deny)).then(|| body(&self.parts))
    }

    /// A policy in which this is done, and nothing else is changed.
    ///
    /// # Errors
    ///
    /// Where the text cannot be edited, or `hide` has `*`.
    pub fn onto(&self, policy: &str) -> Result<Recommended, AmendError> {
        onto(policy, core::slice::from_ref(self), None)
    }
}

impl Recommendation {
    /// The recommended policy, where there is none yet.
    #[must_use]
    pub fn alone(&self) -> Recommended {
        let hidden = self.tools.iter().filter(|tool| tool.treatment == Treatment::Hide);
        let hidden: Vec<String> = hidden.map(|tool| part::quoted(&tool.tool)).collect();
        let hide = match &*hidden {
            [] => String::new(),
            names => format!("  \"hide\": [\n    {}\n  ],\n", names.join(",\n    ")),
        };
        let nothing =
            format!("{{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n{hide}  \"tools\": {{}}\n}}\n");
        // A text of our own can be edited.
        self.onto(&nothing).unwrap_or(Recommended { policy: nothing, lines: Vec::new() })
    }

    /// A policy in which this is done: its tools as recommended, every tool that is not listed denied, and all tools
    /// limited together where nothing limits them yet. What it says of other tools stays.
    ///
    /// # Errors
    ///
    /// Where the text cannot be edited, or `hide` has `*`.
    pub fn onto(&self, policy: &str) -> Result<Recommended, AmendError> {
        onto(policy, &self.tools, Some(&self.all_tools))
    }

    /// What it comes to for the tools that it is for, in numbers.
    #[must_use]
    pub fn figures(&self, tools: &[Assessed]) -> Figures {
        let mut figures = Figures::default();
        for tool in &self.tools {
            let counted = match tool.treatment {
                Treatment::Allow => &mut figures.allowed,
                Treatment::Limit => &mut figures.limited,
                Treatment::Approval => &mut figures.approval,
                Treatment::Hide => &mut figures.hidden,
                Treatment::Deny => &mut figures.denied,
            };
            *counted += 1;
            if tool.treatment == Treatment::Limit {
                figures.limited_a_day += u64::from(tool.max("day"));
            }
        }
        let together = self.all_tools.iter().filter_map(|part| part.counts_calls("day")).min();
        figures.limited_a_day = figures.limited_a_day.min(together.map_or(u64::MAX, u64::from));
        let parsed = parse(&self.alone().policy);
        if let Ok(target) = Target::new(&parsed, tools) {
            let normal = day(&target, &normal_day(&target), DayFrom::Made);
            (figures.passing, figures.working_day) = (normal.passed, normal.calls);
        }
        figures
    }
}

/// Edits are made in rounds, each on the text of the last: what is listed twice or hidden too is put right first.
fn onto(policy: &str, tools: &[Advice], all_tools: Option<&[Part]>) -> Result<Recommended, AmendError> {
    let mut text = policy.to_string();
    let mut edit = |make: &dyn Fn(&Source) -> Result<Vec<Edit>, AmendError>| -> Result<(), AmendError> {
        let edits = make(&Source::new(&text))?;
        if let Some(edited) = apply(&text, &edits) {
            text = edited;
        }
        Ok(())
    };
    let named = |wanted: &[Treatment]| -> Vec<&str> {
        tools.iter().filter(|tool| wanted.contains(&tool.treatment)).map(|tool| &*tool.tool).collect()
    };
    if all_tools.is_some() {
        edit(&|source| Ok(set_default(source, DefaultDecision::Deny)?))?;
    }
    let callable = named(&[Treatment::Allow, Treatment::Limit, Treatment::Approval]);
    edit(&|source| set_tool_states(source, &callable, ToolState::Allow))?;
    edit(&|source| set_tool_states(source, &named(&[Treatment::Hide]), ToolState::Hide))?;
    edit(&|source| set_tool_states(source, &named(&[Treatment::Deny]), ToolState::Deny))?;
    let listed = |source: &Source| -> BTreeSet<String> {
        let tools = source.find(&Pointer::root().key("tools"));
        let Some(Value::Object(members)) = tools.map(|node| &node.value) else { return BTreeSet::new() };
        members.iter().map(|member| member.key.clone()).collect()
    };
    let bodies = tools.iter().filter_map(|tool| Some((&*tool.tool, tool.written()?)));
    let bodies: Vec<(&str, String)> = bodies.filter(|(_, body)| body != "{}").collect();
    edit(&|source| {
        let there = listed(source);
        let mut edits = Vec::new();
        for (name, body) in bodies.iter().filter(|(name, _)| there.contains(*name)) {
            edits.extend(source.set(&place_of(name), body)?);
        }
        edits.sort_by_key(|edit| edit.start);
        Ok(edits)
    })?;
    // Under `default: allow` a tool that is allowed had no place of its own.
    let place = Pointer::root().key("tools");
    edit(&|source| match source.find(&place) {
        None if !bodies.is_empty() => Ok(source.set(&place, "{}")?),
        _ => Ok(Vec::new()),
    })?;
    edit(&|source| {
        let there = listed(source);
        let missing = bodies.iter().filter(|(name, _)| !there.contains(*name));
        let missing: Vec<(String, String)> =
            missing.map(|(name, body)| (name.to_string(), body.clone())).collect();
        if missing.is_empty() { Ok(Vec::new()) } else { Ok(source.append_members(&place, &missing)?) }
    })?;
    let all = Pointer::root().key("all_tools");
    if let Some(parts) = all_tools.filter(|parts| !parts.is_empty()) {
        edit(&|source| match (source.find(&all), source.find(&all.key("limits"))) {
            (None, _) => {
                let place = member_number(source.root(), "tools");
                Ok(source.insert_member(&Pointer::root(), place, "all_tools", &body(parts))?)
            }
            (Some(_), Some(limits)) if has_items(limits) => Ok(Vec::new()),
            _ => Ok(source.set(&all.key("limits"), &part::list(parts, "limits"))?),
        })?;
    }
    let lines = lines(&text, tools, all_tools);
    Ok(Recommended { policy: text, lines })
}

fn place_of(tool: &str) -> Pointer {
    Pointer::root().key("tools").key(tool)
}

/// Which member of an object has this key; the number after the last where none has.
fn member_number(node: &Node, key: &str) -> usize {
    let Value::Object(members) = &node.value else { return 0 };
    members.iter().position(|member| member.key == key).unwrap_or(members.len())
}

fn has_items(node: &Node) -> bool {
    matches!(&node.value, Value::List(items) if !items.is_empty())
}

/// The reason of each line, found in the text as it came out.
fn lines(text: &str, tools: &[Advice], all_tools: Option<&[Part]>) -> Vec<Line> {
    let source = Source::new(text);
    let hide = Pointer::root().key("hide");
    let mut hidden: BTreeMap<&str, usize> = BTreeMap::new();
    if let Some(Value::List(items)) = source.find(&hide).map(|node| &node.value) {
        for (index, item) in items.iter().enumerate() {
            if let Value::Text(name) = &item.value {
                hidden.insert(name, index);
            }
        }
    }
    let mut lines = Vec::new();
    if let Some(parts) = all_tools {
        let why = "Every tool that is not listed is denied: also those that a server adds later.";
        lines.push(Line { pointer: Pointer::root().key("default"), tool: None, why: why.to_string() });
        lines.extend(part::lines(&Pointer::root().key("all_tools"), None, parts));
    }
    for tool in tools {
        let at = place_of(&tool.tool);
        let pointer = match (tool.treatment, hidden.get(&*tool.tool)) {
            (Treatment::Hide, Some(index)) => hide.index(*index),
            (Treatment::Deny, _) if source.find(&at).is_none() => Pointer::root().key("default"),
            _ => at.clone(),
        };
        lines.push(Line { pointer, tool: Some(tool.tool.clone()), why: tool.why.clone() });
        if tool.written().is_some() {
            lines.extend(part::lines(&at, Some(&tool.tool), &tool.parts));
        }
    }
    lines
}

#[cfg(test)]
mod tests;
