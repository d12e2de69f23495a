//! What a counter says at an instant, or in a window; also under the pinned policy.

use std::sync::Arc;

use gatewright_core::amount::{Amount, count};
use gatewright_core::policy::Window;
use gatewright_core::simulate::{Lane, LaneWindow};
use gatewright_core::time::Timestamp;
use gatewright_core::window::Span;

use super::document::GoodVersion;
use super::dry_run::DryRun;
use super::what_if::WhatIf;

/// What a counter says at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it held.
    pub used: Amount,
    /// The most that fits.
    pub max: Amount,
    /// The window that the instant lies in. At its end the counter starts anew.
    pub span: Span,
    /// Calls that it counted in this window, those given back included.
    pub allowed: usize,
    /// Calls that it refused in this window.
    pub denied: usize,
    /// Calls given back in this window.
    pub given_back: usize,
}

impl Reading {
    /// What the counter of a lane says at an instant. It takes the time of a search, not of a walk.
    #[must_use]
    pub fn of(version: &GoodVersion, lane: &Lane, at: Timestamp) -> Option<Self> {
        let limit = version.policy.limits().get(lane.limit)?;
        let span = limit.window.span(at);
        let last = lane.points.partition_point(|point| point.at <= at).checked_sub(1);
        let last = last.and_then(|last| lane.points.get(last)).filter(|point| point.at >= span.start);
        let place = lane.windows.partition_point(|window| window.span.start < span.start);
        let window = lane.windows.get(place).filter(|window| window.span == span);
        let of = |what: fn(&LaneWindow) -> usize| window.map_or(0, what);
        Some(Self {
            used: last.map_or(Amount::ZERO, |point| point.used),
            max: limit.max,
            span,
            allowed: of(|window| window.allowed),
            denied: of(|window| window.denied),
            given_back: of(|window| window.given_back),
        })
    }
}

/// What a lane reads at an instant: the time, the counter, and its reading under the pinned policy where there is one.
#[must_use]
pub fn reading_in_words(run: &DryRun, lane: &Lane, pinned: Option<Pinned<'_>>, at: Timestamp) -> String {
    let (Some(reading), Some(limit)) =
        (Reading::of(&run.version, lane, at), run.version.policy.limits().get(lane.limit))
    else {
        return String::new();
    };
    let Reading { used, max, span, allowed, denied, given_back } = reading;
    let mut words = format!(
        "{} UTC · {used} of {max} used · {} allowed, {} denied",
        run.time_in_words(at),
        count(allowed),
        count(denied)
    );
    if given_back > 0 {
        words.push_str(&format!(", {} given back", count(given_back)));
    }
    let day = if span.end.date() == at.date() { String::new() } else { format!("{} ", span.end.date()) };
    words.push_str(&format!(" this {} · resets {day}{} UTC", limit.window, span.end.time_of_day()));
    if let Some(under) = pinned.and_then(|Pinned { version, lane }| Reading::of(version, lane, at)) {
        words.push_str(&format!(" · under A: {} of {} used", under.used, under.max));
    }
    words
}

/// The most that a lane's counter held in a span of time: where its own windows are others, in those that lie in it at all.
#[must_use]
pub fn used_in(lane: &Lane, span: Span) -> Amount {
    let first = lane.windows.partition_point(|window| window.span.end <= span.start);
    let windows = lane.windows.get(first..).unwrap_or_default();
    windows
        .iter()
        .take_while(|window| window.span.start < span.end)
        .map(|window| window.peak)
        .max()
        .unwrap_or_default()
}

/// The most that a lane's counter held.
pub(super) fn peak(lane: &Lane) -> Amount {
    lane.windows.iter().map(|window| window.peak).max().unwrap_or_default()
}

/// The lane of a counter under the pinned policy.
#[derive(Clone, Copy, Debug)]
pub struct Pinned<'w> {
    /// That policy.
    pub version: &'w GoodVersion,
    /// Its lane of the same counter.
    pub lane: &'w Lane,
}

impl<'w> Pinned<'w> {
    /// The lane of the counter that a lane is of; nothing where the pinned policy is the one at hand, or has no such
    /// counter, or others share it there.
    #[must_use]
    pub fn of(what_if: &'w WhatIf, run: &DryRun, lane: &Lane) -> Option<Self> {
        if Arc::ptr_eq(&what_if.pinned, &run.version) {
            return None;
        }
        let rule = &run.version.policy.limits().get(lane.limit)?.rule;
        let limits = what_if.pinned.policy.limits();
        let (_, grant, session) = lane.key();
        let is_same = |other: &&Lane| {
            let (limit, its_grant, its_session) = other.key();
            (its_grant, its_session) == (grant, session)
                && limits.get(limit).is_some_and(|limit| limit.rule == *rule)
        };
        let lane = what_if.before.lanes.iter().find(is_same)?;
        Some(Self { version: &what_if.pinned, lane })
    }

    /// The window of its limit, which may be another one than that of the policy at hand.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        Some(self.version.policy.limits().get(self.lane.limit)?.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Document;
    use crate::model::samples;

    #[test]
    fn a_reading_is_what_the_counter_held_then() {
        let run = DryRun::first_view();
        let lane = &run.run.lanes[0];
        #[rustfmt::skip]
        let cases = [
            // instant                      used  allowed denied  why
            ("2026-01-05T09:59:59.999Z",    "0",  0,      0,      "before the first call, in a window of which nothing is known"),
            ("2026-01-05T10:00:00.000Z",    "1",  10,     710,    "the first call is counted as it is made"),
            ("2026-01-05T10:00:00.100Z",    "2",  10,     710,    "between two calls"),
            ("2026-01-05T10:00:59.999Z",    "10", 10,     710,    "full until the window ends"),
            ("2026-01-05T10:01:00.000Z",    "1",  10,     710,    "the boundary is the next window's"),
            ("2026-01-05T10:05:00.000Z",    "0",  0,      0,      "after the last"),
        ];
        for (at, used, allowed, denied, why) in cases {
            let reading = Reading::of(&run.version, lane, Timestamp::parse(at).unwrap()).unwrap();
            assert_eq!(
                (reading.used.to_string().as_str(), reading.allowed, reading.denied),
                (used, allowed, denied),
                "{at}: {why}"
            );
            assert_eq!(
                (reading.max.to_string().as_str(), reading.span.end.since(reading.span.start)),
                ("10", 60_000)
            );
        }
    }

    #[test]
    fn a_lane_says_when_how_much_and_until_when() {
        let run = DryRun::first_view();
        let lane = &run.run.lanes[0];
        let at = run.run.at[10];
        assert_eq!(
            reading_in_words(&run, lane, None, at),
            "10:00:00.833 UTC · 10 of 10 used · 10 allowed, 710 denied this minute · resets 10:01 UTC"
        );
        let doubled = crate::model::samples::FIRST.text.replace("\"max\": 10", "\"max\": 20");
        let doubled =
            DryRun::new(Arc::clone(Document::new(&doubled).good().unwrap()), Arc::clone(&run.calls));
        let pinned = Pinned { version: &doubled.version, lane: &doubled.run.lanes[0] };
        let both = reading_in_words(&run, lane, Some(pinned), at);
        assert!(both.ends_with(" · resets 10:01 UTC · under A: 11 of 20 used"), "{both}");
    }

    #[test]
    fn the_pinned_policy_has_a_lane_of_the_same_counter() {
        let first = DryRun::first_view();
        #[rustfmt::skip]
        let cases = [
            // at hand                                            in the second minute  why
            ("\"max\": 10",         "\"max\": 20",               Some("10"),           "another max"),
            ("\"window\": \"minute\"", "\"window\": \"hour\"",   Some("10"),           "another window: the most of those that lie in it"),
            ("\"scope\": \"grant\"", "\"scope\": \"global\"",    None,                 "shared by others"),
            ("run_tests_rate",      "another",                   None,                 "another counter"),
        ];
        for (from, to, used, why) in cases {
            let text = samples::FIRST.text.replace(from, to);
            assert_ne!(text, samples::FIRST.text, "{why}");
            let version = Arc::clone(Document::new(&text).good().unwrap());
            let run = DryRun::new(version, Arc::clone(&first.calls));
            let what_if = WhatIf::new(Arc::clone(&first.version), &run);
            let lane = &run.run.lanes[0];
            let pinned = Pinned::of(&what_if, &run, lane);
            let found = pinned.map(|pinned| used_in(pinned.lane, lane.windows[0].span).to_string());
            assert_eq!(found.as_deref(), used, "{why}");
            assert!(pinned.is_none_or(|pinned| pinned.window() == Some(Window::Minute)), "its own: {why}");
        }
        let same = WhatIf::new(Arc::clone(&first.version), &first);
        assert!(Pinned::of(&same, &first, &first.run.lanes[0]).is_none(), "it is the policy at hand");
    }
}
