//! All of somebody's work on one policy, as one value: what is kept, shared and exported.

use std::sync::Arc;

use super::inventory::Inventory;
use super::traffic::Traffic;

/// A policy with what stands beside it.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The document's name, `policy.json`.
    pub name: String,
    /// The policy's text.
    pub policy: String,
    /// The imported tools.
    pub inventory: Arc<Inventory>,
    /// The calls to try.
    pub traffic: Traffic,
    /// The text of the policy's tests; empty where there are none.
    pub tests: Arc<str>,
    /// The call that is shown, from 0.
    pub call: usize,
}
