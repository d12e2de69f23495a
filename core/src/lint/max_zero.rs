//! A limit that nothing fits.
//!
//! # What it finds
//!
//! A limit whose `max` is 0.
//!
//! # Why
//!
//! `max` is the number of calls that pass. With 0 no call does: the tool is denied, and the agent is told to come back
//! in a window in which it will be denied again. With `increment_from`, only calls that cost nothing pass.
//!
//! # Example
//!
//! ```json
//! { "counter": "deletions", "window": "day", "max": 0, "scope": "grant" }
//! ```
//!
//! # Instead
//!
//! Hide the tool:
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_account"] }
//! ```

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::arguments::Wish;
use super::document::Document;
use super::{Lint, shown};
use crate::amount::Amount;
use crate::diagnostic::Code;
use crate::legible::clip;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in document.reachable() {
        for limit in place.limits.iter().filter(|limit| limit.limit.max == Amount::ZERO) {
            let at = document.some_place(place);
            let cost = limit.limit.increment_from.as_ref();
            let calls = match (place.tool, cost) {
                (Some(tool), None) => format!("every call of `{}`", clip(tool)),
                (_, Some(path)) => format!("every call whose `{path}` is above 0"),
                (None, None) => "every call of every tool".to_string(),
            };
            let set = cost.map(|path| (path, 1.into())).into_iter().collect();
            let args = document.passing(at, &Wish { set, ..Wish::default() });
            found.push(
                Lint::new(
                    Code::MaxZero,
                    &limit.spot.key("max"),
                    format!("nothing fits a `max` of 0: {calls} is denied"),
                )
                .help("hide the tool, or leave it out under default deny")
                .shown_by(shown::call(document.some_tool(at), args.unwrap_or_default())),
            );
        }
    }
}
