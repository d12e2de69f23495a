use alloc::vec::Vec;

use serde_json::{Value, json};

use super::*;
use crate::call::{Outcome, ToolCall};
use crate::compile::compile;
use crate::counter::Settled;
use crate::evaluate::evaluate;
use crate::parse::parse;
use crate::window::WindowModel;

fn policy(limits: &str) -> CompiledPolicy {
    let text =
        format!(r#"{{"version": "1", "default": "deny", "tools": {{"a": {{"limits": [{limits}]}}}}}}"#);
    compile(&parse(&text)).unwrap()
}

const LIMITS: &str = r#"{"counter": "g", "window": "minute", "max": 9, "scope": "grant"},
    {"counter": "s", "window": "hour", "max": 9, "scope": "session"},
    {"counter": "e", "window": "day", "max": 9, "scope": "global"}"#;

/// Counters of two grants and three sessions; the second of three calls has been settled.
fn counted(policy: &CompiledPolicy, options: Options) -> Counters {
    let mut counters = Counters::with_options(policy, options);
    for (at, grant, session) in [(1, "dev", "1"), (2, "ci", "2"), (60_003, "ci", "1")] {
        let at = Timestamp::from_millis(at);
        let call = ToolCall { tool: "a", grant, session, at, ..ToolCall::default() };
        let reservation = evaluate(policy, &call, &mut counters).reservation.unwrap();
        if session == "2" {
            assert_eq!(counters.settle(policy, reservation, Outcome::Ok), Settled::Kept);
        }
    }
    counters
}

fn sliding() -> Options {
    Options { window_model: WindowModel::Sliding, ..Options::default() }
}

/// The snapshot with its state changed, and a checksum that fits.
fn changed(text: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut snapshot: Value = serde_json::from_str(text).unwrap();
    change(&mut snapshot["state"]);
    if let Ok(state) = serde_json::from_value::<State>(snapshot["state"].clone()) {
        snapshot["check"] = json!(check(&state));
    }
    snapshot.to_string()
}

#[test]
fn a_snapshot_says_what_is_counted() {
    let policy = policy(LIMITS);
    let text = counted(&policy, Options::default()).export();
    let snapshot: Value = serde_json::from_str(&text).unwrap();
    let counter = |rule: &str, window: &str, scope: &str, who: Value, uses: Value| {
        let mut counter = json!({"rule": rule, "window": window, "scope": scope, "uses": uses});
        counter.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
        counter
    };
    let by_grant =
        |grant: &str, uses| counter("/tools/a/limits/g", "minute", "grant", json!({"grant": grant}), uses);
    let by_session = |grant: &str, session: &str, uses| {
        counter("/tools/a/limits/s", "hour", "session", json!({"grant": grant, "session": session}), uses)
    };
    let expected = json!({
        "options": {"window_model": "calendar", "refund": "protocol_error"},
        "last_counted": 60_003,
        "last_reservation": 3,
        "counters": [
            by_grant("ci", json!([[60_000, "1"]])),
            by_grant("dev", json!([[0, "1"]])),
            by_session("ci", "1", json!([[0, "1"]])),
            by_session("ci", "2", json!([[0, "1"]])),
            by_session("dev", "1", json!([[0, "1"]])),
            counter("/tools/a/limits/e", "day", "global", json!({}), json!([[0, "3"]])),
        ],
        "unsettled": [
            {"id": 1, "at": 1, "charges": [[1, "1"], [4, "1"], [5, "1"]]},
            {"id": 3, "at": 60_003, "charges": [[0, "1"], [2, "1"], [5, "1"]]},
        ],
    });
    assert_eq!(snapshot["state"], expected);
    assert_eq!(snapshot["gatewright_counters"], json!(1));
    assert_eq!(Counters::restore(&policy, &text).unwrap().export(), text);
}

#[test]
fn the_instants_of_a_sliding_window_are_told_apart() {
    let policy = policy(LIMITS);
    let text = counted(&policy, sliding()).export();
    let snapshot: Value = serde_json::from_str(&text).unwrap();
    let uses = |index: usize| snapshot["state"]["counters"][index]["uses"].clone();
    assert_eq!(uses(0), json!([[60_003, "1"]]), "what left the minute of ci is forgotten");
    assert_eq!(uses(5), json!([[1, "1"], [2, "1"], [60_003, "1"]]));
    let mut restored = Counters::restore(&policy, &text).unwrap();
    assert_eq!((restored.export(), restored.options()), (text, sliding()));
    assert_eq!(restored.settle(&policy, crate::ReservationId(1), Outcome::ProtocolError), Settled::Refunded);
    assert_eq!(restored.settle(&policy, crate::ReservationId(2), Outcome::ProtocolError), Settled::Unknown);
}

#[test]
fn a_snapshot_of_another_version_says_so() {
    let policy = policy(LIMITS);
    let text = counted(&policy, Options::default()).export();
    let other = text.replace(r#""gatewright_counters":1"#, r#""gatewright_counters":2"#);
    let refused = Counters::restore(&policy, &other).unwrap_err();
    assert_eq!(refused, SnapshotError::Version(2));
    assert_eq!(refused.to_string(), "the snapshot is of version 2; this evaluator reads version 1");
    // Whatever else it holds: another version may hold it otherwise.
    let refused = Counters::restore(&policy, r#"{"gatewright_counters": 7, "anything": []}"#);
    assert_eq!(refused.unwrap_err(), SnapshotError::Version(7));
}

#[test]
fn a_damaged_snapshot_is_refused_whole() {
    let policy = policy(LIMITS);
    let text = counted(&policy, sliding()).export();
    #[rustfmt::skip]
    let cases = [
        (String::new(),                                        "nothing"),
        ("{}".to_string(),                                     "no version"),
        (text[..text.len() - 1].to_string(),                   "cut short"),
        (format!("{text}{text}"),                              "twice"),
        (text.replacen("\"1\"", "\"2\"", 1),                   "another amount"),
        (text.replacen("60003", "60004", 1),                   "another time"),
        (text.replacen("ci", "cj", 1),                         "another grant"),
        (text.replacen("protocol_error", "never", 1),          "other options"),
        (text.replacen("\"check\":\"", "\"check\":\"0", 1),    "another checksum"),
        (text.replacen("\"uses\"", "\"uses \"", 1),            "a field that is not known"),
        (text.replacen("\"check\"", "\"x\":1,\"check\"", 1),   "one field more"),
    ];
    for (damaged, why) in cases {
        let refused = Counters::restore(&policy, &damaged).unwrap_err();
        assert!(matches!(refused, SnapshotError::Damaged(_)), "{why}: {refused}");
        let says = refused.to_string();
        assert!(says.starts_with("the snapshot is damaged, and refused whole: "), "{why}: {says}");
    }
}

#[test]
fn parts_that_do_not_fit_together_are_refused() {
    type Change = fn(&mut Value);
    let policy = policy(LIMITS);
    #[rustfmt::skip]
    let cases: [(Change, &str); 18] = [
        (|it| it["counters"][0]["window"] = json!("week"),                 "no such window"),
        (|it| it["counters"][0]["scope"] = json!("all"),                   "no such scope"),
        (|it| it["counters"][0]["scope"] = json!("session"),               "a session without a name"),
        (|it| it["counters"][2]["scope"] = json!("grant"),                 "a grant with a session"),
        (|it| it["counters"][0]["scope"] = json!("global"),                "everyone by a name"),
        (|it| it["counters"][5]["scope"] = json!("grant"),                 "a grant without a name"),
        (|it| it["counters"][1] = it["counters"][0].clone(),               "one counter twice"),
        (|it| it["counters"][0]["uses"][0][1] = json!("-1"),               "less than nothing"),
        (|it| it["counters"][0]["uses"][0][1] = json!("1e-10"),            "too precise"),
        (|it| it["counters"][5]["uses"][0][0] = json!(3),                  "instants out of order"),
        (|it| it["counters"][0]["uses"][0][0] = json!(60_004),             "an instant after the last call"),
        (|it| it["last_counted"] = json!(60_002),                          "a last call before the last instant"),
        (|it| it["unsettled"][0]["charges"][0][0] = json!(6),              "a charge to no counter"),
        (|it| it["unsettled"][0]["charges"][0][1] = json!("much"),         "a charge of no amount"),
        (|it| it["unsettled"][1]["id"] = json!(1),                         "one reservation twice"),
        (|it| it["unsettled"][1]["id"] = json!(4),                         "a reservation after the last"),
        (|it| it["unsettled"][1]["at"] = json!(60_004),                    "a reservation after the last call"),
        (|it| it["last_reservation"] = json!(2),                           "a last reservation before the last"),
    ];
    let text = counted(&policy, sliding()).export();
    assert_eq!(Counters::restore(&policy, &changed(&text, |_| {})).unwrap().export(), text);
    for (change, why) in cases {
        let refused = Counters::restore(&policy, &changed(&text, change));
        let expected = SnapshotError::Damaged("what it holds does not fit together".to_string());
        assert_eq!(refused.map(|it| it.export()), Err(expected), "{why}");
    }
    let text = counted(&policy, Options::default()).export();
    let other_model = |it: &mut Value| it["counters"][0]["uses"][0][0] = json!(60_001);
    assert!(Counters::restore(&policy, &changed(&text, other_model)).is_err(), "no window starts there");
}

#[test]
fn what_the_policy_does_not_have_is_left_out() {
    let whole = policy(LIMITS);
    let text = counted(&whole, Options::default()).export();
    let part = policy(
        r#"{"counter": "e", "window": "day", "max": 1, "scope": "global"},
        {"counter": "s", "window": "minute", "max": 9, "scope": "session"},
        {"counter": "g", "window": "minute", "max": 9, "scope": "global"}"#,
    );
    let mut restored = Counters::restore(&part, &text).unwrap();
    let snapshot: Value = serde_json::from_str(&restored.export()).unwrap();
    let rules: Vec<_> =
        snapshot["state"]["counters"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, [&json!("/tools/a/limits/e")], "the others have another window or scope");
    assert_eq!(snapshot["state"]["unsettled"][0]["charges"], json!([[0, "1"]]));
    assert_eq!(restored.settle(&part, crate::ReservationId(3), Outcome::ProtocolError), Settled::Refunded);
}
