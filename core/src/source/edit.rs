//! The smallest text edit back: a change of the tree as edits that leave every other byte alone.
//!
//! A document belongs to the people who wrote it, so comments, odd spacing and line ends stay
//! as they are, and what is added is written as its neighbours are. What goes with a removed
//! value is its comma, the comments after it on its line, and the line where nothing else stands
//! on it; comments before it stay. Removing what was just inserted gives back the same bytes.
//!
//! A text with a syntax error is not edited, for what stands where in it is a guess, and of
//! equal keys none is chosen.
//!
//! This module writes only JSON text that it is given: see `policy` for what it should say.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::{Node, Source, Value, list_index};
use crate::bounds::Bounds;
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::legible::legible;
use crate::pointer::Pointer;
use container::Container;
use manners::{Manners, indented};

mod container;
mod gap;
mod insert;
mod manners;
mod remove;
mod swap;

/// Why a document is not edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    /// The place that stands in the way.
    pub pointer: Pointer,
    /// What is in the way there.
    pub problem: EditProblem,
}

/// What can be in the way of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditProblem {
    /// The document is not JSON. This is the first of its errors.
    Syntax(Box<Diagnostic>),
    /// The new value is not JSON, or has the same key twice. This is the first of its errors.
    BadValue(Box<Diagnostic>),
    /// Nothing stands at the place.
    Missing,
    /// A value of another type stands at the place.
    WrongType {
        /// What stands there.
        found: &'static str,
        /// What could be edited.
        wanted: &'static str,
    },
    /// The key is there more than once.
    EqualKeys,
    /// The key is there already.
    KeyTaken,
    /// The list or object has fewer values than that.
    NoPosition {
        /// What was asked for, from 0.
        index: usize,
        /// How many values there are.
        length: usize,
    },
    /// The place is the whole document, which has neither key nor neighbours.
    WholeDocument,
    /// The place is an item of a list, which has no key.
    NoKey,
    /// The document would be longer than [`Bounds::document_bytes`](crate::bounds::Bounds::document_bytes).
    TooLarge(usize),
    /// The document would be nested deeper than [`Bounds::depth`](crate::bounds::Bounds::depth).
    TooDeep(usize),
}

impl fmt::Display for EditError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.as_str().is_empty() {
            write!(out, "{}: ", legible(self.pointer.as_str()))?;
        }
        let first = |found: &Diagnostic| {
            alloc::format!(
                "line {}, column {}: {}",
                found.location.line,
                found.location.column,
                found.message
            )
        };
        match &self.problem {
            EditProblem::Syntax(found) => {
                write!(out, "the document cannot be edited before it is repaired: {}", first(found))
            }
            EditProblem::BadValue(found) => write!(out, "the new value is not accepted: {}", first(found)),
            EditProblem::Missing => out.write_str("nothing stands here"),
            EditProblem::WrongType { found, wanted } => {
                write!(out, "found {found} where {wanted} should be")
            }
            EditProblem::EqualKeys => out.write_str("the key is here more than once"),
            EditProblem::KeyTaken => out.write_str("the key is here already"),
            EditProblem::NoPosition { index, length } => {
                write!(out, "position {index} is beyond the end, which is {length}")
            }
            EditProblem::WholeDocument => {
                out.write_str("the whole document can be set, but not removed or renamed")
            }
            EditProblem::NoKey => out.write_str("an item of a list has no key"),
            EditProblem::TooLarge(most) => {
                write!(out, "the document would be longer than the {most} bytes that are read")
            }
            EditProblem::TooDeep(most) => {
                write!(out, "lists and objects would be nested deeper than {most}")
            }
        }
    }
}

/// How far a pointer leads.
struct Found<'s> {
    /// The last value on the way that is there.
    node: &'s Node,
    /// What it is an item of, and its number there; none where it is the whole document.
    parent: Option<(&'s Node, usize)>,
    /// Where that value stands.
    place: Pointer,
    /// What leads on from it to nothing.
    missing: Vec<String>,
}

impl Source {
    /// Makes some JSON text the value at a place.
    ///
    /// A place that is missing is made: at the end of its object, or of its list where the pointer names
    /// the item after the last, by its number or by `-`. What leads there is made as objects, never as
    /// lists, for a tool may well be called `-` or `0`. A value that says the same already is left as it
    /// is written, and there are no edits.
    ///
    /// The text may have many lines; they are indented as the document is.
    ///
    /// ```
    /// use gatewright_core::diagnostic::apply;
    /// use gatewright_core::pointer::Pointer;
    /// use gatewright_core::source::Source;
    /// let source = Source::new("{\n  \"default\": \"deny\" // for now\n}");
    /// let edits = source.set(&Pointer::root().key("tools").key("ls"), "{}").unwrap();
    /// let text = apply(source.text(), &edits).unwrap();
    /// assert_eq!(text, r#"{
    ///   "default": "deny", // for now
    ///   "tools": {
    ///     "ls": {}
    ///   }
    /// }"#);
    /// ```
    pub fn set(&self, place: &Pointer, json: &str) -> Result<Vec<Edit>, EditError> {
        let value = NewValue::new(place, json, &self.bounds)?;
        let found = self.follow(place)?;
        let Some((first, rest)) = found.missing.split_first() else {
            return self.replace(found.node, &value, place);
        };
        let missing = || error(found.place.key(first), EditProblem::Missing);
        let index = match &found.node.value {
            Value::Object(members) => members.len(),
            Value::List(items) if first == "-" || list_index(first) == Some(items.len()) => items.len(),
            Value::List(_) => return Err(missing()),
            other => return Err(wrong_type(&found.place, other, "an object or a list")),
        };
        let key = matches!(found.node.value, Value::Object(_)).then_some(first.as_str());
        self.insert(&found, index, key, rest, &value)
    }

    /// Inserts some JSON text into the list at a place, as the item with the given number, from 0.
    pub fn insert_item(&self, list: &Pointer, index: usize, json: &str) -> Result<Vec<Edit>, EditError> {
        let value = NewValue::new(&list.index(index), json, &self.bounds)?;
        let found = self.follow_all(list)?;
        match &found.node.value {
            Value::List(items) => has_position(index, items.len(), list)?,
            other => return Err(wrong_type(list, other, "a list")),
        }
        self.insert(&found, index, None, &[], &value)
    }

    /// Inserts a member into the object at a place, as the one with the given number, from 0.
    ///
    /// To have it at the end, [`set`](Self::set) is enough.
    pub fn insert_member(
        &self,
        object: &Pointer,
        index: usize,
        key: &str,
        json: &str,
    ) -> Result<Vec<Edit>, EditError> {
        let value = NewValue::new(&object.key(key), json, &self.bounds)?;
        let found = self.follow_all(object)?;
        match &found.node.value {
            Value::Object(members) => {
                has_position(index, members.len(), object)?;
                if members.iter().any(|member| member.key == key) {
                    return Err(error(object.key(key), EditProblem::KeyTaken));
                }
            }
            other => return Err(wrong_type(object, other, "an object")),
        }
        self.insert(&found, index, Some(key), &[], &value)
    }

    /// Removes a member of an object or an item of a list.
    pub fn remove(&self, place: &Pointer) -> Result<Vec<Edit>, EditError> {
        let found = self.follow_all(place)?;
        let (parent, index) = found.parent.ok_or_else(|| error(place.clone(), EditProblem::WholeDocument))?;
        let container = Container::new(&self.text, parent);
        self.finish(place, remove::edits(&container, index))
    }

    /// Inserts several members at the end of the object at a place, each a key and its JSON text.
    pub fn append_members(
        &self,
        object: &Pointer,
        members: &[(String, String)],
    ) -> Result<Vec<Edit>, EditError> {
        let found = self.follow_all(object)?;
        let Value::Object(there) = &found.node.value else {
            return Err(wrong_type(object, &found.node.value, "an object"));
        };
        if let Some((key, _)) = members.iter().find(|(key, _)| there.iter().any(|member| member.key == *key))
        {
            return Err(error(object.key(key), EditProblem::KeyTaken));
        }
        let new = members.iter().map(|(key, json)| (Some(key.as_str()), json.as_str()));
        self.append(&found, there.len(), new)
    }

    /// Inserts several JSON texts at the end of the list at a place.
    pub fn append_items(&self, list: &Pointer, items: &[String]) -> Result<Vec<Edit>, EditError> {
        let found = self.follow_all(list)?;
        let Value::List(there) = &found.node.value else {
            return Err(wrong_type(list, &found.node.value, "a list"));
        };
        self.append(&found, there.len(), items.iter().map(|json| (None, json.as_str())))
    }

    /// Removes several members or items of what stands at a place, by their numbers from 0.
    pub fn remove_several(&self, place: &Pointer, numbers: &[usize]) -> Result<Vec<Edit>, EditError> {
        let found = self.follow_all(place)?;
        if !matches!(found.node.value, Value::List(_) | Value::Object(_)) {
            return Err(wrong_type(place, &found.node.value, "an object or a list"));
        }
        let container = Container::new(&self.text, found.node);
        let beyond = numbers.iter().find(|number| **number >= container.len());
        if let Some(number) = beyond {
            return Err(error(place.index(*number), EditProblem::Missing));
        }
        self.finish(place, remove::several(&container, numbers))
    }

    /// Edits that were made for one text as one list. They must not overlap.
    pub(crate) fn together(&self, edits: Vec<Edit>) -> Result<Vec<Edit>, EditError> {
        self.finish(&Pointer::root(), edits)
    }

    /// Gives a member of an object another key, and leaves it where it is.
    pub fn rename(&self, place: &Pointer, key: &str) -> Result<Vec<Edit>, EditError> {
        let found = self.follow_all(place)?;
        let (parent, index) = found.parent.ok_or_else(|| error(place.clone(), EditProblem::WholeDocument))?;
        let Value::Object(members) = &parent.value else {
            return Err(error(place.clone(), EditProblem::NoKey));
        };
        let Some(member) = members.get(index).filter(|member| member.key != key) else {
            return Ok(Vec::new());
        };
        if members.iter().any(|member| member.key == key) {
            return Err(error(place.clone(), EditProblem::KeyTaken));
        }
        self.finish(place, Vec::from([replacement(&member.key_range, quoted(key))]))
    }

    /// Exchanges an item of the list at a place, by its number from 0, with the one after it.
    ///
    /// Each takes along the comments just above it and those behind it on its line.
    ///
    /// ```
    /// use gatewright_core::diagnostic::apply;
    /// use gatewright_core::pointer::Pointer;
    /// use gatewright_core::source::Source;
    /// let source = Source::new("[\n  1, // one\n  // more:\n  2\n]");
    /// let text = apply(source.text(), &source.swap_items(&Pointer::root(), 0).unwrap()).unwrap();
    /// assert_eq!(text, "[\n  // more:\n  2,\n  1 // one\n]");
    /// ```
    pub fn swap_items(&self, list: &Pointer, first: usize) -> Result<Vec<Edit>, EditError> {
        let found = self.follow_all(list)?;
        let Value::List(items) = &found.node.value else {
            return Err(wrong_type(list, &found.node.value, "a list"));
        };
        if first.saturating_add(1) >= items.len() {
            return Err(error(list.index(first.saturating_add(1)), EditProblem::Missing));
        }
        let container = Container::new(&self.text, found.node);
        self.finish(list, swap::edits(&container, first, &Manners::of(self)))
    }

    fn replace(&self, node: &Node, value: &NewValue, place: &Pointer) -> Result<Vec<Edit>, EditError> {
        if says_the_same(&node.value, &value.source.root.value) {
            return Ok(Vec::new());
        }
        let manners = Manners::of(self);
        let text = indented(&manners.fitted(value.text()), gap::indent_at(&self.text, node.range.start));
        self.finish(place, Vec::from([replacement(&node.range, text)]))
    }

    /// Puts a new value into a list or an object; `rest` are the keys of objects made around it.
    fn insert(
        &self,
        found: &Found<'_>,
        index: usize,
        key: Option<&str>,
        rest: &[String],
        value: &NewValue,
    ) -> Result<Vec<Edit>, EditError> {
        let container = Container::new(&self.text, found.node);
        let manners = Manners::of(self).in_container(&self.text, found.node);
        let is_scalar = rest.is_empty() && value.height == 0;
        let spread = self.is_spread(found) && (key.is_some() || !is_scalar);
        let slot = insert::slot(&container, index, &manners, spread);
        let text = manners.nested(rest, manners.fitted(value.text()), slot.is_own_line);
        let text = indented(&text, &slot.indent);
        let item = match key {
            Some(key) => manners.member(key, &text),
            None => text,
        };
        let place = key.map_or_else(|| found.place.index(index), |key| found.place.key(key));
        self.finish(&place, slot.edits(&item))
    }

    /// Puts values, members where they have keys, behind the last of `count`.
    fn append<'v>(
        &self,
        found: &Found<'_>,
        count: usize,
        new: impl Iterator<Item = (Option<&'v str>, &'v str)>,
    ) -> Result<Vec<Edit>, EditError> {
        let container = Container::new(&self.text, found.node);
        let manners = Manners::of(self).in_container(&self.text, found.node);
        let mut values = Vec::new();
        for (index, (key, json)) in new.enumerate() {
            let place = key.map_or_else(|| found.place.index(count + index), |key| found.place.key(key));
            values.push((key, NewValue::new(&place, json, &self.bounds)?));
        }
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let is_scalar = values.iter().all(|(key, value)| key.is_none() && value.height == 0);
        let slot = insert::slot(&container, count, &manners, self.is_spread(found) && !is_scalar);
        let texts = values.iter().map(|(key, value)| {
            let text = indented(&manners.fitted(value.text()), &slot.indent);
            key.map_or_else(|| text.clone(), |key| manners.member(key, &text))
        });
        let text = texts.collect::<Vec<_>>().join(&slot.between(&manners));
        self.finish(&found.place, slot.edits(&text))
    }

    /// Whether the list or object there stands on a line of its own: an empty one is then filled over several.
    fn is_spread(&self, found: &Found<'_>) -> bool {
        let Some((parent, index)) = found.parent else { return true };
        let start = Container::new(&self.text, parent).item(index).start;
        gap::line_before(&self.text, start).is_some()
    }

    /// Goes as far as the pointer leads.
    fn follow<'s>(&'s self, pointer: &Pointer) -> Result<Found<'s>, EditError> {
        let broken = self.diagnostics.iter().find(|found| found.code != Code::DuplicateKey);
        if let Some(broken) = broken {
            return Err(error(Pointer::root(), EditProblem::Syntax(Box::new(broken.clone()))));
        }
        let mut found = Found { node: &self.root, parent: None, place: Pointer::root(), missing: Vec::new() };
        for token in pointer.tokens() {
            let is_there = found.missing.is_empty();
            let next = if is_there { child(found.node, &token, &found.place)? } else { None };
            if let Some((index, node)) = next {
                found.place = found.place.key(&token);
                found.parent = Some((found.node, index));
                found.node = node;
            } else {
                found.missing.push(token.into_owned());
            }
        }
        Ok(found)
    }

    /// Goes all the way.
    fn follow_all<'s>(&'s self, pointer: &Pointer) -> Result<Found<'s>, EditError> {
        let found = self.follow(pointer)?;
        match found.missing.first() {
            Some(token) => Err(error(found.place.key(token), EditProblem::Missing)),
            None => Ok(found),
        }
    }

    /// The edits in the order of the text, those that touch made one.
    fn finish(&self, place: &Pointer, mut edits: Vec<Edit>) -> Result<Vec<Edit>, EditError> {
        edits.retain(|edit| edit.start < edit.end || !edit.text.is_empty());
        edits.sort_by_key(|edit| edit.start);
        let mut joined: Vec<Edit> = Vec::new();
        for edit in edits {
            match joined.last_mut().filter(|last| last.end == edit.start) {
                Some(last) => {
                    last.end = edit.end;
                    last.text.push_str(&edit.text);
                }
                None => joined.push(edit),
            }
        }
        let added: usize = joined.iter().map(|edit| edit.text.len()).sum();
        let removed: usize = joined.iter().map(|edit| edit.end - edit.start).sum();
        if (self.text.len() + added).saturating_sub(removed) > self.bounds.document_bytes {
            return Err(error(place.clone(), EditProblem::TooLarge(self.bounds.document_bytes)));
        }
        Ok(joined)
    }
}

/// JSON text that is to stand in a document.
struct NewValue {
    source: Source,
    /// How many lists and objects are in one another.
    height: usize,
}

impl NewValue {
    fn new(place: &Pointer, json: &str, bounds: &Bounds) -> Result<Self, EditError> {
        let source = Source::within(json, bounds);
        if let Some(found) = source.diagnostics().first() {
            return Err(error(place.clone(), EditProblem::BadValue(Box::new(found.clone()))));
        }
        let height = height(&source.root);
        if place.tokens().count() + height > bounds.depth {
            return Err(error(place.clone(), EditProblem::TooDeep(bounds.depth)));
        }
        Ok(Self { source, height })
    }

    /// The value alone: what stands around it would not belong into the document.
    fn text(&self) -> &str {
        self.source.text.get(self.source.root.range.clone()).unwrap_or("")
    }
}

fn height(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Value::Object(members) => 1 + members.iter().map(|member| height(&member.node)).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether two values are the same wherever they stand. Numbers are compared as they are spelled.
fn says_the_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            let same = |(one, other): (&Node, &Node)| says_the_same(&one.value, &other.value);
            one.len() == other.len() && one.iter().zip(other).all(same)
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| {
                    one.key == other.key && says_the_same(&one.node.value, &other.node.value)
                })
        }
        _ => one == other,
    }
}

/// The value that a token leads to, and its number in the list or object.
fn child<'s>(node: &'s Node, token: &str, place: &Pointer) -> Result<Option<(usize, &'s Node)>, EditError> {
    match &node.value {
        Value::Object(members) => {
            let mut equal = members.iter().enumerate().filter(|(_, member)| member.key == token);
            let first = equal.next().map(|(index, member)| (index, &member.node));
            match equal.next() {
                Some(_) => Err(error(place.key(token), EditProblem::EqualKeys)),
                None => Ok(first),
            }
        }
        Value::List(items) => Ok(list_index(token).and_then(|index| Some((index, items.get(index)?)))),
        _ => Ok(None),
    }
}

fn has_position(index: usize, length: usize, place: &Pointer) -> Result<(), EditError> {
    if index > length {
        return Err(error(place.clone(), EditProblem::NoPosition { index, length }));
    }
    Ok(())
}

fn wrong_type(place: &Pointer, found: &Value, wanted: &'static str) -> EditError {
    error(place.clone(), EditProblem::WrongType { found: found.type_name(), wanted })
}

fn error(pointer: Pointer, problem: EditProblem) -> EditError {
    EditError { pointer, problem }
}

fn replacement(range: &Range<usize>, text: String) -> Edit {
    Edit { start: range.start, end: range.end, text }
}

/// A text as JSON spells it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
#[cfg(test)]
mod tests;
