//! The page's address: its fragment says what is looked at, so that Back comes back and a link leads there.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// How long what is looked at must stand before the address follows. Browsers end a page's say after a hundred
/// changes in ten seconds.
const SETTLED: Duration = Duration::from_millis(300);

thread_local! {
    static PENDING: Cell<Option<TimeoutHandle>> = const { Cell::new(None) };
}

/// The fragment, with its `#`; empty where there is none.
#[must_use]
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Goes to a fragment as a step that Back comes back from.
pub fn go(fragment: &str) {
    forget_pending();
    if let Ok(history) = window().history() {
        // A browser that refuses keeps the old address.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address_of(fragment)));
    }
}

/// Puts a fragment in place of the present one once nothing else has been said for a moment.
pub fn replace_soon(fragment: String) {
    forget_pending();
    let replace = move || {
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address_of(&fragment)));
        }
    };
    PENDING.set(set_timeout_with_handle(replace, SETTLED).ok());
}

/// Calls `gone` with the fragment whenever Back, Forward or a link within the page changes it.
pub fn watch(gone: impl Fn(String) + 'static) {
    let listening = window_event_listener(leptos::ev::popstate, move |_| {
        forget_pending();
        gone(fragment());
    });
    on_cleanup(move || listening.remove());
}

fn forget_pending() {
    if let Some(pending) = PENDING.take() {
        pending.clear();
    }
}

fn address_of(fragment: &str) -> String {
    if fragment.is_empty() {
        window().location().pathname().unwrap_or_default()
    } else {
        format!("#{fragment}")
    }
}
