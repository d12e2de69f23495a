//! Blocks → calls on a virtual time axis.
//!
//! A scenario is a start and a list of blocks, each at its own offset, so that blocks
//! may overlap. The same scenario always makes the same calls in the same order.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::amount::count;
use crate::call::{Arguments, Outcome, ToolCall, UnknownArgs};
use crate::time::Timestamp;

mod calls;
mod written;

pub use calls::Calls;

/// The most calls that a scenario makes, or that are taken from a log.
pub const MAX_CALLS: u64 = 1_000_000;

/// Calls to try, described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// When it begins.
    pub start: Timestamp,
    /// What happens. Blocks at the same instant keep their order.
    pub blocks: Vec<Block>,
}

/// Calls of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case", try_from = "written::Block")]
pub enum Block {
    /// One call.
    Call {
        /// The call.
        call: CallKind,
        /// Milliseconds after the scenario's start.
        at_ms: u64,
    },
    /// The same call `times` times, `every_ms` apart.
    Repeat {
        /// The call.
        call: CallKind,
        /// When the first is made, in milliseconds after the scenario's start.
        at_ms: u64,
        /// How many calls.
        times: u64,
        /// Milliseconds from one call to the next. 0 makes them all in one instant.
        every_ms: u64,
    },
    /// The same call at a steady pace, spaced evenly: call number `n` at `n × per ÷ calls`, rounded down.
    Rate {
        /// The call.
        call: CallKind,
        /// When it begins, in milliseconds after the scenario's start.
        at_ms: u64,
        /// How many calls per `per`.
        calls: u64,
        /// The unit of the pace.
        per: Per,
        /// How long it goes on, in milliseconds.
        for_ms: u64,
    },
}

/// The unit of a pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Calls a second.
    Second,
    /// Calls a minute.
    Minute,
}

impl Per {
    const fn length(self) -> u64 {
        match self {
            Self::Second => 1_000,
            Self::Minute => 60_000,
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

impl Scenario {
    /// The calls, in the order of time.
    ///
    /// # Errors
    ///
    /// A sentence for people, where the scenario makes more than [`MAX_CALLS`] calls.
    pub fn calls(&self) -> Result<Calls, String> {
        let total = self.blocks.iter().map(Block::length).fold(0, u64::saturating_add);
        if total > MAX_CALLS {
            let (total, most) = (count(total), count(MAX_CALLS));
            return Err(format!("The scenario makes {total} calls; at most {most} are run."));
        }
        let mut order: Vec<(u64, usize)> = Vec::new();
        for (place, block) in self.blocks.iter().enumerate() {
            order.extend((0..block.length()).map(|number| (block.offset(number), place)));
        }
        calls::put_into_order(&mut order);
        let mut calls = Calls::default();
        for (offset, place) in order {
            let Some(kind) = self.blocks.get(place).map(Block::kind) else { continue };
            let at = self.start.plus(i64::try_from(offset).unwrap_or(i64::MAX));
            calls.push(&kind.call(at), kind.outcome.map(|outcome| (outcome, at)));
        }
        Ok(calls)
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
    const fn kind(&self) -> &CallKind {
        match self {
            Self::Call { call, .. } | Self::Repeat { call, .. } | Self::Rate { call, .. } => call,
        }
    }

    /// How many calls it makes.
    fn length(&self) -> u64 {
        match self {
            Self::Call { .. } => 1,
            Self::Repeat { times, .. } => *times,
            Self::Rate { calls, per, for_ms, .. } => calls.saturating_mul(*for_ms).div_ceil(per.length()),
        }
    }

    /// When call `number` is made, in milliseconds after the scenario's start.
    fn offset(&self, number: u64) -> u64 {
        match self {
            Self::Call { at_ms, .. } => *at_ms,
            Self::Repeat { at_ms, every_ms, .. } => at_ms.saturating_add(number.saturating_mul(*every_ms)),
            Self::Rate { at_ms, calls, per, .. } => {
                at_ms.saturating_add(number.saturating_mul(per.length()).checked_div(*calls).unwrap_or(0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn kind() -> CallKind {
        CallKind {
            tool: "run_tests".to_string(),
            grant: "ci".to_string(),
            outcome: Some(Outcome::Ok),
            ..CallKind::default()
        }
    }

    fn offsets(blocks: Vec<Block>) -> Vec<i64> {
        let calls = Scenario { start: Timestamp::from_millis(0), blocks }.calls().unwrap();
        (0..calls.len()).map(|index| calls.get(index).unwrap().at.as_millis()).collect()
    }

    #[test]
    fn a_rate_is_spaced_evenly_and_rounded_down() {
        let rate = |calls, per, for_ms| Block::Rate { call: kind(), at_ms: 0, calls, per, for_ms };
        let offsets_of = |block| offsets(Vec::from([block]));
        assert_eq!(offsets_of(rate(3, Per::Second, 1_000)), [0, 333, 666]);
        assert_eq!(offsets_of(rate(2, Per::Minute, 90_000)), [0, 30_000, 60_000]);
        assert_eq!(offsets_of(rate(3, Per::Second, 1)), [0], "a call at the start of a part of a second");
        assert_eq!(offsets_of(rate(0, Per::Second, 1_000)), [0_i64; 0], "no calls a second are no calls");
        let loop_of_five_minutes = offsets_of(rate(12, Per::Second, 300_000));
        assert_eq!(loop_of_five_minutes.len(), 3_600);
        assert_eq!(loop_of_five_minutes[10], 833, "call 11");
        assert_eq!(loop_of_five_minutes[720], 60_000, "call 721 opens the second minute");
    }

    #[test]
    fn blocks_overlap_and_keep_their_order_within_an_instant() {
        let mut late = kind();
        late.tool = "late".to_string();
        let scenario = Scenario {
            start: Timestamp::from_millis(0),
            blocks: Vec::from([
                Block::Call { call: late, at_ms: 5 },
                Block::Repeat { call: kind(), at_ms: 0, times: 3, every_ms: 5 },
            ]),
        };
        let calls = scenario.calls().unwrap();
        let tools: Vec<&str> = (0..calls.len()).map(|index| calls.get(index).unwrap().tool).collect();
        assert_eq!(tools, ["run_tests", "late", "run_tests", "run_tests"]);
    }

    #[test]
    fn a_scenario_too_large_says_so() {
        let block = Block::Rate { call: kind(), at_ms: 0, calls: 1000, per: Per::Second, for_ms: u64::MAX };
        let scenario = Scenario { start: Timestamp::from_millis(0), blocks: Vec::from([block]) };
        assert!(scenario.calls().unwrap_err().ends_with("calls; at most 1,000,000 are run."));
    }
}
