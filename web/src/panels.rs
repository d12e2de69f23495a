//! The page's panels: they know the store, and own the labels.

pub mod attacks;
pub mod calls;
pub mod compare;
pub mod convert;
pub mod counting;
pub mod dialogs;
pub mod findings;
pub mod header;
pub mod json;
pub mod keeping;
pub mod notice;
pub mod open_policy;
pub mod palette;
pub mod policy;
pub mod proposal;
pub mod recommend;
pub mod rules;
pub mod shortcuts;
pub mod starts;
pub mod templates;
pub mod tests;
pub mod timeline;
pub mod tools;
pub mod trace;
pub mod traffic;
pub mod verdict;
pub mod what_if;
pub mod words;

use leptos::prelude::*;

use crate::components::{Move, Parts};
use crate::model::view::Pane;
use crate::platform::{address, files, keys, theme};
use crate::store::Store;

/// The whole page. It is built out of sight: `whole` is called once it can be shown.
#[component]
pub fn Page(whole: impl FnOnce() + 'static) -> impl IntoView {
    let store = Store::new();
    provide_context(store);
    // A link may say what to look at.
    store.begin_at(&address::fragment());
    address::watch(move |fragment| store.follow(fragment));
    store.keep();
    store.run_far();
    let pane = Memo::new(move |_| store.view().with(|view| view.pane));
    shortcuts::listen(store);
    provide_context(tests::TestRun::new(store));
    provide_context(timeline::LaneDesk::new(store));
    let colours = RwSignal::new(theme::stored());
    provide_context(colours);
    let (dragging, set_dragging) = signal(false);
    let dragged = move |event: leptos::ev::DragEvent| {
        if files::brings_files(&event) {
            event.prevent_default();
            set_dragging.set(true);
        }
    };
    let dropped = move |event: leptos::ev::DragEvent| {
        if files::brings_files(&event) {
            event.prevent_default();
            set_dragging.set(false);
            if let Some(file) = files::dropped(&event) {
                store.bring_file(file);
            }
        }
    };
    let tab = move |this: Pane, label: &'static str| {
        view! {
            <button
                type="button"
                aria-pressed=move || (pane.get() == this).to_string()
                on:click=move |_| store.look(|view| view.pane = this)
            >
                {label}
            </button>
        }
    };
    let parts = Parts::build(10, whole);
    let head = || view! { <header::Header /> <keeping::Banners /> <notice::NoticePanel /> }.into_any();
    let verdict = || view! { <verdict::VerdictPanel /> <traffic::log::TakenNote /> }.into_any();
    let calls_to_try = || view! { <traffic::TrafficPanel /> }.into_any();
    let lanes = || view! { <timeline::TimelinePanel /> }.into_any();
    let trace = || view! { <trace::TracePanel /> }.into_any();
    let other_runs = || view! { <counting::CountingPanel /> <what_if::WhatIfPanel /> }.into_any();
    let calls = || view! { <calls::CallsPanel /> <attacks::AttacksPanel /> }.into_any();
    let dialogs = || {
        view! { <open_policy::OpenPolicyDialog /> <dialogs::Dialogs /> <tools::import::ImportToolsDialog /> <tools::about::AboutTool /> }
            .into_any()
    };
    view! {
        <div
            class="shell"
            class:dragging=dragging
            data-pane=move || pane.get().word()
            on:dragover=dragged
            on:dragleave=move |_| set_dragging.set(false)
            on:drop=dropped
            on:keydown=move |event| travel_by_key(store, &event)
        >
            {parts.part(1, head)}
            <main>
                <section id="tools" class="column tools-column" aria-labelledby="tools-title" tabindex="-1">
                    {parts.part(2, || view! { <tools::ToolsPanel /> }.into_any())}
                </section>
                <section id="policy" class="column policy-column" aria-labelledby="policy-title" tabindex="-1">
                    {parts.part(3, || view! { <policy::PolicyPanel /> }.into_any())}
                </section>
                <section
                    id="dry-run"
                    class="column run-column"
                    aria-labelledby="run-title"
                    tabindex="-1"
                    on:keydown=move |event| step_by_key(store, &event)
                >
                    <h2 id="run-title">"Dry run"</h2>
                    {parts.part(4, verdict)}
                    {parts.part(5, calls_to_try)}
                    {parts.part(6, lanes)}
                    {parts.part(7, trace)}
                    {parts.part(8, other_runs)}
                    {parts.part(9, calls)}
                </section>
            </main>
            <nav class="panes" aria-label="Panes">{tab(Pane::Tools, "Tools")} {tab(Pane::Policy, "Policy")} {tab(Pane::DryRun, "Dry run")}</nav>
            {parts.part(10, dialogs)}
            <p class="visually-hidden" aria-live="polite">{move || store.announced().get()}</p>
            <div class="drop-hint" aria-hidden="true">"Drop a log or a policy: it is read here and sent nowhere."</div>
        </div>
    }
}

/// Ctrl+Z and Ctrl+Y (or Shift+Ctrl+Z) go over the history, from anywhere but a field that is typed into.
fn travel_by_key(store: Store, event: &leptos::ev::KeyboardEvent) {
    if keys::is_typing(event) || !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return;
    }
    match (event.key().as_str(), event.shift_key()) {
        ("z" | "Z", false) => store.undo(),
        ("y" | "Y", false) | ("z" | "Z", true) => store.redo(),
        _ => return,
    }
    event.prevent_default();
}

/// N and P go to the next and the previous denial, from anywhere in the dry run but a text field.
fn step_by_key(store: Store, event: &leptos::ev::KeyboardEvent) {
    if keys::is_typing(event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let step = match event.key().as_str() {
        "n" | "N" => Move::NextDenial,
        "p" | "P" => Move::PreviousDenial,
        _ => return,
    };
    event.prevent_default();
    make_move(store, step);
}

/// Selects the call that a step leads to.
fn make_move(store: Store, step: Move) {
    let Some(run) = untrack(move || store.run()) else { return };
    let here = store.selected().get_untracked();
    let target = match step {
        Move::To(index) => Some(index),
        Move::PreviousDenial => run.run.previous_denial(here),
        Move::NextDenial => run.run.next_denial(Some(here)),
    };
    if let Some(target) = target {
        store.select(target);
    }
}
