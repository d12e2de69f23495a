use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::*;

/// Lines that print as they are.
const EXACT: &[&str] = &[
    "run_tests",
    "run_tests × 12/s for 5m as ci-agent",
    "create_issue at 10:00:05",
    "create_issue at 09:59",
    "create_issue at +2d",
    "create_issue at 10:00:00.250",
    "run_tests × 20 every 3s",
    "run_tests × 20 every 0s unanswered",
    "run_tests × 30/min for 90s ends in tool error from +10s",
    "ramp search × 1/s to 20/s for 2m as ci session s1 ends in protocol error from +1m jitter 200ms seed 7",
    "burst run_tests × 10 with {\"a\": 1.50} approved as ci",
    "mix 70 read_file, 25 write_file with {\"path\": \"a,b\"}, 5 \"delete file\" × 2/s for 8h as worker session s",
    "mix 1 a as one, 1 b as two unanswered × 2/h for 1d seed 9",
    "loop run_tests every 2s until 50 allowed on denial retry now",
    "loop run_tests every 2s until 50 allowed for 5m on denial back off from 1s to 1m giving up after 90 denials as ci",
    "loop run_tests every 1ms for 5m on denial wait for reset giving up after 1 denial jitter 3s",
    "\"mix\" × 2 every 1s",
    "x × 2 every 1s as \"\" session \"a b\"",
    "burst mix × 2",
    "\"a\\nb\" × 2 every 1s as \"#1\" session 7#",
    "pay with unknown [\"amount\",\"currency\"]",
    "pay with unknown all",
];

#[test]
fn lines_print_as_they_are_read() {
    for line in EXACT {
        let scenario = parse(line).map_err(|error| error.to_string());
        let printed = scenario.map(|scenario| print(&scenario));
        assert_eq!(printed, Ok((*line).to_string() + "\n"));
    }
}

#[test]
fn other_spellings_mean_the_same() {
    #[rustfmt::skip]
    let cases = [
        // written                                     printed
        ("run_tests x 12/second for 300s",             "run_tests × 12/s for 5m"),
        ("x x 2 every 1s",                             "x × 2 every 1s"),
        ("mix 1 x x 2/s for 1s",                       "mix 1 x × 2/s for 1s"),
        ("run_tests*12/m for 1h30m",                   "run_tests × 12/min for 90m"),
        ("run_tests × 12/hour for 1min1ms",            "run_tests × 12/h for 60001ms"),
        ("create_issue from 10:00:05",                 "create_issue at 10:00:05"),
        ("create_issue at 2026-01-05T11:00:05+01:00",  "create_issue at 10:00:05"),
        ("  a # a comment, \"quoted\" { and all\n\n\t\r\nb", "a\nb"),
        ("loop a for 5m every 1s on denial give up",   "loop a every 1s for 5m on denial retry now giving up after 1 denial"),
        ("loop a for 5m every 1s on denial back off",  "loop a every 1s for 5m on denial back off from 1s to 1m"),
        ("loop a for 5m every 1s on denial back off from +5s", "loop a every 1s for 5m on denial back off from 1s to 1m from +5s"),
        ("loop a for 5m every 1s on denial back off 2s to 4s give up after 2 denials",
         "loop a every 1s for 5m on denial back off from 2s to 4s giving up after 2 denials"),
        ("mix 1 a ends ok, 2 b × 1/s for 1m ends in tool error", "mix 1 a, 2 b ends in tool error × 1/s for 1m"),
        ("a with {\n \"n\": 1\n}\nb",                  "a with {\n \"n\": 1\n}\nb"),
        ("start 2026-01-05T10:00:00Z\na",              "a"),
        ("start 2026-01-05T23:59:59.500Z\na at 00:00", "start 2026-01-05T23:59:59.500Z\na at 00:00"),
        ("",                                           ""),
    ];
    for (written, printed) in cases {
        let found = parse(written).map_or_else(|_| String::new(), |scenario| print(&scenario));
        assert_eq!(found.trim_end(), printed, "{written}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_repair() {
    #[rustfmt::skip]
    let cases = [
        ("run_tests × 12/s", "1:1 `run_tests × 12/s`: a pace needs `for`; write how long, as in `for 5m`"),
        ("run_tests × 12", "1:1 `run_tests × 12`: a repeated call needs `every`; write `every 3s`, or `burst` before the name for all at once"),
        ("a\nrun_tests × twelve", "2:13 `twelve`: expected a pace, found `twelve`; write a pace such as `12/s`, `30/min` or `60/h`"),
        ("× 12/s for 5m", "1:1 `×`: expected a tool's name, found `×`; write a name such as `run_tests`, or a string"),
        ("a × 1,000 every 1s", "1:6 `,`: expected something about the calls, found `,`; what may follow: `every`, `for`, `until`, `on denial`, `giving up after`, `as`, `session`, `with`, `approved`, `ends`, `unanswered`, `at`, `from`, `jitter`, `seed`"),
        ("a × 5 every 1s for 5m", "1:16 `for`: `for` is for a pace and a loop; leave it out"),
        ("a × 5 every 1s every 2s", "1:16 `every`: this is said already; leave it out here, or there"),
        ("a × 5 every 1.5s", "1:13 `1.5s`: expected a length, found `1.5s`; write a length such as `5m`"),
        ("a at 9:00", "1:6 `9:00`: expected a moment, found `9:00`; write a moment from the start on, such as `+10s`, `10:00:05` or `2026-01-05T10:00:05Z`"),
        ("a at 2026-01-05T09:59:59Z", "1:6 `2026-01-05T09:59:59Z`: expected a moment, found `2026-01-05T09:59:59Z`; write a moment from the start on, such as `+10s`, `10:00:05` or `2026-01-05T10:00:05Z`"),
        ("a ends badly", "1:8 `badly`: expected `ok` or `in`, found `badly`; write `ends ok`, `ends in tool error` or `ends in protocol error`"),
        ("a with {\"n\": }", "1:8 `{\"n\": }`: no JSON: expected value at line 1 column 7; close its quotes and brackets"),
        ("a with [1]", "1:8 `[1]`: expected an object, found `[1]`; write arguments as in `with {\"amount\": 5}`"),
        ("\"a", "1:1 `\"a`: no JSON: EOF while parsing a string at line 1 column 2; close its quotes and brackets"),
        ("loop a every 1s", "1:1 `loop a every 1s`: a loop needs an end; write `for 5m`, or `until 50 allowed`"),
        ("loop a every 1s until 5", "1:24 ``: expected `allowed`, found the end; write `allowed`"),
        ("mix 5 a 6 b × 1/s for 1m", "1:9 `6`: expected `,` or `×`, found `6`; write `,` and the next share, or `×` and a pace"),
        ("mix 0 a × 1/s for 1m", "1:1 `mix 0 a × 1/s for 1m`: a mix needs a call with a weight of at least 1; write a weight before each name"),
        ("ramp a × 1/s to 5/min for 1m", "1:17 `5/min`: the two paces of a ramp have different units; write both per `s`"),
        ("ramp a 1/s", "1:8 `1/s`: expected `×`, found `1/s`; write `ramp a × 1/s to 20/s`"),
        ("a seed 4294967296", "1:8 `4294967296`: the seed is too large; write a number below 4294967296"),
        ("a\nstart 2026-01-05T10:00:00Z", "2:1 `start`: the start comes first, and once; let the first line say it; a tool of that name is written \"start\""),
        ("start soon", "1:7 `soon`: expected an instant, found `soon`; write an instant such as `2026-01-05T10:00:00Z`"),
        ("start 2026-01-05T10:00:00Z a", "1:28 `a`: expected the end of the line, found `a`; write each block on a line of its own"),
    ];
    for (text, expected) in cases {
        let error = parse(text).unwrap_err();
        let NotationError { range, line, column, message, help } = error;
        assert_eq!(format!("{line}:{column} `{}`: {message}; {help}", &text[range]), expected);
    }
}

#[test]
fn every_kind_of_line_is_tried() {
    let heads: Vec<_> = EXACT.iter().filter_map(|line| line.split(' ').next()).collect();
    assert!(["ramp", "burst", "mix", "loop"].iter().all(|head| heads.contains(head)));
}
