//! What a paste brings.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DataTransfer, Event};

/// The text of a paste. The event's own default is prevented, for the text goes elsewhere.
pub fn pasted_text(event: &Event) -> Option<String> {
    let data = js_sys::Reflect::get(event, &JsValue::from_str("clipboardData")).ok()?;
    let text = data.dyn_into::<DataTransfer>().ok()?.get_data("text/plain").ok()?;
    event.prevent_default();
    (!text.is_empty()).then_some(text)
}
