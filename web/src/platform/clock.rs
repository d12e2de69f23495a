//! The page's only clock: when somebody typed, and when something was saved. No decision is made by it.

/// Milliseconds since the Unix epoch.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place of the page that may ask")]
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// The instant, as documents and snapshots are marked with it.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, for the next 200,000 years")]
pub fn instant() -> gatewright_core::Timestamp {
    gatewright_core::Timestamp::from_millis(now() as i64)
}
