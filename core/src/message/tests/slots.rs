use super::*;
use crate::number::Number;

/// A path, and whether a rule looks into what it leads to.
pub(super) type Paths<'p> = &'p [(&'p str, bool)];

pub(super) fn tree(paths: Paths<'_>) -> PathTree {
    let mut tree = PathTree::default();
    for (path, inside) in paths {
        tree.add(&ArgPath::parse(path).unwrap(), *inside);
    }
    tree
}

/// What each path leads to, in the order of the paths.
pub(super) fn slots<'m>(
    text: &'m str,
    paths: Paths<'_>,
    bounds: &Bounds,
) -> Result<Vec<Argument<'m>>, Malformed> {
    let mut slots: Vec<_> = paths.iter().map(|_| Argument::Missing).collect();
    let mut filled = Vec::new();
    read_arguments(text, &tree(paths), bounds, &mut |slot, argument| {
        slots[slot] = argument;
        filled.push(slot);
    })?;
    filled.sort_unstable();
    assert!(filled.is_sorted_by(|one, next| one < next), "{text}: a slot is filled once: {filled:?}");
    Ok(slots)
}

fn read_slots(text: &str, paths: Paths<'_>) -> Result<String, Malformed> {
    slots(text, paths, &Bounds::DEFAULT).map(|slots| slots.iter().map(shown).collect::<Vec<_>>().join(" | "))
}

fn shown(argument: &Argument<'_>) -> String {
    match argument {
        Argument::Missing => "-".into(),
        Argument::Unknown => "?".into(),
        Argument::Null => "null".into(),
        Argument::Bool(value) => value.to_string(),
        Argument::Number(number) => {
            format!("{}e{}", number.reduced().unwrap().0, number.reduced().unwrap().1)
        }
        Argument::Text(Cow::Borrowed(text)) => format!("{text:?}"),
        Argument::Text(Cow::Owned(text)) => format!("owned {text:?}"),
        Argument::List(None) => "[..]".into(),
        Argument::Object(None) => "{..}".into(),
        Argument::List(Some(items)) => crate::value::Value::List(items.clone()).to_string(),
        Argument::Object(Some(members)) => crate::value::Value::Object(members.clone()).to_string(),
    }
}

const A: Paths<'_> = &[("args.a", false)];
const INSIDE: Paths<'_> = &[("args.a", true)];
const DEEP: Paths<'_> = &[("args.a.b", false), ("args.a.c.d", false)];
const BOTH: Paths<'_> = &[("args.a", true), ("args.a.b", true), ("args.e", false)];
const ON_THE_WAY: Paths<'_> = &[("args.a.b", false), ("args.a", false)];

#[test]
fn slots_are_filled() {
    #[rustfmt::skip]
    let cases: &[(&str, Paths<'_>, &str, &str)] = &[
        ("{}",                                       A,      "-",                   "nothing there"),
        (" {\n\t\"a\"\r: 1 } ",                      A,      "1e0",                 "white space, and lines where the text is no message"),
        (r#"{"a":null}"#,                            A,      "null",                "null"),
        (r#"{"a":true}"#,                            A,      "true",                "true"),
        (r#"{"a":false}"#,                           A,      "false",               "false"),
        (r#"{"a":"x"}"#,                             A,      "\"x\"",               "text is borrowed"),
        (r#"{"a":""}"#,                              A,      "\"\"",                "empty text"),
        (r#"{"a":"x\u00e9\n"}"#,                     A,      "owned \"xé\\n\"",     "text with escapes is made"),
        (r#"{"a":-12.50}"#,                          A,      "125e-1",              "a number"),
        (r#"{"a":9007199254740993}"#,                A,      "9007199254740993e0",  "no rounding"),
        (r#"{"a":[1,{"b":"\ud800"},{"x":1,"x":2}]}"#, A,     "[..]",                "a list that nobody looks into"),
        (r#"{"a":{"b":1,"b":"\udc00"}}"#,            A,      "{..}",                "an object that nobody looks into"),
        (r#"{"\u0061":1}"#,                          A,      "1e0",                 "keys are compared as they read"),
        (r#"{"b":1,"b":2,"c":"\ud800","a":3}"#,      A,      "3e0",                 "what no rule looks at may repeat and be anything"),
        (r#"{"\ud800":1,"\ud800":2,"a":3}"#,         A,      "3e0",                 "a key that no rule can name"),
        (r#"{"b":{"a":1,"A":2}}"#,                   A,      "-",                   "the same key elsewhere"),
        (r#"{"a":[]}"#,                              INSIDE, "[]",                  "an empty list"),
        (r#"{"a":[ 1.0 , "x\n", [true], {"k":null}, false ]}"#, INSIDE, r#"[1.0, "x\n", [true], {"k": null}, false]"#, "a list"),
        (r#"{"a":{ "k" : 1 , "\u006b2" : {} }}"#,    INSIDE, r#"{"k": 1, "k2": {}}"#, "an object"),
        (r#"{"a":{"k":1,"K":2}}"#,                   INSIDE, r#"{"k": 1, "K": 2}"#, "in a value, capitals make another key"),
        (r#"{"a":"x"}"#,                             INSIDE, "\"x\"",               "text has no inside"),
        (r#"{"a":{"b":1,"c":{"d":2}}}"#,             DEEP,   "1e0 | 2e0",           "two paths"),
        (r#"{"a":{"b":1,"c":{}}}"#,                  DEEP,   "1e0 | -",             "one leads nowhere"),
        (r#"{"a":{"b":1,"c":3}}"#,                   DEEP,   "1e0 | -",             "a path through a number"),
        (r#"{"a":{"b":1,"c":[{"d":1}]}}"#,           DEEP,   "1e0 | -",             "a path never steps into a list"),
        (r#"{"a":null}"#,                            DEEP,   "- | -",               "or through null"),
        (r#"{"a.b":1,"a":{"b":2,"c.d":3}}"#,         DEEP,   "2e0 | -",             "a dot in a key is no path"),
        (r#"{"a":{"x":{"b":1,"b":2},"b":{"b":1}}}"#, DEEP,   "{..} | -",            "only where paths lead"),
        (r#"{"a":{"b":[1],"z":2},"e":3}"#,           BOTH,   r#"{"b": [1], "z": 2} | [1] | 3e0"#, "a value, and one inside it"),
        (r#"{"a":[{"b":1}],"e":3}"#,                 BOTH,   r#"[{"b": 1}] | - | 3e0"#, "the outer one is a list"),
        (r#"{"a":{"b":1,"z":1,"z":2}}"#,             ON_THE_WAY, "1e0 | {..}",      "the outer one for its type only"),
        (r#"{"a":7}"#,                               ON_THE_WAY, "- | 7e0",         "the outer one is a number"),
        (r#"{"a":1,"A":2}"#, &[("args.a", false), ("args.A", false)], "1e0 | 2e0",  "rules name both"),
        (r#"{"a":1}"#,                               &[],    "",                    "no rule looks at anything"),
    ];
    for (text, paths, expected, why) in cases {
        assert_eq!(read_slots(text, paths).as_deref(), Ok(*expected), "{text}: {why}");
    }
}

#[test]
fn arguments_that_cannot_be_judged_are_refused() {
    use Malformed::*;
    #[rustfmt::skip]
    let cases: &[(&str, Paths<'_>, Malformed, &str)] = &[
        (r#"{"a":1,"a":1}"#,               A,          DuplicateKey,   "twice the same"),
        (r#"{"a":1,"\u0061":2}"#,          A,          DuplicateKey,   "spelled in two ways"),
        (r#"{"a":{},"a":{"b":1}}"#,        DEEP,       DuplicateKey,   "on the way"),
        (r#"{"a":1,"a":{"b":1}}"#,         DEEP,       DuplicateKey,   "on the way, and one leads nowhere"),
        (r#"{"a":{"b":1,"b":1}}"#,         DEEP,       DuplicateKey,   "at the end of it"),
        (r#"{"a":{"k":1,"k":1}}"#,         INSIDE,     DuplicateKey,   "in a value that is judged"),
        (r#"{"a":[[{"k":1,"\u006b":1}]]}"#, INSIDE,    DuplicateKey,   "anywhere in it"),
        (r#"{"a":{"b":1,"z":1,"z":2}}"#,   BOTH,       DuplicateKey,   "a value that paths go through"),
        (r#"{"a":"\ud800"}"#,              A,          LoneSurrogate,  "text that is judged"),
        (r#"{"a":["\ud800"]}"#,            INSIDE,     LoneSurrogate,  "inside of what is judged"),
        (r#"{"a":{"\ud800":1}}"#,          INSIDE,     LoneSurrogate,  "a key inside of it"),
        (r#"{"a":[1e1000000000]}"#,        INSIDE,     NumberTooLarge, "such numbers cannot be told apart"),
        ("[]",                             A,          ArgumentsNotAnObject, "a list"),
        ("1",                              &[],        ArgumentsNotAnObject, "a number"),
        ("{} 1",                           A,          TrailingBytes,  "more than an object"),
        ("",                               A,          Syntax,         "nothing"),
        (r#"{"a":1"#,                      A,          Syntax,         "no end"),
        (r#"{"a":1,}"#,                    A,          Syntax,         "a comma with nothing after it"),
        (r#"{"a":x}"#,                     A,          Syntax,         "no value"),
        (r#"{"a":01}"#,                    A,          Syntax,         "a leading zero"),
        (r#"{"a":[01]}"#,                  A,          Syntax,         "where nobody looks"),
        (r#"{"a":[1,]}"#,                  INSIDE,     Syntax,         "where somebody looks"),
        (r#"{"a":[1 2]}"#,                 INSIDE,     Syntax,         "no comma"),
        (r#"{"a":{"k":1,}}"#,              INSIDE,     Syntax,         "an object that is judged"),
        (r#"{"a":{"k":}}"#,                INSIDE,     Syntax,         "no value"),
        (r#"{"a":[nul]}"#,                 INSIDE,     Syntax,         "half a word"),
    ];
    for (text, paths, code, why) in cases {
        assert_eq!(read_slots(text, paths), Err(*code), "{text}: {why}");
    }
}

#[test]
fn arguments_have_bounds() {
    let bounds = Bounds { depth: 5, judged_values: 3, ..Bounds::DEFAULT };
    #[rustfmt::skip]
    let cases: &[(&str, Paths<'_>, Option<Malformed>, &str)] = &[
        (r#"{"a":[[]]}"#,             A,      None,                           "two deep in a message, and three more"),
        (r#"{"a":[[]]}"#,             INSIDE, None,                           "the same where it is judged"),
        (r#"{"a":[[[]]]}"#,           A,      Some(Malformed::TooDeep),       "one deeper"),
        (r#"{"a":[[[]]]}"#,           INSIDE, Some(Malformed::TooDeep),       "the same where it is judged"),
        (r#"{"a":{"c":{"d":{}}}}"#,   DEEP,   Some(Malformed::TooDeep),       "and along a path"),
        (r#"{"a":[1,[2]]}"#,          INSIDE, None,                           "three values"),
        (r#"{"a":[1,[2,3]]}"#,        INSIDE, Some(Malformed::TooManyValues), "four"),
        (r#"{"a":[1,[2,3]]}"#,        A,      None,                           "nobody looks"),
        (r#"{"a":{"b":[1,2]}}"#,      BOTH,   Some(Malformed::TooManyValues), "two that are kept twice and one more"),
    ];
    for (text, paths, code, why) in cases {
        assert_eq!(slots(text, paths, &bounds).err(), *code, "{text}: {why}");
    }
}

#[test]
fn many_keys_are_compared_too() {
    let object = |last: &str| {
        let keys: Vec<String> = (0..1_000).map(|number| format!("\"k{number}\":0")).collect();
        format!(r#"{{"a":{{{},"{last}":0}}}}"#, keys.join(","))
    };
    assert!(read_slots(&object("x"), INSIDE).is_ok());
    for key in ["k0", "k500", "\\u006b999"] {
        assert_eq!(read_slots(&object(key), INSIDE), Err(Malformed::DuplicateKey), "{key}");
    }
}

#[test]
fn every_path_of_many_has_its_slot() {
    let paths: Vec<String> = (0..300).map(|number| format!("args.p{number}.q")).collect();
    let paths: Vec<(&str, bool)> = paths.iter().map(|path| (path.as_str(), false)).collect();
    let members: Vec<String> = (0..300).map(|number| format!("\"p{number}\":{{\"q\":{number}}}")).collect();
    let text = format!("{{{}}}", members.join(","));
    for (number, slot) in (0_u64..).zip(slots(&text, &paths, &Bounds::DEFAULT).unwrap()) {
        assert!(matches!(slot, Argument::Number(value) if value == Number::from_u64(number)), "{number}");
    }
    let twice = format!("{{{},\"p299\":0}}", members.join(","));
    assert_eq!(read_slots(&twice, &paths), Err(Malformed::DuplicateKey));
}
