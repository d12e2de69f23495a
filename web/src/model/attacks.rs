//! Attacks on the policy at hand, performed one at a time, and what is left of a normal day beside them.
//!
//! What came of an attack belongs to what was attacked: once the policy, the tools or the day is another, it is told as
//! of before. Every sentence is the evaluator's; here is only what belongs together, and which calls are shown.

use std::sync::Arc;

use gatewright_core::attack::{self, ALL, Day, DayFrom, Need, Performed, Score, Standing, Target};
use gatewright_core::risk::{Assessed, assess_all};
use gatewright_core::scenario::{Calls, Scenario};
use gatewright_core::tool::ToolDefinition;
use gatewright_core::tool::drift::Change;
use gatewright_core::{CompiledPolicy, Decision};

use super::document::GoodVersion;
use super::dry_run::DryRun;

/// So many calls of a log stand for a day: they are run where they are shown, within a frame.
pub const MOST_OF_A_LOG: usize = 10_000;
/// So many calls of the day that do not pass are told.
const TOLD: usize = 5;

/// What is attacked: a policy, the tools it is for, and the day that it must leave room for.
#[derive(Clone, Debug)]
pub struct Attacked {
    /// The policy.
    pub version: Arc<GoodVersion>,
    /// The tools.
    pub tools: Arc<Vec<Assessed>>,
    /// What of the imported tools is not as it was pinned; none where nothing was imported.
    pub changes: Option<Vec<Change>>,
    /// The log that stands for a normal day, as far as it is used; none where one is made.
    pub log: Option<Arc<Calls>>,
}

impl PartialEq for Attacked {
    fn eq(&self, other: &Self) -> bool {
        let same_log = match (&self.log, &other.log) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_log
            && Arc::ptr_eq(&self.version, &other.version)
            && Arc::ptr_eq(&self.tools, &other.tools)
            && self.changes == other.changes
    }
}

/// The tools that a policy names, for where no list of tools is imported: what they do is guessed from their names.
#[must_use]
pub fn named_tools(policy: &CompiledPolicy) -> Vec<Assessed> {
    let named =
        policy.tool_names().map(|name| ToolDefinition { name: name.to_owned(), ..ToolDefinition::default() });
    assess_all(named.collect())
}

/// The calls of a log that stand for a day: the first of a long one.
#[must_use]
pub fn day_of(log: &Arc<Calls>) -> Arc<Calls> {
    if log.len() <= MOST_OF_A_LOG {
        return Arc::clone(log);
    }
    let mut first = Calls::default();
    first.add(log.part(0..MOST_OF_A_LOG));
    Arc::new(first)
}

/// One round of all attacks on something.
#[derive(Debug)]
pub struct Round {
    attacked: Attacked,
    /// The calls of the day,
    day: Arc<Calls>,
    /// what they need,
    need: Need,
    /// and, where they were made, what makes them.
    made: Option<Scenario>,
}

impl Round {
    /// A round of which no attack is performed yet.
    #[must_use]
    pub fn new(attacked: Attacked) -> Option<Self> {
        let (day, made) = if let Some(log) = &attacked.log {
            (Arc::clone(log), None)
        } else {
            let made = attack::working_day(&target(&attacked)?);
            (Arc::new(made.calls().ok()?), Some(made))
        };
        Some(Self { need: Need::of(&day), attacked, day, made })
    }

    /// How many attacks there are.
    #[must_use]
    pub const fn len() -> usize {
        ALL.len()
    }

    /// Performs one attack, by its place among all.
    #[must_use]
    pub fn perform(&self, place: usize) -> Option<Performed> {
        Some(ALL.get(place)?.perform(&target(&self.attacked)?, &self.need))
    }

    /// What is left of the day, and of all attacks the score.
    #[must_use]
    pub fn finish(&self, performed: &[Performed]) -> Option<Outcome> {
        let from = if self.made.is_some() { DayFrom::Made } else { DayFrom::Log };
        let day = attack::day(&target(&self.attacked)?, &self.day, from);
        let score = attack::score(performed, &day);
        let run = DryRun::new(Arc::clone(&self.attacked.version), Arc::clone(&self.day));
        let is_held =
            |index: &usize| run.run.decision(*index).is_some_and(|decision| decision != Decision::Allow);
        let held = (0..run.run.len()).filter(is_held).take(TOLD).filter_map(|index| {
            let told = run.explain(index)?;
            Some(Held {
                index,
                decision: told.verdict.decision,
                heading: told.heading,
                message: told.verdict.message,
            })
        });
        Some(Outcome { held: held.collect(), day, score, made: self.made.clone() })
    }
}

/// What came of a round.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What is left of the day.
    pub day: Day,
    /// Its first calls that do not pass by themselves.
    pub held: Vec<Held>,
    /// Attacks and day in one number.
    pub score: Score,
    /// What makes the day's calls, where they were made.
    pub made: Option<Scenario>,
}

/// A call of the day that does not pass by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which, from 0.
    pub index: usize,
    /// What is decided.
    pub decision: Decision,
    /// Which call it is: its number, its tool, its time.
    pub heading: String,
    /// What its agent is told.
    pub message: String,
}

fn target(attacked: &Attacked) -> Option<Target<'_>> {
    let target = Target::new(&attacked.version.parsed, &attacked.tools).ok()?;
    Some(match &attacked.changes {
        Some(changes) => target.pinned(changes),
        None => target,
    })
}

/// How far an attack came, as a shape and a class: beside its words it is told apart without its colour.
#[must_use]
pub const fn mark(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Stopped { .. } => ("■", "stopped"),
        Standing::Limited { .. } => ("◧", "limited"),
        Standing::NotStopped { .. } => ("▲", "not-stopped"),
        Standing::NotPossible => ("–", "not-possible"),
    }
}

/// Whether an attack uses a tool.
#[must_use]
pub fn uses(performed: &Performed, tool: &str) -> bool {
    performed.tools.iter().any(|used| used == tool)
        || performed.findings.iter().any(|found| found.tool == tool)
}

#[cfg(test)]
mod tests {
    use gatewright_core::risk::assess_all;
    use gatewright_core::tool::read_tools;

    use super::*;
    use crate::model::document::Document;

    const TOOLS: &str = r#"[{"name": "read_file", "inputSchema": {"properties": {"path": {"type": "string"}}}},
        {"name": "send_email", "inputSchema": {"properties": {"to": {"type": "string"}, "body": {"type": "string"}}}},
        {"name": "delete_file", "inputSchema": {"properties": {"path": {"type": "string"}}}}]"#;

    fn round(policy: &str, log: Option<Arc<Calls>>) -> Round {
        let document = Document::new(policy);
        let tools = Arc::new(assess_all(read_tools(TOOLS).unwrap()));
        let version = Arc::clone(document.good().unwrap());
        Round::new(Attacked { version, tools, changes: None, log }).unwrap()
    }

    fn all(round: &Round) -> (Vec<Performed>, Outcome) {
        let performed: Vec<Performed> =
            (0..Round::len()).map(|place| round.perform(place).unwrap()).collect();
        let outcome = round.finish(&performed).unwrap();
        (performed, outcome)
    }

    #[test]
    fn neither_denying_nor_allowing_everything_scores() {
        let (performed, denied) = all(&round(r#"{"version": "1", "default": "deny"}"#, None));
        assert!(
            !performed.iter().any(|one| matches!(one.standing, Standing::NotStopped { .. }) && one.calls > 0)
        );
        assert_eq!((denied.score.day, denied.score.score), (0, 0));
        assert_eq!(denied.held.len(), TOLD, "the first calls of the day that do not pass");
        assert!(denied.held.iter().all(|held| held.decision == Decision::Deny && !held.message.is_empty()));
        let (performed, allowed) = all(&round(r#"{"version": "1", "default": "allow"}"#, None));
        assert!(allowed.held.is_empty() && allowed.score.day == 100);
        assert!(allowed.score.score < 50, "{}", allowed.score.in_words());
        assert!(performed.iter().any(|one| one.control.is_some()), "something would help");
    }

    #[test]
    fn a_control_is_an_edit_of_the_text_and_the_attack_comes_less_far_with_it() {
        let text = r#"{"version": "1", "default": "allow"}"#;
        let (performed, _) = all(&round(text, None));
        let controls =
            performed.iter().enumerate().filter_map(|(place, one)| Some((place, one.control.as_ref()?)));
        let mut tried = 0;
        for (place, control) in controls {
            let edited = gatewright_core::diagnostic::apply(text, &control.fix.edits).unwrap();
            let again = round(&edited, None).perform(place).unwrap();
            assert_eq!(again.standing, control.then, "{}: {}", again.title, control.fix.label);
            tried += 1;
        }
        assert!(tried >= 3, "{tried}");
    }

    #[test]
    fn a_log_stands_for_the_day_and_of_a_long_one_the_first_calls() {
        let mut log = Calls::default();
        for _ in 0..MOST_OF_A_LOG + 5 {
            log.push(&gatewright_core::ToolCall { tool: "read_file", ..Default::default() }, None);
        }
        let log = Arc::new(log);
        let day = day_of(&log);
        assert_eq!(day.len(), MOST_OF_A_LOG);
        assert!(Arc::ptr_eq(&day_of(&day), &day), "a short one is itself");
        let (_, outcome) = all(&round(r#"{"version": "1", "default": "allow"}"#, Some(day)));
        assert_eq!((outcome.day.from, outcome.day.calls, outcome.made), (DayFrom::Log, MOST_OF_A_LOG, None));
    }

    #[test]
    fn what_was_attacked_is_the_same_only_where_nothing_changed() {
        let one = round(r#"{"version": "1", "default": "deny"}"#, None).attacked;
        let other = Attacked { log: Some(Arc::default()), ..one.clone() };
        assert_eq!(one, one.clone());
        assert_ne!(one, other);
    }

    #[test]
    fn the_tools_of_an_attack_are_those_that_it_calls_or_reads_of() {
        let (performed, _) = all(&round(r#"{"version": "1", "default": "allow"}"#, None));
        let with = performed.iter().filter(|one| uses(one, "delete_file")).count();
        assert!(with > 0 && with < performed.len(), "{with}");
        assert!(performed.iter().all(|one| !uses(one, "no_such_tool")));
    }
}
