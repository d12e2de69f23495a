//! A `deny_if` rule that a call evades by leaving an argument out.
//!
//! # What it finds
//!
//! A rule of `deny_if` that looks at an argument which a call may leave out. It is not reported where
//!
//! - a `require` rule, the tool's own or one of `all_tools`, fails without the argument: every condition on it does but
//!   `exists false`;
//! - another `deny_if` rule denies a call without it;
//! - the rule itself has `exists true` on it, which says that it is meant so;
//! - the tool's schema requires it, or gives it a default that the rule lets by. A call against the schema is the
//!   server's to refuse.
//!
//! Under `all_tools` it is reported if any tool that may be called has a way around it.
//!
//! # Why
//!
//! On a missing argument, or one that is `null`, every operator but `exists` is false, so that `deny_if` does not fire.
//! Where a rule has several conditions, leaving out the argument of any one of them is enough.
//!
//! # Example
//!
//! ```json
//! { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 50000 }] }] }
//! ```
//!
//! # Instead
//!
//! Ask for the argument as well:
//!
//! ```json
//! {
//!   "require": [{ "conditions": [{ "path": "args.amount", "op": "exists", "value": true }] }],
//!   "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 50000 }] }]
//! }
//! ```

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::arguments::{Wish, ask_parsed};
use super::document::{Ask, Document, Place, RuleAt, Stage};
use super::schema::{Schema, Sent};
use super::{Lint, edit, names_in_words, shown};
use crate::diagnostic::Code;
use crate::operator::{Answer, Test};
use crate::path::ArgPath;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        if document.rules_met(place, Stage::DenyIf).any(|rule| rule.asks.is_empty()) {
            continue;
        }
        for rule in place.rules_of(Stage::DenyIf) {
            found.extend(evaded(document, place, rule));
        }
    }
}

fn evaded<'a>(document: &Document<'a>, place: &Place<'a>, rule: &RuleAt<'a>) -> Option<Lint> {
    let ways = |at: &Place<'a>| {
        let mut ways: Vec<&Ask<'a>> = Vec::new();
        for ask in &rule.asks {
            let path = &ask.condition.path;
            if !ways.iter().any(|way| way.condition.path == *path) && is_way(document, at, rule, path) {
                ways.push(ask);
            }
        }
        ways
    };
    // What `all_tools` asks is evaded where any tool's own rules do not ask for the argument.
    let listed: Vec<&Place<'a>> = match place.tool {
        Some(_) => Vec::from([place]),
        None => document.tools.iter().filter(|tool| tool.reachable).collect(),
    };
    let listed = listed.into_iter().filter_map(|at| Some((at, at.tool?)));
    let unlisted = document.unlisted_tool().filter(|_| place.tool.is_none()).map(|tool| (place, tool));
    let mut ways = listed.chain(unlisted).map(|(at, tool)| (at, tool, ways(at)));
    let (at, tool, ways) = ways.find(|(.., ways)| !ways.is_empty())?;
    let first = ways.first()?;
    let paths: Vec<&str> = ways.iter().map(|ask| ask.condition.path.as_str()).collect();
    let message = match paths.as_slice() {
        [path] => format!("a call that leaves out `{path}` is not denied by this rule"),
        paths => {
            format!("a call that leaves out any one of {} is not denied by this rule", names_in_words(paths))
        }
    };
    let help = match (place.tool, paths.as_slice()) {
        (None, _) => "ask for it in `require` of each tool that has it".to_string(),
        (_, [path]) => format!("ask for it: a `require` rule with `exists` `true` on `{path}`"),
        _ => "ask for them: a `require` rule with `exists` `true` on each".to_string(),
    };
    let others: Vec<&Ask<'a>> =
        rule.asks.iter().filter(|ask| ask.condition.path != first.condition.path).collect();
    let left_out = Vec::from([&first.condition.path]);
    let wish = Wish { hold: others, leave_out: left_out.clone(), ..Wish::default() };
    let args = document
        .passing(at, &wish)
        .or_else(|| document.passing(at, &Wish { leave_out: left_out, ..Wish::default() }));
    // Asked for under `all_tools`, tools without the argument would be closed.
    let fix = place.tool.map(|_| edit::exists_rule(paths.iter().copied()));
    let edits = fix.and_then(|rule| edit::add_require(document, place, &rule));
    Some(
        Lint::new(Code::DenyIfEvaded, &first.spot, message)
            .help(help)
            .fix(format!("require {}", names_in_words(&paths)), edits)
            .shown_by(args.map(|args| shown::call(tool, args))),
    )
}

/// Whether leaving an argument out is a way around a rule, for the calls of a tool.
fn is_way<'a>(document: &Document<'a>, at: &Place<'a>, rule: &RuleAt<'a>, path: &'a ArgPath) -> bool {
    let on_path = || rule.asks.iter().filter(|ask| ask.condition.path == *path);
    if on_path().any(|ask| matches!(ask.test, Test::Exists(_))) {
        return false;
    }
    let required = document.rules_met(at, Stage::Require).flat_map(|rule| &rule.asks);
    let mut required = required.filter(|ask| !matches!(ask.test, Test::Exists(false)));
    if required.any(|ask| leads_through(&ask.condition.path, path)) {
        return false;
    }
    let mut denied = document.rules_met(at, Stage::DenyIf).filter_map(|rule| match rule.asks.as_slice() {
        [only] if matches!(only.test, Test::Exists(false)) => Some(&only.condition.path),
        _ => None,
    });
    if denied.any(|denied| leads_through(denied, path)) {
        return false;
    }
    at.schema().is_none_or(|schema| may_leave_out(&schema, path, &on_path().collect::<Vec<_>>()))
}

/// Whether an argument at `longer` cannot be there without one at `path`.
fn leads_through(longer: &ArgPath, path: &ArgPath) -> bool {
    let mut keys = longer.keys();
    path.keys().all(|key| keys.next() == Some(key))
}

/// Whether a call within the schema gains by leaving the argument out.
fn may_leave_out<'a>(schema: &Schema<'a>, path: &'a ArgPath, asks: &[&Ask<'a>]) -> bool {
    if schema.requires(path) {
        return false;
    }
    match schema.at(path) {
        Sent::Never { .. } => false,
        Sent::Anything => true,
        Sent::Shapes(shapes) => Schema::default(&shapes)
            .is_none_or(|default| asks.iter().all(|ask| ask_parsed(&ask.test, Some(default)) != Answer::No)),
    }
}
