//! What can be undone: everything that changed the policy or the calls other than by typing.
//!
//! A snapshot holds both, so that going back leads to a page that fits together.
//! Going back is itself undone by going forward: nothing that was written is lost.

use super::traffic::Traffic;

/// The oldest changes are forgotten beyond so many.
const MOST: usize = 50;

/// The policy's text and the calls, at one time.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The policy's text.
    pub text: String,
    /// Where the calls come from.
    pub traffic: Traffic,
}

/// Changes to go back to, and those that were gone back from.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Change>,
    future: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Change {
    action: String,
    other: Snapshot,
}

impl History {
    /// Takes a change that is about to be made: what it does, in the past tense, and how things were before.
    pub fn record(&mut self, action: String, before: Snapshot) {
        self.future.clear();
        self.past.push(Change { action, other: before });
        if self.past.len() > MOST {
            self.past.remove(0);
        }
    }

    /// The last change that still holds.
    #[must_use]
    pub fn last_done(&self) -> Option<&str> {
        self.past.last().map(|change| change.action.as_str())
    }

    /// The last change that was gone back from.
    #[must_use]
    pub fn last_undone(&self) -> Option<&str> {
        self.future.last().map(|change| change.action.as_str())
    }

    /// Goes back before the last change, from how things are now.
    pub fn undo(&mut self, now: Snapshot) -> Option<Snapshot> {
        let Change { action, other } = self.past.pop()?;
        self.future.push(Change { action, other: now });
        Some(other)
    }

    /// Makes the last undone change again, from how things are now.
    pub fn redo(&mut self, now: Snapshot) -> Option<Snapshot> {
        let Change { action, other } = self.future.pop()?;
        self.past.push(Change { action, other: now });
        Some(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::traffic::Loop;

    fn snapshot(text: &str) -> Snapshot {
        Snapshot { text: text.to_owned(), traffic: Traffic::Loop(Loop::of("run_tests")) }
    }

    #[test]
    fn every_text_that_was_on_the_page_can_be_reached_again() {
        let mut history = History::default();
        history.record("Loaded a.".to_owned(), snapshot("mine"));
        history.record("Loaded b.".to_owned(), snapshot("a"));
        assert_eq!(history.last_done(), Some("Loaded b."));
        assert_eq!(history.undo(snapshot("b, and more typed")).unwrap().text, "a");
        assert_eq!(history.undo(snapshot("a")).unwrap().text, "mine");
        assert!(history.undo(snapshot("mine")).is_none());
        assert_eq!(history.last_undone(), Some("Loaded a."));
        assert_eq!(history.redo(snapshot("mine")).unwrap().text, "a");
        assert_eq!(history.redo(snapshot("a")).unwrap().text, "b, and more typed");
        assert_eq!(history.last_undone(), None);
    }

    #[test]
    fn the_history_is_bounded() {
        let mut history = History::default();
        for number in 0..=MOST {
            history.record(number.to_string(), snapshot(""));
        }
        assert_eq!(history.past.len(), MOST);
        assert_eq!(history.last_done(), Some("50"));
    }
}
