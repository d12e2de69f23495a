//! What the limits have counted: reserve, then settle.
//!
//! An allowed call holds a reservation until its outcome is told. A reservation
//! remembers its windows, so that settling late touches those windows only. A call
//! that is never settled stays counted: its work may have run.
//!
//! A denied call leaves no trace here, not even the time at which it was made.
//! The store's own time is that of the last call it counted, and never runs back.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use serde::Serialize;

use crate::amount::Amount;
use crate::call::Outcome;
use crate::compile::{CompiledLimit, CompiledPolicy, Target};
use crate::policy::Scope;
use crate::time::Timestamp;

/// The most grants that are counted at once. One more is refused until a window of theirs has ended.
pub const MAX_GRANTS: usize = 100_000;
/// The most reservations that wait for their outcome. The oldest beyond it stays counted for good.
pub const MAX_UNSETTLED: usize = 65_536;

/// The counters of one policy, in memory.
#[derive(Clone, Debug)]
pub struct Counters {
    layout: Arc<str>,
    refund: Refund,
    last_counted: Timestamp,
    grants: HashMap<Box<str>, u32>,
    free_grants: Vec<u32>,
    entries: HashMap<(u32, u32), Entry>,
    unsettled: BTreeMap<u64, Reservation>,
    last_reservation: u64,
    /// While no place for a new grant can have become free: until the first of the open windows ends.
    full_until: Timestamp,
}

/// Which outcomes give a reservation back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refund {
    /// A protocol error: the tool did not run.
    #[default]
    ProtocolError,
    /// A protocol error or a tool error.
    AnyError,
    /// None.
    Never,
}

impl Refund {
    /// Whether a call that ended so is not counted.
    #[must_use]
    pub const fn covers(self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Ok => false,
            Outcome::ToolError => matches!(self, Self::AnyError),
            Outcome::ProtocolError => !matches!(self, Self::Never),
        }
    }
}

/// The name of a reservation, unique within its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ReservationId(pub u64);

/// What settling did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// The call stays counted.
    Kept,
    /// The call was taken off each of its counters whose window is still open.
    Refunded,
    /// There was nothing to take off: the call has no limit, or each of its windows has ended.
    NothingHeld,
    /// No such reservation, or settled before. Nothing changed.
    Unknown,
}

/// What one counter holds, in the window that starts at `start`.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: Timestamp,
    used: Amount,
}

/// An allowed call whose outcome is not told yet. Its windows follow from its time.
#[derive(Clone, Copy, Debug)]
struct Reservation {
    target: Target,
    /// None where no limit counts the call.
    grant: Option<u32>,
    at: Timestamp,
}

/// A grant: one that is counted already, or one that will be with its first allowed call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Grant<'a> {
    Known(u32),
    New(&'a str),
}

/// There is no place for one more grant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Full;

impl Counters {
    /// Counters for a policy, all at nothing.
    #[must_use]
    pub fn new(policy: &CompiledPolicy) -> Self {
        Self::with_refund(policy, Refund::default())
    }

    /// Counters for a policy, all at nothing, with the outcomes that give a reservation back.
    #[must_use]
    pub fn with_refund(policy: &CompiledPolicy, refund: Refund) -> Self {
        Self {
            layout: Arc::clone(policy.layout()),
            refund,
            last_counted: Timestamp::MIN,
            grants: HashMap::new(),
            free_grants: Vec::new(),
            entries: HashMap::new(),
            unsettled: BTreeMap::new(),
            last_reservation: 0,
            full_until: Timestamp::MIN,
        }
    }

    /// The time at which a call made at `at` is judged: never before the last call counted.
    #[must_use]
    pub fn effective_time(&self, at: Timestamp) -> Timestamp {
        at.max(self.last_counted)
    }

    /// Tells how a call ended. The outcome either keeps it counted or gives it back.
    pub fn settle(&mut self, policy: &CompiledPolicy, id: ReservationId, outcome: Outcome) -> Settled {
        if !self.fit(policy) {
            return Settled::Unknown;
        }
        let Some(reservation) = self.unsettled.remove(&id.0) else { return Settled::Unknown };
        self.full_until = Timestamp::MIN;
        if !self.refund.covers(outcome) {
            return Settled::Kept;
        }
        let mut settled = Settled::NothingHeld;
        let Some(grant) = reservation.grant else { return settled };
        for (index, limit) in policy.limits_of(reservation.target) {
            let span = limit.window.span(reservation.at);
            let entry = self.entries.get_mut(&key(index, limit, grant));
            if let Some(entry) = entry.filter(|entry| entry.start == span.start)
                && self.last_counted < span.end
            {
                entry.used = entry.used.minus(Amount::ONE);
                settled = Settled::Refunded;
            }
        }
        settled
    }

    /// Whether these counters belong to a policy with the same counters at the same places.
    pub(crate) fn fit(&self, policy: &CompiledPolicy) -> bool {
        Arc::ptr_eq(&self.layout, policy.layout()) || self.layout == *policy.layout()
    }

    pub(crate) fn grant<'a>(&self, name: &'a str) -> Grant<'a> {
        self.grants.get(name).map_or(Grant::New(name), |grant| Grant::Known(*grant))
    }

    /// What a counter holds in the window that `at` falls in.
    pub(crate) fn used(
        &self,
        index: usize,
        limit: &CompiledLimit,
        grant: Grant<'_>,
        at: Timestamp,
    ) -> Amount {
        let Grant::Known(grant) = grant else { return Amount::ZERO };
        match self.entries.get(&key(index, limit, grant)) {
            Some(entry) if entry.start == limit.window.span(at).start => entry.used,
            _ => Amount::ZERO,
        }
    }

    /// Counts a call against every limit of its target, all or none, and holds a reservation.
    pub(crate) fn reserve(
        &mut self,
        policy: &CompiledPolicy,
        target: Target,
        grant: Grant<'_>,
        at: Timestamp,
    ) -> Result<ReservationId, Full> {
        let grant = match grant {
            Grant::Known(grant) => Some(grant),
            Grant::New(_) if policy.limits_of(target).next().is_none() => None,
            Grant::New(name) => Some(self.add_grant(policy, name, at)?),
        };
        self.last_counted = self.last_counted.max(at);
        if let Some(grant) = grant {
            self.charge(policy, target, grant, at);
        }
        if self.unsettled.len() >= MAX_UNSETTLED {
            self.unsettled.pop_first();
        }
        self.last_reservation += 1;
        self.unsettled.insert(self.last_reservation, Reservation { target, grant, at });
        Ok(ReservationId(self.last_reservation))
    }

    fn charge(&mut self, policy: &CompiledPolicy, target: Target, grant: u32, at: Timestamp) {
        for (index, limit) in policy.limits_of(target) {
            let start = limit.window.span(at).start;
            let fresh = Entry { start, used: Amount::ZERO };
            let entry = self.entries.entry(key(index, limit, grant)).or_insert(fresh);
            if entry.start != start {
                *entry = fresh;
            }
            entry.used = entry.used.plus(Amount::ONE);
        }
    }

    fn add_grant(&mut self, policy: &CompiledPolicy, name: &str, at: Timestamp) -> Result<u32, Full> {
        if self.grants.len() >= MAX_GRANTS {
            self.make_room(policy, at)?;
        }
        let fresh = u32::try_from(self.grants.len()).map_err(|_| Full)?;
        let grant = self.free_grants.pop().unwrap_or(fresh);
        self.grants.insert(name.into(), grant);
        Ok(grant)
    }

    /// Frees the grants that hold nothing any more, no open window and no reservation. Where there
    /// are none, nothing changes: the call that asked is denied, and a denied call leaves no trace.
    fn make_room(&mut self, policy: &CompiledPolicy, at: Timestamp) -> Result<(), Full> {
        if at < self.full_until {
            return Err(Full);
        }
        let limits = policy.limits();
        let limit_of = |index: u32| usize::try_from(index).ok().and_then(|index| limits.get(index));
        let end_if_open = |(index, _): &(u32, u32), entry: &Entry| {
            let span = limit_of(*index)?.window.span(at);
            (span.start == entry.start).then_some(span.end)
        };
        let mut held: HashSet<u32> = self.unsettled.values().filter_map(|held| held.grant).collect();
        let mut first_end = Timestamp::MAX;
        for (key, entry) in &self.entries {
            if let Some(end) = end_if_open(key, entry) {
                held.insert(key.1);
                first_end = first_end.min(end);
            }
        }
        if held.len() >= MAX_GRANTS {
            self.full_until = first_end;
            return Err(Full);
        }
        self.entries.retain(|key, entry| end_if_open(key, entry).is_some());
        let free = &mut self.free_grants;
        self.grants.retain(|_, grant| {
            let keep = held.contains(grant);
            if !keep {
                free.push(*grant);
            }
            keep
        });
        Ok(())
    }
}

fn key(index: usize, limit: &CompiledLimit, grant: u32) -> (u32, u32) {
    let sharer = match limit.scope {
        Scope::Grant | Scope::Session | Scope::Global => grant,
    };
    (u32::try_from(index).unwrap_or(u32::MAX), sharer)
}
