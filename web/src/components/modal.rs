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
    view! {
        <dialog node_ref=dialog class="modal" aria-labelledby="modal-title" on:close=move |_| on_close.run(())>
            <div class="modal-head">
                <h2 id="modal-title">{title}</h2>
                <button type="button" class="quiet" on:click=move |_| on_close.run(())>"Close"</button>
            </div>
            <div class="modal-body">{children()}</div>
        </dialog>
    }
}
