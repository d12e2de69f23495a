//! A block as it is written, every field of every kind at hand.
//!
//! serde reads a tagged enum by way of a copy, in which numbers of arguments would lose their spelling. So the kinds
//! are told apart here.

use alloc::format;
use alloc::string::{String, ToString};

use serde::Deserialize;

use super::{CallKind, Per};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    #[serde(rename = "block")]
    kind: Kind,
    call: CallKind,
    #[serde(default)]
    at_ms: u64,
    times: Option<u64>,
    every_ms: Option<u64>,
    calls: Option<u64>,
    per: Option<Per>,
    for_ms: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Call,
    Repeat,
    Rate,
}

impl TryFrom<Block> for super::Block {
    type Error = String;

    fn try_from(written: Block) -> Result<Self, String> {
        let Block { kind, call, at_ms, times, every_ms, calls, per, for_ms } = written;
        if call.args.is_some() && !call.unknown_args.is_nothing() {
            return Err("a call has `args` or `unknown_args`, not both".to_string());
        }
        let rate = [("calls", calls.is_some()), ("per", per.is_some()), ("for_ms", for_ms.is_some())];
        let repeat = [("times", times.is_some()), ("every_ms", every_ms.is_some())];
        match kind {
            Kind::Call => {
                none_of("call", &repeat)?;
                none_of("call", &rate)?;
                Ok(Self::Call { call, at_ms })
            }
            Kind::Repeat => {
                none_of("repeat", &rate)?;
                let times = times.ok_or_else(|| missing("repeat", "times"))?;
                let every_ms = every_ms.ok_or_else(|| missing("repeat", "every_ms"))?;
                Ok(Self::Repeat { call, at_ms, times, every_ms })
            }
            Kind::Rate => {
                none_of("rate", &repeat)?;
                let calls = calls.ok_or_else(|| missing("rate", "calls"))?;
                let per = per.ok_or_else(|| missing("rate", "per"))?;
                let for_ms = for_ms.ok_or_else(|| missing("rate", "for_ms"))?;
                Ok(Self::Rate { call, at_ms, calls, per, for_ms })
            }
        }
    }
}

fn none_of(block: &str, fields: &[(&str, bool)]) -> Result<(), String> {
    match fields.iter().find(|(_, given)| *given) {
        Some((field, _)) => Err(format!("a `{block}` block has no `{field}`")),
        None => Ok(()),
    }
}

fn missing(block: &str, field: &str) -> String {
    format!("a `{block}` block needs `{field}`")
}
