//! Where a new item goes, and what has to stand around it there.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::container::Container;
use super::gap::{Piece, indent_at, line_before};
use super::manners::Manners;
use crate::diagnostic::Edit;

/// A place for an item.
pub(super) struct Slot {
    at: usize,
    before: String,
    after: String,
    /// Where the item before it still needs a comma.
    comma_at: Option<usize>,
    /// The indentation of the line on which it will stand.
    pub(super) indent: String,
    /// Whether it will have that line to itself.
    pub(super) is_own_line: bool,
}

impl Slot {
    pub(super) fn edits(self, item: &str) -> Vec<Edit> {
        let comma = self.comma_at.map(|at| Edit { start: at, end: at, text: ",".to_string() });
        let text = format!("{}{item}{}", self.before, self.after);
        comma.into_iter().chain([Edit { start: self.at, end: self.at, text }]).collect()
    }

    /// What stands between two items that are both put here.
    pub(super) fn between(&self, manners: &Manners<'_>) -> String {
        if self.is_own_line {
            format!(",{}{}", manners.line_end, self.indent)
        } else {
            format!(",{}", manners.after_comma())
        }
    }

    fn on_own_line(at: usize, indent: String, before: String, after: String) -> Self {
        Self { at, before, after, comma_at: None, indent, is_own_line: true }
    }

    /// On a new line after a line's end.
    fn after_line(newline: Piece, text: &str, indent: String, comma: &str) -> Self {
        let after = format!("{comma}{}", newline.text(text));
        Self::on_own_line(newline.end, indent.clone(), indent, after)
    }

    /// On a line that is made after what ends at a byte, where none ends there.
    fn below(at: usize, indent: String, manners: &Manners<'_>) -> Self {
        let before = format!("{}{indent}", manners.line_end);
        Self::on_own_line(at, indent, before, String::new())
    }

    fn inline(container: &Container<'_>, at: usize, before: String, after: String) -> Self {
        let indent = indent_at(container.text, at).to_string();
        Self { at, before, after, comma_at: None, indent, is_own_line: false }
    }
}

/// The place for an item with a number. `spread`: an empty container is to be filled over several lines.
pub(super) fn slot(container: &Container<'_>, index: usize, manners: &Manners<'_>, spread: bool) -> Slot {
    match container.len() {
        0 => into_empty(container, manners, spread),
        length if index < length => before(container, index, manners),
        _ => at_end(container, manners),
    }
}

/// Above the comments that stand above the item, for they belong to it.
fn before(container: &Container<'_>, index: usize, manners: &Manners<'_>) -> Slot {
    let gap = container.gap(index);
    let lead = gap.after_comma();
    if let Some(newline) = lead.newline() {
        let indent = indent_at(container.text, container.item(index).start).to_string();
        return Slot::after_line(newline, container.text, indent, ",");
    }
    let start = gap.comma().map_or(container.open, |comma| comma.end);
    let at = lead.leading_blank().map_or(start, |blank| blank.end);
    let space = match index {
        0 => space_after_comma(container, 1, manners),
        _ => container.slice(start..at),
    };
    Slot::inline(container, at, String::new(), format!(",{space}"))
}

fn at_end(container: &Container<'_>, manners: &Manners<'_>) -> Slot {
    let last = container.len() - 1;
    let item = container.item(last);
    let (gap, rest) = (container.gap(last), container.gap(container.len()));
    let line = rest.before_comma().first_line();
    let content_end = line.last_comment().map_or(item.end, |comment| comment.end);
    if gap.after_comma().newline().is_none() && !line.ends_in_line_comment() {
        let space = space_after_comma(container, last, manners);
        return Slot::inline(container, content_end, format!(",{space}"), String::new());
    }
    let indent = match line_before(container.text, item.start) {
        Some(_) => indent_at(container.text, item.start).to_string(),
        None => format!("{}{}", container.indent(), manners.unit),
    };
    let slot = match rest.before_comma().newline() {
        Some(newline) => Slot::after_line(newline, container.text, indent, ""),
        None => Slot::below(content_end, indent, manners),
    };
    Slot { comma_at: Some(item.end), ..slot }
}

/// The spaces that follow the comma before an item, where the item is on the comma's line.
fn space_after_comma<'s>(container: &Container<'s>, index: usize, manners: &Manners<'_>) -> &'s str {
    let gap = container.gap(index);
    if index == 0 || index >= container.len() || gap.after_comma().newline().is_some() {
        return manners.after_comma();
    }
    let blank = gap.after_comma().leading_blank();
    blank.map_or("", |blank| blank.text(container.text))
}

fn into_empty(container: &Container<'_>, manners: &Manners<'_>, spread: bool) -> Slot {
    let (text, open) = (container.text, container.open);
    let gap = container.gap(0);
    let inside = gap.before_comma();
    let base = container.indent();
    let indent = format!("{base}{}", manners.unit);
    if let Some(comment) = inside.last_comment() {
        return after_comment(container, comment, indent, manners);
    }
    let Some(newline) = inside.newline() else {
        let space = container.slice(open..container.close);
        if spread && space.is_empty() {
            let before = format!("{}{indent}", manners.line_end);
            return Slot::on_own_line(open, indent, before, format!("{}{base}", manners.line_end));
        }
        return Slot::inline(container, open, space.to_string(), String::new());
    };
    if newline.start == open && container.slice(newline.end..container.close) == base {
        // On a line with nothing else the item would look like one that was put into `{}`, and removing it
        // would leave that.
        return Slot::on_own_line(container.close, indent, manners.unit.to_string(), " ".to_string());
    }
    Slot::after_line(newline, text, indent, "")
}

/// In an empty container, below the last of its comments.
fn after_comment(container: &Container<'_>, comment: Piece, indent: String, manners: &Manners<'_>) -> Slot {
    let text = container.text;
    let gap = container.gap(0);
    let inside = gap.before_comma();
    let indent = match line_before(text, comment.start) {
        Some(_) => indent_at(text, comment.start).to_string(),
        None => indent,
    };
    if let Some(newline) = inside.after(comment.end).newline() {
        return Slot::after_line(newline, text, indent, "");
    }
    if inside.newline().is_none() {
        return Slot::inline(container, comment.end, " ".to_string(), String::new());
    }
    Slot::below(comment.end, indent, manners)
}
