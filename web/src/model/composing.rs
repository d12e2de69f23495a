//! A scenario as blocks to be filled in, and back: what a form shows, and what its buttons do.
//!
//! Each gesture takes a scenario and gives another, so that a form, the lines of text and the history of the page all
//! hold the same thing. Nothing half typed is kept here, and no call is made.

use gatewright_core::scenario::{Agent, Block, CallKind, OnDenial, Per, Scenario, Shape, Share};
use gatewright_core::{Outcome, Timestamp};

mod fields;

pub use fields::{Control, Field, fields, more_fields, share_fields};

/// The shapes of a block: as they are written, and as they are read.
pub const SHAPES: [(&str, &str); 7] = [
    ("call", "One call"),
    ("repeat", "Repeat"),
    ("burst", "Burst"),
    ("rate", "Steady pace"),
    ("ramp", "Rising or falling pace"),
    ("mix", "Mix of calls"),
    ("loop", "Agent loop"),
];

/// Who calls in what is added.
pub const GRANT: &str = "ci-agent";

/// One of the calls that a scenario describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The block, from 0.
    pub block: usize,
    /// The call of a mix, from 0.
    pub share: Option<usize>,
}

/// A call of a tool, as a new block makes it.
#[must_use]
pub fn kind_of(tool: &str) -> CallKind {
    CallKind {
        tool: tool.to_owned(),
        grant: GRANT.to_owned(),
        outcome: Some(Outcome::Ok),
        ..CallKind::default()
    }
}

/// What the shape of a block is called, as it is written.
#[must_use]
pub const fn shape_of(block: &Block) -> &'static str {
    match block.shape {
        Shape::Call { .. } => "call",
        Shape::Repeat { .. } => "repeat",
        Shape::Burst { .. } => "burst",
        Shape::Rate { .. } => "rate",
        Shape::Ramp { .. } => "ramp",
        Shape::Mix { .. } => "mix",
        Shape::Loop { .. } => "loop",
    }
}

/// A shape's name for people.
#[must_use]
pub fn shape_in_words(shape: &str) -> &'static str {
    SHAPES.iter().find(|(written, _)| *written == shape).map_or("", |(_, read)| read)
}

/// The calls of a block: of a mix each, else the one.
#[must_use]
pub fn kinds(block: &Block) -> Vec<&CallKind> {
    match &block.shape {
        Shape::Call { call }
        | Shape::Repeat { call, .. }
        | Shape::Burst { call, .. }
        | Shape::Rate { call, .. }
        | Shape::Ramp { call, .. }
        | Shape::Loop { call, .. } => vec![call],
        Shape::Mix { of, .. } => of.iter().map(|share| &share.call).collect(),
    }
}

/// The numbers of a block that its next shape takes over, as far as it has them.
struct Numbers {
    times: u64,
    every_ms: u64,
    calls: u64,
    per: Per,
    for_ms: u64,
}

impl Numbers {
    fn of(shape: &Shape) -> Self {
        let usual = Self { times: 10, every_ms: 1_000, calls: 1, per: Per::Second, for_ms: 60_000 };
        match *shape {
            Shape::Call { .. } => usual,
            Shape::Repeat { times, every_ms, .. } => Self { times, every_ms, ..usual },
            Shape::Burst { times, .. } => Self { times, ..usual },
            Shape::Rate { calls, per, for_ms, .. } | Shape::Mix { calls, per, for_ms, .. } => {
                Self { calls, per, for_ms, ..usual }
            }
            Shape::Ramp { to, per, for_ms, .. } => Self { calls: to, per, for_ms, ..usual },
            Shape::Loop { agent, .. } => {
                Self { every_ms: agent.every_ms, for_ms: agent.for_ms.unwrap_or(usual.for_ms), ..usual }
            }
        }
    }
}

/// A shape of a kind for a call.
fn shape(kind: &str, call: CallKind, numbers: &Numbers) -> Shape {
    let Numbers { times, every_ms, calls, per, for_ms } = *numbers;
    match kind {
        "repeat" => Shape::Repeat { call, times, every_ms },
        "burst" => Shape::Burst { call, times },
        "rate" => Shape::Rate { call, calls, per, for_ms },
        "ramp" => Shape::Ramp { call, from: 0, to: calls, per, for_ms },
        "mix" => Shape::Mix { of: vec![Share { weight: 1, call }], calls, per, for_ms },
        "loop" => {
            let agent = Agent {
                every_ms,
                until_allowed: None,
                for_ms: Some(for_ms),
                on_denial: OnDenial::RetryNow,
                give_up_after: None,
            };
            Shape::Loop { call, agent }
        }
        _ => Shape::Call { call },
    }
}

/// A scenario with one block more, of a shape, that calls a tool.
#[must_use]
pub fn with_block(scenario: &Scenario, kind: &str, tool: &str) -> Scenario {
    let mut changed = scenario.clone();
    let nothing = Shape::Call { call: CallKind::default() };
    changed.blocks.push(Block::new(shape(kind, kind_of(tool), &Numbers::of(&nothing)), 0));
    changed
}

/// A scenario with another shape of a block, which keeps what both shapes have.
#[must_use]
pub fn with_shape(scenario: &Scenario, block: usize, kind: &str) -> Scenario {
    let mut changed = scenario.clone();
    if let Some(block) = changed.blocks.get_mut(block).filter(|block| shape_of(block) != kind) {
        let call = kinds(block).first().map_or_else(CallKind::default, |call| (*call).clone());
        block.shape = shape(kind, call, &Numbers::of(&block.shape));
    }
    changed
}

/// A scenario without a block. The last one stays: without any, nothing is called.
#[must_use]
pub fn without_block(scenario: &Scenario, block: usize) -> Scenario {
    let mut changed = scenario.clone();
    if changed.blocks.len() > 1 && block < changed.blocks.len() {
        changed.blocks.remove(block);
    }
    changed
}

/// A scenario with a block twice, the copy behind it.
#[must_use]
pub fn with_copy(scenario: &Scenario, block: usize) -> Scenario {
    let mut changed = scenario.clone();
    if let Some(copy) = scenario.blocks.get(block) {
        changed.blocks.insert(block + 1, copy.clone());
    }
    changed
}

/// A scenario with a block moved up or down by one, where it can be.
#[must_use]
pub fn with_moved(scenario: &Scenario, block: usize, up: bool) -> Scenario {
    let mut changed = scenario.clone();
    let other = if up { block.checked_sub(1) } else { Some(block + 1) };
    if let Some(other) = other.filter(|other| *other.max(&block) < changed.blocks.len()) {
        changed.blocks.swap(block, other);
    }
    changed
}

/// A scenario with one call more in a mix.
#[must_use]
pub fn with_share(scenario: &Scenario, block: usize, tool: &str) -> Scenario {
    let mut changed = scenario.clone();
    if let Some(Block { shape: Shape::Mix { of, .. }, .. }) = changed.blocks.get_mut(block) {
        let like = of.last().map(|share| share.call.clone()).unwrap_or_default();
        let call = CallKind { grant: like.grant, session: like.session, ..kind_of(tool) };
        of.push(Share { weight: 1, call });
    }
    changed
}

/// A scenario with one call less in a mix. The last that has a weight stays.
#[must_use]
pub fn without_share(scenario: &Scenario, place: Place) -> Scenario {
    let mut changed = scenario.clone();
    if let (Some(Block { shape: Shape::Mix { of, .. }, .. }), Some(share)) =
        (changed.blocks.get_mut(place.block), place.share)
    {
        let is_needed = of.iter().enumerate().all(|(index, other)| index == share || other.weight == 0);
        if share < of.len() && !is_needed {
            of.remove(share);
        }
    }
    changed
}

/// When a scenario begins, as a form shows it, in UTC: `2026-01-05 10:00:00`.
#[must_use]
pub fn instant_text(at: Timestamp) -> String {
    let time = at.precise_time_of_day();
    format!("{} {}", at.date(), time.strip_suffix(".000").unwrap_or(&time))
}

/// Reads what [`instant_text`] writes, and whatever RFC 3339 allows. Without an offset it is UTC.
///
/// # Errors
///
/// A sentence that says what would do.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    let written = text.trim().replacen(' ', "T", 1);
    let seconds = if written.len() == "2026-01-05T10:00".len() { ":00" } else { "" };
    Timestamp::parse(&written)
        .or_else(|| Timestamp::parse(&format!("{written}{seconds}Z")))
        .ok_or_else(|| "It takes a date and a time in UTC, such as 2026-01-05 10:00:00.".to_owned())
}

/// The second of the minute at which a scenario begins.
#[must_use]
pub fn second_of(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis().rem_euclid(60_000) / 1_000).unwrap_or_default()
}

/// The same minute, begun at a second.
#[must_use]
pub fn at_second(at: Timestamp, second: u64) -> Timestamp {
    let shift =
        i64::try_from(second.min(59)).unwrap_or_default() - i64::try_from(second_of(at)).unwrap_or_default();
    at.plus(shift * 1_000)
}

#[cfg(test)]
mod tests;
