use alloc::format;

use super::*;
use crate::diagnostic::apply;

/// `/a/-` as a pointer.
fn place(text: &str) -> Pointer {
    text.split('/').skip(1).fold(Pointer::root(), |pointer, token| pointer.key(token))
}

/// The text with the edits made, which leave it without findings.
fn edited(text: &str, edit: impl Fn(&Source) -> Result<Vec<Edit>, EditError>) -> String {
    let edits = edit(&Source::new(text)).map_err(|error| format!("{text}: {error}")).unwrap();
    let edited = apply(text, &edits).unwrap();
    assert_eq!(Source::new(&edited).diagnostics(), [], "{text} → {edited}");
    edited
}

fn refused(text: &str, edit: impl Fn(&Source) -> Result<Vec<Edit>, EditError>) -> String {
    edit(&Source::new(text)).unwrap_err().to_string()
}

#[test]
fn a_value_is_replaced_and_nothing_else() {
    #[rustfmt::skip]
    let cases = [
        // text                       place   value         expected                       why
        ("{ \"a\" :1 /* c */ }",      "/a",   "2",          "{ \"a\" :2 /* c */ }",        "spacing and comments stay"),
        ("[1, 2]",                    "/1",   " [ ] // x",  "[1, [ ]]",                    "what stands around the new value is not taken along"),
        ("\u{feff}{}\r\n",            "",     "[]",         "\u{feff}[]\r\n",              "the document itself"),
        ("{\"a\": 1.0}",              "/a",   "1",          "{\"a\": 1}",                  "numbers are compared as spelled"),
        ("{\"a\": [1,2]}",            "/a",   "[ 1, 2 ]",   "{\"a\": [1,2]}",              "the same value is left as it is written"),
        ("{\"a\": {/* c */\"x\":1}}", "/a",   "{\"\\u0078\": 1}", "{\"a\": {/* c */\"x\":1}}", "and so are its comments"),
        ("{\"a/b\": 1, \"~\": 2}",    "/~0",  "3",          "{\"a/b\": 1, \"~\": 2, \"~0\": 3}", "keys are taken unescaped"),
        ("{\n\t\"a\": 1\n}",          "/a",   "{\n  \"b\": [\n    1\n  ]\n}", "{\n\t\"a\": {\n\t\t\"b\": [\n\t\t\t1\n\t\t]\n\t}\n}", "lines are indented as the document is"),
        ("{\r\n \"a\": 1\r\n}",       "/a",   "[\n 1\n]",   "{\r\n \"a\": [\r\n  1\r\n ]\r\n}", "and end as its lines do"),
        ("{\n  \"a\": 1\n}",          "/a",   "[\n\n  1 ]", "{\n  \"a\": [\n\n    1 ]\n}", "empty lines stay empty"),
        ("{\n  \"a\": 1\n}",          "/a",   "{\n      \"b\": 1\n    }", "{\n  \"a\": {\n    \"b\": 1\n  }\n}", "a value cut out of deeper text"),
    ];
    for (text, pointer, value, expected, why) in cases {
        assert_eq!(edited(text, |source| source.set(&place(pointer), value)), expected, "{why}");
    }
}

#[test]
fn what_is_missing_is_made_at_the_end() {
    #[rustfmt::skip]
    let cases = [
        // text                                   place     value  expected                                              why
        ("{}",                                    "/a",     "1",   "{\n  \"a\": 1\n}",                                   "the first member of a document"),
        ("{\"a\": {}}",                           "/a/b",   "1",   "{\"a\": {\"b\": 1}}",                                "in a document of one line"),
        ("{\n   \"a\": {}\n}",                    "/a/b",   "1",   "{\n   \"a\": {\n      \"b\": 1\n   }\n}",            "in a document of lines, indented like it"),
        ("{ \"a\": { } }",                        "/a/b",   "1",   "{ \"a\": { \"b\": 1 } }",                            "the spaces of an empty object are kept on both sides"),
        ("{\"a\": {/* c */}}",                    "/a/b",   "1",   "{\"a\": {/* c */ \"b\": 1}}",                        "after a comment"),
        ("{ // c\n}",                             "/a",     "1",   "{ // c\n  \"a\": 1\n}",                              "never inside a comment"),
        ("{\n    // c\n}",                        "/a",     "1",   "{\n    // c\n    \"a\": 1\n}",                       "indented like the comment"),
        ("{\n  /* c */ }",                        "/a",     "1",   "{\n  /* c */\n  \"a\": 1 }",                         "the bracket stays where it is"),
        ("{\n}",                                  "/a",     "1",   "{\n  \"a\": 1 }",                                    "the lines of an empty object are told apart from `{}`"),
        ("{\n\n}",                                "/a",     "1",   "{\n  \"a\": 1\n\n}",                                 "an empty line stays"),
        ("{\"a\":1}",                             "/b",     "2",   "{\"a\":1,\"b\":2}",                                  "spaced like its neighbour"),
        ("{\"a\": 1}",                            "/b",     "2",   "{\"a\": 1, \"b\": 2}",                               "spaced like its neighbour"),
        ("{\"a\": 1,  \"b\" : 2 }",               "/c",     "3",   "{\"a\": 1,  \"b\" : 2,  \"c\" : 3 }",                "odd spacing too"),
        ("{\"a\": 1 /* c */ }",                   "/b",     "2",   "{\"a\": 1 /* c */, \"b\": 2 }",                      "the comment stays with its member"),
        ("{\n  \"a\": 1\n}",                      "/b",     "2",   "{\n  \"a\": 1,\n  \"b\": 2\n}",                      "on a line of its own"),
        ("{\n  \"a\": 1 // why\n}",               "/b",     "2",   "{\n  \"a\": 1, // why\n  \"b\": 2\n}",               "the comma comes before the comment"),
        ("{\"a\": 1 // why\n}",                   "/b",     "2",   "{\"a\": 1, // why\n  \"b\": 2\n}",                   "a line comment ends the line"),
        ("{\n  \"a\": 1\n  // more\n}",           "/b",     "2",   "{\n  \"a\": 1,\n  \"b\": 2\n  // more\n}",           "a comment on its own line stays last"),
        ("{ \"a\": 1,\n  \"b\": 2 }",             "/c",     "3",   "{ \"a\": 1,\n  \"b\": 2,\n  \"c\": 3 }",             "the bracket stays behind the last"),
        ("{\n  \"a\": 1, \"b\": 2\n}",            "/c",     "3",   "{\n  \"a\": 1, \"b\": 2, \"c\": 3\n}",               "on the line of its neighbour"),
        ("{ \"a\": 1\n, \"b\": 2\n}",             "/c",     "3",   "{ \"a\": 1\n, \"b\": 2, \"c\": 3\n}",                "commas that begin lines"),
        ("{\r\n\t\"a\": 1\r\n}\r\n",              "/b",     "2",   "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}\r\n",            "line ends and tabs"),
        ("{\r\n\t\"a\": 1 // why\r\n}",           "/b",     "2",   "{\r\n\t\"a\": 1, // why\r\n\t\"b\": 2\r\n}",         "a carriage return after a comment"),
        ("{\n  \"a\": {\n    \"x\": 1 }}",        "/a/y",   "2",   "{\n  \"a\": {\n    \"x\": 1,\n    \"y\": 2 }}",      "brackets together"),
        ("{\n  \"a\": 1\n}",                      "/b/c/d", "2",   "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": {\n      \"d\": 2\n    }\n  }\n}", "parents are made"),
        ("{\"a\":1}",                             "/b/c/d", "2",   "{\"a\":1,\"b\":{\"c\":{\"d\":2}}}",                  "parents on one line"),
        ("{\"a\": 1}",                            "/\"\n",  "2",   "{\"a\": 1, \"\\\"\\n\": 2}",                         "the key is escaped"),
        ("[1, 2]",                                "/2",     "3",   "[1, 2, 3]",                                          "the item after the last"),
        ("[1,2]",                                 "/-",     "3",   "[1,2,3]",                                            "and its other name"),
        ("[]",                                    "/-",     "3",   "[3]",                                                "numbers and texts stay on the line"),
        ("[]",                                    "/0",     "{}",  "[\n  {}\n]",                                         "objects get lines"),
        ("[]",                                    "/-/a",   "1",   "[\n  {\n    \"a\": 1\n  }\n]",                       "an item is made around the member"),
        ("[\n  1\n]",                             "/-",     "2",   "[\n  1,\n  2\n]",                                    "a line for each item"),
        ("{}",                                    "/-/0",   "1",   "{\n  \"-\": {\n    \"0\": 1\n  }\n}",                "in an object each token is a key, for tools have such names"),
    ];
    for (text, pointer, value, expected, why) in cases {
        let set = |source: &Source| source.set(&place(pointer), value);
        assert_eq!(edited(text, set), expected, "{text}: {why}");
    }
}

#[test]
fn a_value_is_inserted_where_it_is_wanted() {
    #[rustfmt::skip]
    let cases = [
        // text                                          index  expected                                                        why
        ("[1, 2]",                                       0,     "[9, 1, 2]",                                                    "before the first"),
        ("[1,2]",                                        0,     "[9,1,2]",                                                      "before the first, spaced like the others"),
        ("[ 1 ]",                                        0,     "[ 9, 1 ]",                                                     "before the only"),
        ("[1,  2]",                                      1,     "[1,  9,  2]",                                                  "between two"),
        ("[1, 2]",                                       2,     "[1, 2, 9]",                                                    "at the end"),
        ("[\n  1,\n  2\n]",                              0,     "[\n  9,\n  1,\n  2\n]",                                        "on a line of its own"),
        ("[ // all\n  // one\n  1, // why\n  2\n]",      0,     "[ // all\n  9,\n  // one\n  1, // why\n  2\n]",                "above the comments of the next"),
        ("[\n  1, // why\n  // two\n  2\n]",             1,     "[\n  1, // why\n  9,\n  // two\n  2\n]",                       "below the comment after the one before"),
        ("[1, /* two */ 2]",                             1,     "[1, 9, /* two */ 2]",                                          "a comment before an item is that item's"),
        ("[1 /* one */, 2]",                             1,     "[1 /* one */, 9, 2]",                                          "and one before the comma that of the item before"),
        ("[1 // one\n, 2]",                              1,     "[1 // one\n, 9, 2]",                                           "never inside a comment"),
    ];
    for (text, index, expected, why) in cases {
        let insert = |source: &Source| source.insert_item(&Pointer::root(), index, "9");
        assert_eq!(edited(text, insert), expected, "{text}: {why}");
        let keyed =
            |text: &str| text.replace(['1', '2', '9'], "\"$\": $").replace('[', "{").replace(']', "}");
        let numbered = |text: &str| {
            let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
            digits.iter().fold(keyed(text), |text, digit| text.replacen('$', &digit.to_string(), 2))
        };
        let insert = |source: &Source| source.insert_member(&Pointer::root(), index, "9", "9");
        let expected = numbered(expected);
        assert_eq!(edited(&numbered(text), insert), expected, "members: {why}");
    }
}

#[test]
fn what_is_removed_takes_its_comma_along() {
    #[rustfmt::skip]
    let cases = [
        // text                                            place  expected                               why
        ("{\"a\": 1, \"b\": 2}",                           "/a",  "{\"b\": 2}",                          "the first of a line"),
        ("{\"a\": 1, \"b\": 2, \"c\": 3}",                 "/b",  "{\"a\": 1, \"c\": 3}",                "one between two"),
        ("{\"a\": 1, \"b\": 2}",                           "/b",  "{\"a\": 1}",                          "the last"),
        ("{ \"a\": 1 }",                                   "/a",  "{ }",                                 "the only one"),
        ("{\"a\": 1}",                                     "/a",  "{}",                                  "the only one, without spaces"),
        ("{\n  \"a\": 1\n}",                               "/a",  "{}",                                  "brackets that only the member kept apart"),
        ("{\n  \"a\": 1 // why\n}",                        "/a",  "{}",                                  "the comment on its line goes with it"),
        ("{\n  // a\n  \"a\": 1\n}",                       "/a",  "{\n  // a\n}",                        "a comment above it stays"),
        ("{\n\n  \"a\": 1\n}",                             "/a",  "{\n\n}",                              "and so does an empty line"),
        ("{ // all\n  \"a\": 1\n  // more\n}",             "/a",  "{ // all\n  // more\n}",              "comments around stay"),
        ("{\n  \"a\": 1, // why\n  \"b\": 2\n}",           "/a",  "{\n  \"b\": 2\n}",                    "its line goes, comment included"),
        ("{\n  \"a\": 1, // why\n  \"b\": 2 // too\n}",    "/b",  "{\n  \"a\": 1 // why\n}",             "the comma goes from before the comment"),
        ("{\n  \"a\": 1,\n  // b\n  \"b\": 2\n}",          "/b",  "{\n  \"a\": 1\n  // b\n}",            "a comment above the last stays"),
        ("{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}",            "/b",  "{\r\n\t\"a\": 1\r\n}",                "line ends stay"),
        ("{ \"a\": 1, // why\n  \"b\": 2 }",               "/a",  "{\n  \"b\": 2 }",                     "a line shared with the bracket"),
        ("{ \"a\": 1,\n  \"b\": 2 }",                      "/b",  "{ \"a\": 1 }",                        "the bracket moves up"),
        ("{ \"a\": 1, // why\n  \"b\": 2 }",               "/b",  "{ \"a\": 1 // why\n}",                "but never into a comment"),
        ("{\n  // c\n  \"a\": 1 }",                        "/a",  "{\n  // c\n}",                        "not that of the only one either"),
        ("{ \"a\": 1\n, \"b\": 2\n}",                      "/b",  "{ \"a\": 1\n}",                       "a line that begins with the comma"),
        ("{ \"a\": 1\n, \"b\": 2\n}",                      "/a",  "{ \"b\": 2\n}",                       "commas that begin lines"),
        ("{\n  \"a\": 1 // a\n  // b\n, \"b\": 2\n}",      "/a",  "{\n  // b\n\"b\": 2\n}",              "a comma far away"),
        ("{\"a\": 1 /* a */, /* b */ \"b\": 2}",           "/a",  "{/* b */ \"b\": 2}",                  "a comment before the comma goes, the next one's stays"),
        ("{\"a\": 1, /* b */ \"b\": 2 /* too */ }",        "/b",  "{\"a\": 1 /* b */ }",                 "a comment before it stays"),
        ("{\"a\": 1, \"b\": 2, // b\n \"c\": 3}",          "/b",  "{\"a\": 1,\n \"c\": 3}",              "a comment at the end of its line goes"),
        ("{\n  /* a */ \"a\": 1, // why\n  \"b\": 2\n}",   "/a",  "{\n  /* a */\n  \"b\": 2\n}",         "a comment before it keeps the line"),
        ("[\n  1, 2,\n  3\n]",                             "/1",  "[\n  1,\n  3\n]",                     "the last of a line of several"),
        ("[[1], [2]]",                                     "/0/0", "[[], [2]]",                          "an item inside another"),
    ];
    for (text, pointer, expected, why) in cases {
        assert_eq!(edited(text, |source| source.remove(&place(pointer))), expected, "{text}: {why}");
    }
}

#[test]
fn a_member_gets_another_key() {
    #[rustfmt::skip]
    let cases = [
        // text                          place    key     expected                        why
        ("{ \"a\" /* c */ : 1 }",        "/a",    "b",    "{ \"b\" /* c */ : 1 }",        "the rest stays"),
        ("{\"\\u0061\": 1}",             "/a",    "a",    "{\"\\u0061\": 1}",             "the same key is left as it is spelled"),
        ("{\"a\": {\"b\": 1}}",          "/a/b",  "\\",   "{\"a\": {\"\\\\\": 1}}",       "the new one is escaped"),
    ];
    for (text, pointer, key, expected, why) in cases {
        assert_eq!(edited(text, |source| source.rename(&place(pointer), key)), expected, "{why}");
    }
}

#[test]
fn what_cannot_be_edited_is_said() {
    let set = |pointer: &'static str, value: &'static str| {
        move |source: &Source| source.set(&place(pointer), value)
    };
    #[rustfmt::skip]
    let cases = [
        // said                                                                                                why
        (refused("{\"a\": 1,}", set("/b", "1")),
            "the document cannot be edited before it is repaired: line 1, column 8: a comma with nothing after it", "where things stand is a guess"),
        (refused("{}", set("/a", "nul")),
            "/a: the new value is not accepted: line 1, column 1: found `nul` where a value should be",        "no JSON"),
        (refused("{}", set("/a", "")),
            "/a: the new value is not accepted: line 1, column 1: the text ends where a value should be",      "no value"),
        (refused("{}", set("/a", "1, \"b\": 2")),
            "/a: the new value is not accepted: line 1, column 2: the document ends before this",              "more than a value"),
        (refused("{}", set("/a", "{\"b\": 1, \"b\": 2}")),
            "/a: the new value is not accepted: line 1, column 10: the key `b` is here again",                 "equal keys"),
        (refused("{\"a\": \"x\"}", set("/a/b/c", "1")),
            "/a: found text where an object or a list should be",                                              "nothing goes into a text"),
        (refused("[1]", set("/2", "1")),      "/2: nothing stands here",                                       "a hole in a list"),
        (refused("[1]", set("/01", "1")),     "/01: nothing stands here",                                      "no number of RFC 6901"),
        (refused("[1]", set("/+0", "1")),     "/+0: nothing stands here",                                      "no number of RFC 6901"),
        (refused("{\"a\": 1, \"\\u0061\": 2}", set("/a", "3")),
            "/a: the key is here more than once",                                                              "which of them is meant cannot be told"),
        (refused("{\"a\": {}, \"a\": {}}", set("/a/b", "3")),
            "/a: the key is here more than once",                                                              "nor on the way"),
        (refused("{}", |source| source.remove(&place("/a/b"))),   "/a: nothing stands here",                   "the first that is missing"),
        (refused("[1]", |source| source.remove(&place("/-"))),    "/-: nothing stands here",                   "the item after the last"),
        (refused("{}", |source| source.remove(&place(""))),
            "the whole document can be set, but not removed or renamed",                                       "a document without a value is none"),
        (refused("[1]", |source| source.rename(&place("/0"), "a")), "/0: an item of a list has no key",        "a list"),
        (refused("{\"a\": 1, \"b\": 2}", |source| source.rename(&place("/a"), "b")),
            "/a: the key is here already",                                                                     "no two are equal"),
        (refused("{\"a\": 1}", |source| source.insert_member(&place(""), 0, "a", "1")),
            "/a: the key is here already",                                                                     "no two are equal"),
        (refused("{\"a\": 1}", |source| source.insert_member(&place(""), 2, "b", "1")),
            "position 2 is beyond the end, which is 1",                                                          "a hole"),
        (refused("[1]", |source| source.insert_item(&place(""), 2, "1")),
            "position 2 is beyond the end, which is 1",                                                          "a hole"),
        (refused("{}", |source| source.insert_item(&place(""), 0, "1")),
            "found an object where a list should be",                                                          "an object"),
        (refused("[]", |source| source.insert_member(&place(""), 0, "a", "1")),
            "found a list where an object should be",                                                          "a list"),
    ];
    for (said, expected, why) in cases {
        assert_eq!(said, expected, "{why}");
    }
}

#[test]
fn a_document_does_not_outgrow_its_bounds() {
    let deepest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let inside = "/0".repeat(Bounds::DEFAULT.depth - 1);
    edited(&deepest(Bounds::DEFAULT.depth), |source| source.set(&place(&format!("{inside}/0")), "1"));
    let deeper =
        refused(&deepest(Bounds::DEFAULT.depth), |source| source.set(&place(&format!("{inside}/0")), "[]"));
    assert!(deeper.ends_with("lists and objects would be nested deeper than 64"), "{deeper}");
    let keys = "/a".repeat(Bounds::DEFAULT.depth);
    edited("{}", |source| source.set(&place(&keys), "1"));
    let deeper = refused("{}", |source| source.set(&place(&format!("{keys}/a")), "1"));
    assert!(deeper.ends_with("lists and objects would be nested deeper than 64"), "{deeper}");

    let full = format!("[\"{}\"]", "x".repeat(Bounds::DEFAULT.document_bytes - 4));
    let longer = refused(&full, |source| source.set(&place("/-"), "1"));
    assert_eq!(longer, "/1: the document would be longer than the 1048576 bytes that are read");
    edited(&full, |source| source.remove(&place("/0")));
}

#[test]
fn what_was_just_inserted_goes_without_a_trace() {
    #[rustfmt::skip]
    let cases = [
        // text                       why
        ("{}",                        "brackets together are together again"),
        ("{ }",                       "a space"),
        ("{ \t }",                    "several spaces"),
        ("{\n}",                      "a line, as a formatter leaves it"),
        ("{\r\n}",                    "with another line end"),
        ("{ \n}",                     "a space before the line's end"),
        ("{\n }",                     "a bracket that is indented"),
        ("{\n\n}",                    "an empty line"),
        ("{\r}",                      "a carriage return alone ends no line"),
        ("{/* c */}",                 "a comment"),
        ("{ /* c */ }",               "a comment and spaces"),
        ("{ // c\n}",                 "a comment that ends the line"),
        ("{\n  // c\n}",              "a comment on a line of its own"),
        ("{\n  /* c */ }",            "a comment before the bracket"),
        ("{\n\n  // c\n\n}",          "empty lines around a comment"),
        ("{\"b\": 1}",                "another member"),
        ("{ \"b\":1 }",               "without a space after the colon"),
        ("{\n  \"b\": 1}",            "on a line with the bracket"),
        ("{\n  \"b\": 1 // c\n}",     "with a comment"),
        ("{\n  \"b\": 1 /* c */ }",   "with a comment before the bracket"),
        ("{ \"b\": 1 // c\n}",        "with a comment on the line of both brackets"),
        ("{ \"b\": 1\n, \"c\": 1\n}", "commas that begin lines"),
        ("{\n\"b\": 1\n}",            "lines without indentation"),
    ];
    for (object, why) in cases {
        for text in
            [object.to_string(), format!("{{\n  \"in\": {object}\n}}"), format!("{{\"in\": {object}}}")]
        {
            let outer = if text == object { "" } else { "/in" };
            for value in ["1", "{\n  \"x\": 1\n}"] {
                let new = place(&format!("{outer}/new"));
                let inserted = edited(&text, |source| source.set(&new, value));
                let back = edited(&inserted, |source| source.remove(&new));
                assert_eq!(back, text, "{why}, by way of {inserted}");
            }
        }
    }
}

#[test]
fn neighbours_of_a_list_change_places_with_their_comments() {
    #[rustfmt::skip]
    let cases = [
        // text                                          expected                                        why
        ("[1, 2]",                                       "[2, 1]",                                       "spaces stay"),
        ("[1,2,3]",                                      "[2,1,3]",                                      "the others stay"),
        ("[\n  {\n    \"a\": 1\n  },\n  2\n]",          "[\n  2,\n  {\n    \"a\": 1\n  }\n]",          "over several lines"),
        ("[\n  1, // one\n  2 // two\n]",                "[\n  2, // two\n  1 // one\n]",                "comments behind"),
        ("[\n  1 /* one */,\n  2\n]",                    "[\n  2,\n  1 /* one */\n]",                    "a comment before the comma"),
        ("[\n  // one\n  1,\n\n  // two\n  // more\n  2\n]", "[\n  // two\n  // more\n  2,\n\n  // one\n  1\n]", "comments above"),
        ("[ // all\n  1,\n  2\n]",                       "[ // all\n  2,\n  1\n]",                       "a comment on the bracket"),
        ("[\n  // all\n\n  1,\n  2\n]",                  "[\n  // all\n\n  2,\n  1\n]",                  "a comment above an empty line"),
        ("[/* one */ 1, /* two */ 2]",                   "[/* two */ 2, /* one */ 1]",                   "comments on one line"),
        ("[1, // one\n  2]",                             "[2,\n  1 // one\n]",                           "a line comment needs the end of its line"),
        ("[1, 2 // two\n]",                              "[2, // two\n 1\n]",                            "and again"),
        ("[1 // one\n, 2]",                              "[2\n, 1 // one\n]",                            "commas that begin lines"),
        ("[\r\n  1, // one\r\n  2\r\n]",                "[\r\n  2,\r\n  1 // one\r\n]",                "line ends"),
    ];
    for (text, expected, why) in cases {
        assert_eq!(edited(text, |source| source.swap_items(&Pointer::root(), 0)), expected, "{why}");
    }
    let swap = |source: &Source| source.swap_items(&Pointer::root(), 0);
    assert_eq!(refused("{}", swap), "found an object where a list should be");
    assert_eq!(refused("[1]", swap), "/1: nothing stands here");
}
