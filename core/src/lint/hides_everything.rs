//! Hiding every tool.
//!
//! # What it finds
//!
//! `*` in `hide`.
//!
//! # Why
//!
//! `*` stands for every tool, and `hide` beats everything else: no call gets through, whatever `tools` says.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["*"] }
//! ```
//!
//! # Instead
//!
//! Name the tools to hide. To let through only what is listed, deny by default:
//!
//! ```json
//! { "version": "1", "default": "deny", "tools": { "list_customers": {} } }
//! ```

use alloc::string::ToString;
use alloc::vec::Vec;

use super::document::Document;
use super::{Lint, shown};
use crate::diagnostic::Code;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    let Some(index) = document.policy.hide.iter().position(|name| name == "*") else { return };
    let spot = document.root.key("hide").index(index);
    let tool = document.tools.iter().find_map(|place| place.tool);
    let tool = tool.or(document.known_names.first().copied()).unwrap_or("read_file");
    let message = "`*` hides every tool: every call is denied".to_string();
    found.push(
        Lint::new(Code::HidesEverything, &spot, message)
            .help("name the tools to hide; under default deny a tool that is not listed is denied already")
            .shown_by(shown::call(tool, serde_json::Map::new())),
    );
}
