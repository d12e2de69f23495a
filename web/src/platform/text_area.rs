//! The caret and the selection of a text area.

use leptos::prelude::document;
use web_sys::HtmlTextAreaElement;

/// What is selected (UTF-16 code units), where the focus is in the text area.
pub fn selected(area: &HtmlTextAreaElement) -> Option<(u32, u32)> {
    let is_focused = document().active_element().is_some_and(|focused| focused == ***area);
    let (start, end) = (area.selection_start().ok()??, area.selection_end().ok()??);
    is_focused.then_some((start, end))
}

/// Selects a stretch (UTF-16 code units), moves the focus there, and scrolls the frame around the text area to it.
pub fn select(area: &HtmlTextAreaElement, (start, end): (u32, u32)) {
    let _ = area.focus();
    let _ = area.set_selection_range(start, end);
    let before = usize::try_from(start).unwrap_or(usize::MAX);
    let lines_before =
        area.value().encode_utf16().take(before).filter(|unit| *unit == u16::from(b'\n')).count();
    let (Some(frame), Ok(line)) = (area.parent_element(), i32::try_from(lines_before)) else { return };
    let line_height = area.client_height() / i32::try_from(area.rows()).unwrap_or(1).max(1);
    let top = line.saturating_mul(line_height);
    let seen = frame.scroll_top()..frame.scroll_top() + frame.client_height() - 2 * line_height;
    if !seen.contains(&top) {
        frame.set_scroll_top(top - frame.client_height() / 3);
    }
}
