//! Policies to start from.

use leptos::prelude::*;

use crate::model::catalogue::Catalogue;
use crate::model::templates::{TEMPLATES, Template};
use crate::store::{Shared, Store};

/// The templates, each with its reason and its text.
pub fn templates(store: Store) -> AnyView {
    let Shared(catalogue) = store.catalogue().get_untracked();
    let hint = if catalogue.tools.is_empty() {
        "Import a server's tools first, and the templates that speak of all tools are written for them."
    } else {
        "Those that speak of all tools are written for the imported ones."
    };
    let rows: Vec<AnyView> = TEMPLATES.iter().map(|template| row(store, *template, &catalogue)).collect();
    view! {
        <p class="hint">{hint} " Undo brings your policy back."</p>
        <ul class="templates">{rows}</ul>
    }
    .into_any()
}

/// Puts a template in place of the policy.
pub fn start_from(store: Store, template: Template) {
    store.open_policy(format!("Started from {}", template.name), &text_of(store, template));
    store.dialog.set(None);
}

/// A template's text, for the imported tools.
pub fn text_of(store: Store, template: Template) -> String {
    store.catalogue().with_untracked(|Shared(catalogue)| template.text(catalogue))
}

fn row(store: Store, template: Template, catalogue: &Catalogue) -> AnyView {
    let text = template.text(catalogue);
    let name = format!("Start from {}", template.name);
    view! {
        <li>
            <h3>{template.name}</h3>
            <p>{template.reason}</p>
            <button type="button" aria-label=name on:click=move |_| start_from(store, template)>"Start from this"</button>
            <details>
                <summary>"What it says"</summary>
                <pre tabindex="0">{text}</pre>
            </details>
        </li>
    }
    .into_any()
}
