//! What is said to a client in a server's place: that a call is denied, which tools there are.
//!
//! A denied call is answered by a result, not by an error, so that the agent reads why: clients turn errors into
//! exceptions. The result never has `structuredContent`, which some clients would hold against the tool's schema.
//!
//! This module writes lines without their line break, and sends none.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::compile::CompiledPolicy;
use crate::diagnostic::{Edit, apply};
use crate::message::{ListedTool, Malformed, read_tool_list};
use crate::time::Timestamp;
use crate::verdict::{Verdict, retry_in_words};

/// The member of a result's `_meta` that holds the verdict on a denied call.
pub const VERDICT_KEY: &str = "gatewright.dev/verdict";

/// What the text of a denied call begins with.
pub(crate) const DENIED: &str = "[POLICY DENIED]";

/// The answer to a call that is not let through. `id` is the JSON text of the call's id.
///
/// It is a result with `isError`, whose text says why, and from when on the call passes where that is known. The
/// verdict is in its `_meta`, for machines. `modern`: the caller speaks revision 2026-07-28 of the Model Context
/// Protocol or a later one, in which every result says what it is.
///
/// ```
/// use gatewright_core::answer::denial_line;
/// use gatewright_core::{Counters, ToolCall, compile, evaluate, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "deny"}"#)).unwrap();
/// let call = ToolCall { tool: "rm", grant: "ci", ..ToolCall::default() };
/// let verdict = evaluate(&policy, &call, &mut Counters::new(&policy));
/// let line = denial_line("7", &verdict, false);
/// assert!(line.starts_with(r#"{"jsonrpc":"2.0","id":7,"result":{"_meta":{"gatewright.dev/verdict":{"#), "{line}");
/// assert!(line.contains(r#""text":"[POLICY DENIED] The policy does not list rm, and denies"#), "{line}");
/// ```
#[must_use]
pub fn denial_line(id: &str, verdict: &Verdict, modern: bool) -> String {
    let json = serde_json::to_value(verdict).unwrap_or_default();
    result_line(id, &denial(&verdict.message, verdict.retry_at, verdict.at, &json, modern))
}

/// The same of a verdict as JSON, as it comes back from where it was handed over. Nothing where it is no verdict.
#[must_use]
pub fn denial_line_of_json(id: &str, verdict: &str, modern: bool) -> Option<String> {
    let json: Value = serde_json::from_str(verdict).ok()?;
    let time = |key| json.get(key).and_then(Value::as_i64).map(Timestamp::from_millis);
    let message = String::from(json.get("message")?.as_str()?);
    let (retry_at, at) = (time("retry_at"), time("at")?);
    Some(result_line(id, &denial(&message, retry_at, at, &json, modern)))
}

/// The answer to `tools/list` without the tools that a policy hides, every other byte as it was. Nothing where nothing
/// has to change.
///
/// A tool whose name cannot be read goes only where all are hidden; one that may be called by two names goes where
/// either is. Where the result says who may keep it (`cacheScope`), that becomes `private`, whatever the policy hides:
/// another policy may leave other tools.
///
/// ```
/// use gatewright_core::answer::tools_line;
/// use gatewright_core::{compile, parse};
/// let policy = compile(&parse(r#"{"version": "1", "default": "allow", "hide": ["rm"]}"#)).unwrap();
/// let line = br#"{"id":1,"result":{"tools":[{"name":"ls"}, {"name":"rm"}],"nextCursor":""}}"#;
/// let less = tools_line(&policy, line).unwrap().unwrap();
/// assert_eq!(less, br#"{"id":1,"result":{"tools":[{"name":"ls"}],"nextCursor":""}}"#);
/// assert_eq!(tools_line(&policy, &less), Ok(None));
/// ```
pub fn tools_line(policy: &CompiledPolicy, line: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
    let found = read_tool_list(line, policy.bounds())?;
    let mut edits = Vec::new();
    for tools in &found.lists {
        without_hidden(policy, tools, &mut edits);
    }
    for (range, scope) in found.cache_scopes {
        if scope != PRIVATE {
            edits.push(replaced(range, PRIVATE));
        }
    }
    if edits.is_empty() {
        return Ok(None);
    }
    edits.sort_by_key(|edit| edit.start);
    let text = core::str::from_utf8(line).map_err(|_| Malformed::NotUtf8)?;
    Ok(apply(text, &edits).map(String::into_bytes))
}

/// The JSON text of a `cacheScope` that keeps an answer to its receiver.
const PRIVATE: &str = r#""private""#;

/// Cuts hidden tools out of a list. Each goes with the comma before it while a tool that stays stands there, else with
/// the comma after it.
fn without_hidden(policy: &CompiledPolicy, tools: &[ListedTool<'_>], edits: &mut Vec<Edit>) {
    let is_hidden = |tool: &ListedTool<'_>| match tool.names.as_slice() {
        [] => policy.hides("*"),
        names => names.iter().any(|name| policy.hides(name)),
    };
    let mut before: Option<&ListedTool<'_>> = None;
    let mut any_stays = false;
    for (index, tool) in tools.iter().enumerate() {
        if is_hidden(tool) {
            let range = match before {
                Some(before) if any_stays => before.range.end..tool.range.end,
                _ => tool.range.start..tools.get(index + 1).map_or(tool.range.end, |next| next.range.start),
            };
            edits.push(replaced(range, ""));
        } else {
            any_stays = true;
        }
        before = Some(tool);
    }
}

fn replaced(range: Range<usize>, text: &str) -> Edit {
    Edit { start: range.start, end: range.end, text: text.into() }
}

fn denial(message: &str, retry_at: Option<Timestamp>, at: Timestamp, verdict: &Value, modern: bool) -> Value {
    let mut text = format!("{DENIED} {message}");
    // An author's own message need not say when to come back.
    if let Some(retry) = retry_at.map(|retry_at| retry_in_words(retry_at, at))
        && !message.contains(&retry)
    {
        text.push_str(&format!(" The same call is allowed at {retry}."));
    }
    let mut result = json!({
        "content": [{ "type": "text", "text": text }],
        "isError": true,
        "_meta": { VERDICT_KEY: verdict },
    });
    if modern && let Value::Object(result) = &mut result {
        result.insert("resultType".into(), "complete".into());
    }
    result
}

/// An answer. An id that is no JSON is answered as one that could not be read.
fn result_line(id: &str, result: &Value) -> String {
    let id = serde_json::from_str::<&RawValue>(id).map_or("null", RawValue::get);
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
}

#[cfg(test)]
mod tests;
