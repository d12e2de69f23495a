//! The same calls counted in other ways: windows that slide, and other outcomes that give a call back.
//!
//! How an engine counts is an option of the engine, and no part of the policy.

use gatewright_core::counter::Refund;
use gatewright_core::simulate::{Summary, simulate_with};
use gatewright_core::{Options, WindowModel};
use serde::{Deserialize, Serialize};

use super::dry_run::DryRun;

/// What comes of one way to count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The way.
    pub options: Options,
    /// Calls allowed.
    pub allowed: usize,
    /// Calls denied.
    pub denied: usize,
    /// The index of the first denied call.
    pub first_denial: Option<usize>,
}

/// Every way to count: the usual one first.
#[must_use]
pub fn ways() -> Vec<Options> {
    let models = [WindowModel::Calendar, WindowModel::Sliding];
    let refunds = [Refund::ProtocolError, Refund::AnyError, Refund::Never];
    let way = |window_model| refunds.map(move |refund| Options { window_model, refund });
    models.into_iter().flat_map(way).collect()
}

impl Counted {
    /// Runs the calls of a run once more.
    #[must_use]
    pub fn new(run: &DryRun, options: Options) -> Self {
        if options == Options::default() {
            Self::of(&run.run.summary, options)
        } else {
            Self::of(&simulate_with(&run.version.policy, &run.calls, options).summary, options)
        }
    }

    /// What came of a run that was counted so.
    #[must_use]
    pub const fn of(summary: &Summary, options: Options) -> Self {
        Self { options, allowed: summary.allowed, denied: summary.denied, first_denial: summary.first_denial }
    }

    /// How windows lie in time.
    #[must_use]
    pub const fn windows_in_words(&self) -> &'static str {
        match self.options.window_model {
            WindowModel::Calendar => "Calendar (UTC)",
            WindowModel::Sliding => "Sliding",
        }
    }

    /// What gives a call back.
    #[must_use]
    pub const fn refund_in_words(&self) -> &'static str {
        match self.options.refund {
            Refund::ProtocolError => "a protocol error",
            Refund::AnyError => "a protocol or tool error",
            Refund::Never => "nothing",
        }
    }
}

#[cfg(test)]
mod tests {
    use gatewright_core::import::log::import_log;

    use super::*;

    #[test]
    fn sliding_windows_and_refunds_change_what_is_allowed() {
        // Ten calls end in an error of the protocol before the edge of a minute, ten end well after it, and five more.
        let line = |at: u32, outcome: &str| {
            format!(r#"{{"at": {at}, "tool": "run_tests", "grant": "g", "outcome": "{outcome}"}}"#)
        };
        let failed = (0..10).map(|call| line(50_000 + call, "protocol_error"));
        let done = (0..10).map(|call| line(55_000 + call, "ok"));
        let later = (0..5).map(|call| line(61_000 + call, "ok"));
        let log = import_log(&failed.chain(done).chain(later).collect::<Vec<_>>().join("\n"));
        let run = DryRun::new(DryRun::first_view().version, std::sync::Arc::new(log.calls));
        let allowed: Vec<usize> = ways().into_iter().map(|way| Counted::new(&run, way).allowed).collect();
        #[rustfmt::skip]
        assert_eq!(allowed, [
            25, // what failed is given back, and the new minute is fresh
            25, // no tool failed
            15, // the first ten fill the minute
            20, // the last five fall into the same 60 seconds as the ten that went well
            20,
            10, // the first ten fill it until 50 s later
        ]);
    }
}
