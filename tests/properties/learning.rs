//! What is learned from any log: a policy that allows it, that no linter complains of, and of which nothing can be
//! tightened by a step without denying one of the calls that each line names.

use gatewright_core::learn::{Holds, LearnOptions, Learned, Learner, Level, Line, Which, learn};
use gatewright_core::scenario::Calls;
use gatewright_core::simulate::simulate_with;
use gatewright_core::{
    Arguments, CompiledPolicy, Decision, Options, Outcome, Timestamp, ToolCall, compile, lint, parse,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::driver::options;
use crate::examples;

const TOOLS: &[&str] =
    &["write_file", "run", "run_per_minute", "__proto__", "", "caf\u{e9} ~/\u{202e}", "a\"b\\c<script>"];
const KEYS: &[&str] =
    &["path", "n", "o", "__proto__", "a.b", "", "k\u{e9}y", r"\ud800", r"p\u0061th", "constructor"];
/// As JSON text: what a parser would not keep is there as well.
const LEAVES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0.0",
    "1",
    "1.0",
    "2",
    "37",
    "9007199254740993",
    "1e400",
    "1e-99999999999",
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
    r#""""#,
    r#""/work/a.txt""#,
    r#""/work/b.txt""#,
    r#""/work/sub/c""#,
    r#""/work/../etc""#,
    r#""C:\\dir\\a""#,
    r#""C:\\dir\\b""#,
    r#""a-b""#,
    r#""a-c""#,
    r#""x.y+(z)*[q]{2}|^$""#,
    r#""x.y+(z)*[q]{2}.^$""#,
    r#""[POLICY"#,
    r#""\ud800""#,
    r#""\u00e9l\u00e8ve-1""#,
    r#""\u00e9l\u00e8ve-2""#,
    r#""\ud83d\ude00/1""#,
    r#""\ud83d\ude00/2""#,
    r#""line\nbreak-1""#,
    r#""line\nbreak-2""#,
    "[]",
    "[1]",
    "[1.0]",
    r#"["a", {"b": null}]"#,
    r#"[{"b": 1, "b": 2}]"#,
    "{}",
];

/// A value's JSON text, two objects deep at most.
fn values() -> impl Strategy<Value = String> {
    let leaf = select(LEAVES).prop_map(ToString::to_string).boxed();
    leaf.prop_recursive(2, 12, 4, |inner| {
        vec((select(KEYS), inner), 0..4).prop_map(|members| object(&members))
    })
}

fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

#[derive(Clone, Debug)]
enum Args {
    None,
    Text(String),
    Names(Vec<String>),
    Unknown,
}

#[derive(Clone, Debug)]
struct Called {
    tool: &'static str,
    grant: &'static str,
    args: Args,
    later: i64,
    answer: Option<(Outcome, i64)>,
}

fn called() -> impl Strategy<Value = Called> {
    let same = select(
        &[r#"{"path": "/work/a.txt", "n": 1}"#, r#"{"path": "/work/b.txt", "n": 7, "o": {"n": true}}"#][..],
    );
    let args = prop_oneof![
        1 => Just(Args::None),
        8 => vec((select(KEYS), values()), 0..4).prop_map(|members| Args::Text(object(&members))),
        12 => same.prop_map(|text| Args::Text(text.to_string())),
        1 => subsequence(KEYS.to_vec(), 0..4)
            .prop_map(|names| Args::Names(names.into_iter().map(ToString::to_string).collect())),
        1 => Just(Args::Unknown),
    ];
    let later = select(&[0, 0, 1, 20_000, 59_999, 60_000, 3_600_000, 30_000_000, -500][..]);
    let answer = option::of((select(&Outcome::ALL[..]), select(&[0, 10, 90_000][..])));
    let tool = prop_oneof![3 => select(&TOOLS[..2]), 1 => select(TOOLS)];
    (tool, select(&["ci", "dev"][..]), args, later, answer)
        .prop_map(|(tool, grant, args, later, answer)| Called { tool, grant, args, later, answer })
}

fn log_of(all: &[Called]) -> Calls {
    let mut calls = Calls::default();
    let mut at = 1_767_607_200_000;
    for Called { tool, grant, args, later, answer } in all {
        at += later;
        let arguments = match args {
            Args::None => Arguments::None,
            Args::Text(text) => Arguments::Text(text),
            Args::Names(names) => Arguments::Names(names),
            Args::Unknown => Arguments::Unknown,
        };
        let time = Timestamp::from_millis(at);
        let call = ToolCall { tool, grant, arguments, at: time, ..ToolCall::default() };
        calls.push(&call, answer.map(|(outcome, after)| (outcome, time.plus(after))));
    }
    calls
}

fn learn_options() -> impl Strategy<Value = LearnOptions> {
    let which = select(&[Which::NotRefused, Which::NotFailed, Which::All][..]);
    (options(), 1..4_u32, 1..6_u32, select(&[0, 10, 50][..]), which).prop_map(
        |(counting, seen, set_size, slack, calls)| LearnOptions {
            counting,
            seen,
            set_size,
            slack,
            calls,
            ..LearnOptions::default()
        },
    )
}

fn compiled(policy: &str) -> CompiledPolicy {
    let parsed = parse(policy);
    compile(&parsed).map_err(|found| format!("{found:?}\n{policy}")).unwrap()
}

/// The calls that are learned from, and which of the log each is.
fn learned_from(log: &Calls, which: Which) -> (Calls, Vec<usize>) {
    let (mut calls, mut places) = (Calls::default(), Vec::new());
    for place in 0..log.len() {
        let answer = log.answer_of(place);
        if which == Which::NotFailed && answer.is_some_and(|(outcome, _)| outcome != Outcome::Ok) {
            continue;
        }
        calls.push(&log.get(place).unwrap(), answer);
        places.push(place);
    }
    (calls, places)
}

/// The decision that a policy gives on each call of a log.
fn decisions(policy: &CompiledPolicy, calls: &Calls, counting: Options) -> Vec<Decision> {
    let run = simulate_with(policy, calls, counting);
    (0..calls.len()).map(|place| run.decision(place).unwrap()).collect()
}

/// The same policies with one line tightened by a step, each with the calls of which one must be denied.
fn tightened(learned: &Learned, line: &Line) -> Vec<(Value, Vec<usize>)> {
    let policy: Value = serde_json::from_str(&learned.policy).unwrap();
    let witnesses: Vec<usize> = line.witnesses.iter().map(|witness| witness.call).collect();
    let place = line.pointer.as_str();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut policy = policy.clone();
        change(policy.pointer_mut(place).unwrap());
        policy
    };
    let rule = policy.pointer(place).unwrap();
    let optional = usize::from(place.contains("/deny_if/"));
    match &line.holds {
        Holds::Tool { .. } => {
            let mut without = policy.clone();
            without["tools"].as_object_mut().unwrap().remove(&line.tool);
            vec![(without, witnesses)]
        }
        Holds::Limit { max, reached, .. } => {
            let less = with(&|limit| limit["max"] = json!(reached - 1));
            if max < reached { vec![] } else { vec![(less, witnesses)] }
        }
        Holds::Argument { level: Level::Set, .. } => {
            let values = rule["conditions"][optional]["value"].as_array().unwrap();
            let without = |place: usize| {
                with(&|rule| {
                    rule["conditions"][optional]["value"].as_array_mut().unwrap().remove(place);
                })
            };
            (0..values.len()).map(|place| (without(place), vec![witnesses[place]])).collect()
        }
        Holds::Argument { level: Level::Constant, .. } => {
            let empty = with(&|rule| {
                rule["conditions"][optional]["op"] = json!(if optional > 0 { "exists" } else { "in" });
                rule["conditions"][optional]["value"] = if optional > 0 { json!(true) } else { json!([]) };
            });
            vec![(empty, witnesses)]
        }
        Holds::Argument { level: Level::Range, .. } => {
            let conditions = rule["conditions"].as_array().unwrap();
            let narrower = |place: usize| {
                with(&|rule| {
                    let narrower = [("gte", "gt"), ("lte", "lt"), ("gt", "gte"), ("lt", "lte")];
                    let op = &mut rule["conditions"][place]["op"];
                    let found = narrower.iter().find(|(wide, _)| op.as_str() == Some(wide));
                    *op = json!(found.unwrap().1);
                })
            };
            (optional..conditions.len()).map(|at| (narrower(at), vec![witnesses[at - optional]])).collect()
        }
        Holds::Argument { level: Level::Type | Level::Prefix | Level::Present | Level::Absent, .. } => vec![],
    }
}

proptest! {
    #![proptest_config(examples(400))]

    #[test]
    fn a_policy_allows_the_log_that_it_was_learned_from(all in vec(called(), 0..40), options in learn_options()) {
        let log = log_of(&all);
        let learned = learn(&log, options);
        let policy = compiled(&learned.policy);
        let (calls, _) = learned_from(&log, options.calls);
        // Nothing but what no policy can judge is denied, and nothing is unknown.
        let nothing = compiled(r#"{"version": "1", "default": "allow"}"#);
        let readable = decisions(&nothing, &calls, options.counting);
        prop_assert_eq!(&decisions(&policy, &calls, options.counting), &readable, "{}", learned.policy);
        prop_assert_eq!(learned.from.allowed, learned.from.calls);
        prop_assert_eq!(learned.from.calls + learned.from.unreadable, calls.len());
        let lints = lint(&parse(&learned.policy), None);
        let lints: Vec<&str> = lints.iter().map(|lint| lint.diagnostic.message.as_str()).collect();
        prop_assert!(lints.is_empty(), "{:?}\n{}", lints, learned.policy);
    }

    #[test]
    fn no_line_can_be_tightened(all in vec(called(), 1..40), options in learn_options()) {
        let log = log_of(&all);
        let learned = learn(&log, options);
        let (calls, places) = learned_from(&log, options.calls);
        for line in &learned.lines {
            for (policy, witnesses) in tightened(&learned, line) {
                let policy = compiled(&policy.to_string());
                let decided = decisions(&policy, &calls, options.counting);
                let denied = |witness: &usize| {
                    decided[places.iter().position(|place| place == witness).unwrap()] == Decision::Deny
                };
                prop_assert!(witnesses.iter().any(denied), "{:?}\n{}", line, learned.policy);
            }
        }
    }

    #[test]
    fn steps_do_what_one_step_does(all in vec(called(), 0..40), options in learn_options(), hold_out in 0..95_u32, step in 1..7_usize) {
        let log = log_of(&all);
        let options = LearnOptions { hold_out, ..options };
        let mut learner = Learner::new(&log, options);
        let mut before = 0;
        loop {
            let (done, of) = learner.advance(step);
            prop_assert!(done >= before && done <= of);
            if done == of { break; }
            before = done;
        }
        let learned = learner.finish();
        prop_assert_eq!(&learned, &learn(&log, options));
        let Some(held_out) = learned.held_out else { return Ok(()) };
        prop_assert_eq!(held_out.allowed + held_out.denied + held_out.unknown, held_out.calls);
        prop_assert_eq!(held_out.denials.iter().map(|denials| denials.calls).sum::<usize>(), held_out.denied);
        let all_of = learned.from.calls + learned.from.unreadable + learned.from.failed + learned.from.refused;
        prop_assert!(all_of + held_out.calls <= log.len());
        let expected = (learned.from.calls + learned.from.unreadable + held_out.calls) * usize::try_from(hold_out).unwrap() / 100;
        if (1..=90).contains(&hold_out) { prop_assert_eq!(held_out.calls, expected); }
    }
}
