//! The tools: those that were imported and those that the policy names, each with its state.

use std::sync::Arc;

use gatewright_core::amend::{ToolState, ToolStates};
use gatewright_core::amount::count;
use gatewright_core::policy::DefaultDecision;
use leptos::prelude::*;

use crate::components::{StateChoice, item_list, state_radios};
use crate::model::tool_gestures::{self, state_of_key, state_word};
use crate::model::tool_rows::{Filter, ToolRow, rules_and_limits, tool_rows};
use crate::model::view::{Dialog, Target};
use crate::platform::{keys, screen};
use crate::store::{Shared, Store};

pub mod about;
mod bulk;
pub mod drift;
mod filters;
pub mod import;
mod row;

/// What the parts of the panel share.
#[derive(Clone, Copy)]
struct Listing {
    store: Store,
    rows: Memo<Shared<Vec<ToolRow>>>,
    filter: RwSignal<Filter>,
    /// The numbers of the rows that the filter lets through.
    matching: Memo<Shared<Vec<usize>>>,
    /// The tools that are chosen, to be changed together.
    chosen: RwSignal<Vec<String>>,
    /// The Tab stop, counted among the matching rows.
    current: RwSignal<usize>,
}

impl Listing {
    /// The tool at a place of the list.
    fn row(self, place: usize) -> Option<ToolRow> {
        let number = self.matching.with(|matching| matching.0.get(place).copied())?;
        self.rows.with(|rows| rows.0.get(number).cloned())
    }
}

/// The list of tools.
#[component]
pub fn ToolsPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let rows = Memo::new(move |_| {
        let shown = store.shown().get();
        let findings = store.findings().get();
        let others = store.touched().get();
        let catalogue = store.catalogue().get().0;
        store.inventory().with(|inventory| {
            Shared(Arc::new(tool_rows(&shown.0.source, &findings, inventory, &catalogue, &others)))
        })
    });
    let filter = RwSignal::new(Filter::default());
    let matching = Memo::new(move |_| {
        rows.with(|rows| filter.with(|filter| Shared(Arc::new(filter.matching(&rows.0)))))
    });
    let listing = Listing {
        store,
        rows,
        filter,
        matching,
        chosen: RwSignal::new(Vec::new()),
        current: RwSignal::new(0),
    };
    let total = Memo::new(move |_| rows.with(|rows| rows.0.len()));
    let matched = Memo::new(move |_| matching.with(|matching| matching.0.len()));
    let counted = move || match (matched.get(), total.get()) {
        (_, 0) => String::new(),
        (matched, total) if matched == total => count(total),
        (matched, total) => format!("{} of {}", count(matched), count(total)),
    };
    let list = move || match (total.get(), matched.get()) {
        (0, _) => no_tools(store),
        (_, 0) => no_match(listing),
        _ => item_list(
            "Tools",
            matched.into(),
            screen::tall_row_height(),
            listing.current,
            row::HANDLE,
            Arc::new(move |place| row::row(listing, place)),
        ),
    };
    let has_tools = Memo::new(move |_| store.inventory().with(|inventory| !inventory.is_empty()));
    let recommend = move || {
        has_tools.get().then(|| {
            let open = move |_| store.dialog.set(Some(Dialog::Recommend));
            view! { <button type="button" on:click=open>"Recommend"</button> }.into_any()
        })
    };
    view! {
        <div class="tools-head">
            <h2 id="tools-title">"Tools"</h2>
            <span class="matched" role="status">{counted}</span>
            {recommend}
            <button type="button" on:click=move |_| store.dialog.set(Some(Dialog::ImportTools))>"Import"</button>
        </div>
        {drift::notes(store)}
        {add_by_name(listing)}
        {filters::filters(listing)}
        {pinned(store)}
        {bulk::bulk(listing)}
        <div class="tool-rows" on:keydown=move |event| press(listing, &event)>{list}</div>
    }
}

/// A letter sets the state of the tool that has the focus.
fn press(listing: Listing, event: &leptos::ev::KeyboardEvent) {
    if keys::is_typing(event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let row = untrack(|| listing.row(listing.current.get()));
    if let (Some(state), Some(row)) = (state_of_key(&event.key()), row) {
        event.prevent_default();
        // The dry run has a P of its own.
        event.stop_propagation();
        set(listing.store, &row.name, state);
    }
}

/// Sets the state of a tool. What is to have rules of its own, and has none, is shown where they are added.
fn set(store: Store, tool: &str, state: ToolState) -> bool {
    let is_set = store.set_tools(&[tool.to_owned()], state);
    if !is_set && state == ToolState::Custom {
        store.select_tool(Target::Tool(tool.to_owned()));
    }
    is_set
}

fn no_tools(store: Store) -> AnyView {
    let default = move || match default_of(store) {
        DefaultDecision::Allow => "Allow",
        DefaultDecision::Deny => "Deny",
    };
    view! {
        <p class="hint">
            "No tools yet. Paste the answer of tools/list, or add a name by hand. Unlisted tools follow the default: "
            {default} "."
        </p>
        <p><button type="button" on:click=move |_| store.dialog.set(Some(Dialog::ImportTools))>"Paste tools/list"</button></p>
    }
    .into_any()
}

fn no_match(listing: Listing) -> AnyView {
    let clear = move |_| {
        listing.filter.set(Filter::default());
        screen::focus(filters::TEXT);
    };
    view! { <p class="hint">"No tools match. " <button type="button" on:click=clear>"Clear filter"</button></p> }.into_any()
}

fn default_of(store: Store) -> DefaultDecision {
    store.shown().with(|shown| ToolStates::of(&shown.0.source).default_decision())
}

fn states<T>(store: Store, ask: impl FnOnce(&ToolStates<'_>) -> T) -> T {
    store.shown().with(|shown| ask(&ToolStates::of(&shown.0.source)))
}

/// A field for a name that no list brought.
fn add_by_name(listing: Listing) -> AnyView {
    let store = listing.store;
    let name = RwSignal::new(String::new());
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let tool = name.get_untracked().trim().to_owned();
        if tool.is_empty() {
            return;
        }
        let is_there =
            listing.rows.with_untracked(|rows| rows.0.iter().any(|row| row.is_listed && row.name == tool));
        if !is_there {
            let edits = store
                .document()
                .with_untracked(|document| tool_gestures::add_tool(&document.parsed().source, &tool));
            store.amend(format!("{tool}: Allow, added by hand"), edits);
        }
        name.set(String::new());
        store.look(|view| view.target = Target::Tool(tool));
    };
    view! {
        <form class="add-tool" on:submit=add>
            <input
                type="text"
                aria-label="Name of a tool to add and allow"
                placeholder="Add by name"
                autocomplete="off"
                spellcheck="false"
                prop:value=name
                on:input=move |event| name.set(event_target_value(&event))
            />
            <button type="submit">"Add"</button>
        </form>
    }
    .into_any()
}

/// The rows that are always there: tools that are not listed, and all of them together.
fn pinned(store: Store) -> AnyView {
    let unlisted = move || {
        let state = match default_of(store) {
            DefaultDecision::Allow => ToolState::Allow,
            DefaultDecision::Deny => ToolState::Deny,
        };
        state_radios(StateChoice {
            group: "state-unlisted".to_owned(),
            label: "Tools that are not listed".to_owned(),
            offered: &[ToolState::Allow, ToolState::Deny],
            state,
            in_words: true,
            is_tab_stop: true,
            on_pick: Callback::new(move |state| {
                let allow = state == ToolState::Allow;
                store.set_default(if allow { DefaultDecision::Allow } else { DefaultDecision::Deny });
                true
            }),
        })
    };
    let all = move || {
        let (state, own) = states(store, |states| (states.of_all_tools(), states.holdings_of_all_tools()));
        let held = rules_and_limits(own.conditional(), own.limits);
        // What holds for all says nothing of what each may do.
        let word = if state == ToolState::Allow { "each by its own" } else { state_word(state) };
        let radios = state_radios(StateChoice {
            group: "state-all".to_owned(),
            label: "All tools".to_owned(),
            offered: &ToolState::ALL,
            state,
            in_words: false,
            is_tab_stop: true,
            on_pick: Callback::new(move |state| {
                let is_set = store.set_all_tools(state);
                if !is_set && state == ToolState::Custom {
                    store.select_tool(Target::AllTools);
                }
                is_set
            }),
        });
        view! { {radios} <span class="held">{word} " " {held}</span> }.into_any()
    };
    let name = move |target: Target, label: &'static str| {
        let this = target.clone();
        let is_current = move || store.view().with(|view| view.target == this).then_some("true");
        view! {
            <button type="button" class="tool-name" aria-current=is_current on:click=move |_| store.select_tool(target.clone())>
                {label}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="pinned">
            <div class="pinned-row">{name(Target::Unlisted, "Not listed")} <div class="row-states">{unlisted}</div></div>
            <div class="pinned-row">{name(Target::AllTools, "All tools")} <div class="row-states">{all}</div></div>
        </div>
    }
    .into_any()
}

/// The state of the tool that is selected, in words, and what it does: above its rules.
#[component]
pub fn ToolStateRadios() -> impl IntoView {
    let store = expect_context::<Store>();
    let target = Memo::new(move |_| store.view().with(|view| view.target.clone()));
    move || {
        let Target::Tool(name) = target.get() else { return ().into_any() };
        let state = states(store, |states| states.of_tool(&name));
        let effect = what_it_does(store, name.clone());
        let radios = state_radios(StateChoice {
            group: "state-selected".to_owned(),
            label: "State".to_owned(),
            offered: &ToolState::ALL,
            state,
            in_words: true,
            is_tab_stop: true,
            on_pick: Callback::new(move |state| set(store, &name, state)),
        });
        view! { {radios} {effect} }.into_any()
    }
}

/// What the tool does, who says so, and the choice to say otherwise.
fn what_it_does(store: Store, name: String) -> AnyView {
    let words = {
        let name = name.clone();
        move || {
            let risk = store
                .inventory()
                .with(|inventory| store.catalogue().with(|Shared(all)| all.risk_of(&name, inventory)));
            risk.in_words()
        }
    };
    let about = move |_| store.look_closely(Some(name.clone()));
    view! {
        <p class="what-it-does">
            <span>{words} "."</span>
            <button type="button" class="quiet" on:click=about>"About this tool"</button>
            {about::you_say(store)}
        </p>
    }
    .into_any()
}
