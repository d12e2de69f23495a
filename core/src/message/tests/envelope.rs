use super::*;
use crate::call::Outcome;

fn envelope(line: &str) -> Result<Envelope<'_>, Malformed> {
    read_envelope(line.as_bytes(), &Bounds::DEFAULT)
}

fn response<'m>(id: Option<&'m str>, outcome: Outcome, result_type: Option<&'m str>) -> Envelope<'m> {
    Envelope::Response { id, outcome, result_type: result_type.map(Cow::Borrowed) }
}

#[test]
fn an_answer_says_how_a_call_ended() {
    use Outcome::*;
    #[rustfmt::skip]
    let cases = [
        // line                                                                     id              outcome        result type             why
        (r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#,                      Some("1"),      Ok,            None,                   "a result"),
        (r#"{"id":1,"result":{"content":[],"isError":true}}"#,                       Some("1"),      ToolError,     None,                   "the tool failed"),
        (r#"{"id":1,"result":{"isError":"true"}}"#,                                  Some("1"),      Ok,            None,                   "text is not true"),
        (r#"{"id":1,"result":{"isError":true,"isError":false}}"#,                    Some("1"),      Ok,            None,                   "of equal keys the last counts"),
        (r#"{"id":1,"result":{"structuredContent":{"isError":true}}}"#,              Some("1"),      Ok,            None,                   "what a tool says is its own business"),
        (r#"{"id":1,"error":{"code":-32602,"message":"x"}}"#,                        Some("1"),      ProtocolError, None,                   "an error"),
        (r#"{"id":null,"error":{"code":-32700}}"#,                                   Some("null"),   ProtocolError, None,                   "an error about what could not be read"),
        (r#"{"error":{"code":-32700}}"#,                                             None,           ProtocolError, None,                   "the same without an id"),
        (r#"{"id":1,"error":null,"result":{}}"#,                                     Some("1"),      Ok,            None,                   "a null error is none"),
        (r#"{"id":1,"error":{},"result":null}"#,                                     Some("1"),      ProtocolError, None,                   "a null result is none"),
        (r#"{"id":1,"error":{},"result":{}}"#,                                       Some("1"),      Ok,            None,                   "with both, the work may have been done"),
        (r#"{"id":1}"#,                                                              Some("1"),      Ok,            None,                   "and with neither"),
        (r#"{"id":1,"result":[1]}"#,                                                 Some("1"),      Ok,            None,                   "a result that is no object"),
        (r#"{"id":1,"result":{"resultType":"input_required","requestState":"s"}}"#,  Some("1"),      Ok,            Some("input_required"), "more is asked for"),
        (r#"{"id":1,"result":{"result\u0054ype":"complet\u0065"}}"#,                 Some("1"),      Ok,            Some("complete"),       "keys and texts count as they read"),
        (r#"{"id":1,"result":{"resultType":7}}"#,                                    Some("1"),      Ok,            None,                   "a result type is text"),
        (r#"{"id":1.50,"result":{}}"#,                                               Some("1.50"),   Ok,            None,                   "an id that no client gave"),
        (r#"{"id":{"a":[]},"result":{"\ud800":"\ud800"}}"#,                          Some(r#"{"a":[]}"#), Ok,       None,                   "nor this one; and half a pair of surrogates"),
    ];
    for (line, id, outcome, result_type, why) in cases {
        assert_eq!(envelope(line), Result::Ok(response(id, outcome, result_type)), "{line}: {why}");
    }
}

#[test]
fn a_message_with_a_method_is_never_an_answer() {
    let request = |id, method: &'static str| Envelope::Request { id, method: method.into(), call: None };
    let notification =
        |method: &'static str, cancels| Envelope::Notification { method: method.into(), cancels };
    #[rustfmt::skip]
    let cases = [
        (r#"{"id":1,"method":"tools/list","result":{},"error":{}}"#,                              request("1", "tools/list")),
        (r#"{"result":{},"id":null,"method":"ping"}"#,                                            request("null", "ping")),
        (r#"{"method":"notifications/initialized"}"#,                                             notification("notifications/initialized", None)),
        (r#"{"method":"notifications/cancelled","params":{"requestId":"a","reason":"x"}}"#,       notification("notifications/cancelled", Some(r#""a""#))),
        (r#"{"params":{"requestId":1,"requestId":2},"method":"notifications/cancelled"}"#,        notification("notifications/cancelled", Some("2"))),
        (r#"{"method":"notifications/cancelled","params":[]}"#,                                   notification("notifications/cancelled", None)),
        (r#"{"method":"notifications/progress","params":{"requestId":1}}"#,                       notification("notifications/progress", None)),
        (r#"{"id":1,"method":"notifications/cancelled","params":{"requestId":1}}"#,               request("1", "notifications/cancelled")),
    ];
    for (line, expected) in cases {
        assert_eq!(envelope(line), Ok(expected), "{line}");
    }
}

#[test]
fn an_envelope_is_read_strictly() {
    use Malformed::*;
    #[rustfmt::skip]
    let cases = [
        ("",                                             Syntax),
        ("Server started",                               Syntax),
        (r#"{"id":1,"result":{"a":01}}"#,                Syntax),
        (r#"{"id":1,"result":{}}{"id":2}"#,              TrailingBytes),
        ("{\"id\":1,\n\"result\":{}}",                   ManyLines),
        (r#"[{"id":1,"result":{}}]"#,                    Batch),
        ("7",                                            NotAnObject),
        (r#"{"id":1,"id":2,"result":{}}"#,               DuplicateKey),
        (r#"{"id":1,"result":{},"result":{}}"#,          DuplicateKey),
        (r#"{"id":1,"result":{},"\u0065rror":{},"error":{}}"#, DuplicateKey),
        (r#"{"id":1,"result":{},"Method":"tools/call"}"#, TwinKey),
        (r#"{"id":1,"result":{},"method":null}"#,        MethodNotText),
    ];
    for (line, problem) in cases {
        assert_eq!(envelope(line), Err(problem), "{line}");
    }
    assert_eq!(read_envelope(b"{\"id\":1,\"result\":\"\xff\"}", &Bounds::DEFAULT), Err(NotUtf8));
}

#[test]
fn a_call_says_whether_its_caller_is_modern() {
    let modern = |line: &str| match envelope(line) {
        Ok(Envelope::Request { call: Some(parts), .. }) => parts.modern,
        other => panic!("{line}: {other:?}"),
    };
    #[rustfmt::skip]
    let cases = [
        (r#"{"name":"a","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#, true),
        (r#"{"_meta":{"x":1,"io.modelcontextprotocol\/protocolVersion":null},"name":"a"}"#,  true),
        (r#"{"name":"a","_meta":{"progressToken":1}}"#,                                      false),
        (r#"{"name":"a","arguments":{"_meta":{"io.modelcontextprotocol/protocolVersion":1}}}"#, false),
        (r#"{"name":"a"}"#,                                                                  false),
        ("[]",                                                                               false),
    ];
    for (params, expected) in cases {
        assert_eq!(modern(&call(params)), expected, "{params}");
    }
    assert!(!modern(r#"{"id":1,"method":"tools/call"}"#));
}

#[test]
fn what_a_retried_call_answers_can_be_cut_out_of_its_line() {
    #[rustfmt::skip]
    let cases = [
        // params                                                             without both                responses      state
        (r#"{"name":"a","inputResponses":{"k":1},"requestState":"s"}"#,       r#"{"name":"a"}"#,          Some(r#"{"k":1}"#), Some(r#""s""#)),
        (r#"{"requestState":"s","inputResponses":{},"name":"a"}"#,            r#"{"name":"a"}"#,          Some("{}"),    Some(r#""s""#)),
        (r#"{ "inputResponses" : {} , "name" : "a" , "requestState" : "," }"#, r#"{ "name" : "a" }"#,     Some("{}"),    Some(r#"",""#)),
        (r#"{"requestState":"s","x":1,"name":"a","y":2,"inputResponses":{}}"#, r#"{"x":1,"name":"a","y":2}"#, Some("{}"), Some(r#""s""#)),
        (r#"{"name":"a","request\u0053tate":"s","arguments":{"requestState":1}}"#, r#"{"name":"a","arguments":{"requestState":1}}"#, None, Some(r#""s""#)),
        (r#"{"name":"a"}"#,                                                   r#"{"name":"a"}"#,          None,          None),
    ];
    for (params, without, responses, state) in cases {
        let line = format!("  {}\n", call(params));
        let Ok(Envelope::Request { call: Some(parts), .. }) = envelope(&line) else { panic!("{line}") };
        let value = |member: &Option<Member>| member.as_ref().map(|member| &line[member.value.clone()]);
        assert_eq!(
            (value(&parts.input_responses), value(&parts.request_state)),
            (responses, state),
            "{params}"
        );
        let mut cuts: Vec<_> = [parts.input_responses, parts.request_state].into_iter().flatten().collect();
        cuts.sort_by_key(|member| core::cmp::Reverse(member.whole.start));
        let mut cut = line.clone();
        for member in cuts {
            cut.replace_range(member.whole, "");
        }
        assert_eq!(cut, format!("  {}\n", call(without)), "{params}");
    }
}

#[test]
fn an_id_has_one_key_however_it_is_spelled() {
    #[rustfmt::skip]
    let cases = [
        ("1",                     "1",                     "a number"),
        ("1.0",                   "1",                     "the same number"),
        ("1.50",                  "1.50",                  "another"),
        ("-3",                    "-3",                    "below nothing"),
        ("9007199254740993",      "9007199254740993",      "beyond a double"),
        ("12345678901234567890123", "12345678901234567890123", "beyond 64 bits"),
        (r#""1""#,                r#""1""#,                "text"),
        (r#""\u0061\/b""#,        r#""a/b""#,              "text with escapes"),
        (r#""\ud800""#,           r#""\ud800""#,           "half a pair of surrogates"),
        ("null",                  "null",                  "no id"),
    ];
    for (id, key, why) in cases {
        assert_eq!(id_key(id), key, "{id}: {why}");
    }
}
