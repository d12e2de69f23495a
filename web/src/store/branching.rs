//! Another future, from one call on. It is no part of the document, or a step of the history.

use std::sync::Arc;

use gatewright_core::scenario::Calls;
use leptos::prelude::*;

use super::running::ask_for;
use super::{Shared, Store};
use crate::model::branch::{Change, Futures};
use crate::model::document::GoodVersion;
use crate::model::dry_run::DryRun;
use crate::model::engine::{Answer, Question};
use crate::platform::engine;

/// The branch that is looked at.
pub(super) struct Branching {
    change: RwSignal<Option<Branched>>,
    futures: Memo<Option<Futures>>,
}

/// A change, and the calls that it is made of.
#[derive(Clone, PartialEq)]
struct Branched {
    calls: Shared<Calls>,
    change: Change,
}

/// What both futures follow from.
#[derive(Clone, PartialEq)]
struct Both {
    pinned: Shared<GoodVersion>,
    run: Shared<DryRun>,
    branched: Branched,
}

impl Branching {
    pub(super) fn new(
        run: Memo<Option<Shared<DryRun>>>,
        pinned: RwSignal<Option<Shared<GoodVersion>>>,
    ) -> Self {
        let change = RwSignal::new(None::<Branched>);
        let both = move || Some(Both { pinned: pinned.get()?, run: run.get()?, branched: change.get()? });
        let told = RwSignal::new(None::<(Both, Futures)>);
        // The worker branches the calls that it has run.
        let is_there =
            |both: &Both| both.run.0.is_away && Arc::ptr_eq(&both.run.0.calls, &both.branched.calls.0);
        ask_for(
            move || both().filter(is_there),
            move |both| {
                let question = Question::Branch {
                    pinned: both.pinned.0.text().to_owned(),
                    policy: both.run.0.version.text().to_owned(),
                    change: both.branched.change.clone(),
                };
                let both = both.clone();
                Some(engine::ask(&question, None, move |answer| {
                    if let Answer::Branched(futures) = answer {
                        told.set(Some((both.clone(), *futures)));
                    }
                }))
            },
        );
        let futures = Memo::new(move |_| {
            let both = both()?;
            if both.run.0.is_away {
                return told.with(|told| Some(told.as_ref().filter(|told| told.0 == both)?.1.clone()));
            }
            let Both { pinned, run, branched: Branched { calls, change } } = both;
            Futures::here(&calls.0, &pinned.0.policy, &run.0.version.policy, &change)
        });
        Self { change, futures }
    }
}

impl Store {
    /// What is changed in the branch; nothing where there is none.
    #[must_use]
    pub fn branch(self) -> Option<Change> {
        self.branching.change.with(|branched| Some(branched.as_ref()?.change.clone()))
    }

    /// Both futures, once they are known.
    #[must_use]
    pub fn futures(self) -> Option<Futures> {
        self.branching.futures.get()
    }

    /// Branches the run from a call on. Where no policy is pinned, the one at hand is: it decides up to there.
    pub fn branch_from(self, index: usize) {
        let Some(run) = untrack(move || self.run()) else { return };
        if untrack(move || self.what_if().get()).is_none() {
            self.pin();
        }
        let change = Change::nothing(&run, index);
        let calls = Shared(Arc::clone(&run.calls));
        self.branching.change.set(change.map(|change| Branched { calls, change }));
    }

    /// Changes something in the branch.
    pub fn change_branch(self, change: impl FnOnce(&mut Change)) {
        self.branching.change.update(|branched| {
            if let Some(branched) = branched {
                change(&mut branched.change);
            }
        });
    }

    /// Leaves the branch. The pinned policy stays.
    pub fn leave_branch(self) {
        self.branching.change.set(None);
    }
}
