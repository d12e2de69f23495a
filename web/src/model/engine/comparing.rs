//! The calls of the last run once more: under another policy, and counted in other ways.

use std::sync::Arc;

use gatewright_core::diff::Comparison;
use gatewright_core::scenario::Calls;
use gatewright_core::simulate::Simulation;
use gatewright_core::{CompiledPolicy, Options};

use super::running::{Parts, run_parts};
use super::{AT_ONCE, Answer, Engine, Job, OPTIONS, Piece, Simulated, compiled, goes_on, progress};
use crate::model::counting::{Counted, ways};

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
        let next = self.next(engine);
        goes_on(&mut self.stage, next)
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
