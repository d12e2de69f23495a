use super::*;

#[test]
fn arguments_tell_what_is_run_and_what_is_paid() {
    #[rustfmt::skip]
    let cases = [
        // name             arguments                          then                    why
        ("db",              "sql!",                            "execute critical",     "what takes SQL runs it"),
        ("query",           "query!",                          "execute critical",     "a tool called so runs queries"),
        ("query_users",     "query!",                          "read low",             "which is searched for"),
        ("search_issues",   "query!",                          "read low",             "which is searched for"),
        ("explain",         "sql!",                            "read low",             "it tells of the query, and does not run it"),
        ("create_table",    "statement!",                      "execute critical",     "the whole statement is its caller's"),
        ("browser_evaluate", "function!",                      "execute critical",     "what runs things runs functions"),
        ("create_gist",     "code!",                           "write medium",         "code that is only kept"),
        ("gist",            "code!",                           "execute critical",     "nothing says that it is only kept"),
        ("deploy",          "content!",                        "execute critical",     "what is deployed is run"),
        ("run_tests",       "args:array",                      "execute high",         "arguments are not code"),
        ("terminal",        "command!",                        "execute critical",     "a command"),
        ("entry",           "amount!:number currency!",        "financial critical",   "an amount of money"),
        ("entry",           "amount!:number",                  "undecided medium",     "an amount of something"),
        ("create_refund",   "charge!",                         "financial high",       "of what was charged"),
        ("create_refund",   "charge! amount:number",           "financial critical",   "of any amount"),
        ("delete_rows",     "ids!:array",                      "destructive critical", "as many as are listed"),
        ("delete_rows",     "ids:array",                       "destructive high",     "none need be"),
        ("rename_table",    "to! force:boolean",               "write high",           "a flag"),
        ("fetch",           "url!",                            "read medium",          "the address learns what stands in it"),
        ("find_teams",      "regionUrl",                       "read low",             "it need not be given"),
        ("send_email",      "to! body!",                       "write high",           "it leaves the house"),
        ("post_message",    "channel_id! text!",               "write medium",         "a channel is in the house"),
        ("connect",         "connectionString!",               "write high",           "secrets go out"),
        ("login",           "user! password!",                 "write high",           "secrets go in"),
        ("list_pages",      "page_token",                      "read low",             "no secret"),
        ("write_file",      "path! content!",                  "write medium",         "a path alone raises nothing"),
    ];
    for (name, arguments, then, why) in cases {
        let risk = assess(&with_arguments(name, arguments));
        assert_eq!(in_short(&risk), then, "{name} {arguments}: {why}: {:?}", risk.reasons);
    }
}

#[test]
fn what_it_only_says_of_queries_is_told() {
    let mut query = with_arguments("query", "sql!");
    query.description = Some("Run a read-only SQL query".to_string());
    let risk = assess(&query);
    assert_eq!(
        in_short(&risk),
        "execute high",
        "its own word keeps it from being critical, and not from running"
    );
    assert!(risk.reasons.iter().any(|reason| reason.why.contains("its own word")), "{:?}", risk.reasons);
}

#[test]
fn where_a_file_comes_from_is_a_path() {
    assert_eq!(
        kinds(&assess(&with_arguments("move_file", "source! destination!"))),
        ["file_system_path", "missing_description"]
    );
    assert_eq!(
        kinds(&assess(&with_arguments("move_issue", "source! destination!"))),
        ["missing_description"]
    );
}

#[test]
fn a_bounded_amount_is_money_too() {
    let schema =
        json!({"properties": {"amount": {"type": "number", "maximum": 100}, "currency": {"enum": ["eur"]}}});
    let risk = assess(&ToolDefinition { input_schema: Some(schema), ..tool("add_entry", "") });
    assert_eq!(in_short(&risk), "financial high", "{:?}", risk.reasons);
}

#[test]
fn each_argument_shows_what_it_is() {
    let shown = |name: &str, schema: serde_json::Value| {
        let schema = json!({"properties": {name: schema}, "required": [name]});
        let risk = assess(&ToolDefinition { input_schema: Some(schema), ..tool("send_it", "Sends it.") });
        risk.signals
            .iter()
            .map(|it| format!("{} {}", it.kind.as_str(), it.evidence.words))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let text = |extra: serde_json::Value| {
        let mut schema = json!({"type": "string", "maxLength": 9});
        schema.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        schema
    };
    #[rustfmt::skip]
    let cases = [
        ("path",         text(json!({})),                                   "file_system_path path",  "a name"),
        ("outputFile",   text(json!({})),                                   "file_system_path outputFile", "its last word"),
        ("file_id",      text(json!({})),                                   "",                       "not another"),
        ("interpreter",  text(json!({"description": "Python interpreter path to use"})), "file_system_path Python interpreter path", "its description"),
        ("paths",        json!({"type": "array", "items": {"type": "string"}}), "file_system_path paths, bulk paths", "a list of them"),
        ("path",         json!({"type": "boolean"}),                        "",                       "no text"),
        ("path",         json!({"enum": ["a", "b"]}),                       "",                       "a choice is not free"),
        ("path",         json!({"type": ["string", "null"], "maxLength": 9}), "file_system_path path", "or nothing"),
        ("path",         json!({"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}), "file_system_path path", "or nothing"),
        ("api_key",      text(json!({})),                                   "credentials api_key",    "a secret"),
        ("next_token",   text(json!({})),                                   "",                       "no secret"),
        ("script",       text(json!({})),                                   "free_code script",       "code"),
        ("body_html",    text(json!({})),                                   "raw_markup body_html",   "markup"),
        ("body",         text(json!({"description": "Body, as HTML"})),     "raw_markup body",        "its description"),
        ("webhook_url",  text(json!({})),                                   "leaves_house webhook_url", "an address"),
        ("data",         json!({"type": "string", "format": "uri"}),        "leaves_house data",      "its format"),
        ("to",           text(json!({})),                                   "leaves_house to",        "what sends sends to somebody"),
        ("message",      json!({"type": "string"}),                         "unbounded_text message", "no length"),
        ("message",      text(json!({})),                                   "",                       "a length"),
    ];
    for (name, schema, expected, why) in cases {
        assert_eq!(shown(name, schema.clone()), expected, "{name} {schema}: {why}");
    }
}

#[test]
fn what_is_nested_is_found_at_its_place() {
    let schema = json!({"properties": {"files": {"type": "array", "items": {"properties": {"a/b": {}, "path": {"type": "string"}}}}}});
    let risk = assess(&ToolDefinition { input_schema: Some(schema), ..tool("push", "Push files.") });
    let found = risk.signals.iter().find(|it| it.kind == SignalKind::FileSystemPath).unwrap();
    let pointer = Pointer::parse("/properties/files/items/properties/path").unwrap();
    assert_eq!(found.evidence.place, Place::Schema(pointer));
}

#[test]
fn actions_that_can_be_chosen_count() {
    let choice = |name: &str| {
        let schema = json!({"properties": {name: {"type": "string", "enum": ["list", "create", "delete_all"]}}, "required": [name]});
        assess(&ToolDefinition { input_schema: Some(schema), ..tool("manage_users", "Get users.") })
    };
    let risk = choice("action");
    assert_eq!(risk.category, Some(Category::Destructive), "{:?}", risk.reasons);
    assert_eq!(risk.reasons[0].words, "delete_all");
    assert_eq!(risk.reasons[0].place, Place::Schema(Pointer::parse("/properties/action/enum").unwrap()));
    assert_eq!(choice("sort").category, Some(Category::Read), "other choices do not");
}
