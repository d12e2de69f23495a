//! The head of the page: its name, its promise, its colours.

use leptos::prelude::*;

use crate::platform::theme;

/// The name, what leaves the page (nothing), and the choice of light or dark.
#[component]
pub fn Header() -> impl IntoView {
    let colours = expect_context::<RwSignal<String>>();
    let chosen = move |event| {
        let choice = event_target_value(&event);
        theme::choose(&choice);
        colours.set(choice);
    };
    let options = theme::CHOICES
        .map(|(value, label)| view! { <option value=value selected=move || colours.get() == value>{label}</option> });
    view! {
        <header class="head">
            <a class="skip" href="#policy">"Skip to the policy"</a>
            <a class="skip" href="#dry-run">"Skip to the dry run"</a>
            <h1>"Gatewright"</h1>
            <p class="lead">
                "A policy for one tool, and an agent stuck in a loop. Change the 10 and watch."
            </p>
            <p class="promise">"Nothing leaves this page."</p>
            <label class="theme">
                "Theme " <select on:change=chosen>{options}</select>
            </label>
        </header>
    }
}
