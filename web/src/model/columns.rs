//! The columns of the table of calls: which there are, what they hold, and which of them somebody wants to see.
//!
//! Until somebody chooses, the page shows those that its width has room for.

use gatewright_core::Decision;
use gatewright_core::legible::legible;
use gatewright_core::time::duration_in_words;

use super::dry_run::{DryRun, Row};

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The call's number.
    Call,
    /// When it was made.
    Time,
    /// How long after the call before it.
    Delta,
    /// The tool.
    Tool,
    /// Who called.
    Grant,
    /// In which session.
    Session,
    /// The decision.
    Decision,
    /// What the counter held.
    Counter,
    /// When the counter starts anew.
    Resets,
    /// When a denied call would pass.
    Retry,
    /// The rule that denied it.
    Rule,
}

/// A column's own facts.
struct Fact {
    column: Column,
    head: &'static str,
    /// What names it in the page's style sheet, and where the choice is kept.
    word: &'static str,
    /// Its width where columns are chosen.
    width: &'static str,
    /// Whether it is there as long as nobody chooses.
    at_first: bool,
}

const fn fact(
    column: Column,
    head: &'static str,
    word: &'static str,
    width: &'static str,
    at_first: bool,
) -> Fact {
    Fact { column, head, word, width, at_first }
}

/// In the order of the table.
#[rustfmt::skip]
const FACTS: [Fact; 11] = [
    fact(Column::Call,     "Call",      "call",     "64px",                   true),
    fact(Column::Time,     "Time",      "time",     "var(--time)",            true),
    fact(Column::Delta,    "Δ",         "delta",    "72px",                   false),
    fact(Column::Tool,     "Tool",      "tool",     "minmax(88px, 1.2fr)",    true),
    fact(Column::Grant,    "Grant",     "grant",    "minmax(88px, 1fr)",      true),
    fact(Column::Session,  "Session",   "session",  "minmax(88px, 1fr)",      false),
    fact(Column::Decision, "Decision",  "decision", "minmax(116px, max-content)", true),
    fact(Column::Counter,  "Counter",   "counter",  "88px",                   true),
    fact(Column::Resets,   "Resets in", "resets",   "88px",                   false),
    fact(Column::Retry,    "Retry",     "retry",    "96px",                   true),
    fact(Column::Rule,     "Rule",      "rule",     "minmax(160px, 2.4fr)",   true),
];

impl Column {
    /// All of them, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        FACTS.iter().map(|fact| fact.column)
    }

    fn fact(self) -> Option<&'static Fact> {
        FACTS.iter().find(|fact| fact.column == self)
    }

    /// Its head.
    #[must_use]
    pub fn head(self) -> &'static str {
        self.fact().map_or("", |fact| fact.head)
    }

    /// What names it in the page's style sheet.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.fact().map_or("", |fact| fact.word)
    }

    /// Its name where it is chosen: a head may be a sign only.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Delta => "Δ, the time since the call before",
            other => other.head(),
        }
    }

    /// What it holds of the call at `index`, of which `row` is what each column may need.
    #[must_use]
    pub fn cell(self, run: &DryRun, index: usize, row: &Row) -> String {
        match self {
            Self::Call => row.number.clone(),
            Self::Time => row.time.clone(),
            Self::Delta => since_the_one_before(run, index),
            Self::Tool => row.tool.clone(),
            Self::Grant => row.grant.clone(),
            Self::Session => run.calls.get(index).map_or_else(String::new, |call| legible(call.session)),
            Self::Decision => decision_in_words(row.decision).to_owned(),
            Self::Counter => row.used.clone(),
            Self::Resets => resets_in(run, index),
            Self::Retry => row.retry.clone(),
            Self::Rule => row.rule.clone(),
        }
    }
}

const fn decision_in_words(decision: Decision) -> &'static str {
    super::call_list::word(decision)
}

/// `0.1 s`, or `−0.1 s` where the calls are not in the order of time.
fn since_the_one_before(run: &DryRun, index: usize) -> String {
    let at = |index: usize| Some(run.calls.get(index)?.at);
    let Some((now, before)) = at(index).zip(index.checked_sub(1).and_then(at)) else { return String::new() };
    let delta = now.since(before);
    let sign = if delta < 0 { "−" } else { "" };
    let length = match delta.abs() {
        // Calls of a burst are told apart by what a tenth of a second hides.
        ms @ ..1_000 => format!("{ms} ms"),
        ms => duration_in_words(ms),
    };
    format!("{sign}{length}")
}

/// How long after the call the counter starts anew that refused it, or that has the fewest left.
fn resets_in(run: &DryRun, index: usize) -> String {
    let read = run.run.limit.get(index).copied().flatten();
    let limit = read.and_then(|(limit, _)| run.version.policy.limits().get(usize::try_from(limit).ok()?));
    let at = run.run.at.get(index);
    limit
        .zip(at)
        .map_or_else(String::new, |(limit, at)| duration_in_words(limit.window.span(*at).end.since(*at)))
}

/// Which columns somebody wants to see; nothing where nobody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(Option<Vec<Column>>);

impl Columns {
    /// Reads what [`to_text`](Self::to_text) writes; what else it says is passed over.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let known: Vec<Column> = FACTS
            .iter()
            .filter(|fact| text.split(',').any(|word| word == fact.word))
            .map(|fact| fact.column)
            .collect();
        Self((!known.is_empty()).then_some(known))
    }

    /// The choice as text; empty where there is none.
    #[must_use]
    pub fn to_text(&self) -> String {
        let words = self.0.iter().flatten().map(|column| column.word());
        words.collect::<Vec<_>>().join(",")
    }

    /// Whether somebody chose.
    #[must_use]
    pub const fn is_chosen(&self) -> bool {
        self.0.is_some()
    }

    /// The columns, in the order of the table.
    #[must_use]
    pub fn shown(&self) -> Vec<Column> {
        match &self.0 {
            Some(chosen) => chosen.clone(),
            None => FACTS.iter().filter(|fact| fact.at_first).map(|fact| fact.column).collect(),
        }
    }

    /// Whether a column is among them.
    #[must_use]
    pub fn shows(&self, column: Column) -> bool {
        self.shown().contains(&column)
    }

    /// With a column, or without it. The number stays: without any column there is no table.
    #[must_use]
    pub fn with(&self, column: Column, shows: bool) -> Self {
        let wanted =
            |other: Column| other == Column::Call || if other == column { shows } else { self.shows(other) };
        Self(Some(Column::all().filter(|other| wanted(*other)).collect()))
    }

    /// The widths of the columns, as a style sheet has them.
    #[must_use]
    pub fn widths(&self) -> String {
        let shown = self.shown();
        let widths = FACTS.iter().filter(|fact| shown.contains(&fact.column)).map(|fact| fact.width);
        widths.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gatewright_core::import::log::import_log;

    use super::*;

    fn words(columns: &Columns) -> String {
        columns.shown().into_iter().map(Column::word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_choice_is_kept_and_read_again() {
        let none = Columns::default();
        assert_eq!(words(&none), "call time tool grant decision counter retry rule");
        assert!(!none.is_chosen() && none.to_text().is_empty());
        let chosen = none.with(Column::Session, true).with(Column::Rule, false).with(Column::Call, false);
        assert_eq!(
            words(&chosen),
            "call time tool grant session decision counter retry",
            "in the order of the table, and never without the number"
        );
        assert_eq!(Columns::of_text(&chosen.to_text()), chosen);
        assert_eq!(chosen.widths().matches("minmax").count(), 4, "{}", chosen.widths());
        #[rustfmt::skip]
        let cases = [
            // kept                  columns        why
            ("",                     None,          "nothing was kept"),
            ("none,of,these",        None,          "of another version of the page"),
            ("rule,call,gone",       Some("call,rule"), "what is known, in the order of the table"),
        ];
        for (kept, text, why) in cases {
            let columns = Columns::of_text(kept);
            assert_eq!(columns.is_chosen().then(|| columns.to_text()).as_deref(), text, "{why}");
        }
    }

    #[test]
    fn further_columns_say_what_the_first_ones_do_not() {
        let run = DryRun::first_view();
        let cell =
            |run: &DryRun, column: Column, index: usize| column.cell(run, index, &run.row(index).unwrap());
        #[rustfmt::skip]
        let cases = [
            // column           call   cell            why
            (Column::Delta,     0,     "",             "nothing is before the first"),
            (Column::Delta,     10,    "83 ms",        "twelve a second"),
            (Column::Resets,    0,     "1 min",        "the minute has just begun"),
            (Column::Resets,    10,    "59.2 s",       "the same as what a denied call waits for"),
            (Column::Session,   0,     "",             "a loop has no session"),
            (Column::Decision,  10,    "denied",       "a word"),
            (Column::Counter,   10,    "10 of 10",     "as before"),
        ];
        for (column, index, expected, why) in cases {
            assert_eq!(cell(&run, column, index), expected, "{why}");
        }
        let log = "{\"at\": 5000, \"tool\": \"run_tests\", \"session\": \"s\\u200b1\"}\n{\"at\": 3000, \"tool\": \"other\"}";
        let run = DryRun::new(run.version, Arc::new(import_log(log).calls));
        assert_eq!(cell(&run, Column::Session, 0), "s\\u{200b}1", "nothing hides in a name");
        assert_eq!(cell(&run, Column::Delta, 1), "−2 s", "a log that runs backwards");
        assert_eq!(cell(&run, Column::Resets, 1), "", "no limit met it");
    }
}
