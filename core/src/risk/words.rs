//! The words that names are made of, however they are put together: `git_create_branch`, `API-post-search`,
//! `listHTTPServers`, `drop table`.

use alloc::string::String;
use alloc::vec::Vec;

use super::lexicon::{Bits, look_up, look_up_stem};

/// The words of a name, in lower case, each with its place. What is not an ASCII letter or digit stands between words.
pub(super) struct Words {
    lowered: String,
    words: Vec<Word>,
}

/// A word: where it is, and the lists that it is in, as it stands and without the ending of a plural.
#[derive(Clone, Copy)]
struct Word {
    from: usize,
    to: usize,
    plain: Bits,
    noun: Bits,
}

impl Words {
    pub(super) fn of(name: &str) -> Self {
        let mut words = Self { lowered: name.to_ascii_lowercase(), words: Vec::with_capacity(6) };
        let bytes = name.as_bytes();
        let mut start = None;
        for (at, byte) in bytes.iter().enumerate() {
            if !byte.is_ascii_alphanumeric() {
                words.take(start.take(), at);
            } else if start.is_none() || is_edge(bytes, at) {
                words.take(start, at);
                start = Some(at);
            }
        }
        words.take(start, bytes.len());
        words
    }

    fn take(&mut self, from: Option<usize>, to: usize) {
        let Some(from) = from else { return };
        let word = self.lowered.as_bytes().get(from..to).unwrap_or_default();
        let plain = look_up(word);
        self.words.push(Word { from, to, plain, noun: plain.and(look_up_stem(word)) });
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word at a place, counted from 0; empty past the end.
    pub(super) fn at(&self, index: usize) -> &str {
        self.words.get(index).and_then(|word| self.lowered.get(word.from..word.to)).unwrap_or_default()
    }

    /// The lists that the word at a place is in.
    pub(super) fn bits(&self, index: usize) -> Bits {
        self.words.get(index).map_or_else(Bits::default, |word| word.plain)
    }

    /// The lists that it or what it is the plural of is in.
    pub(super) fn noun(&self, index: usize) -> Bits {
        self.words.get(index).map_or_else(Bits::default, |word| word.noun)
    }

    /// The place of the last word; of no words that of the first.
    pub(super) fn end(&self) -> usize {
        self.len().saturating_sub(1)
    }

    pub(super) fn last(&self) -> &str {
        self.at(self.end())
    }

    /// Whether some word is in one of the lists.
    pub(super) fn any(&self, of: Bits) -> bool {
        self.words.iter().any(|word| word.plain.has(of))
    }

    /// The first word that is in one of the lists.
    pub(super) fn first(&self, of: Bits) -> Option<usize> {
        self.words.iter().position(|word| word.plain.has(of))
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.at(index))
    }

    /// The words from one to another as they stand in the name.
    pub(super) fn between<'a>(&self, name: &'a str, first: usize, last: usize) -> &'a str {
        let (Some(first), Some(last)) = (self.words.get(first), self.words.get(last)) else { return name };
        name.get(first.from..last.to).unwrap_or(name)
    }
}

/// Whether a word begins at an upper-case letter: after a lower-case one, or as the last of several that a lower-case one
/// follows, unless that is a plural's: `listFiles`, `HTTPServer`, `userIDs`.
fn is_edge(bytes: &[u8], at: usize) -> bool {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b'_');
    if !byte(at).is_ascii_uppercase() {
        return false;
    }
    let before = at.checked_sub(1).map_or(b'_', byte);
    let (after, then) = (byte(at + 1), byte(at + 2));
    before.is_ascii_lowercase()
        || before.is_ascii_digit()
        || (before.is_ascii_uppercase()
            && after.is_ascii_lowercase()
            && (after != b's' || then.is_ascii_lowercase()))
}
