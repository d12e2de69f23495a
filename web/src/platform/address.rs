//! The page's address: its fragment says what is looked at, so that Back comes back and a link leads there.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// How long what is looked at must stand before the address follows. Browsers end a page's say after a hundred
/// changes in ten seconds.
const SETTLED: Duration = Duration::from_millis(300);

thread_local! {
    static PENDING: Cell<Option<TimeoutHandle>> = const { Cell::new(None) };
    static LINK: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The fragment, with its `#`; empty where there is none.
#[must_use]
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The page's address without its fragment.
#[must_use]
pub fn page() -> String {
    let address = window().location().href().unwrap_or_default();
    address.split('#').next().unwrap_or_default().to_owned()
}

/// From now on the address begins with a link (as `model::share` writes it), whatever is looked at; or, empty, with none.
///
/// So a shared document that is looked at can be loaded again, and its address passed on.
pub fn stay_with(link: &str) {
    LINK.set(link.to_owned());
}

/// Puts a fragment in place of the present one, at once.
pub fn replace(fragment: &str) {
    forget_pending();
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address_of(fragment)));
    }
}

/// The link that the address begins with; empty where it begins with none.
#[must_use]
pub fn link() -> String {
    LINK.with_borrow(Clone::clone)
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
    PENDING.set(set_timeout_with_handle(move || replace(&fragment), SETTLED).ok());
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
    let link = link();
    match (link.is_empty(), fragment.is_empty()) {
        (true, true) => window().location().pathname().unwrap_or_default(),
        (true, false) => format!("#{fragment}"),
        (false, true) => format!("#{link}"),
        (false, false) => format!("#{link}&{fragment}"),
    }
}
