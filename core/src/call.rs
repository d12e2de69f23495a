//! What an agent asks for, and how it ended.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// One tool call, as it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolCall<'a> {
    /// The tool's name, exactly as called.
    pub tool: &'a str,
    /// Who calls: the name of an agent's access token, from the proxy's own configuration.
    pub grant: &'a str,
    /// The session within the grant.
    pub session: &'a str,
    /// When.
    pub at: Timestamp,
}

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
