//! A test made of a call of a run: the call, the calls before it that it depends on, and what was decided.
//!
//! A decision that no counter has a say in needs the call alone. Where a limit was asked, the calls are kept that were
//! allowed on its counter within the same window; equal ones of one window are written once, at one time, which
//! changes nothing where windows follow the calendar. The test is run before it is handed out: what does not hold is
//! not written.

use gatewright_core::call::{Arguments, Outcome};
use gatewright_core::policy::Scope;
use gatewright_core::scenario::Calls;
use gatewright_core::verdict::shown_name;
use gatewright_core::{CompiledPolicy, Decision, Run, ToolCall};

use super::{TestFile, quoted, shortest_window};

/// So many lines of earlier calls are written at most.
const MAX_LINES: usize = 200;

/// A test to be added to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTest {
    name: String,
    /// Each call as an object of JSON on one line.
    calls: Vec<String>,
}

impl NewTest {
    /// The test as JSON, under a name that is not taken.
    pub(super) fn to_json(&self, taken: &[String]) -> String {
        let mut name = self.name.clone();
        let mut number = 2;
        while taken.contains(&name) {
            name = format!("{} ({number})", self.name);
            number += 1;
        }
        let calls = self.calls.join(",\n    ");
        format!("{{\n  \"name\": {},\n  \"calls\": [\n    {calls}\n  ]\n}}", quoted(&name))
    }

    /// Whether it holds under a policy.
    fn holds(&self, policy: &CompiledPolicy) -> bool {
        let file = TestFile::read(&format!("{{\"tests\": [{}]}}", self.to_json(&[])));
        file.problems.is_empty() && file.run(policy).iter().all(super::TestResult::passed)
    }
}

/// Makes a test of call `index` of a run.
///
/// # Errors
///
/// A sentence for people: why no test can be made of it.
pub fn record(policy: &CompiledPolicy, calls: &Calls, run: &Run, index: usize) -> Result<NewTest, String> {
    let (Some(call), Some(decision)) = (calls.get(index), run.decision(index)) else {
        return Err("There is no such call.".to_owned());
    };
    if decision == Decision::Unknown
        || !matches!(call.arguments, Arguments::None | Arguments::Text(_) | Arguments::Parsed(_))
    {
        return Err("The log does not hold this call's arguments, so a test cannot make it again.".to_owned());
    }
    let recorder = Recorder { policy, calls, run, index, call, decision };
    let groups = recorder.groups();
    let few = groups.len() <= MAX_LINES;
    let grouped = few.then(|| recorder.test(&groups)).filter(|test| test.holds(policy));
    let whole = || {
        let all: Vec<Group> = (0..index).map(|first| Group { first, times: 1 }).collect();
        (index <= MAX_LINES).then(|| recorder.test(&all)).filter(|test| test.holds(policy))
    };
    grouped.or_else(whole).ok_or_else(|| {
        format!("This call depends on more calls before it than a test of {MAX_LINES} lines can hold.")
    })
}

/// Earlier calls that are alike: the first, and how many.
struct Group {
    first: usize,
    times: usize,
}

struct Recorder<'r> {
    policy: &'r CompiledPolicy,
    calls: &'r Calls,
    run: &'r Run,
    index: usize,
    call: ToolCall<'r>,
    decision: Decision,
}

impl Recorder<'_> {
    /// The calls before it that it depends on, what is alike put together.
    fn groups(&self) -> Vec<Group> {
        let window = shortest_window(self.policy);
        let mut groups: Vec<Group> = Vec::new();
        for earlier in (0..self.index).filter(|earlier| self.matters(*earlier)) {
            let alike = |group: &&mut Group| {
                let (Some(one), Some(other)) = (self.calls.get(group.first), self.calls.get(earlier)) else {
                    return false;
                };
                window.span(one.at) == window.span(other.at) && one == ToolCall { at: one.at, ..other }
            };
            match groups.last_mut().filter(alike) {
                Some(group) => group.times += 1,
                None => groups.push(Group { first: earlier, times: 1 }),
            }
        }
        groups
    }

    /// Whether an earlier call was counted where this one is, and still is.
    fn matters(&self, earlier: usize) -> bool {
        let Some(other) = self.calls.get(earlier) else { return false };
        let given_back = self
            .calls
            .answer_of(earlier)
            .is_some_and(|(outcome, at)| outcome == Outcome::ProtocolError && at <= self.call.at);
        let asked_limits = self.decision == Decision::Allow || self.is_denied_by_limit();
        asked_limits
            && self.run.decision(earlier) == Some(Decision::Allow)
            && !given_back
            && self.policy.limits().iter().any(|limit| {
                let same_tool =
                    limit.tool.as_deref().is_none_or(|tool| tool == self.call.tool && tool == other.tool);
                let same_caller = match limit.scope {
                    Scope::Grant => other.grant == self.call.grant,
                    Scope::Session => (other.grant, other.session) == (self.call.grant, self.call.session),
                    Scope::Global => true,
                };
                same_tool && same_caller && limit.window.span(other.at) == limit.window.span(self.call.at)
            })
    }

    fn is_denied_by_limit(&self) -> bool {
        let rule = self.run.rule(self.policy, self.index);
        rule.is_some_and(|rule| self.policy.limits().iter().any(|limit| limit.rule == rule))
    }

    fn test(&self, groups: &[Group]) -> NewTest {
        let mut calls = Vec::new();
        let mut last = None;
        for group in groups {
            let Some(call) = self.calls.get(group.first) else { continue };
            let decision = self.run.decision(group.first).unwrap_or(self.decision);
            let outcome = self.calls.answer_of(group.first).map(|(outcome, _)| outcome);
            let written = Written {
                call,
                times: group.times,
                outcome,
                expect: format!("\"decision\": \"{}\"", decision.as_str()),
            };
            calls.push(written.to_json(last));
            last = Some(call.at.as_millis());
        }
        let rule = self.run.rule(self.policy, self.index);
        let rule_field =
            rule.as_ref().map_or_else(String::new, |rule| format!(", \"rule\": {}", quoted(rule.as_str())));
        let expect = format!("\"decision\": \"{}\"{rule_field}", self.decision.as_str());
        calls.push(Written { call: self.call, times: 1, outcome: None, expect }.to_json(last));
        let made: usize = groups.iter().map(|group| group.times).sum();
        let after = match made {
            0 => String::new(),
            1 => ", after 1 call".to_owned(),
            made => format!(", after {made} calls"),
        };
        let decided = match (self.decision, &rule) {
            (Decision::Deny, Some(rule)) => format!("is denied by {rule}"),
            (Decision::Deny, None) => "is denied".to_owned(),
            (Decision::Approval, _) => "needs approval".to_owned(),
            _ => "is allowed".to_owned(),
        };
        NewTest { name: format!("{} {decided}{after}", shown_name(self.call.tool)), calls }
    }
}

/// A call of a test, as it is written.
struct Written<'c> {
    call: ToolCall<'c>,
    times: usize,
    outcome: Option<Outcome>,
    expect: String,
}

impl Written<'_> {
    /// The call as JSON; `last` is when the call before it was made.
    fn to_json(&self, last: Option<i64>) -> String {
        let Self { call, times, outcome, expect } = self;
        let mut fields = Vec::new();
        match last.map(|last| call.at.as_millis() - last) {
            Some(0) => {}
            // An offset is taken before each of several calls, and none leads back.
            Some(later) if later > 0 && *times == 1 => fields.push(format!("\"at\": \"+{later}ms\"")),
            _ => fields.push(format!("\"at\": \"{}\"", call.at)),
        }
        fields.push(format!("\"tool\": {}", quoted(call.tool)));
        if let Arguments::Text(args) = call.arguments {
            fields.push(format!("\"args\": {args}"));
        }
        for (field, name) in [("grant", call.grant), ("session", call.session)] {
            if !name.is_empty() {
                fields.push(format!("\"{field}\": {}", quoted(name)));
            }
        }
        if call.approved {
            fields.push("\"approved\": true".to_owned());
        }
        if let Some(outcome) = outcome.filter(|outcome| *outcome != Outcome::Ok) {
            fields.push(format!("\"outcome\": \"{}\"", outcome.as_str()));
        }
        if *times > 1 {
            fields.push(format!("\"times\": {times}"));
        }
        fields.push(format!("\"expect\": {{ {expect} }}"));
        format!("{{ {} }}", fields.join(", "))
    }
}
