//! One counter over a run: what it held, and where it refused.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::replay::{Answered, Awaited, Input, Replay};
use crate::amount::{Amount, count};
use crate::compile::{CompiledLimit, CompiledPolicy};
use crate::legible::legible;
use crate::policy::Scope;
use crate::scenario::Calls;
use crate::time::Timestamp;
use crate::verdict::{Decision, Reason, Ruling};
use crate::window::Span;

/// One counter of one grant over a run.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The limit, as an index into [`CompiledPolicy::limits`](crate::CompiledPolicy::limits).
    pub limit: usize,
    /// Who shares it.
    pub(super) sharer: Sharer,
    /// What the counter held from each instant on, within that instant's window, in the order of time.
    pub points: Vec<Point>,
    /// The calls that it refused, by index, in order.
    pub denials: Vec<usize>,
    /// Its windows in which something happened, in order.
    pub windows: Vec<LaneWindow>,
}

/// A limit's index, and the numbers of the grant and the session that share its counter, if not everyone does.
pub type LaneKey = (usize, Option<u32>, Option<u32>);

/// Who shares a counter: names by their numbers in the calls; none for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sharer {
    pub(super) grant: Option<u32>,
    pub(super) session: Option<u32>,
}

impl Sharer {
    fn of(scope: Scope, calls: &Calls, index: usize) -> Option<Self> {
        let (grant, session) = calls.caller(index)?;
        Some(match scope {
            Scope::Grant => Self { grant: Some(grant), session: None },
            Scope::Session => Self { grant: Some(grant), session: Some(session) },
            Scope::Global => Self { grant: None, session: None },
        })
    }
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
    /// What tells this lane from the others of its run: the limit's index, and the numbers of those who share it.
    #[must_use]
    pub const fn key(&self) -> LaneKey {
        (self.limit, self.sharer.grant, self.sharer.session)
    }

    /// Who shares it, in words: `grant ci`, `session 7 of grant ci`, `all grants`.
    #[must_use]
    pub fn shared_by(&self, calls: &Calls) -> String {
        let name = |number: u32| legible(calls.name(number));
        match (self.sharer.grant, self.sharer.session) {
            (Some(grant), None) => format!("grant {}", name(grant)),
            (Some(grant), Some(session)) => format!("session {} of grant {}", name(session), name(grant)),
            (None, _) => "all grants".to_string(),
        }
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
        let (counter, sharer) = (policy.counter_in_words(limit), self.shared_by(calls));
        let words = limit.in_words();
        format!("{counter} · {words} · {sharer}: at most {peak} of {} used, {denied}", limit.max)
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

/// How far the lanes of a run had come at some call.
#[derive(Clone)]
pub(super) struct LanesMark(Vec<LaneMark>);

#[derive(Clone)]
struct LaneMark {
    limit: usize,
    sharer: Sharer,
    points: usize,
    denials: usize,
    windows: BTreeMap<Timestamp, LaneWindow>,
}

impl LanesMark {
    /// How many entries it holds.
    pub(super) fn entries(&self) -> usize {
        self.0.iter().map(|mark| 1 + mark.windows.len()).sum()
    }

    /// The same where the limits stand elsewhere, or are gone.
    pub(super) fn moved(&self, moved: impl Fn(usize) -> Option<usize>) -> Self {
        let mark = |mark: &LaneMark| Some(LaneMark { limit: moved(mark.limit)?, ..mark.clone() });
        Self(self.0.iter().filter_map(mark).collect())
    }
}

/// The lanes of a run in progress.
#[derive(Default)]
pub(super) struct Lanes {
    lanes: Vec<OpenLane>,
    places: HashMap<(usize, Sharer), usize>,
}

impl Lanes {
    fn lane(&mut self, limit: usize, sharer: Sharer) -> Option<&mut OpenLane> {
        let place = *self.places.entry((limit, sharer)).or_insert_with(|| {
            let (points, denials, windows) = (Vec::new(), Vec::new(), Vec::new());
            let lane = Lane { limit, sharer, points, denials, windows };
            self.lanes.push(OpenLane { lane, windows: BTreeMap::new() });
            self.lanes.len() - 1
        });
        self.lanes.get_mut(place)
    }

    /// Takes what was decided on call `index`.
    pub(super) fn judged(&mut self, input: Input<'_>, replay: &Replay, index: usize, ruling: &Ruling) {
        match (ruling.reason, ruling.limit) {
            (Reason::Limit, Some(refusing)) => {
                let Some(limit) = input.policy.limits().get(refusing.index) else { return };
                let Some(sharer) = Sharer::of(limit.scope, input.calls, index) else { return };
                let Some(open) = self.lane(refusing.index, sharer) else { return };
                open.lane.denials.push(index);
                open.window(limit, ruling.at).denied += 1;
            }
            (reason, _) if reason.decision() == Decision::Allow => {
                self.counted(input, replay, index, ruling.at, ruling.at, |window, used| {
                    window.allowed += 1;
                    window.peak = window.peak.max(used);
                });
            }
            _ => {}
        }
    }

    /// Takes an answer.
    pub(super) fn answered(&mut self, input: Input<'_>, replay: &Replay, answered: &Answered) {
        let Awaited { call, counted_at, at, .. } = answered.answer;
        if answered.given_back {
            self.counted(input, replay, call, counted_at, at, |window, _| window.given_back += 1);
        }
    }

    /// Notes, at `at`, what each counter of a call holds of the window that the call was counted in.
    fn counted(
        &mut self,
        input: Input<'_>,
        replay: &Replay,
        index: usize,
        counted_at: Timestamp,
        at: Timestamp,
        note: impl Fn(&mut LaneWindow, Amount),
    ) {
        let (Some(call), Some(target)) = (input.calls.get(index), replay.target(input.calls, index)) else {
            return;
        };
        let caller = replay.counters.caller(input.policy.checks(target), call.grant, call.session);
        for (checked, limit) in input.policy.limits_of(target) {
            let used = replay.counters.used(checked.index, limit, &caller, counted_at);
            let Some(sharer) = Sharer::of(limit.scope, input.calls, index) else { continue };
            let Some(open) = self.lane(checked.index, sharer) else { continue };
            let at = open.lane.points.last().map_or(at, |last| at.max(last.at));
            let window = open.window(limit, counted_at);
            note(window, used);
            if at < window.span.end {
                open.lane.points.push(Point { at, used });
            }
        }
    }

    /// What it takes to go on from here with the lanes of the finished run.
    pub(super) fn mark(&self) -> LanesMark {
        let mark = |open: &OpenLane| LaneMark {
            limit: open.lane.limit,
            sharer: open.lane.sharer,
            points: open.lane.points.len(),
            denials: open.lane.denials.len(),
            windows: open.windows.clone(),
        };
        LanesMark(self.lanes.iter().map(mark).collect())
    }

    /// The same where the limits stand elsewhere, or are gone.
    pub(super) fn moved(self, moved: impl Fn(usize) -> Option<usize>) -> Self {
        let mut lanes = Self::default();
        for OpenLane { lane, windows } in self.lanes {
            let Some(limit) = moved(lane.limit) else { continue };
            lanes.places.insert((limit, lane.sharer), lanes.lanes.len());
            lanes.lanes.push(OpenLane { lane: Lane { limit, ..lane }, windows });
        }
        lanes
    }

    /// The lanes as they were at a mark of a run whose lanes are `finished`.
    pub(super) fn resumed(LanesMark(marks): LanesMark, finished: &[Lane]) -> Self {
        let finished: HashMap<(usize, Sharer), &Lane> =
            finished.iter().map(|lane| ((lane.limit, lane.sharer), lane)).collect();
        let mut lanes = Self::default();
        for LaneMark { limit, sharer, points, denials, windows } in marks {
            let lane = finished.get(&(limit, sharer));
            let points = lane.and_then(|lane| lane.points.get(..points)).unwrap_or_default().to_vec();
            let denials = lane.and_then(|lane| lane.denials.get(..denials)).unwrap_or_default().to_vec();
            let lane = Lane { limit, sharer, points, denials, windows: Vec::new() };
            lanes.places.insert((limit, sharer), lanes.lanes.len());
            lanes.lanes.push(OpenLane { lane, windows });
        }
        lanes
    }

    /// The lanes, the first to refuse first, then in the order in which they were met.
    pub(super) fn finish(self) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = self.lanes.into_iter().map(OpenLane::finish).collect();
        lanes.sort_by_key(|lane| lane.denials.first().copied().unwrap_or(usize::MAX));
        lanes
    }
}
