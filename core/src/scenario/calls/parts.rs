//! Calls in parts, to be handed from one thread to another: plain numbers and texts for any format of serde's that writes
//! its fields one by one.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Answer, Calls, Kind};
use crate::call::Outcome;
use crate::time::Timestamp;

/// Some calls of a sequence, and the names that come up in them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CallsPart {
    at: Vec<i64>,
    kind: Vec<u32>,
    grant: Vec<u32>,
    session: Vec<u32>,
    /// The place of the outcome, the milliseconds, and the call before which it was known.
    answer: Vec<Option<(u8, i64, Option<u32>)>>,
    /// By their index in the whole sequence.
    refused: Vec<u32>,
    names: Vec<String>,
    kinds: Vec<Kind>,
}

impl Calls {
    /// The calls of a range. What comes up in them for the first time goes along; names go with the first of all calls.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> CallsPart {
        let above = |kinds: &[u32]| kinds.iter().max().map_or(0, |last| last.saturating_add(1));
        let known = above(stretch(&self.kind, &(0..range.start)));
        let new = above(stretch(&self.kind, &range)).max(known);
        let size = |kind: u32| usize::try_from(kind).unwrap_or(usize::MAX);
        // What no call is goes along with the last.
        let until = if range.end < self.len() { size(new) } else { self.kinds.all.len() };
        let place = |outcome| Outcome::ALL.iter().position(|one| *one == outcome);
        let answer = |answer: &Option<Answer>| {
            let Answer { outcome, at, before } = (*answer)?;
            Some((u8::try_from(place(outcome)?).ok()?, at.as_millis(), before))
        };
        CallsPart {
            at: stretch(&self.at, &range).iter().map(|at| at.as_millis()).collect(),
            kind: stretch(&self.kind, &range).to_vec(),
            grant: stretch(&self.grant, &range).to_vec(),
            session: stretch(&self.session, &range).to_vec(),
            answer: stretch(&self.answer, &range).iter().map(answer).collect(),
            refused: {
                let from = self.refused.partition_point(|index| size(*index) < range.start);
                let until = self.refused.partition_point(|index| size(*index) < range.end);
                stretch(&self.refused, &(from..until)).to_vec()
            },
            names: if range.start == 0 { self.names.texts.clone() } else { Vec::new() },
            kinds: stretch(&self.kinds.all, &(size(known)..until)).to_vec(),
        }
    }

    /// Adds the next part. What is pushed after that is kept as a kind of its own, like or not.
    pub fn add(&mut self, part: CallsPart) {
        let answer = |(outcome, at, before)| {
            let outcome = *Outcome::ALL.get(usize::from(outcome))?;
            Some(Answer { outcome, at: Timestamp::from_millis(at), before })
        };
        self.at.extend(part.at.into_iter().map(Timestamp::from_millis));
        self.kind.extend(part.kind);
        self.grant.extend(part.grant);
        self.session.extend(part.session);
        self.answer.extend(part.answer.into_iter().map(|entry| entry.and_then(answer)));
        self.refused.extend(part.refused);
        for name in part.names {
            self.names.index(&name);
        }
        self.kinds.all.extend(part.kinds);
    }
}

/// What of a column lies in a range.
pub(crate) fn stretch<'c, T>(column: &'c [T], range: &Range<usize>) -> &'c [T] {
    column.get(range.start.min(column.len())..range.end.min(column.len())).unwrap_or_default()
}
