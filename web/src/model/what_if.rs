//! What if: the same calls through a policy that was pinned, A, and through the policy at hand, B.

use std::sync::Arc;

use gatewright_core::diff::Difference;
use gatewright_core::{Decision, Options, Run, diff, simulate};

use super::document::GoodVersion;
use super::dry_run::DryRun;

/// Two runs of the same calls.
#[derive(Debug)]
pub struct WhatIf {
    /// The policy that was pinned.
    pub pinned: Arc<GoodVersion>,
    /// What it does to the calls.
    pub before: Run,
    /// What changes from it to the policy at hand.
    pub difference: Difference,
    /// The cells of the matrix that hold any call.
    cells: Vec<Cell>,
}

/// How many calls go from one decision to another, or stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Under the pinned policy.
    pub before: Decision,
    /// Under the one at hand.
    pub after: Decision,
    /// How many calls.
    pub calls: usize,
}

impl WhatIf {
    /// Runs the calls of a run through the pinned policy too.
    #[must_use]
    pub fn new(pinned: Arc<GoodVersion>, run: &DryRun) -> Self {
        let before = simulate(&pinned.policy, &run.calls);
        let difference = diff(&pinned.policy, &run.version.policy, &run.calls, Options::default());
        Self::of(pinned, before, difference, run)
    }

    /// What a pinned policy does to the calls of a run, where that is known.
    #[must_use]
    pub fn of(pinned: Arc<GoodVersion>, before: Run, difference: Difference, run: &DryRun) -> Self {
        let mut cells: Vec<Cell> = Vec::new();
        for (was, is) in before.reason.iter().zip(&run.run.reason) {
            let (before, after) = (was.decision(), is.decision());
            match cells.iter_mut().find(|cell| (cell.before, cell.after) == (before, after)) {
                Some(cell) => cell.calls += 1,
                None => cells.push(Cell { before, after, calls: 1 }),
            }
        }
        Self { pinned, before, difference, cells }
    }

    /// What the pinned policy decided on call `index`, from 0, where the one at hand decides otherwise.
    #[must_use]
    pub fn was(&self, run: &DryRun, index: usize) -> Option<Decision> {
        let before = self.before.decision(index)?;
        (run.run.decision(index) != Some(before)).then_some(before)
    }

    /// Decisions that either policy makes, each once, in a fixed order.
    #[must_use]
    pub fn decisions(&self) -> Vec<Decision> {
        let all = [Decision::Allow, Decision::Deny, Decision::Approval, Decision::Unknown];
        let is_made =
            |made: &Decision| self.cells.iter().any(|cell| [cell.before, cell.after].contains(made));
        all.into_iter().filter(is_made).collect()
    }

    /// A cell of the matrix.
    #[must_use]
    pub fn cell(&self, before: Decision, after: Decision) -> Cell {
        let found = self.cells.iter().find(|cell| (cell.before, cell.after) == (before, after));
        found.copied().unwrap_or(Cell { before, after, calls: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Document;
    use crate::model::samples;
    use crate::model::traffic::Loop;

    #[test]
    fn twice_the_limit_lets_twice_as_many_through() {
        let first = DryRun::first_view();
        let doubled = Document::new(&samples::FIRST.text.replace("\"max\": 10", "\"max\": 20"));
        let calls = Arc::new(Loop::of(samples::FIRST.tool).calls().unwrap());
        let run = DryRun::new(Arc::clone(doubled.good().unwrap()), calls);
        let what_if = WhatIf::new(Arc::clone(&first.version), &run);
        assert_eq!(what_if.difference.in_words(), "50 of 3,600 calls change, all from deny to allow.");
        assert_eq!(what_if.decisions(), [Decision::Allow, Decision::Deny]);
        #[rustfmt::skip]
        let cases = [
            // before           after             calls
            (Decision::Allow, Decision::Allow, 50),
            (Decision::Allow, Decision::Deny,  0),
            (Decision::Deny,  Decision::Allow, 50),
            (Decision::Deny,  Decision::Deny,  3_500),
        ];
        for (before, after, calls) in cases {
            assert_eq!(what_if.cell(before, after), Cell { before, after, calls });
        }
        assert_eq!(what_if.was(&run, 9), None, "allowed as before");
        assert_eq!(what_if.was(&run, 10), Some(Decision::Deny), "the first that changes");
    }
}
