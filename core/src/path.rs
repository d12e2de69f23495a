//! The path of an argument: `args.` and object keys joined by dots.
//!
//! A path walks object keys only. It never steps into a list, and a key that has a dot in it cannot be named: such an
//! argument is missing to every rule.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The path of an argument, such as `args.filter.owner`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArgPath {
    text: Box<str>,
    keys: Vec<Box<str>>,
}

/// Why a text is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// It does not start with `args.`.
    NoArgs,
    /// A key between two dots, or the last one, is empty.
    EmptyKey,
    /// It has more keys than an argument can be deep.
    TooDeep,
}

/// The most keys of a path.
pub const MAX_KEYS: usize = 32;

impl ArgPath {
    /// Reads a path.
    ///
    /// ```
    /// use gatewright_core::path::{ArgPath, PathError};
    /// let path = ArgPath::parse("args.filter.owner").unwrap();
    /// assert_eq!(path.keys().collect::<Vec<_>>(), ["filter", "owner"]);
    /// assert_eq!(ArgPath::parse("amount"), Err(PathError::NoArgs));
    /// assert_eq!(ArgPath::parse("args..owner"), Err(PathError::EmptyKey));
    /// ```
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let rest = text.strip_prefix("args.").ok_or(PathError::NoArgs)?;
        let keys: Vec<Box<str>> = rest.split('.').map(Box::from).collect();
        if keys.iter().any(|key| key.is_empty()) {
            return Err(PathError::EmptyKey);
        }
        if keys.len() > MAX_KEYS {
            return Err(PathError::TooDeep);
        }
        Ok(Self { text: text.into(), keys })
    }

    /// The path as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The keys after `args`, at least one.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }

    /// The value that the path leads to.
    pub(crate) fn find<'v>(&self, arguments: &'v Map<String, Value>) -> Option<&'v Value> {
        let (first, rest) = self.keys.split_first()?;
        rest.iter().try_fold(arguments.get(&**first)?, |value, key| value.as_object()?.get(&**key))
    }
}

/// The paths that rules name, each with a slot for the argument that it leads to.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathTree {
    paths: Vec<ArgPath>,
    /// Of each path, whether some rule looks into the argument where it is a list or an object.
    inside: Vec<bool>,
    /// The first is the arguments object itself.
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    children: Vec<(Box<str>, usize)>,
    slot: Option<usize>,
}

/// Where the argument of a path is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The slot's number, from 0.
    pub(crate) index: usize,
    /// Whether some rule looks into the argument where it is a list or an object.
    pub(crate) inside: bool,
}

impl PathTree {
    /// The arguments object, where every path starts.
    pub(crate) const ROOT: usize = 0;

    /// No paths.
    pub(crate) const EMPTY: Self = Self { paths: Vec::new(), inside: Vec::new(), nodes: Vec::new() };

    /// The slot of a path, made where there is none yet.
    pub(crate) fn add(&mut self, path: &ArgPath, inside: bool) -> usize {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut at = Self::ROOT;
        for key in path.keys() {
            at = match self.child(at, key) {
                Some(child) => child,
                None => self.add_child(at, key),
            };
        }
        let fresh = self.paths.len();
        let Some(node) = self.nodes.get_mut(at) else { return fresh };
        let index = *node.slot.get_or_insert(fresh);
        if index == fresh {
            self.paths.push(path.clone());
            self.inside.push(false);
        }
        if let Some(looks) = self.inside.get_mut(index) {
            *looks |= inside;
        }
        index
    }

    fn add_child(&mut self, parent: usize, key: &str) -> usize {
        let child = self.nodes.len();
        self.nodes.push(Node::default());
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.push((key.into(), child));
        }
        child
    }

    /// The node under `node` that `key` leads to, where some path goes there.
    pub(crate) fn child(&self, node: usize, key: &str) -> Option<usize> {
        let children = &self.nodes.get(node)?.children;
        children.iter().find(|(name, _)| **name == *key).map(|(_, child)| *child)
    }

    /// Whether some path goes on from `node`.
    pub(crate) fn goes_on(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| !node.children.is_empty())
    }

    /// The slot of the path that ends at `node`, if one does.
    pub(crate) fn slot(&self, node: usize) -> Option<Slot> {
        let index = self.nodes.get(node)?.slot?;
        Some(Slot { index, inside: *self.inside.get(index)? })
    }

    /// Adds the paths of another tree, and looks inside where it does.
    pub(crate) fn add_all(&mut self, other: &Self) {
        for (path, inside) in other.slots() {
            self.add(path, inside);
        }
    }

    /// The paths, in the order of their slots, and whether some rule looks inside.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (&ArgPath, bool)> {
        self.paths.iter().zip(self.inside.iter().copied())
    }

    /// The paths, in the order of their slots.
    pub(crate) fn paths(&self) -> &[ArgPath] {
        &self.paths
    }
}

impl fmt::Display for ArgPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Serialize for ArgPath {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.text)
    }
}

impl PathError {
    /// What is wrong, as the end of a sentence that starts with the path.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::NoArgs => "does not start with `args.`".to_string(),
            Self::EmptyKey => "has an empty key".to_string(),
            Self::TooDeep => alloc::format!("has more than {MAX_KEYS} keys"),
        }
    }
}
