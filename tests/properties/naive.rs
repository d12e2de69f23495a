//! The simulator once more, as slow and as plain as possible: it walks the milliseconds to find when calls are due, keeps
//! each use of each counter for good, and adds them up anew for every call.
//!
//! It shares no code with the one that it checks, only the types in which scenarios are written. Numbers are thousandths.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers are small, and conversions would hide the arithmetic"
)]

use std::collections::BTreeMap;

use gatewright_core::scenario::{Agent, Block, CallKind, OnDenial, Per, Scenario, Shape};
use gatewright_core::{Outcome, Refund, WindowModel};

/// A policy of rules of a simple kind and of limits.
#[derive(Clone, Debug)]
pub(crate) struct Simple {
    pub(crate) allow_others: bool,
    pub(crate) hidden: Vec<&'static str>,
    pub(crate) tools: BTreeMap<&'static str, Held>,
    pub(crate) all_tools: Vec<Limit>,
}

/// What the calls of one tool are held to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// `args.n` must exist.
    pub(crate) needs_n: bool,
    /// `args.n` must not exceed so much.
    pub(crate) most_n: Option<i64>,
    /// A person is asked.
    pub(crate) asks: bool,
    pub(crate) limits: Vec<Limit>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) window: &'static str,
    pub(crate) max: i64,
    pub(crate) scope: &'static str,
    /// Whether a call costs `args.n`.
    pub(crate) by_n: bool,
}

/// What was decided on a call: why, at which limit, and when it would have passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) tool: String,
    pub(crate) at: i64,
    pub(crate) reason: &'static str,
    /// The limit's place among its tool's or, from 100 on, among those of all tools.
    pub(crate) limit: Option<usize>,
    pub(crate) retry_at: Option<i64>,
}

/// A use of a counter.
struct Use {
    counter: String,
    at: i64,
    cost: i64,
}

/// What a call would use of a counter. The cost is nothing where it is no amount.
struct Charge {
    place: usize,
    limit: Limit,
    cost: Option<i64>,
    counter: String,
}

/// Plays a scenario.
pub(crate) fn play(policy: &Simple, scenario: &Scenario, model: WindowModel, refund: Refund) -> Vec<Decided> {
    let start = scenario.start.as_millis();
    // Calls that are planned: time, block, number within the block.
    let mut planned: Vec<(u64, usize, usize, &CallKind)> = Vec::new();
    for (place, block) in scenario.blocks.iter().enumerate() {
        for (number, (at, call)) in made(block).into_iter().enumerate() {
            planned.push((at, place, number, call));
        }
    }
    planned.sort_by_key(|(at, place, number, _)| (*at, *place, *number));
    planned.reverse();
    let mut agents: Vec<(usize, Walker<'_>)> = Vec::new();
    for (place, block) in scenario.blocks.iter().enumerate() {
        if let Shape::Loop { call, agent } = &block.shape {
            agents.push((place, Walker::new(block, call, *agent)));
        }
    }
    let mut uses: Vec<Use> = Vec::new();
    let mut told = Vec::new();
    loop {
        let open = planned.last().map(|(at, place, ..)| (*at, *place));
        let mut first: Option<(u64, usize, usize)> = None;
        for (index, (place, walker)) in agents.iter().enumerate() {
            if let Some(at) = walker.next
                && first.is_none_or(|(earliest, block, _)| (at, *place) < (earliest, block))
            {
                first = Some((at, *place, index));
            }
        }
        let agent = first.filter(|(at, place, _)| open.is_none_or(|open| (*at, *place) < open));
        let (at, call) = match (agent, open) {
            (Some((at, _, index)), _) => (at, agents[index].1.call),
            (None, Some(_)) => {
                let (at, _, _, call) = planned.pop().unwrap();
                (at, call)
            }
            (None, None) => break,
        };
        let decided = decide(policy, call, start + at as i64, model, refund, &mut uses);
        if let Some((_, _, index)) = agent {
            agents[index].1.hear(&decided, start);
        }
        told.push(decided);
    }
    told
}

/// `SplitMix64`, a step at a time.
fn drawn(seed: u32, purpose: u64, number: u64, bound: u64) -> u64 {
    let mut state = u64::from(seed) + purpose * 4_294_967_296;
    let mut out = 0;
    for _ in 0..=number {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        out = state;
        out = (out ^ (out >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        out = (out ^ (out >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        out ^= out >> 31;
    }
    (u128::from(out) * u128::from(bound) / (1 << 64)) as u64
}

fn jitter(block: &Block, number: usize) -> u64 {
    drawn(block.seed, 0, number as u64, block.jitter_ms + 1)
}

/// When the calls of a block are made that nobody waits for.
fn made(block: &Block) -> Vec<(u64, &CallKind)> {
    let unit = |per: &Per| match per {
        Per::Second => 1_000,
        Per::Minute => 60_000,
        Per::Hour => 3_600_000,
    };
    let offsets: Vec<(u64, &CallKind)> = match &block.shape {
        Shape::Call { call } => vec![(0, call)],
        Shape::Burst { call, times } => (0..*times).map(|_| (0, call)).collect(),
        Shape::Repeat { call, times, every_ms } => {
            (0..*times).map(|number| (number * every_ms, call)).collect()
        }
        Shape::Rate { call, calls, per, for_ms } => {
            due(*calls, *calls, unit(per), *for_ms).into_iter().map(|at| (at, call)).collect()
        }
        Shape::Ramp { call, from, to, per, for_ms } => {
            due(*from, *to, unit(per), *for_ms).into_iter().map(|at| (at, call)).collect()
        }
        Shape::Mix { of, calls, per, for_ms } => {
            // Every ticket of the lottery by itself.
            let mut tickets = Vec::new();
            for share in of {
                for _ in 0..share.weight {
                    tickets.push(&share.call);
                }
            }
            let times = due(*calls, *calls, unit(per), *for_ms);
            let chosen =
                |number: usize| tickets[drawn(block.seed, 1, number as u64, tickets.len() as u64) as usize];
            times.into_iter().enumerate().map(|(number, at)| (at, chosen(number))).collect()
        }
        Shape::Loop { .. } => Vec::new(),
    };
    let late = |(number, (at, call)): (usize, (u64, _))| (block.at_ms + at + jitter(block, number), call);
    offsets.into_iter().enumerate().map(late).collect()
}

/// When calls are due at a pace that goes evenly from one to another: the steps of the area under its line.
///
/// A call falls into the millisecond `[t, t + 1)` in which the area goes beyond its number; one that would be due at the
/// very end is not made.
fn due(from: u64, to: u64, unit: u64, length: u64) -> Vec<u64> {
    let (from, to, unit, length) = (i128::from(from), i128::from(to), i128::from(unit), i128::from(length));
    // The area up to `t`, times 2 × length × unit.
    let area = |t: i128| 2 * length * from * t + (to - from) * t * t;
    let one = 2 * length * unit;
    let mut times = Vec::new();
    let mut t = 0;
    while t < length {
        let number = times.len() as i128;
        // Most of the time nothing is due: stride over that, but never over a call.
        let strides = [65_536, 4_096, 256, 16, 1];
        let free =
            strides.into_iter().find(|stride| t + stride <= length && area(t + stride) <= number * one);
        match free {
            Some(stride) => t += stride,
            None => times.push(t as u64),
        }
    }
    times
}

/// An agent that makes its way through a loop.
struct Walker<'s> {
    block: &'s Block,
    call: &'s CallKind,
    agent: Agent,
    next: Option<u64>,
    calls: usize,
    allowed: u64,
    refused: u64,
    wait: u64,
}

impl<'s> Walker<'s> {
    fn new(block: &'s Block, call: &'s CallKind, agent: Agent) -> Self {
        let mut walker = Self { block, call, agent, next: None, calls: 0, allowed: 0, refused: 0, wait: 0 };
        if agent.until_allowed != Some(0) {
            walker.plan(block.at_ms);
        }
        walker
    }

    fn plan(&mut self, at: u64) {
        let at = at + jitter(self.block, self.calls);
        self.calls += 1;
        let too_late = self.agent.for_ms.is_some_and(|length| at >= self.block.at_ms + length);
        self.next = if too_late { None } else { Some(at) };
    }

    fn hear(&mut self, decided: &Decided, start: i64) {
        let now = self.next.take().unwrap();
        if decided.reason == "allowed" {
            self.allowed += 1;
            self.refused = 0;
            if self.agent.until_allowed != Some(self.allowed) {
                self.plan(now + self.agent.every_ms.max(1));
            }
            return;
        }
        self.refused += 1;
        if self.agent.give_up_after == Some(self.refused) {
            return;
        }
        match self.agent.on_denial {
            OnDenial::RetryNow => self.plan(now + 100),
            OnDenial::BackOff { start_ms, cap_ms } => {
                self.wait = if self.refused == 1 { start_ms.max(1) } else { self.wait * 2 };
                self.wait = self.wait.min(cap_ms).max(1);
                self.plan(now + self.wait);
            }
            OnDenial::WaitForReset => {
                if let Some(at) = decided.retry_at {
                    self.plan(((at - start) as u64).max(now + 1));
                }
            }
        }
    }
}

/// What `args.n` is.
enum N {
    Missing,
    Text,
    Number(i64),
}

fn n_of(call: &CallKind) -> N {
    let Some(args) = &call.args else { return N::Missing };
    let args: serde_json::Value = serde_json::from_str(args.as_str()).unwrap();
    match &args["n"] {
        serde_json::Value::Null => N::Missing,
        serde_json::Value::Number(number) => N::Number((number.as_f64().unwrap() * 1_000.0).round() as i64),
        _ => N::Text,
    }
}

fn length_of(window: &str) -> i64 {
    match window {
        "minute" => 60_000,
        "hour" => 3_600_000,
        _ => 86_400_000,
    }
}

fn decide(
    policy: &Simple,
    call: &CallKind,
    at: i64,
    model: WindowModel,
    refund: Refund,
    uses: &mut Vec<Use>,
) -> Decided {
    let decided = |reason, limit, retry_at| Decided { tool: call.tool.clone(), at, reason, limit, retry_at };
    let tool = call.tool.as_str();
    if policy.hidden.contains(&tool) {
        return decided("hidden", None, None);
    }
    let held = match policy.tools.get(tool) {
        Some(held) => held.clone(),
        None if policy.allow_others => Held::default(),
        None => return decided("default-deny", None, None),
    };
    let n = n_of(call);
    if held.needs_n && matches!(n, N::Missing) {
        return decided("require", None, None);
    }
    if let Some(most) = held.most_n {
        match n {
            N::Text => return decided("wrong-type", None, None),
            N::Number(n) if n > most => return decided("deny-if", None, None),
            _ => {}
        }
    }
    if held.asks && !call.approved {
        return decided("require-approval", None, None);
    }
    let own = held.limits.iter().enumerate().map(|(place, limit)| (place, *limit, tool));
    let all = policy.all_tools.iter().enumerate().map(|(place, limit)| (place + 100, *limit, ""));
    let limits: Vec<(usize, Limit, &str)> = own.chain(all).collect();
    let mut charges = Vec::new();
    for (place, limit, of_tool) in &limits {
        let cost = match n {
            _ if !limit.by_n => Some(1_000),
            N::Number(n) => Some(n),
            N::Missing | N::Text => None,
        };
        let sharer = match limit.scope {
            "grant" => format!("{}|", call.grant),
            "session" => format!("{}|{}", call.grant, call.session),
            _ => String::new(),
        };
        let counter = format!("{of_tool}|{place}|{}|{sharer}", limit.scope);
        charges.push(Charge { place: *place, limit: *limit, cost, counter });
    }
    for charge in &charges {
        if charge.cost.is_none() {
            return decided("invalid-cost", Some(charge.place), None);
        }
        if !has_room(charge, uses, at, model) {
            return decided("limit", Some(charge.place), first_room(&charges, uses, at, model));
        }
    }
    let gives_back = match refund {
        Refund::Never => false,
        Refund::ProtocolError => call.outcome == Some(Outcome::ProtocolError),
        Refund::AnyError => matches!(call.outcome, Some(Outcome::ProtocolError | Outcome::ToolError)),
    };
    if !gives_back {
        let used_up = |charge: Charge| Some(Use { counter: charge.counter, at, cost: charge.cost? });
        uses.extend(charges.into_iter().filter_map(used_up));
    }
    decided("allowed", None, None)
}

/// What a counter holds at an instant.
fn used(uses: &[Use], counter: &str, limit: &Limit, now: i64, model: WindowModel) -> i64 {
    let length = length_of(limit.window);
    let of_now = |it: &&Use| match model {
        WindowModel::Calendar => it.at.div_euclid(length) == now.div_euclid(length),
        WindowModel::Sliding => it.at > now - length && it.at <= now,
    };
    uses.iter().filter(|it| it.counter == counter).filter(of_now).map(|it| it.cost).sum()
}

/// Whether a call fits. A limit of 0 lets nothing through, not even what costs nothing.
fn has_room(charge: &Charge, uses: &[Use], at: i64, model: WindowModel) -> bool {
    let Charge { limit, cost, counter, .. } = charge;
    limit.max > 0 && cost.is_some_and(|cost| used(uses, counter, limit, at, model) + cost <= limit.max)
}

/// The first instant from now on at which every limit has room, if nothing else happens: the counters change where a window
/// ends, or where a use leaves a sliding one.
fn first_room(charges: &[Charge], uses: &[Use], now: i64, model: WindowModel) -> Option<i64> {
    let mut instants = Vec::new();
    for Charge { limit, .. } in charges {
        let length = length_of(limit.window);
        match model {
            WindowModel::Calendar => instants.push((now.div_euclid(length) + 1) * length),
            WindowModel::Sliding => instants.extend(uses.iter().map(|it| it.at + length)),
        }
    }
    instants.retain(|at| *at > now);
    instants.sort_unstable();
    instants.into_iter().find(|at| charges.iter().all(|charge| has_room(charge, uses, *at, model)))
}
