//! The calls of a worst case, as a scenario.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::ceiling::{Ceilings, MINUTES_PER_HOUR};
use crate::call::Outcome;
use crate::policy::Window;
use crate::scenario::{Block, CallKind, MAX_CALLS, Scenario, Shape};
use crate::time::Timestamp;

/// The midnight that the calls lie around: 2026-01-06T00:00:00Z.
const MIDNIGHT: Timestamp = Timestamp::from_millis(1_767_657_600_000);
const MINUTE: i64 = Window::Minute.length();
/// The most blocks of a scenario that people still look at.
const MAX_BLOCKS: usize = 500;

/// Calls made in one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Burst {
    /// In milliseconds after midnight.
    at: i64,
    calls: u64,
}

/// All calls that fit into the given minutes before and after a midnight.
pub(super) fn scenario(tool: &str, ceilings: &Ceilings, before: u64, after: u64) -> Option<Scenario> {
    let mut bursts: Vec<Burst> = outwards(ceilings, before, |minute| -1 - minute * MINUTE)?;
    bursts.reverse();
    bursts.extend(outwards(ceilings, after, |minute| minute * MINUTE)?);
    let total = bursts.iter().map(|burst| burst.calls).fold(0, u64::saturating_add);
    let first = bursts.first()?.at;
    if total > MAX_CALLS {
        return None;
    }
    let call = CallKind {
        tool: tool.to_string(),
        grant: "agent".to_string(),
        outcome: Some(Outcome::Ok),
        ..CallKind::default()
    };
    let mut blocks = Vec::new();
    let mut rest = bursts.as_slice();
    while let Some((run, every_ms)) = first_run(rest) {
        let (run, others) = rest.split_at(run);
        rest = others;
        add_run(&mut blocks, &call, run, every_ms, first);
        if blocks.len() > MAX_BLOCKS {
            return None;
        }
    }
    Some(Scenario { start: MIDNIGHT.plus(first), blocks })
}

/// What each minute takes, from midnight on in one direction, where the nearest takes as much as it can.
fn outwards(ceilings: &Ceilings, minutes: u64, at: impl Fn(i64) -> i64) -> Option<Vec<Burst>> {
    let mut bursts = Vec::new();
    let (mut of_hour, mut of_day) = (ceilings.hour, ceilings.day);
    for minute in 0..minutes {
        if minute % MINUTES_PER_HOUR == 0 {
            of_hour = ceilings.hour;
        }
        let calls = ceilings.minute.min(of_hour).min(of_day);
        of_hour -= calls;
        of_day -= calls;
        if calls > 0 {
            bursts.push(Burst { at: at(i64::try_from(minute).ok()?), calls: u64::try_from(calls).ok()? });
        }
    }
    Some(bursts)
}

/// How many bursts from the first on are alike and equally far apart, and how far.
fn first_run(bursts: &[Burst]) -> Option<(usize, u64)> {
    let first = bursts.first()?;
    let Some(second) = bursts.get(1).filter(|second| second.calls == first.calls) else {
        return Some((1, 0));
    };
    let every = second.at - first.at;
    let pairs = bursts.iter().zip(bursts.iter().skip(1));
    let alike = pairs.take_while(|(one, next)| next.calls == one.calls && next.at - one.at == every);
    Some((alike.count() + 1, every.unsigned_abs()))
}

/// A run as the fewest blocks: one for each of its instants, or one for each call of an instant.
fn add_run(blocks: &mut Vec<Block>, call: &CallKind, run: &[Burst], every_ms: u64, start: i64) {
    let repeat = |at: i64, times, every_ms| {
        let shape = Shape::Repeat { call: call.clone(), times, every_ms };
        Block::new(shape, (at - start).unsigned_abs())
    };
    let instants = u64::try_from(run.len()).unwrap_or(u64::MAX);
    match run.first() {
        Some(first) if first.calls < instants => {
            blocks.extend((0..first.calls).map(|_| repeat(first.at, instants, every_ms)));
        }
        _ => blocks.extend(run.iter().map(|burst| repeat(burst.at, burst.calls, 0))),
    }
}
