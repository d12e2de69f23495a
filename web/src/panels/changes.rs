//! What was done other than by typing, with the way back; and why something was not done.

use leptos::prelude::*;

use crate::store::Store;

/// The last change with Undo and Redo, and the last refusal.
#[component]
pub fn ChangesPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let done = Memo::new(move |_| store.history().with(|history| history.last_done().map(ToOwned::to_owned)));
    let undone =
        Memo::new(move |_| store.history().with(|history| history.last_undone().map(ToOwned::to_owned)));
    let any = Memo::new(move |_| done.with(Option::is_some) || undone.with(Option::is_some));
    let words = move || match (undone.get(), done.get()) {
        (Some(undone), _) => format!("Undone: {undone}"),
        (None, done) => done.unwrap_or_default(),
    };
    let bar = move || {
        any.get().then(|| {
            view! {
                <div class="changes">
                    <p role="status">{words}</p>
                    <button
                        type="button"
                        aria-disabled=move || done.with(Option::is_none).to_string()
                        on:click=move |_| store.undo()
                    >
                        "Undo"
                    </button>
                    <button
                        type="button"
                        aria-disabled=move || undone.with(Option::is_none).to_string()
                        on:click=move |_| store.redo()
                    >
                        "Redo"
                    </button>
                </div>
            }
        })
    };
    view! {
        {bar}
        <p class="notice" role="status">{move || store.calls_error().or_else(|| store.notice().get())}</p>
    }
}
