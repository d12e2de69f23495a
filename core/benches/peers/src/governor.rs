//! governor: limits alone, without any rule, on a clock that is read from memory.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Duration;

use ::governor::clock::Clock;
use ::governor::middleware::NoOpMiddleware;
use ::governor::nanos::Nanos;
use ::governor::state::keyed::DefaultKeyedStateStore;
use ::governor::{Quota, RateLimiter};

use crate::contestant::{Counter, Outcome, counted};

pub(crate) const DIRECT: Counter = Counter {
    name: "governor, direct",
    limits: "minute",
    prepare: |per_minute, _| {
        let clock = Memory::default();
        let limiter = RateLimiter::direct_with_clock(quota(per_minute, MINUTE)?, clock.clone());
        Ok(counted(move |at| {
            clock.set(at);
            limiter.check().is_ok()
        }))
    },
};

pub(crate) const KEYED: Counter = Counter {
    name: "governor, keyed",
    limits: "minute",
    prepare: |per_minute, _| {
        let (clock, grant) = (Memory::default(), "ci".to_owned());
        let limiter = keyed(quota(per_minute, MINUTE)?, &clock);
        Ok(counted(move |at| {
            clock.set(at);
            limiter.check_key(&grant).is_ok()
        }))
    },
};

pub(crate) const TWO_KEYED: Counter = Counter {
    name: "governor, keyed, twice",
    limits: "minute, day",
    prepare: |per_minute, per_day| {
        let (clock, grant) = (Memory::default(), "ci".to_owned());
        let minute = keyed(quota(per_minute, MINUTE)?, &clock);
        let day = keyed(quota(per_day, DAY)?, &clock);
        Ok(counted(move |at| {
            clock.set(at);
            minute.check_key(&grant).is_ok() && day.check_key(&grant).is_ok()
        }))
    },
};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

fn quota(most: u32, period: Duration) -> Outcome<Quota> {
    let most = NonZeroU32::new(most).ok_or("a limit of nothing")?;
    let quota = Quota::with_period(period / most.get()).ok_or("a limit over no time")?;
    Ok(quota.allow_burst(most))
}

type Keyed = RateLimiter<String, DefaultKeyedStateStore<String>, Memory, NoOpMiddleware<Nanos>>;

fn keyed(quota: Quota, clock: &Memory) -> Keyed {
    RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock.clone())
}

/// A clock that shows what it was set to.
#[derive(Clone, Default)]
struct Memory(Rc<Cell<u64>>);

impl Memory {
    fn set(&self, millis: u64) {
        self.0.set(millis * 1_000_000);
    }
}

impl Clock for Memory {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.get())
    }
}
