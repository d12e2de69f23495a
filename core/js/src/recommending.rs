//! The policy that a server's tools deserve.

use std::collections::BTreeMap;

use gatewright_core::amend::AmendError;
use gatewright_core::import::tools::import_tools;
use gatewright_core::recommend::{self, Advice, Choice, Figures, Recommended};
use gatewright_core::risk::{Assessed, Category, assess_all};
use gatewright_core::tool::ToolDefinition;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Answer, from_js, to_js};

/// A policy for the tools of some lists, with the reason of each line and what the other choices come to. `policy`, if
/// given, is the text that it is made in. Throws a sentence where one of them cannot be read.
#[wasm_bindgen]
pub fn recommend(tools: &str, choice: &str, policy: Option<String>, overrules: JsValue) -> Answer {
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        recommended: Recommended,
        choice: Choice,
        tools: &'a [Advice],
        figures: BTreeMap<&'static str, Figures>,
    }
    let tools = assessed(tools, overrules)?;
    let choice = Choice::from_word(choice)
        .ok_or_else(|| JsValue::from_str("`choice` is `strict`, `balanced` or `permissive`"))?;
    let recommendation = recommend::recommend(&tools, choice);
    let recommended = match policy {
        None => recommendation.alone(),
        Some(policy) => recommendation.onto(&policy).map_err(|error| unfit(&error))?,
    };
    let figures = Choice::ALL
        .into_iter()
        .map(|choice| (choice.as_str(), recommend::recommend(&tools, choice).figures()));
    to_js(&Told { recommended, choice, tools: &recommendation.tools, figures: figures.collect() })
}

fn unfit(error: &AmendError) -> JsValue {
    JsValue::from_str(&format!("the policy cannot be edited: {error}"))
}

/// The tools of some lists, each with its risk, or with what a person has said of it by name.
pub(crate) fn assessed(lists: &str, overrules: JsValue) -> Result<Vec<Assessed>, JsValue> {
    let imported = import_tools(lists, "").map_err(|error| JsValue::from_str(&error))?;
    let overrules: BTreeMap<String, String> =
        if overrules.is_undefined() { BTreeMap::new() } else { from_js(overrules)? };
    let mut tools = Vec::new();
    for server in imported.servers {
        let read = server.tools.iter().filter_map(|tool| ToolDefinition::deserialize(tool).ok());
        tools.extend(assess_all(read.collect()));
    }
    for (name, word) in &overrules {
        let category = Category::from_word(word).ok_or_else(|| {
            let known = Category::ALL.map(Category::as_str).join("`, `");
            JsValue::from_str(&format!("`{word}` is no category of risk; there are `{known}`"))
        })?;
        let mut found = tools.iter_mut().filter(|tool| tool.tool.name == *name).peekable();
        if found.peek().is_none() {
            return Err(JsValue::from_str(&format!("no list has a tool `{name}`")));
        }
        for tool in found {
            tool.risk = tool.risk.clone().overruled_by(category);
        }
    }
    Ok(tools)
}
