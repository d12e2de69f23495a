//! Composed calls: each change of them is a step of the history.

use std::sync::Arc;

use gatewright_core::scenario::Scenario;
use leptos::prelude::*;

use super::Store;
use crate::model::history::Change;
use crate::model::traffic::{Staged, Traffic};

/// The name of a scenario that was composed on the page.
const COMPOSED: &str = "Composed calls";

impl Store {
    /// Puts a composed scenario in place. What is typed into one field belongs together, as in the policy; the call that
    /// is shown stays, where it still exists.
    ///
    /// # Errors
    ///
    /// A sentence for people, where its calls are too many: nothing is changed then.
    pub fn compose_blocks(
        self,
        label: impl Into<String>,
        field: Option<String>,
        scenario: Scenario,
    ) -> Result<(), String> {
        if self.traffic.with_untracked(|traffic| traffic.scenario().as_ref() == Some(&scenario))
            && self.traffic.with_untracked(|traffic| matches!(traffic, Traffic::Scenario(_)))
        {
            return Ok(());
        }
        let staged = Traffic::Scenario(Arc::new(Staged::of(COMPOSED.to_owned(), scenario)?));
        let change = Change { traffic: Some(self.swap_of(staged)), ..Change::default() };
        self.make(label.into(), field, change);
        Ok(())
    }
}
