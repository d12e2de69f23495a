//! `OpenAI`'s messages of a chat, and items of the Responses interface: what was sent and what came, without times.
//!
//! Arguments stand in a string, and that is what is judged. A call may be there twice, for each request repeats what was
//! said before: an id with the same tool and the same arguments is one call. A request for approval is a call once it
//! was made, and then it is approved.

use alloc::format;
use alloc::string::{String, ToString};

use super::object::Object;
use super::records::{Found, Records};
use crate::call::{Arguments, Outcome};

/// Items of the Responses interface that are told by their type.
const ITEMS: [&str; 7] = [
    "function_call",
    "function_call_output",
    "mcp_call",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_list_tools",
    "reasoning",
];

/// Whether a record is a message of a chat.
pub(super) fn is_message(record: &Object<'_>) -> bool {
    record.has("role")
        && (record.has("tool_calls") || record.has("function_call") || record.has("tool_call_id"))
}

/// Whether a record is an item of the Responses interface.
pub(super) fn is_item(record: &Object<'_>) -> bool {
    ITEMS.iter().any(|name| record.is("type", name))
}

impl Records {
    pub(super) fn chat(&mut self, record: &Object<'_>) -> Result<bool, String> {
        let mut any = false;
        for call in record.objects("tool_calls") {
            if let Some(function) = call.object("function") {
                any |= self.function_call(call.text("id"), &function)?.is_some();
            }
        }
        if let Some(function) = record.object("function_call") {
            any |= self.function_call(None, &function)?.is_some();
        }
        Ok(any)
    }

    pub(super) fn responses(&mut self, record: &Object<'_>) -> Result<bool, String> {
        if record.is("type", "function_call") {
            return self.function_call(record.text("call_id"), record).map(|call| call.is_some());
        }
        if record.is("type", "mcp_approval_response") {
            let approved = record.is_true("approve");
            if let (true, Some(request)) = (approved, record.text("approval_request_id")) {
                self.named.insert(granted(&request), 0);
            }
            return Ok(false);
        }
        if !record.is("type", "mcp_call") {
            return Ok(false);
        }
        let Some(index) = self.function_call(record.text("id"), record)? else { return Ok(false) };
        let failed = record.object("error").map(|error| error.is("type", "mcp_protocol_error"));
        let outcome = match failed {
            Some(true) => Some(Outcome::ProtocolError),
            _ if record.has("error") || record.is("status", "failed") => Some(Outcome::ToolError),
            _ if record.has("output") || record.is("status", "completed") => Some(Outcome::Ok),
            _ => None,
        };
        if let Some(outcome) = outcome {
            self.ended(index, outcome, None);
        }
        Ok(true)
    }

    /// A call: its index, where it counts.
    fn function_call(&mut self, id: Option<String>, call: &Object<'_>) -> Result<Option<usize>, String> {
        let Some(name) = call.must::<String>("name")? else {
            return Err("a call without a name".to_string());
        };
        let arguments = call.arguments("arguments");
        if arguments.is_none()
            && call.get("arguments").is_some_and(|text| text.trim_matches('"').trim() != "")
        {
            return Err("the arguments of a call are not the text of an object".to_string());
        }
        let label = call.text("server_label");
        let (server, tool) = match self.split(&name) {
            Some((server, tool)) => (Some(server), tool),
            None => (label.as_deref(), name.as_str()),
        };
        let approved =
            call.text("approval_request_id").is_some_and(|id| self.named.contains_key(&granted(&id)));
        let arguments = arguments.as_deref().map_or(Arguments::None, Arguments::Text);
        let found = Found { tool, server, arguments, approved, ..Found::default() };
        let Some(id) = id else { return Ok(self.push(&found)) };
        let name = format!("call:{id}:{tool}:{}", arguments_key(&arguments));
        Ok(self.push_once(name, &found).filter(|(_, fresh)| *fresh).map(|(index, _)| index))
    }
}

/// What a request for approval is remembered as that was granted.
fn granted(request: &str) -> String {
    format!("granted {request}")
}

fn arguments_key<'a>(arguments: &Arguments<'a>) -> &'a str {
    match arguments {
        Arguments::Text(text) => text,
        _ => "",
    }
}
