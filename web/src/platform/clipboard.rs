//! What a paste brings, and what is copied.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, Event};

/// The text of a paste. The event's own default is prevented, for the text goes elsewhere.
pub fn pasted_text(event: &Event) -> Option<String> {
    let data = js_sys::Reflect::get(event, &JsValue::from_str("clipboardData")).ok()?;
    let text = data.dyn_into::<DataTransfer>().ok()?.get_data("text/plain").ok()?;
    event.prevent_default();
    (!text.is_empty()).then_some(text)
}

/// Copies a text, and tells whether the browser let it be copied. A page that is not served safely has no clipboard.
pub fn write(text: &str, done: impl FnOnce(bool) + 'static) {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
    let clipboard = clipboard.ok().and_then(|clipboard| clipboard.dyn_into::<web_sys::Clipboard>().ok());
    let Some(clipboard) = clipboard else { return done(false) };
    let copying = JsFuture::from(clipboard.write_text(text));
    leptos::task::spawn_local(async move { done(copying.await.is_ok()) });
}
