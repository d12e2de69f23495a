//! The policy's text without what only people read.

/// A JSON text without blanks and comments between its values. What stands in texts, and how numbers are written, stays.
///
/// A text that is not JSON comes back shorter too, and is no more and no less broken than before.
#[must_use]
pub fn minified(text: &str) -> String {
    let mut small = String::with_capacity(text.len());
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '"' => {
                let length = string_length(rest);
                small.push_str(rest.get(..length).unwrap_or(rest));
                length
            }
            '/' if rest.starts_with("//") => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            ' ' | '\t' | '\n' | '\r' => 1,
            _ => {
                small.push(letter);
                letter.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    small
}

/// The length in bytes of the text that begins here, its quotes included; of one that does not end, all the rest.
fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(end, _)| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_alone_read_goes() {
        #[rustfmt::skip]
        let cases = [
            // text                                          small                            why
            ("{ \"a\" : 1 ,\r\n\t\"b\": [ ] }\n",            r#"{"a":1,"b":[]}"#,             "blanks and line ends"),
            ("{\"max\": 12345678901234567890.10}",           r#"{"max":12345678901234567890.10}"#, "numbers to the last digit"),
            ("\u{feff}{} // mine\n",                         "{}",                            "a mark of order, and a comment to the line's end"),
            ("{/* \" */\"a\": \"/* b */ // c\"}",            r#"{"a":"/* b */ // c"}"#,       "what looks like a comment in a text is text"),
            (r#"{"a\\": "b\" c", "d": 1}"#,                  r#"{"a\\":"b\" c","d":1}"#,      "escaped quotes end no text"),
            ("{\"z\": 1, \"a\": 2, \"z\": 3}",               r#"{"z":1,"a":2,"z":3}"#,        "the order, and what stands twice"),
            ("{\"a\": \"open",                               "{\"a\":\"open",                 "a text without an end"),
            ("/* open",                                      "",                              "a comment without an end"),
        ];
        for (text, small, why) in cases {
            assert_eq!(minified(text), small, "{why}");
        }
    }
}
