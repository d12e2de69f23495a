//! Cases that judge calls, and cases of documents that do not compile.

use std::collections::HashMap;

use gatewright_core::diagnostic::Diagnostic;
use gatewright_core::{
    CompiledPolicy, Counters, Options, ReservationId, ToolCall, compile, evaluate, evaluate_traced, parse,
};
use serde_json::{Value, json};

use crate::cases::{Call, Decide, Invalid, Refund, Settle, Turn, Which};
use crate::subset::differences;

/// Counters must belong to some policy, also where there is none.
const EMPTY: &str = r#"{"version": "1", "default": "deny"}"#;

pub(crate) fn compiled(text: &str) -> Result<CompiledPolicy, String> {
    compile(&parse(text)).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        format!("the policy does not compile: {}", errors.join("; "))
    })
}

pub(crate) fn differences_of_calls(case: &Decide) -> Vec<String> {
    let store = match Store::new(case) {
        Ok(store) => store,
        Err(problem) => return vec![problem],
    };
    case.calls
        .iter()
        .enumerate()
        .scan(store, |store, (index, turn)| Some(store.take(index + 1, turn)))
        .flatten()
        .collect()
}

/// A policy, its counters, and the reservations by name.
struct Store {
    policy: Option<CompiledPolicy>,
    /// What counters are settled against: the policy, or the empty one.
    settles: CompiledPolicy,
    counters: Counters,
    named: HashMap<String, ReservationId>,
}

impl Store {
    fn new(case: &Decide) -> Result<Self, String> {
        let policy = case.policy()?.map(|text| compiled(&text)).transpose()?;
        let settles = policy.clone().map_or_else(|| compiled(EMPTY), Ok)?;
        let refund = match case.refund {
            Refund::ProtocolError => gatewright_core::Refund::ProtocolError,
            Refund::AnyError => gatewright_core::Refund::AnyError,
            Refund::Never => gatewright_core::Refund::Never,
        };
        let counters = Counters::with_options(&settles, Options { refund, ..Options::default() });
        Ok(Self { policy, settles, counters, named: HashMap::new() })
    }

    fn take(&mut self, number: usize, turn: &Turn) -> Vec<String> {
        let told = match turn {
            Turn::Call(call) => (1..=call.times).find_map(|time| {
                let told = self.call(call);
                let again = if time > 1 { format!(", time {time}") } else { String::new() };
                let place = format!("step {number} ({}{again})", call.tool.escape_debug());
                (!told.is_empty()).then_some((place, told))
            }),
            Turn::Settle(settle) => Some((format!("step {number} (settle)"), self.settle(settle))),
        };
        let (place, told) = told.unwrap_or_default();
        told.into_iter().map(|what| format!("{place}: {what}")).collect()
    }

    fn call(&mut self, expected: &Call) -> Vec<String> {
        let call = ToolCall {
            tool: &expected.tool,
            grant: &expected.grant,
            session: &expected.session,
            at: expected.at,
            ..ToolCall::default()
        };
        let mut steps = Vec::new();
        let verdict = if expected.trace.is_some() {
            evaluate_traced(self.policy.as_ref(), &call, &mut self.counters, &mut steps)
        } else {
            evaluate(self.policy.as_ref(), &call, &mut self.counters)
        };
        if let (Some(name), Some(reservation)) = (&expected.name, verdict.reservation) {
            self.named.insert(name.clone(), reservation);
        }
        let mut told = differences("", &expected.expect, &json!(verdict));
        if let Some(trace) = &expected.trace {
            told.extend(differences("trace", &json!(trace), &json!(steps)));
        }
        told
    }

    fn settle(&mut self, expected: &Settle) -> Vec<String> {
        let reservation = match &expected.reservation {
            Which::Name(name) => self.named.get(name).copied(),
            Which::Number(number) => Some(ReservationId(*number)),
        };
        let Some(reservation) = reservation else {
            return vec!["no allowed call was named so".to_string()];
        };
        let settled = self.counters.settle(&self.settles, reservation, expected.outcome);
        differences("", &expected.expect, &json!(settled))
    }
}

pub(crate) fn differences_of_errors(case: &Invalid) -> Vec<String> {
    let parsed = parse(&case.policy_text);
    if parsed.source.text() != case.policy_text {
        return vec!["the text was not kept as it was given".to_string()];
    }
    let Err(found) = compile(&parsed) else { return vec!["the policy compiles".to_string()] };
    let as_case = |error: &Diagnostic| {
        json!({
            "pointer": error.pointer, "code": error.code,
            "line": error.location.line, "column": error.location.column,
        })
    };
    let found: Vec<Value> = found.iter().map(as_case).collect();
    differences("errors", &json!(case.errors), &json!(found))
}
