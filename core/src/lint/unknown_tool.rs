//! A name that is not among the server's tools.
//!
//! # What it finds
//!
//! A name in `tools` or `hide` that no tool of the server has. It needs the server's tools; with an empty list of them
//! it says nothing.
//!
//! # Why
//!
//! Names are exact and case-sensitive. A misspelled name in `tools` leaves the real tool without its rules: denied
//! under default deny, without limits under default allow. A misspelled name in `hide` hides nothing.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_acount"] }
//! ```
//!
//! # Instead
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_account"] }
//! ```

use alloc::format;
use alloc::vec::Vec;

use super::document::{Document, Spot};
use super::wildcard_in_name::is_wildcard;
use super::{Lint, edit, shown};
use crate::diagnostic::{Code, nearest};
use crate::legible::clip;

/// So many unknown names are compared with those of the server.
const MOST_COMPARED: usize = 200;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    if document.known.is_empty() {
        return;
    }
    let mut compared = 0;
    for place in &document.tools {
        let name = place.tool.unwrap_or_default();
        found.extend(unknown(
            document,
            &mut compared,
            name,
            &place.spot,
            "its rules and limits hold for no call",
        ));
    }
    let hidden = document.root.key("hide");
    for (index, name) in document.policy.hide.iter().enumerate() {
        found.extend(unknown(document, &mut compared, name, &hidden.index(index), "nothing is hidden"));
    }
}

fn unknown(
    document: &Document<'_>,
    compared: &mut usize,
    name: &str,
    spot: &Spot<'_>,
    so: &str,
) -> Option<Lint> {
    if document.known.contains_key(name) || is_wildcard(name) || name == "*" {
        return None;
    }
    let message = format!("the server has no tool `{}`: {so}", clip(name));
    let lint = Lint::at_key(Code::UnknownTool, spot, message);
    *compared += 1;
    let near = if *compared > MOST_COMPARED { None } else { nearest(name, &document.known_names) };
    let Some(near) = near else {
        return Some(lint.help("names are exact and case-sensitive: take one from the server's list"));
    };
    // A name that is used already is not written a second time.
    let free = !document.lists(near) && !document.hides(near);
    let edits = free.then(|| Vec::from([edit::rename(spot, near)]));
    let scenario = free.then(|| shown::call(near, document.any_passing(&document.all)));
    let lint = lint.help(format!("did you mean `{}`?", clip(near)));
    Some(lint.fix(format!("write `{}`", clip(near)), edits).shown_by(scenario))
}
