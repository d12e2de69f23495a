//! What is wrong with the policy.

use gatewright_core::Diagnostic;
use leptos::prelude::*;

use crate::store::Store;

/// Every error, each with its place, its help and its repair.
#[component]
pub fn FindingsPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let errors = Memo::new(move |_| store.document().with(|document| document.errors().to_vec()));
    let heading = move || match errors.with(Vec::len) {
        0 => "No errors.".to_owned(),
        1 => "1 error. The results are those of the last valid version.".to_owned(),
        errors => format!("{errors} errors. The results are those of the last valid version."),
    };
    view! {
        <div id="findings" class="findings">
            <p role="status" class:bad=move || !store.is_valid()>{heading}</p>
            <ul>{move || errors.get().into_iter().map(|found| finding(store, found)).collect_view()}</ul>
        </div>
    }
}

fn finding(store: Store, found: Diagnostic) -> impl IntoView {
    let place = format!("Line {}, column {}", found.location.line, found.location.column);
    let place_of = found.clone();
    let go = move |_| store.show_finding(&place_of);
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
