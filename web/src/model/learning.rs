//! What is learned from a log, as the page shows it: each line of the policy with what it says, why it is there, and the
//! calls that it rests on. It is plain data, so that it comes from the worker as it is made here.
//!
//! Every sentence is the evaluator's. Nothing here puts what was learned in a policy's place.

use std::collections::BTreeMap;

use gatewright_core::amount::count;
use gatewright_core::learn::{HeldOut, LearnOptions, Learned, Line, NotHeld, Witness};
use gatewright_core::legible::legible;
use gatewright_core::pointer::Pointer;
use gatewright_core::scenario::Calls;
use gatewright_core::verdict::shown_name;
use gatewright_core::{explain, learn, parse};
use serde::{Deserialize, Serialize};

/// The largest slack that is offered, in percent.
pub const MOST_SLACK: u64 = 500;
/// The largest part that is offered to be held out, in percent.
pub const MOST_HELD_OUT: u64 = 90;

/// What was learned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// The policy's text.
    pub policy: String,
    /// All of it in a few sentences.
    pub words: String,
    /// What each part of the policy rests on, by tool.
    pub tools: Vec<ToolLesson>,
    /// What the policy does not hold, and why.
    pub not_held: Vec<String>,
    /// How the calls that were held out fare; none where none were.
    pub held_out: Option<Foretold>,
}

/// What was learned of one tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolLesson {
    /// Its name, fit to be shown.
    pub tool: String,
    /// What was learned of it.
    pub lines: Vec<Rests>,
}

/// A line of the policy, and what it rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rests {
    /// Where it stands in the policy's text: the number of its first line, from 1.
    pub line: u32,
    /// What it says.
    pub says: String,
    /// Why it is there and no tighter.
    pub why: String,
    /// The calls that forbid tightening it.
    pub calls: Vec<Shown>,
}

/// A call of the log, and what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Which, from 0.
    pub call: u32,
    /// What it shows, with its number: `Call 12: sent 5, the least`.
    pub words: String,
}

/// How the calls that were held out fare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foretold {
    /// The figures in words.
    pub words: String,
    /// What denies them: the place in the policy, how many calls, and the first of them with what its agent is told.
    pub denials: Vec<(String, u32, Shown)>,
}

impl Lesson {
    /// What the calls of a log teach.
    #[must_use]
    pub fn of(calls: &Calls, options: LearnOptions) -> Self {
        Self::from(learn::learn(calls, options))
    }
}

impl Lesson {
    /// Why each line of the policy is there, by its number from 1.
    #[must_use]
    pub fn notes(&self) -> BTreeMap<usize, String> {
        let mut notes: BTreeMap<usize, String> = BTreeMap::new();
        for line in self.tools.iter().flat_map(|tool| &tool.lines) {
            let note = notes.entry(usize::try_from(line.line).unwrap_or(usize::MAX)).or_default();
            if !note.is_empty() {
                note.push(' ');
            }
            note.push_str(&line.why);
        }
        notes
    }
}

impl From<Learned> for Lesson {
    fn from(learned: Learned) -> Self {
        let parsed = parse(&learned.policy);
        let explained = explain(&parsed.policy);
        let mut says: BTreeMap<Pointer, String> = BTreeMap::new();
        let all =
            explained.whole.into_iter().chain(explained.tools.into_iter().flat_map(|tool| tool.sentences));
        for sentence in all {
            says.entry(sentence.pointer).or_insert(sentence.text);
        }
        let mut tools: Vec<ToolLesson> = Vec::new();
        for Line { pointer, tool, why, witnesses, .. } in learned.lines {
            let tool = shown_name(&tool);
            let says = says.get(&pointer).cloned().unwrap_or_else(|| pointer.as_str().to_owned());
            let node = parsed.source.find(&pointer);
            let line = node.map_or(0, |node| small(parsed.source.location(&node.range).line));
            let line = Rests { line, says, why, calls: witnesses.into_iter().map(shown).collect() };
            match tools.last_mut().filter(|last| last.tool == tool) {
                Some(last) => last.lines.push(line),
                None => tools.push(ToolLesson { tool, lines: vec![line] }),
            }
        }
        Self {
            policy: learned.policy,
            words: learned.words,
            tools,
            not_held: learned.not_held.into_iter().map(not_held).collect(),
            held_out: learned.held_out.map(foretold),
        }
    }
}

fn shown(Witness { call, shows, .. }: Witness) -> Shown {
    Shown { call: small(call), words: format!("Call {}: {shows}", count(call + 1)) }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// `refund, args.note: …`
fn not_held(NotHeld { tool, path, why, .. }: NotHeld) -> String {
    let about: Vec<String> =
        tool.iter().map(|tool| shown_name(tool)).chain(path.iter().map(|path| legible(path))).collect();
    if about.is_empty() { why } else { format!("{}: {why}", about.join(", ")) }
}

fn foretold(HeldOut { words, denials, .. }: HeldOut) -> Foretold {
    let denials = denials.into_iter().map(|denied| {
        let first = Shown {
            call: small(denied.first),
            words: format!("Call {}: {}", count(denied.first + 1), denied.message),
        };
        (denied.pointer.as_str().to_owned(), small(denied.calls), first)
    });
    Foretold { words, denials: denials.collect() }
}

#[cfg(test)]
mod tests {
    use gatewright_core::compile;

    use super::*;
    use crate::model::traffic::Log;

    fn log() -> Log {
        let line = |at: usize, path: &str| {
            format!(
                r#"{{"at":{},"tool":"read_file","args":{{"path":"{path}"}},"grant":"ci"}}"#,
                1_767_607_200_000_u64 + at as u64 * 1_000
            )
        };
        let paths = ["/srv/a.txt", "/srv/b.txt", "/srv/c/d.txt", "/srv/e.txt"];
        let lines: Vec<String> = (0..8).map(|at| line(at, paths[at % paths.len()])).collect();
        Log::read("calls.jsonl".to_owned(), lines.join("\n"))
    }

    #[test]
    fn each_line_says_what_it_holds_and_names_calls_of_the_log() {
        let log = log();
        let lesson = Lesson::of(&log.own, LearnOptions { seen: 3, ..LearnOptions::default() });
        compile(&parse(&lesson.policy)).unwrap();
        let told: Vec<(&str, usize)> =
            lesson.tools.iter().map(|tool| (tool.tool.as_str(), tool.lines.len())).collect();
        assert!(matches!(told.as_slice(), [("read_file", 2..)]), "{told:?}");
        for line in lesson.tools.iter().flat_map(|tool| &tool.lines) {
            assert!(
                !line.says.is_empty() && !line.says.starts_with('/'),
                "a sentence, not a place: {}",
                line.says
            );
            assert!(!line.why.is_empty() && !line.calls.is_empty(), "{line:?}");
            assert!(line.calls.iter().all(|shown| shown.call < 8), "{line:?}");
        }
        let says: Vec<&str> =
            lesson.tools.iter().flat_map(|tool| &tool.lines).map(|line| line.says.as_str()).collect();
        assert!(says.iter().any(|says| says.contains("/srv/")), "{says:?}");
        assert_eq!(lesson.held_out, None);
        let notes = lesson.notes();
        assert!(notes.len() >= 2, "{notes:?}");
        for line in notes.keys() {
            let text = lesson.policy.lines().nth(line - 1).unwrap();
            assert!(text.contains('{') || text.contains('['), "a line that opens something: {text}");
        }
    }

    #[test]
    fn what_was_held_out_is_told_with_the_first_call_that_is_denied() {
        let text = log().text.replace("/srv/e.txt", "/etc/passwd");
        let log = Log::read("calls.jsonl".to_owned(), text.clone());
        let options = LearnOptions { hold_out: 50, ..LearnOptions::default() };
        let first_half = log.text.lines().take(3).collect::<Vec<_>>().join("\n") + "\n";
        let log = Log::read("calls.jsonl".to_owned(), first_half + &log.text);
        let lesson = Lesson::of(&log.own, options);
        let held_out = lesson.held_out.unwrap();
        assert!(!held_out.words.is_empty());
        for (place, calls, first) in &held_out.denials {
            assert!(place.starts_with('/') && *calls > 0 && first.words.starts_with("Call "), "{held_out:?}");
        }
    }
}
