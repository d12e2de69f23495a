//! Which calls of a run are alike: the same tool, grant, reason and rule. What is asked of a call's names and decision is
//! asked once for all that are alike.

use std::collections::HashMap;
use std::ops::Range;

use gatewright_core::Reason;
use gatewright_core::scenario::Calls;
use gatewright_core::simulate::{DecidedBy, Run};

/// The calls of a run, by what they have in common.
#[derive(Clone, Debug, Default)]
pub struct Likeness {
    /// The number of each call's group.
    group: Vec<u32>,
    /// The first call of each group.
    first: Vec<u32>,
    groups: HashMap<(u32, u32, Reason, DecidedBy), u32>,
    tools: HashMap<String, u32>,
    last: Option<((usize, u32, Reason, DecidedBy), u32)>,
}

impl Likeness {
    /// The likeness of all calls of a run.
    #[must_use]
    pub fn of(calls: &Calls, run: &Run) -> Self {
        let mut likeness = Self::default();
        likeness.extend(calls, run, 0..run.len());
        likeness
    }

    /// Takes the next calls.
    pub fn extend(&mut self, calls: &Calls, run: &Run, range: Range<usize>) {
        for index in range {
            let group = self.next(calls, run, index).unwrap_or(u32::MAX);
            self.group.push(group);
        }
    }

    fn next(&mut self, calls: &Calls, run: &Run, index: usize) -> Option<u32> {
        let (reason, by) = (*run.reason.get(index)?, *run.decided_by.get(index)?);
        let (kind, (grant, _)) = (calls.kind(index)?, calls.caller(index)?);
        let here = (kind, grant, reason, by);
        if let Some((last, group)) = self.last
            && last == here
        {
            return Some(group);
        }
        let tool = calls.get(index)?.tool;
        let fresh = u32::try_from(self.tools.len()).ok()?;
        let tool = match self.tools.get(tool) {
            Some(known) => *known,
            None => *self.tools.entry(tool.to_owned()).or_insert(fresh),
        };
        let fresh = u32::try_from(self.first.len()).ok()?;
        let group = *self.groups.entry((tool, grant, reason, by)).or_insert(fresh);
        if group == fresh {
            self.first.push(u32::try_from(index).ok()?);
        }
        self.last = Some((here, group));
        Some(group)
    }

    /// Whether two calls are alike.
    #[must_use]
    pub fn are_alike(&self, one: u32, other: u32) -> bool {
        self.group_of(one) == self.group_of(other)
    }

    /// The number of a call's group.
    #[must_use]
    pub fn group_of(&self, call: u32) -> Option<usize> {
        usize::try_from(*self.group.get(usize::try_from(call).ok()?)?).ok()
    }

    /// The first call of each group.
    #[must_use]
    pub fn first_calls(&self) -> &[u32] {
        &self.first
    }
}
