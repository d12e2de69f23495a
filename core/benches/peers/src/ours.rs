//! Gatewright: limits alone.

use gatewright_core::{Counters, Decision, Outcome, Timestamp, ToolCall, compile, evaluate, parse};

use crate::contestant::{Counter, counted};

pub(crate) const COUNTER: Counter = Counter {
    name: "gatewright",
    limits: "minute, day",
    prepare: |per_minute, per_day| {
        let policy = format!(
            r#"{{ "version": "1", "default": "deny", "tools": {{ "create_charge": {{ "limits": [
                {{ "counter": "rate", "window": "minute", "max": {per_minute}, "scope": "grant" }},
                {{ "counter": "calls", "window": "day", "max": {per_day}, "scope": "grant" }}
            ] }} }} }}"#
        );
        let policy = compile(&parse(&policy)).map_err(|wrong| format!("{wrong:?}"))?;
        let mut counters = Counters::new(&policy);
        Ok(counted(move |at| {
            let at = Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX));
            let call = ToolCall { tool: "create_charge", grant: "ci", session: "", at };
            let verdict = evaluate(&policy, &call, &mut counters);
            if let Some(reservation) = verdict.reservation {
                counters.settle(&policy, reservation, Outcome::Ok);
            }
            verdict.decision == Decision::Allow
        }))
    },
};
