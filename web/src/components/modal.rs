//! What stands in front of the page: the browser's own dialog, which keeps the focus and gives it back.

use leptos::html::Dialog;
use leptos::prelude::*;

use crate::platform::screen;

/// A dialog that is there for as long as its owner shows it. Escape and its button call `on_close`.
#[component]
pub fn Modal(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Called when it is to be put away.
    on_close: Callback<()>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            screen::show_modal(&dialog);
        }
    });
    // The browser tells that it has closed a dialog only after the next key; that it is about to, it tells at once.
    let cancelled = move |event: leptos::ev::Event| {
        if screen::is_its_own(&event) {
            event.prevent_default();
            screen::close(&event);
            on_close.run(());
        }
    };
    let closed = move |event: leptos::ev::Event| {
        if screen::is_on_page(&event) {
            on_close.run(());
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class="modal"
            aria-labelledby="modal-title"
            on:cancel=cancelled
            on:close=closed
        >
            <div class="modal-head">
                <h2 id="modal-title">{title}</h2>
                <button type="button" class="quiet" on:click=move |_| on_close.run(())>"Close"</button>
            </div>
            <div class="modal-body">{children()}</div>
        </dialog>
    }
}
