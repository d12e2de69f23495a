//! Text → scenario, or where and why it is none.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::clauses::{Clauses, OfCall};
use super::tokens::{self, Token};
use super::{HEADS, LENGTHS, NotationError};
use crate::legible::clip;
use crate::scenario::{Agent, Block, MORNING, OnDenial, Per, Scenario, Shape, Share};
use crate::time::Timestamp;

/// Reads a scenario.
///
/// ```
/// use gatewright_core::scenario::notation;
/// let scenario = notation::parse("run_tests × 12/s for 5m as ci-agent").unwrap();
/// assert_eq!(scenario.calls().unwrap().len(), 3_600);
/// assert_eq!(notation::print(&scenario), "run_tests × 12/s for 5m as ci-agent\n");
///
/// let error = notation::parse("run_tests × 12/s for soon").unwrap_err();
/// assert_eq!(error.to_string(), "line 1, column 22: expected a length, found `soon`; write a length such as `5m`");
/// ```
pub fn parse(text: &str) -> Result<Scenario, NotationError> {
    let mut reader = Reader { text, at: 0, next: (Token::End, 0..0), start: MORNING };
    let scenario = reader.step().and_then(|_| reader.scenario());
    scenario.map_err(|Wrong { range, message, help }| {
        let before = text.get(..range.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        NotationError { line: before.matches('\n').count() + 1, column, range, message, help }
    })
}

/// What is wrong, where, and what to do about it.
pub(super) struct Wrong {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

impl Wrong {
    pub(super) fn new(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { range, message: message.into(), help: help.into() }
    }
}

pub(super) type Read<T> = Result<T, Wrong>;

/// A text and the token to be read next.
pub(super) struct Reader<'t> {
    text: &'t str,
    /// Where the token after the next begins.
    at: usize,
    next: (Token<'t>, Range<usize>),
    pub(super) start: Timestamp,
}

/// What the first words of a block say.
enum Head {
    Call,
    Repeat(u64),
    Burst(u64),
    Rate(Pace),
    Ramp(Pace, Pace),
    Mix(Vec<(u32, String, OfCall)>, Pace),
    Loop,
}

#[derive(Clone, Copy)]
struct Pace {
    calls: u64,
    per: Per,
}

impl<'t> Reader<'t> {
    /// Takes the next token.
    pub(super) fn step(&mut self) -> Read<(Token<'t>, Range<usize>)> {
        let (token, range) = tokens::next(self.text, self.at).map_err(|bad| {
            Wrong::new(bad.range, format!("no JSON: {}", bad.message), "close its quotes and brackets")
        })?;
        self.at = range.end;
        Ok(core::mem::replace(&mut self.next, (token, range)))
    }

    pub(super) fn next(&self) -> &Token<'t> {
        &self.next.0
    }

    /// Where the next token is.
    pub(super) fn place(&self) -> Range<usize> {
        self.next.1.clone()
    }

    /// Takes the next token if it is this word.
    pub(super) fn takes(&mut self, word: &str) -> Read<bool> {
        let is_it = *self.next() == Token::Word(word);
        if is_it {
            self.step()?;
        }
        Ok(is_it)
    }

    /// Takes the next token if it says how often. A name may be `x` as well.
    fn takes_times(&mut self) -> Read<bool> {
        let is_it = matches!(self.next(), Token::Times | Token::Word("x"));
        if is_it {
            self.step()?;
        }
        Ok(is_it)
    }

    /// Takes these words.
    pub(super) fn words(&mut self, words: &[&str]) -> Read<()> {
        for word in words {
            if !self.takes(word)? {
                return Err(self.expected(&format!("`{word}`"), &format!("write `{}`", words.join(" "))));
            }
        }
        Ok(())
    }

    /// Says that something else should be next.
    pub(super) fn expected(&self, what: &str, help: &str) -> Wrong {
        let found = match &self.next {
            (Token::NewLine, _) => "the end of the line".to_string(),
            (Token::End, _) => "the end".to_string(),
            (_, range) => format!("`{}`", clip(self.text.get(range.clone()).unwrap_or_default())),
        };
        Wrong::new(self.place(), format!("expected {what}, found {found}"), help)
    }

    fn at_line_end(&self) -> bool {
        matches!(self.next(), Token::NewLine | Token::End)
    }

    fn scenario(&mut self) -> Read<Scenario> {
        let mut blocks = Vec::new();
        let mut says_start = false;
        loop {
            match self.next() {
                Token::End => return Ok(Scenario { start: self.start, blocks }),
                Token::NewLine => {
                    self.step()?;
                    continue;
                }
                Token::Word("start") if blocks.is_empty() && !says_start => {
                    self.step()?;
                    self.start = self.instant()?;
                    says_start = true;
                }
                Token::Word("start") => {
                    let help = "let the first line say it; a tool of that name is written \"start\"";
                    return Err(Wrong::new(self.place(), "the start comes first, and once", help));
                }
                _ => blocks.push(self.block()?),
            }
            if !self.at_line_end() {
                return Err(self.expected("the end of the line", "write each block on a line of its own"));
            }
        }
    }

    fn instant(&mut self) -> Read<Timestamp> {
        let Token::Word(word) = self.next() else { return Err(self.no_instant()) };
        let Some(instant) = Timestamp::parse(word) else { return Err(self.no_instant()) };
        self.step()?;
        Ok(instant)
    }

    fn no_instant(&self) -> Wrong {
        self.expected("an instant", "write an instant such as `2026-01-05T10:00:00Z`")
    }

    fn block(&mut self) -> Read<Block> {
        let place = self.place();
        let (head, tool) = self.head()?;
        let mut clauses = Clauses::default();
        while !self.at_line_end() {
            clauses.read(self)?;
        }
        let place = place.start..self.place().start;
        let of_call = clauses.call.clone();
        let call = || of_call.into_kind(tool);
        let shape = match head {
            Head::Call => Shape::Call { call: call() },
            Head::Burst(times) => Shape::Burst { call: call(), times },
            Head::Repeat(times) => {
                let help = "write `every 3s`, or `burst` before the name for all at once";
                let every_ms = clauses.every.take(&place, "a repeated call needs `every`", help)?;
                Shape::Repeat { call: call(), times, every_ms }
            }
            Head::Rate(Pace { calls, per }) => {
                Shape::Rate { call: call(), calls, per, for_ms: clauses.length(&place)? }
            }
            Head::Ramp(from, to) => {
                let for_ms = clauses.length(&place)?;
                Shape::Ramp { call: call(), from: from.calls, to: to.calls, per: from.per, for_ms }
            }
            Head::Mix(shares, Pace { calls, per }) => {
                let for_ms = clauses.length(&place)?;
                let share = |(weight, tool, call): (u32, String, OfCall)| Share {
                    weight,
                    call: call.or(&clauses.call).into_kind(tool),
                };
                Shape::Mix { of: shares.into_iter().map(share).collect(), calls, per, for_ms }
            }
            Head::Loop => {
                let every_ms = clauses.every.take(&place, "a loop needs `every`", "write `every 2s`")?;
                let (until_allowed, for_ms) = (clauses.until.optional(), clauses.length.optional());
                if until_allowed.is_none() && for_ms.is_none() {
                    let help = "write `for 5m`, or `until 50 allowed`";
                    return Err(Wrong::new(place, "a loop needs an end", help));
                }
                let on_denial = clauses.on_denial.optional().unwrap_or(OnDenial::RetryNow);
                let give_up_after = clauses.give_up.optional();
                let agent = Agent { every_ms, until_allowed, for_ms, on_denial, give_up_after };
                Shape::Loop { call: call(), agent }
            }
        };
        clauses.nothing_is_left()?;
        let block = Block { shape, ..clauses.block() };
        block.check().map_err(|problem| Wrong::new(place, problem, "write a weight before each name"))?;
        Ok(block)
    }

    fn head(&mut self) -> Read<(Head, String)> {
        let head = match self.next() {
            Token::Word(word) if HEADS.contains(word) => *word,
            _ => "",
        };
        if !head.is_empty() {
            self.step()?;
        }
        if head == "mix" {
            let shares = self.shares()?;
            return Ok((Head::Mix(shares, self.pace()?), String::new()));
        }
        let tool = self.name("a tool's name", "write a name such as `run_tests`, or a string")?;
        let times = head != "loop" && self.takes_times()?;
        let kind = match head {
            "loop" => Head::Loop,
            "ramp" | "burst" if !times => {
                let example = if head == "ramp" { "× 1/s to 20/s" } else { "× 10" };
                return Err(self.expected("`×`", &format!("write `{head} {} {example}`", clip(&tool))));
            }
            "burst" => Head::Burst(self.number()?),
            "ramp" => {
                let from = self.pace()?;
                self.words(&["to"])?;
                let place = self.place();
                let to = self.pace()?;
                if from.per != to.per {
                    let help = format!("write both per `{}`", from.per.abbreviation());
                    return Err(Wrong::new(place, "the two paces of a ramp have different units", help));
                }
                Head::Ramp(from, to)
            }
            _ if !times => Head::Call,
            _ if self.is_number() => Head::Repeat(self.number()?),
            _ => Head::Rate(self.pace()?),
        };
        Ok((kind, tool))
    }

    fn shares(&mut self) -> Read<Vec<(u32, String, OfCall)>> {
        let mut shares = Vec::new();
        loop {
            let place = self.place();
            let weight = u32::try_from(self.number()?).map_err(|_| {
                Wrong::new(place, "the weight is too large", "write a number below 4294967296")
            })?;
            let tool =
                self.name("a tool's name", "write shares as in `mix 70 read_file, 30 write_file × 2/s`")?;
            let mut call = OfCall::default();
            while call.read(self)? {}
            shares.push((weight, tool, call));
            if self.takes_times()? {
                return Ok(shares);
            }
            if *self.next() != Token::Comma {
                let help = "write `,` and the next share, or `×` and a pace";
                return Err(self.expected("`,` or `×`", help));
            }
            self.step()?;
        }
    }

    /// A name, bare or quoted.
    pub(super) fn name(&mut self, what: &str, help: &str) -> Read<String> {
        let name = match self.next() {
            Token::Word(word) => (*word).to_string(),
            Token::Text(text) => text.clone(),
            _ => return Err(self.expected(what, help)),
        };
        self.step()?;
        Ok(name)
    }

    fn is_number(&self) -> bool {
        matches!(self.next(), Token::Word(word) if word.bytes().all(|byte| byte.is_ascii_digit()))
    }

    pub(super) fn number(&mut self) -> Read<u64> {
        let number = match self.next() {
            Token::Word(word) if self.is_number() => word.parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| {
            self.expected("a whole number", "write digits alone, without signs or separators, up to 2^64 − 1")
        })?;
        self.step()?;
        Ok(number)
    }

    fn pace(&mut self) -> Read<Pace> {
        let pace = match self.next() {
            Token::Word(word) => word.split_once('/').and_then(|(calls, unit)| {
                let per = match unit {
                    "s" | "sec" | "second" => Per::Second,
                    "m" | "min" | "minute" => Per::Minute,
                    "h" | "hour" => Per::Hour,
                    _ => return None,
                };
                Some(Pace { calls: digits(calls)?, per })
            }),
            _ => None,
        };
        let help = "write a pace such as `12/s`, `30/min` or `60/h`";
        let pace = pace.ok_or_else(|| self.expected("a pace", help))?;
        self.step()?;
        Ok(pace)
    }

    /// A length of time, in milliseconds.
    pub(super) fn length(&mut self) -> Read<u64> {
        let length = match self.next() {
            Token::Word(word) => parse_length(word),
            _ => None,
        };
        let length = length.ok_or_else(|| self.expected("a length", "write a length such as `5m`"))?;
        self.step()?;
        Ok(length)
    }

    /// A moment, in milliseconds after the start.
    pub(super) fn moment(&mut self) -> Read<u64> {
        let moment = match self.next() {
            Token::Word(word) => self.offset_of(word),
            _ => None,
        };
        let help = "write a moment from the start on, such as `+10s`, `10:00:05` or `2026-01-05T10:00:05Z`";
        let moment = moment.ok_or_else(|| self.expected("a moment", help))?;
        self.step()?;
        Ok(moment)
    }

    fn offset_of(&self, word: &str) -> Option<u64> {
        if let Some(later) = word.strip_prefix('+') {
            return parse_length(later);
        }
        if let Some(at) = Timestamp::parse(word) {
            return u64::try_from(at.since(self.start)).ok();
        }
        let seconds = if word.len() == "10:00".len() { ":00" } else { "" };
        let at = Timestamp::parse(&format!("{}T{word}{seconds}Z", self.start.date()))?;
        let (_, day) = LENGTHS.first()?;
        let later = at.since(self.start);
        u64::try_from(later).ok().or_else(|| u64::try_from(later + i64::try_from(*day).ok()?).ok())
    }
}

fn digits(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A length of time, in milliseconds: `90s`, `1h30m`.
#[must_use]
pub fn parse_length(word: &str) -> Option<u64> {
    let mut sum = 0_u64;
    let mut rest = word;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|it: char| !it.is_ascii_digit())?);
        let (unit, after) = after.split_at(after.find(|it: char| it.is_ascii_digit()).unwrap_or(after.len()));
        let unit = if unit == "min" { "m" } else { unit };
        let (_, length) = LENGTHS.iter().find(|(name, _)| *name == unit)?;
        sum = sum.checked_add(digits(number)?.checked_mul(*length)?)?;
        rest = after;
    }
    (!word.is_empty()).then_some(sum)
}
