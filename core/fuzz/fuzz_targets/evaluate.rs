//! Any sequence of calls under any policy: nothing panics, and every way to judge a call says the same.

#![no_main]

use arbitrary::Arbitrary;
use gatewright_core::evaluate::{JudgedLine, evaluate_line};
use gatewright_core::policy::Op;
use gatewright_core::{
    Arguments, Counters, Decision, Options, Outcome, Refund, Timestamp, ToolCall, WindowModel, compile,
    decide, evaluate, evaluate_traced, parse,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

#[derive(Arbitrary, Debug)]
struct Input {
    require: Vec<Vec<Condition>>,
    deny_if: Vec<Vec<Condition>>,
    require_approval: Vec<Vec<Condition>>,
    limits: Vec<Limit>,
    all_tools: Vec<Limit>,
    sliding: bool,
    refund: u8,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
struct Condition {
    path: u8,
    op: u8,
    value: Json,
}

#[derive(Arbitrary, Debug)]
struct Limit {
    window: u8,
    max: u8,
    scope: u8,
    cost: bool,
}

#[derive(Arbitrary, Clone, Debug)]
enum Json {
    Null,
    Bool(bool),
    Small(i8),
    Tenths(u8),
    Text(u8),
    List(Vec<i8>),
    Object(Vec<(bool, i8)>),
}

#[derive(Arbitrary, Debug)]
enum Step {
    Call { listed: bool, a: Option<Json>, b: Option<Json>, who: u8, approved: bool },
    Wait(u16),
    Back(u16),
    Settle { which: u8, outcome: u8 },
    ExportAndRestore,
}

impl Json {
    fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => json!(value),
            Self::Small(value) => json!(value),
            Self::Tenths(value) => json!(f64::from(*value) / 10.0),
            Self::Text(value) => json!(["", "a", "ab", "5", "é"][usize::from(*value) % 5]),
            Self::List(items) => json!(items),
            Self::Object(members) => members
                .iter()
                .map(|(first, value)| (if *first { "b" } else { "c" }.to_string(), json!(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

impl Condition {
    fn json(&self) -> Value {
        let op = Op::ALL[usize::from(self.op) % Op::ALL.len()];
        let value = match op {
            Op::Lt | Op::Lte | Op::Gt | Op::Gte => match &self.value {
                Json::Tenths(value) => json!(f64::from(*value) / 10.0),
                _ => json!(self.path),
            },
            Op::In | Op::NotIn => json!([self.value.value(), 1]),
            Op::Exists => json!(self.path > 100),
            Op::Regex => json!(["a", "^a$", "", r"\d"][usize::from(self.path) % 4]),
            _ => self.value.value(),
        };
        let path = ["args.a", "args.b", "args.a.b"][usize::from(self.path) % 3];
        json!({ "path": path, "op": op, "value": value })
    }
}

fn rules(rules: &[Vec<Condition>]) -> Value {
    let rule = |conditions: &Vec<Condition>| json!({ "conditions": conditions.iter().take(4).map(Condition::json).collect::<Vec<_>>() });
    rules.iter().take(3).map(rule).collect()
}

fn limits(limits: &[Limit], costs: bool) -> Value {
    let limit = |(index, limit): (usize, &Limit)| {
        let mut json = json!({
            "counter": format!("c{index}"),
            "window": (["minute", "hour", "day"][usize::from(limit.window) % 3]),
            "max": f64::from(limit.max) / 10.0,
            "scope": (["grant", "session", "global"][usize::from(limit.scope) % 3]),
        });
        if costs && limit.cost {
            json["increment_from"] = json!("args.a");
        }
        json
    };
    limits.iter().take(3).enumerate().map(limit).collect()
}

fuzz_target!(|input: Input| {
    let policy = json!({ "version": "1", "default": "deny",
        "all_tools": { "limits": limits(&input.all_tools, false) },
        "tools": { "t": {
            "require": rules(&input.require), "deny_if": rules(&input.deny_if),
            "require_approval": rules(&input.require_approval), "limits": limits(&input.limits, true),
        } } });
    let policy = compile(&parse(&policy.to_string())).expect("every document made here is valid");
    let options = Options {
        window_model: if input.sliding { WindowModel::Sliding } else { WindowModel::Calendar },
        refund: [Refund::ProtocolError, Refund::AnyError, Refund::Never][usize::from(input.refund) % 3],
    };
    let mut counters = Counters::with_options(&policy, options);
    let mut at = Timestamp::from_millis(86_400_000 * 3 - 1_000);
    let mut reservations = Vec::new();
    for step in input.steps.iter().take(64) {
        match step {
            Step::Wait(ms) => at = at.plus(i64::from(*ms) * 7),
            Step::Back(ms) => at = at.plus(-i64::from(*ms)),
            Step::Settle { which, outcome } => {
                let outcome = Outcome::ALL[usize::from(*outcome) % 3];
                if let Some(id) = reservations.get(usize::from(*which)) {
                    counters.settle(&policy, *id, outcome);
                }
            }
            Step::ExportAndRestore => {
                let text = counters.export();
                counters = Counters::restore(&policy, &text).expect("a snapshot is whole");
                assert_eq!(counters.export(), text);
            }
            Step::Call { listed, a, b, who, approved } => {
                let mut arguments = serde_json::Map::new();
                arguments.extend(a.as_ref().map(|a| ("a".to_string(), a.value())));
                arguments.extend(b.as_ref().map(|b| ("b".to_string(), b.value())));
                let call = ToolCall {
                    tool: if *listed { "t" } else { "u" },
                    arguments: Arguments::Parsed(&arguments),
                    grant: ["g", "h"][usize::from(*who) % 2],
                    session: ["", "s"][usize::from(*who / 2) % 2],
                    at,
                    approved: *approved,
                };
                let before = counters.clone();
                let verdict = evaluate(&policy, &call, &mut counters);

                let text = Value::Object(arguments.clone()).to_string();
                let same = ToolCall { arguments: Arguments::Text(&text), ..call };
                assert_eq!(evaluate(&policy, &same, &mut before.clone()), verdict);
                let mut trace = Vec::new();
                assert_eq!(evaluate_traced(&policy, &call, &mut before.clone(), &mut trace), verdict);
                assert_eq!(decide(&policy, &call, &mut before.clone()).decision(), verdict.decision);
                let line = json!({ "id": 1, "method": "tools/call",
                    "params": { "name": call.tool, "arguments": arguments } })
                .to_string();
                match evaluate_line(&policy, line.as_bytes(), &call, &mut before.clone()) {
                    JudgedLine::ToolCall { verdict: judged, .. } => assert_eq!(judged, verdict),
                    other => panic!("{other:?}"),
                }
                if let Some(quota) = &verdict.quota {
                    assert!(quota.used <= quota.max, "{quota:?}");
                }
                if let Some(retry_at) = verdict.retry_at {
                    assert!(retry_at > verdict.at);
                    let early = ToolCall { at: retry_at.plus(-1), ..call };
                    assert_ne!(evaluate(&policy, &early, &mut before.clone()).decision, Decision::Allow);
                    let late = ToolCall { at: retry_at, ..call };
                    assert_eq!(evaluate(&policy, &late, &mut before.clone()).decision, Decision::Allow);
                }
                match verdict.reservation {
                    Some(id) => reservations.push(id),
                    None => assert_eq!(counters.export(), before.export(), "a denied call leaves no trace"),
                }
            }
        }
    }
});
