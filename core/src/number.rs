//! JSON numbers, exactly as written.
//!
//! 9007199254740993 is not 9007199254740992, and 0.1 is 0.1: a number is kept as decimal digits and never becomes a
//! floating-point one on the way to a comparison. What a caller hands over as a floating-point number is taken for
//! the shortest decimal that reads back as it, as `JSON.stringify` writes it.

use alloc::boxed::Box;
use core::cmp::Ordering;
use core::fmt;

/// The largest power of ten that a number is told apart by. Beyond it, above and below, numbers count as that.
pub const MAX_EXPONENT: i32 = 1_000_000_000;

/// A number of a call's arguments.
#[derive(Clone, Copy, Debug)]
pub struct Number<'t> {
    negative: bool,
    size: Size<'t>,
}

#[derive(Clone, Copy, Debug)]
enum Size<'t> {
    /// coefficient × 10^exponent
    Short { coefficient: u64, exponent: i32 },
    /// More digits than fit: the text of the number, without its sign.
    Long(&'t str),
}

impl<'t> Number<'t> {
    /// Reads a JSON number (RFC 8259); nothing where the text is none.
    ///
    /// ```
    /// use gatewright_core::number::Number;
    /// assert!(Number::parse("9007199254740993") > Number::parse("9007199254740992"));
    /// assert_eq!(Number::parse("1e1"), Number::parse("10.0"));
    /// assert_eq!(Number::parse("01"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let parts = Parts::of(unsigned)?;
        let exponent = parts.exponent_value();
        let mut coefficient: u64 = 0;
        for digit in parts.whole.bytes().chain(parts.fraction.bytes()) {
            let next =
                coefficient.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit - b'0')));
            match next {
                Some(next) => coefficient = next,
                None => return Some(Self { negative, size: Size::Long(unsigned) }),
            }
        }
        let digits_after = i64::try_from(parts.fraction.len()).unwrap_or(i64::MAX);
        let exponent = clamped(exponent.saturating_sub(digits_after));
        let negative = negative && coefficient != 0;
        Some(Self { negative, size: Size::Short { coefficient, exponent } })
    }

    /// A whole number.
    #[must_use]
    pub const fn from_i64(value: i64) -> Self {
        let size = Size::Short { coefficient: value.unsigned_abs(), exponent: 0 };
        Self { negative: value < 0, size }
    }

    /// A whole number from 0 up.
    #[must_use]
    pub const fn from_u64(value: u64) -> Self {
        Self { negative: false, size: Size::Short { coefficient: value, exponent: 0 } }
    }

    /// The shortest decimal that reads back as `value`; nothing where it is infinite or no number.
    ///
    /// ```
    /// use gatewright_core::number::Number;
    /// assert_eq!(Number::from_f64(0.1), Number::parse("0.1"));
    /// assert_eq!(Number::from_f64(f64::NAN), None);
    /// ```
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        // Seventeen digits always fit.
        Number::parse(zmij::Buffer::new().format_finite(value))?.without_text()
    }

    /// The number on its own; nothing where it has more digits than fit without its text.
    pub(crate) const fn without_text(self) -> Option<Number<'static>> {
        match self.size {
            Size::Short { coefficient, exponent } => {
                Some(Number { negative: self.negative, size: Size::Short { coefficient, exponent } })
            }
            Size::Long(_) => None,
        }
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.negative
    }

    /// Its size as digits without trailing zeros, and their power of ten; nothing where they do not fit 128 bits.
    pub(crate) fn reduced(self) -> Option<(u128, i64)> {
        let (digits, place) = self.digits();
        let (mut value, mut length, mut zeros) = (0_u128, 0_i64, 0_u32);
        for digit in digits {
            if digit == b'0' {
                zeros += 1;
                continue;
            }
            let scale = 10_u128.checked_pow(zeros + 1)?;
            value = value.checked_mul(scale)?.checked_add(u128::from(digit - b'0'))?;
            length += i64::from(zeros) + 1;
            zeros = 0;
        }
        Some((value, place.saturating_sub(length)))
    }

    /// The power of ten just above its first digit: 1 for 5, 2 for 50, 0 for 0.5.
    pub(crate) fn place(self) -> i64 {
        self.digits().1
    }

    /// Coefficient and power of ten of its size, where the digits fit 64 bits.
    const fn short(self) -> Option<(u64, i32)> {
        match self.size {
            Size::Short { coefficient, exponent } => Some((coefficient, exponent)),
            Size::Long(_) => None,
        }
    }

    /// The significant digits of its size, leading zeros left out, and the power of ten just above the first.
    fn digits(self) -> (impl Iterator<Item = u8> + use<'t>, i64) {
        let mut short = [0_u8; 20];
        let (parts, exponent) = match self.size {
            Size::Long(text) => {
                let parts = Parts::of(text).unwrap_or_default();
                let above = i64::try_from(parts.whole.len()).unwrap_or(i64::MAX);
                (parts, parts.exponent_value().saturating_add(above))
            }
            Size::Short { coefficient, exponent } => {
                let mut rest = coefficient;
                for slot in short.iter_mut().rev() {
                    *slot = u8::try_from(rest % 10).unwrap_or(0) + b'0';
                    rest /= 10;
                }
                (Parts::default(), i64::from(exponent) + 20)
            }
        };
        let is_short = matches!(self.size, Size::Short { .. });
        let digits = short
            .into_iter()
            .take(if is_short { 20 } else { 0 })
            .chain(parts.whole.bytes())
            .chain(parts.fraction.bytes());
        let zeros = digits.clone().take_while(|digit| *digit == b'0').count();
        (digits.skip(zeros), exponent.saturating_sub(i64::try_from(zeros).unwrap_or(i64::MAX)))
    }

    fn is_zero(self) -> bool {
        match self.size {
            Size::Short { coefficient, .. } => coefficient == 0,
            Size::Long(_) => self.digits().0.next().is_none(),
        }
    }

    /// Compares the sizes, signs left aside.
    fn cmp_size(self, other: Self) -> Ordering {
        if let (
            Size::Short { coefficient: ours, exponent: our_exponent },
            Size::Short { coefficient: theirs, exponent: their_exponent },
        ) = (self.size, other.size)
        {
            let apart = our_exponent.abs_diff(their_exponent);
            if apart == 0 {
                return ours.cmp(&theirs);
            }
            // A coefficient is below 10^20, so that nineteen zeros more still fit 128 bits.
            if apart < 19 {
                let scale = 10_u128.pow(apart);
                let (ours, theirs) = (u128::from(ours), u128::from(theirs));
                return if our_exponent > their_exponent {
                    (ours * scale).cmp(&theirs)
                } else {
                    ours.cmp(&(theirs * scale))
                };
            }
        }
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let ((mut ours, our_place), (mut theirs, their_place)) = (self.digits(), other.digits());
        if our_place != their_place {
            return our_place.cmp(&their_place);
        }
        loop {
            let (our_digit, their_digit) = (ours.next(), theirs.next());
            if our_digit.is_none() && their_digit.is_none() {
                return Ordering::Equal;
            }
            match our_digit.unwrap_or(b'0').cmp(&their_digit.unwrap_or(b'0')) {
                Ordering::Equal => {}
                different => return different,
            }
        }
    }
}

/// As a decimal; with an exponent where it would have more than twenty zeros.
impl fmt::Display for Number<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.negative { "-" } else { "" })?;
        match self.size {
            Size::Long(text) => out.write_str(text),
            Size::Short { coefficient, exponent: 0 } => write!(out, "{coefficient}"),
            Size::Short { coefficient, exponent: exponent @ 1..=20 } => {
                write!(out, "{coefficient}{:0>1$}", "", usize::try_from(exponent).unwrap_or(0))
            }
            Size::Short { coefficient, exponent: exponent @ -20..0 } => {
                let places = exponent.unsigned_abs();
                let scale = 10_u128.pow(places);
                let (whole, rest) = (u128::from(coefficient) / scale, u128::from(coefficient) % scale);
                let width = usize::try_from(places).unwrap_or(0);
                write!(out, "{whole}.{rest:0width$}")
            }
            Size::Short { coefficient, exponent } => write!(out, "{coefficient}e{exponent}"),
        }
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (ours, theirs) = (self.negative && !self.is_zero(), other.negative && !other.is_zero());
        match (ours, theirs) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_size(*other),
            (true, true) => other.cmp_size(*self),
        }
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number<'_> {}

/// A number that a policy holds: its spelling, and what it is worth.
#[derive(Clone, Debug)]
pub struct Decimal {
    spelled: Box<str>,
    negative: bool,
    short: Option<(u64, i32)>,
}

impl Decimal {
    /// Reads a JSON number; nothing where the text is none, or beyond [`MAX_EXPONENT`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = Number::parse(text)?;
        let exponent = Parts::of(text.strip_prefix('-').unwrap_or(text))?.exponent_value();
        if exponent.unsigned_abs() >= u64::from(MAX_EXPONENT.unsigned_abs()) {
            return None;
        }
        Some(Self { spelled: text.into(), negative: number.negative, short: number.short() })
    }

    /// The number.
    #[must_use]
    pub fn number(&self) -> Number<'_> {
        let size = match self.short {
            Some((coefficient, exponent)) => Size::Short { coefficient, exponent },
            None => Size::Long(self.spelled.strip_prefix('-').unwrap_or(&self.spelled)),
        };
        Number { negative: self.negative, size }
    }

    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.spelled
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.number() == other.number()
    }
}

impl Eq for Decimal {}

/// The three runs of digits of a number without sign.
#[derive(Clone, Copy, Default)]
struct Parts<'t> {
    whole: &'t str,
    fraction: &'t str,
    exponent: &'t str,
    exponent_negative: bool,
}

impl<'t> Parts<'t> {
    /// RFC 8259: no leading zero, no plus sign, digits on both sides of the point.
    fn of(text: &'t str) -> Option<Self> {
        let (whole, rest) = digits(text)?;
        if whole.len() > 1 && whole.starts_with('0') {
            return None;
        }
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => digits(rest)?,
            None => ("", rest),
        };
        let (exponent, exponent_negative) = match rest.strip_prefix(['e', 'E']) {
            None if rest.is_empty() => ("0", false),
            None => return None,
            Some(rest) => {
                let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
                let (exponent, "") = digits(unsigned)? else { return None };
                (exponent, rest.starts_with('-'))
            }
        };
        Some(Self { whole, fraction, exponent, exponent_negative })
    }

    /// The exponent, at most [`MAX_EXPONENT`].
    fn exponent_value(&self) -> i64 {
        let significant = self.exponent.trim_start_matches('0');
        let size = match significant {
            "" => 0,
            digits => digits.parse().unwrap_or(i64::MAX).min(i64::from(MAX_EXPONENT)),
        };
        if self.exponent_negative { -size } else { size }
    }
}

/// The digits that a text starts with, at least one, and the rest.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn clamped(exponent: i64) -> i32 {
    let most = i64::from(MAX_EXPONENT);
    i32::try_from(exponent.clamp(-most, most)).unwrap_or(MAX_EXPONENT)
}

#[cfg(test)]
mod tests;
