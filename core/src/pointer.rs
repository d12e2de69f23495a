//! RFC 6901 pointers into a policy document, and the rule ids printed in decision logs.
//!
//! The two look alike and differ at the end: the pointer says where in the document
//! (`/tools/run_tests/limits/0`), the rule id says which rule, in the form of the
//! vendor's own logs (`/tools/run_tests/limits/run_tests_rate`).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

/// A place in a JSON document (RFC 6901). The empty pointer is the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Reads a pointer as RFC 6901 writes it: empty, or each key behind a `/`. Nothing where it is none.
    ///
    /// ```
    /// use gatewright_core::pointer::Pointer;
    /// assert_eq!(Pointer::parse("/a~1b/0"), Some(Pointer::root().key("a/b").index(0)));
    /// assert_eq!(Pointer::parse("a"), None);
    /// assert_eq!(Pointer::parse("/~2"), None, "`~` is followed by 0 or 1");
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let starts_well = text.is_empty() || text.starts_with('/');
        let escapes_well = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        (starts_well && escapes_well).then(|| Self(String::from(text)))
    }

    /// The member `key` of the object at this place.
    ///
    /// ```
    /// use gatewright_core::pointer::Pointer;
    /// assert_eq!(Pointer::root().key("a/b").key("~").as_str(), "/a~1b/~0");
    /// ```
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = self.0.clone();
        text.push('/');
        for character in key.chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text)
    }

    /// The item `index`, from 0, of the list at this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(alloc::format!("{}/{index}", self.0))
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The keys and indexes from the root, unescaped.
    pub fn tokens(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(|token| {
            if token.contains('~') {
                Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
            } else {
                Cow::Borrowed(token)
            }
        })
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The name of a rule in a decision log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(Cow<'static, str>);

impl RuleId {
    /// There was no policy to judge by.
    pub const NO_POLICY: Self = Self(Cow::Borrowed("(no policy)"));
    /// The tool is hidden.
    pub const HIDDEN: Self = Self(Cow::Borrowed("(hidden)"));
    /// The tool is not listed, and the default is deny.
    pub const DEFAULT_DENY: Self = Self(Cow::Borrowed("(default deny)"));

    /// The id of a rule or a limit: the pointer of its list, then its label or the counter's name.
    #[must_use]
    pub fn of(list: &Pointer, name: &str) -> Self {
        Self(Cow::Owned(list.key(name).0))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn tokens_undo_the_escapes() {
        let pointer = Pointer::root().key("a/b").key("~1").key("").index(7);
        assert_eq!(pointer.as_str(), "/a~1b/~01//7");
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b", "~1", "", "7"]);
        assert_eq!(Pointer::root().tokens().count(), 0);
    }
}
