//! Policies to start from.

use leptos::prelude::*;

use crate::model::inventory::Inventory;
use crate::model::templates::{TEMPLATES, Template};
use crate::store::Store;

/// The templates, each with its reason and its text.
pub fn templates(store: Store) -> AnyView {
    let tools = store.inventory().get_untracked();
    let hint = if tools.is_empty() {
        "Import a server's tools first, and the templates that speak of all tools are written for them."
    } else {
        "Those that speak of all tools are written for the imported ones."
    };
    let rows: Vec<AnyView> = TEMPLATES.iter().map(|template| row(store, *template, &tools)).collect();
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
    store.inventory().with_untracked(|tools| template.text(tools))
}

fn row(store: Store, template: Template, tools: &Inventory) -> AnyView {
    let text = template.text(tools);
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
