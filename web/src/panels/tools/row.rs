//! One tool of the list.

use gatewright_core::amend::ToolState;
use gatewright_core::risk::Risk;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use super::{Listing, set};
use crate::components::{StateChoice, state_radios};
use crate::model::tool_gestures::state_word;
use crate::model::tool_rows::{ToolRow, bars, rules_and_limits};
use crate::model::view::Target;
use crate::store::Store;

/// The name in the page of the button of a row, before its place.
pub(super) const HANDLE: &str = "tool-at-";

/// The row at a place of the list. It is drawn anew only when it is another: an edit changes few of many.
pub(super) fn row(listing: Listing, place: usize) -> AnyView {
    let look = Memo::new(move |_| Look::of(listing, place));
    (move || look.get().map(|look| drawn(listing, place, look))).into_any()
}

/// All that a row shows.
#[derive(Clone, PartialEq)]
struct Look {
    row: ToolRow,
    is_tab_stop: bool,
    is_current: bool,
    is_chosen: bool,
}

impl Look {
    fn of(listing: Listing, place: usize) -> Option<Self> {
        let row = listing.row(place)?;
        Some(Self {
            is_tab_stop: listing.current.get() == place,
            is_current: listing
                .store
                .view()
                .with(|view| matches!(&view.target, Target::Tool(name) if *name == row.name)),
            is_chosen: listing.chosen.with(|chosen| chosen.contains(&row.name)),
            row,
        })
    }
}

fn drawn(listing: Listing, place: usize, look: Look) -> AnyView {
    let Look { row, is_tab_stop, is_current, is_chosen } = look;
    let store = listing.store;
    let tabindex = if is_tab_stop { "0" } else { "-1" };
    let shown = shown_name(&row.name);
    let (opened, picked, toggled) = (row.name.clone(), row.name.clone(), row.name.clone());
    let radios = state_radios(StateChoice {
        group: format!("state-{place}"),
        label: format!("State of {shown}"),
        offered: &ToolState::ALL,
        state: row.state,
        in_words: false,
        is_tab_stop,
        on_pick: Callback::new(move |state| set(store, &picked, state)),
    });
    let toggle = move |_| {
        listing.chosen.update(|chosen| match chosen.iter().position(|name| *name == toggled) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(toggled.clone()),
        });
    };
    let held = rules_and_limits(row.holdings.conditional(), row.holdings.limits);
    view! {
        <div class="tool-row" class:is-shown=is_current>
            <div class="row-name">
                <input
                    type="checkbox"
                    tabindex=tabindex
                    aria-label=format!("Choose {shown}")
                    prop:checked=is_chosen
                    on:change=toggle
                />
                <button
                    type="button"
                    class="tool-name"
                    id=format!("{HANDLE}{place}")
                    tabindex=tabindex
                    title=title(&row)
                    aria-current=is_current.then_some("true")
                    on:click=move |_| store.select_tool(Target::Tool(opened.clone()))
                >
                    {shown}
                </button>
                {row.drift.map(|word| view! { <span class="drift-word">{word}</span> }.into_any())}
                {found(row.findings)}
            </div>
            {badge(store, &row, tabindex)}
            <div class="row-states">
                {radios} <span class="held">{state_word(row.state)} " " <span class="counts">{held}</span></span>
            </div>
        </div>
    }
    .into_any()
}

/// What there is to say of a tool beyond its row.
fn title(row: &ToolRow) -> String {
    let servers: Vec<&str> = row.servers.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let mut title = shown_name(&row.name);
    if !servers.is_empty() {
        title.push_str(", of ");
        title.push_str(&servers.join(", "));
    }
    title
}

fn found(findings: usize) -> Option<AnyView> {
    let words = match findings {
        0 => return None,
        1 => "1 finding".to_owned(),
        several => format!("{several} findings"),
    };
    Some(
        view! { <span class="finding-count" role="img" aria-label=words.clone() title=words>"▲"</span> }
            .into_any(),
    )
}

/// Bars and words, with who says so; they lead to the tool's own page.
fn badge(store: Store, row: &ToolRow, tabindex: &'static str) -> AnyView {
    let words = row.risk.in_words();
    let label = format!("About {}: {words}", shown_name(&row.name));
    let name = row.name.clone();
    view! {
        <button
            type="button"
            class="badge risk-of"
            tabindex=tabindex
            aria-label=label
            title=words
            on:click=move |_| store.look_closely(Some(name.clone()))
        >
            {bars_view(&row.risk)} {row.risk.label()}
        </button>
    }
    .into_any()
}

/// Bars of four: how grave it would be to call the tool without a thought. The words beside them say the same.
pub(super) fn bars_view(risk: &Risk) -> AnyView {
    let class = format!("bars bars-{}", bars(risk.level));
    view! { <span class=class aria-hidden="true"><i></i><i></i><i></i><i></i></span> }.into_any()
}
