//! Random scenarios: every kind of block, agents among them.

use gatewright_core::call::UnknownArgs;
use gatewright_core::scenario::{Agent, Args, Block, CallKind, OnDenial, Per, Scenario, Shape, Share};
use gatewright_core::{Outcome, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const TOOLS: [&str; 3] = ["a", "b", "c"];
const ARGS: [&str; 6] = [r#"{"n": 1}"#, r#"{"n": 2.5}"#, r#"{"n": 0}"#, r#"{"n": 7}"#, r#"{"n": "1"}"#, "{}"];

/// Scenarios of some dozen calls around the edges of minutes, hours and days.
pub(crate) fn scenarios() -> impl Strategy<Value = Scenario> {
    let start = prop_oneof![
        // Two days before and after midnight of 2026-01-06, mostly close to the edge of a window.
        3 => (-2_i64..2, select(vec![-60_000_i64, -3_600_000, -1, 0, 30_000])).prop_map(|(day, off)| day * 86_400_000 + off),
        1 => -100_000_000..100_000_000_i64,
    ];
    (start, vec(blocks(), 1..4)).prop_map(|(start, blocks)| Scenario {
        start: Timestamp::from_millis(1_767_657_600_000 + start),
        blocks,
    })
}

fn calls() -> impl Strategy<Value = CallKind> {
    let text = |name: &str| name.to_string();
    let outcome = prop_oneof![2 => Just(None), 3 => select(Outcome::ALL.to_vec()).prop_map(Some)];
    (
        select(&TOOLS[..]),
        select(&["one", "two"][..]),
        select(&["", "s"][..]),
        option::weighted(0.7, select(&ARGS[..])),
        prop::bool::weighted(0.3),
        outcome,
    )
        .prop_map(move |(tool, grant, session, args, approved, outcome)| CallKind {
            tool: text(tool),
            grant: text(grant),
            session: text(session),
            args: args.and_then(Args::parse),
            approved,
            outcome,
            ..CallKind::default()
        })
}

/// A length of time between two calls or of a few.
fn gaps() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0..20_000_u64,
        2 => select(vec![0, 1, 1_000, 20_000, 59_999, 60_000, 60_001]),
        1 => select(vec![1_800_000, 3_600_000, 43_200_000]),
    ]
}

fn paces() -> impl Strategy<Value = Per> {
    select(vec![Per::Second, Per::Minute, Per::Hour])
}

/// A pace's unit, and how long it goes on for some dozen calls at most.
fn stretches() -> impl Strategy<Value = (Per, u64)> {
    (paces(), 0..3_000_u64).prop_map(|(per, thousandths)| {
        let unit = match per {
            Per::Second => 1,
            Per::Minute => 60,
            Per::Hour => 3_600,
        };
        (per, unit * thousandths)
    })
}

fn agents() -> impl Strategy<Value = Agent> {
    let on_denial = prop_oneof![
        Just(OnDenial::RetryNow),
        Just(OnDenial::WaitForReset),
        (0..5_000_u64, 0..60_000_u64).prop_map(|(start_ms, cap_ms)| OnDenial::BackOff { start_ms, cap_ms }),
    ];
    // An agent that retries at once is given a short time, for the naive one is slow.
    let ends = (option::of(0..9_u64), 0..8_000_u64, 0..200_000_u64, option::of(1..6_u64));
    (gaps(), ends, on_denial).prop_map(
        |(every_ms, (until_allowed, short, long, give_up_after), on_denial)| {
            let patient = matches!(on_denial, OnDenial::WaitForReset) || give_up_after.is_some();
            let for_ms = if patient && every_ms > 2_000 { long } else { short.min(every_ms.max(3) * 30) };
            let gives_up = patient && until_allowed.is_some();
            let for_ms = if gives_up { None } else { Some(for_ms) };
            Agent { every_ms, until_allowed, for_ms, on_denial, give_up_after }
        },
    )
}

fn shapes() -> impl Strategy<Value = Shape> {
    let shares = vec((0..5_u32, calls()).prop_map(|(weight, call)| Share { weight, call }), 0..3);
    let shares = (shares, calls()).prop_map(|(mut shares, call)| {
        shares.push(Share { weight: 1, call });
        shares
    });
    prop_oneof![
        1 => calls().prop_map(|call| Shape::Call { call }),
        2 => (calls(), 0..12_u64, gaps()).prop_map(|(call, times, every_ms)| Shape::Repeat { call, times, every_ms }),
        1 => (calls(), 0..8_u64).prop_map(|(call, times)| Shape::Burst { call, times }),
        2 => (calls(), 0..7_u64, stretches())
            .prop_map(|(call, calls, (per, for_ms))| Shape::Rate { call, calls, per, for_ms }),
        2 => (calls(), 0..7_u64, 0..7_u64, stretches())
            .prop_map(|(call, from, to, (per, for_ms))| Shape::Ramp { call, from, to, per, for_ms }),
        2 => (shares, 0..7_u64, stretches())
            .prop_map(|(of, calls, (per, for_ms))| Shape::Mix { of, calls, per, for_ms }),
        4 => (calls(), agents()).prop_map(|(call, agent)| Shape::Loop { call, agent }),
    ]
}

fn blocks() -> impl Strategy<Value = Block> {
    let jitter_ms = prop_oneof![2 => Just(0), 1 => 0..30_000_u64];
    (gaps(), jitter_ms, 0..5_u32, shapes()).prop_map(|(at_ms, jitter_ms, seed, shape)| Block {
        at_ms,
        jitter_ms,
        seed,
        shape,
    })
}

/// Scenarios of any numbers and names, with calls that nobody would make.
pub(crate) fn any_scenarios() -> impl Strategy<Value = Scenario> {
    let number = || prop_oneof![3 => 0..100_000_u64, 1 => any::<u64>()];
    let name = || {
        prop_oneof![
            3 => "[a-z_./#+×*x{,\" -]{0,6}",
            1 => select(&["start", "mix", "loop", "ramp", "burst", "x", "for", "as", "12", "12/s", "agent"][..])
                .prop_map(String::from),
            1 => any::<String>(),
        ]
    };
    let args = prop_oneof![
        4 => Just(None),
        1 => select(&[r#"{"n": 1.50, "é": [1e400]}"#, "{\n\t\"a\": \"}×,#\"\r\n}", "{}"][..]).prop_map(Args::parse),
    ];
    let call = (
        name(),
        name(),
        name(),
        args,
        any::<bool>(),
        option::of(select(Outcome::ALL.to_vec())),
        vec(name(), 0..3),
    )
        .prop_map(|(tool, grant, session, args, approved, outcome, unknown_args)| {
            let unknown_args = if args.is_some() || unknown_args.is_empty() {
                UnknownArgs::Nothing
            } else {
                UnknownArgs::Names(unknown_args)
            };
            CallKind { tool, grant, session, args, unknown_args, approved, outcome }
        })
        .boxed();
    let call = move || call.clone();
    let on_denial = prop_oneof![
        Just(OnDenial::RetryNow),
        Just(OnDenial::WaitForReset),
        (number(), number()).prop_map(|(start_ms, cap_ms)| OnDenial::BackOff { start_ms, cap_ms }),
    ];
    let agent = (number(), option::of(number()), option::of(number()), on_denial, option::of(number()))
        .prop_map(|(every_ms, until_allowed, for_ms, on_denial, give_up_after)| {
            let until_allowed =
                if for_ms.is_none() { Some(until_allowed.unwrap_or(1)) } else { until_allowed };
            Agent { every_ms, until_allowed, for_ms, on_denial, give_up_after }
        });
    let part = (any::<u32>(), call()).prop_map(|(weight, call)| Share { weight: weight.max(1), call });
    let shape = prop_oneof![
        call().prop_map(|call| Shape::Call { call }),
        (call(), number(), number()).prop_map(|(call, times, every_ms)| Shape::Repeat {
            call,
            times,
            every_ms
        }),
        (call(), number()).prop_map(|(call, times)| Shape::Burst { call, times }),
        (call(), number(), paces(), number()).prop_map(|(call, calls, per, for_ms)| Shape::Rate {
            call,
            calls,
            per,
            for_ms
        }),
        (call(), number(), number(), paces(), number())
            .prop_map(|(call, from, to, per, for_ms)| Shape::Ramp { call, from, to, per, for_ms }),
        (vec(part, 1..4), number(), paces(), number()).prop_map(|(of, calls, per, for_ms)| Shape::Mix {
            of,
            calls,
            per,
            for_ms
        }),
        (call(), agent).prop_map(|(call, agent)| Shape::Loop { call, agent }),
    ];
    let block = (number(), number(), any::<u32>(), shape).prop_map(|(at_ms, jitter_ms, seed, shape)| Block {
        at_ms,
        jitter_ms,
        seed,
        shape,
    });
    let start = prop_oneof![
        2 => Just(gatewright_core::scenario::MORNING),
        1 => any::<i64>().prop_map(Timestamp::from_millis),
        1 => (1_767_000_000_000..1_768_000_000_000_i64).prop_map(Timestamp::from_millis),
    ];
    (start, vec(block, 0..4)).prop_map(|(start, blocks)| Scenario { start, blocks })
}
