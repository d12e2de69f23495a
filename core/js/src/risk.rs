//! What is said of tools: how risky each is, by its own definition.

use gatewright_core::import::tools::import_tools;
use gatewright_core::risk::{Assessed, Category, Risk, Signal, assess_all};
use gatewright_core::tool::ToolDefinition;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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

/// The risk of each tool of a list. `name`: what a server is called that the text does not name. `said`: pairs of a tool's
/// name and the category that somebody says it is. Throws a sentence where there is no list, or a category is none.
#[wasm_bindgen]
pub fn risk(text: &str, name: &str, said: JsValue) -> Answer {
    let overruled = overruled(said)?;
    let imported = import_tools(text, name).map_err(|problem| JsValue::from_str(&problem))?;
    let words = imported.in_words();
    let servers = imported.servers.into_iter().map(|server| {
        let tools = of_server(&server.tools, &overruled).into_iter().map(told);
        Server { name: server.name, tools: tools.collect() }
    });
    to_js(&Told { servers: servers.collect(), words, unreadable: imported.unreadable })
}

/// The pairs of what somebody says. Throws a sentence where a category is none.
fn overruled(said: JsValue) -> Result<Vec<(String, Category)>, JsValue> {
    let said: Vec<(String, String)> = from_js(said)?;
    let category = |(tool, word): (String, String)| {
        let category = Category::from_word(&word).ok_or_else(|| {
            let words = Category::ALL.map(Category::as_str).join(", ");
            JsValue::from_str(&format!("`{word}` is no category; there are {words}"))
        })?;
        Ok((tool, category))
    };
    said.into_iter().map(category).collect()
}

/// The tools of some lists, each with its risk or with what somebody says of it. Throws as [`risk`] does.
pub(crate) fn assessed(lists: &str, said: JsValue) -> Result<Vec<Assessed>, JsValue> {
    let overruled = overruled(said)?;
    let imported = import_tools(lists, "").map_err(|problem| JsValue::from_str(&problem))?;
    let servers = imported.servers.into_iter();
    Ok(servers.flat_map(|server| of_server(&server.tools, &overruled)).collect())
}

/// The tools of a server. What cannot be read as a definition is told of by the import.
fn of_server(tools: &[Value], overruled: &[(String, Category)]) -> Vec<Assessed> {
    let read = tools.iter().filter_map(|tool| ToolDefinition::deserialize(tool).ok()).collect();
    let mut tools = assess_all(read);
    for Assessed { tool, risk } in &mut tools {
        if let Some((_, category)) = overruled.iter().find(|(name, _)| *name == tool.name) {
            *risk = risk.clone().overruled_by(*category);
        }
    }
    tools
}

fn told(Assessed { tool, risk }: Assessed) -> Tool {
    let mut signal_words: Vec<String> = risk.signals.iter().map(Signal::in_words).collect();
    signal_words.dedup();
    Tool { name: tool.name, source: risk.source_in_words(), signal_words, risk }
}
