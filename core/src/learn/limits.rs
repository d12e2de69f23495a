//! How often each grant called each tool in a minute, an hour and a day: counted by the evaluator.

use alloc::vec::Vec;

use super::LearnOptions;
use super::document::{LimitDraft, policy_text, tool_text};
use crate::compile::{CompiledPolicy, compile};
use crate::parse::parse;
use crate::policy::Window;
use crate::scenario::Calls;
use crate::simulate::{Input, Replay};
use crate::verdict::Decision;

/// The windows, the shortest first, with their length in minutes.
const WINDOWS: [(Window, u64); 3] = [(Window::Minute, 1), (Window::Hour, 60), (Window::Day, 1_440)];

/// More than any log has.
const AMPLE: u64 = 1_000_000_000_000_000;

/// The most that the counters of one limit held, and the call that brought them there first.
#[derive(Clone, Copy, Default)]
struct Reached {
    most: u64,
    call: usize,
}

/// A replay of calls through a policy that limits them and refuses none.
pub(super) struct Measure {
    policy: CompiledPolicy,
    replay: Replay,
    /// So many of the windows are counted, the shortest first.
    windows: usize,
    /// Of each limit, in the policy's order.
    reached: Vec<Reached>,
}

impl Measure {
    /// The replay of calls of these tools before its first. Nothing where there is no such policy.
    pub(super) fn new(tools: &[&str], calls: &Calls, options: &LearnOptions, windows: usize) -> Option<Self> {
        let limit =
            |(window, _): &(Window, u64)| LimitDraft { window: *window, max: AMPLE, reached: 0, witness: 0 };
        let limits: Vec<LimitDraft> = WINDOWS.iter().take(windows).map(limit).collect();
        let entries: Vec<_> =
            tools.iter().enumerate().map(|(number, name)| tool_text(name, number, &[], &limits)).collect();
        let policy = compile(&parse(&policy_text(&entries))).ok()?;
        let replay = Replay::new(Input { policy: &policy, calls }, options.counting);
        let reached = policy.limits().iter().map(|_| Reached::default()).collect();
        Some(Self { policy, replay, windows, reached })
    }

    /// How many windows are counted.
    pub(super) const fn windows(&self) -> usize {
        self.windows
    }

    /// Counts call `index`. False where there is no place to count it.
    pub(super) fn count(&mut self, calls: &Calls, index: usize) -> bool {
        let input = Input { policy: &self.policy, calls };
        while self.replay.next_answer(input, index).is_some() {}
        let Some(ruling) = self.replay.judge(input, index) else { return true };
        if ruling.reason.decision() != Decision::Allow {
            return false;
        }
        let Some((call, target)) = calls.get(index).zip(self.replay.target(calls, index)) else {
            return true;
        };
        let counters = &self.replay.counters;
        let caller = counters.caller(self.policy.checks(target), call.grant, call.session);
        for (checked, limit) in self.policy.limits_of(target) {
            let used = counters.used(checked.index, limit, &caller, ruling.at).whole();
            if let Some(reached) = self.reached.get_mut(checked.index).filter(|reached| reached.most < used) {
                *reached = Reached { most: used, call: index };
            }
        }
        true
    }

    /// The limits of the tool of this number: those that are needed.
    pub(super) fn limits(&self, tool: usize, slack: u32) -> Vec<LimitDraft> {
        let reached = self.reached.iter().skip(tool * self.windows).take(self.windows);
        let limits: Vec<(LimitDraft, u64)> = reached
            .zip(WINDOWS)
            .filter(|(reached, _)| reached.most > 0)
            .map(|(reached, (window, length))| {
                let more = reached.most.saturating_mul(u64::from(slack)).div_ceil(100);
                let max = reached.most.saturating_add(more).min(AMPLE);
                (LimitDraft { window, max, reached: reached.most, witness: reached.call }, length)
            })
            .collect();
        let needed = |(limit, length): &&(LimitDraft, u64)| {
            let covers = |(other, others): &(LimitDraft, u64)| {
                if others < length {
                    other.max.saturating_mul(length / others) <= limit.max
                } else {
                    others > length && other.max <= limit.max
                }
            };
            !limits.iter().any(covers)
        };
        limits.iter().filter(needed).map(|(limit, _)| *limit).collect()
    }
}
