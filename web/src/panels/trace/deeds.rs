//! What can be done about a call that was judged.

use std::sync::Arc;

use gatewright_core::answer::denial_line;
use gatewright_core::{Decision, Verdict};
use leptos::prelude::*;

use crate::model::document::GoodVersion;
use crate::model::dry_run::{Explained, request_line, twice_the_max};
use crate::store::Store;

/// The way to the rule, while the text is the version that was run.
pub(super) fn rule_button(store: Store, version: Arc<GoodVersion>, verdict: &Verdict) -> Option<AnyView> {
    let pointer = verdict.pointer.clone()?;
    let line = version.line_of(&pointer)?;
    let go = move |_| store.go_to(&version, &pointer);
    let button = view! {
        <Show when=move || store.is_valid()>
            <button type="button" class="primary" on:click=go.clone()>{format!("Go to line {line}")}</button>
        </Show>
    };
    Some(button.into_any())
}

/// Twice as much, where a limit refused: an edit like any other. Where nothing is pinned, the policy as it was is, so that
/// what changes is told.
pub(super) fn more_button(store: Store, version: &GoodVersion, verdict: &Verdict) -> Option<AnyView> {
    let (place, max) = twice_the_max(version, verdict)?;
    let name = verdict.quota.as_ref().map(|quota| quota.counter.clone()).unwrap_or_default();
    let words = max.clone();
    let try_it = move |_| {
        if untrack(move || store.what_if().get()).is_none() {
            store.pin();
        }
        let edits = store.document().with_untracked(|document| document.parsed().source.set(&place, &max));
        store.amend(format!("{name}: max {max}"), edits);
    };
    let button = view! {
        <Show when=move || store.is_valid()>
            <button type="button" on:click=try_it.clone()>{format!("Try max {words}")}</button>
        </Show>
    };
    Some(button.into_any())
}

/// The way to the first call that is made once this one would pass.
pub(super) fn later_button(store: Store, explained: &Explained) -> Option<AnyView> {
    let at = explained.verdict.retry_at?;
    let call = store.run()?.first_call_from(explained.index, at)?;
    let label = format!("Go to {} UTC", at.time_of_day());
    Some(view! { <button type="button" on:click=move |_| store.select(call)>{label}</button> }.into_any())
}

/// A call of the run as it goes over the wire; nothing where its arguments were not recorded.
pub fn request_of(store: Store, index: usize) -> Option<String> {
    let run = untrack(move || store.run())?;
    request_line(&run.calls.get(index)?, index)
}

/// The call and its answer, as they go over the wire.
pub(super) fn copy_buttons(store: Store, explained: &Explained) -> AnyView {
    let index = explained.index;
    let copy_call = request_of(store, index).map(|line| {
        view! { <button type="button" on:click=move |_| store.copy("the call", &line)>"Copy as JSON-RPC"</button> }
            .into_any()
    });
    let id = (index + 1).to_string();
    let is_denied = explained.verdict.decision == Decision::Deny;
    let answer = is_denied.then(|| denial_line(&id, &explained.verdict, false));
    let copy_answer = answer.map(|line| {
        view! { <button type="button" on:click=move |_| store.copy("what the agent sees", &line)>"Copy what the agent sees"</button> }
            .into_any()
    });
    view! { {copy_answer} {copy_call} }.into_any()
}
