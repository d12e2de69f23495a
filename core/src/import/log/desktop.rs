//! Claude Desktop's log of a server, `mcp-server-NAME.log`, and the one of all servers, `mcp.log`:
//! `2026-01-05T10:00:00.000Z [info] [fs] Message from client: {…}`.
//!
//! Between such lines stands what the server wrote to its standard error, over as many lines as it liked: once one line
//! of the log was recognised, all others are passed over. A message of the client that was cut off cannot be read; where
//! an answer was, it is not known how its call ended.

use alloc::string::String;

use super::Format;
use super::messages::{From, Said};
use super::records::Records;
use crate::time::Timestamp;

/// A line with its time and its server.
pub(super) struct Line<'l> {
    at: Timestamp,
    server: &'l str,
    text: &'l str,
}

impl<'l> Line<'l> {
    /// Reads the head of a line; nothing where it has none.
    pub(super) fn of(line: &'l str) -> Option<Self> {
        let (time, rest) = line.split_once(' ')?;
        let mut rest = rest.trim_start().strip_prefix('[')?;
        let at = Timestamp::parse(time)?;
        let mut server = "";
        loop {
            let (inside, after) = rest.split_once(']')?;
            // The level stands before the server, or behind it.
            if !["info", "warn", "error", "debug"].contains(&inside) {
                server = inside;
            }
            let text = after.trim_start();
            match text.strip_prefix('[') {
                Some(next) if server.is_empty() => rest = next,
                Some(next)
                    if ["info]", "warn]", "error]", "debug]"].iter().any(|level| next.starts_with(level)) =>
                {
                    rest = next;
                }
                _ => return Some(Self { at, server, text }),
            }
        }
    }
}

impl Records {
    pub(super) fn desktop(&mut self, line: &Line<'_>) -> Result<bool, String> {
        if !self.log.formats.contains(&Format::ClaudeDesktop) {
            self.log.formats.push(Format::ClaudeDesktop);
        }
        let Some(rest) = line.text.strip_prefix("Message from ") else { return Ok(false) };
        let (from, message) = match rest.split_once(": ") {
            Some(("client", message)) => (From::Client, message),
            Some(("server", message)) => (From::Server, message),
            _ => return Ok(false),
        };
        // Some versions write what else they know behind it.
        let message = match message.rfind(" { metadata:") {
            Some(end) if message.ends_with('}') => message.get(..end).unwrap_or(message),
            _ => message,
        };
        let (server, at) = (Some(line.server).filter(|server| !server.is_empty()), Some(line.at));
        let said = Said { message: message.trim(), at, from, server, session: line.server, grant: None };
        self.message(&said, true).map(|index| index.is_some())
    }
}
