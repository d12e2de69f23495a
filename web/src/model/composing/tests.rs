use gatewright_core::scenario::notation;

use super::*;

/// A block of each shape, with everything that can be said of it.
const EVERYTHING: &str = r#"start 2026-01-05T10:00:07Z
create_issue with {"title": "Flaky"} approved as ci at 10:00:12
run_tests × 20 every 3s as ci session s1 ends in tool error
burst run_tests × 10 as ci from +10s
run_tests × 12/s for 5m with unknown all unanswered
ramp search × 1/min to 20/min for 2m with unknown ["q"] jitter 200ms seed 7
mix 70 read_file with {"path": "a"}, 30 write_file × 2/s for 8h as worker ends in protocol error
loop run_tests every 2s until 50 allowed for 1h on denial back off from 1s to 1m giving up after 5 denials
"#;

fn everything() -> Scenario {
    notation::parse(EVERYTHING).unwrap()
}

fn at(block: usize, share: Option<usize>) -> Place {
    Place { block, share }
}

#[test]
fn what_a_form_shows_is_the_scenario_and_writing_it_back_changes_nothing() {
    let scenario = everything();
    for (index, block) in scenario.blocks.iter().enumerate() {
        let mut all: Vec<(Option<usize>, Field)> =
            fields(block).into_iter().chain(more_fields(block)).map(|field| (None, field)).collect();
        if let Shape::Mix { of, .. } = &block.shape {
            for (share, kind) in of.iter().enumerate() {
                let (shown, more) = share_fields(&kind.call);
                all.extend(shown.into_iter().chain(more).map(|field| (Some(share), field)));
            }
        }
        for (share, field) in all {
            let place = at(index, share);
            let text = field.read(&scenario, place);
            let again = field.written(&scenario, place, &text).unwrap();
            assert_eq!(again, scenario, "block {index}, {field:?}: {text}");
        }
    }
}

#[test]
fn each_field_writes_what_it_says() {
    #[rustfmt::skip]
    let cases = [
        // block share    field             text                 in the line of the block
        (0, None,    Field::Tool,           "a push",            "\"a push\" with"),
        (0, None,    Field::At,             "1m30s",             "at 10:01:37"),
        (0, None,    Field::Args,           "{\"n\": 1.50}",     "with {\"n\": 1.50}"),
        (0, None,    Field::Args,           "",                  "create_issue approved"),
        (0, None,    Field::Recorded,       "names",             "with unknown [\"title\"]"),
        (0, None,    Field::Recorded,       "nothing",           "with unknown all"),
        (0, None,    Field::Approved,       "no",                "\"Flaky\"} as ci"),
        (1, None,    Field::Times,          "7",                 "× 7 every 3s"),
        (1, None,    Field::Every,          "0s",                "× 20 every 0s"),
        (1, None,    Field::Session,        "",                  "as ci ends in tool error"),
        (1, None,    Field::Outcome,        "none",              "session s1 unanswered"),
        (2, None,    Field::Grant,          "a b",               "as \"a b\""),
        (3, None,    Field::Per,            "hour",              "× 12/h for 5m"),
        (3, None,    Field::Recorded,       "known",             "for 5m unanswered"),
        (4, None,    Field::From,           "3",                 "× 3/min to 20/min"),
        (4, None,    Field::Calls,          "3",                 "× 1/min to 3/min"),
        (4, None,    Field::Names,          "a, b",              "with unknown [\"a\",\"b\"]"),
        (4, None,    Field::Jitter,         "1s",                "jitter 1s"),
        (4, None,    Field::Seed,           "0",                 "jitter 200ms"),
        (5, Some(1), Field::Weight,         "0",                 "0 write_file"),
        (5, Some(0), Field::Tool,           "list",              "70 list with"),
        (5, None,    Field::For,            "1h",                "× 2/s for 1h"),
        (6, None,    Field::Until,          "",                  "every 2s for 1h"),
        (6, None,    Field::For,            "",                  "until 50 allowed on denial"),
        (6, None,    Field::OnDenial,       "wait",              "on denial wait for reset"),
        (6, None,    Field::BackOffCap,     "2m",                "from 1s to 2m"),
        (6, None,    Field::GiveUp,         "",                  "from 1s to 1m"),
    ];
    for (block, share, field, text, line) in cases {
        let scenario = field.written(&everything(), at(block, share), text).unwrap();
        let written = notation::print_block(&scenario.blocks[block], scenario.start);
        assert!(written.contains(line), "{field:?} {text}: {written}");
        let others = |scenario: &Scenario| {
            let kept = scenario.blocks.iter().enumerate().filter(|(index, _)| *index != block);
            kept.map(|(_, block)| block.clone()).collect::<Vec<Block>>()
        };
        assert_eq!(others(&scenario), others(&everything()), "{field:?}: other blocks stay");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    #[rustfmt::skip]
    let cases = [
        // block  field           text           part of the sentence
        (0, Field::Tool,          " ",           "a tool's name"),
        (0, Field::Args,          "[1]",         "a JSON object"),
        (0, Field::Args,          "{\"a\":",     "a JSON object"),
        (0, Field::At,            "soon",        "a length of time"),
        (1, Field::Times,         "1000001",     "from 0 to 1,000,000"),
        (1, Field::Times,         "-1",          "a whole number"),
        (1, Field::Every,         "3",           "such as 5m"),
        (4, Field::Names,         " , ",         "at least one name"),
        (4, Field::Seed,          "4294967296",  "from 0 to 4,294,967,295"),
        (6, Field::GiveUp,        "often",       "a whole number"),
    ];
    for (block, field, text, told) in cases {
        let why = field.written(&everything(), at(block, None), text).unwrap_err();
        assert!(why.contains(told), "{field:?} {text}: {why}");
    }
    let endless = Field::Until.written(&everything(), at(6, None), "").unwrap();
    assert!(Field::For.written(&endless, at(6, None), "").unwrap_err().contains("needs an end"));
    let light = Field::Weight.written(&everything(), at(5, Some(0)), "0").unwrap();
    assert!(Field::Weight.written(&light, at(5, Some(1)), "0").unwrap_err().contains("weight of at least 1"));
    assert!(Field::Tool.written(&everything(), at(99, None), "a").is_err(), "a block that is gone");
}

#[test]
fn names_that_could_be_misread_stand_as_a_list() {
    for names in [r#"["a,b"]"#, r#"[" a"]"#, r#"["[x"]"#] {
        let scenario = notation::parse(&format!("pay with unknown {names}")).unwrap();
        let text = Field::Names.read(&scenario, at(0, None));
        assert_eq!(text, names);
        assert_eq!(Field::Names.written(&scenario, at(0, None), &text).unwrap(), scenario);
    }
}

#[test]
fn blocks_are_added_moved_copied_and_removed() {
    let lines =
        |scenario: &Scenario| notation::print(scenario).lines().map(ToOwned::to_owned).collect::<Vec<_>>();
    let two = notation::parse("a as x\nb as x").unwrap();
    assert_eq!(lines(&with_moved(&two, 1, true)), ["b as x", "a as x"]);
    assert_eq!(lines(&with_moved(&two, 0, false)), ["b as x", "a as x"]);
    assert_eq!(with_moved(&two, 0, true), two, "the first goes no further up");
    assert_eq!(with_moved(&two, 1, false), two, "the last goes no further down");
    assert_eq!(lines(&with_copy(&two, 0)), ["a as x", "a as x", "b as x"]);
    assert_eq!(lines(&without_block(&two, 0)), ["b as x"]);
    let one = without_block(&two, 0);
    assert_eq!(without_block(&one, 0), one, "the last block stays");
    for (shape, _) in SHAPES {
        let more = with_block(&two, shape, "t");
        assert_eq!(more.blocks.len(), 3, "{shape}");
        assert_eq!(shape_of(&more.blocks[2]), shape);
        assert_eq!(notation::parse(&notation::print(&more)).unwrap(), more, "{shape} is the same as text");
    }
}

#[test]
fn another_shape_keeps_what_both_have() {
    let rate =
        notation::parse("run_tests × 12/min for 5m with {\"a\": 1} as ci from +3s jitter 1s seed 2").unwrap();
    let ramp = with_shape(&rate, 0, "ramp");
    let line = notation::print(&ramp);
    assert!(
        line.starts_with(
            "ramp run_tests × 0/min to 12/min for 5m with {\"a\": 1} as ci from +3s jitter 1s seed 2"
        ),
        "{line}"
    );
    let mix = with_shape(&ramp, 0, "mix");
    assert!(
        notation::print(&mix).contains("mix 1 run_tests with {\"a\": 1} × 12/min for 5m"),
        "{}",
        notation::print(&mix)
    );
    assert_eq!(with_shape(&mix, 0, "rate"), rate, "and all the way back");
    assert_eq!(with_shape(&rate, 0, "rate"), rate);
}

#[test]
fn a_mix_gains_and_loses_calls_but_never_the_last_that_weighs() {
    let mix = notation::parse("mix 1 a, 0 b × 2/s for 1m as worker").unwrap();
    let more = with_share(&mix, 0, "c");
    assert!(
        notation::print(&more).contains("1 a, 0 b, 1 c × 2/s for 1m as worker"),
        "{}",
        notation::print(&more)
    );
    assert!(notation::print(&without_share(&more, at(0, Some(1)))).contains("1 a, 1 c"));
    assert_eq!(without_share(&mix, at(0, Some(0))), mix, "b alone would weigh nothing");
}

#[test]
fn a_start_is_a_date_and_a_time_in_utc() {
    #[rustfmt::skip]
    let cases = [
        // text                           shown again                  why
        ("2026-01-05 10:00:07",           "2026-01-05 10:00:07",       "as it is shown"),
        ("2026-01-05 10:00",              "2026-01-05 10:00:00",       "a whole minute"),
        ("2026-01-05T11:00:07+01:00",     "2026-01-05 10:00:07",       "another offset, said to be one"),
        (" 2026-01-05T10:00:07.250Z ",    "2026-01-05 10:00:07.250",   "to the millisecond"),
    ];
    for (text, shown, why) in cases {
        assert_eq!(instant_text(instant(text).unwrap()), shown, "{why}");
    }
    for text in ["", "10:00", "2026-01-05", "2026-13-05 10:00:00"] {
        assert!(instant(text).unwrap_err().contains("in UTC"), "{text}");
    }
    let at = instant("2026-01-05 10:00:07.250").unwrap();
    assert_eq!(second_of(at), 7);
    assert_eq!(instant_text(at_second(at, 59)), "2026-01-05 10:00:59.250");
    assert_eq!(second_of(at_second(Timestamp::from_millis(-1), 0)), 0, "before 1970 too");
}
