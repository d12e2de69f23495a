//! What core says of a tool's rules and limits, by their places.

use gatewright_core::answer::denial_line;
use gatewright_core::explain::{Sentence, explain};
use gatewright_core::pointer::Pointer;
use gatewright_core::policy::{DefaultDecision, Policy, ToolPolicy};
use gatewright_core::scenario::Scenario;
use gatewright_core::time::Timestamp;
use gatewright_core::worst_case::worst_case;
use gatewright_core::{Decision, Parsed, ToolCall, Verdict, WindowModel};

use crate::model::document::GoodVersion;
use crate::model::view::Target;

/// 2026-01-05T10:00:18Z: when the call comes whose refusal is shown.
const EXAMPLE_TIME: Timestamp = Timestamp::from_millis(1_767_607_218_000);

/// The worst that a limit lets through.
#[derive(Clone, Debug, PartialEq)]
pub struct Worst {
    /// The limit's place.
    pub place: Pointer,
    /// How much, as the end of a sentence.
    pub in_words: String,
    /// Calls that reach it, where there are any that do without arguments.
    pub scenario: Option<Scenario>,
}

/// What an agent sees when a rule or a limit refuses its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The text of the answer.
    pub text: String,
    /// The whole answer, a line of JSON.
    pub line: String,
    /// Whether a person is asked first.
    pub asks_first: bool,
}

/// The place of what is selected; none for tools that are not listed.
#[must_use]
pub fn place_of(target: &Target) -> Option<Pointer> {
    match target {
        Target::Unlisted => None,
        Target::AllTools => Some(Pointer::root().key("all_tools")),
        Target::Tool(name) => Some(Pointer::root().key("tools").key(name)),
    }
}

/// The worst case of each limit of what is selected. None while something could not be read, for then it may be worse.
///
/// Those of all tools are what they let through by themselves, whatever tools are called.
#[must_use]
pub fn worst_cases(parsed: &Parsed, target: &Target) -> Vec<Worst> {
    if !parsed.diagnostics.is_empty() {
        return Vec::new();
    }
    let found = match target {
        Target::Unlisted => None,
        Target::Tool(name) => worst_case(&parsed.policy, name, WindowModel::Calendar),
        Target::AllTools => {
            let limits = parsed.policy.all_tools.limits.clone();
            let alone = Policy {
                default: DefaultDecision::Allow,
                description: None,
                hide: Vec::new(),
                all_tools: ToolPolicy { limits, ..ToolPolicy::default() },
                tools: Vec::new(),
            };
            worst_case(&alone, "", WindowModel::Calendar)
        }
    };
    let limits = found.map(|found| found.limits).unwrap_or_default();
    let own = place_of(target).unwrap_or_default().key("limits");
    limits
        .into_iter()
        .filter(|worst| worst.pointer.as_str().starts_with(own.as_str()))
        .map(|worst| Worst {
            place: worst.pointer.clone(),
            in_words: worst.in_words(),
            // Of all tools together it would be the calls of one that the policy may not even list.
            scenario: if *target == Target::AllTools { None } else { worst.scenario() },
        })
        .collect()
}

/// What an agent sees when the rule or the limit at a place refuses its call.
#[must_use]
pub fn seen(version: &GoodVersion, place: &Pointer) -> Option<Seen> {
    let mut tokens = place.tokens();
    let tool = match tokens.next().as_deref() {
        Some("tools") => tokens.next()?.into_owned(),
        // A rule of all tools speaks of whichever is called.
        _ => version.policy.tool_names().next().unwrap_or("any_tool").to_owned(),
    };
    let call = ToolCall { tool: &tool, grant: "ci-agent", at: EXAMPLE_TIME, ..ToolCall::default() };
    let verdict = Verdict::example(&version.policy, place, &call)?;
    let line = denial_line("1", &verdict, false);
    let answer: serde_json::Value = serde_json::from_str(&line).ok()?;
    let text = answer.pointer("/result/content/0/text")?.as_str()?.to_owned();
    Some(Seen { text, line, asks_first: verdict.decision == Decision::Approval })
}

/// What the policy says of what is selected, a sentence for each thing.
#[must_use]
pub fn sentences(parsed: &Parsed, target: &Target) -> Vec<Sentence> {
    let policy = &parsed.policy;
    let is_it = |(name, _): &&(String, ToolPolicy)| matches!(target, Target::Tool(tool) if tool == name);
    // Whether any tool is listed is part of what is said.
    let tool = policy.tools.iter().find(is_it).or(policy.tools.first());
    let about = Policy {
        default: policy.default,
        description: None,
        hide: policy.hide.clone(),
        all_tools: policy.all_tools.clone(),
        tools: tool.cloned().into_iter().collect(),
    };
    let explanation = explain(&about);
    let place = place_of(target).unwrap_or_default();
    let own = match target {
        Target::Unlisted => return vec![explanation.unlisted],
        Target::AllTools => Vec::new(),
        Target::Tool(name) => {
            let found = explanation.tools.into_iter().find(|tool| tool.tool == *name);
            found.map_or_else(|| vec![explanation.unlisted], |tool| tool.sentences)
        }
    };
    let is_about_it = |sentence: &Sentence| sentence.pointer.as_str().starts_with(place.as_str());
    own.into_iter().chain(explanation.whole.into_iter().filter(is_about_it)).collect()
}
