//! What is said of tools: how risky each is, by its own definition.

use gatewright_core::import::tools::import_tools;
use gatewright_core::risk::{Assessed, Category, Risk, Signal, assess_all};
use gatewright_core::tool::ToolDefinition;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Answer, from_js, to_js};

#[derive(Serialize)]
struct Told {
    servers: Vec<Server>,
    words: String,
    unreadable: Vec<String>,
}

#[derive(Serialize)]
struct Server {
    name: String,
    tools: Vec<Tool>,
}

#[derive(Serialize)]
struct Tool {
    name: String,
    #[serde(flatten)]
    risk: Risk,
    source: &'static str,
    /// The signals in words, each kind once.
    signal_words: Vec<String>,
}

/// The risk of each tool of a list. `name`: what a server is called that the text does not name. `overrules`: pairs
/// of a tool's name and the category that a person says it is. Throws a sentence where there is no list, or a category is none.
#[wasm_bindgen]
pub fn risk(text: &str, name: &str, overrules: JsValue) -> Answer {
    let said: Vec<(String, String)> = from_js(overrules)?;
    let mut overruled = Vec::new();
    for (tool, word) in said {
        let category = Category::from_word(&word).ok_or_else(|| {
            let known = Category::ALL.map(Category::as_str).join("`, `");
            JsValue::from_str(&format!("`{word}` is no category of risk; there are `{known}`"))
        })?;
        overruled.push((tool, category));
    }
    let imported = import_tools(text, name).map_err(|problem| JsValue::from_str(&problem))?;
    let words = imported.in_words();
    let servers = imported.servers.into_iter().map(|server| {
        // What cannot be read as a definition is told of by the import.
        let tools = server.tools.iter().filter_map(|tool| ToolDefinition::deserialize(tool).ok()).collect();
        let tools = assess_all(tools).into_iter().map(|assessed| told(assessed, &overruled));
        Server { name: server.name, tools: tools.collect() }
    });
    to_js(&Told { servers: servers.collect(), words, unreadable: imported.unreadable })
}

fn told(Assessed { tool, risk }: Assessed, overruled: &[(String, Category)]) -> Tool {
    let said = overruled.iter().find(|(name, _)| *name == tool.name);
    let risk = said.into_iter().fold(risk, |risk, (_, category)| risk.overruled_by(*category));
    let mut signal_words: Vec<String> = risk.signals.iter().map(Signal::in_words).collect();
    signal_words.dedup();
    Tool { name: tool.name, source: risk.source_in_words(), signal_words, risk }
}
