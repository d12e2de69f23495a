use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::*;
use crate::compile::compile;
use crate::diagnostic::apply;
use crate::parse::parse;
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::tool::read_tools;
use crate::verdict::Decision;
use written::policy;

mod arguments;
mod hidden;
mod limits;
mod rules;
mod schemas;
mod written;

/// A lint, a policy in short, the server's tools (none where empty), the places that are told, and why.
type Case = (Code, &'static str, &'static str, &'static [&'static str], &'static str);

fn every_case() -> Vec<Case> {
    [hidden::CASES, rules::CASES, arguments::CASES, schemas::CASES, limits::CASES].concat()
}

fn tools_of(text: &str) -> Option<Vec<ToolDefinition>> {
    (!text.is_empty()).then(|| read_tools(text).unwrap())
}

/// The lints of a policy in full.
fn lints(text: &str, tools: &str) -> Vec<Lint> {
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    lint(&parsed, tools_of(tools).as_deref())
}

/// The first finding of a kind.
fn first(code: Code, short: &str, tools: &str) -> Lint {
    let found = lints(&policy(short), tools).into_iter().find(|lint| lint.diagnostic.code == code);
    found.unwrap_or_else(|| panic!("no {} in {short}", code.as_str()))
}

#[test]
fn lints_are_told_where_they_hold_and_nowhere_else() {
    let mut wrong = Vec::new();
    for (code, short, tools, expected, why) in every_case() {
        let found = lints(&policy(short), tools);
        let told: Vec<&str> = found
            .iter()
            .filter(|lint| lint.diagnostic.code == code)
            .map(|lint| lint.diagnostic.pointer.as_str())
            .collect();
        if told != expected {
            wrong.push(format!("{}: {short}: {why}: {told:?}", code.as_str()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_lint_has_a_case_that_tells_it_and_one_that_does_not() {
    let lints: Vec<Code> =
        Code::ALL.into_iter().filter(|code| code.severity() == crate::diagnostic::Severity::Lint).collect();
    assert_eq!(ALL.iter().map(|(code, _)| *code).collect::<Vec<_>>(), lints, "each is in the list, in order");
    for code in lints {
        let told = |told: bool| every_case().iter().any(|case| case.0 == code && case.3.is_empty() != told);
        assert!(told(true), "{} is never told", code.as_str());
        assert!(told(false), "{} has no near miss", code.as_str());
    }
}

#[test]
fn a_fix_removes_what_it_repairs_and_breaks_nothing() {
    let mut fixed = Vec::new();
    for (_, short, tools, _, _) in every_case() {
        let text = policy(short);
        for Lint { diagnostic, .. } in lints(&text, tools) {
            let Some(fix) = &diagnostic.fix else { continue };
            let repaired = apply(&text, &fix.edits).unwrap();
            let parsed = parse(&repaired);
            assert_eq!(parsed.diagnostics, [], "{}: {repaired}", diagnostic.message);
            let count = |text: &str| {
                let same = |lint: &&Lint| lint.diagnostic.code == diagnostic.code;
                lints(text, tools).iter().filter(same).count()
            };
            assert!(count(&repaired) < count(&text), "{}: {text} → {repaired}", diagnostic.message);
            fixed.push(diagnostic.code);
        }
    }
    #[rustfmt::skip]
    let repairable = [
        Code::UnknownTool, Code::HiddenTwice, Code::RequireWithoutConditions, Code::DenyIfEvaded,
        Code::MatchesEverything, Code::ArgumentNotInSchema, Code::ValueNeverSent, Code::RuleNeverDecides,
        Code::MissingCost,
    ];
    for code in Code::ALL {
        assert_eq!(fixed.contains(&code), repairable.contains(&code), "{}", code.as_str());
    }
}

/// What the evaluator decides about the last call of the scenario that shows a finding, where there is one.
fn shown(short: &str, lint: &Lint) -> Option<Decision> {
    let scenario = lint.scenario.as_ref()?.to_string();
    let scenario: Scenario = serde_json::from_str(&scenario).unwrap();
    let calls = scenario.calls().unwrap();
    assert!(!calls.is_empty(), "{short}");
    let run = simulate(&compile(&parse(&policy(short))).unwrap(), &calls);
    run.decision(run.len() - 1)
}

#[test]
fn calls_show_what_is_found() {
    use Decision::{Allow, Approval, Deny};
    let mut wrong = Vec::new();
    for (code, short, tools, _, why) in every_case() {
        for lint in lints(&policy(short), tools).iter().filter(|lint| lint.diagnostic.code == code) {
            let Diagnostic { pointer, message, .. } = &lint.diagnostic;
            let pointer = pointer.as_str();
            let decision = shown(short, lint);
            let expected: &[Decision] = match code {
                Code::NotPortable | Code::HiddenTwice => {
                    assert_eq!(decision, None, "{short}: no call shows it");
                    continue;
                }
                Code::RuleNeverDecides if pointer.contains("approval") => &[Approval, Deny],
                Code::HidesEverything
                | Code::HideOnly
                | Code::RuleNeverDecides
                | Code::HiddenAndListed
                | Code::DeniesEveryCall
                | Code::LimitNeverDecides
                | Code::MaxZero
                | Code::CostNeverFits
                | Code::MissingCost => &[Deny],
                Code::DefaultAllow
                | Code::RequireWithoutConditions
                | Code::DenyIfEvaded
                | Code::UnanchoredPattern
                | Code::NoDayLimit
                | Code::SameCounterName => &[Allow],
                Code::NeverHolds
                | Code::MatchesEverything
                | Code::ArgumentNotInSchema
                | Code::TypeNeverSent
                | Code::ValueNeverSent
                | Code::SchemaDecides => {
                    if message.contains("is denied") {
                        &[Deny]
                    } else {
                        &[Allow]
                    }
                }
                // Whether a name that means nothing lets through or not depends on the default.
                _ => &[Allow, Deny],
            };
            if decision.is_some_and(|decision| !expected.contains(&decision)) {
                let scenario = lint.scenario.as_ref().map(ToString::to_string);
                wrong.push(format!(
                    "{}: {short}: {why}: {message}: {decision:?}: {scenario:?}",
                    code.as_str()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nearly_every_finding_has_a_call() {
    let found = every_case().into_iter().flat_map(|(code, short, tools, ..)| {
        let found = lints(&policy(short), tools);
        found
            .into_iter()
            .filter(move |lint| lint.diagnostic.code == code)
            .map(move |lint| (code, short, lint))
    });
    let silent: Vec<(&str, &str)> = found
        .filter(|(code, ..)| ![Code::NotPortable, Code::HiddenTwice].contains(code))
        .filter(|(.., lint)| lint.scenario.is_none())
        .map(|(code, short, _)| (code.as_str(), short))
        .collect();
    // A name that means nothing, and is near no other, or near one that is there already; a counter of every tool.
    let accepted = [
        ("unknown-tool", "read_fil ; read_file ; delet_file"),
        ("unknown-tool", "charge"),
        ("same-counter-name", "all_tools.limits: c day 5 grant ; read.limits: c day 5 grant"),
    ];
    assert_eq!(silent, accepted);
}

#[test]
fn findings_are_in_the_order_of_the_text() {
    let text =
        policy("hide: a, a ; a.limits: c minute 0 grant ; b.deny_if: always ; b.limits: c hour 5 grant");
    let found = lints(&text, "");
    let starts: Vec<usize> = found.iter().map(|lint| lint.diagnostic.location.start).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    assert!(found.len() > 3);
    assert_eq!(lints(&text, ""), found, "the same each time");
}

#[test]
fn a_document_with_errors_has_no_lints() {
    let text = r#"{"version": "1", "default": "deny", "hide": ["*"], "tools": {"a": {"limit": []}}}"#;
    assert_eq!(lint(&parse(text), None), []);
}

#[test]
fn sentences_are_written_alike() {
    for (_, short, tools, _, _) in every_case() {
        for Lint { diagnostic, .. } in lints(&policy(short), tools) {
            let help = diagnostic.help.iter();
            for text in help.chain([&diagnostic.message]).chain(diagnostic.fix.iter().map(|fix| &fix.label)) {
                let first = text.chars().next().unwrap();
                assert!(!first.is_uppercase() || text.starts_with("PolicyLayer"), "{text}");
                assert!(!text.ends_with('.') && !text.contains("should"), "{text}");
                assert!(text.matches('`').count().is_multiple_of(2), "{text}");
            }
        }
    }
}

#[test]
fn every_lint_has_a_page_with_the_same_headings() {
    macro_rules! pages {
        ($($name:ident)*) => { [$((stringify!($name), include_str!(concat!(stringify!($name), ".rs")))),*] };
    }
    let pages = pages! {
        hides_everything hide_only default_allow unknown_tool wildcard_in_name hidden_twice hidden_and_listed
        require_without_conditions denies_every_call deny_if_evaded never_holds matches_everything
        unanchored_pattern argument_not_in_schema type_never_sent value_never_sent schema_decides
        rule_never_decides limit_never_decides no_day_limit same_counter_name max_zero cost_never_fits
        missing_cost not_portable
    };
    assert_eq!(pages.len(), ALL.len());
    for ((name, page), (code, _)) in pages.into_iter().zip(ALL) {
        assert_eq!(name, code.as_str().replace('-', "_"), "a lint's file is named for it");
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("//! # ")).collect();
        assert_eq!(headings, ["What it finds", "Why", "Example", "Instead"], "{name}");
        let blocks: Vec<&str> = page.split("//! ```json\n").skip(1).collect();
        assert!(blocks.len() >= 2, "{name}: an example and what to write instead");
        for block in blocks {
            let json = block.split("//! ```").next().unwrap().replace("//! ", "");
            assert!(serde_json::from_str::<Value>(&json).is_ok(), "{name}: {json}");
        }
    }
}
