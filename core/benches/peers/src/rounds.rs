//! Interleaved rounds: everyone runs once in each, and is compared with the first of the same round.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::contestant::{Decide, Outcome};

const ROUNDS: usize = 51;
/// How long one contestant runs in one round, about.
const TURN: Duration = Duration::from_millis(4);

/// The medians of the rounds.
pub(crate) struct Cost {
    pub(crate) nanos: f64,
    /// As a multiple of what the first costs in the same round.
    pub(crate) ratio: f64,
}

/// What one decision costs each. All of them must allow.
pub(crate) fn measure(runners: &mut [Decide]) -> Outcome<Vec<Cost>> {
    let turns = runners.iter_mut().map(turn).collect::<Outcome<Vec<u64>>>()?;
    let mut times = vec![Vec::new(); runners.len()];
    for _ in 0..ROUNDS {
        for ((decide, turn), times) in runners.iter_mut().zip(&turns).zip(&mut times) {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand decisions")]
            times.push(seconds(decide, *turn)? / *turn as f64 * 1e9);
        }
    }
    let first = times.first().cloned().unwrap_or_default();
    let costs = times.into_iter().map(|times| {
        let ratios = times.iter().zip(&first).map(|(time, first)| time / first).collect();
        Cost { nanos: median(times), ratio: median(ratios) }
    });
    Ok(costs.collect())
}

/// How many decisions fill a turn.
fn turn(decide: &mut Decide) -> Outcome<u64> {
    let mut times = 1;
    while seconds(decide, times)? < TURN.as_secs_f64() / 2.0 {
        times *= 2;
    }
    Ok(times)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time; the evaluator never reads it")]
fn seconds(decide: &mut Decide, times: u64) -> Outcome<f64> {
    let start = Instant::now();
    let allowed = decide(black_box(times));
    let elapsed = start.elapsed();
    if allowed != times {
        return Err(format!("only {allowed} of {times} decisions were to allow").into());
    }
    Ok(elapsed.as_secs_f64())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
