//! Arguments whose values were not recorded: what is certain, holds whatever they were; what is unknown, depends.

use gatewright_core::evaluate::decide_in_simulation;
use gatewright_core::{
    Arguments, CompiledPolicy, Counters, Decision, Options, Reason, Timestamp, compile, evaluate, parse,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::driver::{Driver, options};
use crate::examples;
use crate::sketch::{Call, calls, events, read, sketches, values};

const NAMES: [&str; 4] = ["n", "s", "l", "o"];

/// What a call with these arguments gets.
fn enforced(
    policy: &CompiledPolicy,
    call: &Call,
    args: Map<String, Value>,
    counters: &Counters,
    at: i64,
) -> (Decision, Reason) {
    let call = Call { args: Some(args), at, ..call.clone() };
    let verdict = evaluate(policy, &call.parsed(), &mut counters.clone());
    (verdict.decision, verdict.reason)
}

proptest! {
    #![proptest_config(examples(250))]

    #[test]
    fn what_is_certain_holds_whatever_was_not_recorded(
        sketch in sketches(), events in events(), options in options(),
        asked in vec((calls(), subsequence(NAMES.to_vec(), 1..=3)), 12),
        fillings in vec(vec(values(), 3), 30)
    ) {
        let policy = sketch.compiled();
        let mut driver = Driver::new(&policy, options);
        driver.all(&events);
        let start = events.iter().rev().find_map(|event| match event {
            crate::sketch::Event::Call(call) => Some(call.at),
            crate::sketch::Event::Settle { .. } => None,
        });
        for (call, names) in asked {
            let call = call.at(start.unwrap_or_default());
            let owned: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
            let unsure = call.with(Arguments::Names(&owned));
            let ruling = decide_in_simulation(&policy, &unsure, &mut driver.counters.clone(), &mut ());
            let verdict = evaluate(&policy, &unsure, &mut driver.counters.clone());
            if ruling.decision() == Decision::Unknown {
                prop_assert_eq!((verdict.decision, verdict.reason), (Decision::Deny, Reason::UnknownArgument));
                prop_assert_eq!(verdict.reservation, None);
                continue;
            }
            prop_assert_eq!(verdict.decision, ruling.decision());
            for filling in &fillings {
                let args: Map<String, Value> = owned.iter().cloned().zip(filling.iter().cloned()).collect();
                let found = enforced(&policy, &call, args.clone(), &driver.counters, call.at);
                prop_assert_eq!(found.0, ruling.decision(), "{:?} with {:?}: {:?}", unsure, args, found.1);
                if let Some(retry_at) = ruling.retry_at().map(Timestamp::as_millis) {
                    let decision_at = |at| enforced(&policy, &call, args.clone(), &driver.counters, at).0;
                    prop_assert_eq!(decision_at(retry_at - 1), Decision::Deny);
                    prop_assert_eq!(decision_at(retry_at), Decision::Allow);
                }
            }
        }
    }

    #[test]
    fn what_is_certain_without_any_names_holds_whatever_was_sent(
        sketch in sketches(), asked in vec(calls(), 8),
        fillings in vec((subsequence(NAMES.to_vec(), 0..=4), vec(values(), 4)), 30)
    ) {
        let policy = sketch.compiled();
        let counters = Counters::with_options(&policy, Options::default());
        for call in asked {
            let unsure = call.with(Arguments::Unknown);
            let ruling = decide_in_simulation(&policy, &unsure, &mut counters.clone(), &mut ());
            if ruling.decision() == Decision::Unknown {
                continue;
            }
            for (names, values) in &fillings {
                let names = names.iter().map(|name| (*name).to_string());
                let args: Map<String, Value> = names.zip(values.iter().cloned()).collect();
                let found = enforced(&policy, &call, args.clone(), &counters, call.at);
                prop_assert_eq!(found.0, ruling.decision(), "{:?} with {:?}: {:?}", unsure, args, found.1);
            }
        }
    }

    /// Each condition asks an argument of its own, so that each may come out in every way that it can.
    #[test]
    fn what_is_unknown_depends_on_what_was_not_recorded(
        rules in vec((select(vec!["require", "deny_if", "require_approval"]), vec(0..KINDS.len(), 0..3)), 0..4),
        recorded in vec(prop::bool::weighted(0.3), 12), cost in any::<bool>(), used_up in any::<bool>(), approved in any::<bool>()
    ) {
        let mut checks = json!({"require": [], "deny_if": [], "require_approval": [], "limits": [
            {"counter": "c", "window": "day", "max": 1, "scope": "global"}]});
        let mut names = Vec::new();
        for (list, kinds) in rules {
            let conditions = kinds.into_iter().map(|kind| {
                let (op, value) = KINDS[kind];
                let name = format!("p{}", names.len());
                names.push(name.clone());
                json!({"path": format!("args.{name}"), "op": op, "value": read(value)})
            });
            let conditions: Vec<Value> = conditions.collect();
            checks[list].as_array_mut().unwrap().push(json!({"conditions": conditions}));
        }
        if cost {
            let name = format!("p{}", names.len());
            checks["limits"].as_array_mut().unwrap().push(
                json!({"counter": "d", "window": "day", "max": 2, "scope": "global", "increment_from": format!("args.{name}")}));
            names.push(name);
        }
        let document = json!({"version": "1", "default": "deny", "tools": {"a": checks, "b": {}}, "all_tools": {"limits": [
            {"counter": "e", "window": "minute", "max": 1, "scope": "global"}]}});
        let policy = compile(&parse(&document.to_string())).unwrap();
        let mut counters = Counters::with_options(&policy, Options::default());
        let call = |tool, args| Call { tool, args, grant: "", session: "", approved, at: 0 };
        if used_up {
            evaluate(&policy, &call("b", None).parsed(), &mut counters);
        }
        // Three unknown names at most, in every way; of the others it is known that they are not there.
        let unknown: Vec<String> =
            names.iter().enumerate().filter(|(index, _)| !recorded[*index % 12]).map(|(_, name)| name.clone()).take(3).collect();
        let ways = ["null", "0", "2", "3", r#""a""#].map(read);
        let asked = call("a", None);
        let certain = decide_in_simulation(&policy, &asked.with(Arguments::Names(&unknown)), &mut counters.clone(), &mut ())
            .decision();
        let mut decisions = Vec::new();
        for number in 0..ways.len().pow(u32::try_from(unknown.len()).unwrap()) {
            let way = |index: usize| ways[number / ways.len().pow(u32::try_from(index).unwrap()) % ways.len()].clone();
            let args = unknown.iter().enumerate().map(|(index, name)| (name.clone(), way(index))).collect();
            let decision = enforced(&policy, &asked, args, &counters, 0).0;
            if !decisions.contains(&decision) {
                decisions.push(decision);
            }
        }
        match certain {
            Decision::Unknown => prop_assert!(decisions.len() > 1, "always {:?}: {}", decisions, document),
            certain => prop_assert_eq!(decisions, [certain], "{}", document),
        }
    }
}

/// Each can hold and fail; some can meet a type that they cannot judge.
const KINDS: &[(&str, &str)] = &[
    ("gt", "1"),
    ("eq", "0"),
    ("neq", "0"),
    ("in", "[0, 2]"),
    ("contains", r#""a""#),
    ("exists", "true"),
    ("exists", "false"),
];
