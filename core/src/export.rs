//! A policy → what other programs enforce: Intercept's YAML, Claude Code's permission rules.
//!
//! The same report as on the way in ([`Converted`](crate::import::policy::Converted)): what was carried over, what was
//! not and what stands in its place, and a call whose decision differs. What has no equivalent is refused.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::import::policy::{Carried, Compared, Dialect, Lost};

/// A policy in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The language: [`Intercept`](Dialect::Intercept) or [`ClaudeCode`](Dialect::ClaudeCode).
    pub dialect: Dialect,
    /// The text, ending in a line end.
    pub text: String,
    /// What was carried over; `location` is in the policy, and so is `pointer`.
    pub carried: Vec<Carried>,
    /// What was not.
    pub lost: Vec<Lost>,
    /// Calls that were judged by both: `before` is the policy's decision.
    pub compared: Compared,
}
