//! A log in pieces → its records.
//!
//! A piece may end anywhere, also inside a character: only whole records are read. Of the log no more is kept than the
//! record that the last piece cut.

use alloc::format;
use alloc::vec::Vec;

use super::ImportedLog;
use super::record::Records;

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
    /// Lines before this one.
    lines: usize,
}

/// How the records of a log stand in it.
#[derive(Clone, Copy, Default)]
enum Layout {
    /// Nothing was met that tells.
    #[default]
    Unknown,
    /// One a line.
    Lines,
    /// In one array.
    Array(Array),
}

/// A place in an array.
#[derive(Clone, Copy, Default)]
struct Array {
    /// Lines before the one on which the item begins.
    lines: usize,
    /// Lists and objects that are open inside of the array.
    depth: usize,
    in_text: bool,
    /// Whether a backslash came just before.
    escaped: bool,
}

impl LogReader {
    /// Takes the next bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.layout {
                Layout::Unknown => self.begin(bytes),
                Layout::Lines => self.line(bytes),
                Layout::Array(array) => self.array(array, bytes),
            };
        }
    }

    /// Ends the log.
    #[must_use]
    pub fn finish(mut self) -> ImportedLog {
        let begun = core::mem::take(&mut self.begun);
        match self.layout {
            Layout::Array(array) if begun.is_empty() => {
                self.records.log.name_unreadable(array.lines.max(self.lines) + 1, "the array does not end");
            }
            Layout::Array(array) => self.item(array, &begun),
            Layout::Unknown | Layout::Lines => self.whole_line(&begun),
        }
        self.records.finish()
    }

    /// Goes past what stands before the first record, and looks how it begins.
    fn begin<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some((first, rest)) = bytes.split_first() else { return bytes };
        match first {
            b'[' if self.begun.is_empty() => {
                self.records.log.is_array = true;
                self.layout = Layout::Array(Array::default());
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

    fn line<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.begun.extend_from_slice(bytes);
            return &[];
        };
        let (line, rest) = bytes.split_at(end);
        if self.begun.is_empty() {
            self.whole_line(line);
        } else {
            let mut begun = core::mem::take(&mut self.begun);
            begun.extend_from_slice(line);
            self.whole_line(&begun);
        }
        self.lines += 1;
        rest.split_first().map_or(&[], |(_, rest)| rest)
    }

    fn whole_line(&mut self, line: &[u8]) {
        if let Err(reason) = self.records.take(line) {
            self.records.log.name_unreadable(self.lines + 1, &reason);
        }
    }

    /// Goes on inside of an array, up to the end of the bytes or of the array.
    fn array<'b>(&mut self, mut array: Array, bytes: &'b [u8]) -> &'b [u8] {
        for (index, byte) in bytes.iter().enumerate() {
            self.lines += usize::from(*byte == b'\n');
            let is_between = array.depth == 0 && !array.in_text;
            match byte {
                b',' | b']' if is_between => {
                    let item = core::mem::take(&mut self.begun);
                    self.item(array, &item);
                    array = Array::default();
                    if *byte == b']' {
                        // What follows is a log of lines again: a line end at most, in a sound file.
                        self.layout = Layout::Lines;
                        return bytes.get(index + 1..).unwrap_or_default();
                    }
                    continue;
                }
                b' ' | b'\t' | b'\r' | b'\n' if self.begun.is_empty() => continue,
                _ if self.begun.is_empty() => array.lines = self.lines,
                _ => {}
            }
            array.pass(*byte);
            self.begun.push(*byte);
        }
        self.layout = Layout::Array(array);
        &[]
    }

    /// An item of an array, which stands where its first byte does.
    fn item(&mut self, array: Array, item: &[u8]) {
        if let Err(reason) = self.records.take(item) {
            let reason = format!("record {}: {reason}", self.records.log.lines);
            self.records.log.name_unreadable(array.lines + 1, &reason);
        }
    }
}

impl Array {
    /// Goes past a byte of an item.
    fn pass(&mut self, byte: u8) {
        if self.in_text {
            self.in_text = self.escaped || byte != b'"';
            self.escaped = byte == b'\\' && !self.escaped;
            return;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}
