//! The eleven operators, as total functions of an argument and a value.
//!
//! A missing argument makes every operator false but `exists`: so `require` fails closed, and `deny_if` does not fire.
//! An argument of a type that the operator cannot judge is neither true nor false: the call is refused, wherever the
//! condition stands.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use crate::number::{Decimal, Number};
use crate::pattern::{Pattern, PatternError, Patterns};
use crate::policy::Op;
use crate::value::{Argument, Type, Value};

/// An operator and its value, ready to be asked.
#[derive(Clone, Debug)]
pub enum Test {
    /// `eq`
    Eq(Value),
    /// `neq`
    Neq(Value),
    /// `lt`
    Lt(Decimal),
    /// `lte`
    Lte(Decimal),
    /// `gt`
    Gt(Decimal),
    /// `gte`
    Gte(Decimal),
    /// `in`
    In(Vec<Value>),
    /// `not_in`
    NotIn(Vec<Value>),
    /// `regex`
    Regex(Pattern),
    /// `contains`
    Contains(Value),
    /// `exists`
    Exists(bool),
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The condition holds.
    Yes,
    /// It does not.
    No,
    /// The argument's type is one that the operator cannot judge.
    Mistyped {
        /// The type that was found.
        found: Type,
        /// What the operator needs.
        needed: Needed,
    },
    /// The argument was not recorded.
    Unknown {
        /// Whether its type could be one that the operator cannot judge.
        any_type: bool,
    },
}

/// What an operator needs of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// A number.
    Number,
    /// Text.
    Text,
    /// Text or a list.
    TextOrList,
    /// A list.
    List,
}

/// Why an operator cannot be asked with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestError {
    /// It takes a value of another type: this one, in words.
    Takes(&'static str),
    /// Its pattern does not compile.
    Pattern(PatternError),
    /// Its list has more items than may be.
    TooManyItems,
}

/// With its article: `a number`.
impl fmt::Display for Needed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::TextOrList => "text or a list",
            Self::List => "a list",
        })
    }
}

/// Up to this length a text is gone through plainly. The standard library's search, which takes no longer however the
/// two texts repeat themselves, takes longer to begin.
const SHORT_TEXT: usize = 64;

fn has_part(text: &str, part: &str) -> bool {
    let Some((first, rest)) = part.as_bytes().split_first() else { return true };
    if text.len() > SHORT_TEXT {
        return text.contains(part);
    }
    let mut left = text.as_bytes();
    while let Some((byte, after)) = left.split_first() {
        if byte == first && after.starts_with(rest) {
            return true;
        }
        left = after;
    }
    false
}

impl Test {
    /// Makes an operator ready.
    pub fn new(op: Op, value: &Value, patterns: &mut Patterns) -> Result<Self, TestError> {
        let number = || match value {
            Value::Number(number) => Ok(number.clone()),
            _ => Err(TestError::Takes("a number")),
        };
        let list = || match value {
            Value::List(items) if items.len() > patterns.bounds().list_items => Err(TestError::TooManyItems),
            Value::List(items) => Ok(items.clone()),
            _ => Err(TestError::Takes("a list")),
        };
        Ok(match op {
            Op::Eq => Self::Eq(value.clone()),
            Op::Neq => Self::Neq(value.clone()),
            Op::Lt => Self::Lt(number()?),
            Op::Lte => Self::Lte(number()?),
            Op::Gt => Self::Gt(number()?),
            Op::Gte => Self::Gte(number()?),
            Op::In => Self::In(list()?),
            Op::NotIn => Self::NotIn(list()?),
            Op::Contains => Self::Contains(value.clone()),
            Op::Regex => match value {
                Value::Text(text) => Self::Regex(patterns.pattern(text).map_err(TestError::Pattern)?),
                _ => return Err(TestError::Takes("text, a pattern")),
            },
            Op::Exists => match value {
                Value::Bool(wanted) => Self::Exists(*wanted),
                _ => return Err(TestError::Takes("true or false")),
            },
        })
    }

    /// Asks the operator of an argument.
    #[must_use]
    pub fn ask(&self, argument: &Argument<'_>) -> Answer {
        match (self, argument) {
            (_, Argument::Unknown) => Answer::Unknown { any_type: self.needed().is_some() },
            (Self::Exists(wanted), _) => {
                let there = !matches!(argument, Argument::Missing | Argument::Null);
                Answer::of(there == *wanted)
            }
            (_, Argument::Missing | Argument::Null) => Answer::No,
            (Self::Eq(value), _) => Answer::of(value.is(argument)),
            (Self::Neq(value), _) => Answer::of(!value.is(argument)),
            (Self::In(items), _) => Answer::of(items.iter().any(|item| item.is(argument))),
            (Self::NotIn(items), _) => Answer::of(!items.iter().any(|item| item.is(argument))),
            (Self::Lt(value), Argument::Number(found)) => order(*found, value, Ordering::is_lt),
            (Self::Lte(value), Argument::Number(found)) => order(*found, value, Ordering::is_le),
            (Self::Gt(value), Argument::Number(found)) => order(*found, value, Ordering::is_gt),
            (Self::Gte(value), Argument::Number(found)) => order(*found, value, Ordering::is_ge),
            (Self::Regex(pattern), Argument::Text(text)) => match pattern.is_found_in(text) {
                Some(found) => Answer::of(found),
                None => Answer::Mistyped { found: Type::Text, needed: Needed::Text },
            },
            (Self::Contains(Value::Text(part)), Argument::Text(text)) => Answer::of(has_part(text, part)),
            (Self::Contains(value), Argument::List(items)) => {
                Answer::of(items.as_ref().is_some_and(|items| items.contains(value)))
            }
            (_, argument) => match (argument.argument_type(), self.needed()) {
                (Some(found), Some(needed)) => Answer::Mistyped { found, needed },
                _ => Answer::No,
            },
        }
    }

    /// What the operator needs of an argument, where it cannot judge every type.
    #[must_use]
    pub const fn needed(&self) -> Option<Needed> {
        match self {
            Self::Eq(_) | Self::Neq(_) | Self::In(_) | Self::NotIn(_) | Self::Exists(_) => None,
            Self::Lt(_) | Self::Lte(_) | Self::Gt(_) | Self::Gte(_) => Some(Needed::Number),
            Self::Regex(_) => Some(Needed::Text),
            Self::Contains(Value::Text(_)) => Some(Needed::TextOrList),
            Self::Contains(_) => Some(Needed::List),
        }
    }

    /// Whether it looks into an argument that is a list or an object.
    pub(crate) fn looks_inside(&self) -> bool {
        let compound = |value: &Value| matches!(value, Value::List(_) | Value::Object(_));
        match self {
            Self::Eq(value) | Self::Neq(value) => compound(value),
            Self::In(items) | Self::NotIn(items) => items.iter().any(compound),
            Self::Contains(_) => true,
            _ => false,
        }
    }
}

fn order(found: Number<'_>, value: &Decimal, wanted: impl Fn(Ordering) -> bool) -> Answer {
    Answer::of(wanted(found.cmp(&value.number())))
}

impl Answer {
    const fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests;
