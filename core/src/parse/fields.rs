//! What every object of a document has in common: known fields, types, words, and the findings about them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::Reader;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, nearest};
use crate::legible::clip;
use crate::pointer::Pointer;
use crate::source::{Member, Node, Value};

/// An object's members and its place.
pub(super) struct Fields<'s> {
    pub(super) members: &'s [Member],
    pub(super) range: &'s Range<usize>,
    pub(super) pointer: Pointer,
}

impl<'s> Fields<'s> {
    /// Of equal keys the first; that there are two is an error already.
    pub(super) fn get(&self, name: &str) -> Option<&'s Node> {
        self.members.iter().find(|member| member.key == name).map(|member| &member.node)
    }
}

impl<'s> Reader<'s> {
    pub(super) fn report(&mut self, code: Code, pointer: Pointer, range: &Range<usize>, message: String) {
        self.last = None;
        if self.found.len() >= self.patterns.bounds().findings {
            self.untold += 1;
            return;
        }
        self.last = Some(self.found.len());
        self.found.push(Diagnostic {
            code,
            pointer,
            location: self.source.location(range),
            message,
            help: None,
            related: Vec::new(),
            fix: None,
        });
    }

    pub(super) fn last_found(&mut self) -> Option<&mut Diagnostic> {
        self.last.and_then(|last| self.found.get_mut(last))
    }

    pub(super) fn help(&mut self, help: String) {
        if let Some(found) = self.last_found() {
            found.help = Some(help);
        }
    }

    pub(super) fn replace(&mut self, range: &Range<usize>, text: String, label: String) {
        if let Some(found) = self.last_found() {
            let edits = Vec::from([Edit { start: range.start, end: range.end, text }]);
            found.fix = Some(Fix { label, edits });
        }
    }

    /// The object's fields, unknown ones reported.
    pub(super) fn object(&mut self, node: &'s Node, pointer: Pointer, known: &[&str]) -> Option<Fields<'s>> {
        let members = self.members(node, &pointer)?;
        for member in members.iter().filter(|member| !known.contains(&member.key.as_str())) {
            let message = format!("`{}` is not a field here", clip(&member.key));
            self.report(Code::UnknownField, pointer.key(&member.key), &member.key_range, message);
            match nearest(&member.key, known) {
                Some(word) => {
                    self.help(format!("did you mean `{word}`?"));
                    if !members.iter().any(|member| member.key == word) {
                        self.replace(&member.key_range, format!("\"{word}\""), format!("write `{word}`"));
                    }
                }
                None => self.help(format!("the fields here are {}", in_words(known))),
            }
        }
        Some(Fields { members, range: &node.range, pointer })
    }

    pub(super) fn members(&mut self, node: &'s Node, pointer: &Pointer) -> Option<&'s [Member]> {
        if let Value::Object(members) = &node.value {
            return Some(members);
        }
        self.wrong_type(node, pointer, "an object");
        None
    }

    pub(super) fn list(&mut self, node: &'s Node, pointer: &Pointer) -> Option<&'s [Node]> {
        if let Value::List(items) = &node.value {
            return Some(items);
        }
        self.wrong_type(node, pointer, "a list");
        None
    }

    pub(super) fn text(&mut self, node: &Node, pointer: &Pointer) -> Option<String> {
        if let Value::Text(text) = &node.value {
            return Some(text.clone());
        }
        self.wrong_type(node, pointer, "text");
        None
    }

    /// A name of a tool or a counter, or a path: whether it is short enough to stand in the ids of rules.
    pub(super) fn is_short(&mut self, name: &str, range: &Range<usize>, pointer: &Pointer) -> bool {
        let most = self.patterns.bounds().name_bytes;
        let short = name.len() <= most;
        if !short {
            let message = format!("the name has {} bytes; at most {most} are read", name.len());
            self.report(Code::TooLarge, pointer.clone(), range, message);
        }
        short
    }

    pub(super) fn optional_text(&mut self, fields: &Fields<'s>, name: &str) -> Option<String> {
        fields.get(name).and_then(|node| self.text(node, &fields.pointer.key(name)))
    }

    pub(super) fn required(&mut self, fields: &Fields<'s>, name: &str, wanted: &str) -> Option<&'s Node> {
        let node = fields.get(name);
        if node.is_none() {
            let open = fields.range.start..fields.range.start + 1;
            let message = format!("the field `{name}` is missing");
            self.report(Code::MissingField, fields.pointer.clone(), &open, message);
            self.help(format!("add `{name}`: {wanted}"));
        }
        node
    }

    /// One of a few words. The words are the documentation of what is accepted.
    pub(super) fn required_choice<T: Copy>(
        &mut self,
        fields: &Fields<'s>,
        name: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let node = self.required(fields, name, &in_words(&words))?;
        let pointer = fields.pointer.key(name);
        let written = self.text(node, &pointer)?;
        let chosen = choices.iter().find(|(word, _)| *word == written).map(|(_, value)| *value);
        if chosen.is_none() {
            let message = format!("`{}` is not accepted as `{name}`", clip(&written));
            self.report(Code::UnknownValue, pointer, &node.range, message);
            match nearest(&written, &words) {
                Some(word) => {
                    self.help(format!("did you mean `{word}`?"));
                    self.replace(&node.range, format!("\"{word}\""), format!("write `{word}`"));
                }
                None => self.help(format!("write {}", in_words(&words))),
            }
        }
        chosen
    }

    pub(super) fn wrong_type(&mut self, node: &Node, pointer: &Pointer, wanted: &str) {
        if node.value != Value::Broken {
            let message = format!("found {} where {wanted} should be", node.value.type_name());
            self.report(Code::WrongType, pointer.clone(), &node.range, message);
        }
    }
}

/// `` `a`, `b` or `c` ``
pub(super) fn in_words(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
