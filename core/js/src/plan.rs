//! A call planned for counters outside.

use std::rc::Rc;

use gatewright_core::amount::Amount;
use gatewright_core::call::Arguments;
use gatewright_core::counter::Reading;
use gatewright_core::evaluate::{Plan as Planned, plan};
use gatewright_core::message::{Line, answer_id, read_line};
use gatewright_core::policy::Window;
use gatewright_core::{CompiledPolicy, ToolCall, Verdict, WindowModel};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::{Engine, refusal, text, time};
use crate::lines::Judged;
use crate::{Answer, from_js, to_js};

/// What a call needs of a store of counters, and who makes it.
#[wasm_bindgen]
pub struct Plan {
    policy: Rc<CompiledPolicy>,
    planned: Planned,
    tool: String,
    grant: String,
    session: String,
    at: f64,
    approved: bool,
}

/// A counter to charge; amounts in billionths, whose digits JavaScript takes as text.
#[derive(Serialize)]
struct Charge<'p> {
    key: &'p str,
    window: Window,
    window_ms: i64,
    max: String,
    cost: String,
}

/// What a store found.
#[derive(Deserialize)]
struct Found {
    used: String,
    resets_at: Option<f64>,
    fits_at: Option<f64>,
}

/// What a planned line holds, and the plan where it is a call.
#[wasm_bindgen]
pub struct PlannedLine {
    said: JsValue,
    plan: Option<Plan>,
}

#[wasm_bindgen]
impl Engine {
    /// Plans a call, its arguments as JSON text.
    pub fn plan(&self, tool: &str, arguments: &str, at: f64, approved: bool) -> Plan {
        self.planned(tool, text(arguments), at, approved)
    }

    /// Plans the call in the line of so many bytes.
    pub fn plan_line(&self, length: usize, at: f64, approved: bool) -> Result<PlannedLine, JsValue> {
        let line = self.area.line(length);
        let bounds = self.policy.bounds();
        let read = read_line(line, bounds);
        let (judged, plan) = match &read {
            Ok(Line::Other) => (Judged::Other, None),
            Ok(Line::ToolCall(call)) => {
                let plan = self.planned(&call.tool, call.arguments(), at, approved);
                (Judged::call(line, call, None), Some(plan))
            }
            Err(problem) => {
                let call = self.call("", Arguments::None, at, approved);
                let verdict = Verdict::malformed(*problem, &call);
                (Judged::Refused { id: answer_id(line, bounds), verdict }, None)
            }
        };
        Ok(PlannedLine { said: to_js(&judged)?, plan })
    }

    fn planned(&self, tool: &str, arguments: Arguments<'_>, at: f64, approved: bool) -> Plan {
        Plan {
            policy: Rc::clone(&self.policy),
            planned: plan(&self.policy, &self.call(tool, arguments, at, approved)),
            tool: tool.to_string(),
            grant: self.grant.clone(),
            session: self.session.clone(),
            at,
            approved,
        }
    }
}

#[wasm_bindgen]
impl PlannedLine {
    /// What the line holds, but for the plan.
    pub fn said(&self) -> Answer {
        Ok(self.said.clone())
    }

    /// The plan of a call. It is handed over once.
    pub fn take_plan(&mut self) -> Option<Plan> {
        self.plan.take()
    }
}

#[wasm_bindgen]
impl Plan {
    /// The counters to check and charge.
    pub fn charges(&self) -> Answer {
        let charges = self.planned.charges().iter().map(|charge| Charge {
            key: &charge.key,
            window: charge.window,
            window_ms: charge.window.length(),
            max: charge.max.billionths().to_string(),
            cost: charge.cost.billionths().to_string(),
        });
        to_js(&charges.collect::<Vec<_>>())
    }

    /// Whether nothing may be charged.
    pub fn is_kept_out(&self) -> bool {
        self.planned.is_kept_out()
    }

    /// When the caller made the call.
    pub fn at(&self) -> f64 {
        self.at
    }

    /// The verdict, from what the store found at its own time. Throws a sentence where that cannot be read.
    pub fn apply(&self, at: f64, readings: JsValue, sliding: bool) -> Answer {
        let found: Vec<Found> = from_js(readings)?;
        let at = time(at);
        let charges = self.planned.charges().iter();
        let read = charges.zip(found).map(|(charge, found)| {
            let used = found.used.parse().map_err(|_| JsValue::from_str("`used` is no whole number"))?;
            let end = charge.window.span(at).end;
            Ok(Reading {
                used: Amount::of_billionths(used),
                resets_at: found.resets_at.map_or(end, time),
                fits_at: found.fits_at.map_or(end, time),
            })
        });
        let readings = read.collect::<Result<Vec<Reading>, JsValue>>()?;
        let model = if sliding { WindowModel::Sliding } else { WindowModel::Calendar };
        to_js(&self.planned.apply(&self.policy, &self.call(), at, model, &readings))
    }

    /// A denial for a reason that is not the policy's.
    pub fn refuse(&self, reason: &str, at: f64) -> Answer {
        to_js(&refusal(&ToolCall { at: time(at), ..self.call() }, reason))
    }

    /// The verdict where counters that cannot be read are to stop nothing.
    pub fn uncounted(&self, at: f64) -> Answer {
        let call = ToolCall { at: time(at), ..self.call() };
        if self.planned.is_kept_out() {
            return to_js(&self.planned.apply(&self.policy, &call, call.at, WindowModel::Calendar, &[]));
        }
        to_js(&Verdict::uncounted(&call))
    }

    fn call(&self) -> ToolCall<'_> {
        ToolCall {
            tool: &self.tool,
            arguments: Arguments::None,
            grant: &self.grant,
            session: &self.session,
            at: time(self.at),
            approved: self.approved,
        }
    }
}
