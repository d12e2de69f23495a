//! What is found at a place, beside the row that it is about.

use gatewright_core::Diagnostic;
use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use super::{Editing, focus_soon, holds, id_of};
use crate::components::prose;

/// What is found at a place and inside it. `exactly`: of what is inside, its own rows tell.
pub(super) fn found_at(editing: Editing, place: &Pointer, exactly: bool) -> AnyView {
    found_but(editing, place, exactly.then(|| place.clone()))
}

/// What is found at a place, but not what is inside another place, which has rows of its own.
pub(super) fn found_but(editing: Editing, place: &Pointer, but: Option<Pointer>) -> AnyView {
    let at = place.clone();
    let found = Memo::new(move |_| {
        editing.store.findings().with(|all| {
            let is_here = |found: &&Diagnostic| {
                let is_inside = |outer: &Pointer| found.pointer != *outer && holds(outer, &found.pointer);
                holds(&at, &found.pointer) && !but.as_ref().is_some_and(is_inside)
            };
            all.iter().map(|found| &found.diagnostic).filter(is_here).cloned().collect::<Vec<_>>()
        })
    });
    let row = place.clone();
    let lines = move || {
        let lines: Vec<AnyView> =
            found.get().into_iter().map(|found| line(editing, found, row.clone())).collect();
        (!lines.is_empty()).then(|| view! { <ul class="row-findings">{lines}</ul> }.into_any())
    };
    lines.into_any()
}

fn line(editing: Editing, found: Diagnostic, row: Pointer) -> AnyView {
    let help = found.help.as_ref().map(|help| {
        let stop = if help.ends_with('?') { "" } else { "." };
        prose(&format!("{help}{stop}"))
    });
    let message = prose(&format!("{}.", found.message));
    let fix = found.fix.map(|fix| {
        let label = format!("Fix: {}", fix.label);
        let apply = move |_| {
            editing.store.apply(&fix);
            focus_soon(id_of(&row, ""));
        };
        view! { <button type="button" on:click=apply>{label}</button> }.into_any()
    });
    view! { <li><span>{message} " " {help}</span> {fix}</li> }.into_any()
}
