//! What is wrong with a document: where, what, and how to repair it, as data.
//!
//! A message is one sentence about what was found, what the user wrote in
//! backticks; help says what to do instead and is kept apart. A fix is a set of
//! text edits that a person can apply with one click.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::pointer::Pointer;

/// One finding about a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// What kind of finding, for machines. Codes never change once released. In JSON its severity goes with it.
    #[serde(flatten, serialize_with = "with_severity")]
    pub code: Code,
    /// Where in the document's structure.
    pub pointer: Pointer,
    /// Where in the text.
    pub location: Location,
    /// What was found.
    pub message: String,
    /// What is accepted, or what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The other places that belong to it, such as the first of two equal keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// A repair, where there is one that needs no guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A stretch of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The first byte, from 0.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// The column of the first byte, in characters (Unicode scalar values), from 1.
    pub column: usize,
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Where in the text.
    pub location: Location,
    /// What is there.
    pub message: String,
}

/// A repair made of text edits that do not overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does, as a command: "write `limits`".
    pub label: String,
    /// The edits, in the order of the text.
    pub edits: Vec<Edit>,
}

/// The replacement of a stretch of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The first byte replaced.
    pub start: usize,
    /// The byte after the last one replaced.
    pub end: usize,
    /// What stands there afterwards.
    pub text: String,
}

/// A text after some edits; none where they overlap, are out of order or do not fit it.
///
/// ```
/// use gatewright_core::diagnostic::{Edit, apply};
/// let edit = |start, end, text: &str| Edit { start, end, text: text.to_string() };
/// assert_eq!(apply("a é b", &[edit(0, 1, "xx"), edit(5, 6, "y")]).as_deref(), Some("xx é y"));
/// assert_eq!(apply("a é b", &[edit(3, 4, "")]), None, "inside a character");
/// ```
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edited = String::new();
    let mut copied = 0;
    for edit in edits {
        edited.push_str(text.get(copied..edit.start)?);
        text.get(edit.start..edit.end)?;
        edited.push_str(&edit.text);
        copied = edit.end;
    }
    edited.push_str(text.get(copied..)?);
    Some(edited)
}

/// The kinds of findings: first errors, which stop compilation, then lints, which do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The text is not JSON.
    Syntax,
    /// The text, or a name in it, is longer than [`Bounds`](crate::bounds::Bounds) allows.
    TooLarge,
    /// Lists and objects are nested deeper than [`Bounds::depth`](crate::bounds::Bounds::depth).
    TooDeep,
    /// An object has the same key twice.
    DuplicateKey,
    /// A field that the language does not have.
    UnknownField,
    /// A field that must be there is not.
    MissingField,
    /// A value of another type than the field takes.
    WrongType,
    /// A word that the field does not take.
    UnknownValue,
    /// A policy version other than "1".
    UnsupportedVersion,
    /// A number below, above or finer than what can be counted exactly.
    OutOfRange,
    /// The same counter twice in one list of limits.
    DuplicateCounter,
    /// `increment_from` where calls of different tools are counted together.
    IncrementFromAllTools,
    /// The path of an argument that is none.
    InvalidPath,
    /// A pattern that does not compile.
    InvalidPattern,
    /// More rules, conditions or items than [`Bounds`](crate::bounds::Bounds) allows.
    TooMany,
    /// More findings than are told: [`Bounds::findings`](crate::bounds::Bounds::findings).
    TooManyErrors,
    /// `hide` has `*`: every call is denied.
    HidesEverything,
    /// There is nothing but `hide` under default deny: every call is denied.
    HideOnly,
    /// Under default allow, tools that are not listed may destroy something.
    DefaultAllow,
    /// A name that is not among the server's tools.
    UnknownTool,
    /// A name written as if it were a pattern.
    WildcardInName,
    /// The same name twice in `hide`.
    HiddenTwice,
    /// A tool that is listed and hidden.
    HiddenAndListed,
    /// A `require` rule that asks nothing.
    RequireWithoutConditions,
    /// A `deny_if` rule that asks nothing.
    DeniesEveryCall,
    /// A `deny_if` rule that a call evades by leaving an argument out.
    DenyIfEvaded,
    /// A condition, or several of one rule, that hold for no call.
    NeverHolds,
    /// A condition that holds for every value.
    MatchesEverything,
    /// A pattern of a `require` rule that is found inside other texts.
    UnanchoredPattern,
    /// An argument that the tool's schema does not have.
    ArgumentNotInSchema,
    /// A condition on a type that the tool's schema never sends.
    TypeNeverSent,
    /// A value that the tool's schema never sends.
    ValueNeverSent,
    /// A condition that the tool's schema has decided already.
    SchemaDecides,
    /// A rule that another rule of the list makes superfluous.
    RuleNeverDecides,
    /// A limit that another limit makes superfluous.
    LimitNeverDecides,
    /// A limit per minute or hour, and none per day, on a tool that writes or runs something.
    NoDayLimit,
    /// The same counter name in two lists, which makes two counters.
    SameCounterName,
    /// A limit that nothing fits.
    MaxZero,
    /// A limit that no single call fits.
    CostNeverFits,
    /// A cost that a call may leave out.
    MissingCost,
    /// A part that PolicyLayer does not read.
    NotPortable,
}

/// Whether a finding stops compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does: the policy decides nothing before it is repaired.
    Error,
    /// It does not: the policy decides, and perhaps not what was meant.
    Lint,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 41] = [
        Self::Syntax,
        Self::TooLarge,
        Self::TooDeep,
        Self::DuplicateKey,
        Self::UnknownField,
        Self::MissingField,
        Self::WrongType,
        Self::UnknownValue,
        Self::UnsupportedVersion,
        Self::OutOfRange,
        Self::DuplicateCounter,
        Self::IncrementFromAllTools,
        Self::InvalidPath,
        Self::InvalidPattern,
        Self::TooMany,
        Self::TooManyErrors,
        Self::HidesEverything,
        Self::HideOnly,
        Self::DefaultAllow,
        Self::UnknownTool,
        Self::WildcardInName,
        Self::HiddenTwice,
        Self::HiddenAndListed,
        Self::RequireWithoutConditions,
        Self::DeniesEveryCall,
        Self::DenyIfEvaded,
        Self::NeverHolds,
        Self::MatchesEverything,
        Self::UnanchoredPattern,
        Self::ArgumentNotInSchema,
        Self::TypeNeverSent,
        Self::ValueNeverSent,
        Self::SchemaDecides,
        Self::RuleNeverDecides,
        Self::LimitNeverDecides,
        Self::NoDayLimit,
        Self::SameCounterName,
        Self::MaxZero,
        Self::CostNeverFits,
        Self::MissingCost,
        Self::NotPortable,
    ];

    /// Whether it stops compilation.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self < Self::HidesEverything { Severity::Error } else { Severity::Lint }
    }

    /// The code as it is written: `duplicate-key`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::DuplicateKey => "duplicate-key",
            Self::UnknownField => "unknown-field",
            Self::MissingField => "missing-field",
            Self::WrongType => "wrong-type",
            Self::UnknownValue => "unknown-value",
            Self::UnsupportedVersion => "unsupported-version",
            Self::OutOfRange => "out-of-range",
            Self::DuplicateCounter => "duplicate-counter",
            Self::IncrementFromAllTools => "increment-from-all-tools",
            Self::InvalidPath => "invalid-path",
            Self::InvalidPattern => "invalid-pattern",
            Self::TooMany => "too-many",
            Self::TooManyErrors => "too-many-errors",
            Self::HidesEverything => "hides-everything",
            Self::HideOnly => "hide-only",
            Self::DefaultAllow => "default-allow",
            Self::UnknownTool => "unknown-tool",
            Self::WildcardInName => "wildcard-in-name",
            Self::HiddenTwice => "hidden-twice",
            Self::HiddenAndListed => "hidden-and-listed",
            Self::RequireWithoutConditions => "require-without-conditions",
            Self::DeniesEveryCall => "denies-every-call",
            Self::DenyIfEvaded => "deny-if-evaded",
            Self::NeverHolds => "never-holds",
            Self::MatchesEverything => "matches-everything",
            Self::UnanchoredPattern => "unanchored-pattern",
            Self::ArgumentNotInSchema => "argument-not-in-schema",
            Self::TypeNeverSent => "type-never-sent",
            Self::ValueNeverSent => "value-never-sent",
            Self::SchemaDecides => "schema-decides",
            Self::RuleNeverDecides => "rule-never-decides",
            Self::LimitNeverDecides => "limit-never-decides",
            Self::NoDayLimit => "no-day-limit",
            Self::SameCounterName => "same-counter-name",
            Self::MaxZero => "max-zero",
            Self::CostNeverFits => "cost-never-fits",
            Self::MissingCost => "missing-cost",
            Self::NotPortable => "not-portable",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn with_severity<S: Serializer>(code: &Code, out: S) -> Result<S::Ok, S::Error> {
    let mut fields = out.serialize_struct("Code", 2)?;
    fields.serialize_field("severity", &code.severity())?;
    fields.serialize_field("code", code)?;
    fields.end()
}

/// Place, message, related places; on a second line the help.
impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, column {}", self.location.line, self.location.column)?;
        if !self.pointer.as_str().is_empty() {
            write!(out, ", {}", self.pointer)?;
        }
        write!(out, ": {}", self.message)?;
        for related in &self.related {
            write!(out, "; {} on line {}", related.message, related.location.line)?;
        }
        match &self.help {
            Some(help) => write!(out, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// The word among `known` that `written` most likely meant, if one is near.
#[must_use]
pub fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    if written.len() > 64 {
        return None;
    }
    let lowered = written.to_ascii_lowercase();
    let allowed = 1 + lowered.chars().count() / 4;
    known
        .iter()
        .map(|word| (edit_distance(&lowered, &word.to_ascii_lowercase()), *word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Levenshtein's distance: inserted, removed and changed characters.
fn edit_distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (done, from_character) in from.chars().enumerate() {
        let mut left = done + 1;
        let mut diagonal = core::mem::replace(row.first_mut().unwrap_or(&mut 0), left);
        for (cell, to_character) in row.iter_mut().skip(1).zip(to.chars()) {
            let changed = diagonal + usize::from(from_character != to_character);
            diagonal = *cell;
            left = changed.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn edits_are_made_only_where_they_fit() {
        let edit = |start, end, text: &str| Edit { start, end, text: text.to_string() };
        #[rustfmt::skip]
        let cases = [
            (Vec::new(),                                   Some("aéb"),   "no edits"),
            (Vec::from([edit(0, 0, "x"), edit(4, 4, "y")]), Some("xaéby"), "both ends"),
            (Vec::from([edit(0, 1, ""), edit(1, 3, "e")]), Some("eb"),    "edits may touch"),
            (Vec::from([edit(0, 2, "")]),                  None,          "the end is inside a character"),
            (Vec::from([edit(2, 3, "")]),                  None,          "the start is inside a character"),
            (Vec::from([edit(0, 5, "")]),                  None,          "beyond the text"),
            (Vec::from([edit(1, 0, "")]),                  None,          "ends before it begins"),
            (Vec::from([edit(0, 3, ""), edit(1, 4, "")]),  None,          "overlapping"),
            (Vec::from([edit(3, 4, ""), edit(0, 1, "")]),  None,          "out of order"),
        ];
        for (edits, expected, why) in cases {
            assert_eq!(apply("aéb", &edits).as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn a_finding_is_written_with_its_severity() {
        let location = Location { start: 0, end: 1, line: 1, column: 1 };
        for (code, severity) in [(Code::Syntax, "error"), (Code::MaxZero, "lint")] {
            let (pointer, message) = (Pointer::root(), String::new());
            let found =
                Diagnostic { code, pointer, location, message, help: None, related: Vec::new(), fix: None };
            let json = serde_json::to_value(&found).unwrap();
            assert_eq!(
                json,
                serde_json::json!({
                    "severity": severity, "code": code.as_str(), "pointer": "", "message": "",
                    "location": {"start": 0, "end": 1, "line": 1, "column": 1},
                })
            );
        }
    }

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let fields = ["limits", "require", "deny_if", "require_approval"];
        #[rustfmt::skip]
        let cases = [
            ("limit",   Some("limits"),  "one letter missing"),
            ("Limits",  Some("limits"),  "case is spelling"),
            ("denyif",  Some("deny_if"), "an underscore"),
            ("requires", Some("require"), "a plural"),
            ("rate_limit", None,         "another word"),
            ("",        None,            "nothing"),
        ];
        for (written, expected, why) in cases {
            assert_eq!(nearest(written, &fields), expected, "{written}: {why}");
        }
    }
}
