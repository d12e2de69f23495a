//! What all lanes share: which are drawn, and where the cross-hair stands. Neither is a part of the document.

use std::sync::Arc;

use gatewright_core::policy::Window;
use gatewright_core::simulate::Lane;
use gatewright_core::time::Timestamp;
use leptos::prelude::*;

use crate::components::{LaneDeeds, LaneStep, Spot};
use crate::model::dry_run::DryRun;
use crate::model::lanes::{Counter, LaneLook, LaneSet, call_by_window};
use crate::model::picture::TimeScale;
use crate::store::{Shared, Store};

/// The lanes of the run at hand.
#[derive(Clone, Copy)]
pub struct LaneDesk {
    store: Store,
    /// The counters of the run.
    pub(super) set: Memo<Shared<LaneSet>>,
    /// What a person did to them.
    pub(super) look: RwSignal<LaneLook>,
    /// What a pointer points at.
    pointed: RwSignal<Option<Timestamp>>,
    /// Where the cross-hair stands: what is pointed at, or else the selected call.
    pub(super) moment: Memo<Option<Timestamp>>,
}

impl LaneDesk {
    /// The lanes of the store's run, whichever that is.
    pub fn new(store: Store) -> Self {
        let set = Memo::new(move |_| {
            Shared(store.run().map_or_else(Arc::default, |run| Arc::new(LaneSet::of(&run))))
        });
        let pointed = RwSignal::new(None);
        let moment = Memo::new(move |_| {
            pointed.get().or_else(|| store.run()?.run.at.get(store.selected().get()).copied())
        });
        Self { store, set, look: RwSignal::default(), pointed, moment }
    }

    /// The lanes that are drawn, from the top, as indices into the run's.
    pub fn drawn(self) -> Vec<usize> {
        let Some(run) = self.store.run() else { return Vec::new() };
        self.set.with(|set| {
            self.look.with(|look| {
                let open =
                    look.order(&set.0).into_iter().filter(|counter| !look.folded.contains(&counter.rule));
                open.filter_map(|counter| look.lane_of(&run, counter)).collect()
            })
        })
    }

    /// Asks something of a counter of the run at hand, by the index of its limit.
    pub(super) fn ask<T>(
        self,
        limit: usize,
        question: impl FnOnce(&DryRun, &Counter) -> Option<T>,
    ) -> Option<T> {
        let run = self.store.run()?;
        self.set.with(|set| question(&run, set.0.counters.iter().find(|counter| counter.limit == limit)?))
    }

    /// Asks something of the lane of a counter that is drawn.
    pub(super) fn ask_lane<T>(
        self,
        limit: usize,
        question: impl FnOnce(&DryRun, &Lane) -> Option<T>,
    ) -> Option<T> {
        self.ask(limit, |run, counter| {
            let lane = self.look.with(|look| look.lane_of(run, counter))?;
            question(run, run.run.lanes.get(lane)?)
        })
    }

    /// Whether any lane has a call that was given back.
    pub(super) fn gives_back(self) -> bool {
        let gave = |lane: &Lane| lane.windows.iter().any(|window| window.given_back > 0);
        self.store.run().is_some_and(|run| run.run.lanes.iter().any(gave))
    }

    /// Whether another policy is pinned beside the one at hand.
    pub(super) fn is_held_against(self) -> bool {
        let run = self.store.run();
        self.store.what_if().with(|what_if| {
            what_if
                .as_ref()
                .zip(run)
                .is_some_and(|(what_if, run)| !Arc::ptr_eq(&what_if.0.pinned, &run.version))
        })
    }

    /// What a person does to a lane whose keys go by a window.
    pub(super) fn deeds(self, window: impl Fn() -> Window + 'static) -> LaneDeeds {
        let store = self.store;
        let time = move |Spot { x, width }: Spot| {
            let run = untrack(move || store.run())?;
            let at = TimeScale::of(&run, width).time(x);
            Some((run, at))
        };
        LaneDeeds {
            point: Box::new(move |place| {
                let at = place.and_then(time).map(|(_, at)| at);
                if self.pointed.get_untracked() != at {
                    self.pointed.set(at);
                }
            }),
            pick: Box::new(move |spot| {
                if let Some((run, at)) = time(spot) {
                    store.select(run.nearest_call(at));
                }
            }),
            step: Box::new(move |step| {
                let Some(run) = untrack(move || store.run()) else { return };
                let (here, last) = (store.selected().get_untracked(), run.run.len().saturating_sub(1));
                let target = match step {
                    LaneStep::Call(true) => Some((here + 1).min(last)),
                    LaneStep::Call(false) => Some(here.saturating_sub(1)),
                    LaneStep::Window(forward) => call_by_window(&run.run, untrack(&window), here, forward),
                    LaneStep::End(end) => Some(if end { last } else { 0 }),
                };
                if let Some(target) = target {
                    store.select(target);
                }
            }),
        }
    }

    /// The place of the selected call among all, from 1.
    pub(super) fn place(self) -> Signal<(usize, usize)> {
        let store = self.store;
        Signal::derive(move || (store.selected().get() + 1, store.run().map_or(0, |run| run.run.len())))
    }

    /// The place of the cross-hair on a lane of a width.
    pub(super) fn cursor(self, width: RwSignal<f64>) -> Signal<Option<f64>> {
        let store = self.store;
        Signal::derive(move || Some(TimeScale::of(&*store.run()?, width.get()).x(self.moment.get()?)))
    }
}
