//! Claude Code: the lines of a session (`~/.claude/projects/*/*.jsonl`), and what its hooks are given.
//!
//! The calls of a session are the `tool_use` items of assistant messages, and the `tool_result` of a later user message
//! says how each ended: an error there may be the tool's or the protocol's, and is taken for the tool's. A call that the
//! user refused never left Claude Code, and is none here. Sessions that are resumed repeat their lines: an id is one
//! call. Tools without `mcp__` are Claude Code's own, and no server's. The input of a hook has no time.

use alloc::format;
use alloc::string::String;

use super::object::Object;
use super::records::{Found, Records};
use crate::call::{Arguments, Outcome};
use crate::time::Timestamp;

pub(super) fn is(record: &Object<'_>) -> bool {
    let is_message = record.is("type", "assistant") || record.is("type", "user");
    record.has("type") && ["sessionId", "leafUuid", "uuid"].iter().any(|field| record.has(field))
        || is_message && record.get("message").is_some_and(|message| message.starts_with('{'))
}

/// How the result of a call begins that the user refused.
const REFUSED: &str = "The user doesn't want to proceed with this tool use";

/// A call of Claude Code, wherever it is told of.
struct Use<'u> {
    id: Option<String>,
    name: &'u str,
    input: Option<&'u str>,
    at: Option<Timestamp>,
    session: &'u str,
}

impl Records {
    pub(super) fn claude_code(&mut self, record: &Object<'_>) -> Result<bool, String> {
        let Some(message) = record.object("message") else { return Ok(false) };
        let session = record.text("sessionId").unwrap_or_default();
        let mut any = false;
        for item in message.objects("content") {
            if item.is("type", "tool_use") {
                let Some(name) = item.text("name") else { return Err("a call without a name".into()) };
                let at = record.must("timestamp")?;
                if at.is_none() && name.starts_with("mcp__") {
                    return Err("no time: `timestamp` is missing".into());
                }
                let input = item.get("input");
                any |=
                    self.tool_use(&Use { id: item.text("id"), name: &name, input, at, session: &session })?;
            } else if item.is("type", "tool_result")
                && let Some(id) = item.text("tool_use_id")
                && let Some(index) = self.named.get(&format!("toolu:{id}")).copied()
            {
                let outcome = match item.is_true("is_error") {
                    true if was_refused(&item) => {
                        self.replace(index);
                        // No call has this number: what the log repeats of it is passed over.
                        self.named.insert(format!("toolu:{id}"), usize::MAX);
                        continue;
                    }
                    true => Outcome::ToolError,
                    false => Outcome::Ok,
                };
                self.ended(index, outcome, record.must("timestamp")?);
            }
        }
        Ok(any)
    }

    pub(super) fn claude_code_hook(&mut self, record: &Object<'_>) -> Result<bool, String> {
        if !record.is("hook_event_name", "PreToolUse") {
            return Ok(false);
        }
        let Some(name) = record.must::<String>("tool_name")? else {
            return Err("`tool_name` is missing".into());
        };
        let session = record.text("session_id").unwrap_or_default();
        let (id, input) = (record.text("tool_use_id"), record.get("tool_input"));
        self.tool_use(&Use { id, name: &name, input, at: None, session: &session })
    }

    fn tool_use(&mut self, call: &Use<'_>) -> Result<bool, String> {
        let Some((server, tool)) = self.split(call.name) else {
            self.log.own_tools += 1;
            return Ok(false);
        };
        let arguments = match call.input {
            Some(input) if !input.starts_with('{') => {
                return Err("the input of a call is not an object".into());
            }
            input => input.map_or(Arguments::None, Arguments::Text),
        };
        let (server, at, session) = (Some(server), call.at, call.session);
        let found = Found { tool, server, arguments, at, session, ..Found::default() };
        let Some(id) = &call.id else {
            self.push(&found);
            return Ok(true);
        };
        Ok(self.push_once(format!("toolu:{id}"), &found).is_none_or(|(_, fresh)| fresh))
    }
}

fn was_refused(result: &Object<'_>) -> bool {
    let says = |text: Option<String>| text.is_some_and(|text| text.starts_with(REFUSED));
    says(result.text("content")) || result.objects("content").any(|part| says(part.text("text")))
}
