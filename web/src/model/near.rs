//! Where nothing was denied: the counters that came nearest to their limits, and the calls that brought them there.

use gatewright_core::Decision;
use gatewright_core::simulate::NearMiss;

use super::dry_run::DryRun;

/// How many counters are named at the most.
const MOST: usize = 5;

/// A counter that came near its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// `create_issue_rate: 26 of 30 on 2026-01-05 at 14:12 UTC · grant ci`
    pub words: String,
    /// The call that brought it there, from 0.
    pub call: usize,
}

/// The counters nearest to their limits, the nearest first; none where a call was denied, which says more.
#[must_use]
pub fn near_misses(run: &DryRun) -> Vec<Near> {
    if run.run.summary.denied > 0 {
        return Vec::new();
    }
    let misses = run.run.near_misses(&run.version.policy);
    misses.iter().take(MOST).filter_map(|miss| near(run, miss)).collect()
}

fn near(run: &DryRun, miss: &NearMiss) -> Option<Near> {
    let lane = run.run.lanes.get(miss.lane)?;
    let words = format!("{} · {}", miss.nearest.in_words(), lane.shared_by(&run.calls));
    let at = miss.nearest.at;
    let limit = u32::try_from(lane.limit).ok();
    // Of the calls of that instant the last that read so; where another limit was nearer for each, the last.
    let mut call = None;
    for (index, _) in run.run.at.iter().enumerate().filter(|(_, judged)| **judged == at) {
        if run.run.decision(index) != Some(Decision::Allow) {
            continue;
        }
        let reads_so = |index: usize| {
            let read = run.run.limit.get(index).copied().flatten();
            read.is_some_and(|(read, used)| Some(read) == limit && used == miss.nearest.used)
        };
        if reads_so(index) || !call.is_some_and(reads_so) {
            call = Some(index);
        }
    }
    Some(Near { words, call: call.unwrap_or_else(|| run.nearest_call(at)) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gatewright_core::import::log::import_log;

    use super::*;
    use crate::model::document::Document;

    #[test]
    fn the_nearest_counters_lead_to_the_calls_that_brought_them_there() {
        let policy = r#"{"version": "1", "default": "deny", "tools": {
            "a": {"limits": [{"counter": "c", "window": "minute", "max": 4, "scope": "grant"}]},
            "b": {"limits": [{"counter": "d", "window": "day", "max": 9, "scope": "global"}]}}}"#;
        let line = |(at, tool, grant): &(i64, &str, &str)| {
            format!(r#"{{"at": {at}, "tool": "{tool}", "grant": "{grant}"}}"#)
        };
        let calls = [
            (0, "a", "x"),
            (5, "b", "x"),
            (10, "a", "y"),
            (10, "a", "x"),
            (10, "a", "x"),
            (10, "b", "y"),
            (10, "a", "y"),
            (70_000, "a", "x"),
        ];
        let text = calls.iter().map(line).collect::<Vec<_>>().join("\n");
        let version = Arc::clone(Document::new(policy).good().unwrap());
        let run = DryRun::new(version, Arc::new(import_log(&text).calls));
        let told: Vec<(String, usize)> =
            near_misses(&run).into_iter().map(|near| (near.words, near.call)).collect();
        let on = "on 1970-01-01 at 00:00:00.010 UTC";
        assert_eq!(
            told,
            [
                (format!("c: 3 of 4 {on} · grant x"), 4),
                (format!("c: 2 of 4 {on} · grant y"), 6),
                (format!("d: 2 of 9 {on} · all grants"), 5),
            ],
            "of equal instants, the call that read so"
        );
        assert_eq!(near_misses(&DryRun::first_view()), [], "a denial says more");
    }
}
