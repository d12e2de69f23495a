//! JSON-RPC messages: recorded one by one, as they are, or in the Inspector's export.
//!
//! Two messages of one call are one call. Since revision 2026-07-28 of the Model Context Protocol a server answers a call
//! that it wants to know more about with `input_required`, and the client sends the same call again under a new id, with
//! `inputResponses` and the `requestState` that it was given. The call was made when it was first sent. Where our own
//! proxy asked for approval, it was made when it was decided, as in the decision log, and whether a person approved it
//! is in the reply. A call that was sent again because a stream broke has nothing that ties it to the first.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use core::hash::BuildHasher;

use super::object::Object;
use super::own::time;
use super::records::{Found, Records};
use crate::answer::DENIED;
use crate::bounds::Bounds;
use crate::call::{Arguments, Outcome};
use crate::message::{Envelope, Line, ToolCallLine, id_key, read_envelope, read_line};
use crate::time::Timestamp;

/// What the states begin with that our own proxy gives with its questions.
const OWN_STATE: &str = "gatewright:";

/// A message, and what its record says of it.
#[derive(Clone, Copy)]
pub(super) struct Said<'s> {
    pub(super) message: &'s str,
    pub(super) at: Option<Timestamp>,
    pub(super) from: From,
    pub(super) server: Option<&'s str>,
    pub(super) session: &'s str,
    pub(super) grant: Option<&'s str>,
}

/// Which side a message came from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Client,
    Server,
    Nobody,
}

/// Whether a record is a message itself.
pub(super) fn is_bare(record: &Object<'_>) -> bool {
    record.has("jsonrpc") || record.has("method") && record.has("params")
}

impl Records {
    /// A record around a message, or one that is a message.
    pub(super) fn recorded(&mut self, record: &Object<'_>, text: &str) -> Result<bool, String> {
        let from = match record.text("dir").unwrap_or_default() {
            dir if dir.starts_with("client") => From::Client,
            dir if dir.starts_with("server") => From::Server,
            _ => From::Nobody,
        };
        let (server, grant) = (record.text("server"), record.must::<String>("grant")?);
        let session = record.must::<String>("session")?.unwrap_or_default();
        let Some(message) = record.get("msg").or_else(|| is_bare(record).then_some(text)) else {
            return Ok(false);
        };
        if !message.starts_with('{') {
            return Err("`msg` is not an object".to_string());
        }
        let at = time(record, "ts", "at")?;
        let is_wrapped = record.has("msg");
        let (server, grant) = (server.as_deref(), grant.as_deref());
        let message = &*on_one_line(message);
        let said = Said { message, at, from, server, session: &session, grant };
        self.message(&said, is_wrapped).map(|index| index.is_some())
    }

    /// An entry of the Inspector's export: a request, and the answer to it.
    pub(super) fn exported(&mut self, record: &Object<'_>) -> Result<bool, String> {
        let message = record.get("message").filter(|message| message.starts_with('{'));
        let Some(message) = message else { return Err("`message` is not an object".to_string()) };
        let from = if record.is("origin", "server") {
            From::Server
        } else if record.is("direction", "response") {
            From::Nobody
        } else {
            From::Client
        };
        let message = &*on_one_line(message);
        let at: Option<Timestamp> = record.must("timestamp")?;
        let said = Said { message, at, from, server: None, session: "", grant: None };
        let index = self.message(&said, true)?;
        let is_call = || Object::read(message).is_ok_and(|message| message.is("method", "tools/call"));
        if let (From::Client, Some(message), Some(at)) = (from, record.get("response"), at)
            && is_call()
            && let Some((index, outcome)) = self.answered(&Said { message: &on_one_line(message), ..said })
        {
            #[expect(clippy::cast_possible_truncation, reason = "what is beyond is the nearest that fits")]
            let duration = record.said::<f64>("duration").unwrap_or(0.0) as i64;
            self.log.calls.ended(index, outcome, at.plus(duration));
        }
        Ok(index.is_some())
    }

    /// A message: the index of the call in it, where it is one that counts.
    pub(super) fn message(&mut self, said: &Said<'_>, has_time: bool) -> Result<Option<usize>, String> {
        let line = match read_line(said.message.as_bytes(), &Bounds::DEFAULT) {
            Ok(line) => line,
            Err(_) if said.from == From::Server => Line::Other,
            Err(problem) => return Err(problem.to_string()),
        };
        match line {
            Line::ToolCall(_) if said.from != From::Server && has_time && said.at.is_none() => {
                Err("no time: `ts` is missing".to_string())
            }
            Line::ToolCall(call) if said.from != From::Server => Ok(self.request(said, &call)),
            _ => {
                if said.from != From::Client {
                    self.response(said);
                }
                Ok(None)
            }
        }
    }

    fn request(&mut self, said: &Said<'_>, call: &ToolCallLine<'_>) -> Option<usize> {
        let arguments = call.arguments();
        let mut found = Found {
            tool: &call.tool,
            server: said.server,
            arguments,
            at: said.at,
            grant: said.grant,
            session: said.session,
            approved: false,
        };
        let id = asked_as(said, call.id);
        // Few calls are sent twice, and most lines need no second look.
        let params = ["requestState", "inputResponses"]
            .iter()
            .any(|field| said.message.contains(field))
            .then(|| Object::read(said.message).ok()?.object("params"))
            .flatten();
        if let Some(params) = params {
            let state = params.text("requestState").unwrap_or_default();
            let earlier = self.unfinished_call(&found, &state);
            if state.starts_with(OWN_STATE) {
                found.approved = is_yes(&params);
                if let Some(earlier) = earlier {
                    self.replace(earlier);
                }
            } else if let Some(earlier) = earlier {
                self.named.insert(id, earlier);
                return None;
            }
        }
        let index = self.push(&found)?;
        self.named.insert(id, index);
        Some(index)
    }

    fn response(&mut self, said: &Said<'_>) {
        if let Some((index, outcome)) = self.answered(said) {
            self.ended(index, outcome, said.at);
        }
    }

    /// The call that a message ends, and how.
    fn answered(&mut self, said: &Said<'_>) -> Option<(usize, Outcome)> {
        let envelope = read_envelope(said.message.as_bytes(), &Bounds::DEFAULT);
        let Ok(Envelope::Response { id: Some(id), outcome, result_type }) = envelope else { return None };
        let index = self.named.remove(&asked_as(said, id))?;
        if outcome == Outcome::ToolError && is_denial(said.message) {
            self.log.calls.refuse(index);
        }
        if result_type.as_deref() != Some("input_required") || outcome != Outcome::Ok {
            return Some((index, outcome));
        }
        let result = Object::read(said.message).ok().and_then(|answer| answer.object("result"));
        self.hold(index, &result.and_then(|result| result.text("requestState")).unwrap_or_default());
        None
    }

    /// Remembers a call until its retry.
    fn hold(&mut self, index: usize, state: &str) {
        let Some(call) = self.log.calls.get(index) else { return };
        let key =
            self.unfinished.hasher().hash_one((call.session, call.tool, text_of(&call.arguments), state));
        self.unfinished.entry(key).or_default().push(index);
    }

    /// The call that this is the retry of, once.
    fn unfinished_call(&mut self, found: &Found<'_>, state: &str) -> Option<usize> {
        let key =
            self.unfinished.hasher().hash_one((found.session, found.tool, text_of(&found.arguments), state));
        let waiting = self.unfinished.get_mut(&key)?;
        let index = waiting.pop();
        if waiting.is_empty() {
            self.unfinished.remove(&key);
        }
        index
    }
}

/// What an answer is matched by: its session, and its id. The id 1 is not the id "1".
fn asked_as(said: &Said<'_>, id: &str) -> String {
    format!("asked {}\n{}", said.session, id_key(id))
}

/// A message as it was sent: the record around it may be spread over lines. No string holds a line end as such.
fn on_one_line(message: &str) -> Cow<'_, str> {
    if message.contains(['\n', '\r']) { message.replace(['\n', '\r'], " ").into() } else { message.into() }
}

fn text_of<'a>(arguments: &Arguments<'a>) -> &'a str {
    match arguments {
        Arguments::Text(text) => text,
        _ => "",
    }
}

/// Whether an answer was given in the server's place, by a proxy whose policy refused the call.
fn is_denial(message: &str) -> bool {
    let result = Object::read(message).ok().and_then(|answer| answer.object("result"));
    let says = |part: Object<'_>| part.text("text").is_some_and(|text| text.starts_with(DENIED));
    message.contains(DENIED) && result.is_some_and(|result| result.objects("content").any(says))
}

/// Whether the reply to our own proxy's question says that a person approved.
fn is_yes(params: &Object<'_>) -> bool {
    let reply = params.object("inputResponses").and_then(|replies| replies.object("gatewright_approval"));
    reply.is_some_and(|reply| {
        let approve = reply.object("content").and_then(|content| content.said("approve"));
        reply.is("action", "accept") && approve == Some(true)
    })
}
