//! What of any JSON-RPC message matters to who forwards it: whom it answers, how that ended, and what it withdraws.
//!
//! Read as strictly as a call is, for what one side sends as an answer must not be a call to the other: a message with
//! a `method` is never an answer here, whatever else it holds. What servers do differently and no policy depends on,
//! such as an id with a fraction, is told and not refused.
//!
//! This module judges nothing, and matches no answer to its call.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::ops::Range;

use super::part::Part;
use super::text::Text;
use super::{Malformed, Message, outline};
use crate::bounds::Bounds;
use crate::call::Outcome;

/// The notification by which a client takes back a request.
const CANCELLED: &str = "notifications/cancelled";

/// The member of `_meta` that requests carry since revision 2026-07-28 of the Model Context Protocol.
const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// A message without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Envelope<'m> {
    /// It asks for an answer.
    Request {
        /// The JSON text of its id.
        id: &'m str,
        /// What it asks for.
        method: Cow<'m, str>,
        /// Of a tool call: what else is in it for those on its way.
        call: Option<CallParts>,
    },
    /// It asks for none.
    Notification {
        /// What it tells.
        method: Cow<'m, str>,
        /// Of `notifications/cancelled`: the JSON text of the id of the request that is taken back.
        cancels: Option<&'m str>,
    },
    /// It answers a request.
    Response {
        /// The JSON text of its id. A server that could not read a request answers without, or with `null`.
        id: Option<&'m str>,
        /// How a call that it answers ended.
        outcome: Outcome,
        /// The `resultType` of its result: `complete`, `input_required`, … None where it has none.
        result_type: Option<Cow<'m, str>>,
    },
}

/// What of a tool call no rule looks at, and those on its way do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallParts {
    /// Whether it says its protocol version itself, as it must since revision 2026-07-28. Its answer then says that it
    /// is complete.
    pub modern: bool,
    /// What was asked for earlier: `inputResponses`.
    pub input_responses: Option<Member>,
    /// The state that the question came with: `requestState`.
    pub request_state: Option<Member>,
}

/// Where a member of `params` stands, in bytes of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// All that goes with it where it is cut out: one comma too. Several may be cut out of one line.
    pub whole: Range<usize>,
    /// Its value.
    pub value: Range<usize>,
}

/// Reads the envelope of one line: a JSON-RPC message, with or without its line break.
///
/// The line is held to the same grammar as by [`read_line`](super::read_line), and no key of the message may be there
/// twice. Inside of `params` and `result`, of equal keys the last counts, as most readers have it. A message without
/// `method` is a response: one with an `error` that is not null did not run, unless it has a `result` as well; one with
/// neither is taken for a result, for the work may have been done.
///
/// ```
/// use gatewright_core::Outcome;
/// use gatewright_core::bounds::Bounds;
/// use gatewright_core::message::{Envelope, read_envelope};
///
/// let line = br#"{"jsonrpc":"2.0","id":"a","result":{"content":[],"isError":true}}"#;
/// let Ok(Envelope::Response { id, outcome, .. }) = read_envelope(line, &Bounds::DEFAULT) else { panic!() };
/// assert_eq!((id, outcome), (Some(r#""a""#), Outcome::ToolError));
/// ```
pub fn read_envelope<'m>(line: &'m [u8], bounds: &Bounds) -> Result<Envelope<'m>, Malformed> {
    let message = outline(line, bounds)?;
    let is_call = message.is_call();
    let Message { method, id, params_part, result, error, .. } = message;
    let params = params_part.unwrap_or_default();
    Ok(match (method, id) {
        (Some(method), Some(id)) => {
            Envelope::Request { id, method, call: is_call.then(|| CallParts::read(params)) }
        }
        (Some(method), None) => {
            let cancels = if method == CANCELLED { params.member("requestId") } else { None };
            Envelope::Notification { method, cancels: cancels.map(|id| id.text) }
        }
        (None, id) => {
            let result = result.unwrap_or_default();
            let has_failed = error.is_some_and(|error| error.text != "null");
            let outcome = match result.text {
                "" | "null" if has_failed => Outcome::ProtocolError,
                _ if result.member("isError").is_some_and(|it| it.text == "true") => Outcome::ToolError,
                _ => Outcome::Ok,
            };
            Envelope::Response { id, outcome, result_type: result.member("resultType").and_then(Part::said) }
        }
    })
}

/// What an id is matched by: a server may answer `"\u0061"` by `"a"`, and 1 by 1.0. The id 1 is not the id "1".
///
/// ```
/// use gatewright_core::message::id_key;
/// assert_eq!(id_key(r#""\u0061""#), r#""a""#);
/// assert_eq!((id_key("1.0").as_str(), id_key("12345678901234567890").as_str()), ("1", "12345678901234567890"));
/// ```
#[must_use]
pub fn id_key(id: &str) -> String {
    if let Some(text) = Text::quoted(id)
        && let Ok(said) = text.read()
    {
        return serde_json::Value::from(said).to_string();
    }
    let whole = id.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'));
    whole.map_or(id, |(whole, _)| whole).to_string()
}

impl CallParts {
    fn read(params: Part<'_>) -> Self {
        let members = params.members();
        let name = members.iter().position(|member| member.is("name")).unwrap_or(0);
        let find = |key| members.iter().rposition(|member| member.is(key));
        let cut_out = |key| {
            let index = find(key)?;
            let member = members.get(index)?;
            // A call has a name: what stands before it goes with the comma after it, what stands behind it with the
            // comma before. So no comma is taken twice, and none is left over.
            let whole = match index.checked_sub(1) {
                Some(before) if index > name => members.get(before)?.value.end()..member.value.end(),
                _ => {
                    let next = members.get(index + 1);
                    member.start..next.map_or(member.value.end(), |next| next.start)
                }
            };
            Some(Member { whole, value: member.value.range() })
        };
        let meta = find("_meta").and_then(|index| Some(members.get(index)?.value));
        Self {
            modern: meta.is_some_and(|meta| meta.member(PROTOCOL_VERSION).is_some()),
            input_responses: cut_out("inputResponses"),
            request_state: cut_out("requestState"),
        }
    }
}
