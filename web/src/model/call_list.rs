//! Which calls of a run the table lists, and in which rows: a filter, and neighbours that are alike folded into one row.

use std::collections::BTreeSet;

use gatewright_core::amount::count;
use gatewright_core::{Decision, ToolCall};

use super::dry_run::{DryRun, Row};
use super::what_if::WhatIf;

/// From so many calls on, neighbours that are alike are folded, until somebody says otherwise.
pub const FOLDS_FROM: usize = 500;
/// So many calls must follow one that is like them to be folded.
const FEWEST_FOLDED: u32 = 2;

/// Which calls are listed: those of which everything here holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Calls that were decided so.
    pub decision: Option<Decision>,
    /// Calls that this rule kept out: its name in a decision log.
    pub rule: Option<String>,
    /// Calls whose tool, grant or rule has this in its name, whatever its case.
    pub text: String,
    /// Calls that went from one decision to another: under the pinned policy, and under the one at hand.
    pub moved: Option<(Decision, Decision)>,
    /// All others instead.
    pub inverted: bool,
}

impl Filter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The calls that it lets through, by index, in order.
    #[must_use]
    pub fn matching(&self, run: &DryRun, pinned: Option<&WhatIf>) -> Vec<u32> {
        let calls = 0..u32::try_from(run.run.len()).unwrap_or(u32::MAX);
        if self.is_open() {
            return calls.collect();
        }
        // Names, rules and decisions are the same for all that are alike.
        let groups: Vec<bool> = run
            .likeness
            .first_calls()
            .iter()
            .map(|first| self.passes_as_alike(run, *first as usize))
            .collect();
        let passes = |call: u32| {
            let index = call as usize;
            let (was, is) =
                (pinned.and_then(|pinned| pinned.before.decision(index)), run.run.decision(index));
            run.likeness.group_of(call).and_then(|group| groups.get(group)).is_some_and(|passes| *passes)
                && self.moved.is_none_or(|(before, after)| was == Some(before) && is == Some(after))
        };
        calls.filter(|call| passes(*call) != self.inverted).collect()
    }

    /// Whether it lets a call through, all but what a pinned policy decided.
    fn passes_as_alike(&self, run: &DryRun, index: usize) -> bool {
        if self.decision.is_some_and(|wanted| run.run.decision(index) != Some(wanted)) {
            return false;
        }
        let rule = run.run.rule(&run.version.policy, index);
        let rule = rule.as_ref().map_or("", |rule| rule.as_str());
        if self.rule.as_ref().is_some_and(|wanted| wanted != rule) {
            return false;
        }
        let lowered = self.text.trim().to_lowercase();
        let has_text = |name: &str| name.to_lowercase().contains(&lowered);
        lowered.is_empty()
            || run.calls.get(index).is_some_and(|ToolCall { tool, grant, .. }| {
                has_text(tool) || has_text(grant) || has_text(rule)
            })
    }
}

/// A row of the table: a call, or several that are like the one before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ListRow {
    /// The first of its calls, as a place among those that the filter lets through.
    place: u32,
    /// How many calls.
    calls: u32,
}

/// The rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallList {
    /// The calls that the filter lets through, by index.
    matching: Vec<u32>,
    rows: Vec<ListRow>,
}

impl CallList {
    /// The rows of the calls that a filter lets through. What is folded is shown call by call where the index of the
    /// first folded call is among `unfolded`.
    #[must_use]
    pub fn new(
        run: &DryRun,
        pinned: Option<&WhatIf>,
        filter: &Filter,
        folds: bool,
        unfolded: &BTreeSet<u32>,
    ) -> Self {
        let matching = filter.matching(run, pinned);
        let places = 0..u32::try_from(matching.len()).unwrap_or(u32::MAX);
        if !folds {
            let rows = places.map(|place| ListRow { place, calls: 1 }).collect();
            return Self { matching, rows };
        }
        let mut rows = Vec::new();
        let mut place = 0;
        for alike in matching.chunk_by(|one, next| is_alike(run, pinned, *one, *next)) {
            let calls = u32::try_from(alike.len()).unwrap_or(u32::MAX);
            let (shown, folded) = match alike.get(1) {
                Some(first) if calls > FEWEST_FOLDED && !unfolded.contains(first) => (1, calls - 1),
                _ => (calls, 0),
            };
            rows.extend((0..shown).map(|number| ListRow { place: place + number, calls: 1 }));
            if folded > 0 {
                rows.push(ListRow { place: place + shown, calls: folded });
            }
            place += calls;
        }
        Self { matching, rows }
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many calls the filter lets through.
    #[must_use]
    pub fn matched(&self) -> usize {
        self.matching.len()
    }

    /// The calls that the filter lets through, by index, in order.
    pub fn calls(&self) -> impl Iterator<Item = usize> {
        self.calls_from(0)
    }

    /// The same, without so many first ones.
    pub fn calls_from(&self, first: usize) -> impl Iterator<Item = usize> {
        self.matching.get(first..).unwrap_or_default().iter().map(|index| *index as usize)
    }

    /// The index of the first call of a row.
    #[must_use]
    pub fn first_call(&self, row: usize) -> Option<usize> {
        let row = self.rows.get(row)?;
        self.matching.get(row.place as usize).map(|index| *index as usize)
    }

    /// The row of a call; where the filter keeps it out, that of the last before it that is listed.
    #[must_use]
    pub fn row_of(&self, call: usize) -> usize {
        let place = self.matching.partition_point(|index| *index as usize <= call).saturating_sub(1);
        self.rows.partition_point(|row| row.place as usize <= place).saturating_sub(1)
    }

    /// Whether the table lists a call, be it folded.
    #[must_use]
    pub fn lists(&self, call: usize) -> bool {
        u32::try_from(call).is_ok_and(|call| self.matching.binary_search(&call).is_ok())
    }

    /// What a row shows.
    #[must_use]
    pub fn shown(&self, run: &DryRun, row: usize) -> Option<Shown> {
        let here = self.rows.get(row)?;
        let first = self.first_call(row)?;
        if here.calls == 1 {
            return run.row(first).map(Shown::Call);
        }
        let last = *self.matching.get((here.place + here.calls - 1) as usize)? as usize;
        let (from, to) = (run.row(first)?, run.row(last)?);
        Some(Shown::Folded(Folded {
            first,
            numbers: format!("{}–{}", from.number, to.number),
            times: format!("{}–{}", from.time, to.time),
            words: format!("{} more {}, {}", count(here.calls as usize), word(from.decision), why(&from)),
            decision: from.decision,
        }))
    }
}

/// What a row of the table shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A call.
    Call(Row),
    /// Calls that are like the one before them.
    Folded(Folded),
}

/// Several calls as one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The index of the first.
    pub first: usize,
    /// `12–720`
    pub numbers: String,
    /// `10:00:00.916–10:00:59.916`
    pub times: String,
    /// `709 more denied, same rule`
    pub words: String,
    /// How each of them was decided.
    pub decision: Decision,
}

/// Whether a call is like the one before it, also under the pinned policy.
fn is_alike(run: &DryRun, pinned: Option<&WhatIf>, one: u32, next: u32) -> bool {
    let was = |pinned: &WhatIf, call: u32| pinned.before.reason.get(call as usize).copied();
    run.likeness.are_alike(one, next) && pinned.is_none_or(|pinned| was(pinned, one) == was(pinned, next))
}

/// A decision in a word.
#[must_use]
pub const fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allowed",
        Decision::Deny => "denied",
        Decision::Approval => "waiting for approval",
        Decision::Unknown => "unknown",
    }
}

fn why(row: &Row) -> &'static str {
    if row.rule.is_empty() { "same tool" } else { "same rule" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(run: &DryRun, filter: &Filter, unfolded: &[u32]) -> CallList {
        CallList::new(run, None, filter, true, &unfolded.iter().copied().collect())
    }

    fn words(list: &CallList, run: &DryRun) -> Vec<String> {
        let shown = (0..list.len()).filter_map(|row| list.shown(run, row));
        shown
            .map(|shown| match shown {
                Shown::Call(row) => format!("{} {}", row.number, word(row.decision)),
                Shown::Folded(folded) => format!("{}: {}", folded.numbers, folded.words),
            })
            .collect()
    }

    #[test]
    fn neighbours_that_are_alike_are_folded_behind_the_first_of_them() {
        let run = DryRun::first_view();
        let list = listed(&run, &Filter::default(), &[]);
        assert_eq!(
            words(&list, &run)[..6],
            [
                "1 allowed",
                "2–10: 9 more allowed, same tool",
                "11 denied",
                "12–720: 709 more denied, same rule",
                "721 allowed",
                "722–730: 9 more allowed, same tool",
            ]
        );
        assert_eq!((list.len(), list.matched()), (20, 3_600), "five minutes of four rows");
        let opened = listed(&run, &Filter::default(), &[1]);
        assert_eq!(words(&opened, &run)[..3], ["1 allowed", "2 allowed", "3 allowed"]);
        assert_eq!(opened.len(), 28, "nine calls in place of a row");
    }

    #[test]
    fn every_call_has_its_row() {
        let run = DryRun::first_view();
        let denied = Filter { decision: Some(Decision::Deny), ..Filter::default() };
        #[rustfmt::skip]
        let cases = [
            // filter            call   row   its first call   why
            (Filter::default(),  0,     0,    0,               "the first"),
            (Filter::default(),  9,     1,    1,               "the last of a fold"),
            (Filter::default(),  10,    2,    10,              "the first denial"),
            (Filter::default(),  3_599, 19,   2_891,           "the last of all"),
            (denied.clone(),     10,    0,    10,              "the first that is listed"),
            (denied.clone(),     5,     0,    10,              "one before everything that is listed"),
            (denied,             725,   1,    11,              "one that is not listed, after those before it"),
        ];
        for (filter, call, row, first, why) in cases {
            let list = listed(&run, &filter, &[]);
            assert_eq!((list.row_of(call), list.first_call(row)), (row, Some(first)), "{why}");
        }
    }

    #[test]
    fn a_filter_lets_through_what_all_of_it_holds_for() {
        let run = DryRun::first_view();
        let open = Filter::default();
        let rule = "/tools/run_tests/limits/run_tests_rate".to_owned();
        #[rustfmt::skip]
        let cases = [
            // filter                                                                     calls   why
            (open.clone(),                                                                3_600, "everything"),
            (Filter { decision: Some(Decision::Allow), ..open.clone() },                  50,    "by decision"),
            (Filter { decision: Some(Decision::Unknown), ..open.clone() },                0,     "none is so"),
            (Filter { rule: Some(rule.clone()), ..open.clone() },                         3_550, "by rule"),
            (Filter { text: " RATE".to_owned(), ..open.clone() },                         3_550, "the rule's name, in any case"),
            (Filter { text: "ci-agent".to_owned(), ..open.clone() },                      3_600, "the grant's name"),
            (Filter { text: "nobody".to_owned(), ..open.clone() },                        0,     "nobody's name"),
            (Filter { rule: Some(rule), inverted: true, ..open.clone() },                 50,    "all others"),
            (Filter { inverted: true, ..open },                                           0,     "all but everything"),
        ];
        for (filter, calls, why) in cases {
            assert_eq!(filter.matching(&run, None).len(), calls, "{why}");
            assert_eq!(CallList::new(&run, None, &filter, false, &BTreeSet::new()).len(), calls, "{why}");
        }
    }
}
