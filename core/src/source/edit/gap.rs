//! What stands between two values: white space, comments, and a comma.

use alloc::vec::Vec;
use core::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Spaces, tabs, and carriage returns that end no line.
    Blank,
    /// The end of a line, outside comments.
    Newline,
    /// `// …`, without the end of its line.
    LineComment,
    /// `/* … */`
    BlockComment,
    Comma,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The pieces between two values, or between a bracket and a value.
pub(super) struct Gap {
    pieces: Vec<Piece>,
    comma: Option<usize>,
}

impl Gap {
    pub(super) fn new(text: &str, range: Range<usize>) -> Self {
        let mut pieces = Vec::new();
        let mut start = range.start;
        while start < range.end {
            let (kind, length) = first_piece(text.get(start..range.end).unwrap_or(""));
            let end = start + length.max(1);
            pieces.push(Piece { kind, start, end });
            start = end;
        }
        let comma = pieces.iter().position(|piece| piece.kind == Kind::Comma);
        Self { pieces, comma }
    }

    pub(super) fn comma(&self) -> Option<Piece> {
        self.comma.and_then(|comma| self.pieces.get(comma)).copied()
    }

    /// What stands before the comma; all of it where there is none.
    pub(super) fn before_comma(&self) -> Pieces<'_> {
        Pieces(self.pieces.get(..self.comma.unwrap_or(self.pieces.len())).unwrap_or(&[]))
    }

    /// What stands after the comma; all of it where there is none.
    pub(super) fn after_comma(&self) -> Pieces<'_> {
        Pieces(self.pieces.get(self.comma.map_or(0, |comma| comma + 1)..).unwrap_or(&[]))
    }
}

/// A stretch of pieces without a comma.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'g>(&'g [Piece]);

impl<'g> Pieces<'g> {
    pub(super) fn newline(self) -> Option<Piece> {
        self.0.iter().find(|piece| piece.kind == Kind::Newline).copied()
    }

    /// The end of the line before the one on which the stretch ends.
    pub(super) fn last_newline(self) -> Option<Piece> {
        self.0.iter().rfind(|piece| piece.kind == Kind::Newline).copied()
    }

    pub(super) fn last_comment(self) -> Option<Piece> {
        self.0.iter().rfind(|piece| piece.is_comment()).copied()
    }

    /// Where the comments begin that belong to what comes after the stretch: on its line, or on the lines just above.
    /// Not those behind something else on a line, and not those above an empty line.
    pub(super) fn own_comments(self) -> Option<usize> {
        let first_line_end = self.newline().map_or(0, |newline| newline.start);
        let mut start = None;
        let mut lines = 0;
        for piece in self.0.iter().rev() {
            match piece.kind {
                Kind::Newline => lines += 1,
                Kind::LineComment | Kind::BlockComment if lines > 1 || piece.start < first_line_end => break,
                Kind::LineComment | Kind::BlockComment => {
                    start = Some(piece.start);
                    lines = 0;
                }
                Kind::Blank | Kind::Comma => {}
            }
        }
        start
    }

    /// What stands on the line on which the stretch begins.
    pub(super) fn first_line(self) -> Pieces<'g> {
        let end = self.0.iter().position(|piece| piece.kind == Kind::Newline);
        Pieces(self.0.get(..end.unwrap_or(self.0.len())).unwrap_or(&[]))
    }

    /// What stands after a byte.
    pub(super) fn after(self, at: usize) -> Pieces<'g> {
        let start = self.0.partition_point(|piece| piece.start < at);
        Pieces(self.0.get(start..).unwrap_or(&[]))
    }

    pub(super) fn ends_in_line_comment(self) -> bool {
        self.0.last().is_some_and(|piece| piece.kind == Kind::LineComment)
    }

    /// The spaces it begins with.
    pub(super) fn leading_blank(self) -> Option<Piece> {
        self.0.first().filter(|piece| piece.kind == Kind::Blank).copied()
    }

    /// The spaces it ends with.
    pub(super) fn trailing_blank(self) -> Option<Piece> {
        self.0.last().filter(|piece| piece.kind == Kind::Blank).copied()
    }

    /// Whether a comment ends in a line comment just before a line's end: nothing may be put behind it.
    pub(super) fn is_closed_by(self, newline: Piece) -> bool {
        self.0.iter().any(|piece| piece.kind == Kind::LineComment && piece.end == newline.start)
    }
}

impl Piece {
    pub(super) fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }

    pub(super) fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

fn first_piece(rest: &str) -> (Kind, usize) {
    if rest.starts_with("//") {
        let line = rest.find('\n').map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        let ends_line = line.len() < rest.len();
        return (Kind::LineComment, line.len() - usize::from(ends_line && line.ends_with('\r')));
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        return (Kind::BlockComment, comment.find("*/").map_or(rest.len(), |end| end + 4));
    }
    if rest.starts_with(',') {
        return (Kind::Comma, 1);
    }
    let blank = rest.trim_start_matches([' ', '\t', '\r']);
    let length = rest.len() - blank.len();
    let ends_line = blank.starts_with('\n');
    match rest.get(..length) {
        Some("" | "\r") if ends_line => (Kind::Newline, length + 1),
        Some(run) if ends_line && run.ends_with('\r') => (Kind::Blank, length - 1),
        _ => (Kind::Blank, length),
    }
}

/// Where the line begins that a byte stands on, if only spaces stand before it there.
pub(super) fn line_before(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.trim_end_matches([' ', '\t', '\r']);
    before.ends_with('\n').then_some(before.len())
}

/// The spaces and tabs at the beginning of the line that a byte stands on.
pub(super) fn indent_at(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    let rest = line.trim_start_matches([' ', '\t']);
    line.get(..line.len() - rest.len()).unwrap_or("")
}
