//! Keyboard events.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};

/// Whether a key goes to something that is typed into, so that no shortcut may take it.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target() else { return false };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return !matches!(input.type_().as_str(), "range" | "file" | "radio" | "checkbox");
    }
    let tag = target.dyn_ref::<Element>().map(Element::tag_name);
    matches!(tag.as_deref(), Some("TEXTAREA" | "SELECT"))
}
