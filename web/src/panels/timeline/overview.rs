//! The lane on top: all calls over time, allowed and denied.

use std::sync::Arc;

use gatewright_core::amount::count;
use gatewright_core::policy::Window;
use leptos::prelude::*;

use super::lane::{palette, table_button};
use super::{KEYS, LaneDesk, table};
use crate::components::{LaneSights, lane_chart};
use crate::model::buckets::Buckets;
use crate::model::picture::{Picture, TimeScale};
use crate::store::{Shared, Store};

/// All calls.
pub(super) fn overview(store: Store, desk: LaneDesk) -> AnyView {
    let width = RwSignal::new(0.0);
    let caption = move || {
        let summary = &store.run()?.run.summary;
        let mut words =
            format!("All calls · {} allowed, {} denied", count(summary.allowed), count(summary.denied));
        if summary.approval > 0 {
            words.push_str(&format!(", {} waiting for approval", count(summary.approval)));
        }
        if summary.unknown > 0 {
            words.push_str(&format!(", {} unknown", count(summary.unknown)));
        }
        Some(words)
    };
    let buckets = Memo::new(move |_| {
        let (run, width) = (store.run()?, width.get());
        (width > 0.0).then(|| Shared(Arc::new(Buckets::of(&run.run, &TimeScale::of(&run, width)))))
    });
    let picture = Memo::new(move |_| {
        let scale = TimeScale::of(&*store.run()?, width.get());
        buckets.with(|buckets| Some(Picture::of_calls(&buckets.as_ref()?.0, &scale)))
    });
    let words = Memo::new(move |_| {
        let (run, at) = (store.run()?, desk.moment.get()?);
        buckets.with(|buckets| Some(buckets.as_ref()?.0.in_words(&run, at)))
    });
    let words = Signal::derive(move || words.get().unwrap_or_default());
    let sights = LaneSights {
        name: Signal::stored("Cross-hair over all calls".to_owned()),
        place: desk.place(),
        words,
        picture,
        cursor: desk.cursor(width),
        width,
        palette: palette(),
    };
    // Keys go by the windows of the counter that stands next to it.
    let window = move || {
        let first = desk.set.with(|set| set.0.counters.first().map(|counter| counter.limit));
        let window = first.and_then(|limit| Some(store.run()?.version.policy.limits().get(limit)?.window));
        window.unwrap_or(Window::Minute)
    };
    let (open, set_open) = signal(false);
    let as_table = table_button("all calls", open.into(), move || set_open.update(|open| *open = !*open));
    let rows = move || {
        let run = store.run()?;
        buckets.with(|buckets| Some(table::of_calls(&run, &buckets.as_ref()?.0)))
    };
    view! {
        <figure class="lane all">
            <figcaption>{caption}</figcaption>
            <div class="lane-deeds">{as_table}</div>
            {lane_chart("lane-frame low", KEYS, sights, desk.deeds(window))}
            <p class="reading">{move || words.get()}</p>
            {move || open.get().then(rows)}
        </figure>
    }
    .into_any()
}
