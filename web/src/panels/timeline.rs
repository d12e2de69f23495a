//! One lane for each counter, and the scrubber under them.

use std::sync::Arc;

use gatewright_core::amount::count;
use leptos::prelude::*;

use super::make_move;
use crate::components::{LaneChart, Scrubber};
use crate::model::dry_run::DryRun;
use crate::model::picture::{Picture, TimeScale};
use crate::platform::screen;
use crate::store::Store;

/// How many lanes are drawn before one asks for more.
const LANES: usize = 6;
/// How many windows a lane's table lists at the most.
const WINDOWS: usize = 1_440;

/// The lanes and the scrubber.
#[component]
pub fn TimelinePanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let (all, show_all) = signal(false);
    let lane_count = Memo::new(move |_| store.run().map_or(0, |run| run.run.lanes.len()));
    let shown = move || if all.get() { lane_count.get() } else { lane_count.get().min(LANES) };
    let more = move || {
        let hidden = lane_count.get().saturating_sub(shown());
        (hidden > 0).then(|| {
            let label = format!("Show {} more counters", count(hidden));
            view! { <button type="button" on:click=move |_| show_all.set(true)>{label}</button> }
        })
    };
    let lanes = move || (0..shown()).map(|place| view! { <LaneFigure place=place /> }).collect_view();
    let denials = move || {
        let run = store.run();
        let here = store.selected();
        let before = run.as_ref().is_some_and(|run| run.run.previous_denial(here).is_some());
        (before, run.is_some_and(|run| run.run.next_denial(Some(here)).is_some()))
    };
    let calls = Memo::new(move |_| store.run().map_or(0, |run| run.run.len()));
    let selected = Signal::derive(move || store.selected());
    let words = move || store.run().map_or_else(String::new, |run| run.position_in_words(store.selected()));
    let position = move || match calls.get() {
        0 => "no calls".to_owned(),
        all => format!("call {} of {}", count(store.selected() + 1), count(all)),
    };
    view! {
        <div class="lanes">
            {lanes} {more}
            {move || (lane_count.get() == 0).then(|| view! { <p class="hint">"No counter was used."</p> })}
        </div>
        <Scrubber
            count=calls
            selected=selected
            words=Signal::derive(words)
            position=Signal::derive(position)
            denials=Signal::derive(denials)
            on_move=move |step| make_move(store, step)
        />
    }
}

/// The lane at a place: its caption, its chart, and the same as a table.
#[component]
fn LaneFigure(place: usize) -> impl IntoView {
    let store = expect_context::<Store>();
    let colours = expect_context::<RwSignal<String>>();
    let dark = screen::media("(prefers-color-scheme: dark)");
    let caption = move || {
        store.run().and_then(|run| Some(run.run.lanes.get(place)?.in_words(&run.version.policy, &run.calls)))
    };
    let picture = move |width: f64| {
        let run = store.run()?;
        let scale = TimeScale::of(&run, width);
        Picture::of(&run, run.run.lanes.get(place)?, &scale)
    };
    let cursor = move |width: f64| {
        let run = store.run()?;
        let at = *run.run.at.get(store.selected())?;
        Some(TimeScale::of(&run, width).x(at))
    };
    let picked = move |x: f64, width: f64| {
        if let Some(run) = untrack(move || store.run()) {
            store.select(run.nearest_call(TimeScale::of(&run, width).time(x)));
        }
    };
    let palette = Signal::derive(move || format!("{} {}", colours.get(), dark.get()));
    let (open, set_open) = signal(false);
    let toggled = move |_| set_open.update(|open| *open = !*open);
    view! {
        <figure class="lane">
            <figcaption>{caption}</figcaption>
            <LaneChart picture=picture cursor=cursor on_pick=picked palette=palette />
            <button type="button" class="quiet" aria-expanded=move || open.get().to_string() on:click=toggled>
                {move || if open.get() { "Hide the table" } else { "Show as table" }}
            </button>
            {move || open.get().then(|| store.run().map(|run| window_table(&run, place)))}
        </figure>
    }
}

/// The lane's windows. It holds the same as the chart.
fn window_table(run: &Arc<DryRun>, place: usize) -> Option<impl IntoView + use<>> {
    let lane = run.run.lanes.get(place)?;
    let limit = run.version.policy.limits().get(lane.limit)?;
    let rows = lane
        .windows
        .iter()
        .take(WINDOWS)
        .map(|window| {
            view! {
                <tr>
                    <td>{limit.window.in_words(window.span)}</td>
                    <td>{window.peak.to_string()}</td>
                    <td>{limit.max.to_string()}</td>
                    <td>{count(window.allowed)}</td>
                    <td>{count(window.denied)}</td>
                    <td>{count(window.given_back)}</td>
                    <td>{format!("{} {} UTC", window.span.end.date(), window.span.end.time_of_day())}</td>
                </tr>
            }
        })
        .collect_view();
    let more = lane.windows.len().saturating_sub(WINDOWS);
    Some(view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Windows of this counter">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Window"</th>
                        <th scope="col">"Used at most"</th>
                        <th scope="col">"Max"</th>
                        <th scope="col">"Allowed"</th>
                        <th scope="col">"Denied"</th>
                        <th scope="col">"Given back"</th>
                        <th scope="col">"Resets at"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {(more > 0).then(|| format!("The first {} windows; {} more follow.", count(WINDOWS), count(more)))}
        </div>
    })
}
