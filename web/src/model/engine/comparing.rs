//! The calls of the last run once more: under another policy, and counted in other ways.

use std::sync::Arc;

use gatewright_core::diff::Comparison;
use gatewright_core::scenario::Calls;
use gatewright_core::simulate::Simulation;
use gatewright_core::{CompiledPolicy, Options};

use super::running::{CHECKPOINT, Parts, run_parts};
use super::{AT_ONCE, Answer, Engine, Job, OPTIONS, Piece, Recorded, compiled};
use crate::model::branch::{Change, Futures, branch};
use crate::model::counting::{Counted, ways};

type Simulated = Simulation<Arc<CompiledPolicy>, Arc<Calls>>;

/// A pinned policy is being compared.
pub(super) struct Comparing {
    pinned: String,
    stage: Stage,
}

enum Stage {
    Begun,
    Judging(Box<Simulated>, Box<Comparison<Arc<CompiledPolicy>, Arc<Calls>>>, usize),
    Telling(Box<Comparison<Arc<CompiledPolicy>, Arc<Calls>>>, usize, Parts),
}

impl Comparing {
    pub(super) const fn new(pinned: String) -> Self {
        Self { pinned, stage: Stage::Begun }
    }

    fn next(&mut self, engine: &Engine) -> Result<(Stage, Answer), Answer> {
        Ok(match std::mem::replace(&mut self.stage, Stage::Begun) {
            Stage::Begun => {
                let ran = engine.ran.as_ref().ok_or(Answer::NotKept)?;
                let (calls, pinned) = (ran.recording.calls(), compiled(&self.pinned)?);
                let simulation = Simulation::new(Arc::clone(&pinned), Arc::clone(calls), OPTIONS);
                let policy = Arc::clone(ran.recording.policy());
                let comparison = Comparison::new(pinned, policy, Arc::clone(calls), OPTIONS);
                let all = calls.len();
                (Stage::Judging(Box::new(simulation), Box::new(comparison), all), progress(0, all))
            }
            Stage::Judging(mut simulation, comparison, all) => {
                let done = simulation.advance(AT_ONCE);
                if done < all {
                    return Ok((Stage::Judging(simulation, comparison, all), progress(done / 2, all)));
                }
                let run = Arc::new(simulation.finish());
                let columns = Arc::clone(&run);
                let parts = Box::new(run_parts(&run, move |range| columns.part(range)));
                (Stage::Telling(comparison, all, parts), progress(done / 2, all))
            }
            Stage::Telling(mut comparison, all, mut parts) => {
                if let Some(part) = parts.next() {
                    return Ok((Stage::Telling(comparison, all, parts), part));
                }
                let done = comparison.advance(AT_ONCE / 2);
                if done < all {
                    return Ok((
                        Stage::Telling(comparison, all, parts),
                        progress(usize::midpoint(all, done), all),
                    ));
                }
                return Err(Answer::Compared(
                    serde_json::to_string(&comparison.finish()).unwrap_or_default(),
                ));
            }
        })
    }
}

impl Job for Comparing {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        match self.next(engine) {
            Ok((stage, answer)) => {
                self.stage = stage;
                answer
            }
            Err(last) => last,
        }
    }
}

/// The calls are being counted in every way.
#[derive(Default)]
pub(super) struct Counting {
    /// How many ways are done.
    done: usize,
    now: Option<(Options, Simulated)>,
}

impl Job for Counting {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        let Some(ran) = &engine.ran else { return Answer::NotKept };
        let Some(options) = ways().get(self.done).copied() else { return Answer::Done };
        let all = ran.recording.run().len();
        if options == OPTIONS {
            self.done += 1;
            return Answer::Counted(Counted::of(&ran.recording.run().summary, options));
        }
        let (_, mut simulation) = self.now.take().unwrap_or_else(|| {
            let (policy, calls) = (Arc::clone(ran.recording.policy()), Arc::clone(ran.recording.calls()));
            (options, Simulation::new(policy, calls, options))
        });
        let judged = simulation.advance(AT_ONCE);
        if judged < all {
            self.now = Some((options, simulation));
            return progress(judged, all);
        }
        self.done += 1;
        Answer::Counted(Counted::of(&simulation.finish().summary, options))
    }
}

fn progress(done: usize, all: usize) -> Answer {
    Answer::Progress { done: done as u64, all: all as u64 }
}

/// Another future is being told.
pub(super) struct Branching {
    pinned: String,
    policy: String,
    change: Change,
    stage: BranchStage,
}

enum BranchStage {
    Begun,
    /// What was is made once more, so that it can be branched.
    Before(Box<Simulated>, usize),
    After(Recorded, Box<Simulated>, usize),
}

impl Branching {
    pub(super) const fn new(pinned: String, policy: String, change: Change) -> Self {
        Self { pinned, policy, change, stage: BranchStage::Begun }
    }

    fn branch(&self, recording: Recorded) -> Result<BranchStage, Answer> {
        let gone = || Answer::Failed("The call is not there any more.".to_owned());
        let branch = branch(&recording, compiled(&self.policy)?, &self.change).ok_or_else(gone)?;
        let all = recording.run().len();
        Ok(BranchStage::After(recording, Box::new(branch), all))
    }

    fn next(&mut self, engine: &Engine) -> Result<(BranchStage, Answer), Answer> {
        Ok(match std::mem::replace(&mut self.stage, BranchStage::Begun) {
            BranchStage::Begun => {
                let ran = engine.ran.as_ref().ok_or(Answer::NotKept)?;
                let all = ran.recording.run().len();
                let calls = Arc::clone(ran.recording.calls());
                let before = Simulation::new(compiled(&self.pinned)?, calls, OPTIONS).recording(CHECKPOINT);
                (BranchStage::Before(Box::new(before), all), progress(0, all))
            }
            BranchStage::Before(mut before, all) => {
                let done = before.advance(AT_ONCE);
                if done < all {
                    return Ok((BranchStage::Before(before, all), progress(done / 2, all)));
                }
                (self.branch(Arc::new(before.finish_recording()))?, progress(all / 2, all))
            }
            BranchStage::After(recording, mut after, all) => {
                let done = after.advance(AT_ONCE);
                if done < all {
                    let so_far = progress(usize::midpoint(all, done), all);
                    return Ok((BranchStage::After(recording, after, all), so_far));
                }
                let policy = compiled(&self.policy)?;
                let futures = Futures::of(&recording, &policy, &after.finish(), &self.change);
                return Err(Answer::Branched(Box::new(futures)));
            }
        })
    }
}

impl Job for Branching {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        match self.next(engine) {
            Ok((stage, answer)) => {
                self.stage = stage;
                answer
            }
            Err(last) => last,
        }
    }
}
