//! The rules and limits of what is selected, as controls.

use leptos::prelude::*;

/// The rules and limits of what is selected.
#[component]
pub fn RulesPanel() -> impl IntoView {
    view! { <div class="rules"></div> }
}
