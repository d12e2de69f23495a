//! What an agent asks for, and how it ended.

use alloc::string::String;

use serde::{Deserialize, Serialize};
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
