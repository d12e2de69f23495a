//! The span of time over which a limit counts calls.
//!
//! Windows are aligned to the UTC calendar and half-open: a call made exactly
//! on the boundary belongs to the *next* window. Ten calls at 09:59:59.999 and
//! ten more at 10:00:00.000 therefore both fit "10 per minute".
//!
//! This module is arithmetic only. It holds no counts (see `counter`) and
//! reads no clock: every instant is an argument.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::policy::Window;
use crate::time::Timestamp;

/// How a limit's window lies in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowModel {
    /// Spans of UTC calendar time, `[start, end)`.
    #[default]
    Calendar,
    /// The last minute, hour or day of each instant, `(t − W, t]`.
    Sliding,
}

/// One window: from `start`, up to but without `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after: when the counter is fresh again.
    pub end: Timestamp,
}

impl Window {
    /// The window's length in milliseconds.
    #[must_use]
    pub const fn length(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }

    /// The window that `at` falls in.
    ///
    /// ```
    /// use gatewright_core::{Timestamp, policy::Window};
    /// let span = Window::Minute.span(Timestamp::from_millis(60_000));
    /// assert_eq!(span.start.as_millis(), 60_000);
    /// assert_eq!(span.end.as_millis(), 120_000);
    /// ```
    #[must_use]
    pub const fn span(self, at: Timestamp) -> Span {
        let at = at.as_millis();
        let start = Timestamp::from_millis(at - at.rem_euclid(self.length()));
        Span { start, end: start.end_of(self.length()) }
    }

    /// The window that starts at `start`, in words: `the minute 10:00–10:01 UTC`.
    ///
    /// Words leave out the date of a minute or an hour: its reader is in it.
    #[must_use]
    pub fn in_words(self, span: Span) -> String {
        match self {
            Self::Minute | Self::Hour => {
                format!("the {self} {}–{} UTC", span.start.time_of_day(), span.end.time_of_day())
            }
            Self::Day => format!("the day {} UTC", span.start.date()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Window::{Day, Hour, Minute};

    #[test]
    fn windows_follow_the_calendar() {
        #[rustfmt::skip]
        let cases = [
            // window  now           start        why
            (Minute,      59_999,            0,   "the last millisecond still counts"),
            (Minute,      60_000,       60_000,   "the boundary opens the next window"),
            (Minute,          -1,      -60_000,   "before 1970, windows round down"),
            (Hour,     3_599_999,            0,   "the last millisecond of the hour"),
            (Hour,     3_600_000,    3_600_000,   "the hour's boundary"),
            (Day,     86_399_999,            0,   "the last millisecond of the day"),
            (Day,     86_400_000,   86_400_000,   "midnight UTC"),
            (Day,             -1,  -86_400_000,   "the last day before 1970"),
        ];
        for (window, now, start, why) in cases {
            let span = window.span(Timestamp::from_millis(now));
            assert_eq!(span.start.as_millis(), start, "{window} {now}: {why}");
            assert_eq!(span.end.since(span.start), window.length(), "{window} {now}: {why}");
        }
    }

    #[test]
    fn the_ends_of_time_have_windows() {
        for window in [Minute, Hour, Day] {
            for at in [Timestamp::MIN, Timestamp::MAX] {
                let span = window.span(at);
                assert!(span.start <= at && at < span.end, "{window} at {at}");
                assert!(!span.end.date().is_empty(), "{window} at {at}");
            }
        }
    }
}
