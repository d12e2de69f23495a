//! The selected row on the clipboard: as it goes over the wire, as a link, as a test.

use gatewright_core::amount::count;
use leptos::prelude::*;

use crate::panels::tests;
use crate::panels::trace::request_of;
use crate::store::Store;

/// What the selected call can be copied as.
pub fn menu(store: Store) -> AnyView {
    let number = move || count(store.selected().get() + 1);
    let as_request = move |_| match request_of(store, store.selected().get_untracked()) {
        Some(line) => store.copy("the call", &line),
        None => store.say("The log does not hold this call's arguments, so it cannot be made again."),
    };
    view! {
        <details class="row-copy">
            <summary>"Copy call " {number}</summary>
            <div class="deeds" role="group" aria-label="Copy the selected call">
                <button type="button" on:click=as_request>"As JSON-RPC"</button>
                <button type="button" on:click=move |_| store.copy_link()>"As a link that selects it"</button>
                <button type="button" on:click=move |_| tests::copy(store)>"As a policy test"</button>
            </div>
        </details>
    }
    .into_any()
}
