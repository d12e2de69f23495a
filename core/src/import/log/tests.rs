use alloc::format;
use alloc::string::ToString;

use super::records::Records;
use super::*;
use crate::call::{Arguments, Outcome};
use crate::compile::compile;
use crate::parse::parse;
use crate::scenario::{Args, Calls, Gap};
use crate::simulate::simulate;
use crate::time::Timestamp;
use crate::verdict::Decision;

#[test]
fn lines_are_used_skipped_or_named_with_their_reason() {
    #[rustfmt::skip]
    let cases = [
        // line                                                              what is said of it
        (r#"{"at": 0, "tool": "a"}"#,                                        Ok(true)),
        (r#"{"at": "1970-01-01T00:00:00Z", "tool": "a", "args": {}, "extra": 1}"#, Ok(true)),
        (r#"{"ts": 0, "msg": {"method": "tools/call", "id": 1, "params": {"name": "a"}}}"#, Ok(true)),
        (r#"{"ts": 0, "msg": {"method": "tools/list", "id": 1}}"#,           Ok(false)),
        (r#"{"ts": 0, "dir": "server->client", "msg": {"method": "tools/call", "id": 1, "params": {}}}"#, Ok(false)),
        (r#"{"ts": 0, "dir": "exit", "code": 0}"#,                           Ok(false)),
        (r#"{"at": 0, "tool": "a", "unknown_args": ["x"]}"#,                 Ok(true)),
        (r#"{"at": 0, "tool": "a", "args": {}, "unknown_args": ["x"]}"#,     Err("`args` and `unknown_args` exclude each other: {}")),
        (r#"{"tool": "a"}"#,                                                 Err("no time: `at` is missing")),
        (r#"{"at": 0, "tool": "a", "args": [1]}"#,                           Err("`args` is not an object")),
        (r#"{"at": 0, "tool": "a", "outcome": "fine"}"#,                     Err("`outcome`: unknown variant `fine`, expected one of `ok`, `tool_error`, `protocol_error`")),
        (r#"{"at": 0, "at": 1, "tool": "a"}"#,                               Err("duplicate field `at` (column 14)")),
        (r#"{"ts": 0, "msg": {"method": "tools/call", "id": 1, "params": []}}"#, Err("the `params` of a call are not an object")),
        (r#"{"ts": 0, "msg": {"method": "tools/call", "id": 1, "params": {"name": 1}}}"#, Err("the `name` of a tool is not text")),
        (r#"{"ts": 0, "msg": {"method": "tools/call", "params": {"name": "a"}}}"#, Err("a call needs an `id`")),
        (r#"{"ts": 0, "msg": {"method": "tools/call", "id": 1, "params": {"name": "a", "name": "b"}}}"#, Err("a key is there twice")),
        (r#"{"ts": 0, "dir": "server->client", "msg": {"id": 1, "result": {}, "result": {}}}"#, Ok(false)),
        (r#"{"other": 1}"#,                                                  Err("neither a call (`at`, `tool`) nor a JSON-RPC message (`ts`, `msg`)")),
        ("[]",                                                               Err("not a JSON object")),
        (r#"{"ts": 0, "msg": "text"}"#,                                      Err("`msg` is not an object")),
        ("nonsense",                                                         Err("not a JSON object")),
    ];
    for (line, expected) in cases {
        assert_eq!(Records::default().read(line), expected.map_err(ToString::to_string), "{line}");
    }
}

#[test]
fn answers_find_their_calls() {
    let log = import_log(concat!(
        r#"{"ts":0,"session":"s","dir":"client->server","msg":{"method":"tools/call","id":1,"params":{"name":"a"}}}"#,
        "\n",
        r#"{"ts":1,"session":"s","dir":"client->server","msg":{"method":"tools/call","id":"1","params":{"name":"b"}}}"#,
        "\n",
        r#"{"ts":2,"session":"t","dir":"client->server","msg":{"method":"tools/call","id":1,"params":{"name":"c"}}}"#,
        "\n\n",
        r#"{"ts":3,"session":"s","dir":"server->client","msg":{"id":"1","error":{"code":-32602}}}"#,
        "\n",
        r#"{"ts":4,"session":"s","dir":"server->client","msg":{"id":1,"result":{"isError":true}}}"#,
        "\n",
    ));
    assert_eq!(log.calls.answer_of(0), Some((Outcome::ToolError, Timestamp::from_millis(4))));
    assert_eq!(log.calls.answer_of(1), Some((Outcome::ProtocolError, Timestamp::from_millis(3))));
    assert_eq!(log.calls.answer_of(2), None, "no answer came");
    assert_eq!(
        log.in_words(),
        "5 lines: 3 tool calls used, 2 other messages skipped, 0 unreadable. Read as JSON-RPC messages. \
         The log names no grant: all calls are counted as one grant's."
    );
}

#[test]
fn an_answer_needs_no_direction_and_a_null_error_is_none() {
    let log = import_log(concat!(
        r#"{"ts":0,"msg":{"method":"tools/call","id":1,"params":{"name":"a"}}}"#,
        "\n",
        r#"{"ts":1,"msg":{"id":1,"error":{"code":-32602}}}"#,
        "\n",
        r#"{"ts":2,"msg":{"method":"tools/call","id":2,"params":{"name":"b"}}}"#,
        "\n",
        r#"{"ts":3,"msg":{"id":2,"result":{},"error":null}}"#,
        "\n",
        r#"{"ts":4,"msg":{"method":"tools/call","id":3,"params":{"name":"c"}}}"#,
        "\n",
        r#"{"ts":5,"dir":"client->server","msg":{"id":3,"result":{}}}"#,
    ));
    let at = Timestamp::from_millis;
    assert_eq!(log.calls.answer_of(0), Some((Outcome::ProtocolError, at(1))));
    assert_eq!(log.calls.answer_of(1), Some((Outcome::Ok, at(3))));
    assert_eq!(log.calls.answer_of(2), None, "what the client answers is no tool's answer");
}

#[test]
fn a_time_in_another_unit_is_refused_and_not_cut() {
    let log = import_log(r#"{"at": 1767607200000000000, "tool": "a"}"#);
    assert_eq!((log.calls.len(), log.unreadable), (0, 1));
    let endless = format!(r#"{{"at": "{}", "tool": "a"}}"#, "x".repeat(5000));
    let reason = import_log(&endless).first_unreadable.remove(0).reason;
    assert!(reason.chars().count() <= 129, "a reason quotes no more than can be read: {reason}");
}

/// Each call with its answer, and the report.
fn told(log: &ImportedLog) -> String {
    let call = |index| {
        let call = log.calls.get(index).unwrap();
        let answer = log.calls.answer_of(index).map(|(outcome, at)| (outcome.as_str(), at.as_millis()));
        format!("{call:?} {answer:?}\n")
    };
    let calls: String = (0..log.calls.len()).map(call).collect();
    format!("{calls}{}\n{:?}", log.in_words(), log.first_unreadable)
}

#[test]
fn a_log_may_be_cut_anywhere() {
    let lines = concat!(
        "\u{feff}\r\n",
        r#"{"at": 0, "tool": "caf\u00e9 é 🧪", "args": {"x": "]}\\"}}"#,
        "\r\n\n  nonsense\n",
        r#"{"at": 1, "tool": "b", "call": "7"}"#,
        "\n",
        r#"{"at": 2, "call": "7", "outcome": "ok"}"#,
    );
    let array = concat!(
        " \u{feff} [\n",
        r#"  {"at": 0, "tool": "é\" ] , [", "args": {"x": [1, {"y": "}"}], "z": "\\"}},"#,
        "\n  7, {\n\"at\": 1,\n\"tool\": \"🧪\"},,\n{\"at\": 2} ] \n {\"at\": 3, \"tool\": \"after\"}",
    );
    for text in [lines, array] {
        let mut bytes = text.as_bytes().to_vec();
        for damage in 0..2 {
            let mut whole = LogReader::default();
            whole.feed(&bytes);
            let whole = told(&whole.finish());
            for cut in 0..=bytes.len() {
                for second in [cut, (cut + 1).min(bytes.len()), bytes.len()] {
                    let mut reader = LogReader::default();
                    reader.feed(&bytes[..cut]);
                    reader.feed(&bytes[cut..second]);
                    reader.feed(&bytes[second..]);
                    assert_eq!(told(&reader.finish()), whole, "cut at {cut} and {second}, damage {damage}");
                }
            }
            for byte in bytes.iter_mut().filter(|byte| **byte == 0xc3) {
                *byte = 0xff;
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text_cost_their_line_alone() {
    let mut reader = LogReader::default();
    reader.feed(
        b"{\"at\": 0, \"tool\": \"a\"}\n{\"at\": 0, \"tool\": \"\xff\"}\n{\"at\": 0, \"tool\": \"b\"}\n",
    );
    let log = reader.finish();
    let reason = "not UTF-8".to_string();
    assert_eq!((log.calls.len(), log.first_unreadable), (2, Vec::from([Unreadable { line: 2, reason }])));
}

#[test]
fn an_array_of_records_is_a_log_too() {
    #[rustfmt::skip]
    let cases = [
        // text                                               calls  what is said of it
        ("[]",                                                0, "0 records: 0 tool calls used, 0 other messages skipped, 0 unreadable."),
        (r#"[{"at": 0, "tool": "a", "grant": "g"}]"#,         1, "1 record: 1 tool call used, 0 other messages skipped, 0 unreadable."),
        ("\u{feff} [\n{\"at\": 0,\n \"tool\": \"a\", \"grant\": \"g\"},\n{\"at\": 0, \"tool\": \"a\", \"grant\": \"g\"}\n]\n", 2, "2 records: 2 tool calls used, 0 other messages skipped, 0 unreadable."),
    ];
    for (text, calls, words) in cases {
        let log = import_log(text);
        assert_eq!((log.calls.len(), log.in_words().as_str()), (calls, words), "{text}");
    }
    #[rustfmt::skip]
    let damaged = [
        // text                                               line  reason                                      why
        ("[\n1]",                                             2, "record 1: not a JSON object",               "an item that is none"),
        ("[{\"at\": 0, \"tool\": \"a\"},\n {\"at\":",       2, "record 2: EOF while parsing a value (column 6)", "cut off inside an item"),
        ("[{\"at\": 0, \"tool\": \"a\"},\n",                2, "the array does not end",                   "cut off between items"),
        ("[{\"at\": 0, \"tool\": \"a\"}]\n]",               2, "not a JSON object",                        "something follows"),
    ];
    for (text, line, reason, why) in damaged {
        let expected = Unreadable { line, reason: reason.to_string() };
        assert_eq!(import_log(text).first_unreadable, [expected], "{text}: {why}");
    }
}

#[test]
fn fields_of_other_logs_that_have_our_names_are_left_alone() {
    let text = r#"{"at": 0, "tool": "a", "call": {"x": 1}, "reason": ["malformed"], "decision": 7}"#;
    assert_eq!(import_log(text).calls.len(), 1);
}

/// The tool, the server's name and the time of the first call; nothing where there is none.
fn first_call(log: &ImportedLog) -> Option<(&str, &str, i64)> {
    let call = log.calls.get(0)?;
    Some((call.tool, log.servers.first().map_or("", |server| server), call.at.as_millis()))
}

#[test]
fn the_head_of_a_line_of_claude_desktop_has_more_than_one_form() {
    let call = r#"{"method":"tools/call","id":1,"params":{"name":"read"}}"#;
    #[rustfmt::skip]
    let cases = [
        // before the message                               server  why
        ("1970-01-01T00:00:01.500Z [info] [fs] ",           "fs",   "as it was"),
        ("1970-01-01T00:00:01.500Z [fs] [info] ",           "fs",   "as it is since 2025"),
        ("1970-01-01T00:00:01.500Z [error] [my server] ",   "my server", "a name may have spaces"),
        ("1970-01-01T00:00:01.500Z [fs] ",                  "fs",   "no level"),
        ("1970-01-01T00:00:01.500Z [info] ",                "",     "no server"),
    ];
    for (head, server, why) in cases {
        let log = import_log(&format!("{head}Message from client: {call}"));
        assert_eq!(first_call(&log), Some(("read", server, 1500)), "{head}: {why}");
        let noted = import_log(&format!("{head}Message from client: {call} {{ metadata: {{ x: 1 }} }}"));
        assert_eq!(first_call(&noted), Some(("read", server, 1500)), "{head}: {why}");
    }
    #[rustfmt::skip]
    let others = [
        // line                                                             unreadable  why
        ("1970-01-01T00:00:01Z [info] [fs] Message from client: {\"a\"",    1,          "a message of the client that was cut off"),
        ("1970-01-01T00:00:01Z [info] [fs] Message from server: {\"a\"",    0,          "an answer that was cut off is no call"),
        ("1970-01-01T00:00:01Z [info] [fs] Server started",                 0,          "another line"),
        ("1970-01-01 [info] [fs] Message from client: {}",                  1,          "no time: nothing says that it is such a log"),
        ("1970-01-01T00:00:01Z info fs Message from client: {}",            1,          "no brackets: the same"),
    ];
    for (line, unreadable, why) in others {
        let log = import_log(line);
        assert_eq!((log.calls.len(), log.unreadable), (0, unreadable), "{line}: {why}");
    }
}

#[test]
fn a_name_of_server_and_tool_is_split_at_the_first_place() {
    #[rustfmt::skip]
    let cases = [
        // name                              tool, server                       told        why
        ("mcp__fs__read_file",               Some(("read_file", "fs")),         false,      "the common case"),
        ("mcp__plugin_tools_fs__read",       Some(("read", "plugin_tools_fs")), false,      "a plugin's server"),
        ("mcp__a__b__c",                     Some(("b__c", "a")),               true,       "it could be `c` of `a__b`"),
        ("mcp__a___b",                       Some(("_b", "a")),                 false,      "an underscore of the tool"),
        ("mcp__fs",                          None,                              false,      "no tool"),
        ("mcp__fs__",                        None,                              false,      "an empty tool"),
        ("mcp____read",                      None,                              false,      "an empty server"),
        ("Read",                             None,                              false,      "Claude Code's own"),
    ];
    for (name, expected, told, why) in cases {
        let line = format!(
            r#"{{"type":"assistant","timestamp":5,"message":{{"content":[{{"type":"tool_use","id":"t","name":"{name}","input":{{}}}}]}}}}"#
        );
        let log = import_log(&line);
        assert_eq!(first_call(&log), expected.map(|(tool, server)| (tool, server, 5)), "{name}: {why}");
        assert_eq!(
            (log.split.is_some(), log.own_tools),
            (told, usize::from(expected.is_none())),
            "{name}: {why}"
        );
    }
}

#[test]
fn calls_without_times_are_spaced_as_told() {
    let text = concat!(
        r#"{"hook_event_name":"PreToolUse","tool_name":"mcp__fs__a","tool_input":{}}"#,
        "\n",
        r#"{"at": 7, "tool": "b"}"#,
        "\n",
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"c"}}"#,
        "\n",
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602}}"#,
    );
    let options = LogOptions { start: Timestamp::from_millis(60_000), step_ms: 500 };
    let mut reader = LogReader::new(options);
    reader.feed(text.as_bytes());
    let log = reader.finish();
    let at: Vec<i64> = (0..3).map(|index| log.calls.get(index).unwrap().at.as_millis()).collect();
    assert_eq!(at, [60_000, 7, 60_500]);
    let answer = log.calls.answer_of(2);
    assert_eq!(answer, Some((Outcome::ProtocolError, Timestamp::from_millis(60_500))), "it ends at once");
    assert_eq!(
        log.in_words(),
        "4 lines: 3 tool calls used, 1 other message skipped, 0 unreadable. Read as inputs of Claude Code's hooks, \
         a list of calls, JSON-RPC messages. 2 calls have no time: they are spaced 0.5 s apart, from 1970-01-01 \
         00:01 UTC. The log names no grant: all calls are counted as one grant's."
    );
    let mut reader = LogReader::new(LogOptions { step_ms: i64::MAX, ..options });
    reader.feed(text.as_bytes());
    assert_eq!(reader.finish().calls.get(2).unwrap().at, Timestamp::MAX, "beyond the calendar is its end");
}

#[test]
fn the_report_tells_what_else_was_found() {
    let codex = |id: &str, name: &str| {
        format!(
            r#"{{"timestamp":0,"type":"response_item","payload":{{"type":"function_call","name":"{name}","arguments":"{{}}","call_id":"{id}"}}}}"#
        )
    };
    #[rustfmt::skip]
    let cases = [
        // log                                                  a sentence of the report
        (codex("1", "shell"),                                   "1 call of the agent's own tools is no server's, and skipped."),
        (format!("{}\n{}", codex("1", "shell"), codex("2", "x")), "2 calls of the agent's own tools are no server's, and skipped."),
        (format!("{}\n{}", codex("1", "mcp__a__x"), codex("2", "mcp__b__x")), "The calls are of several servers: a, b."),
        (codex("1", "mcp__a__b__c"),                            "`mcp__a__b__c` is taken for `b__c` of the server `a`."),
        (r#"{"at":0,"tool":"a","grant":"g","unknown_args":true}"#.to_string(), "0 unreadable. Of the calls not all arguments were recorded: what depends on them is unknown."),
        ("{\"at\":0,\"tool\":\"a\",\"unknown_args\":true}\n{\"at\":0,\"tool\":\"a\"}".to_string(), " Of 1 call not all arguments were recorded:"),
        ("tool,at,grant\na,1,g\nb,0,g".to_string(),                "2 rows: 2 tool calls used, 0 other messages skipped, 0 unreadable. Read as a table of calls (CSV). The calls are put into the order of time."),
    ];
    for (text, sentence) in cases {
        let words = import_log(&text).in_words();
        assert!(words.contains(sentence), "{words}");
    }
}

#[test]
fn an_object_over_several_lines_is_a_record_too() {
    #[rustfmt::skip]
    let cases = [
        // text                                                             calls  bad lines   why
        ("{\n\"at\": 0,\n\"tool\": \"a\"\n}\n{\"at\": 1, \"tool\": \"b\"}", 2,     &[][..],    "one after the other"),
        ("{\n\"at\": 0,\n\"tool\": \"a\n{\"at\": 1, \"tool\": \"b\"}",      1,     &[1],       "the first is cut off inside a text"),
        ("{\n\"at\": 0,\n\"tool\": \"a\"\n}\nnoise [\n{\"at\": 1, \"tool\": \"b\"}", 2, &[5],   "something stands between"),
        ("{\"messages\": [\n{\"at\": 0, \"tool\": \"a\"},\n{\"at\": 1, \"tool\": \"b\"}\n]}", 2, &[], "items begin where lines do"),
        ("{\"messages\": [{\"at\": 0, \"tool\": \"a\"}, {\"at\": 1",        1,     &[1],       "cut off inside an item"),
        ("{\"messages\": [{\"at\": 0, \"tool\": \"a\"}]",                   1,     &[1],       "cut off behind the list"),
        ("{\"messages\": [], \"x\": [1], \"output\": [{\"at\": 0, \"tool\": \"a\"}]}", 1, &[],  "two lists, and one that is no list of records"),
        ("{\"messages\": [{\"x\\\"messages\": [{\"at\": 0, \"tool\": \"b\"}]}]}", 0, &[1],     "a key that only ends like one"),
        ("[{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": []}]}]}, {\"at\": 0, \"tool\": \"a\"}]", 1, &[], "around a list in an array"),
    ];
    for (text, calls, lines, why) in cases {
        let log = import_log(text);
        let bad: Vec<usize> = log.first_unreadable.iter().map(|bad| bad.line).collect();
        assert_eq!(
            (log.calls.len(), bad.as_slice()),
            (calls, lines),
            "{text}: {why}: {:?}",
            log.first_unreadable
        );
    }
}

#[test]
fn an_end_in_a_log_of_claude_code_is_that_of_the_first_call_of_its_name_and_session() {
    let line = |at: i64, session: &str, words: &str| {
        format!(r#"{{"debug":"{words}","timestamp":{at},"sessionId":"{session}"}}"#)
    };
    let text = [
        line(0, "a b", "Calling MCP tool: c"),
        line(1, "a", "Calling MCP tool: b c"),
        line(2, "a", "Tool 'b c' failed after 0s: Tool 'c' completed successfully in 1ms"),
        line(3, "a", "Calling MCP tool: b c"),
        line(4, "a", "Tool 'b c' completed successfully in 1ms"),
        line(5, "a", "Tool 'b c' completed successfully in 1ms"),
    ]
    .join("\n");
    let log = import_log(&text);
    let answers: Vec<Option<(Outcome, i64)>> = (0..3)
        .map(|index| log.calls.answer_of(index).map(|(outcome, at)| (outcome, at.as_millis())))
        .collect();
    assert_eq!(answers, [None, Some((Outcome::ToolError, 2)), Some((Outcome::Ok, 4))]);
    let own = import_log(r#"{"at": 0, "tool": "a", "debug": "Calling MCP tool: b"}"#);
    assert_eq!(own.calls.get(0).unwrap().tool, "a", "a field of that name is nobody's own");
}

#[test]
fn what_was_not_recorded_is_listed_with_its_number_of_calls() {
    let mut calls = import_log(concat!(
        "{\"at\":0,\"tool\":\"pay\",\"unknown_args\":[\"to\",\"amount\",\"to\"]}\n",
        "{\"at\":1,\"tool\":\"pay\",\"unknown_args\":[\"amount\"]}\n",
        "{\"at\":2,\"tool\":\"pay\",\"unknown_args\":true}\n",
        "{\"at\":3,\"tool\":\"pay\",\"args\":{\"amount\":1}}\n",
        "{\"at\":4,\"tool\":\"ask\",\"unknown_args\":[\"q\"]}\n",
    ))
    .calls;
    let told = |calls: &Calls| {
        let told = |gap: &Gap<'_>| (gap.tool.to_string(), gap.name.unwrap_or("?").to_string(), gap.calls);
        calls.gaps().iter().map(told).collect::<Vec<_>>()
    };
    let row = |tool: &str, name: &str, calls| (tool.to_string(), name.to_string(), calls);
    assert_eq!(
        told(&calls),
        [row("ask", "q", 1), row("pay", "?", 1), row("pay", "amount", 2), row("pay", "to", 1)],
        "a name that a log lists twice is one"
    );
    calls.assume("pay", &Args::parse(r#"{"amount": 5}"#).unwrap());
    assert_eq!(told(&calls), [row("ask", "q", 1), row("pay", "?", 1), row("pay", "to", 1)]);
}

#[test]
fn what_was_not_recorded_can_be_assumed() {
    let mut calls = import_log(concat!(
        r#"{"at": 0, "tool": "pay", "unknown_args": ["amount", "note"]}"#,
        "\n",
        r#"{"at": 1, "tool": "pay", "unknown_args": ["amount"]}"#,
        "\n",
        r#"{"at": 2, "tool": "pay", "unknown_args": true}"#,
        "\n",
        r#"{"at": 3, "tool": "pay", "args": {"amount": 1}}"#,
        "\n",
        r#"{"at": 4, "tool": "other", "unknown_args": true}"#,
        "\n",
        r#"{"at": 5, "tool": "pay", "unknown_args": ["note"]}"#,
    ))
    .calls;
    let given = |json| Args::parse(json).unwrap();
    assert_eq!(
        (calls.assume("pay", &given(r#"{"x": 1}"#)), calls.unrecorded()),
        (1, 5),
        "only where anything may be"
    );
    assert_eq!(calls.assume("pay", &given(r#"{"amount": 0.10, "a\"b": {"}": [2]}}"#)), 3);
    let arguments = |index| calls.get(index).unwrap().arguments;
    let partly = |index| match arguments(index) {
        Arguments::Partly(part) => (part.known.to_string(), part.unrecorded.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(partly(0), (r#"{"amount":0.10}"#.to_string(), Some(Vec::from(["note".to_string()]))));
    assert_eq!(arguments(1), Arguments::Text(r#"{"amount":0.10}"#), "all is known now, to the last digit");
    assert_eq!(partly(2), (r#"{"x":1,"a\"b":{"}": [2]},"amount":0.10}"#.to_string(), None));
    assert_eq!(arguments(3), Arguments::Text(r#"{"amount": 1}"#), "what was recorded stays");
    assert_eq!((arguments(4), calls.unrecorded()), (Arguments::Unknown, 4));
    assert_eq!(calls.assume("pay", &given(r#"{"amount": 7}"#)), 0, "what is assumed once stays");

    let policy = compile(&parse(
        r#"{"version": "1", "default": "deny", "tools": {"pay": {"deny_if": [
            {"conditions": [{"path": "args.amount", "op": "gt", "value": 5}]},
            {"conditions": [{"path": "args.note.x", "op": "exists", "value": true}]}]}}}"#,
    ))
    .unwrap();
    let decisions: Vec<_> = simulate(&policy, &calls).reason.iter().map(|reason| reason.decision()).collect();
    let (allow, unknown) = (Decision::Allow, Decision::Unknown);
    assert_eq!(decisions, [unknown, allow, unknown, allow, Decision::Deny, unknown]);
}

#[test]
fn what_a_log_says_was_refused_is_told_apart() {
    #[rustfmt::skip]
    let cases = [
        // log                                                                          refused   why
        (r#"{"at": 0, "tool": "a", "decision": "deny", "call": "x"}"#,                  true,     "denied"),
        (r#"{"at": 0, "tool": "a", "decision": "approval", "call": "x"}"#,              true,     "nobody has approved"),
        (r#"{"at": 0, "tool": "a", "decision": "allow", "call": "x"}"#,                 false,    "allowed"),
        (r#"{"at": 0, "tool": "a", "decision": "deny", "call": "x", "dry_run": true}"#, false,    "made all the same"),
        (r#"{"ts": "1970-01-01T00:00:00Z", "type": "tool_call", "instance": "i", "tool": "a", "result": "denied"}"#, true, "by Intercept"),
        (r#"{"ts": "1970-01-01T00:00:00Z", "type": "tool_call", "instance": "i", "tool": "a", "result": "allowed"}"#, false, "not by it"),
        (&answered(r#"{"isError": true, "content": [{"type": "text", "text": "[POLICY DENIED] No."}]}"#), true, "by a proxy"),
        (&answered(r#"{"isError": true, "content": [{"type": "text", "text": "It says [POLICY DENIED]."}]}"#), false, "words of the server's"),
        (&answered(r#"{"content": [{"type": "text", "text": "[POLICY DENIED] is what it says"}]}"#), false, "a result"),
    ];
    for (log, refused, why) in cases {
        let calls = import_log(log).calls;
        assert_eq!((calls.len(), calls.was_refused(0)), (1, refused), "{log}: {why}");
        let mut again = Calls::default();
        again.add(calls.part(0..1));
        assert_eq!(again.was_refused(0), refused, "{log}: handed on in parts");
    }
    let asked_again = r#"{"at": 0, "tool": "a", "call": "x", "decision": "approval"}
        {"at": 1, "tool": "b", "call": "y", "decision": "deny"}
        {"at": 2, "tool": "a", "call": "x", "decision": "allow", "approved": true}"#;
    let calls = import_log(asked_again).calls;
    let refused: Vec<bool> = (0..calls.len()).map(|index| calls.was_refused(index)).collect();
    assert_eq!(refused, [true, false], "the later decision counts");
}

/// A call, and a server's answer to it.
fn answered(result: &str) -> String {
    format!(
        r#"{{"ts": 0, "msg": {{"method": "tools/call", "id": 1, "params": {{"name": "a"}}}}}}
           {{"ts": 1, "msg": {{"id": 1, "result": {result}}}}}"#
    )
}
