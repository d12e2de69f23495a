//! What is said of a document: findings, and the document in English.

use gatewright_core::diagnostic::{Edit, apply};
use gatewright_core::explain::{Explanation, explain_under};
use gatewright_core::tool::read_tools;
use gatewright_core::{lint, parse};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::word;
use crate::{Answer, from_js, to_js};

/// The lints of a document without errors. Throws a sentence where `tools` cannot be read.
#[wasm_bindgen]
pub fn lints(text: &str, tools: Option<String>) -> Answer {
    let tools =
        tools.map(|tools| read_tools(&tools)).transpose().map_err(|error| JsValue::from_str(&error))?;
    to_js(&lint(&parse(text), tools.as_deref()))
}

/// The errors of a document.
#[wasm_bindgen]
pub fn errors(text: &str) -> Answer {
    crate::engine::compiled(text).err().map_or_else(|| to_js(&[(); 0]), Ok)
}

/// The document in English.
#[wasm_bindgen]
pub fn explain(text: &str, window_model: &str) -> Answer {
    #[derive(Serialize)]
    struct Explained {
        #[serde(flatten)]
        explanation: Explanation,
        markdown: String,
    }
    let explanation = explain_under(&parse(text).policy, word(window_model)?);
    let markdown = explanation.to_markdown();
    to_js(&Explained { explanation, markdown })
}

/// A text after some edits; undefined where they do not fit it. Throws a sentence where they are none.
#[wasm_bindgen]
pub fn apply_edits(text: &str, edits: JsValue) -> Result<Option<String>, JsValue> {
    #[derive(serde::Deserialize)]
    struct Given {
        start: usize,
        end: usize,
        text: String,
    }
    let given: Vec<Given> = from_js(edits)?;
    let edits = given.into_iter().map(|Given { start, end, text }| Edit { start, end, text });
    Ok(apply(text, &edits.collect::<Vec<_>>()))
}
