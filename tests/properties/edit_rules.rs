//! What must hold of each edit of each text.
//!
//! The fuzz targets include this file, so that both ask the same.

use std::ops::Range;

use gatewright_core::diagnostic::{Code, Edit, apply};
use gatewright_core::pointer::Pointer;
use gatewright_core::source::{EditError, EditProblem, Node, Source, Value};

/// A change of a document.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Set { place: Pointer, json: String },
    InsertItem { list: Pointer, index: usize, json: String },
    InsertMember { object: Pointer, index: usize, key: String, json: String },
    Remove { place: Pointer },
    Rename { place: Pointer, key: String },
}

/// A change before it is known of which document: numbers are counted around.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) kind: u8,
    /// Which of the document's values.
    pub(crate) which: usize,
    /// What leads on from there.
    pub(crate) tokens: Vec<String>,
    pub(crate) index: usize,
    pub(crate) key: String,
    pub(crate) json: String,
}

impl Wish {
    pub(crate) fn of(&self, source: &Source) -> Operation {
        let mut places = Vec::new();
        collect(source.root(), &Pointer::root(), &mut places);
        let which = self.which % places.len();
        let (at, node) = places.into_iter().nth(which).unwrap_or((Pointer::root(), source.root()));
        let place = self.tokens.iter().fold(at.clone(), |place, token| place.key(token));
        let length = match &node.value {
            Value::List(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        // One position in many is one too far.
        let index = self.index % (length + 2);
        let (key, json) = (self.key.clone(), self.json.clone());
        match (self.kind % 8, &node.value) {
            (0 | 1, Value::List(_)) => Operation::InsertItem { list: at, index, json },
            (0 | 1, _) => Operation::InsertMember { object: at, index, key, json },
            (2, _) => Operation::Remove { place: at },
            (3, _) => Operation::Rename { place: at, key },
            (4, _) => Operation::Set { place: at, json },
            (5, _) => Operation::Remove { place },
            (6, _) => Operation::Rename { place, key },
            _ => Operation::Set { place, json },
        }
    }
}

/// Each value of a document and its place.
pub(crate) fn collect<'s>(node: &'s Node, place: &Pointer, places: &mut Vec<(Pointer, &'s Node)>) {
    places.push((place.clone(), node));
    match &node.value {
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &place.index(index), places);
            }
        }
        Value::Object(members) => {
            for member in members {
                collect(&member.node, &place.key(&member.key), places);
            }
        }
        _ => {}
    }
}

impl Operation {
    fn edits(&self, source: &Source) -> Result<Vec<Edit>, EditError> {
        match self {
            Self::Set { place, json } => source.set(place, json),
            Self::InsertItem { list, index, json } => source.insert_item(list, *index, json),
            Self::InsertMember { object, index, key, json } => {
                source.insert_member(object, *index, key, json)
            }
            Self::Remove { place } => source.remove(place),
            Self::Rename { place, key } => source.rename(place, key),
        }
    }
}

/// Makes a change, and sees that it is the one that was asked for and no other.
pub(crate) fn holds(text: &str, operation: &Operation) {
    let source = Source::new(text);
    let is_broken = source.diagnostics().iter().any(|found| found.code != Code::DuplicateKey);
    let edits = match operation.edits(&source) {
        Ok(edits) => edits,
        Err(error) => return is_said_well(&error, is_broken),
    };
    assert!(!is_broken, "a broken document is left alone");
    let edited = apply(text, &edits);
    assert!(edited.is_some(), "{edits:?} do not fit");
    let edited = Source::new(&edited.unwrap_or_default());
    let codes = |source: &Source| -> Vec<Code> {
        source
            .diagnostics()
            .iter()
            .map(|found| found.code)
            .filter(|code| *code != Code::DuplicateKey)
            .collect()
    };
    assert_eq!(codes(&edited), [], "{text:?} became {:?}", edited.text());
    assert!(edited.diagnostics().len() <= source.diagnostics().len(), "{:?}", edited.text());

    let mut expected = Tree::of(source.root());
    assert!(expected.change(operation).is_some(), "{operation:?} should be refused");
    assert_eq!(Tree::of(edited.root()), expected, "{text:?} became {:?}", edited.text());

    let apart = edits.windows(2).all(|pair| matches!(pair, [one, other] if one.end < other.start));
    assert!(apart, "{edits:?}");
    let made = made_by(operation, &source);
    is_small(&source, operation, &edits, made.is_some());
    comments_stay(&source, &edited, operation, &edits);
    if let Some(made) = made {
        comes_back(text, &edited, &made);
    }
}

fn is_said_well(error: &EditError, is_broken: bool) {
    let said = error.to_string();
    assert!(!said.is_empty() && !said.contains('\n') && !said.ends_with('.'), "{said}");
    let is_syntax = matches!(error.problem, EditProblem::Syntax(_));
    let is_about_the_value = matches!(error.problem, EditProblem::BadValue(_) | EditProblem::TooDeep(_));
    assert!(is_about_the_value || is_syntax == is_broken, "{said}");
}

/// What is removed right after it was inserted leaves no trace.
fn comes_back(text: &str, edited: &Source, made: &Pointer) {
    let edits = edited.remove(made);
    assert!(edits.is_ok(), "{made} is there in {:?}", edited.text());
    let back = apply(edited.text(), &edits.unwrap_or_default());
    assert_eq!(back.as_deref(), Some(text), "by way of {:?}", edited.text());
}

/// A value that is set to what it says is left alone.
pub(crate) fn stays_as_it_is(text: &str) {
    let source = Source::new(text);
    let mut places = Vec::new();
    collect(source.root(), &Pointer::root(), &mut places);
    for (place, node) in places {
        match source.set(&place, text.get(node.range.clone()).unwrap_or_default()) {
            Ok(edits) => assert_eq!(edits, [], "{place} in {text:?}"),
            Err(error) => assert!(!source.diagnostics().is_empty(), "{error} in {text:?}"),
        }
    }
}

/// Insertions take nothing away, removals add nothing, and all else replaces the one thing that it is about.
fn is_small(source: &Source, operation: &Operation, edits: &[Edit], is_made: bool) {
    let old = match operation {
        _ if is_made => {
            assert!(edits.len() <= 2 && edits.iter().all(|edit| edit.start == edit.end), "{edits:?}");
            return;
        }
        Operation::Remove { place } => {
            assert!(edits.iter().all(|edit| edit.text.is_empty()), "{edits:?}");
            return takes_only_what_belongs(source, place, edits);
        }
        Operation::Rename { place, .. } => item(source, place).start..item_key_end(source, place),
        Operation::Set { place, .. } => source.find(place).map(|node| node.range.clone()).unwrap_or_default(),
        _ => unreachable!("an insertion makes something"),
    };
    let replaced: Vec<Range<usize>> = edits.iter().map(|edit| edit.start..edit.end).collect();
    assert!(replaced.is_empty() || replaced == [old], "{edits:?}");
}

/// Beside the item and comments goes only white space, and a comma where there are several items.
fn takes_only_what_belongs(source: &Source, place: &Pointer, edits: &[Edit]) {
    let item = item(source, place);
    let comments = comments(source.text());
    let mut commas = 0;
    for edit in edits {
        let bytes = source.text().bytes().enumerate().take(edit.end).skip(edit.start);
        for (at, byte) in bytes {
            if item.contains(&at) || comments.iter().any(|comment| comment.contains(&at)) {
                continue;
            }
            commas += usize::from(byte == b',');
            assert!(byte == b',' || byte.is_ascii_whitespace(), "{:?} in {edits:?}", char::from(byte));
        }
    }
    let siblings = match source.find(&parent(place)).map(|node| &node.value) {
        Some(Value::List(items)) => items.len(),
        Some(Value::Object(members)) => members.len(),
        _ => 0,
    };
    assert_eq!(commas, usize::from(siblings > 1), "{edits:?}");
}

/// Comments stay, save those inside what is replaced or removed, and those after what is removed on its line.
fn comments_stay(source: &Source, edited: &Source, operation: &Operation, edits: &[Edit]) {
    let after = comments(edited.text());
    for comment in comments(source.text()) {
        let touching = edits.iter().find(|edit| edit.start < comment.end && comment.start < edit.end);
        if let Some(edit) = touching {
            assert!(edit.start <= comment.start && comment.end <= edit.end, "a comment is cut: {edits:?}");
            assert!(goes_with(operation, source, &comment), "a comment is removed: {edits:?}");
            continue;
        }
        let earlier = edits.iter().filter(|edit| edit.end <= comment.start);
        let (added, removed) = earlier.fold((0, 0), |(added, removed), edit| {
            (added + edit.text.len(), removed + edit.end - edit.start)
        });
        let moved = comment.start + added - removed..comment.end + added - removed;
        assert!(after.contains(&moved), "a comment is lost in {:?}", edited.text());
    }
}

/// Whether a comment is inside what is replaced or removed, or after what is removed on its line.
fn goes_with(operation: &Operation, source: &Source, comment: &Range<usize>) -> bool {
    let (Operation::Remove { place } | Operation::Set { place, .. }) = operation else { return false };
    let item = item(source, place);
    let between = source.text().get(item.end..comment.start);
    let is_after = between.is_some_and(|between| !without_comments(between).contains('\n'));
    let is_removal = matches!(operation, Operation::Remove { .. });
    item.start <= comment.start && comment.end <= item.end || is_removal && is_after
}

/// The bytes of each comment, without the end of its line.
pub(crate) fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = if rest.starts_with("//") {
            rest.lines().next().map_or(rest.len(), str::len)
        } else if rest.starts_with("/*") {
            rest.match_indices("*/").map(|(end, _)| end + 2).find(|end| *end > 3).unwrap_or(rest.len())
        } else {
            at += token_length(rest);
            continue;
        };
        found.push(at..at + length);
        at += length;
    }
    found
}

/// A string as a whole, anything else by characters.
fn token_length(rest: &str) -> usize {
    if !rest.starts_with('"') {
        return rest.chars().next().map_or(0, char::len_utf8);
    }
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

fn without_comments(text: &str) -> String {
    let mut kept = text.to_string();
    for comment in comments(text).into_iter().rev() {
        kept.replace_range(comment, "");
    }
    kept
}

fn parent(place: &Pointer) -> Pointer {
    let tokens: Vec<_> = place.tokens().collect();
    tokens.iter().rev().skip(1).rev().fold(Pointer::root(), |place, token| place.key(token))
}

/// The bytes of a value, from its key on.
fn item(source: &Source, place: &Pointer) -> Range<usize> {
    let Some(node) = source.find(place) else { return 0..0 };
    let range = node.range.clone();
    if place.as_str().is_empty() {
        return range;
    }
    match source.find(&parent(place)).map(|node| &node.value) {
        Some(Value::Object(members)) => {
            let member = members.iter().find(|member| member.node.range == range);
            member.map_or(range.clone(), |member| member.key_range.start..range.end)
        }
        _ => range,
    }
}

fn item_key_end(source: &Source, place: &Pointer) -> usize {
    let item = item(source, place);
    item.start + source.text().get(item).map_or(0, token_length)
}

/// What a document says, wherever it stands.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Scalar(Value),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn of(node: &Node) -> Self {
        match &node.value {
            Value::List(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => Self::Object(
                members.iter().map(|member| (member.key.clone(), Self::of(&member.node))).collect(),
            ),
            other => Self::Scalar(other.clone()),
        }
    }

    fn read(json: &str) -> Self {
        Self::of(Source::new(json).root())
    }

    /// Makes the change; none where there is no such change.
    fn change(&mut self, operation: &Operation) -> Option<()> {
        match operation {
            Operation::Set { place, json } => {
                let tokens: Vec<String> = place.tokens().map(String::from).collect();
                self.set(&tokens, Self::read(json))?;
            }
            Operation::InsertItem { list, index, json } => {
                let Self::List(items) = self.at(list)? else { return None };
                items.insert(*index, Self::read(json));
            }
            Operation::InsertMember { object, index, key, json } => {
                let Self::Object(members) = self.at(object)? else { return None };
                members.insert(*index, (key.clone(), Self::read(json)));
            }
            Operation::Remove { place } => match self.at(&parent(place))? {
                Self::List(items) => drop(items.remove(last(place).parse().ok()?)),
                Self::Object(members) => members.retain(|(key, _)| *key != last(place)),
                Self::Scalar(_) => return None,
            },
            Operation::Rename { place, key } => {
                let Self::Object(members) = self.at(&parent(place))? else { return None };
                members.iter_mut().find(|(old, _)| *old == last(place))?.0.clone_from(key);
            }
        }
        Some(())
    }

    fn at(&mut self, place: &Pointer) -> Option<&mut Self> {
        place.tokens().try_fold(self, |tree, token| tree.child(&token))
    }

    fn child(&mut self, token: &str) -> Option<&mut Self> {
        match self {
            Self::List(items) => items.get_mut(token.parse::<usize>().ok()?),
            Self::Object(members) => members.iter_mut().find(|(key, _)| key == token).map(|(_, tree)| tree),
            Self::Scalar(_) => None,
        }
    }

    fn set(&mut self, tokens: &[String], value: Self) -> Option<()> {
        let Some((first, rest)) = tokens.split_first() else {
            *self = value;
            return Some(());
        };
        if let Some(child) = self.child(first) {
            return child.set(rest, value);
        }
        let made = |value, key: &String| Self::Object(vec![(key.clone(), value)]);
        let made = rest.iter().rev().fold(value, made);
        match self {
            Self::List(items) => items.push(made),
            Self::Object(members) => members.push((first.clone(), made)),
            Self::Scalar(_) => return None,
        }
        Some(())
    }
}

/// Where something new stands after a change.
fn made_by(operation: &Operation, source: &Source) -> Option<Pointer> {
    match operation {
        Operation::InsertItem { list, index, .. } => Some(list.index(*index)),
        Operation::InsertMember { object, key, .. } => Some(object.key(key)),
        Operation::Set { place, .. } => {
            let mut there = Pointer::root();
            for token in place.tokens() {
                let next = match source.find(&there).map(|node| &node.value) {
                    Some(Value::List(items)) if token == "-" => there.index(items.len()),
                    _ => there.key(&token),
                };
                if source.find(&next).is_none() {
                    return Some(next);
                }
                there = next;
            }
            None
        }
        _ => None,
    }
}

fn last(place: &Pointer) -> String {
    place.tokens().last().map(String::from).unwrap_or_default()
}
