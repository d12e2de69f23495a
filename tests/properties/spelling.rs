//! The same call, and the same policy, however it is written down.

use gatewright_core::evaluate::{JudgedLine, evaluate_line};
use gatewright_core::{Arguments, Timestamp, ToolCall, compile, evaluate, parse};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::driver::{Came, Driver, options};
use crate::examples;
use crate::sketch::{Event, calls, events, sketches};

proptest! {
    #![proptest_config(examples(150))]

    #[test]
    fn a_call_is_judged_alike_in_every_form(
        sketch in sketches(), events in events(), options in options(), seed in any::<u64>()
    ) {
        let policy = sketch.compiled();
        let mut writer = Writer(seed);
        let mut parsed = Driver::new(&policy, options);
        let (mut texts, mut spelled, mut lines) = (parsed.clone(), parsed.clone(), parsed.clone());
        for event in &events {
            let Event::Call(call) = event else {
                let came = parsed.each(event);
                for driver in [&mut texts, &mut spelled, &mut lines] {
                    prop_assert_eq!(driver.each(event), came.clone());
                }
                continue;
            };
            let expected = parsed.call(&call.parsed());
            let written = call.args.as_ref().map(|args| (json!(args).to_string(), writer.object(args)));
            if let Some((text, spelling)) = &written {
                prop_assert_eq!(texts.call(&call.with(Arguments::Text(text))), expected.clone(), "{}", text);
                prop_assert_eq!(spelled.call(&call.with(Arguments::Text(spelling))), expected.clone(), "{}", spelling);
            } else {
                prop_assert_eq!(texts.call(&call.with(Arguments::Text("{}"))), expected.clone());
                let nothing = Map::new();
                prop_assert_eq!(spelled.call(&call.with(Arguments::Parsed(&nothing))), expected.clone());
            }
            let arguments = written.map(|(_, spelling)| format!(r#","arguments":{spelling}"#)).unwrap_or_default();
            let (name, id) = (writer.text(call.tool), call.at);
            let line = format!(
                r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":{name}{arguments}}}}}"#
            );
            // The tool and the arguments are those of the line, whatever the caller has there.
            let caller = ToolCall { tool: "b", ..call.with(Arguments::Text("[]")) };
            let judged = evaluate_line(&policy, line.as_bytes(), &caller, &mut lines.counters);
            let JudgedLine::ToolCall { id: told, tool, verdict } = judged else { panic!("{line}") };
            prop_assert_eq!((told, &*tool), (&*id.to_string(), call.tool));
            lines.reservations.extend(verdict.reservation);
            prop_assert_eq!(verdict, expected, "{}", line);
        }
    }

    #[test]
    fn a_policy_is_the_same_in_every_spelling(
        sketch in sketches(), events in events(), options in options(), seed in any::<u64>()
    ) {
        let text = Writer(seed).value(&sketch.document());
        let (policy, spelled) = (sketch.compiled(), compile(&parse(&text)));
        prop_assert!(spelled.is_ok(), "{}: {:?}", text, spelled.err());
        let plain = Driver::new(&policy, options).all(&events);
        let spelled = Driver::new(&spelled.unwrap(), options).all(&events);
        for (plain, spelled) in plain.into_iter().zip(spelled) {
            prop_assert_eq!(without_message(spelled), without_message(plain), "{}", text);
        }
    }

    #[test]
    fn what_is_no_object_is_no_arguments(sketch in sketches(), call in calls(), options in options()) {
        let policy = sketch.compiled();
        let mut driver = Driver::new(&policy, options);
        let before = driver.counters.export();
        for text in ["", "[]", "null", "1", "{", "{}{}", r#"{"n": 1, "n": 2,}"#] {
            let verdict = driver.call(&call.with(Arguments::Text(text)));
            prop_assert!(verdict.malformed.is_some(), "{}", text);
            prop_assert_eq!(verdict.reservation, None);
        }
        prop_assert_eq!(driver.counters.export(), before);
    }
}

/// A policy's values are told as they are spelled there.
fn without_message(came: Came) -> Came {
    match came {
        Came::Judged(verdict) => {
            let mut verdict = *verdict;
            verdict.message.clear();
            Came::Judged(Box::new(verdict))
        }
        settled @ Came::Settled(_) => settled,
    }
}

/// Writes JSON in one of many ways.
struct Writer(u64);

impl Writer {
    fn one_of(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }

    fn space(&mut self) -> &'static str {
        ["", "", " ", "\t"][usize::try_from(self.one_of(4)).unwrap()]
    }

    fn value(&mut self, value: &Value) -> String {
        let written = match value {
            Value::Number(number) => self.number(&number.to_string()),
            Value::String(text) => self.text(text),
            Value::Object(members) => self.object(members),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(","))
            }
            other => other.to_string(),
        };
        format!("{}{written}{}", self.space(), self.space())
    }

    fn object(&mut self, members: &Map<String, Value>) -> String {
        let member = |(key, value): (&String, &Value)| {
            let (key, value) = (self.text(key), self.value(value));
            format!("{key}{}:{value}", self.space())
        };
        let mut members: Vec<String> = members.iter().map(member).collect();
        if !members.is_empty() {
            let first = self.one_of(members.len() as u64);
            members.rotate_left(usize::try_from(first).unwrap());
        }
        if self.one_of(2) == 0 {
            members.reverse();
        }
        format!("{{{}}}", members.join(","))
    }

    fn text(&mut self, text: &str) -> String {
        let mut written = String::from('"');
        for character in text.chars() {
            if self.one_of(3) == 0 {
                let mut units = [0; 2];
                let units = character.encode_utf16(&mut units);
                written.extend(units.iter().map(|unit| format!("\\u{unit:04X}")));
            } else {
                let plain = json!(character).to_string();
                written.push_str(&plain[1..plain.len() - 1]);
            }
        }
        written + "\""
    }

    /// The same number: digits and their power of ten, with more zeros.
    fn number(&mut self, plain: &str) -> String {
        let (mantissa, exponent) = plain.split_once('e').unwrap_or((plain, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
        let exponent = exponent.parse::<i64>().unwrap() - i64::try_from(fraction.len()).unwrap();
        match (digits, self.one_of(6)) {
            (_, 0) => plain.to_string(),
            (0, 1) => "-0".to_string(),
            (0, _) => "0.00e7".to_string(),
            (_, 1) => format!("{digits}e{exponent}"),
            (_, 2) => format!("{digits}.0E{exponent}"),
            (_, 3) => format!("{digits}000e{}", exponent - 3),
            (_, 4) => format!("{digits}{}e{}", "0".repeat(25), exponent - 25),
            _ => format!("{digits}e{}{exponent}", if exponent < 0 { "" } else { "+" }),
        }
    }
}

#[test]
fn digits_beyond_a_double_decide() {
    let text = r#"{"version": "1", "default": "deny", "tools": {"a": {"deny_if": [
        {"conditions": [{"path": "args.n", "op": "gt", "value": 9007199254740992}]}]}}}"#;
    let policy = compile(&parse(text)).unwrap();
    let mut driver = Driver::new(&policy, gatewright_core::Options::default());
    #[rustfmt::skip]
    let cases = [
        (r#"{"n": 9007199254740993}"#,                  true,  "one more"),
        (r#"{"n": 9007199254740992.0000000000000001}"#, true,  "a very little more"),
        (r#"{"n": 9007199254740992.0000000000000000}"#, false, "the same"),
        (r#"{"n": 90071992547409920e-1}"#,              false, "the same, otherwise"),
    ];
    for (arguments, denied, why) in cases {
        let at = Timestamp::from_millis(0);
        let call = ToolCall { tool: "a", arguments: Arguments::Text(arguments), at, ..ToolCall::default() };
        let verdict = evaluate(&policy, &call, &mut driver.counters);
        assert_eq!(verdict.reservation.is_none(), denied, "{arguments}: {why}");
    }
}
