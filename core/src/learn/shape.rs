//! What the arguments of a tool's calls look like: a tree of their keys, and what was seen at each.
//!
//! However many calls there are, and however many values, no more is kept of a key than a few values, a beginning and
//! two numbers. An object that has ever new keys is a map of somebody's: its keys are forgotten.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::bounds::Bounds;
use crate::message::{Found, Visitor, read_list};
use crate::number::Decimal;
use crate::value::{Type, Value};

/// An object with more keys than this, over all calls, is a map.
const MAX_KEYS: usize = 128;
/// So many keys are kept of a tool, in all objects.
const MAX_NODES: usize = 1_024;
/// Longer texts are no item of a set, and of their beginning no more is kept.
const MAX_TEXT: usize = 256;
/// Longer lists, as JSON, are no item of a set.
const MAX_LIST: usize = 256;
/// Longer numbers are neither an item of a set nor an end of a range.
const MAX_DIGITS: usize = 64;

/// The farthest from 1 that such a number may be, as a power of ten: whatever else reads the policy must read it too.
const MAX_PLACE: u64 = 300;

/// The types that an argument may be of, `null` aside.
pub(super) const TYPES: [Type; 5] = [Type::Bool, Type::Number, Type::Text, Type::List, Type::Object];

/// The keys of a tool's arguments.
#[derive(Default)]
pub(super) struct Shape {
    /// The first is the arguments object itself.
    nodes: Vec<Node>,
    /// How many kinds of calls were looked at.
    looked_at: u32,
    /// The most values that a set may have.
    set_size: usize,
}

/// A key.
#[derive(Default)]
pub(super) struct Node {
    pub(super) name: Box<str>,
    pub(super) children: Vec<usize>,
    pub(super) seen: Seen,
    /// Why no rule may name it, or what is below it.
    pub(super) trouble: Option<Trouble>,
    /// Calls with keys below it that no path can name.
    pub(super) unnameable: usize,
    /// The kind of call that such a key was met in last.
    unnameable_in: u32,
    /// Whether it has too many keys.
    pub(super) is_map: bool,
    /// The kind of call that it was met in last.
    met_in: u32,
}

/// Why no rule may name an argument.
#[derive(Clone, Copy)]
pub(super) struct Trouble {
    pub(super) why: Why,
    pub(super) calls: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Its value was not recorded.
    NotRecorded,
    /// It is there twice, or has half a character in it: a call in which a rule names it cannot be judged.
    Unjudgeable,
}

/// What was seen at a key.
#[derive(Default)]
pub(super) struct Seen {
    /// Calls that have it, with something other than `null`.
    pub(super) calls: usize,
    /// The first call that has it as `null`, and how many do.
    pub(super) null: Option<(usize, usize)>,
    /// The first call with each of [`TYPES`].
    pub(super) types: [Option<usize>; 5],
    /// Each value, where they are few.
    pub(super) values: Values,
    pub(super) text: Option<Beginning>,
    pub(super) numbers: Option<Numbers>,
    /// Whether there was a number too long, or too far from 1, to be written into a policy.
    pub(super) has_odd_number: bool,
}

/// Different values, as long as they are few.
#[derive(Default)]
pub(super) enum Values {
    #[default]
    None,
    Few(Vec<OneValue>),
    TooMany,
}

pub(super) struct OneValue {
    pub(super) value: Value,
    pub(super) calls: usize,
    pub(super) first: usize,
}

/// How texts begin.
pub(super) struct Beginning {
    /// What the first of them begins with.
    first: Box<str>,
    /// So many bytes of it all texts have in common.
    common: usize,
    pub(super) first_call: usize,
    /// The call whose text goes on differently after what is in common.
    pub(super) other_call: Option<usize>,
    /// Whether any has a part `..`.
    pub(super) climbs: bool,
}

pub(super) struct Numbers {
    pub(super) least: (Decimal, usize),
    pub(super) most: (Decimal, usize),
}

impl Beginning {
    /// What all texts begin with.
    pub(super) fn common(&self) -> &str {
        self.first.get(..self.common).unwrap_or_default()
    }

    /// What the first begins with.
    pub(super) fn first(&self) -> &str {
        &self.first
    }

    fn new(text: &str, call: usize) -> Self {
        let first = text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default();
        Self {
            first: first.into(),
            common: first.len(),
            first_call: call,
            other_call: None,
            climbs: climbs(text),
        }
    }

    fn add(&mut self, text: &str, call: usize) {
        let same = self.common().bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
        let same = self.first.floor_char_boundary(same);
        if same < self.common {
            self.common = same;
            self.other_call = Some(call);
        }
        self.climbs = self.climbs || climbs(text);
    }
}

/// Whether a path leaves a folder on its way.
fn climbs(text: &str) -> bool {
    text.contains("..") && text.split(['/', '\\']).any(|part| part == "..")
}

impl Seen {
    pub(super) fn has(&self, wanted: Type) -> bool {
        self.types.iter().zip(TYPES).any(|(first, one)| first.is_some() && one == wanted)
    }

    pub(super) fn has_only(&self, wanted: Type) -> bool {
        self.types.iter().zip(TYPES).all(|(first, one)| first.is_some() == (one == wanted))
    }

    fn add(&mut self, found: Found<'_>, call: usize, weight: usize, set_size: usize) {
        let (place, value) = match found {
            Found::Null => {
                let (_, calls) = self.null.get_or_insert((call, 0));
                *calls += weight;
                return;
            }
            Found::Bool(value) => (0, Some(Value::Bool(value))),
            Found::Number(text) => (1, self.number(text, call)),
            Found::Text(text) => {
                let text = text.as_deref().unwrap_or_default();
                match &mut self.text {
                    Some(beginning) => beginning.add(text, call),
                    None => self.text = Some(Beginning::new(text, call)),
                }
                let is_wanted = text.len() <= MAX_TEXT && !matches!(self.values, Values::TooMany);
                (2, is_wanted.then(|| Value::Text(text.to_string())))
            }
            Found::List(text) => {
                let is_wanted = text.len() <= MAX_LIST && !matches!(self.values, Values::TooMany);
                let items = if is_wanted { read_list(text, &Bounds::DEFAULT) } else { None };
                (3, items.map(Value::List))
            }
            Found::Object => (4, None),
        };
        self.calls += weight;
        if let Some(first) = self.types.get_mut(place) {
            first.get_or_insert(call);
        }
        self.values.add(value, call, weight, set_size);
    }

    fn number(&mut self, text: &str, call: usize) -> Option<Value> {
        let is_plain = |number: &Decimal| {
            text.len() <= MAX_DIGITS && number.number().place().unsigned_abs() <= MAX_PLACE
        };
        let Some(number) = Decimal::parse(text).filter(is_plain) else {
            self.has_odd_number = true;
            return None;
        };
        match &mut self.numbers {
            None => {
                self.numbers = Some(Numbers { least: (number.clone(), call), most: (number.clone(), call) });
            }
            Some(Numbers { least, most }) => {
                if number.number() < least.0.number() {
                    *least = (number.clone(), call);
                }
                if number.number() > most.0.number() {
                    *most = (number.clone(), call);
                }
            }
        }
        Some(Value::Number(number))
    }
}

impl Values {
    fn add(&mut self, value: Option<Value>, call: usize, weight: usize, most: usize) {
        let few = match self {
            Self::TooMany => return,
            Self::Few(few) => few,
            Self::None => {
                *self = Self::Few(Vec::new());
                return self.add(value, call, weight, most);
            }
        };
        let Some(value) = value else {
            *self = Self::TooMany;
            return;
        };
        if let Some(known) = few.iter_mut().find(|known| known.value == value) {
            known.calls += weight;
        } else if few.len() < most.max(1) {
            few.push(OneValue { value, calls: weight, first: call });
        } else {
            *self = Self::TooMany;
        }
    }

    pub(super) fn few(&self) -> &[OneValue] {
        match self {
            Self::Few(few) => few,
            _ => &[],
        }
    }
}

impl Shape {
    /// Nothing seen yet.
    pub(super) fn new(set_size: usize) -> Self {
        Self { nodes: Vec::from([Node::default()]), looked_at: 0, set_size }
    }

    pub(super) fn node(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number)
    }

    /// The next kind of call: `call` is the first of it, and `weight` so many there are.
    pub(super) fn look(&mut self, call: usize, weight: usize) -> Look<'_> {
        self.looked_at += 1;
        Look { shape: self, call, weight }
    }

    fn child(&mut self, parent: usize, name: &str) -> Option<usize> {
        let fresh = self.nodes.len();
        let node = self.nodes.get(parent).filter(|node| !node.is_map)?;
        let named = |child: &&usize| self.nodes.get(**child).is_some_and(|child| *child.name == *name);
        if let Some(child) = node.children.iter().find(named) {
            return Some(*child);
        }
        let node = self.nodes.get_mut(parent)?;
        if node.children.len() >= MAX_KEYS || fresh >= MAX_NODES {
            node.is_map = true;
            node.children = Vec::new();
            return None;
        }
        node.children.push(fresh);
        self.nodes.push(Node { name: name.into(), ..Node::default() });
        Some(fresh)
    }
}

/// A kind of call that is looked at.
pub(super) struct Look<'s> {
    shape: &'s mut Shape,
    call: usize,
    weight: usize,
}

impl Look<'_> {
    /// Tells that what a key holds was not recorded.
    pub(super) fn not_recorded(&mut self, name: &str) {
        if let Some(key) = self.key(0, Some(name)) {
            self.trouble(key, Why::NotRecorded);
        }
    }

    fn trouble(&mut self, key: usize, why: Why) {
        if let Some(node) = self.shape.nodes.get_mut(key) {
            node.trouble.get_or_insert(Trouble { why, calls: 0 }).calls += self.weight;
        }
    }
}

impl Visitor for Look<'_> {
    fn key(&mut self, parent: usize, name: Option<&str>) -> Option<usize> {
        let Some(name) = name.filter(|name| !name.is_empty() && !name.contains('.')) else {
            let looked_at = self.shape.looked_at;
            if let Some(node) = self.shape.nodes.get_mut(parent)
                && core::mem::replace(&mut node.unnameable_in, looked_at) != looked_at
            {
                node.unnameable += self.weight;
            }
            return None;
        };
        let child = self.shape.child(parent, name)?;
        let looked_at = self.shape.looked_at;
        let node = self.shape.nodes.get_mut(child)?;
        if core::mem::replace(&mut node.met_in, looked_at) == looked_at {
            self.trouble(child, Why::Unjudgeable);
            return None;
        }
        Some(child)
    }

    fn found(&mut self, key: usize, found: Found<'_>) {
        if matches!(found, Found::Text(None)) {
            return self.trouble(key, Why::Unjudgeable);
        }
        let (call, weight, set_size) = (self.call, self.weight, self.shape.set_size);
        if let Some(node) = self.shape.nodes.get_mut(key) {
            node.seen.add(found, call, weight, set_size);
        }
    }
}
