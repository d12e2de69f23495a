//! The policy's text, and the last version of it that compiled.
//!
//! The text is the truth: it is kept letter by letter whatever is wrong with it,
//! while results go on being those of the last good version.

use std::ops::Range;
use std::sync::Arc;

use gatewright_core::diagnostic::Code;
use gatewright_core::pointer::Pointer;
use gatewright_core::{CompiledPolicy, Diagnostic, Parsed, compile, parse};

/// A version of the text that compiled.
#[derive(Debug)]
pub struct GoodVersion {
    /// The text and the place of everything in it.
    pub parsed: Arc<Parsed>,
    /// What is evaluated.
    pub policy: CompiledPolicy,
}

impl GoodVersion {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.parsed.source.text()
    }

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
    parsed: Arc<Parsed>,
    errors: Vec<Diagnostic>,
    shown: Arc<Parsed>,
    good: Option<Arc<GoodVersion>>,
}

impl Document {
    /// A document with its first text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let parsed = Arc::new(parse(text));
        let shown = Arc::clone(&parsed);
        let mut document = Self { parsed, errors: Vec::new(), shown, good: None };
        document.judge();
        document
    }

    /// The text, as it is.
    #[must_use]
    pub fn text(&self) -> &str {
        self.parsed.source.text()
    }

    /// What is understood of the text, as it is.
    #[must_use]
    pub const fn parsed(&self) -> &Arc<Parsed> {
        &self.parsed
    }

    /// What is wrong with the text; empty where it is the good version.
    #[must_use]
    pub fn errors(&self) -> &[Diagnostic] {
        &self.errors
    }

    /// The last version that compiled.
    #[must_use]
    pub const fn good(&self) -> Option<&Arc<GoodVersion>> {
        self.good.as_ref()
    }

    /// What controls show: the text as it is, or, while that has a syntax error, the last one that had none.
    #[must_use]
    pub const fn shown(&self) -> &Arc<Parsed> {
        &self.shown
    }

    /// Whether controls may change the text: it has no syntax error.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        Arc::ptr_eq(&self.shown, &self.parsed)
    }

    /// Takes another text.
    pub fn set_text(&mut self, text: &str) {
        self.parsed = Arc::new(parse(text));
        if !has_syntax_error(&self.parsed) {
            self.shown = Arc::clone(&self.parsed);
        }
        self.judge();
    }

    fn judge(&mut self) {
        match compile(&self.parsed) {
            Ok(policy) => {
                self.good = Some(Arc::new(GoodVersion { parsed: Arc::clone(&self.parsed), policy }));
                self.errors.clear();
            }
            Err(errors) => self.errors = errors,
        }
    }
}

fn has_syntax_error(parsed: &Parsed) -> bool {
    parsed.source.diagnostics().iter().any(|found| found.code == Code::Syntax)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"version": "1", "default": "deny"}"#;

    #[test]
    fn a_broken_text_keeps_the_last_good_version() {
        let mut document = Document::new(GOOD);
        let good = Arc::clone(document.good().unwrap());
        document.set_text("{");
        assert_eq!(document.text(), "{", "what was typed is kept");
        assert_eq!(document.errors().len(), 3, "one of syntax, two fields missing");
        assert!(Arc::ptr_eq(document.good().unwrap(), &good));
        assert!(!document.is_editable());
        assert_eq!(document.shown().source.text(), GOOD);
        document.set_text(GOOD);
        assert!(document.errors().is_empty() && document.is_editable());
    }

    #[test]
    fn what_is_wrong_but_json_is_shown_as_it_is() {
        let mut document = Document::new(GOOD);
        let wrong = r#"{"version": "1", "default": "deny", "rate_limit": 1, "rate_limit": 2}"#;
        document.set_text(wrong);
        assert!(!document.errors().is_empty());
        assert!(document.is_editable(), "an unknown field and equal keys are no syntax error");
        assert_eq!(document.shown().source.text(), wrong);
    }
}
