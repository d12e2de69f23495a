//! A session of Codex (`~/.codex/sessions/**/rollout-*.jsonl`).
//!
//! A call is there up to three times, as what the model asked for, as its begin and as its end: its `call_id` makes them
//! one, at the time of the first, and the events say exactly which server and tool it was. Functions that are no server's
//! are Codex's own. An end with an error gives a call back only where it is plain that it was a JSON-RPC error: a call
//! that ran into a timeout may have done its work.

use alloc::format;
use alloc::string::{String, ToString};

use super::object::Object;
use super::records::{Found, Records};
use crate::call::{Arguments, Outcome};
use crate::time::Timestamp;

impl Records {
    pub(super) fn codex(&mut self, record: &Object<'_>) -> Result<bool, String> {
        let Some(payload) = record.object("payload") else { return Ok(false) };
        if record.is("type", "session_meta") {
            self.session = payload.text("id").unwrap_or_default();
            return Ok(false);
        }
        let at: Option<Timestamp> = record.must("timestamp")?;
        if payload.is("type", "function_call") {
            return self.codex_function(&payload, at);
        }
        let is_end = payload.is("type", "mcp_tool_call_end");
        if !is_end && !payload.is("type", "mcp_tool_call_begin") {
            return Ok(false);
        }
        let Some(call) = payload.object("invocation") else {
            return Err("`invocation` is missing".to_string());
        };
        let Some(tool) = call.must::<String>("tool")? else { return Err("`tool` is missing".to_string()) };
        let arguments = match call.get("arguments") {
            Some(text) if !text.starts_with('{') => return Err("`arguments` is not an object".to_string()),
            text => text.map_or(Arguments::None, Arguments::Text),
        };
        let server = call.text("server");
        let found = self.codex_call(&payload, server.as_deref(), &tool, arguments, at)?;
        let Some((index, fresh)) = found else { return Ok(true) };
        if !fresh {
            self.log.calls.correct(index, &tool, arguments);
            self.log.split = None;
        }
        if let (true, Some(outcome)) = (is_end, outcome(&payload)) {
            self.ended(index, outcome, at);
        }
        Ok(fresh)
    }

    fn codex_function(&mut self, payload: &Object<'_>, at: Option<Timestamp>) -> Result<bool, String> {
        let Some(name) = payload.must::<String>("name")? else {
            return Err("a call without a name".to_string());
        };
        let space = payload.text("namespace");
        let in_space = space.as_deref().and_then(|space| space.strip_prefix("mcp__"));
        let split = match in_space {
            Some(server) => Some((server.trim_end_matches('_'), name.as_str())),
            None => self.split(&name),
        };
        let Some((server, tool)) = split else {
            self.log.own_tools += 1;
            return Ok(false);
        };
        let arguments = payload.arguments("arguments");
        if arguments.is_none() && payload.text("arguments").is_some_and(|text| !text.trim().is_empty()) {
            return Err("the arguments of a call are not the text of an object".to_string());
        }
        let arguments = arguments.as_deref().map_or(Arguments::None, Arguments::Text);
        let found = self.codex_call(payload, Some(server), tool, arguments, at)?;
        Ok(found.is_none_or(|(_, fresh)| fresh))
    }

    /// The call of a record, and whether it is the first of it. Nothing where there is no room for it.
    fn codex_call(
        &mut self,
        payload: &Object<'_>,
        server: Option<&str>,
        tool: &str,
        arguments: Arguments<'_>,
        at: Option<Timestamp>,
    ) -> Result<Option<(usize, bool)>, String> {
        let at = Some(at.ok_or("no time: `timestamp` is missing")?);
        let Some(id) = payload.text("call_id") else { return Err("`call_id` is missing".to_string()) };
        let name = format!("codex:{id}");
        if let Some(index) = self.named.get(&name) {
            // No repetition that a reader would wonder about: that is how each call is written.
            return Ok(Some((*index, false)));
        }
        let session = core::mem::take(&mut self.session);
        let index = self.push(&Found { tool, server, arguments, at, session: &session, ..Found::default() });
        self.session = session;
        if let Some(index) = index {
            self.named.insert(name, index);
        }
        Ok(index.map(|index| (index, true)))
    }
}

/// How a call ended, where that is plain.
fn outcome(payload: &Object<'_>) -> Option<Outcome> {
    let result = payload.object("result")?;
    match result.object("Ok") {
        Some(answer) if answer.is_true("isError") => Some(Outcome::ToolError),
        Some(_) => Some(Outcome::Ok),
        None => result.text("Err")?.contains("Mcp error: -3").then_some(Outcome::ProtocolError),
    }
}
