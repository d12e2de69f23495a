//! The arguments of a call: as much of them as rules look at.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use smallvec::SmallVec;

use super::scanner::Scanner;
use super::{DEPTH_IN_MESSAGE, Malformed};
use crate::bounds::Bounds;
use crate::number::{Decimal, Number};
use crate::path::{PathTree, Slot};
use crate::value::{Argument, Value};

/// From this many members on, keys are compared in order.
const MANY: usize = 16;

/// Reads the text of an arguments object, and hands over what the paths of `tree` lead to, slot by slot.
///
/// A slot that is not handed over is missing. After an error, those that were handed over are worth nothing.
///
/// The text is checked as strictly as a message, so that it may come from elsewhere. What the text of a message is
/// held to, it is held to: its depth counts as if it stood in one.
///
/// - A key that leads to a slot may stand in its object once; so may one on the way there. It is compared as it
///   reads, not as it is spelled. Other keys may repeat: no rule looks at them, so it does not matter which one
///   counts.
/// - Case matters: `Amount` is another argument than `amount`, as it is where a call comes parsed.
/// - A key with half a pair of surrogates in it is none that a rule can name.
pub(crate) fn read_arguments<'m>(
    text: &'m str,
    tree: &PathTree,
    bounds: &Bounds,
    fill: &mut impl FnMut(usize, Argument<'m>),
) -> Result<(), Malformed> {
    let mut scanner = Scanner::new(text, DEPTH_IN_MESSAGE, bounds);
    scanner.space();
    if scanner.peek() == Some(b'{') {
        read_object(&mut scanner, tree, bounds, fill)?;
    } else {
        scanner.skip()?;
        return Err(Malformed::ArgumentsNotAnObject);
    }
    if scanner.at_end() { Ok(()) } else { Err(Malformed::TrailingBytes) }
}

/// The same where a message is being read: goes past the arguments object that begins here.
pub(super) fn read_object<'m>(
    scanner: &mut Scanner<'m>,
    tree: &PathTree,
    bounds: &Bounds,
    fill: &mut impl FnMut(usize, Argument<'m>),
) -> Result<(), Malformed> {
    if !tree.goes_on(PathTree::ROOT) {
        return scanner.skip();
    }
    Reader { scanner, tree, met: SmallVec::new(), values_left: bounds.judged_values, fill }
        .object(PathTree::ROOT)
}

struct Reader<'m, 't, F> {
    scanner: &'t mut Scanner<'m>,
    tree: &'t PathTree,
    /// A bit for each node of the tree: whether its key was met.
    met: SmallVec<[u64; 2]>,
    values_left: usize,
    fill: &'t mut F,
}

impl<'m, F: FnMut(usize, Argument<'m>)> Reader<'m, '_, F> {
    /// Reads the object at a node.
    fn object(&mut self, node: usize) -> Result<(), Malformed> {
        self.scanner.open(b'{')?;
        let mut first = true;
        while self.scanner.next_before(b'}', first)? {
            first = false;
            let key = self.scanner.key()?;
            if !key.escaped {
                self.member(node, key.raw)?;
            } else if let Ok(key) = key.read() {
                self.member(node, &key)?;
            } else {
                self.scanner.skip()?;
            }
        }
        Ok(())
    }

    fn member(&mut self, parent: usize, key: &str) -> Result<(), Malformed> {
        let Some(node) = self.tree.child(parent, key) else {
            return self.scanner.skip();
        };
        if !self.meet(node) {
            return Err(Malformed::DuplicateKey);
        }
        let slot = self.tree.slot(node);
        if self.scanner.peek() != Some(b'{') || !self.tree.goes_on(node) {
            return self.fill(slot);
        }
        // Rules look at the object, or at some that holds it, and at what is in it.
        if let Some(Slot { index, inside }) = slot {
            let place = self.scanner.place();
            let members = if inside { Some(self.members()?) } else { None };
            self.scanner.go_back(place);
            (self.fill)(index, Argument::Object(members));
        }
        self.object(node)
    }

    /// Notes that a node's key was met; false where it was met before.
    fn meet(&mut self, node: usize) -> bool {
        let (word, bit) = (node / 64, 1_u64 << (node % 64));
        while word >= self.met.len() {
            self.met.push(0);
        }
        let Some(word) = self.met.get_mut(word) else { return false };
        let fresh = *word & bit == 0;
        *word |= bit;
        fresh
    }

    fn fill(&mut self, slot: Option<Slot>) -> Result<(), Malformed> {
        let Some(Slot { index, inside }) = slot else { return self.scanner.skip() };
        let argument = match self.scanner.peek() {
            Some(b'"') => Argument::Text(self.scanner.string()?.read()?),
            Some(b'{') if inside => Argument::Object(Some(self.members()?)),
            Some(b'[') if inside => Argument::List(Some(self.items()?)),
            Some(first @ (b'{' | b'[')) => {
                self.scanner.skip()?;
                if first == b'{' { Argument::Object(None) } else { Argument::List(None) }
            }
            Some(b'-' | b'0'..=b'9') => {
                Argument::Number(Number::parse(self.scanner.number()?).ok_or(Malformed::Syntax)?)
            }
            _ => match self.word()? {
                Some(value) => Argument::Bool(value),
                None => Argument::Null,
            },
        };
        (self.fill)(index, argument);
        Ok(())
    }

    /// `true` or `false`, or `null`.
    fn word(&mut self) -> Result<Option<bool>, Malformed> {
        let (word, value) = match self.scanner.peek() {
            Some(b't') => ("true", Some(true)),
            Some(b'f') => ("false", Some(false)),
            _ => ("null", None),
        };
        self.scanner.word(word)?;
        Ok(value)
    }

    /// A value inside an argument that a rule looks into. It recurses as deep as the bounds allow.
    fn value(&mut self) -> Result<Value, Malformed> {
        self.values_left = self.values_left.checked_sub(1).ok_or(Malformed::TooManyValues)?;
        Ok(match self.scanner.peek() {
            Some(b'"') => Value::Text(self.scanner.string()?.read()?.into_owned()),
            Some(b'{') => Value::Object(self.members()?),
            Some(b'[') => Value::List(self.items()?),
            Some(b'-' | b'0'..=b'9') => {
                Value::Number(Decimal::parse(self.scanner.number()?).ok_or(Malformed::NumberTooLarge)?)
            }
            _ => self.word()?.map_or(Value::Null, Value::Bool),
        })
    }

    fn items(&mut self) -> Result<Vec<Value>, Malformed> {
        self.scanner.open(b'[')?;
        let mut items = Vec::new();
        while self.scanner.next_before(b']', items.is_empty())? {
            items.push(self.value()?);
        }
        Ok(items)
    }

    fn members(&mut self) -> Result<Vec<(String, Value)>, Malformed> {
        self.scanner.open(b'{')?;
        let mut members: Vec<(String, Value)> = Vec::new();
        while self.scanner.next_before(b'}', members.is_empty())? {
            let key = self.scanner.key()?.read().map(Cow::into_owned)?;
            members.push((key, self.value()?));
        }
        if differ(&members) { Ok(members) } else { Err(Malformed::DuplicateKey) }
    }
}

/// Whether no key is there twice.
fn differ(members: &[(String, Value)]) -> bool {
    if members.len() < MANY {
        let mut rest = members;
        while let Some(((key, _), others)) = rest.split_first() {
            if others.iter().any(|(other, _)| other == key) {
                return false;
            }
            rest = others;
        }
        return true;
    }
    let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.is_sorted_by(|one, next| one < next)
}
