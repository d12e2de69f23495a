//! Random policies of the whole language, and random things that happen under them.

use gatewright_core::{Arguments, CompiledPolicy, Outcome, Timestamp, ToolCall, compile, parse};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

pub(crate) const TOOLS: [&str; 4] = ["a", "b", "c", "d"];
const GRANTS: [&str; 3] = ["ci", "dev", ""];
const SESSIONS: [&str; 2] = ["1", "2"];
const PATHS: [&str; 6] = ["args.n", "args.o.n", "args.s", "args.o.s", "args.l", "args.o"];
const COMPARED: &[&str] = &["0", "1", "2", "2.5", "0.1", "-1", "9007199254740992", "1e-10"];
const COSTS: &[&str] = &["1", "1", "2", "0.1", "0.3", "2.5", "0", "0.000000001", "10e-1"];
const MAXES: &[&str] = &["0", "0.3", "1", "2", "2.5", "3", "5", "40"];
/// What arguments may be, and what conditions compare them with.
pub(crate) const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "0.1",
    "-1",
    "1e-10",
    "1e16",
    "9007199254740993",
    r#""""#,
    r#""a""#,
    r#""ab1""#,
    r#""b/٣""#,
    r#""1""#,
    "[]",
    r#"[1, "a"]"#,
    r#"[null, {"n": 1}]"#,
    "{}",
    r#"{"n": 1}"#,
    r#"{"n": 0.1, "s": "a"}"#,
    r#"{"n": "a", "s": 1}"#,
];
/// Each with what it finds, for the model.
pub(crate) const PATTERNS: &[(&str, Finds)] = &[
    ("^a", |text| text.starts_with('a')),
    ("b$", |text| text.ends_with('b')),
    (r"\d", |text| text.contains(|found: char| found.is_ascii_digit())),
    ("a.1", |text| text.contains("ab1")),
    ("", |_| true),
];

type Finds = fn(&str) -> bool;

/// A policy, small enough to be kept in mind.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    pub(crate) allow_others: bool,
    pub(crate) hide: Vec<&'static str>,
    pub(crate) tools: Vec<(&'static str, Checks)>,
    pub(crate) all_tools: Checks,
}

/// What a call of one tool, or of any, is held to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checks {
    pub(crate) require: Vec<Rule>,
    pub(crate) deny_if: Vec<Rule>,
    pub(crate) require_approval: Vec<Rule>,
    pub(crate) limits: Vec<Limit>,
}

/// The conditions of a rule.
pub(crate) type Rule = Vec<Condition>;

#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) path: &'static str,
    pub(crate) op: &'static str,
    pub(crate) value: Value,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) counter: &'static str,
    pub(crate) window: &'static str,
    /// As JSON.
    pub(crate) max: &'static str,
    pub(crate) scope: &'static str,
    pub(crate) increment_from: Option<&'static str>,
}

/// A call, or the end of an earlier one.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Call(Call),
    /// Tells the outcome of the allowed call number `which`, counted around; one more than there are is nobody's.
    Settle {
        which: usize,
        outcome: Outcome,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) args: Option<Map<String, Value>>,
    pub(crate) grant: &'static str,
    pub(crate) session: &'static str,
    pub(crate) approved: bool,
    pub(crate) at: i64,
}

impl Call {
    pub(crate) fn parsed(&self) -> ToolCall<'_> {
        self.with(self.args.as_ref().map_or(Arguments::None, Arguments::Parsed))
    }

    pub(crate) fn with<'a>(&'a self, arguments: Arguments<'a>) -> ToolCall<'a> {
        let Self { tool, grant, session, approved, at, .. } = *self;
        ToolCall { tool, arguments, grant, session, at: Timestamp::from_millis(at), approved }
    }

    pub(crate) fn at(&self, at: i64) -> Self {
        Self { at, ..self.clone() }
    }
}

impl Event {
    /// The same, later.
    pub(crate) fn shifted(&self, shift: i64) -> Self {
        match self {
            Self::Call(call) => Self::Call(call.at(call.at + shift)),
            settle @ Self::Settle { .. } => settle.clone(),
        }
    }
}

impl Sketch {
    pub(crate) fn document(&self) -> Value {
        let tools = self.tools.iter().map(|(name, checks)| ((*name).to_string(), checks.document()));
        json!({
            "version": "1",
            "default": if self.allow_others { "allow" } else { "deny" },
            "hide": self.hide,
            "tools": Value::Object(tools.collect()),
            "all_tools": self.all_tools.document(),
        })
    }

    pub(crate) fn text(&self) -> String {
        format!("{:#}", self.document())
    }

    pub(crate) fn compiled(&self) -> CompiledPolicy {
        let compiled = compile(&parse(&self.text()));
        assert!(compiled.is_ok(), "a sketch makes good policies: {:?}", compiled.err());
        compiled.unwrap_or_else(|_| unreachable!())
    }

    /// The same with no rules: what is left, counts.
    pub(crate) fn of_limits(mut self) -> Self {
        for checks in self.tools.iter_mut().map(|(_, checks)| checks).chain([&mut self.all_tools]) {
            let limits = std::mem::take(&mut checks.limits);
            *checks = Checks { limits, ..Checks::default() };
        }
        self
    }
}

impl Checks {
    fn document(&self) -> Value {
        let condition = |it: &Condition| json!({"path": it.path, "op": it.op, "value": it.value});
        let rules = |rules: &[Rule]| {
            let rule = |rule: &Rule| json!({"conditions": rule.iter().map(condition).collect::<Vec<_>>()});
            rules.iter().map(rule).collect::<Vec<_>>()
        };
        json!({
            "require": rules(&self.require),
            "deny_if": rules(&self.deny_if),
            "require_approval": rules(&self.require_approval),
            "limits": self.limits.iter().map(Limit::document).collect::<Vec<_>>(),
        })
    }
}

impl Limit {
    fn document(&self) -> Value {
        let Self { counter, window, max, scope, increment_from } = self;
        let mut limit = json!({"counter": counter, "window": window, "max": read(max), "scope": scope});
        if let Some(path) = increment_from {
            limit["increment_from"] = json!(path);
        }
        limit
    }
}

pub(crate) fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{text}: {error}"))
}

pub(crate) fn values() -> impl Strategy<Value = Value> {
    select(VALUES).prop_map(read)
}

pub(crate) fn sketches() -> impl Strategy<Value = Sketch> {
    let hide = prop_oneof![
        12 => Just(Vec::new()),
        2 => subsequence(TOOLS.to_vec(), 1),
        1 => subsequence(vec!["*", "a"], 1..=2),
    ];
    let listed = subsequence(TOOLS.to_vec(), 0..=3);
    let own = vec(checks(true), 3);
    (any::<(bool, bool)>(), hide, listed, own, checks(false)).prop_map(
        |((allow_others, has_rules), hide, listed, own, all_tools)| {
            let tools = listed.into_iter().zip(own).collect();
            let sketch = Sketch { allow_others, hide, tools, all_tools };
            if has_rules { sketch } else { sketch.of_limits() }
        },
    )
}

fn checks(of_tool: bool) -> impl Strategy<Value = Checks> {
    let rules = || prop_oneof![5 => Just(Vec::new()), 2 => vec(rules(), 1..3)];
    (rules(), rules(), rules(), limits(of_tool)).prop_map(|(require, deny_if, require_approval, limits)| {
        Checks { require, deny_if, require_approval, limits }
    })
}

fn rules() -> impl Strategy<Value = Rule> {
    prop_oneof![1 => Just(Vec::new()), 9 => vec(conditions(), 1..3)]
}

pub(crate) fn conditions() -> impl Strategy<Value = Condition> {
    let any_path = || select(PATHS.to_vec());
    let or_any = move |paths: &[&'static str]| prop_oneof![4 => select(paths.to_vec()), 1 => any_path()];
    let compared =
        (or_any(&PATHS[..2]), select(vec!["lt", "lte", "gt", "gte"]), select(COMPARED).prop_map(read));
    let equal = (any_path(), select(vec!["eq", "neq", "contains"]), values());
    let among = (any_path(), select(vec!["in", "not_in"]), vec(values(), 0..4).prop_map(Value::from));
    let pattern = select(PATTERNS).prop_map(|(pattern, _)| json!(pattern));
    let found = (or_any(&PATHS[2..4]), Just("regex"), pattern);
    let there = (any_path(), Just("exists"), any::<bool>().prop_map(Value::from));
    let parts = prop_oneof![3 => compared, 3 => equal, 2 => among, 2 => found, 1 => there];
    parts.prop_map(|(path, op, value)| Condition { path, op, value })
}

fn limits(of_tool: bool) -> impl Strategy<Value = Vec<Limit>> {
    let scope = select(vec!["grant", "grant", "session", "global"]);
    // Costs come from an argument of one tool.
    let costs =
        if of_tool { vec![None, None, Some("args.n"), Some("args.n"), Some("args.o.n")] } else { vec![None] };
    let increment_from = select(costs);
    let limit = (select(vec!["minute", "hour", "day"]), select(MAXES), scope, increment_from);
    let named = |(counter, (window, max, scope, increment_from))| Limit {
        counter,
        window,
        max,
        scope,
        increment_from,
    };
    let counters = Just(vec!["c", "x/y~", "z"]).prop_shuffle();
    (counters, vec(limit, 0..3))
        .prop_map(move |(counters, limits)| counters.into_iter().zip(limits).map(named).collect())
}

/// Arguments: most are what the rules expect.
fn arguments() -> impl Strategy<Value = Map<String, Value>> {
    let or_any = |expected: &'static [&'static str]| {
        option::weighted(0.85, prop_oneof![9 => select(expected).prop_map(read), 1 => values()])
    };
    let texts = || or_any(&[r#""""#, r#""a""#, r#""ab1""#, r#""b/٣""#]);
    let lists = or_any(&["[]", r#"[1, "a"]"#, r#"[null, {"n": 1}]"#]);
    let within = (or_any(COSTS), texts())
        .prop_map(|(number, text)| Value::Object(object([("n", number), ("s", text)])));
    let within = option::weighted(0.85, prop_oneof![9 => within, 1 => values()]);
    (or_any(COSTS), texts(), lists, within).prop_map(|(number, text, list, within)| {
        object([("n", number), ("s", text), ("l", list), ("o", within)])
    })
}

fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Map<String, Value> {
    members.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?))).collect()
}

pub(crate) fn calls() -> impl Strategy<Value = Call> {
    let who = (select(GRANTS.to_vec()), select(SESSIONS.to_vec()));
    let args = option::weighted(0.9, arguments());
    (select(TOOLS.to_vec()), args, who, prop::bool::weighted(0.3)).prop_map(
        |(tool, args, (grant, session), approved)| Call { tool, args, grant, session, approved, at: 0 },
    )
}

/// Things that happen, some close together, some far apart, some with a clock that steps back.
pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    let outcome = select(Outcome::ALL.to_vec());
    let thing = (calls(), steps(), 0..6_u8, any::<usize>(), outcome);
    (starts(), vec(thing, 0..50)).prop_map(|(start, things)| {
        let mut at = start;
        let event = |(call, step, kind, which, outcome): (Call, i64, u8, usize, Outcome)| {
            at += step;
            if kind == 0 { Event::Settle { which, outcome } } else { Event::Call(call.at(at)) }
        };
        things.into_iter().map(event).collect()
    })
}

pub(crate) fn steps() -> impl Strategy<Value = i64> {
    prop_oneof![
        5 => 0..3_i64,
        4 => 0..40_000_i64,
        2 => select(vec![59_999, 60_000, 60_001, 3_600_000]),
        2 => 0..4_000_000_i64,
        1 => 0..100_000_000_i64,
        1 => -200_000..0_i64,
    ]
}

/// Around the epoch, where rounding goes wrong, or anywhere within some thirty years of it.
pub(crate) fn starts() -> impl Strategy<Value = i64> {
    prop_oneof![-200_000_000..200_000_000_i64, -1_000_000_000_000..1_000_000_000_000_i64]
}
