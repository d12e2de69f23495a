//! The calls to try: an agent stuck in a loop, or somebody's log.

use std::sync::Arc;

use gatewright_core::Outcome;
use gatewright_core::import::log::{Unreadable, import_log};
use gatewright_core::scenario::{Block, CallKind, Calls, Per, Scenario, Shape};
use gatewright_core::time::Timestamp;
use gatewright_core::verdict::shown_name;

/// Where the calls come from.
#[derive(Clone, Debug)]
pub enum Traffic {
    /// An agent stuck in a loop.
    Loop(Loop),
    /// A scenario that shows something.
    Scenario(Arc<Staged>),
    /// A log.
    Log(Arc<Log>),
}

/// An agent that calls one tool at a steady pace, whatever comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// The tool.
    pub tool: String,
    /// Calls a second.
    pub per_second: u64,
    /// For how many minutes.
    pub minutes: u64,
    /// The second of the minute in which it begins.
    pub start_second: u64,
}

/// A scenario that was put in place to show something: what a finding means, or how far limits go.
#[derive(Debug)]
pub struct Staged {
    /// What it shows, in words.
    pub name: String,
    /// The scenario's document.
    pub json: String,
    /// The calls.
    pub calls: Arc<Calls>,
}

/// A log that was read.
#[derive(Debug)]
pub struct Log {
    /// The file's name, or where else it came from.
    pub name: String,
    /// The log itself.
    pub text: String,
    /// The calls.
    pub calls: Arc<Calls>,
    /// What was used, skipped and unreadable, in words.
    pub report: String,
    /// The first lines that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// How many more there are.
    pub more_unreadable: usize,
}

/// 2026-01-05T10:00:00Z, a Monday morning: the virtual clock starts there.
const MORNING: Timestamp = Timestamp::from_millis(1_767_607_200_000);
/// Who calls in a composed loop.
const GRANT: &str = "ci-agent";

impl Traffic {
    /// What the calls are, in a few words.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Loop(composed) => composed.in_words(),
            Self::Scenario(staged) => staged.name.clone(),
            Self::Log(log) => log.name.clone(),
        }
    }
}

impl Loop {
    /// `run_tests, 12 a second for 5 minutes`
    fn in_words(&self) -> String {
        let minutes = if self.minutes == 1 { "minute" } else { "minutes" };
        let start = if self.start_second == 0 {
            String::new()
        } else {
            format!(", from second {}", self.start_second)
        };
        format!(
            "{}, {} a second for {} {minutes}{start}",
            shown_name(&self.tool),
            self.per_second,
            self.minutes
        )
    }

    /// Twelve calls a second for five minutes.
    #[must_use]
    pub fn of(tool: &str) -> Self {
        Self { tool: tool.to_owned(), per_second: 12, minutes: 5, start_second: 0 }
    }

    /// The calls.
    ///
    /// # Errors
    ///
    /// A sentence for people, where they are too many.
    pub fn calls(&self) -> Result<Calls, String> {
        let call = CallKind {
            tool: self.tool.clone(),
            grant: GRANT.to_owned(),
            outcome: Some(Outcome::Ok),
            ..CallKind::default()
        };
        let at_ms = self.start_second.saturating_mul(1000);
        let for_ms = self.minutes.saturating_mul(60_000);
        let shape = Shape::Rate { call, calls: self.per_second, per: Per::Second, for_ms };
        Scenario { start: MORNING, blocks: vec![Block::new(shape, at_ms)] }.calls()
    }
}

impl Staged {
    /// Reads a scenario.
    ///
    /// # Errors
    ///
    /// A sentence for people: what is wrong with it, or that its calls are too many.
    pub fn read(name: String, json: String) -> Result<Self, String> {
        let scenario: Scenario =
            serde_json::from_str(&json).map_err(|error| format!("The scenario cannot be read: {error}."))?;
        Ok(Self { name, json, calls: Arc::new(scenario.calls()?) })
    }
}

impl Log {
    /// Reads a log.
    #[must_use]
    pub fn read(name: String, text: String) -> Self {
        let log = import_log(&text);
        Self {
            name,
            text,
            report: log.in_words(),
            more_unreadable: log.unreadable - log.first_unreadable.len(),
            unreadable: log.first_unreadable,
            calls: Arc::new(log.calls),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_virtual_clock_starts_on_a_monday_morning() {
        assert_eq!(MORNING.to_string(), "2026-01-05T10:00:00.000Z");
        let mut stuck = Loop::of("run_tests");
        assert_eq!(stuck.in_words(), "run_tests, 12 a second for 5 minutes");
        assert_eq!(stuck.calls().unwrap().len(), 3_600);
        stuck.minutes = u64::MAX;
        assert!(stuck.calls().is_err());
    }
}
