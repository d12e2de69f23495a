//! Which lanes of a run are drawn: one for each counter, that of the grant that fares worst unless another is chosen.
//!
//! What a person does to the lanes (pin, fold away, choose another grant) is kept by the rule's name in a decision log,
//! so it outlives the run: an edit of a limit leaves its lane where it was.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_core::Run;
use gatewright_core::amount::{Amount, count};
use gatewright_core::policy::Window;
use gatewright_core::simulate::{Lane, LaneKey};
use gatewright_core::window::Span;

use super::dry_run::DryRun;
use super::reading::peak;

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
}
