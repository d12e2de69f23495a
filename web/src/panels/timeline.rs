//! The lanes of a run, one above the other with one cross-hair, and the scrubber under them.

use gatewright_core::amount::count;
use leptos::prelude::*;

use super::make_move;
use crate::components::Scrubber;
use crate::model::lanes::{DRAWN, MORE};
use crate::platform::screen;
use crate::store::Store;

mod desk;
mod lane;
mod overview;
mod table;

pub use desk::LaneDesk;

/// The name in the page of what tells how keys move the cross-hair.
const KEYS: &str = "lane-keys";

/// The lanes and the scrubber.
#[component]
pub fn TimelinePanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let desk = expect_context::<LaneDesk>();
    Effect::new(move |_| {
        store.traffic().track();
        desk.look.update(|look| look.drawn = DRAWN);
    });
    let counters = Memo::new(move |_| {
        let named = |counter: &crate::model::lanes::Counter| {
            (counter.limit, counter.rule.clone(), counter.name.clone())
        };
        desk.set
            .with(|set| desk.look.with(|look| look.order(&set.0).into_iter().map(named).collect::<Vec<_>>()))
    });
    let all = move || desk.set.with(|set| set.0.counters.len());
    let show_more = move |_| {
        desk.look.update(|look| look.drawn += MORE);
        screen::focus("lanes");
    };
    let more = move || {
        let hidden = all().saturating_sub(desk.look.with(|look| look.drawn));
        let label = match hidden.min(MORE) {
            0 => return None,
            1 => "Show 1 more counter".to_owned(),
            next => format!("Show {next} more counters, of {} not shown", count(hidden)),
        };
        Some(view! { <button type="button" on:click=show_more>{label}</button> }.into_any())
    };
    let unused = move || {
        let (words, names) = desk.set.with(|set| (set.0.unused_in_words(), set.0.unused.clone()));
        let names: Vec<AnyView> =
            names.into_iter().map(|name| view! { <li>{name}</li> }.into_any()).collect();
        (!names.is_empty()).then(|| {
            view! { <details class="unused"><summary>{words}</summary><ul>{names}</ul></details> }.into_any()
        })
    };
    let has_calls = Memo::new(move |_| store.run().is_some_and(|run| !run.run.is_empty()));
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
            <p id=KEYS class="visually-hidden">
                "Left and right go from call to call, up and down from window to window."
            </p>
            {move || has_calls.get().then(|| overview::overview(store, desk))}
            <For
                each=move || counters.get()
                key=Clone::clone
                children=move |(limit, rule, name)| lane::lane(store, desk, limit, &rule, &name)
            />
            {more}
            {unused}
            {move || (all() == 0).then(|| view! { <p class="hint">"No counter was used."</p> })}
            {move || has_calls.get().then(|| legend(desk))}
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

/// What the shapes mean. Those that no lane shows are left out.
fn legend(desk: LaneDesk) -> AnyView {
    let gives_back = move || desk.gives_back().then(|| mark("given-back", "given back"));
    let is_pinned = move || desk.is_held_against().then(|| mark("under-a", "used under A"));
    view! {
        <p class="lane-legend">
            {mark("allowed", "allowed, used")} {mark("denied", "denied")} {gives_back} {is_pinned}
        </p>
    }
    .into_any()
}

fn mark(shape: &'static str, words: &'static str) -> AnyView {
    view! { <span><span class=format!("swatch {shape}") aria-hidden="true"></span>{words}</span> }.into_any()
}
