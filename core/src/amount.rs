//! Exact decimal amounts: a limit's `max`, a call's cost, what a counter holds.
//!
//! Amounts are fixed-point, so sums are exact: three times 0.1 is 0.3 and fits a
//! `max` of 0.3. What does not fit the fixed point is refused, never rounded.

use alloc::string::{String, ToString};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::number::Number;

/// A decimal from 0 to 10^15 with at most nine fractional digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u128);

/// Fractional digits that an [`Amount`] keeps.
pub const FRACTIONAL_DIGITS: u32 = 9;

const UNIT: u128 = 10_u128.pow(FRACTIONAL_DIGITS);
const LARGEST: u128 = 1_000_000_000_000_000 * UNIT;
/// The place of its first digit.
const LARGEST_PLACE: i64 = 16;

/// Why a number is not an [`Amount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountError {
    /// The text is not a JSON number.
    NotANumber,
    /// The number is below zero.
    Negative,
    /// The number is above 10^15.
    TooLarge,
    /// The number has more than nine fractional digits.
    TooPrecise,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// What one call costs where no argument says otherwise.
    pub const ONE: Self = Self(UNIT);

    /// The amount of a whole number, at most 10^15 (more is cut to that).
    #[must_use]
    pub fn from_whole(number: u64) -> Self {
        Self((u128::from(number) * UNIT).min(LARGEST))
    }

    /// Reads a JSON number exactly as written: `10`, `0.1`, `1e3`.
    ///
    /// ```
    /// use gatewright_core::amount::{Amount, AmountError};
    /// assert_eq!(Amount::parse("1e1"), Ok(Amount::from_whole(10)));
    /// assert_eq!(Amount::parse("-1"), Err(AmountError::Negative));
    /// assert_eq!(Amount::parse("0.0000000001"), Err(AmountError::TooPrecise));
    /// ```
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        Self::from_number(Number::parse(text).ok_or(AmountError::NotANumber)?)
    }

    /// The amount of a number, exactly.
    pub fn from_number(number: Number<'_>) -> Result<Self, AmountError> {
        let reduced = number.reduced();
        if let Some((0, _)) = reduced {
            return Ok(Self::ZERO);
        }
        if number.is_negative() {
            return Err(AmountError::Negative);
        }
        if number.place() > LARGEST_PLACE {
            return Err(AmountError::TooLarge);
        }
        let (coefficient, exponent) = reduced.ok_or(AmountError::TooPrecise)?;
        let exponent = exponent.saturating_add(i64::from(FRACTIONAL_DIGITS));
        let exponent = u32::try_from(exponent).map_err(|_| AmountError::TooPrecise)?;
        10_u128
            .checked_pow(exponent)
            .and_then(|scale| coefficient.checked_mul(scale))
            .filter(|value| *value <= LARGEST)
            .map(Self)
            .ok_or(AmountError::TooLarge)
    }

    /// The exact decimal as a JSON number: `1000000` or `0.3`.
    #[must_use]
    pub fn plain(self) -> String {
        self.to_string().replace(',', "")
    }

    /// The sum. Two amounts never overflow: each is at most 10^15.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or zero where `other` is larger.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The whole calls that fit it: 2 of 2.5.
    #[must_use]
    pub fn whole(self) -> u64 {
        u64::try_from(self.0 / UNIT).unwrap_or(u64::MAX)
    }

    /// How many times 0.000000001 it is.
    #[must_use]
    pub const fn billionths(self) -> u128 {
        self.0
    }

    /// So many times 0.000000001, which may be above the largest `max`.
    #[must_use]
    pub const fn of_billionths(number: u128) -> Self {
        Self(number)
    }

    /// So many times the amount. Beyond what can be counted, the most that can.
    #[must_use]
    pub fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor.into()))
    }

    /// The nearest floating-point number: for drawing and for JSON, never for deciding.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "this is the one place that leaves exactness")]
    pub fn to_f64(self) -> f64 {
        if self.0.is_multiple_of(UNIT) { (self.0 / UNIT) as f64 } else { self.0 as f64 / UNIT as f64 }
    }
}

/// The exact decimal with thousands separated: `1,000,000` or `0.3`.
impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        grouped(self.0 / UNIT, out)?;
        match self.0 % UNIT {
            0 => Ok(()),
            fraction => {
                let digits: String = alloc::format!("{fraction:09}");
                write!(out, ".{}", digits.trim_end_matches('0'))
            }
        }
    }
}

/// A JSON number: whole where the amount is whole, else the nearest double.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match u64::try_from(self.0 / UNIT) {
            Ok(whole) if self.0.is_multiple_of(UNIT) => out.serialize_u64(whole),
            _ => out.serialize_f64(self.to_f64()),
        }
    }
}

/// From a JSON number as [`Serialize`] writes it. More than nine fractional digits are those of a double, and rounded.
impl<'de> Deserialize<'de> for Amount {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast cuts to the range"
    )]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(from)?;
        Ok(match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => Self(u128::from(whole) * UNIT),
            (None, Some(double)) => Self((double * 1e9 + 0.5) as u128),
            (None, None) => Self::ZERO,
        })
    }
}

/// A count with thousands separated: `3,600`.
#[must_use]
pub fn count(number: impl TryInto<u64>) -> String {
    struct Grouped(u128);
    impl fmt::Display for Grouped {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            grouped(self.0, out)
        }
    }
    Grouped(number.try_into().unwrap_or(u64::MAX).into()).to_string()
}

fn grouped(number: u128, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digits = number.to_string();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.write_str(",")?;
        }
        write!(out, "{digit}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly_as_written() {
        use AmountError::{Negative, NotANumber, TooLarge, TooPrecise};
        #[rustfmt::skip]
        let cases = [
            // text                     shown                        why
            ("0",                       Ok("0"),                     "zero blocks always, and is a limit"),
            ("-0",                      Ok("0"),                     "minus zero is zero"),
            ("-0.0e9",                  Ok("0"),                     "however it is written"),
            ("10",                      Ok("10"),                    "a whole number"),
            ("10.0",                    Ok("10"),                    "1.0 is 1"),
            ("1e1",                     Ok("10"),                    "an exponent is spelling"),
            ("100e-1",                  Ok("10"),                    "also a negative one"),
            ("0.1",                     Ok("0.1"),                   "0.1 is 0.1"),
            ("0.000000001",             Ok("0.000000001"),           "the ninth digit is kept"),
            ("0.0000000010",            Ok("0.000000001"),           "a trailing zero is no precision"),
            ("1000000000000000",        Ok("1,000,000,000,000,000"), "the largest"),
            ("0.0000000001",            Err(TooPrecise),             "the tenth digit is refused, not rounded"),
            ("1e-99999999999999999999", Err(TooPrecise),             "an exponent beyond any integer"),
            ("1e99999999999999999999",  Err(TooLarge),               "an exponent beyond any integer"),
            ("1000000000000000.1",      Err(TooLarge),               "just above the largest"),
            ("1e400",                   Err(TooLarge),               "beyond a double"),
            ("-1",                      Err(Negative),               "no limit is below zero"),
            ("",                        Err(NotANumber),             "nothing"),
            ("1.",                      Err(NotANumber),             "not JSON"),
            (".5",                      Err(NotANumber),             "not JSON"),
            ("1e",                      Err(NotANumber),             "not JSON"),
            ("NaN",                     Err(NotANumber),             "not JSON"),
        ];
        for (text, shown, why) in cases {
            let read = Amount::parse(text).map(|amount| amount.to_string());
            assert_eq!(read, shown.map(ToString::to_string), "{text}: {why}");
        }
    }

    #[test]
    fn three_times_a_tenth_is_three_tenths() {
        let tenth = Amount::parse("0.1").unwrap();
        assert_eq!(tenth.plus(tenth).plus(tenth), Amount::parse("0.3").unwrap());
    }
}
