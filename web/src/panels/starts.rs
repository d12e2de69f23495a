//! Three ways to begin, for as long as nothing was begun.

use leptos::prelude::*;

use crate::model::view::Dialog;
use crate::store::Store;

/// The ways to begin with one's own tools, one's own policy, or a template.
#[component]
pub fn Starts() -> impl IntoView {
    let store = expect_context::<Store>();
    let start = move |label: &'static str, dialog: Dialog| {
        view! { <button type="button" on:click=move |_| store.dialog.set(Some(dialog))>{label}</button> }
    };
    view! {
        <div class="starts">
            {start("Use my tools", Dialog::ImportTools)} {start("Use my policy", Dialog::OpenPolicy)}
            {start("Use a template", Dialog::Templates)}
        </div>
    }
}
