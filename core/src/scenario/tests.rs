use super::*;

fn kind() -> CallKind {
    CallKind {
        tool: "run_tests".to_string(),
        grant: "ci".to_string(),
        outcome: Some(Outcome::Ok),
        ..CallKind::default()
    }
}

fn named(tool: &str) -> CallKind {
    CallKind { tool: tool.to_string(), ..kind() }
}

fn calls(blocks: Vec<Block>) -> Calls {
    Scenario { start: Timestamp::from_millis(0), blocks }.calls().unwrap()
}

fn offsets(block: Block) -> Vec<i64> {
    let calls = calls(Vec::from([block]));
    (0..calls.len()).map(|index| calls.get(index).unwrap().at.as_millis()).collect()
}

fn tools(calls: &Calls) -> Vec<&str> {
    (0..calls.len()).map(|index| calls.get(index).unwrap().tool).collect()
}

#[test]
fn a_rate_is_spaced_evenly_and_rounded_down() {
    let rate = |calls, per, for_ms| offsets(Block::new(Shape::Rate { call: kind(), calls, per, for_ms }, 0));
    assert_eq!(rate(3, Per::Second, 1_000), [0, 333, 666]);
    assert_eq!(rate(2, Per::Minute, 90_000), [0, 30_000, 60_000]);
    assert_eq!(rate(2, Per::Hour, 3_600_000), [0, 1_800_000]);
    assert_eq!(rate(3, Per::Second, 1), [0], "a call at the start of a part of a second");
    assert_eq!(rate(0, Per::Second, 1_000), [0_i64; 0], "no calls a second are no calls");
    let loop_of_five_minutes = rate(12, Per::Second, 300_000);
    assert_eq!(loop_of_five_minutes.len(), 3_600);
    assert_eq!(loop_of_five_minutes[10], 833, "call 11");
    assert_eq!(loop_of_five_minutes[720], 60_000, "call 721 opens the second minute");
}

#[test]
fn blocks_overlap_and_keep_their_order_within_an_instant() {
    let calls = calls(Vec::from([
        Block::new(Shape::Call { call: named("late") }, 5),
        Block::new(Shape::Repeat { call: kind(), times: 3, every_ms: 5 }, 0),
        Block::new(Shape::Burst { call: named("burst"), times: 2 }, 5),
    ]));
    assert_eq!(tools(&calls), ["run_tests", "late", "run_tests", "burst", "burst", "run_tests"]);
}

#[test]
fn jitter_delays_and_reorders_and_is_always_the_same() {
    let jittered = |jitter_ms, seed| Block {
        jitter_ms,
        seed,
        ..Block::new(Shape::Repeat { call: kind(), times: 50, every_ms: 100 }, 0)
    };
    let (plain, one, other) = (jittered(0, 1), jittered(1_000, 1), jittered(1_000, 2));
    assert_eq!(offsets(one.clone()), offsets(one.clone()));
    assert_ne!(offsets(one.clone()), offsets(other));
    assert_eq!(offsets(plain), (0..50).map(|n| n * 100).collect::<Vec<i64>>());
    for (number, at) in (0..50).map(|number| (number, one.offset(number))) {
        assert!((number * 100..=number * 100 + 1_000).contains(&at), "call {number} at {at}");
    }
    assert!(offsets(one).is_sorted(), "calls are in the order of time");
}

#[test]
fn a_mix_keeps_to_its_weights() {
    let share = |weight, tool| Share { weight, call: named(tool) };
    let of = Vec::from([share(70, "read"), share(0, "never"), share(25, "write"), share(5, "delete")]);
    let mix =
        Block { seed: 7, ..Block::new(Shape::Mix { of, calls: 10, per: Per::Second, for_ms: 1_000_000 }, 0) };
    let calls = calls(Vec::from([mix]));
    let tools = tools(&calls);
    let count = |tool| tools.iter().filter(|found| **found == tool).count();
    assert_eq!(tools.len(), 10_000);
    assert_eq!(count("never"), 0);
    assert!((6_800..7_200).contains(&count("read")), "{}", count("read"));
    assert!((2_350..2_650).contains(&count("write")), "{}", count("write"));
    assert!((420..580).contains(&count("delete")), "{}", count("delete"));
}

#[test]
fn a_scenario_too_large_says_so() {
    let shape = Shape::Rate { call: kind(), calls: 1000, per: Per::Second, for_ms: u64::MAX };
    let scenario = Scenario { start: Timestamp::from_millis(0), blocks: Vec::from([Block::new(shape, 0)]) };
    assert!(scenario.calls().unwrap_err().ends_with("calls; at most 1,000,000 are run."));
}

#[test]
fn blocks_are_read_and_written() {
    let call = r#""call":{"tool":"a","grant":"g","session":"","args":{"n":1.50},"outcome":null}"#;
    #[rustfmt::skip]
    let written = [
        r#"{"block":"call",CALL,"at_ms":7}"#,
        r#"{"block":"repeat",CALL,"at_ms":0,"times":3,"every_ms":5,"jitter_ms":9,"seed":4294967295}"#,
        r#"{"block":"burst",CALL,"at_ms":0,"times":3}"#,
        r#"{"block":"rate",CALL,"at_ms":0,"calls":3,"per":"hour","for_ms":5}"#,
        r#"{"block":"ramp",CALL,"at_ms":0,"from":1,"to":3,"per":"minute","for_ms":5}"#,
        r#"{"block":"mix","of":[{"weight":2,CALL}],"at_ms":0,"calls":3,"per":"second","for_ms":5}"#,
        r#"{"block":"loop",CALL,"at_ms":0,"every_ms":5,"for_ms":9,"on_denial":"retry_now"}"#,
        r#"{"block":"loop",CALL,"at_ms":0,"every_ms":5,"until_allowed":2,"on_denial":"back_off","start_ms":1,"cap_ms":8,"give_up_after":3}"#,
        r#"{"block":"loop",CALL,"at_ms":0,"every_ms":5,"until_allowed":2,"on_denial":"wait_for_reset"}"#,
    ];
    for text in written {
        let text = text.replace("CALL", call);
        let block: Block = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&block).unwrap(), text);
    }
}

#[test]
fn what_is_no_block_says_why() {
    let call = r#""call":{"tool":"a","grant":"g"}"#;
    #[rustfmt::skip]
    let cases = [
        (r"{CALL}", "a block says what it is in `block`: call, repeat, rate, ramp, burst, loop or mix"),
        (r#"{"block":"burst"}"#, "a `burst` block needs `call`"),
        (r#"{"block":"burst",CALL}"#, "a `burst` block needs `times`"),
        (r#"{"block":"burst",CALL,"times":1,"every_ms":1}"#,
         "a `burst` block has no `every_ms`; it has `call`, `times`, `at_ms`, `jitter_ms` and `seed`"),
        (r#"{"block":"mix",CALL,"calls":1,"per":"second","for_ms":1}"#,
         "a `mix` block has no `call`; it has `of`, `calls`, `per`, `for_ms`, `at_ms`, `jitter_ms` and `seed`"),
        (r#"{"block":"mix","of":[],"calls":1,"per":"second","for_ms":1}"#, "a mix needs a call with a weight of at least 1"),
        (r#"{"block":"loop",CALL,"every_ms":1}"#, "a loop needs an end"),
        (r#"{"block":"loop",CALL,"every_ms":1,"for_ms":1,"on_denial":"back_off","start_ms":1}"#, "a `loop` block needs `cap_ms`"),
        (r#"{"block":"loop",CALL,"every_ms":1,"for_ms":1,"cap_ms":1}"#, "`start_ms` and `cap_ms` are for a `loop` block that backs off"),
        (r#"{"block":"loop",CALL,"every_ms":1,"for_ms":1,"on_denial":"cry"}"#, "expected one of `retry_now`, `back_off`, `wait_for_reset`"),
        (r#"{"block":"call","call":{"tool":"a","grant":"g","args":{},"unknown_args":["n"]}}"#, "not both"),
        (r#"{"block":"call",CALL,"tmies":1}"#, "unknown field `tmies`, expected one of `block`, `call`, `of`, `at_ms`, `times`"),
        (r#"{"block":"call",CALL,"seed":-1}"#, "invalid value"),
    ];
    for (text, why) in cases {
        let error = serde_json::from_str::<Block>(&text.replace("CALL", call)).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn a_mix_of_nothing_makes_no_calls_and_stops_nobody() {
    let mix = Shape::Mix { of: Vec::new(), calls: 5, per: Per::Second, for_ms: 1_000 };
    let scenario = Scenario {
        start: MORNING,
        blocks: alloc::vec![Block::new(mix, 0), Block::new(Shape::Call { call: named("a") }, 0)],
    };
    assert_eq!(scenario.planned_calls(), Ok(1));
    assert_eq!(scenario.calls().unwrap().len(), 1);
}
