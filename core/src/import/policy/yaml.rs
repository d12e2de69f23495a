//! YAML → the same tree that JSON is read into, with the place of everything.
//!
//! Scalars are what `gopkg.in/yaml.v3` makes of them, because that is what reads these files elsewhere: `yes` and `on` are
//! text, `1_000`, `0o10` and `010` are numbers (1000, 8 and 8). Aliases and merge keys are followed, to a bound. Equal
//! keys are an error, as they are there. Of several documents the first is read.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use crate::legible::clip;
use crate::source::{Member, Node, Source, Value};

/// How deep a document may be nested, and how many values it may have once its aliases are followed.
const DEPTH: usize = 64;
const VALUES: usize = 100_000;

/// A document that was read.
pub(super) struct Yaml {
    pub(super) source: Source,
    /// Where a second document begins, which is not read.
    pub(super) second: Option<Range<usize>>,
    /// Scalars that are of no JSON type, and what they are.
    pub(super) odd: Vec<(Range<usize>, &'static str)>,
}

/// Why a text is no YAML, and where.
pub(super) struct Broken {
    pub(super) range: Range<usize>,
    pub(super) message: String,
}

pub(super) fn read(text: &str) -> Result<Yaml, Broken> {
    let mut builder = Builder {
        places: Places::of(text),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        values: 0,
        root: None,
        odd: Vec::new(),
    };
    let mut second = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = builder.places.byte(error.marker());
            Broken { range: at..at, message: format!("this is no YAML: {}", error.info()) }
        })?;
        if matches!(event, Event::DocumentStart(_)) && builder.root.is_some() {
            second = Some(builder.places.range(&span));
            break;
        }
        builder.take(event, &span)?;
    }
    let end = text.len();
    let root = builder.root.unwrap_or(Node { value: Value::Null, range: end..end });
    Ok(Yaml { source: Source::of(text, root), second, odd: builder.odd })
}

/// From the parser's counts of characters to bytes.
struct Places {
    /// The byte of each character; empty where all of them are one byte.
    bytes: Vec<usize>,
    length: usize,
}

impl Places {
    fn of(text: &str) -> Self {
        let bytes =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { bytes, length: text.len() }
    }

    fn byte(&self, marker: &Marker) -> usize {
        let index = marker.index();
        let byte = if self.bytes.is_empty() { Some(index) } else { self.bytes.get(index).copied() };
        byte.unwrap_or(self.length).min(self.length)
    }

    fn range(&self, span: &Span) -> Range<usize> {
        let start = self.byte(&span.start);
        start..self.byte(&span.end).max(start)
    }
}

/// A list or mapping that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    items: Items,
    /// How deep what is in it goes.
    height: usize,
}

enum Items {
    List(Vec<Node>),
    Mapping(Vec<Member>, Option<(String, Range<usize>, bool)>, Vec<Node>),
}

struct Builder {
    places: Places,
    open: Vec<Open>,
    /// What an alias stands for: the value, how many values are in it, how deep it goes.
    anchors: BTreeMap<usize, (Node, usize, usize)>,
    values: usize,
    root: Option<Node>,
    odd: Vec<(Range<usize>, &'static str)>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Broken> {
        let range = self.places.range(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), range)
            }
            Event::Alias(anchor) => {
                let Some((node, values, height)) = self.anchors.get(&anchor).cloned() else {
                    return Err(broken(range, "an alias stands inside of what it stands for"));
                };
                self.value(node, values, height, false, &range)
            }
            Event::SequenceStart(anchor, _) => self.push(range, anchor, Items::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                self.push(range, anchor, Items::Mapping(Vec::new(), None, Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&range),
            _ => Ok(()),
        }
    }

    fn push(&mut self, range: Range<usize>, anchor: usize, items: Items) -> Result<(), Broken> {
        if let Some(Open { items: Items::Mapping(_, None, _), .. }) = self.open.last() {
            return Err(broken(range, "a key is a list or a mapping, and must be text"));
        }
        if self.open.len() >= DEPTH {
            return Err(broken(range, "this is nested more than 64 deep"));
        }
        self.open.push(Open { start: range.start, anchor, items, height: 0 });
        Ok(())
    }

    fn close(&mut self, range: &Range<usize>) -> Result<(), Broken> {
        let Some(Open { start, anchor, items, height }) = self.open.pop() else { return Ok(()) };
        let value = match items {
            Items::List(items) => Value::List(items),
            Items::Mapping(members, _, merged) => Value::Object(merge(members, merged)?),
        };
        let node = Node { value, range: start..self.end(range.start, start) };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size(&node), height + 1));
        }
        self.value(node, 1, height + 1, false, range)
    }

    /// A block ends where the next thing begins; what is between them does not belong to it.
    fn end(&self, end: usize, start: usize) -> usize {
        end.clamp(start, self.places.length)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: Range<usize>,
    ) -> Result<(), Broken> {
        let plain = style == ScalarStyle::Plain;
        let value = match (tag.filter(|tag| tag.is_yaml_core_schema()), plain) {
            (Some(tag), _) if tag.suffix == "str" => Value::Text(text.to_string()),
            (Some(_), _) | (None, true) => {
                if let Some(what) = odd(text) {
                    self.odd.push((range.clone(), what));
                }
                resolved(text)
            }
            (None, false) => Value::Text(text.to_string()),
        };
        let is_key = matches!(self.open.last(), Some(Open { items: Items::Mapping(_, None, _), .. }));
        let merges = is_key && plain && text == "<<";
        let value = if is_key { Value::Text(text.to_string()) } else { value };
        let node = Node { value, range: range.clone() };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), 1, 0));
        }
        self.value(node, 1, 0, merges, &range)
    }

    /// Puts a value where it belongs: `values` is how many there are in it that were not counted yet.
    fn value(
        &mut self,
        node: Node,
        values: usize,
        height: usize,
        merges: bool,
        here: &Range<usize>,
    ) -> Result<(), Broken> {
        self.values += values;
        if self.values > VALUES {
            return Err(broken(here.clone(), "the document has more than 100,000 values, aliases followed"));
        }
        if self.open.len() + height > DEPTH {
            return Err(broken(here.clone(), "this is nested more than 64 deep, aliases followed"));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.height = open.height.max(height);
        match &mut open.items {
            Items::List(items) => items.push(node),
            Items::Mapping(own, key, inherited) => match key.take() {
                None => match node.value {
                    Value::Text(text) => *key = Some((text, here.clone(), merges)),
                    _ => return Err(broken(here.clone(), "a key is a list or a mapping, and must be text")),
                },
                Some((_, _, true)) => match node.value {
                    Value::List(several) => inherited.extend(several),
                    _ => inherited.push(node),
                },
                Some((key, key_range, false)) => own.push(Member { key, key_range, node }),
            },
        }
        Ok(())
    }
}

fn broken(range: Range<usize>, message: &str) -> Broken {
    Broken { range, message: message.to_string() }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum::<usize>(),
        Value::Object(members) => members.iter().map(|member| size(&member.node)).sum(),
        _ => 0,
    }
}

/// A mapping's own keys, each there once, and those of what is merged into it that it has not.
fn merge(mut members: Vec<Member>, merged: Vec<Node>) -> Result<Vec<Member>, Broken> {
    let mut known = BTreeSet::new();
    for member in &members {
        if !known.insert(member.key.clone()) {
            let message = format!("the key `{}` is here again", clip(&member.key));
            return Err(Broken { range: member.key_range.clone(), message });
        }
    }
    for node in merged {
        let Value::Object(more) = node.value else {
            return Err(broken(node.range, "what is merged by `<<` is no mapping"));
        };
        members.extend(more.into_iter().filter(|member| known.insert(member.key.clone())));
    }
    Ok(members)
}

/// What a plain scalar is.
fn resolved(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::Text(text.to_string()), Value::Number),
    }
}

/// A number as JSON spells it.
fn number(text: &str) -> Option<String> {
    let first = text.trim_start_matches(['-', '+']).bytes().next()?;
    if !first.is_ascii_digit() && first != b'.' {
        return None;
    }
    let plain: String = text.chars().filter(|character| *character != '_').collect();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let based = |radix: u32, digits: &str| {
        let value = u64::from_str_radix(digits, radix).ok()?;
        digits.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| format!("{sign}{value}"))
    };
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return based(radix, rest);
        }
    }
    if digits.len() > 1
        && digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Some(octal) = based(8, digits)
    {
        return Some(octal);
    }
    decimal(digits).map(|digits| format!("{sign}{digits}"))
}

/// `1.`, `.5` and `007.5` as JSON spells them.
fn decimal(digits: &str) -> Option<String> {
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (digits.get(..at)?, digits.get(at..)?),
        None => (digits, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.get(1..).unwrap_or("").trim_start_matches(['-', '+']);
    if !are_digits(whole)
        || !are_digits(fraction)
        || (whole.is_empty() && fraction.is_empty())
        || !are_digits(power)
        || (power.is_empty() && !exponent.is_empty())
    {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() {
        format!("{whole}{exponent}")
    } else {
        format!("{whole}.{fraction}{exponent}")
    })
}

/// Scalars that are of a type that JSON has not.
fn odd(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_date = bytes.len() >= 8
        && (0..4).all(is_digit)
        && bytes.get(4) == Some(&b'-')
        && is_digit(5)
        && text.split('-').count() >= 3
        && bytes.iter().all(|byte| b"0123456789-:.TtZz+ ".contains(byte));
    if is_date {
        return Some("a date");
    }
    match text.trim_start_matches(['-', '+']) {
        ".inf" | ".Inf" | ".INF" => Some("infinity"),
        ".nan" | ".NaN" | ".NAN" => Some("no number"),
        _ => None,
    }
}
