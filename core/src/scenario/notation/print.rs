//! Scenario → text, such that the text is the same scenario.

use alloc::format;
use alloc::string::{String, ToString};

use super::tokens::ends_word;
use super::{GRANT, HEADS, LENGTHS};
use crate::call::{Outcome, UnknownArgs};
use crate::scenario::{Agent, Block, CallKind, MORNING, OnDenial, Per, Scenario, Shape};
use crate::time::Timestamp;

/// Writes a scenario: a line for its start where that is not [`MORNING`], and a line for each block.
#[must_use]
pub fn print(scenario: &Scenario) -> String {
    let mut text = String::new();
    if scenario.start != MORNING {
        text.push_str(&format!("start {}\n", scenario.start));
    }
    for block in &scenario.blocks {
        text.push_str(&print_block(block, scenario.start));
        text.push('\n');
    }
    text
}

/// Writes one block of a scenario that begins at `start`, as [`print()`] does.
#[must_use]
pub fn print_block(block: &Block, start: Timestamp) -> String {
    let mut line = Line(String::new());
    let moment = if let Shape::Call { .. } = block.shape { "at" } else { "from" };
    match &block.shape {
        Shape::Call { call } => {
            line.name(&call.tool, true);
            line.call(call, None);
        }
        Shape::Repeat { call, times, every_ms } => {
            line.name(&call.tool, true);
            line.add(&format!("× {times} every {}", print_length(*every_ms)));
            line.call(call, None);
        }
        Shape::Burst { call, times } => {
            line.add("burst");
            line.name(&call.tool, false);
            line.add(&format!("× {times}"));
            line.call(call, None);
        }
        Shape::Rate { call, calls, per, for_ms } => {
            line.name(&call.tool, true);
            line.pace(*calls, *per, *for_ms);
            line.call(call, None);
        }
        Shape::Ramp { call, from, to, per, for_ms } => {
            let unit = per.abbreviation();
            line.add("ramp");
            line.name(&call.tool, false);
            line.add(&format!("× {from}/{unit} to {to}/{unit} for {}", print_length(*for_ms)));
            line.call(call, None);
        }
        Shape::Mix { of, calls, per, for_ms } => {
            // What all shares have in common is said once, at the end.
            let first = of.first().map(|share| &share.call);
            let common = first.filter(|first| of.iter().all(|share| same_caller(first, &share.call)));
            line.add("mix");
            for (index, share) in of.iter().enumerate() {
                if index > 0 {
                    line.0.push(',');
                }
                line.add(&share.weight.to_string());
                line.name(&share.call.tool, false);
                line.call(&share.call, common);
            }
            line.pace(*calls, *per, *for_ms);
            if let Some(common) = common {
                line.caller(common);
            }
        }
        Shape::Loop { call, agent } => {
            line.add("loop");
            line.name(&call.tool, false);
            line.agent(*agent);
            line.call(call, None);
        }
    }
    line.moment(moment, block.at_ms, start);
    if block.jitter_ms > 0 {
        line.add(&format!("jitter {}", print_length(block.jitter_ms)));
    }
    if block.seed > 0 {
        line.add(&format!("seed {}", block.seed));
    }
    line.0
}

struct Line(String);

impl Line {
    /// Adds words.
    fn add(&mut self, words: &str) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(words);
    }

    /// Adds a name, quoted where it has to be.
    fn name(&mut self, name: &str, begins_line: bool) {
        let is_odd = name.is_empty() || name.contains(|it: char| ends_word(it) || it.is_control());
        let is_taken = name.starts_with('#') || (begins_line && HEADS.contains(&name));
        if is_odd || is_taken {
            self.add(&serde_json::to_string(name).unwrap_or_default());
        } else {
            self.add(name);
        }
    }

    fn pace(&mut self, calls: u64, per: Per, for_ms: u64) {
        self.add(&format!("× {calls}/{} for {}", per.abbreviation(), print_length(for_ms)));
    }

    /// Adds who calls and how it ends.
    fn caller(&mut self, call: &CallKind) {
        if call.grant != GRANT {
            self.add("as");
            self.name(&call.grant, false);
        }
        if !call.session.is_empty() {
            self.add("session");
            self.name(&call.session, false);
        }
        match call.outcome {
            Some(Outcome::Ok) => {}
            Some(Outcome::ToolError) => self.add("ends in tool error"),
            Some(Outcome::ProtocolError) => self.add("ends in protocol error"),
            None => self.add("unanswered"),
        }
    }

    /// Adds all that is said of a call, but what is said in common.
    fn call(&mut self, call: &CallKind, common: Option<&CallKind>) {
        if let Some(args) = &call.args {
            self.add("with");
            self.add(args.as_str());
        } else if !call.unknown_args.is_nothing() {
            self.add("with unknown");
            match &call.unknown_args {
                UnknownArgs::Names(names) => self.add(&serde_json::to_string(names).unwrap_or_default()),
                _ => self.add("all"),
            }
        }
        if call.approved {
            self.add("approved");
        }
        if common.is_none() {
            self.caller(call);
        }
    }

    fn agent(&mut self, agent: Agent) {
        let Agent { every_ms, until_allowed, for_ms, on_denial, give_up_after } = agent;
        self.add(&format!("every {}", print_length(every_ms)));
        if let Some(most) = until_allowed {
            self.add(&format!("until {most} allowed"));
        }
        if let Some(for_ms) = for_ms {
            self.add(&format!("for {}", print_length(for_ms)));
        }
        match on_denial {
            OnDenial::RetryNow => self.add("on denial retry now"),
            OnDenial::WaitForReset => self.add("on denial wait for reset"),
            OnDenial::BackOff { start_ms, cap_ms } => {
                self.add(&format!(
                    "on denial back off from {} to {}",
                    print_length(start_ms),
                    print_length(cap_ms)
                ));
            }
        }
        if let Some(denials) = give_up_after {
            let word = if denials == 1 { "denial" } else { "denials" };
            self.add(&format!("giving up after {denials} {word}"));
        }
    }

    /// Adds when the block begins: for one call as a time of day where that says it.
    fn moment(&mut self, word: &str, at_ms: u64, start: Timestamp) {
        let day = LENGTHS.first().map_or(0, |(_, day)| *day);
        let at = start.plus(i64::try_from(at_ms).unwrap_or(i64::MAX));
        if at_ms == 0 {
        } else if word == "at" && at_ms < day && at < Timestamp::MAX {
            self.add(&format!("{word} {}", at.time_of_day()));
        } else {
            self.add(&format!("{word} +{}", print_length(at_ms)));
        }
    }
}

/// Whether what [`Line::caller`] says is the same of both.
fn same_caller(one: &CallKind, other: &CallKind) -> bool {
    (&one.grant, &one.session, one.outcome) == (&other.grant, &other.session, other.outcome)
}

/// A length of time in the largest unit that measures it: `5m`, `90s`.
#[must_use]
pub fn print_length(ms: u64) -> String {
    let (name, unit) = match ms {
        0 => ("s", 1),
        _ => LENGTHS.into_iter().find(|(_, unit)| ms.is_multiple_of(*unit)).unwrap_or(("ms", 1)),
    };
    format!("{}{name}", ms / unit)
}
