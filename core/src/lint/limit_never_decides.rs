//! A limit that another limit makes superfluous.
//!
//! # What it finds
//!
//! A limit that is full only while another one is full as well, for certain:
//!
//! - the other counts at least the same over at least the same time, and its `max` is not larger;
//! - the other is per shorter window, and its `max` in each of them adds up to no more: 10 a minute are at most 600 an
//!   hour, so that 1000 an hour are never reached.
//!
//! The other must be met by the same calls: it stands in the same list, or under `all_tools` where calls are counted.
//! Its scope must be the same or a wider one, and the cost the same.
//!
//! A tool whose every call is denied by a `deny_if` rule has limits that no call reaches; they are reported too.
//!
//! # Why
//!
//! The limit promises a bound that is never felt. Often one of the two numbers is not what was meant.
//!
//! # Example
//!
//! ```json
//! { "limits": [
//!   { "counter": "per_minute", "window": "minute", "max": 10, "scope": "grant" },
//!   { "counter": "per_hour", "window": "hour", "max": 1000, "scope": "grant" }
//! ] }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "limits": [
//!   { "counter": "per_minute", "window": "minute", "max": 10, "scope": "grant" },
//!   { "counter": "per_hour", "window": "hour", "max": 100, "scope": "grant" }
//! ] }
//! ```

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;

use super::arguments::Wish;
use super::document::{Document, LimitAt, Place, Stage};
use super::{Lint, shown};
use crate::amount::Amount;
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::policy::{Limit, Scope, Window};

/// The most limits that one limit is compared with.
const MOST_COMPARED: usize = 100;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        let denied = document.rules_met(place, Stage::DenyIf).find(|rule| rule.asks.is_empty());
        for (index, limit) in place.limits.iter().enumerate() {
            if let Some(rule) = denied {
                let message = "no call gets as far as this limit: a rule denies every call".to_string();
                let lint = Lint::new(Code::LimitNeverDecides, &limit.spot, message);
                let at = document.some_place(place);
                let args = document.arguments(at, &Wish::default()).unwrap_or_default();
                let call = shown::call(document.some_tool(at), args);
                found.push(lint.related(&rule.spot.node.range, "the rule is").shown_by(call));
                continue;
            }
            let Some((other, why)) = superfluous(document, place, index, limit) else { continue };
            let message = format!(
                "`{}` never refuses a call that `{}` lets by: {why}",
                clip(&limit.limit.counter),
                clip(&other.limit.counter)
            );
            found.push(
                Lint::new(Code::LimitNeverDecides, &limit.spot, message)
                    .help("lower its `max`, raise the other's, or remove it")
                    .related(&other.spot.node.range, "the other is")
                    .shown_by(one_too_many(document, place, other)),
            );
        }
    }
}

/// One call more than fits a limit; of costs, two that are as much as fits it.
fn one_too_many<'a>(document: &Document<'a>, place: &Place<'a>, limit: &LimitAt<'a>) -> Option<Value> {
    let at = document.some_place(place);
    let tool = document.some_tool(at);
    let Some(path) = &limit.limit.increment_from else {
        let calls = calls_within(limit.limit.max).checked_add(1)?;
        return shown::burst(tool, document.any_passing(at), calls).map(|burst| shown::of([burst]));
    };
    let set = Vec::from([(path, amount(limit.limit.max)?)]);
    let args = document.passing(at, &Wish { set, ..Wish::default() })?;
    shown::burst(tool, args, 2).map(|burst| shown::of([burst]))
}

/// An amount as an argument.
pub(super) fn amount(amount: Amount) -> Option<Value> {
    serde_json::from_str(&amount.plain()).ok()
}

/// The limit that is full whenever `limit` is, and why.
fn superfluous<'d, 'a>(
    document: &'d Document<'a>,
    place: &'d Place<'a>,
    index: usize,
    limit: &'d LimitAt<'a>,
) -> Option<(&'d LimitAt<'a>, String)> {
    let cost = &limit.limit.increment_from;
    for (other_index, other) in place.limits.iter().enumerate().take(MOST_COMPARED) {
        if other_index == index || other.limit.increment_from != *cost {
            continue;
        }
        let why = covers(other.limit, limit.limit);
        // Of two that are alike, the second is superfluous.
        if why.is_some() && (other_index < index || covers(limit.limit, other.limit).is_none()) {
            return why.map(|why| (other, why));
        }
    }
    if place.tool.is_none() || cost.is_some() {
        return None;
    }
    let mut all = document.all.limits.iter().take(MOST_COMPARED);
    all.find_map(|other| Some((other, covers(other.limit, limit.limit)?)))
}

/// Why a limit has no room whenever another has none, where it is so.
fn covers(other: &Limit, limit: &Limit) -> Option<String> {
    if width(other.scope) < width(limit.scope) {
        return None;
    }
    let (theirs, ours) = (length(other.window), length(limit.window));
    if theirs >= ours {
        return (other.max <= limit.max)
            .then(|| format!("that is {} per {} already", other.max, other.window));
    }
    let most = other.max.times(ours / theirs);
    // Where calls are counted, a fraction of a call is none.
    let most_whole = Amount::from_whole(calls_within(other.max)).times(ours / theirs);
    let counted = other.increment_from.is_none() && limit.increment_from.is_none();
    let reached = if counted { most_whole } else { most };
    (reached <= limit.max)
        .then(|| format!("{} per {} are at most {reached} per {}", other.max, other.window, limit.window))
}

/// How many share a counter: the larger, the more.
const fn width(scope: Scope) -> u8 {
    match scope {
        Scope::Session => 0,
        Scope::Grant => 1,
        Scope::Global => 2,
    }
}

/// A window's length in minutes.
pub(super) const fn length(window: Window) -> u64 {
    match window {
        Window::Minute => 1,
        Window::Hour => 60,
        Window::Day => 1_440,
    }
}

/// How many calls fit a `max`.
pub(super) fn calls_within(max: Amount) -> u64 {
    max.whole()
}
