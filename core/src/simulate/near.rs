//! How close each counter came to its limit, refusals or none.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Run;
use crate::amount::Amount;
use crate::compile::CompiledPolicy;
use crate::time::Timestamp;

/// The most that a limit's counter held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// The counter's name, and its tool's where that is needed to tell it from another.
    pub counter: String,
    /// The most that it held.
    pub used: Amount,
    /// The most that fits.
    pub max: Amount,
    /// When it first held that much.
    pub at: Timestamp,
}

/// How close one counter of a run came to its limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NearMiss {
    /// Its lane, as an index into [`Run::lanes`].
    pub lane: usize,
    /// What it held.
    #[serde(flatten)]
    pub nearest: Nearest,
    /// How many calls it refused.
    pub denied: usize,
}

impl Run {
    /// How close each counter came to its limit, the ones with the fewest left first; of equals, in the order of their
    /// lanes. A counter that never held anything is left out.
    #[must_use]
    pub fn near_misses(&self, policy: &CompiledPolicy) -> Vec<NearMiss> {
        let mut found: Vec<NearMiss> = self.readings(policy).collect();
        found.sort_by_key(NearMiss::left);
        found
    }

    /// The first of them.
    pub(super) fn nearest(&self, policy: &CompiledPolicy) -> Option<Nearest> {
        self.readings(policy).min_by_key(NearMiss::left).map(|miss| miss.nearest)
    }

    fn readings(&self, policy: &CompiledPolicy) -> impl Iterator<Item = NearMiss> {
        self.lanes.iter().enumerate().filter_map(|(index, lane)| {
            let limit = policy.limits().get(lane.limit)?;
            let used = lane.windows.iter().map(|window| window.peak).max().unwrap_or_default();
            let at = lane.points.iter().find(|point| point.used == used)?.at;
            let nearest = Nearest { counter: policy.counter_in_words(limit), used, max: limit.max, at };
            Some(NearMiss { lane: index, nearest, denied: lane.denials.len() })
        })
    }
}

impl NearMiss {
    fn left(&self) -> Amount {
        self.nearest.max.minus(self.nearest.used)
    }
}

impl Nearest {
    /// The reading in words: `run_tests_rate: 26 of 30 on 2026-01-05 at 14:12 UTC`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Self { counter, used, max, at } = self;
        format!("{counter}: {used} of {max} on {} at {} UTC", at.date(), at.time_of_day())
    }
}
