//! Calls as columns: one entry a call in each, what is equal stored once.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::call::{Arguments, Outcome, ToolCall};
use crate::time::Timestamp;

/// Calls in the order of time, each with how it ended.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    at: Vec<Timestamp>,
    kind: Vec<u32>,
    grant: Vec<u32>,
    session: Vec<u32>,
    answer: Vec<Option<Answer>>,
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

/// Calls that no rule can tell apart: tool, arguments and approval.
#[derive(Clone, Debug, Default)]
struct Kinds {
    all: Vec<Kind>,
    indexes: HashMap<Kind, u32>,
    /// The kind that was pushed last: neighbours are often alike.
    last: Option<(u32, Kind)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    tool: Box<str>,
    arguments: Recorded,
    approved: bool,
}

/// Arguments that are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Recorded {
    None,
    /// The JSON text of an object.
    Text(Box<str>),
    Names(Vec<String>),
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
        }
    }

    fn as_arguments(&self) -> Arguments<'_> {
        match self {
            Self::None => Arguments::None,
            Self::Text(text) => Arguments::Text(text),
            Self::Names(names) => Arguments::Names(names),
        }
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

    /// The same calls without some, which are told by index, in order.
    pub(crate) fn without(self, left_out: &[usize]) -> Self {
        if left_out.is_empty() {
            return self;
        }
        let stays = |index: usize| left_out.binary_search(&index).is_err();
        let moved = |index: usize| index - left_out.partition_point(|out| *out < index);
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
    pub(crate) fn kind(&self, index: usize) -> Option<usize> {
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

    /// The numbers of the caller's grant and session, for [`name`](Self::name).
    pub(crate) fn caller(&self, index: usize) -> Option<(u32, u32)> {
        Some((*self.grant.get(index)?, *self.session.get(index)?))
    }

    pub(crate) fn name(&self, index: u32) -> &str {
        usize::try_from(index).ok().and_then(|index| self.names.texts.get(index)).map_or("", String::as_str)
    }
}

/// What stays of a column.
fn kept<T>(column: Vec<T>, stays: impl Fn(usize) -> bool) -> Vec<T> {
    column.into_iter().enumerate().filter(|(index, _)| stays(*index)).map(|(_, value)| value).collect()
}
