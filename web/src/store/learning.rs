//! What is learned from the log that is played: short logs are learned from here, long ones in the worker.
//!
//! What was learned is kept beside the log and the options that it was learned with, and changes nothing by itself.

use std::sync::Arc;

use gatewright_core::learn::LearnOptions;
use gatewright_core::scenario::Calls;
use leptos::prelude::*;

use super::running::{hand_over, number_of};
use super::{Shared, Store};
use crate::model::engine::{Answer, Question};
use crate::model::learning::Lesson;
use crate::model::traffic::Traffic;
use crate::platform::engine::{self, Ticket};

/// So many calls are learned from here: about as quick as one run of them.
const NEAR: usize = 4_000;

/// How far learning from a log is.
#[derive(Clone, Debug, PartialEq)]
pub enum Learning {
    /// So much of so much is done, in the worker.
    Begun(u64, u64),
    /// It is done.
    Done(Shared<Lesson>),
    /// Why nothing was learned: a sentence for people.
    Failed(String),
}

/// What was asked of a log, and what came of it.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    calls: Shared<Calls>,
    options: LearnOptions,
    so_far: Learning,
}

/// What is learned next, and what was learned last.
#[derive(Clone, Copy)]
pub(super) struct Lessons {
    options: RwSignal<LearnOptions>,
    asked: RwSignal<Option<Asked>>,
    ticket: StoredValue<Option<Ticket>, LocalStorage>,
}

impl Lessons {
    pub(super) fn new() -> Self {
        Self {
            options: RwSignal::new(LearnOptions::default()),
            asked: RwSignal::new(None),
            ticket: StoredValue::new_local(None),
        }
    }
}

impl Store {
    /// How closely is learned next.
    #[must_use]
    pub fn learn_options(self) -> ReadSignal<LearnOptions> {
        self.lessons.options.read_only()
    }

    /// Changes how closely is learned next.
    pub fn set_learn_options(self, change: impl FnOnce(&mut LearnOptions)) {
        self.lessons.options.update(change);
    }

    /// What was learned from the log that is played, and whether with the options as they are now.
    #[must_use]
    pub fn learned(self) -> Option<(Learning, bool)> {
        let calls = self.logged()?;
        let asked = self.lessons.asked.get().filter(|asked| asked.calls == calls)?;
        let is_now = self.lessons.options.with(|options| *options == asked.options);
        Some((asked.so_far, is_now))
    }

    /// Learns the smallest policy that allows the calls of the log that is played.
    pub fn learn(self) {
        self.stop_learning();
        let Some(calls) = untrack(move || self.logged()) else { return };
        let options = self.lessons.options.get_untracked();
        let far = calls.0.len() > NEAR;
        let so_far = if far {
            Learning::Begun(0, 0)
        } else {
            Learning::Done(Shared(Arc::new(Lesson::of(&calls.0, options))))
        };
        self.lessons.asked.set(Some(Asked { calls: calls.clone(), options, so_far }));
        if far {
            self.learn_far(calls, options);
        }
    }

    /// Stops what is being learned.
    pub fn stop_learning(self) {
        self.lessons.ticket.update_value(|ticket| {
            if let Some(ticket) = ticket.take() {
                engine::take_back(ticket);
            }
        });
        self.lessons.asked.update(|asked| {
            if asked.as_ref().is_some_and(|asked| matches!(asked.so_far, Learning::Begun(..))) {
                *asked = None;
            }
        });
    }

    /// The calls as the log has them. What is taken for what it does not say is a guess, and nothing is learned from it.
    fn logged(self) -> Option<Shared<Calls>> {
        self.traffic.with(|traffic| match traffic {
            Traffic::Log(log) => Some(Shared(Arc::clone(&log.own))),
            Traffic::Loop(_) | Traffic::Scenario(_) => None,
        })
    }

    fn learn_far(self, calls: Shared<Calls>, options: LearnOptions) {
        let asked = self.lessons.asked;
        let is_wanted = {
            let calls = calls.clone();
            move |asked: &Option<Asked>| {
                asked.as_ref().is_some_and(|asked| asked.calls == calls && asked.options == options)
            }
        };
        let told = {
            let is_wanted = is_wanted.clone();
            move |so_far: Learning| {
                if asked.with_untracked(&is_wanted) {
                    asked.update(|asked| {
                        if let Some(asked) = asked {
                            asked.so_far = so_far;
                        }
                    });
                }
            }
        };
        let Some(number) = number_of(&calls) else {
            let still = move || asked.with_untracked(&is_wanted);
            let again = calls.clone();
            return hand_over(calls, still, move |done| match done {
                Ok(()) => self.learn_far(again.clone(), options),
                Err(why) => told(Learning::Failed(why)),
            });
        };
        let ticket = engine::ask(&Question::Learn { number, options }, None, move |answer| match answer {
            Answer::Progress { done, all } => told(Learning::Begun(done, all)),
            Answer::Learned(lesson) => told(Learning::Done(Shared(Arc::new(*lesson)))),
            Answer::NotKept => {
                told(Learning::Failed("The log is not here any more: bring it again.".to_owned()));
            }
            Answer::Failed(why) => told(Learning::Failed(why)),
            _ => {}
        });
        self.lessons.ticket.set_value(Some(ticket));
    }
}
