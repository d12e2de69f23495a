//! The scenarios that show findings: calls of the grant `ci`, on a Monday morning.

use alloc::string::String;

use serde_json::{Map, Value, json};

use crate::scenario::MAX_CALLS;

const DAY_MS: u64 = 86_400_000;
/// The most calls that one finding is shown by.
const MOST_CALLS: u64 = MAX_CALLS / 10;

/// One call.
pub(super) fn call(tool: &str, args: Map<String, Value>) -> Value {
    of([json!({ "block": "call", "call": kind(tool, args) })])
}

/// A block of the same call `times` times in one instant; none where that would be too many.
pub(super) fn burst(tool: &str, args: Map<String, Value>, times: u64) -> Option<Value> {
    (times <= MOST_CALLS)
        .then(|| json!({ "block": "repeat", "call": kind(tool, args), "times": times, "every_ms": 0 }))
}

/// The same call spread evenly over a day; over less where that would be too many.
pub(super) fn day(tool: &str, args: Map<String, Value>, calls: u64) -> Option<Value> {
    let every = DAY_MS.checked_div(calls)?.max(1);
    let times = (DAY_MS / every).min(MOST_CALLS);
    Some(of([json!({ "block": "repeat", "call": kind(tool, args), "times": times, "every_ms": every })]))
}

/// A block of one call.
pub(super) fn block(tool: &str, args: Map<String, Value>) -> Value {
    json!({ "block": "call", "call": kind(tool, args) })
}

/// A scenario of blocks.
pub(super) fn of(blocks: impl Into<alloc::vec::Vec<Value>>) -> Value {
    json!({ "start": "2026-01-05T10:00:00Z", "blocks": Value::Array(blocks.into()) })
}

fn kind(tool: &str, args: Map<String, Value>) -> Value {
    json!({ "tool": tool, "grant": "ci", "args": Value::Object(args) })
}
