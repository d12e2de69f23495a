//! A policy's tests: calls with what is expected of them, in the file format of `gatewright test`.
//!
//! The file's text is the truth, as the policy's is. It is read as strictly as the command reads it, because a typo must
//! not make a test pass: with one problem in it, no test is run. Each test starts with fresh counters.
//!
//! Changes to a file are in `edit`, tests made of a call of a run in `record`.

use gatewright_core::amount::{Amount, count};
use gatewright_core::call::{Arguments, Outcome};
use gatewright_core::pointer::Pointer;
use gatewright_core::policy::Window;
use gatewright_core::window::WindowModel;
use gatewright_core::{CompiledPolicy, Counters, Options, Timestamp, ToolCall, Verdict, evaluate};

use super::rules::value::quoted;
use moment::Moment;

mod edit;
mod moment;
mod reader;
mod record;

pub use edit::{added, removed, renamed};
pub use record::{NewTest, record};

/// When the first call of a test is made that does not say: 2026-01-01T00:00:00Z.
const FIRST: Timestamp = Timestamp::from_millis(1_767_225_600_000);
/// So many calls are run on each edit. A file that makes more is for the command.
const MAX_CALLS: u32 = 200_000;
/// Of one test, so many calls that did not go as expected are told.
const MAX_FAILURES: usize = 20;

/// A file of tests that was read.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    /// What is wrong with it, in the order of the text. No test is run then.
    pub problems: Vec<Problem>,
    /// How the calls are counted.
    pub options: Options,
    /// The tests.
    pub tests: Vec<PolicyTest>,
}

/// What is wrong with a file of tests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters, from 1.
    pub column: usize,
    /// What.
    pub message: String,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTest {
    /// What holds.
    pub name: String,
    /// Its place in the file.
    pub pointer: Pointer,
    /// The line on which it begins.
    pub line: usize,
    calls: Vec<TestCall>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct TestCall {
    line: usize,
    at: Option<Moment>,
    tool: String,
    /// JSON text, as written.
    args: Option<String>,
    grant: String,
    session: String,
    approved: bool,
    outcome: Option<Outcome>,
    times: u32,
    expect: Vec<Expectation>,
}

/// What one field of a verdict should be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Expectation {
    /// `rule`, or of the quota `quota.used`.
    field: &'static str,
    wanted: Wanted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    /// The field must not be there.
    Nothing,
    /// It must, whatever it says.
    Something,
    Text(String),
    /// As it is spelled.
    Number(String),
    Moment(Moment),
}

/// What a verdict says in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Text(String),
    Number(Amount),
    Moment(Timestamp),
}

/// What became of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// The test's name.
    pub name: String,
    /// Its place in the file.
    pub pointer: Pointer,
    /// The line on which it begins.
    pub line: usize,
    /// The calls that were not decided as expected; the first of them.
    pub failures: Vec<Failure>,
}

/// A call that was not decided as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The call's number in its test, from 1.
    pub call: usize,
    /// The line on which it is written.
    pub line: usize,
    /// The tool.
    pub tool: String,
    /// When it was made.
    pub at: Timestamp,
    /// Each `field: expected …, got …`.
    pub differences: Vec<String>,
    /// What the verdict says.
    pub message: String,
}

impl TestResult {
    /// Whether every call was decided as expected.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl TestFile {
    /// Reads a file. No text at all is a file without tests.
    #[must_use]
    pub fn read(text: &str) -> Self {
        if text.trim().is_empty() { Self::default() } else { reader::read(text) }
    }

    /// Why its tests are not run here, whatever the policy; nothing where they are.
    #[must_use]
    pub fn why_not_run(&self) -> Option<String> {
        let calls = self.tests.iter().flat_map(|test| &test.calls).map(|call| call.times);
        let calls = calls.fold(0, u32::saturating_add);
        match self.problems.len() {
            0 if calls <= MAX_CALLS => None,
            0 => {
                let (calls, most) = (count(calls), count(MAX_CALLS));
                Some(format!(
                    "The tests make {calls} calls, and at most {most} are run here. `gatewright test` runs them all."
                ))
            }
            1 => Some("The file has 1 error, and no test is run.".to_owned()),
            problems => Some(format!("The file has {problems} errors, and no test is run.")),
        }
    }

    /// Runs every test, unless there is a reason not to.
    #[must_use]
    pub fn run(&self, policy: &CompiledPolicy) -> Vec<TestResult> {
        if self.why_not_run().is_none() {
            self.tests.iter().map(|test| test.run(policy, self.options)).collect()
        } else {
            Vec::new()
        }
    }
}

impl PolicyTest {
    fn run(&self, policy: &CompiledPolicy, options: Options) -> TestResult {
        let mut counters = Counters::with_options(policy, options);
        let (mut at, mut number, mut failures) = (FIRST, 0, Vec::new());
        for call in &self.calls {
            for _ in 0..call.times {
                number += 1;
                at = call.at.map_or(at, |moment| moment.after(at));
                let verdict = call.judge(policy, &mut counters, at);
                let differences = call.differences(&verdict, at);
                if !differences.is_empty() && failures.len() < MAX_FAILURES {
                    let (line, tool, message) = (call.line, call.tool.clone(), verdict.message);
                    failures.push(Failure { call: number, line, tool, at, differences, message });
                }
            }
        }
        let Self { name, pointer, line, .. } = self;
        TestResult { name: name.clone(), pointer: pointer.clone(), line: *line, failures }
    }
}

impl TestCall {
    fn judge(&self, policy: &CompiledPolicy, counters: &mut Counters, at: Timestamp) -> Verdict {
        let Self { tool, grant, session, approved, .. } = self;
        let arguments = self.args.as_deref().map_or(Arguments::None, Arguments::Text);
        let call = ToolCall { tool, arguments, grant, session, at, approved: *approved };
        let verdict = evaluate(policy, &call, counters);
        if let (Some(reservation), Some(outcome)) = (verdict.reservation, self.outcome) {
            counters.settle(policy, reservation, outcome);
        }
        verdict
    }

    fn differences(&self, verdict: &Verdict, at: Timestamp) -> Vec<String> {
        let no_quota =
            verdict.quota.is_none() && self.expect.iter().any(|one| one.wanted == Wanted::Something);
        let told = |one: &&Expectation| !(no_quota && one.field.starts_with("quota."));
        self.expect.iter().filter(told).filter_map(|expected| expected.difference(verdict, at)).collect()
    }
}

impl Expectation {
    fn difference(&self, verdict: &Verdict, at: Timestamp) -> Option<String> {
        let found = found(verdict, self.field);
        let holds = match (&self.wanted, &found) {
            (Wanted::Nothing, found) => found.is_none(),
            (Wanted::Something, found) => found.is_some(),
            (Wanted::Text(text), Some(Found::Text(found))) => text == found,
            (Wanted::Number(number), Some(Found::Number(found))) => Amount::parse(number) == Ok(*found),
            (Wanted::Moment(moment), Some(Found::Moment(found))) => moment.after(at) == *found,
            _ => false,
        };
        let got = || match &found {
            None => "nothing".to_owned(),
            Some(Found::Text(text)) => quoted(text),
            Some(Found::Number(amount)) => amount.plain(),
            Some(Found::Moment(at)) => at.to_string(),
        };
        let wanted = || match &self.wanted {
            Wanted::Nothing => "nothing".to_owned(),
            Wanted::Something => "some".to_owned(),
            Wanted::Text(text) => quoted(text),
            Wanted::Number(number) => number.clone(),
            Wanted::Moment(moment) => moment.after(at).to_string(),
        };
        (!holds).then(|| format!("{}: expected {}, got {}", self.field, wanted(), got()))
    }
}

/// What a verdict says in a field, by the field's name in JSON.
fn found(verdict: &Verdict, field: &str) -> Option<Found> {
    let text = |text: &str| Some(Found::Text(text.to_owned()));
    let number = |amount: Amount| Some(Found::Number(amount));
    if let Some(field) = field.strip_prefix("quota.") {
        let quota = verdict.quota.as_ref()?;
        return match field {
            "counter" => text(&quota.counter),
            "window" => text(&quota.window.to_string()),
            "window_model" if quota.window_model == WindowModel::Sliding => text("sliding"),
            "used" => number(quota.used),
            "max" => number(quota.max),
            "cost" => number(quota.cost),
            "remaining" => number(quota.remaining),
            "window_start" => Some(Found::Moment(quota.window_start)),
            "resets_at" => Some(Found::Moment(quota.resets_at)),
            _ => None,
        };
    }
    match field {
        "decision" => text(verdict.decision.as_str()),
        "reason" => Some(Found::Text(word(serde_json::to_value(verdict.reason)))),
        "rule" => text(verdict.rule.as_ref()?.as_str()),
        "pointer" => text(verdict.pointer.as_ref()?.as_str()),
        "message" => text(&verdict.message),
        "malformed" => Some(Found::Text(word(serde_json::to_value(verdict.malformed?)))),
        "at" => Some(Found::Moment(verdict.at)),
        "clock_behind_ms" => number(Amount::from_whole(u64::try_from(verdict.clock_behind_ms?).unwrap_or(0))),
        "retry_at" => Some(Found::Moment(verdict.retry_at?)),
        "quota" => verdict.quota.as_ref().and_then(|quota| text(&quota.counter)),
        _ => None,
    }
}

/// The word that a plain enum is written as.
fn word(written: Result<serde_json::Value, serde_json::Error>) -> String {
    written.ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

/// The shortest of a policy's windows; a day where it has none.
fn shortest_window(policy: &CompiledPolicy) -> Window {
    let windows = policy.limits().iter().map(|limit| limit.window);
    windows.min_by_key(|window| window.length()).unwrap_or(Window::Day)
}

#[cfg(test)]
mod tests;
