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

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::OnceCell;

use serde::Serialize;

use crate::compile::{CompiledPolicy, compile};
use crate::counter::Options;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::Parsed;
use crate::risk::{Assessed, Evidence};
use crate::scenario::{Block, Calls, Scenario};
use crate::tool::ToolDefinition;
use crate::tool::drift::Change;
use cast::Actor;
use control::Candidate;
use standing::Plan;

mod calls;
mod cast;
mod control;
mod day;
mod library;
mod listed;
mod reading;
mod specimen;
mod standing;

pub use day::{Need, day, normal_day, score, working_day};
pub use library::ALL;

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
    #[serde(skip)]
    plays: fn(&Assessed) -> bool,
    #[serde(skip)]
    make: fn(&Target<'_>) -> Made,
    #[serde(skip)]
    controls: fn(&Target<'_>, &Need) -> Vec<Candidate>,
}

/// What an attack is made of, for the tools at hand.
enum Made {
    /// Calls.
    Calls(Plan),
    /// What is read off the list of tools.
    Read(Reading),
    /// Nothing: what is missing, a sentence.
    Impossible(&'static str),
}

/// What is read off a list of tools.
struct Reading {
    standing: Standing,
    words: String,
    tools: Vec<String>,
    findings: Vec<Finding>,
    advice: Option<String>,
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
    /// The tools as an attacker sees them, in their order.
    actors: Vec<Actor>,
    /// How many lints of which kind the policy has, once that was asked.
    findings: OnceCell<BTreeMap<Code, usize>>,
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
    /// The same in two or three words: `stopped at call 201`.
    pub short: String,
    /// Why, a sentence: how many get through, and which rule keeps out the others; what is missing, where it is not
    /// possible.
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

/// The most tools of an attack that are named.
const TOOLS_TOLD: usize = 12;

impl<'a> Target<'a> {
    /// A policy, and the tools that it is for.
    ///
    /// # Errors
    ///
    /// What is wrong with the policy: one with errors decides nothing.
    pub fn new(parsed: &'a Parsed, tools: &'a [Assessed]) -> Result<Self, Vec<Diagnostic>> {
        let definitions: Vec<ToolDefinition> = tools.iter().map(|assessed| assessed.tool.clone()).collect();
        let compiled = compile(parsed)?;
        let options = Options::default();
        let actors = cast::actors(parsed, &compiled, &definitions, options);
        let findings = OnceCell::new();
        Ok(Self { parsed, compiled, tools, definitions, actors, findings, changes: None, options })
    }

    /// The same where tools were pinned: with what is not as it was. Nothing changed is an empty list.
    #[must_use]
    pub const fn pinned(mut self, changes: &'a [Change]) -> Self {
        self.changes = Some(changes);
        self
    }

    /// The same where calls are counted in another way.
    #[must_use]
    pub fn counted(mut self, options: Options) -> Self {
        if options != self.options {
            self.options = options;
            self.actors = cast::actors(self.parsed, &self.compiled, &self.definitions, options);
        }
        self
    }
}

impl Attack {
    /// The attack of this name, `slow-drip`.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|attack| attack.id == id)
    }

    /// Whether a tool can play a part in it, whatever the policy says: as what is called, or as what brings something in.
    ///
    /// ```
    /// use gatewright_core::attack::ALL;
    /// use gatewright_core::{assess, risk::Assessed, tool::read_tools};
    ///
    /// let tool = read_tools(r#"[{"name": "delete_file"}]"#).unwrap().remove(0);
    /// let assessed = Assessed { risk: assess(&tool), tool };
    /// let plays = |id: &str| ALL.iter().any(|attack| attack.id == id && attack.plays_in(&assessed));
    /// assert!(plays("destructive-autonomy") && !plays("budget-draining"));
    /// ```
    #[must_use]
    pub fn plays_in(&self, assessed: &Assessed) -> bool {
        (self.plays)(assessed)
    }

    /// Performs the attack.
    ///
    /// `need` is what the tools are needed for, so that a control leaves room for it.
    ///
    /// ```
    /// use gatewright_core::attack::{Attack, Need, Standing, Target};
    /// use gatewright_core::risk::assess_all;
    /// use gatewright_core::{parse, tool::read_tools};
    ///
    /// let tools = assess_all(read_tools(r#"[{"name": "delete_file"}]"#).unwrap());
    /// let policy = parse(r#"{"version": "1", "default": "allow"}"#);
    /// let target = Target::new(&policy, &tools).unwrap();
    /// let performed = Attack::find("destructive-autonomy").unwrap().perform(&target, &Need::default());
    /// assert_eq!(performed.standing, Standing::NotStopped { of: 1 });
    /// assert_eq!(performed.words, "The harmful call gets through.");
    /// let control = performed.control.unwrap();
    /// assert_eq!(control.fix.label, "ask a person before `delete_file`");
    /// assert_eq!(control.then, Standing::Stopped { at: Some(1) });
    /// ```
    #[must_use]
    pub fn perform(&self, target: &Target<'_>, need: &Need) -> Performed {
        let mut performed = self.performed(target);
        if matches!(performed.standing, Standing::Limited { .. } | Standing::NotStopped { .. }) {
            let candidates = (self.controls)(target, need);
            performed.control = control::tried(self, target, performed.standing, candidates);
        }
        performed
    }

    /// The attack, without a look for what would stop it.
    fn performed(&self, target: &Target<'_>) -> Performed {
        let mut performed = Performed::not_yet(self);
        match (self.make)(target) {
            Made::Impossible(missing) => performed.words = missing.to_string(),
            Made::Read(reading) => {
                performed.standing = reading.standing;
                performed.words = reading.words;
                performed.tools = reading.tools;
                performed.tools.truncate(TOOLS_TOLD);
                performed.findings = reading.findings;
                performed.advice = reading.advice;
            }
            Made::Calls(plan) => match standing::outcome(target, &plan) {
                None => performed.words = "There is nothing to call.".to_string(),
                Some(outcome) => {
                    performed.standing = outcome.standing;
                    performed.words = outcome.words;
                    performed.calls = outcome.calls;
                    performed.tools = tools_of(&plan.scenario);
                    performed.scenario = Some(plan.scenario);
                }
            },
        }
        performed.short = performed.standing.in_words();
        performed
    }

    /// How far the attack comes; nothing where it is not possible any more.
    fn standing(&self, target: &Target<'_>) -> Option<Standing> {
        match self.performed(target).standing {
            Standing::NotPossible => None,
            standing => Some(standing),
        }
    }
}

impl Performed {
    /// Of an attack, before anything came of it.
    const fn not_yet(attack: &Attack) -> Self {
        Self {
            id: attack.id,
            title: attack.title,
            standing: Standing::NotPossible,
            short: String::new(),
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

/// The tools of a scenario, each once, in their order.
fn tools_of(scenario: &Scenario) -> Vec<String> {
    let mut tools: Vec<String> = Vec::new();
    for call in scenario.blocks.iter().flat_map(Block::kinds) {
        if tools.len() < TOOLS_TOLD && !tools.contains(&call.tool) {
            tools.push(call.tool.clone());
        }
    }
    tools
}

/// Performs every attack. `log` is a normal day as it was; without one, one is made ([`normal_day`]).
///
/// ```
/// use gatewright_core::attack::{Target, run_all};
/// use gatewright_core::risk::assess_all;
/// use gatewright_core::{parse, tool::read_tools};
///
/// let tools = assess_all(read_tools(r#"[{"name": "read_file"}, {"name": "delete_file"}]"#).unwrap());
/// let nothing = parse(r#"{"version": "1", "default": "deny"}"#);
/// let report = run_all(&Target::new(&nothing, &tools).unwrap(), None);
/// assert_eq!((report.score.attacks, report.score.day, report.score.score), (100, 0, 0));
/// ```
#[must_use]
pub fn run_all(target: &Target<'_>, log: Option<&Calls>) -> Report {
    run(target, &ALL, log)
}

/// The same with some attacks only.
#[must_use]
pub fn run(target: &Target<'_>, attacks: &[Attack], log: Option<&Calls>) -> Report {
    let made;
    let (calls, from) = if let Some(log) = log {
        (log, DayFrom::Log)
    } else {
        made = normal_day(target);
        (&made, DayFrom::Made)
    };
    let need = Need::of(calls);
    let attacks: Vec<Performed> = attacks.iter().map(|attack| attack.perform(target, &need)).collect();
    let day = day(target, calls, from);
    let score = score(&attacks, &day);
    Report { attacks, day, score }
}

impl Report {
    /// Whether some attack is not stopped, nor limited.
    #[must_use]
    pub const fn has_open(&self) -> bool {
        self.score.not_stopped > 0
    }
}

#[cfg(test)]
mod tests;
