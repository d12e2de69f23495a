//! The policy as text, and what is wrong with it.

use std::collections::BTreeSet;

use gatewright_core::Diagnostic;
use leptos::html::Textarea;
use leptos::prelude::*;

use super::Pane;
use crate::model::document::utf16_range;
use crate::model::samples;
use crate::platform::text_area;
use crate::store::Store;

/// The samples, the editor and the findings.
#[component]
pub fn PolicyPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let chosen = move |event| {
        if let Some(sample) = samples::find(&event_target_value(&event)) {
            store.load_sample(sample);
        }
    };
    let is_shown = move |text: &str| store.document().with(|document| document.text() == text);
    let options = samples::SAMPLES.map(|sample| view! { <option value=sample.tool>{sample.tool}</option> });
    let shown = Memo::new(move |_| {
        samples::SAMPLES.into_iter().find(|sample| is_shown(sample.text)).map_or("", |sample| sample.tool)
    });
    view! {
        <h2 id="policy-title">"Policy"</h2>
        <label class="field">
            <span>"Start from"</span>
            <select prop:value=move || shown.get() on:change=chosen>
                <option value="" disabled=true hidden=true>"Your own"</option>
                {options}
            </select>
        </label>
        <Editor />
        <Findings />
    }
}

/// The height of a line of the editor and the space above the first, in CSS pixels: as in `www/styles/policy.css`.
const LINE_HEIGHT: usize = 20;
const PADDING: usize = 8;

/// The text area, its line numbers, and marks on the lines with an error.
#[component]
fn Editor() -> impl IntoView {
    let store = expect_context::<Store>();
    let area = NodeRef::<Textarea>::new();
    let lines = Memo::new(move |_| store.document().with(|document| document.text().split('\n').count()));
    let pane = expect_context::<RwSignal<Pane>>();
    Effect::new(move |_| {
        if let (Some(area), Some(range)) = (area.get(), store.selection.get()) {
            store.selection.set(None);
            pane.set(Pane::Policy);
            // A narrow screen shows the pane with the next frame; what is hidden takes no focus.
            request_animation_frame(move || text_area::select(&area, range));
        }
    });
    // One text for all the numbers, and a mark for each line with an error: a policy may have thousands of lines.
    let numbers = move || (1..=lines.get()).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
    let error_lines = Memo::new(move |_| {
        store.document().with(|document| {
            document.diagnostics().iter().map(|found| found.location.line).collect::<BTreeSet<_>>()
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
                on:input=move |event| store.typed(event_target_value(&event))
            ></textarea>
        </div>
    }
}

/// Every error, each with its place, its help and its repair.
#[component]
fn Findings() -> impl IntoView {
    let store = expect_context::<Store>();
    let diagnostics = Memo::new(move |_| store.document().with(|document| document.diagnostics().to_vec()));
    let heading = move || match diagnostics.with(Vec::len) {
        0 => "No errors.".to_owned(),
        1 => "1 error. The results are those of the last valid version.".to_owned(),
        errors => format!("{errors} errors. The results are those of the last valid version."),
    };
    view! {
        <div id="findings" class="findings">
            <p role="status" class:bad=move || !store.is_valid()>{heading}</p>
            <ul>{move || diagnostics.get().into_iter().map(|found| finding(store, found)).collect_view()}</ul>
        </div>
    }
}

fn finding(store: Store, found: Diagnostic) -> impl IntoView {
    let place = format!("Line {}, column {}", found.location.line, found.location.column);
    let range = found.location.start..found.location.end;
    let go = move |_| {
        let selection = store.document().with_untracked(|document| utf16_range(document.text(), &range));
        store.selection.set(Some(selection));
    };
    let related = found.related.iter().map(|related| {
        view! { <span>{format!("; {} on line {}", related.message, related.location.line)}</span> }
    });
    let related = related.collect_view();
    let fix = found.fix.map(|fix| {
        let label = format!("Fix: {}", fix.label);
        view! { <button type="button" on:click=move |_| store.apply(&fix)>{label}</button> }
    });
    view! {
        <li>
            <button type="button" class="place" on:click=go>{place}</button>
            <span>{found.message.clone()} {related} "."</span>
            {found.help.map(|help| {
                let stop = if help.ends_with('?') { "" } else { "." };
                view! { <span class="help">{help} {stop}</span> }
            })}
            {fix}
        </li>
    }
}
