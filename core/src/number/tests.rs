use alloc::string::ToString;

use super::*;
use Ordering::{Equal, Greater, Less};

#[test]
fn numbers_are_compared_exactly_as_written() {
    #[rustfmt::skip]
    let cases = [
        // one                       other                      order    why
        ("1",                        "1.0",                     Equal,   "spelling is not value"),
        ("1e1",                      "10",                      Equal,   "an exponent is spelling"),
        ("100e-1",                   "10",                      Equal,   "also a negative one"),
        ("-0",                       "0",                       Equal,   "minus zero is zero"),
        ("0e99999999999999999999",   "0.000",                   Equal,   "zero has no size"),
        ("9007199254740993",         "9007199254740992",        Greater, "above 2^53 a double cannot tell them apart"),
        ("18446744073709551617",     "18446744073709551616",    Greater, "above 2^64 nor can a word"),
        ("18446744073709551616.5",   "18446744073709551616.25", Greater, "long fractions too"),
        ("18446744073709551616",     "1.8446744073709551616e19", Equal,  "two long spellings of one number"),
        ("18446744073709551616",     "2e19",                    Less,    "a long number against a short one"),
        ("0.1",                      "0.10000000000000000001",  Less,    "no rounding"),
        ("0.1",                      "0.10000000000000000000",  Equal,   "trailing zeros"),
        ("1e20",                     "100000000000000000000",   Equal,   "a short one against a long one"),
        ("1e30",                     "1",                       Greater, "far apart"),
        ("1",                        "1e-30",                   Greater, "far apart, below"),
        ("0",                        "1e-30",                   Less,    "nothing is below anything"),
        ("0",                        "1e30",                    Less,    "however large its exponent"),
        ("-2",                       "-1",                      Less,    "below zero the order turns"),
        ("-18446744073709551617",    "-18446744073709551616",   Less,    "also of long ones"),
        ("-1",                       "1",                       Less,    "signs"),
        ("1e999999999",              "1e999999998",             Greater, "large exponents are told apart"),
        ("1e99999999999",            "1e-99999999999",          Greater, "larger ones are still large"),
    ];
    for (one, other, order, why) in cases {
        let (left, right) = (Number::parse(one).unwrap(), Number::parse(other).unwrap());
        assert_eq!(left.cmp(&right), order, "{one} and {other}: {why}");
        assert_eq!(right.cmp(&left), order.reverse(), "{other} and {one}: {why}");
    }
}

#[test]
fn what_is_not_a_json_number_is_refused() {
    for text in ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "1 ", "1_000", "１"]
    {
        assert_eq!(Number::parse(text), None, "{text}");
    }
    for text in ["1e1000000000", "1e-1000000000", "0e99999999999"] {
        assert_eq!(Decimal::parse(text), None, "{text} cannot be told from its neighbours");
    }
}

#[test]
fn floating_point_numbers_are_their_shortest_decimals() {
    #[rustfmt::skip]
    let cases = [
        (0.1, "0.1"), (-0.0, "0"), (5e-324, "5e-324"), (f64::MAX, "1.7976931348623157e308"),
        (9_007_199_254_740_993.0, "9007199254740992"), (1e21, "1e21"), (-1.5, "-1.5"),
    ];
    for (value, text) in cases {
        assert_eq!(Number::from_f64(value), Number::parse(text), "{value:e}");
    }
    assert_eq!(Number::from_f64(f64::INFINITY), None);
}

#[test]
fn numbers_are_shown_as_decimals() {
    #[rustfmt::skip]
    let cases = [
        // number                   shown                     why
        ("0",                       "0",                      "nothing"),
        ("-0",                      "0",                      "minus zero is zero"),
        ("-1",                      "-1",                     "a sign"),
        ("10",                      "10",                     "as it is"),
        ("1e1",                     "10",                     "zeros are written out"),
        ("12e20",                   "1200000000000000000000", "up to twenty"),
        ("12e21",                   "12e21",                  "beyond, an exponent is shorter"),
        ("0.5",                     "0.5",                    "a fraction"),
        ("-0.05",                   "-0.05",                  "with its zeros"),
        ("12.50",                   "12.50",                  "and those at its end"),
        ("1e-20",                   "0.00000000000000000001", "up to twenty places"),
        ("1e-21",                   "1e-21",                  "beyond, an exponent is shorter"),
        ("184467440737095516160.0", "184467440737095516160.0", "a long one as it is written"),
        ("-184467440737095516160",  "-184467440737095516160", "with its sign"),
    ];
    for (text, shown, why) in cases {
        assert_eq!(Number::parse(text).unwrap().to_string(), shown, "{text}: {why}");
    }
}

#[test]
fn whole_numbers_are_themselves() {
    for value in [0, 1, -1, i64::MAX, i64::MIN] {
        let text = value.to_string();
        assert_eq!(Number::from_i64(value).cmp(&Number::parse(&text).unwrap()), Equal, "{text}");
        assert_eq!(Number::from_i64(value).is_negative(), value < 0, "{text}");
    }
    for value in [0, 1, u64::MAX] {
        assert_eq!(
            Number::from_u64(value).cmp(&Number::parse(&value.to_string()).unwrap()),
            Equal,
            "{value}"
        );
    }
}

#[test]
fn numbers_are_reduced_to_their_digits() {
    #[rustfmt::skip]
    let cases = [
        // number                                     reduced                   place        why
        ("0",                                         Some((0, 0)),             None,        "no digits"),
        ("5",                                         Some((5, 0)),             Some(1),     "one digit"),
        ("50",                                        Some((5, 1)),             Some(2),     "its zero is no digit"),
        ("0.5",                                       Some((5, -1)),            Some(0),     "below one"),
        ("0.050",                                     Some((5, -2)),            Some(-1),    "zeros on both sides"),
        ("12.030",                                    Some((12_030 / 10, -2)),  Some(2),     "a zero among digits is one"),
        ("-7e3",                                      Some((7, 3)),             Some(4),     "the sign is left aside"),
        ("18446744073709551616",                      Some((1 << 64, 0)),       Some(20),    "more than 64 bits"),
        ("1844674407370955161600.00",                 Some((1 << 64, 2)),       Some(22),    "the same with zeros"),
        ("0.00000000018446744073709551616",           Some((1 << 64, -29)),     Some(-9),    "the same below one"),
        ("340282366920938463463374607431768211455",   Some((u128::MAX, 0)),     Some(39),    "as much as 128 bits hold"),
        ("340282366920938463463374607431768211456",   None,                     Some(39),    "one more"),
        ("1000000000000000000000000000000000000000000000001", None,             Some(49),    "many zeros between digits"),
    ];
    for (text, reduced, place, why) in cases {
        let number = Number::parse(text).unwrap();
        let found = number.reduced();
        if let Some(place) = place {
            assert_eq!((found, number.place()), (reduced, place), "{text}: {why}");
        } else {
            assert_eq!(found.map(|(digits, _)| digits), Some(0), "{text}: {why}");
        }
    }
}

#[test]
fn numbers_far_apart_are_compared_by_their_place() {
    for apart in [17, 18, 19, 20, 40] {
        let (large, small) = (alloc::format!("1e{apart}"), alloc::format!("1e-{apart}"));
        for (one, other) in [(&*large, "1"), ("1", &*small), (&*large, &*small)] {
            let (left, right) = (Number::parse(one).unwrap(), Number::parse(other).unwrap());
            assert_eq!((left.cmp(&right), right.cmp(&left)), (Greater, Less), "{one} and {other}");
        }
        let spelled = alloc::format!("1{}", "0".repeat(apart));
        assert_eq!(Number::parse(&large), Number::parse(&spelled), "{large} and {spelled}");
        let (above, below) =
            (alloc::format!("{}1", &spelled[..apart]), alloc::format!("{}9", "9".repeat(apart - 1)));
        assert!(Number::parse(&above) > Number::parse(&large), "{above} and {large}");
        assert!(Number::parse(&below) < Number::parse(&large), "{below} and {large}");
    }
    let most = "18446744073709551615";
    for zeros in 0..25 {
        let (long, short) = (alloc::format!("{most}{}", "0".repeat(zeros)), alloc::format!("{most}e{zeros}"));
        assert_eq!(Number::parse(&long), Number::parse(&short), "{long}");
        let (one, other) = (alloc::format!("{most}e-{zeros}"), alloc::format!("{most}0e-{}", zeros + 1));
        assert_eq!(Number::parse(&one), Number::parse(&other), "{one}");
    }
}

#[test]
fn a_policys_number_keeps_its_spelling() {
    for (text, other) in
        [("1.50", "1.5"), ("-2e0", "-2"), ("36893488147419103232", "3.6893488147419103232e19")]
    {
        let (one, other) = (Decimal::parse(text).unwrap(), Decimal::parse(other).unwrap());
        assert_eq!(one.as_str(), text);
        assert_eq!(one, other, "by what they are worth");
        assert_eq!(one.number(), Number::parse(text).unwrap());
    }
    assert_ne!(Decimal::parse("-36893488147419103232"), Decimal::parse("36893488147419103232"));
    assert!(
        Decimal::parse("-36893488147419103233").unwrap().number()
            < Decimal::parse("-36893488147419103232").unwrap().number()
    );
    for (text, fits) in
        [("1e999999999", true), ("1e-999999999", true), ("1e1000000000", false), ("-1e-1000000000", false)]
    {
        assert_eq!(Decimal::parse(text).is_some(), fits, "{text}");
    }
}
