//! Instants: whole milliseconds since the Unix epoch, UTC.
//!
//! This module reads no clock: every instant is somebody's argument. The calendar
//! is in `civil`, which knows just what instants need: a library of dates and zones
//! would be a tenth of what the page and the npm package load.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

mod civil;

use civil::Date;

/// An instant: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The range is that of RFC 3339, less the last days of the year 9999, so that
/// the end of each window is an instant too. Beyond it, an instant is the nearest that fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0000-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_167_219_200_000);
    /// 9999-12-28T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_041_599_999);

    /// The instant `ms` milliseconds after the epoch (before it, where negative).
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        if ms < Self::MIN.0 {
            Self::MIN
        } else if ms > Self::MAX.0 {
            Self::MAX
        } else {
            Self(ms)
        }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant `ms` milliseconds later (earlier, where negative).
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self::from_millis(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Reads an RFC 3339 instant, such as `2026-01-05T10:00:00.833Z` or `2026-01-05T11:00:00+01:00`.
    ///
    /// Below a millisecond it rounds down. An instant without an offset is refused: it names no moment.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let millis = civil::parse(text.trim())?;
        let fits = Self::from_millis(millis);
        (fits.0 == millis).then_some(fits)
    }

    /// The last instant of the span that starts here and lasts `length` milliseconds, plus one.
    pub(crate) const fn end_of(self, length: i64) -> Self {
        Self(self.0 + length)
    }

    /// The date, `2026-01-05`.
    #[must_use]
    pub fn date(self) -> String {
        Date::of(self.0).to_string()
    }

    /// The time of day, `10:00` where it is a whole minute, `10:00:05` where a whole second, else `10:00:00.833`.
    #[must_use]
    pub fn time_of_day(self) -> String {
        match civil::time_of_day(self.0) {
            (hour, minute, 0, 0) => format!("{hour:02}:{minute:02}"),
            (hour, minute, second, 0) => format!("{hour:02}:{minute:02}:{second:02}"),
            _ => self.precise_time_of_day(),
        }
    }

    /// The time of day to the millisecond, always of one width: `10:00:00.833`.
    #[must_use]
    pub fn precise_time_of_day(self) -> String {
        let (hour, minute, second, ms) = civil::time_of_day(self.0);
        format!("{hour:02}:{minute:02}:{second:02}.{ms:03}")
    }
}

/// RFC 3339 with milliseconds: `2026-01-05T10:00:00.833Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}T{}Z", self.date(), self.precise_time_of_day())
    }
}

/// A JSON number: milliseconds since the epoch.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i64(self.0)
    }
}

/// From whole milliseconds since the epoch, or from RFC 3339 text. What is out of range is refused: it is
/// likely in another unit.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Instant;
        impl Visitor<'_> for Instant {
            type Value = Timestamp;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("milliseconds since 1970, or a time such as `2026-01-05T10:00:00.000Z`")
            }

            fn visit_i64<E: de::Error>(self, ms: i64) -> Result<Timestamp, E> {
                let fits = Timestamp::from_millis(ms);
                let refused = || E::invalid_value(de::Unexpected::Signed(ms), &self);
                if fits.0 == ms { Ok(fits) } else { Err(refused()) }
            }

            fn visit_u64<E: de::Error>(self, ms: u64) -> Result<Timestamp, E> {
                self.visit_i64(i64::try_from(ms).unwrap_or(i64::MAX))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        from.deserialize_any(Instant)
    }
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of time in words, to two units: `40 ms`, `59.2 s`, `5 min 3 s`, `7 h 20 min`, `2 d 3 h`.
///
/// Under a minute it is rounded to a tenth of a second, above it down to the smaller unit.
///
/// ```
/// use gatewright_core::time::duration_in_words;
/// assert_eq!(duration_in_words(59_167), "59.2 s");
/// assert_eq!(duration_in_words(303_000), "5 min 3 s");
/// ```
#[must_use]
pub fn duration_in_words(ms: i64) -> String {
    let ms = ms.max(0);
    if ms < 50 {
        return format!("{ms} ms");
    }
    if ms < MINUTE - 50 {
        let tenths = (ms + 50) / 100;
        return match tenths % 10 {
            0 => format!("{} s", tenths / 10),
            tenth => format!("{}.{tenth} s", tenths / 10),
        };
    }
    let ms = ms.max(MINUTE);
    let (large, large_name, small, small_name) = match ms {
        _ if ms < HOUR => (MINUTE, "min", SECOND, "s"),
        _ if ms < DAY => (HOUR, "h", MINUTE, "min"),
        _ => (DAY, "d", HOUR, "h"),
    };
    match ms % large / small {
        0 => format!("{} {large_name}", ms / large),
        rest => format!("{} {large_name} {rest} {small_name}", ms / large),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_and_shown() {
        #[rustfmt::skip]
        let cases = [
            // text                          milliseconds              why
            ("1970-01-01T00:00:00Z",         Some(0),                  "the epoch"),
            ("1969-12-31T23:59:59.999Z",     Some(-1),                 "before it"),
            ("2026-01-05T10:00:00.833Z",     Some(1_767_607_200_833),  "milliseconds"),
            ("2026-01-05T11:00:00.833+01:00", Some(1_767_607_200_833), "an offset names the same moment"),
            ("2026-01-05T10:00:00.8339Z",    Some(1_767_607_200_833),  "below a millisecond it rounds down"),
            (" 2026-01-05T10:00:00Z ",       Some(1_767_607_200_000),  "spaces around it mean nothing"),
            ("2026-01-05T10:00:00",          None,                     "no offset: no moment"),
            ("2026-02-30T10:00:00Z",         None,                     "no such day"),
            ("9999-12-30T10:00:00Z",         None,                     "beyond the range"),
            ("yesterday",                    None,                     "not an instant"),
        ];
        for (text, ms, why) in cases {
            assert_eq!(Timestamp::parse(text).map(Timestamp::as_millis), ms, "{text}: {why}");
        }
        assert_eq!(Timestamp::from_millis(1_767_607_200_833).to_string(), "2026-01-05T10:00:00.833Z");
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-28T23:59:59.999Z");
        assert_eq!(Timestamp::from_millis(i64::MAX), Timestamp::MAX, "far future is the last instant");
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00.000Z");
    }

    #[test]
    fn lengths_read_well() {
        #[rustfmt::skip]
        let cases = [
            (0, "0 ms"), (49, "49 ms"), (50, "0.1 s"), (833, "0.8 s"), (1_000, "1 s"), (59_167, "59.2 s"),
            (59_949, "59.9 s"), (59_950, "1 min"), (60_000, "1 min"), (303_999, "5 min 3 s"),
            (3_600_000, "1 h"), (26_400_000, "7 h 20 min"), (183_600_000, "2 d 3 h"), (-5, "0 ms"),
        ];
        for (ms, words) in cases {
            assert_eq!(duration_in_words(ms), words, "{ms}");
        }
    }
}
