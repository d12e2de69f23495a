//! The bounds of a store and of a document: too large for the corpus, and reached by whoever means harm.

use gatewright_core::counter::{MAX_GRANTS, MAX_UNSETTLED};
use gatewright_core::diagnostic::Code;
use gatewright_core::source::{MAX_BYTES, MAX_DEPTH, MAX_SYNTAX_ERRORS, Source};
use gatewright_core::trace::{Check, Mark};
use gatewright_core::{
    CompiledPolicy, Counters, Decision, Outcome, Reason, ReservationId, Settled, Timestamp, ToolCall,
    compile, evaluate, evaluate_traced, parse,
};

const DAY: i64 = 86_400_000;

fn limited(counter: &str, max: u32) -> CompiledPolicy {
    let text = format!(
        r#"{{"version": "1", "default": "deny", "tools": {{"a": {{"limits": [
            {{"counter": "{counter}", "window": "day", "max": {max}, "scope": "grant"}}]}}}}}}"#
    );
    let compiled = compile(&parse(&text));
    assert!(compiled.is_ok(), "{text}");
    compiled.unwrap_or_else(|_| unreachable!())
}

fn call(grant: &str, at: i64) -> ToolCall<'_> {
    ToolCall { tool: "a", grant, session: "", at: Timestamp::from_millis(at) }
}

#[test]
fn one_grant_too_many_is_refused_until_a_window_ends() {
    let policy = limited("c", 1);
    let mut counters = Counters::new(&policy);
    for number in 0..MAX_GRANTS {
        let verdict = evaluate(&policy, &call(&number.to_string(), 0), &mut counters);
        assert_eq!(verdict.decision, Decision::Allow, "grant {number}");
        assert_eq!(counters.settle(&policy, verdict.reservation.unwrap(), Outcome::Ok), Settled::Kept);
    }
    let refused = evaluate(&policy, &call("one more", DAY - 1), &mut counters);
    assert_eq!((refused.decision, refused.reason), (Decision::Deny, Reason::TooManyGrants));
    assert_eq!((refused.reservation, refused.quota), (None, None));
    let known = evaluate(&policy, &call("7", DAY - 1), &mut counters);
    assert_eq!(known.reason, Reason::Limit, "those that are counted are judged as before");
    let later = evaluate(&policy, &call("one more", DAY), &mut counters);
    assert_eq!(later.decision, Decision::Allow, "the day has ended, and its grants are forgotten");
}

#[test]
fn the_oldest_reservation_beyond_the_bound_stays_counted() {
    let policy = limited("c", 1_000_000);
    let mut counters = Counters::new(&policy);
    let ids: Vec<ReservationId> = (0..=MAX_UNSETTLED)
        .map(|_| evaluate(&policy, &call("ci", 0), &mut counters).reservation.unwrap())
        .collect();
    assert_eq!(counters.settle(&policy, ids[0], Outcome::ProtocolError), Settled::Unknown);
    assert_eq!(counters.settle(&policy, ids[1], Outcome::ProtocolError), Settled::Refunded);
    assert_eq!(counters.settle(&policy, ids[MAX_UNSETTLED], Outcome::ProtocolError), Settled::Refunded);
}

#[test]
fn counters_of_another_policy_refuse_and_do_not_count() {
    let (policy, other) = (limited("c", 1), limited("d", 1));
    let mut counters = Counters::new(&policy);
    let mine = evaluate(&policy, &call("ci", 0), &mut counters).reservation.unwrap();

    let mut steps = Vec::new();
    let verdict = evaluate_traced(&other, &call("ci", 0), &mut counters, &mut steps);
    assert_eq!((verdict.decision, verdict.reason), (Decision::Deny, Reason::ForeignCounters));
    assert_eq!((verdict.rule, verdict.pointer, verdict.reservation), (None, None, None));
    assert_eq!(
        steps.iter().map(|step| (step.check, step.mark)).collect::<Vec<_>>(),
        [(Check::Counters, Mark::Decided)]
    );
    assert_eq!(counters.settle(&other, mine, Outcome::ProtocolError), Settled::Unknown);
    assert_eq!(counters.settle(&policy, mine, Outcome::ProtocolError), Settled::Refunded, "nothing was lost");
}

#[test]
fn documents_have_bounds() {
    let good = r#"{"version": "1", "default": "deny"}"#;
    let padded = format!("{good}{}", " ".repeat(MAX_BYTES - good.len()));
    assert!(compile(&parse(&padded)).is_ok(), "the bound itself is fine");
    let codes = |text: &str| parse(text).diagnostics.iter().map(|found| found.code).collect::<Vec<_>>();
    assert_eq!(codes(&format!("{padded} ")), [Code::TooLarge], "one byte more is the only finding");

    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(Source::new(&nested(MAX_DEPTH)).diagnostics(), [], "the bound itself is fine");
    let deeper = Source::new(&nested(MAX_DEPTH + 1));
    assert_eq!(deeper.diagnostics()[0].code, Code::TooDeep);

    let wrong = format!("[{}]", "?,".repeat(10 * MAX_SYNTAX_ERRORS));
    assert_eq!(Source::new(&wrong).diagnostics().len(), MAX_SYNTAX_ERRORS);
}
