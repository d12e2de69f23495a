//! A store of counters outside the evaluator, as naive as can be: every use is kept, and each question is answered by
//! its definition.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_core::amount::Amount;
use gatewright_core::counter::Reading;
use gatewright_core::evaluate::{Charge, plan};
use gatewright_core::policy::Window;
use gatewright_core::{CompiledPolicy, Options, Outcome, Settled, Timestamp, ToolCall, Verdict, WindowModel};

#[derive(Clone, Default)]
pub(crate) struct Outside {
    options: Options,
    last_counted: Timestamp,
    /// By their keys.
    counters: BTreeMap<String, Counter>,
    reserved: u64,
    unsettled: BTreeSet<u64>,
}

#[derive(Clone)]
struct Counter {
    window: Window,
    uses: Vec<Use>,
}

#[derive(Clone, Copy)]
struct Use {
    reservation: u64,
    at: Timestamp,
    cost: Amount,
}

impl Outside {
    pub(crate) fn new(options: Options) -> Self {
        Self { options, last_counted: Timestamp::MIN, ..Self::default() }
    }

    /// Judges a call by its plan, and charges it where every counter has room for it: then there is a reservation.
    pub(crate) fn judge(&mut self, policy: &CompiledPolicy, call: &ToolCall<'_>) -> (Verdict, Option<u64>) {
        let plan = plan(policy, call);
        let at = call.at.max(self.last_counted);
        let readings: Vec<Reading> = plan.charges().iter().map(|charge| self.read(charge, at)).collect();
        let verdict = plan.apply(policy, call, at, self.options.window_model, &readings);
        let fits =
            plan.charges().iter().zip(&readings).all(|(charge, found)| {
                charge.max > Amount::ZERO && found.used.plus(charge.cost) <= charge.max
            });
        let reservation = (fits && !plan.is_kept_out()).then(|| self.charge(plan.charges(), at));
        (verdict, reservation)
    }

    fn charge(&mut self, charges: &[Charge], at: Timestamp) -> u64 {
        self.last_counted = at;
        self.reserved += 1;
        self.unsettled.insert(self.reserved);
        for Charge { key, window, cost, .. } in charges {
            let counter = self.counters.entry(key.clone());
            let counter = counter.or_insert_with(|| Counter { window: *window, uses: Vec::new() });
            counter.uses.push(Use { reservation: self.reserved, at, cost: *cost });
        }
        self.reserved
    }

    fn read(&self, charge: &Charge, at: Timestamp) -> Reading {
        let kept = self.counters.get(&charge.key).map_or(&[][..], |counter| &counter.uses);
        let used = |then: Timestamp| {
            let counted = kept.iter().filter(|each| self.counts(each.at, charge.window, then));
            counted.fold(Amount::ZERO, |sum, each| sum.plus(each.cost))
        };
        // What is used changes, if nothing else happens, only when a use leaves.
        let mut changes: Vec<Timestamp> =
            kept.iter().map(|each| self.leaves(each.at, charge.window)).collect();
        changes.sort_unstable();
        let first_with = |most: Amount, from: Timestamp| {
            let changes = changes.iter().copied().filter(|change| *change > from);
            let found = std::iter::once(from).chain(changes).find(|then| used(*then) <= most);
            found.unwrap_or(Timestamp::MAX)
        };
        let fits_at =
            if charge.cost <= charge.max { first_with(charge.max.minus(charge.cost), at) } else { at };
        let resets_at = match self.options.window_model {
            WindowModel::Calendar => charge.window.span(at).end,
            WindowModel::Sliding => first_with(Amount::ZERO, at.plus(1)),
        };
        Reading { used: used(at), resets_at, fits_at }
    }

    /// Whether a use at one time counts at another, which is no earlier.
    fn counts(&self, used: Timestamp, window: Window, then: Timestamp) -> bool {
        used <= then && then < self.leaves(used, window)
    }

    fn leaves(&self, used: Timestamp, window: Window) -> Timestamp {
        match self.options.window_model {
            WindowModel::Calendar => window.span(used).end,
            WindowModel::Sliding => used.plus(window.length()),
        }
    }

    pub(crate) fn settle(&mut self, reservation: u64, outcome: Outcome) -> Settled {
        if !self.unsettled.remove(&reservation) {
            return Settled::Unknown;
        }
        if !self.options.refund.covers(outcome) {
            return Settled::Kept;
        }
        let now = self.clone();
        let mut settled = Settled::NothingHeld;
        for counter in self.counters.values_mut() {
            let before = counter.uses.len();
            let window = counter.window;
            counter.uses.retain(|each| {
                each.reservation != reservation || !now.counts(each.at, window, now.last_counted)
            });
            if counter.uses.len() < before {
                settled = Settled::Refunded;
            }
        }
        settled
    }

    /// Forgets the counters that a policy does not have.
    pub(crate) fn keep_those_of(&mut self, policy: &CompiledPolicy) {
        let heads = policy.limits().iter().map(|limit| {
            format!("{}\n{}\n{}", limit.scope.as_str(), limit.rule.as_str().escape_default(), limit.window)
        });
        let heads: BTreeSet<String> = heads.collect();
        self.counters.retain(|key, _| {
            let head: Vec<&str> = key.split('\n').take(3).collect();
            heads.contains(&head.join("\n"))
        });
    }
}
