//! One stretch of a text put in place of another: what a history keeps, however long the text.

use gatewright_core::diagnostic::Edit;
use serde::{Deserialize, Serialize};

/// A change of a text: at `start` (in bytes), `removed` made room for `inserted`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    /// Where it begins, in bytes.
    pub start: usize,
    /// What stood there.
    pub removed: String,
    /// What stands there now.
    pub inserted: String,
}

impl Splice {
    /// What leads from one text to another, without what they share at both ends. Nothing where they are equal.
    #[must_use]
    pub fn between(before: &str, after: &str) -> Option<Self> {
        if before == after {
            return None;
        }
        let equal = |(left, right): &(char, char)| left == right;
        let common = |(left, _): (char, char)| left.len_utf8();
        let start: usize = before.chars().zip(after.chars()).take_while(equal).map(common).sum();
        let (before, after) = (before.get(start..)?, after.get(start..)?);
        let end: usize = before.chars().rev().zip(after.chars().rev()).take_while(equal).map(common).sum();
        let removed = before.get(..before.len() - end)?.to_owned();
        let inserted = after.get(..after.len() - end)?.to_owned();
        Some(Self { start, removed, inserted })
    }

    /// Some edits of one text as one splice: from the first of them to the end of the last.
    #[must_use]
    pub fn of_edits(text: &str, edits: &[Edit]) -> Option<Self> {
        let (start, end) = (edits.first()?.start, edits.last()?.end);
        let removed = text.get(start..end)?.to_owned();
        let mut inserted = String::new();
        let mut copied = start;
        for edit in edits {
            inserted.push_str(text.get(copied..edit.start)?);
            inserted.push_str(&edit.text);
            copied = edit.end;
        }
        Some(Self { start, removed, inserted })
    }

    /// The text after it; nothing where the text is not the one it was made for.
    #[must_use]
    pub fn applied(&self, text: &str) -> Option<String> {
        let end = self.start + self.removed.len();
        if text.get(self.start..end)? != self.removed {
            return None;
        }
        Some([text.get(..self.start)?, &self.inserted, text.get(end..)?].concat())
    }

    /// The way back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self { start: self.start, removed: self.inserted, inserted: self.removed }
    }

    /// Both as one, where the later touches what the earlier wrote.
    #[must_use]
    pub fn then(&self, later: &Self) -> Option<Self> {
        let (start, end) = (self.start, self.start + self.inserted.len());
        let (later_start, later_end) = (later.start, later.start + later.removed.len());
        if later_start > end || later_end < start {
            return None;
        }
        let ahead = later.removed.get(..start.saturating_sub(later_start))?;
        let behind = later.removed.get(later.removed.len() - later_end.saturating_sub(end)..)?;
        let kept_ahead = self.inserted.get(..later_start.saturating_sub(start))?;
        let kept_behind = self.inserted.get(self.inserted.len() - end.saturating_sub(later_end)..)?;
        Some(Self {
            start: start.min(later_start),
            removed: [ahead, &self.removed, behind].concat(),
            inserted: [kept_ahead, &later.inserted, kept_behind].concat(),
        })
    }

    /// How many bytes it keeps.
    #[must_use]
    pub fn size(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_splice_holds_what_two_texts_do_not_share() {
        #[rustfmt::skip]
        let cases = [
            // before     after      start removed inserted why
            ("max 10",    "max 20",  4,    "1",    "2",     "one digit"),
            ("aa",        "aaa",     2,    "",     "a",     "equal letters are shared once"),
            ("é",         "è",       0,    "é",    "è",     "whole characters, though their first bytes are equal"),
            ("",          "x",       0,    "",     "x",     "all of it"),
        ];
        for (before, after, start, removed, inserted, why) in cases {
            let splice = Splice::between(before, after).unwrap();
            assert_eq!(
                (splice.start, &*splice.removed, &*splice.inserted),
                (start, removed, inserted),
                "{why}"
            );
            assert_eq!(splice.applied(before).as_deref(), Some(after), "{why}");
            assert_eq!(splice.inverse().applied(after).as_deref(), Some(before), "{why}");
        }
        assert_eq!(Splice::between("a", "a"), None);
    }

    #[test]
    fn a_splice_fits_only_the_text_it_was_made_for() {
        let splice = Splice::between("max 10", "max 20").unwrap();
        assert_eq!(splice.applied("max 30"), None);
        assert_eq!(splice.applied("max"), None);
    }

    #[test]
    fn edits_become_one_splice() {
        let edit = |start, end, text: &str| Edit { start, end, text: text.to_owned() };
        let splice = Splice::of_edits("a b c d", &[edit(2, 3, "x"), edit(6, 7, "yz")]).unwrap();
        assert_eq!(splice.applied("a b c d").unwrap(), "a x c yz");
        assert_eq!(Splice::of_edits("a", &[]), None);
    }

    #[test]
    fn touching_splices_become_one() {
        let text = "0123456789";
        let splice = |start: usize, removed: &str, inserted: &str| Splice {
            start,
            removed: removed.to_owned(),
            inserted: inserted.to_owned(),
        };
        let first = splice(4, "45", "abc"); // 0123abc6789
        #[rustfmt::skip]
        let cases = [
            (splice(7, "", "d"),        "typed on at the end"),
            (splice(4, "", "z"),        "typed in front"),
            (splice(5, "b", "B"),       "inside what was written"),
            (splice(6, "c67", ""),      "over the end"),
            (splice(2, "23a", "x"),     "over the beginning"),
            (splice(3, "3abc6", "y"),   "over all of it"),
            (splice(2, "23", ""),       "ends where it begins"),
        ];
        let between = first.applied(text).unwrap();
        for (later, why) in cases {
            let both = first.then(&later).expect(why);
            let after = later.applied(&between).expect(why);
            assert_eq!(both.applied(text).as_deref(), Some(&*after), "{why}");
            assert_eq!(both.inverse().applied(&after).as_deref(), Some(text), "{why}");
        }
        assert_eq!(first.then(&splice(9, "8", "")), None, "apart");
        assert_eq!(first.then(&splice(0, "01", "")), None, "apart, ahead");
    }
}
