//! `regex-syntax`'s own translator as the oracle: each of its patterns spells out what RE2's says in short.

use alloc::string::String;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use regex_syntax::hir::translate::TranslatorBuilder;

use super::*;

/// A pattern in RE2's dialect, and the same for the library: ASCII written out, nothing captured.
type Pair = (String, String);

fn library(pattern: &str) -> Hir {
    let ast = ParserBuilder::new().build().parse(pattern).unwrap();
    TranslatorBuilder::new().utf8(false).build().translate(pattern, &ast).unwrap()
}

#[test]
fn a_pattern_is_what_it_is_written_out() {
    #[rustfmt::skip]
    let cases = [
        // RE2                 written out                      why
        ("",                   "",                              "nothing"),
        ("a|",                 "a|",                            "or nothing"),
        ("añ😀",               "añ😀",                          "characters of any length"),
        (r"\d\D",              "[0-9][^0-9]",                   "ASCII digits"),
        (r"\w\W",              "[0-9A-Za-z_][^0-9A-Za-z_]",     "ASCII words"),
        (r"\s\S",              r"[\t\n\f\r ][^\t\n\f\r ]",      "no vertical tab"),
        (r"[\d\W]",            "[0-9[^0-9A-Za-z_]]",            "inside brackets"),
        (r"[^\D]",             "[^[^0-9]]",                     "excluded twice"),
        (r"(?i)\w",            "[0-9A-Za-z_\u{17f}\u{212a}]",   "what folds to a word is one"),
        (r"(?i)[\W]",          "[^0-9A-Za-z_\u{17f}\u{212a}]",  "and folds before it is excluded"),
        (r"\b\B",              r"(?-u:\b)(?-u:\B)",             "between ASCII words"),
        (r"(?i)\bk",           "(?-u:\\b)[kK\u{212a}]",         "a letter in all its cases"),
        ("(?i)1é",             "1[éÉ]",                         "and what has no cases"),
        ("(?i)[^k]",           "[^kK\u{212a}]",                 "cases come before the negation"),
        ("(?i)[[:^lower:]]",   "[^A-Za-z\u{17f}\u{212a}]",      "in a class of POSIX too"),
        ("a(?i)b|c",           "a[bB]|[cC]",                    "flags hold in later alternatives"),
        ("(?:a(?i)b|c)d",      "(?:a[bB]|[cC])d",               "until their group ends"),
        ("(?i:a)b",            "[aA]b",                         "or in a group of their own"),
        ("(?i)a(?-i)b",        "[aA]b",                         "or until they are taken back"),
        ("(?i)(?s-i)a.",       "(?s)a.",                        "the last ones count"),
        (r"(?m)^$\A\z",        r"(?m)^$\A\z",                   "the ends of lines, and of the text"),
        ("(?m:^)$",            "(?m:^)$",                       "each where it is asked for"),
        ("(?s:.).",            r"[\x00-\x{10ffff}][^\n]",       "a dot"),
        ("(?U)a*b+?c{2,}",     "a*?b+c{2,}?",                   "lazy for greedy"),
        ("(a)(?P<n>b)(?<m>c)", "abc",                           "nothing is captured"),
        ("(ab|c)|d",            "ab|c|d",                        "whatever was grouped"),
        (r"[^\x00-\x{10ffff}]", r"[a&&b]",                      "no character at all"),
        (r"[\]\-a]",           r"[\-\]a]",                      "signs as they are"),
    ];
    for (pattern, written_out, why) in cases {
        assert_eq!(syntax(pattern).unwrap(), library(written_out), "{pattern}: {why}");
    }
}

#[test]
fn a_refusal_says_which_part_is_meant() {
    #[rustfmt::skip]
    let cases = [
        // pattern             part             message
        (r"a\pL",              r"\pL",          "Unicode class"),
        (r"[a\pL]",            r"\pL",          "Unicode class"),
        ("[a&&b]",             "a&&b",          "two plain characters"),
        ("[a[b]&&c]",          "a[b]&&c",       "two plain characters"),
        ("[a[b]]",             "[b]",           "plain character"),
        ("(?ix)a",             "x",             "a flag"),
        ("(?i-u:a)",           "u",             "a flag"),
        ("a(?R)",              "R",             "a flag"),
        (r"a\u0041",           r"\u0041",       r"no `\u`"),
        (r"[A-\u{5a}]",        r"\u{5a}",       r"no `\u`"),
        (r"a\>",               r"\>",           "boundary of a word"),
        (r"\b{start}a",        r"\b{start}",    "boundary of a word"),
        ("a{1,1001}",          "{1,1001}",      "more than 1000 times"),
        ("ba{1001,}",          "{1001,}",       "more than 1000 times"),
        ("ba**",               "a*",            "repeats a repetition"),
        (r"(?:\pL*)*|\u0041",  r"\pL",          "Unicode class"),
        (r"a(?=b)",            "(?=",           "ahead or behind"),
        (r"(a)\1",             r"\1",           "refers back"),
        ("a|(b",               "(",             "unclosed group"),
    ];
    for (pattern, part, message) in cases {
        let refusal = syntax(pattern).unwrap_err();
        assert_eq!(&pattern[refusal.range.clone()], part, "{pattern}: {refusal:?}");
        assert!(refusal.message.contains(message), "{pattern}: {refusal:?}");
    }
}

#[test]
fn groups_are_nested_no_deeper_than_they_can_be_followed() {
    let nested = |depth: usize| "(".repeat(depth) + "a" + &")".repeat(depth);
    assert_eq!(syntax(&nested(100)).unwrap(), library("a"));
    assert!(syntax(&nested(101)).unwrap_err().message.contains("nest"));
}

/// The same for both.
fn same(text: &&str) -> Pair {
    ((*text).into(), (*text).into())
}

fn owned((ours, theirs): &(&str, &str)) -> Pair {
    ((*ours).into(), (*theirs).into())
}

const SAME: &[&str] = &[
    "a",
    "B",
    "k",
    "ſ",
    "K",
    "é",
    "Σ",
    "ß",
    "0",
    "_",
    " ",
    "\n",
    "😀",
    "ab",
    r"\.",
    r"\t",
    r"\x4b",
    r"\x{1F600}",
    ".",
    "^",
    "$",
    r"\A",
    r"\z",
];
const SHORT: &[(&str, &str)] = &[
    (r"\d", "[0-9]"),
    (r"\D", "[^0-9]"),
    (r"\s", r"[\t\n\f\r ]"),
    (r"\S", r"[^\t\n\f\r ]"),
    (r"\w", "[0-9A-Za-z_]"),
    (r"\W", "[^0-9A-Za-z_]"),
];
const BOUNDARIES: &[(&str, &str)] = &[(r"\b", r"(?-u:\b)"), (r"\B", r"(?-u:\B)")];
const BRACKETED: &[&str] = &[
    "a",
    "k",
    "S",
    "ſ",
    "é",
    "Σ",
    "0",
    ".",
    " ",
    r"\n",
    r"\]",
    r"\-",
    r"\^",
    r"\x41",
    "a-f",
    "J-L",
    "0-9",
    "à-ÿ",
    "α-ω",
    r"\x00-\x7f",
    r"\x{100}-\x{10ffff}",
    "[:alnum:]",
    "[:alpha:]",
    "[:ascii:]",
    "[:blank:]",
    "[:cntrl:]",
    "[:digit:]",
    "[:graph:]",
    "[:lower:]",
    "[:print:]",
    "[:punct:]",
    "[:space:]",
    "[:upper:]",
    "[:word:]",
    "[:xdigit:]",
    "[:^alnum:]",
    "[:^alpha:]",
    "[:^ascii:]",
    "[:^lower:]",
    "[:^space:]",
    "[:^upper:]",
    "[:^word:]",
];
const GROUPS: &[(&str, &str)] = &[
    ("(", "(?:"),
    ("(?:", "(?:"),
    ("(?i:", "(?i:"),
    ("(?-i:", "(?-i:"),
    ("(?m:", "(?m:"),
    ("(?s-m:", "(?s-m:"),
    ("(?U:", "(?U:"),
    ("(?ims-U:", "(?ims-U:"),
];
const FLAGS: &[&str] = &["(?i)", "(?-i)", "(?m)", "(?s)", "(?-sm)", "(?U)", "(?iU-s)"];
const TIMES: &[&str] = &["*", "+", "?", "*?", "+?", "??", "{0}", "{1}", "{2}", "{3,}?", "{0,2}", "{2,5}?"];

fn class() -> impl Strategy<Value = Pair> {
    let item = prop_oneof![3 => select(BRACKETED).prop_map(|text| same(&text)), 1 => select(SHORT).prop_map(|pair| owned(&pair))];
    (select(&["[", "[^"][..]), vec(item, 1..5)).prop_map(|(open, items)| {
        let (mut ours, mut theirs) = same(&open);
        for (one, other) in items {
            ours += &one;
            theirs += &other;
        }
        (ours + "]", theirs + "]")
    })
}

fn sign() -> impl Strategy<Value = Pair> {
    prop_oneof![
        6 => select(SAME).prop_map(|text| same(&text)),
        1 => select(SHORT).prop_map(|pair| owned(&pair)),
        1 => select(BOUNDARIES).prop_map(|pair| owned(&pair)),
        2 => class(),
    ]
}

fn joined(parts: Vec<Pair>, between: &str) -> Pair {
    let (ours, theirs): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
    (ours.join(between), theirs.join(between))
}

fn pattern() -> impl Strategy<Value = Pair> {
    let leaf = prop_oneof![
        5 => sign(),
        1 => select(FLAGS).prop_map(|text| same(&text)),
        2 => (sign(), select(TIMES)).prop_map(|((ours, theirs), times)| (ours + times, theirs + times)),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let group = (select(GROUPS), inner.clone(), select(TIMES), any::<bool>()).prop_map(
            |((open, opened), (ours, theirs), times, repeated)| {
                let times = if repeated { times } else { "" };
                (format!("{open}{ours}){times}"), format!("{opened}{theirs}){times}"))
            },
        );
        prop_oneof![
            3 => vec(inner.clone(), 0..5).prop_map(|parts| joined(parts, "")),
            2 => vec(inner, 2..4).prop_map(|parts| joined(parts, "|")),
            3 => group,
        ]
    })
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_pattern_is_what_it_is_written_out((ours, theirs) in pattern()) {
        prop_assert_eq!(syntax(&ours).unwrap(), library(&theirs), "{} and {}", ours, theirs);
    }
}
