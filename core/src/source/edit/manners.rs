//! How a document is written: its indentation, its line ends, its colons.

use alloc::format;
use alloc::string::{String, ToString};

use super::gap::{indent_at, line_before};
use super::{Node, Source, Value, quoted};

pub(super) struct Manners<'s> {
    /// One step of indentation.
    pub(super) unit: &'s str,
    pub(super) line_end: &'s str,
    /// What stands between a key and its value.
    colon: &'s str,
}

impl<'s> Manners<'s> {
    pub(super) fn of(source: &'s Source) -> Self {
        let text = source.text.as_str();
        let line_end = match text.split_once('\n') {
            Some((line, _)) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Self {
            unit: first_step(text, &source.root).unwrap_or("  "),
            line_end,
            colon: first_colon(text, &source.root).unwrap_or(": "),
        }
    }

    /// With the colons of that object, where it has any.
    pub(super) fn in_container(self, text: &'s str, node: &Node) -> Self {
        let colon = match &node.value {
            Value::Object(members) => members.last().and_then(|_| last_colon(text, node)),
            _ => None,
        };
        Self { colon: colon.unwrap_or(self.colon), ..self }
    }

    /// What is put after a comma where no neighbour shows it.
    pub(super) fn after_comma(&self) -> &'static str {
        if self.colon.ends_with(':') { "" } else { " " }
    }

    pub(super) fn member(&self, key: &str, value: &str) -> String {
        format!("{}{}{value}", quoted(key), self.colon)
    }

    /// A value with the document's line ends and steps of indentation, as it stands at the beginning of a line.
    pub(super) fn fitted(&self, json: &str) -> String {
        let Some((_, last)) = json.rsplit_once('\n') else { return json.to_string() };
        let ends_in_bracket = last.trim_start().starts_with([']', '}']);
        let base = if ends_in_bracket { indent_of(last) } else { "" };
        let steps = json.split('\n').skip(1).filter(|line| !line.trim().is_empty());
        let steps = steps.map(|line| indent_of(line).strip_prefix(base).unwrap_or(""));
        let own_unit = steps.filter(|step| !step.is_empty()).min_by_key(|step| step.len()).unwrap_or("\t");
        let mut fitted = String::new();
        for (index, line) in json.split('\n').enumerate() {
            if index == 0 {
                fitted.push_str(line.strip_suffix('\r').unwrap_or(line));
                continue;
            }
            fitted.push_str(self.line_end);
            let content = line.strip_prefix(indent_of(line)).unwrap_or(line);
            let content = content.strip_suffix('\r').unwrap_or(content);
            if content.is_empty() {
                continue;
            }
            let mut step = indent_of(line).strip_prefix(base).unwrap_or("");
            while let Some(rest) = step.strip_prefix(own_unit) {
                fitted.push_str(self.unit);
                step = rest;
            }
            fitted.push_str(step);
            fitted.push_str(content);
        }
        fitted
    }

    /// A fitted value as the only member of an object that is the only member of another, and so on inwards.
    pub(super) fn nested(&self, keys: &[String], value: String, in_lines: bool) -> String {
        keys.iter().rev().fold(value, |value, key| {
            if in_lines {
                let member = self.member(key, &indented(&value, self.unit));
                format!("{{{}{}{member}{0}}}", self.line_end, self.unit)
            } else {
                format!("{{{}}}", self.member(key, &value))
            }
        })
    }
}

/// A text with more space before each of its lines but the first.
pub(super) fn indented(text: &str, indent: &str) -> String {
    let mut indented = String::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if index > 0 && !line.trim().is_empty() {
            indented.push_str(indent);
        }
        indented.push_str(line);
    }
    indented
}

fn indent_of(line: &str) -> &str {
    indent_at(line, line.len())
}

/// By how much the first item on a line of its own is indented more than what it is in.
fn first_step<'s>(text: &'s str, node: &Node) -> Option<&'s str> {
    let step = |start: usize, child: &Node| {
        let own = line_before(text, start).map(|_| indent_at(text, start));
        let step = own.and_then(|own| own.strip_prefix(indent_at(text, node.range.start)));
        step.filter(|step| !step.is_empty()).or_else(|| first_step(text, child))
    };
    match &node.value {
        Value::List(items) => items.iter().find_map(|item| step(item.range.start, item)),
        Value::Object(members) => {
            members.iter().find_map(|member| step(member.key_range.start, &member.node))
        }
        _ => None,
    }
}

fn first_colon<'s>(text: &'s str, node: &Node) -> Option<&'s str> {
    match &node.value {
        Value::List(items) => items.iter().find_map(|item| first_colon(text, item)),
        Value::Object(members) => {
            members.iter().find_map(|member| plain_colon(text, member.key_range.end, member.node.range.start))
        }
        _ => None,
    }
}

fn last_colon<'s>(text: &'s str, node: &Node) -> Option<&'s str> {
    let Value::Object(members) = &node.value else { return None };
    let member = members.last()?;
    plain_colon(text, member.key_range.end, member.node.range.start)
}

/// The text between key and value, where it is a colon and spaces.
fn plain_colon(text: &str, start: usize, end: usize) -> Option<&str> {
    text.get(start..end).filter(|colon| colon.chars().all(|character| matches!(character, ':' | ' ' | '\t')))
}
