//! The vector files as data. A field that is not known here is an error.

use gatewright_core::call::UnknownArgs;
use gatewright_core::scenario::Scenario;
use gatewright_core::{Arguments, Options, Outcome, Refund, Timestamp, WindowModel};
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
    Diff(Diff),
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
    refund: Refund,
    #[serde(default)]
    window_model: WindowModel,
    pub(crate) calls: Vec<Turn>,
}

/// A call, or what happens between two.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) enum Turn {
    Call(Box<Call>),
    Settle(Settle),
    Replace(Replace),
    Export(Export),
    Restore(Restore),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// What is called, or else the line that calls it.
    pub(crate) tool: Option<String>,
    pub(crate) args: Option<Map<String, Value>>,
    pub(crate) args_text: Option<String>,
    #[serde(default)]
    pub(crate) unknown_args: UnknownArgs,
    line: Option<String>,
    /// Each character is a byte.
    line_bytes: Option<String>,
    pub(crate) at: Timestamp,
    #[serde(default = "ci")]
    pub(crate) grant: String,
    #[serde(default)]
    pub(crate) session: String,
    #[serde(default)]
    pub(crate) approved: bool,
    #[serde(default = "once")]
    pub(crate) times: usize,
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
    pub(crate) expect: Value,
    pub(crate) trace: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replace {
    #[serde(rename = "replace_policy")]
    pub(crate) policy: Value,
}

/// What is counted, under a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Export {
    #[serde(rename = "export")]
    pub(crate) name: String,
}

/// Goes on with what was counted when it was exported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restore {
    #[serde(rename = "restore")]
    pub(crate) name: String,
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
    #[serde(default)]
    refund: Refund,
    #[serde(default)]
    window_model: WindowModel,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Diff {
    pub(crate) before: Value,
    pub(crate) after: Value,
    pub(crate) log: Vec<String>,
    #[serde(default)]
    refund: Refund,
    #[serde(default)]
    window_model: WindowModel,
    pub(crate) difference: Value,
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
        } else if rest.contains_key("difference") {
            read(rest).map(Form::Diff)
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
        let is = |key| turn.contains_key(key);
        if is("settle") {
            read(turn).map(Self::Settle)
        } else if is("replace_policy") {
            read(turn).map(Self::Replace)
        } else if is("export") {
            read(turn).map(Self::Export)
        } else if is("restore") {
            read(turn).map(Self::Restore)
        } else {
            let call: Call = read(turn)?;
            call.is_one().map(|()| Self::Call(Box::new(call)))
        }
    }
}

impl Call {
    /// Whether it says one thing, and once.
    fn is_one(&self) -> Result<(), String> {
        let lines = usize::from(self.line.is_some()) + usize::from(self.line_bytes.is_some());
        let forms = [self.args.is_some(), self.args_text.is_some(), !self.unknown_args.is_nothing()];
        match forms.into_iter().filter(|given| *given).count() {
            _ if usize::from(self.tool.is_some()) + lines != 1 => Err("give `tool`, `line` or `line_bytes`"),
            0 => Ok(()),
            1 if lines == 0 => Ok(()),
            1 => Err("a line has its own arguments"),
            _ => Err("give one of `args`, `args_text` and `unknown_args`"),
        }?;
        match self.times {
            0 => Err("`times` is at least 1".to_string()),
            2.. if self.name.is_some() => Err("a name belongs to one call".to_string()),
            _ => Ok(()),
        }
    }

    pub(crate) fn arguments(&self) -> Arguments<'_> {
        self.unknown_args.or(match (&self.args, &self.args_text) {
            (Some(args), _) => Arguments::Parsed(args),
            (None, Some(text)) => Arguments::Text(text),
            (None, None) => Arguments::None,
        })
    }

    /// The bytes of the line, where one is given in place of a tool.
    pub(crate) fn line(&self) -> Option<Vec<u8>> {
        let bytes = |text: &String| text.chars().map(|byte| u8::try_from(byte).unwrap_or(b'?')).collect();
        self.line.clone().map(String::into_bytes).or_else(|| self.line_bytes.as_ref().map(bytes))
    }
}

impl TryFrom<Map<String, Value>> for Row {
    type Error = String;

    fn try_from(mut row: Map<String, Value>) -> Result<Self, String> {
        let fields = ["decision", "reason", "rule", "pointer", "message", "retry_at"];
        let call = row.remove("call").as_ref().and_then(Value::as_u64).and_then(|call| call.try_into().ok());
        match (call, row.keys().find(|key| !fields.contains(&key.as_str()))) {
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

    pub(crate) fn options(&self) -> Options {
        Options { refund: self.refund, window_model: self.window_model }
    }
}

impl Simulate {
    pub(crate) fn options(&self) -> Options {
        Options { refund: self.refund, window_model: self.window_model }
    }
}

impl Diff {
    pub(crate) fn options(&self) -> Options {
        Options { refund: self.refund, window_model: self.window_model }
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
