//! Attacks on the policy at hand: performed one in each task, so that the page goes on, and again once something changed.
//!
//! What came of an attack stays until it is performed again. Whoever shows it asks whether it is of now.

use std::sync::Arc;
use std::time::Duration;

use gatewright_core::attack::{Attack, Performed};
use gatewright_core::risk::Assessed;
use leptos::prelude::*;

use super::{Shared, Store};
use crate::model::attacks::{Attacked, Outcome, Round, day_of, named_tools};
use crate::model::catalogue::Catalogue;
use crate::model::document::GoodVersion;
use crate::model::drift::drifts;
use crate::model::inventory::Inventory;
use crate::model::traffic::{Log, Staged, Traffic};
use crate::platform::clock;

/// A round that took no longer than this is made again by itself once something has changed, in milliseconds.
const QUICK: f64 = 2_000.0;

/// What came of something, and what was attacked.
#[derive(Clone, Debug)]
pub struct Of<T> {
    /// What came of it.
    pub what: Arc<T>,
    of: Shared<Attacked>,
}

impl<T> PartialEq for Of<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.what, &other.what)
    }
}

/// Attacks, what came of them, and what is under way.
#[derive(Clone, Copy)]
pub(super) struct Attacks {
    attacked: Memo<Option<Shared<Attacked>>>,
    log: Memo<Option<Shared<Log>>>,
    performed: RwSignal<Vec<Option<Of<Performed>>>>,
    outcome: RwSignal<Option<Of<Outcome>>>,
    /// So many attacks of the round that is under way are performed.
    done: RwSignal<Option<usize>>,
    /// The number of the last round: an older one goes on no more.
    round: StoredValue<u32>,
    /// How long the last whole round took, in milliseconds.
    took: StoredValue<f64>,
}

impl Attacks {
    pub(super) fn new(
        good: Memo<Option<Shared<GoodVersion>>>,
        inventory: RwSignal<Arc<Inventory>>,
        catalogue: Memo<Shared<Catalogue>>,
        traffic: RwSignal<Traffic>,
    ) -> Self {
        // An attack that is tried stands in place of the log, which still is the normal day.
        let log = Memo::new(move |last: Option<&Option<Shared<Log>>>| {
            traffic.with(|traffic| match traffic {
                Traffic::Log(log) => Some(Shared(Arc::clone(log))),
                Traffic::Scenario(staged) if is_attack(staged) => last.cloned().flatten(),
                Traffic::Scenario(_) | Traffic::Loop(_) => None,
            })
        });
        let day = Memo::new(move |_| log.get().map(|Shared(log)| Shared(day_of(&log.calls))));
        // The same tools stay the same over edits of the policy.
        let tools = Memo::new(move |last: Option<&Option<Shared<Vec<Assessed>>>>| {
            let imported = catalogue.with(|Shared(catalogue)| catalogue.tools.clone());
            let now = if imported.is_empty() { named_tools(&good.get()?.0.policy) } else { imported };
            match last {
                Some(Some(last)) if *last.0 == now => Some(last.clone()),
                _ => Some(Shared(Arc::new(now))),
            }
        });
        let attacked = Memo::new(move |_| {
            let (Shared(version), Shared(tools)) = (good.get()?, tools.get()?);
            let changes = inventory.with(|inventory| {
                let found = || drifts(inventory, &version.parsed).into_iter().flat_map(|drift| drift.changes);
                (!inventory.is_empty()).then(|| found().collect())
            });
            Some(Shared(Arc::new(Attacked { version, tools, changes, log: day.get().map(|day| day.0) })))
        });
        Self {
            attacked,
            log,
            performed: RwSignal::new(vec![None; Round::len()]),
            outcome: RwSignal::new(None),
            done: RwSignal::new(None),
            round: StoredValue::new(0),
            took: StoredValue::new(0.0),
        }
    }
}

fn is_attack(staged: &Staged) -> bool {
    attack_of(&staged.name).is_some()
}

/// The attack of this name for people.
pub fn attack_of(title: &str) -> Option<&'static Attack> {
    gatewright_core::attack::ALL.iter().find(|attack| attack.title == title)
}

/// What came of attacks.
impl Store {
    /// What came of an attack, by its place among all.
    #[must_use]
    pub fn performed(self, place: usize) -> Option<Of<Performed>> {
        self.attacks.performed.with(|all| all.get(place).cloned().flatten())
    }

    /// What is left of the day, and the score.
    #[must_use]
    pub fn attack_outcome(self) -> Option<Of<Outcome>> {
        self.attacks.outcome.get()
    }

    /// Whether something is of the policy, the tools and the day as they are now.
    #[must_use]
    pub fn is_of_now<T>(self, of: &Of<T>) -> bool {
        self.attacks.attacked.with(|now| now.as_ref().is_some_and(|now| *now.0 == *of.of.0))
    }

    /// How many attacks of the round that is under way are performed; nothing where none is.
    #[must_use]
    pub fn attacks_done(self) -> Option<usize> {
        self.attacks.done.get()
    }

    /// The log that stands for a normal day.
    #[must_use]
    pub fn day_log(self) -> Option<Arc<Log>> {
        self.attacks.log.get().map(|log| log.0)
    }

    /// What there is to attack; without a policy that could ever be run, nothing.
    #[must_use]
    pub fn attacked(self) -> Option<Shared<Attacked>> {
        self.attacks.attacked.get()
    }

    /// Whether the attacks are performed again by themselves once something has changed.
    #[must_use]
    pub fn attacks_are_quick(self) -> bool {
        self.attacks.took.get_value() <= QUICK
    }

    /// Performs every attack, one in each task; the given one first.
    pub fn attack(self, first: Option<usize>) {
        let Some(attacked) = untrack(move || self.attacked()) else { return };
        let Some(round) = Round::new((*attacked.0).clone()) else { return };
        let mut places: Vec<usize> = (0..Round::len()).rev().collect();
        if let Some(first) = first {
            places.retain(|place| *place != first);
            places.push(first);
        }
        let number = self.attacks.round.try_update_value(|number| {
            *number += 1;
            *number
        });
        self.attacks.done.set(Some(0));
        let under_way = UnderWay {
            number: number.unwrap_or(0),
            of: attacked,
            round: Arc::new(round),
            began: clock::now(),
        };
        self.go_on_attacking(under_way, places);
    }

    fn go_on_attacking(self, now: UnderWay, mut places: Vec<usize>) {
        let next = move || {
            if self.attacks.round.get_value() != now.number {
                return;
            }
            let Some(place) = places.pop() else { return self.have_attacked(&now) };
            if let Some(performed) = now.round.perform(place) {
                let told = Of { what: Arc::new(performed), of: now.of.clone() };
                self.attacks.performed.update(|all| {
                    if let Some(there) = all.get_mut(place) {
                        *there = Some(told);
                    }
                });
            }
            self.attacks.done.set(Some(Round::len() - places.len()));
            self.go_on_attacking(now, places);
        };
        set_timeout(next, Duration::ZERO);
    }

    fn have_attacked(self, now: &UnderWay) {
        let performed: Vec<Performed> = self
            .attacks
            .performed
            .with_untracked(|all| all.iter().flatten().map(|told| (*told.what).clone()).collect());
        let outcome = now.round.finish(&performed);
        self.attacks.outcome.set(outcome.map(|outcome| Of { what: Arc::new(outcome), of: now.of.clone() }));
        self.attacks.took.set_value(clock::now() - now.began);
        self.attacks.done.set(None);
    }
}

/// A round that is under way.
#[derive(Clone)]
struct UnderWay {
    number: u32,
    of: Shared<Attacked>,
    round: Arc<Round>,
    began: f64,
}
