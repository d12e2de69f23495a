//! The same counter name in two places.
//!
//! # What it finds
//!
//! A counter whose name stands in the limits of another tool, or of `all_tools`, as well.
//!
//! # Why
//!
//! A counter belongs to its place. Two tools with a counter of one name have two counters, so that 10 calls of the one
//! and 10 of the other pass where 10 in all may be meant. In a log, the two rules differ by their tool only.
//!
//! # Example
//!
//! ```json
//! { "tools": {
//!   "create_file": { "limits": [{ "counter": "writes", "window": "minute", "max": 10, "scope": "grant" }] },
//!   "write_file": { "limits": [{ "counter": "writes", "window": "minute", "max": 10, "scope": "grant" }] }
//! } }
//! ```
//!
//! # Instead
//!
//! Give each a name of its own. What is shared by every tool is counted under `all_tools`.
//!
//! ```json
//! { "tools": {
//!   "create_file": { "limits": [{ "counter": "creations", "window": "minute", "max": 10, "scope": "grant" }] },
//!   "write_file": { "limits": [{ "counter": "writes", "window": "minute", "max": 10, "scope": "grant" }] }
//! } }
//! ```

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::document::{Document, LimitAt, Place};
use super::limit_never_decides::calls_within;
use super::{Lint, shown};
use crate::diagnostic::Code;
use crate::legible::clip;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    // In the order of the text, `all_tools` may stand before or after the tools.
    let mut all: Vec<(&Place<'_>, &LimitAt<'_>)> =
        document.places().flat_map(|place| place.limits.iter().map(move |limit| (place, limit))).collect();
    all.sort_by_key(|(_, limit)| limit.spot.node.range.start);
    let mut first: HashMap<&str, (&Place<'_>, &LimitAt<'_>)> = HashMap::new();
    for (place, limit) in all {
        let counter = limit.limit.counter.as_str();
        match first.get(counter) {
            None => {
                first.insert(counter, (place, limit));
            }
            Some(earlier) => found.push(told(document, *earlier, (place, limit))),
        }
    }
}

fn told<'a>(
    document: &Document<'a>,
    (first_place, first): (&Place<'a>, &LimitAt<'a>),
    (place, limit): (&Place<'a>, &LimitAt<'a>),
) -> Lint {
    let counter = clip(&limit.limit.counter);
    let whose = |place: &Place<'_>| -> String {
        place.tool.map_or_else(|| "`all_tools`".to_string(), |tool| format!("`{}`", clip(tool)))
    };
    let windows = match (first.limit.window, limit.limit.window) {
        (one, other) if one == other => String::new(),
        (one, other) => format!(", and counts per {other} where that counts per {one}"),
    };
    let message = format!(
        "`{counter}` of {} is another counter than `{counter}` of {}{windows}",
        whose(place),
        whose(first_place)
    );
    let calls_only = first.limit.increment_from.is_none() && limit.limit.increment_from.is_none();
    let shows = calls_only && first_place.reachable && place.reachable;
    let scenario = first_place.tool.zip(place.tool).filter(|_| shows).and_then(|(one, other)| {
        let first = shown::burst(one, document.any_passing(first_place), calls_within(first.limit.max))?;
        Some(shown::of([first, shown::block(other, document.any_passing(place))]))
    });
    Lint::new(Code::SameCounterName, &limit.spot.key("counter"), message)
        .help("give each counter a name of its own; a limit over all tools together stands under `all_tools`")
        .related(&first.spot.key("counter").node.range, "the first is")
        .shown_by(scenario)
}
