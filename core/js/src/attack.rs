//! Attacks on the tools of a list, and what became of tools since they were pinned.

use gatewright_core::attack::{ALL, Attack, Performed, Report, Score, Target, run};
use gatewright_core::counter::Options;
use gatewright_core::import::log::{LogOptions, LogReader};
use gatewright_core::import::tools::{ListedServer, import_tools, read_earlier};
use gatewright_core::parse;
use gatewright_core::risk::{Assessed, assess_all};
use gatewright_core::scenario::Calls;
use gatewright_core::tool::drift::{self, Change, Pins, ServerTools};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::options;
use crate::{Answer, to_js};

/// A report, with the sentences that are made of it.
#[derive(Serialize)]
struct Told {
    attacks: Vec<Performed>,
    day: gatewright_core::attack::Day,
    score: Scored,
    drift: Option<Drifted>,
}

#[derive(Serialize)]
struct Scored {
    #[serde(flatten)]
    score: Score,
    words: String,
}

/// What became of the tools of a list.
#[derive(Serialize)]
struct Drifted {
    tools: usize,
    changes: Vec<Changed>,
    words: String,
}

#[derive(Serialize)]
struct Changed {
    #[serde(flatten)]
    change: Change,
    words: String,
}

/// Every attack: what happens, where it was described, what stops it.
#[wasm_bindgen]
pub fn attack_library() -> Answer {
    to_js(&ALL)
}

/// Performs the attack `only`, or all. `earlier`: pins or an earlier list; `log`: a normal day as it was. Throws the
/// diagnostics of a policy with errors, and a sentence for what else cannot be read.
#[wasm_bindgen]
pub fn attacks(
    policy: &str,
    tools: &str,
    earlier: Option<String>,
    log: Option<String>,
    only: Option<String>,
    window_model: &str,
    refund: &str,
) -> Answer {
    let options: Options = options(window_model, refund)?;
    let servers = servers(tools)?;
    let attacks = chosen(only)?;
    let parsed = parse(policy);
    let changes = match earlier {
        Some(earlier) => {
            let earlier = read_earlier(&earlier, "").map_err(|problem| JsValue::from_str(&problem))?;
            let mut changes = drift::changes(&earlier, &servers);
            drift::decide(&mut changes, &parsed);
            Some(changes)
        }
        None => None,
    };
    let number = servers.iter().map(|server| server.tools.len()).sum();
    let assessed: Vec<Assessed> = servers.into_iter().flat_map(|server| assess_all(server.tools)).collect();
    let target = match Target::new(&parsed, &assessed) {
        Ok(target) => target.counted(options),
        Err(found) => return Err(to_js(&found)?),
    };
    let target = match &changes {
        Some(changes) => target.pinned(changes),
        None => target,
    };
    let log = log.map(|log| calls(&log)).transpose()?;
    let Report { attacks, day, score } = run(&target, &attacks, log.as_ref());
    let score = Scored { words: score.in_words(), score };
    to_js(&Told { attacks, day, score, drift: changes.map(|changes| drifted(changes, number)) })
}

/// The pins of the tools of a list, as text.
#[wasm_bindgen]
pub fn pins(tools: &str) -> Result<String, JsValue> {
    Ok(Pins::of(&servers(tools)?).to_text())
}

/// What became of tools since they were pinned or listed, and what a policy decides of it.
#[wasm_bindgen]
pub fn drift(earlier: &str, tools: &str, policy: Option<String>) -> Answer {
    let earlier = read_earlier(earlier, "").map_err(|problem| JsValue::from_str(&problem))?;
    let servers = servers(tools)?;
    let mut changes = drift::changes(&earlier, &servers);
    if let Some(policy) = policy {
        drift::decide(&mut changes, &parse(&policy));
    }
    to_js(&drifted(changes, servers.iter().map(|server| server.tools.len()).sum()))
}

fn drifted(changes: Vec<Change>, tools: usize) -> Drifted {
    let words = drift::summary(&changes, tools);
    let told = changes.into_iter().map(|change| Changed { words: change.in_words(), change });
    Drifted { tools, changes: told.collect(), words }
}

fn servers(text: &str) -> Result<Vec<ServerTools>, JsValue> {
    let imported = import_tools(text, "").map_err(|problem| JsValue::from_str(&problem))?;
    Ok(imported.servers.iter().map(ListedServer::definitions).collect())
}

fn chosen(only: Option<String>) -> Result<Vec<Attack>, JsValue> {
    let Some(id) = only else { return Ok(ALL.to_vec()) };
    let attack =
        Attack::find(&id).ok_or_else(|| JsValue::from_str(&format!("no attack is called `{id}`")))?;
    Ok(vec![*attack])
}

/// The calls of a log.
fn calls(log: &str) -> Result<Calls, JsValue> {
    let mut reader = LogReader::new(LogOptions::default());
    reader.feed(log.as_bytes());
    let calls = reader.finish().calls;
    if calls.is_empty() { Err(JsValue::from_str("there are no calls in the log")) } else { Ok(calls) }
}
