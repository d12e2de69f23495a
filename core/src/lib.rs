#![doc = include_str!("../README.md")]
#![no_std]
#![deny(missing_docs)]

extern crate alloc;

// A module uses only modules above it.

// Nouns.
pub mod legible;

mod spread;

pub mod number;

pub mod amount;

pub mod time;
pub mod value;

pub mod pointer;

pub mod path;

pub mod policy;

pub mod bounds;

pub mod diagnostic;

pub mod source;

pub mod pattern;

pub mod operator;

pub mod window;

// Check.
pub mod parse;

pub mod compile;

pub mod amend;

// Decide.
pub mod call;

pub mod message;

pub mod counter;

pub mod verdict;

pub mod answer;

pub mod trace;

pub mod evaluate;

// Replay.
pub mod scenario;

pub mod simulate;

pub mod diff;

// Advise.
pub mod explain;

pub mod worst_case;

pub mod tool;

pub mod risk;

pub mod built_in;

pub mod lint;

pub mod attack;

pub mod recommend;

pub mod import;

pub mod export;

pub mod learn;

pub use call::{Arguments, Outcome, ToolCall};
pub use compile::{CompiledPolicy, compile};
pub use counter::{Counters, Options, Refund, ReservationId, Settled};
pub use diagnostic::Diagnostic;
pub use diff::diff;
pub use evaluate::{JudgedLine, decide, evaluate, evaluate_line, evaluate_traced};
pub use explain::explain;
pub use lint::{Lint, lint};
pub use parse::{Parsed, parse};
pub use policy::Policy;
pub use risk::{Risk, assess};
pub use simulate::{Run, simulate};
pub use time::Timestamp;
pub use tool::ToolDefinition;
pub use trace::Step;
pub use verdict::{Decision, Quota, Reason, Ruling, Verdict};
pub use window::WindowModel;
