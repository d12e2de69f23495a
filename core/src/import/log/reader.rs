//! A log in pieces → its records.
//!
//! A piece may end anywhere, also inside a character: only whole records are read. Of the log no more is kept than the
//! record that the last piece cut, and of that no more than [`MAX_RECORD_BYTES`].
//!
//! How records stand in a log is told by its beginning: in an array; in objects over several lines, which may hold lists
//! of records; as the rows of a table; or else one on a line.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::nest::{Nest, Step, opens_document};
use super::records::Records;
use super::table::{Columns, Quotes};
use super::{ImportedLog, LogOptions, MAX_RECORD_BYTES, Unit};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads a log in pieces.
///
/// ```
/// use gatewright_core::import::log::LogReader;
/// let mut reader = LogReader::default();
/// for piece in [r#"{"at": 0, "to"#, "ol\": \"a\"}\n{\"at\": 1", r#", "tool": "b"}"#] {
///     reader.feed(piece.as_bytes());
/// }
/// assert_eq!(reader.finish().calls.len(), 2);
/// ```
#[derive(Default)]
pub struct LogReader {
    records: Records,
    layout: Layout,
    /// The record that is not whole yet.
    begun: Vec<u8>,
    /// Whether it is longer than can be kept, and nothing of it is.
    too_long: bool,
    /// Lines before this one.
    lines: usize,
}

/// How the records of a log stand in it.
#[derive(Clone, Copy, Default)]
enum Layout {
    /// Nothing was met that tells.
    #[default]
    Unknown,
    /// An object begins.
    Opening,
    /// One a line.
    Lines,
    /// Rows of a table, the last of which began on the line after so many.
    Rows { columns: Columns, quotes: Quotes, start: usize },
    /// In an array, or in objects over several lines.
    Nested(Nest),
}

impl LogReader {
    /// A reader that gives times to calls without any.
    #[must_use]
    pub fn new(options: LogOptions) -> Self {
        let mut reader = Self::default();
        reader.records.log.options = options;
        reader
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.layout {
                Layout::Unknown => self.begin(bytes),
                Layout::Opening => self.opening(bytes),
                Layout::Lines => self.line(bytes),
                Layout::Rows { columns, quotes, start } => self.row(columns, quotes, start, bytes),
                Layout::Nested(nest) => self.nested(nest, bytes),
            };
        }
    }

    /// Ends the log.
    #[must_use]
    pub fn finish(mut self) -> ImportedLog {
        match self.layout {
            Layout::Nested(nest) if nest.is_over() => {}
            Layout::Nested(nest) if nest.is_in_item() => self.item(nest.start),
            Layout::Nested(nest) => self.endless(nest.start),
            Layout::Rows { columns, start, .. } => self.whole_row(columns, start),
            Layout::Unknown | Layout::Opening | Layout::Lines => self.whole_line(),
        }
        self.records.finish()
    }

    /// Goes past what stands before the first record, and looks how it begins.
    fn begin<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some((first, rest)) = bytes.split_first() else { return bytes };
        match first {
            b'[' if self.begun.is_empty() => {
                self.records.log.unit = Unit::Records;
                self.layout = Layout::Nested(Nest::array());
            }
            b'{' if self.begun.is_empty() => {
                self.layout = Layout::Opening;
                return bytes;
            }
            b' ' | b'\t' | b'\r' | b'\n' if self.begun.is_empty() => {
                self.lines += usize::from(*first == b'\n');
            }
            // Perhaps a part of the mark: pieces are cut anywhere.
            byte if BYTE_ORDER_MARK.get(self.begun.len()) == Some(byte) => {
                self.begun.push(*byte);
                if self.begun == BYTE_ORDER_MARK {
                    self.begun.clear();
                }
            }
            _ => {
                self.layout = Layout::Lines;
                return bytes;
            }
        }
        rest
    }

    /// Looks at the first bytes of an object until they tell whether it is one of many lines.
    fn opening<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some((first, rest)) = bytes.split_first() else { return bytes };
        self.begun.push(*first);
        if let Some(is_document) = opens_document(&self.begun) {
            self.layout = Layout::Lines;
            if is_document {
                self.records.log.unit = Unit::Records;
                self.layout = Layout::Nested(Nest::document());
            }
            let begun = core::mem::take(&mut self.begun);
            self.feed(&begun);
        }
        rest
    }

    /// Keeps more of the record that is not whole yet.
    fn keep(&mut self, bytes: &[u8]) {
        if self.too_long || self.begun.len() + bytes.len() > MAX_RECORD_BYTES {
            self.too_long = true;
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(bytes);
        }
    }

    fn line<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.keep(bytes);
            return &[];
        };
        let (line, rest) = bytes.split_at(end);
        self.keep(line);
        self.whole_line();
        self.lines += 1;
        rest.split_first().map_or(&[], |(_, rest)| rest)
    }

    fn whole_line(&mut self) {
        if self.records.log.lines == 0
            && !self.begun.starts_with(b"{")
            && let Some(columns) = Columns::of(&self.begun)
        {
            self.begun.clear();
            self.records.table();
            self.layout = Layout::Rows { columns, quotes: Quotes::default(), start: self.lines + 1 };
            return;
        }
        self.take(self.lines, "", Records::take);
    }

    fn row<'b>(&mut self, columns: Columns, mut quotes: Quotes, start: usize, bytes: &'b [u8]) -> &'b [u8] {
        for (index, byte) in bytes.iter().enumerate() {
            let ends = quotes.pass(*byte);
            self.lines += usize::from(*byte == b'\n');
            if ends {
                let (row, rest) = bytes.split_at_checked(index).unwrap_or_default();
                self.keep(row);
                self.whole_row(columns, start);
                self.layout = Layout::Rows { columns, quotes: Quotes::default(), start: self.lines };
                return rest.split_first().map_or(&[], |(_, rest)| rest);
            }
        }
        self.keep(bytes);
        self.layout = Layout::Rows { columns, quotes, start };
        &[]
    }

    fn whole_row(&mut self, columns: Columns, start: usize) {
        self.take(start, "", |records, row| records.row(columns, row));
    }

    /// Goes on inside of an array or an object, up to the end of the bytes or of the array.
    fn nested<'b>(&mut self, mut nest: Nest, bytes: &'b [u8]) -> &'b [u8] {
        // Bytes from here on belong to the item, and are not kept yet.
        let mut from = 0;
        for (index, byte) in bytes.iter().enumerate() {
            self.lines += usize::from(*byte == b'\n');
            let (start, was_in_item) = (nest.start, nest.is_in_item());
            if nest.looks_back(*byte) {
                self.keep(bytes.get(from..index).unwrap_or_default());
                from = index;
            }
            let step = nest.pass(*byte, self.lines, &self.begun);
            match step {
                Step::Inside => continue,
                Step::Between => {}
                Step::Ends | Step::EndsBefore => {
                    let end = index + usize::from(step == Step::Ends);
                    self.keep(bytes.get(from..end).unwrap_or_default());
                    self.item(start);
                }
                Step::Drops => {
                    (self.too_long, self.begun) = (false, Vec::new());
                }
                Step::Breaks => {
                    self.keep(bytes.get(from..index).unwrap_or_default());
                    if was_in_item {
                        self.item(start);
                    } else {
                        (self.too_long, self.begun) = (false, Vec::new());
                        self.endless(start);
                    }
                    from = index;
                    continue;
                }
                Step::Over => {
                    self.keep(bytes.get(from..index).unwrap_or_default());
                    self.item(start);
                    // What follows is a log of lines again: a line end at most, in a sound file.
                    self.layout = Layout::Lines;
                    return bytes.get(index + 1..).unwrap_or_default();
                }
            }
            from = index + 1;
        }
        self.keep(bytes.get(from..).unwrap_or_default());
        self.layout = Layout::Nested(nest);
        &[]
    }

    /// An item of an array, or an object of a document, which stands where its first byte does.
    fn item(&mut self, start: usize) {
        self.take(start, "record ", Records::take);
    }

    /// Takes the record that is whole now.
    fn take(
        &mut self,
        start: usize,
        called: &str,
        take: impl FnOnce(&mut Records, &[u8]) -> Result<(), String>,
    ) {
        let begun = core::mem::take(&mut self.begun);
        let taken = if core::mem::take(&mut self.too_long) {
            self.records.log.lines += 1;
            Err(format!("longer than {} MB", MAX_RECORD_BYTES / 1_000_000))
        } else {
            take(&mut self.records, &begun)
        };
        if let Err(reason) = taken {
            let reason = if called.is_empty() {
                reason
            } else {
                format!("{called}{}: {reason}", self.records.log.lines)
            };
            self.records.log.name_unreadable(start + 1, &reason);
        }
        // The same memory is good for the next one.
        self.begun = begun;
        self.begun.clear();
    }

    fn endless(&mut self, start: usize) {
        self.records.log.name_unreadable(start.max(self.lines) + 1, "the array does not end");
    }
}
