//! The calls to try: an agent stuck in a loop, or somebody's log.

use std::sync::Arc;

use gatewright_core::Outcome;
use gatewright_core::import::log::{LogReader, redacted};
use gatewright_core::scenario::{Block, CallKind, Calls, MORNING, Per, Scenario, Shape, notation};
use gatewright_core::verdict::shown_name;

use super::assumptions::Taken;
use super::engine::Report;

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
    /// The scenario.
    pub scenario: Arc<Scenario>,
}

/// A log that was read.
#[derive(Debug)]
pub struct Log {
    /// The file's name, or where else it came from.
    pub name: String,
    /// The log itself; nothing where it is a file too large to be kept with the document.
    pub text: Arc<str>,
    /// How many bytes it has.
    pub bytes: usize,
    /// The calls, with what is taken for what the log does not say.
    pub calls: Arc<Calls>,
    /// The calls as the log has them.
    pub own: Arc<Calls>,
    /// What is taken for what the log does not say.
    pub taken: Taken,
    /// What became of its lines.
    pub report: Report,
}

/// Who calls in a composed loop.
const GRANT: &str = "ci-agent";

impl Traffic {
    /// The scenario that makes the calls; a log has none.
    #[must_use]
    pub fn scenario(&self) -> Option<Scenario> {
        match self {
            Self::Loop(composed) => Some(composed.scenario()),
            Self::Scenario(staged) => Some(Scenario::clone(&staged.scenario)),
            Self::Log(_) => None,
        }
    }

    /// The scenario as lines of text.
    #[must_use]
    pub fn as_text(&self) -> String {
        self.scenario().map_or_else(String::new, |scenario| notation::print(&scenario))
    }

    /// What the calls are, in a few words.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Loop(composed) => composed.in_words(),
            Self::Scenario(staged) => staged.name.clone(),
            Self::Log(log) => match log.taken.in_words(0) {
                taken if taken.is_empty() => log.name.clone(),
                taken => format!("{}, assumed: {taken}", log.name),
            },
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
        self.scenario().calls()
    }

    /// The loop as a scenario.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        let call = CallKind {
            tool: self.tool.clone(),
            grant: GRANT.to_owned(),
            outcome: Some(Outcome::Ok),
            ..CallKind::default()
        };
        let at_ms = self.start_second.saturating_mul(1000);
        let for_ms = self.minutes.saturating_mul(60_000);
        let shape = Shape::Rate { call, calls: self.per_second, per: Per::Second, for_ms };
        Scenario { start: MORNING, blocks: vec![Block::new(shape, at_ms)] }
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
        Self::new(name, json, scenario)
    }

    /// A scenario that was made here.
    ///
    /// # Errors
    ///
    /// A sentence for people, where its calls are too many.
    pub fn of(name: String, scenario: Scenario) -> Result<Self, String> {
        let json = serde_json::to_string(&scenario).map_err(|error| error.to_string())?;
        Self::new(name, json, scenario)
    }

    fn new(name: String, json: String, scenario: Scenario) -> Result<Self, String> {
        scenario.planned_calls()?;
        Ok(Self { name, json, scenario: Arc::new(scenario) })
    }
}

impl Log {
    /// Reads a log.
    #[must_use]
    pub fn read(name: String, text: String) -> Self {
        Self::read_taking(name, Arc::from(text), Taken::default())
    }

    /// Reads a log, with something taken for what it does not say.
    #[must_use]
    pub fn read_taking(name: String, text: Arc<str>, taken: Taken) -> Self {
        let mut reader = LogReader::new(taken.times);
        reader.feed(text.as_bytes());
        let log = reader.finish();
        let report = Report::of(&log);
        Self::of(name, text.len(), text, Arc::new(log.calls), report, taken)
    }

    /// A log that was read, with something taken for what it does not say.
    #[must_use]
    pub fn of(
        name: String,
        bytes: usize,
        text: Arc<str>,
        own: Arc<Calls>,
        report: Report,
        taken: Taken,
    ) -> Self {
        let calls = taken.applied(&own).map_or_else(|| Arc::clone(&own), Arc::new);
        Self { name, text, bytes, calls, own, taken, report }
    }

    /// Whether its text is here.
    #[must_use]
    pub fn has_text(&self) -> bool {
        self.text.len() == self.bytes
    }

    /// The same calls with a hash in place of each text in their arguments, and nothing else of the log.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let log = Self::read(redacted_name(&self.name), redacted(&self.own));
        Self { report: self.report.clone().redacted(), ..log }
    }

    /// The same log, with something else taken for what it does not say. It is read again only where its times change.
    #[must_use]
    pub fn taking(&self, taken: Taken) -> Self {
        let (name, text) = (self.name.clone(), Arc::clone(&self.text));
        if taken.times != self.taken.times {
            return Self::read_taking(name, text, taken);
        }
        Self::of(name, self.bytes, text, Arc::clone(&self.own), self.report.clone(), taken)
    }
}

/// What a log is called once the texts in its arguments are hashed.
#[must_use]
pub fn redacted_name(name: &str) -> String {
    format!("{name} (texts hashed)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_kept_as_a_document_and_shown_as_text() {
        let text = "loop run_tests every 1s until 25 allowed on denial wait for reset";
        let staged = Staged::of("A patient agent".to_owned(), notation::parse(text).unwrap()).unwrap();
        let traffic = Traffic::Scenario(Arc::new(Staged::read("again".to_owned(), staged.json).unwrap()));
        assert!(traffic.as_text().contains(text), "{}", traffic.as_text());
        let too_many = notation::parse("run_tests × 1000/s for 1001s").unwrap();
        assert!(Staged::of("Too many".to_owned(), too_many).is_err());
    }

    #[test]
    fn of_a_redacted_log_nothing_is_kept_but_its_calls() {
        let text = "{\"at\":0,\"tool\":\"mail\",\"args\":{\"to\":\"ann\",\"n\":5}}\nann says \"at\"\n";
        let log = Log::read("a.jsonl".to_owned(), text.to_owned());
        assert!(!log.report.unreadable.is_empty());
        let redacted = log.redacted();
        assert_eq!(redacted.name, "a.jsonl (texts hashed)");
        assert_eq!(
            redacted.report.words,
            "2 lines: 1 tool call used, 0 other messages skipped, 1 unreadable. The log names no grant: all calls are \
             counted as one grant's. Texts in arguments were hashed, and only that is kept."
        );
        assert!(redacted.report.unreadable.is_empty() && redacted.report.more_unreadable == 0);
        assert!(!redacted.text.contains("ann") && redacted.text.contains("\"n\":5"), "{}", redacted.text);
        assert_eq!(redacted.calls.len(), 1);
    }

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
