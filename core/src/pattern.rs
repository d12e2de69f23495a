//! The patterns of `regex`: RE2's dialect, found anywhere in a text, in time linear in its length.
//!
//! `\d`, `\w`, `\s` and `\b` are ASCII, as in RE2, so that natively and as Wasm a pattern means the same. What other
//! dialects read differently (`[a&&b]`, `(?x)`, `\<`) and what would need Unicode's tables (`\pL`) is refused when the
//! policy is compiled, never read as something else.
//!
//! What may be written and what it means is in `dialect`; matching is left to `regex-automata`'s lazy DFA.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt;
use core::ops::Range;

use hashbrown::HashMap;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Look;

use crate::bounds::Bounds;

mod dialect;

pub(crate) use dialect::syntax;

/// Bytes that the states of one pattern may take while it is matched. Beyond it they are forgotten and made again.
const CACHE_BYTES: usize = 128 << 10;

/// A compiled pattern.
#[derive(Clone)]
pub struct Pattern(Arc<Matcher>);

struct Matcher {
    text: Box<str>,
    memory: usize,
    dfa: Arc<DFA>,
    caches: Pool<
        Cache,
        Box<dyn Fn() -> Cache + Send + Sync + core::panic::UnwindSafe + core::panic::RefUnwindSafe>,
    >,
    matches_everything: bool,
    anchored_start: bool,
    anchored_end: bool,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// The bytes of the pattern that are meant.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where there is something.
    pub help: Option<String>,
}

/// Patterns that are compiled once each, and their bounds.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    bounds: Bounds,
    known: HashMap<Box<str>, Pattern>,
    memory: usize,
}

impl Patterns {
    /// No patterns yet.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, known: HashMap::new(), memory: 0 }
    }

    /// The bounds.
    #[must_use]
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The compiled pattern.
    pub fn pattern(&mut self, text: &str) -> Result<Pattern, PatternError> {
        if let Some(known) = self.known.get(text) {
            return Ok(known.clone());
        }
        let pattern = Pattern::new(text, &self.bounds)?;
        self.memory += pattern.0.memory;
        if self.memory > self.bounds.patterns_memory {
            let message = "the patterns of the document are too large once they are compiled".to_string();
            return Err(PatternError { range: 0..text.len(), message, help: None });
        }
        self.known.insert(text.into(), pattern.clone());
        Ok(pattern)
    }
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// ```
    /// use gatewright_core::{bounds::Bounds, pattern::Pattern};
    /// let digits = Pattern::new(r"^\d+$", &Bounds::DEFAULT).unwrap();
    /// assert_eq!(digits.is_found_in("123"), Some(true));
    /// assert_eq!(digits.is_found_in("١٢٣"), Some(false), "ASCII digits only");
    /// assert!(Pattern::new(r"\pL", &Bounds::DEFAULT).is_err());
    /// ```
    pub fn new(text: &str, bounds: &Bounds) -> Result<Self, PatternError> {
        if text.len() > bounds.pattern_bytes {
            let message =
                format!("the pattern has {} bytes; at most {} are read", text.len(), bounds.pattern_bytes);
            return Err(PatternError { range: 0..text.len(), message, help: None });
        }
        let hir = syntax(text)?;
        let too_large = || PatternError {
            range: 0..text.len(),
            message: "the pattern is too large once it is compiled".to_string(),
            help: Some("repeat less by number, or split it into several conditions".to_string()),
        };
        let size = thompson::Config::new()
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(bounds.pattern_memory));
        let nfa = thompson::Compiler::new().configure(size).build_from_hir(&hir).map_err(|_| too_large())?;
        let memory = nfa.memory_usage();
        let config = DFA::config()
            .match_kind(MatchKind::All)
            .cache_capacity(CACHE_BYTES)
            .skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).map_err(|_| too_large())?;
        let dfa = Arc::new(dfa);
        let made_of = Arc::clone(&dfa);
        let properties = hir.properties();
        Ok(Self(Arc::new(Matcher {
            text: text.into(),
            memory,
            caches: Pool::new(Box::new(move || made_of.create_cache())),
            dfa,
            matches_everything: properties.minimum_len() == Some(0) && properties.look_set().is_empty(),
            anchored_start: properties.look_set_prefix().contains(Look::Start),
            anchored_end: properties.look_set_suffix().contains(Look::End),
        })))
    }

    /// The pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether the pattern is found anywhere in a text. Nothing where the matcher gave up, which it is not set to do.
    #[must_use]
    pub fn is_found_in(&self, text: &str) -> Option<bool> {
        let mut cache = self.0.caches.get();
        let found = self.0.dfa.try_search_fwd(&mut cache, &Input::new(text).earliest(true));
        found.ok().map(|found| found.is_some())
    }

    /// Whether it is found in every text, because it matches nothing at all.
    #[must_use]
    pub fn matches_everything(&self) -> bool {
        self.0.matches_everything
    }

    /// Whether every match starts where the text starts, and whether every match ends where it ends.
    #[must_use]
    pub fn anchors(&self) -> (bool, bool) {
        (self.0.anchored_start, self.0.anchored_end)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pattern({:?})", self.0.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_re2() {
        #[rustfmt::skip]
        let cases = [
            // pattern           text            found   why
            ("b",                "abc",          true,   "unanchored"),
            ("^b",               "abc",          false,  "an anchor is written"),
            ("b$",               "ab\n",         false,  "the end of the text, not of a line"),
            ("(?m)^b$",          "a\nb\nc",      true,   "unless lines are asked for"),
            ("a.c",              "a\nc",         false,  "a dot is no line end"),
            ("(?s)a.c",          "a\nc",         true,   "unless asked for"),
            ("a.c",              "aéc",          true,   "a dot is one character"),
            (r"^\d$",            "٣",            false,  "digits are ASCII"),
            (r"^\w$",            "é",            false,  "words are ASCII"),
            (r"^\W$",            "é",            true,   "and what is not one is a whole character"),
            (r"^[\W]$",          "é",            true,   "inside brackets too"),
            (r"^[^\d_]$",        "٣",            true,   "and inside what is excluded"),
            (r"\s",              "\u{b}",        false,  "a vertical tab is no space"),
            (r"\s",              "\u{a0}",       false,  "nor is a no-break space"),
            (r"[[:space:]]",     "\u{b}",        true,   "but POSIX says it is"),
            (r"é\b",             "é",            false,  "no ASCII word, no boundary"),
            (r"\bcat\b",         "écat é",       true,   "a boundary lies beside a letter that is not ASCII"),
            (r"(?i)DELETE",      "delete",       true,   "case aside"),
            (r"(?i)k",           "\u{212a}",     true,   "case aside is Unicode's, as in RE2"),
            (r"^\x{41}\x42$",    "AB",           true,   "characters by number"),
            (r"^[a&b]$",         "&",            true,   "one ampersand is a character"),
            ("",                 "",             true,   "nothing is found in nothing"),
            (r"\.\./",           "a/../b",       true,   "a path that climbs"),
        ];
        for (pattern, text, found, why) in cases {
            let compiled = Pattern::new(pattern, &Bounds::DEFAULT).unwrap();
            assert_eq!(compiled.is_found_in(text), Some(found), "{pattern} in {text:?}: {why}");
        }
    }

    #[test]
    fn what_re2_reads_otherwise_is_refused() {
        #[rustfmt::skip]
        let cases = [
            ("(a",            "never closed"),
            ("a(?=b)",        "looks ahead"),
            (r"(a)\1",        "refers back"),
            (r"\pL",          "Unicode's tables"),
            (r"[\pL]",        "inside brackets"),
            ("[a&&b]",        "an intersection in one dialect, two characters in another"),
            ("[a--b]",        "a difference"),
            ("[a[b]]",        "a class in a class"),
            ("(?x)a b",       "white space that counts or does not"),
            ("(?x: a )",      "in a group"),
            ("(?R)a",         "a flag of one dialect"),
            ("(?-u)a",        "bytes for characters"),
            (r"\u0041",       "an escape of one dialect"),
            (r"[\u0041-Z]",   "inside brackets"),
            (r"\<a",          "a boundary of one dialect"),
            (r"\b{start}a",   "another"),
            ("a{1001}",       "more than RE2 repeats"),
            ("a{,5}",         "plain text in RE2, an error elsewhere"),
            ("((a{500}){500}){500}", "too large once it is compiled"),
            ("*",             "nothing to repeat"),
            (r"\Z",           "not in RE2"),
            (r"\8",           "no such group"),
            ("a**",           "a repetition of a repetition"),
            ("a{2}{3}",       "by number too"),
            ("(a{40}){40}",   "more than RE2 repeats, one in the other"),
        ];
        for (pattern, why) in cases {
            assert!(Pattern::new(pattern, &Bounds::DEFAULT).is_err(), "{pattern}: {why}");
        }
        let long = "a".repeat(Bounds::DEFAULT.pattern_bytes + 1);
        assert!(Pattern::new(&long, &Bounds::DEFAULT).is_err(), "too long to be read");
        assert!(Pattern::new(&long[1..], &Bounds::DEFAULT).is_ok(), "the longest");
    }

    #[test]
    fn what_a_pattern_ties_down_is_known() {
        #[rustfmt::skip]
        let cases = [
            // pattern     everything  anchors         why
            ("",           true,       (false, false), "nothing is found everywhere"),
            (".*",         true,       (false, false), "so is anything"),
            ("a*",         true,       (false, false), "so is perhaps something"),
            ("a",          false,      (false, false), "something is not"),
            ("^a",         false,      (true, false),  "the start"),
            ("a$",         false,      (false, true),  "the end"),
            ("^(?:a|b)$",  false,      (true, true),   "both"),
            ("^a|b$",      false,      (false, false), "each of two holds for its own side only"),
            (r"\Aa\z",     false,      (true, true),   "spelled otherwise"),
            ("(?m)^a$",    false,      (false, false), "the ends of lines are not the text's"),
        ];
        for (pattern, everything, anchors, why) in cases {
            let compiled = Pattern::new(pattern, &Bounds::DEFAULT).unwrap();
            assert_eq!(compiled.matches_everything(), everything, "{pattern}: {why}");
            assert_eq!(compiled.anchors(), anchors, "{pattern}: {why}");
        }
    }

    #[test]
    fn time_is_linear_where_others_take_exponential_time() {
        let pattern = Pattern::new("^(a+)+$", &Bounds::DEFAULT).unwrap();
        let text = "a".repeat(1 << 20) + "b";
        assert_eq!(pattern.is_found_in(&text), Some(false));
    }
}
