//! A run in numbers, and in one sentence.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::{DecidedBy, Nearest, Run};
use crate::amount::count;
use crate::compile::CompiledPolicy;
use crate::legible::legible;
use crate::pointer::RuleId;
use crate::scenario::Calls;
use crate::time::{Timestamp, duration_in_words};
use crate::verdict::{Decision, Reason};

/// How many rules the sentence names before it sums up the others.
const RULES_TOLD: usize = 3;

/// A run in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Calls judged.
    pub calls: usize,
    /// Calls allowed.
    pub allowed: usize,
    /// Calls denied.
    pub denied: usize,
    /// Calls that need a person's approval.
    pub approval: usize,
    /// Calls of which it cannot be told. They are not counted by any limit.
    pub unknown: usize,
    /// Calls that are not allowed, by rule, the most first; of equals, the first to decide first.
    pub by_rule: Vec<RuleCount>,
    /// The index of the first denied call. `null` in JSON where none was.
    pub first_denial: Option<usize>,
    /// Milliseconds from the first call to the first denied one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_denial_after_ms: Option<i64>,
    /// Calls that carry an earlier time than a call counted before them, and were judged at that one's.
    pub clock_behind: usize,
    /// Where nothing was denied: the limit that had the fewest left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
}

/// How many calls one rule kept out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule's name in a decision log; empty for a reserved reason.
    pub rule: String,
    /// Why.
    pub reason: Reason,
    /// The rule in words: `run_tests_rate (10 per minute)`.
    pub words: String,
    /// How many calls.
    pub count: usize,
    /// The index of the first.
    pub first: usize,
}

impl Summary {
    pub(super) fn new(policy: &CompiledPolicy, calls: &Calls, run: &Run) -> Self {
        let decided = |decision| run.reason.iter().filter(|reason| reason.decision() == decision).count();
        let (allowed, denied) = (decided(Decision::Allow), decided(Decision::Deny));
        let first_denial = run.next_denial(None);
        let time_of = |index: usize| calls.at(index);
        let judged_late = |(index, at): (usize, &Timestamp)| time_of(index).is_some_and(|given| *at > given);
        Self {
            calls: run.len(),
            allowed,
            denied,
            approval: decided(Decision::Approval),
            unknown: decided(Decision::Unknown),
            by_rule: by_rule(policy, run),
            first_denial,
            first_denial_after_ms: first_denial
                .and_then(|index| Some(run.at.get(index)?.since(*run.at.first()?))),
            clock_behind: run.at.iter().enumerate().filter(|late| judged_late(*late)).count(),
            nearest: if denied == 0 { run.nearest(policy) } else { None },
        }
    }

    /// The run in one or a few sentences.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.calls == 0 {
            return "No calls to try.".to_string();
        }
        let mut words = match self.denied {
            0 if self.allowed == self.calls => self.all_allowed(),
            0 => format!("{} of {} allowed, none denied.", count(self.allowed), calls_in_words(self.calls)),
            _ => self.some_denied(),
        };
        if self.approval > 0 {
            let need = if self.approval == 1 { "call needs" } else { "calls need" };
            words.push_str(&format!(" {} {need} a person's approval.", count(self.approval)));
        }
        if self.unknown > 0 {
            let (unknown, calls) = (count(self.unknown), if self.unknown == 1 { "call" } else { "calls" });
            words.push_str(&format!(
                " Of {unknown} {calls} it cannot be told, for arguments were not recorded; no limit counts them."
            ));
        }
        if self.clock_behind > 0 {
            let behind = count(self.clock_behind);
            let carry = if self.clock_behind == 1 { "call carries" } else { "calls carry" };
            words.push_str(&format!(
                " {behind} {carry} an earlier time than a call before: time never runs backwards here."
            ));
        }
        words
    }

    fn all_allowed(&self) -> String {
        let calls = match self.calls {
            1 => "The one call is allowed.".to_string(),
            calls => format!("All {} calls allowed.", count(calls)),
        };
        let Some(nearest) = &self.nearest else {
            let them = if self.calls == 1 { "it" } else { "any of them" };
            return format!("{calls} No limit counted {them}.");
        };
        format!("{calls} The closest limit was {}.", nearest.in_words())
    }

    fn some_denied(&self) -> String {
        let mut words = format!("{} of {} allowed. ", count(self.allowed), calls_in_words(self.calls));
        words.push_str(&count(self.denied));
        words.push_str(" denied");
        let denying: Vec<&RuleCount> =
            self.by_rule.iter().filter(|rule| rule.reason.decision() == Decision::Deny).collect();
        match denying.as_slice() {
            [only] => {
                let all = if self.denied == 1 { "" } else { "all " };
                words.push_str(&format!(", {all}by {}.", only.words));
            }
            rules => {
                let (told, others) = rules.split_at(rules.len().min(RULES_TOLD));
                let parts: Vec<String> =
                    told.iter().map(|rule| format!("{} by {}", count(rule.count), rule.words)).collect();
                words.push_str(&format!(": {}", parts.join(", ")));
                if !others.is_empty() {
                    let calls: usize = others.iter().map(|rule| rule.count).sum();
                    let rules = if others.len() == 1 { "rule" } else { "rules" };
                    words.push_str(&format!(", {} by {} other {rules}", count(calls), count(others.len())));
                }
                words.push('.');
            }
        }
        match (self.first_denial, self.first_denial_after_ms) {
            (Some(0), _) => words.push_str(" The first call is denied already."),
            (_, Some(0)) => words.push_str(" The first denial is in the first millisecond."),
            (_, Some(after)) => words.push_str(&format!(" First denial after {}.", duration_in_words(after))),
            (_, None) => {}
        }
        words
    }
}

fn calls_in_words(calls: usize) -> String {
    format!("{} {}", count(calls), if calls == 1 { "call" } else { "calls" })
}

fn by_rule(policy: &CompiledPolicy, run: &Run) -> Vec<RuleCount> {
    let mut counts: Vec<RuleCount> = Vec::new();
    let mut places: HashMap<(Reason, DecidedBy), usize> = HashMap::new();
    for (index, (reason, by)) in run.reason.iter().zip(&run.decided_by).enumerate() {
        if reason.decision() == Decision::Allow {
            continue;
        }
        let place = *places.entry((*reason, *by)).or_insert_with(|| {
            let rule = by.rule(policy, *reason).as_ref().map_or("", RuleId::as_str).to_string();
            let words = rule_in_words(policy, *reason, *by);
            counts.push(RuleCount { rule, reason: *reason, words, count: 0, first: index });
            counts.len() - 1
        });
        if let Some(rule) = counts.get_mut(place) {
            rule.count += 1;
        }
    }
    counts.sort_by_key(|rule| core::cmp::Reverse(rule.count));
    counts
}

fn rule_in_words(policy: &CompiledPolicy, reason: Reason, by: DecidedBy) -> String {
    let place = |index: u32| usize::try_from(index).ok();
    match (reason, by) {
        (_, DecidedBy::Limit(index)) => {
            let limit = place(index).and_then(|index| policy.limits().get(index));
            limit.map_or_else(String::new, |limit| {
                let counter = policy.counter_in_words(limit);
                match reason {
                    Reason::Limit => format!("{counter} ({})", limit.in_words()),
                    _ => format!("{counter} (the cost is no amount)"),
                }
            })
        }
        (_, DecidedBy::Rule(index)) => {
            let rule = place(index).and_then(|index| policy.rules().get(index));
            let wrong_type = if reason == Reason::WrongType { " (an argument of a wrong type)" } else { "" };
            rule.map_or_else(String::new, |rule| format!("{}{wrong_type}", legible(rule.rule.as_str())))
        }
        (Reason::Hidden, _) => "hide (hidden tools)".to_string(),
        (Reason::DefaultDeny, _) => "default deny (tools not listed)".to_string(),
        (Reason::NoPolicy, _) => "the absence of a policy".to_string(),
        (Reason::TooManyCounters, _) => "too much to be counted at once".to_string(),
        (Reason::ForeignCounters, _) => "counters of another policy".to_string(),
        (Reason::Malformed, _) => "what cannot be read without a guess".to_string(),
        _ => String::new(),
    }
}
