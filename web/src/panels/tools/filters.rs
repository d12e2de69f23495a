//! What of the tools is shown.

use gatewright_core::amend::ToolState;
use gatewright_core::risk::{Category, Level, Risk};
use leptos::prelude::*;

use super::Listing;
use crate::model::tool_gestures::{STATES, state_word};
use crate::model::tool_rows::Filter;

/// The name in the page of the field for a part of the name.
pub(super) const TEXT: &str = "tool-filter";

/// The fields of the filter.
pub(super) fn filters(listing: Listing) -> AnyView {
    let Listing { filter, current, .. } = listing;
    let change = move |change: &dyn Fn(&mut Filter)| {
        filter.update(|filter| change(filter));
        current.set(0);
    };
    let states: Vec<(String, String)> =
        STATES.iter().map(|(_, word, ..)| ((*word).to_owned(), (*word).to_owned())).collect();
    let titles = Category::ALL.into_iter().map(Category::title).chain([Risk::UNDECIDED]);
    let titles: Vec<(String, String)> = titles.map(|title| (title.to_owned(), title.to_owned())).collect();
    let state = Signal::derive(move || {
        filter.with(|filter| filter.state.map_or_else(String::new, |state| state_word(state).to_owned()))
    });
    let does = Signal::derive(move || filter.with(|filter| filter.does.unwrap_or("").to_owned()));
    let levels = LEVELS.iter().map(|level| (level.as_str().to_owned(), level.title().to_owned())).collect();
    let level = Signal::derive(move || {
        filter.with(|filter| filter.level.map_or_else(String::new, |level| level.as_str().to_owned()))
    });
    let servers = move || {
        let names: Vec<String> = listing.store.inventory().with(|inventory| {
            inventory
                .servers
                .iter()
                .map(|server| server.name.clone())
                .filter(|name| !name.is_empty())
                .collect()
        });
        (names.len() > 1).then(|| {
            let chosen =
                Signal::derive(move || filter.with(|filter| filter.server.clone().unwrap_or_default()));
            let options = names.into_iter().map(|name| (name.clone(), name)).collect();
            select("Server", options, chosen, move |name| {
                change(&|filter| filter.server = (!name.is_empty()).then(|| name.clone()));
            })
        })
    };
    // Asked for only where there are any.
    let any_drifted = Memo::new(move |_| {
        listing.store.inventory().with(|all| all.servers.iter().any(|server| server.pinned.is_some()))
    });
    let drifted = move || {
        any_drifted.get().then(|| {
            view! {
                <label class="tool-check">
                    <input
                        type="checkbox"
                        prop:checked=move || filter.with(|filter| filter.drifted)
                        on:change=move |event| {
                            let only = event_target_checked(&event);
                            change(&|filter| filter.drifted = only);
                        }
                    />
                    "Not as pinned"
                </label>
            }
            .into_any()
        })
    };
    view! {
        <div class="tool-filters">
            <input
                type="search"
                id=TEXT
                aria-label="Filter tools by name"
                placeholder="Filter"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || filter.with(|filter| filter.text.clone())
                on:input=move |event| {
                    let text = event_target_value(&event);
                    change(&|filter| filter.text.clone_from(&text));
                }
            />
            <details>
                <summary>"More filters"</summary>
                <div class="more-filters">
                    {select("State", states, state, move |word| change(&|filter| filter.state = state_named(&word)))}
                    {select("What it does", titles, does, move |word| change(&|filter| filter.does = title_named(&word)))}
                    {select("Risk", levels, level, move |word| change(&|filter| filter.level = level_named(&word)))}
                    {servers}
                    <label class="tool-check">
                        <input
                            type="checkbox"
                            prop:checked=move || filter.with(|filter| filter.with_findings)
                            on:change=move |event| {
                                let only = event_target_checked(&event);
                                change(&|filter| filter.with_findings = only);
                            }
                        />
                        "With findings"
                    </label>
                    {drifted}
                </div>
            </details>
        </div>
    }
    .into_any()
}

fn select(
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: Signal<String>,
    on_change: impl Fn(String) + 'static,
) -> AnyView {
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(value, read)| {
            let this = value.clone();
            view! { <option value=value prop:selected=move || chosen.with(|chosen| *chosen == this)>{read}</option> }.into_any()
        })
        .collect();
    view! {
        <label class="field">
            <span>{label}</span>
            <select on:change=move |event| on_change(event_target_value(&event))>
                <option value="" prop:selected=move || chosen.with(String::is_empty)>"Any"</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

const LEVELS: [Level; 4] = [Level::Low, Level::Medium, Level::High, Level::Critical];

fn level_named(word: &str) -> Option<Level> {
    LEVELS.into_iter().find(|level| level.as_str() == word)
}

fn state_named(word: &str) -> Option<ToolState> {
    STATES.iter().find(|(_, known, ..)| *known == word).map(|(state, ..)| *state)
}

fn title_named(word: &str) -> Option<&'static str> {
    Category::ALL.into_iter().map(Category::title).chain([Risk::UNDECIDED]).find(|title| *title == word)
}
