//! A scenario against a policy: who waits for decisions gets them.
//!
//! Planned calls and the next calls of agents are made in the order of time, and within an instant in the order of their
//! blocks. What comes out are calls like any others: a run of them decides each as it was decided here.

use alloc::collections::BinaryHeap;
use alloc::format;
use alloc::string::String;
use alloc::vec::{IntoIter, Vec};
use core::cmp::Reverse;
use core::iter::Peekable;
use core::ops::Deref;

use super::replay::{Input, Replay};
use super::{Run, simulate_with};
use crate::amount::count;
use crate::compile::CompiledPolicy;
use crate::counter::Options;
use crate::scenario::{Block, Calls, Heard, MAX_CALLS, Planned, Scenario, Turns};
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
    if scenario.is_closed() { Play::new(policy, scenario, options)?.finish() } else { scenario.calls() }
}

/// Plays a scenario, and tells what is decided on each call.
pub(super) fn drive(
    policy: &CompiledPolicy,
    scenario: &Scenario,
    options: Options,
    told: &mut dyn FnMut(&Ruling),
) -> Result<(), String> {
    let mut play = Play::new(policy, scenario, options)?;
    while let Some(ruling) = play.step()? {
        told(&ruling);
    }
    Ok(())
}

/// A scenario that is played in steps, so that whoever waits for its calls can do something else in between.
///
/// The policy and the scenario are borrowed, or kept alive by the play itself: `P` and `S` are references or `Arc`s.
pub struct Play<P, S> {
    policy: P,
    scenario: S,
    planned: Peekable<IntoIter<Planned>>,
    /// Each agent, and the place of its block.
    agents: Vec<(usize, Turns)>,
    /// When each agent calls next, and its place among the agents.
    next: BinaryHeap<Reverse<(u64, usize)>>,
    calls: Calls,
    replay: Replay,
}

impl<P: Deref<Target = CompiledPolicy>, S: Deref<Target = Scenario>> Play<P, S> {
    /// A play of which no call is made yet.
    ///
    /// # Errors
    ///
    /// A sentence for people, where the scenario makes more than [`MAX_CALLS`] calls.
    pub fn new(policy: P, scenario: S, options: Options) -> Result<Self, String> {
        let planned = scenario.planned()?.into_iter().peekable();
        let blocks = scenario.blocks.iter().enumerate();
        let mut agents: Vec<(usize, Turns)> =
            blocks.filter_map(|(place, block)| Some((place, block.agent()?))).collect();
        let mut calls = Calls::default();
        for call in scenario.blocks.iter().flat_map(Block::kinds) {
            calls.expect(&call.call(scenario.start));
        }
        let replay = Replay::new(Input { policy: &policy, calls: &calls }, options);
        let mut next = BinaryHeap::new();
        for (place, (block, turns)) in agents.iter_mut().enumerate() {
            let begins_at = scenario.blocks.get(*block).map_or(0, |block| block.at_ms);
            next.extend(turns.first(begins_at).map(|at| Reverse((at, place))));
        }
        Ok(Self { policy, scenario, planned, agents, next, calls, replay })
    }

    /// Makes at most so many calls more. Returns how many were made: fewer, where the scenario is done.
    ///
    /// # Errors
    ///
    /// A sentence for people, where the scenario makes more than [`MAX_CALLS`] calls.
    pub fn advance(&mut self, calls: usize) -> Result<usize, String> {
        for made in 0..calls {
            if self.step()?.is_none() {
                return Ok(made);
            }
        }
        Ok(calls)
    }

    /// How many calls were made so far.
    #[must_use]
    pub fn made(&self) -> usize {
        self.calls.len()
    }

    /// Makes what is left, and gives all calls.
    ///
    /// # Errors
    ///
    /// A sentence for people, where the scenario makes more than [`MAX_CALLS`] calls.
    pub fn finish(mut self) -> Result<Calls, String> {
        while self.step()?.is_some() {}
        Ok(self.calls)
    }

    /// Makes the next call, and tells what is decided on it.
    fn step(&mut self) -> Result<Option<Ruling>, String> {
        let open = self.planned.peek().map(|call| (call.at_ms, call.block));
        let closed =
            self.next.peek().and_then(|Reverse((at, place))| Some((*at, self.agents.get(*place)?.0)));
        let (call, agent) = match (open, closed) {
            (Some(open), closed) if closed.is_none_or(|closed| open <= closed) => {
                let Some(call) = self.planned.next() else { return Ok(None) };
                (call, None)
            }
            (_, Some((at_ms, block))) => {
                let agent = self.next.pop().map(|Reverse((_, place))| place);
                (Planned { at_ms, block, number: 0 }, agent)
            }
            _ => return Ok(None),
        };
        let index = self.calls.len();
        if index as u64 >= MAX_CALLS {
            let kinds = self.scenario.blocks.get(call.block).map(Block::kinds).unwrap_or_default();
            let tool = kinds.first().map_or_else(String::new, |kind| shown_name(&kind.tool));
            let most = count(MAX_CALLS);
            return Err(format!(
                "The agent that calls {tool} is not done after {most} calls, and no more are run. Give it an earlier \
                 end: a shorter time, or denials after which it gives up."
            ));
        }
        self.scenario.make(&mut self.calls, call);
        let input = Input { policy: &self.policy, calls: &self.calls };
        while self.replay.next_answer(input, index).is_some() {}
        let Some(ruling) = self.replay.judge(input, index) else { return Ok(None) };
        if let Some((place, (_, turns))) = agent.and_then(|place| Some((place, self.agents.get_mut(place)?)))
        {
            let heard = match ruling.reason.decision() {
                Decision::Allow => Heard::Allowed,
                _ => Heard::denied(ruling.retry_at, self.scenario.start),
            };
            self.next.extend(turns.next(call.at_ms, heard).map(|at| Reverse((at, place))));
        }
        Ok(Some(ruling))
    }
}
