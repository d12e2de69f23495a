//! The edits that fixes are made of.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::document::{Document, Place, Spot, Stage};
use crate::diagnostic::Edit;

/// Bytes of a document that cost as much as asking one condition.
const BYTES_PER_CONDITION: usize = 64;

/// Text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes `text` in place of the value.
pub(super) fn replace(spot: &Spot<'_>, text: impl Into<String>) -> Edit {
    Edit { start: spot.node.range.start, end: spot.node.range.end, text: text.into() }
}

/// Writes another name: the key of a member, or an item of a list.
pub(super) fn rename(spot: &Spot<'_>, name: &str) -> Edit {
    let range = spot.key_range();
    Edit { start: range.start, end: range.end, text: quoted(name) }
}

/// Takes an item out of its list.
pub(super) fn remove(document: &Document<'_>, spot: &Spot<'_>) -> Option<Vec<Edit>> {
    may_look(document).then(|| document.source.remove(&spot.pointer).ok()).flatten()
}

/// Adds a rule at the end of `require`, which is made where there is none.
pub(super) fn add_require(document: &Document<'_>, place: &Place<'_>, rule: &str) -> Option<Vec<Edit>> {
    if !may_look(document) {
        return None;
    }
    let name = Stage::Require.as_str();
    let list = place.spot.pointer.key(name);
    let edits = match place.spot.get(name) {
        Some(rules) => document.source.insert_item(&list, rules.items().len(), rule),
        None => document.source.insert_member(&place.spot.pointer, 0, name, &format!("[{rule}]")),
    };
    edits.ok()
}

/// A rule that asks for arguments to be there.
pub(super) fn exists_rule<'p>(paths: impl IntoIterator<Item = &'p str>) -> String {
    let ask = |path| format!("{{ \"path\": {}, \"op\": \"exists\", \"value\": true }}", quoted(path));
    let asks: Vec<String> = paths.into_iter().map(ask).collect();
    format!("{{ \"conditions\": [{}] }}", asks.join(", "))
}

/// Whether the document may be looked through once more to keep its layout.
fn may_look(document: &Document<'_>) -> bool {
    document.afford(document.source.text().len() / BYTES_PER_CONDITION)
}
