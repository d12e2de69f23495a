//! Instants as people write them: the civil calendar, RFC 3339.
//!
//! The calendar is the proleptic Gregorian one, in which each 400 years have as many days. Years are counted from
//! March on, so that a leap day is the last day of its year.

use core::fmt;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The days of 400 years.
const DAYS_OF_ERA: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_EPOCH: i64 = 719_468;
/// The longest offset from UTC that is read, in hours.
const MOST_HOURS_AHEAD: i64 = 25;

/// A date. Its year is within four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
}

impl Date {
    /// The date so many milliseconds after the epoch.
    pub(super) const fn of(ms: i64) -> Self {
        let days = ms.div_euclid(DAY) + DAYS_BEFORE_EPOCH;
        let (era, day) = (days.div_euclid(DAYS_OF_ERA), days.rem_euclid(DAYS_OF_ERA));
        // Days that are no multiple of 365 are leap days: one in 4 years, none in 100, one in 400.
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        // From March on, each five months have 153 days.
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, year) = if month < 10 { (month + 3, year) } else { (month - 9, year + 1) };
        Self { year: year + era * 400, month, day }
    }

    /// Days since the epoch.
    const fn days(self) -> i64 {
        let (year, month) =
            if self.month > 2 { (self.year, self.month - 3) } else { (self.year - 1, self.month + 9) };
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let day = (153 * month + 2) / 5 + self.day - 1;
        era * DAYS_OF_ERA + year * 365 + year / 4 - year / 100 + day - DAYS_BEFORE_EPOCH
    }

    /// Whether the calendar has it.
    fn is_real(self) -> bool {
        (1..=12).contains(&self.month) && self.day >= 1 && Self::of(self.days() * DAY) == self
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A time of day: hour, minute, second and millisecond.
pub(super) const fn time_of_day(ms: i64) -> (i64, i64, i64, i64) {
    let ms = ms.rem_euclid(DAY);
    (ms / HOUR, ms % HOUR / MINUTE, ms % MINUTE / SECOND, ms % SECOND)
}

/// Reads RFC 3339: milliseconds since the epoch, rounded down. A space may stand between date and time, a comma before
/// the fraction; seconds may be left out, and of an offset its colon and its minutes. A leap second is the one before.
pub(super) fn parse(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text.as_bytes() };
    let year = reader.number(4)?;
    reader.expect(b"-")?;
    let month = reader.number(2)?;
    reader.expect(b"-")?;
    let day = reader.number(2)?;
    let date = Date { year, month, day };
    reader.expect(b"Tt ")?;
    let hour = reader.number_up_to(23)?;
    reader.expect(b":")?;
    let minute = reader.number_up_to(59)?;
    let (mut second, mut fraction) = (0, 0);
    if reader.expect(b":").is_some() {
        second = reader.number_up_to(60)?.min(59);
        if reader.expect(b".,").is_some() {
            fraction = reader.fraction()?;
        }
    }
    let ahead = reader.offset()?;
    let is_over = reader.rest.is_empty() && date.is_real();
    is_over.then(|| date.days() * DAY + hour * HOUR + minute * MINUTE + second * SECOND + fraction - ahead)
}

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    /// One of these bytes.
    fn expect(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        let found = wanted.contains(first).then_some(*first)?;
        self.rest = rest;
        Some(found)
    }

    /// A number of so many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        number
            .iter()
            .try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
    }

    /// Two digits.
    fn number_up_to(&mut self, most: i64) -> Option<i64> {
        self.number(2).filter(|number| *number <= most)
    }

    /// One to nine digits after the point, in milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&length) {
            return None;
        }
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let thousandths = digits.iter().chain(b"00").take(3);
        Some(thousandths.fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
    }

    /// How far the local time is ahead of UTC, in milliseconds.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.expect(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number_up_to(MOST_HOURS_AHEAD)?;
        let colon = self.expect(b":").is_some();
        let minutes = if colon || !self.rest.is_empty() { self.number_up_to(59)? } else { 0 };
        Some(sign * (hours * HOUR + minutes * MINUTE))
    }
}

#[cfg(test)]
mod tests;
