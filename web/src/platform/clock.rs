//! The page's only clock. It tells when a document was saved; no decision of the evaluator ever depends on it.

use gatewright_core::Timestamp;

/// Now.
#[expect(clippy::disallowed_methods, reason = "the one place of the page that reads the clock")]
pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, for the next 200,000 years")]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}
