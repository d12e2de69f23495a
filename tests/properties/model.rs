//! The evaluator once more, as naively as possible: it keeps every allowed call for good and counts anew each time.

use gatewright_core::{Outcome, Refund};

use crate::sketch::{Limit, Sketch};

pub(crate) struct Model<'s> {
    sketch: &'s Sketch,
    refund: Refund,
    allowed: Vec<Allowed>,
}

struct Allowed {
    tool: &'static str,
    grant: &'static str,
    at: i64,
    settled: bool,
    given_back: bool,
}

/// What the evaluator should say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) rule: Option<String>,
    pub(crate) at: i64,
    /// Of a call that a limit refuses: what the counter holds, in tenths, and when to come back.
    pub(crate) used: Option<u32>,
    pub(crate) retry_at: Option<i64>,
}

/// What settling should say, as far as the call decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Unknown,
    Kept,
    GivenBack,
}

const CALL: u32 = 10;

impl<'s> Model<'s> {
    pub(crate) const fn new(sketch: &'s Sketch, refund: Refund) -> Self {
        Self { sketch, refund, allowed: Vec::new() }
    }

    pub(crate) fn call(&mut self, tool: &'static str, grant: &'static str, at: i64) -> Expected {
        let at = self.allowed.iter().map(|call| call.at).fold(at, i64::max);
        let refused = |rule: &str| Expected { rule: Some(rule.to_string()), at, used: None, retry_at: None };
        if self.sketch.hide.iter().any(|name| *name == "*" || *name == tool) {
            return refused("(hidden)");
        }
        if !self.sketch.allow_others && !self.sketch.tools.iter().any(|(name, _)| *name == tool) {
            return refused("(default deny)");
        }
        let full: Vec<_> =
            self.limits(tool, grant, at).into_iter().filter(|limit| limit.used + CALL > limit.max).collect();
        if let Some(first) = full.first() {
            let ever = full.iter().all(|limit| CALL <= limit.max);
            let retry_at = full.iter().map(|limit| limit.end).max().filter(|_| ever);
            return Expected { used: Some(first.used), retry_at, ..refused(&first.rule) };
        }
        self.allowed.push(Allowed { tool, grant, at, settled: false, given_back: false });
        Expected { rule: None, at, used: None, retry_at: None }
    }

    /// The least that is left of any limit after the call just allowed, in tenths; none where no limit counts it.
    pub(crate) fn least_left(&self) -> Option<u32> {
        let last = self.allowed.last()?;
        let limits = self.limits(last.tool, last.grant, last.at);
        limits.into_iter().map(|limit| limit.max - limit.used).min()
    }

    pub(crate) fn settle(&mut self, which: usize, outcome: Outcome) -> Told {
        match self.allowed.get_mut(which) {
            Some(call) if !call.settled => {
                call.settled = true;
                call.given_back = match self.refund {
                    Refund::ProtocolError => outcome == Outcome::ProtocolError,
                    Refund::AnyError => outcome != Outcome::Ok,
                    Refund::Never => false,
                };
                if call.given_back { Told::GivenBack } else { Told::Kept }
            }
            _ => Told::Unknown,
        }
    }

    /// How many calls were allowed.
    pub(crate) fn reservations(&self) -> usize {
        self.allowed.len()
    }

    fn limits(&self, tool: &str, grant: &str, at: i64) -> Vec<Reading> {
        let own = self.sketch.tools.iter().find(|(name, _)| *name == tool);
        let own = own.map_or(&[][..], |(_, limits)| limits).iter().enumerate();
        let own = own.map(|(index, limit)| self.reading(Some(tool), index, *limit, grant, at));
        let all = self.sketch.all_tools.iter().enumerate();
        own.chain(all.map(|(index, limit)| self.reading(None, index, *limit, grant, at))).collect()
    }

    fn reading(&self, tool: Option<&str>, index: usize, limit: Limit, grant: &str, at: i64) -> Reading {
        let length = match limit.window {
            "minute" => 60_000,
            "hour" => 3_600_000,
            _ => 86_400_000,
        };
        let window = |at: i64| at.div_euclid(length);
        let counted = self.allowed.iter().filter(|call| {
            !call.given_back
                && call.grant == grant
                && window(call.at) == window(at)
                && tool.is_none_or(|tool| call.tool == tool)
        });
        let place = tool.map_or("/all_tools".to_string(), |tool| format!("/tools/{tool}"));
        Reading {
            rule: format!("{place}/limits/c{index}"),
            used: counted.map(|_| CALL).sum(),
            max: limit.max,
            end: (window(at) + 1) * length,
        }
    }
}

struct Reading {
    rule: String,
    used: u32,
    max: u32,
    end: i64,
}
