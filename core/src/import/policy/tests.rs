use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::compare::{Evaluator, Judge, Probe};
use super::*;
use crate::scenario::MORNING;

fn converted(text: &str) -> Converted {
    read(text, &ReadOptions::default()).unwrap_or_else(|unread| panic!("{text}\n{unread:?}"))
}

fn policy(converted: &Converted) -> Json {
    serde_json::from_str(&converted.policy).unwrap()
}

#[test]
fn each_text_is_told_by_what_it_holds() {
    use Dialect::{AllowedTools, CatalogueWords, CatalogueYaml, ClaudeCode, Intercept};
    #[rustfmt::skip]
    let cases = [
        (CatalogueWords, r#"{"version": "1", "default": "deny", "tools": {"run": {"rate_limit": {"max": 10, "window": 60}}}}"#, "the words in JSON"),
        (CatalogueWords, "run:\n  action: deny\n  reason: not today\n", "the words in YAML, of a tool"),
        (CatalogueWords, "rate_limit: {max: 10, window: 60}", "the words alone"),
        (CatalogueYaml, "tools:\n  run:\n    rules:\n      - action: allow\n        rate_limit: {max: 10, window: 60}\n", "windows in seconds"),
        (CatalogueYaml, "run:\n  rules:\n    - action: allow\n", "a rule that allows is the catalogue's"),
        (Intercept, "version: \"1\"\ntools:\n  run:\n    rules:\n      - name: a\n        rate_limit: 5/hour\n", "the shorthand"),
        (Intercept, "run:\n  rules:\n  - rate_limit: 60/minute\n", "a tool of the catalogue's pages of today"),
        (Intercept, "version: \"1\"\ndefault: deny\ntools:\n  run:\n    rules: []\n", "no rule at all, as `scan` writes it"),
        (Intercept, "version: \"1\"\nhide: [rm]\ntools: {}\n", "tools that are hidden"),
        (ClaudeCode, r#"{"permissions": {"allow": ["mcp__git__log"]}}"#, "settings"),
        (ClaudeCode, r#"{"allow": ["Read"], "deny": []}"#, "what stands in `permissions`"),
        (ClaudeCode, r#"{"allowedTools": ["mcp__git__log", "Bash(ls)"]}"#, "the command line's lists"),
        (ClaudeCode, r#"["mcp__git__log", "Read"]"#, "a list of rules"),
        (ClaudeCode, "mcp__git__log\nmcp__git__status\n", "a rule a line"),
        (AllowedTools, r#"["read_file", "ls"]"#, "a list of names"),
        (AllowedTools, "read_file\nwrite_file\n", "a name a line"),
        (AllowedTools, "- read_file\n- listFiles\n", "the same as a list in YAML"),
        (AllowedTools, r#"{"type": "mcp", "server_label": "x", "allowed_tools": ["search"], "require_approval": "never"}"#, "OpenAI's tool"),
        (AllowedTools, r#"{"mcpServers": {"a": {"command": "x", "includeTools": ["t"]}}}"#, "Gemini's settings"),
        (AllowedTools, "[mcp_servers.docs]\ncommand = \"x\"\nenabled_tools = [\"search\", \"open\"]\n", "Codex' configuration"),
        (AllowedTools, "mcp_servers:\n  zap:\n    url: https://x\n    allowed_tools: [a_b]\n", "LiteLLM's configuration"),
    ];
    for (dialect, text, why) in cases {
        assert_eq!(converted(text).dialect, dialect, "{why}");
    }
}

#[test]
fn what_is_something_else_is_no_dialect() {
    #[rustfmt::skip]
    let cases = [
        (r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#, "a policy"),
        (r#"{"version": "1", "default": "allow", "hide": ["a"], "tools": {"allow": {}, "permissions": {}}}"#, "a policy whose tools are called like words"),
        (r#"{"tools": [{"name": "allow", "inputSchema": {"type": "object", "properties": {"allowed_tools": {"type": "array"}}}}]}"#, "a list of tools"),
        (r#"{"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "a"}]}}"#, "an answer"),
        ("{\"at\": 1, \"tool\": \"run\", \"action\": \"deny\", \"reason\": \"no\"}\n{\"at\": 2, \"tool\": \"run\"}\n", "a log"),
        (r#"{"tool": "run", "action": "deny", "reason": "limit"}"#, "a record of a log"),
        ("The rules are simple: allow reads, deny writes.\n", "prose"),
        ("allow\ndeny\nask\n", "words a line"),
        ("Hello\nworld\n", "prose a line"),
        ("run_tests × 12/s for 5m as ci-agent\n", "a scenario"),
        ("", "nothing"),
        ("{\"mcpServers\": {\"a\": {\"command\": \"allow\", \"args\": [\"deny\"]}}}", "a configuration without lists"),
        ("name: CI\non: push\njobs:\n  a:\n    permissions: read\n    steps:\n      - run: x\n", "somebody else's YAML with one of the words"),
        ("at,tool,action\n1,run,deny\n", "a table"),
    ];
    for (text, why) in cases {
        assert!(matches!(read(text, &ReadOptions::default()), Err(Unread::NoDialect(_))), "{why}");
    }
}

#[test]
fn rules_become_what_says_the_same() {
    let limit = |counter: &str, window: &str, max: u64, scope: &str| json!({"counter": counter, "window": window, "max": max, "scope": scope});
    #[rustfmt::skip]
    let cases = [
        ("run:\n  rate_limit: {max: 10, window: 60}\n", json!({"run": {"limits": [limit("run_rate", "minute", 10, "grant")]}}), "sixty seconds are a minute"),
        ("run: {rate_limit: {max: 3, window: 3600}, reason: slow}\n",
            json!({"run": {"limits": [{"counter": "run_rate", "window": "hour", "max": 3, "scope": "grant", "on_deny": "slow"}]}}), "a reason is a message"),
        ("run:\n  rules:\n  - action: allow\n    rate_limit:\n      max: 2\n      window: 86400\n", json!({"run": {"limits": [limit("run_rate", "day", 2, "grant")]}}), "a day"),
        ("run:\n  action: deny\n", json!({"run": {"deny_if": [{"conditions": []}]}}), "a rule without conditions always holds"),
        ("run:\n  rules:\n  - {name: a, rate_limit: 5/hour}\n  - {name: b, rate_limit: 9/day}\n",
            json!({"run": {"limits": [limit("run_rate", "hour", 5, "global"), limit("run_per_day", "day", 9, "global")]}}), "counters have names of their own"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: args.x, op: lt, value: 5}]\n    on_deny: no\n",
            json!({"run": {"require": [{"conditions": [{"path": "args.x", "op": "lt", "value": 5}], "on_deny": "no"}]}}), "what must hold"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: state.run.c, op: lt, value: 5}]\n    state: {counter: c, window: hour}\n",
            json!({"run": {"limits": [limit("c", "hour", 4, "global")]}}), "below five are four"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: state.run.c, op: lte, value: 10}]\n    state: {counter: c, window: day, increment: 3}\n",
            json!({"run": {"limits": [limit("c", "day", 3, "global")]}}), "three calls of three fit ten"),
        ("run:\n  rules:\n  - {action: require_approval}\n", json!({"run": {"require_approval": [{"conditions": []}]}}), "a person is asked"),
    ];
    for (text, tools, why) in cases {
        let converted = converted(text);
        assert_eq!(policy(&converted)["tools"], tools, "{why}");
        assert_eq!(
            policy(&converted)["default"],
            "deny",
            "what is said of a tool says nothing of others: {why}"
        );
        assert_eq!(converted.lost, [], "{why}");
    }
}

#[test]
fn a_whole_file_of_intercept_allows_what_it_does_not_list() {
    let converted = converted(
        "version: \"1\"\ntools:\n  \"*\":\n    rules:\n      - name: all\n        rate_limit: 60/minute\n",
    );
    let limits = json!([{"counter": "calls_per_minute", "window": "minute", "max": 60, "scope": "global"}]);
    assert_eq!(
        (&policy(&converted)["default"], &policy(&converted)["all_tools"]["limits"]),
        (&json!("allow"), &limits)
    );
    assert_eq!(converted.compared.differences, []);
    assert!(converted.compared.calls > 100, "{}", converted.compared.in_words());
}

#[test]
fn what_cannot_be_carried_over_is_told_by_its_line_and_closes_its_tool() {
    #[rustfmt::skip]
    let cases = [
        ("run:\n  rules:\n  - name: a\n    spend_limit: $500/day\n", 4, "spend_limit", "which argument is spent is not said"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: args.x, op: like, value: 5}]\n", 4, "none of the eleven", "an operator that is not known"),
        ("run:\n  rules:\n  - name: a\n    conditions:\n    - {path: args.x, op: gt, value: '5'}\n", 5, "a type that the operator cannot use", "text under `gt`"),
        ("run:\n  rules:\n  - name: a\n    conditions:\n    - {path: args.x, op: eq, value: 2024-01-01}\n", 5, "a date in YAML", "a date is no text"),
        ("run:\n  rules:\n  - name: a\n    rate_limit: 5/week\n", 4, "per `minute`, `hour` or `day`", "no such window"),
        ("run:\n  rules:\n  - name: a\n    rate_limit: 0/hour\n", 4, "above 0", "Intercept takes no 0"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: state.other.c, op: lt, value: 5}]\n", 4, "its own rule does not count", "another tool's counter"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: args.x, op: exists, value: yes}]\n", 4, "a type that the operator cannot use", "`yes` is text"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: args.x, op: regex, value: '('}]\n", 4, "", "a pattern that does not compile"),
        ("run:\n  rules:\n  - name: a\n    unless: {x: 1}\n    rate_limit: 5/hour\n", 4, "`unless` has no meaning", "a word that is not known may forbid something"),
        ("run:\n  rules:\n  - name: a\n    rate_limit: 5/hour\n    state: {counter: c, window: hour, scope: session}\n", 5, "no `scope`", "a scope that Intercept has not"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: args..x, op: eq, value: 1}]\n", 4, "an empty key", "a path that leads nowhere"),
    ];
    for (text, line, reason, why) in cases {
        let converted = converted(text);
        let lost: Vec<(usize, &str)> =
            converted.lost.iter().map(|lost| (lost.location.line, lost.reason.as_str())).collect();
        assert!(lost.iter().any(|(at, said)| *at == line && said.contains(reason)), "{why}: {lost:?}");
        let rules = &policy(&converted)["tools"]["run"]["deny_if"];
        assert_eq!(rules[0]["conditions"], json!([]), "{why}: {}", converted.policy);
    }
}

#[test]
fn what_nobody_knows_at_the_top_of_a_file_closes_everything() {
    #[rustfmt::skip]
    let cases = [
        ("deny_all: true", true, "a word that is not known"),
        ("default: block", true, "neither allow nor deny"),
        ("hide: rm", true, "no list of names"),
        ("x-note: all of it", false, "an extension says nothing"),
        ("description: all of it", false, "free text says nothing"),
    ];
    for (line, closes, why) in cases {
        let text = format!(
            "version: \"1\"\n{line}\ntools:\n  run:\n    rules:\n      - {{name: a, rate_limit: 5/hour}}\n"
        );
        let closed = policy(&converted(&text))["all_tools"]["deny_if"][0]["conditions"] == json!([]);
        assert_eq!(closed, closes, "{why}");
    }
}

#[test]
fn windows_of_other_lengths_become_shorter_and_a_call_shows_it() {
    #[rustfmt::skip]
    let cases = [
        (30, 10, "minute", 10, "half a minute: the minute holds two"),
        (45, 10, "hour", 10, "the minute holds no whole number of them, the hour eighty"),
        (7, 10, "minute", 5, "each touches two minutes, and no window holds a whole number"),
        (300, 10, "hour", 10, "five minutes: the hour holds twelve"),
        (604_800, 70, "day", 10, "a week is seven days"),
        (100_000, 9, "day", 3, "it touches three days"),
    ];
    for (seconds, max, window, most, why) in cases {
        let converted = converted(&format!("run: {{rate_limit: {{max: {max}, window: {seconds}}}}}\n"));
        let limit = &policy(&converted)["tools"]["run"]["limits"][0];
        assert_eq!((&limit["window"], &limit["max"]), (&json!(window), &json!(most)), "{why}");
        assert_eq!(converted.lost.len(), 1, "{why}");
        assert!(!converted.compared.differences.is_empty(), "{why}");
    }
}

#[test]
fn yaml_is_read_as_intercept_reads_it() {
    let value = |written: &str| {
        let text = format!(
            "run:\n  rules:\n  - name: a\n    conditions: [{{path: args.x, op: eq, value: {written}}}]\n"
        );
        policy(&converted(&text))["tools"]["run"]["require"][0]["conditions"][0]["value"].clone()
    };
    #[rustfmt::skip]
    let cases = [
        ("yes", json!("yes"), "YAML 1.1's words are text"),
        ("On", json!("On"), "YAML 1.1's words are text"),
        ("true", json!(true), "the two words are not"),
        ("1_000", json!(1000), "an underscore parts digits"),
        ("0o10", json!(8), "octal"),
        ("010", json!(8), "octal as Go reads it"),
        ("0x1F", json!(31), "hexadecimal"),
        ("089", json!(89), "no octal"),
        (".5", json!(0.5), "JSON needs the zero"),
        ("-1.", json!(-1), "JSON needs a digit, or no point"),
        ("+3", json!(3), "JSON has no plus"),
        ("'3'", json!("3"), "quotes make text"),
        ("!!str 3", json!("3"), "so does a tag"),
        ("~", json!(null), "nothing"),
        ("1.2.3", json!("1.2.3"), "no number"),
        ("12:30", json!("12:30"), "no number of base 60"),
        ("[a, 1]", json!(["a", 1]), "a list in one line"),
    ];
    for (written, read, why) in cases {
        assert_eq!(value(written), read, "{written}: {why}");
    }
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let text = "x: &limit\n  rate_limit: {max: 5, window: 60}\na: *limit\nb:\n  <<: *limit\n  reason: slow\n";
    let converted = converted(text);
    let tools = &policy(&converted)["tools"];
    assert_eq!(tools["a"]["limits"][0]["max"], 5);
    assert_eq!(tools["b"]["limits"][0]["on_deny"], "slow");
}

#[test]
fn what_breaks_off_is_told_with_line_and_column() {
    let broken = |text: &str| match read(text, &ReadOptions::default()) {
        Err(Unread::Broken { dialect, location, message }) => {
            (dialect, location.line, location.column, message)
        }
        other => panic!("{text}: {other:?}"),
    };
    let head = "tools:\n  run:\n    rules:\n      - name: a\n        rate_limit: 5/hour\n";
    let (dialect, line, column, message) = broken(&format!("{head}  run:\n    rules: []\n"));
    assert_eq!((dialect, line, column), (Dialect::Intercept, 6, 3), "{message}");
    assert_eq!(message, "the key `run` is here again");
    let (_, line, ..) = broken(&format!("{head}  bad: ]\n"));
    assert_eq!(line, 6, "a bracket that closes nothing");
    let many = (1..10).fold("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n".to_string(), |text, level| {
        let below = level - 1;
        format!("{text}l{level}: &l{level} [*l{below}, *l{below}, *l{below}, *l{below}, *l{below}, *l{below}, *l{below}, *l{below}]\n")
    });
    let (.., message) = broken(&format!("{head}{many}"));
    assert!(message.contains("100,000 values"), "{message}");
}

#[test]
fn of_several_documents_the_first_is_read() {
    let converted = converted("run:\n  action: deny\n---\nrun:\n  action: allow\n");
    assert_eq!(policy(&converted)["tools"]["run"]["deny_if"][0]["conditions"], json!([]));
    assert_eq!(converted.lost[0].location.line, 3);
}

#[test]
fn a_policy_with_words_of_the_catalogue_keeps_its_own() {
    let text = r#"{"version": "1", "default": "allow", "hide": ["rm"], "all_tools": {"limits": [{"counter": "all", "window": "day", "max": 9, "scope": "grant"}]},
        "tools": {"run": {"require": [{"conditions": [{"path": "args.x", "op": "exists", "value": true}]}], "rate_limit": {"max": 2, "window": 60}}, "ls": {}}}"#;
    let converted = converted(text);
    let written = policy(&converted);
    assert_eq!(written["default"], "allow");
    assert_eq!(written["hide"], json!(["rm"]));
    assert_eq!(written["all_tools"]["limits"][0]["max"], 9);
    assert_eq!(written["tools"]["run"]["require"][0]["conditions"][0]["op"], "exists");
    assert_eq!(written["tools"]["run"]["limits"][0]["max"], 2);
    assert_eq!(written["tools"]["ls"], json!({}));
}

#[test]
fn a_fragment_is_about_the_tool_that_is_said() {
    let text = "rate_limit: {max: 10, window: 60}";
    let said = read(text, &ReadOptions { tool: Some("run"), ..ReadOptions::default() }).unwrap();
    assert_eq!(policy(&said)["tools"]["run"]["limits"][0]["max"], 10);
    let unsaid = converted(text);
    assert_eq!((policy(&unsaid).get("tools"), unsaid.lost.len()), (None, 1), "no tool is guessed");
}

#[test]
fn claude_codes_rules_become_tools_of_their_server() {
    #[rustfmt::skip]
    let cases = [
        (r#"{"permissions": {"allow": ["mcp__git__log"], "ask": ["mcp__git__push"], "deny": ["mcp__git__rm"]}}"#,
            json!({"version": "1", "default": "deny", "hide": ["rm"], "tools": {"log": {}, "push": {"require_approval": [{"conditions": []}]}}}), "one by one"),
        (r#"{"permissions": {"allow": ["mcp__git"], "ask": ["mcp__git__push"], "deny": ["mcp__git__rm"]}}"#,
            json!({"version": "1", "default": "allow", "hide": ["rm"], "tools": {"push": {"require_approval": [{"conditions": []}]}}}), "all but"),
        (r#"{"permissions": {"allow": ["mcp__git__log"], "ask": ["mcp__git__*"]}}"#,
            json!({"version": "1", "default": "allow", "all_tools": {"require_approval": [{"conditions": []}]}}), "asking goes before allowing"),
        (r#"{"permissions": {"allow": ["mcp__git__log"], "deny": ["mcp__git"]}}"#,
            json!({"version": "1", "default": "deny", "hide": ["*"]}), "denying goes before all"),
        (r#"{"permissions": {"allow": ["mcp__git"], "deny": ["WebFetch", "Bash(rm *)"]}}"#,
            json!({"version": "1", "default": "allow"}), "its own tools say nothing of a server's"),
        (r#"{"permissions": {"allow": ["mcp__git", "mcp__git__log"], "deny": ["mcp__git__rm_*"]}}"#,
            json!({"version": "1", "default": "deny", "tools": {"log": {}}}), "a pattern may deny what nobody has named"),
        (r#"{"permissions": {"allow": ["mcp__a__x", "mcp__b"], "deny": ["mcp__b__x"]}}"#,
            json!({"version": "1", "default": "deny", "hide": ["x"]}), "of two servers the stricter rule"),
        (r#"{"permissions": {"allow": ["mcp__*", "mcp__git__log"]}}"#,
            json!({"version": "1", "default": "deny", "tools": {"log": {}}}), "an unanchored pattern allows nothing"),
    ];
    for (text, expected, why) in cases {
        assert_eq!(policy(&converted(text)), expected, "{why}");
    }
}

#[test]
fn patterns_are_applied_to_the_tools_that_are_known() {
    let text = r#"{"permissions": {"allow": ["mcp__git__get_*"], "deny": ["mcp__git__get_secret*"]}}"#;
    let options = ReadOptions { tools: &["get_log", "get_secret_key", "push"], ..ReadOptions::default() };
    let expected = json!({"version": "1", "default": "deny", "hide": ["get_secret_key"], "tools": {"get_log": {}, "push": {"require_approval": [{"conditions": []}]}}});
    let converted = read(text, &options).unwrap();
    assert_eq!(policy(&converted), expected);
    assert_eq!(converted.lost.len(), 2, "what is not known yet is not covered");
}

#[test]
fn lists_say_what_is_not_in_them() {
    let asked = json!([{"conditions": []}]);
    #[rustfmt::skip]
    let cases = [
        (r#"["a_b", "c"]"#, json!({"version": "1", "default": "deny", "tools": {"a_b": {}, "c": {}}}), "a list is all there is"),
        (r#"{"excludeTools": ["rm"]}"#, json!({"version": "1", "default": "allow", "hide": ["rm"]}), "all but"),
        (r#"{"includeTools": ["a", "b"], "excludeTools": ["b"]}"#, json!({"version": "1", "default": "deny", "hide": ["b"], "tools": {"a": {}}}), "excluding goes before"),
        (r#"{"type": "mcp", "allowed_tools": ["a"]}"#, json!({"version": "1", "default": "deny", "tools": {"a": {"require_approval": asked}}}), "OpenAI asks unless it is told not to"),
        (r#"{"type": "mcp", "allowed_tools": {"tool_names": ["a", "b"]}, "require_approval": {"never": {"tool_names": ["a"]}}}"#,
            json!({"version": "1", "default": "deny", "tools": {"a": {}, "b": {"require_approval": asked}}}), "of one it is told"),
        (r#"{"mcpServers": {"s": {"command": "x", "alwaysAllow": ["a"], "disabledTools": ["b"]}}}"#,
            json!({"version": "1", "default": "deny", "hide": ["b"], "tools": {"a": {}}}), "others are asked about there"),
        ("a_b\n# a remark\n\"c_d\",\n", json!({"version": "1", "default": "deny", "tools": {"a_b": {}, "c_d": {}}}), "a name a line"),
    ];
    for (text, expected, why) in cases {
        assert_eq!(policy(&converted(text)), expected, "{why}");
    }
}

#[test]
fn differences_are_shown_by_calls() {
    #[rustfmt::skip]
    let cases = [
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: args.x, op: eq, value: 5}]\n", r#"{"x":"5"}"#, Decision::Allow, Decision::Deny, "text that prints like a number"),
        ("run:\n  rules:\n  - name: a\n    conditions: [{path: args.x, op: neq, value: a}]\n", r#"{"x":null}"#, Decision::Allow, Decision::Deny, "null is a value there"),
        ("run: {rate_limit: {max: 2, window: 60}}\n", "{}", Decision::Deny, Decision::Allow, "two on each side of a minute's end"),
        ("run: {rate_limit: {max: 2, window: 60}}\n", "{}", Decision::Allow, Decision::Deny, "another session"),
        (r#"{"permissions": {"allow": ["mcp__git__log"]}}"#, "{}", Decision::Approval, Decision::Deny, "a person would be asked"),
    ];
    for (text, arguments, before, after, why) in cases {
        let converted = converted(text);
        let found = converted
            .compared
            .differences
            .iter()
            .find(|call| call.arguments == arguments && (call.before, call.after) == (before, after));
        let found = found.unwrap_or_else(|| panic!("{why}: {:?}", converted.compared));
        // The scenario shows it: its last call is the one.
        let compiled = compile(&parse(&converted.policy)).unwrap();
        let run = crate::simulate::simulate(&compiled, &found.scenario.calls().unwrap());
        assert_eq!(run.decision(run.len() - 1), Some(after), "{why}");
    }
}

#[test]
fn hostile_names_are_shown_and_carried_as_they_are() {
    let text = "{\"allowed_tools\": [\"__proto__\", \"<b>x</b>\", \"a\\u202eb\"]}";
    let converted = converted(text);
    let tools = policy(&converted)["tools"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(tools, ["<b>x</b>", "__proto__", "a\u{202e}b"]);
    assert!(converted.carried.iter().all(|carried| !carried.what.contains('\u{202e}')));
}

/// A condition on one of two arguments.
fn condition() -> impl Strategy<Value = Json> {
    let values = prop::sample::select(Vec::from([
        json!(5),
        json!(0),
        json!("5"),
        json!("a"),
        json!("ab"),
        json!(true),
        json!("true"),
        json!(1.5),
        json!(null),
        json!([1, "a"]),
        json!("^a"),
    ]));
    let lists =
        prop::sample::select(Vec::from([json!([1, 5]), json!(["a", "5"]), json!([true, "a"]), json!([])]));
    let ops = prop::sample::select(Vec::from(crate::policy::Op::ALL));
    let path = prop::sample::select(Vec::from(["args.x", "args.y.z"]));
    (path, ops, values, lists, any::<bool>()).prop_map(|(path, op, value, list, yes)| {
        use crate::policy::Op;
        let value = match op {
            Op::In | Op::NotIn => list,
            Op::Exists => json!(yes),
            Op::Lt | Op::Lte | Op::Gt | Op::Gte => json!(if yes { 5 } else { -1 }),
            Op::Regex => json!("^a"),
            _ => value,
        };
        json!({"path": path, "op": op.as_str(), "value": value})
    })
}

/// A rule of Intercept's for a tool.
fn rule(tool: &'static str) -> impl Strategy<Value = Json> {
    let scope = if tool == "*" { "_global" } else { tool };
    let counter = move |op: &str, value: i64, from: bool, step: i64| {
        let mut state =
            json!({"counter": format!("c{op}{value}{from}{step}"), "window": "minute", "increment": step});
        if from {
            state["increment_from"] = json!("args.x");
        }
        let path = format!("state.{scope}.{}", state["counter"].as_str().unwrap());
        json!({"name": "counted", "conditions": [{"path": path, "op": op, "value": value}], "state": state})
    };
    prop_oneof![
        prop::collection::vec(condition(), 1..3)
            .prop_map(|conditions| json!({"name": "asked", "conditions": conditions})),
        (1..4_u32, prop::sample::select(Vec::from(["minute", "hour"])))
            .prop_map(|(max, window)| json!({"name": "limited", "rate_limit": format!("{max}/{window}")})),
        (prop::sample::select(Vec::from(["lt", "lte", "gt"])), 0..6_i64, any::<bool>(), -1..3_i64)
            .prop_map(move |(op, value, from, step)| counter(op, value, from, step)),
        Just(json!({"name": "denied", "action": "deny"})),
        Just(json!({"name": "approved", "action": "require_approval"})),
    ]
}

fn document() -> impl Strategy<Value = Json> {
    let rules = |tool| prop::collection::vec(rule(tool), 0..3);
    (rules("x"), rules("y"), rules("*"), any::<[bool; 3]>()).prop_map(|(x, y, all, [deny, hides, wild])| {
        let mut document = json!({"version": "1", "tools": {"x": {"rules": x}, "y": {"rules": y}}});
        if deny {
            document["default"] = json!("deny");
        }
        if hides {
            document["hide"] = json!(["y"]);
        }
        if wild {
            document["tools"]["*"] = json!({"rules": all});
        }
        document
    })
}

pub(crate) fn probes() -> impl Strategy<Value = Vec<Probe>> {
    let value = || {
        prop::option::of(prop::sample::select(Vec::from([
            json!(5),
            json!(6),
            json!(0),
            json!(-1),
            json!("5"),
            json!("a"),
            json!("ab"),
            json!("b"),
            json!(true),
            json!("true"),
            json!(1.5),
            json!(null),
            json!(["a"]),
            json!([5]),
            json!({}),
            json!(0.4),
        ])))
    };
    let one = (
        prop::sample::select(Vec::from(["x", "y", "w"])),
        value(),
        value(),
        prop::sample::select(Vec::from([0_i64, 1_000, 30_000, 61_000])),
        any::<[bool; 2]>(),
    );
    prop::collection::vec(one, 1..10).prop_map(|calls| {
        let mut at_ms = MORNING.as_millis();
        let mut probes = Vec::new();
        for (tool, x, z, later, [grant, session]) in calls {
            at_ms += later;
            let mut arguments = Map::new();
            if let Some(x) = x {
                arguments.insert("x".to_string(), x);
            }
            if let Some(z) = z {
                arguments.insert("y".to_string(), json!({"z": z}));
            }
            let grant = if grant { "one" } else { "two" };
            let session = if session { "first" } else { "second" };
            probes.push(Probe { tool: tool.to_string(), arguments, grant, session, at_ms });
        }
        probes
    })
}

/// The first decision on which two disagree.
pub(crate) fn first_difference(
    before: &mut dyn Judge,
    after: &mut dyn Judge,
    probes: &[Probe],
) -> Option<(Decision, Decision)> {
    for probe in probes {
        let (before, after) = (before.decide(probe)?, after.decide(probe)?);
        if before != after {
            return Some((before, after));
        }
    }
    None
}

/// How strict a decision is.
pub(crate) const fn strictness(decision: Decision) -> u8 {
    match decision {
        Decision::Deny => 2,
        Decision::Approval => 1,
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// However a file of Intercept's is made, no call passes here that is refused there.
    #[test]
    fn no_conversion_opens_a_gate(document in document(), probes in probes()) {
        let text = document.to_string();
        let options = ReadOptions { dialect: Some(Dialect::Intercept), ..ReadOptions::default() };
        let converted = read(&text, &options).unwrap();
        let spoken = spoken(&text, Dialect::Intercept, &options).unwrap();
        let compiled = compile(&parse(&converted.policy)).unwrap();
        let found = first_difference(&mut *spoken.judge(Dialect::Intercept), &mut Evaluator::new(&compiled), &probes);
        if let Some((before, after)) = found {
            prop_assert!(strictness(after) > strictness(before), "{before:?} became {after:?}\n{}", converted.policy);
        }
        for call in &converted.compared.differences {
            prop_assert!(strictness(call.after) > strictness(call.before), "{call:?}\n{}", converted.policy);
        }
    }

    /// Whatever the text, the answer comes, and a policy that comes out compiles and is no dialect.
    #[test]
    fn any_text_is_answered(text in "[ -~\\n]{0,200}", head in prop::sample::select(Vec::from(["", "tools:\n  a:\n    rules:\n      - ", "{\"permissions\": {\"allow\": [", "a:\n  rate_limit: "]))) {
        let text = head.to_string() + &text;
        for dialect in core::iter::once(None).chain(Dialect::ALL.map(Some)) {
            if let Ok(converted) = read(&text, &ReadOptions { dialect, ..ReadOptions::default() }) {
                prop_assert!(compile(&parse(&converted.policy)).is_ok());
                prop_assert!(read(&converted.policy, &ReadOptions::default()).is_err());
            }
        }
    }

    /// A window in seconds lets no more through in any stretch of that length from its start.
    #[test]
    fn other_windows_are_never_wider(seconds in 1..400_000_u64, max in 0..50_u64) {
        let (window, most) = convert::seconds_window(seconds, max);
        let ours = convert::length(window);
        for index in 0..50 {
            let start = index * seconds;
            let touched = (start + seconds - 1) / ours - start / ours + 1;
            prop_assert!(touched * most <= max || (ours.is_multiple_of(seconds) && most == max), "{touched} × {most} > {max}");
        }
    }
}

/// Strings of the report are sentences.
#[test]
fn reports_are_sentences() {
    let converted = converted("run:\n  rules:\n  - name: a\n    spend_limit: 5\n");
    let lost = &converted.lost[0];
    for sentence in [&lost.reason, &lost.instead] {
        assert!(sentence.ends_with('.') && !sentence.starts_with(char::is_lowercase), "{sentence}");
    }
    let words: String = converted.compared.in_words();
    assert!(words.ends_with('.'), "{words}");
}
