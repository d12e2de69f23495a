//! Policies in other languages: read, and written.

use gatewright_core::diagnostic::Location;
use gatewright_core::export::{ExportOptions, Exported, Unexported};
use gatewright_core::import::policy::{Converted, Dialect, ReadOptions, Unread, read};
use gatewright_core::parse;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Answer, from_js, to_js};

/// What JavaScript gives beside a text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Given {
    from: Option<String>,
    server: Option<String>,
    tool: Option<String>,
    tools: Vec<String>,
}

/// A report with its sentences.
#[derive(Serialize)]
struct Told<'r, R: Serialize> {
    #[serde(flatten)]
    report: &'r R,
    in_words: String,
}

/// Where a text breaks off.
#[derive(Serialize)]
struct Broken {
    dialect: Dialect,
    location: Location,
    message: String,
}

/// A text of another language as a policy, with its report. Throws a sentence where it is in none, and an object where it
/// is in one and breaks off.
#[wasm_bindgen]
pub fn convert(text: &str, options: JsValue) -> Answer {
    let given: Given = from_js(options)?;
    let tools: Vec<&str> = given.tools.iter().map(String::as_str).collect();
    let dialect = given.from.as_deref().map(dialect).transpose()?;
    let options =
        ReadOptions { dialect, server: given.server.as_deref(), tool: given.tool.as_deref(), tools: &tools };
    match read(text, &options) {
        Ok(converted) => told(&converted, |converted: &Converted| converted.compared.in_words()),
        Err(Unread::NoDialect(why)) => Err(JsValue::from_str(&why)),
        Err(Unread::Broken { dialect, location, message }) => {
            Err(to_js(&Broken { dialect, location, message })?)
        }
    }
}

/// A policy in another language, with its report. Throws its errors, or a sentence where it cannot be written there.
#[wasm_bindgen]
pub fn export_policy(text: &str, to: &str, options: JsValue) -> Answer {
    let given: Given = from_js(options)?;
    let tools: Vec<&str> = given.tools.iter().map(String::as_str).collect();
    let options = ExportOptions { server: given.server.as_deref().unwrap_or(""), tools: &tools };
    match gatewright_core::export::export(&parse(text), dialect(to)?, &options) {
        Ok(exported) => told(&exported, |exported: &Exported| exported.compared.in_words()),
        Err(Unexported::Errors(errors)) => Err(to_js(&errors)?),
        Err(Unexported::Unable(why)) => Err(JsValue::from_str(&why)),
    }
}

fn told<R: Serialize>(report: &R, words: impl FnOnce(&R) -> String) -> Answer {
    to_js(&Told { report, in_words: words(report) })
}

fn dialect(name: &str) -> Result<Dialect, JsValue> {
    let found = Dialect::ALL.into_iter().find(|dialect| dialect.as_str() == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = Dialect::ALL.iter().map(|dialect| dialect.as_str()).collect();
        JsValue::from_str(&format!("there is no language `{name}`; there are {}", known.join(", ")))
    })
}
