//! The patterns of `regex`: RE2's dialect, found anywhere in a text, in time linear in its length.
//!
//! `\d`, `\w`, `\s` and `\b` are ASCII, as in RE2, so that natively and as Wasm a pattern means the same. What other
//! dialects read differently (`[a&&b]`, `(?x)`, `\<`) and what would need Unicode's tables (`\pL`) is refused when the
//! policy is compiled, never read as something else.
//!
//! Matching is left to `regex-automata`'s lazy DFA; this module only narrows what may be written.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use hashbrown::HashMap;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::ast::{self, Ast, parse::ParserBuilder};
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::TranslatorBuilder;

use crate::bounds::Bounds;

/// Bytes that the states of one pattern may take while it is matched. Beyond it they are forgotten and made again.
const CACHE_BYTES: usize = 128 << 10;
/// The most times that something may be repeated by number, as in RE2.
const MAX_REPETITION: u32 = 1_000;
/// How deep groups may be nested.
const MAX_NESTING: u32 = 100;

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
            anchored_start: properties.look_set_prefix().contains(regex_syntax::hir::Look::Start),
            anchored_end: properties.look_set_suffix().contains(regex_syntax::hir::Look::End),
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

/// What a pattern is made of.
pub(crate) fn syntax(text: &str) -> Result<Hir, PatternError> {
    let mut parser = ParserBuilder::new().nest_limit(MAX_NESTING).build();
    let mut ast = parser.parse(text).map_err(|error| unreadable(&error))?;
    narrow(&mut ast)?;
    TranslatorBuilder::new().utf8(false).build().translate(text, &ast).map_err(|error| PatternError {
        range: bytes(error.span()),
        message: format!("the pattern cannot be read: {}", error.kind()),
        help: None,
    })
}

fn bytes(span: &ast::Span) -> Range<usize> {
    span.start.offset..span.end.offset
}

fn refused<T>(span: &ast::Span, message: &str, help: &str) -> Result<T, PatternError> {
    let help = (!help.is_empty()).then(|| help.to_string());
    Err(PatternError { range: bytes(span), message: message.to_string(), help })
}

fn unreadable(error: &ast::Error) -> PatternError {
    use ast::ErrorKind;
    let (message, help) = match error.kind() {
        ErrorKind::UnsupportedLookAround => (
            "the pattern looks ahead or behind, which cannot be done in linear time".to_string(),
            Some("write what must be there, or a second condition for what must not".to_string()),
        ),
        ErrorKind::UnsupportedBackreference => (
            "the pattern refers back to what a group matched, which cannot be done in linear time"
                .to_string(),
            Some("write the text out".to_string()),
        ),
        kind => (format!("the pattern cannot be read: {kind}"), None),
    };
    PatternError { range: bytes(error.span()), message, help }
}

/// Makes classes ASCII, and finds what in a pattern RE2 reads otherwise.
fn narrow(ast: &mut Ast) -> Result<(), PatternError> {
    match ast {
        Ast::Empty(_) | Ast::Dot(_) => Ok(()),
        Ast::Flags(set) => check_flags(&set.flags),
        Ast::Literal(literal) => check_literal(literal),
        Ast::Assertion(assertion) => {
            if let Some(ascii) = ascii_boundary(assertion)? {
                *ast = ascii;
            }
            Ok(())
        }
        Ast::ClassUnicode(class) => no_tables(&class.span),
        Ast::ClassPerl(class) => {
            *ast = Ast::class_bracketed(ascii_class(class));
            Ok(())
        }
        Ast::ClassBracketed(class) => narrow_class(&mut class.kind),
        Ast::Repetition(repetition) => {
            check_repetition(&repetition.op)?;
            if let Ast::Repetition(inner) = &*repetition.ast {
                let message = "the pattern repeats a repetition, which RE2 does not read";
                return refused(&inner.span, message, "put what is repeated in `(?:…)`");
            }
            narrow(&mut repetition.ast)
        }
        Ast::Group(group) => {
            if let ast::GroupKind::NonCapturing(flags) = &group.kind {
                check_flags(flags)?;
            }
            narrow(&mut group.ast)
        }
        Ast::Alternation(alternation) => alternation.asts.iter_mut().try_for_each(narrow),
        Ast::Concat(concat) => concat.asts.iter_mut().try_for_each(narrow),
    }
}

fn check_flags(flags: &ast::Flags) -> Result<(), PatternError> {
    use ast::Flag;
    for item in &flags.items {
        if let ast::FlagsItemKind::Flag(Flag::IgnoreWhitespace | Flag::CRLF | Flag::Unicode) = item.kind {
            return refused(
                &item.span,
                "the pattern sets a flag that RE2 does not have",
                "RE2 has i, m, s and U",
            );
        }
    }
    Ok(())
}

fn check_literal(literal: &ast::Literal) -> Result<(), PatternError> {
    use ast::{HexLiteralKind, LiteralKind};
    match literal.kind {
        LiteralKind::HexFixed(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong)
        | LiteralKind::HexBrace(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong) => {
            refused(&literal.span, "RE2 has no `\\u`", "write the character itself, or `\\x{…}`")
        }
        _ => Ok(()),
    }
}

fn check_repetition(op: &ast::RepetitionOp) -> Result<(), PatternError> {
    use ast::{RepetitionKind, RepetitionRange};
    let most = match &op.kind {
        RepetitionKind::Range(
            RepetitionRange::Exactly(most)
            | RepetitionRange::AtLeast(most)
            | RepetitionRange::Bounded(_, most),
        ) => *most,
        _ => 0,
    };
    if most > MAX_REPETITION {
        let message = format!("the pattern repeats something more than {MAX_REPETITION} times");
        return refused(&op.span, &message, "use `*` or `+`");
    }
    Ok(())
}

fn no_tables<T>(span: &ast::Span) -> Result<T, PatternError> {
    let message = "the pattern uses a Unicode class, whose tables this evaluator leaves out";
    refused(span, message, "write the ranges of characters that you mean, such as `[a-zà-ÿ]`")
}

/// `\b` and `\B` between ASCII words; nothing for an anchor, which stays as it is.
fn ascii_boundary(assertion: &ast::Assertion) -> Result<Option<Ast>, PatternError> {
    use ast::AssertionKind;
    let span = assertion.span;
    match assertion.kind {
        AssertionKind::StartLine
        | AssertionKind::EndLine
        | AssertionKind::StartText
        | AssertionKind::EndText => Ok(None),
        AssertionKind::WordBoundary | AssertionKind::NotWordBoundary => {
            let item = |kind| ast::FlagsItem { span, kind };
            let ascii =
                [item(ast::FlagsItemKind::Negation), item(ast::FlagsItemKind::Flag(ast::Flag::Unicode))];
            Ok(Some(Ast::group(ast::Group {
                span,
                kind: ast::GroupKind::NonCapturing(ast::Flags { span, items: Vec::from(ascii) }),
                ast: Box::new(Ast::assertion(assertion.clone())),
            })))
        }
        _ => refused(&span, "RE2 does not have this boundary of a word", "write `\\b`"),
    }
}

fn narrow_class(set: &mut ast::ClassSet) -> Result<(), PatternError> {
    match set {
        ast::ClassSet::Item(item) => narrow_item(item),
        ast::ClassSet::BinaryOp(op) => {
            let message = "`&&`, `--` and `~~` inside brackets are two plain characters in RE2";
            refused(&op.span, message, "write one of the two once; it means the same")
        }
    }
}

fn narrow_item(item: &mut ast::ClassSetItem) -> Result<(), PatternError> {
    use ast::ClassSetItem;
    match item {
        ClassSetItem::Empty(_) | ClassSetItem::Ascii(_) => Ok(()),
        ClassSetItem::Literal(literal) => check_literal(literal),
        ClassSetItem::Range(range) => {
            check_literal(&range.start)?;
            check_literal(&range.end)
        }
        ClassSetItem::Unicode(class) => no_tables(&class.span),
        ClassSetItem::Perl(class) => {
            *item = ClassSetItem::Bracketed(Box::new(ascii_class(class)));
            Ok(())
        }
        ClassSetItem::Bracketed(class) => {
            refused(&class.span, "`[` inside brackets is a plain character in RE2", "write `\\[`")
        }
        ClassSetItem::Union(union) => union.items.iter_mut().try_for_each(narrow_item),
    }
}

/// `\d`, `\s` or `\w` as ranges of ASCII. RE2's `\s` has no vertical tab.
fn ascii_class(class: &ast::ClassPerl) -> ast::ClassBracketed {
    let ranges: &[(char, char)] = match class.kind {
        ast::ClassPerlKind::Digit => &[('0', '9')],
        ast::ClassPerlKind::Space => &[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')],
        ast::ClassPerlKind::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
    };
    let literal = |c| ast::Literal { span: class.span, kind: ast::LiteralKind::Verbatim, c };
    let items = ranges.iter().map(|(start, end)| {
        let (start, end) = (literal(*start), literal(*end));
        ast::ClassSetItem::Range(ast::ClassSetRange { span: class.span, start, end })
    });
    let union = ast::ClassSetUnion { span: class.span, items: items.collect() };
    ast::ClassBracketed {
        span: class.span,
        negated: class.negated,
        kind: ast::ClassSet::Item(ast::ClassSetItem::Union(union)),
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
