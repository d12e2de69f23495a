//! What the steps found → the policy, its lines, and what is told of them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::document::{LimitDraft, places, policy_text, tool_text};
use super::learner::{Tool, Work};
use super::level::{Draft, Rules};
use super::limits::Measure;
use super::trial::Trial;
use super::{Holds, Learned, Line, NotHeld, Witness};
use crate::amount::count;
use crate::bounds::Bounds;
use crate::compile::compile;
use crate::parse::parse;
use crate::pattern::Patterns;
use crate::pointer::Pointer;
use crate::policy::{Op, Window};
use crate::scenario::Calls;
use crate::value::Value;

/// What of a document is left for what stands around its tools.
const AROUND: usize = 256;
/// The most limits of a tool.
const LIMITS: usize = 3;

/// A policy, what it rests on, and what its calls came to.
pub(super) struct Written {
    text: String,
    lines: Vec<Line>,
    not_held: Vec<NotHeld>,
    pub(super) trial: Option<Trial>,
}

/// What a document still has room for.
struct Room {
    bytes: usize,
    rules: usize,
    patterns: Patterns,
}

impl Room {
    fn new() -> Self {
        let bounds = Bounds::DEFAULT;
        let patterns = Patterns::new(bounds);
        Self { bytes: bounds.document_bytes - AROUND, rules: bounds.rules, patterns }
    }

    /// Takes what is needed, where there is as much.
    fn take(&mut self, bytes: usize, rules: usize) -> bool {
        let has_room = bytes <= self.bytes && rules <= self.rules;
        if has_room {
            self.bytes -= bytes;
            self.rules -= rules;
        }
        has_room
    }

    /// Whether the patterns of a rule fit as well.
    fn takes_patterns(&mut self, draft: &Draft) -> bool {
        let mut patterns = draft.conditions.iter().filter_map(|(op, value)| match (op, value) {
            (Op::Regex, Value::Text(text)) => Some(text),
            _ => None,
        });
        patterns.all(|text| self.patterns.pattern(text).is_ok())
    }
}

impl Work {
    /// The tools that the policy lists.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Tool> {
        self.tools.iter().filter(|tool| tool.listed)
    }

    /// Finds out which tools the policy has room for.
    pub(super) fn list_tools(&mut self) {
        let mut room = Room::new();
        for (number, tool) in self.tools.iter_mut().enumerate() {
            if tool.calls == 0 {
                tool.listed = false;
                continue;
            }
            let why = if tool.name.len() > Bounds::DEFAULT.name_bytes {
                "Its name is longer than a policy may say."
            } else if room.take(longest(&tool.name, number), LIMITS) {
                continue;
            } else {
                "There are more tools than one policy has room for."
            };
            tool.listed = false;
            let why = format!("{why} Its calls are denied.");
            let name = Some(crate::legible::legible(&tool.name));
            self.not_held.push(NotHeld { tool: name, path: None, calls: tool.calls, why });
        }
        for kind in &mut self.kinds {
            kind.listed = self.tools.get(kind.tool).is_some_and(|tool| tool.listed);
        }
    }

    /// Writes the policy: without rules for arguments, should it not be one with them.
    pub(super) fn write(&self, calls: &Calls, measure: &Measure) -> Written {
        let mut written = self.written(calls, measure, self.options.arguments);
        let mut policy = compile(&parse(&written.text)).ok();
        if policy.is_none() {
            written = self.written(calls, measure, false);
            policy = compile(&parse(&written.text)).ok();
            let why = "Arguments: their rules are more than one policy has room for.".to_string();
            written.not_held.push(NotHeld { tool: None, path: None, calls: self.from.calls, why });
        }
        written.trial = policy.map(|policy| Trial::new(policy, calls, &self.options));
        written
    }

    fn written(&self, calls: &Calls, measure: &Measure, arguments: bool) -> Written {
        let mut written =
            Written { text: String::new(), lines: Vec::new(), not_held: Vec::new(), trial: None };
        let mut room = Room::new();
        for (number, tool) in self.listed().enumerate() {
            room.take(longest(&tool.name, number), LIMITS);
        }
        let mut entries = Vec::new();
        for (number, tool) in self.listed().enumerate() {
            let mut rules = if arguments { self.rules(tool, &mut written.not_held) } else { Vec::new() };
            let limits = measure.limits(number, self.options.slack);
            let before = rules.len();
            rules.retain(|rule| room.takes_patterns(rule));
            if rules.len() < before {
                let why =
                    "Some of its texts: their patterns are more than one policy has room for.".to_string();
                let name = Some(tool.name.clone());
                written.not_held.push(NotHeld { tool: name, path: None, calls: tool.calls, why });
            }
            let text = tool_text(&tool.name, number, &rules, &limits);
            if !rules.is_empty() && !room.take(text.len(), rules.len()) {
                let why = "Arguments: their rules are more than one policy has room for.".to_string();
                let name = Some(tool.name.clone());
                written.not_held.push(NotHeld { tool: name, path: None, calls: tool.calls, why });
                rules = Vec::new();
            }
            entries.push(tool_text(&tool.name, number, &rules, &limits));
            let place = Pointer::root().key("tools").key(&tool.name);
            self.add_lines(&mut written.lines, calls, tool, &place, &rules, &limits);
        }
        if arguments && !entries.is_empty() {
            let why =
                "Arguments that no call of the log sent: the language cannot forbid what it does not name.";
            let (tool, path) = (None, None);
            written.not_held.push(NotHeld { tool, path, calls: self.from.calls, why: why.to_string() });
        }
        written.text = policy_text(&entries);
        written
    }

    /// The rules of a tool's arguments.
    fn rules(&self, tool: &Tool, not_held: &mut Vec<NotHeld>) -> Vec<Draft> {
        let Rules { mut drafts, not_held: more, .. } =
            Rules::new(&self.options, &tool.name, tool.calls, &tool.shape);
        let Some(names) = &tool.names else {
            not_held.extend(more);
            return drafts;
        };
        drafts.retain(|draft| draft.path.keys().next().is_some_and(|key| names.contains(key)));
        let why = "Not even the names of their arguments were recorded: what they held is not guessed.";
        let (name, path) = (Some(tool.name.clone()), None);
        not_held.push(NotHeld { tool: name, path, calls: tool.nameless, why: why.to_string() });
        drafts
    }

    fn add_lines(
        &self,
        lines: &mut Vec<Line>,
        calls: &Calls,
        tool: &Tool,
        place: &Pointer,
        rules: &[Draft],
        limits: &[LimitDraft],
    ) {
        let witness = |call: usize, shows: String| {
            let at = calls.get(call).map(|call| call.at).unwrap_or_default();
            Witness { call, at, shows }
        };
        let line =
            |pointer, holds, why, witnesses| Line { pointer, tool: tool.name.clone(), holds, why, witnesses };
        let (holds, first) =
            (Holds::Tool { calls: tool.calls }, witness(tool.first, "the first call of it".into()));
        let why = format!("Called {}.", times(tool.calls));
        lines.push(line(place.clone(), holds, why, Vec::from([first])));
        let places = places(place, rules);
        for required in [true, false] {
            let rules = rules.iter().zip(&places).filter(|(rule, _)| rule.required == required);
            for (rule, pointer) in rules {
                let Draft { path, level, optional, why, witnesses, .. } = rule;
                let holds = Holds::Argument { path: path.clone(), level: *level, optional: *optional };
                let witnesses = witnesses.iter().map(|(call, shows)| witness(*call, shows.clone()));
                lines.push(line(pointer.clone(), holds, why.clone(), witnesses.collect()));
            }
        }
        for (index, limit) in limits.iter().enumerate() {
            let LimitDraft { window, max, reached, witness: last } = *limit;
            let mut why = format!("One grant called it {} in one {window}, at the most.", times(reached));
            if max > reached {
                why.push_str(&format!(" With {} % more, that is {}.", self.options.slack, count(max)));
            }
            let shows = format!("call number {} of its grant in that {window}", count(reached));
            let holds = Holds::Limit { window, max, reached };
            let pointer = place.key("limits").index(index);
            lines.push(line(pointer, holds, why, Vec::from([witness(last, shows)])));
        }
    }

    /// All that was learned.
    pub(super) fn end(self) -> Learned {
        let nothing =
            Written { text: policy_text(&[]), lines: Vec::new(), not_held: Vec::new(), trial: None };
        let written = self.done.unwrap_or(nothing);
        let mut from = self.from;
        let mut held_out = None;
        if let Some(trial) = written.trial {
            from.allowed = trial.allowed;
            held_out = (self.options.hold_out > 0).then(|| trial.held_out(from.calls));
        }
        let mut learned = Learned {
            policy: written.text,
            lines: written.lines,
            not_held: self.not_held,
            from,
            held_out,
            words: String::new(),
        };
        learned.not_held.extend(written.not_held);
        learned.words = in_words(&learned);
        learned
    }
}

/// The length of a tool's entry with all of its limits.
fn longest(tool: &str, number: usize) -> usize {
    let limit = |window| LimitDraft { window, max: u64::MAX, reached: 0, witness: 0 };
    let limits = [limit(Window::Minute), limit(Window::Hour), limit(Window::Day)];
    tool_text(tool, number, &[], &limits).len() + 2
}

/// All of it in a few sentences.
fn in_words(learned: &Learned) -> String {
    let Learned { lines, from, .. } = learned;
    if from.calls == 0 {
        return "There is no call to learn from: the policy denies everything.".to_string();
    }
    let (mut tools, mut limits, mut rules) = (0, 0, 0);
    for line in lines {
        *match line.holds {
            Holds::Tool { .. } => &mut tools,
            Holds::Limit { .. } => &mut limits,
            Holds::Argument { .. } => &mut rules,
        } += 1;
    }
    let allowed = match (from.calls, from.allowed) {
        (1, 1) => "which the policy allows".to_string(),
        (calls, allowed) if calls == allowed => "all of which the policy allows".to_string(),
        (_, allowed) => format!("{} of which the policy allows", count(allowed)),
    };
    let mut words = format!(
        "Learned from {}, {allowed}: {}, {}, {}.",
        some(from.calls, "call"),
        some(tools, "tool"),
        some(limits, "limit"),
        some(rules, "argument rule")
    );
    let left_out = [
        (from.refused, "that the log says were refused"),
        (from.failed, "that failed"),
        (from.unreadable, "that no policy can judge"),
    ];
    let left_out: Vec<String> = left_out
        .iter()
        .filter(|(calls, _)| *calls > 0)
        .map(|(calls, why)| format!("{} {why}", count(*calls)))
        .collect();
    if !left_out.is_empty() {
        words.push_str(&format!(" Calls left out: {}.", left_out.join(", ")));
    }
    words
}

/// `1 tool`, `2 tools`
fn some(number: usize, what: &str) -> String {
    format!("{} {what}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `once`, `12 times`
fn times(number: impl TryInto<u64>) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => "once".to_string(),
        number => format!("{} times", count(number)),
    }
}
