//! The head of the page: its name, its promise, its colours.

use leptos::prelude::*;

use super::findings::FindingsButton;
use super::keeping::DocumentBar;
use super::palette::PaletteButton;
use super::starts::Starts;
use super::tests::TestsButton;
use crate::model::drafts::SaveState;
use crate::model::history::TYPING;
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
    let untouched = Memo::new(move |_| {
        let nothing_done = store.history().with(|history| history.last_done().is_none());
        let is_example =
            !store.save_state().with(|state| matches!(state, SaveState::Shared | SaveState::Saved(_)));
        nothing_done && is_example && store.traffic().with(|traffic| matches!(traffic, Traffic::Loop(_)))
    });
    let lead = move || {
        untouched.get().then(|| {
            view! {
                <div class="lead">
                    <p>"A policy for one tool, and an agent stuck in a loop. Change the 10 and watch."</p>
                    <Starts />
                </div>
            }
        })
    };
    let options = theme::CHOICES.map(|(value, label)| view! { <option value=value>{label}</option> });
    view! {
        <header class="head">
            {skip("tools", Pane::Tools, "Skip to the tools")}
            {skip("policy", Pane::Policy, "Skip to the policy")}
            {skip("dry-run", Pane::DryRun, "Skip to the dry run")}
            <h1>"Gatewright"</h1>
            <DocumentBar />
            <UndoRedo />
            <FindingsButton />
            <TestsButton />
            <PaletteButton />
            <p class="promise">"Nothing leaves this page."</p>
            <select class="theme" aria-label="Theme" prop:value=move || colours.get() on:change=chosen>
                {options}
            </select>
        </header>
        {lead}
    }
}

/// The way back over the last step and forward again, each saying what it would undo or do.
#[component]
fn UndoRedo() -> impl IntoView {
    let store = expect_context::<Store>();
    let done = Memo::new(move |_| store.history().with(|history| history.last_done().map(ToOwned::to_owned)));
    let undone =
        Memo::new(move |_| store.history().with(|history| history.last_undone().map(ToOwned::to_owned)));
    // What was done last is read out; what is typed is not.
    Effect::new(move |first: Option<()>| {
        let (done, undone) = (done.get(), undone.get());
        match (undone, done) {
            _ if first.is_none() => {}
            (Some(undone), _) => store.announce(format!("Undone: {undone}")),
            (None, Some(done)) if done != TYPING => store.announce(done),
            _ => {}
        }
    });
    let button = move |word: &'static str, step: Memo<Option<String>>, go: fn(Store)| {
        let name = move || step.get().map_or_else(|| word.to_owned(), |step| format!("{word}: {step}"));
        view! {
            <button
                type="button"
                title=name
                aria-label=name
                aria-disabled=move || step.with(Option::is_none).to_string()
                on:click=move |_| go(store)
            >
                {word}
            </button>
        }
    };
    view! {
        <div class="undo-redo">{button("Undo", done, Store::undo)} {button("Redo", undone, Store::redo)}</div>
    }
}
