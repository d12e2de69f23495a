//! The part of a decision that time and counters enter: whether every limit has room.

use alloc::format;
use alloc::string::String;

use super::rules::{Judged, Unknown};
use super::{none_or_not_reached, not_reached};
use crate::amount::Amount;
use crate::compile::{CompiledLimit, CompiledPolicy, Target};
use crate::counter::Reading;
use crate::legible::legible;
use crate::time::duration_in_words;
use crate::trace::{Check, Mark, Step, Trace};
use crate::verdict::{Because, CostError, Found, Quota, Reason, Ruling, cost_problem};
use crate::window::WindowModel;

/// Where the readings of a call's limits come from.
pub(crate) trait Readings {
    /// What limit number `place` of the call, of all limits number `index`, finds for a call that costs `cost`.
    fn read(&self, place: usize, index: usize, limit: &CompiledLimit, cost: Amount) -> Reading;
}

/// Checks every limit, and charges none. The first without room decides; how long the others keep the call out is
/// told all the same.
pub(super) fn judge_limits(
    policy: &CompiledPolicy,
    target: Target,
    judged: &Judged,
    readings: &impl Readings,
    ruling: &mut Ruling,
    trace: &mut impl Trace,
) {
    let checks = policy.checks(target);
    let reached = ruling.reason == Reason::Allowed;
    if checks.own_limits == 0 {
        trace.step(|| none_or_not_reached(Check::Limit, reached));
    }
    let (mut unknown, mut invalid) = (judged.unknown, None);
    let mut nearest: Option<(Amount, Found)> = None;
    for (place, (checked, limit)) in policy.limits_of(target).enumerate() {
        let check = if place < checks.own_limits { Check::Limit } else { Check::AllToolsLimit };
        let index = checked.index;
        if !reached {
            trace.step(|| limit_not_reached(check, limit));
            continue;
        }
        let cost = match judged.costs.of(place) {
            Ok(cost) => cost,
            // Nothing fits 0, whatever it costs.
            Err(CostError::Unknown) if limit.max == Amount::ZERO => Amount::ONE,
            Err(CostError::Unknown) => {
                let because = Because::UnknownCost { limit: index };
                unknown.get_or_insert(Unknown { because, denial: true, approval: false });
                if ruling.reason == Reason::Allowed {
                    trace.step(|| cost_step(check, limit, Mark::Unknown, CostError::Unknown));
                } else {
                    trace.step(|| limit_not_reached(check, limit));
                }
                continue;
            }
            Err(error) => {
                // Where a limit has refused already, this says why the call does not pass later either.
                invalid = invalid.or(Some(Because::InvalidCost { limit: index, error }));
                if ruling.reason == Reason::Allowed {
                    ruling.reason = Reason::InvalidCost;
                    trace.step(|| cost_step(check, limit, Mark::Decided, error));
                } else {
                    trace.step(|| limit_not_reached(check, limit));
                }
                continue;
            }
        };
        let reading = readings.read(place, index, limit, cost);
        let with_call = reading.used.plus(cost);
        let room = with_call <= limit.max && limit.max > Amount::ZERO;
        if !room {
            if cost > limit.max || limit.max == Amount::ZERO {
                ruling.never_fits = ruling.never_fits.or(Some((index, cost)));
            } else {
                ruling.retry_at = ruling.retry_at.max(Some(reading.fits_at));
            }
        }
        if ruling.reason != Reason::Allowed {
            trace.step(|| limit_not_reached(check, limit));
            continue;
        }
        let found = Found::new(index, cost, &reading);
        let mark = if room { Mark::Passed } else { Mark::Decided };
        trace.step(|| limit_step(check, mark, limit, &found, ruling));
        if room {
            let left = limit.max.minus(with_call);
            if nearest.is_none_or(|(least, _)| left < least) {
                nearest = Some((left, with_the_call(limit, &found, ruling)));
            }
        } else {
            ruling.reason = Reason::Limit;
            ruling.limit = Some(found);
        }
    }
    if checks.limits.len() == checks.own_limits {
        trace.step(|| none_or_not_reached(Check::AllToolsLimit, ruling.reason == Reason::Allowed));
    }
    if let Some(invalid) = invalid {
        ruling.because = invalid;
    } else if ruling.reason == Reason::Limit
        && let Some(unknown) = unknown
    {
        ruling.because = unknown.because;
    }
    // Whether what was not recorded lets the call pass later cannot be told.
    let certain = ruling.never_fits.is_none() && invalid.is_none() && unknown.is_none();
    if !certain || ruling.reason != Reason::Limit {
        ruling.retry_at = None;
    }
    let undecided = match (ruling.reason, unknown) {
        // Denied either way, unless a person was to be asked.
        (Reason::Limit | Reason::InvalidCost, Some(unknown)) => unknown.approval.then_some(unknown),
        (Reason::Allowed, unknown) => unknown,
        _ => None,
    };
    if let Some(unknown) = undecided {
        ruling.reason = Reason::UnknownArgument;
        ruling.because = unknown.because;
        ruling.limit = None;
        ruling.retry_at = None;
    } else if ruling.reason == Reason::Allowed {
        ruling.limit = nearest.map(|(_, found)| found);
    }
}

/// A limit with room, once the call is counted.
fn with_the_call(limit: &CompiledLimit, found: &Found, ruling: &Ruling) -> Found {
    let resets_at = match ruling.window_model {
        WindowModel::Sliding if found.cost > Amount::ZERO => ruling.at.end_of(limit.window.length()),
        _ => found.resets_at,
    };
    Found { used: found.used.plus(found.cost), resets_at, ..*found }
}

fn limit_not_reached(check: Check, limit: &CompiledLimit) -> Step {
    not_reached(check).limit(limit)
}

fn cost_step(check: Check, limit: &CompiledLimit, mark: Mark, error: CostError) -> Step {
    let path = limit.increment_from.as_ref().map_or("", |path| path.as_str());
    let text = format!("a call costs {}, which {}", legible(path), cost_problem(error));
    Step::new(check, mark, text).limit(limit)
}

fn limit_step(check: Check, mark: Mark, limit: &CompiledLimit, found: &Found, ruling: &Ruling) -> Step {
    let quota = Quota::new(limit, ruling.window_model, found, ruling.at);
    // An empty counter that slides has nothing to reset.
    let resets = if quota.window_model == WindowModel::Sliding && found.used == Amount::ZERO {
        String::new()
    } else {
        format!(" · resets in {}", duration_in_words(quota.resets_at.since(ruling.at)))
    };
    let cost = if limit.increment_from.is_some() {
        format!(", the call costs {}", quota.cost)
    } else {
        String::new()
    };
    let text = format!("{} of {} used in {}{cost}{resets}", quota.used, limit.max, quota.window_in_words());
    Step { quota: Some(quota), ..Step::new(check, mark, text).limit(limit) }
}
