//! A scenario against a policy: who waits for decisions gets them.
//!
//! Planned calls and the next calls of agents are made in the order of time, and within an instant in the order of their
//! blocks. What comes out are calls like any others: a run of them decides each as it was decided here.

use alloc::collections::BinaryHeap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::replay::{Input, Replay};
use super::{Run, simulate_with};
use crate::amount::count;
use crate::compile::CompiledPolicy;
use crate::counter::Options;
use crate::scenario::{Block, Calls, Heard, MAX_CALLS, Scenario};
use crate::verdict::{Decision, Ruling, shown_name};

/// Plays a scenario, loops included: its calls, and what a policy does to them.
///
/// ```
/// use gatewright_core::{Options, compile, parse};
/// use gatewright_core::scenario::notation;
/// use gatewright_core::simulate::play;
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"run_tests": {
///     "limits": [{"counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#)).unwrap();
/// let patient = notation::parse("loop run_tests every 1s until 25 allowed on denial wait for reset").unwrap();
/// let (calls, run) = play(&policy, &patient, Options::default()).unwrap();
/// assert_eq!((calls.len(), run.summary.denied), (27, 2));
/// ```
///
/// # Errors
///
/// A sentence for people, where the scenario makes more than [`MAX_CALLS`] calls.
pub fn play(policy: &CompiledPolicy, scenario: &Scenario, options: Options) -> Result<(Calls, Run), String> {
    let calls = calls_under(policy, scenario, options)?;
    let run = simulate_with(policy, &calls, options);
    Ok((calls, run))
}

/// The calls of a scenario, where loops hear what a policy decides. Without a loop, they are the same under every policy.
///
/// # Errors
///
/// A sentence for people, where the scenario makes more than [`MAX_CALLS`] calls.
pub fn calls_under(policy: &CompiledPolicy, scenario: &Scenario, options: Options) -> Result<Calls, String> {
    if scenario.is_closed() { drive(policy, scenario, options, &mut |_| {}) } else { scenario.calls() }
}

/// Plays a scenario, and tells what is decided on each call.
pub(super) fn drive(
    policy: &CompiledPolicy,
    scenario: &Scenario,
    options: Options,
    told: &mut dyn FnMut(&Ruling),
) -> Result<Calls, String> {
    let mut planned = scenario.planned()?.into_iter().peekable();
    let mut agents: Vec<_> = scenario
        .blocks
        .iter()
        .enumerate()
        .filter_map(|(index, block)| Some((index, block.at_ms, block.agent()?)))
        .collect();
    let mut calls = Calls::default();
    for call in scenario.blocks.iter().flat_map(Block::kinds) {
        calls.expect(&call.call(scenario.start));
    }
    let mut replay = Replay::new(Input { policy, calls: &calls }, options);
    // When each agent calls next, and its place among the agents.
    let mut next: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    for (place, (_, at_ms, (turns, _))) in agents.iter_mut().enumerate() {
        next.extend(turns.first(*at_ms).map(|at| Reverse((at, place))));
    }
    loop {
        let open = planned.peek().map(|call| (call.at_ms, call.block));
        let closed = next.peek().and_then(|Reverse((at, place))| Some((*at, agents.get(*place)?.0)));
        let (at_ms, call, agent) = match (open, closed) {
            (Some(open), closed) if closed.is_none_or(|closed| open <= closed) => {
                let Some(call) = planned.next() else { break };
                (call.at_ms, call.call, None)
            }
            _ => {
                let Some(Reverse((at, place))) = next.pop() else { break };
                let Some((.., (turns, call))) = agents.get_mut(place) else { break };
                (at, *call, Some((place, turns)))
            }
        };
        let index = calls.len();
        if index as u64 >= MAX_CALLS {
            let (tool, most) = (shown_name(&call.tool), count(MAX_CALLS));
            return Err(format!(
                "The agent that calls {tool} is not done after {most} calls, and no more are run. Give it an earlier \
                 end: a shorter time, or denials after which it gives up."
            ));
        }
        scenario.make(&mut calls, call, at_ms);
        let input = Input { policy, calls: &calls };
        while replay.next_answer(input, index).is_some() {}
        let Some(ruling) = replay.judge(input, index) else { break };
        told(&ruling);
        if let Some((place, turns)) = agent {
            let heard = match ruling.reason.decision() {
                Decision::Allow => Heard::Allowed,
                _ => Heard::denied(ruling.retry_at, scenario.start),
            };
            next.extend(turns.next(at_ms, heard).map(|at| Reverse((at, place))));
        }
    }
    Ok(calls)
}
