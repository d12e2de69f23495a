//! Any line is read as another parser reads it, or refused.

#![no_main]

use arbitrary::Arbitrary;
use gatewright_core::evaluate::{JudgedLine, evaluate_line};
use gatewright_core::{
    Arguments, CompiledPolicy, Counters, Decision, Reason, ToolCall, compile, evaluate, parse,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// Every kind of operator on the names that lines below use.
const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {"a": {
    "require": [{"conditions": [{"path": "args.a", "op": "exists", "value": true}]}],
    "deny_if": [{"conditions": [{"path": "args.a", "op": "eq", "value": [1, {"b": null}]},
                                {"path": "args.b", "op": "neq", "value": "x"}]},
                {"conditions": [{"path": "args.a.b", "op": "gt", "value": 1e2}]}],
    "limits": [{"counter": "c", "window": "day", "max": 1000000, "scope": "grant"}]}}}"#;

static COMPILED: LazyLock<CompiledPolicy> = LazyLock::new(|| compile(&parse(POLICY)).unwrap());

#[derive(Arbitrary, Debug)]
enum Input<'b> {
    Bytes(&'b [u8]),
    Params(&'b str),
    Arguments(&'b str),
    Members(Vec<(Key<'b>, Json<'b>)>),
}

#[derive(Arbitrary, Debug)]
enum Key<'b> {
    A,
    EscapedA,
    B,
    Other(&'b str),
}

#[derive(Arbitrary, Debug)]
enum Json<'b> {
    Number(i64),
    Float(f64),
    Text(&'b str),
    Object(Vec<(Key<'b>, i8)>),
    Raw(&'b str),
}

impl Key<'_> {
    fn json(&self) -> String {
        match self {
            Self::A => r#""a""#.to_string(),
            Self::EscapedA => r#""\u0061""#.to_string(),
            Self::B => r#""b""#.to_string(),
            Self::Other(key) => Value::from(*key).to_string(),
        }
    }
}

impl Json<'_> {
    fn json(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Float(number) => Value::from(*number).to_string(),
            Self::Text(text) => Value::from(*text).to_string(),
            Self::Object(members) => {
                object(members.iter().map(|(key, value)| (key.json(), value.to_string())))
            }
            Self::Raw(text) => (*text).to_string(),
        }
    }
}

fn object(members: impl Iterator<Item = (String, String)>) -> String {
    let members: Vec<String> = members.map(|(key, value)| format!("{key}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

impl Input<'_> {
    fn line(&self) -> Vec<u8> {
        let call = |arguments: &str| {
            format!(r#"{{"id":1,"method":"tools/call","params":{{"name":"a","arguments":{arguments}}}}}"#)
        };
        match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Params(params) => {
                format!(r#"{{"id":1,"method":"tools/call","params":{params}}}"#).into_bytes()
            }
            Self::Arguments(arguments) => call(arguments).into_bytes(),
            Self::Members(members) => {
                call(&object(members.iter().map(|(key, value)| (key.json(), value.json())))).into_bytes()
            }
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let line = input.line();
    let mut counters = Counters::new(&COMPILED);
    let caller = ToolCall { grant: "ci", ..ToolCall::default() };
    let judged = evaluate_line(&*COMPILED, &line, &caller, &mut counters);
    let other: Option<Value> = serde_json::from_slice(&line).ok();
    match judged {
        JudgedLine::Refused { verdict, .. } => {
            assert_eq!((verdict.decision, verdict.reason), (Decision::Deny, Reason::Malformed));
        }
        JudgedLine::Other => {
            let message = other.expect("what is accepted is JSON");
            assert_ne!(message.get("method").and_then(Value::as_str), Some("tools/call"));
        }
        JudgedLine::ToolCall { id, tool, verdict } => {
            let message = match other {
                Some(message) => message,
                // Grammar is checked before anything else, but for numbers that no double holds.
                None => return,
            };
            assert_eq!(message["method"], "tools/call");
            assert_eq!(message["params"]["name"], *tool);
            assert_eq!(message["id"], serde_json::from_str::<Value>(id).unwrap());
            if verdict.reason == Reason::Malformed {
                return assert_eq!(verdict.decision, Decision::Deny);
            }
            let none = Map::new();
            let arguments =
                message["params"].get("arguments").map_or(&none, |found| found.as_object().unwrap());
            let call = ToolCall { tool: &tool, arguments: Arguments::Parsed(arguments), ..caller };
            let parsed = evaluate(&*COMPILED, &call, &mut Counters::new(&COMPILED));
            assert_eq!(parsed, verdict, "another parser's arguments get another verdict");
        }
    }
});
