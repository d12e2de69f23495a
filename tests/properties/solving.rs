//! What the solvers find: tried again with policies that say it.

use std::collections::BTreeMap;

use gatewright_core::amount::Amount;
use gatewright_core::scenario::Scenario;
use gatewright_core::simulate::{Found, largest_max, phases, play, smallest_max};
use gatewright_core::{CompiledPolicy, Decision, Options};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::agreeing::policies;
use crate::driver::options;
use crate::examples;
use crate::naive::{Limit, Simple};
use crate::scenarios::scenarios;

/// The limit of a policy that the compiled one has at an index.
fn limit_at<'p>(policy: &'p mut Simple, compiled: &CompiledPolicy, index: usize) -> &'p mut Limit {
    let limit = &compiled.limits()[index];
    let place: usize = limit.counter[1..].parse().unwrap();
    let limits = match &limit.tool {
        Some(tool) => &mut policy.tools.get_mut(tool.as_str()).unwrap().limits,
        None => &mut policy.all_tools,
    };
    &mut limits[place]
}

/// The same policy, where one limit has another `max`, in thousandths.
fn with_max(policy: &Simple, index: usize, max: i64) -> CompiledPolicy {
    let mut changed = policy.clone();
    limit_at(&mut changed, &policy.compiled(), index).max = max;
    changed.compiled()
}

/// The calls that are allowed, by their times and tools.
fn allowed(policy: &CompiledPolicy, scenario: &Scenario, options: Options) -> Vec<(i64, String)> {
    let (calls, run) = play(policy, scenario, options).unwrap();
    let allowed = (0..calls.len()).filter(|place| run.decision(*place) == Some(Decision::Allow));
    allowed.map(|place| (run.at[place].as_millis(), calls.get(place).unwrap().tool.to_string())).collect()
}

/// The most of the calls that a limit counts that are allowed on one day.
fn most_a_day(policy: &CompiledPolicy, index: usize, scenario: &Scenario, options: Options) -> u64 {
    let tool = policy.limits()[index].tool.as_deref();
    let mut days: BTreeMap<_, u64> = BTreeMap::new();
    for (at, called) in allowed(policy, scenario, options) {
        if tool.is_none_or(|tool| tool == called) {
            *days.entry(at.div_euclid(86_400_000)).or_default() += 1;
        }
    }
    days.into_values().max().unwrap_or(0)
}

/// A `max` that none of the scenarios reaches, in thousandths.
const BEYOND: i64 = 1_000_000_000;

proptest! {
    #![proptest_config(examples(300))]

    #[test]
    fn the_smallest_max_is_enough_and_less_is_not(
        policy in policies(), scenario in scenarios(), options in options(), which in any::<Index>()
    ) {
        let compiled = policy.compiled();
        prop_assume!(!compiled.limits().is_empty());
        let index = which.index(compiled.limits().len());
        let found = smallest_max(&compiled, index, &scenario, options).unwrap().unwrap();
        // Costs here are thousandths or more; what costs nothing needs just any limit above 0.
        let thousandths = i64::try_from(found.max.billionths().div_ceil(1_000_000)).unwrap();
        let without = allowed(&with_max(&policy, index, BEYOND), &scenario, options);
        prop_assert_eq!(&allowed(&with_max(&policy, index, thousandths), &scenario, options), &without);
        if found.max > Amount::ZERO && found.exact {
            let with_less = allowed(&with_max(&policy, index, thousandths - 1), &scenario, options);
            prop_assert_ne!(with_less, without, "{:?}", found);
        }
        prop_assert!(found.exact || scenario.is_closed());
    }

    #[test]
    fn the_largest_max_is_the_largest_of_all(
        policy in policies(), scenario in scenarios(), options in options(), which in any::<Index>(), most in 0..12_u64
    ) {
        let compiled = policy.compiled();
        prop_assume!(!compiled.limits().is_empty());
        let index = which.index(compiled.limits().len());
        let found = largest_max(&compiled, index, most, &scenario, options).unwrap().unwrap().found;
        // More than all calls of such a scenario cost together would change nothing.
        let a_day = |max: u64| {
            most_a_day(&with_max(&policy, index, i64::try_from(max).unwrap() * 1_000), index, &scenario, options)
        };
        let enough = smallest_max(&compiled, index, &scenario, options).unwrap().unwrap().max.whole() + 2;
        match found {
            Found::Any => prop_assert!(a_day(enough) <= most),
            Found::Max { max, allowed_a_day, exact } => {
                prop_assert!(exact, "small scenarios are searched through");
                prop_assert_eq!(a_day(max), allowed_a_day);
                prop_assert!(allowed_a_day <= most);
                for larger in max + 1..=enough {
                    prop_assert!(a_day(larger) > most, "{} would do", larger);
                }
            }
        }
    }

    #[test]
    fn a_phase_is_a_run_that_begins_later(policy in policies(), scenario in scenarios(), options in options()) {
        let compiled = policy.compiled();
        let phases = phases(&compiled, &scenario, options).unwrap();
        for second in [0_u8, 1, 30, 59] {
            let start = scenario.start.plus(i64::from(second) * 1_000);
            let (_, run) = play(&compiled, &Scenario { start, ..scenario.clone() }, options).unwrap();
            let phase = phases.all[usize::from(second)];
            let found = (phase.second, phase.calls, phase.allowed, phase.denied);
            prop_assert_eq!(found, (second, run.summary.calls, run.summary.allowed, run.summary.denied));
        }
        let allowed = || phases.all.iter().map(|phase| phase.allowed);
        prop_assert_eq!(phases.most().map(|phase| phase.allowed), allowed().max());
        prop_assert_eq!(phases.fewest().map(|phase| phase.allowed), allowed().min());
    }
}
