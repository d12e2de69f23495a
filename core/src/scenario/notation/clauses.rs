//! What may stand behind the first words of a block, in any order.

use alloc::format;
use alloc::string::{String, ToString};
use core::ops::Range;

use super::parse::{Read, Reader, Wrong};
use super::tokens::Token;
use super::{BACK_OFF_CAP_MS, BACK_OFF_START_MS, GRANT};
use crate::call::{Outcome, UnknownArgs};
use crate::scenario::{Args, Block, CallKind, OnDenial, Shape};

/// A clause, where it is given: its value and its place.
#[derive(Clone, Debug)]
pub(super) struct Clause<T>(Option<(T, Range<usize>)>);

impl<T> Default for Clause<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Clause<T> {
    fn set(&mut self, value: T, place: Range<usize>) -> Read<()> {
        if self.0.is_some() {
            return Err(Wrong::new(place, "this is said already", "leave it out here, or there"));
        }
        self.0 = Some((value, place));
        Ok(())
    }

    pub(super) fn optional(&mut self) -> Option<T> {
        self.0.take().map(|(value, _)| value)
    }

    pub(super) fn take(&mut self, block: &Range<usize>, message: &str, help: &str) -> Read<T> {
        self.optional().ok_or_else(|| Wrong::new(block.clone(), message, help))
    }
}

/// What is said of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct OfCall {
    grant: Clause<String>,
    session: Clause<String>,
    with: Clause<With>,
    approved: Clause<()>,
    outcome: Clause<Option<Outcome>>,
}

#[derive(Clone, Debug)]
enum With {
    Args(Args),
    Unknown(UnknownArgs),
}

impl OfCall {
    /// Reads a clause about a call, if there is one.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Read<bool> {
        let place = reader.place();
        let Token::Word(word) = reader.next() else { return Ok(false) };
        match *word {
            "as" => {
                reader.step()?;
                let grant = reader.name("a grant's name", "write a name such as `ci-agent`, or a string")?;
                self.grant.set(grant, place)?;
            }
            "session" => {
                reader.step()?;
                let session = reader.name("a session's name", "write a name such as `s1`, or a string")?;
                self.session.set(session, place)?;
            }
            "with" => {
                reader.step()?;
                let unknown = reader.takes("unknown")?;
                if unknown && reader.takes("all")? {
                    self.with.set(With::Unknown(UnknownArgs::All), place)?;
                    return Ok(true);
                }
                let with = match reader.next() {
                    Token::Json(json) if unknown => {
                        serde_json::from_str(json).ok().map(UnknownArgs::Names).map(With::Unknown)
                    }
                    Token::Json(json) => Args::parse(json).map(With::Args),
                    _ => None,
                };
                let (what, help) = if unknown {
                    ("a list of names, or `all`", "write names as in `with unknown [\"amount\"]`")
                } else {
                    ("an object", "write arguments as in `with {\"amount\": 5}`")
                };
                let with = with.ok_or_else(|| reader.expected(what, help))?;
                reader.step()?;
                self.with.set(with, place)?;
            }
            "approved" => {
                reader.step()?;
                self.approved.set((), place)?;
            }
            "unanswered" => {
                reader.step()?;
                self.outcome.set(None, place)?;
            }
            "ends" => {
                reader.step()?;
                let outcome = if reader.takes("ok")? {
                    Outcome::Ok
                } else {
                    let help = "write `ends ok`, `ends in tool error` or `ends in protocol error`";
                    if !reader.takes("in")? {
                        return Err(reader.expected("`ok` or `in`", help));
                    }
                    let outcome = if reader.takes("tool")? {
                        Outcome::ToolError
                    } else if reader.takes("protocol")? {
                        Outcome::ProtocolError
                    } else {
                        return Err(reader.expected("`tool` or `protocol`", help));
                    };
                    reader.words(&["error"])?;
                    outcome
                };
                self.outcome.set(Some(outcome), place)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What it says, and where it says nothing, what `other` does.
    pub(super) fn or(self, other: &Self) -> Self {
        let other = other.clone();
        Self {
            grant: Clause(self.grant.0.or(other.grant.0)),
            session: Clause(self.session.0.or(other.session.0)),
            with: Clause(self.with.0.or(other.with.0)),
            approved: Clause(self.approved.0.or(other.approved.0)),
            outcome: Clause(self.outcome.0.or(other.outcome.0)),
        }
    }

    pub(super) fn into_kind(mut self, tool: String) -> CallKind {
        let mut call = CallKind {
            tool,
            grant: self.grant.optional().unwrap_or_else(|| GRANT.to_string()),
            session: self.session.optional().unwrap_or_default(),
            approved: self.approved.optional().is_some(),
            outcome: self.outcome.optional().unwrap_or(Some(Outcome::Ok)),
            ..CallKind::default()
        };
        match self.with.optional() {
            Some(With::Args(args)) => call.args = Some(args),
            Some(With::Unknown(unknown)) => call.unknown_args = unknown,
            None => {}
        }
        call
    }
}

/// All that is said of a block.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    pub(super) call: OfCall,
    pub(super) every: Clause<u64>,
    pub(super) length: Clause<u64>,
    pub(super) until: Clause<u64>,
    pub(super) on_denial: Clause<OnDenial>,
    pub(super) give_up: Clause<u64>,
    at: Clause<u64>,
    jitter: Clause<u64>,
    seed: Clause<u32>,
}

impl Clauses {
    /// Reads a clause.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Read<()> {
        if self.call.read(reader)? {
            return Ok(());
        }
        let place = reader.place();
        let word = match reader.next() {
            Token::Word(word) => *word,
            _ => "",
        };
        if matches!(
            word,
            "every" | "for" | "until" | "on" | "giving" | "give" | "at" | "from" | "jitter" | "seed"
        ) {
            reader.step()?;
        }
        match word {
            "every" => self.every.set(reader.length()?, place),
            "for" => self.length.set(reader.length()?, place),
            "until" => {
                let allowed = reader.number()?;
                reader.words(&["allowed"])?;
                self.until.set(allowed, place)
            }
            "on" => self.on_denial(reader, place),
            "giving" | "give" => {
                reader.words(&["up", "after"])?;
                let denials = reader.number()?;
                if !reader.takes("denials")? {
                    reader.words(&["denial"])?;
                }
                self.give_up.set(denials, place)
            }
            "at" | "from" => self.at.set(reader.moment()?, place),
            "jitter" => self.jitter.set(reader.length()?, place),
            "seed" => {
                let place_of_number = reader.place();
                let seed = u32::try_from(reader.number()?).map_err(|_| {
                    Wrong::new(place_of_number, "the seed is too large", "write a number below 4294967296")
                })?;
                self.seed.set(seed, place)
            }
            _ => Err(reader.expected(
                "something about the calls",
                "what may follow: `every`, `for`, `until`, `on denial`, `giving up after`, `as`, `session`, `with`, \
                 `approved`, `ends`, `unanswered`, `at`, `from`, `jitter`, `seed`",
            )),
        }
    }

    fn on_denial(&mut self, reader: &mut Reader<'_>, place: Range<usize>) -> Read<()> {
        reader.words(&["denial"])?;
        if reader.takes("retry")? {
            reader.words(&["now"])?;
            self.on_denial.set(OnDenial::RetryNow, place)
        } else if reader.takes("wait")? {
            reader.words(&["for", "reset"])?;
            self.on_denial.set(OnDenial::WaitForReset, place)
        } else if reader.takes("give")? {
            reader.words(&["up"])?;
            self.give_up.set(1, place.clone())?;
            self.on_denial.set(OnDenial::RetryNow, place)
        } else if reader.takes("back")? {
            reader.words(&["off"])?;
            // `from` may begin another clause: the moment at which the agent begins.
            let starts_with_digit = |reader: &Reader<'_>| matches!(reader.next(), Token::Word(word) if word.starts_with(|it: char| it.is_ascii_digit()));
            let says_from = reader.takes("from")?;
            let (start_ms, cap_ms) = if starts_with_digit(reader) {
                let start_ms = reader.length()?;
                reader.words(&["to"])?;
                (start_ms, reader.length()?)
            } else {
                if says_from {
                    self.at.set(reader.moment()?, place.clone())?;
                }
                (BACK_OFF_START_MS, BACK_OFF_CAP_MS)
            };
            self.on_denial.set(OnDenial::BackOff { start_ms, cap_ms }, place)
        } else {
            let help = "write `retry now`, `back off`, `wait for reset` or `give up`";
            Err(reader.expected("what the agent does", help))
        }
    }

    /// How long a block goes on that has a pace.
    pub(super) fn length(&mut self, block: &Range<usize>) -> Read<u64> {
        self.length.take(block, "a pace needs `for`", "write how long, as in `for 5m`")
    }

    /// Says so where a clause is given that the block has no use for.
    pub(super) fn nothing_is_left(&self) -> Read<()> {
        let left = [
            ("every", self.every.0.as_ref().map(|(_, place)| place), "a repeated call and a loop"),
            ("for", self.length.0.as_ref().map(|(_, place)| place), "a pace and a loop"),
            ("until", self.until.0.as_ref().map(|(_, place)| place), "a loop"),
            ("on denial", self.on_denial.0.as_ref().map(|(_, place)| place), "a loop"),
            ("giving up", self.give_up.0.as_ref().map(|(_, place)| place), "a loop"),
        ];
        for (clause, place, belongs_to) in left {
            if let Some(place) = place {
                let message = format!("`{clause}` is for {belongs_to}");
                return Err(Wrong::new(place.clone(), message, "leave it out"));
            }
        }
        Ok(())
    }

    /// When the block begins, and its chance. Its shape is nothing yet.
    pub(super) fn block(mut self) -> Block {
        Block {
            at_ms: self.at.optional().unwrap_or(0),
            jitter_ms: self.jitter.optional().unwrap_or(0),
            seed: self.seed.optional().unwrap_or(0),
            shape: Shape::Call { call: CallKind::default() },
        }
    }
}
