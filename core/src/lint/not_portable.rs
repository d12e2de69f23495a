//! A part that PolicyLayer does not read.
//!
//! # What it finds
//!
//! What this format has beyond version 1 of PolicyLayer's `policy.json`: `description` and `$schema`, rules under
//! `all_tools`, `require_approval`, the scopes `session` and `global`, and `on_deny` of a limit.
//!
//! # Why
//!
//! Here it holds. Elsewhere an unknown field may be refused, or ignored, and a rule that is ignored opens a gate.
//!
//! # Example
//!
//! ```json
//! { "counter": "runs", "window": "day", "max": 100, "scope": "global" }
//! ```
//!
//! # Instead
//!
//! If the policy is to be used there as well:
//!
//! ```json
//! { "counter": "runs", "window": "day", "max": 100, "scope": "grant" }
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Lint;
use super::document::{Document, Spot, Stage};
use crate::diagnostic::Code;
use crate::policy::Scope;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    let mut tell = |spot: Option<Spot<'_>>, what: String| {
        if let Some(spot) = spot {
            let message = format!("PolicyLayer does not read {what}");
            found.push(Lint::at_key(Code::NotPortable, &spot, message));
        }
    };
    for field in ["description", "$schema"] {
        tell(document.root.get(field), format!("`{field}` here"));
    }
    for stage in Stage::ALL {
        let field = stage.as_str();
        tell(document.all.spot.get(field), format!("`{field}` under `all_tools`"));
    }
    for place in document.places() {
        if place.tool.is_some() {
            let field = Stage::RequireApproval.as_str();
            tell(place.spot.get(field), format!("`{field}`"));
        }
        for limit in &place.limits {
            if limit.limit.scope != Scope::Grant {
                tell(limit.spot.get("scope"), format!("the scope `{}`", limit.limit.scope.as_str()));
            }
            tell(limit.spot.get("on_deny"), "`on_deny` of a limit".into());
        }
    }
}
