//! The policy as text.

use std::collections::BTreeSet;

use leptos::html::Textarea;
use leptos::prelude::*;

use crate::model::splice::Splice;
use crate::platform::text_area;
use crate::store::Store;

/// The height of a line of the editor and the space above the first, in CSS pixels: as in `www/styles/policy.css`.
const LINE_HEIGHT: usize = 20;
const PADDING: usize = 8;

/// The text area, its line numbers, and marks on the lines with an error.
#[component]
pub fn JsonPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let area = NodeRef::<Textarea>::new();
    let lines = Memo::new(move |_| store.document().with(|document| document.text().split('\n').count()));
    Effect::new(move |_| {
        if let (Some(area), Some(range)) = (area.get(), store.selection.get()) {
            store.selection.set(None);
            // A narrow screen shows the pane with the next frame; what is hidden takes no focus.
            request_animation_frame(move || text_area::select(&area, range));
        }
    });
    let typed = move |event| {
        let text = event_target_value(&event);
        if let Some(splice) =
            store.document().with_untracked(|document| Splice::between(document.text(), &text))
        {
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
        <label class="editor-label" for="policy-text">"policy.json"</label>
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
                prop:value=move || store.document().with(|document| document.text().to_owned())
                on:input=typed
            ></textarea>
        </div>
    }
}
