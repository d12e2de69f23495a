//! All of somebody's work on one policy, as one value: what is kept, shared and exported.
//!
//! Its JSON is one format for all three. The policy and its tests stand in it as texts, letter by letter, so that
//! numbers, comments and line ends come back as they were written.

use std::sync::Arc;

use gatewright_core::Timestamp;
use gatewright_core::amount::count;
use gatewright_core::import::log::LogOptions;
use serde_json::{Value, json};

use super::assumptions::{Taken, value};
use super::inventory::Inventory;
use super::traffic::{Log, Loop, Staged, Traffic};

/// The version of the format: raised when what is written could be misread by a page that does not know of it.
///
/// - 2: a log with what is taken for what it does not say.
/// - 3: tools that are not as they were pinned: an older page would take the new list for one that somebody has looked at.
///
/// All else is still written as version 1.
const VERSION: u64 = 3;
/// The longest log that is kept with the rest, in bytes, as `left_out` says.
pub const LONGEST_LOG: usize = 2 * 1024 * 1024;

/// A policy with what stands beside it.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The document's name, `policy.json`.
    pub name: String,
    /// The policy's text.
    pub policy: String,
    /// The imported tools.
    pub inventory: Arc<Inventory>,
    /// The calls to try.
    pub traffic: Traffic,
    /// The text of the policy's tests; empty where there are none.
    pub tests: Arc<str>,
    /// The call that is shown, from 0.
    pub call: usize,
}

/// What of a workspace goes along, beside the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The imported tools.
    pub tools: bool,
    /// The calls to try, and which of them is shown.
    pub calls: bool,
    /// The tests.
    pub tests: bool,
}

/// Everything.
pub const ALL: Parts = Parts { tools: true, calls: true, tests: true };

impl Workspace {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self, parts: Parts) -> String {
        let work = self.work_to_json(parts);
        if parts.calls { Self::with_call(&work, self.call) } else { work }
    }

    /// The JSON of some work, with the call that is shown.
    #[must_use]
    pub fn with_call(work: &str, call: usize) -> String {
        format!("{},\"call\":{call}}}", work.strip_suffix('}').unwrap_or(work))
    }

    /// As JSON without the call that is shown: what is looked at is no change of the work.
    #[must_use]
    pub fn work_to_json(&self, parts: Parts) -> String {
        let has_drifted = self.inventory.servers.iter().any(|server| server.pinned.is_some());
        let version = match &self.traffic {
            _ if parts.tools && has_drifted => VERSION,
            Traffic::Log(log) if parts.calls && log.taken != Taken::default() => 2,
            _ => 1,
        };
        let mut json = format!(
            "{{\"gatewright\":{version},\"name\":{},\"policy\":{}",
            text(&self.name),
            text(&self.policy)
        );
        if parts.tools && !self.inventory.is_empty() {
            json.push_str(",\"tools\":");
            json.push_str(&serde_json::to_string(&*self.inventory).unwrap_or_default());
        }
        if parts.calls {
            json.push_str(",\"calls\":");
            json.push_str(&calls_to_json(&self.traffic));
        }
        if parts.tests && !self.tests.is_empty() {
            json.push_str(",\"tests\":");
            json.push_str(&text(&self.tests));
        }
        json.push('}');
        json
    }

    /// Reads what [`to_json`](Self::to_json) writes, in this version of the page or an older one.
    ///
    /// # Errors
    ///
    /// A sentence for people: which part is not as it must be.
    pub fn read(json: &str) -> Result<Self, String> {
        let json = json.trim_start_matches('\u{feff}');
        let found: Value = serde_json::from_str(json).map_err(|error| {
            format!(
                "This is no workspace: its JSON is broken at line {}, column {}.",
                error.line(),
                error.column()
            )
        })?;
        match found.get("gatewright").and_then(Value::as_u64) {
            Some(1..=VERSION) => {}
            Some(newer) => {
                return Err(format!(
                    "This workspace is of version {newer}, and this page reads version {VERSION}. Reload the page to \
                     get its newest version."
                ));
            }
            None => {
                return Err("This is no workspace: it has no field `gatewright` with a version.".to_owned());
            }
        }
        let policy = text_of(&found, "policy")?.ok_or("This workspace holds no `policy`.")?;
        let inventory = found
            .get("tools")
            .map(|tools| serde_json::from_value(tools.clone()).map_err(|_| not_as_it_must_be("tools")));
        Ok(Self {
            name: text_of(&found, "name")?.unwrap_or_else(|| "policy.json".to_owned()),
            policy,
            inventory: Arc::new(inventory.transpose()?.unwrap_or_default()),
            traffic: found.get("calls").map_or_else(|| Ok(Traffic::Loop(Loop::of(""))), read_calls)?,
            tests: Arc::from(text_of(&found, "tests")?.unwrap_or_default()),
            call: found
                .get("call")
                .and_then(Value::as_u64)
                .and_then(|call| call.try_into().ok())
                .unwrap_or(0),
        })
    }

    /// What it holds, a line for each part: what somebody who gets it will see.
    #[must_use]
    pub fn contents(&self, parts: Parts) -> Vec<String> {
        let mut told = vec![format!("The policy, {}: {} bytes.", self.name, count(self.policy.len()))];
        let tools = self.inventory.tools().count();
        if parts.tools && tools > 0 {
            told.push(format!(
                "{} imported {}, with their descriptions.",
                count(tools),
                plural(tools, "tool")
            ));
        }
        let pinned = self.inventory.servers.iter().filter_map(|server| server.pinned.as_ref());
        let earlier: usize = pinned.map(|pinned| pinned.were.len()).sum();
        if parts.tools && earlier > 0 {
            told.push(format!("{} earlier {}, as pinned.", count(earlier), plural(earlier, "definition")));
        }
        if parts.calls {
            told.push(match &self.traffic {
                Traffic::Loop(stuck) => {
                    format!("The calls to try: an agent stuck in a loop on {}.", stuck.tool)
                }
                Traffic::Scenario(staged) => {
                    format!("The calls to try: {}.", staged.name.trim_end_matches('.'))
                }
                Traffic::Log(log) if log.bytes > LONGEST_LOG => left_out(&log.name, log.bytes),
                Traffic::Log(log) => format!(
                    "The log {} with all its arguments: {} {}.",
                    log.name,
                    count(log.calls.len()),
                    plural(log.calls.len(), "call"),
                ),
            });
            told.push(format!("Call {} as the one that is shown.", count(self.call + 1)));
        }
        if parts.tests && !self.tests.is_empty() {
            told.push(format!("The policy's tests: {} bytes.", count(self.tests.len())));
        }
        told
    }

    /// Why the calls to try are not kept with the rest, where they are not.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        match &self.traffic {
            Traffic::Log(log) if log.bytes > LONGEST_LOG => Some(left_out(&log.name, log.bytes)),
            _ => None,
        }
    }
}

/// Whether a text is likely a workspace: worth reading as one.
#[must_use]
pub fn looks_like_one(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{') && text.contains("\"gatewright\"")
}

fn plural(number: usize, word: &str) -> String {
    if number == 1 { word.to_owned() } else { format!("{word}s") }
}

fn left_out(name: &str, bytes: usize) -> String {
    format!("The log {name} is left out: it is {} bytes, and 2 MB are the most that is kept.", count(bytes))
}

fn calls_to_json(traffic: &Traffic) -> String {
    match traffic {
        Traffic::Loop(Loop { tool, per_second, minutes, start_second }) => format!(
            "{{\"loop\":{{\"tool\":{},\"per_second\":{per_second},\"minutes\":{minutes},\"start_second\":{start_second}}}}}",
            text(tool)
        ),
        Traffic::Scenario(staged) => {
            format!("{{\"scenario\":{{\"name\":{},\"json\":{}}}}}", text(&staged.name), text(&staged.json))
        }
        // A log that is left out leaves its name, so that its place is told.
        Traffic::Log(log) if log.bytes > LONGEST_LOG => {
            format!("{{\"log\":{{\"name\":{},\"left_out\":{}}}}}", text(&log.name), log.bytes)
        }
        Traffic::Log(log) => format!(
            "{{\"log\":{{\"name\":{},\"text\":{}{}}}}}",
            text(&log.name),
            text(&log.text),
            taken_to_json(&log.taken)
        ),
    }
}

fn read_calls(calls: &Value) -> Result<Traffic, String> {
    let wrong = || not_as_it_must_be("calls");
    if let Some(stuck) = calls.get("loop") {
        let number = |field: &str| stuck.get(field).and_then(Value::as_u64).ok_or_else(wrong);
        return Ok(Traffic::Loop(Loop {
            tool: text_of(stuck, "tool")?.ok_or_else(wrong)?,
            per_second: number("per_second")?,
            minutes: number("minutes")?,
            start_second: number("start_second")?,
        }));
    }
    if let Some(staged) = calls.get("scenario") {
        let (name, json) = (text_of(staged, "name")?, text_of(staged, "json")?.ok_or_else(wrong)?);
        return Ok(Traffic::Scenario(Arc::new(Staged::read(name.unwrap_or_default(), json)?)));
    }
    let log = calls.get("log").ok_or_else(wrong)?;
    let name = text_of(log, "name")?.unwrap_or_else(|| "the log".to_owned());
    Ok(match text_of(log, "text")? {
        Some(text) => {
            let taken = log.get("taken").map(|taken| read_taken(taken).ok_or_else(wrong)).transpose()?;
            Traffic::Log(Arc::new(Log::read_taking(name, Arc::from(text), taken.unwrap_or_default())))
        }
        None => Traffic::Loop(Loop::of("")),
    })
}

/// What is taken for what a log does not say; nothing where that is the usual.
fn taken_to_json(taken: &Taken) -> String {
    if *taken == Taken::default() {
        return String::new();
    }
    let Taken { times: LogOptions { start, step_ms }, args } = taken;
    let assumed: Vec<Value> = args
        .iter()
        .map(|known| json!({"tool": known.tool, "name": known.name, "json": known.json}))
        .collect();
    format!(",\"taken\":{}", json!({"start": start.as_millis(), "step_ms": step_ms, "args": assumed}))
}

fn read_taken(taken: &Value) -> Option<Taken> {
    let start = Timestamp::from_millis(taken.get("start")?.as_i64()?);
    let step_ms = taken.get("step_ms")?.as_i64()?;
    let mut read = Taken { times: LogOptions { start, step_ms }, args: Vec::new() };
    for known in taken.get("args")?.as_array()? {
        let field = |name: &str| known.get(name)?.as_str();
        let json = value(field("json")?).ok()?;
        read = read.assuming(field("tool")?, field("name")?, Some(&json));
    }
    Some(read)
}

/// A text as JSON.
fn text(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// The text of a field, where the field is there.
fn text_of(parent: &Value, field: &str) -> Result<Option<String>, String> {
    match parent.get(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(not_as_it_must_be(field)),
    }
}

fn not_as_it_must_be(field: &str) -> String {
    format!("This workspace cannot be read: its field `{field}` is not as the page writes it.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::inventory::Server;

    const POLICY: &str =
        "\u{feff}// mine\r\n{\"version\": \"1\", \"default\": \"deny\", \"x\": 12345678901234567890.10}";

    fn workspace(traffic: Traffic) -> Workspace {
        let tool = serde_json::json!({"name": "run_tests", "inputSchema": {"type": "object"}});
        Workspace {
            name: "ci \"runner\".json".to_owned(),
            policy: POLICY.to_owned(),
            inventory: Arc::new(Inventory {
                servers: vec![Server { name: "ci".to_owned(), tools: vec![tool], pinned: None }],
                ..Inventory::default()
            }),
            traffic,
            tests: Arc::from("{\"tests\": []}\n"),
            call: 10,
        }
    }

    fn log(text: &str) -> Traffic {
        Traffic::Log(Arc::new(Log::read("a.jsonl".to_owned(), text.to_owned())))
    }

    #[test]
    fn everything_comes_back_as_it_was() {
        let staged = r#"{"start": 0, "blocks": []}"#;
        let scenario = Staged::read("Nothing happens".to_owned(), staged.to_owned()).unwrap();
        let all = [
            (Traffic::Loop(Loop { start_second: 7, ..Loop::of("run_tests") }), "a loop"),
            (Traffic::Scenario(Arc::new(scenario)), "a scenario"),
            (
                log("{\"at\": 0, \"tool\": \"a\", \"args\": {\"id\": 12345678901234567890}}\r\nbroken\n"),
                "a log",
            ),
            (taking(), "a log with what is taken for what it does not say"),
        ];
        for (traffic, why) in all {
            let written = workspace(traffic).to_json(ALL);
            let read = Workspace::read(&written).unwrap();
            assert_eq!(read.policy, POLICY, "{why}");
            assert_eq!(read.call, 10, "{why}");
            assert_eq!(read.to_json(ALL), written, "{why}");
            assert!(looks_like_one(&written), "{why}");
        }
    }

    /// A log without a time and without values, and what stands in their place.
    fn taking() -> Traffic {
        let text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"a\"}}";
        let times = LogOptions { start: Timestamp::from_millis(60_000), step_ms: 500 };
        let taken = Taken { times, ..Taken::default() };
        let taken = taken.assuming("a", "amount", Some("12345678901234567890.10"));
        Traffic::Log(Arc::new(Log::read_taking("a.jsonl".to_owned(), Arc::from(text), taken)))
    }

    #[test]
    fn only_what_an_older_page_would_misread_is_of_a_newer_version() {
        let start = |traffic: Traffic, parts| workspace(traffic).to_json(parts)[..16].to_owned();
        assert_eq!(start(log("{\"at\": 0, \"tool\": \"a\"}"), ALL), "{\"gatewright\":1,");
        assert_eq!(start(taking(), ALL), "{\"gatewright\":2,");
        assert_eq!(start(taking(), Parts { calls: false, ..ALL }), "{\"gatewright\":1,");
        let read = Workspace::read(&workspace(taking()).to_json(ALL)).unwrap();
        let Traffic::Log(log) = read.traffic else { panic!("a log stays one") };
        assert_eq!(log.calls.get(0).unwrap().at, Timestamp::from_millis(60_000));
        assert_eq!(log.taken.args[0].json, "12345678901234567890.10", "as it was written");
    }

    #[test]
    fn tools_that_are_not_as_pinned_are_of_a_version_that_older_pages_refuse() {
        let mut drifted = workspace(Traffic::Loop(Loop::of("a")));
        let mut inventory = (*drifted.inventory).clone();
        inventory.servers[0] = inventory.servers[0].listing(&[serde_json::json!({"name": "run_tests"})]);
        assert!(inventory.servers[0].pinned.is_some());
        drifted.inventory = Arc::new(inventory);
        let written = drifted.to_json(ALL);
        assert!(written.starts_with("{\"gatewright\":3,"), "{written}");
        assert_eq!(Workspace::read(&written).unwrap().inventory, drifted.inventory);
        assert!(drifted.contents(ALL).contains(&"1 earlier definition, as pinned.".to_owned()));
        assert!(drifted.to_json(Parts { tools: false, ..ALL }).starts_with("{\"gatewright\":1,"));
        drifted.inventory = Arc::new(drifted.inventory.pinning("ci"));
        assert!(drifted.to_json(ALL).starts_with("{\"gatewright\":1,"));
    }

    #[test]
    fn what_stays_at_home_is_not_written() {
        let bare = Parts { tools: false, calls: false, tests: false };
        let written = workspace(log("{\"at\": 0, \"tool\": \"secret\"}")).to_json(bare);
        assert_eq!(
            written,
            format!("{{\"gatewright\":1,\"name\":\"ci \\\"runner\\\".json\",\"policy\":{}}}", text(POLICY))
        );
        let read = Workspace::read(&written).unwrap();
        assert!(read.inventory.is_empty() && read.tests.is_empty());
    }

    #[test]
    fn which_call_is_shown_is_no_work() {
        let first = workspace(Traffic::Loop(Loop::of("a")));
        let other = Workspace { call: 11, ..first.clone() };
        assert_eq!(first.work_to_json(ALL), other.work_to_json(ALL));
        assert_ne!(first.to_json(ALL), other.to_json(ALL));
    }

    #[test]
    fn a_long_log_is_left_out_and_said_to_be() {
        let long = workspace(log(&"x".repeat(LONGEST_LOG + 1)));
        assert_eq!(
            long.left_out().as_deref(),
            Some("The log a.jsonl is left out: it is 2,097,153 bytes, and 2 MB are the most that is kept.")
        );
        assert!(long.contents(ALL).contains(&long.left_out().unwrap()));
        let read = Workspace::read(&long.to_json(ALL)).unwrap();
        assert!(matches!(read.traffic, Traffic::Loop(_)), "a loop stands in its place");
    }

    #[test]
    fn the_contents_name_everything_that_goes_along() {
        let told = workspace(log("{\"at\": 0, \"tool\": \"a\"}")).contents(ALL);
        assert_eq!(
            told,
            [
                format!("The policy, ci \"runner\".json: {} bytes.", POLICY.len()),
                "1 imported tool, with their descriptions.".to_owned(),
                "The log a.jsonl with all its arguments: 1 call.".to_owned(),
                "Call 11 as the one that is shown.".to_owned(),
                "The policy's tests: 14 bytes.".to_owned(),
            ]
        );
    }

    #[test]
    fn what_is_no_workspace_is_refused_with_the_reason() {
        #[rustfmt::skip]
        let cases = [
            // json                                                      part of the sentence            why
            ("{",                                                        "line 1, column 1",             "broken JSON"),
            (r#"{"version": "1", "tools": {}}"#,                         "no field `gatewright`",        "a policy"),
            (r#"{"gatewright": 4, "policy": ""}"#,                       "of version 4",                 "from the future"),
            (r#"{"gatewright": 1}"#,                                     "holds no `policy`",            "nothing to open"),
            (r#"{"gatewright": 1, "policy": 7}"#,                        "field `policy`",               "not a text"),
            (r#"{"gatewright": 1, "policy": "", "tools": []}"#,          "field `tools`",                "not what is written"),
            (r#"{"gatewright": 1, "policy": "", "calls": {"rain": {}}}"#, "field `calls`",               "calls of no known kind"),
            (r#"{"gatewright": 2, "policy": "", "calls": {"log": {"text": "", "taken": {"start": 0, "step_ms": 1, "args": [{"tool": "a", "name": "b", "json": "{"}]}}}}"#, "field `calls`", "a value that is no JSON"),
            (r#"{"gatewright": 1, "policy": "", "calls": {"scenario": {"json": "{}"}}}"#, "scenario cannot be read", "a broken scenario"),
        ];
        for (json, told, why) in cases {
            let sentence = Workspace::read(json).unwrap_err();
            assert!(sentence.contains(told), "{why}: {sentence}");
        }
    }
}
