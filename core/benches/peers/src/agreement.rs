//! Everyone decides alike, or nothing is timed.

use crate::calls::{Case, cases};
use crate::contestant::{Contestant, Counter, Outcome};

/// How many cases there are, of which everyone says the same from every form of input.
pub(crate) fn on_calls(contestants: &[Contestant]) -> Outcome<usize> {
    let cases = cases();
    let mut told = Vec::new();
    for contestant in contestants {
        let forms =
            [("own types", contestant.own), ("a parsed value", contestant.parsed), ("text", contestant.text)];
        for (form, prepare) in forms {
            for Case { call, allowed, why } in &cases {
                // Twice, for a decision must leave nothing behind. An input that cannot be held is not allowed.
                let (decided, error) = match prepare(call) {
                    Ok(mut decide) => (decide(2), String::new()),
                    Err(error) => (0, format!(" ({error})")),
                };
                if decided != if *allowed { 2 } else { 0 } {
                    let message: String = call.message().chars().take(300).collect();
                    told.push(format!(
                        "{} allows {decided} times of 2 from {form}{error}: {why}: {message}",
                        contestant.name
                    ));
                }
            }
        }
    }
    if told.is_empty() { Ok(cases.len()) } else { Err(told.join("\n").into()) }
}

/// Three fit into a minute: the fourth is refused, and the next minute takes three again.
pub(crate) fn on_limits(counters: &[Counter]) -> Outcome<()> {
    #[rustfmt::skip]
    let calls = [
        // at       allowed  why
        (     0,    1,       "the first of three"),
        (     0,    1,       "the second of three, in the same millisecond"),
        (     1,    1,       "the third of three"),
        (     2,    0,       "the minute is full"),
        (60_001,    1,       "the first of three, a minute after the third"),
        (60_001,    1,       "the second of three"),
        (60_001,    1,       "the third of three"),
        (60_002,    0,       "the minute is full again"),
    ];
    for counter in counters {
        let mut count = (counter.prepare)(3, 1_000_000)?;
        for (at, allowed, why) in calls {
            if count(at..at + 1) != allowed {
                return Err(format!("{} differs at {at} ms: {why}", counter.name).into());
            }
        }
    }
    Ok(())
}
