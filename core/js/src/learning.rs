//! A log, read in pieces, and then learned from in pieces.

use std::mem;
use std::sync::Arc;

use gatewright_core::import::log::LogReader;
use gatewright_core::learn::{LearnOptions, Learned, Learner as Learning};
use gatewright_core::scenario::Calls;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::simulation::{Log, Report, log_options};
use crate::{Answer, to_js};

/// The smallest policy that allows a log.
#[wasm_bindgen]
pub struct Learner {
    options: LearnOptions,
    stage: Stage,
}

enum Stage {
    Reading(Box<LogReader>),
    Learning {
        report: Box<Report>,
        learning: Box<Learning<Arc<Calls>>>,
    },
    Done {
        report: Box<Report>,
        learned: Box<Learned>,
    },
    /// Between two of the others.
    Nothing,
}

#[wasm_bindgen]
impl Learner {
    /// Takes the JSON text of the options, and throws a sentence where they are none. Calls without a time are spaced from
    /// `start` on, `step_ms` apart; NaN leaves that to the evaluator.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, start: f64, step_ms: f64) -> Result<Learner, JsValue> {
        let options = serde_json::from_str(options)
            .map_err(|error| JsValue::from_str(&format!("the options: {error}")))?;
        Ok(Self { options, stage: Stage::Reading(Box::new(LogReader::new(log_options(start, step_ms)))) })
    }

    /// Takes the next piece of the log. Says whether it was still being read.
    pub fn feed(&mut self, piece: &[u8]) -> bool {
        let Stage::Reading(reader) = &mut self.stage else { return false };
        reader.feed(piece);
        true
    }

    /// Ends the log, and tells what was read of it.
    pub fn ended(&mut self) -> Answer {
        self.stage = match mem::replace(&mut self.stage, Stage::Nothing) {
            Stage::Reading(reader) => {
                let Log { calls, report } = Log::new(reader.finish());
                let learning = Box::new(Learning::new(calls, self.options));
                Stage::Learning { report: Box::new(report), learning }
            }
            stage => stage,
        };
        match &self.stage {
            Stage::Learning { report, .. } | Stage::Done { report, .. } => to_js(&**report),
            Stage::Reading(_) | Stage::Nothing => Ok(JsValue::UNDEFINED),
        }
    }

    /// Does at most so many steps more. Returns which share of all is done, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "it is a share, to be shown")]
    pub fn advance(&mut self, steps: usize) -> f64 {
        match &mut self.stage {
            Stage::Learning { learning, .. } => {
                let (done, all) = learning.advance(steps);
                if done == all { 1.0 } else { done as f64 / all as f64 }
            }
            Stage::Done { .. } => 1.0,
            Stage::Reading(_) | Stage::Nothing => 0.0,
        }
    }

    /// Does what is left, and tells what was learned.
    pub fn result(&mut self) -> Answer {
        #[derive(Serialize)]
        struct Told<'r> {
            #[serde(flatten)]
            learned: &'r Learned,
            log: &'r Report,
        }
        if let Stage::Reading(_) = self.stage {
            self.ended()?;
        }
        self.stage = match mem::replace(&mut self.stage, Stage::Nothing) {
            Stage::Learning { report, learning } => {
                Stage::Done { report, learned: Box::new(learning.finish()) }
            }
            stage => stage,
        };
        let Stage::Done { report, learned } = &self.stage else { return Ok(JsValue::UNDEFINED) };
        to_js(&Told { learned, log: report })
    }
}
