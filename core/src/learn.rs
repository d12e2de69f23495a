//! The smallest policy that allows the calls of a log: least privilege, learned.
//!
//! What is learned is what the calls show and nothing else: the tools that were called, how often each grant called
//! them, and what their arguments held. A policy of a day's log says what that day looked like, not what is safe: what
//! the log has of an attack is allowed as well, and what an honest day may yet bring is denied. How much of that there
//! is can be seen where a part of the log is held out: see [`HeldOut`].
//!
//! Each [`Line`] has its witnesses: the calls of the log that would be denied if it were tightened by one step. What
//! could not be held to anything is said as well: see [`NotHeld`].
//!
//! It does not judge what it finds: see `recommend` for a policy that says what tools of a kind deserve, and
//! [`lint`](crate::lint()) for what a policy does that nobody meant.
//!
//! # Tools
//!
//! `default` is `deny`, and each tool that was called is listed.
//!
//! # Limits
//!
//! Of each tool, the most calls of one grant in a minute, an hour and a day, as the evaluator itself counts them over
//! the log, with its windows and what it gives back. A limit that another one makes superfluous is left out: of equal
//! maxima the one of the longest window stays, for it holds the shorter ones as well; 10 a minute are at most 600 an
//! hour, so that a limit of 600 an hour is not needed beside it. Costs are calls: no argument is added up.
//!
//! # Arguments
//!
//! Each path of each tool's arguments is held to the first of these levels that the calls bear out:
//!
//! | level | what is asked | when |
//! |---|---|---|
//! | constant | `eq` | one value, in [`seen`](LearnOptions::seen) calls or more |
//! | set | `in` | at most [`set_size`](LearnOptions::set_size) values, each in [`seen`](LearnOptions::seen) calls or more, or ten calls for each value |
//! | prefix | `regex` | texts that begin alike, up to a separator (`/`, `\`, `:`, `@`, `.`, `-`, `_`, `=`, `#`) |
//! | range | `gte`, `lte` | numbers: from the least to the greatest |
//! | type | `regex` or `in` | text that begins in any way; true and false |
//! | present | `exists` | anything, in each call |
//! | absent | `exists` | `null` in each call that has it |
//!
//! A value that was seen once says little of what the next call brings, so that a constant and a set ask for more. An
//! argument that some calls leave out must not be required: it is held by `deny_if`, with `exists` beside it, so that a
//! call without it passes. A prefix that ends at `/` or `\` is a folder, and a path that climbs out of it (`..`) is
//! denied as well, if none of the log climbs.
//!
//! Objects are looked into, lists are taken as a whole. What the language cannot say is not held: that there are no
//! other arguments, that an argument is a list, what a key with a dot in it holds, that a text which may be missing is
//! text. Nor is an argument held whose value was not recorded in some call: what it was is not guessed.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::counter::Options;
use crate::path::ArgPath;
use crate::pointer::Pointer;
use crate::policy::Window;
use crate::time::Timestamp;

mod document;
mod learner;
mod level;
mod limits;
mod shape;
mod trial;
mod writer;

pub use learner::{Learner, learn};

/// What is learned, and how closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LearnOptions {
    /// How calls are counted: the same as where the policy will be used.
    pub counting: Options,
    /// Percent that are added to the `max` of each limit, rounded up to whole calls. 0 is the tightest.
    pub slack: u32,
    /// Percent of the calls that are held out: the last of the log. 0, or more than 90: none.
    pub hold_out: u32,
    /// Whether arguments are held to anything.
    pub arguments: bool,
    /// In so many calls a value must have been seen before a constant or a set is made of it. 1 is the tightest.
    pub seen: u32,
    /// The most values of a set.
    pub set_size: u32,
    /// Which calls are learned from.
    pub calls: Which,
}

/// Twice seen, sets of up to 16 values, no slack, nothing held out, every call that was made and not refused.
impl Default for LearnOptions {
    fn default() -> Self {
        Self {
            counting: Options::default(),
            slack: 0,
            hold_out: 0,
            arguments: true,
            seen: 2,
            set_size: 16,
            calls: Which::NotRefused,
        }
    }
}

/// Which calls of a log are learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// All but those that the log says were refused by a policy, or that nobody approved.
    #[default]
    NotRefused,
    /// Of those, all that did not fail: an outcome of `tool_error` or `protocol_error` leaves a call out.
    NotFailed,
    /// Every call that was asked for.
    All,
}

/// What was learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Learned {
    /// The policy, as JSON text.
    pub policy: String,
    /// What each part of it rests on, in the order of the text.
    pub lines: Vec<Line>,
    /// What the policy does not hold, and why.
    pub not_held: Vec<NotHeld>,
    /// What was learned from, and what was left out.
    pub from: LearnedFrom,
    /// How the calls that were held out fare; none where none were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_out: Option<HeldOut>,
    /// All of it in a few sentences.
    pub words: String,
}

/// What was learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LearnedFrom {
    /// Calls that were learned from.
    pub calls: usize,
    /// Of these, how many the policy allows when they are replayed through it: all, but where
    /// [`not_held`](Learned::not_held) says otherwise.
    pub allowed: usize,
    /// Calls left out because the log says that they were refused.
    pub refused: usize,
    /// Calls left out because they failed.
    pub failed: usize,
    /// Calls whose arguments cannot be read without a guess, so that every policy denies them.
    pub unreadable: usize,
}

/// A part of the policy, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its place in the policy: a tool, a rule or a limit.
    pub pointer: Pointer,
    /// The tool.
    pub tool: String,
    /// What it holds.
    #[serde(flatten)]
    pub holds: Holds,
    /// Why it is there and why it is no tighter: a sentence or two for people.
    pub why: String,
    /// The calls that forbid removing or tightening it: one for each value that it names, or two. Of a rule against paths
    /// that climb, those that show the folder which it guards.
    pub witnesses: Vec<Witness>,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "holds", rename_all = "snake_case")]
pub enum Holds {
    /// That the tool may be called.
    Tool {
        /// How often it was.
        calls: usize,
    },
    /// How often one grant may call it.
    Limit {
        /// The span of time.
        window: Window,
        /// The most.
        max: u64,
        /// The most that the log has: what `max` is without slack.
        reached: u64,
    },
    /// What an argument holds.
    Argument {
        /// The argument.
        path: ArgPath,
        /// How closely.
        level: Level,
        /// Whether a call may leave it out.
        optional: bool,
    },
}

/// How closely an argument is held, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One value.
    Constant,
    /// A few values.
    Set,
    /// Texts that begin alike.
    Prefix,
    /// Numbers from the least to the greatest.
    Range,
    /// A type.
    Type,
    /// That it is there.
    Present,
    /// That it is not there.
    Absent,
}

/// A call that forbids tightening a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// The call, by its index in the log, from 0.
    pub call: usize,
    /// When it was made.
    pub at: Timestamp,
    /// What it shows: `sent 5, the least`.
    pub shows: String,
}

/// Something that the policy does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotHeld {
    /// The tool; none where it is about all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The argument, or what of it has a name; none where it is about the whole tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The calls that it is about: how many.
    pub calls: usize,
    /// What is not held, and why: a sentence for people.
    pub why: String,
}

/// How calls fare that the policy was not learned from.
///
/// These are figures of one log, and of one place at which it was cut. They say how much of the rest the first part
/// foretold; of other days, and of what should be denied, they say nothing. A cut within a day leaves limits that were
/// learned from a part of it, and that the rest of the day meets when they are full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldOut {
    /// The first call that was held out, by its index in the log.
    pub first: usize,
    /// How many were held out, refused and failed ones left aside like before.
    pub calls: usize,
    /// How many the policy allows.
    pub allowed: usize,
    /// How many it denies.
    pub denied: usize,
    /// How many of these are denied by a limit: their tool is listed, and their arguments are as they should be.
    pub by_limits: usize,
    /// How many depend on what was not recorded.
    pub unknown: usize,
    /// Which parts of the policy deny them, the most first.
    pub denials: Vec<Denials>,
    /// The figures in words.
    pub words: String,
}

/// Calls that one part of the policy denies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Denials {
    /// The place in the policy: a rule or a limit, or `/default` where a tool is not listed.
    pub pointer: Pointer,
    /// The tool.
    pub tool: String,
    /// How many calls.
    pub calls: usize,
    /// The first of them, by its index in the log.
    pub first: usize,
    /// What the agent is told about the first.
    pub message: String,
}

#[cfg(test)]
mod tests;
