//! Blocks → calls on a virtual time axis.
//!
//! A scenario is a start and a list of blocks, each at its own offset, so that blocks
//! may overlap. The same scenario always makes the same calls in the same order: what is
//! left to chance is drawn from a seed. A *loop* is closed: when its agent calls next depends
//! on what a policy decides, so its calls are made by [`play`](crate::simulate::play) alone.
//! [`notation`] is a scenario as lines that people read and write.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::amount::count;
use crate::call::{Arguments, Outcome, ToolCall, UnknownArgs};
use crate::time::Timestamp;

mod agent;
mod calls;
mod draw;
pub mod notation;
mod spacing;
mod written;

pub use agent::{Agent, OnDenial, RETRY_MS};
pub(crate) use agent::{Heard, Turns};
pub use calls::{Calls, CallsPart, Gap};
pub(crate) use calls::{put_into_order, stretch};

use draw::{Purpose, draw};

/// The most calls that a scenario makes, or that are taken from a log.
pub const MAX_CALLS: u64 = 1_000_000;

/// When scenarios begin that do not say when: 2026-01-05T10:00:00Z, a Monday morning.
pub const MORNING: Timestamp = Timestamp::from_millis(1_767_607_200_000);

/// Calls to try, described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// When it begins.
    pub start: Timestamp,
    /// What happens. Blocks at the same instant keep their order.
    pub blocks: Vec<Block>,
}

/// Calls of one shape.
///
/// In JSON all fields lie side by side, and `block` names the shape:
/// `{"block": "rate", "call": {"tool": "ls", "grant": "ci"}, "calls": 12, "per": "second", "for_ms": 300000}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "written::Block", into = "written::Block")]
pub struct Block {
    /// When it begins, in milliseconds after the scenario's start.
    pub at_ms: u64,
    /// Each call is made up to so many milliseconds later than planned. What is added is drawn anew for each; of a
    /// loop, the next call moves along.
    pub jitter_ms: u64,
    /// What chance is drawn from.
    pub seed: u32,
    /// What happens.
    pub shape: Shape,
}

/// What happens in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One call.
    Call {
        /// The call.
        call: CallKind,
    },
    /// The same call `times` times, `every_ms` apart.
    Repeat {
        /// The call.
        call: CallKind,
        /// How many calls.
        times: u64,
        /// Milliseconds from one call to the next. 0 makes them all in one instant.
        every_ms: u64,
    },
    /// The same call `times` times in one instant.
    Burst {
        /// The call.
        call: CallKind,
        /// How many calls.
        times: u64,
    },
    /// The same call at a steady pace, spaced evenly: call number `n` at `n × per ÷ calls`, rounded down.
    Rate {
        /// The call.
        call: CallKind,
        /// How many calls per `per`.
        calls: u64,
        /// The unit of the pace.
        per: Per,
        /// How long it goes on, in milliseconds.
        for_ms: u64,
    },
    /// The same call at a pace that rises or falls evenly.
    ///
    /// `t` milliseconds after the block begins, `(2 × for_ms × from × t + (to − from) × t²) ÷ (2 × for_ms × per)` calls
    /// are due. Call number `n`, from 0, is made at the last whole `t` at which no more than `n` are.
    Ramp {
        /// The call.
        call: CallKind,
        /// How many calls per `per` at the beginning.
        from: u64,
        /// How many at the end.
        to: u64,
        /// The unit of the pace.
        per: Per,
        /// How long it takes, in milliseconds.
        for_ms: u64,
    },
    /// An agent that makes the same call again and again, and hears what is decided.
    Loop {
        /// The call.
        call: CallKind,
        /// How it goes on.
        agent: Agent,
    },
    /// Calls of several kinds at a steady pace; which comes next is drawn by weight.
    Mix {
        /// What is called, and how often.
        of: Vec<Share>,
        /// How many calls per `per`.
        calls: u64,
        /// The unit of the pace.
        per: Per,
        /// How long it goes on, in milliseconds.
        for_ms: u64,
    },
}

/// One kind of call among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// How often it comes, in relation to the others' weights.
    pub weight: u32,
    /// The call.
    pub call: CallKind,
}

/// The unit of a pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Calls a second.
    Second,
    /// Calls a minute.
    Minute,
    /// Calls an hour.
    Hour,
}

impl Per {
    const fn length(self) -> u64 {
        match self {
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
        }
    }
}

/// What every call of a block has in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallKind {
    /// The tool's name.
    pub tool: String,
    /// Who calls.
    pub grant: String,
    /// The session within the grant.
    #[serde(default)]
    pub session: String,
    /// What it is called with. Left out: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Args>,
    /// The names of arguments whose values are not known, in place of `args`; `true` where not even these are.
    #[serde(default, skip_serializing_if = "UnknownArgs::is_nothing")]
    pub unknown_args: UnknownArgs,
    /// Whether a person has approved it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approved: bool,
    /// How it ends, at once. Left out: no answer ever comes.
    #[serde(default)]
    pub outcome: Option<Outcome>,
}

/// A call that is made at its time, whatever is decided.
#[derive(Clone, Copy)]
pub(crate) struct Planned {
    /// In milliseconds after the scenario's start.
    pub(crate) at_ms: u64,
    /// The block's index.
    pub(crate) block: usize,
    /// Which of the block's calls it is.
    pub(crate) number: u64,
}

impl Scenario {
    /// The calls, in the order of time.
    ///
    /// # Errors
    ///
    /// A sentence for people, where the scenario makes more than [`MAX_CALLS`] calls, or has a loop: which calls that
    /// makes depends on a policy, and [`play`](crate::simulate::play) tells.
    pub fn calls(&self) -> Result<Calls, String> {
        if self.is_closed() {
            return Err("Which calls the scenario's loops make depends on what a policy decides.".to_string());
        }
        let mut calls = Calls::default();
        for planned in self.planned()? {
            self.make(&mut calls, planned);
        }
        Ok(calls)
    }

    /// Whether a block is a loop, so that calls depend on decisions.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block.shape, Shape::Loop { .. }))
    }

    /// Adds a call of one of the blocks.
    pub(crate) fn make(&self, calls: &mut Calls, Planned { at_ms, block, number }: Planned) {
        let Some(call) = self.blocks.get(block).and_then(|block| block.kind(number)) else { return };
        let at = self.start.plus(i64::try_from(at_ms).unwrap_or(i64::MAX));
        calls.push(&call.call(at), call.outcome.map(|outcome| (outcome, at)));
    }

    /// How many calls its blocks make, without those of loops.
    ///
    /// # Errors
    ///
    /// A sentence for people, where they are more than [`MAX_CALLS`].
    pub fn planned_calls(&self) -> Result<u64, String> {
        let total = self.blocks.iter().map(Block::length).fold(0, u64::saturating_add);
        if total > MAX_CALLS {
            let (total, most) = (count(total), count(MAX_CALLS));
            return Err(format!("The scenario makes {total} calls; at most {most} are run."));
        }
        Ok(total)
    }

    /// The calls of all blocks but loops, in the order of time.
    pub(crate) fn planned(&self) -> Result<Vec<Planned>, String> {
        self.planned_calls()?;
        let mut planned: Vec<Planned> = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            let call = |number| Planned { at_ms: block.offset(number), block: index, number };
            planned.extend((0..block.length()).map(call));
        }
        planned.sort_by_key(|call| call.at_ms);
        Ok(planned)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// An arguments object, as it is written: its numbers stay exact.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Args(Box<RawValue>);

impl Args {
    /// The arguments of a JSON text; nothing where it is not one object.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(from)?;
        if json.get().starts_with('{') {
            Ok(Self(json))
        } else {
            Err(D::Error::custom("`args` is not an object"))
        }
    }
}

impl PartialEq for Args {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Args {}

impl CallKind {
    /// The call, made at an instant.
    #[must_use]
    pub fn call(&self, at: Timestamp) -> ToolCall<'_> {
        let recorded = self.args.as_ref().map_or(Arguments::None, |args| Arguments::Text(args.as_str()));
        let arguments = self.unknown_args.or(recorded);
        let Self { tool, grant, session, approved, .. } = self;
        ToolCall { tool, arguments, grant, session, at, approved: *approved }
    }
}

impl Block {
    /// A block without chance.
    #[must_use]
    pub const fn new(shape: Shape, at_ms: u64) -> Self {
        Self { at_ms, jitter_ms: 0, seed: 0, shape }
    }

    /// The agent of a loop and its call.
    pub(crate) fn agent(&self) -> Option<Turns> {
        let Shape::Loop { agent, .. } = &self.shape else { return None };
        Some(Turns::new(*agent, self.at_ms, self.jitter_ms, self.seed))
    }

    /// Whether the block can be: what JSON and the notation both ask.
    fn check(&self) -> Result<(), String> {
        if self.kinds().iter().any(|call| call.args.is_some() && !call.unknown_args.is_nothing()) {
            return Err("a call has `args` or `unknown_args`, not both".to_string());
        }
        match &self.shape {
            Shape::Mix { of, .. } if of.iter().all(|share| share.weight == 0) => {
                Err("a mix needs a call with a weight of at least 1".to_string())
            }
            Shape::Loop { agent: Agent { until_allowed: None, for_ms: None, .. }, .. } => {
                Err("a loop needs an end: a time (`for_ms`), or a number of allowed calls (`until_allowed`)"
                    .to_string())
            }
            _ => Ok(()),
        }
    }

    /// Every kind of call that it makes.
    pub(crate) fn kinds(&self) -> Vec<&CallKind> {
        match &self.shape {
            Shape::Mix { of, .. } => of.iter().map(|share| &share.call).collect(),
            _ => Vec::from_iter(self.kind(0)),
        }
    }

    /// What call `number` is.
    fn kind(&self, number: u64) -> Option<&CallKind> {
        match &self.shape {
            Shape::Call { call }
            | Shape::Repeat { call, .. }
            | Shape::Burst { call, .. }
            | Shape::Rate { call, .. }
            | Shape::Ramp { call, .. }
            | Shape::Loop { call, .. } => Some(call),
            Shape::Mix { of, .. } => {
                let total = of.iter().map(|share| u64::from(share.weight)).fold(0, u64::saturating_add);
                let mut left = draw(self.seed, Purpose::Choice, number, total);
                let chosen = of.iter().find(|share| {
                    let weight = u64::from(share.weight);
                    let is_it = left < weight;
                    left = left.saturating_sub(weight);
                    is_it
                });
                chosen.map(|share| &share.call)
            }
        }
    }

    /// How many calls it makes. A loop's depend on decisions: none here.
    fn length(&self) -> u64 {
        match &self.shape {
            // A mix of nothing makes no calls.
            _ if self.kind(0).is_none() => 0,
            Shape::Call { .. } => 1,
            Shape::Repeat { times, .. } | Shape::Burst { times, .. } => *times,
            Shape::Rate { calls, per, for_ms, .. } | Shape::Mix { calls, per, for_ms, .. } => {
                spacing::rate_length(*calls, per.length(), *for_ms)
            }
            Shape::Ramp { from, to, per, for_ms, .. } => {
                spacing::ramp_length(*from, *to, per.length(), *for_ms)
            }
            Shape::Loop { .. } => 0,
        }
    }

    /// When call `number` is made, in milliseconds after the scenario's start.
    fn offset(&self, number: u64) -> u64 {
        let offset = match &self.shape {
            Shape::Call { .. } | Shape::Burst { .. } | Shape::Loop { .. } => 0,
            Shape::Repeat { every_ms, .. } => number.saturating_mul(*every_ms),
            Shape::Rate { calls, per, .. } | Shape::Mix { calls, per, .. } => {
                spacing::rate_offset(*calls, per.length(), number)
            }
            Shape::Ramp { from, to, per, for_ms, .. } => {
                spacing::ramp_offset(*from, *to, per.length(), *for_ms, number)
            }
        };
        let jitter = draw(self.seed, Purpose::Jitter, number, self.jitter_ms.saturating_add(1));
        self.at_ms.saturating_add(offset).saturating_add(jitter)
    }
}

#[cfg(test)]
mod tests;
