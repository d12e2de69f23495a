//! The same scenario, begun at each second of a minute.
//!
//! Windows of the calendar cut the same calls in other places when they begin at another time, so that one number of
//! allowed calls is one of several. Minutes alone are tried: hours and days are not.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::play::drive;
use crate::amount::count;
use crate::compile::CompiledPolicy;
use crate::counter::Options;
use crate::scenario::Scenario;
use crate::verdict::Decision;

/// So many seconds are tried.
pub const SECONDS: u8 = 60;

/// What becomes of a scenario that begins so many seconds later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// How many seconds later.
    pub second: u8,
    /// Calls made.
    pub calls: usize,
    /// Calls allowed.
    pub allowed: usize,
    /// Calls denied.
    pub denied: usize,
}

/// The phases of a scenario, in the order of their seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Phases {
    /// Each phase.
    pub all: Vec<Phase>,
}

/// Plays a scenario that begins `second` seconds later.
///
/// # Errors
///
/// A sentence for people, where the scenario makes too many calls.
pub fn phase(
    policy: &CompiledPolicy,
    scenario: &Scenario,
    options: Options,
    second: u8,
) -> Result<Phase, String> {
    let mut phase = Phase { second, ..Phase::default() };
    let start = scenario.start.plus(i64::from(second) * 1_000);
    let later = Scenario { start, ..scenario.clone() };
    drive(policy, &later, options, &mut |ruling| {
        phase.calls += 1;
        match ruling.reason.decision() {
            Decision::Allow => phase.allowed += 1,
            Decision::Deny => phase.denied += 1,
            Decision::Approval | Decision::Unknown => {}
        }
    })?;
    Ok(phase)
}

/// Plays a scenario once for each of the [`SECONDS`] at which it may begin.
///
/// ```
/// use gatewright_core::{Options, compile, parse};
/// use gatewright_core::scenario::notation;
/// use gatewright_core::simulate::phases;
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny", "tools": {"run_tests": {
///     "limits": [{"counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#)).unwrap();
/// let stuck = notation::parse("run_tests × 12/s for 5m").unwrap();
/// let phases = phases(&policy, &stuck, Options::default()).unwrap();
/// assert_eq!(phases.in_words(), "50 to 60 allowed, depending on when it begins (worst: second 1).");
/// ```
///
/// # Errors
///
/// A sentence for people, where the scenario makes too many calls.
pub fn phases(policy: &CompiledPolicy, scenario: &Scenario, options: Options) -> Result<Phases, String> {
    let all = (0..SECONDS).map(|second| phase(policy, scenario, options, second));
    Ok(Phases { all: all.collect::<Result<_, _>>()? })
}

impl Phases {
    /// The phase that lets the fewest calls through; of equals, the first.
    #[must_use]
    pub fn fewest(&self) -> Option<Phase> {
        self.all.iter().min_by_key(|phase| phase.allowed).copied()
    }

    /// The phase that lets the most calls through, the worst of all; of equals, the first.
    #[must_use]
    pub fn most(&self) -> Option<Phase> {
        self.all.iter().rev().max_by_key(|phase| phase.allowed).copied()
    }

    /// The range in words: `50 to 60 allowed, depending on when it begins (worst: second 1).`
    #[must_use]
    pub fn in_words(&self) -> String {
        let (Some(fewest), Some(most)) = (self.fewest(), self.most()) else {
            return "Nothing was tried.".to_string();
        };
        if fewest.allowed == most.allowed {
            return format!("{} allowed, whichever second it begins at.", count(most.allowed));
        }
        let (few, many) = (count(fewest.allowed), count(most.allowed));
        format!("{few} to {many} allowed, depending on when it begins (worst: second {}).", most.second)
    }
}
