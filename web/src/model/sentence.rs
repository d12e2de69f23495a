//! The verdict sentence in parts: those that count calls list them, and nothing is said anew.
//!
//! The sentence is the evaluator's. A count that is not found in it, as it would be after a change of its words, is no
//! part of its own, and the sentence stays whole.

use gatewright_core::Decision;
use gatewright_core::amount::count;
use gatewright_core::simulate::Summary;

use super::call_list::Filter;

/// A part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its words.
    pub text: String,
    /// The calls that it counts; none where it counts none.
    pub lists: Option<Filter>,
}

/// The sentence of a run in parts. Joined they are the sentence.
#[must_use]
pub fn parts(summary: &Summary) -> Vec<Part> {
    let sentence = summary.in_words();
    let mut parts = Vec::new();
    let mut rest = sentence.as_str();
    for (words, filter) in counted(summary) {
        let Some((before, after)) = rest.split_once(words.as_str()) else { continue };
        if !before.is_empty() {
            parts.push(Part { text: before.to_owned(), lists: None });
        }
        parts.push(Part { text: words, lists: Some(filter) });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part { text: rest.to_owned(), lists: None });
    }
    parts
}

/// What the sentence counts, in its order, with the calls.
fn counted(summary: &Summary) -> Vec<(String, Filter)> {
    let decided = |decision| Filter { decision: Some(decision), ..Filter::default() };
    let calls = |calls: usize| format!("{} {}", count(calls), if calls == 1 { "call" } else { "calls" });
    let mut counted = Vec::new();
    if summary.allowed > 0 {
        let words = format!("{} of {} allowed", count(summary.allowed), calls(summary.calls));
        counted.push((words, decided(Decision::Allow)));
    }
    if summary.denied > 0 {
        counted.push((format!("{} denied", count(summary.denied)), decided(Decision::Deny)));
        let denying = summary.by_rule.iter().filter(|rule| rule.reason.decision() == Decision::Deny);
        let denying: Vec<_> = denying.collect();
        for rule in &denying {
            let by_rule = Filter { rule: Some(rule.rule.clone()), ..Filter::default() };
            let words = match denying.len() {
                1 => rule.words.clone(),
                _ => format!("{} by {}", count(rule.count), rule.words),
            };
            // A reason that is no rule's cannot be asked for by one.
            if !rule.rule.is_empty() && !words.is_empty() {
                counted.push((words, by_rule));
            }
        }
    }
    if summary.approval > 0 {
        let need = if summary.approval == 1 { "needs" } else { "need" };
        let words = format!("{} {need} a person's approval", calls(summary.approval));
        counted.push((words, decided(Decision::Approval)));
    }
    if summary.unknown > 0 {
        counted.push((calls(summary.unknown), decided(Decision::Unknown)));
    }
    counted
}

#[cfg(test)]
mod tests {
    use gatewright_core::Reason;
    use gatewright_core::simulate::RuleCount;

    use super::*;
    use crate::model::dry_run::DryRun;

    fn rule(name: &str, reason: Reason, count: usize) -> RuleCount {
        RuleCount { rule: format!("/{name}"), reason, words: name.to_owned(), count, first: 0 }
    }

    fn listed(parts: &[Part]) -> Vec<(&str, Option<Decision>, Option<&str>)> {
        let listed = parts.iter().filter_map(|part| Some((part.text.as_str(), part.lists.as_ref()?)));
        listed.map(|(text, filter)| (text, filter.decision, filter.rule.as_deref())).collect()
    }

    #[test]
    fn counts_list_their_calls_and_the_sentence_stays_as_it_is() {
        let first = DryRun::first_view().run.summary;
        let mixed = Summary {
            calls: 2_000,
            allowed: 1,
            denied: 1_500,
            approval: 1,
            unknown: 498,
            by_rule: vec![
                rule("hide", Reason::Hidden, 700),
                rule("a (1 per day)", Reason::Limit, 500),
                rule("default deny", Reason::DefaultDeny, 200),
                rule("ask", Reason::RequireApproval, 1),
                rule("late", Reason::Limit, 60),
                rule("later", Reason::Limit, 40),
            ],
            first_denial: Some(0),
            ..Summary::default()
        };
        let (allow, deny) = (Some(Decision::Allow), Some(Decision::Deny));
        #[rustfmt::skip]
        let cases = [
            (first, vec![
                ("50 of 3,600 calls allowed", allow, None),
                ("3,550 denied", deny, None),
                ("run_tests_rate (10 per minute)", None, Some("/tools/run_tests/limits/run_tests_rate")),
            ], "one rule denies all of them"),
            (mixed, vec![
                ("1 of 2,000 calls allowed", allow, None),
                ("1,500 denied", deny, None),
                ("700 by hide", None, Some("/hide")),
                ("500 by a (1 per day)", None, Some("/a (1 per day)")),
                ("200 by default deny", None, Some("/default deny")),
                ("1 call needs a person's approval", Some(Decision::Approval), None),
                ("498 calls", Some(Decision::Unknown), None),
            ], "three rules are named, the others summed up"),
            (Summary { calls: 3, allowed: 3, ..Summary::default() }, vec![], "all of them"),
            (Summary { calls: 3, denied: 3, by_rule: vec![rule("hide", Reason::Hidden, 3)], ..Summary::default() }, vec![
                ("3 denied", deny, None),
                ("hide", None, Some("/hide")),
            ], "of none there is nothing to list"),
            (Summary::default(), vec![], "no call"),
        ];
        for (summary, expected, why) in cases {
            let parts = parts(&summary);
            assert_eq!(listed(&parts), expected, "{why}");
            let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
            assert_eq!(whole, summary.in_words(), "{why}");
        }
    }
}
