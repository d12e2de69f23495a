//! A log, read in pieces, and then run in pieces.

use std::mem;
use std::sync::Arc;

use gatewright_core::built_in::{ALL, read_scenario};
use gatewright_core::counter::Options;
use gatewright_core::diff::{Difference, diff as differences};
use gatewright_core::import::log::{ImportedLog, LogOptions, LogReader, Unreadable};
use gatewright_core::scenario::{Calls, Scenario, notation};
use gatewright_core::simulate::{
    NearMiss, Nearest, Run, Simulation as Running, Summary, calls_under, explain_call,
};
use gatewright_core::{CompiledPolicy, Decision, Reason, Step, Timestamp, Verdict};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::{compiled, options, time};
use crate::{Answer, to_js};

/// A dry run.
#[wasm_bindgen]
pub struct Simulation {
    policy: Arc<CompiledPolicy>,
    options: Options,
    stage: Stage,
}

enum Stage {
    Reading(Box<LogReader>),
    Running {
        log: Box<Log>,
        running: Box<Running<Arc<CompiledPolicy>, Arc<Calls>>>,
    },
    Done {
        log: Box<Log>,
        run: Box<Run>,
    },
    /// Between two of the others.
    Nothing,
}

/// A log that was read.
pub(crate) struct Log {
    pub(crate) calls: Arc<Calls>,
    pub(crate) report: Report,
}

/// What was read of a log.
#[derive(Clone, Serialize)]
pub(crate) struct Report {
    lines: usize,
    calls: usize,
    skipped: usize,
    unreadable: usize,
    first_unreadable: Vec<Line>,
    left_out: usize,
    without_grant: usize,
    without_time: usize,
    duplicates: usize,
    own_tools: usize,
    unrecorded: usize,
    servers: Vec<String>,
    formats: Vec<&'static str>,
    words: String,
}

#[derive(Clone, Serialize)]
struct Line {
    line: usize,
    reason: String,
}

/// One call of a run.
#[derive(Serialize)]
struct Call<'r> {
    index: usize,
    at: Timestamp,
    tool: &'r str,
    grant: &'r str,
    session: &'r str,
    decision: Decision,
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
}

#[wasm_bindgen]
impl Simulation {
    /// Throws the diagnostics of a document with errors. Calls without a time are spaced from `start` on, `step_ms`
    /// apart; NaN leaves that to the evaluator.
    #[wasm_bindgen(constructor)]
    pub fn new(
        policy: &str,
        window_model: &str,
        refund: &str,
        start: f64,
        step_ms: f64,
    ) -> Result<Simulation, JsValue> {
        let options = options(window_model, refund)?;
        let reader = LogReader::new(log_options(start, step_ms));
        Ok(Self { policy: Arc::new(compiled(policy)?), options, stage: Stage::Reading(Box::new(reader)) })
    }

    /// Takes the next piece of the log. Says whether it was still being read.
    pub fn feed(&mut self, piece: &[u8]) -> bool {
        let Stage::Reading(reader) = &mut self.stage else { return false };
        reader.feed(piece);
        true
    }

    /// Takes a scenario in place of a log: the name of a built-in one, a JSON text, or lines of the notation. Throws a
    /// sentence where it is none, and nothing has changed.
    pub fn play(&mut self, scenario: &str) -> Result<(), JsValue> {
        if !matches!(self.stage, Stage::Reading(_)) {
            return Err(JsValue::from_str("the log has ended: no scenario takes its place"));
        }
        let played = read_scenario(scenario, &self.policy)
            .and_then(|scenario| calls_under(&self.policy, &scenario, self.options));
        let calls = played.map_err(|problem| JsValue::from_str(&problem))?;
        self.begin(Log::new(ImportedLog { calls, ..ImportedLog::default() }));
        Ok(())
    }

    /// Ends the log, and tells what was read of it.
    pub fn ended(&mut self) -> Answer {
        match mem::replace(&mut self.stage, Stage::Nothing) {
            Stage::Reading(reader) => self.begin(Log::new(reader.finish())),
            stage => self.stage = stage,
        }
        self.log().map_or(Ok(JsValue::UNDEFINED), |log| to_js(&log.report))
    }

    /// Runs at most so many calls more. Returns how many are run by now.
    pub fn run(&mut self, calls: usize) -> usize {
        match &mut self.stage {
            Stage::Running { running, .. } => running.advance(calls),
            Stage::Done { run, .. } => run.len(),
            Stage::Reading(_) | Stage::Nothing => 0,
        }
    }

    /// Runs what is left, and tells the result.
    pub fn result(&mut self) -> Answer {
        #[derive(Serialize)]
        struct Told<'r> {
            summary: &'r Summary,
            words: String,
            log: &'r Report,
        }
        if let Stage::Reading(_) = self.stage {
            self.ended()?;
        }
        self.stage = match mem::replace(&mut self.stage, Stage::Nothing) {
            Stage::Running { log, running } => Stage::Done { log, run: Box::new(running.finish()) },
            stage => stage,
        };
        let Stage::Done { log, run } = &self.stage else { return Ok(JsValue::UNDEFINED) };
        to_js(&Told { summary: &run.summary, words: run.summary.in_words(), log: &log.report })
    }

    /// How close each counter came to its limit, once all are run: the ones with the fewest left first.
    pub fn near_misses(&self) -> Answer {
        #[derive(Serialize)]
        struct Told {
            rule: String,
            shared_by: String,
            #[serde(flatten)]
            nearest: Nearest,
            denied: usize,
            words: String,
        }
        let Stage::Done { log, run } = &self.stage else { return Ok(JsValue::UNDEFINED) };
        let told = |miss: NearMiss| {
            let lane = run.lanes.get(miss.lane)?;
            let rule = self.policy.limits().get(lane.limit)?.rule.as_str().to_string();
            let (shared_by, words) = (lane.shared_by(&log.calls), miss.nearest.in_words());
            Some(Told { rule, shared_by, words, nearest: miss.nearest, denied: miss.denied })
        };
        to_js(&run.near_misses(&self.policy).into_iter().filter_map(told).collect::<Vec<_>>())
    }

    /// One call, once all are run.
    pub fn call(&self, index: usize) -> Answer {
        let Stage::Done { log, run } = &self.stage else { return Ok(JsValue::UNDEFINED) };
        let judged = log.calls.get(index).zip(run.decision(index)).zip(run.reason.get(index));
        let Some(((call, decision), reason)) = judged else { return Ok(JsValue::UNDEFINED) };
        to_js(&Call {
            index,
            at: run.at.get(index).copied().unwrap_or(call.at),
            tool: call.tool,
            grant: call.grant,
            session: call.session,
            decision,
            reason: *reason,
            rule: run.rule(&self.policy, index).map(|rule| rule.as_str().to_string()),
            retry_at: run.retry_at.get(index).copied().flatten(),
        })
    }

    /// One call with every check.
    pub fn explain(&self, index: usize) -> Answer {
        #[derive(Serialize)]
        struct Explained {
            verdict: Verdict,
            steps: Vec<Step>,
        }
        let explained =
            self.log().and_then(|log| explain_call(&self.policy, &log.calls, index, self.options));
        explained.map_or(Ok(JsValue::UNDEFINED), |(verdict, steps)| {
            to_js(&Explained { verdict: Verdict { reservation: None, ..verdict }, steps })
        })
    }

    /// Makes ready to run.
    fn begin(&mut self, log: Log) {
        let (policy, calls) = (Arc::clone(&self.policy), Arc::clone(&log.calls));
        let running = Box::new(Running::new(policy, calls, self.options));
        self.stage = Stage::Running { log: Box::new(log), running };
    }

    fn log(&self) -> Option<&Log> {
        match &self.stage {
            Stage::Running { log, .. } | Stage::Done { log, .. } => Some(log),
            Stage::Reading(_) | Stage::Nothing => None,
        }
    }
}

impl Log {
    pub(crate) fn new(log: ImportedLog) -> Self {
        let named = |Unreadable { line, reason }: &Unreadable| Line { line: *line, reason: reason.clone() };
        let report = Report {
            lines: log.lines,
            calls: log.calls.len(),
            skipped: log.skipped,
            unreadable: log.unreadable,
            first_unreadable: log.first_unreadable.iter().map(named).collect(),
            left_out: log.left_out,
            without_grant: log.without_grant,
            without_time: log.without_time,
            duplicates: log.duplicates,
            own_tools: log.own_tools,
            unrecorded: log.unrecorded,
            servers: log.servers.clone(),
            formats: log.formats.iter().map(|format| format.as_str()).collect(),
            words: log.in_words(),
        };
        Self { calls: Arc::new(log.calls), report }
    }
}

/// The built-in scenarios.
#[wasm_bindgen]
pub fn built_in_scenarios() -> Answer {
    to_js(&ALL)
}

/// The scenario that is said, as [`Simulation::play`] takes it, in lines of the notation. Throws a sentence where it is
/// none, and the diagnostics of a document with errors.
#[wasm_bindgen]
pub fn scenario_in_lines(policy: &str, scenario: &str) -> Result<String, JsValue> {
    let read = read_scenario(scenario, &compiled(policy)?);
    read.map(|scenario| notation::print(&scenario)).map_err(|problem| JsValue::from_str(&problem))
}

/// The scenario that lines of the notation say, as JSON: the numbers of arguments are as written. Throws a sentence where
/// they say none.
#[wasm_bindgen]
pub fn parse_scenario(lines: &str) -> Result<String, JsValue> {
    let scenario: Scenario = notation::parse(lines)
        .map_err(|error| JsValue::from_str(&format!("the scenario cannot be read: {error}")))?;
    serde_json::to_string(&scenario).map_err(|error| JsValue::from_str(&error.to_string()))
}

pub(crate) fn log_options(start: f64, step_ms: f64) -> LogOptions {
    let default = LogOptions::default();
    let step = || time(step_ms).as_millis();
    LogOptions {
        start: if start.is_nan() { default.start } else { time(start) },
        step_ms: if step_ms.is_nan() { default.step_ms } else { step() },
    }
}

/// Tells which calls of a log two policies decide differently. Throws the diagnostics of a document with errors.
#[wasm_bindgen]
pub fn diff(
    before: &str,
    after: &str,
    log: &[u8],
    window_model: &str,
    refund: &str,
    start: f64,
    step_ms: f64,
) -> Answer {
    #[derive(Serialize)]
    struct Told {
        #[serde(flatten)]
        difference: Difference,
        words: String,
        log: Report,
    }
    let (options, before, after) = (options(window_model, refund)?, compiled(before)?, compiled(after)?);
    let mut reader = LogReader::new(log_options(start, step_ms));
    reader.feed(log);
    let Log { calls, report } = Log::new(reader.finish());
    let difference = differences(&before, &after, &calls, options);
    let words = difference.in_words();
    to_js(&Told { difference, words, log: report })
}
