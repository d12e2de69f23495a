//! What a policy does that its author likely did not mean.
//!
//! A lint never stops compilation: the policy decides as it is written. Each says what happens to calls, and, wherever
//! a call can show it, which one: as a scenario that [`simulate`](crate::simulate()) takes.
//!
//! A document with errors has no lints. What was understood of it is not what it says: a rule that could not be read
//! is left out, and its neighbours then look as if they stood alone.
//!
//! Each lint is a module of its own, whose page says what it finds, why, and what to write instead. A server's tools
//! make more lints possible; their annotations are hints, and no lint trusts one that says a tool is harmless where its
//! name says otherwise.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use serde::Serialize;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Location, Related};
use crate::parse::Parsed;
use crate::source::Source;
use crate::tool::ToolDefinition;
use document::{Document, Spot};
pub(crate) use passing::Passing;

mod arguments;
mod document;
mod edit;
mod passing;
pub(crate) mod sample;
mod schema;
mod shown;

pub mod argument_not_in_schema;
pub mod cost_never_fits;
pub mod default_allow;
pub mod denies_every_call;
pub mod deny_if_evaded;
pub mod hidden_and_listed;
pub mod hidden_twice;
pub mod hide_only;
pub mod hides_everything;
pub mod limit_never_decides;
pub mod matches_everything;
pub mod max_zero;
pub mod missing_cost;
pub mod never_holds;
pub mod no_day_limit;
pub mod not_portable;
pub mod require_without_conditions;
pub mod rule_never_decides;
pub mod same_counter_name;
pub mod schema_decides;
pub mod type_never_sent;
pub mod unanchored_pattern;
pub mod unknown_tool;
pub mod value_never_sent;
pub mod wildcard_in_name;

/// One finding of a lint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lint {
    /// What was found, and where.
    #[serde(flatten)]
    pub diagnostic: Diagnostic,
    /// A scenario of the calls that show it, where calls can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Value>,
}

type Check = fn(&Document<'_>, &mut Vec<Lint>);

/// Every lint.
const ALL: &[(Code, Check)] = &[
    (Code::HidesEverything, hides_everything::check),
    (Code::HideOnly, hide_only::check),
    (Code::DefaultAllow, default_allow::check),
    (Code::UnknownTool, unknown_tool::check),
    (Code::WildcardInName, wildcard_in_name::check),
    (Code::HiddenTwice, hidden_twice::check),
    (Code::HiddenAndListed, hidden_and_listed::check),
    (Code::RequireWithoutConditions, require_without_conditions::check),
    (Code::DeniesEveryCall, denies_every_call::check),
    (Code::DenyIfEvaded, deny_if_evaded::check),
    (Code::NeverHolds, never_holds::check),
    (Code::MatchesEverything, matches_everything::check),
    (Code::UnanchoredPattern, unanchored_pattern::check),
    (Code::ArgumentNotInSchema, argument_not_in_schema::check),
    (Code::TypeNeverSent, type_never_sent::check),
    (Code::ValueNeverSent, value_never_sent::check),
    (Code::SchemaDecides, schema_decides::check),
    (Code::RuleNeverDecides, rule_never_decides::check),
    (Code::LimitNeverDecides, limit_never_decides::check),
    (Code::NoDayLimit, no_day_limit::check),
    (Code::SameCounterName, same_counter_name::check),
    (Code::MaxZero, max_zero::check),
    (Code::CostNeverFits, cost_never_fits::check),
    (Code::MissingCost, missing_cost::check),
    (Code::NotPortable, not_portable::check),
];

/// Looks for what a policy does that its author likely did not mean, in the order of the text.
///
/// With the server's tools, more is found: names and arguments that the server does not have.
///
/// ```
/// use gatewright_core::{lint, parse};
/// let policy = parse(r#"{"version": "1", "default": "allow", "hide": ["*"]}"#);
/// let found = lint(&policy, None);
/// assert_eq!(found[0].diagnostic.message, "`*` hides every tool: every call is denied");
/// assert_eq!(found[0].diagnostic.pointer.as_str(), "/hide/0");
/// ```
#[must_use]
pub fn lint(parsed: &Parsed, tools: Option<&[ToolDefinition]>) -> Vec<Lint> {
    let mut found = Vec::new();
    if !parsed.diagnostics.is_empty() {
        return found;
    }
    let document = Document::new(parsed, tools);
    for (_, check) in ALL {
        check(&document, &mut found);
    }
    found.sort_by_key(|lint| (lint.diagnostic.location.start, lint.diagnostic.code));
    locate(&parsed.source, &mut found);
    found
}

/// Finds lines and columns in one walk over the text. One search for each would take the length of its line.
fn locate(source: &Source, found: &mut [Lint]) {
    let mut places: Vec<&mut Location> = Vec::new();
    for Lint { diagnostic, .. } in found {
        places.push(&mut diagnostic.location);
        places.extend(diagnostic.related.iter_mut().map(|related| &mut related.location));
    }
    places.sort_by_key(|place| place.start);
    let mut before: Option<Location> = None;
    for place in places {
        let since = before.and_then(|before| Some((before, source.text().get(before.start..place.start)?)));
        *place = match since.filter(|(_, text)| !text.contains('\n')) {
            Some((before, text)) => {
                Location { line: before.line, column: before.column + text.chars().count(), ..*place }
            }
            None => source.location(&(place.start..place.end)),
        };
        before = Some(*place);
    }
}

/// A stretch of the text whose line and column are found later.
const fn unlocated(range: &Range<usize>) -> Location {
    Location { start: range.start, end: range.end, line: 0, column: 0 }
}

impl Lint {
    /// A finding about what stands at a place.
    fn new(code: Code, spot: &Spot<'_>, message: impl Into<String>) -> Self {
        Self::within(code, spot, &spot.node.range, message)
    }

    /// A finding about a field or a tool as such, which its key stands for.
    fn at_key(code: Code, spot: &Spot<'_>, message: impl Into<String>) -> Self {
        Self::within(code, spot, spot.key_range(), message)
    }

    fn within(code: Code, spot: &Spot<'_>, range: &Range<usize>, message: impl Into<String>) -> Self {
        let diagnostic = Diagnostic {
            code,
            pointer: spot.pointer.clone(),
            location: unlocated(range),
            message: message.into(),
            help: None,
            related: Vec::new(),
            fix: None,
        };
        Self { diagnostic, scenario: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// Another place that belongs to it.
    fn related(mut self, range: &Range<usize>, message: impl Into<String>) -> Self {
        self.diagnostic.related.push(Related { location: unlocated(range), message: message.into() });
        self
    }

    /// A repair that needs no guess, where there is one.
    fn fix(mut self, label: impl Into<String>, edits: Option<Vec<Edit>>) -> Self {
        self.diagnostic.fix = edits.map(|edits| Fix { label: label.into(), edits });
        self
    }

    fn shown_by(mut self, scenario: impl Into<Option<Value>>) -> Self {
        self.scenario = scenario.into();
        self
    }
}

/// The first few names, quoted, and how many more there are.
pub(crate) fn names_in_words(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let quoted: Vec<String> =
        names.iter().take(SHOWN).map(|name| format!("`{}`", crate::legible::clip(name))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => match quoted.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => quoted.concat(),
        },
        more => format!("{} and {} more", quoted.join(", "), crate::amount::count(more)),
    }
}

#[cfg(test)]
mod tests;
