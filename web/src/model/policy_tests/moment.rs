//! Times as a file of tests has them: an instant, or a span after another time.

use gatewright_core::Timestamp;
use gatewright_core::source::Value;

/// What a time may be, for messages.
pub(super) const MOMENTS: &str = "milliseconds since 1970 or RFC 3339, such as 2026-01-05T10:00:00Z, or a time after, such as +1s or +1m30s";

/// An instant, or a span after another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    At(Timestamp),
    /// So many milliseconds after.
    After(i64),
}

impl Moment {
    /// The instant it means, seen from another.
    pub(super) const fn after(self, from: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::After(ms) => from.plus(ms),
        }
    }

    /// Reads a time as it stands in a file.
    pub(super) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => milliseconds(number),
            Value::Text(text) if text.starts_with('+') => span(text).map(Self::After),
            Value::Text(text) if is_strict(text) => Timestamp::parse(text).map(Self::At),
            Value::Text(text) => milliseconds(text),
            _ => None,
        }
    }
}

fn milliseconds(text: &str) -> Option<Moment> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().map(|ms| Moment::At(Timestamp::from_millis(ms)))
}

/// Whether a text has the places of RFC 3339: core reads logs, which are less strict.
fn is_strict(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    let zone = match bytes.iter().rposition(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-')) {
        Some(at) if has(at, b"Zz") => bytes.len() == at + 1,
        Some(at) => bytes.len() == at + 6 && has(at + 3, b":"),
        None => false,
    };
    let fraction = !has(19, b".") || bytes.get(20).is_some_and(u8::is_ascii_digit);
    has(10, b"Tt") && has(13, b":") && has(16, b":") && has(19, b".Zz+-") && zone && fraction
}

/// The milliseconds of a span: `+1s`, `+1m30s`.
fn span(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix('+').filter(|rest| !rest.is_empty())?;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = rest.split_at(digits);
        let (length, unit) = match unit.as_bytes() {
            [b'm', b's', ..] => (1, 2),
            [b's', ..] => (1_000, 1),
            [b'm', ..] => (60_000, 1),
            [b'h', ..] => (3_600_000, 1),
            [b'd', ..] => (86_400_000, 1),
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(length)?)?;
        rest = rest.get(digits + unit..)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_the_command_reads_them() {
        const MORNING: i64 = 1_767_607_200_000;
        let text = |text: &str| Value::Text(text.to_owned());
        let number = |text: &str| Value::Number(text.to_owned());
        let at = |ms| Some(Moment::At(Timestamp::from_millis(ms)));
        #[rustfmt::skip]
        let cases = [
            (number("1767607200000"),             at(MORNING),                       "milliseconds"),
            (number("1.5"),                       None,                              "no half ones"),
            (text("1767607200000"),               at(MORNING),                       "the same as text"),
            (text("2026-01-05T10:00:00Z"),        at(MORNING),                       "RFC 3339"),
            (text("2026-01-05t10:00:00.250z"),    at(MORNING + 250),                 "in small letters"),
            (text("2026-01-05T11:00:00+01:00"),   at(MORNING),                       "with an offset"),
            (text("2026-01-05 10:00:00Z"),        None,                              "logs have a space there"),
            (text("2026-01-05T10:00Z"),           None,                              "logs leave seconds out"),
            (text("2026-02-30T10:00:00Z"),        None,                              "no such day"),
            (text("+500ms"),                      Some(Moment::After(500)),          "a span"),
            (text("+1m30s"),                      Some(Moment::After(90_000)),       "of two parts"),
            (text("+1d2h"),                       Some(Moment::After(93_600_000)),   "of large ones"),
            (text("+"),                           None,                              "a sign alone"),
            (text("+s"),                          None,                              "no number"),
            (text("+1"),                          None,                              "no unit"),
            (text("+99999999999999999999d"),      None,                              "beyond all counting"),
            (text("1s"),                          None,                              "no sign"),
            (Value::Null,                         None,                              "no time"),
        ];
        for (value, expected, why) in cases {
            assert_eq!(Moment::read(&value), expected, "{value:?}: {why}");
        }
    }
}
