//! Calls through a policy, without a page and without JavaScript.
//!
//! Reads jobs from standard input, a JSON object a line: a `policy` as text, and either a `log` as text or a `scenario`
//! (the id of a built-in one, lines, or JSON). Prints for each job a line with an array of its decisions:
//!
//! ```text
//! $ echo '{"policy": "{\"version\": \"1\", \"default\": \"deny\"}", "scenario": "ls at +1s"}' | decisions
//! [{"at":1767607201000,"decision":"deny","grant":"agent","reason":"default-deny","retry_at":null,"rule":"(default deny)","session":"","tool":"ls"}]
//! ```
//!
//! A job that cannot be done gives `{"error": …}`; it stops nothing.

use std::io::{self, BufRead, Write};

use gatewright_core::built_in::{BuiltIn, Tools};
use gatewright_core::import::log::import_log;
use gatewright_core::scenario::{Calls, Scenario, notation};
use gatewright_core::simulate::calls_under;
use gatewright_core::{CompiledPolicy, Options, compile, parse, simulate};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let decided = decisions(&line?).unwrap_or_else(|problem| json!({"error": problem}));
        writeln!(out, "{decided}")?;
    }
    Ok(())
}

fn decisions(job: &str) -> Result<Value, String> {
    let job: Value = serde_json::from_str(job).map_err(|error| error.to_string())?;
    let text = |field: &str| job.get(field).and_then(Value::as_str);
    let policy = compile(&parse(text("policy").ok_or("no policy")?)).map_err(|_| "the policy has errors")?;
    let calls = match text("log") {
        Some(log) => import_log(log).calls,
        None => calls_of(text("scenario").ok_or("no calls")?, &policy)?,
    };
    let run = simulate(&policy, &calls);
    let decision = |index| {
        let call = calls.get(index)?;
        Some(json!({
            "at": run.at.get(index)?,
            "tool": call.tool,
            "grant": call.grant,
            "session": call.session,
            "decision": run.decision(index)?,
            "reason": run.reason.get(index)?,
            "rule": run.rule(&policy, index).map(|rule| rule.as_str().to_owned()),
            "retry_at": run.retry_at.get(index)?,
        }))
    };
    Ok((0..run.len()).filter_map(decision).collect())
}

fn calls_of(said: &str, policy: &CompiledPolicy) -> Result<Calls, String> {
    let scenario: Scenario = match BuiltIn::find(said) {
        Some(built_in) => built_in.scenario(&Tools::of(policy)),
        None if said.trim_start().starts_with('{') => {
            serde_json::from_str(said).map_err(|error| error.to_string())?
        }
        None => notation::parse(said).map_err(|error| error.to_string())?,
    };
    calls_under(policy, &scenario, Options::default())
}
