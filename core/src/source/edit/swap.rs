//! Two neighbours of a list exchanged, each with the comments that belong to it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::container::Container;
use super::gap::{Kind, Pieces};
use super::manners::Manners;
use crate::diagnostic::Edit;

/// What moves with an item.
struct Part {
    /// The item, the comments above it, and those before its comma on its line.
    main: Range<usize>,
    /// The comments after it on its line: behind the comma, where that is on the line too.
    tail: Range<usize>,
    tail_needs_line_end: bool,
    line_ends_after_tail: bool,
}

pub(super) fn edits(container: &Container<'_>, first: usize, manners: &Manners<'_>) -> Vec<Edit> {
    let (one, other) = (Part::of(container, first), Part::of(container, first + 1));
    Vec::from([
        replacement(&one.main, container.slice(other.main.clone()).to_string()),
        replacement(&one.tail, other.tail_for(&one, container, manners)),
        replacement(&other.main, container.slice(one.main.clone()).to_string()),
        replacement(&other.tail, one.tail_for(&other, container, manners)),
    ])
}

impl Part {
    fn of(container: &Container<'_>, index: usize) -> Self {
        let item = container.item(index);
        let (gap, rest) = (container.gap(index), container.gap(index + 1));
        let start = gap.after_comma().own_comments().unwrap_or(item.start);
        let before = rest.before_comma();
        let (main_end, line, tail_start) = match rest.comma().filter(|_| before.newline().is_none()) {
            Some(comma) => {
                let end = before.last_comment().map_or(item.end, |comment| comment.end);
                (end, rest.after_comma(), comma.end)
            }
            None => (item.end, before, item.end),
        };
        // Behind a comma that others follow on the line, comments are theirs.
        let is_own = rest.comma().is_none() || line.newline().is_some();
        let last = line.first_line().last_comment().filter(|_| is_own);
        let tail_end = last.map_or(tail_start, |comment| comment.end);
        Self {
            main: start..main_end,
            tail: tail_start..tail_end,
            tail_needs_line_end: last.is_some_and(|comment| comment.kind == Kind::LineComment),
            line_ends_after_tail: ends_line(line, tail_end),
        }
    }

    /// Its tail, to be put where the tail of another item stood.
    fn tail_for(&self, place: &Self, container: &Container<'_>, manners: &Manners<'_>) -> String {
        let tail = container.slice(self.tail.clone());
        if self.tail_needs_line_end && !place.line_ends_after_tail {
            return format!("{tail}{}", manners.line_end);
        }
        tail.to_string()
    }
}

/// Whether only spaces stand between a byte and the end of its line.
fn ends_line(line: Pieces<'_>, at: usize) -> bool {
    let rest = line.after(at);
    rest.newline().is_some_and(|newline| {
        rest.leading_blank().map_or(newline.start == at, |blank| blank.end == newline.start)
    })
}

fn replacement(range: &Range<usize>, text: String) -> Edit {
    Edit { start: range.start, end: range.end, text }
}
