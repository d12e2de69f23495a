//! How far a large run is, and the way to stop it. Its row stays while the calls are many, so that nothing jumps.

use gatewright_core::amount::count;
use leptos::prelude::*;

use crate::store::{Progress, Store};

/// The row, where the calls are too many to be run at once.
pub(super) fn row(store: Store) -> AnyView {
    let is_there = Memo::new(move |_| store.progress() != Progress::Idle || store.is_run_away());
    (move || is_there.get().then(|| view! { <div class="progress">{move || told(store)}</div> })).into_any()
}

fn told(store: Store) -> Option<AnyView> {
    let again = move |words: &'static str| {
        view! { <button type="button" on:click=move |_| store.try_run_again()>{words}</button> }.into_any()
    };
    let (words, done, button) = match store.progress() {
        Progress::Idle => return None,
        Progress::Stopped => {
            ("The run was stopped. What you see is the last one.".to_owned(), None, again("Run"))
        }
        Progress::Failed(why) => (why, None, again("Try again")),
        Progress::Running(done, all) => {
            let words = match (done, all) {
                (0, _) => "Running…".to_owned(),
                (done, 0) => format!("{} calls made…", count(done)),
                (done, all) => format!("{} of {} calls", count(done), count(all)),
            };
            let stop = view! { <button type="button" on:click=move |_| store.stop_run()>"Stop"</button> };
            (words, Some((done, all.max(1))), stop.into_any())
        }
    };
    let bar = done.map(|(done, all)| {
        view! { <progress aria-label="How far the run is" max=all.to_string() value=done.to_string()></progress> }
    });
    Some(view! { {bar} <span>{words}</span> {button} }.into_any())
}
