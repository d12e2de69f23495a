//! Which lanes of a run are drawn: one for each counter, that of the grant that fares worst unless another is chosen.
//!
//! What a person does to the lanes (pin, fold away, choose another grant) is kept by the rule's name in a decision log,
//! so it outlives the run: an edit of a limit leaves its lane where it was.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_core::Run;
use gatewright_core::amount::{Amount, count};
use gatewright_core::policy::Window;
use gatewright_core::simulate::{Lane, LaneKey, LaneWindow};
use gatewright_core::time::Timestamp;
use gatewright_core::window::Span;

use super::document::GoodVersion;
use super::dry_run::DryRun;
use super::what_if::WhatIf;

/// How many counters are drawn before one asks for more.
pub const DRAWN: usize = 6;
/// How many more at a time.
pub const MORE: usize = 20;

/// The counters of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaneSet {
    /// Those that a call met, the first to refuse first.
    pub counters: Vec<Counter>,
    /// Those that no call met, in words: `deploy_rate (3 per day)`.
    pub unused: Vec<String>,
}

/// A limit's counter, which each grant may have for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The limit, as an index into the policy's limits.
    pub limit: usize,
    /// The limit's name in a decision log.
    pub rule: String,
    /// The counter's name.
    pub name: String,
    /// Its lanes as indices into the run's, the worst first: the first to refuse, then the nearest to its max.
    pub lanes: Vec<usize>,
}

impl LaneSet {
    /// The counters of a run.
    #[must_use]
    pub fn of(run: &DryRun) -> Self {
        let policy = &run.version.policy;
        let mut counters: Vec<Counter> = Vec::new();
        let mut places: Vec<Option<usize>> = vec![None; policy.limits().len()];
        for (index, lane) in run.run.lanes.iter().enumerate() {
            let (Some(limit), Some(place)) = (policy.limits().get(lane.limit), places.get_mut(lane.limit))
            else {
                continue;
            };
            let place = *place.get_or_insert_with(|| {
                let (rule, name) = (limit.rule.as_str().to_owned(), policy.counter_in_words(limit));
                counters.push(Counter { limit: lane.limit, rule, name, lanes: Vec::new() });
                counters.len() - 1
            });
            if let Some(counter) = counters.get_mut(place) {
                counter.lanes.push(index);
            }
        }
        for counter in &mut counters {
            counter.lanes.sort_by_cached_key(|index| run.run.lanes.get(*index).map(badness));
        }
        let unused = places.iter().zip(policy.limits()).filter(|(place, _)| place.is_none());
        let unused = unused
            .map(|(_, limit)| format!("{} ({})", policy.counter_in_words(limit), limit.in_words()))
            .collect();
        Self { counters, unused }
    }

    /// `4 counters unused`
    #[must_use]
    pub fn unused_in_words(&self) -> String {
        match self.unused.len() {
            1 => "1 counter unused".to_owned(),
            unused => format!("{unused} counters unused"),
        }
    }
}

/// The smaller, the worse: when it refused first, and then the most that it held, which is the nearest to the max that
/// all lanes of a counter share.
fn badness(lane: &Lane) -> (usize, std::cmp::Reverse<Amount>) {
    (lane.denials.first().copied().unwrap_or(usize::MAX), std::cmp::Reverse(peak(lane)))
}

/// The most that a lane's counter held.
pub(super) fn peak(lane: &Lane) -> Amount {
    lane.windows.iter().map(|window| window.peak).max().unwrap_or_default()
}

/// The most that a lane's counter held in a window.
#[must_use]
pub fn used_in(lane: &Lane, span: Span) -> Amount {
    let place = lane.windows.partition_point(|window| window.span.start < span.start);
    lane.windows.get(place).filter(|window| window.span == span).map_or(Amount::ZERO, |window| window.peak)
}

/// What a person did to the lanes, by the names of their rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneLook {
    /// Those that stand on top.
    pub pinned: BTreeSet<String>,
    /// Those of which only the caption is shown.
    pub folded: BTreeSet<String>,
    /// Which lane of a counter is drawn, with the words for who shares it: numbers alone may mean others in other calls.
    chosen: BTreeMap<String, (Option<u32>, Option<u32>, String)>,
    /// How many are drawn.
    pub drawn: usize,
}

impl Default for LaneLook {
    fn default() -> Self {
        Self { pinned: BTreeSet::new(), folded: BTreeSet::new(), chosen: BTreeMap::new(), drawn: DRAWN }
    }
}

impl LaneLook {
    /// The counters to draw, in order: the pinned ones first.
    #[must_use]
    pub fn order<'s>(&self, set: &'s LaneSet) -> Vec<&'s Counter> {
        let is_pinned = |counter: &&Counter| self.pinned.contains(&counter.rule);
        let pinned = set.counters.iter().filter(is_pinned);
        let others = set.counters.iter().filter(|counter| !is_pinned(counter));
        pinned.chain(others).take(self.drawn).collect()
    }

    /// The lane of a counter that is drawn, as an index into the run's lanes.
    #[must_use]
    pub fn lane_of(&self, run: &DryRun, counter: &Counter) -> Option<usize> {
        let chosen = self.chosen.get(&counter.rule).and_then(|(grant, session, words)| {
            counter.lanes.iter().copied().find(|index| {
                run.run.lanes.get(*index).is_some_and(|lane| {
                    let (_, its_grant, its_session) = lane.key();
                    (its_grant, its_session) == (*grant, *session) && lane.shared_by(&run.calls) == *words
                })
            })
        });
        chosen.or_else(|| counter.lanes.first().copied())
    }

    /// Draws another lane of a counter. The worst is drawn as if nothing was chosen: it may be another one tomorrow.
    pub fn choose(&mut self, run: &DryRun, counter: &Counter, lane: usize) {
        let found = run.run.lanes.get(lane).filter(|_| counter.lanes.first() != Some(&lane));
        match found {
            Some(found) => {
                let (_, grant, session): LaneKey = found.key();
                let choice = (grant, session, found.shared_by(&run.calls));
                let _ = self.chosen.insert(counter.rule.clone(), choice);
            }
            None => {
                let _ = self.chosen.remove(&counter.rule);
            }
        }
    }

    /// Pins a counter's lane, or lets go of it.
    pub fn toggle_pin(&mut self, rule: &str) {
        toggle(&mut self.pinned, rule);
    }

    /// Folds a counter's lane away, or shows it again.
    pub fn toggle_fold(&mut self, rule: &str) {
        toggle(&mut self.folded, rule);
    }
}

fn toggle(rules: &mut BTreeSet<String>, rule: &str) {
    if !rules.remove(rule) {
        let _ = rules.insert(rule.to_owned());
    }
}

/// A lane among those of its counter: `grant ci: at most 10 of 10 used, 3,550 denied`.
#[must_use]
pub fn sharer_in_words(run: &DryRun, lane: &Lane) -> String {
    let max = run.version.policy.limits().get(lane.limit).map(|limit| limit.max).unwrap_or_default();
    let (sharer, denied) = (lane.shared_by(&run.calls), count(lane.denials.len()));
    format!("{sharer}: at most {} of {max} used, {denied} denied", peak(lane))
}

/// The lane of the same counter under the pinned policy; nothing where that is the policy at hand, or has no such counter.
#[must_use]
pub fn lane_under_pinned<'w>(what_if: &'w WhatIf, run: &DryRun, lane: &Lane) -> Option<&'w Lane> {
    if std::sync::Arc::ptr_eq(&what_if.pinned, &run.version) {
        return None;
    }
    let rule = &run.version.policy.limits().get(lane.limit)?.rule;
    let limits = what_if.pinned.policy.limits();
    let (_, grant, session) = lane.key();
    what_if.before.lanes.iter().find(|other| {
        let (limit, its_grant, its_session) = other.key();
        (its_grant, its_session) == (grant, session)
            && limits.get(limit).is_some_and(|limit| limit.rule == *rule)
    })
}

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
pub fn reading_in_words(
    run: &DryRun,
    lane: &Lane,
    pinned: Option<(&GoodVersion, &Lane)>,
    at: Timestamp,
) -> String {
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
    words.push_str(&format!(" this {} · resets at {day}{} UTC", limit.window, span.end.time_of_day()));
    if let Some(under) = pinned.and_then(|(version, lane)| Reading::of(version, lane, at)) {
        words.push_str(&format!(" · under A: {} of {} used", under.used, under.max));
    }
    words
}

/// The first call of the next window, or of this one and then of the one before: where the keys lead.
#[must_use]
pub fn call_by_window(run: &Run, window: Window, here: usize, forward: bool) -> Option<usize> {
    let span = window.span(*run.at.get(here)?);
    if forward {
        let later = run.at.get(here + 1..)?.iter().position(|at| *at >= span.end)?;
        return Some(here + 1 + later);
    }
    let first_of = |from: usize, span: Span| {
        let earlier = run.at.get(..from)?;
        let before = earlier.iter().rposition(|at| *at < span.start || *at >= span.end);
        Some(before.map_or(0, |before| before + 1))
    };
    let first = first_of(here, span)?;
    if first < here {
        return Some(first);
    }
    let last_before = here.checked_sub(1)?;
    first_of(last_before, window.span(*run.at.get(last_before)?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gatewright_core::import::log::import_log;

    use super::*;
    use crate::model::document::Document;

    const TWO_LIMITS: &str = r#"{"version": "1", "default": "deny", "tools": {
        "a": {"limits": [{"counter": "c", "window": "minute", "max": 3, "scope": "grant"}]},
        "b": {"limits": [{"counter": "d", "window": "minute", "max": 5, "scope": "global"}]},
        "never": {"limits": [{"counter": "e", "window": "day", "max": 7, "scope": "grant"}]}}}"#;

    /// A run of calls: tool, grant, and the second of each.
    pub(crate) fn run_of(policy: &str, calls: &[(&str, &str, i64)]) -> DryRun {
        let line = |(tool, grant, second): &(&str, &str, i64)| {
            format!(r#"{{"at": {}, "tool": "{tool}", "grant": "{grant}"}}"#, second * 1000)
        };
        let text = calls.iter().map(line).collect::<Vec<_>>().join("\n");
        let version = Arc::clone(Document::new(policy).good().unwrap());
        DryRun::new(version, Arc::new(import_log(&text).calls))
    }

    fn busy() -> DryRun {
        let mut calls = vec![("b", "x", 0), ("a", "calm", 1), ("a", "near", 2), ("a", "near", 3)];
        calls.extend((10..15).map(|second| ("a", "late", second)));
        calls.extend((4..8).map(|second| ("a", "early", second)));
        calls.sort_by_key(|(_, _, second)| *second);
        run_of(TWO_LIMITS, &calls)
    }

    #[test]
    fn a_counter_is_one_lane_of_the_grant_that_fares_worst() {
        let run = busy();
        let set = LaneSet::of(&run);
        let names: Vec<&str> = set.counters.iter().map(|counter| counter.name.as_str()).collect();
        assert_eq!(names, ["c", "d"], "the first to refuse, then in the order in which they were met");
        let grants = |counter: &Counter| -> Vec<String> {
            let lane = |index: &usize| run.run.lanes[*index].shared_by(&run.calls);
            counter.lanes.iter().map(lane).collect()
        };
        assert_eq!(
            grants(&set.counters[0]),
            ["grant early", "grant late", "grant near", "grant calm"],
            "the first to refuse, then the nearest to its max"
        );
        assert_eq!(set.unused, ["e (7 per day)"]);
        assert_eq!(set.unused_in_words(), "1 counter unused");
    }

    #[test]
    fn what_is_done_to_a_lane_outlives_the_run() {
        let run = busy();
        let set = LaneSet::of(&run);
        let mut look = LaneLook::default();
        let counter = &set.counters[0];
        assert_eq!(look.lane_of(&run, counter), Some(counter.lanes[0]));
        look.choose(&run, counter, counter.lanes[2]);
        look.toggle_pin("/tools/b/limits/d");
        look.toggle_fold(&counter.rule);
        // Another policy in which the limit has another place: the lanes have other numbers.
        let edited = TWO_LIMITS.replace("\"a\": {", "\"0\": {\"limits\": [{\"counter\": \"z\", \"window\": \"day\", \"max\": 1, \"scope\": \"grant\"}]}, \"a\": {");
        let again = DryRun::new(Arc::clone(Document::new(&edited).good().unwrap()), Arc::clone(&run.calls));
        let set = LaneSet::of(&again);
        let order: Vec<&str> = look.order(&set).iter().map(|counter| counter.name.as_str()).collect();
        assert_eq!(order, ["d", "c"], "the pinned one first");
        let counter = set.counters.iter().find(|counter| counter.name == "c").unwrap();
        let drawn = look.lane_of(&again, counter).unwrap();
        assert_eq!(again.run.lanes[drawn].shared_by(&again.calls), "grant near");
        assert!(look.folded.contains(&counter.rule));
        look.choose(&again, counter, counter.lanes[0]);
        assert_eq!(look.lane_of(&again, counter), Some(counter.lanes[0]), "the worst again");
        // Other calls, in which the same number is another grant.
        look.choose(&again, counter, counter.lanes[1]);
        let other = run_of(TWO_LIMITS, &[("a", "p", 0), ("a", "q", 1), ("a", "r", 2), ("a", "s", 3)]);
        let set = LaneSet::of(&other);
        assert_eq!(
            look.lane_of(&other, &set.counters[0]),
            Some(set.counters[0].lanes[0]),
            "nobody is mistaken"
        );
    }

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
            "10:00:00.833 UTC · 10 of 10 used · 10 allowed, 710 denied this minute · resets at 10:01 UTC"
        );
        let doubled = crate::model::samples::FIRST.text.replace("\"max\": 10", "\"max\": 20");
        let doubled =
            DryRun::new(Arc::clone(Document::new(&doubled).good().unwrap()), Arc::clone(&run.calls));
        let both = reading_in_words(&run, lane, Some((&doubled.version, &doubled.run.lanes[0])), at);
        assert!(both.ends_with(" · resets at 10:01 UTC · under A: 11 of 20 used"), "{both}");
    }

    #[test]
    fn keys_lead_from_window_to_window() {
        let run = DryRun::first_view();
        #[rustfmt::skip]
        let cases = [
            // from  forward  to           why
            (10,     true,    Some(720),   "the next minute"),
            (3_000,  true,    None,        "the last minute"),
            (730,    false,   Some(720),   "first where this one begins"),
            (720,    false,   Some(0),     "then the one before"),
            (0,      false,   None,        "nothing is before the first"),
        ];
        for (from, forward, to, why) in cases {
            assert_eq!(call_by_window(&run.run, Window::Minute, from, forward), to, "{why}");
        }
    }

    #[test]
    fn the_pinned_policy_has_a_lane_of_the_same_counter() {
        let first = DryRun::first_view();
        let doubled = crate::model::samples::FIRST.text.replace("\"max\": 10", "\"max\": 20");
        let run = DryRun::new(Arc::clone(Document::new(&doubled).good().unwrap()), Arc::clone(&first.calls));
        let what_if = WhatIf::new(Arc::clone(&first.version), &run);
        let lane = &run.run.lanes[0];
        assert_eq!(peak(lane_under_pinned(&what_if, &run, lane).unwrap()).to_string(), "10");
        let same = WhatIf::new(Arc::clone(&run.version), &run);
        assert!(lane_under_pinned(&same, &run, lane).is_none(), "it is the policy at hand");
    }
}
