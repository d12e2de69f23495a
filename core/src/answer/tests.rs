use alloc::string::ToString;

use super::*;
use crate::compile::compile;
use crate::parse::parse;
use crate::verdict::{Decision, Reason};

fn denied(message: &str, retry_at: Option<i64>) -> Verdict {
    Verdict {
        decision: Decision::Deny,
        reason: Reason::Limit,
        rule: None,
        pointer: None,
        message: message.to_string(),
        malformed: Some(Malformed::TwinKey),
        at: Timestamp::from_millis(30_000),
        clock_behind_ms: None,
        quota: None,
        retry_at: retry_at.map(Timestamp::from_millis),
        reservation: None,
    }
}

fn parsed(line: &str) -> Value {
    assert!(!line.contains('\n'), "{line}: one line");
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_denial_is_a_result_with_the_verdict_for_machines() {
    let line = parsed(&denial_line(r#""a\n""#, &denied("No.", None), false));
    let verdict = json!({"decision": "deny", "reason": "limit", "message": "No.", "malformed": "twin-key", "at": 30_000});
    let result = json!({
        "content": [{"type": "text", "text": "[POLICY DENIED] No."}],
        "isError": true,
        "_meta": {"gatewright.dev/verdict": verdict},
    });
    assert_eq!(line, json!({"jsonrpc": "2.0", "id": "a\n", "result": result}));
}

#[test]
fn a_modern_caller_is_told_that_the_result_is_complete() {
    let line = parsed(&denial_line("1", &denied("No.", None), true));
    assert_eq!(line["result"]["resultType"], "complete");
}

#[test]
fn a_denial_says_when_to_come_back() {
    #[rustfmt::skip]
    let cases = [
        // message                        retry at         text
        ("Too much.",                     Some(60_000),    "[POLICY DENIED] Too much. The same call is allowed at 00:01 UTC (in 30 s)."),
        ("Next at 00:01 UTC (in 30 s).",  Some(60_000),    "[POLICY DENIED] Next at 00:01 UTC (in 30 s)."),
        ("Too much.",                     Some(86_400_000), "[POLICY DENIED] Too much. The same call is allowed at 1970-01-02 00:00 UTC (in 23 h 59 min)."),
        ("Never.",                        None,            "[POLICY DENIED] Never."),
        ("Two\nlines",                    None,            "[POLICY DENIED] Two\nlines"),
    ];
    for (message, retry_at, text) in cases {
        let line = parsed(&denial_line("1", &denied(message, retry_at), false));
        assert_eq!(line["result"]["content"][0]["text"], text, "{message}");
    }
}

#[test]
fn a_verdict_that_comes_back_as_json_gives_the_same_line() {
    let verdict = denied("Too much.", Some(60_000));
    let json = serde_json::to_string_pretty(&verdict).unwrap();
    assert_eq!(denial_line_of_json("1", &json, true), Some(denial_line("1", &verdict, true)));
    for json in ["", "[]", "{}", r#"{"message": "No."}"#, r#"{"message": 1, "at": 0}"#] {
        assert_eq!(denial_line_of_json("1", json, true), None, "{json}");
    }
}

fn without(hide: &str, line: &str) -> Option<String> {
    let text = format!(r#"{{"version": "1", "default": "allow", "hide": {hide}}}"#);
    let line = tools_line(&compile(&parse(&text)).unwrap(), line.as_bytes()).unwrap()?;
    Some(String::from_utf8(line).unwrap())
}

#[test]
fn hidden_tools_are_left_out_of_a_list() {
    let a = r#"{"name":"a","inputSchema":{"n":12345678901234567890,"d":1.0}}"#;
    #[rustfmt::skip]
    let cases: &[(&str, String, Option<String>, &str)] = &[
        (r#"["x"]"#,      format!("[{a}]"),                                     None,                         "nothing hidden is there"),
        ("[]",            format!("[{a}]"),                                     None,                         "nothing is hidden"),
        (r#"["a"]"#,      format!("[{a}]"),                                     Some("[]".into()),            "the only one"),
        (r#"["b"]"#,      format!(r#"[{a}, {{"name":"b"}} ]"#),                 Some(format!("[{a} ]")),      "the last"),
        (r#"["b"]"#,      format!(r#"[ {{"name":"b"}} , {a}]"#),                Some(format!("[ {a}]")),      "the first"),
        (r#"["b","c"]"#,  format!(r#"[{{"name":"b"}},{{"name":"c"}},{a}]"#),    Some(format!("[{a}]")),       "the first two"),
        (r#"["b","c"]"#,  format!(r#"[{a},{{"name":"b"}},{{"name":"c"}}]"#),    Some(format!("[{a}]")),       "the last two"),
        (r#"["b","c"]"#,  format!(r#"[{{"name":"b"}}, {a}, {{"name":"c"}}]"#),  Some(format!("[{a}]")),       "around one that stays"),
        (r#"["b"]"#,      format!(r#"[{a},{{"name":"b"}},{a},{{"name":"b"}},{a}]"#), Some(format!("[{a},{a},{a}]")), "between others"),
        (r#"["*"]"#,      format!(r#"[{a}, {{}}, {{"name":"\ud800"}}]"#),    Some("[]".into()),            "all, those without a name too"),
        (r#"["a"]"#,      r#"[{}, {"name":7}, {"name":"\ud800"}]"#.into(),      None,                         "what has no name stays"),
        (r#"["a"]"#,      r#"[{"name":"x","name":"a"},{"name":"a","name":"x"}]"#.into(), Some("[]".into()),   "one name of two"),
        (r#"["a"]"#,      r#"[{"n\u0061me":"\u0061"}]"#.into(),                 Some("[]".into()),            "names and keys count as they read"),
        (r#"["a"]"#,      r#"[{"name":"A"},{"title":"a"},{"x":{"name":"a"}}]"#.into(), None,                  "another name"),
    ];
    for (hide, tools, expected, why) in cases {
        let line = |tools: &str| {
            let rest = r#""nextCursor":"","_meta":{"x":1e400},"ttlMs":1000"#;
            format!(
                "{{\"jsonrpc\": \"2.0\", \"id\":\"\\u0061\",\"result\":{{\"tools\":{tools},{rest}}}}}\r\n"
            )
        };
        assert_eq!(without(hide, &line(tools)), expected.as_deref().map(line), "{tools}: {why}");
    }
}

#[test]
fn an_answer_to_all_becomes_one_to_its_receiver() {
    #[rustfmt::skip]
    let cases = [
        (r#"{"id":1,"result":{"cacheScope": "public" ,"tools":[]}}"#, Some(r#"{"id":1,"result":{"cacheScope": "private" ,"tools":[]}}"#), "before the tools"),
        (r#"{"id":1,"result":{"tools":[{"name":"a"}],"cacheScope":7}}"#, Some(r#"{"id":1,"result":{"tools":[],"cacheScope":"private"}}"#), "after them, whatever it was"),
        (r#"{"id":1,"result":{"tools":[],"cacheScope":"private"}}"#,  None, "it is already"),
        (r#"{"id":1,"result":{"tools":[]}}"#,                         None, "where it lacks, it lacks"),
        (r#"{"id":1,"result":{"tools":[],"x":{"cacheScope":"public"}}}"#, None, "elsewhere it means something else"),
        (r#"{"id":1,"error":{"code":-32601,"message":"x"}}"#,         None, "an error has no tools"),
        (r#"{"id":1,"method":"x","params":{"tools":[{"name":"a"}]}}"#, None, "nor has a request"),
    ];
    for (line, expected, why) in cases {
        assert_eq!(without(r#"["a"]"#, line).as_deref(), expected, "{line}: {why}");
    }
}

#[test]
fn a_list_that_may_be_two_is_cut_in_both_or_refused() {
    let line = r#"{"id":1,"result":{"tools":[{"name":"a"}],"tools":[{"name":"b"},{"name":"a"}]}}"#;
    let cut = r#"{"id":1,"result":{"tools":[],"tools":[{"name":"b"}]}}"#;
    assert_eq!(without(r#"["a"]"#, line).as_deref(), Some(cut));
    let policy = compile(&parse(r#"{"version": "1", "default": "allow"}"#)).unwrap();
    #[rustfmt::skip]
    let cases: [(&[u8], _, _); 7] = [
        (br#"{"result":{},"result":{}}"#,               Malformed::DuplicateKey,  "one of the two"),
        (br#"{"result":{"tools":[}}"#,                  Malformed::Syntax,        "no JSON"),
        (br#"{"result":{"tools":{"name":"a"}}}"#,       Malformed::ToolsNotAList, "one tool in place of a list"),
        (br#"{"result":{"tools":[[{"name":"a"}]]}}"#,   Malformed::ToolsNotAList, "a list in a list"),
        (br#"{"result":{"tools":[],"Tools":[]}}"#,      Malformed::TwinKey,       "a list to those that ignore case"),
        (br#"{"id":1,"Result":{"tools":[]}}"#,          Malformed::TwinKey,       "a result to those that ignore case"),
        (br#"{"result":{"tools":[{"Name":"a"}]}}"#,     Malformed::TwinKey,       "a name to those that ignore case"),
    ];
    for (line, problem, why) in cases {
        assert_eq!(tools_line(&policy, line), Err(problem), "{why}");
    }
}
