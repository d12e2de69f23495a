//! Taking the run along: its calls, its summary, its lanes.

use leptos::prelude::*;

use crate::model::run_export::{CSV_HEADS, csv, jsonl, markdown, svg};
use crate::model::traffic::Traffic;
use crate::model::view::Dialog;
use crate::panels::timeline::LaneDesk;
use crate::store::Store;

/// What can be taken along. The calls are those that the table lists.
#[component]
pub fn ExportMenu() -> impl IntoView {
    let store = expect_context::<Store>();
    let desk = expect_context::<LaneDesk>();
    let as_csv = move |_| store.download_calls("calls.csv", CSV_HEADS, |run, calls| csv(run, calls));
    let as_lines = move |_| store.download_calls("calls.jsonl", "", |run, calls| jsonl(run, calls));
    let as_picture = move |_| {
        if let Some(run) = untrack(move || store.run()) {
            let lanes = untrack(move || desk.drawn());
            let picture = store
                .what_if()
                .with_untracked(|what_if| svg(&run, &lanes, what_if.as_ref().map(|what_if| &*what_if.0)));
            store.download("lanes.svg", picture);
        }
    };
    let as_words = move |_| {
        if let Some(run) = untrack(move || store.run()) {
            let calls = store.traffic().with_untracked(Traffic::in_words);
            store.copy("the summary", &markdown(&run, &calls));
        }
    };
    view! {
        <details class="run-export">
            <summary>"Export the run"</summary>
            <div class="deeds">
                <button type="button" on:click=as_csv>"Listed calls as CSV"</button>
                <button type="button" on:click=as_lines>"Listed calls as JSON Lines"</button>
                <button type="button" on:click=as_picture>"Lanes as a picture (SVG)"</button>
                <button type="button" on:click=as_words>"Copy the summary as Markdown"</button>
                <button type="button" on:click=move |_| store.dialog.set(Some(Dialog::Export))>"Workspace file…"</button>
                <button type="button" on:click=move |_| store.dialog.set(Some(Dialog::Share))>"Link…"</button>
            </div>
        </details>
    }
}
