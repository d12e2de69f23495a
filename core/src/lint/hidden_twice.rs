//! A name that is hidden twice.
//!
//! # What it finds
//!
//! The same name more than once in `hide`.
//!
//! # Why
//!
//! The second changes nothing. Whoever takes the first out to show the tool again will wonder why it stays hidden.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_account", "delete_account"] }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_account"] }
//! ```

use alloc::format;
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::document::Document;
use super::{Lint, edit};
use crate::diagnostic::Code;
use crate::legible::clip;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    let list = document.root.key("hide");
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, name) in document.policy.hide.iter().enumerate() {
        let Some(earlier) = first.get(name.as_str()) else {
            first.insert(name, index);
            continue;
        };
        let message = format!("`{}` is hidden already", clip(name));
        let edits = edit::remove(document, &list.index(index));
        found.push(
            Lint::new(Code::HiddenTwice, &list.index(index), message)
                .related(&list.index(*earlier).node.range, "the first is")
                .fix(format!("remove the second `{}`", clip(name)), edits),
        );
    }
}
