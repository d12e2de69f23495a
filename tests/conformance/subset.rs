//! What was found against a part of it that was expected.

use gatewright_core::Timestamp;
use serde_json::Value;

/// The fields that hold an instant: a number of milliseconds where it was found, RFC 3339 perhaps where expected.
const INSTANTS: [&str; 4] = ["at", "retry_at", "window_start", "resets_at"];

/// Every place, told from `place` on, where `found` is not as expected.
///
/// Objects are compared by the expected keys, and an expected null is the absence of the key. Lists are compared item
/// by item and must be of one length.
pub(crate) fn differences(place: &str, expected: &Value, found: &Value) -> Vec<String> {
    let mut all = Vec::new();
    compare(place, expected, Some(found), &mut all);
    all
}

fn compare(place: &str, expected: &Value, found: Option<&Value>, all: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Some(Value::Object(found))) => {
            for (key, expected) in expected {
                let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                compare(&place, expected, found.get(key), all);
            }
        }
        (Value::Array(expected_items), Some(Value::Array(items))) if expected_items.len() == items.len() => {
            for (index, (expected, found)) in expected_items.iter().zip(items).enumerate() {
                compare(&format!("{place}[{index}]"), expected, Some(found), all);
            }
        }
        (Value::Null, None) => {}
        (expected, found) if found.is_some_and(|found| same(place, expected, found)) => {}
        (expected, found) => {
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            let (expected, found) = (shown(expected), found.map_or_else(|| "nothing".to_string(), shown));
            all.push(format!("{place}expected {expected}, found {found}"));
        }
    }
}

fn same(place: &str, expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Number(expected), Value::Number(found)) => {
            expected == found || (expected.is_f64() != found.is_f64() && expected.as_f64() == found.as_f64())
        }
        (Value::String(expected), Value::Number(found)) => {
            let is_instant = place.rsplit('.').next().is_some_and(|key| INSTANTS.contains(&key));
            is_instant && Timestamp::parse(expected).map(Timestamp::as_millis) == found.as_i64()
        }
        (expected, found) => expected == found,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_string(),
        Value::Array(items) => format!("{} items ({value})", items.len()),
        other => other.to_string(),
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn what_differs_is_told_with_its_place() {
    use serde_json::json;
    let found = json!({"decision": "deny", "at": 60_000, "quota": {"used": 2, "max": 2.5}, "trace": [1, 2]});
    #[rustfmt::skip]
    let cases = [
        (json!({"decision": "deny"}),                      "",                                           "other keys do not matter"),
        (json!({"decision": "allow"}),                     "decision: expected \"allow\", found \"deny\"", "a value differs"),
        (json!({"rule": null}),                            "",                                           "null is absence"),
        (json!({"decision": null}),                        "decision: expected nothing, found \"deny\"", "and only absence"),
        (json!({"rule": "x"}),                             "rule: expected \"x\", found nothing",        "what is absent is told"),
        (json!({"quota": {"used": 2.0, "max": 2.5}}),      "",                                           "2 is 2.0"),
        (json!({"quota": {"used": 3}}),                    "quota.used: expected 3, found 2",            "a place inside"),
        (json!({"at": "1970-01-01T00:01:00Z"}),            "",                                           "an instant in words"),
        (json!({"at": "1970-01-01T00:01:01Z"}),            "at: expected \"1970-01-01T00:01:01Z\", found 60000", "another instant"),
        (json!({"quota": {"used": "1970-01-01T00:00:00.002Z"}}), "quota.used: expected \"1970-01-01T00:00:00.002Z\", found 2", "an amount is no instant"),
        (json!({"trace": [1, 2]}),                         "",                                           "a list"),
        (json!({"trace": [1]}),                            "trace: expected 1 items ([1]), found 2 items ([1,2])", "a list is whole"),
        (json!({"trace": [1, 3]}),                         "trace[1]: expected 3, found 2",              "an item of it"),
    ];
    for (expected, told, why) in cases {
        assert_eq!(differences("", &expected, &found).join("; "), told, "{expected}: {why}");
    }
}
