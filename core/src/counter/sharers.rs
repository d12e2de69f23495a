//! Who shares counters: grants and sessions, each known by a number while it is counted.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::{Equivalent, HashMap, HashSet};

use crate::compile::Checks;
use crate::policy::Scope;

/// The number of everyone, who shares the counters of scope `global`.
pub(super) const EVERYONE: u32 = u32::MAX;

/// A grant, or a session of a grant.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Name<'a> {
    pub(super) grant: &'a str,
    pub(super) session: Option<&'a str>,
}

/// The same, kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct OwnedName {
    pub(super) grant: Box<str>,
    pub(super) session: Option<Box<str>>,
}

impl Equivalent<OwnedName> for Name<'_> {
    fn equivalent(&self, owned: &OwnedName) -> bool {
        *self.grant == *owned.grant && self.session == owned.session.as_deref()
    }
}

impl OwnedName {
    fn of(name: &Name<'_>) -> Self {
        Self { grant: name.grant.into(), session: name.session.map(Box::from) }
    }
}

/// Who shares a counter: one that is counted already, or one that will be with its first allowed call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sharer<'a> {
    Known(u32),
    New(Name<'a>),
}

/// The caller of one call, as those who share its counters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    pub(super) grant: Option<Sharer<'a>>,
    pub(super) session: Option<Sharer<'a>>,
}

impl<'a> Caller<'a> {
    /// The numbers of those who are counted already.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        [self.grant, self.session].into_iter().filter_map(|sharer| match sharer {
            Some(Sharer::Known(number)) => Some(number),
            _ => None,
        })
    }

    /// Who shares the caller's counter of a scope.
    pub(super) const fn sharer(&self, scope: Scope) -> Option<Sharer<'a>> {
        match scope {
            Scope::Grant => self.grant,
            Scope::Session => self.session,
            Scope::Global => Some(Sharer::Known(EVERYONE)),
        }
    }
}

/// Those that are counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Sharers {
    numbers: HashMap<OwnedName, u32>,
    free: Vec<u32>,
    last: LastCaller,
}

/// Who called last, and the numbers that are known of them: most calls come from the caller of the one before.
#[derive(Clone, Debug, Default)]
struct LastCaller {
    grant: String,
    session: String,
    number_of_grant: Option<u32>,
    number_of_session: Option<u32>,
}

impl Sharers {
    /// The caller of a call, as far as its limits share counters.
    pub(super) fn caller<'a>(&self, checks: &Checks, grant: &'a str, session: &'a str) -> Caller<'a> {
        Caller {
            grant: checks.by_grant.then(|| self.find(Name { grant, session: None })),
            session: checks.by_session.then(|| self.find(Name { grant, session: Some(session) })),
        }
    }

    /// The same, quicker where the last call came from this caller too.
    pub(super) fn next_caller<'a>(
        &mut self,
        checks: &Checks,
        grant: &'a str,
        session: &'a str,
    ) -> Caller<'a> {
        if self.last.grant != grant || self.last.session != session {
            grant.clone_into(&mut self.last.grant);
            session.clone_into(&mut self.last.session);
            (self.last.number_of_grant, self.last.number_of_session) = (None, None);
        }
        let known = |number: u32| Sharer::Known(number);
        let found = Caller {
            grant: self.last.number_of_grant.filter(|_| checks.by_grant).map(known),
            session: self.last.number_of_session.filter(|_| checks.by_session).map(known),
        };
        if found.grant.is_some() == checks.by_grant && found.session.is_some() == checks.by_session {
            return found;
        }
        let caller = self.caller(checks, grant, session);
        let number = |sharer: Option<Sharer<'_>>| match sharer {
            Some(Sharer::Known(number)) => Some(number),
            _ => None,
        };
        self.last.number_of_grant = number(caller.grant).or(self.last.number_of_grant);
        self.last.number_of_session = number(caller.session).or(self.last.number_of_session);
        caller
    }

    fn find<'a>(&self, name: Name<'a>) -> Sharer<'a> {
        self.numbers.get(&name).map_or(Sharer::New(name), |number| Sharer::Known(*number))
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The number of a name, made where it has none.
    pub(super) fn number(&mut self, name: &Name<'_>) -> Option<u32> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        let fresh = u32::try_from(self.numbers.len()).ok()?;
        let number = self.free.pop().unwrap_or(fresh);
        self.numbers.insert(OwnedName::of(name), number);
        Some(number)
    }

    /// Forgets those that are not among `held`.
    pub(super) fn keep(&mut self, held: &HashSet<u32>) {
        self.last = LastCaller::default();
        let free = &mut self.free;
        self.numbers.retain(|_, number| {
            let keep = held.contains(number);
            if !keep {
                free.push(*number);
            }
            keep
        });
    }

    /// Those that are counted, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&OwnedName, u32)> {
        self.numbers.iter().map(|(name, number)| (name, *number))
    }
}

#[cfg(test)]
mod tests;
