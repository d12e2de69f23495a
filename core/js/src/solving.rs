//! What else a scenario tells: every start of a minute, and which `max` would do.

use gatewright_core::built_in::read_scenario;
use gatewright_core::counter::Options;
use gatewright_core::scenario::Scenario;
use gatewright_core::simulate::{Found, LargestMax, Phases, SmallestMax};
use gatewright_core::{CompiledPolicy, simulate};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::{compiled, options};
use crate::{Answer, to_js};

/// A policy and what is played through it.
struct Asked {
    policy: CompiledPolicy,
    scenario: Scenario,
    options: Options,
}

impl Asked {
    fn new(policy: &str, scenario: &str, window_model: &str, refund: &str) -> Result<Self, JsValue> {
        let (options, policy) = (options(window_model, refund)?, compiled(policy)?);
        let scenario = read_scenario(scenario, &policy).map_err(|problem| JsValue::from_str(&problem))?;
        Ok(Self { policy, scenario, options })
    }

    /// The limit with this rule id.
    fn limit(&self, rule: &str) -> Result<usize, JsValue> {
        let found = self.policy.limits().iter().position(|limit| limit.rule.as_str() == rule);
        found.ok_or_else(|| JsValue::from_str(&format!("the policy has no limit `{rule}`")))
    }
}

/// Plays a scenario once for each second of a minute at which it may begin. Throws a sentence where it cannot be played.
#[wasm_bindgen]
pub fn all_starts(policy: &str, scenario: &str, window_model: &str, refund: &str) -> Answer {
    #[derive(Serialize)]
    struct Told {
        #[serde(flatten)]
        phases: Phases,
        words: String,
    }
    let asked = Asked::new(policy, scenario, window_model, refund)?;
    let phases = simulate::phases(&asked.policy, &asked.scenario, asked.options)
        .map_err(|problem| JsValue::from_str(&problem))?;
    to_js(&Told { words: phases.in_words(), phases })
}

/// Finds the smallest `max` of a limit under which it refuses nothing of a scenario. Undefined where no policy may say so
/// much. Throws a sentence where there is no such limit, or the scenario cannot be played.
#[wasm_bindgen]
pub fn smallest_max(policy: &str, rule: &str, scenario: &str, window_model: &str, refund: &str) -> Answer {
    #[derive(Serialize)]
    struct Told {
        #[serde(flatten)]
        found: SmallestMax,
        words: String,
    }
    let asked = Asked::new(policy, scenario, window_model, refund)?;
    let limit = asked.limit(rule)?;
    let found = simulate::smallest_max(&asked.policy, limit, &asked.scenario, asked.options)
        .map_err(|problem| JsValue::from_str(&problem))?;
    found.map_or(Ok(JsValue::UNDEFINED), |found| to_js(&Told { words: found.in_words(), found }))
}

/// Finds the largest whole `max` of a limit that keeps its calls to so many a UTC day of a scenario. Throws a sentence
/// where there is no such limit, or the scenario cannot be played.
#[wasm_bindgen]
pub fn largest_max(
    policy: &str,
    rule: &str,
    most_a_day: u32,
    scenario: &str,
    window_model: &str,
    refund: &str,
) -> Answer {
    #[derive(Serialize)]
    struct Told {
        counter: String,
        most_a_day: u64,
        max: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        allowed_a_day: Option<u64>,
        exact: bool,
        words: String,
    }
    let asked = Asked::new(policy, scenario, window_model, refund)?;
    let limit = asked.limit(rule)?;
    let found =
        simulate::largest_max(&asked.policy, limit, u64::from(most_a_day), &asked.scenario, asked.options)
            .map_err(|problem| JsValue::from_str(&problem))?;
    let told = |found: LargestMax| {
        let words = found.in_words();
        let (max, allowed_a_day, exact) = match found.found {
            Found::Any => (None, None, true),
            Found::Max { max, allowed_a_day, exact } => (Some(max), Some(allowed_a_day), exact),
        };
        to_js(&Told {
            counter: found.counter,
            most_a_day: found.most_a_day,
            max,
            allowed_a_day,
            exact,
            words,
        })
    };
    found.map_or(Ok(JsValue::UNDEFINED), told)
}
