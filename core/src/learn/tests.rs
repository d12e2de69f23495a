use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::amount::Amount;
use crate::compile::compile;
use crate::import::log::import_log;
use crate::lint::lint;
use crate::parse::parse;
use crate::pattern::Pattern;
use crate::scenario::Calls;
use crate::simulate::{simulate, smallest_max};
use crate::verdict::Decision;

/// Calls of one tool with these arguments, a second apart.
fn calls_with(arguments: &[&str]) -> Calls {
    let line = |(second, args): (usize, &&str)| {
        format!("{{\"at\": {}, \"tool\": \"t\", \"args\": {args}}}\n", 1_767_607_200_000 + second * 1000)
    };
    let log = import_log(&arguments.iter().enumerate().map(line).collect::<String>());
    assert_eq!((log.calls.len(), log.unreadable), (arguments.len(), 0), "{arguments:?}");
    log.calls
}

/// The rules that hold the arguments: their list and conditions, and the indexes of the witnesses.
fn rules(arguments: &[&str], options: LearnOptions) -> Vec<String> {
    let learned = learn(&calls_with(arguments), options);
    assert_eq!(learned.from.allowed, learned.from.calls, "{arguments:?}");
    assert!(lint(&parse(&learned.policy), None).is_empty(), "{arguments:?}");
    let policy: serde_json::Value = serde_json::from_str(&learned.policy).unwrap();
    let mut told = Vec::new();
    for line in learned.lines.iter().filter(|line| matches!(line.holds, Holds::Argument { .. })) {
        let place = line.pointer.as_str();
        let rule = policy.pointer(place).unwrap();
        let conditions = rule["conditions"].as_array().unwrap().iter().map(|condition| {
            format!(
                "{} {} {}",
                condition["path"].as_str().unwrap(),
                condition["op"].as_str().unwrap(),
                condition["value"]
            )
        });
        let list = if place.contains("/require/") { "require" } else { "deny_if" };
        let witnesses: Vec<usize> = line.witnesses.iter().map(|witness| witness.call).collect();
        told.push(format!("{list} {} {witnesses:?}", conditions.collect::<Vec<_>>().join(" & ")));
    }
    told
}

const CLIMBS: &str = r#"args.p regex "(?:^|[/\\\\])\\.\\.(?:[/\\\\]|$)""#;

#[test]
fn an_argument_is_held_as_closely_as_the_calls_bear_out() {
    let climbs = format!("deny_if {CLIMBS} [0, 1]");
    let climbs = climbs.as_str();
    #[rustfmt::skip]
    let cases: &[(&[&str], &[&str], &str)] = &[
        (&[r#"{"p": 5}"#, r#"{"p": 5.0}"#],                    &["require args.p eq 5 [0]"],                  "one value, however it is spelled"),
        (&[r#"{"p": 5}"#],                                     &["require args.p exists true [0]"],           "seen once, a value says little"),
        (&[r#"{"p": "a"}"#],                                   &[r#"require args.p regex "^(?s:.*)" [0]"#],   "but that it is text"),
        (&[r#"{"p": true}"#],                                  &["require args.p in [true,false] [0]"],       "or true or false"),
        (&[r#"{"p": true}"#, r#"{"p": true}"#],                &["require args.p eq true [0]"],               "twice the same is a constant"),
        (&[r#"{"p": true}"#, r#"{"p": false}"#],               &["require args.p in [true,false] [0, 1]"],    "both are the type"),
        (&[r#"{"p": 1}"#, r#"{"p": 9}"#, r#"{"p": 9}"#, r#"{"p": 1}"#],
                                                               &["require args.p in [1,9] [0, 1]"],           "each seen twice"),
        (&[r#"{"p": 1}"#, r#"{"p": 9}"#, r#"{"p": 9}"#],       &["require args.p gte 1 & args.p lte 9 [0, 1]"], "one seen once: a range"),
        (&[r#"{"p": 0.1}"#, r#"{"p": 9007199254740993}"#, r#"{"p": -1}"#],
                                                               &["require args.p gte -1 & args.p lte 9007199254740993 [2, 1]"], "exactly as sent"),
        (&[r#"{"p": 1e400}"#, r#"{"p": 1}"#],                  &["require args.p exists true [0]"],           "a number that no other reader takes"),
        (&[r#"{"p": "/w/a"}"#, r#"{"p": "/w/b"}"#],            &[r#"require args.p regex "^/w/" [0, 1]"#, climbs], "a folder, not left by dots"),
        (&[r#"{"p": "/w/a"}"#, r#"{"p": "/w/../b"}"#],         &[r#"require args.p regex "^/w/" [0, 1]"#],    "unless the log does"),
        (&[r#"{"p": "/w/a"}"#, r#"{"p": "/v"}"#],              &[r#"require args.p regex "^/" [0, 1]"#],      "nothing lies above the root"),
        (&[r#"{"p": "C:\\d\\a"}"#, r#"{"p": "C:\\d\\b"}"#],    &[r#"require args.p regex "^C:\\\\d\\\\(?s:.*)" [0, 1]"#, climbs], "the other bar"),
        (&[r#"{"p": "a.b+c"}"#, r#"{"p": "a.b+d"}"#],          &[r#"require args.p regex "^a\\." [0, 1]"#],   "signs that patterns give a meaning"),
        (&[r##"{"p": "# one"}"##, r##"{"p": "# two"}"##],      &[r#"require args.p regex "^(?s:.*)" [0, 1]"#], "a mark alone is no name"),
        (&[r#"{"p": "one"}"#, r#"{"p": "only"}"#],             &[r#"require args.p regex "^(?s:.*)" [0, 1]"#], "no boundary in what is alike"),
        (&[r#"{"p": "x"}"#, r#"{"p": 1}"#],                    &["require args.p exists true [1, 0]"],        "two types"),
        (&[r#"{"p": [1, {"b": 2}]}"#, r#"{"p": [1.0, {"b": 2}]}"#],
                                                               &[r#"require args.p eq [1,{"b":2}] [0]"#],     "a list is one value"),
        (&[r#"{"p": [1]}"#, r#"{"p": [2]}"#],                  &["require args.p exists true [0]"],           "lists that differ"),
        (&[r#"{"p": null}"#, r#"{"p": null}"#, "{}"],          &["deny_if args.p exists true [0]"],           "null and nothing are alike"),
        (&["{}", r#"{"p": 2}"#, r#"{"p": 2}"#],                &["deny_if args.p exists true & args.p neq 2 [1]"], "what may be left out is not required"),
        (&["{}", r#"{"p": 2}"#, r#"{"p": 3}"#],
            &["deny_if args.p exists true & args.p lt 2 [1]", "deny_if args.p exists true & args.p gt 3 [2]"],                "nor is a range: an end each"),
        (&["{}", r#"{"p": "-/b"}"#, r#"{"p": ".-c"}"#],        &[],                                           "text that may be left out cannot be held"),
        (&[r#"{"p": {"q": 1}}"#, r#"{"p": {"q": 1}}"#],        &["require args.p.q eq 1 [0]"],                "an object is looked into"),
        (&[r#"{"p": {}}"#, r#"{"p": {"q": 1}}"#, r#"{"p": {"q": 1}}"#],
            &["require args.p exists true [0]", "deny_if args.p.q exists true & args.p.q neq 1 [1]"],                         "an object that is always there"),
        (&[r#"{"p": 1, "p": 1}"#, r#"{"p": 1}"#],              &[],                                           "there twice: named by no rule"),
        (&[r#"{"p": "\ud800"}"#, r#"{"p": "\ud800"}"#],        &[],                                           "half a character, as well"),
        (&[r#"{"a.b": 1, "": 2}"#, r#"{"a.b": 1}"#],           &[],                                           "keys that no path names"),
        (&[r#"{"__proto__": 1}"#, r#"{"__proto__": 1}"#],      &["require args.__proto__ eq 1 [0]"],          "a name like any other"),
    ];
    for (arguments, expected, why) in cases {
        assert_eq!(rules(arguments, LearnOptions::default()), *expected, "{arguments:?}: {why}");
    }
}

#[test]
fn a_set_wants_few_values_over_many_calls() {
    let of = |values: &[u32]| -> Vec<String> {
        values.iter().map(|value| format!("{{\"p\": {value}}}")).collect()
    };
    let level = |values: &[u32], options: LearnOptions| {
        let texts = of(values);
        let arguments: Vec<&str> = texts.iter().map(String::as_str).collect();
        let learned = learn(&calls_with(&arguments), options);
        learned.lines.iter().find_map(|line| match &line.holds {
            Holds::Argument { level, .. } => Some(*level),
            _ => None,
        })
    };
    let (usual, tightest) = (LearnOptions::default(), LearnOptions { seen: 1, ..LearnOptions::default() });
    let twenty_and_one: Vec<u32> = (0..19).map(|_| 1).chain([2]).collect();
    let seventeen: Vec<u32> = (0..17).flat_map(|value| [value, value]).collect();
    #[rustfmt::skip]
    let cases: &[(&[u32], LearnOptions, Level, &str)] = &[
        (&[1, 2, 3],        usual,    Level::Range,    "three calls, three values"),
        (&[1, 2, 3],        tightest, Level::Set,      "unless once is enough"),
        (&[1],              tightest, Level::Constant, "for a constant too"),
        (&twenty_and_one,   usual,    Level::Set,      "ten calls for each value, though one was seen once"),
        (&twenty_and_one[1..], usual, Level::Range,    "a call less"),
        (&seventeen,        usual,    Level::Range,    "one value more than a set has"),
        (&seventeen[2..],   usual,    Level::Set,      "sixteen"),
    ];
    for (values, options, expected, why) in cases {
        assert_eq!(level(values, *options), Some(*expected), "{values:?}: {why}");
    }
}

#[test]
fn what_texts_share_is_the_least_that_both_of_two_calls_allow() {
    // A pattern that goes on to the next boundary of either text denies the other.
    #[rustfmt::skip]
    let cases = [
        ("/srv/data/in/a.csv",      "/srv/data/out/b.csv"),
        ("https://a.example/x?y=1", "https://a.example/z"),
        ("team-a_x",                "team-b_x"),
        ("C:\\in\\a",               "C:\\out\\b"),
        ("[x].(y)-1",               "[x].(y)-2"),
        ("\u{e9}l\u{e8}ve/1",       "\u{e9}l\u{e8}ve/2"),
        ("a\nb/1",                  "a\nb/2"),
    ];
    for (one, other) in cases {
        for left_out in [false, true] {
            let args = |text: &str| format!("{{\"p\": {}}}", serde_json::Value::from(text));
            let texts = [args(one), args(other), "{}".to_string()];
            let texts: Vec<&str> =
                texts.iter().map(String::as_str).take(if left_out { 3 } else { 2 }).collect();
            let learned = learn(&calls_with(&texts), LearnOptions::default());
            assert_eq!(learned.from.allowed, texts.len(), "{one}");
            let policy: serde_json::Value = serde_json::from_str(&learned.policy).unwrap();
            let line = &learned.lines[1];
            assert!(
                matches!(line.holds, Holds::Argument { level: Level::Prefix, optional, .. } if optional == left_out)
            );
            let rule = policy.pointer(line.pointer.as_str()).unwrap();
            let pattern = rule["conditions"][usize::from(left_out)]["value"].as_str().unwrap();
            let pattern = Pattern::new(pattern, &crate::bounds::Bounds::DEFAULT).unwrap();
            let is_let_by = |text: &str| pattern.is_found_in(text) != Some(left_out);
            let mut ends = one.char_indices().map(|(at, character)| at + character.len_utf8());
            assert!(is_let_by(one) && is_let_by(other), "{one}");
            assert!(!is_let_by("") && !is_let_by("x/y"), "{one}: another beginning");
            let prefix = ends.find(|end| is_let_by(&one[..*end])).unwrap();
            assert!(other.starts_with(&one[..prefix]), "{one}: what both begin with");
            for text in [one, other] {
                let next = text[prefix..].find(['/', '\\', ':', '@', '.', '-', '_', '=', '#']);
                let longer = next.map_or(text, |next| &text[..=prefix + next]);
                assert!(
                    !one.starts_with(longer) || !other.starts_with(longer),
                    "{longer}: no longer one is shared"
                );
            }
        }
    }
}

#[test]
fn limits_are_those_that_the_evaluator_finds_smallest() {
    // Bursts of different sizes at different hours, some given back.
    let mut log = String::new();
    for number in 0..300_u64 {
        let at = 1_767_607_200_000 + number / 7 * 41_000 + number * number % 1_000 + number / 100 * 7_200_000;
        let outcome = if number % 5 == 0 { "protocol_error" } else { "ok" };
        let grant = if number % 3 == 0 { "ci" } else { "dev" };
        log.push_str(&format!(
            "{{\"at\": {at}, \"tool\": \"t{}\", \"grant\": \"{grant}\", \"outcome\": \"{outcome}\"}}\n",
            number % 2
        ));
    }
    let calls = import_log(&log).calls;
    for window_model in [crate::WindowModel::Calendar, crate::WindowModel::Sliding] {
        for refund in [crate::Refund::ProtocolError, crate::Refund::Never] {
            let counting = Options { window_model, refund };
            let learned = learn(&calls, LearnOptions { counting, ..LearnOptions::default() });
            let policy = compile(&parse(&learned.policy)).unwrap();
            assert!(policy.limits().len() >= 4);
            for (index, limit) in policy.limits().iter().enumerate() {
                let found = smallest_max(&policy, index, &calls, counting).unwrap().unwrap();
                assert_eq!(limit.max, found.max, "{}", limit.rule.as_str());
            }
        }
    }
}

#[test]
fn a_limit_that_another_makes_superfluous_is_left_out() {
    // Times in seconds, and the limits that are left.
    let every = |step: usize, calls: usize| (0..calls).map(|call| call * step).collect::<Vec<_>>();
    let cases = [
        (Vec::from([0, 1, 2]), Vec::from([(Window::Day, 3)]), "one minute is all of the day"),
        (every(60, 3), Vec::from([(Window::Minute, 1), (Window::Day, 3)]), "an hour that is all of the day"),
        (every(60, 1440), Vec::from([(Window::Minute, 1)]), "one a minute is at most 1,440 a day"),
        (every(1800, 5), Vec::from([(Window::Minute, 1), (Window::Hour, 2), (Window::Day, 5)]), "all three"),
    ];
    for (seconds, expected, why) in cases {
        let line = |second: &usize| {
            format!("{{\"at\": {}, \"tool\": \"look\"}}\n", 1_767_571_200_000 + second * 1000)
        };
        let calls = import_log(&seconds.iter().map(line).collect::<String>()).calls;
        for (slack, more) in [(0, 0), (20, 1)] {
            let learned = learn(&calls, LearnOptions { slack, ..LearnOptions::default() });
            assert!(lint(&parse(&learned.policy), None).is_empty(), "{why}");
            let limits: Vec<(Window, u64)> = learned
                .lines
                .iter()
                .filter_map(|line| match line.holds {
                    Holds::Limit { window, max, reached } => {
                        assert_eq!(max, reached + more * reached.div_ceil(5), "{why}");
                        Some((window, reached))
                    }
                    _ => None,
                })
                .collect();
            if slack == 0 {
                assert_eq!(limits, expected, "{why}");
            }
        }
    }
}

#[test]
fn a_million_values_are_held_by_what_they_share() {
    let texts: Vec<String> =
        (0..5_000).map(|number| format!("{{\"k{number}\": 1, \"p\": \"/w/{number}\"}}")).collect();
    let arguments: Vec<&str> = texts.iter().map(String::as_str).collect();
    let learned = learn(&calls_with(&arguments), LearnOptions::default());
    assert_eq!(learned.from.allowed, 5_000);
    let why: Vec<&str> = learned.not_held.iter().map(|not_held| not_held.why.as_str()).collect();
    assert!(why[0].starts_with("Its keys differ from call to call"), "an object with ever new keys: {why:?}");
}

#[test]
fn calls_that_were_refused_or_failed_are_left_out_as_asked() {
    let log = import_log(
        r#"{"at": 0, "call": "a", "tool": "ok", "decision": "allow", "outcome": "ok"}
           {"at": 1, "call": "b", "tool": "failed", "decision": "allow", "outcome": "tool_error"}
           {"at": 2, "call": "c", "tool": "denied", "decision": "deny", "reason": "deny_if"}
           {"at": 3, "call": "d", "tool": "unanswered", "decision": "approval"}
           {"at": 4, "call": "e", "tool": "tried", "decision": "deny", "reason": "deny_if", "dry_run": true}
           {"at": 5, "tool": "bare"}"#,
    );
    let tools = |calls| {
        let learned = learn(&log.calls, LearnOptions { calls, ..LearnOptions::default() });
        let told = learned.from;
        let tools: Vec<String> =
            parse(&learned.policy).policy.tools.into_iter().map(|(name, _)| name).collect();
        (tools.join(" "), told.calls, told.refused, told.failed)
    };
    assert_eq!(tools(Which::NotRefused), ("bare failed ok tried".to_string(), 4, 2, 0));
    assert_eq!(tools(Which::NotFailed), ("bare ok tried".to_string(), 3, 2, 1));
    assert_eq!(tools(Which::All), ("bare denied failed ok tried unanswered".to_string(), 6, 0, 0));
}

#[test]
fn what_was_not_recorded_is_not_guessed() {
    let log = import_log(
        r#"{"at": 0, "tool": "t", "args": {"p": 1, "q": 2}}
           {"at": 1, "tool": "t", "args": {"p": 1, "q": 2}}
           {"at": 2, "tool": "t", "unknown_args": ["p"]}
           {"at": 3, "tool": "u", "args": {"p": 1}}
           {"at": 4, "tool": "u", "unknown_args": true}"#,
    );
    let learned = learn(&log.calls, LearnOptions::default());
    let run = simulate(&compile(&parse(&learned.policy)).unwrap(), &log.calls);
    assert!((0..5).all(|call| run.decision(call) == Some(Decision::Allow)), "no call depends on it");
    let held: Vec<&str> = learned.lines.iter().map(|line| line.pointer.as_str()).collect();
    assert_eq!(
        held,
        ["/tools/t", "/tools/t/deny_if/0", "/tools/t/limits/0", "/tools/u", "/tools/u/limits/0"]
    );
    let told: Vec<_> =
        learned.not_held.iter().map(|it| (it.tool.as_deref(), it.path.as_deref(), it.calls)).collect();
    assert_eq!(told, [(Some("t"), Some("args.p"), 1), (Some("u"), None, 1), (None, None, 5)]);
}

#[test]
fn what_is_held_out_is_tried_and_not_learned_from() {
    let mut log = String::new();
    for second in 0..8 {
        let path = if second < 7 { format!("/w/{second}") } else { "/etc/passwd".to_string() };
        let tool = if second == 6 { "other" } else { "read" };
        log.push_str(&format!(
            "{{\"at\": {}, \"tool\": \"{tool}\", \"args\": {{\"p\": \"{path}\"}}}}\n",
            second * 90_000_000_u64
        ));
    }
    let calls = import_log(&log).calls;
    let learned = learn(&calls, LearnOptions { hold_out: 50, ..LearnOptions::default() });
    let told = learned.held_out.unwrap();
    assert_eq!((learned.from.calls, told.first, told.calls, told.allowed, told.denied), (4, 4, 4, 2, 2));
    let denials: Vec<_> =
        told.denials.iter().map(|it| (it.pointer.as_str(), it.tool.as_str(), it.calls, it.first)).collect();
    assert_eq!(denials, [("/default", "other", 1, 6), ("/tools/read/require/0", "read", 1, 7)]);
    assert_eq!(
        told.words,
        "Learned from the first 4 calls, the policy was tried on the last 4: 2 allowed, 2 denied. \
         This is one log, cut in one place: what other days bring, it does not say."
    );
    for (hold_out, held_out) in [(0, None), (91, None), (10, Some(0)), (13, Some(1))] {
        let learned = learn(&calls, LearnOptions { hold_out, ..LearnOptions::default() });
        assert_eq!(
            learned.held_out.map(|told| told.calls).filter(|_| hold_out <= 90),
            held_out,
            "{hold_out} %"
        );
    }
}

#[test]
fn tools_that_no_policy_can_list_are_told() {
    let mut calls = Calls::default();
    let long = "x".repeat(2_000);
    for tool in [long.as_str(), "", "__proto__"] {
        calls.push(&crate::ToolCall { tool, ..crate::ToolCall::default() }, None);
    }
    for number in 0..12_000 {
        calls.push(
            &crate::ToolCall { tool: &format!("tool_{number:05}"), ..crate::ToolCall::default() },
            None,
        );
    }
    let learned = learn(&calls, LearnOptions::default());
    let policy = compile(&parse(&learned.policy)).unwrap();
    assert!(policy.limits().iter().all(|limit| limit.max == Amount::ONE));
    let run = simulate(&policy, &calls);
    assert_eq!((run.summary.allowed, learned.from.calls), (learned.from.allowed, calls.len()));
    let left_out: usize = learned.not_held.iter().filter(|it| it.tool.is_some()).map(|it| it.calls).sum();
    assert_eq!(learned.from.allowed + left_out, calls.len());
    assert_eq!(run.decision(0), Some(Decision::Deny), "a name longer than a policy may say");
    assert_eq!((run.decision(1), run.decision(2)), (Some(Decision::Allow), Some(Decision::Allow)));
}

#[test]
fn an_empty_log_denies_everything() {
    let learned = learn(&Calls::default(), LearnOptions { hold_out: 25, ..LearnOptions::default() });
    assert_eq!(learned.words, "There is no call to learn from: the policy denies everything.");
    assert!(compile(&parse(&learned.policy)).is_ok());
    assert!(learned.lines.is_empty() && learned.not_held.is_empty());
}
