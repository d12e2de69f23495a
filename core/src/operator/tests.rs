use alloc::string::ToString;

use serde_json::{Value as Json, json};

use super::*;
use crate::value::Allowance;

fn whole(value: &Json) -> Value {
    Value::of(value, &mut Allowance::AMPLE.clone()).unwrap()
}

/// Asks an operator of an argument: `yes`, `no` or what is needed.
fn ask(op: Op, value: &Json, argument: Option<&Json>) -> alloc::string::String {
    let test = Test::new(op, &whole(value), &mut Patterns::default()).unwrap();
    let argument = argument.map_or(Argument::Missing, |found| {
        Argument::of(found, test.looks_inside(), &mut Allowance::AMPLE.clone()).unwrap()
    });
    match test.ask(&argument) {
        Answer::Yes => "yes".to_string(),
        Answer::No => "no".to_string(),
        Answer::Mistyped { needed, .. } => needed.to_string(),
        Answer::Unknown { .. } => "unknown".to_string(),
    }
}

#[test]
fn each_operator_judges_each_type() {
    use Op::{Contains, Eq, Exists, Gt, Gte, In, Lt, Lte, Neq, NotIn, Regex};
    let (missing, null) = (None, Some(json!(null)));
    #[rustfmt::skip]
    let cases = [
        // op       value             argument               answer            why
        (Eq,        json!(1),         Some(json!(1.0)),      "yes",            "numbers by what they are worth"),
        (Eq,        json!(1),         Some(json!("1")),      "no",             "a number never equals text"),
        (Eq,        json!("a"),       Some(json!("A")),      "no",             "case matters"),
        (Eq,        json!(true),      Some(json!(true)),     "yes",            "truth"),
        (Eq,        json!(true),      Some(json!(1)),        "no",             "truth is no number"),
        (Eq,        json!([1, "a"]),  Some(json!([1.0, "a"])), "yes",          "lists by their items"),
        (Eq,        json!([1, 2]),    Some(json!([2, 1])),   "no",             "in their order"),
        (Eq,        json!({"a": 1, "b": 2}), Some(json!({"b": 2, "a": 1})), "yes", "objects in any order"),
        (Eq,        json!({"a": 1}),  Some(json!({"a": 1, "b": 2})), "no",     "and whole"),
        (Eq,        json!(null),      null.clone(),          "no",             "null is missing"),
        (Eq,        json!(1),         missing.clone(),       "no",             "missing"),
        (Neq,       json!(1),         Some(json!(2)),        "yes",            "another number"),
        (Neq,       json!(1),         Some(json!("1")),      "yes",            "another type"),
        (Neq,       json!(1),         missing.clone(),       "no",             "missing is not different either"),
        (Neq,       json!(1),         null.clone(),          "no",             "nor is null"),
        (Neq,       json!([1]),       Some(json!([1])),      "no",             "the same list"),
        (Lt,        json!(10),        Some(json!(9.5)),      "yes",            "below"),
        (Lt,        json!(10),        Some(json!(10)),       "no",             "at"),
        (Lte,       json!(10),        Some(json!(10)),       "yes",            "at"),
        (Lte,       json!(10),        Some(json!(10.1)),     "no",             "above"),
        (Gt,        json!(10),        Some(json!(11)),       "yes",            "above"),
        (Gt,        json!(10),        Some(json!(10)),       "no",             "at"),
        (Gte,       json!(10),        Some(json!(10)),       "yes",            "at"),
        (Gte,       json!(10),        Some(json!(9)),        "no",             "below"),
        (Gt,        json!(10),        Some(json!("11")),     "a number",       "text is no number"),
        (Gt,        json!(10),        Some(json!(true)),     "a number",       "nor is truth"),
        (Gt,        json!(10),        Some(json!([11])),     "a number",       "nor a list"),
        (Gt,        json!(10),        missing.clone(),       "no",             "missing"),
        (In,        json!(["a", 1]),  Some(json!("a")),      "yes",            "an item"),
        (In,        json!(["a", 1]),  Some(json!(1.0)),      "yes",            "a number among them"),
        (In,        json!(["a", 1]),  Some(json!("1")),      "no",             "text of a number"),
        (In,        json!([]),        Some(json!("a")),      "no",             "nothing is in nothing"),
        (In,        json!([["a"]]),   Some(json!(["a"])),    "yes",            "a list among lists"),
        (In,        json!([null]),    null.clone(),          "no",             "null is missing, also of a list with null"),
        (NotIn,     json!(["a"]),     Some(json!("b")),      "yes",            "no item"),
        (NotIn,     json!(["a"]),     Some(json!("a")),      "no",             "an item"),
        (NotIn,     json!(["a"]),     Some(json!(["a"])),    "yes",            "a list is not its item"),
        (NotIn,     json!(["a"]),     null.clone(),          "no",             "null is missing, and missing is nowhere"),
        (NotIn,     json!(["a"]),     missing.clone(),       "no",             "missing"),
        (Regex,     json!("b"),       Some(json!("abc")),    "yes",            "found anywhere"),
        (Regex,     json!("^b"),      Some(json!("abc")),    "no",             "not at the start"),
        (Regex,     json!("1"),       Some(json!(1)),        "text",           "a number is no text"),
        (Regex,     json!(""),        missing.clone(),       "no",             "missing"),
        (Contains,  json!("b"),       Some(json!("abc")),    "yes",            "part of the text"),
        (Contains,  json!("B"),       Some(json!("abc")),    "no",             "case matters"),
        (Contains,  json!(""),        Some(json!("")),       "yes",            "nothing is part of every text"),
        (Contains,  json!("b"),       Some(json!(["a", "b"])), "yes",          "an item of the list"),
        (Contains,  json!("b"),       Some(json!(["abc"])),  "no",             "a whole item"),
        (Contains,  json!(1),         Some(json!([1.0])),    "yes",            "a number among them"),
        (Contains,  json!({"a": 1}),  Some(json!([{"a": 1}])), "yes",          "an object among them"),
        (Contains,  json!(1),         Some(json!("1")),      "a list",         "text has no numbers in it"),
        (Contains,  json!("a"),       Some(json!({"a": 1})), "text or a list", "an object is neither"),
        (Contains,  json!("a"),       Some(json!(1)),        "text or a list", "a number is neither"),
        (Contains,  json!("a"),       missing.clone(),       "no",             "missing"),
        (Exists,    json!(true),      Some(json!(false)),    "yes",            "false is there"),
        (Exists,    json!(true),      Some(json!("")),       "yes",            "so is empty text"),
        (Exists,    json!(true),      null.clone(),          "no",             "null is not"),
        (Exists,    json!(true),      missing.clone(),       "no",             "missing"),
        (Exists,    json!(false),     null,                  "yes",            "null counts as absent"),
        (Exists,    json!(false),     missing,               "yes",            "absent"),
        (Exists,    json!(false),     Some(json!(0)),        "no",             "zero is there"),
    ];
    for (op, value, argument, answer, why) in cases {
        assert_eq!(ask(op, &value, argument.as_ref()), answer, "{op} {value} of {argument:?}: {why}");
    }
}

#[test]
fn each_operator_takes_its_own_values() {
    use Op::{Contains, Eq, Exists, Gt, Gte, In, Lt, Lte, Neq, NotIn, Regex};
    let values = [json!(null), json!(true), json!(1), json!("a"), json!([]), json!({})];
    #[rustfmt::skip]
    let cases = [
        // op       null   bool   number text   list   object
        (Eq,       [true,  true,  true,  true,  true,  true]),
        (Neq,      [true,  true,  true,  true,  true,  true]),
        (Lt,       [false, false, true,  false, false, false]),
        (Lte,      [false, false, true,  false, false, false]),
        (Gt,       [false, false, true,  false, false, false]),
        (Gte,      [false, false, true,  false, false, false]),
        (In,       [false, false, false, false, true,  false]),
        (NotIn,    [false, false, false, false, true,  false]),
        (Regex,    [false, false, false, true,  false, false]),
        (Contains, [true,  true,  true,  true,  true,  true]),
        (Exists,   [false, true,  false, false, false, false]),
    ];
    for (op, takes) in cases {
        for (value, takes) in values.iter().zip(takes) {
            let made = Test::new(op, &whole(value), &mut Patterns::default());
            assert_eq!(made.is_ok(), takes, "{op} with {value}");
        }
    }
}

#[test]
fn what_is_unknown_decides_nothing() {
    for op in Op::ALL {
        let value = match op {
            Op::In | Op::NotIn => json!([1]),
            Op::Regex | Op::Contains => json!("a"),
            Op::Exists => json!(true),
            _ => json!(1),
        };
        let test = Test::new(op, &whole(&value), &mut Patterns::default()).unwrap();
        let any_type = !matches!(op, Op::Eq | Op::Neq | Op::In | Op::NotIn | Op::Exists);
        assert_eq!(test.ask(&Argument::Unknown), Answer::Unknown { any_type }, "{op}");
    }
}
