//! One line for what a person should know now: why something was not taken, or how far a log is read.

use leptos::prelude::*;

use crate::store::{Reading, Store};

/// Bytes of a megabyte.
const MEGABYTE: u64 = 1024 * 1024;

/// The line.
#[component]
pub fn NoticePanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let is_reading = Memo::new(move |_| store.reading().is_some());
    let stop = move |_| store.stop_reading();
    view! {
        <p class="notice" role="status">{move || store.calls_error().or_else(|| store.notice().get())}</p>
        {move || {
            is_reading
                .get()
                .then(|| {
                    view! {
                        <div class="notice progress">
                            {move || store.reading().map(far)}
                            <button type="button" on:click=stop>"Stop"</button>
                        </div>
                    }
                })
        }}
    }
}

fn far(Reading { name, done, all }: Reading) -> AnyView {
    let megabytes = |bytes: u64| bytes.div_ceil(MEGABYTE);
    let words = format!("Reading {name}: {} of {} MB", megabytes(done), megabytes(all));
    view! {
        <progress aria-label="How far the log is read" max=all.max(1).to_string() value=done.to_string()></progress>
        <span>{words}</span>
    }
    .into_any()
}
