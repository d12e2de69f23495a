//! The caret and the selection of a text area.

use web_sys::HtmlTextAreaElement;

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
