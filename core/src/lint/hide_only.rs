//! Hiding some tools under default deny, and listing none.
//!
//! # What it finds
//!
//! A policy that denies by default, hides tools, and has nothing in `tools`.
//!
//! # Why
//!
//! Under default deny only listed tools may be called. With none listed, the tools that are not hidden are denied as
//! well: the whole server is closed, though the policy reads as if it closed a few tools.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "deny", "hide": ["delete_account"] }
//! ```
//!
//! # Instead
//!
//! List what may be called, or allow by default:
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_account"] }
//! ```

use alloc::string::ToString;
use alloc::vec::Vec;

use super::document::Document;
use super::{Lint, shown};
use crate::diagnostic::Code;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    let policy = document.policy;
    let hides_some = !policy.hide.is_empty() && !document.hides_all;
    if document.allows_by_default() || !policy.tools.is_empty() || !hides_some {
        return;
    }
    let spot = document.root.key("hide");
    let tool = document.some_tool(&document.all);
    let message =
        "`hide` stands alone under default deny: every call is denied, not only those of hidden tools"
            .to_string();
    found.push(
        Lint::at_key(Code::HideOnly, &spot, message)
            .help("list the tools that may be called under `tools`, or write `\"default\": \"allow\"`")
            .shown_by(shown::call(tool, serde_json::Map::new())),
    );
}
