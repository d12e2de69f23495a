//! The text of a pattern → what it is made of.
//!
//! One pass over the syntax tree refuses what RE2 reads otherwise and gives the rest its meaning. `regex-syntax` has a
//! translator of its own, but that can look up any class of Unicode: wherever another crate turns the tables on, it
//! would bring all of them into the page. Here only case folding is Unicode's, as in RE2, and no other table is named.
//!
//! It recurses as deep as the parser lets groups be nested.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;

use regex_syntax::ast::{self, Ast, parse::ParserBuilder};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Dot, Hir, Look, Repetition};

use super::PatternError;

/// The most times that something may be repeated by number, as in RE2.
const MAX_REPETITION: u32 = 1_000;
/// How deep groups may be nested.
const MAX_NESTING: u32 = 100;

/// What a pattern is made of. Groups are not captured.
pub(crate) fn syntax(text: &str) -> Result<Hir, PatternError> {
    let mut parser = ParserBuilder::new().nest_limit(MAX_NESTING).build();
    let ast = parser.parse(text).map_err(|error| unreadable(&error))?;
    Flags::default().meaning(&ast)
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

/// What the flags make of the signs that they change.
///
/// Flags without a colon hold until the group ends that they stand in, across its later alternatives.
#[derive(Clone, Copy)]
struct Flags {
    /// `i`: whether a letter is meant in either case.
    folds: bool,
    /// `m`: what `^` and `$` are.
    ends: (Look, Look),
    /// `s`: what a dot is.
    dot: Dot,
    /// `U`: whether a repetition without `?` takes as much as it can.
    greedy: bool,
    /// How often what stands here is repeated by number, all repetitions around it together.
    times: u32,
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            folds: false,
            ends: (Look::Start, Look::End),
            dot: Dot::AnyCharExceptLF,
            greedy: true,
            times: 1,
        }
    }
}

impl Flags {
    fn set(&mut self, flags: &ast::Flags) -> Result<(), PatternError> {
        use ast::{Flag, FlagsItemKind};
        let mut on = true;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => on = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.folds = on,
                FlagsItemKind::Flag(Flag::MultiLine) => {
                    self.ends = if on { (Look::StartLF, Look::EndLF) } else { (Look::Start, Look::End) };
                }
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => {
                    self.dot = if on { Dot::AnyChar } else { Dot::AnyCharExceptLF };
                }
                FlagsItemKind::Flag(Flag::SwapGreed) => self.greedy = !on,
                FlagsItemKind::Flag(Flag::IgnoreWhitespace | Flag::CRLF | Flag::Unicode) => {
                    let message = "the pattern sets a flag that RE2 does not have";
                    return refused(&item.span, message, "RE2 has i, m, s and U");
                }
            }
        }
        Ok(())
    }

    fn meaning(&mut self, ast: &Ast) -> Result<Hir, PatternError> {
        match ast {
            Ast::Empty(_) => Ok(Hir::empty()),
            Ast::Flags(set) => self.set(&set.flags).map(|()| Hir::empty()),
            Ast::Literal(literal) => self.literal(literal),
            Ast::Dot(_) => Ok(Hir::dot(self.dot)),
            Ast::Assertion(assertion) => self.assertion(assertion),
            Ast::ClassUnicode(class) => no_tables(&class.span),
            Ast::ClassPerl(class) => Ok(class_of(self.class(perl(&class.kind), class.negated))),
            Ast::ClassBracketed(class) => self.bracketed(class).map(class_of),
            Ast::Repetition(repetition) => self.repetition(repetition),
            Ast::Group(group) => {
                let mut inside = *self;
                if let ast::GroupKind::NonCapturing(flags) = &group.kind {
                    inside.set(flags)?;
                }
                inside.meaning(&group.ast)
            }
            Ast::Alternation(alternation) => self.each(&alternation.asts).map(Hir::alternation),
            Ast::Concat(concat) => self.each(&concat.asts).map(Hir::concat),
        }
    }

    fn each(&mut self, asts: &[Ast]) -> Result<Vec<Hir>, PatternError> {
        asts.iter().map(|ast| self.meaning(ast)).collect()
    }

    fn literal(self, literal: &ast::Literal) -> Result<Hir, PatternError> {
        check_literal(literal)?;
        if self.folds {
            return Ok(class_of(self.class(&[(literal.c, literal.c)], false)));
        }
        Ok(Hir::literal(literal.c.encode_utf8(&mut [0; 4]).as_bytes()))
    }

    fn assertion(self, assertion: &ast::Assertion) -> Result<Hir, PatternError> {
        use ast::AssertionKind;
        Ok(Hir::look(match assertion.kind {
            AssertionKind::StartLine => self.ends.0,
            AssertionKind::EndLine => self.ends.1,
            AssertionKind::StartText => Look::Start,
            AssertionKind::EndText => Look::End,
            AssertionKind::WordBoundary => Look::WordAscii,
            AssertionKind::NotWordBoundary => Look::WordAsciiNegate,
            _ => {
                return refused(&assertion.span, "RE2 does not have this boundary of a word", "write `\\b`");
            }
        }))
    }

    fn repetition(&mut self, repetition: &ast::Repetition) -> Result<Hir, PatternError> {
        let (min, max) = times(&repetition.op.kind);
        let mut inside = *self;
        inside.times = self.times.saturating_mul(max.unwrap_or(min).max(1));
        if inside.times > MAX_REPETITION {
            let message = format!("the pattern repeats something more than {MAX_REPETITION} times");
            return refused(&repetition.op.span, &message, "use `*` or `+`");
        }
        if let Ast::Repetition(inner) = &*repetition.ast {
            let message = "the pattern repeats a repetition, which RE2 does not read";
            return refused(&inner.span, message, "put what is repeated in `(?:…)`");
        }
        let greedy = repetition.greedy == self.greedy;
        let sub = Box::new(inside.meaning(&repetition.ast)?);
        Ok(Hir::repetition(Repetition { min, max, greedy, sub }))
    }

    fn bracketed(self, class: &ast::ClassBracketed) -> Result<ClassUnicode, PatternError> {
        let mut ranges = Vec::new();
        match &class.kind {
            ast::ClassSet::Item(item) => self.add(item, &mut ranges)?,
            ast::ClassSet::BinaryOp(op) => {
                let message = "`&&`, `--` and `~~` inside brackets are two plain characters in RE2";
                return refused(&op.span, message, "write one of the two once; it means the same");
            }
        }
        Ok(self.class(&ranges, class.negated))
    }

    /// Adds what stands inside brackets.
    fn add(self, item: &ast::ClassSetItem, out: &mut Vec<(char, char)>) -> Result<(), PatternError> {
        use ast::ClassSetItem;
        match item {
            ClassSetItem::Empty(_) => {}
            ClassSetItem::Literal(literal) => {
                check_literal(literal)?;
                out.push((literal.c, literal.c));
            }
            ClassSetItem::Range(found) => {
                check_literal(&found.start)?;
                check_literal(&found.end)?;
                out.push((found.start.c, found.end.c));
            }
            ClassSetItem::Ascii(class) => {
                out.extend(pairs(&self.class(posix(&class.kind), class.negated)));
            }
            ClassSetItem::Perl(class) => {
                out.extend(pairs(&self.class(perl(&class.kind), class.negated)));
            }
            ClassSetItem::Unicode(class) => return no_tables(&class.span),
            ClassSetItem::Bracketed(class) => {
                return refused(
                    &class.span,
                    "`[` inside brackets is a plain character in RE2",
                    "write `\\[`",
                );
            }
            ClassSetItem::Union(union) => return union.items.iter().try_for_each(|item| self.add(item, out)),
        }
        Ok(())
    }

    /// Cases come before the negation: `(?i)[^k]` is neither `k` nor `K`.
    fn class(self, ranges: &[(char, char)], negated: bool) -> ClassUnicode {
        let ranges = ranges.iter().map(|(start, end)| ClassUnicodeRange::new(*start, *end));
        let mut class = ClassUnicode::new(ranges);
        if self.folds {
            class.case_fold_simple();
        }
        if negated {
            class.negate();
        }
        class
    }
}

fn class_of(class: ClassUnicode) -> Hir {
    Hir::class(Class::Unicode(class))
}

fn pairs(class: &ClassUnicode) -> impl Iterator<Item = (char, char)> {
    class.iter().map(|range| (range.start(), range.end()))
}

/// How often something is repeated: at least, and at most where there is a most.
const fn times(kind: &ast::RepetitionKind) -> (u32, Option<u32>) {
    use ast::{RepetitionKind, RepetitionRange};
    match kind {
        RepetitionKind::ZeroOrOne => (0, Some(1)),
        RepetitionKind::ZeroOrMore => (0, None),
        RepetitionKind::OneOrMore => (1, None),
        RepetitionKind::Range(RepetitionRange::Exactly(times)) => (*times, Some(*times)),
        RepetitionKind::Range(RepetitionRange::AtLeast(least)) => (*least, None),
        RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
    }
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

fn no_tables<T>(span: &ast::Span) -> Result<T, PatternError> {
    let message = "the pattern uses a Unicode class, whose tables this evaluator leaves out";
    refused(span, message, "write the ranges of characters that you mean, such as `[a-zà-ÿ]`")
}

/// `\d`, `\s` or `\w`: ASCII, and no vertical tab.
const fn perl(kind: &ast::ClassPerlKind) -> &'static [(char, char)] {
    match kind {
        ast::ClassPerlKind::Digit => posix(&ast::ClassAsciiKind::Digit),
        ast::ClassPerlKind::Space => &[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')],
        ast::ClassPerlKind::Word => posix(&ast::ClassAsciiKind::Word),
    }
}

/// What stands between `[:` and `:]`.
const fn posix(kind: &ast::ClassAsciiKind) -> &'static [(char, char)] {
    use ast::ClassAsciiKind as Kind;
    match kind {
        Kind::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        Kind::Alpha => &[('A', 'Z'), ('a', 'z')],
        Kind::Ascii => &[('\0', '\u{7f}')],
        Kind::Blank => &[('\t', '\t'), (' ', ' ')],
        Kind::Cntrl => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        Kind::Digit => &[('0', '9')],
        Kind::Graph => &[('!', '~')],
        Kind::Lower => &[('a', 'z')],
        Kind::Print => &[(' ', '~')],
        Kind::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        Kind::Space => &[('\t', '\r'), (' ', ' ')],
        Kind::Upper => &[('A', 'Z')],
        Kind::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        Kind::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
    }
}

#[cfg(test)]
mod tests;
