//! The run in one sentence, always first.

use std::time::Duration;

use leptos::prelude::*;

use crate::store::Store;

/// How long the sentence must stand before it is read out.
const SETTLED: Duration = Duration::from_secs(1);

/// The verdict sentence, and the same for screen readers once it has settled.
#[component]
pub fn VerdictPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let words = Memo::new(move |_| match store.run() {
        Some(run) => run.run.summary.in_words(),
        None => "No run: there is no valid policy, or too many calls.".to_owned(),
    });
    let stale = move || store.document().with(|document| !document.diagnostics().is_empty());
    let (announced, announce) = signal(String::new());
    let mut pending: Option<TimeoutHandle> = None;
    Effect::new(move |first: Option<()>| {
        let words = words.get();
        if let Some(pending) = pending.take() {
            pending.clear();
        }
        if first.is_some() {
            pending = set_timeout_with_handle(move || announce.set(words), SETTLED).ok();
        }
    });
    view! {
        <p class="verdict" class:stale=stale>{move || words.get()}</p>
        <p class="visually-hidden" aria-live="polite">{move || announced.get()}</p>
    }
}
