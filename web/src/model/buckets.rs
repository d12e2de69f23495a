//! The calls of a run by time: how many were allowed and denied in each stretch of it.
//!
//! All stretches are of one length, a round one that is wide enough to be seen at a picture's width.

use gatewright_core::amount::count;
use gatewright_core::time::{Timestamp, duration_in_words};
use gatewright_core::window::Span;
use gatewright_core::{Decision, Run};

use super::dry_run::DryRun;
use super::picture::TimeScale;

/// The least width of a bucket, in CSS pixels.
const LEAST_WIDTH: f64 = 4.0;
/// Lengths that are easy to say, in milliseconds.
const LENGTHS: [i64; 20] = [
    1, 2, 5, 10, 20, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
    3_600_000, 21_600_000, 86_400_000,
];

/// A run by buckets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    start: i64,
    length: i64,
    all: Vec<Bucket>,
}

/// The calls of a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Allowed ones.
    pub allowed: usize,
    /// Denied ones.
    pub denied: usize,
    /// Those that wait for approval, or of which it cannot be told.
    pub other: usize,
}

impl Bucket {
    /// All of them.
    #[must_use]
    pub const fn calls(&self) -> usize {
        self.allowed + self.denied + self.other
    }
}

impl Buckets {
    /// The calls of a run. It walks over all of them: most fall into the bucket of the one before, which costs a
    /// comparison.
    #[must_use]
    pub fn of(run: &Run, scale: &TimeScale) -> Self {
        let (start, end) = scale.ends();
        let length = LENGTHS.into_iter().find(|length| scale.pixels(*length) >= LEAST_WIDTH);
        // Beyond days, as many of them as it takes.
        let length = length.unwrap_or_else(|| {
            let days = (1..).map(|days| days * 86_400_000);
            days.take_while(|length| *length < end - start)
                .find(|length| scale.pixels(*length) >= LEAST_WIDTH)
                .unwrap_or(end - start)
        });
        let start = start - start.rem_euclid(length);
        let count = usize::try_from((end - start) / length).unwrap_or_default() + 1;
        let mut buckets = vec![Bucket::default(); count];
        let (mut place, mut from) = (0, start);
        for (at, reason) in run.at.iter().zip(&run.reason) {
            let at = at.as_millis();
            if at < from || at - from >= length {
                place = usize::try_from((at - start) / length).unwrap_or_default();
                from = at - (at - start).rem_euclid(length);
            }
            let Some(bucket) = buckets.get_mut(place) else { continue };
            match reason.decision() {
                Decision::Allow => bucket.allowed += 1,
                Decision::Deny => bucket.denied += 1,
                Decision::Approval | Decision::Unknown => bucket.other += 1,
            }
        }
        Self { start, length, all: buckets }
    }

    /// How long each is, in milliseconds.
    #[must_use]
    pub const fn length(&self) -> i64 {
        self.length
    }

    /// The most calls in one of them.
    #[must_use]
    pub fn most(&self) -> usize {
        self.all.iter().map(Bucket::calls).max().unwrap_or(0)
    }

    /// Each with its time, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Span, Bucket)> {
        self.all.iter().scan(self.start, |start, bucket| {
            let span = self.span_from(*start);
            *start += self.length;
            Some((span, *bucket))
        })
    }

    /// That of an instant; nothing outside of the run.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<(Span, Bucket)> {
        let place = usize::try_from((at.as_millis() - self.start).checked_div_euclid(self.length)?).ok()?;
        let start = at.as_millis() - (at.as_millis() - self.start).rem_euclid(self.length);
        Some((self.span_from(start), *self.all.get(place)?))
    }

    /// What happened around an instant: `10:00:00.833 UTC · 10 allowed, 50 denied in the 5 s from 10:00 UTC`.
    #[must_use]
    pub fn in_words(&self, run: &DryRun, at: Timestamp) -> String {
        let Some((span, bucket)) = self.at(at) else { return String::new() };
        let mut words = format!(
            "{} UTC · {} allowed, {} denied",
            run.time_in_words(at),
            count(bucket.allowed),
            count(bucket.denied)
        );
        if bucket.other > 0 {
            words.push_str(&format!(", {} neither", count(bucket.other)));
        }
        let length = duration_in_words(self.length);
        words.push_str(&format!(" in the {length} from {} UTC", span.start.time_of_day()));
        words
    }

    const fn span_from(&self, start: i64) -> Span {
        Span { start: Timestamp::from_millis(start), end: Timestamp::from_millis(start).plus(self.length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_falls_into_one_bucket_of_a_round_length() {
        let run = DryRun::first_view();
        #[rustfmt::skip]
        let cases = [
            // width   length   why
            (300.0,    5_000,   "five minutes: a bucket of 5 s is 5 pixels wide"),
            (1_200.0,  1_000,   "a bucket of 1 s is 4 pixels wide"),
            (5.0,      300_000, "no room: all of it is one"),
        ];
        for (width, length, why) in cases {
            let buckets = Buckets::of(&run.run, &TimeScale::of(&run, width));
            assert_eq!(buckets.length(), length, "{why}");
            let all = buckets.iter().fold((0, 0), |(allowed, denied), (_, bucket)| {
                (allowed + bucket.allowed, denied + bucket.denied)
            });
            assert_eq!(all, (50, 3_550), "{why}");
        }
        let buckets = Buckets::of(&run.run, &TimeScale::of(&run, 300.0));
        let at = Timestamp::parse("2026-01-05T10:01:02Z").unwrap();
        let (span, bucket) = buckets.at(at).unwrap();
        assert_eq!((span.start.time_of_day().as_str(), bucket.allowed, bucket.denied), ("10:01", 10, 50));
        assert_eq!(
            buckets.in_words(&run, at),
            "10:01:02.000 UTC · 10 allowed, 50 denied in the 5 s from 10:01 UTC"
        );
        assert_eq!(buckets.at(Timestamp::parse("2026-01-05T11:00:00Z").unwrap()), None, "after the run");
        assert_eq!(buckets.at(Timestamp::parse("2026-01-05T09:59:59Z").unwrap()), None, "before it");
        assert_eq!(Buckets::default().at(at), None, "no run");
        assert_eq!(buckets.most(), 60);
    }
}
