//! What goes when an item is removed.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::container::Container;
use super::gap::{Gap, Piece, Pieces, line_before};
use crate::diagnostic::Edit;

pub(super) fn edits(container: &Container<'_>, index: usize) -> Vec<Edit> {
    if index + 1 < container.len() {
        before_another(container, index)
    } else if index > 0 {
        last(container, index)
    } else {
        Vec::from([cut(only(container))])
    }
}

/// Several items at once. What goes with each of them may be the same bytes.
pub(super) fn several(container: &Container<'_>, numbers: &[usize]) -> Vec<Edit> {
    if let [only] = numbers {
        return edits(container, *only);
    }
    let is_removed = |index: &usize| numbers.contains(index);
    let length = container.len();
    // The first of those at the end that all go: the comma before it goes too.
    let tail = (0..length).rev().take_while(is_removed).last().unwrap_or(length);
    let mut cuts: Vec<Edit> =
        (0..length).filter(is_removed).flat_map(|index| edits(container, index)).collect();
    let gap = container.gap(tail);
    if let Some(comma) = gap.comma().filter(|_| tail > 0 && tail < length) {
        let blank = gap.after_comma().leading_blank();
        let blank = blank.filter(|blank| blank.end == container.item(tail).start);
        cuts.push(cut(comma.start..blank.map_or(comma.end, |blank| blank.end)));
    }
    cuts.sort_by_key(|edit| edit.start);
    let mut merged: Vec<Edit> = Vec::new();
    for next in cuts {
        match merged.last_mut().filter(|last| next.start <= last.end) {
            Some(last) => last.end = last.end.max(next.end),
            None => merged.push(next),
        }
    }
    merged
}

fn cut(range: Range<usize>) -> Edit {
    Edit { start: range.start, end: range.end, text: String::new() }
}

/// An item with another after it: the comma between the two goes.
fn before_another(container: &Container<'_>, index: usize) -> Vec<Edit> {
    let item = container.item(index);
    let (lead, gap) = (container.gap(index), container.gap(index + 1));
    let Some(comma) = gap.comma() else { return Vec::new() };
    let (tail, next) = (gap.before_comma(), gap.after_comma());
    let after_comma = next.leading_blank().map_or(comma.end, |blank| blank.end);
    let line = line_before(container.text, item.start);
    if let Some(newline) = tail.newline() {
        // The comma stands on a later line.
        if tail.last_comment().is_none() {
            return Vec::from([cut(item.start..after_comma)]);
        }
        let own = match line {
            Some(line) => line..newline.end,
            None => item.start..newline.start,
        };
        return Vec::from([cut(own), cut(comma.start..after_comma)]);
    }
    let own = match (next.newline(), line) {
        (Some(newline), Some(line)) => line..newline.end,
        (Some(newline), None) => blank_start(lead.after_comma(), item.start)..newline.start,
        (None, _) => item.start..after_comma,
    };
    Vec::from([cut(own)])
}

/// The last of several: the comma before it goes.
fn last(container: &Container<'_>, index: usize) -> Vec<Edit> {
    let item = container.item(index);
    let (gap, rest) = (container.gap(index), container.gap(index + 1));
    let Some(comma) = gap.comma() else { return Vec::new() };
    let lead = gap.after_comma();
    let end = content_end(&rest, item.end);
    let newline = rest.before_comma().newline();
    if let Some(line) = line_before(container.text, item.start) {
        let own = own_line(container, lead, line, newline, end);
        return Vec::from([cut(comma.start..comma.end), cut(own)]);
    }
    if lead.last_comment().is_some() {
        return Vec::from([cut(comma.start..comma.end), cut(blank_start(lead, item.start)..end)]);
    }
    match (line_before(container.text, comma.start), newline) {
        (Some(line), Some(newline)) => Vec::from([cut(line..newline.end)]),
        _ => Vec::from([cut(comma.start..end)]),
    }
}

/// The only item. Over lines of their own brackets are closed up, where nothing but the item keeps them apart.
fn only(container: &Container<'_>) -> Range<usize> {
    let item = container.item(0);
    let (gap, rest) = (container.gap(0), container.gap(1));
    let lead = gap.after_comma();
    let end = content_end(&rest, item.end);
    let Some(line) = line_before(container.text, item.start) else {
        return blank_start(lead, item.start)..end;
    };
    let is_first_line = lead.last_comment().is_none()
        && lead.newline().is_some_and(|newline| newline.start == container.open && newline.end == line);
    let newline = rest.before_comma().newline();
    let base = container.indent();
    match newline {
        Some(newline) if is_first_line && container.slice(newline.end..container.close) == base => {
            container.open..container.close
        }
        None if is_first_line && container.slice(line..item.start).starts_with(base) => {
            line + base.len()..container.close
        }
        _ => own_line(container, lead, line, newline, end),
    }
}

/// An item that begins its line: the line goes, or what there is of it before the closing bracket.
fn own_line(
    container: &Container<'_>,
    lead: Pieces<'_>,
    line: usize,
    newline: Option<Piece>,
    end: usize,
) -> Range<usize> {
    match (newline, lead.last_newline()) {
        (Some(newline), _) => line..newline.end,
        // Behind a line comment the bracket would be part of it.
        (None, Some(before)) if !lead.is_closed_by(before) => before.start..end,
        (None, _) => line..container.close,
    }
}

/// The end of the comments after an item on its line.
fn content_end(rest: &Gap, item_end: usize) -> usize {
    rest.before_comma().first_line().last_comment().map_or(item_end, |comment| comment.end)
}

/// Where the spaces before an item begin.
fn blank_start(lead: Pieces<'_>, item_start: usize) -> usize {
    lead.trailing_blank().map_or(item_start, |blank| blank.start)
}
