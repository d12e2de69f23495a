//! The document on the page: its name, whether it is saved, and where it can go.

pub mod documents;
pub mod export;
mod languages;
pub mod share;
pub mod versions;

use leptos::prelude::*;

use crate::model::drafts::{self, SaveState};
use crate::model::view::Dialog;
use crate::platform::{clock, screen};
use crate::store::Store;

/// The document's name and its menu, its state, and the ways to hand it on.
#[component]
pub fn DocumentBar() -> impl IntoView {
    let store = expect_context::<Store>();
    let renamed = move |event| store.rename(drafts::tidy_name(&event_target_value(&event)));
    // Each ends the menu, as the browser does it.
    let item = move |label: &'static str, act: fn(Store)| {
        view! {
            <button type="button" popovertarget="document-menu" popovertargetaction="hide" on:click=move |_| act(store)>
                {label}
            </button>
        }
        .into_any()
    };
    let opens = move |label: &'static str, dialog: Dialog| {
        view! { <button type="button" on:click=move |_| store.dialog.set(Some(dialog))>{label}</button> }
            .into_any()
    };
    view! {
        <div class="document">
            <button type="button" id="document-name" popovertarget="document-menu" aria-haspopup="dialog">
                <span class="visually-hidden">"Document: "</span>
                <span class="name">{move || store.name().get()}</span>
                <span aria-hidden="true">" ▾"</span>
            </button>
            <div id="document-menu" class="menu" popover="auto" role="dialog" aria-label="Document">
                <label class="field">
                    <span>"Name"</span>
                    <input
                        type="text"
                        maxlength="80"
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=move || store.name().get()
                        on:change=renamed
                    />
                </label>
                {item("New document", Store::new_document)}
                {item("Open a file…", Store::open_file)}
                <button
                    type="button"
                    id="save-file"
                    popovertarget="document-menu"
                    popovertargetaction="hide"
                    on:click=move |_| store.save_file(false)
                >
                    "Save to a file"
                    <kbd>"Ctrl S"</kbd>
                </button>
                {item("Save as another file…", |store| store.save_file(true))}
                {item("Documents in this browser…", |store| store.dialog.set(Some(Dialog::Documents)))}
                {item("Earlier versions…", |store| store.dialog.set(Some(Dialog::Snapshots)))}
                {item("Export…", |store| store.dialog.set(Some(Dialog::Export)))}
            </div>
            <Saved />
        </div>
        <div class="hand-on">{opens("Share", Dialog::Share)} {opens("Export", Dialog::Export)}</div>
    }
}

/// Whether the document is kept. Only what would be lost is read out.
#[component]
fn Saved() -> impl IntoView {
    let store = expect_context::<Store>();
    let refused = Memo::new(move |_| store.save_state().with(|state| matches!(state, SaveState::Refused(_))));
    let words = move || {
        let words = store.save_state().with(|state| state.in_words(clock::instant()));
        match store.file() {
            Some((name, true)) => format!("{words} · {name} is up to date"),
            Some((name, false)) => format!("{words} · {name} has not these changes"),
            None => words,
        }
    };
    view! {
        {move || {
            if refused.get() {
                view! { <p class="saved bad" role="alert">{words}</p> }.into_any()
            } else {
                view! { <p class="saved">{words}</p> }.into_any()
            }
        }}
    }
}

/// What a person is to know of the document as a whole: that it is somebody else's, or that the page has a new version.
#[component]
pub fn Banners() -> impl IntoView {
    let store = expect_context::<Store>();
    let shared = Memo::new(move |_| store.save_state().with(|state| *state == SaveState::Shared));
    let keep = move |_| {
        store.keep_copy();
        screen::focus("document-name");
    };
    let leave = move |_| {
        store.leave_shared();
        screen::focus("document-name");
    };
    let shared = move || {
        shared.get().then(|| {
            let name = store.name().get_untracked();
            view! {
                <section class="banner" aria-label="Shared document">
                    <p>
                        "You look at " <strong>{name}</strong>
                        ", which somebody shared. Your own documents are as they were. A change makes it a copy of your own."
                    </p>
                    <button type="button" class="primary" on:click=keep>"Keep a copy"</button>
                    <button type="button" on:click=leave>"Back to my work"</button>
                </section>
            }
        })
    };
    let update = move || {
        store.update_is_ready().get().then(|| {
            view! {
                <section class="banner" aria-label="New version">
                    <p role="status">"New version ready."</p>
                    <button type="button" on:click=move |_| store.use_update()>"Reload"</button>
                </section>
            }
        })
    };
    view! {
        {shared}
        {update}
    }
}
