//! Attacks on tool calls, performed on the user's own tools: what each does, and how far a policy lets it come.
//!
//! An attack is data and one small function that makes its calls from the definitions of the tools at hand. They are run
//! through the policy by the simulator, so that what stops them is what would stop them for real. Attacks that lie in a
//! list of tools, and not in calls, are read off the definitions and off what changed since they were pinned.
//!
//! Who attacks knows the policy: calls that are to get through are made so that they pass its rules, and the tool that
//! lets the most through is chosen. A policy that stops all of them is not safe. It stops these, as they are performed
//! here; and one that denies everything does so too, which is why a normal day stands beside them ([`Day`], [`Score`]).
//!
//! Nothing is sent anywhere: no tool is called.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::compile::{CompiledPolicy, compile};
use crate::counter::Options;
use crate::diagnostic::{Diagnostic, Fix};
use crate::parse::Parsed;
use crate::risk::{Assessed, Evidence};
use crate::scenario::{Calls, Scenario};
use crate::tool::ToolDefinition;
use crate::tool::drift::Change;

/// An attack that can be performed on tools.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Attack {
    /// Its name on the command line and in links: `slow-drip`.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What happens, in two or three sentences.
    pub what: &'static str,
    /// Where it was described in public.
    pub source: Source,
    /// Which of its calls are the harmful ones, and when it counts as stopped.
    pub harm: &'static str,
    /// Which controls stop it.
    pub stopped_by: &'static str,
}

/// Where something was described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Who wrote it, and how it is called.
    pub title: &'static str,
    /// Its address.
    pub url: &'static str,
}

/// What is attacked: a policy without errors, and the tools that it is for.
#[derive(Debug)]
pub struct Target<'a> {
    parsed: &'a Parsed,
    compiled: CompiledPolicy,
    tools: &'a [Assessed],
    definitions: Vec<ToolDefinition>,
    /// What is not as it was pinned; none where nothing was pinned.
    changes: Option<&'a [Change]>,
    options: Options,
}

/// How far a policy lets an attack come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    /// Nothing harmful gets through from a call on, and that is early enough: see [`Attack::harm`].
    Stopped {
        /// The number of the first call that is stopped for good, from 1; none where no calls are made.
        at: Option<usize>,
    },
    /// Some of what is harmful gets through.
    Limited {
        /// How many harmful calls, or definitions, get through.
        allowed: usize,
        /// Of how many.
        of: usize,
    },
    /// All of it gets through.
    NotStopped {
        /// How many harmful calls, or definitions.
        of: usize,
    },
    /// These tools do not allow it, whatever the policy says. It does not count.
    NotPossible,
}

/// What came of an attack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Performed {
    /// The attack's name: [`Attack::id`].
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// How far it came.
    pub standing: Standing,
    /// The same in words, a sentence or two: who, how many, and by which rule.
    pub words: String,
    /// How many calls it makes.
    pub calls: usize,
    /// The tools that it uses, in the order of their calls, at most some.
    pub tools: Vec<String>,
    /// What was found in definitions, where the attack lies in these.
    pub findings: Vec<Finding>,
    /// Its calls, where it makes any: what the simulator shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Scenario>,
    /// The control that would stop it, or hold it further down, where there is one that needs no guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// What to do where no edit of the policy helps, a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// Something in the definition of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The tool.
    pub tool: String,
    /// The words, their place, and what follows from them.
    pub evidence: Evidence,
}

/// A change of the policy that was tried: with it the attack comes less far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Control {
    /// The change.
    pub fix: Fix,
    /// How far the attack comes then.
    pub then: Standing,
    /// What it does and what it costs, a sentence or two.
    pub words: String,
}

/// How much of a normal day a policy lets through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    /// Where the calls come from.
    pub from: DayFrom,
    /// How many there are.
    pub calls: usize,
    /// How many of them pass by themselves.
    pub passed: usize,
    /// How many wait for a person.
    pub approval: usize,
    /// How many are denied.
    pub denied: usize,
    /// Of how many it cannot be told, for their arguments were not recorded.
    pub unknown: usize,
    /// The same in words.
    pub words: String,
}

/// Where the calls of a normal day come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayFrom {
    /// The built-in working day, made for the tools at hand.
    Made,
    /// A log.
    Log,
}

/// Attacks and normal day in one number.
///
/// `score` is `attacks` × `day`: what a policy keeps out counts only as far as it lets work go on. A policy that denies
/// everything has 0, for its day is 0; so has one that asks a person each time, for only what passes by itself counts.
/// One that allows everything has 0 or little, for its attacks are 0. Each grows with the other held still, and attacks
/// that are not possible with these tools count neither way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Attacks that are possible with these tools.
    pub possible: usize,
    /// How many of these are stopped.
    pub stopped: usize,
    /// How many are limited.
    pub limited: usize,
    /// How many are not stopped.
    pub not_stopped: usize,
    /// What is kept out, in percent, rounded down: 100 for each stopped attack, for a limited one the share of its
    /// harmful calls that do not get through, 0 for the others; of all possible ones the average.
    pub attacks: u32,
    /// The share of the normal day that passes by itself, in percent, rounded down.
    pub day: u32,
    /// The product of both, in percent, rounded down.
    pub score: u32,
}

/// Every attack, the normal day, and the score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What came of each attack, in the order of [`ALL`].
    pub attacks: Vec<Performed>,
    /// What is left of a normal day.
    pub day: Day,
    /// Both in one number.
    pub score: Score,
}

/// Every attack.
pub const ALL: [Attack; 0] = [];

impl<'a> Target<'a> {
    /// A policy, and the tools that it is for.
    ///
    /// # Errors
    ///
    /// What is wrong with the policy: one with errors decides nothing.
    pub fn new(parsed: &'a Parsed, tools: &'a [Assessed]) -> Result<Self, Vec<Diagnostic>> {
        let definitions = tools.iter().map(|assessed| assessed.tool.clone()).collect();
        let compiled = compile(parsed)?;
        Ok(Self { parsed, compiled, tools, definitions, changes: None, options: Options::default() })
    }

    /// The same where tools were pinned: with what is not as it was. Nothing changed is an empty list.
    #[must_use]
    pub const fn pinned(mut self, changes: &'a [Change]) -> Self {
        self.changes = Some(changes);
        self
    }

    /// The same where calls are counted in another way.
    #[must_use]
    pub const fn counted(mut self, options: Options) -> Self {
        self.options = options;
        self
    }
}

impl Attack {
    /// The attack of this name, `slow-drip`.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|attack| attack.id == id)
    }

    /// Performs the attack.
    ///
    /// `day` is what the tools are needed for, so that a control leaves room for it: see [`normal_day`].
    #[must_use]
    pub fn perform(&self, _target: &Target<'_>, _day: &Calls) -> Performed {
        Performed {
            id: self.id,
            title: self.title,
            standing: Standing::NotPossible,
            words: String::new(),
            calls: 0,
            tools: Vec::new(),
            findings: Vec::new(),
            scenario: None,
            control: None,
            advice: None,
        }
    }
}

/// The calls of a normal day with these tools: what is tried where there is no log. See [`day`].
#[must_use]
pub fn normal_day(_target: &Target<'_>) -> Calls {
    Calls::default()
}

/// How much of a normal day passes.
#[must_use]
pub fn day(_target: &Target<'_>, _calls: &Calls, from: DayFrom) -> Day {
    Day { from, calls: 0, passed: 0, approval: 0, denied: 0, unknown: 0, words: String::new() }
}

/// Attacks and normal day in one number.
#[must_use]
pub fn score(_attacks: &[Performed], _day: &Day) -> Score {
    Score { possible: 0, stopped: 0, limited: 0, not_stopped: 0, attacks: 0, day: 0, score: 0 }
}

/// Performs every attack. `log` is a normal day as it was; without one, one is made ([`normal_day`]).
#[must_use]
pub fn run_all(target: &Target<'_>, log: Option<&Calls>) -> Report {
    let made = log.is_none().then(|| normal_day(target)).unwrap_or_default();
    let (calls, from) = log.map_or((&made, DayFrom::Made), |log| (log, DayFrom::Log));
    let attacks: Vec<Performed> = ALL.iter().map(|attack| attack.perform(target, calls)).collect();
    let day = day(target, calls, from);
    let score = score(&attacks, &day);
    Report { attacks, day, score }
}
