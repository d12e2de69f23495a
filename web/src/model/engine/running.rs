//! A run: its calls made, judged, and handed on.

use std::ops::Range;
use std::sync::Arc;

use gatewright_core::CompiledPolicy;
use gatewright_core::scenario::{Calls, Scenario};
use gatewright_core::simulate::{Play, Run, RunPart, Simulation};

use super::{
    AT_ONCE, Answer, Engine, Job, OPTIONS, Piece, Ran, Simulated, Source, compiled, goes_on, progress,
    read_scenario, stretches,
};
use crate::model::document::GoodVersion;
use crate::model::dry_run::DryRun;
use crate::model::likeness::Likeness;

/// A state of a run is kept every so many calls, or more seldom.
pub(super) const CHECKPOINT: usize = 4_096;

/// A run is being made.
pub(super) struct Running {
    policy: String,
    source: Source,
    /// Whether whoever asks has the calls already.
    are_known: bool,
    stage: Stage,
}

enum Stage {
    Begun,
    Making(Arc<CompiledPolicy>, Play<Arc<CompiledPolicy>, Arc<Scenario>>),
    Judging(Simulated, usize),
    Handing(Parts),
}

/// What is handed on, part by part.
pub(super) type Parts = Box<dyn Iterator<Item = Answer>>;

impl Running {
    pub(super) const fn new(policy: String, source: Source, are_known: bool) -> Self {
        Self { policy, source, are_known, stage: Stage::Begun }
    }

    /// Finds the calls, where they need not be made. A run of the same calls is taken up from where it can change.
    fn begin(&self, engine: &Engine) -> Result<Stage, Answer> {
        let policy = compiled(&self.policy)?;
        let last = engine.ran.as_ref().filter(|ran| ran.source == self.source);
        let last = last.map(|ran| &ran.recording);
        let calls = match &self.source {
            Source::Kept(number) => engine.calls(*number).ok_or(Answer::NotKept)?,
            Source::Scenario(json) => {
                let scenario = read_scenario(json)?;
                match last {
                    _ if scenario.is_closed() => {
                        let play = Play::new(Arc::clone(&policy), scenario, OPTIONS);
                        return Ok(Stage::Making(policy, play.map_err(Answer::Failed)?));
                    }
                    Some(last) => Arc::clone(last.calls()),
                    None => Arc::new(scenario.calls().map_err(Answer::Failed)?),
                }
            }
        };
        let all = calls.len();
        let simulation = match last {
            Some(last) if Arc::ptr_eq(last.calls(), &calls) => last.under(policy),
            _ => Simulation::new(policy, calls, OPTIONS).recording(CHECKPOINT),
        };
        Ok(Stage::Judging(simulation, all))
    }

    fn next(&mut self, engine: &mut Engine) -> Result<(Stage, Answer), Answer> {
        Ok(match std::mem::replace(&mut self.stage, Stage::Begun) {
            Stage::Begun => (self.begin(engine)?, progress(0, 0)),
            Stage::Making(policy, mut play) => {
                let made = play.advance(AT_ONCE).map_err(Answer::Failed)?;
                let so_far = progress(play.made(), 0);
                if made == AT_ONCE {
                    return Ok((Stage::Making(policy, play), so_far));
                }
                let calls = Arc::new(play.finish().map_err(Answer::Failed)?);
                let all = calls.len();
                (Stage::Judging(Simulation::new(policy, calls, OPTIONS).recording(CHECKPOINT), all), so_far)
            }
            Stage::Judging(mut simulation, all) => {
                let done = simulation.advance(AT_ONCE);
                if done < all {
                    return Ok((Stage::Judging(simulation, all), progress(done, all)));
                }
                let recording = Arc::new(simulation.finish_recording());
                let ran = Ran { source: self.source.clone(), recording };
                let parts = ran.parts(!self.are_known);
                engine.ran = Some(ran);
                (Stage::Handing(parts), progress(done, all))
            }
            Stage::Handing(mut parts) => {
                let part = parts.next().unwrap_or(Answer::Done);
                (Stage::Handing(parts), part)
            }
        })
    }
}

impl Job for Running {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        let next = self.next(engine);
        goes_on(&mut self.stage, next)
    }
}

impl Ran {
    /// All of it; the calls too where they are not known.
    fn parts(&self, with_calls: bool) -> Parts {
        let handed = if with_calls { self.recording.run().len() } else { 0 };
        let recording = Arc::clone(&self.recording);
        let calls =
            stretches(handed).map(move |range| Answer::Calls(Box::new(recording.calls().part(range))));
        let summary = serde_json::to_string(&self.recording.run().summary).unwrap_or_default();
        let recording = Arc::clone(&self.recording);
        let run = run_parts(self.recording.run(), move |range| recording.run().part(range));
        Box::new(calls.chain(run).chain([Answer::Ran(summary)]))
    }
}

/// A run, of which `part` tells the columns, part by part.
pub(super) fn run_parts<P: Fn(Range<usize>) -> RunPart>(
    run: &Run,
    part: P,
) -> impl Iterator<Item = Answer> + use<P> {
    let lanes: Vec<_> = run.lane_parts(AT_ONCE).map(Answer::Lane).collect();
    stretches(run.len()).map(move |range| Answer::Run(Box::new(part(range)))).chain(lanes)
}

/// A call of the last run is being explained.
pub(super) struct Explaining {
    pub(super) index: u32,
}

impl Job for Explaining {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        let index = usize::try_from(self.index).ok();
        let told = engine.ran.as_ref().zip(index).and_then(|(ran, index)| ran.recording.explain(index));
        told.map_or(Answer::NotKept, |told| {
            Answer::Explained(serde_json::to_string(&told).unwrap_or_default())
        })
    }
}

/// A run that arrives in parts.
pub struct Arriving {
    version: Arc<GoodVersion>,
    /// The calls, where they do not arrive too.
    known: Option<Arc<Calls>>,
    calls: Calls,
    run: Run,
    likeness: Likeness,
}

impl Arriving {
    /// Nothing of a run. Its calls are known, or arrive with it.
    #[must_use]
    pub fn new(version: Arc<GoodVersion>, known: Option<Arc<Calls>>) -> Self {
        Self { version, known, calls: Calls::default(), run: Run::default(), likeness: Likeness::default() }
    }

    /// Takes an answer. Gives it back where it is no part of a run.
    ///
    /// # Errors
    ///
    /// The answer.
    pub fn take(&mut self, answer: Answer) -> Result<(), Answer> {
        match answer {
            Answer::Calls(part) => self.calls.add(*part),
            Answer::Run(part) => {
                let start = self.run.len();
                self.run.add(*part);
                let calls = self.known.as_deref().unwrap_or(&self.calls);
                self.likeness.extend(calls, &self.run, start..self.run.len());
            }
            Answer::Lane(part) => self.run.add_lane(part),
            other => return Err(other),
        }
        Ok(())
    }

    /// What came of the calls so far.
    #[must_use]
    pub fn run(self) -> Run {
        self.run
    }

    /// All of it, once its summary is there. None where that cannot be read.
    #[must_use]
    pub fn whole(self, summary: &str) -> Option<DryRun> {
        let Self { version, known, calls, mut run, likeness } = self;
        run.summary = serde_json::from_str(summary).ok()?;
        Some(DryRun::of(version, known.unwrap_or_else(|| Arc::new(calls)), run, likeness))
    }
}
