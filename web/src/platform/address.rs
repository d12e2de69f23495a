//! The page's address: its fragment says what is looked at, so that Back comes back and a link leads there.

use leptos::prelude::*;

/// The fragment, with its `#`; empty where there is none.
#[must_use]
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Goes to a fragment as a step that Back comes back from.
pub fn go(fragment: &str) {
    let here = window().location().pathname().unwrap_or_default();
    let address = if fragment.is_empty() { here } else { format!("#{fragment}") };
    if let Ok(history) = window().history() {
        // A browser that refuses (too many steps in a short time) keeps the old address.
        let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
    }
}

/// Calls `gone` with the fragment whenever Back, Forward or a link within the page changes it.
pub fn watch(gone: impl Fn(String) + 'static) {
    let listening = window_event_listener(leptos::ev::popstate, move |_| gone(fragment()));
    on_cleanup(move || listening.remove());
}
