//! What an agent asks for, and how it ended.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, Deserializer, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use smallvec::SmallVec;

use crate::time::Timestamp;
use crate::value::Argument;

/// One tool call, as it is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToolCall<'a> {
    /// The tool's name, exactly as called.
    pub tool: &'a str,
    /// What it is called with.
    pub arguments: Arguments<'a>,
    /// Who calls: the name of an agent's access token, from the proxy's own configuration.
    pub grant: &'a str,
    /// The session within the grant.
    pub session: &'a str,
    /// When.
    pub at: Timestamp,
    /// Whether a person has approved this very call.
    pub approved: bool,
}

/// The arguments of a call, in one of the forms that they come in.
///
/// Only what the tool's rules name is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arguments<'a> {
    /// None: each is missing.
    #[default]
    None,
    /// A parsed object. Its numbers are what the parser made of them: beyond 64 bits, the shortest decimal of a double.
    /// Only what rules look at is held to the bounds: the nesting of the rest is the parser's business.
    Parsed(&'a Map<String, Value>),
    /// The JSON text of an object. Its numbers are exactly as written.
    Text(&'a str),
    /// The top-level names alone, as some logs have them: what they held is unknown.
    Names(&'a [String]),
    /// Nothing was recorded, not even names: any argument may be there or not.
    Unknown,
    /// A part is known, and a part was not recorded.
    Partly(&'a Partial),
}

/// Arguments of which some are known: most often because somebody assumes what was not recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Partial {
    /// The JSON text of an object: what is known.
    pub known: Box<str>,
    /// The top-level names in it.
    pub known_names: Vec<String>,
    /// The top-level names whose values were not recorded. None: any other may be there.
    pub unrecorded: Option<Vec<String>>,
}

/// What of a call's arguments was not recorded, as logs and scenarios write it: the list of their top-level names, or
/// `true` where not even those are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UnknownArgs {
    /// All that there is was recorded.
    #[default]
    Nothing,
    /// The values of these.
    Names(Vec<String>),
    /// Everything.
    All,
}

impl UnknownArgs {
    /// Whether everything was recorded.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// The arguments, where `recorded` is what was.
    #[must_use]
    pub fn or<'a>(&'a self, recorded: Arguments<'a>) -> Arguments<'a> {
        match self {
            Self::Nothing => recorded,
            Self::Names(names) => Arguments::Names(names),
            Self::All => Arguments::Unknown,
        }
    }
}

impl Serialize for UnknownArgs {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => out.serialize_none(),
            Self::Names(names) => names.serialize(out),
            Self::All => out.serialize_bool(true),
        }
    }
}

impl<'de> Deserialize<'de> for UnknownArgs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = UnknownArgs;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of names, or `true`")
            }

            fn visit_bool<E: de::Error>(self, all: bool) -> Result<UnknownArgs, E> {
                if all { Ok(UnknownArgs::All) } else { Err(E::invalid_value(Unexpected::Bool(false), &self)) }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<UnknownArgs, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = items.next_element()? {
                    names.push(name);
                }
                Ok(if names.is_empty() { UnknownArgs::Nothing } else { UnknownArgs::Names(names) })
            }
        }
        from.deserialize_any(Names)
    }
}

/// The values of the arguments that the rules of a tool name, by slot.
pub(crate) type Slots<'a> = SmallVec<[Argument<'a>; 8]>;

/// How a call that was let through ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A result.
    Ok,
    /// A result with `isError: true`: the tool ran and failed.
    ToolError,
    /// A JSON-RPC error: the tool did not run.
    ProtocolError,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Ok, Self::ToolError, Self::ProtocolError];

    /// The outcome as it is written: `protocol_error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ToolError => "tool_error",
            Self::ProtocolError => "protocol_error",
        }
    }
}
