//! Links that hold a workspace: `#v1:z:` and then its JSON, deflated (raw), in base64url.
//!
//! The part of an address after `#` is sent to no server. Its version stands first, so that every link ever made can
//! be told apart from those of the future; the packing itself is the browser's (`platform::keeping`). Nothing
//! is written into the address by itself: a link is made when a person asks for one.

use gatewright_core::amount::count;

/// What every link of this version begins with, after the `#`.
const PREFIX: &str = "v1:z:";
/// The longest link that is made, in characters: what messengers, mail and browsers carry unharmed.
pub const LONGEST: usize = 32_000;
/// The longest code that is read, in characters.
const LONGEST_READ: usize = 1024 * 1024;
/// The most that a link may unpack to, in bytes, as `Refusal::of_a_link` says.
pub const MOST_UNPACKED: usize = 8 * 1024 * 1024;
/// The most characters of a Discord message, the shortest of the places where policies are discussed.
const DISCORD: usize = 2_000;

/// What the part of an address after `#` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragment<'a> {
    /// Not a link: a place in the page, or nothing.
    Other,
    /// A link, with its code.
    Link(&'a str),
    /// A link that is not opened, and why.
    Refused(&'static str),
}

/// Tells a link from the page's other fragments. What of the page is looked at may stand behind it, after `&`.
#[must_use]
pub fn read(fragment: &str) -> Fragment<'_> {
    let fragment = fragment.split('&').next().unwrap_or_default();
    // Some programs escape the colons when they pass an address on.
    let plain = ["v1%3Az%3A", "v1%3az%3a"].iter().find_map(|escaped| fragment.strip_prefix(escaped));
    let Some(code) = plain.or_else(|| fragment.strip_prefix(PREFIX)) else {
        return if is_versioned(fragment) {
            Fragment::Refused(
                "This link was made by a newer version of the page than this one. Reload to get the newest version, \
                 then open the link again.",
            )
        } else {
            Fragment::Other
        };
    };
    if code.len() > LONGEST_READ {
        return Fragment::Refused(
            "This link is longer than 1,048,576 characters, the most that is read. Ask for the file instead.",
        );
    }
    let is_of_the_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if code.is_empty() || !code.bytes().all(is_of_the_alphabet) {
        return Fragment::Refused(
            "This link is damaged: it holds characters that no link has, so it was cut or joined with other text. \
             Copy it again, whole.",
        );
    }
    Fragment::Link(code)
}

/// `v`, digits and a colon: what links of every version begin with.
fn is_versioned(fragment: &str) -> bool {
    let rest = fragment.strip_prefix('v').unwrap_or_default();
    let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    after.len() < rest.len() && (after.starts_with(':') || after.starts_with("%3"))
}

/// The fragment that holds a code.
#[must_use]
pub fn fragment(code: &str) -> String {
    format!("{PREFIX}{code}")
}

/// How long a link is, and what that means for where it can go.
#[must_use]
pub fn length_in_words(length: usize) -> String {
    let characters = count(length);
    if length > LONGEST {
        format!("{characters} characters: too long for a link (32,000). Send the file instead.")
    } else if length > DISCORD {
        format!("{characters} characters: too long for a Discord message (2,000). Send the file instead.")
    } else {
        format!("{characters} characters.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_other_fragments() {
        let long = format!("v1:z:{}", "A".repeat(LONGEST_READ + 1));
        #[rustfmt::skip]
        let cases = [
            // fragment               begins                why
            ("",                      "other",              "no fragment"),
            ("policy",                "other",              "a skip link's place"),
            ("tool=v1:z:",            "other",              "a route that names a tool"),
            ("v1",                    "other",              "no colon follows"),
            ("v:z:AA",                "other",              "no number"),
            ("v1:z:S8tUslLKVtJRykxJzVMCAA", "link",         "a link"),
            ("v1%3Az%3AS8tU",         "link",               "its colons escaped on the way"),
            ("v1:z:S8tU&view=json",   "link",               "a place of the page behind it"),
            ("v2:z:AA",               "newer",              "the version after this"),
            ("v12:br:AA",             "newer",              "a version far ahead"),
            ("v1:br:AA",              "newer",              "another packing, which this version does not know"),
            ("v1:z:",                 "damaged",            "cut after the prefix"),
            ("v1:z:AA)",              "damaged",            "a bracket of the text around it"),
            ("v1:z:AA AA",            "damaged",            "broken over two lines"),
            (long.as_str(),           "longer",             "more than anyone shares"),
        ];
        for (fragment, expected, why) in cases {
            let found = match read(fragment) {
                Fragment::Other => "other",
                Fragment::Link(code) => {
                    assert!(!code.contains(':'), "{why}: {code}");
                    "link"
                }
                Fragment::Refused(sentence) if sentence.contains("newer version") => "newer",
                Fragment::Refused(sentence) if sentence.contains("damaged") => "damaged",
                Fragment::Refused(sentence) if sentence.contains("longer than") => "longer",
                Fragment::Refused(sentence) => sentence,
            };
            assert_eq!(found, expected, "{why}");
        }
    }

    #[test]
    fn a_link_is_read_as_it_was_made() {
        assert_eq!(read(&fragment("AbC-_9")), Fragment::Link("AbC-_9"));
    }

    #[test]
    fn the_length_says_where_a_link_can_go() {
        #[rustfmt::skip]
        let cases = [
            // length    in words
            (612,        "612 characters."),
            (2_000,      "2,000 characters."),
            (2_001,      "2,001 characters: too long for a Discord message (2,000). Send the file instead."),
            (32_001,     "32,001 characters: too long for a link (32,000). Send the file instead."),
        ];
        for (length, words) in cases {
            assert_eq!(length_in_words(length), words);
        }
    }
}
