//! Lines of JSON-RPC: their bytes are in the engine's area.

use gatewright_core::call::Arguments;
use gatewright_core::evaluate::{DecidedLine, decide_line, decide_line_traced};
use gatewright_core::message::ToolCallLine;
use gatewright_core::{CompiledPolicy, Step, ToolCall, Verdict};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::{Engine, time};
use crate::{Answer, to_js};

/// No packed ruling: the line holds no call.
const OTHER: u32 = u32::MAX;

/// A judged line, as JavaScript sees it.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Judged<'m> {
    Call {
        id: &'m str,
        tool: &'m str,
        /// The bytes of the line that hold the arguments: from and up to, equal where there are none.
        arguments: [usize; 2],
        /// None of a call that is only planned.
        #[serde(skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
    },
    Refused {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'m str>,
        verdict: Verdict,
    },
    Other,
}

/// A judged line, and every check that was made of it.
#[derive(Serialize)]
struct Traced<'m> {
    #[serde(flatten)]
    judged: Judged<'m>,
    steps: Vec<Step>,
}

fn judged<'d>(
    policy: &CompiledPolicy,
    line: &[u8],
    caller: &ToolCall<'_>,
    decided: &'d DecidedLine<'_>,
) -> Judged<'d> {
    match decided {
        DecidedLine::ToolCall { call, ruling } => {
            let asked = ToolCall { tool: &call.tool, ..*caller };
            let verdict = Verdict::new(Some(policy), &asked, ruling);
            Judged::call(line, call, Some(verdict))
        }
        DecidedLine::Refused { id, ruling } => {
            Judged::Refused { id: *id, verdict: Verdict::new(Some(policy), caller, ruling) }
        }
        DecidedLine::Other => Judged::Other,
    }
}

impl<'m> Judged<'m> {
    pub(crate) fn call(line: &[u8], call: &'m ToolCallLine<'_>, verdict: Option<Verdict>) -> Self {
        let arguments = match call.arguments() {
            Arguments::Text(text) => {
                let start = text.as_ptr() as usize - line.as_ptr() as usize;
                [start, start + text.len()]
            }
            _ => [0, 0],
        };
        Self::Call { id: call.id, tool: &call.tool, arguments, verdict }
    }
}

#[wasm_bindgen]
impl Engine {
    /// Judges the line of so many bytes.
    pub fn evaluate_line(&mut self, length: usize, at: f64, approved: bool) -> Answer {
        let Self { policy, counters, area, grant, session, .. } = self;
        let caller = ToolCall { grant, session, at: time(at), approved, ..ToolCall::default() };
        let line = area.line(length);
        to_js(&judged(policy, line, &caller, &decide_line(&**policy, line, &caller, counters)))
    }

    /// Judges a line and tells every check. The counters stay as they are.
    pub fn trace_line(&mut self, length: usize, at: f64, approved: bool) -> Answer {
        let Self { policy, counters, area, grant, session, .. } = self;
        let caller = ToolCall { grant, session, at: time(at), approved, ..ToolCall::default() };
        let (line, mut counters, mut steps) = (area.line(length), counters.clone(), Vec::new());
        let decided = decide_line_traced(Some(&**policy), line, &caller, &mut counters, &mut steps);
        let mut judged = judged(policy, line, &caller, &decided);
        if let Judged::Call { verdict: Some(verdict), .. } = &mut judged {
            verdict.reservation = None;
        }
        to_js(&Traced { judged, steps })
    }

    /// The same in numbers.
    pub fn decide_line(&mut self, length: usize, at: f64, approved: bool) -> u32 {
        let Self { policy, counters, area, grant, session, .. } = self;
        let caller = ToolCall { grant, session, at: time(at), approved, ..ToolCall::default() };
        let ruling = match decide_line(&**policy, area.line(length), &caller, counters) {
            DecidedLine::ToolCall { ruling, .. } | DecidedLine::Refused { ruling, .. } => ruling,
            DecidedLine::Other => return OTHER,
        };
        self.pack(&ruling)
    }
}
