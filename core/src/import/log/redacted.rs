//! The calls of a log, written again without the texts of their arguments.
//!
//! What is left is who called which tool when, how it ended, and the arguments with a hash in each text's place: equal
//! texts have equal hashes, so that what is alike stays alike. A hash is no secret: who can guess a text can check the
//! guess. Names, numbers and the keys of arguments stay as they are.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::call::{Arguments, Outcome};
use crate::scenario::Calls;
use crate::time::Timestamp;

/// Writes calls as a log of our own, with a hash in place of each text in their arguments.
///
/// ```
/// use gatewright_core::import::log::{import_log, redacted};
/// let log = import_log(r#"{"at": 0, "tool": "mail", "args": {"to": "ann@example.com", "copies": 1.50}, "outcome": "ok"}"#);
/// assert_eq!(
///     redacted(&log.calls),
///     "{\"at\":0,\"tool\":\"mail\",\"args\":{\"to\": \"hash:140369096a6caa05\", \"copies\": 1.50},\"grant\":\"unnamed\",\"outcome\":\"ok\"}\n"
/// );
/// ```
#[must_use]
pub fn redacted(calls: &Calls) -> String {
    let mut ends = ends(calls);
    ends.reverse();
    let mut text = String::new();
    for index in 0..=calls.len() {
        while let Some(end) = ends.pop_if(|end| end.before <= index) {
            let (at, call, outcome) = (end.at.as_millis(), end.call, end.outcome.as_str());
            text.push_str(&format!("{{\"at\":{at},\"call\":\"{call}\",\"outcome\":\"{outcome}\"}}\n"));
        }
        let Some(call) = calls.get(index) else { continue };
        let json = |name: &str| serde_json::Value::from(name).to_string();
        text.push_str(&format!("{{\"at\":{}", call.at.as_millis()));
        let answer = calls.answer_of(index);
        if answer.is_some() && !is_at_once(calls, index) {
            text.push_str(&format!(",\"call\":\"{index}\""));
        }
        text.push_str(&format!(",\"tool\":{}", json(call.tool)));
        match call.arguments {
            Arguments::None => {}
            Arguments::Text(args) => text.push_str(&format!(",\"args\":{}", hashed(args))),
            Arguments::Parsed(args) => {
                let args = serde_json::to_string(args).unwrap_or_default();
                text.push_str(&format!(",\"args\":{}", hashed(&args)));
            }
            Arguments::Names(names) => {
                let names = serde_json::to_string(names).unwrap_or_default();
                text.push_str(&format!(",\"unknown_args\":{names}"));
            }
            Arguments::Unknown | Arguments::Partly(_) => text.push_str(",\"unknown_args\":true"),
        }
        text.push_str(&format!(",\"grant\":{}", json(call.grant)));
        if !call.session.is_empty() {
            text.push_str(&format!(",\"session\":{}", json(call.session)));
        }
        if call.approved {
            text.push_str(",\"approved\":true");
        }
        if let Some((outcome, _)) = answer.filter(|_| is_at_once(calls, index)) {
            text.push_str(&format!(",\"outcome\":\"{}\"", outcome.as_str()));
        }
        text.push_str("}\n");
    }
    text
}

/// How a call ended that did not end at once.
struct End {
    /// The index of the call that is written next.
    before: usize,
    call: usize,
    outcome: Outcome,
    at: Timestamp,
}

/// The ends that need a line of their own, in the order of their lines.
fn ends(calls: &Calls) -> Vec<End> {
    let end = |call: usize| {
        let (outcome, at) = calls.answer_of(call).filter(|_| !is_at_once(calls, call))?;
        let before = calls.answered_before(call).unwrap_or_else(|| first_from(calls, call + 1, at));
        Some(End { before, call, outcome, at })
    };
    let mut ends: Vec<End> = (0..calls.len()).filter_map(end).collect();
    ends.sort_by_key(|end| end.before);
    ends
}

fn is_at_once(calls: &Calls, index: usize) -> bool {
    let ended = calls.answer_of(index).map(|(_, at)| at);
    calls.answered_before(index).is_none() && ended == calls.at(index)
}

/// The first call from `from` on that is made at an instant or later, where calls are in the order of time.
fn first_from(calls: &Calls, from: usize, at: Timestamp) -> usize {
    let (mut low, mut high) = (from, calls.len().max(from));
    while low < high {
        let middle = low + (high - low) / 2;
        if calls.at(middle).is_some_and(|made| made < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// A JSON text with a hash in place of each text that is no key. On one line.
fn hashed(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (before, text) = rest.split_at(start);
        push_on_one_line(&mut out, before);
        let (text, after) = text.split_at(end_of_text(text));
        if after.trim_start().starts_with(':') {
            out.push_str(text);
        } else {
            let said: String = serde_json::from_str(text).unwrap_or_else(|_| text.to_string());
            out.push_str(&format!("\"hash:{:016x}\"", hash(&said)));
        }
        rest = after;
    }
    push_on_one_line(&mut out, rest);
    out
}

fn push_on_one_line(out: &mut String, between: &str) {
    out.extend(between.chars().filter(|letter| !matches!(letter, '\n' | '\r')));
}

/// Where a text ends that begins with its first quote.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// FNV-1a of 64 bits: the same on every machine.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
