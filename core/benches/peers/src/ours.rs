//! Gatewright: rules and two limits in one decision, each call reserved and settled.

use std::fmt::Write as _;
use std::hint::black_box;

use gatewright_core::evaluate::{DecidedLine, decide_line};
use gatewright_core::{
    Arguments, CompiledPolicy, Counters, Decision, Outcome as Ended, ReservationId, Timestamp, ToolCall,
    compile, decide, parse,
};

use crate::calls::Call;
use crate::contestant::{Contestant, Counter, Decide, Outcome, counted, repeated};
use crate::policy::{RULES, Rule};
use crate::{PER_DAY, PER_MINUTE};

pub(crate) const OURS: Contestant = Contestant { name: "gatewright", own: parsed, parsed, text };

pub(crate) const COUNTER: Counter = Counter {
    name: "gatewright",
    limits: "minute, day",
    prepare: |per_minute, per_day| {
        let tools = format!(r#""create_charge": {{ "limits": {} }}"#, limits(per_minute, per_day));
        let mut store = Store::new(&tools)?;
        Ok(counted(move |at| {
            store.at = Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX));
            let call = ToolCall { tool: "create_charge", grant: "ci", at: store.at, ..ToolCall::default() };
            store.decide(&call)
        }))
    },
};

/// The policy, its counters, and a clock that goes on by a millisecond a call.
struct Store {
    policy: CompiledPolicy,
    counters: Counters,
    at: Timestamp,
}

impl Store {
    fn new(tools: &str) -> Outcome<Self> {
        let policy = format!(r#"{{ "version": "1", "default": "deny", "tools": {{ {tools} }} }}"#);
        let policy = compile(&parse(&policy)).map_err(|wrong| format!("{wrong:?}"))?;
        let counters = Counters::new(&policy);
        Ok(Self { policy, counters, at: Timestamp::from_millis(0) })
    }

    fn of_rules() -> Outcome<Self> {
        Self::new(&RULES.each_ref().map(tool).join(", "))
    }

    fn decide(&mut self, call: &ToolCall<'_>) -> bool {
        let ruling = decide(&self.policy, call, &mut self.counters);
        self.settle(ruling.reservation());
        ruling.decision() == Decision::Allow
    }

    /// The answer comes at once.
    fn settle(&mut self, reservation: Option<ReservationId>) {
        if let Some(reservation) = reservation {
            self.counters.settle(&self.policy, reservation, Ended::Ok);
        }
        self.at = self.at.plus(1);
    }
}

fn parsed(call: &Call) -> Outcome<Decide> {
    let (mut store, call) = (Store::of_rules()?, call.clone());
    Ok(repeated(move || {
        let call = black_box(&call);
        let arguments = call.arguments.as_object().map_or(Arguments::None, Arguments::Parsed);
        let call = ToolCall { tool: call.tool, arguments, grant: "ci", at: store.at, ..ToolCall::default() };
        store.decide(&call)
    }))
}

/// From the bytes of the message as it arrives.
fn text(call: &Call) -> Outcome<Decide> {
    let (mut store, message) = (Store::of_rules()?, call.message().into_bytes());
    Ok(repeated(move || {
        let caller = ToolCall { grant: "ci", at: store.at, ..ToolCall::default() };
        match decide_line(&store.policy, black_box(&message), &caller, &mut store.counters) {
            DecidedLine::ToolCall { ruling, .. } => {
                store.settle(ruling.reservation());
                ruling.decision() == Decision::Allow
            }
            DecidedLine::Other | DecidedLine::Refused { .. } => false,
        }
    }))
}

fn tool(rule: &Rule) -> String {
    let mut conditions = String::new();
    let Rule { tool, fields, currencies, most, domain } = rule;
    let [first, second, third] = currencies;
    let _ = write!(
        conditions,
        r#"{{ "path": "args.{}", "op": "in", "value": ["{first}", "{second}", "{third}"] }},
           {{ "path": "args.{}", "op": "lte", "value": {most} }},
           {{ "path": "args.{}", "op": "contains", "value": "{domain}" }}"#,
        fields.currency, fields.amount, fields.email,
    );
    let limits = limits(PER_MINUTE, PER_DAY);
    format!(r#""{tool}": {{ "require": [{{ "conditions": [{conditions}] }}], "limits": {limits} }}"#)
}

fn limits(per_minute: u32, per_day: u32) -> String {
    format!(
        r#"[{{ "counter": "rate", "window": "minute", "max": {per_minute}, "scope": "grant" }},
            {{ "counter": "calls", "window": "day", "max": {per_day}, "scope": "grant" }}]"#
    )
}
