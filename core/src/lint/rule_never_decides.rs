//! A rule that another rule makes superfluous.
//!
//! # What it finds
//!
//! A rule that refuses only calls which another rule of the same list, or of the list of `all_tools`, refuses as well:
//! the same conditions, narrower ones, or any at all where the other always holds. A rule of `require_approval` is also
//! compared with `deny_if`, which comes first.
//!
//! It is not reported where it comes first and has an `on_deny` of its own: a message for a special case is a reason to
//! write it. Nor where it could refuse a call because an argument has the wrong type.
//!
//! # Why
//!
//! What it says holds already. Whoever changes it later will find that nothing changes.
//!
//! # Example
//!
//! ```json
//! { "deny_if": [
//!   { "conditions": [{ "path": "args.amount", "op": "gt", "value": 500 }] },
//!   { "conditions": [{ "path": "args.amount", "op": "gt", "value": 1000 }] }
//! ] }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "deny_if": [
//!   { "conditions": [{ "path": "args.amount", "op": "gt", "value": 500 }] }
//! ] }
//! ```

use alloc::format;
use alloc::vec::Vec;

use super::arguments::{Wish, answer_to};
use super::document::{Ask, Document, Place, RuleAt, Stage};
use super::never_holds::never;
use super::{Lint, edit, shown};
use crate::diagnostic::Code;
use crate::operator::{Answer, Test};
use crate::policy::Op;
use crate::value::Value;

/// The most rules that one rule is compared with.
const MOST_COMPARED: usize = 100;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for stage in Stage::ALL {
            for (index, rule) in place.rules_of(stage).enumerate() {
                let Some(by) = superfluous(document, place, rule) else { continue };
                let message = match stage {
                    Stage::Require | Stage::DenyIf => "every call that this rule denies is denied by another",
                    Stage::RequireApproval if by.stage == Stage::DenyIf => {
                        "every call that this rule asks about is denied before"
                    }
                    Stage::RequireApproval => "another rule asks about every call that this rule asks about",
                };
                let label = format!("remove rule {} of `{}`", index + 1, stage.as_str());
                found.push(
                    Lint::new(Code::RuleNeverDecides, &rule.spot, message)
                        .help("remove it, or narrow the other one")
                        .related(&by.spot.node.range, "the other is")
                        .fix(label, edit::remove(document, &rule.spot))
                        .shown_by(call(document, place, rule)),
                );
            }
        }
    }
}

/// The rule that refuses all that `rule` refuses.
fn superfluous<'d, 'a>(
    document: &'d Document<'a>,
    place: &'d Place<'a>,
    rule: &'d RuleAt<'a>,
) -> Option<&'d RuleAt<'a>> {
    // A rule that refuses nothing, or everything for its own reason, has a finding of its own.
    if never(rule) || (rule.stage == Stage::Require && rule.asks.is_empty()) {
        return None;
    }
    let denied = (rule.stage == Stage::RequireApproval).then_some(Stage::DenyIf);
    let stages = denied.into_iter().chain([rule.stage]);
    let mut before = true;
    for other in stages.flat_map(|stage| document.rules_met(place, stage)).take(MOST_COMPARED) {
        if core::ptr::eq(other, rule) {
            before = false;
            continue;
        }
        let silent = rule.rule.on_deny.is_none() || rule.rule.on_deny == other.rule.on_deny;
        // Of two that are alike, the second is superfluous; of a tool's and one for all tools, the tool's.
        let own = place.rules.iter().any(|own| core::ptr::eq(own, other));
        if (before || silent) && covers(other, rule) && (before || !own || !covers(rule, other)) {
            return Some(other);
        }
    }
    None
}

/// Whether every call that `rule` refuses is refused by `other`, which is asked as well.
fn covers(other: &RuleAt<'_>, rule: &RuleAt<'_>) -> bool {
    let each_follows = |from: &RuleAt<'_>, what: &RuleAt<'_>| {
        what.asks.iter().all(|what| from.asks.iter().any(|from| follows(from, what)))
    };
    if rule.stage == Stage::Require {
        // What does not hold here does not hold there.
        return !other.asks.is_empty() && !never(other) && each_follows(other, rule);
    }
    let judged = |ask: &Ask<'_>| {
        let same = |needed| {
            other.asks.iter().any(|theirs| {
                theirs.condition.path == ask.condition.path && theirs.test.needed() == Some(needed)
            })
        };
        ask.test.needed().is_none_or(same) || denies_presence(other, ask)
    };
    (other.asks.is_empty() || rule.asks.iter().all(judged)) && each_follows(rule, other)
}

/// Whether a rule only asks whether the argument of a condition is there: whatever its type, it holds.
fn denies_presence(rule: &RuleAt<'_>, ask: &Ask<'_>) -> bool {
    let asks = |other: &Ask<'_>| {
        other.condition.path == ask.condition.path && matches!(other.test, Test::Exists(true))
    };
    rule.asks.iter().all(asks)
}

/// Whether `what` holds wherever `from` does.
fn follows(from: &Ask<'_>, what: &Ask<'_>) -> bool {
    let (one, other) = (from.condition, what.condition);
    if one.path != other.path {
        return false;
    }
    if one.op == other.op && one.value == other.value {
        return true;
    }
    let yes = |value: &Value| answer_to(&what.test, value) == Some(Answer::Yes);
    match (&from.test, &what.test) {
        (Test::Exists(false), _) => false,
        (_, Test::Exists(true)) => true,
        (Test::Eq(value), _) => yes(value),
        (Test::In(items), _) => !items.is_empty() && items.iter().all(yes),
        (Test::NotIn(items), Test::NotIn(fewer)) => fewer.iter().all(|item| items.contains(item)),
        (Test::NotIn(items), Test::Neq(value)) => items.contains(value),
        (Test::Gt(a) | Test::Gte(a), Test::Gt(b)) => a.number() > b.number() || (a == b && one.op == Op::Gt),
        (Test::Gt(a) | Test::Gte(a), Test::Gte(b)) => a.number() >= b.number(),
        (Test::Lt(a) | Test::Lte(a), Test::Lt(b)) => a.number() < b.number() || (a == b && one.op == Op::Lt),
        (Test::Lt(a) | Test::Lte(a), Test::Lte(b)) => a.number() <= b.number(),
        _ => false,
    }
}

/// A call that both rules refuse.
fn call<'a>(document: &Document<'a>, place: &Place<'a>, rule: &RuleAt<'a>) -> Option<serde_json::Value> {
    let at = document.some_place(place);
    if rule.stage == Stage::Require {
        return Some(shown::call(document.some_tool(at), serde_json::Map::new()));
    }
    let wish = Wish { hold: rule.asks.iter().collect(), ..Wish::default() };
    let args = document.arguments(at, &wish)?;
    Some(shown::call(document.some_tool(at), args))
}
