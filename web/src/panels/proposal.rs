//! A policy that could stand in place of the one at hand: what would change, line by line, and the button that does it
//! as one step.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use crate::components::noted_diff_view;
use crate::model::text_diff::TextDiff;
use crate::store::Store;

/// What a text changes, with notes to its lines by their numbers, and a button of this label that puts it in place. `then`
/// is done after that.
pub fn proposal(
    store: Store,
    text: Arc<str>,
    notes: BTreeMap<usize, String>,
    (label, step): (&'static str, String),
    then: impl Fn() + 'static,
) -> AnyView {
    let after = Arc::clone(&text);
    let diff = Memo::new(move |_| store.document().with(|document| TextDiff::new(document.text(), &after)));
    let is_same = Memo::new(move |_| diff.with(|diff| diff.hunks.is_empty()));
    let changes = move || {
        if is_same.get() {
            return view! { <p class="hint">"It is the policy on the page."</p> }.into_any();
        }
        diff.with(|diff| view! { <p>{diff.in_words()} "."</p> {noted_diff_view(diff, &notes)} }.into_any())
    };
    let apply = move |_| {
        if !is_same.get_untracked() {
            store.open_policy(step.clone(), &text);
            then();
        }
    };
    view! {
        <div class="proposal">
            {changes}
            <button type="button" class="primary" aria-disabled=move || is_same.get().to_string() on:click=apply>{label}</button>
        </div>
    }
    .into_any()
}
