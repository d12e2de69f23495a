//! What holds of every policy, every sequence of calls and every text: tried on random ones.
//!
//! A failure prints the smallest example found. Make it a case of the corpus once it is understood.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what is not there fails the test")]

#[path = "properties/agreeing.rs"]
mod agreeing;
#[path = "properties/amending.rs"]
mod amending;
#[path = "properties/bounds.rs"]
mod bounds;
#[path = "properties/deciding.rs"]
mod deciding;
#[path = "properties/definitions.rs"]
mod definitions;
#[path = "properties/differing.rs"]
mod differing;
#[path = "properties/documents.rs"]
mod documents;
#[path = "properties/driver.rs"]
mod driver;
#[path = "properties/edit_rules.rs"]
mod edit_rules;
#[path = "properties/edits.rs"]
mod edits;
#[path = "properties/exploration.rs"]
mod exploration;
#[path = "properties/learning.rs"]
mod learning;
#[path = "properties/log_formats.rs"]
mod log_formats;
#[path = "properties/logs.rs"]
mod logs;
#[path = "properties/messages.rs"]
mod messages;
#[path = "properties/model.rs"]
mod model;
#[path = "properties/naive.rs"]
mod naive;
#[path = "properties/notation.rs"]
mod notation;
#[path = "properties/outside.rs"]
mod outside;
#[path = "properties/parts.rs"]
mod parts;
#[path = "properties/recommending.rs"]
mod recommending;
#[path = "properties/recording.rs"]
mod recording;
#[path = "properties/room.rs"]
mod room;
#[path = "properties/scenarios.rs"]
mod scenarios;
#[path = "properties/simulating.rs"]
mod simulating;
#[path = "properties/sketch.rs"]
mod sketch;
#[path = "properties/solving.rs"]
mod solving;
#[path = "properties/spelling.rs"]
mod spelling;
#[path = "properties/state.rs"]
mod state;
#[path = "properties/unknowns.rs"]
mod unknowns;
#[path = "properties/worst_case.rs"]
mod worst_case;
#[path = "properties/written.rs"]
mod written;

use proptest::test_runner::Config;

/// So many examples a property, and no files of past failures: those belong into the corpus.
fn examples(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}
