//! The simulator and the naive one agree: on which calls are made, and on what is decided.

use std::collections::BTreeMap;

use gatewright_core::scenario::MAX_CALLS;
use gatewright_core::simulate::play;
use gatewright_core::{CompiledPolicy, Reason, compile, parse};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::json;

use crate::driver::options;
use crate::examples;
use crate::naive::{self, Decided, Held, Limit, Simple};
use crate::scenarios::scenarios;

/// So many scenarios are tried.
const SCENARIOS: u32 = 10_000;

fn limits(of_tool: bool) -> impl Strategy<Value = Vec<Limit>> {
    let limit = (
        select(vec!["minute", "minute", "hour", "day"]),
        select(vec![0_i64, 1_000, 2_000, 2_500, 3_000, 5_000, 8_000]),
        select(vec!["grant", "session", "global"]),
        prop::bool::weighted(if of_tool { 0.3 } else { 0.0 }),
    );
    vec(limit.prop_map(|(window, max, scope, by_n)| Limit { window, max, scope, by_n }), 0..3)
}

pub(crate) fn policies() -> impl Strategy<Value = Simple> {
    let held = (
        prop::bool::weighted(0.15),
        option::weighted(0.2, select(vec![1_000_i64, 5_000])),
        prop::bool::weighted(0.1),
        limits(true),
    )
        .prop_map(|(needs_n, most_n, asks, limits)| Held { needs_n, most_n, asks, limits });
    let hidden = prop_oneof![4 => Just(Vec::new()), 1 => Just(vec!["c"])];
    (any::<bool>(), hidden, subsequence(vec!["a", "b", "c"], 1..=3), vec(held, 3), limits(false)).prop_map(
        |(allow_others, hidden, listed, held, all_tools)| {
            let tools: BTreeMap<_, _> = listed.into_iter().zip(held).collect();
            Simple { allow_others, hidden, tools, all_tools }
        },
    )
}

impl Limit {
    fn document(&self, place: usize) -> serde_json::Value {
        let max: serde_json::Value =
            serde_json::from_str(&format!("{}.{:03}", self.max / 1_000, self.max % 1_000)).unwrap();
        let mut limit =
            json!({"counter": format!("c{place}"), "window": self.window, "max": max, "scope": self.scope});
        if self.by_n {
            limit["increment_from"] = json!("args.n");
        }
        limit
    }
}

impl Simple {
    pub(crate) fn compiled(&self) -> CompiledPolicy {
        let limits = |limits: &[Limit]| -> Vec<_> {
            limits.iter().enumerate().map(|(place, limit)| limit.document(place)).collect()
        };
        let rule = |op: &str, value: serde_json::Value| json!([{"conditions": [{"path": "args.n", "op": op, "value": value}]}]);
        let tool = |held: &Held| {
            let mut tool = json!({"limits": limits(&held.limits)});
            if held.needs_n {
                tool["require"] = rule("exists", json!(true));
            }
            if let Some(most) = held.most_n {
                tool["deny_if"] = rule("gt", json!(most / 1_000));
            }
            if held.asks {
                tool["require_approval"] = json!([{"conditions": []}]);
            }
            tool
        };
        let tools: serde_json::Map<_, _> =
            self.tools.iter().map(|(name, held)| ((*name).to_string(), tool(held))).collect();
        let document = json!({
            "version": "1",
            "default": if self.allow_others { "allow" } else { "deny" },
            "hide": self.hidden,
            "tools": tools,
            "all_tools": {"limits": limits(&self.all_tools)},
        });
        compile(&parse(&document.to_string())).unwrap()
    }
}

/// The limit's place as the naive simulator tells it.
fn place(policy: &CompiledPolicy, limit: u32) -> Option<usize> {
    let limit = policy.limits().get(usize::try_from(limit).ok()?)?;
    let place: usize = limit.counter.strip_prefix('c')?.parse().ok()?;
    Some(if limit.tool.is_some() { place } else { place + 100 })
}

proptest! {
    #![proptest_config(examples(SCENARIOS))]

    #[test]
    fn the_naive_simulator_agrees(policy in policies(), scenario in scenarios(), options in options()) {
        let compiled = policy.compiled();
        let (calls, run) = play(&compiled, &scenario, options).unwrap();
        let found: Vec<Decided> = (0..calls.len()).map(|index| {
            let (call, reason) = (calls.get(index).unwrap(), run.reason[index]);
            let limit = match run.decided_by[index] {
                gatewright_core::simulate::DecidedBy::Limit(limit) => place(&compiled, limit),
                _ => None,
            };
            let reason = match reason {
                Reason::Allowed => "allowed",
                Reason::Hidden => "hidden",
                Reason::DefaultDeny => "default-deny",
                Reason::Require => "require",
                Reason::DenyIf => "deny-if",
                Reason::RequireApproval => "require-approval",
                Reason::WrongType => "wrong-type",
                Reason::InvalidCost => "invalid-cost",
                Reason::Limit => "limit",
                _ => "something else",
            };
            let at = run.at[index].as_millis();
            let retry_at = run.retry_at[index].map(gatewright_core::Timestamp::as_millis);
            Decided { tool: call.tool.to_string(), at, reason, limit, retry_at }
        }).collect();
        prop_assert!((calls.len() as u64) < MAX_CALLS);
        let expected = naive::play(&policy, &scenario, options.window_model, options.refund);
        prop_assert_eq!(found, expected);
    }
}
