//! One counter over a run: what it held, and where it refused.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::{Answered, Awaited, Replay};
use crate::amount::{Amount, count};
use crate::compile::{CompiledLimit, CompiledPolicy};
use crate::legible::legible;
use crate::scenario::Calls;
use crate::time::Timestamp;
use crate::verdict::{Decision, Reason, Ruling};
use crate::window::Span;

/// One counter of one grant over a run.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The limit, as an index into [`CompiledPolicy::limits`](crate::CompiledPolicy::limits).
    pub limit: usize,
    /// The grant, as its name's number in the calls.
    grant: u32,
    /// What the counter held from each instant on, within that instant's window, in the order of time.
    pub points: Vec<Point>,
    /// The calls that it refused, by index, in order.
    pub denials: Vec<usize>,
    /// Its windows in which something happened, in order.
    pub windows: Vec<LaneWindow>,
}

/// What a counter held from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The instant.
    pub at: Timestamp,
    /// What it held.
    pub used: Amount,
}

/// One window of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneWindow {
    /// When.
    pub span: Span,
    /// The most that the counter held.
    pub peak: Amount,
    /// Calls counted, those given back later included.
    pub allowed: usize,
    /// Calls refused by this counter.
    pub denied: usize,
    /// Calls given back.
    pub given_back: usize,
}

impl Lane {
    /// What tells this lane from the others of its run: the limit's index and the grant's number.
    #[must_use]
    pub const fn key(&self) -> (usize, u32) {
        (self.limit, self.grant)
    }

    /// The grant's name.
    #[must_use]
    pub fn grant<'c>(&self, calls: &'c Calls) -> &'c str {
        calls.name(self.grant)
    }

    /// The lane in words: `run_tests_rate · 10 per minute · grant ci: at most 10 of 10 used, 3,550 calls denied`.
    #[must_use]
    pub fn in_words(&self, policy: &CompiledPolicy, calls: &Calls) -> String {
        let Some(limit) = policy.limits().get(self.limit) else { return String::new() };
        let peak = self.windows.iter().map(|window| window.peak).max().unwrap_or_default();
        let denied = match self.denials.len() {
            0 => "no call denied".to_string(),
            1 => "1 call denied".to_string(),
            denied => format!("{} calls denied", count(denied)),
        };
        let (counter, grant) = (policy.counter_in_words(limit), legible(self.grant(calls)));
        let words = limit.in_words();
        format!("{counter} · {words} · grant {grant}: at most {peak} of {} used, {denied}", limit.max)
    }
}

/// A lane of a run in progress.
struct OpenLane {
    lane: Lane,
    /// By their start: denied calls do not move the counters' time, so a window may open before one that was seen.
    windows: BTreeMap<Timestamp, LaneWindow>,
}

impl OpenLane {
    fn window(&mut self, limit: &CompiledLimit, at: Timestamp) -> &mut LaneWindow {
        let span = limit.window.span(at);
        let fresh = LaneWindow { span, peak: Amount::ZERO, allowed: 0, denied: 0, given_back: 0 };
        self.windows.entry(span.start).or_insert(fresh)
    }

    fn finish(self) -> Lane {
        Lane { windows: self.windows.into_values().collect(), ..self.lane }
    }
}

/// The lanes of a run in progress.
#[derive(Default)]
pub(super) struct Lanes {
    lanes: Vec<OpenLane>,
    places: HashMap<(usize, u32), usize>,
}

impl Lanes {
    fn lane(&mut self, limit: usize, grant: u32) -> Option<&mut OpenLane> {
        let place = *self.places.entry((limit, grant)).or_insert_with(|| {
            let (points, denials, windows) = (Vec::new(), Vec::new(), Vec::new());
            let lane = Lane { limit, grant, points, denials, windows };
            self.lanes.push(OpenLane { lane, windows: BTreeMap::new() });
            self.lanes.len() - 1
        });
        self.lanes.get_mut(place)
    }

    /// Takes what was decided on call `index`.
    pub(super) fn judged(&mut self, replay: &Replay<'_>, index: usize, ruling: &Ruling) {
        let Some(grant) = replay.calls.grant_index(index) else { return };
        match (ruling.reason, ruling.limit) {
            (Reason::Limit, Some((refusing, _))) => {
                let Some(limit) = replay.policy.limits().get(refusing) else { return };
                let Some(open) = self.lane(refusing, grant) else { return };
                open.lane.denials.push(index);
                open.window(limit, ruling.at).denied += 1;
            }
            (reason, _) if reason.decision() == Decision::Allow => {
                self.counted(replay, index, ruling.at, ruling.at, |window, used| {
                    window.allowed += 1;
                    window.peak = window.peak.max(used);
                });
            }
            _ => {}
        }
    }

    /// Takes an answer.
    pub(super) fn answered(&mut self, replay: &Replay<'_>, answered: &Answered) {
        let Awaited { call, counted_at, at, .. } = answered.answer;
        if answered.given_back {
            self.counted(replay, call, counted_at, at, |window, _| window.given_back += 1);
        }
    }

    /// Notes, at `at`, what each counter of a call holds of the window that the call was counted in.
    fn counted(
        &mut self,
        replay: &Replay<'_>,
        index: usize,
        counted_at: Timestamp,
        at: Timestamp,
        note: impl Fn(&mut LaneWindow, Amount),
    ) {
        let (Some(grant), Some(target)) = (replay.calls.grant_index(index), replay.target(index)) else {
            return;
        };
        let known = replay.counters.grant(replay.calls.name(grant));
        for (limit_index, limit) in replay.policy.limits_of(target) {
            let used = replay.counters.used(limit_index, limit, known, counted_at);
            let Some(open) = self.lane(limit_index, grant) else { continue };
            let at = open.lane.points.last().map_or(at, |last| at.max(last.at));
            let window = open.window(limit, counted_at);
            note(window, used);
            if at < window.span.end {
                open.lane.points.push(Point { at, used });
            }
        }
    }

    /// The lanes, the first to refuse first, then in the order in which they were met.
    pub(super) fn finish(self) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = self.lanes.into_iter().map(OpenLane::finish).collect();
        lanes.sort_by_key(|lane| lane.denials.first().copied().unwrap_or(usize::MAX));
        lanes
    }
}
