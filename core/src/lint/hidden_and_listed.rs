//! A tool that is listed and hidden.
//!
//! # What it finds
//!
//! A name that stands in `tools` and in `hide`.
//!
//! # Why
//!
//! `hide` beats `tools`: every call of the tool is denied, and its rules and limits hold for no call.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "deny", "hide": ["refund"], "tools": { "refund": {} } }
//! ```
//!
//! # Instead
//!
//! Keep one of the two:
//!
//! ```json
//! { "version": "1", "default": "deny", "tools": { "refund": {} } }
//! ```

use alloc::format;
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::document::Document;
use super::{Lint, shown};
use crate::diagnostic::Code;
use crate::legible::clip;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    let hide = document.root.key("hide");
    let mut hidden: HashMap<&str, usize> = HashMap::new();
    for (index, name) in document.policy.hide.iter().enumerate() {
        hidden.entry(name).or_insert(index);
    }
    for place in &document.tools {
        let Some((tool, index)) = place.tool.and_then(|tool| Some((tool, hidden.get(tool)?))) else {
            continue;
        };
        let message = format!("`{}` is listed here and hidden: every call of it is denied", clip(tool));
        let args = document.any_passing(place);
        found.push(
            Lint::at_key(Code::HiddenAndListed, &place.spot, message)
                .help("take it out of `hide` to let it be called, or out of `tools` to keep it hidden")
                .related(&hide.index(*index).node.range, "it is hidden")
                .shown_by(shown::call(tool, args)),
        );
    }
}
