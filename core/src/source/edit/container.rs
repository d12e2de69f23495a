//! A list or an object as a row of values with gaps between them.

use alloc::vec::Vec;
use core::ops::Range;

use super::gap::{Gap, indent_at};
use super::{Node, Value};

pub(super) struct Container<'s> {
    pub(super) text: &'s str,
    /// The byte after the opening bracket.
    pub(super) open: usize,
    /// The closing bracket.
    pub(super) close: usize,
    items: Vec<Range<usize>>,
}

impl<'s> Container<'s> {
    pub(super) fn new(text: &'s str, node: &Node) -> Self {
        let items = match &node.value {
            Value::List(items) => items.iter().map(|item| item.range.clone()).collect(),
            Value::Object(members) => {
                members.iter().map(|member| member.key_range.start..member.node.range.end).collect()
            }
            _ => Vec::new(),
        };
        Self { text, open: node.range.start + 1, close: node.range.end.saturating_sub(1), items }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// The bytes of an item, of a member from its key on.
    pub(super) fn item(&self, index: usize) -> Range<usize> {
        self.items.get(index).cloned().unwrap_or(self.close..self.close)
    }

    /// What stands before an item; before the closing bracket for one more than there are.
    pub(super) fn gap(&self, index: usize) -> Gap {
        let start = match index.checked_sub(1) {
            Some(before) => self.item(before).end,
            None => self.open,
        };
        Gap::new(self.text, start..self.item(index).start)
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'s str {
        self.text.get(range).unwrap_or("")
    }

    /// The indentation of the line on which it opens.
    pub(super) fn indent(&self) -> &'s str {
        indent_at(self.text, self.open)
    }
}
