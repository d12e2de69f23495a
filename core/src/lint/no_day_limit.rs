//! A limit per minute or hour on a tool that writes or runs something, and none per day.
//!
//! # What it finds
//!
//! A tool that writes or runs something, whose calls are limited per minute or per hour and not per day, neither by its
//! own limits nor by those of `all_tools`. Whether it writes is taken from its name; with the server's tools, also from
//! its own word. A tool that says it only reads is not believed against its name.
//!
//! # Why
//!
//! A limit per minute stops a burst, not a loop: 10 calls a minute are 14,400 a day.
//!
//! # Example
//!
//! ```json
//! { "limits": [{ "counter": "runs", "window": "minute", "max": 10, "scope": "grant" }] }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "limits": [
//!   { "counter": "runs", "window": "minute", "max": 10, "scope": "grant" },
//!   { "counter": "runs_a_day", "window": "day", "max": 200, "scope": "grant" }
//! ] }
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::arguments::Wish;
use super::document::{Document, LimitAt, Place};
use super::limit_never_decides::{amount, calls_within, length};
use super::{Lint, names_in_words, shown};
use crate::amount::Amount;
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::policy::Window;
use crate::risk::writes;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    let all = &document.all;
    if all.limits.iter().any(is_daily) {
        return;
    }
    // Tools that only the limits of `all_tools` hold.
    let mut held_by_all = Vec::new();
    for place in document.tools.iter().filter(|place| place.reachable) {
        let Some(tool) = place.tool else { continue };
        let own = tightest(&place.limits);
        // What the tool does is asked last: a definition may be long.
        if place.limits.iter().any(is_daily)
            || (own.is_none() && all.limits.is_empty())
            || !writes(tool, place.definition)
        {
            continue;
        }
        match own {
            None => held_by_all.push((tool, place)),
            Some(own) => {
                let both = tightest(place.limits.iter().chain(&all.limits)).unwrap_or(own);
                found.extend(told(document, place, own, both, &format!("`{}`", clip(tool))));
            }
        }
    }
    if let (Some(limit), Some((_, place))) = (tightest(&all.limits), held_by_all.first()) {
        let names: Vec<&str> = held_by_all.iter().map(|(tool, _)| *tool).collect();
        found.extend(told(document, place, limit, limit, &names_in_words(&names)));
    }
}

fn told<'a>(
    document: &Document<'a>,
    place: &Place<'a>,
    at: &LimitAt<'a>,
    tightest: &LimitAt<'a>,
    tools: &str,
) -> Option<Lint> {
    let most = a_day(tightest);
    if most == Amount::ZERO {
        return None;
    }
    let what: String = match &tightest.limit.increment_from {
        None => format!("{most} calls of {tools}"),
        Some(path) => format!("`{path}` of {tools} to add up to {most}"),
    };
    let scope = tightest.limit.scope.as_str();
    let per = if scope == "global" { String::new() } else { format!(" for each {scope}") };
    let message = format!("without a limit per day, this lets through {what} a day{per}");
    let windows = length(Window::Day) / length(tightest.limit.window);
    // Of costs, one call in each window that is as much as fits it.
    let (calls, set) = match &tightest.limit.increment_from {
        None => (calls_within(tightest.limit.max).saturating_mul(windows), Vec::new()),
        Some(path) => (windows, Vec::from([(path, amount(tightest.limit.max)?)])),
    };
    let args = document.passing(place, &Wish { set, ..Wish::default() }).unwrap_or_default();
    let day = shown::day(place.tool?, args, calls);
    Some(
        Lint::new(Code::NoDayLimit, &at.spot, message)
            .help("add a limit with `\"window\": \"day\"`")
            .shown_by(day),
    )
}

/// The limit that lets the fewest calls through in a day; of costs, where calls are not counted.
fn tightest<'l, 'a: 'l>(limits: impl IntoIterator<Item = &'l LimitAt<'a>>) -> Option<&'l LimitAt<'a>> {
    limits.into_iter().min_by_key(|limit| (limit.limit.increment_from.is_some(), a_day(limit)))
}

/// The most that a limit lets through in a day.
fn a_day(limit: &LimitAt<'_>) -> Amount {
    let most = match limit.limit.increment_from {
        None => Amount::from_whole(calls_within(limit.limit.max)),
        Some(_) => limit.limit.max,
    };
    most.times(length(Window::Day) / length(limit.limit.window))
}

fn is_daily(limit: &LimitAt<'_>) -> bool {
    limit.limit.window == Window::Day
}
