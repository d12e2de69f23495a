//! The lane of a counter: its caption, its chart, its reading, the other grants, and the same as a table.

use gatewright_core::amount::count;
use gatewright_core::policy::{Scope, Window};
use leptos::prelude::*;

use super::{KEYS, LaneDesk, table};
use crate::components::{LaneSights, lane_chart};
use crate::model::lanes::sharer_in_words;
use crate::model::picture::{Picture, TimeScale};
use crate::model::reading::{Pinned, reading_in_words};
use crate::platform::screen;
use crate::store::Store;

/// How many of the other grants are listed before one asks for more, and how many more at a time.
const OTHERS: usize = 20;

/// A counter's lane, by the index of its limit; what is done to it is kept by its rule.
pub(super) fn lane(store: Store, desk: LaneDesk, limit: usize, rule: &str, name: &str) -> AnyView {
    let width = RwSignal::new(0.0);
    let caption =
        move || desk.ask_lane(limit, |run, lane| Some(lane.in_words(&run.version.policy, &run.calls)));
    let picture = Memo::new(move |_| {
        let width = width.get();
        if width <= 0.0 {
            return None;
        }
        desk.ask_lane(limit, |run, lane| {
            store.what_if().with(|what_if| {
                let pinned = what_if.as_ref().and_then(|what_if| Pinned::of(&what_if.0, run, lane));
                Picture::of(run, lane, pinned, &TimeScale::of(run, width))
            })
        })
    });
    let words = Memo::new(move |_| {
        let at = desk.moment.get()?;
        desk.ask_lane(limit, |run, lane| {
            store.what_if().with(|what_if| {
                let pinned = what_if.as_ref().and_then(|what_if| Pinned::of(&what_if.0, run, lane));
                Some(reading_in_words(run, lane, pinned, at))
            })
        })
    });
    let window = move || {
        let window =
            desk.ask_lane(limit, |run, lane| Some(run.version.policy.limits().get(lane.limit)?.window));
        window.unwrap_or(Window::Minute)
    };
    let label = format!("Cross-hair over {name}");
    let words = Signal::derive(move || words.get().unwrap_or_default());
    let sights = move || LaneSights {
        name: Signal::stored(label.clone()),
        place: desk.place(),
        words,
        picture,
        cursor: desk.cursor(width),
        width,
        palette: palette(),
    };
    let chart = move || {
        view! {
            {lane_chart("lane-frame", KEYS, sights(), desk.deeds(window))}
            <p class="reading">{move || words.get()}</p>
        }
        .into_any()
    };
    let kept = StoredValue::new(rule.to_owned());
    let is_folded =
        Memo::new(move |_| kept.with_value(|rule| desk.look.with(|look| look.folded.contains(rule))));
    let is_pinned =
        Memo::new(move |_| kept.with_value(|rule| desk.look.with(|look| look.pinned.contains(rule))));
    let (open, set_open) = signal(false);
    let as_table = table_button(name, open.into(), move || set_open.update(|open| *open = !*open));
    let id = format!("pin-lane-{limit}");
    let pinned_id = id.clone();
    let pin_words = move || if is_pinned.get() { "Unpin" } else { "Pin" };
    let pin = button(
        id,
        name,
        Signal::derive(pin_words),
        move || None,
        move || {
            kept.with_value(|rule| desk.look.update(|look| look.toggle_pin(rule)));
            // The lane stands elsewhere with the next frame, and its button with it.
            let id = pinned_id.clone();
            request_animation_frame(move || screen::focus(&id));
        },
    );
    let fold_words = move || if is_folded.get() { "Expand" } else { "Collapse" };
    let shown = move || Some(!is_folded.get());
    let fold = button(format!("fold-lane-{limit}"), name, Signal::derive(fold_words), shown, move || {
        kept.with_value(|rule| desk.look.update(|look| look.toggle_fold(rule)));
    });
    view! {
        <figure class="lane">
            <figcaption>{caption}</figcaption>
            <div class="lane-deeds">{as_table} {pin} {fold}</div>
            {move || (!is_folded.get()).then(&chart)}
            {others(desk, limit, name)}
            {move || open.get().then(|| desk.ask_lane(limit, |run, lane| {
                store.what_if().with(|what_if| {
                    let pinned = what_if.as_ref().and_then(|what_if| Pinned::of(&what_if.0, run, lane));
                    table::of_lane(run, lane, pinned)
                })
            }))}
        </figure>
    }
    .into_any()
}

/// What changes whenever the colours do.
pub(super) fn palette() -> Signal<String> {
    let colours = expect_context::<RwSignal<String>>();
    let dark = screen::media("(prefers-color-scheme: dark)");
    Signal::derive(move || format!("{} {}", colours.get(), dark.get()))
}

/// A button of a lane, which says in its name of which. `shows`: whether what it shows is shown, where it shows anything.
fn button(
    id: impl Into<Option<String>>,
    of: &str,
    words: Signal<&'static str>,
    shows: impl Fn() -> Option<bool> + Send + 'static,
    press: impl Fn() + 'static,
) -> AnyView {
    let (id, of) = (id.into(), of.to_owned());
    let name = move || format!("{}: {of}", words.get());
    let expanded = move || shows().map(|shows| shows.to_string());
    view! {
        <button id=id type="button" class="quiet" aria-label=name aria-expanded=expanded on:click=move |_| press()>
            {move || words.get()}
        </button>
    }
    .into_any()
}

/// The button that shows a lane as a table.
pub(super) fn table_button(of: &str, open: Signal<bool>, press: impl Fn() + 'static) -> AnyView {
    let words = move || if open.get() { "Hide the table" } else { "Show as table" };
    button(None, of, Signal::derive(words), move || Some(open.get()), press)
}

/// The counters of the same limit that others have for themselves: each can be drawn instead.
fn others(desk: LaneDesk, limit: usize, name: &str) -> AnyView {
    let listed = RwSignal::new(OTHERS);
    let open = RwSignal::new(false);
    let lanes = Memo::new(move |_| desk.ask(limit, |_, counter| Some(counter.lanes.len())).unwrap_or(0));
    let label = format!("Other counters of {name}");
    let sharers = move || {
        let scope = desk.ask(limit, |run, _| Some(run.version.policy.limits().get(limit)?.scope));
        if scope == Some(Scope::Session) { "sessions" } else { "grants" }
    };
    let summary = move || format!("{} {}, the worst first", count(lanes.get()), sharers());
    let rows = move || {
        let rows = desk.ask(limit, |run, counter| {
            let drawn = desk.look.with(|look| look.lane_of(run, counter));
            let row = |index: &usize| {
                let index = *index;
                let lane = run.run.lanes.get(index)?;
                let words = sharer_in_words(run, lane);
                let choose = move |_| {
                    let _ = untrack(move || {
                        desk.ask(limit, |run, counter| {
                            desk.look.update(|look| look.choose(run, counter, index));
                            Some(())
                        })
                    });
                };
                let is_drawn = (drawn == Some(index)).to_string();
                Some(view! { <li><button type="button" class="quiet" aria-pressed=is_drawn on:click=choose>{words}</button></li> }.into_any())
            };
            Some(counter.lanes.iter().take(listed.get()).filter_map(row).collect::<Vec<AnyView>>())
        });
        rows.unwrap_or_default()
    };
    let more = move || {
        let hidden = lanes.get().saturating_sub(listed.get());
        (hidden > 0).then(|| {
            let label = format!("List {} more, of {}", hidden.min(OTHERS), count(hidden));
            let list_more = move |_| listed.update(|listed| *listed += OTHERS);
            view! { <button type="button" class="quiet" on:click=list_more>{label}</button> }.into_any()
        })
    };
    let label = StoredValue::new(label);
    (move || {
        (lanes.get() > 1).then(|| {
            view! {
                <details class="others" on:toggle=move |event| open.set(screen::is_open(&event))>
                    <summary>{summary}</summary>
                    {move || open.get().then(|| view! {
                        <ul aria-label=label.get_value()>{rows}</ul>
                        {more}
                    }.into_any())}
                </details>
            }
            .into_any()
        })
    })
    .into_any()
}
