//! What is taken for what a log does not say: when its calls without a time were made, and the values of arguments that
//! were not recorded.
//!
//! The log itself stays as it was read. What is taken stands beside it, is said wherever its results are, and can be
//! taken back.

use std::collections::BTreeMap;

use gatewright_core::amount::count;
use gatewright_core::import::log::LogOptions;
use gatewright_core::legible::legible;
use gatewright_core::path::ArgPath;
use gatewright_core::scenario::{Args, Calls};
use gatewright_core::source::Value as Written;
use gatewright_core::time::duration_in_words;
use gatewright_core::verdict::shown_name;
use gatewright_core::{CompiledPolicy, Decision, Verdict};

use super::document::GoodVersion;

/// What is taken for what a log does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// For times that are missing.
    pub times: LogOptions,
    /// For arguments that were not recorded, in the order in which they were assumed.
    pub args: Vec<Assumption>,
}

/// The value of an argument that was not recorded, for all calls of a tool of which it was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The tool.
    pub tool: String,
    /// The argument's top-level name.
    pub name: String,
    /// Its value, as JSON.
    pub json: String,
}

/// An argument that was not recorded and that a decision may depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The tool.
    pub tool: String,
    /// The argument's top-level name.
    pub name: String,
    /// How many calls it concerns.
    pub calls: usize,
    /// What is assumed, as JSON.
    pub assumed: Option<String>,
}

impl Question {
    /// `args.amount of refund`
    #[must_use]
    pub fn in_words(&self) -> String {
        argument_in_words(&self.tool, &self.name)
    }
}

fn argument_in_words(tool: &str, name: &str) -> String {
    format!("args.{} of {}", legible(name), shown_name(tool))
}

impl Taken {
    /// With another value for an argument, which may be the first; without one it is unknown again.
    #[must_use]
    pub fn assuming(&self, tool: &str, name: &str, json: Option<&str>) -> Self {
        let mut taken = self.clone();
        let place = taken.args.iter().position(|known| known.tool == tool && known.name == name);
        match (place, json) {
            (Some(place), None) => drop(taken.args.remove(place)),
            (Some(place), Some(json)) => {
                if let Some(known) = taken.args.get_mut(place) {
                    json.clone_into(&mut known.json);
                }
            }
            (None, Some(json)) => taken.args.push(Assumption {
                tool: tool.to_owned(),
                name: name.to_owned(),
                json: json.to_owned(),
            }),
            (None, None) => {}
        }
        taken
    }

    /// The calls, with the assumed values in place of what was not recorded; nothing where that is the same.
    #[must_use]
    pub fn applied(&self, calls: &Calls) -> Option<Calls> {
        if self.args.is_empty() {
            return None;
        }
        let mut calls = calls.clone();
        for Assumption { tool, name, json } in &self.args {
            let name = serde_json::Value::from(name.as_str());
            if let Some(args) = Args::parse(&format!("{{{name}:{json}}}")) {
                calls.assume(tool, &args);
            }
        }
        Some(calls)
    }

    /// What was taken, in words; nothing where the log says all that is asked.
    #[must_use]
    pub fn in_words(&self, without_time: usize) -> String {
        let mut words = Vec::new();
        if without_time > 0 {
            let LogOptions { start, step_ms } = self.times;
            let which = if without_time == 1 {
                "1 call".to_owned()
            } else {
                format!("{} calls", count(without_time))
            };
            let apart = duration_in_words(step_ms);
            let (date, time) = (start.date(), start.time_of_day());
            words.push(format!("the times of {which}: {apart} apart, from {date} {time} UTC"));
        }
        for Assumption { tool, name, json } in &self.args {
            words.push(format!("{} is {}", argument_in_words(tool, name), legible(json)));
        }
        words.join("; ")
    }
}

/// A value as JSON, in one line.
///
/// # Errors
///
/// A sentence that says what would do.
pub fn value(text: &str) -> Result<String, String> {
    let text = text.trim();
    let found: Result<serde_json::Value, _> = serde_json::from_str(text);
    found.map(|_| text.to_owned()).map_err(|_| "It takes JSON, such as 100, \"eu\" or true.".to_owned())
}

/// The arguments that were not recorded and that a policy looks at, or that somebody has assumed: by tool and name.
#[must_use]
pub fn questions(own: &Calls, policy: &CompiledPolicy, taken: &Taken) -> Vec<Question> {
    /// So many are asked.
    const MOST: usize = 100;
    let mut all: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut bare: BTreeMap<&str, usize> = BTreeMap::new();
    let asks =
        |tool: &str, name: &str| policy.arguments_of(tool).any(|(path, _)| path.keys().next() == Some(name));
    let is_assumed =
        |tool: &str, name: &str| taken.args.iter().any(|known| known.tool == tool && known.name == name);
    for gap in own.gaps() {
        match gap.name {
            Some(name) if asks(gap.tool, name) || is_assumed(gap.tool, name) => {
                *all.entry((gap.tool.to_owned(), name.to_owned())).or_default() += gap.calls;
            }
            Some(_) => {}
            None => *bare.entry(gap.tool).or_default() += gap.calls,
        }
    }
    // Of calls without even names any argument may be asked for.
    for (tool, calls) in bare {
        let asked = policy.arguments_of(tool).filter_map(|(path, _)| path.keys().next());
        let assumed = taken.args.iter().filter(|known| known.tool == tool).map(|known| known.name.as_str());
        let mut names: Vec<&str> = asked.chain(assumed).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *all.entry((tool.to_owned(), name.to_owned())).or_default() += calls;
        }
    }
    let question = |((tool, name), calls): ((String, String), usize)| {
        let known = taken.args.iter().find(|known| known.tool == tool && known.name == name);
        Question { assumed: known.map(|known| known.json.clone()), tool, name, calls }
    };
    all.into_iter().take(MOST).map(question).collect()
}

/// The top-level name of the argument for which a decision cannot be told.
#[must_use]
pub fn asked_by(version: &GoodVersion, verdict: &Verdict) -> Option<String> {
    if verdict.decision != Decision::Unknown {
        return None;
    }
    let place = verdict.pointer.as_ref()?;
    let source = &version.parsed.source;
    let written =
        [place.clone(), place.key("path"), place.key("increment_from")].into_iter().find_map(|place| {
            match &source.find(&place)?.value {
                Written::Text(path) => ArgPath::parse(path).ok(),
                _ => None,
            }
        })?;
    written.keys().next().map(ToOwned::to_owned)
}

/// When calls without a time are made, from the fields of a form.
///
/// # Errors
///
/// A sentence that says what would do.
pub fn spacing(text: &str) -> Result<i64, String> {
    /// A year apart.
    const MOST: i64 = 366 * 86_400_000;
    let length = gatewright_core::scenario::notation::parse_length(text.trim());
    let length = length.and_then(|length| i64::try_from(length).ok()).filter(|length| *length <= MOST);
    length.ok_or_else(|| "It takes a length of time, such as 1s, 200ms or 5m, up to 366d.".to_owned())
}

#[cfg(test)]
mod tests {
    use gatewright_core::import::log::import_log;
    use gatewright_core::{Timestamp, compile, parse};

    use super::*;
    use crate::model::document::Document;
    use crate::model::dry_run::DryRun;

    const POLICY: &str = r#"{"version": "1", "default": "allow", "tools": {
        "refund": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}],
                   "limits": [{"counter": "paid", "window": "day", "max": 1000, "scope": "grant", "increment_from": "args.cost.net"}]},
        "read": {"deny_if": [{"conditions": [{"path": "args.path", "op": "eq", "value": "x"}]}]}}}"#;

    const LOG: &str = r#"{"at":0,"tool":"refund","unknown_args":["amount","cost","note"]}
{"at":1,"tool":"refund","unknown_args":true}
{"at":2,"tool":"refund","args":{"amount":5,"cost":{"net":1}}}
{"at":3,"tool":"read","unknown_args":["path"]}
"#;

    fn asked(taken: &Taken) -> Vec<(String, usize, Option<String>)> {
        let policy = compile(&parse(POLICY)).unwrap();
        let asked = questions(&import_log(LOG).calls, &policy, taken);
        asked.into_iter().map(|asked| (asked.in_words(), asked.calls, asked.assumed)).collect()
    }

    #[test]
    fn what_a_policy_looks_at_and_a_log_leaves_out_is_asked_with_its_number_of_calls() {
        let row = |words: &str, calls, assumed: Option<&str>| {
            (words.to_owned(), calls, assumed.map(ToOwned::to_owned))
        };
        assert_eq!(
            asked(&Taken::default()),
            [
                row("args.path of read", 1, None),
                row("args.amount of refund", 2, None),
                row("args.cost of refund", 2, None)
            ],
            "no rule looks at note"
        );
        let taken =
            Taken::default().assuming("refund", "note", Some("1")).assuming("refund", "amount", Some("5"));
        let asked = asked(&taken);
        assert!(asked.contains(&row("args.amount of refund", 2, Some("5"))), "{asked:?}");
        assert!(
            asked.contains(&row("args.note of refund", 2, Some("1"))),
            "what was assumed stays to be taken back"
        );
    }

    #[test]
    fn an_assumption_is_made_changed_and_taken_back() {
        let none = Taken::default();
        let one = none.assuming("refund", "amount", Some("5"));
        let other = one.assuming("refund", "amount", Some("500"));
        assert_eq!(other.args.len(), 1);
        assert_eq!(other.assuming("refund", "amount", None), none);
        assert_eq!(none.assuming("refund", "amount", None), none);
        assert!(none.applied(&import_log(LOG).calls).is_none(), "the log's own calls are good enough");
        let decisions = |taken: &Taken| {
            let calls = taken.applied(&import_log(LOG).calls).unwrap_or_else(|| import_log(LOG).calls);
            let run = DryRun::new(Document::new(POLICY).good().unwrap().clone(), std::sync::Arc::new(calls));
            (0..run.run.len()).map(|index| run.run.decision(index).unwrap().as_str()).collect::<Vec<_>>()
        };
        assert_eq!(decisions(&none), ["unknown", "unknown", "allow", "unknown"]);
        let cheap = one.assuming("refund", "cost", Some(r#"{"net": 2}"#));
        assert_eq!(decisions(&cheap), ["allow", "allow", "allow", "unknown"]);
        assert_eq!(
            decisions(&cheap.assuming("refund", "amount", Some("101"))),
            ["deny", "deny", "allow", "unknown"]
        );
    }

    #[test]
    fn what_was_taken_is_said() {
        assert_eq!(Taken::default().in_words(0), "");
        let taken = Taken {
            times: LogOptions { start: Timestamp::from_millis(0), step_ms: 1_500 },
            ..Taken::default()
        };
        let taken = taken.assuming("refund", "amount", Some("5"));
        assert_eq!(
            taken.in_words(2),
            "the times of 2 calls: 1.5 s apart, from 1970-01-01 00:00 UTC; args.amount of refund is 5"
        );
    }

    #[test]
    fn values_and_spacings_are_checked() {
        for text in ["5", " \"eu\" ", "{\"a\": [1]}", "null", "12345678901234567890.5"] {
            assert_eq!(value(text).unwrap(), text.trim());
        }
        for text in ["", "eu", "{", "1 2"] {
            assert!(value(text).is_err(), "{text}");
        }
        assert_eq!(spacing("1m30s"), Ok(90_000));
        assert!(spacing("10").is_err() && spacing("400d").is_err());
    }

    #[test]
    fn an_unknown_verdict_names_what_it_asks_for() {
        let version = Document::new(POLICY).good().unwrap().clone();
        let asked = |log: &str| {
            let run = DryRun::new(version.clone(), std::sync::Arc::new(import_log(log).calls));
            asked_by(&version, &run.explain(0).unwrap().verdict)
        };
        #[rustfmt::skip]
        let cases = [
            (r#"{"at":0,"tool":"refund","unknown_args":["amount","cost"]}"#, Some("amount"), "a condition"),
            (r#"{"at":0,"tool":"refund","unknown_args":["cost"]}"#,   Some("cost"),   "a cost, by the first of its keys"),
            (r#"{"at":0,"tool":"refund","args":{"amount":500}}"#,     None,           "a denial is no question"),
        ];
        for (log, name, why) in cases {
            assert_eq!(asked(log).as_deref(), name, "{why}");
        }
    }
}
