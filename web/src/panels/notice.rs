//! Why something was not done.

use leptos::prelude::*;

use crate::store::Store;

/// The last refusal.
#[component]
pub fn NoticePanel() -> impl IntoView {
    let store = expect_context::<Store>();
    view! { <p class="notice" role="status">{move || store.calls_error().or_else(|| store.notice().get())}</p> }
}
