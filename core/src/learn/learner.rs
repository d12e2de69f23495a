//! From the calls to the policy, in steps: what the calls look like, how many there are in a window, and whether the
//! policy that comes of it allows them.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Deref;

use hashbrown::HashMap;

use super::limits::Measure;
use super::shape::Shape;
use super::writer::Written;
use super::{LearnOptions, Learned, LearnedFrom, NotHeld, Which};
use crate::bounds::Bounds;
use crate::call::{Arguments, Outcome};
use crate::message::{read_arguments, walk_arguments};
use crate::path::PathTree;
use crate::policy::Window;
use crate::scenario::Calls;

/// The most percent that may be held out.
const MOST_HELD_OUT: u32 = 90;
/// How many windows there are.
const ALL_WINDOWS: usize = 3;

/// A policy being learned, in steps, so that whoever shows it can do something else in between.
///
/// The calls are borrowed, or kept alive by this: `C` is a reference or an `Arc`.
pub struct Learner<C> {
    calls: C,
    work: Work,
}

/// What is known so far.
pub(super) struct Work {
    pub(super) options: LearnOptions,
    pub(super) from: LearnedFrom,
    /// Of each kind of call: how many are learned from, the first of them, and the tool.
    pub(super) kinds: Vec<Kind>,
    pub(super) tools: Vec<Tool>,
    /// The first call that is held out, by its index.
    pub(super) cut: usize,
    stage: Stage,
    /// So many steps of the stage are done.
    at: usize,
    /// So many steps are done of stages that are over.
    before: usize,
    pub(super) not_held: Vec<NotHeld>,
    /// What was written, and what its calls came to.
    pub(super) done: Option<Written>,
}

enum Stage {
    /// The arguments of each kind of call are looked at.
    Looking,
    /// Calls are counted.
    Measuring(Box<Measure>),
    /// The policy is tried.
    Trying,
    /// There is no more to do.
    Done,
}

#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) calls: usize,
    pub(super) first: usize,
    pub(super) tool: usize,
    pub(super) readable: bool,
    /// Whether the policy has room for the tool.
    pub(super) listed: bool,
}

pub(super) struct Tool {
    pub(super) name: String,
    pub(super) listed: bool,
    pub(super) calls: usize,
    pub(super) first: usize,
    pub(super) shape: Shape,
    /// Calls of which not even the names of all arguments were recorded, and the names that each of them has.
    pub(super) nameless: usize,
    pub(super) names: Option<BTreeSet<String>>,
}

/// Learns the smallest policy that allows the calls of a log.
///
/// ```
/// use gatewright_core::import::log::import_log;
/// use gatewright_core::learn::{LearnOptions, learn};
/// let log = import_log(r#"
///     {"at": "2026-01-05T10:00:01Z", "tool": "read_file", "args": {"path": "/work/a.txt"}, "grant": "ci"}
///     {"at": "2026-01-05T10:00:02Z", "tool": "read_file", "args": {"path": "/work/b.txt"}, "grant": "ci"}"#);
/// let learned = learn(&log.calls, LearnOptions::default());
/// assert_eq!(learned.words, "Learned from 2 calls, all of which the policy allows: 1 tool, 1 limit, 2 argument rules.");
/// assert!(learned.policy.contains(r#"{ "path": "args.path", "op": "regex", "value": "^/work/" }"#));
/// assert_eq!(learned.lines[1].why, "All 2 calls send texts that begin with `/work/` and go on differently.");
/// ```
#[must_use]
pub fn learn(calls: &Calls, options: LearnOptions) -> Learned {
    Learner::new(calls, options).finish()
}

impl<C: Deref<Target = Calls>> Learner<C> {
    /// Nothing learned yet.
    #[must_use]
    pub fn new(calls: C, options: LearnOptions) -> Self {
        let work = Work::new(&calls, options);
        Self { calls, work }
    }

    /// Does at most so many steps more, each about as long as it takes to judge a call. Returns how many are done, and
    /// of how many: as many, once nothing is left to do.
    ///
    /// ```
    /// use gatewright_core::ToolCall;
    /// use gatewright_core::learn::{LearnOptions, Learner};
    /// use gatewright_core::scenario::Calls;
    /// let mut calls = Calls::default();
    /// calls.push(&ToolCall { tool: "ls", ..ToolCall::default() }, None);
    /// let mut learner = Learner::new(&calls, LearnOptions::default());
    /// while let (done, all) = learner.advance(1) && done < all {}
    /// assert_eq!(learner.finish().lines.len(), 2, "a tool and a limit");
    /// ```
    pub fn advance(&mut self, steps: usize) -> (usize, usize) {
        self.work.advance(&self.calls, steps);
        self.work.progress(&self.calls)
    }

    /// Does what is left, and tells all of it.
    #[must_use]
    pub fn finish(mut self) -> Learned {
        self.work.advance(&self.calls, usize::MAX);
        self.work.end()
    }
}

impl Work {
    fn new(calls: &Calls, options: LearnOptions) -> Self {
        let kind = Kind { calls: 0, first: 0, tool: 0, readable: true, listed: true };
        let mut work = Self {
            options,
            from: LearnedFrom::default(),
            kinds: calls.kinds().map(|_| kind).collect(),
            tools: Vec::new(),
            cut: calls.len(),
            stage: Stage::Looking,
            at: 0,
            before: 0,
            not_held: Vec::new(),
            done: None,
        };
        work.cut = work.first_held_out(calls);
        for index in 0..work.cut {
            if work.is_counted(calls, index) {
                if let Some(kind) = calls.kind(index).and_then(|kind| work.kinds.get_mut(kind)) {
                    if kind.calls == 0 {
                        kind.first = index;
                    }
                    kind.calls += 1;
                }
            } else if calls.was_refused(index) {
                work.from.refused += 1;
            } else {
                work.from.failed += 1;
            }
        }
        work.name_tools(calls);
        work
    }

    /// Whether a call is one that is learned from, or tried where it is held out.
    fn is_counted(&self, calls: &Calls, index: usize) -> bool {
        let has_failed = || calls.answer_of(index).is_some_and(|(outcome, _)| outcome != Outcome::Ok);
        match self.options.calls {
            Which::All => true,
            Which::NotRefused => !calls.was_refused(index),
            Which::NotFailed => !calls.was_refused(index) && !has_failed(),
        }
    }

    fn first_held_out(&self, calls: &Calls) -> usize {
        let share = usize::try_from(self.options.hold_out).unwrap_or(0);
        if share == 0 || self.options.hold_out > MOST_HELD_OUT {
            return calls.len();
        }
        let counted = || (0..calls.len()).filter(|index| self.is_counted(calls, *index));
        let all = counted().count();
        counted().nth(all - all.saturating_mul(share) / 100).unwrap_or(calls.len())
    }

    /// The tools that are learned from, in the order of their names, and the tool of each kind of call.
    fn name_tools(&mut self, calls: &Calls) {
        let kinds = || calls.kinds().zip(&self.kinds).filter(|(_, kind)| kind.calls > 0);
        let mut names: Vec<&str> = kinds().map(|(call, _)| call.tool).collect();
        names.sort_unstable();
        names.dedup();
        let places: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
        let set_size = usize::try_from(self.options.set_size).unwrap_or(usize::MAX);
        let tool = |name: &&str| Tool {
            name: name.to_string(),
            listed: true,
            calls: 0,
            first: usize::MAX,
            shape: Shape::new(set_size),
            nameless: 0,
            names: None,
        };
        self.tools = names.iter().map(tool).collect();
        for (kind, call) in self.kinds.iter_mut().zip(calls.kinds()) {
            kind.tool = places.get(call.tool).copied().unwrap_or(usize::MAX);
        }
    }

    fn progress(&self, calls: &Calls) -> (usize, usize) {
        let left = match self.stage {
            Stage::Looking => self.kinds.len() + self.cut + calls.len(),
            Stage::Measuring(_) => self.cut + calls.len(),
            Stage::Trying => calls.len(),
            Stage::Done => 0,
        };
        (self.before + self.at, self.before + left)
    }

    fn advance(&mut self, calls: &Calls, steps: usize) {
        let mut left = steps;
        while left > 0 {
            let (size, from) = match self.stage {
                Stage::Looking => (self.kinds.len(), self.at),
                Stage::Measuring(_) => (self.cut, self.at),
                Stage::Trying => (calls.len(), self.at),
                Stage::Done => return,
            };
            let until = size.min(from.saturating_add(left));
            left -= until - from;
            let restart = self.each(calls, from..until);
            if let Some(stage) = restart {
                self.stage = stage;
                self.before += self.at;
                self.at = 0;
            } else if until == size {
                self.stage = self.next_stage(calls);
                self.before += size;
                self.at = 0;
            } else {
                self.at = until;
            }
            // A stage without any steps takes its turn all the same.
            left = left.max(usize::from(size == 0));
        }
    }

    /// Does some steps of a stage. Where it must begin anew, says how.
    fn each(&mut self, calls: &Calls, range: core::ops::Range<usize>) -> Option<Stage> {
        match &mut self.stage {
            Stage::Looking => {
                let (skipped, taken) = (range.start, range.len());
                for (place, call) in calls.kinds().enumerate().skip(skipped).take(taken) {
                    self.look(place, &call.arguments);
                }
            }
            Stage::Measuring(_) => {
                for index in range {
                    if !self.is_learned_from(calls, index) {
                        continue;
                    }
                    let Stage::Measuring(measure) = &mut self.stage else { return None };
                    if !measure.count(calls, index) {
                        return Some(self.without_a_window(calls));
                    }
                }
            }
            Stage::Trying => {
                for index in range {
                    let is_held_out = index >= self.cut;
                    let is_tried = if is_held_out {
                        self.is_counted(calls, index)
                    } else {
                        self.is_learned_from(calls, index)
                    };
                    if let Some(trial) = self.done.as_mut().and_then(|written| written.trial.as_mut())
                        && is_tried
                    {
                        trial.judge(calls, index, is_held_out);
                    }
                }
            }
            Stage::Done => {}
        }
        None
    }

    /// Whether a call was learned from, and is readable.
    fn is_learned_from(&self, calls: &Calls, index: usize) -> bool {
        let kind = calls.kind(index).and_then(|kind| self.kinds.get(kind));
        kind.is_some_and(|kind| kind.readable && kind.listed) && self.is_counted(calls, index)
    }

    /// The counters have no place for all calls: the longest of the windows is left out.
    fn without_a_window(&mut self, calls: &Calls) -> Stage {
        let Stage::Measuring(measure) = &self.stage else { return Stage::Done };
        let windows = measure.windows() - 1;
        let window = [Window::Minute, Window::Hour, Window::Day].get(windows).copied().unwrap_or(Window::Day);
        self.not_held.push(NotHeld {
            tool: None,
            path: None,
            calls: self.from.calls,
            why: format!("Calls per {window}: there are more grants or calls at once than can be counted."),
        });
        self.measure(calls, windows)
    }

    fn next_stage(&mut self, calls: &Calls) -> Stage {
        match core::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Looking => {
                self.list_tools();
                self.measure(calls, ALL_WINDOWS)
            }
            Stage::Measuring(measure) => {
                self.done = Some(self.write(calls, &measure));
                Stage::Trying
            }
            Stage::Trying | Stage::Done => Stage::Done,
        }
    }

    fn measure(&self, calls: &Calls, windows: usize) -> Stage {
        let names: Vec<&str> = self.listed().map(|tool| tool.name.as_str()).collect();
        let measure = Measure::new(&names, calls, &self.options, windows);
        measure.map_or(Stage::Done, |measure| Stage::Measuring(measure.into()))
    }

    /// Takes note of what a kind of call looks like.
    fn look(&mut self, place: usize, arguments: &Arguments<'_>) {
        let Some(kind) = self.kinds.get_mut(place).filter(|kind| kind.calls > 0) else { return };
        let nothing: &[String] = &[];
        let (text, known, unrecorded) = match *arguments {
            Arguments::None | Arguments::Parsed(_) => ("{}", nothing, Some(nothing)),
            Arguments::Text(text) => (text, nothing, Some(nothing)),
            Arguments::Names(names) => ("{}", nothing, Some(names)),
            Arguments::Unknown => ("{}", nothing, None),
            Arguments::Partly(part) => {
                (&*part.known, part.known_names.as_slice(), part.unrecorded.as_deref())
            }
        };
        if read_arguments(text, &PathTree::EMPTY, &Bounds::DEFAULT, &mut |_, _| {}).is_err() {
            kind.readable = false;
            self.from.unreadable += kind.calls;
            return;
        }
        self.from.calls += kind.calls;
        let Some(tool) = self.tools.get_mut(kind.tool) else { return };
        tool.calls += kind.calls;
        tool.first = tool.first.min(kind.first);
        if !self.options.arguments {
            return;
        }
        let mut look = tool.shape.look(kind.first, kind.calls);
        for name in unrecorded.unwrap_or_default() {
            look.not_recorded(name);
        }
        // The text was read before: there is nothing wrong with it.
        let _ = walk_arguments(text, &Bounds::DEFAULT, &mut look);
        if unrecorded.is_none() {
            tool.nameless += kind.calls;
            let before = tool.names.take();
            let stays = |name: &&String| before.as_ref().is_none_or(|before| before.contains(*name));
            tool.names = Some(known.iter().filter(stays).cloned().collect());
        }
    }
}
