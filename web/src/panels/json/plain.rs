//! The policy's text in a plain text area, with line numbers, and marks on the lines with an error.

use std::collections::BTreeSet;

use leptos::html::Textarea;
use leptos::prelude::*;

use super::LABEL;
use crate::model::places;
use crate::store::Store;

/// The height of a line of the editor and the space above the first, in CSS pixels: as in `www/styles/policy.css`.
const LINE_HEIGHT: usize = 20;
const PADDING: usize = 8;

/// The text area, for the panel that it stands in.
#[component]
pub fn PlainText(area: NodeRef<Textarea>) -> impl IntoView {
    let store = expect_context::<Store>();
    let lines = Memo::new(move |_| store.document().with(|document| document.text().split('\n').count()));
    let typed = move |event| {
        let now = event_target_value(&event);
        let splice = store.document().with_untracked(|document| places::retyped(document.text(), &now));
        if let Some(splice) = splice {
            store.typed(splice);
        }
    };
    // One text for all the numbers, and a mark for each line with an error: a policy may have thousands of lines.
    let numbers = move || (1..=lines.get()).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
    let error_lines = Memo::new(move |_| {
        store.document().with(|document| {
            document.errors().iter().map(|found| found.location.line).collect::<BTreeSet<_>>()
        })
    });
    let marks = move || {
        let mark = |line| {
            let top = format!("{}px", PADDING + (line - 1) * LINE_HEIGHT);
            view! { <span class="wrong" style:top=top>{line}</span> }
        };
        error_lines.get().into_iter().map(mark).collect_view()
    };
    view! {
        <label class="editor-label" for="policy-text">{LABEL}</label>
        <div class="editor">
            <div class="numbers" aria-hidden="true"><pre>{numbers}</pre>{marks}</div>
            <textarea
                id="policy-text"
                node_ref=area
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                wrap="off"
                rows=move || lines.get()
                aria-invalid=move || (!store.is_valid()).to_string()
                aria-describedby="findings"
                prop:value=move || store.document().with(|document| places::shown(document.text()))
                on:input=typed
            ></textarea>
        </div>
    }
}
