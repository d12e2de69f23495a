//! The caret and the selection of a text area.

use web_sys::HtmlTextAreaElement;

/// Selects a stretch (UTF-16 code units) and moves the focus there.
pub fn select(area: &HtmlTextAreaElement, (start, end): (u32, u32)) {
    let _ = area.focus();
    let _ = area.set_selection_range(start, end);
}
