//! Every interleaving of a few calls and their outcomes around the boundary of a window, small enough to try them all.
//!
//! The model here is one of its own, with nothing in it but calls that cost 1: whoever doubts it can read it at once.

use gatewright_core::{
    CompiledPolicy, Counters, Decision, Options, Outcome, Refund, ReservationId, Settled, Timestamp,
    ToolCall, Verdict, WindowModel, compile, decide, parse,
};

/// From one call to the next: to just before, onto and just beyond the boundary, and back.
const STEPS: [i64; 5] = [0, 59_999, 60_000, 60_001, -30_000];
const CALLS: u64 = 5;
const NOBODYS: ReservationId = ReservationId(u64::MAX);
const REFUNDS: [Refund; 3] = [Refund::ProtocolError, Refund::AnyError, Refund::Never];

/// A limit: its window's name and length, and what fits.
type Limit = (&'static str, i64, usize);
const MINUTE_1: Limit = ("minute", 60_000, 1);
const MINUTE_2: Limit = ("minute", 60_000, 2);
const HOUR_1: Limit = ("hour", 3_600_000, 1);
const HOUR_2: Limit = ("hour", 3_600_000, 2);

#[derive(Clone)]
struct State<'e> {
    policy: &'e CompiledPolicy,
    limits: &'e [Limit],
    options: Options,
    counters: Counters,
    made: Vec<Made>,
    /// What the caller's clock shows.
    clock: i64,
}

/// A call that was made.
#[derive(Clone, Copy)]
struct Made {
    at: i64,
    reservation: Option<ReservationId>,
    settled: bool,
    given_back: bool,
}

/// A decision, what the limit holds that it tells of, and when to come back.
type Told = (Decision, Option<usize>, Option<i64>, i64);

impl State<'_> {
    fn counts(&self, then: i64, at: i64, length: i64) -> bool {
        match self.options.window_model {
            WindowModel::Calendar => then.div_euclid(length) == at.div_euclid(length),
            WindowModel::Sliding => at - length < then && then <= at,
        }
    }

    fn used(&self, length: i64, at: i64) -> usize {
        let counted = self.made.iter().filter(|made| made.reservation.is_some() && !made.given_back);
        counted.filter(|made| self.counts(made.at, at, length)).count()
    }

    fn passes(&self, at: i64) -> bool {
        self.limits.iter().all(|(_, length, max)| self.used(*length, at) < *max)
    }

    /// The time of the last call counted, or of this one.
    fn effective_time(&self, at: i64) -> i64 {
        let counted = self.made.iter().filter(|made| made.reservation.is_some());
        counted.map(|made| made.at).fold(at, i64::max)
    }

    fn expected(&self, at: i64) -> Told {
        let at = self.effective_time(at);
        let used = |(_, length, max): &Limit| (self.used(*length, at), *max);
        if let Some((used, _)) = self.limits.iter().map(used).find(|(used, max)| used >= max) {
            // Room can come only when a window ends or a call leaves one.
            let ends = self.limits.iter().map(|(_, length, _)| (at.div_euclid(*length) + 1) * length);
            let leave = self.made.iter().flat_map(|made| [made.at + 60_000, made.at + 3_600_000]);
            let retry_at = ends.chain(leave).filter(|turn| *turn > at && self.passes(*turn)).min();
            return (Decision::Deny, Some(used), retry_at, at);
        }
        let nearest = self.limits.iter().map(used).min_by_key(|(used, max)| max - used);
        (Decision::Allow, nearest.map(|(used, _)| used + 1), None, at)
    }

    /// Makes a call, and compares what it is told.
    fn call(&mut self, step: i64) {
        self.clock += step;
        let expected = self.expected(self.clock);
        let call = at(self.clock);
        let ruling = decide(self.policy, &call, &mut self.counters);
        let verdict = Verdict::new(Some(self.policy), &call, &ruling);
        let used = verdict.quota.map(|quota| quota.used.plain().parse::<usize>().unwrap());
        let retry_at = verdict.retry_at.map(Timestamp::as_millis);
        assert_eq!((verdict.decision, used, retry_at, verdict.at.as_millis()), expected, "{}", self.told());
        let at = verdict.at.as_millis();
        let reservation = verdict.reservation;
        self.made.push(Made { at, reservation, settled: false, given_back: false });
    }

    /// What a call would be told if it were made now.
    fn check(&self) {
        let (decision, _, retry_at, judged_at) = self.expected(self.clock);
        let ruling = decide(self.policy, &at(self.clock), &mut self.counters.clone());
        let told = (ruling.decision(), ruling.retry_at().map(Timestamp::as_millis), ruling.at().as_millis());
        assert_eq!(told, (decision, retry_at, judged_at), "{}", self.told());
    }

    /// Settles a call, and compares what that did.
    fn settle(&mut self, which: usize, outcome: Outcome) {
        let made = self.made[which];
        let id = made.reservation.unwrap_or(NOBODYS);
        let covered = match self.options.refund {
            Refund::ProtocolError => outcome == Outcome::ProtocolError,
            Refund::AnyError => outcome != Outcome::Ok,
            Refund::Never => false,
        };
        let latest = self.effective_time(i64::MIN);
        let open = self.limits.iter().any(|(_, length, _)| self.counts(made.at, latest, *length));
        let expected = match (made.reservation, covered, open) {
            (None, ..) => Settled::Unknown,
            (_, false, _) => Settled::Kept,
            (_, true, true) => Settled::Refunded,
            (_, true, false) => Settled::NothingHeld,
        };
        assert_eq!(self.counters.settle(self.policy, id, outcome), expected, "{}", self.told());
        assert_eq!(self.counters.settle(self.policy, id, outcome), Settled::Unknown, "settled twice");
        self.made[which] = Made { settled: true, given_back: covered, ..made };
    }

    fn told(&self) -> String {
        let made = |made: &Made| format!("{} ({:?}, back: {})", made.at, made.reservation, made.given_back);
        let made: Vec<String> = self.made.iter().map(made).collect();
        format!("{:?} {:?} after {}", self.limits, self.options, made.join(", "))
    }

    /// Goes on in every way, and says how many states were visited.
    fn explore(&self, events: u64) -> u64 {
        self.check();
        if events == 0 {
            return 1;
        }
        let mut visited = 1;
        if (self.made.len() as u64) < CALLS {
            for step in STEPS {
                let mut next = self.clone();
                next.call(step);
                visited += next.explore(events - 1);
            }
        }
        for which in 0..self.made.len() {
            if self.made[which].settled {
                continue;
            }
            for outcome in Outcome::ALL {
                let mut next = self.clone();
                next.settle(which, outcome);
                if branches(self.options.refund).contains(&outcome) {
                    visited += next.explore(events - 1);
                }
            }
        }
        visited
    }
}

fn at(clock: i64) -> ToolCall<'static> {
    ToolCall { tool: "a", at: Timestamp::from_millis(clock), ..ToolCall::default() }
}

/// Outcomes after which there are different states: each outcome is tried, and two that do the same lead on alike.
fn branches(refund: Refund) -> &'static [Outcome] {
    match refund {
        Refund::Never => &[Outcome::Ok],
        _ => &[Outcome::Ok, Outcome::ProtocolError],
    }
}

/// How many states there are from one on: those of each call that can be made, and of each that can be settled.
fn states(calls: u64, unsettled: u64, events: u64, branches: u64) -> u64 {
    if events == 0 {
        return 1;
    }
    let called = if calls == 0 { 0 } else { 5 * states(calls - 1, unsettled + 1, events - 1, branches) };
    let settled = match unsettled {
        0 => 0,
        open => branches * open * states(calls, open - 1, events - 1, branches),
    };
    1 + called + settled
}

/// Explores a policy, and says how many states were visited.
fn explore(limits: &[Limit], options: Options, events: u64) -> u64 {
    let limit = |(index, (window, _, max)): (usize, &Limit)| {
        format!(r#"{{"counter": "c{index}", "window": "{window}", "max": {max}, "scope": "global"}}"#)
    };
    let list = limits.iter().enumerate().map(limit).collect::<Vec<_>>().join(", ");
    let text = format!(r#"{{"version": "1", "default": "deny", "tools": {{"a": {{"limits": [{list}]}}}}}}"#);
    let policy = compile(&parse(&text)).unwrap();
    let counters = Counters::with_options(&policy, options);
    let start = State { policy: &policy, limits, options, counters, made: Vec::new(), clock: 0 };
    let visited = start.explore(events);
    assert_eq!(visited, states(CALLS, 0, events, branches(options.refund).len() as u64));
    visited
}

#[test]
fn every_short_history_is_counted_as_by_hand() {
    let mut visited = 0;
    for window_model in [WindowModel::Calendar, WindowModel::Sliding] {
        for refund in REFUNDS {
            for limits in [&[MINUTE_1][..], &[MINUTE_2], &[MINUTE_1, HOUR_2], &[HOUR_1, MINUTE_2]] {
                visited += explore(limits, Options { window_model, refund }, 5);
            }
        }
    }
    assert_eq!(visited, 517_344);
}

#[test]
fn every_longer_history_of_two_calls_a_minute_is_counted_as_by_hand() {
    let refund = Refund::ProtocolError;
    let models = [WindowModel::Calendar, WindowModel::Sliding];
    let visited = models.map(|window_model| explore(&[MINUTE_2], Options { window_model, refund }, 6));
    assert_eq!(visited, [247_116; 2]);
}
