//! A value inside a line whose grammar has been checked, to be looked into.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use super::scanner::Scanner;
use super::text::Text;
use crate::bounds::Bounds;

/// The line was held to its bounds when it was read.
const READ_BEFORE: Bounds = Bounds { depth: usize::MAX, ..Bounds::DEFAULT };

/// The text of a value, and its first byte in the line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part<'m> {
    pub(super) start: usize,
    pub(super) text: &'m str,
}

/// A member of an object.
pub(super) struct Member<'m> {
    /// The first byte of its key.
    pub(super) start: usize,
    key: Text<'m>,
    pub(super) value: Part<'m>,
}

impl Member<'_> {
    /// Whether this is its key, as it reads.
    pub(super) fn is(&self, name: &str) -> bool {
        if self.key.escaped { self.key.read().is_ok_and(|key| key == name) } else { self.key.raw == name }
    }
}

impl<'m> Member<'m> {
    /// Its key, as it reads; nothing where it has half a pair of surrogates in it.
    pub(super) fn key(&self) -> Option<Cow<'m, str>> {
        self.key.read().ok()
    }
}

impl<'m> Part<'m> {
    pub(super) const fn end(self) -> usize {
        self.start + self.text.len()
    }

    pub(super) const fn range(self) -> Range<usize> {
        self.start..self.end()
    }

    /// What a text says; nothing where it is another value, or has half a pair of surrogates in it.
    pub(super) fn said(self) -> Option<Cow<'m, str>> {
        Text::quoted(self.text)?.read().ok()
    }

    /// The value of a key; of equal keys, the last.
    pub(super) fn member(self, name: &str) -> Option<Self> {
        self.members().iter().rfind(|member| member.is(name)).map(|member| member.value)
    }

    /// The members of an object; none of another value.
    pub(super) fn members(self) -> Vec<Member<'m>> {
        self.inside(b'{', b'}', |scanner| {
            let start = self.start + scanner.place();
            let key = scanner.key().ok()?;
            Some(Member { start, key, value: self.value(scanner)? })
        })
    }

    /// The items of a list; none of another value.
    pub(super) fn items(self) -> Vec<Self> {
        self.inside(b'[', b']', |scanner| self.value(scanner))
    }

    fn value(self, scanner: &mut Scanner<'m>) -> Option<Self> {
        let place = scanner.place();
        scanner.skip().ok()?;
        Some(Self { start: self.start + place, text: scanner.since(place) })
    }

    fn inside<T>(self, open: u8, close: u8, read: impl Fn(&mut Scanner<'m>) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        let mut scanner = Scanner::new(self.text, 0, &READ_BEFORE);
        if scanner.open(open).is_err() {
            return found;
        }
        while scanner.next_before(close, found.is_empty()) == Ok(true) {
            let Some(next) = read(&mut scanner) else { break };
            found.push(next);
        }
        found
    }
}
