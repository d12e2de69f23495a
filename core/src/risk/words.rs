//! The words that names are made of, however they are put together: `git_create_branch`, `API-post-search`,
//! `listHTTPServers`, `drop table`.

use alloc::string::String;
use alloc::vec::Vec;

/// The words of a name, in lower case, each with its place. What is not an ASCII letter or digit stands between words.
pub(super) struct Words {
    lowered: String,
    places: Vec<(usize, usize)>,
}

impl Words {
    pub(super) fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut places = Vec::new();
        let mut start = None;
        for (at, byte) in bytes.iter().enumerate() {
            if !byte.is_ascii_alphanumeric() {
                places.extend(start.take().map(|from| (from, at)));
            } else if let Some(from) = start {
                if is_edge(bytes, at) {
                    places.push((from, at));
                    start = Some(at);
                }
            } else {
                start = Some(at);
            }
        }
        places.extend(start.map(|from| (from, bytes.len())));
        Self { lowered: name.to_ascii_lowercase(), places }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The word at a place, counted from 0; empty past the end.
    pub(super) fn at(&self, index: usize) -> &str {
        self.places.get(index).and_then(|(from, to)| self.lowered.get(*from..*to)).unwrap_or_default()
    }

    pub(super) fn last(&self) -> &str {
        self.len().checked_sub(1).map_or("", |last| self.at(last))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.at(index))
    }

    /// The words from one to another as they stand in the name.
    pub(super) fn between<'a>(&self, name: &'a str, first: usize, last: usize) -> &'a str {
        let (Some((from, _)), Some((_, to))) = (self.places.get(first), self.places.get(last)) else {
            return name;
        };
        name.get(*from..*to).unwrap_or(name)
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
            && !(after == b's' && !then.is_ascii_lowercase()))
}

/// Whether a sorted list holds a word.
pub(super) fn holds(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

/// Whether a sorted list holds a word or what it is the plural of.
pub(super) fn holds_noun(list: &[&str], word: &str) -> bool {
    holds(list, word) || stems(word).any(|stem| stem.is_in(list))
}

/// What a word may come from: `creates` from `create`, `matches` from `match`, `applies` from `apply`.
pub(super) fn stems(word: &str) -> impl Iterator<Item = Stem<'_>> {
    let plain = word.strip_suffix('s').filter(|stem| stem.len() > 1 && !stem.ends_with('s'));
    let long = word.strip_suffix("es").filter(|stem| stem.len() > 1);
    let y = word.strip_suffix("ies").filter(|stem| !stem.is_empty());
    [plain.map(Stem::Plain), long.map(Stem::Plain), y.map(Stem::BeforeY)].into_iter().flatten()
}

/// What is left of a word without its ending.
#[derive(Clone, Copy)]
pub(super) enum Stem<'a> {
    /// All of the word that it comes from.
    Plain(&'a str),
    /// All but a `y`.
    BeforeY(&'a str),
}

impl Stem<'_> {
    pub(super) fn is_in(self, list: &[&str]) -> bool {
        match self {
            Self::Plain(stem) => holds(list, stem),
            Self::BeforeY(stem) => {
                list.binary_search_by(|word| word.bytes().cmp(stem.bytes().chain([b'y']))).is_ok()
            }
        }
    }
}
