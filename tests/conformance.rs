//! The corpus: every case of `vectors/` against the evaluator.
//!
//! The files are embedded, so that the same program runs natively and as Wasm in Node, where there are no files to
//! read. All failures of a topic are collected and told together, each with its case and what differed.

#[path = "conformance/cases.rs"]
mod cases;
#[path = "conformance/coverage.rs"]
mod coverage;
#[path = "conformance/decide.rs"]
mod decide;
#[path = "conformance/outside.rs"]
mod outside;
#[path = "conformance/replay.rs"]
mod replay;
#[cfg(not(target_arch = "wasm32"))]
#[path = "conformance/schema.rs"]
mod schema;
#[path = "conformance/subset.rs"]
mod subset;
#[path = "conformance/ways.rs"]
mod ways;

use std::collections::BTreeSet;

use cases::{Case, Form, VectorFile};
use coverage::Seen;

/// Embeds the files, and makes a test of each.
macro_rules! topics {
    ($($topic:ident)*) => {
        const FILES: &[(&str, &str)] = &[
            $((stringify!($topic), include_str!(concat!("vectors/", stringify!($topic), ".json")))),*
        ];

        mod topic {
            $(
                #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
                #[cfg_attr(not(target_arch = "wasm32"), test)]
                fn $topic() {
                    super::every_case_holds(stringify!($topic));
                }
            )*
        }
    };
}

topics! {
    approval clock costs defaults diff hide import invalid leaks limits lines logs messages names numbers
    operators order paths patterns rules scenarios scopes settle simulate sliding state syntax traces types
    unknown windows
}

fn every_case_holds(topic: &str) {
    let cases = read(topic).cases;
    let failures: Vec<String> = cases
        .iter()
        .flat_map(|case| failures_of(case).into_iter().map(|what| format!("{topic} › {}: {what}", case.name)))
        .collect();
    assert!(failures.is_empty(), "of {} cases, these do not hold:\n  {}", cases.len(), failures.join("\n  "));
}

fn failures_of(case: &Case) -> Vec<String> {
    match &case.form {
        Form::Decide(case) => decide::differences_of_calls(case),
        Form::Invalid(case) => decide::differences_of_errors(case),
        Form::Simulate(case) => replay::differences_of_scenario(case),
        Form::Import(case) => replay::differences_of_log(case),
        Form::Diff(case) => replay::differences_of_diff(case),
    }
}

fn read(topic: &str) -> VectorFile {
    let (_, text) = FILES.iter().find(|(name, _)| *name == topic).copied().unwrap_or_default();
    let file: Result<VectorFile, _> = serde_json::from_str(text);
    let problem = file.as_ref().err().map(ToString::to_string);
    assert_eq!(problem, None, "vectors/{topic}.json cannot be read");
    file.unwrap_or_default()
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_corpus_covers_the_language() {
    let mut seen = Seen::default();
    for (topic, _) in FILES {
        for case in read(topic).cases {
            seen.take(&case);
        }
    }
    let missing = seen.missing();
    assert!(missing.is_empty(), "no case expects these:\n  {}", missing.join("\n  "));
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn files_say_their_topic_and_cases_have_names_of_their_own() {
    for (topic, text) in FILES {
        let file = read(topic);
        assert_eq!(file.topic, *topic, "the topic is the file's name");
        assert_eq!(file.schema, "./vectors.schema.json", "in vectors/{topic}.json");
        let mut names = BTreeSet::new();
        for case in &file.cases {
            assert!(names.insert(&case.name), "vectors/{topic}.json: two cases are named `{}`", case.name);
        }
        // Of equal keys, the JSON reader of the runners keeps the last and says nothing.
        let found = gatewright_core::source::Source::new(text);
        assert_eq!(found.diagnostics().first().map(ToString::to_string), None, "in vectors/{topic}.json");
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_vector_file_is_embedded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
    let found: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().unwrap().strip_suffix(".json").map(String::from)
        })
        .filter(|name| name != "vectors.schema")
        .collect();
    let embedded: BTreeSet<String> = FILES.iter().map(|(topic, _)| (*topic).to_string()).collect();
    assert_eq!(embedded, found, "left: the list in conformance.rs; right: the files in vectors/");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_vector_file_follows_the_schema() {
    let problems: Vec<String> =
        FILES.iter().filter_map(|(topic, text)| schema::problems(topic, text)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
