//! The fields of a block: what each shows, takes and writes.
//!
//! A text that makes no sense is refused with a sentence, and changes nothing.

use gatewright_core::Outcome;
use gatewright_core::amount::count;
use gatewright_core::call::UnknownArgs;
use gatewright_core::scenario::notation::{parse_length, print_length};
use gatewright_core::scenario::{Args, Block, CallKind, MAX_CALLS, OnDenial, Per, Scenario, Shape};

use super::Place;

/// One field of a block, or of one call of a mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// How often a call of a mix comes.
    Weight,
    /// The tool's name.
    Tool,
    /// How many calls.
    Times,
    /// From one call to the next.
    Every,
    /// How many calls in a unit of time; of a ramp, at its end.
    Calls,
    /// How many calls at the beginning of a ramp.
    From,
    /// The unit of a pace.
    Per,
    /// How long it goes on.
    For,
    /// A loop ends once so many calls were allowed.
    Until,
    /// What an agent does when it is refused.
    OnDenial,
    /// Its first wait.
    BackOffStart,
    /// Its longest wait.
    BackOffCap,
    /// It gives up after so many denials in a row.
    GiveUp,
    /// When the block begins, after the scenario does.
    At,
    /// Whether arguments are known.
    Recorded,
    /// The arguments.
    Args,
    /// The names of arguments whose values are not known.
    Names,
    /// Who calls.
    Grant,
    /// The session.
    Session,
    /// How a call ends.
    Outcome,
    /// Whether a person has approved the calls.
    Approved,
    /// How much later than planned a call may be.
    Jitter,
    /// What chance is drawn from.
    Seed,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// A whole number.
    Number,
    /// A name, or a length of time.
    Word,
    /// The name of a tool.
    Tool,
    /// JSON.
    Json,
    /// One of a few: as it is written, and as it is read.
    Choice(&'static [(&'static str, &'static str)]),
}

const PER: &[(&str, &str)] = &[("second", "a second"), ("minute", "a minute"), ("hour", "an hour")];
const ON_DENIAL: &[(&str, &str)] =
    &[("retry", "tries again at once"), ("back_off", "backs off"), ("wait", "waits for the reset")];
const RECORDED: &[(&str, &str)] =
    &[("known", "known"), ("names", "only their names known"), ("nothing", "not known at all")];
const OUTCOMES: &[(&str, &str)] = &[
    ("ok", "a result"),
    ("tool_error", "a tool error (isError)"),
    ("protocol_error", "a protocol error"),
    ("none", "no answer"),
];
const APPROVED: &[(&str, &str)] = &[("no", "not approved"), ("yes", "approved by a person")];

/// The fields that make a block what it is.
#[must_use]
pub fn fields(block: &Block) -> Vec<Field> {
    let mut fields = match &block.shape {
        Shape::Call { .. } => vec![Field::Tool],
        Shape::Repeat { .. } => vec![Field::Tool, Field::Times, Field::Every],
        Shape::Burst { .. } => vec![Field::Tool, Field::Times],
        Shape::Rate { .. } => vec![Field::Tool, Field::Calls, Field::Per, Field::For],
        Shape::Ramp { .. } => vec![Field::Tool, Field::From, Field::Calls, Field::Per, Field::For],
        Shape::Mix { .. } => vec![Field::Calls, Field::Per, Field::For],
        Shape::Loop { agent, .. } => {
            let mut fields = vec![Field::Tool, Field::Every, Field::For, Field::Until, Field::OnDenial];
            if let OnDenial::BackOff { .. } = agent.on_denial {
                fields.extend([Field::BackOffStart, Field::BackOffCap]);
            }
            fields.push(Field::GiveUp);
            fields
        }
    };
    fields.push(Field::At);
    fields
}

/// The fields that most blocks leave as they are: chance, and, unless each call has its own, what is said of the call.
#[must_use]
pub fn more_fields(block: &Block) -> Vec<Field> {
    let mut fields = match &block.shape {
        Shape::Mix { .. } => Vec::new(),
        _ => super::kinds(block).first().map(|call| call_fields(call)).unwrap_or_default(),
    };
    fields.extend([Field::Jitter, Field::Seed]);
    fields
}

/// The fields of one call of a mix: what is always shown, and the rest.
#[must_use]
pub fn share_fields(call: &CallKind) -> (Vec<Field>, Vec<Field>) {
    (vec![Field::Weight, Field::Tool], call_fields(call))
}

fn call_fields(call: &CallKind) -> Vec<Field> {
    let mut fields = vec![Field::Recorded];
    match call.unknown_args {
        UnknownArgs::Nothing => fields.push(Field::Args),
        UnknownArgs::Names(_) => fields.push(Field::Names),
        UnknownArgs::All => {}
    }
    fields.extend([Field::Grant, Field::Session, Field::Outcome, Field::Approved]);
    fields
}

impl Field {
    /// Its name on the page.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Weight => "Weight",
            Self::Tool => "Tool",
            Self::Times => "Calls",
            Self::Every => "One every",
            Self::Calls => "Pace",
            Self::From => "Pace at first",
            Self::Per => "Calls in",
            Self::For => "For",
            Self::Until => "Until allowed",
            Self::OnDenial => "When refused, it",
            Self::BackOffStart => "First wait",
            Self::BackOffCap => "Longest wait",
            Self::GiveUp => "Gives up after denials",
            Self::At => "Begins after",
            Self::Recorded => "Arguments are",
            Self::Args => "Arguments (JSON)",
            Self::Names => "Names of arguments",
            Self::Grant => "Grant",
            Self::Session => "Session",
            Self::Outcome => "Each ends in",
            Self::Approved => "Approval",
            Self::Jitter => "Up to so much later",
            Self::Seed => "Seed of chance",
        }
    }

    /// How it is filled in.
    #[must_use]
    pub const fn control(self) -> Control {
        match self {
            Self::Weight
            | Self::Times
            | Self::Calls
            | Self::From
            | Self::Until
            | Self::GiveUp
            | Self::Seed => Control::Number,
            Self::Tool => Control::Tool,
            Self::Args => Control::Json,
            Self::Per => Control::Choice(PER),
            Self::OnDenial => Control::Choice(ON_DENIAL),
            Self::Recorded => Control::Choice(RECORDED),
            Self::Outcome => Control::Choice(OUTCOMES),
            Self::Approved => Control::Choice(APPROVED),
            _ => Control::Word,
        }
    }

    /// What it holds, as text; nothing where the block has no such field.
    #[must_use]
    pub fn read(self, scenario: &Scenario, place: Place) -> String {
        scenario.blocks.get(place.block).and_then(|block| self.text(block, place.share)).unwrap_or_default()
    }

    fn text(self, block: &Block, share: Option<usize>) -> Option<String> {
        let call = *super::kinds(block).get(share.unwrap_or(0))?;
        Some(match self {
            Self::At => print_length(block.at_ms),
            Self::Jitter => print_length(block.jitter_ms),
            Self::Seed => block.seed.to_string(),
            Self::Tool => call.tool.clone(),
            Self::Grant => call.grant.clone(),
            Self::Session => call.session.clone(),
            Self::Args => call.args.as_ref().map_or_else(String::new, |args| args.as_str().to_owned()),
            Self::Names => match &call.unknown_args {
                UnknownArgs::Names(names) => names_text(names),
                _ => String::new(),
            },
            Self::Recorded => match call.unknown_args {
                UnknownArgs::Nothing => "known",
                UnknownArgs::Names(_) => "names",
                UnknownArgs::All => "nothing",
            }
            .to_owned(),
            Self::Outcome => call.outcome.map_or("none", Outcome::as_str).to_owned(),
            Self::Approved => if call.approved { "yes" } else { "no" }.to_owned(),
            _ => self.text_of_shape(&block.shape, share)?,
        })
    }

    fn text_of_shape(self, shape: &Shape, nth: Option<usize>) -> Option<String> {
        Some(match (self, shape) {
            (Self::Weight, Shape::Mix { of, .. }) => of.get(nth?)?.weight.to_string(),
            (Self::Times, Shape::Repeat { times, .. } | Shape::Burst { times, .. }) => times.to_string(),
            (Self::Every, Shape::Repeat { every_ms, .. }) => print_length(*every_ms),
            (Self::Calls, Shape::Rate { calls, .. } | Shape::Mix { calls, .. }) => calls.to_string(),
            (Self::Calls, Shape::Ramp { to, .. }) => to.to_string(),
            (Self::From, Shape::Ramp { from, .. }) => from.to_string(),
            (Self::Per, Shape::Rate { per, .. } | Shape::Mix { per, .. } | Shape::Ramp { per, .. }) => {
                per_name(*per).to_owned()
            }
            (
                Self::For,
                Shape::Rate { for_ms, .. } | Shape::Mix { for_ms, .. } | Shape::Ramp { for_ms, .. },
            ) => print_length(*for_ms),
            (_, Shape::Loop { agent, .. }) => match (self, agent.on_denial) {
                (Self::Every, _) => print_length(agent.every_ms),
                (Self::For, _) => agent.for_ms.map_or_else(String::new, print_length),
                (Self::Until, _) => agent.until_allowed.map_or_else(String::new, |most| most.to_string()),
                (Self::GiveUp, _) => agent.give_up_after.map_or_else(String::new, |most| most.to_string()),
                (Self::OnDenial, OnDenial::RetryNow) => "retry".to_owned(),
                (Self::OnDenial, OnDenial::BackOff { .. }) => "back_off".to_owned(),
                (Self::OnDenial, OnDenial::WaitForReset) => "wait".to_owned(),
                (Self::BackOffStart, OnDenial::BackOff { start_ms, .. }) => print_length(start_ms),
                (Self::BackOffCap, OnDenial::BackOff { cap_ms, .. }) => print_length(cap_ms),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// A scenario in which the field holds a text.
    ///
    /// # Errors
    ///
    /// A sentence that says what the field takes.
    pub fn written(self, scenario: &Scenario, place: Place, text: &str) -> Result<Scenario, String> {
        let mut changed = scenario.clone();
        let block = changed.blocks.get_mut(place.block).ok_or("The block is gone.")?;
        self.write(block, place.share, text)?;
        match &block.shape {
            Shape::Loop { agent, .. } if agent.until_allowed.is_none() && agent.for_ms.is_none() => {
                Err("A loop needs an end: a length of time, or a number of allowed calls.".to_owned())
            }
            Shape::Mix { of, .. } if of.iter().all(|share| share.weight == 0) => {
                Err("A mix needs a call with a weight of at least 1.".to_owned())
            }
            _ => Ok(changed),
        }
    }

    fn write(self, block: &mut Block, share: Option<usize>, text: &str) -> Result<(), String> {
        match self {
            Self::At => block.at_ms = length(text)?,
            Self::Jitter => block.jitter_ms = length(text)?,
            Self::Seed => block.seed = small(text)?,
            Self::Tool
            | Self::Grant
            | Self::Session
            | Self::Args
            | Self::Names
            | Self::Recorded
            | Self::Outcome
            | Self::Approved => self.write_call(call_mut(block, share).ok_or("The call is gone.")?, text)?,
            _ => self.write_shape(&mut block.shape, share, text)?,
        }
        Ok(())
    }

    fn write_call(self, call: &mut CallKind, text: &str) -> Result<(), String> {
        match self {
            Self::Tool if text.trim().is_empty() => return Err("It takes a tool's name.".to_owned()),
            Self::Tool => text.clone_into(&mut call.tool),
            Self::Grant => text.clone_into(&mut call.grant),
            Self::Session => text.clone_into(&mut call.session),
            Self::Args if text.trim().is_empty() => call.args = None,
            Self::Args => {
                let args = Args::parse(text.trim());
                call.args = Some(args.ok_or("It takes a JSON object, such as {\"amount\": 5}.")?);
            }
            Self::Names => call.unknown_args = UnknownArgs::Names(names(text)?),
            Self::Recorded => {
                call.unknown_args = match text {
                    "names" => UnknownArgs::Names(known_names(call)),
                    "nothing" => UnknownArgs::All,
                    _ => UnknownArgs::Nothing,
                };
                if !call.unknown_args.is_nothing() {
                    call.args = None;
                }
            }
            Self::Outcome => {
                call.outcome = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text);
            }
            _ => call.approved = text == "yes",
        }
        Ok(())
    }

    fn write_shape(self, shape: &mut Shape, nth: Option<usize>, text: &str) -> Result<(), String> {
        match (self, shape) {
            (Self::Weight, Shape::Mix { of, .. }) => {
                let found = nth.and_then(|nth| of.get_mut(nth)).ok_or("The call is gone.")?;
                found.weight = small(text)?;
            }
            (Self::Times, Shape::Repeat { times, .. } | Shape::Burst { times, .. }) => *times = calls(text)?,
            (Self::Every, Shape::Repeat { every_ms, .. }) => *every_ms = length(text)?,
            (
                Self::Calls,
                Shape::Rate { calls: pace, .. }
                | Shape::Mix { calls: pace, .. }
                | Shape::Ramp { to: pace, .. },
            )
            | (Self::From, Shape::Ramp { from: pace, .. }) => *pace = calls(text)?,
            (Self::Per, Shape::Rate { per, .. } | Shape::Mix { per, .. } | Shape::Ramp { per, .. }) => {
                *per = [Per::Minute, Per::Hour]
                    .into_iter()
                    .find(|per| per_name(*per) == text)
                    .unwrap_or(Per::Second);
            }
            (
                Self::For,
                Shape::Rate { for_ms, .. } | Shape::Mix { for_ms, .. } | Shape::Ramp { for_ms, .. },
            ) => {
                *for_ms = length(text)?;
            }
            (_, Shape::Loop { agent, .. }) => match (self, &mut agent.on_denial) {
                (Self::Every, _) => agent.every_ms = length(text)?,
                (Self::For, _) => agent.for_ms = if_any(text, length)?,
                (Self::Until, _) => agent.until_allowed = if_any(text, calls)?,
                (Self::GiveUp, _) => agent.give_up_after = if_any(text, calls)?,
                (Self::BackOffStart, OnDenial::BackOff { start_ms, .. }) => *start_ms = length(text)?,
                (Self::BackOffCap, OnDenial::BackOff { cap_ms, .. }) => *cap_ms = length(text)?,
                (Self::OnDenial, on_denial) => {
                    *on_denial = match text {
                        "back_off" => OnDenial::BackOff { start_ms: 1_000, cap_ms: 60_000 },
                        "wait" => OnDenial::WaitForReset,
                        _ => OnDenial::RetryNow,
                    };
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }
}

fn call_mut(block: &mut Block, share: Option<usize>) -> Option<&mut CallKind> {
    match &mut block.shape {
        Shape::Call { call }
        | Shape::Repeat { call, .. }
        | Shape::Burst { call, .. }
        | Shape::Rate { call, .. }
        | Shape::Ramp { call, .. }
        | Shape::Loop { call, .. } => Some(call),
        Shape::Mix { of, .. } => of.get_mut(share?).map(|share| &mut share.call),
    }
}

const fn per_name(per: Per) -> &'static str {
    match per {
        Per::Second => "second",
        Per::Minute => "minute",
        Per::Hour => "hour",
    }
}

/// A number of calls: no more than are ever run.
fn calls(text: &str) -> Result<u64, String> {
    let number = text.trim().parse().ok().filter(|number| *number <= MAX_CALLS);
    number.ok_or_else(|| format!("It takes a whole number from 0 to {}.", count(MAX_CALLS)))
}

fn small(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| format!("It takes a whole number from 0 to {}.", count(u32::MAX)))
}

fn length(text: &str) -> Result<u64, String> {
    parse_length(text.trim())
        .ok_or_else(|| "It takes a length of time, such as 5m, 90s, 200ms or 1h30m.".to_owned())
}

/// What a text says, or nothing where there is none.
fn if_any(text: &str, read: impl Fn(&str) -> Result<u64, String>) -> Result<Option<u64>, String> {
    if text.trim().is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// The names of the arguments that are written now, for a call of which only these are to be known.
fn known_names(call: &CallKind) -> Vec<String> {
    if let UnknownArgs::Names(names) = &call.unknown_args {
        return names.clone();
    }
    let args = call.args.as_ref().and_then(|args| serde_json::from_str(args.as_str()).ok());
    let args: serde_json::Map<String, serde_json::Value> = args.unwrap_or_default();
    let names: Vec<String> = args.into_iter().map(|(name, _)| name).collect();
    if names.is_empty() { vec!["amount".to_owned()] } else { names }
}

/// `amount, to`; as a JSON list where a name could be misread.
fn names_text(names: &[String]) -> String {
    let is_odd =
        |name: &String| name.trim() != name || name.is_empty() || name.contains(',') || name.starts_with('[');
    if names.iter().any(is_odd) { serde_json::to_string(names).unwrap_or_default() } else { names.join(", ") }
}

fn names(text: &str) -> Result<Vec<String>, String> {
    let text = text.trim();
    let names: Vec<String> = if text.starts_with('[') {
        serde_json::from_str(text).map_err(|_| "It takes names, or a JSON list of them.".to_owned())?
    } else {
        text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    if names.is_empty() {
        Err("It takes at least one name, such as amount, to.".to_owned())
    } else {
        Ok(names)
    }
}
