//! Another future of the last run, from one of its calls on.

use std::sync::Arc;

use gatewright_core::simulate::Simulation;

use super::running::CHECKPOINT;
use super::{AT_ONCE, Answer, Engine, Job, OPTIONS, Piece, Recorded, Simulated, compiled, goes_on, progress};
use crate::model::branch::{Change, Futures, branch};

/// Another future is being told.
pub(super) struct Branching {
    pinned: String,
    policy: String,
    change: Change,
    stage: Stage,
}

enum Stage {
    Begun,
    /// What was is made once more, so that it can be branched.
    Before(Box<Simulated>, usize),
    After(Recorded, Box<Simulated>, usize),
}

impl Branching {
    pub(super) const fn new(pinned: String, policy: String, change: Change) -> Self {
        Self { pinned, policy, change, stage: Stage::Begun }
    }

    fn branch(&self, recording: Recorded) -> Result<Stage, Answer> {
        let gone = || Answer::Failed("The call is not there any more.".to_owned());
        let branch = branch(&recording, compiled(&self.policy)?, &self.change).ok_or_else(gone)?;
        let all = recording.run().len();
        Ok(Stage::After(recording, Box::new(branch), all))
    }

    fn next(&mut self, engine: &Engine) -> Result<(Stage, Answer), Answer> {
        Ok(match std::mem::replace(&mut self.stage, Stage::Begun) {
            Stage::Begun => {
                let ran = engine.ran.as_ref().ok_or(Answer::NotKept)?;
                let all = ran.recording.run().len();
                let calls = Arc::clone(ran.recording.calls());
                let before = Simulation::new(compiled(&self.pinned)?, calls, OPTIONS).recording(CHECKPOINT);
                (Stage::Before(Box::new(before), all), progress(0, all))
            }
            Stage::Before(mut before, all) => {
                let done = before.advance(AT_ONCE);
                if done < all {
                    return Ok((Stage::Before(before, all), progress(done / 2, all)));
                }
                (self.branch(Arc::new(before.finish_recording()))?, progress(all / 2, all))
            }
            Stage::After(recording, mut after, all) => {
                let done = after.advance(AT_ONCE);
                if done < all {
                    let so_far = progress(usize::midpoint(all, done), all);
                    return Ok((Stage::After(recording, after, all), so_far));
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
        let next = self.next(engine);
        goes_on(&mut self.stage, next)
    }
}
