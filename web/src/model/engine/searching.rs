//! Questions that take many runs: all starts, which `max` would do, and what a log teaches.

use std::sync::Arc;

use gatewright_core::CompiledPolicy;
use gatewright_core::learn::{LearnOptions, Learner};
use gatewright_core::scenario::{Calls, Scenario};
use gatewright_core::simulate::{Found, SECONDS, Sequence, largest_max, phase, smallest_max};
use serde::{Deserialize, Serialize};

use super::{
    AT_ONCE, Answer, Engine, Job, Lesson, OPTIONS, Piece, Source, compiled, progress, read_scenario,
};

/// A scenario is begun at each second of a minute.
pub(super) struct Starts {
    policy: String,
    scenario: String,
    read: Option<(Arc<CompiledPolicy>, Arc<Scenario>)>,
    second: u8,
}

impl Starts {
    pub(super) const fn new(policy: String, scenario: String) -> Self {
        Self { policy, scenario, read: None, second: 0 }
    }

    fn next(&mut self) -> Result<Answer, Answer> {
        let (policy, scenario) = match &self.read {
            Some(read) => read,
            None => self.read.insert((compiled(&self.policy)?, read_scenario(&self.scenario)?)),
        };
        if self.second == SECONDS {
            return Ok(Answer::Done);
        }
        let found = phase(policy, scenario, OPTIONS, self.second).map_err(Answer::Failed)?;
        self.second += 1;
        Ok(Answer::Started(found))
    }
}

impl Job for Starts {
    fn step(&mut self, _: &mut Engine, _: Piece<'_>) -> Answer {
        self.next().unwrap_or_else(|last| last)
    }
}

/// A `max` is being looked for.
pub(super) struct Solving {
    pub(super) policy: String,
    pub(super) calls: Source,
    pub(super) limit: u32,
    pub(super) most_a_day: Option<u64>,
}

/// Which `max` would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solved {
    /// The answer in words.
    pub words: String,
    /// The `max` as it is written in a policy; nothing where there is none, or any will do.
    pub max: Option<String>,
}

impl Solving {
    fn solve(&self, engine: &Engine) -> Result<Solved, Answer> {
        let policy = compiled(&self.policy)?;
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        match &self.calls {
            Source::Kept(number) => {
                let calls = engine.calls(*number).ok_or(Answer::NotKept)?;
                self.solve_for(&policy, limit, Sequence::Calls(&calls))
            }
            Source::Scenario(json) => {
                self.solve_for(&policy, limit, Sequence::Scenario(&*read_scenario(json)?))
            }
        }
    }

    fn solve_for(
        &self,
        policy: &CompiledPolicy,
        limit: usize,
        calls: Sequence<'_>,
    ) -> Result<Solved, Answer> {
        let none = || Solved { words: "No max a policy may have does.".to_owned(), max: None };
        let Some(most_a_day) = self.most_a_day else {
            let found = smallest_max(policy, limit, calls, OPTIONS).map_err(Answer::Failed)?;
            return Ok(found.map_or_else(none, |found| Solved {
                words: found.in_words(),
                max: Some(found.max.plain()),
            }));
        };
        let found = largest_max(policy, limit, most_a_day, calls, OPTIONS).map_err(Answer::Failed)?;
        Ok(found.map_or_else(none, |found| Solved {
            words: found.in_words(),
            max: match found.found {
                Found::Any => None,
                Found::Max { max, .. } => Some(max.to_string()),
            },
        }))
    }
}

impl Job for Solving {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        self.solve(engine).map_or_else(|last| last, Answer::Solved)
    }
}

/// A log is being learned from.
pub(super) struct Learning {
    number: u32,
    options: LearnOptions,
    learner: Option<Learner<Arc<Calls>>>,
}

impl Learning {
    pub(super) const fn new(number: u32, options: LearnOptions) -> Self {
        Self { number, options, learner: None }
    }
}

impl Job for Learning {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        if self.learner.is_none() {
            self.learner = engine.calls(self.number).map(|calls| Learner::new(calls, self.options));
        }
        let Some(mut learner) = self.learner.take() else { return Answer::NotKept };
        let (done, all) = learner.advance(AT_ONCE);
        if done < all {
            self.learner = Some(learner);
            return progress(done, all);
        }
        Answer::Learned(Box::new(Lesson::from(learner.finish())))
    }
}
