//! What a tool's JSON Schema says of one argument.
//!
//! Every keyword of JSON Schema only narrows what may be sent. Those that are not read here are taken to narrow
//! nothing, so that "never sent" is certain, and "may be sent" is not. References are followed within the schema only.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;

use serde_json::{Map, Value, json};

use crate::number::{Decimal, Number};
use crate::path::ArgPath;
use crate::value::{Allowance, Type, Value as Written};

/// The most steps that are made in one schema: one that refers to itself has no end.
const MOST_STEPS: u32 = 10_000;

/// How deep steps lead: each takes room on the stack.
const DEEPEST: u32 = 100;

/// The schema of a tool's arguments.
pub(super) struct Schema<'a> {
    root: &'a Value,
    steps: Cell<u32>,
    depth: Cell<u32>,
}

/// A step deeper, until it is dropped.
struct Deeper<'s>(&'s Cell<u32>);

impl Drop for Deeper<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// What may be sent as an argument.
pub(super) enum Sent<'a> {
    /// Nothing that is known of.
    Anything,
    /// What one of these schemas takes.
    Shapes(Vec<&'a Value>),
    /// Nothing: an object on the way has no such key.
    Never {
        /// The key.
        key: &'a str,
        /// The keys that the object has.
        known: Vec<&'a str>,
        /// Whether the schema excludes other keys, or only does not name them.
        closed: bool,
    },
}

/// A set of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    const ALL: Self = Self(0b11_1111);
    const NONE: Self = Self(0);

    const fn of(one: Type) -> Self {
        Self(match one {
            Type::Null => 1,
            Type::Bool => 2,
            Type::Number => 4,
            Type::Text => 8,
            Type::List => 16,
            Type::Object => 32,
        })
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn has(self, one: Type) -> bool {
        self.0 & Self::of(one).0 != 0
    }

    /// The set without null, which counts as missing.
    pub(super) const fn without_null(self) -> Self {
        Self(self.0 & !Self::of(Type::Null).0)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The types of the set.
    pub(super) fn each(self) -> impl Iterator<Item = Type> {
        let all = [Type::Text, Type::Number, Type::Bool, Type::List, Type::Object, Type::Null];
        all.into_iter().filter(move |one| self.has(*one))
    }
}

impl<'a> Schema<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root, steps: Cell::new(0), depth: Cell::new(0) }
    }

    /// Goes a step deeper; nothing where there are no steps left.
    fn step(&self) -> Option<Deeper<'_>> {
        self.steps.set(self.steps.get().saturating_add(1));
        if self.steps.get() >= MOST_STEPS || self.depth.get() >= DEEPEST {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        Some(Deeper(&self.depth))
    }

    /// What may be sent at a path.
    pub(super) fn at(&self, path: &'a ArgPath) -> Sent<'a> {
        let mut shapes = Vec::from([self.root]);
        for key in path.keys() {
            let mut next = Vec::new();
            let mut never = None;
            for shape in shapes {
                match self.property(shape, key) {
                    Sent::Anything => return Sent::Anything,
                    Sent::Shapes(found) => next.extend(found),
                    found @ Sent::Never { .. } => never = never.or(Some(found)),
                }
            }
            match never {
                Some(never) if next.is_empty() => return never,
                _ => shapes = next,
            }
        }
        Sent::Shapes(shapes)
    }

    /// What may be sent as one key of an object.
    fn property(&self, shape: &'a Value, key: &'a str) -> Sent<'a> {
        let Value::Object(fields) = shape else { return Sent::Anything };
        let Some(_deeper) = self.step() else { return Sent::Anything };
        if fields.contains_key("$ref") {
            return self.referred(fields).map_or(Sent::Anything, |shape| self.property(shape, key));
        }
        let properties = fields.get("properties").and_then(Value::as_object);
        if let Some(property) = properties.and_then(|properties| properties.get(key)) {
            return Sent::Shapes(Vec::from([property]));
        }
        let known =
            || -> Vec<&'a str> { properties.into_iter().flat_map(Map::keys).map(|key| &**key).collect() };
        if !self.types(shape).has(Type::Object) {
            return Sent::Never { key, known: Vec::new(), closed: true };
        }
        let patterns = fields.contains_key("patternProperties");
        if fields.get("additionalProperties") == Some(&Value::Bool(false)) && !patterns {
            return Sent::Never { key, known: known(), closed: true };
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(Value::Array(choices)) = fields.get(word) {
                return self.union(choices, key);
            }
        }
        if properties.is_none() || patterns || fields.contains_key("allOf") {
            return Sent::Anything;
        }
        match fields.get("additionalProperties") {
            None => Sent::Never { key, known: known(), closed: false },
            Some(_) => Sent::Anything,
        }
    }

    fn union(&self, choices: &'a [Value], key: &'a str) -> Sent<'a> {
        let mut shapes = Vec::new();
        let mut keys = Vec::new();
        let mut all_closed = true;
        for choice in choices {
            match self.property(choice, key) {
                Sent::Anything => return Sent::Anything,
                Sent::Shapes(found) => shapes.extend(found),
                Sent::Never { known, closed, .. } => {
                    keys.extend(known);
                    all_closed &= closed;
                }
            }
        }
        if shapes.is_empty() {
            Sent::Never { key, known: keys, closed: all_closed }
        } else {
            Sent::Shapes(shapes)
        }
    }

    /// What `$ref` refers to, within the schema.
    fn referred(&self, fields: &Map<String, Value>) -> Option<&'a Value> {
        self.root.pointer(fields.get("$ref")?.as_str()?.strip_prefix('#')?)
    }

    /// Whether a call without the argument, or with null in its place, is against the schema.
    pub(super) fn requires(&self, path: &ArgPath) -> bool {
        let keys: Vec<&str> = path.keys().collect();
        self.requires_in(self.root, &keys)
    }

    fn requires_in(&self, shape: &'a Value, keys: &[&str]) -> bool {
        let Some((key, rest)) = keys.split_first() else {
            return !self.types(shape).has(Type::Null);
        };
        let Value::Object(fields) = shape else { return false };
        let Some(_deeper) = self.step() else { return false };
        if fields.contains_key("$ref") {
            return self.referred(fields).is_some_and(|shape| self.requires_in(shape, keys));
        }
        // The arguments themselves are an object whatever the schema says of their type.
        let is_object = core::ptr::eq(shape, self.root) || self.types(shape) == Types::of(Type::Object);
        let named = fields.get("required").and_then(Value::as_array);
        let named = named.is_some_and(|names| names.iter().any(|name| name.as_str() == Some(key)));
        let property = fields.get("properties").and_then(|properties| properties.get(key));
        if is_object && named && property.is_some_and(|property| self.requires_in(property, rest)) {
            return true;
        }
        let choices = ["anyOf", "oneOf"].into_iter().find_map(|word| fields.get(word)?.as_array());
        let by_choice = choices.is_some_and(|choices| {
            !choices.is_empty() && choices.iter().all(|choice| self.requires_in(choice, keys))
        });
        let parts = fields.get("allOf").and_then(Value::as_array);
        by_choice || parts.is_some_and(|parts| parts.iter().any(|part| self.requires_in(part, keys)))
    }

    /// The types that a schema takes.
    pub(super) fn types(&self, shape: &'a Value) -> Types {
        let fields = match shape {
            Value::Object(fields) => fields,
            Value::Bool(false) => return Types::NONE,
            _ => return Types::ALL,
        };
        let Some(_deeper) = self.step() else { return Types::ALL };
        if fields.contains_key("$ref") {
            return self.referred(fields).map_or(Types::ALL, |shape| self.types(shape));
        }
        let mut types = Types::ALL;
        match fields.get("type") {
            Some(Value::String(name)) => types = types.and(named(name)),
            Some(Value::Array(names)) => {
                let names = names.iter().map(|name| name.as_str().map_or(Types::ALL, named));
                types = types.and(names.fold(Types::NONE, Types::or));
            }
            _ => {}
        }
        if let Some(values) = listed(fields) {
            let each = values.iter().map(|value| Types::of(written(value).value_type()));
            types = types.and(each.fold(Types::NONE, Types::or));
        }
        for choices in choices(fields) {
            let each = choices.iter().map(|choice| self.types(choice));
            types = types.and(each.fold(Types::NONE, Types::or));
        }
        if let Some(Value::Array(parts)) = fields.get("allOf") {
            types = parts.iter().fold(types, |types, part| types.and(self.types(part)));
        }
        types
    }

    /// The types that one of several schemas takes.
    pub(super) fn types_of(&self, shapes: &[&'a Value]) -> Types {
        shapes.iter().fold(Types::NONE, |types, shape| types.or(self.types(shape)))
    }

    /// Every value that one of several schemas takes, but null; nothing where they are not a few that are written out.
    pub(super) fn values(&self, shapes: &[&'a Value]) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        for shape in shapes {
            let found = self.values_of(shape)?;
            values.extend(found.into_iter().filter(|value| !value.is_null()));
        }
        Some(values)
    }

    fn values_of(&self, shape: &'a Value) -> Option<Vec<Value>> {
        let Value::Object(fields) = shape else { return None };
        let _deeper = self.step()?;
        if fields.contains_key("$ref") {
            return self.values_of(self.referred(fields)?);
        }
        if let Some(values) = listed(fields) {
            return Some(values.into_iter().cloned().collect());
        }
        match fields.get("type").and_then(Value::as_str) {
            Some("boolean") => return Some(Vec::from([Value::Bool(true), Value::Bool(false)])),
            Some("null") => return Some(Vec::new()),
            _ => {}
        }
        let choices = choices(fields).next()?;
        let mut values = Vec::new();
        for choice in choices {
            values.extend(self.values_of(choice)?);
        }
        Some(values)
    }

    /// Whether a value may be sent; false only where it surely is not.
    pub(super) fn takes(&self, shape: &'a Value, value: &Value) -> bool {
        let Value::Object(fields) = shape else { return *shape != Value::Bool(false) };
        let Some(_deeper) = self.step() else { return true };
        if fields.contains_key("$ref") {
            return self.referred(fields).is_none_or(|shape| self.takes(shape, value));
        }
        let written = written(value);
        let number = match &written {
            Written::Number(number) => Some(number),
            _ => None,
        };
        let whole = fields.get("type").and_then(Value::as_str) != Some("integer")
            || number.is_none_or(|number| number.number().reduced().is_none_or(|(_, power)| power >= 0));
        self.types(shape).has(written.value_type())
            && whole
            && listed(fields)
                .is_none_or(|values| values.iter().any(|listed| self::written(listed) == written))
            && number.is_none_or(|number| Range::of(fields).holds(number.number()))
            && choices(fields).all(|choices| choices.iter().any(|choice| self.takes(choice, value)))
    }

    /// The bounds of a number, where every schema takes numbers only, and one range covers them all.
    pub(super) fn range(&self, shapes: &[&'a Value]) -> Option<Range> {
        let [Value::Object(fields)] = shapes else { return None };
        let only_numbers = self.types_of(shapes).without_null() == Types::of(Type::Number);
        (only_numbers && !fields.contains_key("$ref")).then(|| Range::of(fields))
    }

    /// A value that may be sent.
    pub(super) fn example(&self, shapes: &[&'a Value]) -> Option<Value> {
        let bound = |bound: Option<(Decimal, bool)>| {
            let number: serde_json::Number = serde_json::from_str(bound?.0.as_str()).ok()?;
            Some(Value::Number(number))
        };
        let range = self.range(shapes);
        let bounds = range.and_then(|range| bound(range.least).or_else(|| bound(range.most)));
        let listed = self.values(shapes).unwrap_or_default();
        let plain = [json!("x"), json!(1), json!(true), json!([]), json!({})];
        let mut tried = listed.into_iter().chain(bounds).chain(plain);
        tried.find(|value| shapes.iter().any(|shape| self.takes(shape, value)))
    }

    /// What the schema says stands for an argument that is left out.
    pub(super) fn default(shapes: &[&'a Value]) -> Option<&'a Value> {
        match shapes {
            [shape] => shape.get("default"),
            _ => None,
        }
    }
}

/// The bounds of a number, each with whether it is itself excluded.
pub(super) struct Range {
    pub(super) least: Option<(Decimal, bool)>,
    pub(super) most: Option<(Decimal, bool)>,
}

impl Range {
    fn of(fields: &Map<String, Value>) -> Self {
        let number = |word: &str| match fields.get(word)? {
            Value::Number(number) => Decimal::parse(&number.to_string()),
            _ => None,
        };
        let least = number("exclusiveMinimum").map(|least| (least, true));
        let most = number("exclusiveMaximum").map(|most| (most, true));
        // The narrower of two bounds; of equal ones, the excluding one.
        let least = match (least, number("minimum")) {
            (Some((one, _)), Some(other)) if other.number() > one.number() => Some((other, false)),
            (None, Some(other)) => Some((other, false)),
            (least, _) => least,
        };
        let most = match (most, number("maximum")) {
            (Some((one, _)), Some(other)) if other.number() < one.number() => Some((other, false)),
            (None, Some(other)) => Some((other, false)),
            (most, _) => most,
        };
        Self { least, most }
    }

    fn holds(&self, number: Number<'_>) -> bool {
        let above = self.least.as_ref().is_none_or(|(least, excluded)| {
            number > least.number() || (!excluded && number == least.number())
        });
        let below = self
            .most
            .as_ref()
            .is_none_or(|(most, excluded)| number < most.number() || (!excluded && number == most.number()));
        above && below
    }
}

/// The values of `enum` or `const`.
fn listed(fields: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (fields.get("const"), fields.get("enum")) {
        (Some(value), _) => Some(Vec::from([value])),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

fn choices(fields: &Map<String, Value>) -> impl Iterator<Item = &Vec<Value>> {
    ["anyOf", "oneOf"].into_iter().filter_map(|word| fields.get(word)?.as_array())
}

fn named(name: &str) -> Types {
    match name {
        "null" => Types::of(Type::Null),
        "boolean" => Types::of(Type::Bool),
        "number" | "integer" => Types::of(Type::Number),
        "string" => Types::of(Type::Text),
        "array" => Types::of(Type::List),
        "object" => Types::of(Type::Object),
        _ => Types::ALL,
    }
}

/// A value of a schema. One that cannot be read is taken for null, which no rule holds of.
fn written(value: &Value) -> Written {
    Written::of(value, &mut Allowance::AMPLE.clone()).unwrap_or(Written::Null)
}
