//! A run that can be taken up again in the middle: to explain a call, and to go on under another policy from the first
//! call that it may decide otherwise.
//!
//! States are kept at some calls, the farther apart the more calls there are. They hold a bounded number of entries
//! together; where counters are so many that not even one fits, a run is taken up from its first call.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Deref;

use hashbrown::HashMap;

use super::lane::{Lanes, LanesMark};
use super::replay::{Input, Kind, Replay, judged_kinds};
use super::{DecidedBy, Run, Simulation, explain_from};
use crate::compile::CompiledPolicy;
use crate::counter::Options;
use crate::scenario::{Calls, stretch};
use crate::trace::Step;
use crate::verdict::Verdict;

/// The most states that are kept.
const MOST: usize = 32;
/// The most entries that they hold together: of counters, reservations, answers to come, and windows.
const MOST_ENTRIES: usize = 1_000_000;

/// The state of a run before one of its calls.
#[derive(Clone)]
struct Checkpoint {
    /// So many calls were judged.
    calls: usize,
    replay: Replay,
    lanes: LanesMark,
}

/// States of a run, in the order of their calls.
#[derive(Clone)]
pub(super) struct Checkpoints {
    distance: usize,
    all: Vec<Checkpoint>,
}

impl Checkpoints {
    const fn new(distance: usize) -> Self {
        Self { distance, all: Vec::new() }
    }

    /// Keeps the state before call `calls`, where it is time to.
    pub(super) fn reached(&mut self, calls: usize, replay: &Replay, lanes: &Lanes) {
        let last = self.all.last().map_or(0, |last| last.calls);
        if calls - last >= self.distance {
            self.keep(calls, replay, lanes);
        }
    }

    fn keep(&mut self, calls: usize, replay: &Replay, lanes: &Lanes) {
        self.all.push(Checkpoint { calls, replay: replay.clone(), lanes: lanes.mark() });
        while self.all.len() > MOST || self.entries() > MOST_ENTRIES {
            // Every second one goes; of one alone, that one.
            let mut place = 0;
            self.all.retain(|_| {
                place += 1;
                place % 2 == 0
            });
            self.distance *= 2;
        }
    }

    fn entries(&self) -> usize {
        self.all.iter().map(|state| state.replay.entries() + state.lanes.entries()).sum()
    }

    /// The last state at or before call `index`.
    fn until(&self, index: usize) -> Option<&Checkpoint> {
        let after = self.all.partition_point(|state| state.calls <= index);
        self.all.get(after.checked_sub(1)?)
    }
}

/// A run with what it was made from, which can be taken up again.
///
/// ```
/// use std::sync::Arc;
/// use gatewright_core::scenario::notation;
/// use gatewright_core::simulate::Simulation;
/// use gatewright_core::{Options, compile, parse};
/// let policy = |max: u8| Arc::new(compile(&parse(&format!(r#"{{"version": "1", "default": "deny", "tools": {{
///     "ls": {{}}, "rm": {{"limits": [{{"counter": "rate", "window": "minute", "max": {max}, "scope": "grant"}}]}}}}}}"#))).unwrap());
/// let calls = Arc::new(notation::parse("ls × 5 every 1s\nrm × 5 every 1s from +10s").unwrap().calls().unwrap());
/// let recording = Simulation::new(policy(2), calls, Options::default()).recording(4).finish_recording();
/// assert_eq!(recording.run().summary.denied, 3);
/// assert_eq!(recording.explain(9).unwrap().0.message.split('.').next().unwrap(),
///     "This grant has used 2 of 2 rm calls in the minute 10:00–10:01 UTC");
/// assert_eq!(recording.first_change(&policy(4)), Some(5), "the first call of rm");
/// assert_eq!(recording.under(policy(4)).finish_recording().run().summary.denied, 1);
/// ```
pub struct Recording<P, C> {
    policy: P,
    calls: C,
    options: Options,
    kinds: Arc<[Kind]>,
    checkpoints: Checkpoints,
    run: Run,
}

impl<P: Deref<Target = CompiledPolicy>, C: Deref<Target = Calls>> Simulation<P, C> {
    /// The same, which from here on keeps what [`finish_recording`](Self::finish_recording) needs: a state every
    /// `distance` calls, or more seldom.
    #[must_use]
    pub fn recording(self, distance: usize) -> Self {
        Self { checkpoints: Some(Checkpoints::new(distance.max(1))), ..self }
    }

    /// Runs what is left, and keeps what it takes to take the run up again.
    #[must_use]
    pub fn finish_recording(mut self) -> Recording<P, C> {
        self.advance(usize::MAX);
        let mut checkpoints = self.checkpoints.take().unwrap_or_else(|| Checkpoints::new(1));
        // A policy that changes nothing needs the end alone.
        checkpoints.keep(self.run.len(), &self.replay, &self.lanes);
        let (options, kinds) = (self.replay.counters.options(), self.replay.kinds());
        let (policy, calls, run) = self.end();
        Recording { policy, calls, options, kinds, checkpoints, run }
    }
}

impl<P: Deref<Target = CompiledPolicy>, C: Deref<Target = Calls>> Recording<P, C> {
    /// What came of the calls.
    #[must_use]
    pub const fn run(&self) -> &Run {
        &self.run
    }

    /// The calls.
    #[must_use]
    pub const fn calls(&self) -> &C {
        &self.calls
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &P {
        &self.policy
    }

    /// Call `index`, from 0, with every check: like [`explain_call`](super::explain_call), from the nearest state kept.
    #[must_use]
    pub fn explain(&self, index: usize) -> Option<(Verdict, Vec<Step>)> {
        let input = Input { policy: &self.policy, calls: &self.calls };
        match self.checkpoints.until(index) {
            Some(state) => explain_from(input, state.replay.clone(), state.calls, index),
            None => explain_from(input, Replay::new(input, self.options), 0, index),
        }
    }

    /// The first call that another policy may decide otherwise; nothing where it decides all of them as this one does.
    #[must_use]
    pub fn first_change(&self, policy: &CompiledPolicy) -> Option<usize> {
        self.changed_by(policy, &judged_kinds(policy, &self.calls))
    }

    fn changed_by(&self, policy: &CompiledPolicy, kinds: &[Kind]) -> Option<usize> {
        let pairs = self.kinds.iter().zip(kinds);
        let changes: Vec<bool> =
            pairs.map(|(before, after)| !before.is_like(&self.policy, after, policy)).collect();
        let changes_at = |index: &usize| {
            let kind = self.calls.kind(*index);
            kind.and_then(|kind| changes.get(kind)).copied().unwrap_or(true)
        };
        (0..self.calls.len()).find(changes_at)
    }

    /// The same calls under another policy, from the first that it may decide otherwise.
    #[must_use]
    pub fn under(&self, policy: P) -> Simulation<P, C>
    where
        P: Clone,
        C: Clone,
    {
        let kinds = judged_kinds(&policy, &self.calls);
        let first = self.changed_by(&policy, &kinds).unwrap_or(self.calls.len());
        match self.checkpoints.until(first) {
            Some(state) => self.go_over(self.taken_up(state), policy, self.calls.clone(), kinds),
            None => {
                Simulation::new(policy, self.calls.clone(), self.options).recording(self.checkpoints.distance)
            }
        }
    }

    /// Another future: up to call `from` all is as it was, and from there on other calls are judged by another policy. Its
    /// counters hold what those of the first policy do, as in a gateway that is given another policy while it runs.
    ///
    /// The calls before `from` must be the same ones, and have the same numbers for the same names.
    #[must_use]
    pub fn branch(&self, from: usize, policy: P, calls: C) -> Simulation<P, C>
    where
        P: Clone,
        C: Clone,
    {
        let mut before = match self.checkpoints.until(from) {
            Some(state) => self.taken_up(state),
            None => Simulation::new(self.policy.clone(), self.calls.clone(), self.options)
                .recording(self.checkpoints.distance),
        };
        before.advance(from.saturating_sub(before.run.len()));
        let kinds = judged_kinds(&policy, &calls);
        self.go_over(before, policy, calls, kinds)
    }

    /// The run at a state that was kept.
    fn taken_up(&self, state: &Checkpoint) -> Simulation<P, C>
    where
        P: Clone,
        C: Clone,
    {
        let states = self.checkpoints.all.iter().filter(|earlier| earlier.calls <= state.calls).cloned();
        let checkpoints = Checkpoints { distance: self.checkpoints.distance, all: states.collect() };
        Simulation {
            policy: self.policy.clone(),
            calls: self.calls.clone(),
            replay: state.replay.clone(),
            run: self.run.first_calls(state.calls),
            lanes: Lanes::resumed(state.lanes.clone(), &self.run.lanes),
            checkpoints: Some(checkpoints),
        }
    }

    /// Goes on with other calls under another policy.
    fn go_over(&self, before: Simulation<P, C>, policy: P, calls: C, kinds: Arc<[Kind]>) -> Simulation<P, C> {
        let change = Change::new(self, &policy, kinds);
        let run = change.run(before.run, &self.calls);
        let replay = change.replay(&before.replay, &policy);
        let lanes = before.lanes.moved(|limit| change.limit(limit));
        let checkpoints = before.checkpoints.map(|checkpoints| Checkpoints {
            all: checkpoints.all.iter().map(|state| change.state(state, &policy)).collect(),
            ..checkpoints
        });
        Simulation { policy, calls, replay, run, lanes, checkpoints }
    }
}

/// What is called otherwise under another policy.
struct Change {
    kinds: Arc<[Kind]>,
    /// Where each limit of the first policy stands in the second.
    limits: Vec<Option<usize>>,
    /// Where each rule does, as far as that can be told for all calls.
    rules: Vec<Option<usize>>,
    /// The rule of the second policy that decides each kind of call as the first one does.
    rule_of_kind: Vec<Option<usize>>,
}

impl Change {
    fn new<P: Deref<Target = CompiledPolicy>, C: Deref<Target = Calls>>(
        recording: &Recording<P, C>,
        after: &CompiledPolicy,
        kinds: Arc<[Kind]>,
    ) -> Self {
        let before: &CompiledPolicy = &recording.policy;
        let places: HashMap<_, usize> =
            after.layout().iter().enumerate().map(|(place, key)| (key, place)).collect();
        let limits = before.layout().iter().map(|key| places.get(key).copied()).collect();
        let places: HashMap<_, usize> =
            after.rules().iter().enumerate().map(|(place, rule)| (&rule.rule, place)).collect();
        let rules = before.rules().iter().map(|rule| places.get(&rule.rule).copied()).collect();
        let pairs = recording.kinds.iter().zip(kinds.iter());
        let rule_of_kind =
            pairs.map(|(one, two)| if one.is_like(before, two, after) { two.rule() } else { None }).collect();
        Self { kinds, limits, rules, rule_of_kind }
    }

    fn limit(&self, index: usize) -> Option<usize> {
        self.limits.get(index).copied().flatten()
    }

    fn replay(&self, replay: &Replay, policy: &CompiledPolicy) -> Replay {
        replay.under(policy, Arc::clone(&self.kinds))
    }

    fn state(&self, state: &Checkpoint, policy: &CompiledPolicy) -> Checkpoint {
        Checkpoint {
            calls: state.calls,
            replay: self.replay(&state.replay, policy),
            lanes: state.lanes.moved(|limit| self.limit(limit)),
        }
    }

    /// The columns of a run under the first policy, with the places of the second. What has no place there is told by its
    /// reason alone.
    fn run(&self, mut run: Run, calls: &Calls) -> Run {
        let place = |index: u32| u32::try_from(self.limit(usize::try_from(index).ok()?)?).ok();
        for entry in &mut run.limit {
            *entry = entry.and_then(|(index, used)| Some((place(index)?, used)));
        }
        for (index, by) in run.decided_by.iter_mut().enumerate() {
            *by = match *by {
                DecidedBy::Limit(limit) => place(limit).map_or(DecidedBy::Reason, DecidedBy::Limit),
                DecidedBy::Rule(rule) => {
                    self.rule(calls, index, rule).map_or(DecidedBy::Reason, DecidedBy::Rule)
                }
                DecidedBy::Reason => DecidedBy::Reason,
            };
        }
        run
    }

    /// Where the rule stands that decided a call.
    fn rule(&self, calls: &Calls, index: usize, rule: u32) -> Option<u32> {
        let of_kind = calls.kind(index).and_then(|kind| self.rule_of_kind.get(kind).copied().flatten());
        let place = of_kind.or_else(|| *self.rules.get(usize::try_from(rule).ok()?)?)?;
        u32::try_from(place).ok()
    }
}

impl Run {
    /// The columns of the first calls.
    fn first_calls(&self, calls: usize) -> Self {
        Self {
            reason: stretch(&self.reason, &(0..calls)).to_vec(),
            at: stretch(&self.at, &(0..calls)).to_vec(),
            retry_at: stretch(&self.retry_at, &(0..calls)).to_vec(),
            limit: stretch(&self.limit, &(0..calls)).to_vec(),
            decided_by: stretch(&self.decided_by, &(0..calls)).to_vec(),
            ..Self::default()
        }
    }
}
