//! Cases that judge calls, and cases of documents that do not compile.

use std::collections::HashMap;

use gatewright_core::diagnostic::Diagnostic;
use gatewright_core::{CompiledPolicy, Counters, Decision, Options, ReservationId, compile, parse};
use serde_json::{Value, json};

use crate::cases::{Call, Decide, Invalid, Settle, Turn, Which};
use crate::outside::Outside;
use crate::subset::differences;
use crate::ways::{self, unlike};

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

/// A policy, what is counted by it, and the reservations by name.
struct Store {
    policy: Option<CompiledPolicy>,
    /// What the counters belong to: the policy, or the empty one.
    counted_by: CompiledPolicy,
    counted: Counted,
    named: HashMap<String, Reservation>,
    exported: HashMap<String, (String, Option<Outside>)>,
}

/// The same in two stores.
struct Counted {
    counters: Counters,
    /// None from the first line on: it has no plan that a store outside could follow.
    outside: Option<Outside>,
}

#[derive(Clone, Copy)]
struct Reservation {
    inside: ReservationId,
    outside: Option<u64>,
}

impl Store {
    fn new(case: &Decide) -> Result<Self, String> {
        let policy = case.policy()?.map(|text| compiled(&text)).transpose()?;
        let counted_by = policy.clone().map_or_else(|| compiled(EMPTY), Ok)?;
        let options: Options = case.options();
        let counters = Counters::with_options(&counted_by, options);
        let counted = Counted { counters, outside: Some(Outside::new(options)) };
        Ok(Self { policy, counted_by, counted, named: HashMap::new(), exported: HashMap::new() })
    }

    fn take(&mut self, number: usize, turn: &Turn) -> Vec<String> {
        let (what, told) = match turn {
            Turn::Call(call) => return self.calls(number, call),
            Turn::Settle(settle) => ("settle", self.settle(settle)),
            Turn::Replace(replace) => ("replace_policy", self.replace(&replace.policy)),
            Turn::Export(export) => ("export", self.export(&export.name)),
            Turn::Restore(restore) => ("restore", self.restore(&restore.name)),
        };
        told.into_iter().map(|told| format!("step {number} ({what}): {told}")).collect()
    }

    fn calls(&mut self, number: usize, call: &Call) -> Vec<String> {
        let name =
            call.tool.as_ref().map_or_else(|| "a line".to_string(), |tool| tool.escape_debug().to_string());
        for time in 1..=call.times {
            let told = self.call(call);
            if !told.is_empty() {
                let again = if time > 1 { format!(", time {time}") } else { String::new() };
                return told
                    .into_iter()
                    .map(|what| format!("step {number} ({name}{again}): {what}"))
                    .collect();
            }
        }
        Vec::new()
    }

    fn call(&mut self, expected: &Call) -> Vec<String> {
        let counted = &self.counted;
        let judged = ways::judge(self.policy.as_ref(), &self.counted_by, expected, &counted.counters);
        let mut told = differences("", &expected.expect, &judged.answer);
        if let Some(trace) = &expected.trace {
            told.extend(differences("trace", &json!(trace), &json!(judged.steps)));
        }
        told.extend(judged.told);
        self.counted.counters = judged.counters;
        let outside = self.outside(expected, &judged.answer, &mut told);
        if let (Some(name), Some(inside)) = (&expected.name, judged.reservation) {
            self.named.insert(name.clone(), Reservation { inside, outside });
        }
        told
    }

    /// The same call by the store outside, which must agree in all but the reservation.
    fn outside(&mut self, call: &Call, answer: &Value, told: &mut Vec<String>) -> Option<u64> {
        if call.line().is_some() {
            self.counted.outside = None;
        }
        let (policy, outside) = (self.policy.as_ref()?, self.counted.outside.as_mut()?);
        let (verdict, reservation) = outside.judge(policy, &ways::asked(call));
        let mut answer = answer.clone();
        if let Value::Object(answer) = &mut answer {
            answer.remove("reservation");
        }
        told.extend(unlike("evaluate", &answer, "counters outside", &json!(verdict)));
        if (verdict.decision == Decision::Allow) != reservation.is_some() {
            told.push(format!("counters outside: charged {reservation:?}, and found {:?}", verdict.decision));
        }
        reservation
    }

    fn settle(&mut self, expected: &Settle) -> Vec<String> {
        let named = match &expected.reservation {
            Which::Name(name) => self.named.get(name).copied(),
            Which::Number(number) => {
                Some(Reservation { inside: ReservationId(*number), outside: Some(*number) })
            }
        };
        let Some(Reservation { inside, outside }) = named else {
            return vec!["no allowed call was named so".to_string()];
        };
        let Counted { counters, outside: store } = &mut self.counted;
        let settled = counters.settle(&self.counted_by, inside, expected.outcome);
        let mut told = differences("", &expected.expect, &json!(settled));
        if let (Some(store), Some(outside)) = (store, outside) {
            let settled = store.settle(outside, expected.outcome);
            told.extend(differences("counters outside", &expected.expect, &json!(settled)));
        }
        told
    }

    fn replace(&mut self, policy: &Value) -> Vec<String> {
        let policy = match compiled(&policy.to_string()) {
            Ok(policy) => policy,
            Err(problem) => return vec![problem],
        };
        let exported = self.counted.counters.export();
        self.counted.counters.replace_policy(&policy);
        if let Some(outside) = &mut self.counted.outside {
            outside.keep_those_of(&policy);
        }
        let restored = Counters::restore(&policy, &exported).map(|restored| restored.export());
        self.counted_by = policy.clone();
        self.policy = Some(policy);
        match restored {
            Ok(restored) if restored == self.counted.counters.export() => Vec::new(),
            Ok(_) => vec!["exported and restored by the other policy, the counters are others".to_string()],
            Err(problem) => vec![problem.to_string()],
        }
    }

    fn export(&mut self, name: &str) -> Vec<String> {
        let state = (self.counted.counters.export(), self.counted.outside.clone());
        self.exported.insert(name.to_string(), state);
        Vec::new()
    }

    fn restore(&mut self, name: &str) -> Vec<String> {
        let Some((text, outside)) = self.exported.get(name).cloned() else {
            return vec!["nothing was exported under this name".to_string()];
        };
        match Counters::restore(&self.counted_by, &text) {
            Ok(counters) => self.counted = Counted { counters, outside },
            Err(problem) => return vec![problem.to_string()],
        }
        if let Some(outside) = &mut self.counted.outside {
            outside.keep_those_of(&self.counted_by);
        }
        Vec::new()
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
