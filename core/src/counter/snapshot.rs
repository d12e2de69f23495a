//! What counters hold, as text: export it, and go on elsewhere with the same future, byte for byte.
//!
//! A snapshot carries a version and a checksum. One that is damaged, or of a version that is not known, is refused
//! whole: half of what was counted would open a gate.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::sharers::{EVERYONE, Name, Sharers};
use super::tally::Tally;
use super::{Charge, Counters, MAX_INSTANTS, MAX_SHARERS, MAX_UNSETTLED, Options, Reservation};
use crate::amount::Amount;
use crate::compile::CompiledPolicy;
use crate::policy::{Scope, Window};
use crate::time::Timestamp;

const VERSION: u32 = 1;

/// Why a snapshot was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// It is no snapshot, or was changed after it was made.
    Damaged(String),
    /// It is of another version.
    Version(u32),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(why) => write!(out, "the snapshot is damaged, and refused whole: {why}"),
            Self::Version(version) => {
                write!(out, "the snapshot is of version {version}; this evaluator reads version {VERSION}")
            }
        }
    }
}

/// The whole text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot {
    gatewright_counters: u32,
    /// FNV-1a, 64 bits, of the state's text, in hexadecimal digits.
    check: String,
    state: State,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    options: Options,
    last_counted: Timestamp,
    last_reservation: u64,
    counters: Vec<Counter>,
    unsettled: Vec<Held>,
}

/// One counter of one sharer.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counter {
    rule: String,
    window: String,
    scope: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// Of a calendar window, its start and its sum; of a sliding one, each instant and what was used at it.
    uses: Vec<(Timestamp, String)>,
}

/// A reservation, with the places of its counters among those above.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    id: u64,
    at: Timestamp,
    charges: Vec<(usize, String)>,
}

impl Counters {
    /// What is counted, as JSON text. The same counters always give the same text.
    ///
    /// ```
    /// use gatewright_core::{Counters, compile, parse};
    /// let policy = compile(&parse(r#"{"version": "1", "default": "allow"}"#)).unwrap();
    /// let text = Counters::new(&policy).export();
    /// assert_eq!(Counters::restore(&policy, &text).unwrap().export(), text);
    /// assert!(Counters::restore(&policy, &text.replace('0', "1")).is_err());
    /// ```
    #[must_use]
    pub fn export(&self) -> String {
        let state = self.state();
        let check = check(&state);
        let snapshot = Snapshot { gatewright_counters: VERSION, check, state };
        serde_json::to_string(&snapshot).unwrap_or_default()
    }

    /// Counters as they were when `text` was exported. What the policy does not have any more is left out.
    pub fn restore(policy: &CompiledPolicy, text: &str) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Head {
            gatewright_counters: u32,
        }
        let damaged = |error: serde_json::Error| SnapshotError::Damaged(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(damaged)?;
        if head.gatewright_counters != VERSION {
            return Err(SnapshotError::Version(head.gatewright_counters));
        }
        let snapshot: Snapshot = serde_json::from_str(text).map_err(damaged)?;
        if snapshot.check != check(&snapshot.state) {
            return Err(SnapshotError::Damaged("its checksum is another".to_string()));
        }
        Self::of_state(policy, snapshot.state)
            .ok_or_else(|| SnapshotError::Damaged("what it holds does not fit together".to_string()))
    }

    fn state(&self) -> State {
        let names: HashMap<u32, _> = self.sharers.iter().map(|(name, number)| (number, name)).collect();
        let mut keys: Vec<(u32, u32)> = self.tallies.keys().copied().collect();
        // In the order of the policy's limits, and within one of them of the sharers' names.
        let name_of = |sharer: u32| {
            names.get(&sharer).map(|name| (name.grant.to_string(), name.session.as_deref().map(String::from)))
        };
        keys.sort_by_cached_key(|(index, sharer)| (*index, name_of(*sharer)));
        let places: HashMap<(u32, u32), usize> =
            keys.iter().enumerate().map(|(place, key)| (*key, place)).collect();
        let counters = keys.iter().filter_map(|key| {
            let limit = self.layout.get(usize::try_from(key.0).ok()?)?;
            let tally = self.tallies.get(key)?;
            let (grant, session) =
                name_of(key.1).map_or((None, None), |(grant, session)| (Some(grant), session));
            Some(Counter {
                rule: limit.rule.to_string(),
                window: limit.window.to_string(),
                scope: limit.scope.as_str().to_string(),
                grant,
                session,
                uses: tally.uses().map(|(at, amount)| (at, amount.plain())).collect(),
            })
        });
        let unsettled = self.unsettled.iter().map(|(id, held)| {
            let charges = held.charges.iter().filter_map(|charge| {
                Some((*places.get(&(charge.limit, charge.sharer))?, charge.cost.plain()))
            });
            Held { id, at: held.at, charges: charges.collect() }
        });
        State {
            options: self.options,
            last_counted: self.last_counted,
            last_reservation: self.last_reservation,
            counters: counters.collect(),
            unsettled: unsettled.collect(),
        }
    }

    /// Nothing where the state's parts do not fit together.
    fn of_state(policy: &CompiledPolicy, state: State) -> Option<Self> {
        let mut counters = Self::with_options(policy, state.options);
        counters.last_counted = state.last_counted;
        counters.last_reservation = state.last_reservation;
        let mut places = HashMap::new();
        for (place, key) in policy.layout().iter().enumerate() {
            let index = u32::try_from(place).ok()?;
            places.insert((key.rule.as_str(), key.window, key.scope), index);
        }
        let mut keys = Vec::new();
        for counter in &state.counters {
            let (window, scope) = (window_of(&counter.window)?, scope_of(&counter.scope)?);
            let sharer = sharer_of(counter, scope, &mut counters.sharers)?;
            let key = places.get(&(counter.rule.as_str(), window, scope)).map(|index| (*index, sharer));
            keys.push(key);
            let mut uses = Vec::new();
            for (at, amount) in &counter.uses {
                if *at > state.last_counted {
                    return None;
                }
                uses.push((*at, Amount::parse(amount).ok()?));
            }
            let tally = Tally::of_uses(state.options.window_model, window, &uses)?;
            if let Some(key) = key
                && counters.tallies.insert(key, tally).is_some()
            {
                return None;
            }
        }
        for held in state.unsettled {
            let mut reservation = Reservation { at: held.at, charges: smallvec::SmallVec::new() };
            for (place, cost) in held.charges {
                let cost = Amount::parse(&cost).ok()?;
                if let Some((limit, sharer)) = *keys.get(place)? {
                    reservation.charges.push(Charge { limit, sharer, cost });
                }
            }
            let unknown = held.id > counters.last_reservation;
            if unknown || held.at > counters.last_counted || !counters.unsettled.push(held.id, reservation) {
                return None;
            }
        }
        counters.instants = counters.tallies.values().map(Tally::instants).sum();
        let bounded = counters.instants <= MAX_INSTANTS
            && counters.sharers.len() <= MAX_SHARERS
            && counters.unsettled.len() <= MAX_UNSETTLED
            && counters.last_reservation < u64::MAX / 2;
        bounded.then_some(counters)
    }
}

fn window_of(name: &str) -> Option<Window> {
    [Window::Minute, Window::Hour, Window::Day].into_iter().find(|window| window.to_string() == name)
}

fn scope_of(name: &str) -> Option<Scope> {
    [Scope::Grant, Scope::Session, Scope::Global].into_iter().find(|scope| scope.as_str() == name)
}

fn sharer_of(counter: &Counter, scope: Scope, sharers: &mut Sharers) -> Option<u32> {
    match (scope, counter.grant.as_deref(), counter.session.as_deref()) {
        (Scope::Global, None, None) => Some(EVERYONE),
        (Scope::Grant, Some(grant), None) => sharers.number(&Name { grant, session: None }),
        (Scope::Session, Some(grant), session @ Some(_)) => sharers.number(&Name { grant, session }),
        _ => None,
    }
}

fn check(state: &State) -> String {
    let text = serde_json::to_string(state).unwrap_or_default();
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests;
