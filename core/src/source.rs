//! JSON text with the place of everything in it: the ground of every finding and edit.
//!
//! The parser says *every* syntax error at once and keeps what it understood around
//! them; equal keys stay visible side by side; numbers stay as they are spelled.
//! Comments (`//` and `/* */`) and a byte order mark are white space, because
//! policies under review carry them; everything else is strict JSON (RFC 8259).
//!
//! Own code, because all three are needed at once: every error, the place of everything,
//! and no standard library.
//!
//! This module knows nothing of policies: see `parse`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use crate::bounds::Bounds;
use crate::diagnostic::{Diagnostic, Location};
use crate::pointer::Pointer;

mod edit;
mod parser;

pub use edit::{EditError, EditProblem};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A parsed text.
#[derive(Clone, Debug)]
pub struct Source {
    bounds: Bounds,
    line_starts: Vec<usize>,
    text: String,
    root: Node,
    diagnostics: Vec<Diagnostic>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Its bytes.
    pub range: Range<usize>,
}

/// A JSON value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text that is no JSON value; a syntax error says so.
    Broken,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is spelled.
    Number(String),
    /// A string, unescaped.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object, in its order, equal keys included.
    Object(Vec<Member>),
}

/// A key of an object, and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// The key's bytes, quotes included.
    pub key_range: Range<usize>,
    /// The value.
    pub node: Node,
}

impl Value {
    /// The value's type as people call it: `text`, `a number`, `an object`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Broken => "no JSON value",
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl Source {
    /// Parses a text. What is wrong with it is in [`diagnostics`](Self::diagnostics).
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::within(text, &Bounds::DEFAULT)
    }

    /// Parses a text like [`new`](Self::new), within bounds of the caller's own.
    #[must_use]
    pub fn within(text: &str, bounds: &Bounds) -> Self {
        let (root, found) = parser::parse(text, bounds);
        let mut source = Self {
            bounds: *bounds,
            line_starts: line_starts(text),
            text: text.to_string(),
            root,
            diagnostics: Vec::new(),
        };
        source.diagnostics = found.into_iter().map(|found| found.placed(&source)).collect();
        source
    }

    /// A text that another reader has read, with its tree. There is nothing wrong with it.
    pub(crate) fn of(text: &str, root: Node) -> Self {
        Self {
            bounds: Bounds::DEFAULT,
            line_starts: line_starts(text),
            text: text.to_string(),
            root,
            diagnostics: Vec::new(),
        }
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole document.
    #[must_use]
    pub const fn root(&self) -> &Node {
        &self.root
    }

    /// Syntax errors and equal keys, in the order of the text.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Line and column of a stretch of bytes. A byte order mark is no column: editors do not show it.
    #[must_use]
    pub fn location(&self, range: &Range<usize>) -> Location {
        let line = self.line_starts.partition_point(|start| *start <= range.start);
        let line_start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(line_start..range.start).unwrap_or("");
        let mark = line_start == 0 && before.starts_with(BYTE_ORDER_MARK);
        Location {
            start: range.start,
            end: range.end,
            line,
            column: before.chars().count() + 1 - usize::from(mark),
        }
    }

    /// The value at a place; of equal keys, the first.
    #[must_use]
    pub fn find(&self, pointer: &Pointer) -> Option<&Node> {
        pointer.tokens().try_fold(&self.root, |node, token| match &node.value {
            Value::Object(members) => {
                members.iter().find(|member| member.key == *token).map(|member| &member.node)
            }
            Value::List(items) => items.get(list_index(token.as_ref())?),
            _ => None,
        })
    }
}

/// The first byte of each line.
fn line_starts(text: &str) -> Vec<usize> {
    core::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// The number that a pointer's token gives an item of a list: digits alone, and no zero before others.
fn list_index(token: &str) -> Option<usize> {
    let is_plain =
        token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    token.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests;
