//! The page's only clock: when somebody typed, and when something was saved. No decision is made by it.

/// Milliseconds since the Unix epoch.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place of the page that may ask")]
pub fn now() -> f64 {
    js_sys::Date::now()
}
