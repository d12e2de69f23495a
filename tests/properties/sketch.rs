//! Random policies, and random things that happen under them.

use gatewright_core::{CompiledPolicy, Outcome, compile, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub(crate) const TOOLS: [&str; 4] = ["a", "b", "c", "d"];
const GRANTS: [&str; 3] = ["ci", "dev", ""];

/// A policy, small enough to be kept in mind.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    pub(crate) allow_others: bool,
    pub(crate) hide: Vec<&'static str>,
    pub(crate) tools: Vec<(&'static str, Vec<Limit>)>,
    pub(crate) all_tools: Vec<Limit>,
}

/// A limit. Its counter is named after its place in the list: `c0`, `c1`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) window: &'static str,
    /// In tenths of a call, so that 25 is a `max` of 2.5.
    pub(crate) max: u32,
}

/// A call, or the end of an earlier one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Call {
        tool: &'static str,
        grant: &'static str,
        at: i64,
    },
    /// Tells the outcome of the allowed call number `which`, counted around; one more than there are is nobody's.
    Settle {
        which: usize,
        outcome: Outcome,
    },
}

impl Sketch {
    pub(crate) fn text(&self) -> String {
        let quoted =
            |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let tools = self.tools.iter().map(|(name, limits)| format!("\"{name}\": {{{}}}", list(limits)));
        format!(
            "{{\n  \"version\": \"1\", \"default\": \"{}\", \"hide\": [{}],\n  \"tools\": {{{}}},\n  \"all_tools\": {{{}}}\n}}",
            if self.allow_others { "allow" } else { "deny" },
            quoted(&self.hide),
            tools.collect::<Vec<_>>().join(", "),
            list(&self.all_tools),
        )
    }

    pub(crate) fn compiled(&self) -> CompiledPolicy {
        let compiled = compile(&parse(&self.text()));
        assert!(compiled.is_ok(), "a sketch makes good policies: {:?}", compiled.err());
        compiled.unwrap_or_else(|_| unreachable!())
    }
}

fn list(limits: &[Limit]) -> String {
    let limit = |(index, limit): (usize, &Limit)| {
        let Limit { window, max } = limit;
        let (whole, tenths) = (max / 10, max % 10);
        format!(
            "{{\"counter\": \"c{index}\", \"window\": \"{window}\", \"max\": {whole}.{tenths}, \"scope\": \"grant\"}}"
        )
    };
    format!("\"limits\": [{}]", limits.iter().enumerate().map(limit).collect::<Vec<_>>().join(", "))
}

pub(crate) fn sketches() -> impl Strategy<Value = Sketch> {
    let hide = prop_oneof![
        6 => Just(Vec::new()),
        2 => subsequence(TOOLS.to_vec(), 1),
        1 => Just(vec!["*"]),
    ];
    let listed = subsequence(TOOLS.to_vec(), 0..=3);
    let own = vec(limits(), 3);
    (any::<bool>(), hide, listed, own, limits()).prop_map(|(allow_others, hide, listed, own, all_tools)| {
        Sketch { allow_others, hide, tools: listed.into_iter().zip(own).collect(), all_tools }
    })
}

fn limits() -> impl Strategy<Value = Vec<Limit>> {
    let max = prop_oneof![1 => Just(0_u32), 1 => 1..10_u32, 8 => 10..60_u32];
    let limit = (select(vec!["minute", "hour", "day"]), max).prop_map(|(window, max)| Limit { window, max });
    vec(limit, 0..3)
}

/// Things that happen, some close together, some far apart, some with a clock that steps back.
pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    let step = prop_oneof![
        5 => 0..3_i64,
        4 => 0..40_000_i64,
        2 => 0..4_000_000_i64,
        1 => 0..100_000_000_i64,
        1 => -200_000..0_i64,
    ];
    let outcome = select(Outcome::ALL.to_vec());
    let thing = (select(TOOLS.to_vec()), select(GRANTS.to_vec()), step, 0..8_u8, any::<usize>(), outcome);
    (starts(), vec(thing, 0..60)).prop_map(|(start, things)| {
        let mut at = start;
        let event = |(tool, grant, step, kind, which, outcome)| {
            at += step;
            if kind == 0 { Event::Settle { which, outcome } } else { Event::Call { tool, grant, at } }
        };
        things.into_iter().map(event).collect()
    })
}

/// Around the epoch, where rounding goes wrong, or anywhere within some thirty years of it.
pub(crate) fn starts() -> impl Strategy<Value = i64> {
    prop_oneof![-200_000_000..200_000_000_i64, -1_000_000_000_000..1_000_000_000_000_i64]
}
