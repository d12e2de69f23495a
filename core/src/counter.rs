//! What the limits have counted: reserve, then settle.
//!
//! An allowed call holds a reservation until its outcome is told. A reservation
//! remembers its windows, so that settling late touches those windows only. A call
//! that is never settled stays counted: its work may have run.
//!
//! A denied call leaves no trace here, not even the time at which it was made.
//! The store's own time is that of the last call it counted, and never runs back.

use alloc::sync::Arc;

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::amount::Amount;
use crate::call::Outcome;
use crate::compile::{Checks, CompiledLimit, CompiledPolicy, CounterKey, Target};
use crate::policy::Scope;
use crate::spread::SpreadMap;
use crate::time::Timestamp;
use crate::window::WindowModel;

mod sharers;
mod snapshot;
mod tally;
mod unsettled;

pub(crate) use sharers::Caller;
pub use snapshot::SnapshotError;

use sharers::{EVERYONE, Sharer, Sharers};
use tally::Tally;
use unsettled::Unsettled;

/// The most grants and sessions that are counted at once. One more is refused until a window of theirs has ended.
pub const MAX_SHARERS: usize = 100_000;
/// The most reservations that wait for their outcome. The oldest beyond it stays counted for good.
pub const MAX_UNSETTLED: usize = 65_536;
/// The most instants that sliding windows remember, of all counters together.
pub const MAX_INSTANTS: usize = 1_000_000;

/// The counters of one policy, in memory.
#[derive(Clone, Debug)]
pub struct Counters {
    layout: Arc<[CounterKey]>,
    options: Options,
    last_counted: Timestamp,
    sharers: Sharers,
    tallies: SpreadMap<(u32, u32), Tally>,
    /// The instants that the tallies remember.
    instants: usize,
    unsettled: Unsettled,
    last_reservation: u64,
    /// While no place for a new sharer can have become free: until the first of the open windows ends.
    full_until: Timestamp,
}

/// How calls are counted: options of the engine, not of the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// How a limit's window lies in time.
    pub window_model: WindowModel,
    /// Which outcomes give a reservation back.
    pub refund: Refund,
}

/// Which outcomes give a reservation back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// An allowed call whose outcome is not told yet, and what it was charged. Its windows follow from its time.
#[derive(Clone, Debug)]
struct Reservation {
    at: Timestamp,
    charges: SmallVec<[Charge; 2]>,
}

/// What one counter was charged.
#[derive(Clone, Copy, Debug)]
struct Charge {
    limit: u32,
    sharer: u32,
    cost: Amount,
}

/// What one counter holds when a call is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What is used in the window of the call's time.
    pub used: Amount,
    /// When the counter is fresh again, if nothing else happens.
    pub resets_at: Timestamp,
    /// When the call has room, if nothing else happens. It matters only where it has none now.
    pub fits_at: Timestamp,
}

/// There is no place to count one more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Full;

impl Counters {
    /// Counters for a policy, all at nothing.
    #[must_use]
    pub fn new(policy: &CompiledPolicy) -> Self {
        Self::with_options(policy, Options::default())
    }

    /// Counters for a policy, all at nothing, that count in another way.
    #[must_use]
    pub fn with_options(policy: &CompiledPolicy, options: Options) -> Self {
        Self {
            layout: Arc::clone(policy.layout()),
            options,
            last_counted: Timestamp::MIN,
            sharers: Sharers::default(),
            tallies: SpreadMap::default(),
            instants: 0,
            unsettled: Unsettled::default(),
            last_reservation: 0,
            full_until: Timestamp::MIN,
        }
    }

    /// How calls are counted.
    #[must_use]
    pub const fn options(&self) -> Options {
        self.options
    }

    /// How many entries they hold: of counters, of instants, of sharers and of reservations.
    pub(crate) fn entries(&self) -> usize {
        self.tallies.len() + self.instants + self.sharers.len() + self.unsettled.len()
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
        let Some(reservation) = self.unsettled.remove(id.0) else { return Settled::Unknown };
        if !self.options.refund.covers(outcome) {
            return Settled::Kept;
        }
        let mut settled = Settled::NothingHeld;
        for Charge { limit: index, sharer, cost } in reservation.charges {
            let Some(limit) = limit_of(policy, index) else { continue };
            if let Some(tally) = self.tallies.get_mut(&(index, sharer))
                && tally.refund(cost, limit.window, reservation.at, self.last_counted)
            {
                settled = Settled::Refunded;
            }
        }
        settled
    }

    /// Goes over to another policy. Counters that it has too, at the same place and with the same name, window and
    /// scope, keep what they hold; the others are gone.
    pub fn replace_policy(&mut self, policy: &CompiledPolicy) {
        if self.fit(policy) {
            self.layout = Arc::clone(policy.layout());
            return;
        }
        let places: HashMap<&CounterKey, u32> = policy
            .layout()
            .iter()
            .enumerate()
            .filter_map(|(place, key)| Some((key, place.try_into().ok()?)))
            .collect();
        let old = Arc::clone(&self.layout);
        let moved = |index: u32| {
            let key = old.get(usize::try_from(index).ok()?)?;
            places.get(key).copied()
        };
        let tallies = core::mem::take(&mut self.tallies).into_iter();
        self.tallies =
            tallies.filter_map(|((index, sharer), tally)| Some(((moved(index)?, sharer), tally))).collect();
        for reservation in self.unsettled.values_mut() {
            let charges = core::mem::take(&mut reservation.charges).into_iter();
            reservation.charges =
                charges.filter_map(|charge| Some(Charge { limit: moved(charge.limit)?, ..charge })).collect();
        }
        self.instants = self.tallies.values().map(Tally::instants).sum();
        self.full_until = Timestamp::MIN;
        self.layout = Arc::clone(policy.layout());
    }

    /// Whether these counters belong to a policy with the same counters at the same places.
    pub(crate) fn fit(&self, policy: &CompiledPolicy) -> bool {
        Arc::ptr_eq(&self.layout, policy.layout()) || self.layout == *policy.layout()
    }

    /// The caller of a call, as far as its limits share counters.
    pub(crate) fn caller<'a>(&self, checks: &Checks, grant: &'a str, session: &'a str) -> Caller<'a> {
        self.sharers.caller(checks, grant, session)
    }

    /// The same, quicker where the last call came from this caller too.
    pub(crate) fn next_caller<'a>(
        &mut self,
        checks: &Checks,
        grant: &'a str,
        session: &'a str,
    ) -> Caller<'a> {
        self.sharers.next_caller(checks, grant, session)
    }

    /// What a counter holds in the window that `at` falls in.
    pub(crate) fn used(
        &self,
        index: usize,
        limit: &CompiledLimit,
        caller: &Caller<'_>,
        at: Timestamp,
    ) -> Amount {
        self.tally(index, limit, caller).map_or(Amount::ZERO, |tally| tally.used(limit.window, at))
    }

    /// What a call that costs `cost` finds at `at`.
    pub(crate) fn read(
        &self,
        index: usize,
        limit: &CompiledLimit,
        caller: &Caller<'_>,
        cost: Amount,
        at: Timestamp,
    ) -> Reading {
        let window = limit.window;
        let Some(tally) = self.tally(index, limit, caller) else {
            let resets_at = match self.options.window_model {
                WindowModel::Calendar => window.span(at).end,
                WindowModel::Sliding => at.end_of(1),
            };
            return Reading { used: Amount::ZERO, resets_at, fits_at: at };
        };
        let used = tally.used(window, at);
        let fits_at =
            if used.plus(cost) > limit.max { tally.falls_to(limit.max.minus(cost), window, at) } else { at };
        Reading { used, resets_at: tally.empty_at(window, at), fits_at }
    }

    fn tally(&self, index: usize, limit: &CompiledLimit, caller: &Caller<'_>) -> Option<&Tally> {
        let Sharer::Known(sharer) = caller.sharer(limit.scope)? else { return None };
        self.tallies.get(&(u32::try_from(index).ok()?, sharer))
    }

    /// Counts a call against every limit of its target, all or none, and holds a reservation. `cost` is what it
    /// costs each of them, in their order.
    pub(crate) fn reserve(
        &mut self,
        policy: &CompiledPolicy,
        target: Target,
        caller: &Caller<'_>,
        cost: impl Fn(usize) -> Amount,
        at: Timestamp,
    ) -> Result<ReservationId, Full> {
        let fresh =
            [caller.grant, caller.session].iter().filter(|who| matches!(who, Some(Sharer::New(_)))).count();
        // Both are made sure of before anything is forgotten: a call that is denied leaves no trace.
        let held = if fresh > 0 && self.sharers.len() + fresh > MAX_SHARERS {
            Some(self.held_sharers(policy, caller, fresh, at)?)
        } else {
            None
        };
        let limits = policy.checks(target).limits.len();
        if self.instants + limits > MAX_INSTANTS {
            self.forget_instants(policy, limits, at)?;
        }
        if let Some(held) = held {
            self.forget_sharers(policy, &held, at);
        }
        let grant = self.number(caller.grant)?;
        let session = self.number(caller.session)?;
        self.last_counted = self.last_counted.max(at);
        let mut charges = SmallVec::new();
        for (place, (checked, limit)) in policy.limits_of(target).enumerate() {
            let cost = cost(place);
            let sharer = match limit.scope {
                Scope::Grant => grant,
                Scope::Session => session,
                Scope::Global => EVERYONE,
            };
            let index = u32::try_from(checked.index).unwrap_or(u32::MAX);
            let model = self.options.window_model;
            let tally = self.tallies.entry((index, sharer)).or_insert_with(|| Tally::new(model));
            let before = tally.instants();
            tally.charge(cost, limit.window, at);
            self.instants = (self.instants + tally.instants()).saturating_sub(before);
            charges.push(Charge { limit: index, sharer, cost });
        }
        if self.unsettled.len() >= MAX_UNSETTLED {
            self.unsettled.forget_first();
        }
        self.last_reservation = self.last_reservation.saturating_add(1);
        self.unsettled.push(self.last_reservation, Reservation { at, charges });
        Ok(ReservationId(self.last_reservation))
    }

    /// The number of a sharer, of those that the call's limits need.
    fn number(&mut self, sharer: Option<Sharer<'_>>) -> Result<u32, Full> {
        match sharer {
            None => Ok(EVERYONE),
            Some(Sharer::Known(number)) => Ok(number),
            Some(Sharer::New(name)) => self.sharers.number(&name).ok_or(Full),
        }
    }

    /// The caller's sharers and those that have an open window, where without the others there is place for `fresh`
    /// more. A reservation whose windows have ended holds no place: settling it changes nothing.
    fn held_sharers(
        &mut self,
        policy: &CompiledPolicy,
        caller: &Caller<'_>,
        fresh: usize,
        at: Timestamp,
    ) -> Result<HashSet<u32>, Full> {
        if at < self.full_until {
            return Err(Full);
        }
        let mut held: HashSet<u32> = caller.numbers().collect();
        let mut first_end = Timestamp::MAX;
        for ((index, sharer), tally) in &self.tallies {
            let over_at = over_at(policy, *index, tally);
            if over_at > at && *sharer != EVERYONE {
                held.insert(*sharer);
                first_end = first_end.min(over_at);
            }
        }
        if held.len() >= MAX_SHARERS {
            self.full_until = first_end;
        }
        if held.len() + fresh > MAX_SHARERS { Err(Full) } else { Ok(held) }
    }

    /// Forgets every sharer but those that are held, and every counter whose window has ended.
    fn forget_sharers(&mut self, policy: &CompiledPolicy, held: &HashSet<u32>, at: Timestamp) {
        let Self { tallies, unsettled, sharers, .. } = self;
        tallies.retain(|(index, _), tally| over_at(policy, *index, tally) > at);
        // The number of a sharer that is forgotten goes to another, who must not be given back its charges.
        for reservation in unsettled.values_mut() {
            reservation.charges.retain(|charge| tallies.contains_key(&(charge.limit, charge.sharer)));
        }
        self.instants = tallies.values().map(Tally::instants).sum();
        sharers.keep(held);
    }

    /// Forgets what has left its sliding window. Where that is not enough, nothing changes.
    fn forget_instants(&mut self, policy: &CompiledPolicy, fresh: usize, at: Timestamp) -> Result<(), Full> {
        let window = |index: u32| limit_of(policy, index).map(|limit| limit.window);
        let over = |((index, _), tally): (&(u32, u32), &Tally)| Some(tally.left(window(*index)?, at));
        let over: usize = self.tallies.iter().filter_map(over).sum();
        if self.instants - over.min(self.instants) + fresh > MAX_INSTANTS {
            return Err(Full);
        }
        for ((index, _), tally) in &mut self.tallies {
            if let Some(window) = window(*index) {
                tally.forget(window, at);
            }
        }
        self.instants = self.tallies.values().map(Tally::instants).sum();
        Ok(())
    }
}

/// From when on a counter counts for nothing.
fn over_at(policy: &CompiledPolicy, index: u32, tally: &Tally) -> Timestamp {
    limit_of(policy, index).map_or(Timestamp::MIN, |limit| tally.over_at(limit.window))
}

fn limit_of(policy: &CompiledPolicy, index: u32) -> Option<&CompiledLimit> {
    policy.limits().get(usize::try_from(index).ok()?)
}
