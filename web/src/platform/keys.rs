//! Keyboard events.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Whether a key goes to something that is typed into, so that no shortcut may take it.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target() else { return false };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return !matches!(input.type_().as_str(), "range" | "file" | "radio" | "checkbox");
    }
    // The text editor is no field of a form.
    if target.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable) {
        return true;
    }
    let tag = target.dyn_ref::<Element>().map(Element::tag_name);
    matches!(tag.as_deref(), Some("TEXTAREA" | "SELECT"))
}
