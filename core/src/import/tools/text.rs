//! A text → the JSON documents in it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Deserializer, Value};

use crate::bounds::Bounds;
use crate::diagnostic::Code;
use crate::source::{self, Source};

/// So many unreadable places are named.
const MAX_UNREADABLE: usize = 20;

/// The documents of a text, one after the other, and what could not be read, each with its line.
pub(super) fn documents(text: &str) -> Result<(Vec<Value>, Vec<String>), String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    let mut unreadable = Vec::new();
    let mut start = Some(0);
    while let Some(here) = start {
        let rest = text.get(here..).unwrap_or("");
        let mut stream = Deserializer::from_str(rest).into_iter::<Value>();
        let (mut error, mut read) = (None, 0);
        while let Some(document) = stream.next() {
            match document {
                Ok(document) => {
                    documents.push(document);
                    read = stream.byte_offset();
                }
                Err(why) => error = Some(why),
            }
        }
        let Some(why) = error else { break };
        if documents.is_empty()
            && unreadable.is_empty()
            && let Some(document) = with_comments(text)
        {
            return Ok((Vec::from([document]), Vec::new()));
        }
        let lines_before = text.get(..here).unwrap_or("").matches('\n').count();
        if unreadable.len() < MAX_UNREADABLE {
            let why = why.to_string();
            let what = why.split(" at line ").next().unwrap_or("");
            unreadable
                .push(format!("line {}: {what}", lines_before + line_of(rest, stream.byte_offset(), &why)));
        }
        // Where the document begins that is broken.
        let broken = rest.get(read..).unwrap_or("");
        start = next_start(text, here + read + (broken.len() - broken.trim_start().len()));
    }
    // Scalars between are not documents of anything: a line of some other text, read by chance.
    documents.retain(|document| document.is_array() || document.is_object());
    match (documents.is_empty(), unreadable.first()) {
        (true, Some(why)) => Err(format!("the text is not JSON: {why}")),
        (true, None) => Err("there is nothing in the text".to_string()),
        _ => Ok((documents, unreadable)),
    }
}

/// The line of an error, which counts from where the stream was begun.
fn line_of(rest: &str, offset: usize, why: &str) -> usize {
    let said = why.rsplit(" at line ").next().and_then(|place| place.split(' ').next()?.parse().ok());
    said.unwrap_or_else(|| rest.get(..offset).unwrap_or("").matches('\n').count() + 1)
}

/// The next line that begins with a bracket: after other text, or after a document that is broken.
fn next_start(text: &str, after: usize) -> Option<usize> {
    let mut lines = text.match_indices('\n').map(|(at, _)| at + 1).filter(|start| *start > after);
    lines.find(|start| text.get(*start..).is_some_and(|rest| rest.starts_with(['{', '['])))
}

/// One document with comments, as VS Code writes it.
fn with_comments(text: &str) -> Option<Value> {
    let bounds = Bounds { document_bytes: usize::MAX, ..Bounds::DEFAULT };
    let source = Source::within(text, &bounds);
    let is_json = source.diagnostics().iter().all(|found| found.code == Code::DuplicateKey);
    is_json.then(|| plain(source.root()))
}

fn plain(node: &source::Node) -> Value {
    match &node.value {
        source::Value::Broken | source::Value::Null => Value::Null,
        source::Value::Bool(is) => Value::Bool(*is),
        source::Value::Number(number) => serde_json::from_str(number).unwrap_or(Value::Null),
        source::Value::Text(text) => Value::String(text.clone()),
        source::Value::List(items) => items.iter().map(plain).collect(),
        source::Value::Object(members) => {
            members.iter().map(|member| (member.key.clone(), plain(&member.node))).collect()
        }
    }
}
