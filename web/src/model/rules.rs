//! What a policy says of one tool, or of all: as rows to be shown and changed, each with its true place.
//!
//! It is read from the tree of the text, not from the policy as understood, so that an item keeps its number whatever
//! is wrong beside it, and nothing disappears: what has no row of its own is kept as JSON, with its line.
//!
//! What is wrong is not said here: findings have the same places. Changes are made in `gestures`.

use std::ops::Range;

use gatewright_core::Parsed;
use gatewright_core::pointer::Pointer;
use gatewright_core::source::{Member, Node, Source, Value as Written};

pub mod advice;
pub mod gestures;
pub mod value;

use value::Value;

/// The most of a value that is shown as it is written, in characters.
const MOST_SHOWN: usize = 2_000;

/// A list of a tool's policy, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// How much.
    Limits,
    /// What must hold.
    Require,
    /// What must not.
    DenyIf,
    /// What a person is asked about.
    RequireApproval,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 4] = [Self::Limits, Self::Require, Self::DenyIf, Self::RequireApproval];

    /// The list as it is written: `deny_if`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Require => "require",
            Self::DenyIf => "deny_if",
            Self::RequireApproval => "require_approval",
        }
    }
}

/// What is shown of one tool, or of all tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolRules {
    /// Its place: `/tools/run_tests` or `/all_tools`.
    pub place: Pointer,
    /// Whether something stands there.
    pub is_there: bool,
    /// The limits.
    pub limits: Vec<Row<Limit>>,
    /// The rules: `require`, `deny_if`, `require_approval`.
    pub rules: [Vec<Row<Rule>>; 3],
    /// What has no row.
    pub kept: Vec<Kept>,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row<T> {
    /// One that is understood as far as its shape goes.
    Shown(T),
    /// One that is not.
    Kept(Kept),
}

impl<T> Row<T> {
    /// What it shows, where its shape is understood.
    #[must_use]
    pub const fn as_shown(&self) -> Option<&T> {
        match self {
            Self::Shown(shown) => Some(shown),
            Self::Kept(_) => None,
        }
    }

    /// What is kept, where it is not.
    #[must_use]
    pub const fn as_kept(&self) -> Option<&Kept> {
        match self {
            Self::Shown(_) => None,
            Self::Kept(kept) => Some(kept),
        }
    }
}

/// A part of the document that stays as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place.
    pub place: Pointer,
    /// The key, or the number of the item, from 1: `item 2`.
    pub name: String,
    /// The text, cut where it is very long.
    pub json: String,
    /// Its line, from 1.
    pub line: usize,
    /// Whether it can be taken away: of equal keys none can be told from the other.
    pub is_alone: bool,
}

/// A limit. What is missing is empty; what has another type than it should is there as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// Its place.
    pub place: Pointer,
    /// Its line, from 1.
    pub line: usize,
    /// The counter's name.
    pub counter: String,
    /// `minute`, `hour` or `day`.
    pub window: String,
    /// The most, as it is spelled.
    pub max: String,
    /// `grant`, `session` or `global`.
    pub scope: String,
    /// The argument that is summed up, where one is.
    pub increment_from: Option<String>,
    /// The message, where there is one.
    pub on_deny: Option<String>,
    /// What has no field.
    pub kept: Vec<Kept>,
}

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Its place.
    pub place: Pointer,
    /// Its line, from 1.
    pub line: usize,
    /// All of them must hold.
    pub conditions: Vec<Row<Condition>>,
    /// Whether the list of conditions is there.
    pub has_list: bool,
    /// The message, where there is one.
    pub on_deny: Option<String>,
    /// What has no field.
    pub kept: Vec<Kept>,
}

/// A condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// Its place.
    pub place: Pointer,
    /// The argument's path.
    pub path: String,
    /// The operator.
    pub op: String,
    /// What it compares with.
    pub value: Value,
    /// What has no field.
    pub kept: Vec<Kept>,
}

impl ToolRules {
    /// Reads what stands at a place of the document.
    #[must_use]
    pub fn new(parsed: &Parsed, place: &Pointer) -> Self {
        let reader = Reader { source: &parsed.source };
        let mut read = Self {
            place: place.clone(),
            is_there: false,
            limits: Vec::new(),
            rules: [Vec::new(), Vec::new(), Vec::new()],
            kept: Vec::new(),
        };
        let Some(node) = parsed.source.find(place) else { return read };
        read.is_there = true;
        let name = place.tokens().last().unwrap_or_default();
        let Some(mut fields) = reader.fields(node, place) else {
            read.kept.push(reader.kept(node, place.clone(), name.into_owned(), true));
            return read;
        };
        let mut items = |list: List| match fields.list(list.name()) {
            Some((items, place)) => {
                items.iter().enumerate().map(|(at, item)| (item, place.index(at))).collect()
            }
            None => Vec::new(),
        };
        let (limits, [require, deny_if, approval]): (Vec<(&Node, Pointer)>, [Vec<_>; 3]) =
            (items(List::Limits), [items(List::Require), items(List::DenyIf), items(List::RequireApproval)]);
        read.limits = limits.into_iter().map(|(node, place)| reader.limit(node, place)).collect();
        read.rules = [require, deny_if, approval]
            .map(|items| items.into_iter().map(|(node, place)| reader.rule(node, place)).collect());
        read.kept = fields.rest();
        read
    }

    /// What stands at the top of the document and has no control anywhere.
    #[must_use]
    pub fn rest_of_document(parsed: &Parsed) -> Vec<Kept> {
        let reader = Reader { source: &parsed.source };
        let (node, place) = (parsed.source.root(), Pointer::root());
        let Some(mut fields) = reader.fields(node, &place) else {
            return vec![reader.kept(node, place, "the document".to_owned(), false)];
        };
        fields.take("version");
        fields.take("default");
        fields.list("hide");
        for name in ["all_tools", "tools"] {
            if fields.member(name).is_some_and(|member| matches!(member.node.value, Written::Object(_))) {
                fields.take(name);
            }
        }
        fields.rest()
    }

    /// The rules of a list; of `limits` none.
    #[must_use]
    pub fn rules_of(&self, list: List) -> &[Row<Rule>] {
        let [require, deny_if, approval] = &self.rules;
        match list {
            List::Limits => &[],
            List::Require => require,
            List::DenyIf => deny_if,
            List::RequireApproval => approval,
        }
    }

    /// How many items a list has.
    #[must_use]
    pub fn count(&self, list: List) -> usize {
        if list == List::Limits { self.limits.len() } else { self.rules_of(list).len() }
    }

    /// A rule of a list.
    #[must_use]
    pub fn rule(&self, list: List, index: usize) -> Option<&Rule> {
        self.rules_of(list).get(index)?.as_shown()
    }
}

/// What a place is in: of an item its list, of a field its object.
#[must_use]
pub fn above(place: &Pointer) -> Pointer {
    let above = place.as_str().rsplit_once('/').and_then(|(above, _)| Pointer::parse(above));
    above.unwrap_or_default()
}

struct Reader<'s> {
    source: &'s Source,
}

/// The members of an object, of which each is asked for once; what is left at the end has no field.
struct Fields<'s> {
    reader: &'s Reader<'s>,
    members: &'s [Member],
    place: Pointer,
    taken: Vec<Range<usize>>,
}

impl<'s> Reader<'s> {
    fn line(&self, node: &Node) -> usize {
        self.source.location(&node.range).line
    }

    fn fields(&'s self, node: &'s Node, place: &Pointer) -> Option<Fields<'s>> {
        match &node.value {
            Written::Object(members) => {
                Some(Fields { reader: self, members, place: place.clone(), taken: Vec::new() })
            }
            _ => None,
        }
    }

    fn kept(&self, node: &Node, place: Pointer, name: String, is_alone: bool) -> Kept {
        let text = self.source.text().get(node.range.clone()).unwrap_or_default();
        let mut json: String = text.chars().take(MOST_SHOWN).collect();
        if json.len() < text.len() {
            json.push('…');
        }
        Kept { place, name, json, line: self.line(node), is_alone }
    }

    fn kept_item(&self, node: &Node, place: Pointer) -> Kept {
        let number = place.tokens().last().and_then(|token| token.parse::<usize>().ok());
        let name = number.map_or_else(String::new, |index| format!("item {}", index + 1));
        self.kept(node, place, name, true)
    }

    fn limit(&'s self, node: &'s Node, place: Pointer) -> Row<Limit> {
        let Some(mut fields) = self.fields(node, &place) else {
            return Row::Kept(self.kept_item(node, place));
        };
        Row::Shown(Limit {
            line: self.line(node),
            counter: fields.shown("counter").unwrap_or_default(),
            window: fields.shown("window").unwrap_or_default(),
            max: fields.spelled("max").unwrap_or_default(),
            scope: fields.shown("scope").unwrap_or_default(),
            increment_from: fields.shown("increment_from"),
            on_deny: fields.shown("on_deny"),
            kept: fields.rest(),
            place,
        })
    }

    fn rule(&'s self, node: &'s Node, place: Pointer) -> Row<Rule> {
        let Some(mut fields) = self.fields(node, &place) else {
            return Row::Kept(self.kept_item(node, place));
        };
        let list = fields.list("conditions");
        let has_list = list.is_some();
        let conditions = list.map_or_else(Vec::new, |(items, place)| {
            items.iter().enumerate().map(|(at, item)| self.condition(item, place.index(at))).collect()
        });
        let (line, on_deny) = (self.line(node), fields.shown("on_deny"));
        Row::Shown(Rule { line, conditions, has_list, on_deny, kept: fields.rest(), place })
    }

    fn condition(&'s self, node: &'s Node, place: Pointer) -> Row<Condition> {
        let Some(mut fields) = self.fields(node, &place) else {
            return Row::Kept(self.kept_item(node, place));
        };
        let value = fields.take("value").map(|member| &member.node);
        Row::Shown(Condition {
            path: fields.shown("path").unwrap_or_default(),
            op: fields.shown("op").unwrap_or_default(),
            value: value.map_or_else(Value::default, |node| Value::of(node, self.source)),
            kept: fields.rest(),
            place,
        })
    }
}

impl<'s> Fields<'s> {
    /// Of equal keys, the first.
    fn member(&self, name: &str) -> Option<&'s Member> {
        self.members.iter().find(|member| member.key == name)
    }

    fn take(&mut self, name: &str) -> Option<&'s Member> {
        let member = self.member(name)?;
        self.taken.push(member.key_range.clone());
        Some(member)
    }

    /// The items of a list, and its place; nothing where another type stands there.
    fn list(&mut self, name: &str) -> Option<(&'s [Node], Pointer)> {
        let member = self.member(name)?;
        let Written::List(items) = &member.node.value else { return None };
        self.taken.push(member.key_range.clone());
        Some((items, self.place.key(name)))
    }

    /// A text as it reads, and anything else as JSON.
    fn shown(&mut self, name: &str) -> Option<String> {
        match &self.member(name)?.node.value {
            Written::Text(text) => {
                self.take(name)?;
                Some(text.clone())
            }
            _ => self.spelled(name),
        }
    }

    /// A value as it is spelled.
    fn spelled(&mut self, name: &str) -> Option<String> {
        let range = self.take(name)?.node.range.clone();
        Some(self.reader.source.text().get(range).unwrap_or_default().to_owned())
    }

    /// What nobody asked for.
    fn rest(&self) -> Vec<Kept> {
        let left = self.members.iter().filter(|member| !self.taken.contains(&member.key_range));
        left.map(|member| {
            let is_alone = self.members.iter().filter(|other| other.key == member.key).count() == 1;
            let place = self.place.key(&member.key);
            self.reader.kept(&member.node, place, member.key.clone(), is_alone)
        })
        .collect()
    }
}

#[cfg(test)]
mod tests;
