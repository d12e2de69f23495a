//! The few edits that fixes are made of.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::document::{Document, Place, Spot, Stage};
use crate::diagnostic::Edit;
use crate::source::Source;

/// Text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes `text` in place of the value.
pub(super) fn replace(spot: &Spot<'_>, text: String) -> Edit {
    Edit { start: spot.node.range.start, end: spot.node.range.end, text }
}

/// Writes another key.
pub(super) fn rename(spot: &Spot<'_>, key: &str) -> Edit {
    let range = spot.key_range();
    Edit { start: range.start, end: range.end, text: quoted(key) }
}

/// Takes item `index` out of a list; nothing where a comment would go with it.
pub(super) fn remove_item(source: &Source, list: &Spot<'_>, index: usize) -> Option<Vec<Edit>> {
    let items = list.items();
    let item = &items.get(index)?.range;
    let before = index.checked_sub(1).and_then(|before| items.get(before));
    let range = match (before, items.get(index + 1)) {
        (Some(before), _) => before.range.end..item.end,
        (None, Some(after)) => item.start..after.range.start,
        (None, None) => item.clone(),
    };
    let text = source.text();
    let beside = [text.get(range.start..item.start)?, text.get(item.end..range.end)?];
    let plain = beside.iter().all(|text| !text.contains('/'));
    plain.then(|| Vec::from([Edit { start: range.start, end: range.end, text: String::new() }]))
}

/// Adds a rule at the end of `require`, which is made where there is none.
pub(super) fn add_require(document: &Document<'_>, place: &Place<'_>, rule: &str) -> Option<Edit> {
    let insert = |at: usize, text: String| Edit { start: at, end: at, text };
    let name = Stage::Require.as_str();
    if let Some(list) = place.spot.get(name) {
        return Some(match list.items().last() {
            Some(last) => insert(last.range.end, format!(", {rule}")),
            None => insert(list.node.range.start + 1, rule.to_string()),
        });
    }
    let first = place.spot.members().first()?.key_range.start;
    // A field of its own line stays on its own line.
    let before = document.source.text().get(place.spot.node.range.start + 1..first)?;
    let space = if before.trim().is_empty() && !before.is_empty() { before } else { " " };
    Some(insert(first, format!("\"{name}\": [{rule}],{space}")))
}

/// A rule that asks for arguments to be there.
pub(super) fn exists_rule<'p>(paths: impl IntoIterator<Item = &'p str>) -> String {
    let ask = |path| format!("{{ \"path\": {}, \"op\": \"exists\", \"value\": true }}", quoted(path));
    let asks: Vec<String> = paths.into_iter().map(ask).collect();
    format!("{{ \"conditions\": [{}] }}", asks.join(", "))
}
