//! A list of limits, and one limit.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;

use hashbrown::HashMap;

use super::Reader;
use super::fields::Fields;
use crate::amount::{Amount, AmountError};
use crate::diagnostic::{Code, Related};
use crate::legible::clip;
use crate::path::ArgPath;
use crate::pointer::Pointer;
use crate::policy::{Limit, Scope, Window};
use crate::source::{Member, Node, Value};

const LIMIT_FIELDS: &[&str] = &["counter", "window", "max", "scope", "increment_from", "on_deny"];

impl<'s> Reader<'s> {
    /// The limits of the list `limits`.
    pub(super) fn limits(&mut self, fields: &Fields<'s>, all_tools: bool) -> Vec<Limit> {
        let pointer = fields.pointer.key("limits");
        let items = fields.get("limits").and_then(|node| self.list(node, &pointer)).unwrap_or(&[]);
        self.equal_counters(items, &pointer);
        let mut limits = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if !self.one_more_rule(item, &pointer.index(index)) {
                break;
            }
            limits.extend(self.limit(item, &pointer.index(index), all_tools));
        }
        limits
    }

    /// A counter has one limit in a list, so that its rule id names one rule.
    fn equal_counters(&mut self, limits: &[Node], pointer: &Pointer) {
        let mut first: HashMap<&str, &Range<usize>> = HashMap::new();
        for (index, limit) in limits.iter().enumerate() {
            let Value::Object(members) = &limit.value else { continue };
            let Some(Member { node, .. }) = members.iter().find(|member| member.key == "counter") else {
                continue;
            };
            let Value::Text(counter) = &node.value else { continue };
            let Some(earlier) = first.get(counter.as_str()) else {
                first.insert(counter, &node.range);
                continue;
            };
            let location = self.source.location(earlier);
            let message = format!("the counter `{}` is used again in this list", clip(counter));
            self.report(Code::DuplicateCounter, pointer.index(index).key("counter"), &node.range, message);
            self.help("give each limit of a list a counter of its own".to_string());
            if let Some(found) = self.last_found() {
                found.related.push(Related { location, message: "the first is".to_string() });
            }
        }
    }

    fn limit(&mut self, node: &'s Node, pointer: &Pointer, all_tools: bool) -> Option<Limit> {
        let fields = self.object(node, pointer.clone(), LIMIT_FIELDS)?;
        let counter = self.required(&fields, "counter", "the counter's name");
        let counter = counter.and_then(|node| {
            let (name, place) = (self.text(node, &pointer.key("counter"))?, pointer.key("counter"));
            self.is_short(&name, &node.range, &place).then_some(name)
        });
        let windows = &[("minute", Window::Minute), ("hour", Window::Hour), ("day", Window::Day)];
        let window = self.required_choice(&fields, "window", windows);
        let max = self.required(&fields, "max", "a number from 0 up");
        let max = max.and_then(|node| self.amount(node, &pointer.key("max")));
        let scopes = [Scope::Grant, Scope::Session, Scope::Global].map(|scope| (scope.as_str(), scope));
        let scope = self.required_choice(&fields, "scope", &scopes);
        let increment_from = fields.members.iter().find(|member| member.key == "increment_from");
        let increment_from = match increment_from {
            None => None,
            Some(member) => Some(self.increment_from(member, &pointer.key("increment_from"), all_tools)?),
        };
        let on_deny = self.optional_text(&fields, "on_deny");
        Some(Limit { counter: counter?, window: window?, max: max?, scope: scope?, increment_from, on_deny })
    }

    fn increment_from(&mut self, member: &Member, place: &Pointer, all_tools: bool) -> Option<ArgPath> {
        if all_tools {
            let message = "`increment_from` cannot stand under `all_tools`".to_string();
            self.report(Code::IncrementFromAllTools, place.clone(), &member.key_range, message);
            self.help("an argument belongs to one tool: put the limit under that tool".to_string());
            return None;
        }
        self.path(&member.node, place)
    }

    fn amount(&mut self, node: &Node, pointer: &Pointer) -> Option<Amount> {
        let Value::Number(number) = &node.value else {
            self.wrong_type(node, pointer, "a number from 0 up");
            if let Value::Text(text) = &node.value
                && Amount::parse(text).is_ok()
            {
                self.replace(&node.range, text.clone(), format!("write `{text}`"));
            }
            return None;
        };
        let problem = match Amount::parse(number) {
            Ok(amount) => return Some(amount),
            Err(AmountError::Negative) => "is below 0",
            Err(AmountError::TooPrecise) => "has more than nine digits after the point",
            Err(AmountError::TooLarge | AmountError::NotANumber) => "is above 1,000,000,000,000,000",
        };
        let message = format!("`{}` {problem}", clip(number));
        self.report(Code::OutOfRange, pointer.clone(), &node.range, message);
        self.help("amounts go from 0 to 10^15 with up to nine digits after the point".to_string());
        None
    }
}
