//! Which calls of the run the table lists, and the policy that the run is held against. Neither is a part of the document, or a step of the history.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::running::ask_for;
use super::{Shared, Store};
use crate::model::call_list::{CallList, FOLDS_FROM, Filter};
use crate::model::document::GoodVersion;
use crate::model::dry_run::DryRun;
use crate::model::engine::{Answer, Arriving, Question};
use crate::model::what_if::WhatIf;
use crate::platform::engine;

/// What of a run is listed.
pub(super) struct Listed {
    filter: RwSignal<Filter>,
    /// Whether neighbours that are alike are folded; none: nobody has said.
    folds: RwSignal<Option<bool>>,
    /// The folds that were opened, by the first call in them.
    unfolded: RwSignal<BTreeSet<u32>>,
    list: Memo<Shared<CallList>>,
    /// The policy that was pinned.
    pinned: RwSignal<Option<Shared<GoodVersion>>>,
    what_if: Memo<Option<Shared<WhatIf>>>,
}

impl Listed {
    /// Lists the calls of a run, whichever it is.
    pub(super) fn new(run: Memo<Option<Shared<DryRun>>>) -> Self {
        let filter = RwSignal::new(Filter::default());
        let folds = RwSignal::new(None);
        let unfolded = RwSignal::new(BTreeSet::new());
        let pinned = RwSignal::new(None::<Shared<GoodVersion>>);
        let what_if = comparing(run, pinned);
        let list = Memo::new(move |_| {
            let Some(run) = run.get() else { return Shared(Arc::default()) };
            let folds = folds.get().unwrap_or(run.0.run.len() > FOLDS_FROM);
            let pinned = what_if.get();
            let pinned = pinned.as_ref().map(|what_if| &*what_if.0);
            let list = |filter: &Filter| {
                unfolded.with(|unfolded| CallList::new(&run.0, pinned, filter, folds, unfolded))
            };
            Shared(Arc::new(filter.with(list)))
        });
        Self { filter, folds, unfolded, list, pinned, what_if }
    }
}

/// The calls of the run under the pinned policy too. The worker compares what it has run; until then nothing is told.
fn comparing(
    run: Memo<Option<Shared<DryRun>>>,
    pinned: RwSignal<Option<Shared<GoodVersion>>>,
) -> Memo<Option<Shared<WhatIf>>> {
    let arrived = RwSignal::new(None::<((Shared<GoodVersion>, Shared<DryRun>), Shared<WhatIf>)>);
    let both = move || pinned.get().zip(run.get());
    ask_for(
        move || both().filter(|(_, run)| run.0.is_away),
        move |(pinned, run)| {
            let question = Question::Compare { pinned: pinned.0.text().to_owned() };
            let calls = Arc::clone(&run.0.calls);
            let arriving = RefCell::new(Some(Arriving::new(Arc::clone(&pinned.0), Some(calls))));
            let (pinned, run) = (pinned.clone(), run.clone());
            Some(engine::ask(&question, None, move |answer| {
                let taken = arriving.borrow_mut().as_mut().map(|arriving| arriving.take(answer));
                let Some(Err(Answer::Compared(json))) = taken else { return };
                let (Some(before), Ok(difference)) = (arriving.take(), serde_json::from_str(&json)) else {
                    return;
                };
                let what_if = WhatIf::of(Arc::clone(&pinned.0), before.run(), difference, &run.0);
                arrived.set(Some(((pinned.clone(), run.clone()), Shared(Arc::new(what_if)))));
            }))
        },
    );
    Memo::new(move |_| {
        let (pinned, run) = both()?;
        if !run.0.is_away {
            return Some(Shared(Arc::new(WhatIf::new(pinned.0, &run.0))));
        }
        let asked = (pinned, run);
        arrived.with(|arrived| Some(arrived.as_ref().filter(|arrived| arrived.0 == asked)?.1.clone()))
    })
}

impl Listed {
    /// The policy that was pinned.
    pub(super) const fn pinned(&self) -> RwSignal<Option<Shared<GoodVersion>>> {
        self.pinned
    }
}

impl Store {
    /// The rows of the table.
    #[must_use]
    pub fn call_list(self) -> Memo<Shared<CallList>> {
        self.listed.list
    }

    /// Which calls are listed.
    #[must_use]
    pub fn call_filter(self) -> ReadSignal<Filter> {
        self.listed.filter.read_only()
    }

    /// Lists other calls.
    pub fn list_calls(self, change: impl FnOnce(&mut Filter)) {
        self.listed.filter.update(change);
    }

    /// The pinned policy beside the one at hand; nothing where none is pinned.
    #[must_use]
    pub fn what_if(self) -> Memo<Option<Shared<WhatIf>>> {
        self.listed.what_if
    }

    /// Pins the policy that is being run.
    pub fn pin(self) {
        let version = untrack(move || self.run()).map(|run| Shared(Arc::clone(&run.version)));
        self.listed.pinned.set(version);
    }

    /// Lets go of the pinned policy, and of a filter that needs it.
    pub fn unpin(self) {
        self.listed.filter.update(|filter| filter.moved = None);
        self.leave_branch();
        self.listed.pinned.set(None);
    }

    /// Whether neighbours that are alike are folded.
    #[must_use]
    pub fn folds_calls(self) -> bool {
        self.listed.folds.get().unwrap_or_else(|| self.run().is_some_and(|run| run.run.len() > FOLDS_FROM))
    }

    /// Folds neighbours that are alike, or lists each call.
    pub fn fold_calls(self, folds: bool) {
        self.listed.unfolded.update(BTreeSet::clear);
        self.listed.folds.set(Some(folds));
    }

    /// Lists the calls of a fold one by one.
    pub fn unfold(self, first: usize) {
        if let Ok(first) = u32::try_from(first) {
            self.listed.unfolded.update(|unfolded| {
                let _ = unfolded.insert(first);
            });
        }
    }
}
