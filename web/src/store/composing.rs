//! Composed calls, and what is taken for what a log does not say: each change is a step of the history.

use std::sync::Arc;

use gatewright_core::scenario::Scenario;
use leptos::prelude::*;

use super::Store;
use crate::model::assumptions::Taken;
use crate::model::history::Change;
use crate::model::traffic::{Staged, Traffic};

/// The name of a scenario that was composed on the page.
const COMPOSED: &str = "Composed calls";

impl Store {
    /// Puts a composed scenario in place. What is typed into one field belongs together, as in the policy, and the call
    /// that is shown stays, where it still exists.
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
        let is_same = |traffic: &Traffic| match traffic {
            Traffic::Scenario(staged) => *staged.scenario == scenario,
            Traffic::Loop(_) | Traffic::Log(_) => false,
        };
        if self.traffic.with_untracked(is_same) {
            return Ok(());
        }
        let staged = Traffic::Scenario(Arc::new(Staged::of(COMPOSED.to_owned(), scenario)?));
        let change = Change { traffic: Some(self.swap_of(staged)), ..Change::default() };
        let shown = field.is_some().then(|| self.selected.get_untracked());
        self.make(label.into(), field, change);
        if let Some(call) = shown {
            self.chosen.set(call);
        }
        Ok(())
    }

    /// Takes something else for what the log does not say. What is typed into one field belongs together.
    pub fn take_for_log(
        self,
        label: impl Into<String>,
        field: Option<String>,
        change: impl FnOnce(Taken) -> Taken,
    ) {
        let taking = self.traffic.with_untracked(|traffic| match traffic {
            Traffic::Log(log) => {
                let taken = change(log.taken.clone());
                if taken.times != log.taken.times && log.bytes > super::reading::NEAR {
                    self.read_again(log, taken);
                    return None;
                }
                (taken != log.taken).then(|| Traffic::Log(Arc::new(log.taking(taken))))
            }
            Traffic::Loop(_) | Traffic::Scenario(_) => None,
        });
        if let Some(taking) = taking {
            let call = self.selected.get_untracked();
            let change = Change { traffic: Some(self.swap_of(taking)), ..Change::default() };
            self.make(label.into(), field, change);
            // The call that was looked at is there still, under another light.
            self.chosen.set(call);
        }
    }
}
