//! The head of the page: its name, its promise, its colours.

use leptos::prelude::*;

use super::Pane;
use crate::model::traffic::Traffic;
use crate::platform::theme;
use crate::store::Store;

/// The name, what leaves the page (nothing), and the choice of light or dark.
#[component]
pub fn Header() -> impl IntoView {
    let store = expect_context::<Store>();
    let pane = expect_context::<RwSignal<Pane>>();
    let colours = expect_context::<RwSignal<String>>();
    let chosen = move |event| {
        let choice = event_target_value(&event);
        theme::choose(&choice);
        colours.set(choice);
    };
    let lead = move || {
        let untouched = store.history().with(|history| history.last_done().is_none());
        if untouched && store.traffic().with(|traffic| matches!(traffic, Traffic::Loop(_))) {
            "A policy for one tool, and an agent stuck in a loop. Change the 10 and watch."
        } else {
            "See what a policy does to a sequence of tool calls, and why."
        }
    };
    let options = theme::CHOICES.map(|(value, label)| view! { <option value=value>{label}</option> });
    view! {
        <header class="head">
            <a class="skip" href="#policy" on:click=move |_| pane.set(Pane::Policy)>"Skip to the policy"</a>
            <a class="skip" href="#dry-run" on:click=move |_| pane.set(Pane::DryRun)>"Skip to the dry run"</a>
            <h1>"Gatewright"</h1>
            <p class="lead">{lead}</p>
            <p class="promise">"Nothing leaves this page."</p>
            <label class="theme">
                "Theme " <select prop:value=move || colours.get() on:change=chosen>{options}</select>
            </label>
        </header>
    }
}
