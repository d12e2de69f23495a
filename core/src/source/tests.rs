use alloc::format;

use super::*;
use crate::diagnostic::{Code, apply};

fn messages(text: &str) -> Vec<String> {
    Source::new(text).diagnostics().iter().map(ToString::to_string).collect()
}

#[test]
fn good_documents_have_no_findings() {
    let documents = [
        r#"{"a": [1, -2.5e+3, true, false, null, "x\n\u00e9\ud83d\ude00"], "b": {}}"#,
        "\u{feff} { // a note\n \"a\" : /* another */ 1 }\n",
        "[]",
        "0",
        "\"text\"",
    ];
    for text in documents {
        assert_eq!(messages(text), Vec::<String>::new(), "{text}");
        if !text.contains("//") {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}: the oracle agrees");
        }
    }
}

#[test]
fn every_error_is_said_with_its_place() {
    #[rustfmt::skip]
    let cases: &[(&str, &[&str])] = &[
        ("",                        &["line 1, column 1: the text ends where a value should be"]),
        ("{",                       &["line 1, column 2: the text ends where `}`, the end of the object that opens on line 1, should be"]),
        ("{\"a\": [1, 2\n}",        &["line 2, column 1, /a: found `}` where `]`, the end of the list that opens on line 1, should be"]),
        ("{\"a\": 1,}",             &["line 1, column 8: a comma with nothing after it\n  help: remove the comma"]),
        ("[1 2]",                   &["line 1, column 4: found `2` where a comma or `]` should be"]),
        ("{\"a\" 1}",               &["line 1, column 6, /a: found `1` where a colon and a value should be"]),
        ("{a: 1, \"b\": nul}",      &["line 1, column 2: found `a` where a key in double quotes should be",
                                      "line 1, column 13, /b: found `nul` where a value should be"]),
        ("[01, 1., +1, 0x1]",       &["line 1, column 2, /0: `01` is not a JSON number\n  help: write it like `10`, `0.5` or `1e3`",
                                      "line 1, column 6, /1: `1.` is not a JSON number\n  help: write it like `10`, `0.5` or `1e3`",
                                      "line 1, column 10, /2: found `+` where a value should be",
                                      "line 1, column 14, /3: `0x1` is not a JSON number\n  help: write it like `10`, `0.5` or `1e3`"]),
        ("[\"a\n\"]",               &["line 1, column 2, /0: a string is not closed on its line\n  help: close it with a double quote",
                                      "line 2, column 1: found `\"` where a comma or `]` should be",
                                      "line 2, column 1, /1: a string is not closed on its line\n  help: close it with a double quote",
                                      "line 2, column 3: the text ends where `]`, the end of the list that opens on line 1, should be"]),
        ("[\"\\x\", \"\\ud800\"]",  &["line 1, column 3, /0: `\\x` is not an escape that JSON has\n  help: surrogates come in pairs; a backslash itself is written `\\\\`",
                                      "line 1, column 9, /1: `\\ud800` is not an escape that JSON has\n  help: surrogates come in pairs; a backslash itself is written `\\\\`"]),
        ("{} {}",                   &["line 1, column 4: the document ends before this\n  help: remove what follows it"]),
        ("{\"é\": 1, \"é\": 2}",    &["line 1, column 10, /é: the key `é` is here again; the first is on line 1\n  help: keep one of the two; most readers silently drop the first"]),
        ("/* open",                 &["line 1, column 1: a comment is never closed\n  help: close it with `*/`",
                                      "line 1, column 8: the text ends where a value should be"]),
    ];
    for (text, expected) in cases {
        assert_eq!(&messages(text), expected, "{text}");
    }
}

#[test]
fn what_stands_around_an_error_is_kept() {
    let source = Source::new("{\"a\": 1, \"b\": oops, \"c\": [1,, 2], \"d\": 4");
    for (pointer, expected) in [("a", "1"), ("d", "4")] {
        let node = source.find(&Pointer::root().key(pointer)).unwrap();
        assert_eq!(node.value, Value::Number(expected.to_string()), "{pointer}");
    }
    let list = source.find(&Pointer::root().key("c")).unwrap();
    assert!(matches!(&list.value, Value::List(items) if items.len() == 2));
}

#[test]
fn hostile_documents_end() {
    let deep = "[".repeat(100_000);
    let codes: Vec<Code> = Source::new(&deep).diagnostics().iter().map(|found| found.code).collect();
    assert_eq!(codes, [Code::TooDeep], "what follows from it is not said besides");
    let equal = format!("{{{}}}", "\"a\": 1,".repeat(10_000));
    assert_eq!(Source::new(&equal).diagnostics().len(), Bounds::DEFAULT.findings);
    let wrong = "?,".repeat(10_000);
    assert!(Source::new(&wrong).diagnostics().len() <= Bounds::DEFAULT.findings);
    assert!(Source::new(&format!("[{wrong}]")).diagnostics().len() <= Bounds::DEFAULT.findings);
    let large = " ".repeat(Bounds::DEFAULT.document_bytes + 1);
    assert_eq!(Source::new(&large).diagnostics().first().unwrap().code, Code::TooLarge);
}

#[test]
fn a_trailing_comma_is_repaired_by_its_fix() {
    let text = "{\"a\": 1 , }";
    let source = Source::new(text);
    let fix = source.diagnostics().first().unwrap().fix.clone().unwrap();
    assert_eq!(apply(text, &fix.edits).as_deref(), Some("{\"a\": 1  }"));
}
