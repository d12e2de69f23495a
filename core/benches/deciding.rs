//! What one decision costs, and what it does not depend on: the number of tools, and bytes that no rule looks at.
//!
//! Every contestant allows every call, which is checked while it is timed.

mod rounds;

use std::hint::black_box;

use gatewright_core::evaluate::{DecidedLine, decide_line};
use gatewright_core::{
    Arguments, CompiledPolicy, Counters, Decision, Outcome, Timestamp, ToolCall, compile, decide, evaluate,
    evaluate_traced, parse,
};
use rounds::Turn;
use serde_json::{Map, Value, json};

/// Decisions a turn.
const EACH: usize = 2_000;
const TOOL: &str = "create_charge_7";

#[expect(clippy::expect_used, reason = "a benchmark of a broken policy must not run")]
fn main() {
    let policies =
        [14, 100, 1_000].map(|tools| compile(&parse(&policy(tools))).expect("the policy compiles"));
    let [few, many, most] = &policies;
    let bodies = [0, 1_000, 100_000].map(arguments);
    let [small, middle, large] = &bodies;
    let lines = bodies.each_ref().map(line);
    let [small_line, middle_line, large_line] = &lines;

    println!("the number of tools");
    rounds::compare(
        "x 14",
        EACH,
        [
            ("14 tools", parsed(few, small)),
            ("100 tools", parsed(many, small)),
            ("1,000 tools", parsed(most, small)),
        ],
    );
    println!("\na text that no rule looks at, in a parsed call");
    rounds::compare(
        "x none",
        EACH,
        [("none", parsed(few, small)), ("1 KB", parsed(few, middle)), ("100 KB", parsed(few, large))],
    );
    println!("\nthe same in the bytes of a message, whose grammar is checked");
    rounds::compare(
        "x none",
        EACH,
        [
            ("none", bytes(few, small_line)),
            ("1 KB", bytes(few, middle_line)),
            ("100 KB", bytes(few, large_line)),
        ],
    );
    println!("\nnumbers, words and steps");
    rounds::compare(
        "x decide",
        EACH,
        [
            ("decide", parsed(few, small)),
            ("evaluate", in_words(few, small)),
            ("evaluate, traced", traced(few, small)),
        ],
    );
}

/// So many tools, each with three conditions on three arguments and two limits.
fn policy(tools: usize) -> String {
    let tool = json!({
        "require": [{ "conditions": [
            { "path": "args.currency", "op": "in", "value": ["usd", "eur", "gbp"] },
            { "path": "args.amount", "op": "lte", "value": 50_000 },
            { "path": "args.email", "op": "contains", "value": "@shop.example" },
        ] }],
        "limits": [
            { "counter": "rate", "window": "minute", "max": 100_000_000, "scope": "grant" },
            { "counter": "calls", "window": "day", "max": 1_000_000_000, "scope": "grant" },
        ],
    });
    let tools: Map<String, Value> =
        (0..tools).map(|number| (format!("create_charge_{number}"), tool.clone())).collect();
    json!({ "version": "1", "default": "deny", "tools": tools }).to_string()
}

fn arguments(unread: usize) -> Map<String, Value> {
    let mut arguments = Map::new();
    arguments.insert("amount".to_owned(), json!(4_200));
    arguments.insert("currency".to_owned(), json!("eur"));
    arguments.insert("email".to_owned(), json!("ada@shop.example"));
    if unread > 0 {
        arguments.insert("note".to_owned(), json!("A line of text.\n".repeat(unread / 16)));
    }
    arguments
}

fn line(arguments: &Map<String, Value>) -> String {
    let params = json!({ "name": TOOL, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }).to_string()
}

/// Judges the same call again and again, a millisecond apart, each settled at once.
fn repeated<'c>(
    policy: &'c CompiledPolicy,
    mut judge: impl FnMut(&mut Counters, Timestamp) -> (Decision, Option<gatewright_core::ReservationId>) + 'c,
) -> Turn<'c> {
    let (mut counters, mut at) = (Counters::new(policy), Timestamp::from_millis(0));
    Box::new(move || {
        for _ in 0..EACH {
            let (decision, reservation) = judge(&mut counters, at);
            assert_eq!(decision, Decision::Allow, "every call is allowed");
            if let Some(reservation) = reservation {
                counters.settle(policy, reservation, Outcome::Ok);
            }
            at = at.plus(1);
        }
        EACH
    })
}

fn call(arguments: &Map<String, Value>, at: Timestamp) -> ToolCall<'_> {
    let arguments = Arguments::Parsed(black_box(arguments));
    ToolCall { tool: TOOL, arguments, grant: "ci", at, ..ToolCall::default() }
}

fn parsed<'c>(policy: &'c CompiledPolicy, arguments: &'c Map<String, Value>) -> Turn<'c> {
    repeated(policy, move |counters, at| {
        let ruling = decide(policy, &call(arguments, at), counters);
        (ruling.decision(), ruling.reservation())
    })
}

fn in_words<'c>(policy: &'c CompiledPolicy, arguments: &'c Map<String, Value>) -> Turn<'c> {
    repeated(policy, move |counters, at| {
        let verdict = evaluate(policy, &call(arguments, at), counters);
        (black_box(&verdict).decision, verdict.reservation)
    })
}

fn traced<'c>(policy: &'c CompiledPolicy, arguments: &'c Map<String, Value>) -> Turn<'c> {
    repeated(policy, move |counters, at| {
        let mut steps = Vec::new();
        let verdict = evaluate_traced(policy, &call(arguments, at), counters, &mut steps);
        black_box(&steps);
        (verdict.decision, verdict.reservation)
    })
}

fn bytes<'c>(policy: &'c CompiledPolicy, line: &'c str) -> Turn<'c> {
    repeated(policy, move |counters, at| {
        let caller = ToolCall { grant: "ci", at, ..ToolCall::default() };
        match decide_line(policy, black_box(line.as_bytes()), &caller, counters) {
            DecidedLine::ToolCall { ruling, .. } => (ruling.decision(), ruling.reservation()),
            DecidedLine::Other | DecidedLine::Refused { .. } => (Decision::Deny, None),
        }
    })
}
