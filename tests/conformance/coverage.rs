//! What the corpus speaks of, against everything that the language and the evaluator can say.

use std::collections::BTreeSet;

use gatewright_core::diagnostic::{Code, Severity};
use gatewright_core::message::Malformed;
use gatewright_core::policy::{Op, Scope, Window};
use gatewright_core::trace::{Check, Mark};
use gatewright_core::{CompiledPolicy, Options, Reason, Refund, Settled, WindowModel};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cases::{Case, Decide, Form, Turn};
use crate::decide::compiled;

/// What no case can reach, and why not. `properties.rs` and the evaluator's own tests have these.
const OUT_OF_REACH: &[(&str, &str)] = &[
    ("reason too-many-counters", "takes a hundred thousand grants"),
    ("reason foreign-counters", "a case's counters go over to the policy that they are judged by"),
    ("check counters", "the same"),
    ("reason counters-away", "a case's counters are always there"),
    ("reason engine-failed", "a failed evaluator judges nothing"),
    ("malformed not-json", "a case is JSON"),
    ("malformed tools-not-a-list", "a case's lines are those of clients"),
    ("code too-large", "takes a text of more than a megabyte"),
    ("code too-many-errors", "takes more than fifty errors"),
    ("malformed too-long", "takes a line of more than sixteen megabytes"),
    ("malformed too-many-values", "takes more than ten thousand values"),
];

/// Every word that a case expects, such as `reason hidden` or `code syntax`.
#[derive(Default)]
pub(crate) struct Seen(BTreeSet<String>);

impl Seen {
    pub(crate) fn take(&mut self, case: &Case) {
        match &case.form {
            Form::Decide(case) => self.take_calls(case),
            Form::Invalid(case) => case.errors.iter().for_each(|error| self.word("code", error.get("code"))),
            Form::Simulate(_) | Form::Import(_) | Form::Diff(_) => {}
        }
    }

    fn take_calls(&mut self, case: &Decide) {
        let Options { refund, window_model } = case.options();
        self.0.extend(words("refund", &[refund]));
        self.0.extend(words("window model", &[window_model]));
        let policy = case.policy().ok().flatten().and_then(|text| compiled(&text).ok());
        for limit in policy.iter().flat_map(CompiledPolicy::limits) {
            self.0.extend([format!("scope {}", limit.scope.as_str()), format!("window {}", limit.window)]);
        }
        case.calls.iter().for_each(|turn| self.take_turn(turn));
    }

    fn take_turn(&mut self, turn: &Turn) {
        match turn {
            Turn::Call(call) => {
                for kind in ["decision", "reason", "malformed"] {
                    self.word(kind, call.expect.get(kind));
                }
                self.0.extend(answered(&call.expect));
                for step in call.trace.iter().flatten() {
                    self.word("check", step.get("check"));
                    self.word("mark", step.get("mark"));
                }
            }
            Turn::Settle(settle) => self.word("settled", Some(&settle.expect)),
            Turn::Replace(_) | Turn::Export(_) | Turn::Restore(_) => {}
        }
    }

    fn word(&mut self, kind: &str, word: Option<&Value>) {
        self.0.extend(word.and_then(Value::as_str).map(|word| format!("{kind} {word}")));
    }

    /// What no case expects, and exemptions that are none any more.
    pub(crate) fn missing(&self) -> Vec<String> {
        let exempt = |word: &String| OUT_OF_REACH.iter().any(|(exempt, _)| exempt == word);
        let missing = everything().into_iter().filter(|word| !self.0.contains(word) && !exempt(word));
        let stale = OUT_OF_REACH.iter().filter(|(exempt, _)| self.0.contains(*exempt));
        missing
            .chain(stale.map(|(exempt, _)| format!("{exempt} is expected by a case: it is no exception")))
            .collect()
    }
}

/// What an operator answered, where an expected verdict tells: `gt holds` of `/tools/a/deny_if/args.amount-gt`.
fn answered(expect: &Value) -> Option<String> {
    let (reason, rule) = (expect.get("reason")?.as_str()?, expect.get("rule")?.as_str()?);
    let (_, label) = rule.rsplit_once('/')?;
    let label = label.split_once('#').map_or(label, |(label, _)| label);
    let (_, op) = label.rsplit_once('-').filter(|_| !label.contains('+'))?;
    let answer = match reason {
        "deny-if" | "require-approval" => "holds",
        "require" => "does not hold",
        "wrong-type" => "cannot be judged",
        _ => return None,
    };
    Some(format!("{op} {answer}"))
}

fn everything() -> Vec<String> {
    // A word that is new in the evaluator does not compile here until it stands in a list.
    let marks = [Mark::Passed, Mark::Decided, Mark::Absent, Mark::NotReached, Mark::Unknown];
    for mark in marks {
        match mark {
            Mark::Passed | Mark::Decided | Mark::Absent | Mark::NotReached | Mark::Unknown => {}
        }
    }
    let settled = [Settled::Kept, Settled::Refunded, Settled::NothingHeld, Settled::Unknown];
    for settled in settled {
        match settled {
            Settled::Kept | Settled::Refunded | Settled::NothingHeld | Settled::Unknown => {}
        }
    }
    let mut all = words("reason", &Reason::ALL);
    let errors = Code::ALL.into_iter().filter(|code| code.severity() == Severity::Error);
    all.extend(words("code", &errors.collect::<Vec<_>>()));
    all.extend(words("check", &Check::ALL));
    all.extend(words("mark", &marks));
    all.extend(words("settled", &settled));
    all.extend(words("malformed", &malformed()));
    all.extend(["allow", "deny", "approval"].map(|decision| format!("decision {decision}")));
    all.extend(words("scope", &[Scope::Grant, Scope::Session, Scope::Global]));
    all.extend(words("window", &[Window::Minute, Window::Hour, Window::Day]));
    all.extend(words("window model", &[WindowModel::Calendar, WindowModel::Sliding]));
    all.extend(words("refund", &[Refund::ProtocolError, Refund::AnyError, Refund::Never]));
    all.extend(Op::ALL.into_iter().flat_map(answers));
    all
}

/// What an operator can answer.
fn answers(op: Op) -> Vec<String> {
    let mut answers = vec![format!("{op} holds"), format!("{op} does not hold")];
    match op {
        Op::Eq | Op::Neq | Op::In | Op::NotIn | Op::Exists => {}
        Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::Regex | Op::Contains => {
            answers.push(format!("{op} cannot be judged"));
        }
    }
    answers
}

fn malformed() -> Vec<Malformed> {
    use Malformed::{
        ArgumentsNotAnObject, Batch, DuplicateKey, IdNotAnId, LoneSurrogate, ManyLines, MethodNotText,
        NameNotText, NoId, NoName, NoParams, NotAnObject, NotJson, NotUtf8, NumberTooLarge,
        ParamsNotAnObject, Syntax, TooDeep, TooLong, TooManyKeys, TooManyValues, ToolsNotAList,
        TrailingBytes, TwinKey,
    };
    let next = |last: Malformed| match last {
        TooLong => Some(NotUtf8),
        NotUtf8 => Some(Syntax),
        Syntax => Some(TooDeep),
        TooDeep => Some(TrailingBytes),
        TrailingBytes => Some(ManyLines),
        ManyLines => Some(Batch),
        Batch => Some(NotAnObject),
        NotAnObject => Some(TooManyKeys),
        TooManyKeys => Some(DuplicateKey),
        DuplicateKey => Some(TwinKey),
        TwinKey => Some(MethodNotText),
        MethodNotText => Some(NoId),
        NoId => Some(IdNotAnId),
        IdNotAnId => Some(NoParams),
        NoParams => Some(ParamsNotAnObject),
        ParamsNotAnObject => Some(NoName),
        NoName => Some(NameNotText),
        NameNotText => Some(ArgumentsNotAnObject),
        ArgumentsNotAnObject => Some(LoneSurrogate),
        LoneSurrogate => Some(NumberTooLarge),
        NumberTooLarge => Some(TooManyValues),
        TooManyValues => Some(NotJson),
        NotJson => Some(ToolsNotAList),
        ToolsNotAList => None,
    };
    std::iter::successors(Some(TooLong), |last| next(*last)).collect()
}

fn words<T: Serialize>(kind: &str, values: &[T]) -> Vec<String> {
    values.iter().map(|value| format!("{kind} {}", json!(value).as_str().unwrap_or_default())).collect()
}
