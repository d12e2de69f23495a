//! A list of rules, a rule, and a condition.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Reader;
use super::fields::Fields;
use crate::amount::count;
use crate::diagnostic::Code;
use crate::legible::clip;
use crate::number::Decimal;
use crate::operator::{Test, TestError};
use crate::path::{ArgPath, PathError};
use crate::pattern::PatternError;
use crate::pointer::Pointer;
use crate::policy::{Condition, Op, Rule};
use crate::source::{Node, Value as Written};
use crate::value::Value;

const RULE_FIELDS: &[&str] = &["conditions", "on_deny"];
const CONDITION_FIELDS: &[&str] = &["path", "op", "value"];

/// What other languages call the operators.
const OTHER_NAMES: &[(&str, Op)] = &[
    ("==", Op::Eq),
    ("=", Op::Eq),
    ("equals", Op::Eq),
    ("!=", Op::Neq),
    ("ne", Op::Neq),
    ("not_eq", Op::Neq),
    ("<", Op::Lt),
    ("<=", Op::Lte),
    ("le", Op::Lte),
    (">", Op::Gt),
    (">=", Op::Gte),
    ("ge", Op::Gte),
    ("nin", Op::NotIn),
    ("matches", Op::Regex),
    ("match", Op::Regex),
    ("includes", Op::Contains),
    ("present", Op::Exists),
];

impl<'s> Reader<'s> {
    /// The rules of the list `name`.
    pub(super) fn rules(&mut self, fields: &Fields<'s>, name: &str) -> Vec<Rule> {
        let pointer = fields.pointer.key(name);
        let items = fields.get(name).and_then(|node| self.list(node, &pointer)).unwrap_or(&[]);
        let mut rules = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if !self.one_more_rule(item, &pointer.index(index)) {
                break;
            }
            rules.extend(self.rule(item, &pointer.index(index)));
        }
        rules
    }

    fn rule(&mut self, node: &'s Node, pointer: &Pointer) -> Option<Rule> {
        let fields = self.object(node, pointer.clone(), RULE_FIELDS)?;
        let on_deny = self.optional_text(&fields, "on_deny");
        let list = self.required(&fields, "conditions", "a list; `[]` for a rule that always holds")?;
        let place = pointer.key("conditions");
        let items = self.list(list, &place)?;
        let most = self.patterns.bounds().conditions;
        if items.len() > most {
            let message = format!("the rule has {} conditions; at most {most} are read", count(items.len()));
            self.report(Code::TooMany, place, &list.range, message);
            return None;
        }
        let mut conditions = Vec::new();
        for (index, item) in items.iter().enumerate() {
            conditions.extend(self.condition(item, &place.index(index)));
        }
        (conditions.len() == items.len()).then_some(Rule { conditions, on_deny })
    }

    fn condition(&mut self, node: &'s Node, pointer: &Pointer) -> Option<Condition> {
        let fields = self.object(node, pointer.clone(), CONDITION_FIELDS)?;
        let path = self.required(&fields, "path", "an argument, such as `args.amount`");
        let path = path.and_then(|node| self.path(node, &pointer.key("path")));
        let op = self.op(&fields);
        let value = self.required(&fields, "value", "what the operator compares with");
        let value = value.and_then(|node| {
            let place = pointer.key("value");
            let value = self.value(node, &place)?;
            op.is_none_or(|op| self.fits(op, &value, node, &place)).then_some(value)
        });
        Some(Condition { path: path?, op: op?, value: value? })
    }

    pub(super) fn path(&mut self, node: &Node, pointer: &Pointer) -> Option<ArgPath> {
        let text = self.text(node, pointer)?;
        if !self.is_short(&text, &node.range, pointer) {
            return None;
        }
        let error = match ArgPath::parse(&text) {
            Ok(path) => return Some(path),
            Err(error) => error,
        };
        let message = format!("the path `{}` {}", clip(&text), error.in_words());
        self.report(Code::InvalidPath, pointer.clone(), &node.range, message);
        self.help("a path is `args.` and keys joined by dots, such as `args.filter.owner`".to_string());
        let with_args = format!("args.{text}");
        if error == PathError::NoArgs
            && !text.starts_with(['$', '.', '/'])
            && ArgPath::parse(&with_args).is_ok()
        {
            let spelled = Value::Text(with_args).to_string();
            self.replace(&node.range, spelled.clone(), format!("write `{}`", clip(&spelled)));
        }
        None
    }

    fn op(&mut self, fields: &Fields<'s>) -> Option<Op> {
        if let Some(Node { value: Written::Text(written), range }) = fields.get("op")
            && let Some((_, op)) = OTHER_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(written))
        {
            let message = format!("`{}` is not accepted as `op`", clip(written));
            self.report(Code::UnknownValue, fields.pointer.key("op"), range, message);
            self.help(format!("it is called `{op}` here"));
            self.replace(range, format!("\"{op}\""), format!("write `{op}`"));
            return None;
        }
        self.required_choice(fields, "op", &Op::ALL.map(|op| (op.as_str(), op)))
    }

    /// The value as it is written; nothing where the text is broken, which is told elsewhere.
    fn value(&mut self, node: &Node, pointer: &Pointer) -> Option<Value> {
        Some(match &node.value {
            Written::Broken => return None,
            Written::Null => Value::Null,
            Written::Bool(value) => Value::Bool(*value),
            Written::Text(text) => Value::Text(text.clone()),
            Written::Number(number) => {
                let Some(number) = Decimal::parse(number) else {
                    let message = format!("`{}` is too far from 1 to be compared", clip(number));
                    self.report(Code::OutOfRange, pointer.clone(), &node.range, message);
                    self.help("an exponent is below 10^9".to_string());
                    return None;
                };
                Value::Number(number)
            }
            Written::List(items) => {
                let mut list = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    list.push(self.value(item, &pointer.index(index))?);
                }
                Value::List(list)
            }
            Written::Object(members) => {
                let mut object = Vec::new();
                for member in members {
                    object.push((member.key.clone(), self.value(&member.node, &pointer.key(&member.key))?));
                }
                Value::Object(object)
            }
        })
    }

    /// Whether the operator takes the value.
    fn fits(&mut self, op: Op, value: &Value, node: &Node, pointer: &Pointer) -> bool {
        match Test::new(op, value, &mut self.patterns) {
            Ok(_) => return true,
            Err(TestError::Takes(wanted)) => {
                let found = value.value_type();
                let message = format!("found {found} where `{op}` takes {wanted}");
                self.report(Code::WrongType, pointer.clone(), &node.range, message);
                self.repair_value(op, value, node);
            }
            Err(TestError::TooManyItems) => {
                let most = self.patterns.bounds().list_items;
                let message = format!("the list is longer than {} items", count(most));
                self.report(Code::TooMany, pointer.clone(), &node.range, message);
            }
            Err(TestError::Pattern(PatternError { range, message, help })) => {
                // Bytes of the pattern are bytes of the text only where nothing is escaped.
                let inner = node.range.start + 1..node.range.end.saturating_sub(1);
                let plain =
                    matches!(value, Value::Text(text) if self.source.text().get(inner.clone()) == Some(text));
                let place = if plain && !range.is_empty() {
                    inner.start + range.start..inner.start + range.end
                } else {
                    node.range.clone()
                };
                self.report(Code::InvalidPattern, pointer.clone(), &place, message);
                if let Some(help) = help {
                    self.help(help);
                }
            }
        }
        false
    }

    /// A value of another type that can mean one thing only.
    fn repair_value(&mut self, op: Op, value: &Value, node: &Node) {
        let repaired = match (op, value) {
            (Op::Lt | Op::Lte | Op::Gt | Op::Gte, Value::Text(text)) if Decimal::parse(text).is_some() => {
                text.clone()
            }
            (Op::Exists, Value::Text(text)) if text == "true" || text == "false" => text.clone(),
            (Op::In | Op::NotIn, Value::Text(_) | Value::Number(_) | Value::Bool(_)) => {
                let written: String =
                    self.source.text().get(node.range.clone()).unwrap_or_default().to_string();
                format!("[{written}]")
            }
            _ => return,
        };
        self.replace(&node.range, repaired.clone(), format!("write `{}`", clip(&repaired)));
    }
}
