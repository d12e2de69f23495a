//! What can be undone: every change of the policy, the tools, the tests and the calls to try, in one line.
//!
//! Texts are kept as splices, so that a long document costs no more than what was changed in it. Typing in one
//! field within a second is one step; a gesture is never merged. Going back is itself undone by going forward:
//! nothing that was written is lost.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::inventory::Inventory;
use super::splice::Splice;
use super::traffic::Traffic;

/// The oldest steps are forgotten beyond so many,
const MOST_STEPS: usize = 200;
/// and beyond so many bytes of text. The newest step is always kept.
const MOST_BYTES: usize = 8 << 20;
/// With a document so many bytes of them are kept.
const MOST_KEPT: usize = 1 << 20;
/// How long after a step another of the same field still belongs to it, in milliseconds.
const TOGETHER_MS: f64 = 1_000.0;

/// The label of what is typed into the policy's text.
pub const TYPING: &str = "Typing";

/// One value in place of another.
pub type Swap<T> = Option<(T, T)>;

/// What a step changes. Each part leads from how it was to how it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Change {
    /// The policy's text.
    pub text: Option<Splice>,
    /// The text of the policy's tests.
    pub tests: Option<Splice>,
    /// The imported tools.
    #[serde(skip)]
    pub inventory: Swap<Arc<Inventory>>,
    /// The calls to try.
    #[serde(skip)]
    pub traffic: Swap<Traffic>,
}

impl Change {
    /// A change of the policy's text alone.
    #[must_use]
    pub fn of_text(splice: Splice) -> Self {
        Self { text: Some(splice), ..Self::default() }
    }

    /// The way back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self {
            text: self.text.map(Splice::inverse),
            tests: self.tests.map(Splice::inverse),
            inventory: self.inventory.map(|(from, to)| (to, from)),
            traffic: self.traffic.map(|(from, to)| (to, from)),
        }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.text.is_none() && self.tests.is_none() && self.inventory.is_none() && self.traffic.is_none()
    }

    fn size(&self) -> usize {
        self.text.iter().chain(&self.tests).map(Splice::size).sum()
    }

    /// Both as one: changes of the policy's text that touch, or changes of the calls to try.
    fn then(&self, later: &Self) -> Option<Self> {
        let only_traffic =
            |change: &Self| change.text.is_none() && change.tests.is_none() && change.inventory.is_none();
        if let (Some((from, _)), Some((_, to))) = (&self.traffic, &later.traffic)
            && only_traffic(self)
            && only_traffic(later)
        {
            return Some(Self { traffic: Some((from.clone(), to.clone())), ..Self::default() });
        }
        let only_text =
            |change: &Self| change.tests.is_none() && change.inventory.is_none() && change.traffic.is_none();
        if !only_text(self) || !only_text(later) {
            return None;
        }
        Some(Self::of_text(self.text.as_ref()?.then(later.text.as_ref()?)?))
    }
}

/// One step of the history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// What it did: `run_tests: Deny`.
    pub label: String,
    /// The field that was typed into, where the step may grow.
    pub field: Option<String>,
    /// When it was last added to, in milliseconds of the page's clock.
    pub at: f64,
    /// What it changed.
    pub change: Change,
}

/// Steps to go back over, and those that were gone back over.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct History {
    past: VecDeque<Step>,
    future: Vec<Step>,
}

impl History {
    /// Takes a step that was made.
    pub fn record(&mut self, step: Step) {
        let grown = self.past.back().filter(|last| {
            self.future.is_empty()
                && step.field.is_some()
                && last.field == step.field
                && step.at - last.at <= TOGETHER_MS
        });
        let grown = grown.and_then(|last| last.change.then(&step.change));
        self.future.clear();
        match (grown, self.past.back_mut()) {
            (Some(change), Some(last)) => *last = Step { change, ..step },
            _ => self.past.push_back(step),
        }
        let bytes = |past: &VecDeque<Step>| past.iter().map(|step| step.change.size()).sum::<usize>();
        while self.past.len() > MOST_STEPS || (self.past.len() > 1 && bytes(&self.past) > MOST_BYTES) {
            self.past.pop_front();
        }
    }

    /// The last step that still holds.
    #[must_use]
    pub fn last(&self) -> Option<&Step> {
        self.past.back()
    }

    /// What the last step that still holds did.
    #[must_use]
    pub fn last_done(&self) -> Option<&str> {
        self.past.back().map(|step| step.label.as_str())
    }

    /// What the last step that was gone back over did.
    #[must_use]
    pub fn last_undone(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }

    /// The history as it is kept with a document: the newest steps, and of them what changed texts.
    ///
    /// Imported tools and calls to try can be large, and are kept with the document as they are now.
    #[must_use]
    pub fn to_kept_json(&self) -> String {
        let changes_texts = |step: &&Step| step.change.text.is_some() || step.change.tests.is_some();
        let mut bytes = 0;
        let mut fits = |step: &&Step| {
            bytes += step.change.size();
            bytes <= MOST_KEPT
        };
        let mut past: VecDeque<Step> =
            self.past.iter().rev().filter(changes_texts).take_while(&mut fits).cloned().collect();
        past.make_contiguous().reverse();
        let mut future: Vec<Step> =
            self.future.iter().rev().filter(changes_texts).take_while(&mut fits).cloned().collect();
        future.reverse();
        serde_json::to_string(&Self { past, future }).unwrap_or_default()
    }

    /// The history of a document that is opened again; none where it cannot be read.
    #[must_use]
    pub fn of_kept_json(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Goes back over the last step: what to do.
    pub fn undo(&mut self) -> Option<Change> {
        let step = self.past.pop_back()?;
        let change = step.change.clone().inverse();
        self.future.push(step);
        Some(change)
    }

    /// Makes the last undone step again: what to do.
    pub fn redo(&mut self) -> Option<Change> {
        let step = self.future.pop()?;
        let change = step.change.clone();
        // A step that was gone back over is whole: nothing that is typed later belongs to it.
        self.past.push_back(Step { field: None, ..step });
        Some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(field: Option<&str>, at: f64, before: &str, after: &str) -> Step {
        let change = Change::of_text(Splice::between(before, after).unwrap());
        Step { label: format!("{before} to {after}"), field: field.map(ToOwned::to_owned), at, change }
    }

    fn applied(change: &Change, text: &str) -> String {
        change.text.as_ref().unwrap().applied(text).unwrap()
    }

    #[test]
    fn every_text_that_was_on_the_page_can_be_reached_again() {
        let mut history = History::default();
        history.record(step(None, 0.0, "mine", "a"));
        history.record(step(None, 0.0, "a", "b"));
        assert_eq!(history.last_done(), Some("a to b"));
        assert_eq!(applied(&history.undo().unwrap(), "b"), "a");
        assert_eq!(applied(&history.undo().unwrap(), "a"), "mine");
        assert!(history.undo().is_none());
        assert_eq!(history.last_undone(), Some("mine to a"));
        assert_eq!(applied(&history.redo().unwrap(), "mine"), "a");
        assert_eq!(applied(&history.redo().unwrap(), "a"), "b");
        assert_eq!(history.last_undone(), None);
    }

    #[test]
    fn typing_in_one_field_within_a_second_is_one_step() {
        #[rustfmt::skip]
        let cases = [
            // the field of the second, its time, steps, why
            (Some("max"),  900.0,   1, "the same field, soon after"),
            (Some("max"),  1_001.0, 2, "too late"),
            (Some("on"),   900.0,   2, "another field"),
            (None,         900.0,   2, "a gesture"),
        ];
        for (field, at, steps, why) in cases {
            let mut history = History::default();
            history.record(step(Some("max"), 0.0, "max 1", "max 12"));
            history.record(step(field, at, "max 12", "max 123"));
            assert_eq!(history.past.len(), steps, "{why}");
            let back = applied(&history.undo().unwrap(), "max 123");
            assert_eq!(back, if steps == 1 { "max 1" } else { "max 12" }, "{why}");
        }
    }

    #[test]
    fn filling_in_a_field_of_the_calls_is_one_step_too() {
        use crate::model::traffic::Loop;
        let stuck = |tool: &str| Traffic::Loop(Loop::of(tool));
        let typed = |from: &str, to: &str, at| Step {
            label: format!("{from} to {to}"),
            field: Some("tool of block 1".to_owned()),
            at,
            change: Change { traffic: Some((stuck(from), stuck(to))), ..Change::default() },
        };
        let mut history = History::default();
        history.record(typed("a", "ab", 0.0));
        history.record(typed("ab", "abc", 900.0));
        assert_eq!(history.past.len(), 1);
        let (from, to) = history.undo().unwrap().traffic.unwrap();
        assert_eq!((from.in_words(), to.in_words()), (stuck("abc").in_words(), stuck("a").in_words()));
    }

    #[test]
    fn typing_after_an_undo_is_a_step_of_its_own() {
        let mut history = History::default();
        history.record(step(Some("max"), 0.0, "a", "b"));
        history.record(step(None, 0.0, "b", "c"));
        history.undo();
        history.record(step(Some("max"), 1.0, "b", "d"));
        assert_eq!(history.past.len(), 2);
        history.undo();
        history.redo();
        history.record(step(Some("max"), 2.0, "d", "e"));
        assert_eq!(history.past.len(), 3);
    }

    #[test]
    fn a_history_goes_on_after_it_was_kept() {
        let mut history = History::default();
        history.record(step(None, 0.0, "a", "b"));
        let tools = Some((Arc::default(), Arc::default()));
        let imported = Change { inventory: tools, ..Change::default() };
        history.record(Step { label: "Import".to_owned(), field: None, at: 0.0, change: imported });
        history.record(step(None, 0.0, "b", "c"));
        history.undo();
        let mut kept = History::of_kept_json(&history.to_kept_json());
        assert_eq!(kept.last_undone(), Some("b to c"));
        assert_eq!(kept.last_done(), Some("a to b"), "a step that holds no text is left out");
        assert_eq!(applied(&kept.redo().unwrap(), "b"), "c");
        assert_eq!(applied(&kept.undo().unwrap(), "c"), "b");
        assert_eq!(applied(&kept.undo().unwrap(), "b"), "a");
        assert!(History::of_kept_json("nonsense").last_done().is_none());
    }

    #[test]
    fn of_a_long_history_the_newest_steps_are_kept() {
        let mut history = History::default();
        for letter in ["a", "b", "c"] {
            history.record(step(None, 0.0, "", &letter.repeat(MOST_KEPT / 2)));
        }
        let kept = History::of_kept_json(&history.to_kept_json());
        assert_eq!(kept.past.len(), 2);
        assert!(kept.last_done().unwrap().ends_with('c'));
    }

    #[test]
    fn the_history_is_bounded() {
        let mut history = History::default();
        for number in 0..=MOST_STEPS {
            history.record(step(None, 0.0, "", &number.to_string()));
        }
        assert_eq!(history.past.len(), MOST_STEPS);
        history.record(step(None, 0.0, "", &"x".repeat(MOST_BYTES + 1)));
        assert_eq!(history.past.len(), 1, "a step larger than the bound is kept alone");
    }
}
