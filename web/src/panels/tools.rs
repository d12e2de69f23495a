//! The tools: those that were imported and those that the policy names.

use leptos::prelude::*;

/// The list of tools.
#[component]
pub fn ToolsPanel() -> impl IntoView {
    view! { <h2 id="tools-title">"Tools"</h2> }
}
