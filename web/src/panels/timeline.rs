//! One lane for each counter, and the scrubber under them.

use gatewright_core::WindowModel;
use gatewright_core::amount::count;
use gatewright_core::policy::Window;
use gatewright_core::simulate::{Lane, LaneKey, LaneWindow};
use leptos::prelude::*;

use super::make_move;
use crate::components::{LaneChart, Scrubber};
use crate::model::dry_run::DryRun;
use crate::model::picture::{Picture, TimeScale};
use crate::platform::screen;
use crate::store::Store;

/// How many lanes are drawn before one asks for more.
const LANES: usize = 6;
/// How many more at a time.
const MORE_LANES: usize = 20;
/// How many windows a lane's table lists at the most.
const WINDOWS: usize = 1_440;

/// The lanes and the scrubber.
#[component]
pub fn TimelinePanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let shown = RwSignal::new(LANES);
    Effect::new(move |_| {
        store.traffic().track();
        shown.set(LANES);
    });
    let keys = Memo::new(move |_| {
        let run = store.run();
        let lanes = run.iter().flat_map(|run| &run.run.lanes).take(shown.get());
        lanes.map(Lane::key).collect::<Vec<_>>()
    });
    let all = Memo::new(move |_| store.run().map_or(0, |run| run.run.lanes.len()));
    let show_more = move |_| {
        shown.update(|shown| *shown += MORE_LANES);
        screen::focus("lanes");
    };
    let more = move || {
        let hidden = all.get().saturating_sub(shown.get());
        let label = match hidden.min(MORE_LANES) {
            0 => return None,
            1 => "Show 1 more counter".to_owned(),
            next => format!("Show {next} more counters, of {} not shown", count(hidden)),
        };
        Some(view! { <button type="button" on:click=show_more>{label}</button> })
    };
    let denials = move || {
        let run = store.run();
        let here = store.selected().get();
        let before = run.as_ref().is_some_and(|run| run.run.previous_denial(here).is_some());
        (before, run.is_some_and(|run| run.run.next_denial(Some(here)).is_some()))
    };
    let calls = Memo::new(move |_| store.run().map_or(0, |run| run.run.len()));
    let words =
        move || store.run().map_or_else(String::new, |run| run.position_in_words(store.selected().get()));
    let position = move || match calls.get() {
        0 => "no calls".to_owned(),
        all => format!("call {} of {}", count(store.selected().get() + 1), count(all)),
    };
    view! {
        <div id="lanes" class="lanes" tabindex="-1">
            <For each=move || keys.get() key=|key| *key children=|key| view! { <LaneFigure key=key /> } />
            {more}
            {move || (all.get() == 0).then(|| view! { <p class="hint">"No counter was used."</p> })}
        </div>
        <Scrubber
            count=calls
            selected=store.selected()
            words=Signal::derive(words)
            position=Signal::derive(position)
            denials=Signal::derive(denials)
            on_move=move |step| make_move(store, step)
        />
    }
}

/// A lane of a run, found by its key.
fn lane_of(run: &DryRun, key: LaneKey) -> Option<&Lane> {
    run.run.lanes.iter().find(|lane| lane.key() == key)
}

/// A lane: its caption, its chart, and the same as a table.
#[component]
fn LaneFigure(key: LaneKey) -> impl IntoView {
    let store = expect_context::<Store>();
    let colours = expect_context::<RwSignal<String>>();
    let dark = screen::media("(prefers-color-scheme: dark)");
    let caption = move || {
        store.run().and_then(|run| Some(lane_of(&run, key)?.in_words(&run.version.policy, &run.calls)))
    };
    let picture = move |width: f64| {
        let run = store.run()?;
        let scale = TimeScale::of(&run, width);
        Picture::of(&run, lane_of(&run, key)?, &scale)
    };
    let cursor = move |width: f64| {
        let run = store.run()?;
        let at = *run.run.at.get(store.selected().get())?;
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
            {move || open.get().then(|| store.run().map(|run| window_table(&run, key)))}
        </figure>
    }
}

/// The lane's windows. It holds the same as the chart.
fn window_table(run: &DryRun, key: LaneKey) -> Option<impl IntoView + use<>> {
    let lane = lane_of(run, key)?;
    let limit = run.version.policy.limits().get(lane.limit)?;
    let window_in_words = |window: &LaneWindow| match limit.window {
        Window::Minute | Window::Hour if run.several_days() => {
            format!(
                "{}, {}",
                window.span.start.date(),
                limit.window.in_words(WindowModel::Calendar, window.span)
            )
        }
        other => other.in_words(WindowModel::Calendar, window.span),
    };
    let rows = lane
        .windows
        .iter()
        .take(WINDOWS)
        .map(|window| {
            view! {
                <tr>
                    <td>{window_in_words(window)}</td>
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
            {(more > 0).then(|| format!("The first {} windows, of {}.", count(WINDOWS), count(lane.windows.len())))}
        </div>
    })
}
