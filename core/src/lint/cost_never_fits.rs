//! A limit that no single call fits.
//!
//! # What it finds
//!
//! A `max` above 0 and below the cost of the cheapest call: below 1 where calls are counted, or below the least that the
//! tool's schema takes as the argument that `increment_from` names.
//!
//! # Why
//!
//! A call passes while what is used and its own cost are at most `max`. If its cost alone is more, it is denied in every
//! window, however long the agent waits.
//!
//! # Example
//!
//! ```json
//! { "counter": "runs", "window": "day", "max": 0.5, "scope": "grant" }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "counter": "runs", "window": "day", "max": 1, "scope": "grant" }
//! ```

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use serde_json::Value;

use super::arguments::Wish;
use super::document::{Document, LimitAt, Place};
use super::schema::Sent;
use super::{Lint, shown};
use crate::amount::Amount;
use crate::diagnostic::Code;
use crate::path::ArgPath;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for limit in place.limits.iter().filter(|limit| limit.limit.max > Amount::ZERO) {
            found.extend(never_fits(document, place, limit));
        }
    }
}

fn never_fits<'a>(document: &Document<'a>, place: &Place<'a>, limit: &LimitAt<'a>) -> Option<Lint> {
    let max = limit.limit.max;
    let path = limit.limit.increment_from.as_ref();
    let (cost, sent) = match path {
        None => (Amount::ONE, None),
        Some(path) => least_cost(place, path).map(|(cost, sent)| (cost, Some((path, sent))))?,
    };
    if cost <= max {
        return None;
    }
    let each = match path {
        None => "each call costs 1".to_string(),
        Some(path) => format!("`{path}` is at least {cost}"),
    };
    let at = document.some_place(place);
    let wish = Wish { set: sent.into_iter().collect(), ..Wish::default() };
    let args = document.passing(at, &wish);
    Some(
        Lint::new(
            Code::CostNeverFits,
            &limit.spot.key("max"),
            format!("{each} and `max` is {max}: every call is denied"),
        )
        .help(format!("a `max` of {cost} lets one call through in each {}", limit.limit.window))
        .shown_by(args.map(|args| shown::call(document.some_tool(at), args))),
    )
}

/// The least that a call can cost within the tool's schema.
fn least_cost<'a>(place: &Place<'a>, path: &'a ArgPath) -> Option<(Amount, Value)> {
    let schema = place.schema()?;
    let Sent::Shapes(shapes) = schema.at(path) else { return None };
    if let Some(values) = schema.values(&shapes) {
        let costs =
            values.into_iter().filter_map(|value| Some((Amount::parse(&value.to_string()).ok()?, value)));
        return costs.min_by_key(|(cost, _)| *cost);
    }
    let (least, _) = schema.range(&shapes)?.least?;
    let value = serde_json::from_str(least.as_str()).ok()?;
    Some((Amount::from_number(least.number()).ok()?, value))
}
