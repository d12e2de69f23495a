//! What every contestant is asked for.

use std::error::Error;
use std::hint::black_box;
use std::ops::Range;

use crate::calls::Call;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// One way to decide a call by its tool and its arguments.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// From the input in the contestant's own types: making it is not timed.
    pub(crate) own: Prepare,
    /// From a parsed `serde_json::Value`.
    pub(crate) parsed: Prepare,
    /// From JSON text.
    pub(crate) text: Prepare,
}

/// Loads the policy and makes the input ready.
pub(crate) type Prepare = fn(&Call) -> Outcome<Decide>;

/// Decides the prepared call so many times, and says how often it was allowed.
pub(crate) type Decide = Box<dyn FnMut(u64) -> u64>;

/// One decision, made many: the one call through a pointer is shared by all of them.
pub(crate) fn repeated(mut decide: impl FnMut() -> bool + 'static) -> Decide {
    Box::new(move |times| (0..times).map(|_| u64::from(black_box(decide()))).sum())
}

/// One way to count calls, and to refuse those for which there is no room.
pub(crate) struct Counter {
    pub(crate) name: &'static str,
    /// Whether it counts per day too, not only per minute.
    pub(crate) limits: &'static str,
    /// Makes the limits: so many per minute, and so many per day.
    pub(crate) prepare: fn(u32, u32) -> Outcome<Count>,
}

/// Counts one call in each of these milliseconds, and says how many were allowed.
pub(crate) type Count = Box<dyn FnMut(Range<u64>) -> u64>;

pub(crate) fn counted(mut count: impl FnMut(u64) -> bool + 'static) -> Count {
    Box::new(move |times| times.map(|at| u64::from(black_box(count(at)))).sum())
}
