//! Another future: up to a call all is as it was; from there on the call, its time or the policy are others.
//!
//! Up to the call a pinned policy decides, A. From it on it is the policy at hand, with the counters as they stand: as if a
//! gateway were given another policy while it runs.

use std::sync::Arc;

use gatewright_core::call::Arguments;
use gatewright_core::scenario::{Args, Calls};
use gatewright_core::simulate::{Lane, Recording, Run, Simulation};
use gatewright_core::{CompiledPolicy, Decision, Options, Timestamp, ToolCall};
use serde::{Deserialize, Serialize};

use super::dry_run::DryRun;

/// So many of the calls that change are named.
const TOLD: usize = 10;
/// So many windows are told.
const WINDOWS: usize = 12;

/// What is changed from a call on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which call, from 0.
    pub from: u32,
    /// The tool that it calls.
    pub tool: String,
    /// Its arguments, as JSON; nothing where they are left as they are.
    pub args: Option<String>,
    /// Who calls.
    pub grant: String,
    /// When, in milliseconds since 1970. All later calls are moved along.
    pub at_ms: i64,
}

/// What comes from a call on, as it was and in the branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Futures {
    /// The call, from 0.
    pub from: u32,
    /// Calls that are decided otherwise.
    pub changed: u32,
    /// As it was.
    pub was: Future,
    /// In the branch.
    pub is: Future,
    /// The first calls that are decided otherwise, and both decisions.
    pub first: Vec<(u32, Decision, Decision)>,
    /// The counter that decided the call, or was nearest to.
    pub counter: Option<Counter>,
}

/// The calls of a future.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Future {
    /// How many are allowed.
    pub allowed: u32,
    /// How many are denied.
    pub denied: u32,
    /// How many wait for approval, or are unknown.
    pub others: u32,
    /// The first that is denied.
    pub first_denial: Option<u32>,
}

/// One counter in both futures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// The counter, in words.
    pub name: String,
    /// Its first windows from the call on: the start in milliseconds since 1970, and calls allowed and denied, as it was and in
    /// the branch.
    pub windows: Vec<(i64, [u32; 2], [u32; 2])>,
}

impl Change {
    /// A call of a run as it is: nothing is changed yet.
    #[must_use]
    pub fn nothing(run: &DryRun, from: usize) -> Option<Self> {
        let call = run.calls.get(from)?;
        let args = match call.arguments {
            Arguments::None => Some("{}".to_owned()),
            Arguments::Text(json) => Some(json.to_owned()),
            Arguments::Parsed(_) | Arguments::Names(_) | Arguments::Unknown | Arguments::Partly(_) => None,
        };
        let (tool, grant) = (call.tool.to_owned(), call.grant.to_owned());
        Some(Self { from: u32::try_from(from).ok()?, tool, args, grant, at_ms: call.at.as_millis() })
    }

    /// Reads arguments as a person writes them.
    ///
    /// # Errors
    ///
    /// What they should be.
    pub fn read_args(text: &str) -> Result<String, String> {
        let args = Args::parse(text.trim());
        let why = || "It takes a JSON object, such as {\"amount\": 100}.".to_owned();
        args.map(|args| args.as_str().to_owned()).ok_or_else(why)
    }

    /// The calls with the change.
    #[must_use]
    pub fn applied(&self, calls: &Calls) -> Option<Calls> {
        let from = self.place();
        let call = calls.get(from)?;
        let arguments = match &self.args {
            Some(json) if json == "{}" && call.arguments == Arguments::None => Arguments::None,
            Some(json) => Arguments::Text(json),
            None => call.arguments,
        };
        let later = Timestamp::from_millis(self.at_ms).since(call.at);
        let changed = ToolCall { tool: &self.tool, grant: &self.grant, arguments, ..call };
        Some(calls.branched(from, &changed, later))
    }

    /// The call's index.
    #[must_use]
    pub fn place(&self) -> usize {
        usize::try_from(self.from).unwrap_or(usize::MAX)
    }
}

type Recorded = Recording<Arc<CompiledPolicy>, Arc<Calls>>;

/// The branch that a change makes of a run.
#[must_use]
pub fn branch(
    recording: &Recorded,
    policy: Arc<CompiledPolicy>,
    change: &Change,
) -> Option<Simulation<Arc<CompiledPolicy>, Arc<Calls>>> {
    let calls = Arc::new(change.applied(recording.calls())?);
    Some(recording.branch(change.place(), policy, calls))
}

impl Futures {
    /// Both futures of a few calls.
    #[must_use]
    pub fn here(
        calls: &Arc<Calls>,
        pinned: &CompiledPolicy,
        policy: &CompiledPolicy,
        change: &Change,
    ) -> Option<Self> {
        let (pinned, policy) = (Arc::new(pinned.clone()), Arc::new(policy.clone()));
        let simulation = Simulation::new(pinned, Arc::clone(calls), Options::default());
        let recording = simulation.recording(1_024).finish_recording();
        let after = branch(&recording, Arc::clone(&policy), change)?.finish();
        Some(Self::of(&recording, &policy, &after, change))
    }

    /// Both futures, where both runs are made.
    #[must_use]
    pub fn of(recording: &Recorded, policy: &CompiledPolicy, after: &Run, change: &Change) -> Self {
        let (before, from) = (recording.run(), change.place());
        let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let pairs = (from..before.len()).filter_map(|index| {
            let (was, is) = (before.decision(index)?, after.decision(index)?);
            (was != is).then_some((number(index), was, is))
        });
        Self {
            from: change.from,
            changed: number(pairs.clone().count()),
            was: Future::of(before, from),
            is: Future::of(after, from),
            first: pairs.take(TOLD).collect(),
            counter: counter(recording, policy, after, from),
        }
    }
}

impl Future {
    fn of(run: &Run, from: usize) -> Self {
        let mut future = Self::default();
        for index in from..run.len() {
            match run.decision(index) {
                Some(Decision::Allow) => future.allowed += 1,
                Some(Decision::Deny) => {
                    future.denied += 1;
                    future.first_denial = future.first_denial.or_else(|| u32::try_from(index).ok());
                }
                Some(Decision::Approval | Decision::Unknown) => future.others += 1,
                None => {}
            }
        }
        future
    }
}

/// The counter that decided the call as it was, or was nearest to, in both futures.
fn counter(recording: &Recorded, policy: &CompiledPolicy, after: &Run, from: usize) -> Option<Counter> {
    let (index, _) = (*recording.run().limit.get(from)?)?;
    let limit = recording.policy().limits().get(usize::try_from(index).ok()?)?;
    let (grant, session) = recording.calls().caller(from)?;
    let is_same = |lane: &&Lane, limit: usize| {
        let (of, of_grant, of_session) = lane.key();
        of == limit && of_grant.is_none_or(|one| one == grant) && of_session.is_none_or(|one| one == session)
    };
    let place = policy.limits().iter().position(|other| other.rule == limit.rule);
    let old =
        recording.run().lanes.iter().find(|lane| is_same(lane, usize::try_from(index).unwrap_or(usize::MAX)));
    let new = place.and_then(|place| after.lanes.iter().find(|lane| is_same(lane, place)));
    let start = limit.window.span(*recording.run().at.get(from)?).start;
    let mut starts: Vec<Timestamp> = [old, new]
        .into_iter()
        .flatten()
        .flat_map(|lane| lane.windows.iter().map(|window| window.span.start))
        .filter(|at| *at >= start)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    starts.truncate(WINDOWS);
    let counts = |lane: Option<&Lane>, at: Timestamp| {
        let window = lane.and_then(|lane| lane.windows.iter().find(|window| window.span.start == at));
        window.map_or([0, 0], |window| {
            [window.allowed, window.denied].map(|calls| u32::try_from(calls).unwrap_or(u32::MAX))
        })
    };
    let windows = starts.into_iter().map(|at| (at.as_millis(), counts(old, at), counts(new, at))).collect();
    Some(Counter { name: recording.policy().counter_in_words(limit), windows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Document;
    use crate::model::samples;

    fn futures(max: u32, change: impl FnOnce(&mut Change)) -> Futures {
        let first = DryRun::first_view();
        let text = samples::FIRST.text.replace("\"max\": 10", &format!("\"max\": {max}"));
        let version = Arc::clone(Document::new(&text).good().unwrap());
        let run = DryRun::new(version, Arc::clone(&first.calls));
        let mut changed = Change::nothing(&run, 10).unwrap();
        change(&mut changed);
        Futures::here(&run.calls, &first.version.policy, &run.version.policy, &changed).unwrap()
    }

    #[test]
    fn from_a_call_on_the_call_its_time_or_the_policy_are_others() {
        // Call 11 is the first that is denied, 833 ms into the first of five minutes.
        let same = futures(10, |_| {});
        assert_eq!((same.changed, same.was, same.first.len()), (0, same.is, 0));
        assert_eq!((same.was.allowed, same.was.denied, same.was.first_denial), (40, 3_550, Some(10)));
        // The limit is doubled while the agent is at work: ten more in this minute and in each later one.
        let doubled = futures(20, |_| {});
        assert_eq!((doubled.changed, doubled.is.allowed), (50, 90));
        assert_eq!(doubled.first[0], (10, Decision::Deny, Decision::Allow));
        let counter = doubled.counter.unwrap();
        assert_eq!((counter.name.as_str(), counter.windows.len()), ("run_tests_rate", 5));
        assert_eq!(counter.windows[0], (1_767_607_200_000, [10, 710], [20, 700]));
        // Another grant has a counter of its own.
        let other = futures(10, |change| change.grant = "dev".to_owned());
        assert_eq!((other.changed, other.is.allowed), (1, 41));
        // A tool that is not listed is denied, for another reason.
        assert_eq!(futures(10, |change| change.tool = "rm".to_owned()).changed, 0);
        // A minute's pause: the call and the ones after it fall into a fresh minute.
        let later = futures(10, |change| change.at_ms += 60_000);
        assert_eq!((later.is.allowed, later.first[0]), (50, (10, Decision::Deny, Decision::Allow)));
    }

    #[test]
    fn arguments_are_one_object() {
        assert_eq!(Change::read_args(" {\"n\": 1.50} ").unwrap(), "{\"n\": 1.50}");
        for wrong in ["", "5", "[1]", "{\"n\": }"] {
            assert!(Change::read_args(wrong).is_err(), "{wrong}");
        }
    }
}
