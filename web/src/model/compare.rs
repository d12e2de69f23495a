//! Two versions of a policy, side by side: their texts, what they say of each tool, and what becomes of the calls.
//!
//! The second version is the one at hand. What a policy says of a tool is a word and the sentences that explain it, so
//! that a tool whose rules change is found even where its word stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_core::amend::{ToolState, ToolStates};
use gatewright_core::explain::Explanation;
use gatewright_core::scenario::Calls;
use gatewright_core::{CompiledPolicy, Options, Parsed, diff, explain};

use super::text_diff::TextDiff;

/// A version to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// What it is called.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
}

/// What differs between two versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Line by line.
    pub text: TextDiff,
    /// Tools that go from one word to another, the largest group first.
    pub moves: Vec<Move>,
    /// What is said otherwise: of every tool, and of those that have, had or get rules of their own.
    pub rewordings: Vec<Rewording>,
}

/// Tools that go from one word to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// In the first version.
    pub before: ToolState,
    /// In the second.
    pub after: ToolState,
    /// The tools, by name; none is every tool that neither version names.
    pub tools: Vec<Option<String>>,
}

/// What is said otherwise of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewording {
    /// The tool; none is every tool.
    pub tool: Option<String>,
    /// Sentences that no longer hold.
    pub gone: Vec<String>,
    /// Sentences that hold now.
    pub new: Vec<String>,
}

/// By tool, what is said of it; none is every tool.
type Said = BTreeMap<Option<String>, Vec<String>>;

impl Comparison {
    /// Compares two versions; `known` are the names of the imported tools.
    #[must_use]
    pub fn new<'n>(before: &Parsed, after: &Parsed, known: impl IntoIterator<Item = &'n str>) -> Self {
        let (said_before, said_after) = (said(before), said(after));
        let (states_before, states_after) = (ToolStates::of(&before.source), ToolStates::of(&after.source));
        let mut names: Vec<Option<String>> = known.into_iter().map(|name| Some(name.to_owned())).collect();
        names.extend(said_before.keys().chain(said_after.keys()).cloned());
        names.sort();
        names.dedup();
        let (mut moves, mut rewordings): (Vec<Move>, Vec<Rewording>) = (Vec::new(), Vec::new());
        for tool in names {
            let state = |states: &ToolStates<'_>| match &tool {
                Some(name) => states.of_tool(name),
                None => states.of_tool(UNNAMED),
            };
            let (was, is) = (state(&states_before), state(&states_after));
            if was == is || [was, is].contains(&ToolState::Custom) {
                rewordings.extend(reworded(tool.as_ref(), said_before.get(&tool), said_after.get(&tool)));
            }
            if was == is {
                continue;
            }
            match moves.iter_mut().find(|known| (known.before, known.after) == (was, is)) {
                Some(known) => known.tools.push(tool),
                None => moves.push(Move { before: was, after: is, tools: vec![tool] }),
            }
        }
        moves.sort_by_key(|known| std::cmp::Reverse(known.tools.len()));
        Self { text: TextDiff::new(before.source.text(), after.source.text()), moves, rewordings }
    }
}

/// What becomes of the calls, in a sentence.
#[must_use]
pub fn calls_in_words(before: &CompiledPolicy, after: &CompiledPolicy, calls: &Calls) -> String {
    diff(before, after, calls, Options::default()).in_words()
}

/// A name that no tool has, for what is said of tools that are not named.
const UNNAMED: &str = "\u{0}";

fn said(parsed: &Parsed) -> Said {
    let Explanation { whole, unlisted, tools } = explain(&parsed.policy);
    let texts = |sentences: Vec<gatewright_core::explain::Sentence>| -> Vec<String> {
        sentences.into_iter().map(|sentence| sentence.text).collect()
    };
    let mut said = Said::new();
    let mut every = texts(whole);
    every.push(unlisted.text);
    said.insert(None, every);
    said.extend(tools.into_iter().map(|tool| (Some(tool.tool), texts(tool.sentences))));
    said
}

fn reworded(
    tool: Option<&String>,
    before: Option<&Vec<String>>,
    after: Option<&Vec<String>>,
) -> Option<Rewording> {
    let (before, after) = (before.map_or(&[][..], Vec::as_slice), after.map_or(&[][..], Vec::as_slice));
    let without = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|sentence| !others.contains(sentence)).cloned().collect()
    };
    let (gone, new) = (without(before, after), without(after, before));
    (!gone.is_empty() || !new.is_empty()).then(|| Rewording { tool: tool.cloned(), gone, new })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_core::parse;

    fn told(before: &str, after: &str) -> String {
        let document = |inside: &str| parse(&format!("{{\"version\": \"1\", {inside}}}"));
        let comparison = Comparison::new(&document(before), &document(after), ["imported"]);
        let name = |tool: &Option<String>| tool.clone().unwrap_or_else(|| "(others)".to_owned());
        let mut told: Vec<String> = Vec::new();
        for known in &comparison.moves {
            let tools: Vec<_> = known.tools.iter().map(name).collect();
            told.push(format!("{:?} to {:?}: {}", known.before, known.after, tools.join(" ")));
        }
        for one in &comparison.rewordings {
            told.push(format!("{}: -{} +{}", name(&one.tool), one.gone.len(), one.new.len()));
        }
        told.join("; ")
    }

    #[test]
    fn tools_are_told_by_what_changes_for_them() {
        let limit = |max: u8| {
            format!(
                r#""default": "deny", "tools": {{"a": {{"limits": [{{"counter": "c", "window": "day", "max": {max}, "scope": "grant"}}]}}}}"#
            )
        };
        #[rustfmt::skip]
        let cases = [
            (r#""default": "deny""#, r#""default": "deny""#,                                "", "nothing changes"),
            (r#""default": "deny", "tools": {"a": {}, "b": {}, "c": {}}"#, r#""default": "deny", "tools": {"c": {}}"#, "Allow to Deny: a b", "two tools are listed no more"),
            (r#""default": "deny""#, r#""default": "allow""#,                               "Deny to Allow: (others) imported", "the default, and what is imported"),
            (r#""default": "deny", "tools": {"a": {}}"#, r#""default": "deny", "hide": ["a"], "tools": {"a": {}}"#, "Allow to Hide: a", "hidden"),
        ];
        for (before, after, expected, why) in cases {
            assert_eq!(told(before, after), expected, "{why}");
        }
        assert_eq!(told(&limit(1), &limit(2)), "a: -1 +1", "a rule changes where its word stays");
    }

    #[test]
    fn what_becomes_of_the_calls_is_the_evaluators_sentence() {
        let policy = |default: &str| {
            gatewright_core::compile(&parse(&format!(r#"{{"version": "1", "default": "{default}"}}"#)))
                .unwrap()
        };
        let mut calls = Calls::default();
        calls.push(&gatewright_core::ToolCall { tool: "a", ..Default::default() }, None);
        assert_eq!(
            calls_in_words(&policy("allow"), &policy("deny"), &calls),
            "1 of 1 call changes, from allow to deny."
        );
    }
}
