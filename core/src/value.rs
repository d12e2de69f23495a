//! JSON values: those that a policy compares with, and those that a call brings.
//!
//! The two are not alike. A policy's value is whole. A call's [`Argument`] is only what some rule looks at: of a list
//! or an object that no rule looks into, no more is known than that it is one.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::number::{Decimal, Number};

/// A JSON value, numbers as they are spelled.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A string, unescaped.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object. Its keys differ; their order means nothing.
    Object(Vec<(String, Value)>),
}

/// An argument of a call, as its tool's rules see it.
#[derive(Clone, Debug)]
pub enum Argument<'a> {
    /// The path leads nowhere.
    Missing,
    /// `null`, which counts as missing.
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number<'a>),
    /// A string, unescaped.
    Text(Cow<'a, str>),
    /// A list; its items only where a rule looks into it.
    List(Option<Vec<Value>>),
    /// An object; its members only where a rule looks into it.
    Object(Option<Vec<(String, Value)>>),
    /// It was not recorded: in simulation only. It may hold anything, and be missing where only its parent's name is known.
    Unknown,
}

/// The type of an argument, as people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

/// With its article: `a number`.
impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Null => "null",
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Object => "an object",
        })
    }
}

impl Value {
    /// The value's type.
    #[must_use]
    pub const fn value_type(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Number(_) => Type::Number,
            Self::Text(_) => Type::Text,
            Self::List(_) => Type::List,
            Self::Object(_) => Type::Object,
        }
    }

    /// Whether an argument is this value; false for one that is missing or unknown.
    pub(crate) fn is(&self, argument: &Argument<'_>) -> bool {
        match (self, argument) {
            (Self::Bool(ours), Argument::Bool(theirs)) => ours == theirs,
            (Self::Number(ours), Argument::Number(theirs)) => ours.number() == *theirs,
            (Self::Text(ours), Argument::Text(theirs)) => ours == theirs,
            (Self::List(ours), Argument::List(Some(theirs))) => ours == theirs,
            (Self::Object(ours), Argument::Object(Some(theirs))) => same_members(ours, theirs),
            _ => false,
        }
    }
}

/// Equal as JSON values: numbers by what they are worth, objects by their members in any order.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(ours), Self::Bool(theirs)) => ours == theirs,
            (Self::Number(ours), Self::Number(theirs)) => ours == theirs,
            (Self::Text(ours), Self::Text(theirs)) => ours == theirs,
            (Self::List(ours), Self::List(theirs)) => ours == theirs,
            (Self::Object(ours), Self::Object(theirs)) => same_members(ours, theirs),
            _ => false,
        }
    }
}

impl Eq for Value {}

fn same_members(ours: &[(String, Value)], theirs: &[(String, Value)]) -> bool {
    let found = |key: &str| theirs.iter().find(|(other, _)| other == key).map(|(_, value)| value);
    ours.len() == theirs.len() && ours.iter().all(|(key, value)| found(key) == Some(value))
}

/// Why a parsed argument cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// A number is too far from 1, or has more digits than can be kept.
    Number,
    /// The lists and objects that are looked into hold too many values.
    TooMany,
    /// They are nested too deep.
    TooDeep,
}

/// How much of parsed arguments may still be looked into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    /// Values, over all arguments of a call.
    pub(crate) values: usize,
    /// How deep one may be in another.
    pub(crate) depth: usize,
}

impl Allowance {
    /// For what is not an agent's: as much as there may be, and no deeper than a stack bears.
    pub(crate) const AMPLE: Self = Self { values: usize::MAX, depth: 128 };
}

impl Value {
    /// A parsed value, its numbers as they print: whole ones exactly, others as the shortest decimal of a double.
    pub(crate) fn of(value: &serde_json::Value, left: &mut Allowance) -> Result<Self, Unreadable> {
        left.values = left.values.checked_sub(1).ok_or(Unreadable::TooMany)?;
        Ok(match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(value) => {
                Self::Number(Decimal::parse(&value.to_string()).ok_or(Unreadable::Number)?)
            }
            serde_json::Value::String(value) => Self::Text(value.clone()),
            serde_json::Value::Array(items) => Self::List(items_of(items, left)?),
            serde_json::Value::Object(members) => Self::Object(members_of(members, left)?),
        })
    }
}

fn items_of(items: &[serde_json::Value], left: &mut Allowance) -> Result<Vec<Value>, Unreadable> {
    deeper(left, |left| items.iter().map(|item| Value::of(item, left)).collect())
}

fn members_of(
    members: &serde_json::Map<String, serde_json::Value>,
    left: &mut Allowance,
) -> Result<Vec<(String, Value)>, Unreadable> {
    deeper(left, |left| {
        members.iter().map(|(key, value)| Ok((key.clone(), Value::of(value, left)?))).collect()
    })
}

fn deeper<T>(
    left: &mut Allowance,
    read: impl FnOnce(&mut Allowance) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    left.depth = left.depth.checked_sub(1).ok_or(Unreadable::TooDeep)?;
    let read = read(left);
    left.depth += 1;
    read
}

impl<'a> Argument<'a> {
    /// The type; none where it is missing or unknown.
    #[must_use]
    pub const fn argument_type(&self) -> Option<Type> {
        match self {
            Self::Missing | Self::Unknown => None,
            Self::Null => Some(Type::Null),
            Self::Bool(_) => Some(Type::Bool),
            Self::Number(_) => Some(Type::Number),
            Self::Text(_) => Some(Type::Text),
            Self::List(_) => Some(Type::List),
            Self::Object(_) => Some(Type::Object),
        }
    }

    /// A parsed argument; with what is inside it, where `inside`.
    pub(crate) fn of(
        value: &'a serde_json::Value,
        inside: bool,
        left: &mut Allowance,
    ) -> Result<Self, Unreadable> {
        Ok(match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(value) => Self::Number(number_of(value).ok_or(Unreadable::Number)?),
            serde_json::Value::String(value) => Self::Text(Cow::Borrowed(value)),
            serde_json::Value::Array(items) if inside => Self::List(Some(items_of(items, left)?)),
            serde_json::Value::Array(_) => Self::List(None),
            serde_json::Value::Object(members) if inside => Self::Object(Some(members_of(members, left)?)),
            serde_json::Value::Object(_) => Self::Object(None),
        })
    }
}

/// A number that is not whole goes by its text, which is exact also where a parser kept all digits.
fn number_of(value: &serde_json::Number) -> Option<Number<'static>> {
    match (value.as_u64(), value.as_i64()) {
        (Some(value), _) => Some(Number::from_u64(value)),
        (None, Some(value)) => Some(Number::from_i64(value)),
        (None, None) => Number::parse(&value.to_string()).and_then(Number::without_text),
    }
}

/// JSON, numbers as they are spelled.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Number(value) => out.write_str(value.as_str()),
            Self::Text(value) => write_text(out, value),
            Self::List(items) => {
                out.write_str("[")?;
                for (place, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if place > 0 { ", " } else { "" })?;
                }
                out.write_str("]")
            }
            Self::Object(members) => {
                out.write_str("{")?;
                for (place, (key, value)) in members.iter().enumerate() {
                    out.write_str(if place > 0 { ", " } else { "" })?;
                    write_text(out, key)?;
                    write!(out, ": {value}")?;
                }
                out.write_str("}")
            }
        }
    }
}

fn write_text(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    out.write_str(&serde_json::Value::from(text).to_string())
}

/// The JSON value. A number is exact where 64 bits or a double hold it, else the nearest.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => out.serialize_unit(),
            Self::Bool(value) => out.serialize_bool(*value),
            Self::Number(value) => match serde_json::from_str::<serde_json::Number>(value.as_str()) {
                Ok(number) => number.serialize(out),
                Err(_) => out.serialize_str(value.as_str()),
            },
            Self::Text(value) => out.serialize_str(value),
            Self::List(items) => {
                let mut list = out.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(members) => {
                let mut object = out.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    object.serialize_entry(key, value)?;
                }
                object.end()
            }
        }
    }
}
