//! What a person asks of a run beside itself: all starts, other ways to count, which `max` would do. The worker answers.
//!
//! An answer is told only beside the run that it was asked for.

use gatewright_core::simulate::Phases;
use leptos::prelude::*;

use super::running::{ask_for, hand_over, number_of};
use super::{Shared, Store};
use crate::model::counting::{Counted, ways};
use crate::model::dry_run::DryRun;
use crate::model::engine::{Answer, Question, Solved, Source};
use crate::model::traffic::Traffic;
use crate::platform::engine::{self, Ticket};

/// What was asked of a run, and what is answered so far.
#[derive(Clone, Debug, PartialEq)]
struct Asked<T> {
    run: Shared<DryRun>,
    so_far: T,
}

/// What is known of all starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starts {
    /// Those that were tried.
    pub phases: Phases,
    /// Why no more are: a sentence for people.
    pub wrong: Option<String>,
}

/// What is known of a `max` that would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// It is being looked for.
    #[default]
    Begun,
    /// It was found, or none is.
    Done(Solved),
    /// Why it was not looked for: a sentence for people.
    Failed(String),
}

/// What was asked last.
#[derive(Clone, Copy)]
pub(super) struct Searches {
    starts: RwSignal<Option<Asked<Starts>>>,
    counted: RwSignal<Option<Asked<Vec<Counted>>>>,
    max: RwSignal<Option<Asked<(usize, Search)>>>,
    ticket: StoredValue<Option<Ticket>, LocalStorage>,
}

impl Searches {
    pub(super) fn new() -> Self {
        Self {
            starts: RwSignal::new(None),
            counted: RwSignal::new(None),
            max: RwSignal::new(None),
            ticket: StoredValue::new_local(None),
        }
    }
}

impl Store {
    fn run_now(self) -> Option<Shared<DryRun>> {
        untrack(move || self.run()).map(Shared)
    }

    /// What is known of all starts of the run that is shown.
    #[must_use]
    pub fn starts(self) -> Option<Starts> {
        let run = self.run().map(Shared)?;
        self.searches.starts.get().filter(|asked| asked.run == run).map(|asked| asked.so_far)
    }

    /// Begins the scenario at each second of a minute.
    pub fn try_starts(self) {
        let scenario = self.traffic.with_untracked(Traffic::scenario);
        let (Some(run), Some(scenario)) = (self.run_now(), scenario) else { return };
        let starts = self.searches.starts;
        let Ok(scenario) = serde_json::to_string(&scenario) else { return };
        starts.set(Some(Asked { run: run.clone(), so_far: Starts::default() }));
        let question = Question::Starts { policy: run.0.version.text().to_owned(), scenario };
        self.ask_instead(&question, move |answer| {
            starts.update(|asked| {
                let Some(Asked { so_far, .. }) = asked.as_mut().filter(|asked| asked.run == run) else {
                    return;
                };
                match answer {
                    Answer::Started(phase) => so_far.phases.all.push(phase),
                    Answer::Failed(why) => so_far.wrong = Some(why),
                    _ => {}
                }
            });
        });
    }

    /// The ways to count that are known of the run that is shown, in their order.
    #[must_use]
    pub fn counted(self) -> Vec<Counted> {
        let Some(run) = self.run().map(Shared) else { return Vec::new() };
        if !run.0.is_away {
            return ways().into_iter().map(|way| Counted::new(&run.0, way)).collect();
        }
        let asked = self.searches.counted.get().filter(|asked| asked.run == run);
        asked.map(|asked| asked.so_far).unwrap_or_default()
    }

    /// Has the calls counted in every way for as long as `is_wanted`, and where the worker has run them.
    pub fn count_while(self, is_wanted: impl Fn() -> bool + 'static) {
        let counted = self.searches.counted;
        let wanted = move || self.run().filter(|run| run.is_away && is_wanted()).map(Shared);
        ask_for(wanted, move |run| {
            counted.set(Some(Asked { run: run.clone(), so_far: Vec::new() }));
            let run = run.clone();
            Some(engine::ask(&Question::Count, None, move |answer| {
                let Answer::Counted(way) = answer else { return };
                counted.update(|asked| {
                    if let Some(asked) = asked.as_mut().filter(|asked| asked.run == run) {
                        asked.so_far.push(way);
                    }
                });
            }))
        });
    }

    /// What is known of the `max` that was looked for last, and the limit, as an index into the policy's.
    #[must_use]
    pub fn found_max(self) -> Option<(usize, Search)> {
        let run = self.run().map(Shared)?;
        self.searches.max.get().filter(|asked| asked.run == run).map(|asked| asked.so_far)
    }

    /// Looks for the smallest `max` of a limit that refuses none of the calls, or for the largest that keeps them to so
    /// many a day.
    pub fn find_max(self, limit: usize, most_a_day: Option<u64>) {
        let Some(run) = self.run_now() else { return };
        let scenario = self.traffic.with_untracked(Traffic::scenario);
        let known = Shared(std::sync::Arc::clone(&run.0.calls));
        let max = self.searches.max;
        max.set(Some(Asked { run: run.clone(), so_far: (limit, Search::Begun) }));
        let calls = match scenario.map(|scenario| serde_json::to_string(&scenario)) {
            Some(Ok(json)) => Source::Scenario(json),
            Some(Err(_)) => return,
            None => {
                let Some(number) = number_of(&known) else {
                    let is_wanted = move || self.run_now().as_ref() == Some(&run);
                    return hand_over(known, is_wanted, move |done| match done {
                        Ok(()) => self.find_max(limit, most_a_day),
                        Err(why) => max.update(|asked| {
                            if let Some(asked) = asked {
                                asked.so_far.1 = Search::Failed(why);
                            }
                        }),
                    });
                };
                Source::Kept(number)
            }
        };
        let policy = run.0.version.text().to_owned();
        let index = u32::try_from(limit).unwrap_or(u32::MAX);
        let question = Question::Solve { policy, calls, limit: index, most_a_day };
        self.ask_instead(&question, move |answer| {
            let found = match answer {
                Answer::Solved(solved) => Search::Done(solved),
                Answer::Failed(why) => Search::Failed(why),
                _ => return,
            };
            max.set(Some(Asked { run: run.clone(), so_far: (limit, found) }));
        });
    }

    /// Forgets what is being looked for: it will not be found.
    pub(super) fn forget_searches(self) {
        self.searches.starts.set(None);
        self.searches.max.set(None);
    }

    /// Asks instead of what was asked last.
    fn ask_instead(self, question: &Question, told: impl Fn(Answer) + 'static) {
        let ticket = engine::ask(question, None, told);
        let last = self.searches.ticket.try_update_value(|last| last.replace(ticket)).flatten();
        if let Some(last) = last {
            engine::take_back(last);
        }
    }
}
