//! A block as it is written, every field of every kind at hand.
//!
//! serde reads a tagged enum by way of a copy, in which numbers of arguments would lose their spelling. So the kinds
//! are told apart here.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::agent::{Agent, OnDenial};
use super::{CallKind, Per, Shape, Share};

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Block {
    #[serde(rename = "block")]
    kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<CallKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Vec<Share>>,
    at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per: Option<Per>,
    #[serde(skip_serializing_if = "Option::is_none")]
    for_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_allowed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_denial: Option<Reaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cap_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    give_up_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Call,
    Repeat,
    Rate,
    Ramp,
    Burst,
    Loop,
    Mix,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reaction {
    RetryNow,
    BackOff,
    WaitForReset,
}

impl Kind {
    /// Its name, and its own fields.
    const fn words(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Call => ("call", &["call"]),
            Self::Repeat => ("repeat", &["call", "times", "every_ms"]),
            Self::Rate => ("rate", &["call", "calls", "per", "for_ms"]),
            Self::Ramp => ("ramp", &["call", "from", "to", "per", "for_ms"]),
            Self::Burst => ("burst", &["call", "times"]),
            Self::Loop => (
                "loop",
                &[
                    "call",
                    "every_ms",
                    "until_allowed",
                    "for_ms",
                    "on_denial",
                    "start_ms",
                    "cap_ms",
                    "give_up_after",
                ],
            ),
            Self::Mix => ("mix", &["of", "calls", "per", "for_ms"]),
        }
    }

    fn needed<T>(self, field: &str, value: Option<T>) -> Result<T, String> {
        value.ok_or_else(|| format!("a `{}` block needs `{field}`", self.words().0))
    }
}

impl TryFrom<Block> for super::Block {
    type Error = String;

    fn try_from(written: Block) -> Result<Self, String> {
        let kind = written.kind.ok_or_else(|| {
            "a block says what it is in `block`: call, repeat, rate, ramp, burst, loop or mix".to_string()
        })?;
        written.has_only(kind)?;
        let Block { at_ms, jitter_ms, seed, .. } = written;
        let (jitter_ms, seed) = (jitter_ms.unwrap_or(0), seed.unwrap_or(0));
        let block = Self { at_ms, jitter_ms, seed, shape: written.shape(kind)? };
        block.check()?;
        Ok(block)
    }
}

impl Block {
    fn shape(mut self, kind: Kind) -> Result<Shape, String> {
        let (call, of) = (self.call.take(), self.of.take());
        let Self { times, every_ms, calls, from, to, per, for_ms, .. } = self;
        let per = || kind.needed("per", per);
        let times = || kind.needed("times", times);
        let calls = || kind.needed("calls", calls);
        let for_ms = || kind.needed("for_ms", for_ms);
        if kind == Kind::Mix {
            let of = kind.needed("of", of)?;
            return Ok(Shape::Mix { of, calls: calls()?, per: per()?, for_ms: for_ms()? });
        }
        let call = kind.needed("call", call)?;
        Ok(match kind {
            Kind::Call | Kind::Mix => Shape::Call { call },
            Kind::Repeat => {
                Shape::Repeat { call, times: times()?, every_ms: kind.needed("every_ms", every_ms)? }
            }
            Kind::Burst => Shape::Burst { call, times: times()? },
            Kind::Rate => Shape::Rate { call, calls: calls()?, per: per()?, for_ms: for_ms()? },
            Kind::Ramp => {
                let (from, to) = (kind.needed("from", from)?, kind.needed("to", to)?);
                Shape::Ramp { call, from, to, per: per()?, for_ms: for_ms()? }
            }
            Kind::Loop => Shape::Loop { call, agent: self.agent()? },
        })
    }

    /// Says so where a field is given that a kind of block does not have.
    fn has_only(&self, kind: Kind) -> Result<(), String> {
        let given = [
            ("call", self.call.is_some()),
            ("of", self.of.is_some()),
            ("times", self.times.is_some()),
            ("every_ms", self.every_ms.is_some()),
            ("calls", self.calls.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
            ("per", self.per.is_some()),
            ("for_ms", self.for_ms.is_some()),
            ("until_allowed", self.until_allowed.is_some()),
            ("on_denial", self.on_denial.is_some()),
            ("start_ms", self.start_ms.is_some()),
            ("cap_ms", self.cap_ms.is_some()),
            ("give_up_after", self.give_up_after.is_some()),
        ];
        let (block, fields) = kind.words();
        match given.iter().find(|(field, given)| *given && !fields.contains(field)) {
            Some((field, _)) => Err(format!(
                "a `{block}` block has no `{field}`; it has `{}`, `at_ms`, `jitter_ms` and `seed`",
                fields.join("`, `")
            )),
            None => Ok(()),
        }
    }

    fn agent(&self) -> Result<Agent, String> {
        let waits = self.start_ms.is_some() || self.cap_ms.is_some();
        let on_denial = match self.on_denial {
            Some(Reaction::BackOff) => {
                let start_ms = Kind::Loop.needed("start_ms", self.start_ms)?;
                OnDenial::BackOff { start_ms, cap_ms: Kind::Loop.needed("cap_ms", self.cap_ms)? }
            }
            _ if waits => {
                return Err("`start_ms` and `cap_ms` are for a `loop` block that backs off".to_string());
            }
            Some(Reaction::WaitForReset) => OnDenial::WaitForReset,
            Some(Reaction::RetryNow) | None => OnDenial::RetryNow,
        };
        let &Self { until_allowed, for_ms, give_up_after, .. } = self;
        let every_ms = Kind::Loop.needed("every_ms", self.every_ms)?;
        Ok(Agent { every_ms, until_allowed, for_ms, on_denial, give_up_after })
    }
}

impl From<super::Block> for Block {
    fn from(block: super::Block) -> Self {
        let super::Block { at_ms, jitter_ms, seed, shape } = block;
        let written = Self {
            at_ms,
            jitter_ms: (jitter_ms > 0).then_some(jitter_ms),
            seed: (seed > 0).then_some(seed),
            ..Self::default()
        };
        match shape {
            Shape::Call { call } => Self { kind: Some(Kind::Call), call: Some(call), ..written },
            Shape::Repeat { call, times, every_ms } => Self {
                kind: Some(Kind::Repeat),
                call: Some(call),
                times: Some(times),
                every_ms: Some(every_ms),
                ..written
            },
            Shape::Burst { call, times } => {
                Self { kind: Some(Kind::Burst), call: Some(call), times: Some(times), ..written }
            }
            Shape::Rate { call, calls, per, for_ms } => {
                Self { kind: Some(Kind::Rate), call: Some(call), ..written.at_a_pace(calls, per, for_ms) }
            }
            Shape::Mix { of, calls, per, for_ms } => {
                Self { kind: Some(Kind::Mix), of: Some(of), ..written.at_a_pace(calls, per, for_ms) }
            }
            Shape::Ramp { call, from, to, per, for_ms } => Self {
                kind: Some(Kind::Ramp),
                call: Some(call),
                from: Some(from),
                to: Some(to),
                per: Some(per),
                for_ms: Some(for_ms),
                ..written
            },
            Shape::Loop { call, agent } => {
                let Agent { every_ms, until_allowed, for_ms, on_denial, give_up_after } = agent;
                let (reaction, start_ms, cap_ms) = match on_denial {
                    OnDenial::RetryNow => (Reaction::RetryNow, None, None),
                    OnDenial::WaitForReset => (Reaction::WaitForReset, None, None),
                    OnDenial::BackOff { start_ms, cap_ms } => {
                        (Reaction::BackOff, Some(start_ms), Some(cap_ms))
                    }
                };
                Self {
                    kind: Some(Kind::Loop),
                    call: Some(call),
                    every_ms: Some(every_ms),
                    until_allowed,
                    for_ms,
                    on_denial: Some(reaction),
                    start_ms,
                    cap_ms,
                    give_up_after,
                    ..written
                }
            }
        }
    }
}

impl Block {
    fn at_a_pace(self, calls: u64, per: Per, for_ms: u64) -> Self {
        Self { calls: Some(calls), per: Some(per), for_ms: Some(for_ms), ..self }
    }
}
