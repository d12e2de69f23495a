//! The run in one sentence, always first.

use std::time::Duration;

use leptos::prelude::*;

use crate::store::{Progress, Store};

mod counts;
mod progress;

/// How long the sentence must stand before it is read out.
const SETTLED: Duration = Duration::from_secs(1);

/// The verdict sentence, and the same for screen readers once it has settled.
#[component]
pub fn VerdictPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let words = Memo::new(move |_| match store.run() {
        Some(run) => run.run.summary.in_words(),
        None => "No run yet: there is no valid policy.".to_owned(),
    });
    let stale =
        move || !store.is_valid() || store.calls_error().is_some() || store.progress() != Progress::Idle;
    let why_stale = move || {
        if store.calls_error().is_some() {
            Some("This is the last run: the calls to try are too many.")
        } else {
            (!store.is_valid()).then_some("This is the run of the last valid version: the policy has errors.")
        }
    };
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
        <p class="verdict" class:stale=stale>{counts::sentence(store)}</p>
        {move || why_stale().map(|why| view! { <p class="why-stale">{why}</p> })}
        {progress::row(store)}
        {counts::nearest(store)}
        <p class="visually-hidden" aria-live="polite">{move || announced.get()}</p>
    }
}
