//! What others wrote, made fit to be shown: names of tools, grants and counters, parts of documents.

use alloc::format;
use alloc::string::String;

/// Somebody's text for people: at most 128 characters, and none of them invisible.
///
/// Control and format characters, which could hide or turn round what stands beside them, are written as escapes.
///
/// ```
/// use gatewright_core::legible::legible;
/// assert_eq!(legible("run_tests"), "run_tests");
/// assert_eq!(legible("a\u{202e}b\n"), "a\\u{202e}b\\u{a}");
/// ```
#[must_use]
pub fn legible(text: &str) -> String {
    legible_up_to(128, text)
}

/// The same for a part of a document, which its reader has at hand: at most 40 characters.
pub(crate) fn clip(text: &str) -> String {
    legible_up_to(40, text)
}

/// The same within a sentence of ours, between backticks. Backticks of its own become apostrophes: else it could end the
/// quotation, and go on as if the words were ours.
///
/// ```
/// use gatewright_core::legible::quoted;
/// assert_eq!(quoted("run_tests"), "`run_tests`");
/// assert_eq!(quoted("a` is safe. `b"), "`a' is safe. 'b`");
/// ```
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("`{}`", legible(text).replace('`', "'"))
}

/// Somebody's text of several lines: at most so many characters, its line ends and tabs as they are.
///
/// ```
/// use gatewright_core::legible::legible_lines;
/// assert_eq!(legible_lines(3_000, "Reads.\n\tNever\u{202e} writes."), "Reads.\n\tNever\\u{202e} writes.");
/// assert_eq!(legible_lines(6, "Reads. Writes."), "Reads.…");
/// ```
#[must_use]
pub fn legible_lines(most: usize, text: &str) -> String {
    escaped_up_to(most, text, |character| is_invisible(character) && !matches!(character, '\n' | '\r' | '\t'))
}

fn legible_up_to(most: usize, text: &str) -> String {
    // Nearly every text is plain and short.
    if text.len() <= most && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return String::from(text);
    }
    escaped_up_to(most, text, is_invisible)
}

fn escaped_up_to(most: usize, text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut shown = String::new();
    for character in text.chars().take(most) {
        if is_escaped(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}

/// Control characters (Cc), format characters (Cf), line and paragraph separators (Zl, Zp).
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'..='\u{891}'
                | '\u{8e2}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{110bd}'
                | '\u{110cd}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0001}'
                | '\u{e0020}'..='\u{e007f}'
        )
}
