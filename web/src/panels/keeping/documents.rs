//! The documents in this browser: opened, deleted and brought back.

use leptos::prelude::*;

use crate::model::drafts::{Draft, SaveState, when};
use crate::platform::{clock, screen};
use crate::store::Store;

/// The list, and below it what was deleted lately.
pub fn documents(store: Store) -> AnyView {
    let there = Memo::new(move |_| {
        store
            .drafts()
            .with(|drafts| drafts.iter().filter(|draft| draft.deleted.is_none()).cloned().collect::<Vec<_>>())
    });
    let gone = Memo::new(move |_| {
        store
            .drafts()
            .with(|drafts| drafts.iter().filter(|draft| draft.deleted.is_some()).cloned().collect::<Vec<_>>())
    });
    let new = move |_| {
        store.new_document();
        store.dialog.set(None);
    };
    let rows = move || there.get().into_iter().map(|draft| row(store, draft)).collect_view();
    let empty = move || {
        let refused = store.save_state().with(|state| matches!(state, SaveState::Refused(_)));
        (there.with(Vec::is_empty) && !refused).then(|| {
            view! { <p class="hint">"None yet. A document is kept here from its first change on."</p> }
        })
    };
    let deleted = move || {
        let gone = gone.get();
        (!gone.is_empty()).then(|| {
            let rows = gone.into_iter().map(|draft| gone_row(store, draft)).collect_view();
            view! {
                <h3>"Deleted in the last 30 days"</h3>
                <ul class="documents">{rows}</ul>
            }
        })
    };
    view! {
        <p class="hint">"They are kept in this browser, on this machine, and sent nowhere. A browser may clear what it keeps, so export what \
            must last."</p>
        <ul class="documents">{rows}</ul>
        {empty}
        {deleted}
        <p><button type="button" id="new-document" on:click=new>"New document"</button></p>
    }
    .into_any()
}

fn row(store: Store, draft: Draft) -> AnyView {
    let Draft { id, name, saved, .. } = draft;
    let is_current =
        store.current_draft().with(|current| current.as_ref().is_some_and(|current| current.id == id));
    let is_elsewhere = store.elsewhere().with(|elsewhere| elsewhere.contains(&id));
    let state = match (is_current, is_elsewhere) {
        (true, _) => " · open here",
        (false, true) => " · open in another tab",
        (false, false) => "",
    };
    let told = format!("saved {}{state}", when(saved, clock::instant()));
    let (opened, deleted) = (id.clone(), id);
    let open = move |_| {
        store.open_draft(opened.clone());
        store.dialog.set(None);
    };
    let delete = move |_| {
        store.delete_draft(deleted.clone());
        // The row goes; what comes next in the dialog is always there.
        screen::focus("new-document");
    };
    let (open_label, delete_label) = (format!("Open {name}"), format!("Delete {name}"));
    view! {
        <li aria-current=is_current.then_some("true")>
            <span class="what"><strong>{name}</strong> " " <span class="hint">{told}</span></span>
            <button type="button" aria-label=open_label aria-disabled=(is_current || is_elsewhere).to_string() on:click=open>
                "Open"
            </button>
            <button type="button" aria-label=delete_label aria-disabled=is_elsewhere.to_string() on:click=delete>
                "Delete"
            </button>
        </li>
    }
    .into_any()
}

fn gone_row(store: Store, draft: Draft) -> AnyView {
    let label = format!("Bring {} back", draft.name);
    let id = draft.id;
    let back = move |_| {
        store.bring_back(id.clone());
        screen::focus("new-document");
    };
    view! {
        <li>
            <span class="what">{draft.name}</span>
            <button type="button" aria-label=label on:click=back>"Bring back"</button>
        </li>
    }
    .into_any()
}
