//! Calls as columns: one entry a call in each, what is equal stored once.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Args;
use crate::call::{Arguments, Outcome, Partial, ToolCall};
use crate::time::Timestamp;

mod parts;

pub use parts::CallsPart;
pub(crate) use parts::stretch;

/// Calls in the order of time, each with how it ended.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    at: Vec<Timestamp>,
    kind: Vec<u32>,
    grant: Vec<u32>,
    session: Vec<u32>,
    answer: Vec<Option<Answer>>,
    /// The calls of which their log says that they were refused, by index, in order.
    refused: Vec<u32>,
    /// Grants and sessions.
    names: Names,
    kinds: Kinds,
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
struct Answer {
    outcome: Outcome,
    at: Timestamp,
    /// The call before which it was known, by index, where that is not for the times to say.
    before: Option<u32>,
}

#[derive(Clone, Debug, Default)]
struct Names {
    texts: Vec<String>,
    indexes: HashMap<String, u32>,
}

/// What was not recorded of some calls of one tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap<'c> {
    /// The tool.
    pub tool: &'c str,
    /// The top-level name of the argument whose value is not known; none where not even names are.
    pub name: Option<&'c str>,
    /// How many calls.
    pub calls: usize,
}

/// Calls that no rule can tell apart: tool, arguments and approval.
#[derive(Clone, Debug, Default)]
struct Kinds {
    all: Vec<Kind>,
    indexes: HashMap<Kind, u32>,
    /// The kind that was pushed last: neighbours are often alike.
    last: Option<(u32, Kind)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Kind {
    tool: Box<str>,
    arguments: Recorded,
    approved: bool,
}

/// Arguments that are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Recorded {
    None,
    /// The JSON text of an object.
    Text(Box<str>),
    Names(Vec<String>),
    Unknown,
    Partly(Box<Partial>),
}

impl Recorded {
    fn of(arguments: &Arguments<'_>) -> Self {
        match arguments {
            Arguments::None => Self::None,
            Arguments::Parsed(object) => {
                Self::Text(serde_json::to_string(object).unwrap_or_default().into_boxed_str())
            }
            Arguments::Text(text) => Self::Text((*text).into()),
            Arguments::Names(names) => Self::Names(names.to_vec()),
            Arguments::Unknown => Self::Unknown,
            Arguments::Partly(part) => Self::Partly(Box::new((*part).clone())),
        }
    }

    fn as_arguments(&self) -> Arguments<'_> {
        match self {
            Self::None => Arguments::None,
            Self::Text(text) => Arguments::Text(text),
            Self::Names(names) => Arguments::Names(names),
            Self::Unknown => Arguments::Unknown,
            Self::Partly(part) => Arguments::Partly(part),
        }
    }

    const fn is_whole(&self) -> bool {
        matches!(self, Self::None | Self::Text(_))
    }

    /// What is known, and what is left to be known; nothing where all is known.
    fn part(&self) -> Option<Cow<'_, Partial>> {
        let of = |unrecorded| Partial { known: "{}".into(), known_names: Vec::new(), unrecorded };
        match self {
            Self::None | Self::Text(_) => None,
            Self::Names(names) => Some(Cow::Owned(of(Some(names.clone())))),
            Self::Unknown => Some(Cow::Owned(of(None))),
            Self::Partly(part) => Some(Cow::Borrowed(part)),
        }
    }

    /// The same, with what is given in place of what was not recorded; nothing where that changes nothing.
    fn assuming(&self, given: &BTreeMap<String, &RawValue>) -> Option<Self> {
        let Partial { known, known_names, unrecorded } = &*self.part()?;
        let fits = |name: &String| match unrecorded {
            Some(names) => names.contains(name),
            None => !known_names.contains(name),
        };
        let given: Vec<(&String, &&RawValue)> = given.iter().filter(|(name, _)| fits(name)).collect();
        if given.is_empty() {
            return None;
        }
        let mut text = known.trim_end().strip_suffix('}').unwrap_or("{").to_string();
        let mut known_names = known_names.clone();
        for (name, value) in given {
            let comma = if known_names.is_empty() { "" } else { "," };
            text.push_str(&format!("{comma}{}:{}", serde_json::Value::from(name.as_str()), value.get()));
            known_names.push(name.clone());
        }
        text.push('}');
        let known = text.into_boxed_str();
        let is_left = |name: &&String| !known_names.contains(*name);
        let left: Option<Vec<String>> =
            unrecorded.as_ref().map(|names| names.iter().filter(is_left).cloned().collect());
        Some(match left {
            Some(names) if names.is_empty() => Self::Text(known),
            unrecorded => Self::Partly(Box::new(Partial { known, known_names, unrecorded })),
        })
    }
}

impl Names {
    fn index(&mut self, name: &str) -> u32 {
        if let Some(index) = self.indexes.get(name) {
            return *index;
        }
        let index = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(name.to_string());
        self.indexes.insert(name.to_string(), index);
        index
    }
}

impl Kinds {
    fn index(&mut self, call: &ToolCall<'_>) -> u32 {
        let kind = Kind {
            tool: call.tool.into(),
            arguments: Recorded::of(&call.arguments),
            approved: call.approved,
        };
        if let Some((index, last)) = &self.last
            && *last == kind
        {
            return *index;
        }
        let fresh = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let index = *self.indexes.entry(kind.clone()).or_insert(fresh);
        if index == fresh {
            self.all.push(kind.clone());
        }
        self.last = Some((index, kind));
        index
    }
}

impl Calls {
    /// Adds a call, with how it ended and when that was known, if it ever was.
    pub fn push(&mut self, call: &ToolCall<'_>, answer: Option<(Outcome, Timestamp)>) {
        self.at.push(call.at);
        self.kind.push(self.kinds.index(call));
        self.grant.push(self.names.index(call.grant));
        self.session.push(self.names.index(call.session));
        self.answer.push(answer.map(|(outcome, at)| Answer { outcome, at, before: None }));
    }

    /// Makes known that calls like this one will be added.
    pub(crate) fn expect(&mut self, call: &ToolCall<'_>) {
        self.kinds.index(call);
    }

    /// Tells how call `index` ended, and that it had before the next call that is added, whatever their times say. A
    /// call that has been told already keeps its first answer.
    pub fn answer(&mut self, index: usize, outcome: Outcome, at: Timestamp) {
        let before = u32::try_from(self.len()).ok();
        if let Some(answer @ None) = self.answer.get_mut(index) {
            *answer = Some(Answer { outcome, at, before });
        }
    }

    /// Tells that call `index` was refused when it was asked for.
    pub(crate) fn refuse(&mut self, index: usize) {
        let Ok(index) = u32::try_from(index) else { return };
        if let Err(place) = self.refused.binary_search(&index) {
            self.refused.insert(place, index);
        }
    }

    /// Whether the log that call `index` is from says that it was refused. A replay judges it all the same.
    #[must_use]
    pub fn was_refused(&self, index: usize) -> bool {
        u32::try_from(index).is_ok_and(|index| self.refused.binary_search(&index).is_ok())
    }

    /// Tells how call `index` ended, and when that was known.
    pub(crate) fn ended(&mut self, index: usize, outcome: Outcome, at: Timestamp) {
        if let Some(answer @ None) = self.answer.get_mut(index) {
            *answer = Some(Answer { outcome, at, before: None });
        }
    }

    /// Says better what call `index` asks for.
    pub(crate) fn correct(&mut self, index: usize, tool: &str, arguments: Arguments<'_>) {
        let approved = self.get(index).is_some_and(|call| call.approved);
        let kind = self.kinds.index(&ToolCall { tool, arguments, approved, ..ToolCall::default() });
        if let Some(place) = self.kind.get_mut(index) {
            *place = kind;
        }
    }

    /// Assumes what was not recorded of the calls of a tool: each of `args` stands for an argument of its name whose
    /// value is unknown. What is known stays, and what `args` does not name stays unknown. Returns how many calls are
    /// changed.
    ///
    /// ```
    /// use gatewright_core::scenario::{Args, Calls};
    /// use gatewright_core::{Arguments, ToolCall};
    /// let mut calls = Calls::default();
    /// let names = ["amount".to_string()];
    /// calls.push(&ToolCall { tool: "pay", arguments: Arguments::Names(&names), ..ToolCall::default() }, None);
    /// let given = Args::parse(r#"{"amount": 5, "note": "not of this call"}"#).unwrap();
    /// assert_eq!(calls.assume("pay", &given), 1);
    /// assert_eq!(calls.get(0).unwrap().arguments, Arguments::Text(r#"{"amount":5}"#));
    /// ```
    pub fn assume(&mut self, tool: &str, args: &Args) -> usize {
        let given: BTreeMap<String, &RawValue> = serde_json::from_str(args.as_str()).unwrap_or_default();
        let mut changed = HashSet::new();
        self.kinds.last = None;
        for (place, kind) in self.kinds.all.iter_mut().enumerate().filter(|(_, kind)| &*kind.tool == tool) {
            let Some(arguments) = kind.arguments.assuming(&given) else { continue };
            let Ok(index) = u32::try_from(place) else { continue };
            self.kinds.indexes.remove(kind);
            kind.arguments = arguments;
            self.kinds.indexes.entry(kind.clone()).or_insert(index);
            changed.insert(index);
        }
        self.kind.iter().filter(|kind| changed.contains(*kind)).count()
    }

    /// How many calls there are of whose arguments something was not recorded.
    pub fn unrecorded(&self) -> usize {
        let unrecorded: Vec<bool> = self.kinds.all.iter().map(|kind| !kind.arguments.is_whole()).collect();
        let is = |kind: &u32| usize::try_from(*kind).ok().and_then(|kind| unrecorded.get(kind).copied());
        self.kind.iter().filter(|kind| is(kind).unwrap_or(false)).count()
    }

    /// What was not recorded of the arguments: each tool and name once, in their order, those without names first.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap<'_>> {
        let mut calls_of_kind: Vec<usize> = self.kinds.all.iter().map(|_| 0).collect();
        for kind in &self.kind {
            if let Some(calls) = usize::try_from(*kind).ok().and_then(|kind| calls_of_kind.get_mut(kind)) {
                *calls += 1;
            }
        }
        let mut gaps: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
        for (kind, calls) in self.kinds.all.iter().zip(calls_of_kind).filter(|(_, calls)| *calls > 0) {
            let names = match &kind.arguments {
                Recorded::None | Recorded::Text(_) => continue,
                Recorded::Names(names) => Some(names),
                Recorded::Unknown => None,
                Recorded::Partly(part) => part.unrecorded.as_ref(),
            };
            // A log may list a name twice.
            let names: BTreeSet<Option<&str>> = names.map_or_else(
                || BTreeSet::from([None]),
                |names| names.iter().map(|name| Some(name.as_str())).collect(),
            );
            for name in names {
                *gaps.entry((&*kind.tool, name)).or_default() += calls;
            }
        }
        gaps.into_iter().map(|((tool, name), calls)| Gap { tool, name, calls }).collect()
    }

    /// The same calls where call `from` is another one, and where it and all later ones are made, and answered, so many
    /// milliseconds later.
    #[must_use]
    pub fn branched(&self, from: usize, call: &ToolCall<'_>, later_ms: i64) -> Self {
        let mut calls = self.clone();
        let (kind, grant) = (calls.kinds.index(call), calls.names.index(call.grant));
        let session = calls.names.index(call.session);
        let places = [(&mut calls.kind, kind), (&mut calls.grant, grant), (&mut calls.session, session)];
        for (column, number) in places {
            if let Some(place) = column.get_mut(from) {
                *place = number;
            }
        }
        for at in calls.at.iter_mut().skip(from) {
            *at = at.plus(later_ms);
        }
        for answer in calls.answer.iter_mut().skip(from).flatten() {
            answer.at = answer.at.plus(later_ms);
        }
        calls
    }

    /// The same calls in the order of time, and whether that is another. What answers came before which calls must be
    /// for the times to say.
    pub(crate) fn in_order_of_time(self) -> (Self, bool) {
        if self.at.is_sorted() {
            return (self, false);
        }
        let after_start = |at: &Timestamp| u64::try_from(at.since(Timestamp::MIN)).unwrap_or_default();
        let mut order: Vec<(u64, usize)> =
            self.at.iter().enumerate().map(|(index, at)| (after_start(at), index)).collect();
        put_into_order(&mut order);
        let refused = |(_, index): &(u64, usize)| self.was_refused(*index);
        let refused = places(order.iter().map(refused));
        let sorted = Self {
            refused,
            at: picked(&self.at, &order),
            kind: picked(&self.kind, &order),
            grant: picked(&self.grant, &order),
            session: picked(&self.session, &order),
            answer: picked(&self.answer, &order),
            ..self
        };
        (sorted, true)
    }

    /// The same calls without some, which are told by index, in order.
    pub(crate) fn without(self, left_out: &[usize]) -> Self {
        if left_out.is_empty() {
            return self;
        }
        let stays = |index: usize| left_out.binary_search(&index).is_err();
        let moved = |index: usize| index - left_out.partition_point(|out| *out < index);
        let refused =
            places((0..self.len()).filter(|index| stays(*index)).map(|index| self.was_refused(index)));
        let answer = kept(self.answer, stays).into_iter().map(|answer| {
            let place = |before: u32| u32::try_from(moved(usize::try_from(before).ok()?)).ok();
            answer.map(|answer| Answer { before: answer.before.and_then(place), ..answer })
        });
        Self {
            at: kept(self.at, stays),
            kind: kept(self.kind, stays),
            grant: kept(self.grant, stays),
            session: kept(self.session, stays),
            answer: answer.collect(),
            refused,
            ..self
        }
    }

    /// How many calls.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there is no call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The call at `index`, from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<ToolCall<'_>> {
        let kind = self.kinds.all.get(usize::try_from(*self.kind.get(index)?).ok()?)?;
        Some(ToolCall {
            tool: &kind.tool,
            arguments: kind.arguments.as_arguments(),
            grant: self.name(*self.grant.get(index)?),
            session: self.name(*self.session.get(index)?),
            at: *self.at.get(index)?,
            approved: kind.approved,
        })
    }

    /// How the call at `index` ended and when that was known.
    #[must_use]
    pub fn answer_of(&self, index: usize) -> Option<(Outcome, Timestamp)> {
        self.answer.get(index).copied().flatten().map(|answer| (answer.outcome, answer.at))
    }

    /// The call before which the answer to call `index` was known, where that is not for the times to say.
    pub(crate) fn answered_before(&self, index: usize) -> Option<usize> {
        let answer = self.answer.get(index).copied().flatten()?;
        usize::try_from(answer.before?).ok()
    }

    /// When the call at `index` was made.
    pub(crate) fn at(&self, index: usize) -> Option<Timestamp> {
        self.at.get(index).copied()
    }

    /// The number of the call's kind: calls of one kind differ only in who makes them, and when.
    #[must_use]
    pub fn kind(&self, index: usize) -> Option<usize> {
        self.kind.get(index).and_then(|kind| usize::try_from(*kind).ok())
    }

    /// A call of each kind, made by nobody.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = ToolCall<'_>> {
        self.kinds.all.iter().map(|kind| ToolCall {
            tool: &kind.tool,
            arguments: kind.arguments.as_arguments(),
            approved: kind.approved,
            ..ToolCall::default()
        })
    }

    /// The numbers of the caller's grant and session: the same for the same names.
    #[must_use]
    pub fn caller(&self, index: usize) -> Option<(u32, u32)> {
        Some((*self.grant.get(index)?, *self.session.get(index)?))
    }

    pub(crate) fn name(&self, index: u32) -> &str {
        usize::try_from(index).ok().and_then(|index| self.names.texts.get(index)).map_or("", String::as_str)
    }
}

/// Sorts by the first of two, and leaves equal ones as they stand. A sort is much code: this is the only one of its kind.
pub(crate) fn put_into_order(order: &mut [(u64, usize)]) {
    order.sort_by_key(|(key, _)| *key);
}

/// The entries of a column in another order.
fn picked<T: Copy>(column: &[T], order: &[(u64, usize)]) -> Vec<T> {
    order.iter().filter_map(|(_, index)| column.get(*index).copied()).collect()
}

/// The places of those that are.
fn places(are: impl Iterator<Item = bool>) -> Vec<u32> {
    are.enumerate().filter_map(|(place, is)| if is { u32::try_from(place).ok() } else { None }).collect()
}

/// What stays of a column.
fn kept<T>(column: Vec<T>, stays: impl Fn(usize) -> bool) -> Vec<T> {
    column.into_iter().enumerate().filter(|(index, _)| stays(*index)).map(|(_, value)| value).collect()
}
