//! Light, dark, or as the system has it.

use leptos::prelude::*;

/// Where the choice is kept between visits. `www/index.html` reads it before the first paint.
const KEY: &str = "gatewright-theme";

/// The choices, as they are stored and shown.
pub const CHOICES: [(&str, &str); 3] = [("system", "System"), ("light", "Light"), ("dark", "Dark")];

/// The stored choice, or `system`.
pub fn stored() -> String {
    let storage = window().local_storage().ok().flatten();
    let stored = storage.and_then(|storage| storage.get_item(KEY).ok().flatten());
    stored
        .filter(|choice| CHOICES.iter().any(|(known, _)| known == choice))
        .unwrap_or_else(|| "system".to_owned())
}

/// Shows a choice, and keeps it where the browser lets us.
pub fn choose(choice: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", choice);
    }
    if let Ok(Some(storage)) = window().local_storage() {
        // A private window may refuse: the choice then holds for this visit.
        let _ = storage.set_item(KEY, choice);
    }
}
