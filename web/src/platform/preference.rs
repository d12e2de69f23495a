//! What this browser keeps of a person's taste, between visits. It is no part of any document.

use leptos::prelude::window;

/// What is kept under a name; nothing where nothing is, or where the browser stores nothing.
#[must_use]
pub fn kept(name: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(name).ok().flatten()
}

/// Keeps a text under a name. A private window may refuse: the choice then holds for this visit.
pub fn keep(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, text);
    }
}
