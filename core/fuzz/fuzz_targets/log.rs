//! Any log is read to its end: to calls that can be run, and a report that can be shown.

#![no_main]

use arbitrary::Arbitrary;
use gatewright_core::import::log::{ImportedLog, LogReader, MAX_UNREADABLE};
use gatewright_core::scenario::Args;
use gatewright_core::{CompiledPolicy, compile, parse, simulate};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;

static POLICY: LazyLock<CompiledPolicy> = LazyLock::new(|| {
    compile(&parse(
        r#"{"version": "1", "default": "deny", "tools": {"a": {
            "deny_if": [{"conditions": [{"path": "args.a", "op": "gt", "value": 1}]}],
            "limits": [{"counter": "c", "window": "minute", "max": 5, "scope": "session", "increment_from": "args.b"}]}}}"#,
    ))
    .unwrap()
});

#[derive(Arbitrary, Debug)]
struct Input<'b> {
    records: Vec<Record<'b>>,
    cuts: Vec<u16>,
    is_array: bool,
}

/// A line that is nearly a record of some format.
#[derive(Arbitrary, Debug)]
enum Record<'b> {
    Raw(&'b [u8]),
    Own { at: i64, tool: Tool<'b>, args: &'b str },
    Decision { at: i64, call: u8, tool: Tool<'b>, outcome: u8 },
    Message { ts: i64, from_server: bool, id: u8, method: &'b str, name: Tool<'b>, args: &'b str },
    Desktop { from_server: bool, message: &'b str },
    ClaudeCode { at: i64, id: u8, name: Tool<'b>, is_result: bool, is_error: bool },
    ClaudeCodeServer { at: i64, words: Words, tool: Tool<'b>, session: u8 },
    Hook { name: Tool<'b>, input: &'b str },
    Chat { id: u8, name: Tool<'b>, arguments: &'b str },
    Codex { at: i64, kind: &'b str, id: u8, name: Tool<'b>, arguments: &'b str },
    Span { id: u8, parent: u8, start: u64, name: Tool<'b> },
    Intercept { tool: Tool<'b>, result: &'b str },
}

#[derive(Arbitrary, Debug)]
enum Tool<'b> {
    A,
    OfServer,
    Any(&'b str),
}

#[derive(Arbitrary, Debug)]
enum Words {
    Begins,
    Ends,
    Fails,
}

impl Tool<'_> {
    fn name(&self) -> &str {
        match self {
            Self::A => "a",
            Self::OfServer => "mcp__s__a",
            Self::Any(name) => name,
        }
    }
}

impl Record<'_> {
    fn bytes(&self) -> Vec<u8> {
        let spliced = |value: Value, raw: &str| value.to_string().replace("\"RAW\"", raw);
        let line = match self {
            Self::Raw(bytes) => return bytes.to_vec(),
            Self::Own { at, tool, args } => spliced(json!({"at": at, "tool": tool.name(), "args": "RAW"}), args),
            Self::Decision { at, call, tool, outcome } => {
                let outcome = ["ok", "tool_error", "protocol_error", "none"][usize::from(outcome % 4)];
                json!({"at": at, "call": call.to_string(), "tool": tool.name(), "outcome": outcome}).to_string()
            }
            Self::Message { ts, from_server, id, method, name, args } => {
                let msg = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": {"name": name.name(), "arguments": "RAW"}});
                let dir = if *from_server { "server->client" } else { "client->server" };
                spliced(json!({"ts": ts, "dir": dir, "msg": msg}), args)
            }
            Self::Desktop { from_server, message } => {
                let side = if *from_server { "server" } else { "client" };
                format!("2026-01-05T10:00:00.000Z [info] [s] Message from {side}: {message}")
            }
            Self::ClaudeCode { at, id, name, is_result, is_error } => {
                let item = if *is_result {
                    json!({"type": "tool_result", "tool_use_id": id.to_string(), "is_error": is_error})
                } else {
                    json!({"type": "tool_use", "id": id.to_string(), "name": name.name(), "input": {"a": 1}})
                };
                let role = if *is_result { "user" } else { "assistant" };
                json!({"type": role, "timestamp": at, "sessionId": "s", "message": {"content": [item]}}).to_string()
            }
            Self::ClaudeCodeServer { at, words, tool, session } => {
                let tool = tool.name();
                let words = match words {
                    Words::Begins => format!("Calling MCP tool: {tool}"),
                    Words::Ends => format!("Tool '{tool}' completed successfully in 1ms"),
                    Words::Fails => format!("Tool '{tool}' failed after 0s: {tool}"),
                };
                json!({"debug": words, "timestamp": at, "sessionId": session.to_string()}).to_string()
            }
            Self::Hook { name, input } => spliced(
                json!({"hook_event_name": "PreToolUse", "tool_name": name.name(), "tool_input": "RAW"}),
                input,
            ),
            Self::Chat { id, name, arguments } => {
                let function = json!({"name": name.name(), "arguments": arguments});
                json!({"role": "assistant", "tool_calls": [{"id": id.to_string(), "function": function}]}).to_string()
            }
            Self::Codex { at, kind, id, name, arguments } => {
                let payload = json!({"type": kind, "name": name.name(), "arguments": arguments, "call_id": id.to_string()});
                json!({"timestamp": at, "type": "response_item", "payload": payload}).to_string()
            }
            Self::Span { id, parent, start, name } => {
                let attributes = json!([{"key": "gen_ai.tool.name", "value": {"stringValue": name.name()}},
                    {"key": "mcp.method.name", "value": {"stringValue": "tools/call"}}]);
                json!({"traceId": "t", "spanId": id.to_string(), "parentSpanId": parent.to_string(), "name": "tools/call",
                    "startTimeUnixNano": start.to_string(), "attributes": attributes})
                .to_string()
            }
            Self::Intercept { tool, result } => {
                json!({"ts": "2026-01-05T10:00:00Z", "type": "tool_call", "tool": tool.name(), "result": result}).to_string()
            }
        };
        line.into_bytes()
    }
}

fn read<'p>(pieces: impl Iterator<Item = &'p [u8]>) -> ImportedLog {
    let mut reader = LogReader::default();
    pieces.for_each(|piece| reader.feed(piece));
    reader.finish()
}

fuzz_target!(|input: Input<'_>| {
    let records: Vec<Vec<u8>> = input.records.iter().map(Record::bytes).collect();
    let mut bytes = records.join(if input.is_array { &b",\n"[..] } else { b"\n" });
    if input.is_array {
        bytes = [b"[", &bytes[..], b"]"].concat();
    }
    let mut log = read([&bytes[..]].into_iter());
    let mut cuts: Vec<usize> = input.cuts.iter().map(|cut| usize::from(*cut) % (bytes.len() + 1)).collect();
    cuts.sort_unstable();
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([bytes.len()]);
    let in_pieces = read(starts.zip(ends).map(|(start, end)| &bytes[start..end]));
    assert_eq!((in_pieces.calls.len(), in_pieces.in_words()), (log.calls.len(), log.in_words()));
    assert_eq!(in_pieces.first_unreadable, log.first_unreadable);

    let words = log.in_words();
    assert!(words.chars().all(|letter| !letter.is_control()), "{words:?}");
    for line in &log.first_unreadable {
        assert!(line.reason.chars().all(|letter| !letter.is_control()), "{line:?}");
    }
    assert!(log.first_unreadable.len() <= MAX_UNREADABLE && log.first_unreadable.len() <= log.unreadable);

    let calls = log.calls.len();
    assert_eq!(simulate(&POLICY, &log.calls).len(), calls);
    let gaps: usize =
        log.calls.gaps().iter().filter(|gap| gap.tool == "a").map(|gap| gap.calls).max().unwrap_or(0);
    let changed = log.calls.assume("a", &Args::parse(r#"{"a": 1, "b": 2}"#).unwrap());
    assert!(changed <= log.calls.len() && (gaps == 0) <= (changed == 0), "what has no gap is not changed");
    assert_eq!(simulate(&POLICY, &log.calls).len(), calls);
});
