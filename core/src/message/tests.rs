use alloc::format;
use alloc::string::ToString;

use super::*;
use crate::path::{ArgPath, PathTree};
use crate::value::Argument;

mod envelope;
mod oracle;
mod slots;

fn read(line: &str) -> Result<Line<'_>, Malformed> {
    read_line(line.as_bytes(), &Bounds::DEFAULT)
}

/// A call whose `params` are these.
fn call(params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#)
}

#[test]
fn calls_are_read() {
    #[rustfmt::skip]
    let cases = [
        // line                                                                            id          tool     arguments         why
        (call(r#"{"name":"a","arguments":{"x":1}}"#),                                      "1",        "a",     Some(r#"{"x":1}"#), "as it is sent"),
        (call(r#"{"name":"a"}"#),                                                          "1",        "a",     None,             "no arguments"),
        (call(r#"{"arguments":{},"name":"a"}"#),                                           "1",        "a",     Some("{}"),       "any order in `params`"),
        (r#"{"params":{"name":"a"},"id":1,"method":"tools/call"}"#.into(),                 "1",        "a",     None,             "any order in the message, and no `jsonrpc`"),
        (format!(" \t{}\n", call(r#"{"name":"a"}"#)),                                      "1",        "a",     None,             "white space around, and a line break"),
        (format!("\r\n{}\r\n", call(r#"{"name":"a"}"#)),                                   "1",        "a",     None,             "another line break; an empty line before is no message"),
        (call(r#"{ "name" : "a" , "arguments" : { "x" : [ 1 , { } ] } }"#),                "1",        "a",     Some(r#"{ "x" : [ 1 , { } ] }"#), "white space inside"),
        (r#"{"id":"x\n\u00e9","method":"tools/call","params":{"name":"a"}}"#.into(),       r#""x\n\u00e9""#, "a", None,           "an id of text, as it is spelled"),
        (r#"{"id":-9007199254740993,"method":"tools/call","params":{"name":"a"}}"#.into(), "-9007199254740993", "a", None,        "a large id"),
        (r#"{"id":0,"m\u0065thod":"tools\/call","p\u0061rams":{"n\u0061me":"\u0061"}}"#.into(), "0",   "a",     None,             "keys and texts are compared as they read"),
        (call(r#"{"name":"Löschen 🗑 \ud83d\uDDD1 \"\\\/\b\f\n\r\t"}"#),                   "1",        "Löschen 🗑 🗑 \"\\/\u{8}\u{c}\n\r\t", None, "every escape"),
        (call(r#"{"name":""}"#),                                                           "1",        "",      None,             "no tool is called so: a policy decides"),
        (call(r#"{"name":"a","_meta":{"name":1,"name":2},"task":null}"#),                  "1",        "a",     None,             "what is not judged may be anything"),
        (call(r#"{"name":"a","_meta":"\ud800"}"#),                                         "1",        "a",     None,             "half a pair of surrogates where no rule looks"),
        (r#"{"id":1,"method":"tools/call","params":{"name":"a"},"Result":1,"x":[{}]}"#.into(), "1",    "a",     None,             "unknown keys of a message are ignored"),
        (call(r#"{"name":"a","arguments":{"arguments":[],"name":0,"Name":0,"x":1,"x":2}}"#), "1",      "a",     Some(r#"{"arguments":[],"name":0,"Name":0,"x":1,"x":2}"#), "arguments have other keys"),
    ];
    for (line, id, tool, arguments, why) in cases {
        let expected = Line::ToolCall(ToolCallLine { id, tool: tool.into(), arguments });
        assert_eq!(read(&line), Ok(expected), "{line}: {why}");
    }
}

#[test]
fn a_name_without_escapes_is_borrowed() {
    let line = call(r#"{"name":"a","arguments":{}}"#);
    let Ok(Line::ToolCall(read)) = read(&line) else { panic!("{line}") };
    assert!(matches!(read.tool, Cow::Borrowed(_)));
}

#[test]
fn other_messages_are_left_alone() {
    #[rustfmt::skip]
    let cases = [
        (r#"{"jsonrpc":"2.0","id":1,"result":{"isError":true}}"#,            "an answer"),
        (r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700}}"#,           "an error"),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,        "a notification"),
        (r#"{"id":1,"method":"tools/list","params":{"cursor":"x"}}"#,        "another method"),
        (r#"{"id":1,"method":"Tools/Call","params":{"name":"a"}}"#,          "methods are told apart by capitals"),
        (r#"{"id":1,"method":"x","params":{"name":1,"name":2,"Name":3}}"#,   "`params` of another method"),
        (r#"{"id":[],"method":"x","params":[1]}"#,                           "of any type, and any id"),
        (r#"{"id":1,"params":{"name":"a","arguments":{}}}"#,                 "no method: no call"),
        ("{}",                                                               "an empty object"),
    ];
    for (line, why) in cases {
        assert_eq!(read(line), Ok(Line::Other), "{line}: {why}");
    }
}

#[test]
fn what_cannot_be_judged_is_refused() {
    use Malformed::*;
    #[rustfmt::skip]
    let cases: &[(&str, Malformed, &str)] = &[
        ("",                                             Syntax,         "nothing"),
        ("\u{feff}{}",                                   Syntax,         "a byte order mark is no white space"),
        ("\u{a0}{}",                                     Syntax,         "nor is a no-break space"),
        ("\u{c}{}",                                      Syntax,         "nor a form feed"),
        ("{",                                            Syntax,         "no end"),
        (r#"{"a":1,}"#,                                  Syntax,         "a comma with nothing after it"),
        (r#"{,"a":1}"#,                                  Syntax,         "a comma with nothing before it"),
        (r#"{"a" 1}"#,                                   Syntax,         "no colon"),
        (r#"{"a":}"#,                                    Syntax,         "no value"),
        (r#"{"a":1 "b":2}"#,                             Syntax,         "no comma"),
        ("{a:1}",                                        Syntax,         "a key without quotes"),
        ("{'a':1}",                                      Syntax,         "other quotes"),
        (r#"{"a":[1,]}"#,                                Syntax,         "the same in a list"),
        (r#"{"a":[1}}"#,                                 Syntax,         "brackets that do not match"),
        (r#"{"a":{"b":1]}"#,                             Syntax,         "the other way round"),
        (r#"{"a":[[[]}"#,                                Syntax,         "brackets that are not closed"),
        (r#"{"a":tru}"#,                                 Syntax,         "half a word"),
        (r#"{"a":nulll}"#,                               Syntax,         "more than a word"),
        (r#"{"a":True}"#,                                Syntax,         "a word of another language"),
        (r#"{"a":NaN}"#,                                 Syntax,         "not a number"),
        (r#"{"a":01}"#,                                  Syntax,         "a leading zero"),
        (r#"{"a":-}"#,                                   Syntax,         "no digits"),
        (r#"{"a":+1}"#,                                  Syntax,         "a plus sign"),
        (r#"{"a":1.}"#,                                  Syntax,         "no digits after the point"),
        (r#"{"a":.5}"#,                                  Syntax,         "no digits before it"),
        (r#"{"a":1e}"#,                                  Syntax,         "no digits in the exponent"),
        (r#"{"a":1e+-1}"#,                               Syntax,         "two signs"),
        (r#"{"a":0x10}"#,                                Syntax,         "another base"),
        ("{\"a\":\"\t\"}",                               Syntax,         "a raw tab in a string"),
        ("{\"a\":\"\n\"}",                               Syntax,         "a raw line break in a string"),
        ("{\"a\":\"\0\"}",                               Syntax,         "a raw zero in a string"),
        ("{\"a\":\"\u{1f}\"}",                           Syntax,         "the last of the control characters"),
        (r#"{"a":"\x41"}"#,                              Syntax,         "an escape that JSON has not"),
        (r#"{"a":"\u12g4"}"#,                            Syntax,         "a digit that is none"),
        (r#"{"a":"\u+123"}"#,                            Syntax,         "a sign is no digit"),
        (r#"{"a":"\u12"}"#,                              Syntax,         "too few digits"),
        (r#"{"a":"\U0041"}"#,                            Syntax,         "an escape in capitals"),
        (r#"{"a":"\"#,                                   Syntax,         "an escape with no end"),
        (r#"{"a":"\"}"#,                                 Syntax,         "an escaped quote ends no string"),
        ("{\"a\":1} // x",                               TrailingBytes,  "a comment"),
        ("{}{}",                                         TrailingBytes,  "two messages"),
        ("{}\n{}",                                       TrailingBytes,  "two lines"),
        ("{}\0",                                         TrailingBytes,  "a zero byte"),
        ("[] x",                                         TrailingBytes,  "after a batch too"),
        ("{\"id\":1,\n\"method\":\"x\"}",                ManyLines,      "a server that reads by lines sees two"),
        ("{\"id\":1,\"x\":[\r1]}",                       ManyLines,      "Python ends lines here too"),
        ("{\n}",                                         ManyLines,      "also where it changes nothing"),
        (r#"[{"id":1}]"#,                                Batch,          "a batch"),
        ("[]",                                           Batch,          "an empty one"),
        ("[1,]",                                         Syntax,         "a batch is JSON first"),
        ("7",                                            NotAnObject,    "a number"),
        (r#""{}""#,                                      NotAnObject,    "text"),
        ("null",                                         NotAnObject,    "nothing"),
        (r#"{"method":"x","method":"x"}"#,               DuplicateKey,   "twice the same"),
        (r#"{"method":"x","m\u0065thod":"tools/call"}"#, DuplicateKey,   "spelled in two ways"),
        (r#"{"x":1,"id":1,"x":1}"#,                      DuplicateKey,   "of a key that nobody knows"),
        (r#"{"Method":"tools/call"}"#,                   TwinKey,        "Go reads this as `method`"),
        (r#"{"method":"x","METHOD":"tools/call"}"#,      TwinKey,        "and the last one counts"),
        (r#"{"method":"x","paramſ":{}}"#,                TwinKey,        "Go folds U+017F to s"),
        (r#"{"method":"x","param\u017f":{}}"#,           TwinKey,        "also as an escape"),
        (r#"{"id":1,"ID":2}"#,                           TwinKey,        "another id"),
        (r#"{"JsonRpc":"2.0"}"#,                         TwinKey,        "another protocol"),
        (r#"{"method":1}"#,                              MethodNotText,  "a number"),
        (r#"{"method":null}"#,                           MethodNotText,  "null is not absent"),
        (r#"{"method":["tools/call"]}"#,                 MethodNotText,  "a list"),
        (r#"{"method":"\ud800"}"#,                       LoneSurrogate,  "a method is judged"),
        (r#"{"\udc00":1}"#,                              LoneSurrogate,  "so are the keys of a message"),
    ];
    for (line, code, why) in cases {
        assert_eq!(read(line), Err(*code), "{line}: {why}");
    }
}

#[test]
fn a_call_that_cannot_be_judged_is_refused() {
    use Malformed::*;
    let with_id = |id: &str| format!(r#"{{"id":{id},"method":"tools/call","params":{{"name":"a"}}}}"#);
    #[rustfmt::skip]
    let cases = [
        (r#"{"method":"tools/call","params":{"name":"a"}}"#.to_string(), NoId, "a notification would be done unseen"),
        (with_id("null"),                                 IdNotAnId,            "null"),
        (with_id("true"),                                 IdNotAnId,            "true"),
        (with_id("{}"),                                   IdNotAnId,            "an object"),
        (with_id("[1]"),                                  IdNotAnId,            "a list"),
        (with_id("1.0"),                                  IdNotAnId,            "a fraction, if a whole one"),
        (with_id("1e0"),                                  IdNotAnId,            "an exponent"),
        (with_id("-0"),                                   IdNotAnId,            "zero has two spellings"),
        (with_id(r#""\udfff""#),                          LoneSurrogate,        "no server would answer it so"),
        (r#"{"id":1,"method":"tools/call"}"#.to_string(), NoParams,             "no `params`"),
        (call("null"),                                    ParamsNotAnObject,    "null is not absent"),
        (call(r#"["a",{}]"#),                             ParamsNotAnObject,    "a list, as JSON-RPC allows"),
        (call(r#""a""#),                                  ParamsNotAnObject,    "text"),
        (call("{}"),                                      NoName,               "no name"),
        (call(r#"{"name":null}"#),                        NameNotText,          "null is not absent"),
        (call(r#"{"name":["a"]}"#),                       NameNotText,          "a list"),
        (call(r#"{"name":"\ud83d"}"#),                    LoneSurrogate,        "half a character"),
        (call(r#"{"name":"\ud83d\u0041"}"#),              LoneSurrogate,        "and another character"),
        (call(r#"{"name":"\ud83dA"}"#),                   LoneSurrogate,        "and a plain one"),
        (call(r#"{"name":"\ud83d\ud83d"}"#),              LoneSurrogate,        "twice the same half"),
        (call(r#"{"name":"a","arguments":null}"#),        ArgumentsNotAnObject, "null is not absent"),
        (call(r#"{"name":"a","arguments":[]}"#),          ArgumentsNotAnObject, "a list"),
        (call(r#"{"name":"a","arguments":"{}"}"#),        ArgumentsNotAnObject, "text"),
        (call(r#"{"name":"a","name":"a"}"#),              DuplicateKey,         "the same name twice"),
        (call(r#"{"name":"a","n\u0061me":"b"}"#),         DuplicateKey,         "spelled in two ways"),
        (call(r#"{"name":"a","x":1,"x":2}"#),             DuplicateKey,         "any key"),
        (call(r#"{"name":"a","Name":"b"}"#),              TwinKey,              "Go reads the last"),
        (call(r#"{"name":"a","argumentſ":{}}"#),          TwinKey,              "arguments that no rule would see"),
        (call(r#"{"name":"a","ARGUMENTS":{}}"#),          TwinKey,              "in capitals"),
        (call(r#"{"name":"a","\ud800":1}"#),              LoneSurrogate,        "keys of `params` are judged"),
        (call(r#"{"name":"a","arguments":{"x":01}}"#),    Syntax,               "arguments are JSON, whatever the rules"),
        (call(r#"{"name":"a","arguments":{"x":"\q"}}"#),  Syntax,               "also where nobody looks"),
    ];
    for (line, code, why) in cases {
        assert_eq!(read(&line), Err(code), "{line}: {why}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    #[rustfmt::skip]
    let cases: &[(&[u8], &str)] = &[
        (b"{\"a\":\"\xff\"}",         "no byte of UTF-8"),
        (b"{\"a\":\"\xc0\xa2\"}",     "an overlong quote"),
        (b"{\"a\":\"\xed\xa0\x80\"}", "half a pair of surrogates"),
        (b"{\"a\":\"\xe2\x82",        "half a character"),
        (b"\xff\xfe{\0}\0",           "another encoding"),
    ];
    for (line, why) in cases {
        assert_eq!(read_line(line, &Bounds::DEFAULT), Err(Malformed::NotUtf8), "{why}");
    }
}

#[test]
fn bounds_are_inclusive() {
    let bounds = Bounds { message_bytes: 24, depth: 3, message_keys: 2, ..Bounds::DEFAULT };
    #[rustfmt::skip]
    let cases = [
        (r#"{"a":"0123456789abcdef"}"#,       None,                          "24 bytes"),
        (r#"{"a":"0123456789abcdefg"}"#,      Some(Malformed::TooLong),      "25 bytes"),
        (r#"{"a":[[]]}"#,                     None,                          "three deep"),
        (r#"{"a":[[[]]]}"#,                   Some(Malformed::TooDeep),      "four deep"),
        (r#"{"a":[{"b":{}}]}"#,               Some(Malformed::TooDeep),      "four deep, by objects"),
        (r#"{"a":[[],[],[]]}"#,               None,                          "what is closed is not deep"),
        (r#"{"a":1,"b":2}"#,                  None,                          "two keys"),
        (r#"{"a":1,"b":2,"c":3}"#,            Some(Malformed::TooManyKeys),  "three keys"),
        (r#"{"a":{"b":1,"c":2,"":3}}"#,      None,                          "not of the message"),
    ];
    for (line, code, why) in cases {
        assert_eq!(read_line(line.as_bytes(), &bounds).err(), code, "{line}: {why}");
    }
    let wide = call(r#"{"name":"a","b":1,"c":2}"#);
    let bounds = Bounds { message_keys: 4, ..Bounds::DEFAULT };
    assert!(read_line(wide.as_bytes(), &bounds).is_ok());
    let bounds = Bounds { message_keys: 2, ..Bounds::DEFAULT };
    assert_eq!(read_line(wide.as_bytes(), &bounds), Err(Malformed::TooManyKeys));
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let endless = Bounds { depth: usize::MAX, ..Bounds::DEFAULT };
    assert_eq!(read_line(deep(128).as_bytes(), &endless), Err(Malformed::Batch), "128 at the most");
    assert_eq!(read_line(deep(129).as_bytes(), &endless), Err(Malformed::TooDeep), "whatever the bounds");
    let hostile = "{\"a\":".repeat(1_000_000);
    assert_eq!(read(&hostile), Err(Malformed::TooDeep), "no stack is used up");
}

/// Strings are looked at eight bytes and sixty-four at a time: each stop is tried at each place.
#[test]
fn a_string_ends_at_its_first_stop_wherever_that_stands() {
    for length in 0..200 {
        let run = "ä~ !#[]\u{7f}".chars().cycle().take(length).collect::<String>();
        let said = |inner: &str| format!("{{\"a\":\"{run}{inner}");
        assert_eq!(read(&said("\"}")), Ok(Line::Other), "{length}");
        assert_eq!(read(&said("\\\"\"}")), Ok(Line::Other), "{length}");
        assert_eq!(read(&said("\\u0022, more text\"}")), Ok(Line::Other), "{length}");
        for wrong in ["", "\u{1f}\"}", "\0\"}", "\n\"}", "\\", "\\\"}", "\\u002", "\"\"}"] {
            assert_eq!(read(&said(wrong)), Err(Malformed::Syntax), "{length}: {wrong:?}");
        }
        let line = call(&format!("{{\"name\":\"{run}\\n{run}\"}}"));
        let Ok(Line::ToolCall(read)) = read(&line) else { panic!("{line}") };
        assert_eq!(read.tool, format!("{run}\n{run}"));
    }
}

#[test]
fn each_code_has_a_sentence() {
    use Malformed::*;
    #[rustfmt::skip]
    let all = [
        TooLong, NotUtf8, Syntax, TooDeep, TrailingBytes, ManyLines, Batch, NotAnObject, TooManyKeys, DuplicateKey,
        TwinKey, MethodNotText, NoId, IdNotAnId, NoParams, ParamsNotAnObject, NoName, NameNotText,
        ArgumentsNotAnObject, LoneSurrogate, NumberTooLarge, TooManyValues,
    ];
    for code in all {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        let sentence = code.to_string();
        assert!(!sentence.ends_with('.') && sentence.contains(' '), "{sentence}");
    }
    let codes: Vec<_> = all.iter().map(|code| code.as_str()).collect();
    assert!(all.iter().all(|code| codes.iter().filter(|other| **other == code.as_str()).count() == 1));
}
