use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::call::Outcome;
use crate::compile::compile;
use crate::counter::{Options, Refund};
use crate::parse::parse;
use crate::verdict::Decision;
use crate::window::WindowModel;

mod trace;

const SLIDING: Options = Options { window_model: WindowModel::Sliding, refund: Refund::ProtocolError };

/// A policy of one tool, `a`, with these fields.
fn policy(fields: &str) -> CompiledPolicy {
    let text = format!(r#"{{"version": "1", "default": "deny", "tools": {{"a": {{{fields}}}}}}}"#);
    compile(&parse(&text)).unwrap()
}

fn call(arguments: &str, at: i64) -> ToolCall<'_> {
    let arguments = Arguments::Text(arguments);
    ToolCall { tool: "a", arguments, at: Timestamp::from_millis(at), ..ToolCall::default() }
}

#[test]
fn a_refused_call_that_never_passes_is_told_no_time() {
    let limits = r#""limits": [{"counter": "calls", "window": "day", "max": 1, "scope": "global"},
        {"counter": "spend", "window": "day", "max": 100, "scope": "global", "increment_from": "args.amount"}]"#;
    let policy = policy(limits);
    let mut counters = Counters::new(&policy);
    assert_eq!(evaluate(&policy, &call(r#"{"amount": 5}"#, 0), &mut counters).reason, Reason::Allowed);
    #[rustfmt::skip]
    let cases = [
        // arguments             passes later  what its message says
        (r#"{"amount": 5}"#,     true,         "The next a call is allowed at"),
        (r#"{"amount": 500}"#,   false,        "This call costs 500, and the limit spend is 100 per day: it never fits."),
        ("{}",                   false,        "the limit spend adds up args.amount, which is missing"),
        (r#"{"amount": -1}"#,    false,        "the limit spend adds up args.amount, which is below 0"),
        (r#"{"amount": "5"}"#,   false,        "the limit spend adds up args.amount, which is text"),
    ];
    for (arguments, passes, says) in cases {
        let verdict = evaluate(&policy, &call(arguments, 1), &mut counters);
        assert_eq!(verdict.rule.unwrap().as_str(), "/tools/a/limits/calls", "{arguments}: the first refuses");
        assert_eq!(verdict.retry_at.is_some(), passes, "{arguments}");
        assert!(verdict.message.contains(says), "{arguments}: {}", verdict.message);
        let later = evaluate(&policy, &call(arguments, 86_400_000), &mut counters.clone());
        assert_eq!(later.decision == Decision::Allow, passes, "{arguments}");
    }
}

#[test]
fn a_sliding_counter_is_fresh_when_all_that_it_holds_has_left() {
    let policy = policy(
        r#""limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "global",
        "increment_from": "args.n"}]"#,
    );
    let mut counters = Counters::with_options(&policy, SLIDING);
    let mut resets_at = |arguments: &str, at: i64, outcome: Option<Outcome>| {
        let verdict = evaluate(&policy, &call(arguments, at), &mut counters);
        if let (Some(reservation), Some(outcome)) = (verdict.reservation, outcome) {
            counters.settle(&policy, reservation, outcome);
        }
        verdict.quota.unwrap().resets_at.as_millis()
    };
    assert_eq!(resets_at(r#"{"n": 0}"#, 0, None), 1, "nothing is used");
    assert_eq!(resets_at(r#"{"n": 1}"#, 10, None), 60_010, "with the call that is allowed");
    assert_eq!(resets_at(r#"{"n": 0}"#, 20, None), 60_010, "which costs nothing");
    assert_eq!(
        resets_at(r#"{"n": 1}"#, 30, Some(Outcome::ProtocolError)),
        60_030,
        "and one that is given back"
    );
    assert_eq!(resets_at(r#"{"n": 3}"#, 40, None), 60_010, "leaves nothing");
}

/// The decision on a call of which these names of arguments are known, and where it differs, the one enforced.
fn simulated(policy: &CompiledPolicy, names: &[&str], approved: bool, counters: &Counters) -> Verdict {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let call = ToolCall { approved, arguments: Arguments::Names(&names), ..call("{}", 0) };
    let ruling = decide_in_simulation(policy, &call, &mut counters.clone(), &mut ());
    Verdict::new(Some(policy), &call, &ruling)
}

#[test]
fn a_decision_is_unknown_where_it_depends_on_what_was_not_recorded() {
    use crate::verdict::Decision::{Allow, Approval, Deny, Unknown};
    let when = |path: &str, op: &str, value: &str| {
        format!(r#"{{"conditions": [{{"path": "args.{path}", "op": "{op}", "value": {value}}}]}}"#)
    };
    let (x_eq, x_gt, y_gt) = (when("x", "eq", "1"), when("x", "gt", "1"), when("y", "gt", "1"));
    let (always, y_missing) = (r#"{"conditions": []}"#, when("y", "exists", "false"));
    let both = r#"{"conditions": [{"path": "args.x", "op": "gt", "value": 1}, {"path": "args.z", "op": "exists", "value": true}]}"#;
    let full = r#", "limits": [{"counter": "c", "window": "day", "max": 0, "scope": "global"}]"#;
    #[rustfmt::skip]
    let cases = [
        // the tool's fields                                                approved decision  why
        (format!(r#""require": [{x_eq}]"#),                                    false, Unknown,  "it may hold"),
        (format!(r#""require": [{x_eq}, {y_gt}]"#),                            false, Deny,     "the other does not"),
        (format!(r#""deny_if": [{x_eq}]"#),                                    false, Unknown,  "it may hold"),
        (format!(r#""deny_if": [{x_eq}, {y_missing}]"#),                       false, Deny,     "the other holds"),
        (format!(r#""deny_if": [{both}]"#),                                    false, Unknown,  "it may be text"),
        (format!(r#""require_approval": [{x_eq}]"#),                           false, Unknown,  "it may hold"),
        (format!(r#""require_approval": [{x_eq}]"#),                           true,  Allow,    "approved whatever it is"),
        (format!(r#""require_approval": [{x_gt}]"#),                           true,  Unknown,  "nobody approves text"),
        (format!(r#""require_approval": [{x_eq}, {always}]"#),                 false, Approval, "one of them asks"),
        (format!(r#""require_approval": [{x_gt}, {always}]"#),                 false, Unknown,  "asked, or denied for a type"),
        (format!(r#""deny_if": [{x_eq}], "require_approval": [{always}]"#),    false, Unknown,  "asked or denied"),
        (format!(r#""deny_if": [{x_eq}]{full}"#),                              false, Deny,     "denied either way"),
        (format!(r#""require_approval": [{x_eq}]{full}"#),                     false, Unknown,  "asked, or denied by the limit"),
        (format!(r#""require_approval": [{both}]{full}"#),                     false, Deny,     "denied for a type, or by the limit"),
        (format!(r#""require_approval": [{x_eq}, {x_gt}, {always}]"#),         false, Unknown,  "the second may deny for a type"),
        (format!(r#""deny_if": [{x_eq}], "require_approval": [{x_eq}]{full}"#), false, Unknown, "the second may ask"),
        (format!(r#""require_approval": [{x_eq}]{full}"#),                     true,  Deny,     "approved, and there is no room"),
    ];
    for (fields, approved, decision, why) in cases {
        let policy = policy(&fields);
        let found = simulated(&policy, &["x"], approved, &Counters::new(&policy));
        assert_eq!(found.decision, decision, "{fields}: {why}");
    }
}

#[test]
fn of_two_that_ask_the_first_that_may_decides() {
    let rule = |path: &str, op: &str| {
        format!(r#"{{"conditions": [{{"path": "args.{path}", "op": "{op}", "value": 1}}]}}"#)
    };
    let policy = policy(&format!(r#""require_approval": [{}, {}]"#, rule("x", "eq"), rule("y", "gt")));
    let arguments = serde_json::json!({"x": 1, "y": "text"});
    let call = ToolCall { arguments: Arguments::Parsed(arguments.as_object().unwrap()), ..call("", 0) };
    let verdict = evaluate(&policy, &call, &mut Counters::new(&policy));
    assert_eq!(verdict.decision, Decision::Approval, "the second is not reached");
}

#[test]
fn a_time_that_depends_on_what_was_not_recorded_is_not_told() {
    let policy = policy(
        r#""deny_if": [{"conditions": [{"path": "args.x", "op": "eq", "value": 1}]}],
           "limits": [{"counter": "c", "window": "day", "max": 1, "scope": "global"}]"#,
    );
    let mut counters = Counters::new(&policy);
    evaluate(&policy, &call("{}", 0), &mut counters);
    let found = simulated(&policy, &["x"], false, &counters);
    assert_eq!((found.reason, found.retry_at), (Reason::Limit, None));
    assert_eq!(found.rule.unwrap().as_str(), "/tools/a/limits/c");
    assert_eq!(
        found.message,
        "All grants together have used 1 of 1 a calls in the day 1970-01-01 UTC. \
         When a passes depends on args.x, which was not recorded."
    );
    let certain = simulated(&policy, &["y"], false, &counters);
    assert_eq!(certain.retry_at, Some(Timestamp::from_millis(86_400_000)), "no rule asks for y");
}

#[test]
fn nothing_fits_a_limit_of_nothing() {
    for (max, amount, reason) in [
        ("0", "0", Reason::Limit),
        ("0", "1", Reason::Limit),
        ("0.000000001", "0", Reason::Allowed),
        ("0.000000001", "0.000000001", Reason::Allowed),
        ("0.000000001", "0.000000002", Reason::Limit),
    ] {
        let policy = policy(&format!(
            r#""limits": [{{"counter": "c", "window": "day", "max": {max}, "scope": "global", "increment_from": "args.n"}}]"#
        ));
        let verdict =
            evaluate(&policy, &call(&format!(r#"{{"n": {amount}}}"#), 0), &mut Counters::new(&policy));
        assert_eq!((verdict.reason, verdict.retry_at), (reason, None), "{amount} of {max}");
    }
}
