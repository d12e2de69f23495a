//! The policy that a server's tools deserve.

use std::collections::BTreeMap;

use gatewright_core::recommend::{self, Advice, Choice, Figures, Recommended};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::risk::assessed;
use crate::{Answer, to_js};

/// A policy for the tools of some lists, with the reason of each line and what the other choices come to. `policy`, if
/// given, is the text that it is made in. Throws a sentence where one of them cannot be read.
#[wasm_bindgen]
pub fn recommend(tools: &str, choice: &str, policy: Option<String>, said: JsValue) -> Answer {
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        recommended: Recommended,
        choice: Choice,
        tools: &'a [Advice],
        figures: BTreeMap<&'static str, Figures>,
    }
    let tools = assessed(tools, said)?;
    let choice = Choice::from_word(choice)
        .ok_or_else(|| JsValue::from_str("`choice` is `strict`, `balanced` or `permissive`"))?;
    let recommendation = recommend::recommend(&tools, choice);
    let recommended = match policy {
        None => recommendation.alone(),
        Some(policy) => recommendation
            .onto(&policy)
            .map_err(|error| JsValue::from_str(&format!("the policy cannot be edited: {error}")))?,
    };
    let figures = Choice::ALL
        .into_iter()
        .map(|choice| (choice.as_str(), recommend::recommend(&tools, choice).figures(&tools)));
    to_js(&Told { recommended, choice, tools: &recommendation.tools, figures: figures.collect() })
}
