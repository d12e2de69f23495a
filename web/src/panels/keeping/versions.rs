//! Earlier versions of the document: compared, and put back.

use leptos::prelude::*;

use crate::model::drafts::{SnapshotEntry, when};
use crate::platform::clock;
use crate::store::Store;

/// The list, the newest first.
pub fn versions(store: Store) -> AnyView {
    let rows = move || store.snapshots().get().into_iter().map(|entry| row(store, entry)).collect_view();
    let empty = move || {
        store.snapshots().with(Vec::is_empty).then(|| {
            view! { <p class="hint">"None yet. A version is kept about once a minute while you change the document."</p> }
        })
    };
    view! {
        <p class="hint">
            "The last 30 are kept: one a minute, and one before another document or version is opened. Restoring is a \
            step that Undo takes back."
        </p>
        <ul class="documents">{rows}</ul>
        {empty}
    }
    .into_any()
}

fn row(store: Store, SnapshotEntry { at, why }: SnapshotEntry) -> AnyView {
    let name = when(at, clock::instant());
    let restore = move |_| {
        store.restore_snapshot(at);
        store.dialog.set(None);
    };
    let (restore_label, compare_label) = (format!("Restore {name}"), format!("Compare with {name}"));
    view! {
        <li>
            <span class="what"><strong>{name}</strong> " " <span class="hint">{why}</span></span>
            <button type="button" aria-label=compare_label on:click=move |_| store.compare_snapshot(at)>"Compare"</button>
            <button type="button" aria-label=restore_label on:click=restore>"Restore"</button>
        </li>
    }
    .into_any()
}
