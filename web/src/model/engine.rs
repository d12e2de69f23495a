//! What the page asks of the evaluator at work beside it, and how it is answered: bit by bit, so that whoever asked hears
//! how far it is, and can take the question back.
//!
//! The page's large runs are made here, in a worker. What is small is made where it is shown, by the same code. This
//! module knows no browser: `platform` carries bytes back and forth.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use gatewright_core::learn::LearnOptions;
use gatewright_core::scenario::{Calls, CallsPart, Scenario};
use gatewright_core::simulate::{LanePart, Phase, Recording, RunPart, Simulation};
use gatewright_core::{CompiledPolicy, Options, compile, parse};
use serde::{Deserialize, Serialize};

use super::branch::{Change, Futures};
use super::counting::Counted;
use super::learning::Lesson;

mod branching;
mod comparing;
mod reading;
mod running;
mod searching;
#[cfg(test)]
mod tests;

pub use reading::Report;
pub use running::Arriving;
pub use searching::Solved;

/// So many calls are judged or handed on between two answers.
pub const AT_ONCE: usize = 32_768;
/// So many sequences of calls are kept, the last that were brought.
pub const KEPT: usize = 3;

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Question {
    /// Keep calls under a number. They come in parts.
    Keep {
        /// The number.
        number: u32,
        /// The next part.
        part: CallsPart,
    },
    /// Read a log, and keep its calls under a number.
    Read {
        /// The number.
        number: u32,
        /// The log; nothing where a file goes along.
        text: Option<String>,
        /// When the first of the calls without a time is made, and how many milliseconds lie between two.
        times: (i64, i64),
        /// Whether texts in arguments are hashed, and nothing else of the log is kept.
        redacts: bool,
    },
    /// Run calls through a policy.
    Run {
        /// The policy's text.
        policy: String,
        /// The calls.
        calls: Source,
        /// Whether whoever asks has the calls already.
        are_known: bool,
    },
    /// Tell all of a call of the last run.
    Explain {
        /// Which, from 0.
        index: u32,
    },
    /// Run the calls of the last run through another policy too, and tell what changes from it.
    Compare {
        /// The policy's text.
        pinned: String,
    },
    /// Tell what would have come, had a call of the last run been another one.
    Branch {
        /// The text of the policy up to that call.
        pinned: String,
        /// The text of the policy from it on.
        policy: String,
        /// The change.
        change: Change,
    },
    /// Count the calls of the last run in every way.
    Count,
    /// Begin a scenario at each second of a minute.
    Starts {
        /// The policy's text.
        policy: String,
        /// The scenario's document.
        scenario: String,
    },
    /// Find the smallest `max` of a limit that refuses nothing, or the largest that keeps it to so many calls a day.
    Solve {
        /// The policy's text.
        policy: String,
        /// The calls.
        calls: Source,
        /// The limit, as an index into the policy's.
        limit: u32,
        /// So many calls a day at the most.
        most_a_day: Option<u64>,
    },
    /// Learn the smallest policy that allows the calls of a log.
    Learn {
        /// The number under which they are kept.
        number: u32,
        /// What is learned, and how closely.
        options: LearnOptions,
    },
}

/// Where calls come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// They are kept under this number.
    Kept(u32),
    /// A scenario's document makes them.
    Scenario(String),
}

/// What is answered. A question has several answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// So many calls, or bytes, of so many are done.
    Progress {
        /// How many.
        done: u64,
        /// Of how many.
        all: u64,
    },
    /// The next of the calls.
    Calls(Box<CallsPart>),
    /// What came of the next calls.
    Run(Box<RunPart>),
    /// The next stretch of the lanes.
    Lane(LanePart),
    /// All of the run was told. Its summary, as JSON.
    Ran(String),
    /// The verdict on a call and every check, as JSON.
    Explained(String),
    /// All of the pinned run was told. What changes from it, as JSON.
    Compared(String),
    /// Both futures.
    Branched(Box<Futures>),
    /// One way to count.
    Counted(Counted),
    /// One start.
    Started(Phase),
    /// Which `max` would do.
    Solved(Solved),
    /// What was learned.
    Learned(Box<Lesson>),
    /// What became of a log's lines.
    Read(Report),
    /// It was done, and there is nothing to tell.
    Done,
    /// It was not done: a sentence for people.
    Failed(String),
    /// Calls are not kept here under that number, or no longer.
    NotKept,
}

impl Answer {
    /// Whether nothing comes after it.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        !matches!(
            self,
            Self::Progress { .. }
                | Self::Calls(_)
                | Self::Run(_)
                | Self::Lane(_)
                | Self::Counted(_)
                | Self::Started(_)
        )
    }
}

/// What an evaluator at work holds.
#[derive(Default)]
pub struct Engine {
    kept: VecDeque<(u32, Arc<Calls>)>,
    ran: Option<Ran>,
}

/// The last run.
struct Ran {
    source: Source,
    recording: Recorded,
}

type Simulated = Simulation<Arc<CompiledPolicy>, Arc<Calls>>;
type Recorded = Arc<Recording<Arc<CompiledPolicy>, Arc<Calls>>>;

/// A piece of the file that goes along with a question; fewer bytes than asked for at its end.
pub type Piece<'f> = &'f dyn Fn(Range<u64>) -> Option<Vec<u8>>;

/// A question that is being worked on.
trait Job {
    /// Goes on for some milliseconds. It is not asked again after its last answer.
    fn step(&mut self, engine: &mut Engine, file: Piece<'_>) -> Answer;
}

/// A question on its way, until its last answer.
pub struct Asked(Box<dyn Job>);

impl Asked {
    /// Takes a question.
    #[must_use]
    pub fn new(question: Question) -> Self {
        Self(match question {
            Question::Keep { number, part } => Box::new(reading::Keeping { number, part }),
            Question::Read { number, text, times, redacts } => {
                Box::new(reading::Reading::new(number, text, times, redacts))
            }
            Question::Run { policy, calls, are_known } => {
                Box::new(running::Running::new(policy, calls, are_known))
            }
            Question::Explain { index } => Box::new(running::Explaining { index }),
            Question::Compare { pinned } => Box::new(comparing::Comparing::new(pinned)),
            Question::Branch { pinned, policy, change } => {
                Box::new(branching::Branching::new(pinned, policy, change))
            }
            Question::Count => Box::new(comparing::Counting::default()),
            Question::Starts { policy, scenario } => Box::new(searching::Starts::new(policy, scenario)),
            Question::Solve { policy, calls, limit, most_a_day } => {
                Box::new(searching::Solving { policy, calls, limit, most_a_day })
            }
            Question::Learn { number, options } => Box::new(searching::Learning::new(number, options)),
        })
    }

    /// Goes on for some milliseconds. It is not to be asked again after its last answer.
    pub fn step(&mut self, engine: &mut Engine, file: Piece<'_>) -> Answer {
        self.0.step(engine, file)
    }
}

impl Engine {
    fn calls(&self, number: u32) -> Option<Arc<Calls>> {
        self.kept.iter().find(|(kept, _)| *kept == number).map(|(_, calls)| Arc::clone(calls))
    }

    fn keep(&mut self, number: u32, calls: Arc<Calls>) {
        self.kept.retain(|(kept, _)| *kept != number);
        self.kept.push_back((number, calls));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
    }
}

/// A policy that is run is a good version: it was compiled before.
fn compiled(policy: &str) -> Result<Arc<CompiledPolicy>, Answer> {
    compile(&parse(policy)).map(Arc::new).map_err(|_| Answer::Failed("The policy has errors.".to_owned()))
}

fn read_scenario(json: &str) -> Result<Arc<Scenario>, Answer> {
    serde_json::from_str(json).map(Arc::new).map_err(|error| Answer::Failed(format!("{error}.")))
}

/// The answer of a job that goes from stage to stage, and where that takes it; or its last answer.
fn goes_on<S>(stage: &mut S, next: Result<(S, Answer), Answer>) -> Answer {
    match next {
        Ok((now, answer)) => {
            *stage = now;
            answer
        }
        Err(last) => last,
    }
}

fn progress(done: usize, all: usize) -> Answer {
    Answer::Progress { done: done as u64, all: all as u64 }
}

/// The ranges in which so many things are handed on.
fn stretches(all: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(AT_ONCE).map(move |start| start..(start + AT_ONCE).min(all))
}

/// How an engine counts in the page.
const OPTIONS: Options = Options {
    window_model: gatewright_core::WindowModel::Calendar,
    refund: gatewright_core::counter::Refund::ProtocolError,
};
