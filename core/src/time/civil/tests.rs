//! What `jiff` says of the same.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::*;
use crate::time::Timestamp;

fn civil(ms: i64) -> DateTime {
    TimeZone::UTC.to_datetime(jiff::Timestamp::from_millisecond(ms).unwrap())
}

/// What [`Timestamp::parse`] made of it while it asked `jiff`.
fn parsed(text: &str) -> Option<i64> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    i64::try_from(instant.as_nanosecond().div_euclid(1_000_000)).ok()
}

#[test]
fn every_day_of_ten_thousand_years_has_its_date() {
    let mut ms = Timestamp::MIN.as_millis();
    while ms <= Timestamp::MAX.as_millis() {
        let (date, expected) = (Date::of(ms), civil(ms).date());
        assert_eq!(date.to_string(), expected.to_string(), "{ms}");
        assert_eq!(date.days() * DAY, ms, "{date}");
        assert_eq!(Date::of(ms + DAY - 1), date, "its last millisecond");
        ms += DAY;
    }
}

#[test]
fn every_second_of_a_day_has_its_time() {
    for day in [0, -DAY, 20_454 * DAY] {
        for ms in (0..DAY).step_by(997) {
            let expected = civil(day + ms);
            let (hour, minute, second) = (expected.hour(), expected.minute(), expected.second());
            let expected = (hour.into(), minute.into(), second.into(), expected.millisecond().into());
            assert_eq!(time_of_day(day + ms), expected, "{day} {ms}");
        }
    }
}

#[test]
fn dates_are_real_where_the_calendar_has_them() {
    for year in [0, 1, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 9999] {
        for month in 0..=13 {
            for day in 0..=32 {
                let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
                let in_range = |ms: &i64| *ms <= Timestamp::MAX.as_millis();
                assert_eq!(parse(&text).filter(in_range), parsed(&text).filter(in_range), "{text}");
            }
        }
    }
}

#[test]
fn instants_are_read_as_they_were() {
    let dates =
        ["2026-01-05", "2024-02-29", "2023-02-29", "1969-12-31", "0000-01-01", "2026-1-5", "20260105", ""];
    let between = ["T", "t", " ", "  ", "_", ""];
    let times = [
        "10:00",
        "10:00:05",
        "10:00:05.8",
        "10:00:05.8339",
        "10:00:05,833",
        "10:00:05.123456789",
        "10:00:05.1234567891",
        "10:00:05.",
        "23:59:60",
        "23:59:61",
        "24:00:00",
        "10:60:00",
        "1:00:00",
        "10:00:0",
        "10.00.00",
        "",
    ];
    let offsets = [
        "Z", "z", "+00:00", "-00:00", "+01:00", "-01:00", "+0130", "+13", "-05", "+25:59", "+26:00",
        "+01:60", "+1:00", "+01:0", "+010", "+01:", " Z", "Z ", "",
    ];
    let mut texts: Vec<String> = Vec::new();
    for date in dates {
        for space in between {
            for time in times {
                texts.extend(offsets.iter().map(|offset| format!("{date}{space}{time}{offset}")));
            }
        }
    }
    let mut read = 0;
    for text in texts {
        // Days and times without any mark between their parts are of another standard, and are not read any more.
        let other = text.starts_with("20260105");
        assert_eq!(parse(&text), parsed(&text).filter(|_| !other), "{text}");
        read += usize::from(parse(&text).is_some());
    }
    assert!(read > 800, "{read}");
}
