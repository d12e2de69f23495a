//! Messages on their way: what they are, and what is said in a server's place.

use std::ops::Range;

use gatewright_core::answer::{denial_line_of_json, tools_line};
use gatewright_core::bounds::Bounds;
use gatewright_core::call::Outcome;
use gatewright_core::message::{CallParts, Envelope, Member, id_key, read_envelope as read};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::Engine;
use crate::{Answer, to_js};

/// An envelope, as JavaScript sees it.
#[derive(Default, Serialize)]
struct Said<'m> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancels: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_type: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modern: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_responses: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_state: Option<Place>,
}

/// Where a member of `params` stands, from and up to.
#[derive(Serialize)]
struct Place {
    whole: [usize; 2],
    value: [usize; 2],
}

impl From<Member> for Place {
    fn from(member: Member) -> Self {
        let ends = |range: Range<usize>| [range.start, range.end];
        Self { whole: ends(member.whole), value: ends(member.value) }
    }
}

/// What of a message matters to who forwards it. Throws why it cannot be read.
#[wasm_bindgen]
pub fn read_envelope(line: &[u8]) -> Answer {
    let envelope = read(line, &Bounds::DEFAULT).map_err(|problem| JsValue::from_str(problem.as_str()))?;
    to_js(&match &envelope {
        Envelope::Request { id, method, call } => {
            let CallParts { modern, input_responses, request_state } = call.clone().unwrap_or_default();
            Said {
                kind: "request",
                id: Some(id),
                id_key: Some(id_key(id)),
                method: Some(method),
                modern: call.as_ref().map(|_| modern),
                input_responses: input_responses.map(Place::from),
                request_state: request_state.map(Place::from),
                ..Said::default()
            }
        }
        Envelope::Notification { method, cancels } => Said {
            kind: "notification",
            method: Some(method),
            cancels: cancels.map(id_key),
            ..Said::default()
        },
        Envelope::Response { id, outcome, result_type } => Said {
            kind: "response",
            id: *id,
            id_key: id.map(id_key),
            outcome: Some(*outcome),
            result_type: result_type.as_deref(),
            ..Said::default()
        },
    })
}

/// The answer to a call that is not let through, from its verdict as JSON text.
#[wasm_bindgen]
pub fn denial_line(id: &str, verdict: &str, modern: bool) -> Option<String> {
    denial_line_of_json(id, verdict, modern)
}

#[wasm_bindgen]
impl Engine {
    /// The answer to `tools/list` without hidden tools; nothing where nothing has to change. Throws why it cannot be
    /// read.
    pub fn tools_line(&self, line: &[u8]) -> Result<Option<Vec<u8>>, JsValue> {
        tools_line(&self.policy, line).map_err(|problem| JsValue::from_str(problem.as_str()))
    }
}
