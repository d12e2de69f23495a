//! Logs of every format: the same calls whoever wrote them down, and nothing but a report of what is broken.

use std::fs;

use gatewright_core::import::log::{ImportedLog, LogReader, MAX_RECORD_BYTES, import_log, redacted};
use gatewright_core::{Arguments, Outcome, compile, parse, simulate};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::examples;

/// The logs of the corpus.
fn samples() -> Vec<String> {
    let place = format!("{}/vectors/logs.json", env!("CARGO_MANIFEST_DIR"));
    let file: Value = serde_json::from_str(&fs::read_to_string(place).unwrap()).unwrap();
    let log = |case: &Value| {
        let lines: Vec<&str> =
            case["log"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        lines.join("\n")
    };
    file["cases"].as_array().unwrap().iter().map(log).collect()
}

/// Everything that is known of a log.
fn told(log: &ImportedLog) -> String {
    let call = |index| format!("{:?} {:?}\n", log.calls.get(index).unwrap(), log.calls.answer_of(index));
    let calls: String = (0..log.calls.len()).map(call).collect();
    let (words, bad, servers) = (log.in_words(), &log.first_unreadable, &log.servers);
    format!("{calls}{words}\n{bad:?}\n{:?} {servers:?} {:?}", log.formats, log.split)
}

fn read_whole(bytes: &[u8]) -> ImportedLog {
    let mut reader = LogReader::default();
    reader.feed(bytes);
    reader.finish()
}

fn read_in_pieces(bytes: &[u8], cuts: &[Index]) -> ImportedLog {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    let mut reader = LogReader::default();
    let mut start = 0;
    for end in places.into_iter().chain([bytes.len()]) {
        reader.feed(&bytes[start..end]);
        start = end;
    }
    reader.finish()
}

/// Something that happens to a log on its way.
#[derive(Clone, Debug)]
enum Damage {
    Byte(Index, u8),
    Insert(Index, &'static str),
    Remove(Index, usize),
    Repeat(Index, usize, Index),
    Cut(Index),
}

fn damages() -> impl Strategy<Value = Damage> {
    let words = vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        "\n{",
        "\r\n",
        "\u{0}",
        "null",
        "[[[[[[[[",
        "{\"",
        "\"\"",
        "<img src=x onerror=alert(1)>",
        "1e999999",
        "12345678901234567890",
        "{\"resourceSpans\":[",
        "{\"messages\":[",
        "],\"output\":[",
        "\u{feff}",
        "\\ud800",
        "2026-01-05T10:00:00Z [info] [fs] ",
        "mcp__a__b__c",
        "true",
        "-1",
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (any::<Index>(), select(words)).prop_map(|(at, text)| Damage::Insert(at, text)),
        (any::<Index>(), 1..80_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        (any::<Index>(), 1..400_usize, any::<Index>())
            .prop_map(|(at, length, to)| Damage::Repeat(at, length, to)),
        any::<Index>().prop_map(Damage::Cut),
    ]
}

fn damage(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let end = |at: usize, length: usize| (at + length).min(bytes.len());
    match damage {
        Damage::Byte(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Damage::Insert(at, text) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, text.bytes());
        }
        Damage::Remove(at, length) => {
            let at = at.index(bytes.len());
            bytes.drain(at..end(at, *length));
        }
        Damage::Repeat(at, length, to) => {
            let (at, to) = (at.index(bytes.len()), to.index(bytes.len()));
            let part = bytes[at..end(at, *length)].to_vec();
            bytes.splice(to..to, part);
        }
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
    }
}

/// A call as every format can tell it.
#[derive(Clone, Debug)]
struct Told {
    tool: &'static str,
    args: Value,
    at: i64,
    takes: i64,
    outcome: Outcome,
}

fn calls_to_tell() -> impl Strategy<Value = Vec<Told>> {
    let args = prop_oneof![
        Just(json!({})),
        "\\PC{0,12}".prop_map(|text| json!({"text": text, "n": 1})),
        "[a,\"\n\\\\]{0,8}".prop_map(|text| json!({"text": text, "deep": {"list": [1, "]}", {"x": null}]}})),
        any::<i64>().prop_map(|n| json!({"amount": n})),
    ];
    let outcome = select(vec![Outcome::Ok, Outcome::ToolError]);
    let call = (select(vec!["read_file", "write_file", "list"]), args, 1..5000_i64, 0..50_i64, outcome);
    vec(call, 0..8).prop_map(|calls| {
        let mut now = 1_767_607_200_000;
        let tell = |(tool, args, after, takes, outcome)| {
            now += after;
            Told { tool, args, at: now, takes, outcome }
        };
        calls.into_iter().map(tell).collect()
    })
}

/// The calls in a format, and whether that has times and outcomes.
#[expect(clippy::too_many_lines, reason = "a few for each format")]
fn written(calls: &[Told]) -> Vec<(&'static str, String, bool, bool)> {
    let time = |ms: i64| gatewright_core::Timestamp::from_millis(ms).to_string();
    let lines = |lines: Vec<Value>| lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let each = |tell: &dyn Fn(usize, &Told) -> Vec<Value>| -> Vec<Value> {
        calls.iter().enumerate().flat_map(|(index, call)| tell(index, call)).collect()
    };
    let result = |call: &Told| json!({"content": [], "isError": call.outcome == Outcome::ToolError});
    let request = |id: usize, call: &Told| json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": call.tool, "arguments": call.args}});
    let answer = |id: usize, call: &Told| json!({"jsonrpc": "2.0", "id": id, "result": result(call)});

    let own = each(&|_, call| {
        vec![json!({"at": call.at, "tool": call.tool, "args": call.args, "outcome": call.outcome})]
    });
    let recorded = each(&|id, call| {
        vec![
            json!({"ts": call.at, "session": "s", "dir": "client->server", "msg": request(id, call)}),
            json!({"ts": call.at + call.takes, "session": "s", "dir": "server->client", "msg": answer(id, call)}),
        ]
    });
    let desktop: Vec<String> = calls
        .iter()
        .enumerate()
        .flat_map(|(id, call)| {
            let line =
                |ms, side, message: Value| format!("{} [info] [fs] Message from {side}: {message}", time(ms));
            let (asked, answered) = (request(id, call), answer(id, call));
            [
                line(call.at, "client", asked),
                "noise\n{".into(),
                line(call.at + call.takes, "server", answered),
            ]
        })
        .collect();
    let claude = each(&|id, call| {
        let (id, name) = (format!("toolu_{id}"), format!("mcp__fs__{}", call.tool));
        let line = |role: &str, ms, item: Value| json!({"type": role, "timestamp": time(ms), "sessionId": "s", "message": {"role": role, "content": [item]}});
        let asked = line(
            "assistant",
            call.at,
            json!({"type": "tool_use", "id": id, "name": name, "input": call.args}),
        );
        let is_error = call.outcome == Outcome::ToolError;
        let result = json!({"type": "tool_result", "tool_use_id": id, "is_error": is_error});
        vec![asked.clone(), line("user", call.at + call.takes, result), asked]
    });
    let hooks = each(&|id, call| {
        let name = format!("mcp__fs__{}", call.tool);
        vec![
            json!({"hook_event_name": "PreToolUse", "tool_name": name, "tool_input": call.args, "tool_use_id": id.to_string()}),
        ]
    });
    let inspector = each(&|id, call| {
        vec![
            json!({"id": id.to_string(), "timestamp": time(call.at), "direction": "request", "origin": "client",
            "message": request(id, call), "response": answer(id, call), "duration": call.takes}),
        ]
    });
    let chat = each(&|id, call| {
        let function = json!({"name": call.tool, "arguments": call.args.to_string()});
        vec![
            json!({"role": "assistant", "tool_calls": [{"id": format!("c{id}"), "type": "function", "function": function}]}),
        ]
    });
    let responses = each(&|id, call| {
        let error = if call.outcome == Outcome::ToolError { json!("failed") } else { Value::Null };
        vec![json!({"type": "mcp_call", "id": format!("m{id}"), "server_label": "fs", "name": call.tool,
            "arguments": call.args.to_string(), "output": "", "error": error})]
    });
    let codex = each(&|id, call| {
        let id = format!("c{id}");
        let event =
            |ms, kind: &str, payload| json!({"timestamp": time(ms), "type": kind, "payload": payload});
        let asked = json!({"type": "function_call", "name": format!("mcp__fs__{}", call.tool),
            "arguments": call.args.to_string(), "call_id": id});
        let invocation = json!({"server": "fs", "tool": call.tool, "arguments": call.args});
        let ended = json!({"type": "mcp_tool_call_end", "call_id": id, "invocation": invocation, "result": {"Ok": result(call)}});
        vec![event(call.at, "response_item", asked), event(call.at + call.takes, "event_msg", ended)]
    });
    let spans = each(&|id, call| {
        let nanos = |ms: i64| format!("{ms}000000");
        let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
        let mut attributes = vec![
            text("mcp.method.name", "tools/call"),
            text("gen_ai.tool.name", call.tool),
            text("gen_ai.tool.call.arguments", &call.args.to_string()),
        ];
        if call.outcome == Outcome::ToolError {
            attributes.push(text("error.type", "tool_error"));
        }
        let span = |id: String, parent: String, kind| {
            json!({"traceId": "t", "spanId": id, "parentSpanId": parent, "name": "tools/call", "kind": kind,
                "startTimeUnixNano": nanos(call.at), "endTimeUnixNano": nanos(call.at + call.takes), "attributes": attributes})
        };
        vec![span(format!("s{id}"), format!("c{id}"), 2), span(format!("c{id}"), String::new(), 3)]
    });
    let spans: Vec<Value> = spans.into_iter().rev().collect();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows = calls.iter().rev().map(|call| {
        let (at, args) = (time(call.at), quoted(&serde_json::to_string_pretty(&call.args).unwrap()));
        format!("{at},fs,{},{args},{}", call.tool, call.outcome.as_str())
    });
    let table: Vec<String> =
        ["timestamp,server,tool,arguments,outcome".to_string()].into_iter().chain(rows).collect();

    let pretty = |value: Value| serde_json::to_string_pretty(&value).unwrap();
    vec![
        ("calls", lines(own.clone()), true, true),
        ("calls in an array", pretty(json!(own)), true, true),
        (
            "calls over several lines",
            own.iter().map(|call| pretty(call.clone())).collect::<Vec<_>>().join("\n"),
            true,
            true,
        ),
        ("JSON-RPC", lines(recorded.clone()), true, true),
        ("JSON-RPC in an array", pretty(json!(recorded)), true, true),
        ("Claude Desktop", desktop.join("\n"), true, true),
        ("Claude Code", lines(claude), true, true),
        ("hooks", lines(hooks), false, false),
        ("Inspector", pretty(json!(inspector)), true, true),
        ("chat", pretty(json!(chat)), false, false),
        (
            "chat in an object",
            pretty(json!({"model": "m", "messages": chat, "tools": [{"name": "x"}]})),
            false,
            false,
        ),
        ("chat in an object on one line", json!({"messages": chat}).to_string(), false, false),
        (
            "Responses",
            pretty(json!({"id": "r", "input": [{"role": "user"}], "output": responses})),
            false,
            true,
        ),
        ("Codex", lines(codex), true, true),
        (
            "spans",
            pretty(
                json!({"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": spans, "scope": {}}]}]}),
            ),
            true,
            true,
        ),
        (
            "spans on a line",
            lines(vec![json!({"x": 1, "resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})]),
            true,
            true,
        ),
        ("CSV", table.join("\r\n"), true, true),
    ]
}

proptest! {
    #![proptest_config(examples(60))]

    #[test]
    fn every_format_tells_the_same_calls(calls in calls_to_tell(), cuts in vec(any::<Index>(), 0..6)) {
        for (format, text, has_times, has_outcomes) in written(&calls) {
            let log = read_in_pieces(text.as_bytes(), &cuts);
            prop_assert_eq!(log.unreadable, 0, "{}: {:?}\n{}", format, log.first_unreadable, text);
            prop_assert_eq!(log.calls.len(), calls.len(), "{}: {}\n{}", format, log.in_words(), text);
            for (index, call) in calls.iter().enumerate() {
                let found = log.calls.get(index).unwrap();
                let Arguments::Text(args) = found.arguments else { panic!("{format}: {found:?}") };
                prop_assert_eq!(found.tool, call.tool, "{}", format);
                prop_assert_eq!(&serde_json::from_str::<Value>(args).unwrap(), &call.args, "{}", format);
                if has_times {
                    prop_assert_eq!(found.at.as_millis(), call.at, "{}", format);
                }
                if has_outcomes {
                    let outcome = log.calls.answer_of(index).map(|(outcome, _)| outcome);
                    prop_assert_eq!(outcome, Some(call.outcome), "{}", format);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(examples(1500))]

    #[test]
    fn a_damaged_log_of_any_format_reads_the_same_in_pieces(
        sample in select(samples()), damages in vec(damages(), 0..6), cuts in vec(any::<Index>(), 0..12)
    ) {
        let mut bytes = sample.into_bytes();
        for each in &damages {
            damage(&mut bytes, each);
        }
        let whole = read_whole(&bytes);
        prop_assert_eq!(told(&read_in_pieces(&bytes, &cuts)), told(&whole), "{}", String::from_utf8_lossy(&bytes));
        let policy = compile(&parse(r#"{"version": "1", "default": "allow"}"#)).unwrap();
        prop_assert_eq!(simulate(&policy, &whole.calls).len(), whole.calls.len());
    }

    #[test]
    fn any_bytes_read_the_same_in_pieces(bytes in vec(any::<u8>(), 0..300), cuts in vec(any::<Index>(), 0..12)) {
        prop_assert_eq!(told(&read_in_pieces(&bytes, &cuts)), told(&read_whole(&bytes)));
    }
}

#[test]
fn a_redacted_log_is_decided_alike_and_holds_no_text_of_the_arguments() {
    let limits = r#""limits": [{"counter": "c", "window": "minute", "max": 1, "scope": "session"}]"#;
    let policy =
        compile(&parse(&format!(r#"{{"version": "1", "default": "allow", "all_tools": {{{limits}}}}}"#)))
            .unwrap();
    for sample in samples() {
        let log = import_log(&sample);
        let text = redacted(&log.calls);
        let again = import_log(&text);
        assert_eq!((again.calls.len(), again.unreadable), (log.calls.len(), 0), "{text}");
        let (before, after) = (simulate(&policy, &log.calls), simulate(&policy, &again.calls));
        assert_eq!(after.reason, before.reason, "{sample}\n{text}");
        assert_eq!(after.retry_at, before.retry_at, "{text}");
        for index in 0..log.calls.len() {
            let (call, found) = (log.calls.get(index).unwrap(), again.calls.get(index).unwrap());
            let of = |call: &gatewright_core::ToolCall<'_>| {
                (
                    call.tool.to_string(),
                    call.grant.to_string(),
                    call.session.to_string(),
                    call.at,
                    call.approved,
                )
            };
            assert_eq!(of(&found), of(&call), "{text}");
            assert_eq!(again.calls.answer_of(index), log.calls.answer_of(index), "{text}");
        }
        assert_eq!(redacted(&again.calls).matches("hash:").count(), text.matches("hash:").count());
    }
}

#[test]
fn only_texts_that_are_values_are_hashed() {
    #[rustfmt::skip]
    let cases = [
        // arguments                                      after it, H for a hash                         why
        (r#"{"a": "x", "b": "x", "c": "y"}"#,              r#"{"a": H1, "b": H1, "c": H2}"#,              "equal texts stay equal"),
        (r#"{"a\"b" : ["x", {"c":"\u0078"}], "n": 1.50}"#, r#"{"a\"b" : [H1, {"c":H1}], "n": 1.50}"#,    "keys, numbers and spelling stay; escapes do not hide that it is the same"),
        (r#"{"a": ": not a key", "b": true, "c": null}"#,  r#"{"a": H3, "b": true, "c": null}"#,          "a colon inside is none"),
        ("{\"a\":\n\t\"x\"\n}",                          "{\"a\":\tH1}",                                "on one line"),
        (r"{}",                                          r"{}",                                       "nothing to hide"),
    ];
    for (args, after, why) in cases {
        let mut calls = gatewright_core::scenario::Calls::default();
        let call =
            gatewright_core::ToolCall { tool: "t", arguments: Arguments::Text(args), ..Default::default() };
        calls.push(&call, None);
        let mut text = redacted(&calls);
        for (name, said) in [("H1", "x"), ("H2", "y"), ("H3", ": not a key")] {
            let hash = said.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            text = text.replace(&format!("\"hash:{hash:016x}\""), name);
        }
        assert_eq!(text, format!("{{\"at\":0,\"tool\":\"t\",\"args\":{after},\"grant\":\"\"}}\n"), "{why}");
    }
}

#[test]
fn a_record_that_is_too_long_costs_itself_alone() {
    let filling = "x".repeat(MAX_RECORD_BYTES);
    let call = r#"{"at": 0, "tool": "a"}"#;
    let cases = [
        (format!("{call}\n{{\"at\": 0, \"tool\": \"{filling}\"}}\n{call}\n"), 2, "longer than 10 MB"),
        (
            format!("[{call},\n{{\"at\": 0, \"tool\": \"{filling}\"}},\n{call}]"),
            2,
            "record 2: longer than 10 MB",
        ),
        (
            format!("{{\n\"tool\": \"a\", \"at\": 0}}\n{{\"tool\": \"{filling}\"}}\n{call}"),
            3,
            "record 2: longer than 10 MB",
        ),
        (format!("tool,at\na,0\n\"{filling}\",0\na,0\n"), 3, "longer than 10 MB"),
        (
            format!("{call}\n{}{}\n{call}", "[".repeat(2_000_000), "]".repeat(2_000_000)),
            2,
            "not a JSON object",
        ),
        (
            format!("{call}\n{{\"at\":0,\"tool\":\"a\",\"x\":{}}}\n{call}", "[".repeat(5_000_000)),
            2,
            "expected value",
        ),
    ];
    for (text, line, reason) in cases {
        for size in [1 << 16, usize::MAX] {
            let mut reader = LogReader::default();
            text.as_bytes().chunks(size).for_each(|piece| reader.feed(piece));
            let log = reader.finish();
            let [unreadable] = log.first_unreadable.as_slice() else { panic!("{:?}", log.first_unreadable) };
            assert_eq!((log.calls.len(), unreadable.line), (2, line), "{}", log.in_words());
            assert!(unreadable.reason.starts_with(reason), "{unreadable:?}");
        }
    }
}

#[test]
fn what_a_hostile_log_says_is_shown_as_text() {
    let name = "<img src=x onerror=alert(1)>\u{202e}\u{0}";
    let line = json!({"type": "assistant", "timestamp": 0, "message": {"content": [
        {"type": "tool_use", "id": name, "name": format!("mcp__{name}__a__b"), "input": {"n": 1}}]}});
    let log = import_log(&format!("{line}\n{{\"at\": \"{}\", \"tool\": \"a\"}}", "<script>".repeat(100)));
    let words = log.in_words();
    assert!(
        words.contains(r"taken for `a__b` of the server `<img src=x onerror=alert(1)>\u{202e}\u{0}`"),
        "{words}"
    );
    assert_eq!(log.calls.get(0).unwrap().tool, "a__b");
    assert!(log.first_unreadable[0].reason.chars().count() <= 129);
}

#[test]
fn records_around_records_without_end_are_no_log() {
    let nest = format!("{}{}", r#"{"messages":["#.repeat(600_000), "]}".repeat(600_000));
    let log = import_log(&format!("{{\"at\": 0, \"tool\": \"a\"}}\n{nest}\n{{\"at\": 1, \"tool\": \"a\"}}"));
    assert_eq!((log.calls.len(), log.first_unreadable[0].line), (2, 2), "{}", log.in_words());
}
