//! Interleaved rounds: a ratio is the median of the rounds' ratios, because absolute times mean little elsewhere.

use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 21;

/// What a contestant does when it has its turn; it says how much it did.
pub(crate) type Turn<'c> = Box<dyn FnMut() -> usize + 'c>;

/// Prints what each contestant takes for one of `each` decisions, and its ratio to the first.
pub(crate) fn compare<'c, const N: usize>(
    ratio: &str,
    each: usize,
    mut contestants: [(&'c str, Turn<'c>); N],
) {
    let mut times = vec![Vec::new(); N];
    for _ in 0..ROUNDS {
        for ((_, run), times) in contestants.iter_mut().zip(&mut times) {
            times.push(seconds(run));
        }
    }
    let first = times.first().cloned().unwrap_or_default();
    println!("{:<34} {:>9} {:>9}", "", "ns each", ratio);
    for ((name, _), times) in contestants.iter().zip(times) {
        let ratios = times.iter().zip(&first).map(|(time, first)| time / first).collect();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand decisions")]
        let nanos = median(times) / each as f64 * 1e9;
        println!("{name:<34} {nanos:>9.0} {:>9.2}", median(ratios));
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time; the evaluator never reads it")]
fn seconds(run: &mut impl FnMut() -> usize) -> f64 {
    let start = Instant::now();
    black_box(run());
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
