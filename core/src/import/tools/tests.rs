use super::*;

/// The servers and the names of their tools: `fs: ls, rm; git: log`.
fn read(text: &str) -> String {
    match import_tools(text, "?") {
        Ok(imported) => {
            let server = |server: &ListedServer| {
                let names: Vec<&str> = server.tools.iter().filter_map(name_of).collect();
                format!("{}: {}", server.name, names.join(", "))
            };
            imported.servers.iter().map(server).collect::<Vec<_>>().join("; ")
        }
        Err(why) => why,
    }
}

#[test]
fn lists_are_read_in_every_shape_that_people_have() {
    #[rustfmt::skip]
    let cases = [
        (r#"[{"name": "a"}, {"name": "b"}]"#,                            "?: a, b", "a bare list"),
        (r#"{"tools": [{"name": "a"}]}"#,                                "?: a", "a result"),
        (r#"{"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "a"}]}}"#, "?: a", "an answer"),
        ("{\"result\": {\"tools\": [{\"name\": \"a\"}], \"nextCursor\": \"2\"}}\n{\"result\": {\"tools\": [{\"name\": \"b\"}]}}", "?: a, b", "JSON Lines of pages"),
        (r#"{"tools": [{"name": "a"}]} {"tools": [{"name": "b"}]}"#,     "?: a, b", "pages one after the other"),
        (r#"[{"tools": [{"name": "a"}]}, {"result": {"tools": [{"name": "b"}]}}]"#, "?: a, b", "an array of pages"),
        (r#"{"fs": {"tools": [{"name": "ls"}]}, "git": [{"name": "log"}]}"#, "fs: ls; git: log", "servers by name"),
        (r#"{"servers": [{"name": "fs", "tools": [{"name": "ls"}]}]}"#,  "fs: ls", "a list of servers"),
        (r#"[{"server": "fs", "tools": [{"name": "ls"}]}, {"server": "git", "tools": []}]"#, "fs: ls; git: ", "each names its own"),
        (r#"[{"direction": "request", "message": {"method": "tools/list", "id": 1}, "response": {"result": {"tools": [{"name": "a"}]}}}, {"message": {"method": "tools/call", "params": {"name": "a"}}, "response": {"result": {"content": []}}}]"#, "?: a", "the Inspector's export"),
        ("{\"dir\": \"in\", \"msg\": {\"id\": 0, \"result\": {\"serverInfo\": {\"name\": \"fs\"}}}}\n{\"dir\": \"in\", \"msg\": {\"id\": 1, \"result\": {\"tools\": [{\"name\": \"ls\"}]}}}", "fs: ls", "the answer to initialize names the server"),
        ("Need to install the following packages:\nok to proceed? (y)\n{\n  \"tools\": [{\"name\": \"a\"}]\n}\n", "?: a", "other lines of a terminal"),
        ("// exported\n{\"tools\": [{\"name\": \"a\"}, /* no */ {\"name\": \"b\"}]}", "?: a, b", "comments"),
        (r#"[{"type": "function", "function": {"name": "a", "parameters": {}}}]"#, "?: a", "OpenAI's"),
        (r#"{"model": "x", "tools": [{"name": "a", "input_schema": {}}]}"#, "?: a", "Anthropic's"),
        (r#"{"name": "a", "inputSchema": {}}"#,                          "?: a", "one tool"),
        ("\u{feff}[]",                                                   "?: ", "no tools, after a byte order mark"),
        ("{\"tools\": [{\"name\": \"a\"}]}\n{\"tools\": [{\"name\"\n{\"tools\": [{\"name\": \"b\"}]}", "?: a, b", "half a line between"),
        ("",                                                             "there is nothing in the text", "nothing"),
        ("hello",                                                        "the text is not JSON: line 1: expected value", "no JSON"),
        (r#"{"jsonrpc": "2.0", "id": 1, "result": {}}"#,                 "found no list of tools", "another answer"),
        (r#"[{"type": "tool_use", "name": "a", "input": {}}]"#,          "found no list of tools", "a call is no tool"),
        (r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#,   "found no list of tools", "a policy"),
    ];
    for (text, expected, why) in cases {
        assert_eq!(read(text), expected, "{text}: {why}");
    }
}

#[test]
fn a_tool_is_kept_with_what_is_looked_at() {
    let text = r#"{"tools": [{"name": "a", "title": "A", "description": "d", "inputSchema": {"type": "object"},
        "outputSchema": {"x": 1}, "annotations": {"readOnlyHint": true}, "_meta": {"secret": 1}}, {"name": "a"}, {"name": ""}, 7],
        "nextCursor": "2"}"#;
    let imported = import_tools(text, "fs").unwrap();
    assert_eq!(
        imported.servers[0].tools,
        [
            serde_json::json!({"name": "a", "title": "A", "description": "d", "inputSchema": {"type": "object"},
            "outputSchema": {"x": 1}, "annotations": {"readOnlyHint": true}})
        ]
    );
    assert_eq!(
        imported.in_words(),
        "1 tool. The last page of fs names a next one: there are more tools. \
         `a` of fs is there more than once: the first counts. 2 could not be read."
    );
    assert_eq!(imported.unreadable[0], "tool 3 cannot be read: its name is empty");
}

#[test]
fn of_a_configuration_only_names_are_taken() {
    let claude = r#"{"mcpServers": {
        "github": {"command": "npx", "args": ["-y", "gh", "--token=hunter2"], "env": {"GITHUB_TOKEN": "ghp_secret"}},
        "sentry": {"serverUrl": "https://u:hunter2@x.example/sse?key=hunter2", "headers": {"Authorization": "Bearer hunter2"}}
    }}"#;
    let code = r#"{
        // VS Code
        "inputs": [{"id": "key", "password": true}],
        "servers": {"github": {"type": "stdio", "command": "gh", "env": {"KEY": "hunter2"}}}
    }"#;
    let settings = r#"{"mcp": {"servers": {"github": {"command": "gh"}}}, "editor.fontSize": 12}"#;
    #[rustfmt::skip]
    let cases = [
        (claude,   "github: args, command, env (GITHUB_TOKEN); sentry: headers (Authorization), serverUrl"),
        (code,     "github: command, env (KEY), type"),
        (settings, "github: command"),
    ];
    for (text, expected) in cases {
        let imported = import_tools(text, "mcp").unwrap();
        let shown = format!("{imported:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("ghp_secret"), "{shown}");
        let server = |server: &ListedServer| {
            format!("{}: {}", server.name, server.left_out.as_deref().unwrap_or_default().join(", "))
        };
        let left_out: Vec<String> = imported.servers.iter().map(server).collect();
        assert_eq!(left_out.join("; "), expected, "{text}");
        assert!(imported.servers.iter().all(|server| server.tools.is_empty()));
    }
    let imported = import_tools(claude, "mcp").unwrap();
    assert!(imported.in_words().starts_with("2 servers, and no tools: a configuration says how"));
    assert_eq!(
        ListedServer::command("my server's", "mcp.json"),
        "npx @modelcontextprotocol/inspector --cli --config mcp.json --server 'my server'\\''s' --method tools/list"
    );
}
