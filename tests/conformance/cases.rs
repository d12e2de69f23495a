//! The vector files as data. A field that is not known here is an error.

use gatewright_core::scenario::Scenario;
use gatewright_core::{Outcome, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VectorFile {
    #[serde(rename = "$schema")]
    pub(crate) schema: String,
    pub(crate) topic: String,
    pub(crate) cases: Vec<Case>,
}

/// What every case has, and what is its own.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) form: Form,
}

pub(crate) enum Form {
    Decide(Decide),
    Invalid(Invalid),
    Simulate(Simulate),
    Import(Import),
}

/// The fields that say what a case is for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(rename = "basis")]
    _basis: Basis,
    #[serde(default, rename = "ui")]
    _ui: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Basis {
    Documented,
    Observed,
    Chosen,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decide {
    /// Null is the absence of a policy, which is another thing than the absence of this field.
    #[serde(default, deserialize_with = "even_if_null")]
    policy: Option<Value>,
    policy_text: Option<String>,
    #[serde(default)]
    pub(crate) refund: Refund,
    pub(crate) calls: Vec<Turn>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refund {
    #[default]
    ProtocolError,
    AnyError,
    Never,
}

/// A call, or how an earlier one ended.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) enum Turn {
    Call(Call),
    Settle(Settle),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) tool: String,
    pub(crate) at: Timestamp,
    #[serde(default = "ci")]
    pub(crate) grant: String,
    #[serde(default)]
    pub(crate) session: String,
    #[serde(default = "once")]
    pub(crate) times: usize,
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
    pub(crate) expect: Value,
    pub(crate) trace: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settle {
    #[serde(rename = "settle")]
    pub(crate) reservation: Which,
    pub(crate) outcome: Outcome,
    pub(crate) expect: Value,
}

/// A reservation by the name that `as` gave it, or by its number as such.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Which {
    Name(String),
    Number(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invalid {
    pub(crate) policy_text: String,
    pub(crate) errors: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Simulate {
    pub(crate) policy: Value,
    pub(crate) scenario: Scenario,
    pub(crate) summary: Value,
    pub(crate) words: Option<String>,
    #[serde(default)]
    pub(crate) rows: Vec<Row>,
}

/// One call of a run.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Row {
    /// From 1.
    pub(crate) call: usize,
    pub(crate) expect: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Import {
    pub(crate) log: Vec<String>,
    pub(crate) report: Value,
    pub(crate) policy: Option<Value>,
    pub(crate) summary: Option<Value>,
    pub(crate) words: Option<String>,
}

impl TryFrom<Map<String, Value>> for Case {
    type Error = String;

    fn try_from(mut rest: Map<String, Value>) -> Result<Self, String> {
        let mut head = Map::new();
        for key in ["name", "why", "basis", "ui"] {
            head.extend(rest.remove_entry(key));
        }
        let Head { name, .. } = read(head)?;
        let form = if rest.contains_key("errors") {
            read(rest).map(Form::Invalid)
        } else if rest.contains_key("scenario") {
            read(rest).map(Form::Simulate)
        } else if rest.contains_key("log") {
            read(rest).map(Form::Import)
        } else {
            read(rest).map(Form::Decide)
        };
        form.map_err(|problem| format!("{name}: {problem}")).map(|form| Self { name, form })
    }
}

impl TryFrom<Map<String, Value>> for Turn {
    type Error = String;

    fn try_from(turn: Map<String, Value>) -> Result<Self, String> {
        if turn.contains_key("settle") {
            return read(turn).map(Self::Settle);
        }
        let call: Call = read(turn)?;
        if call.times == 0 || (call.times > 1 && call.name.is_some()) {
            return Err("`times` is at least 1, and a name belongs to one call".to_string());
        }
        Ok(Self::Call(call))
    }
}

impl TryFrom<Map<String, Value>> for Row {
    type Error = String;

    fn try_from(mut row: Map<String, Value>) -> Result<Self, String> {
        let call = row.remove("call").as_ref().and_then(Value::as_u64).and_then(|call| call.try_into().ok());
        match (call, row.keys().find(|key| !["decision", "rule", "retry_at"].contains(&key.as_str()))) {
            (Some(call), None) if call > 0 => Ok(Self { call, expect: Value::Object(row) }),
            (_, Some(unknown)) => Err(format!("a row has no field `{unknown}`")),
            _ => Err("a row needs `call`, a number from 1".to_string()),
        }
    }
}

impl Decide {
    /// The policy's text; none where there is no policy.
    pub(crate) fn policy(&self) -> Result<Option<String>, String> {
        match (&self.policy, &self.policy_text) {
            (Some(Value::Null), None) => Ok(None),
            (Some(policy), None) => Ok(Some(policy.to_string())),
            (None, Some(text)) => Ok(Some(text.clone())),
            _ => Err("give either `policy` or `policy_text`".to_string()),
        }
    }
}

fn read<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())
}

fn even_if_null<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

fn ci() -> String {
    "ci".to_string()
}

const fn once() -> usize {
    1
}
