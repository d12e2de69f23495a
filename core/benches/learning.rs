//! What learning a policy from a log costs, as ratios to replaying the same log within one run.

mod rounds;

use gatewright_core::learn::{LearnOptions, learn};
use gatewright_core::scenario::Calls;
use gatewright_core::{Arguments, CompiledPolicy, Outcome, Timestamp, ToolCall, compile, parse, simulate};

/// So many calls of so many tools, by so many grants.
const CALLS: usize = 100_000;
const TOOLS: usize = 20;
const GRANTS: usize = 10;

fn main() {
    let calls = log();
    let policy = learned(&calls);
    let allowed = simulate(&policy, &calls).summary.allowed;
    assert_eq!(allowed, CALLS, "what is learned allows the log");
    let contestants: [(&str, rounds::Turn<'_>); 3] = [
        ("replaying the log", Box::new(|| simulate(&policy, &calls).summary.allowed)),
        ("learning from it", Box::new(|| learn(&calls, LearnOptions::default()).from.allowed)),
        ("without arguments", Box::new(|| learn(&calls, without_arguments()).from.allowed)),
    ];
    println!("{CALLS} calls of {TOOLS} tools, no two alike\n");
    rounds::compare("x replay", CALLS, contestants);
}

fn without_arguments() -> LearnOptions {
    LearnOptions { arguments: false, ..LearnOptions::default() }
}

#[expect(clippy::expect_used, reason = "a benchmark of a broken policy must not run")]
fn learned(calls: &Calls) -> CompiledPolicy {
    let policy = learn(calls, LearnOptions::default()).policy;
    compile(&parse(&policy)).expect("what is learned compiles")
}

/// Calls of which no two have the same arguments: texts that begin alike, numbers, a few values, one that is left out.
fn log() -> Calls {
    let mut calls = Calls::default();
    for number in 0..CALLS {
        let (tool, grant) =
            (format!("tool_{}", number % TOOLS), format!("agent-{}", number / TOOLS % GRANTS));
        let at = Timestamp::from_millis(1_767_607_200_000).plus(i64::try_from(number).unwrap_or(0) * 250);
        let note = if number % 3 == 0 { format!(",\"note\":\"as of {number}\"") } else { String::new() };
        let text = format!(
            "{{\"path\":\"/work/part-{}/file-{number}.txt\",\"amount\":{}.5,\"mode\":\"m{}\",\"filter\":{{\"owner\":\"team-{}\"}}{note}}}",
            number % 7,
            number * 31 % 1000,
            number % 4,
            number % 5,
        );
        let call = ToolCall {
            tool: &tool,
            grant: &grant,
            arguments: Arguments::Text(&text),
            at,
            ..ToolCall::default()
        };
        calls.push(&call, Some((Outcome::Ok, at.plus(20))));
    }
    calls
}
