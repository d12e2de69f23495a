//! What stands at a place of the tree, where it is what is looked for.

use core::ops::Range;

use crate::number::Decimal;
use crate::source::{Member, Node, Value};
use crate::value;

pub(super) fn members(node: &Node) -> &[Member] {
    if let Value::Object(members) = &node.value { members } else { &[] }
}

pub(super) fn items(node: &Node) -> &[Node] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

pub(super) fn text(node: &Node) -> Option<&str> {
    if let Value::Text(text) = &node.value { Some(text) } else { None }
}

pub(super) fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    members(node).iter().find(|member| member.key == key).map(|member| &member.node)
}

/// A member's bytes, its key included.
pub(super) const fn whole(member: &Member) -> Range<usize> {
    member.key_range.start..member.node.range.end
}

/// A count as it is spelled.
pub(super) fn whole_number(node: &Node) -> Option<u64> {
    if let Value::Number(number) = &node.value { number.parse().ok() } else { None }
}

/// A value of the tree as a policy has it.
pub(super) fn plain_value(node: &Node) -> Option<value::Value> {
    Some(match &node.value {
        Value::Broken => return None,
        Value::Null => value::Value::Null,
        Value::Bool(value) => value::Value::Bool(*value),
        Value::Number(number) => value::Value::Number(Decimal::parse(number)?),
        Value::Text(text) => value::Value::Text(text.clone()),
        Value::List(items) => value::Value::List(items.iter().map(plain_value).collect::<Option<_>>()?),
        Value::Object(members) => value::Value::Object(
            members
                .iter()
                .map(|member| Some((member.key.clone(), plain_value(&member.node)?)))
                .collect::<Option<_>>()?,
        ),
    })
}
