//! The head of the page: its name, its promise, its colours.

use leptos::prelude::*;

use crate::model::traffic::Traffic;
use crate::model::view::Pane;
use crate::platform::{screen, theme};
use crate::store::Store;

/// The name, what leaves the page (nothing), and the choice of light or dark.
#[component]
pub fn Header() -> impl IntoView {
    let store = expect_context::<Store>();
    let colours = expect_context::<RwSignal<String>>();
    let chosen = move |event| {
        let choice = event_target_value(&event);
        theme::choose(&choice);
        colours.set(choice);
    };
    let skip = move |id: &'static str, pane, label| {
        let skipped = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            store.look(|view| view.pane = pane);
            // A narrow screen shows the pane with the next frame; what is hidden takes no focus.
            request_animation_frame(move || screen::focus(id));
        };
        view! { <a class="skip" href=format!("#{id}") on:click=skipped>{label}</a> }
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
            {skip("tools", Pane::Tools, "Skip to the tools")}
            {skip("policy", Pane::Policy, "Skip to the policy")}
            {skip("dry-run", Pane::DryRun, "Skip to the dry run")}
            <h1>"Gatewright"</h1>
            <p class="lead">{lead}</p>
            <p class="promise">"Nothing leaves this page."</p>
            <label class="theme">
                "Theme " <select prop:value=move || colours.get() on:change=chosen>{options}</select>
            </label>
        </header>
    }
}
