//! Cases that run a scenario or a log through a policy, or through two.

use gatewright_core::import::log::import_log;
use gatewright_core::scenario::Calls;
use gatewright_core::simulate::{explain_call, play};
use gatewright_core::{CompiledPolicy, Options, Run, diff, simulate};
use serde_json::{Value, json};

use crate::cases::{Diff, Import, Row, Simulate};
use crate::decide::compiled;
use crate::subset::differences;

pub(crate) fn differences_of_scenario(case: &Simulate) -> Vec<String> {
    let ready = compiled(&case.policy.to_string()).and_then(|policy| {
        let played = play(&policy, &case.scenario, case.options())?;
        Ok((policy, played))
    });
    let (policy, (calls, run)) = match ready {
        Ok(ready) => ready,
        Err(problem) => return vec![problem],
    };
    let mut told = differences_of_summary(&case.summary, case.words.as_deref(), &run);
    let row = |row| differences_of_row(row, &policy, &calls, &run, case.options());
    told.extend(case.rows.iter().flat_map(row));
    told
}

/// A call of a run as its explanation tells it, and with what its columns tell.
fn differences_of_row(
    row: &Row,
    policy: &CompiledPolicy,
    calls: &Calls,
    run: &Run,
    options: Options,
) -> Vec<String> {
    let index = row.call - 1;
    let Some((verdict, _)) = explain_call(policy, calls, index, options) else {
        return vec![format!("call {}: the run has {} calls", row.call, run.len())];
    };
    let place = format!("call {}", row.call);
    let mut found = json!(verdict);
    let mut told = differences(&format!("{place} explained"), &row.expect, &found);
    let columns = [
        ("decision", json!(run.decision(index))),
        ("reason", json!(run.reason.get(index))),
        ("rule", json!(run.rule(policy, index))),
        ("retry_at", json!(run.retry_at.get(index))),
    ];
    if let Value::Object(found) = &mut found {
        found.extend(columns.map(|(key, value)| (key.to_string(), value)));
        found.retain(|_, value| !value.is_null());
    }
    told.extend(differences(&place, &row.expect, &found));
    told
}

pub(crate) fn differences_of_log(case: &Import) -> Vec<String> {
    let log = import_log(&case.log.join("\n"));
    let report = json!({
        "lines": log.lines,
        "calls": log.calls.len(),
        "skipped": log.skipped,
        "unreadable": log.first_unreadable.iter().map(|unreadable| unreadable.line).collect::<Vec<_>>(),
        "without_grant": log.without_grant,
        "without_time": log.without_time,
        "duplicates": log.duplicates,
        "own_tools": log.own_tools,
        "unrecorded": log.unrecorded,
        "formats": log.formats.iter().map(|format| format.as_str()).collect::<Vec<_>>(),
    });
    let mut told = differences("report", &case.report, &report);
    match (&case.policy, &case.summary) {
        (Some(policy), Some(summary)) => match compiled(&policy.to_string()) {
            Ok(policy) => {
                let run = simulate(&policy, &log.calls);
                told.extend(differences_of_summary(summary, case.words.as_deref(), &run));
            }
            Err(problem) => told.push(problem),
        },
        (None, None) => {}
        _ => told.push("`policy` and `summary` belong together".to_string()),
    }
    told
}

pub(crate) fn differences_of_diff(case: &Diff) -> Vec<String> {
    let both = compiled(&case.before.to_string())
        .and_then(|before| Ok((before, compiled(&case.after.to_string())?)));
    let (before, after) = match both {
        Ok(both) => both,
        Err(problem) => return vec![problem],
    };
    let difference = diff(&before, &after, &import_log(&case.log.join("\n")).calls, case.options());
    let mut told = differences("difference", &case.difference, &json!(difference));
    if let Some(words) = &case.words {
        told.extend(differences("words", &json!(words), &json!(difference.in_words())));
    }
    told
}

fn differences_of_summary(expected: &Value, words: Option<&str>, run: &Run) -> Vec<String> {
    let mut told = differences("summary", expected, &json!(run.summary));
    if let Some(words) = words {
        told.extend(differences("words", &json!(words), &json!(run.summary.in_words())));
    }
    told
}
