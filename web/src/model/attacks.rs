//! Attacks on the policy at hand, performed one at a time, and what is left of a normal day beside them.
//!
//! What came of an attack belongs to what was attacked: once the policy, the tools or the day is another, it is told as
//! of before. Every sentence is the evaluator's; here is only what belongs together, and which calls are shown.

use std::sync::Arc;

use gatewright_core::attack::{self, ALL, Day, DayFrom, Need, Performed, Score, Standing, Target};
use gatewright_core::risk::{Assessed, assess_all};
use gatewright_core::scenario::{Calls, Scenario};
use gatewright_core::tool::ToolDefinition;
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
        same_log && Arc::ptr_eq(&self.version, &other.version) && Arc::ptr_eq(&self.tools, &other.tools)
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
        let (day, made) = match &attacked.log {
            Some(log) => (Arc::clone(log), None),
            None => {
                let made = attack::working_day(&target(&attacked)?);
                (Arc::new(made.calls().ok()?), Some(made))
            }
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
    Target::new(&attacked.version.parsed, &attacked.tools).ok()
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
