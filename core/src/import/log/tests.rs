use alloc::format;
use alloc::string::ToString;

use super::records::Records;
use super::*;
use crate::call::Outcome;
use crate::time::Timestamp;

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
