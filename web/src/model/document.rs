//! The policy's text, and the last version of it that compiled.
//!
//! The text is the truth: it is kept letter by letter whatever is wrong with it,
//! while results go on being those of the last good version.

use std::ops::Range;
use std::sync::Arc;

use gatewright_core::diagnostic::{Edit, apply};
use gatewright_core::pointer::Pointer;
use gatewright_core::{CompiledPolicy, Diagnostic, Parsed, compile, parse};

/// A version of the text that compiled.
#[derive(Debug)]
pub struct GoodVersion {
    /// The text and the place of everything in it.
    pub parsed: Parsed,
    /// What is evaluated.
    pub policy: CompiledPolicy,
}

impl GoodVersion {
    /// The line, from 1, on which the value at a place begins.
    #[must_use]
    pub fn line_of(&self, pointer: &Pointer) -> Option<usize> {
        let node = self.parsed.source.find(pointer)?;
        Some(self.parsed.source.location(&node.range).line)
    }

    /// The bytes of the value at a place.
    #[must_use]
    pub fn range_of(&self, pointer: &Pointer) -> Option<Range<usize>> {
        self.parsed.source.find(pointer).map(|node| node.range.clone())
    }
}

/// The text in the editor.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    diagnostics: Vec<Diagnostic>,
    good: Option<Arc<GoodVersion>>,
}

impl Document {
    /// A document with its first text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut document = Self { text: String::new(), diagnostics: Vec::new(), good: None };
        document.set_text(text.to_owned());
        document
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wrong with the text; empty where it is the good version.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The last version that compiled.
    #[must_use]
    pub const fn good(&self) -> Option<&Arc<GoodVersion>> {
        self.good.as_ref()
    }

    /// The text after some edits. Edits that do not fit it are none.
    #[must_use]
    pub fn edited(&self, edits: &[Edit]) -> Option<String> {
        apply(&self.text, edits)
    }

    /// Takes another text.
    pub fn set_text(&mut self, text: String) {
        let parsed = parse(&text);
        self.text = text;
        match compile(&parsed) {
            Ok(policy) => {
                self.good = Some(Arc::new(GoodVersion { parsed, policy }));
                self.diagnostics.clear();
            }
            Err(diagnostics) => self.diagnostics = diagnostics,
        }
    }
}

/// A stretch of bytes in the units of a text area's selection, UTF-16 code units.
#[must_use]
pub fn utf16_range(text: &str, range: &Range<usize>) -> (u32, u32) {
    let units = |end: usize| text.get(..end).map_or(0, |before| before.encode_utf16().count());
    let clamp = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    (clamp(units(range.start)), clamp(units(range.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"version": "1", "default": "deny"}"#;

    #[test]
    fn a_broken_text_keeps_the_last_good_version() {
        let mut document = Document::new(GOOD);
        let good = Arc::clone(document.good().unwrap());
        document.set_text("{".to_owned());
        assert_eq!(document.text(), "{", "what was typed is kept");
        assert_eq!(document.diagnostics().len(), 3, "one of syntax, two fields missing");
        assert!(Arc::ptr_eq(document.good().unwrap(), &good));
        document.set_text(GOOD.to_owned());
        assert!(document.diagnostics().is_empty());
    }

    #[test]
    fn edits_touch_their_own_bytes_only() {
        let document = Document::new("a é b");
        let edit = |start, end, text: &str| Edit { start, end, text: text.to_owned() };
        let edited = document.edited(&[edit(0, 1, "xx"), edit(5, 6, "y")]);
        assert_eq!(edited.as_deref(), Some("xx é y"));
        assert_eq!(document.edited(&[edit(3, 4, "broken")]), None, "inside a character");
        assert_eq!(document.edited(&[edit(0, 99, "beyond")]), None, "beyond the end");
    }

    #[test]
    fn selections_count_utf16() {
        assert_eq!(utf16_range("é😀x", &(6..7)), (3, 4));
    }
}
