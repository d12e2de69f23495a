//! Lists of tools → the tools of each server, with a report of what was used and what was left out.
//!
//! What is read: a list; a result of `tools/list`; the JSON-RPC answer around it; several of them, one after the other
//! or in an array; the Inspector's export, whose entries hold the answers; an object with one of these for each server;
//! the `tools` of `OpenAI`'s and Anthropic's requests. Comments, and lines of other text between, are passed over.
//!
//! A configuration of MCP clients says how servers are started, and not what they list. Of it nothing is kept but the
//! servers' names: commands, arguments, addresses, environments and headers hold secrets. What was left out is told by
//! its names, never by its values.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::amount::count;
use crate::legible::legible;
use crate::tool::ToolDefinition;
use crate::tool::drift::{Earlier, Pins, ServerTools};

mod text;

/// What a text holds of servers and their tools.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedTools {
    /// In the order of the text.
    pub servers: Vec<ListedServer>,
    /// What was there and is no list of tools: other messages, other fields.
    pub skipped: usize,
    /// Tools and lines that could not be read, each a sentence with its place.
    pub unreadable: Vec<String>,
}

/// A server, and what it lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedServer {
    /// Its name; empty where nothing says it.
    pub name: String,
    /// Its tools, each with its name, title, description, schemas and annotations, and nothing else.
    pub tools: Vec<Value>,
    /// Names of tools that it lists more than once. The first counts.
    pub repeated: Vec<String>,
    /// Whether the last page that was there names a next one.
    pub has_more: bool,
    /// It stands in a configuration: what of it was left out, by its names.
    pub left_out: Option<Vec<String>>,
}

impl ListedServer {
    /// The command that prints the tools of a server of a configuration, with the Inspector that MCP's makers publish.
    #[must_use]
    pub fn command(name: &str, file: &str) -> String {
        let (name, file) = (shell_word(name), shell_word(file));
        format!(
            "npx @modelcontextprotocol/inspector --cli --config {file} --server {name} --method tools/list"
        )
    }
}

impl ListedServer {
    /// Its tools as definitions.
    #[must_use]
    pub fn definitions(&self) -> ServerTools {
        let tools = self.tools.iter().filter_map(|tool| ToolDefinition::deserialize(tool).ok());
        ServerTools { name: self.name.clone(), tools: tools.collect() }
    }
}

/// Reads what is known of how tools were: their pins, or an earlier list of them. `name` as [`import_tools`] takes it.
///
/// ```
/// use gatewright_core::import::tools::read_earlier;
/// use gatewright_core::tool::drift::{Earlier, Pins};
/// assert!(matches!(read_earlier(r#"[{"name": "ls"}]"#, ""), Ok(Earlier::Lists(_))));
/// assert_eq!(read_earlier(r#"{"pins": {}}"#, ""), Ok(Earlier::Pins(Pins::default())));
/// assert!(read_earlier(r#"{"pins": {"": {"ls": "md5"}}}"#, "").unwrap_err().starts_with("the pins cannot be read"));
/// ```
///
/// # Errors
///
/// A sentence that says why there is nothing in it.
pub fn read_earlier(text: &str, name: &str) -> Result<Earlier, String> {
    let document: Option<Value> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
    if document.as_ref().is_some_and(|document| document.get("pins").is_some_and(Value::is_object)) {
        return Pins::read(text.trim_start_matches('\u{feff}')).map(Earlier::Pins);
    }
    let imported = import_tools(text, name)?;
    Ok(Earlier::Lists(imported.servers.iter().map(ListedServer::definitions).collect()))
}

impl ImportedTools {
    /// The report in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let listed = self.servers.iter().filter(|server| server.left_out.is_none());
        let tools: usize = listed.clone().map(|server| server.tools.len()).sum();
        let mut words = match (tools, listed.count()) {
            (_, 0) => String::new(),
            (1, 1) => "1 tool.".to_string(),
            (_, 1) => format!("{} tools.", count(tools)),
            (1, servers) => format!("1 tool of {} servers.", count(servers)),
            (_, servers) => format!("{} tools of {} servers.", count(tools), count(servers)),
        };
        let mut add = |sentence: String| {
            words.push_str(if words.is_empty() { "" } else { " " });
            words.push_str(&sentence);
        };
        let configured = self.servers.iter().filter(|server| server.left_out.is_some()).count();
        match configured {
            0 => {}
            1 => add(
                "1 server, and no tools: a configuration says how a server is started, not what it lists. \
                      Only its name was taken."
                    .to_string(),
            ),
            _ => add(format!(
                "{} servers, and no tools: a configuration says how servers are started, not what they list. Only \
                 their names were taken.",
                count(configured)
            )),
        }
        for server in &self.servers {
            let of =
                if server.name.is_empty() { String::new() } else { format!(" of {}", legible(&server.name)) };
            if server.has_more {
                add(format!("The last page{of} names a next one: there are more tools."));
            }
            match server.repeated.as_slice() {
                [] => {}
                [one] => add(format!("`{}`{of} is there more than once: the first counts.", legible(one))),
                several => {
                    add(format!("{} names{of} are there more than once: the first counts.", several.len()));
                }
            }
        }
        match self.unreadable.len() {
            0 => {}
            1 => add("1 could not be read.".to_string()),
            several => add(format!("{} could not be read.", count(several))),
        }
        words
    }
}

/// Reads lists of tools. `name` is what a server is called that the text does not name.
///
/// ```
/// use gatewright_core::import::tools::import_tools;
/// let pages = r#"
///   {"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "ls"}], "nextCursor": "2"}}
///   {"jsonrpc": "2.0", "id": 2, "result": {"tools": [{"name": "rm"}]}}
/// "#;
/// assert_eq!(import_tools(pages, "files").unwrap().in_words(), "2 tools.");
/// ```
///
/// # Errors
///
/// A sentence that says why there is nothing in it.
pub fn import_tools(text: &str, name: &str) -> Result<ImportedTools, String> {
    let (documents, unreadable) = text::documents(text)?;
    let mut reader = Reader { imported: ImportedTools::default(), otherwise: name.to_string() };
    for document in &documents {
        reader.take(document, None);
    }
    let mut imported = reader.imported;
    imported.unreadable.extend(unreadable);
    if imported.servers.is_empty() {
        let first = imported.unreadable.first().map(|why| format!(": {why}"));
        return Err(format!("found no list of tools{}", first.unwrap_or_default()));
    }
    Ok(imported)
}

struct Reader {
    imported: ImportedTools,
    /// What a server is called that nothing names.
    otherwise: String,
}

impl Reader {
    /// Takes what a value holds. `server` is the name that stands around it.
    fn take(&mut self, value: &Value, server: Option<&str>) {
        match value {
            Value::Array(items) if items.is_empty() || items.iter().any(is_tool) => self.list(items, server),
            Value::Array(items) => items.iter().for_each(|item| self.take(item, server)),
            Value::Object(fields) => self.object(value, fields, server),
            _ => self.imported.skipped += 1,
        }
    }

    fn object(&mut self, value: &Value, fields: &Map<String, Value>, server: Option<&str>) {
        let server = own_name(fields).or(server);
        if let Some(Value::Array(items)) = fields.get("tools") {
            self.list(items, server);
            let next = fields.get("nextCursor").and_then(Value::as_str).unwrap_or("");
            self.server(server).has_more = !next.is_empty();
            return;
        }
        // What an answer, a line of a log or an entry of an export stands around.
        for field in ["result", "response", "msg", "message", "data"] {
            if let Some(inner @ Value::Object(inside)) = fields.get(field)
                && !(field == "message" && fields.contains_key("response"))
            {
                if let Some(name) = inside.get("serverInfo").and_then(|info| info.get("name")) {
                    // The answer to `initialize`: what follows is this server's.
                    self.otherwise = name.as_str().unwrap_or_default().to_string();
                }
                return self.take(inner, server);
            }
        }
        if let Some(configured) = configured(fields) {
            for (name, entry) in configured {
                let left_out = names(entry);
                self.server(Some(name)).left_out.get_or_insert_with(Vec::new).extend(left_out);
            }
            return;
        }
        if is_tool(value) && SCHEMAS.iter().any(|field| fields.contains_key(*field)) {
            return self.list(core::slice::from_ref(value), server);
        }
        let several: Vec<_> = fields.iter().filter(|(_, inner)| holds_tools(inner)).collect();
        if several.is_empty() {
            self.imported.skipped += 1;
        }
        for (name, inner) in several {
            // A list that is called so says nothing of its server.
            let name = if name == "servers" { server } else { Some(name.as_str()) };
            self.take(inner, name);
        }
    }

    fn list(&mut self, items: &[Value], server: Option<&str>) {
        let mut unreadable = Vec::new();
        let server = self.server(server);
        let mut known: BTreeSet<String> =
            server.tools.iter().filter_map(name_of).map(ToString::to_string).collect();
        for (index, item) in items.iter().enumerate() {
            match definition(item) {
                Ok((name, _)) if known.contains(&name) => server.repeated.push(name),
                Ok((name, tool)) => {
                    known.insert(name);
                    server.tools.push(tool);
                }
                Err(why) => unreadable.push(format!("tool {} cannot be read: {why}", index + 1)),
            }
        }
        self.imported.unreadable.extend(unreadable);
    }

    fn server(&mut self, name: Option<&str>) -> &mut ListedServer {
        let name = name.unwrap_or(&self.otherwise);
        let servers = &mut self.imported.servers;
        let at = servers.iter().position(|server| server.name == name).unwrap_or(servers.len());
        if at == servers.len() {
            servers.push(ListedServer { name: name.to_string(), ..ListedServer::default() });
        }
        #[expect(clippy::indexing_slicing, reason = "it was found or pushed")]
        &mut servers[at]
    }
}

/// Where the schema of a tool's arguments stands: in MCP, in Anthropic's requests, in `OpenAI`'s.
const SCHEMAS: [&str; 3] = ["inputSchema", "input_schema", "parameters"];

/// Where configurations have their servers: Claude, Cursor and Windsurf; VS Code; Zed.
const CONFIGURATIONS: [&str; 3] = ["mcpServers", "servers", "context_servers"];

/// Fields of messages, of lists, and of calls of tools, which have a name too.
const NO_TOOL: [&str; 8] = ["method", "jsonrpc", "tools", "result", "input", "arguments", "args", "role"];

/// The name of the server that an object says it is about.
fn own_name(fields: &Map<String, Value>) -> Option<&str> {
    let name = |field: &str| fields.get(field).and_then(Value::as_str);
    let info = fields.get("serverInfo").and_then(|info| info.get("name")).and_then(Value::as_str);
    let named = fields.contains_key("tools").then(|| name("name")).flatten();
    name("server").or(name("serverName")).or(info).or(named).filter(|name| !name.is_empty())
}

fn name_of(tool: &Value) -> Option<&str> {
    tool.get("name").and_then(Value::as_str)
}

fn is_tool(value: &Value) -> bool {
    let tool = value.get("function").filter(|inner| inner.is_object()).unwrap_or(value);
    name_of(tool).is_some() && !NO_TOOL.iter().any(|field| tool.get(field).is_some())
}

/// Whether there are tools in a value, a level or two down.
fn holds_tools(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_tool(item) || holds_tools(item)),
        Value::Object(fields) => {
            let inner = fields.get("result").and_then(Value::as_object).unwrap_or(fields);
            inner.get("tools").is_some_and(Value::is_array)
        }
        _ => false,
    }
}

/// The servers of a configuration; none where it is something else.
fn configured(fields: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let is_started = |entry: &Value| {
        ["command", "url", "serverUrl", "httpUrl", "type"].iter().any(|field| entry.get(field).is_some())
    };
    let inside = |fields: &'_ Map<String, Value>| -> Option<&'static str> {
        let servers = |field: &&str| fields.get(*field).and_then(Value::as_object);
        CONFIGURATIONS
            .into_iter()
            .find(|field| servers(field).is_some_and(|found| found.values().any(is_started)))
    };
    // VS Code's settings have them in `mcp`.
    let fields = fields.get("mcp").and_then(Value::as_object).unwrap_or(fields);
    fields.get(inside(fields)?).and_then(Value::as_object)
}

/// The names of all that an entry of a configuration has: `env (GITHUB_TOKEN)`.
fn names(entry: &Value) -> Vec<String> {
    let Value::Object(fields) = entry else { return Vec::new() };
    let named = |(field, value): (&String, &Value)| match value {
        Value::Object(inner) if !inner.is_empty() => {
            let keys: Vec<String> = inner.keys().map(|key| legible(key)).collect();
            format!("{} ({})", legible(field), keys.join(", "))
        }
        _ => legible(field),
    };
    fields.iter().map(named).collect()
}

/// A tool with what is looked at of it, and its name.
fn definition(item: &Value) -> Result<(String, Value), String> {
    let tool = item.get("function").filter(|inner| inner.is_object()).unwrap_or(item);
    let mut kept = Map::new();
    for field in ["name", "title", "description", "annotations", "outputSchema"] {
        if let Some(value) = tool.get(field).filter(|value| !value.is_null()) {
            kept.insert(field.to_string(), value.clone());
        }
    }
    if let Some(schema) =
        SCHEMAS.iter().find_map(|field| tool.get(*field)).filter(|schema| schema.is_object())
    {
        kept.insert("inputSchema".to_string(), schema.clone());
    }
    let kept = Value::Object(kept);
    let read = ToolDefinition::deserialize(&kept).map_err(|error| error.to_string())?;
    if read.name.is_empty() {
        return Err("its name is empty".to_string());
    }
    Ok((read.name, kept))
}

/// A word as a shell takes it.
fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./@:".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests;
