//! Tools that are not as they were pinned: what became of each, what the policy decides of it, and the way to pin them
//! as they are now.

use gatewright_core::tool::drift::Change;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use crate::components::prose;
use crate::model::drift::{Drift, drifts};
use crate::model::view::Dialog;
use crate::platform::screen;
use crate::store::Store;

/// The name in the page of what stands above the changes.
const LEAD: &str = "drift-lead";
/// So many changes of a server are told one by one.
const MOST: usize = 200;

/// A line above the list of tools for each server that lists others than it did.
pub(super) fn notes(store: Store) -> AnyView {
    let drifts = drifts_of(store);
    let lines = move || {
        drifts.with(|drifts| {
            let line = |drift: &Drift| {
                view! { <p>{format!("{}: {}", server_name(&drift.server), drift.summary)}</p> }.into_any()
            };
            let lines: Vec<AnyView> = drifts.iter().map(line).collect();
            (!lines.is_empty()).then(|| {
                let review = move |_| store.dialog.set(Some(Dialog::Drift));
                view! {
                    <div class="drifted">
                        {lines} <button type="button" on:click=review>"See what changed"</button>
                    </div>
                }
                .into_any()
            })
        })
    };
    view! { {lines} }.into_any()
}

/// Every change, server by server, with the button that pins the list as it is.
pub fn drift(store: Store) -> AnyView {
    let drifts = drifts_of(store);
    let servers = move || {
        drifts.with(|drifts| {
            if drifts.is_empty() {
                return view! { <p>"Every tool is as it was pinned."</p> }.into_any();
            }
            let servers: Vec<AnyView> = drifts.iter().map(|drift| server(store, drift)).collect();
            servers.into_any()
        })
    };
    view! {
        <p class="hint" id=LEAD tabindex="-1">
            "A server's list is pinned as it is first imported. A definition that changes later changes what an agent reads, \
            while the policy goes by the name: look at it before you pin it."
        </p>
        {servers}
    }
    .into_any()
}

fn drifts_of(store: Store) -> Memo<Vec<Drift>> {
    Memo::new(move |_| {
        store.inventory().with(|inventory| store.shown().with(|shown| drifts(inventory, &shown.0)))
    })
}

fn server(store: Store, drift: &Drift) -> AnyView {
    let rows: Vec<AnyView> = drift.changes.iter().take(MOST).map(|change| row(store, change)).collect();
    let more = drift
        .changes
        .len()
        .checked_sub(MOST)
        .filter(|left| *left > 0)
        .map(|left| view! { <li class="hint">{format!("And {left} more.")}</li> }.into_any());
    let name = drift.server.clone();
    let shown = server_name(&name);
    let label = format!("Pin the list of {shown} as it is now");
    let pin = move |_| {
        store.pin_server(&name);
        // The button goes with the list.
        screen::focus(LEAD);
    };
    view! {
        <section class="drift">
            <h3>{shown}</h3>
            <p>{drift.summary.clone()}</p>
            <ul class="evidence">{rows} {more}</ul>
            <p><button type="button" class="primary" aria-label=label on:click=pin>"Pin the list as it is now"</button></p>
        </section>
    }
    .into_any()
}

fn row(store: Store, change: &Change) -> AnyView {
    let name = change.tool.clone();
    let about = change.later.is_some().then(|| {
        let label = format!("About {}", shown_name(&name));
        let open = move |_| {
            store.dialog.set(None);
            store.look_closely(Some(name.clone()));
        };
        view! { " " <button type="button" class="quiet" aria-label=label on:click=open>"About"</button> }
            .into_any()
    });
    view! { <li>{prose(&change.in_words())} {about}</li> }.into_any()
}

/// What became of a tool since it was pinned, on its own page.
pub(super) fn of_tool(store: Store, name: String) -> AnyView {
    let told = move || {
        let changes = store
            .inventory()
            .with(|inventory| store.shown().with(|shown| drifts(inventory, &shown.0)))
            .into_iter()
            .flat_map(|drift| drift.changes);
        let rows: Vec<AnyView> = changes
            .filter(|change| change.tool == name)
            .map(|change| view! { <li>{prose(&change.in_words())}</li> }.into_any())
            .collect();
        (!rows.is_empty()).then(|| {
            let review = move |_| {
                store.look_closely(None);
                store.dialog.set(Some(Dialog::Drift));
            };
            view! {
                <section>
                    <h3>"Not as pinned"</h3>
                    <ul class="evidence">{rows}</ul>
                    <p><button type="button" on:click=review>"See all that changed"</button></p>
                </section>
            }
            .into_any()
        })
    };
    view! { {told} }.into_any()
}

/// The summaries of what an import would change of servers that are there, before it is taken.
pub(super) fn summaries(
    store: Store,
    imported: &gatewright_core::import::tools::ImportedTools,
) -> Vec<String> {
    let names: Vec<&str> = imported.servers.iter().map(|server| server.name.as_str()).collect();
    let after = store.inventory().with_untracked(|inventory| inventory.with(imported));
    let found = store.shown().with_untracked(|shown| drifts(&after, &shown.0));
    let told = found.into_iter().filter(|drift| names.contains(&drift.server.as_str()));
    told.map(|drift| format!("{}: {}", server_name(&drift.server), drift.summary)).collect()
}

fn server_name(name: &str) -> String {
    if name.is_empty() { "A server without a name".to_owned() } else { shown_name(name) }
}
