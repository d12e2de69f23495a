//! Light, dark, or as the system has it.

use leptos::prelude::document;

use super::preference;

/// Where the choice is kept between visits. `www/index.html` reads it before the first paint.
const KEY: &str = "gatewright-theme";

/// The choices, as they are stored and shown.
pub const CHOICES: [(&str, &str); 3] = [("system", "System"), ("light", "Light"), ("dark", "Dark")];

/// The stored choice, or `system`.
pub fn stored() -> String {
    preference::kept(KEY)
        .filter(|choice| CHOICES.iter().any(|(known, _)| known == choice))
        .unwrap_or_else(|| "system".to_owned())
}

/// Shows a choice, and keeps it where the browser lets us.
pub fn choose(choice: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", choice);
    }
    preference::keep(KEY, choice);
}
