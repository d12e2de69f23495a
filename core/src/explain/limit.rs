//! Limits in words.

use alloc::format;
use alloc::string::{String, ToString};

use super::{named, told};
use crate::amount::count;
use crate::legible::legible;
use crate::policy::{Limit, Scope, Window};
use crate::window::WindowModel;

/// A limit of a tool, or of all tools, as a sentence.
pub(super) fn limit_in_words(tool: Option<&str>, limit: &Limit, model: WindowModel) -> String {
    let Limit { window, max, .. } = limit;
    let counter = named_counter(&limit.counter);
    let shared = shared_by(limit.scope);
    let told = told(limit.on_deny.as_deref());
    if let Some(path) = &limit.increment_from {
        return format!(
            "The sum of {} is at most {max} per {window} {shared}, counted as {counter}; sums are {}; a call without a number of 0 or more there is refused{told}",
            legible(path.as_str()),
            counted_over(*window, model),
        );
    }
    let of_all = if tool.is_none() { " of all tools together" } else { "" };
    let whole = max.whole();
    if whole == 0 {
        let calls = tool.map_or("any tool".to_string(), |tool| named(tool, false));
        return format!("No call of {calls} ever fits {counter}: at most {max} per {window} {shared}{told}");
    }
    let calls = if whole == 1 { "call" } else { "calls" };
    let number = count(whole);
    let rounded = if number == max.to_string() { String::new() } else { format!(" (max is {max})") };
    format!(
        "At most {number}{rounded} {calls}{of_all} per {window} {shared}, counted as {counter}; calls count {}{told}",
        counted_over(*window, model),
    )
}

/// The span that is counted over: `per UTC calendar minute`.
fn counted_over(window: Window, model: WindowModel) -> String {
    match (model, window) {
        (WindowModel::Calendar, window) => format!("per UTC calendar {window}"),
        (WindowModel::Sliding, Window::Minute) => "over the last 60 seconds".to_string(),
        (WindowModel::Sliding, Window::Hour) => "over the last 60 minutes".to_string(),
        (WindowModel::Sliding, Window::Day) => "over the last 24 hours".to_string(),
    }
}

const fn shared_by(scope: Scope) -> &'static str {
    match scope {
        Scope::Grant => "for each grant",
        Scope::Session => "for each session of a grant",
        Scope::Global => "for all grants together",
    }
}

fn named_counter(counter: &str) -> String {
    if counter.is_empty() { "a counter without a name".to_string() } else { named(counter, false) }
}
