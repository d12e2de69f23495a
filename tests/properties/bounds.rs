//! The bounds of a store and of a document: too large for the corpus, and reached by whoever means harm.

use gatewright_core::amount::Amount;
use gatewright_core::bounds::Bounds;
use gatewright_core::counter::{MAX_SHARERS, MAX_UNSETTLED};
use gatewright_core::diagnostic::Code;
use gatewright_core::import::log::import_log;
use gatewright_core::scenario::MAX_CALLS;
use gatewright_core::source::Source;
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
    ToolCall { tool: "a", grant, at: Timestamp::from_millis(at), ..ToolCall::default() }
}

#[test]
fn one_grant_too_many_is_refused_until_a_window_ends() {
    let policy = limited("c", 1);
    let mut counters = Counters::new(&policy);
    for number in 0..MAX_SHARERS {
        let verdict = evaluate(&policy, &call(&number.to_string(), 0), &mut counters);
        assert_eq!(verdict.decision, Decision::Allow, "grant {number}");
        assert_eq!(counters.settle(&policy, verdict.reservation.unwrap(), Outcome::Ok), Settled::Kept);
    }
    let refused = evaluate(&policy, &call("one more", DAY - 1), &mut counters);
    assert_eq!((refused.decision, refused.reason), (Decision::Deny, Reason::TooManyCounters));
    assert_eq!((refused.reservation, refused.quota), (None, None));
    let mut steps = Vec::new();
    evaluate_traced(&policy, &call("one more", DAY - 1), &mut counters, &mut steps);
    let decided = steps.iter().filter(|step| step.mark == Mark::Decided).map(|step| step.check);
    assert_eq!(decided.collect::<Vec<_>>(), [Check::Counters], "one step decides");
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
    let padded = format!("{good}{}", " ".repeat(Bounds::DEFAULT.document_bytes - good.len()));
    assert!(compile(&parse(&padded)).is_ok(), "the bound itself is fine");
    let codes = |text: &str| parse(text).diagnostics.iter().map(|found| found.code).collect::<Vec<_>>();
    assert_eq!(codes(&format!("{padded} ")), [Code::TooLarge], "one byte more is the only finding");

    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(Source::new(&nested(Bounds::DEFAULT.depth)).diagnostics(), [], "the bound itself is fine");
    let deeper = Source::new(&nested(Bounds::DEFAULT.depth + 1));
    assert_eq!(deeper.diagnostics()[0].code, Code::TooDeep);

    let wrong = format!("[{}]", "?,".repeat(10 * Bounds::DEFAULT.findings));
    assert_eq!(Source::new(&wrong).diagnostics().len(), Bounds::DEFAULT.findings);
    let fields: Vec<String> =
        (0..2 * Bounds::DEFAULT.findings).map(|number| format!("\"x{number}\": 1")).collect();
    let found = codes(&format!("{{\"version\": \"1\", \"default\": \"deny\", {}}}", fields.join(",")));
    assert_eq!(found.len(), Bounds::DEFAULT.findings + 1);
    assert_eq!(found.last(), Some(&Code::TooManyErrors), "and that there are more is said");
}

#[test]
fn a_tool_without_limits_needs_no_place_in_a_full_store() {
    let text = r#"{"version": "1", "default": "deny", "tools": {"free": {}, "a": {"limits": [
        {"counter": "c", "window": "day", "max": 1, "scope": "grant"}]}}}"#;
    let policy = compile(&parse(text)).unwrap();
    let mut counters = Counters::new(&policy);
    for number in 0..MAX_SHARERS {
        evaluate(&policy, &call(&number.to_string(), 0), &mut counters);
    }
    let free = ToolCall { tool: "free", ..call("one more", 0) };
    assert_eq!(evaluate(&policy, &free, &mut counters).decision, Decision::Allow);
}

/// A full store that drops what a denied call shows to be over would judge an earlier call by an empty counter.
#[test]
fn a_call_denied_for_want_of_room_opens_no_gate() {
    let text = r#"{"version": "1", "default": "deny", "tools": {"a": {"limits": [
        {"counter": "m", "window": "minute", "max": 1, "scope": "grant"},
        {"counter": "d", "window": "day", "max": 9, "scope": "grant"}]}}}"#;
    let policy = compile(&parse(text)).unwrap();
    let mut counters = Counters::new(&policy);
    for number in 0..MAX_SHARERS {
        evaluate(&policy, &call(&number.to_string(), 59_000), &mut counters);
    }
    assert_eq!(evaluate(&policy, &call("one more", 60_000), &mut counters).reason, Reason::TooManyCounters);
    assert_eq!(evaluate(&policy, &call("7", 59_001), &mut counters).reason, Reason::Limit);
}

#[test]
fn grants_that_take_a_freed_place_share_no_counter() {
    let limit =
        |window: &str| format!(r#"{{"counter": "c", "window": "{window}", "max": 1, "scope": "grant"}}"#);
    let text = format!(
        r#"{{"version": "1", "default": "deny", "tools": {{"a": {{"limits": [{}]}}, "day": {{"limits": [{}]}}}}}}"#,
        limit("minute"),
        limit("day")
    );
    let policy = compile(&parse(&text)).unwrap();
    let mut counters = Counters::new(&policy);
    let day = |grant, at| ToolCall { tool: "day", ..call(grant, at) };
    for keeper in ["k1", "k2"] {
        assert_eq!(evaluate(&policy, &day(keeper, 0), &mut counters).decision, Decision::Allow);
    }
    for number in 2..MAX_SHARERS {
        let verdict = evaluate(&policy, &call(&number.to_string(), 0), &mut counters);
        counters.settle(&policy, verdict.reservation.unwrap(), Outcome::Ok);
    }
    for fresh in ["n1", "n2", "n3"] {
        let verdict = evaluate(&policy, &day(fresh, 60_000), &mut counters);
        assert_eq!(verdict.decision, Decision::Allow, "{fresh} has a counter of its own");
    }
    for keeper in ["k1", "k2", "n1", "n2", "n3"] {
        let verdict = evaluate(&policy, &day(keeper, 60_001), &mut counters);
        assert_eq!(verdict.reason, Reason::Limit, "{keeper} was not forgotten");
        assert_eq!(verdict.quota.unwrap().used, Amount::ONE, "{keeper} is charged for no one else");
    }
}

#[test]
fn the_limit_that_never_fits_is_the_one_that_is_named() {
    let with = |max: u32| {
        let limit = |name: &str, max: u32| {
            format!(r#"{{"counter": "{name}", "window": "day", "max": {max}, "scope": "grant"}}"#)
        };
        let text = format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"a": {{"limits": [{}, {}]}}}}}}"#,
            limit("c", 1),
            limit("d", max)
        );
        compile(&parse(&text)).unwrap()
    };
    let mut counters = Counters::new(&with(1));
    assert_eq!(evaluate(&with(1), &call("ci", 0), &mut counters).decision, Decision::Allow);
    let verdict = evaluate(&with(0), &call("ci", 1), &mut counters);
    assert_eq!(verdict.retry_at, None);
    assert_eq!(verdict.message, "The limit d is 0 per day: no call of a ever fits.");
}

#[test]
fn a_log_gives_a_million_calls_at_the_most() {
    let most = usize::try_from(MAX_CALLS).unwrap();
    let log = import_log(&"{\"at\":0,\"tool\":\"a\"}\n".repeat(most + 2));
    assert_eq!((log.calls.len(), log.left_out), (most, 2));
    assert!(log.in_words().contains(" 2 more calls are left out: at most 1,000,000 are run."));
}

#[test]
fn a_waiting_call_is_not_crowded_out_by_settled_ones() {
    let policy = limited("c", 1_000_000);
    let mut counters = Counters::new(&policy);
    let waiting = evaluate(&policy, &call("ci", 0), &mut counters).reservation.unwrap();
    for _ in 0..=MAX_UNSETTLED {
        let quick = evaluate(&policy, &call("ci", 0), &mut counters).reservation.unwrap();
        assert_eq!(counters.settle(&policy, quick, Outcome::Ok), Settled::Kept);
    }
    assert_eq!(counters.settle(&policy, waiting, Outcome::ProtocolError), Settled::Refunded);
}

#[test]
fn policies_with_the_same_counters_share_them() {
    let with = |tools: &str, limit: &str| {
        let text = format!(
            r#"{{"version": "1", "default": "deny", "tools": {{{tools} "a": {{"limits": [{limit}]}}}}}}"#
        );
        compile(&parse(&text)).unwrap()
    };
    let limit = r#"{"counter": "c", "window": "day", "max": 1, "scope": "grant"}"#;
    let policy = with("", limit);
    #[rustfmt::skip]
    let alike = [
        (with(r#""z": {},"#, limit),                                               "another tool"),
        (with("", &limit.replace(r#""max": 1"#, r#""max": 1, "on_deny": "No.""#)), "other words"),
        (with("", &limit.replace(r#""max": 1"#, r#""max": 1.0"#)),                 "another spelling"),
    ];
    for (other, why) in alike {
        let mut counters = Counters::new(&policy);
        let mine = evaluate(&policy, &call("ci", 0), &mut counters).reservation.unwrap();
        assert_eq!(evaluate(&other, &call("ci", 0), &mut counters).reason, Reason::Limit, "{why}");
        assert_eq!(counters.settle(&other, mine, Outcome::ProtocolError), Settled::Refunded, "{why}");
        assert_eq!(evaluate(&other, &call("ci", 0), &mut counters).reason, Reason::Allowed, "{why}");
    }
    #[rustfmt::skip]
    let foreign = [
        (with("", ""),                                                         "no counter"),
        (with("", &limit.replace(r#""c""#, r#""d""#)),                         "another name"),
        (with("", &limit.replace("day", "hour")),                              "another window"),
        (with("", &limit.replace(r#""grant""#, r#""global""#)),                "another scope"),
        (with(&format!(r#""b": {{"limits": [{limit}]}},"#), limit),            "one more counter"),
        (with("", &format!("{limit}, {}", limit.replace(r#""c""#, r#""d""#))), "one more counter in its list"),
    ];
    for (other, why) in foreign {
        let mut counters = Counters::new(&policy);
        let mine = evaluate(&policy, &call("ci", 0), &mut counters).reservation.unwrap();
        let before = counters.export();
        assert_eq!(evaluate(&other, &call("ci", 0), &mut counters).reason, Reason::ForeignCounters, "{why}");
        assert_eq!(counters.settle(&other, mine, Outcome::ProtocolError), Settled::Unknown, "{why}");
        assert_eq!(counters.export(), before, "{why}");
    }
}
