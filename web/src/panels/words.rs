//! The policy in English.

use leptos::prelude::*;

/// The policy in English, a sentence for each rule and limit.
#[component]
pub fn WordsPanel() -> impl IntoView {
    view! { <div class="words"></div> }
}
