//! Lines of JSON-RPC, whole and damaged, against `serde_json` as the judge of what is JSON and what it says.

use gatewright_core::answer::tools_line;
use gatewright_core::bounds::Bounds;
use gatewright_core::message::{Envelope, Line, Malformed, read_envelope, read_line};
use gatewright_core::{compile, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::examples;

const KEYS: &[&str] = &[
    "method",
    "params",
    "id",
    "jsonrpc",
    "result",
    "name",
    "arguments",
    "_meta",
    "m\\u0065thod",
    "n\\u0061me",
    "Method",
    "param\u{17f}",
    "ARGUMENTS",
    "x",
];

const VALUES: &[&str] = &[
    "\"tools/call\"",
    "\"tools\\/call\"",
    "\"tools/list\"",
    "\"2.0\"",
    "1",
    "-7",
    "12345678901234567890",
    "1.5",
    "\"id\"",
    "\"\\u0069d\"",
    "null",
    "true",
    "[]",
    "{}",
    "[{\"name\":\"x\"}]",
    "{\"name\":\"x\"}",
    "{\"name\":\"y\",\"arguments\":{}}",
    "{\"arguments\":{\"a\":[1,2,{\"b\":\"\\n\"}]},\"name\":\"\\ud83d\\ude00\"}",
    "\"\\udc00\"",
];

/// Mostly calls.
fn messages() -> impl Strategy<Value = String> {
    let members = vec((select(KEYS), select(VALUES)), 0..6);
    let call = (select(VALUES), vec((select(KEYS), select(VALUES)), 0..3)).prop_map(|(id, more)| {
        let more: Vec<String> = more.iter().map(|(key, value)| format!(", \"{key}\": {value}")).collect();
        let more = more.concat();
        format!("{{\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"x\"{more}}}}}")
    });
    let any = members.prop_map(|members| {
        let members = members.iter().map(|(key, value)| format!("\"{key}\":{value}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    });
    prop_oneof![call, any]
}

/// Bytes taken out, put in, changed or written twice.
fn damage() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    let byte = prop_oneof![select(b"{}[],:\"\\u0019eE.+- \n\r\t\0abtfn\xc3\xff".to_vec()), any::<u8>()];
    vec((any::<usize>(), 0..4_u8, byte), 0..4)
}

fn damaged(text: &str, damage: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, kind, byte) in damage {
        let place = place % (bytes.len() + 1);
        match (kind, bytes.get_mut(place)) {
            (0, Some(_)) => drop(bytes.remove(place)),
            (1, Some(found)) => *found = *byte,
            (2, Some(&mut found)) => bytes.insert(place, found),
            _ => bytes.insert(place, *byte),
        }
    }
    bytes
}

/// An envelope can be read of every message that is sound, and of a call it is that of the call.
fn enveloped_well(line: &[u8]) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(line);
    let value = serde_json::from_slice::<Value>(line).ok();
    match (read_line(line, &Bounds::DEFAULT), read_envelope(line, &Bounds::DEFAULT)) {
        (Ok(Line::ToolCall(call)), Ok(Envelope::Request { id, method, call: Some(_) })) => {
            prop_assert_eq!((id, method.as_ref()), (call.id, "tools/call"));
        }
        (Ok(Line::ToolCall(_)), other) => prop_assert!(false, "{shown:?}: {other:?}"),
        (Ok(Line::Other), Ok(Envelope::Request { call: Some(_), .. })) => prop_assert!(false, "{shown:?}"),
        (Ok(Line::Other), envelope) => prop_assert!(envelope.is_ok(), "{shown:?}"),
        (Err(_), Ok(Envelope::Response { .. })) => {
            prop_assert!(false, "{shown:?} is no call, and was refused");
        }
        (Err(_), _) => {}
    }
    if let (Ok(Envelope::Response { .. }), Some(value)) = (read_envelope(line, &Bounds::DEFAULT), value) {
        prop_assert!(value.get("method").is_none(), "{shown:?} is no answer");
    }
    Ok(())
}

/// What is read of a line is what `serde_json` reads of it; what is no JSON is not read.
fn read_well(line: &[u8]) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(line);
    let read = read_line(line, &Bounds::DEFAULT);
    if serde_json::from_slice::<IgnoredAny>(line).is_err() {
        prop_assert!(read.is_err(), "{shown:?} is no JSON, and was read");
    }
    let Ok(value) = serde_json::from_slice::<Value>(line) else { return Ok(()) };
    let is_call = value.get("method").is_some_and(|method| method == "tools/call");
    match read {
        Ok(Line::ToolCall(call)) => {
            prop_assert!(is_call, "{shown:?}");
            let id = serde_json::from_str::<Value>(call.id).ok();
            prop_assert_eq!(id.as_ref(), value.get("id"), "{}", shown);
            prop_assert!(id.is_some_and(|id| id.is_string() || id.is_number()), "{shown:?}");
            let name = value.pointer("/params/name").and_then(Value::as_str);
            prop_assert_eq!(name, Some(call.tool.as_ref()), "{}", shown);
        }
        Ok(Line::Other) => prop_assert!(!is_call, "{shown:?} is a call, and was let by"),
        Err(code) => {
            let grammar =
                [Malformed::TooLong, Malformed::NotUtf8, Malformed::Syntax, Malformed::TrailingBytes];
            prop_assert!(!grammar.contains(&code), "{shown:?} is JSON, and was refused: {code}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(examples(5_000))]

    #[test]
    fn messages_are_read_as_serde_json_reads_them(text in messages(), damage in damage()) {
        let damaged = damaged(&text, &damage);
        for line in [text.as_bytes(), &damaged] {
            read_well(line)?;
            enveloped_well(line)?;
        }
    }

    #[test]
    fn any_bytes_are_no_call_or_json(bytes in vec(any::<u8>(), 0..80)) {
        read_well(&bytes)?;
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused(
        text in messages(), key in select(KEYS), one in select(VALUES), other in select(VALUES),
    ) {
        let rest = text.trim_start_matches('{');
        let comma = if rest.starts_with('}') { "" } else { "," };
        let twice = format!("{{\"{key}\":{one},\"{key}\":{other}{comma}{rest}");
        prop_assert!(read_line(twice.as_bytes(), &Bounds::DEFAULT).is_err(), "{twice}");
    }

    #[test]
    fn a_sound_call_is_read(name in any::<String>(), id in any::<i64>(), text in any::<String>()) {
        let arguments = serde_json::json!({ "text": text, "list": [1, { "text": text }] });
        let params = serde_json::json!({ "name": name, "arguments": arguments });
        let message = serde_json::json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        let line = format!("{message}\n");
        match read_line(line.as_bytes(), &Bounds::DEFAULT) {
            Ok(Line::ToolCall(call)) => {
                prop_assert_eq!(call.id, id.to_string());
                prop_assert_eq!(call.tool, name);
            }
            other => prop_assert!(false, "{line}: {other:?}"),
        }
    }

    #[test]
    fn a_list_of_tools_loses_what_is_hidden_and_nothing_else(
        names in vec(select(&["a", "b", "c", "\\u0061", "é"]), 0..8), hide in vec(select(&["a", "b", "é"]), 0..3),
        gaps in vec(select(&["", " ", "  "]), 18), scope in select(&["\"public\"", "\"private\"", "7"]),
    ) {
        let tools: Vec<String> = names.iter().zip(&gaps).map(|(name, gap)| {
            format!("{gap}{{\"x\":1.0,{gap}\"name\":\"{name}\"{gap}}}{gap}")
        }).collect();
        let line = format!(r#"{{"id":1,"result":{{"tools":[{}],"cacheScope":{scope},"n":1e2}}}}"#, tools.join(","));
        let hidden = serde_json::json!({ "version": "1", "default": "allow", "hide": hide }).to_string();
        let policy = compile(&parse(&hidden)).unwrap();
        let cut = tools_line(&policy, line.as_bytes()).unwrap();
        let mut expected: Value = serde_json::from_str(&line).unwrap();
        expected["result"]["tools"].as_array_mut().unwrap().retain(|tool| {
            !hide.iter().any(|name| tool["name"] == *name)
        });
        expected["result"]["cacheScope"] = "private".into();
        let read = |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap();
        prop_assert_eq!(cut.is_none(), read(line.as_bytes()) == expected, "{}", line);
        prop_assert_eq!(read(cut.as_deref().unwrap_or(line.as_bytes())), expected, "{}", line);
        for tool in tools.iter().map(String::as_str).map(str::trim) {
            let stays = !hide.iter().any(|name| read(tool.as_bytes())["name"] == *name);
            let left = cut.as_deref().unwrap_or(line.as_bytes());
            prop_assert!(!stays || String::from_utf8_lossy(left).contains(tool), "{tool} of {line}");
        }
    }
}
