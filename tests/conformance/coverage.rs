//! What the corpus speaks of, against everything that the evaluator can say.

use std::collections::BTreeSet;

use gatewright_core::diagnostic::{Code, Severity};
use gatewright_core::trace::{Check, Mark};
use gatewright_core::{Reason, Settled};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cases::{Case, Form, Turn};

/// What no case can reach, and why not. `properties.rs` tests these.
const OUT_OF_REACH: &[(&str, &str)] = &[
    ("reason too-many-counters", "takes a hundred thousand grants"),
    ("reason foreign-counters", "a case has one policy, and its counters belong to it"),
    ("check counters", "the same"),
    ("code too-large", "takes a text of more than a megabyte"),
    ("code too-many-errors", "takes more than fifty errors"),
];

/// Every word that a case expects, such as `reason hidden` or `code syntax`.
#[derive(Default)]
pub(crate) struct Seen(BTreeSet<String>);

impl Seen {
    pub(crate) fn take(&mut self, case: &Case) {
        match &case.form {
            Form::Decide(case) => case.calls.iter().for_each(|turn| self.take_turn(turn)),
            Form::Invalid(case) => case.errors.iter().for_each(|error| self.word("code", error.get("code"))),
            Form::Simulate(_) | Form::Import(_) => {}
        }
    }

    fn take_turn(&mut self, turn: &Turn) {
        match turn {
            Turn::Call(call) => {
                self.word("reason", call.expect.get("reason"));
                for step in call.trace.iter().flatten() {
                    self.word("check", step.get("check"));
                    self.word("mark", step.get("mark"));
                }
            }
            Turn::Settle(settle) => self.word("settled", Some(&settle.expect)),
        }
    }

    fn word(&mut self, kind: &str, word: Option<&Value>) {
        self.0.extend(word.and_then(Value::as_str).map(|word| format!("{kind} {word}")));
    }

    /// What no case expects, and exemptions that are none any more.
    pub(crate) fn missing(&self) -> Vec<String> {
        let exempt = |word: &String| OUT_OF_REACH.iter().any(|(exempt, _)| exempt == word);
        let missing = everything().into_iter().filter(|word| !self.0.contains(word) && !exempt(word));
        let stale = OUT_OF_REACH.iter().filter(|(exempt, _)| self.0.contains(*exempt));
        missing
            .chain(stale.map(|(exempt, _)| format!("{exempt} is expected by a case: it is no exception")))
            .collect()
    }
}

fn everything() -> Vec<String> {
    // A word that is new in the evaluator does not compile here until it stands in a list.
    let marks = [Mark::Passed, Mark::Decided, Mark::Absent, Mark::NotReached, Mark::Unknown];
    for mark in marks {
        match mark {
            Mark::Passed | Mark::Decided | Mark::Absent | Mark::NotReached | Mark::Unknown => {}
        }
    }
    let settled = [Settled::Kept, Settled::Refunded, Settled::NothingHeld, Settled::Unknown];
    for settled in settled {
        match settled {
            Settled::Kept | Settled::Refunded | Settled::NothingHeld | Settled::Unknown => {}
        }
    }
    let mut all = words("reason", &Reason::ALL);
    let errors = Code::ALL.into_iter().filter(|code| code.severity() == Severity::Error);
    all.extend(words("code", &errors.collect::<Vec<_>>()));
    all.extend(words("check", &Check::ALL));
    all.extend(words("mark", &marks));
    all.extend(words("settled", &settled));
    all
}

fn words<T: Serialize>(kind: &str, values: &[T]) -> Vec<String> {
    values.iter().map(|value| format!("{kind} {}", json!(value).as_str().unwrap_or_default())).collect()
}
