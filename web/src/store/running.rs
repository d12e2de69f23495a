//! How the calls are run: few of them here, at once; many in a worker, while the last run stays.
//!
//! What is asked of the worker follows from the policy and the calls. Once these change, an answer to an older question
//! is not heard any more.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use gatewright_core::scenario::{Calls, Scenario};
use gatewright_core::simulate::Play;
use gatewright_core::{CompiledPolicy, Options, Step, Verdict};
use leptos::prelude::*;

use super::{Shared, Store};
use crate::model::document::GoodVersion;
use crate::model::dry_run::{DryRun, Explained};
use crate::model::engine::{AT_ONCE, Answer, Arriving, KEPT as KEPT_THERE, Question, Source};
use crate::model::traffic::Traffic;
use crate::platform::engine::{self, Ticket};

/// So many calls are run here: quicker than the way to the worker and back, and within a frame.
const NEAR: usize = 10_000;

/// The calls, as far as they are known without a policy.
#[derive(Clone, PartialEq)]
enum Called {
    Known(Shared<Calls>),
    /// Agents wait for what a policy decides.
    Waiting(Shared<Scenario>),
    /// They are too many to be made here.
    Many(Shared<Scenario>),
    Impossible(String),
}

/// What is run in the worker.
#[derive(Clone, PartialEq)]
struct Far {
    version: Shared<GoodVersion>,
    calls: FarCalls,
}

#[derive(Clone, PartialEq)]
enum FarCalls {
    Known(Shared<Calls>),
    Made(Shared<Scenario>),
}

/// What becomes of the policy and the calls.
#[derive(Clone, PartialEq)]
enum Made {
    Here(Shared<DryRun>),
    Far(Far),
    Nothing,
}

/// How far a run in the worker is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is on its way.
    Idle,
    /// So many calls of so many are judged; of 0, how many there will be is not known.
    Running(u64, u64),
    /// It was stopped.
    Stopped,
    /// It failed: a sentence for people.
    Failed(String),
}

/// The run, and what is on its way.
pub(super) struct Running {
    called: Memo<Called>,
    made: Memo<Made>,
    pub(super) run: Memo<Option<Shared<DryRun>>>,
    arrived: RwSignal<Option<(Far, Shared<DryRun>)>>,
    progress: RwSignal<Progress>,
    /// Counts what a person asks to be run again.
    tries: RwSignal<u32>,
    /// Whether the first call to show is to be chosen once the run is there.
    chooses_first: StoredValue<bool>,
}

/// The calls that the worker keeps, the last first, each under its number.
#[derive(Default)]
struct Kept {
    all: Vec<(u32, Shared<Calls>)>,
    last: u32,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

impl Running {
    pub(super) fn new(traffic: RwSignal<Traffic>, good: Memo<Option<Shared<GoodVersion>>>) -> Self {
        let called = Memo::new(move |_| traffic.with(called));
        let made = Memo::new(move |_| good.get().map_or(Made::Nothing, |good| made(good, called.get())));
        let arrived = RwSignal::new(None::<(Far, Shared<DryRun>)>);
        // Without a good policy, without calls, and while a run is on its way, the last run stays.
        let run = Memo::new(move |last: Option<&Option<Shared<DryRun>>>| match made.get() {
            Made::Here(run) => Some(run),
            Made::Far(far) => arrived.with(|arrived| match arrived {
                Some((made, run)) if *made == far => Some(run.clone()),
                _ => last.cloned().flatten(),
            }),
            Made::Nothing => last.cloned().flatten(),
        });
        let (progress, tries) = (RwSignal::new(Progress::Idle), RwSignal::new(0));
        Self { called, made, run, arrived, progress, tries, chooses_first: StoredValue::new(false) }
    }
}

fn called(traffic: &Traffic) -> Called {
    let scenario = match traffic {
        Traffic::Log(log) => return Called::Known(Shared(Arc::clone(&log.calls))),
        Traffic::Loop(composed) => Shared(Arc::new(composed.scenario())),
        Traffic::Scenario(staged) => Shared(Arc::clone(&staged.scenario)),
    };
    match scenario.0.planned_calls() {
        Err(why) => Called::Impossible(why),
        Ok(calls) if calls > NEAR as u64 => Called::Many(scenario),
        Ok(_) if scenario.0.is_closed() => Called::Waiting(scenario),
        Ok(_) => match scenario.0.calls() {
            Ok(calls) => Called::Known(Shared(Arc::new(calls))),
            Err(why) => Called::Impossible(why),
        },
    }
}

fn made(version: Shared<GoodVersion>, called: Called) -> Made {
    let here = |calls: Arc<Calls>| Made::Here(Shared(Arc::new(DryRun::new(Arc::clone(&version.0), calls))));
    let calls = match called {
        Called::Impossible(_) => return Made::Nothing,
        Called::Known(calls) if calls.0.len() <= NEAR => return here(calls.0),
        Called::Known(calls) => FarCalls::Known(calls),
        Called::Many(scenario) => FarCalls::Made(scenario),
        Called::Waiting(scenario) => match few(&version.0.policy, &scenario.0) {
            Some(calls) => return here(Arc::new(calls)),
            None => FarCalls::Made(scenario),
        },
    };
    Made::Far(Far { version, calls })
}

/// The calls of agents that wait for decisions, where they are few.
fn few(policy: &CompiledPolicy, scenario: &Scenario) -> Option<Calls> {
    let mut play = Play::new(policy, scenario, Options::default()).ok()?;
    if play.advance(NEAR).ok()? == NEAR {
        return None;
    }
    play.finish().ok()
}

/// Asks the worker for each key anew, and takes back what was asked for the last one.
pub(super) fn ask_for<K: Clone + PartialEq + 'static>(
    key: impl Fn() -> Option<K> + 'static,
    ask: impl Fn(&K) -> Option<Ticket> + 'static,
) {
    Effect::new(move |last: Option<(Option<K>, Option<Ticket>)>| {
        let now = key();
        match last {
            Some(last) if last.0 == now => return last,
            Some((_, Some(ticket))) => engine::take_back(ticket),
            _ => {}
        }
        let ticket = now.as_ref().and_then(&ask);
        (now, ticket)
    });
}

/// The number under which the worker keeps calls.
pub(super) fn number_of(calls: &Shared<Calls>) -> Option<u32> {
    KEPT.with_borrow_mut(|kept| {
        if !engine::is_running() {
            kept.all.clear();
        }
        kept.all.iter().find(|(_, known)| known == calls).map(|(number, _)| *number)
    })
}

/// Brings calls to the worker, a part in each task, for as long as they are wanted. `done` hears whether it has them all:
/// a sentence for people where it cannot be reached.
pub(super) fn hand_over(
    calls: Shared<Calls>,
    is_wanted: impl Fn() -> bool + 'static,
    done: impl Fn(Result<(), String>) + 'static,
) {
    hand(
        Rc::new(Handing {
            number: fresh_number(),
            calls,
            is_wanted: Box::new(is_wanted),
            done: Box::new(done),
        }),
        0,
    );
}

/// Calls on their way to the worker.
struct Handing {
    number: u32,
    calls: Shared<Calls>,
    is_wanted: Box<dyn Fn() -> bool>,
    done: Box<dyn Fn(Result<(), String>)>,
}

fn hand(handing: Rc<Handing>, from: usize) {
    let all = handing.calls.0.len();
    let until = (from + AT_ONCE).min(all);
    let question = Question::Keep { number: handing.number, part: handing.calls.0.part(from..until) };
    engine::ask(&question, None, move |answer| {
        if let Answer::Failed(why) = answer {
            (handing.done)(Err(why));
        } else if until == all {
            are_kept(handing.number, handing.calls.clone());
            (handing.done)(Ok(()));
        } else if (handing.is_wanted)() {
            hand(Rc::clone(&handing), until);
        }
    });
}

/// A number for calls that the worker is about to read.
pub(super) fn fresh_number() -> u32 {
    KEPT.with_borrow_mut(|kept| {
        kept.last += 1;
        kept.last
    })
}

/// From now on the worker is known to keep these calls.
pub(super) fn are_kept(number: u32, calls: Shared<Calls>) {
    KEPT.with_borrow_mut(|kept| kept.add(number, calls));
}

/// Forgets that the worker keeps anything.
fn forget_kept() {
    KEPT.with_borrow_mut(|kept| kept.all.clear());
}

impl Kept {
    fn add(&mut self, number: u32, calls: Shared<Calls>) {
        self.all.insert(0, (number, calls));
        self.all.truncate(KEPT_THERE);
    }
}

/// The run, and what is on its way.
impl Store {
    /// The last run.
    #[must_use]
    pub fn run(self) -> Option<Arc<DryRun>> {
        self.running.run.get().map(|shared| shared.0)
    }

    /// Why the composed calls are not run.
    #[must_use]
    pub fn calls_error(self) -> Option<String> {
        self.running.called.with(|called| match called {
            Called::Impossible(why) => Some(why.clone()),
            _ => None,
        })
    }

    /// How far the run is that is on its way.
    #[must_use]
    pub fn progress(self) -> Progress {
        if self.running.made.with(|made| matches!(made, Made::Far(_))) {
            self.running.progress.get()
        } else {
            Progress::Idle
        }
    }

    /// Whether the run that is shown was made in the worker.
    #[must_use]
    pub fn is_run_away(self) -> bool {
        self.running.run.with(|run| run.as_ref().is_some_and(|run| run.0.is_away))
    }

    /// Stops what is on its way in the worker, at once.
    pub fn stop_run(self) {
        self.stop_reading();
        self.forget_searches();
        self.stop_learning();
        engine::stop();
        forget_kept();
        self.running.progress.set(Progress::Stopped);
    }

    /// Runs once more what was stopped, or failed.
    pub fn try_run_again(self) {
        self.running.tries.update(|tries| *tries += 1);
    }

    /// Chooses the first call that is worth a look: at once, or when the run is there.
    pub(super) fn choose_first(self) {
        let is_there = self.running.made.with_untracked(|made| !matches!(made, Made::Far(_)));
        self.running.chooses_first.set_value(!is_there);
        if is_there {
            let first = self.running.run.with_untracked(|run| run.as_ref().map(|run| run.0.first_to_show()));
            self.chosen.set(first.unwrap_or(0));
        }
    }

    /// Runs in the worker what is too large to be run here.
    pub fn run_far(self) {
        let wanted = move || match self.running.made.get() {
            Made::Far(far) => Some((far, self.running.tries.get())),
            Made::Here(_) | Made::Nothing => None,
        };
        ask_for(wanted, move |(far, _)| self.ask_to_run(far.clone()));
    }

    fn ask_to_run(self, far: Far) -> Option<Ticket> {
        self.running.progress.set(Progress::Running(0, 0));
        let source = match &far.calls {
            FarCalls::Made(scenario) => Source::Scenario(serde_json::to_string(&*scenario.0).ok()?),
            FarCalls::Known(calls) => {
                let Some(number) = number_of(calls) else {
                    let wanted = far.clone();
                    let is_wanted =
                        move || self.running.made.with_untracked(|made| *made == Made::Far(wanted.clone()));
                    hand_over(calls.clone(), is_wanted, move |done| match done {
                        Ok(()) => self.try_run_again(),
                        Err(why) => self.running.progress.set(Progress::Failed(why)),
                    });
                    return None;
                };
                Source::Kept(number)
            }
        };
        let known = self.known_calls(&far.calls);
        let policy = far.version.0.text().to_owned();
        let question = Question::Run { policy, calls: source, are_known: known.is_some() };
        let arriving = RefCell::new(Some(Arriving::new(Arc::clone(&far.version.0), known)));
        Some(engine::ask(&question, None, move |answer| {
            let taken = arriving.borrow_mut().as_mut().map(|arriving| arriving.take(answer));
            let Some(Err(answer)) = taken else { return };
            match answer {
                Answer::Progress { done, all } => self.running.progress.set(Progress::Running(done, all)),
                Answer::Ran(summary) => {
                    let whole = arriving.take().and_then(|arriving| arriving.whole(&summary));
                    if let Some(run) = whole {
                        self.arrive(far.clone(), run);
                    }
                }
                Answer::NotKept => {
                    forget_kept();
                    self.try_run_again();
                }
                Answer::Failed(why) => self.running.progress.set(Progress::Failed(why)),
                _ => {}
            }
        }))
    }

    /// Calls that need not come from the worker: those of the last run of the same scenario, unless its agents wait for
    /// what the policy decides. So an edit leaves them the same calls.
    fn known_calls(self, calls: &FarCalls) -> Option<Arc<Calls>> {
        match calls {
            FarCalls::Known(calls) => Some(Arc::clone(&calls.0)),
            FarCalls::Made(scenario) if scenario.0.is_closed() => None,
            FarCalls::Made(_) => self.running.arrived.with_untracked(|arrived| {
                let (far, run) = arrived.as_ref()?;
                (far.calls == *calls).then(|| Arc::clone(&run.0.calls))
            }),
        }
    }

    fn arrive(self, far: Far, run: DryRun) {
        let first = run.first_to_show();
        self.running.progress.set(Progress::Idle);
        self.running.arrived.set(Some((far, Shared(Arc::new(run)))));
        if self.running.chooses_first.try_update_value(std::mem::take).unwrap_or(false) {
            self.chosen.set(first);
        }
    }
}

/// All that is told of a call of the run. Until the worker has told it, what was told last stays.
pub(super) fn explained(run: Memo<Option<Shared<DryRun>>>, selected: Memo<usize>) -> Memo<Option<Explained>> {
    let told = RwSignal::new(None::<((Shared<DryRun>, usize), Explained)>);
    ask_for(
        move || run.get().filter(|run| run.0.is_away).map(|run| (run, selected.get())),
        move |(run, index)| {
            let (run, index) = (run.clone(), *index);
            let question = Question::Explain { index: u32::try_from(index).ok()? };
            Some(engine::ask(&question, None, move |answer| {
                let explained = match answer {
                    Answer::Explained(json) => {
                        let read: Option<(Verdict, Vec<Step>)> = serde_json::from_str(&json).ok();
                        read.and_then(|read| run.0.explained(index, read))
                    }
                    // The worker was stopped, and has not what it takes: slower, but told.
                    _ => run.0.explain(index),
                };
                told.set(explained.map(|explained| ((run.clone(), index), explained)));
            }))
        },
    );
    Memo::new(move |last: Option<&Option<Explained>>| {
        let run = run.get()?;
        if !run.0.is_away {
            return run.0.explain(selected.get());
        }
        let asked = (run, selected.get());
        let is_told = told.with(|told| Some(told.as_ref().filter(|told| told.0 == asked)?.1.clone()));
        is_told.or_else(|| last.cloned().flatten())
    })
}
