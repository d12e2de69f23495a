//! Blocks → calls on a virtual time axis.
//!
//! A scenario is a start and a list of blocks, each at its own offset, so that blocks
//! may overlap. The same scenario always makes the same calls in the same order.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::amount::count;
use crate::call::{Outcome, ToolCall};
use crate::time::Timestamp;

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
#[serde(tag = "block", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// One call.
    Call {
        /// The call.
        call: CallKind,
        /// Milliseconds after the scenario's start.
        #[serde(default)]
        at_ms: u64,
    },
    /// The same call `times` times, `every_ms` apart.
    Repeat {
        /// The call.
        call: CallKind,
        /// When the first is made, in milliseconds after the scenario's start.
        #[serde(default)]
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
        #[serde(default)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallKind {
    /// The tool's name.
    pub tool: String,
    /// Who calls.
    pub grant: String,
    /// The session within the grant.
    #[serde(default)]
    pub session: String,
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
        let mut order: Vec<(u64, &CallKind)> = Vec::new();
        for block in &self.blocks {
            order.extend((0..block.length()).map(|number| (block.offset(number), block.kind())));
        }
        order.sort_by_key(|(offset, _)| *offset);
        let mut calls = Calls::default();
        for (offset, kind) in order {
            let at = self.start.plus(i64::try_from(offset).unwrap_or(i64::MAX));
            let call = ToolCall { tool: &kind.tool, grant: &kind.grant, session: &kind.session, at };
            calls.push(&call, kind.outcome.map(|outcome| (outcome, at)));
        }
        Ok(calls)
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

/// Calls as columns: one entry a call in each, names stored once.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    at: Vec<Timestamp>,
    tool: Vec<u32>,
    grant: Vec<u32>,
    session: Vec<u32>,
    answer: Vec<Option<(Outcome, Timestamp)>>,
    names: Names,
}

#[derive(Clone, Debug, Default)]
struct Names {
    texts: Vec<String>,
    indexes: HashMap<String, u32>,
}

impl Names {
    fn index(&mut self, name: &str) -> u32 {
        if let Some(index) = self.indexes.get(name) {
            return *index;
        }
        let index = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(name.to_string());
        self.indexes.insert(name.to_string(), index);
        index
    }
}

impl Calls {
    /// Adds a call, with how it ended and when that was known, if it ever was.
    pub fn push(&mut self, call: &ToolCall<'_>, answer: Option<(Outcome, Timestamp)>) {
        self.at.push(call.at);
        self.tool.push(self.names.index(call.tool));
        self.grant.push(self.names.index(call.grant));
        self.session.push(self.names.index(call.session));
        self.answer.push(answer);
    }

    /// Tells how call `index` ended. A call that has been told already keeps its first answer.
    pub fn answer(&mut self, index: usize, outcome: Outcome, at: Timestamp) {
        if let Some(answer @ None) = self.answer.get_mut(index) {
            *answer = Some((outcome, at));
        }
    }

    /// How many calls.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there is no call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The call at `index`, from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<ToolCall<'_>> {
        Some(ToolCall {
            tool: self.name(*self.tool.get(index)?),
            grant: self.name(*self.grant.get(index)?),
            session: self.name(*self.session.get(index)?),
            at: *self.at.get(index)?,
        })
    }

    /// How the call at `index` ended and when that was known.
    #[must_use]
    pub fn answer_of(&self, index: usize) -> Option<(Outcome, Timestamp)> {
        self.answer.get(index).copied().flatten()
    }

    /// The number of the tool's name, of all [`names`](Self::names).
    pub(crate) fn tool_index(&self, index: usize) -> Option<u32> {
        self.tool.get(index).copied()
    }

    /// The number of the grant's name, of all [`names`](Self::names).
    pub(crate) fn grant_index(&self, index: usize) -> Option<u32> {
        self.grant.get(index).copied()
    }

    /// Every name of a tool, grant or session.
    pub(crate) fn names(&self) -> &[String] {
        &self.names.texts
    }

    pub(crate) fn name(&self, index: u32) -> &str {
        usize::try_from(index).ok().and_then(|index| self.names.texts.get(index)).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> CallKind {
        CallKind {
            tool: "run_tests".to_string(),
            grant: "ci".to_string(),
            session: String::new(),
            outcome: Some(Outcome::Ok),
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
