//! The evaluator for JavaScript: what the npm package `gatewright` is built from.
//!
//! `index.js` is its only caller, and knows both sides of the seam. What is asked for each call crosses as numbers:
//! arguments are written into an [`area`](crate::area) of this memory and the ruling comes back packed in one. Whatever
//! is asked seldom (findings, words, traces, plans) crosses as JavaScript objects, spelled as in JSON.
//!
//! Nothing is decided here: what a call of `gatewright-core` answers is handed on.

#![deny(missing_docs)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

pub mod answers;
mod area;
pub mod attack;
pub mod convert;
pub mod documents;
pub mod engine;
pub mod learning;
pub mod lines;
pub mod plan;
pub mod recommending;
pub mod risk;
pub mod simulation;
pub mod solving;

/// What a question is answered by, and what is thrown.
///
/// No function of this crate returns a bare `JsValue`: V8, as of Node 20, ends the process where it has to deoptimise the
/// caller of a Wasm function whose only result is a reference.
type Answer = Result<JsValue, JsValue>;

/// A value as JavaScript has it after `JSON.parse`: what its numbers do not tell apart, as in a lint's scenario, is
/// rounded.
fn to_js(value: &impl Serialize) -> Answer {
    value.serialize(&Serializer::json_compatible()).or_else(|_| {
        let text = serde_json::to_string(value).map_err(|error| JsValue::from_str(&error.to_string()))?;
        js_sys::JSON::parse(&text)
    })
}

/// What JavaScript gives. What it is not is told by a sentence: an instance of `Error` would be taken for a trap.
fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| JsValue::from_str(&error.to_string()))
}
