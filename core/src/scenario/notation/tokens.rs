//! A text → words, strings, objects and signs.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::ops::Range;

use serde_json::value::RawValue;

/// What a text is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Word(&'t str),
    /// A JSON string, read.
    Text(String),
    /// A JSON object or list, as it is written.
    Json(&'t str),
    Times,
    Comma,
    NewLine,
    End,
}

/// What is wrong with a token.
pub(super) struct Unreadable {
    pub(super) range: Range<usize>,
    pub(super) message: String,
}

/// The next token from `from` on, and where it is.
pub(super) fn next(text: &str, from: usize) -> Result<(Token<'_>, Range<usize>), Unreadable> {
    let at = skip(text, from);
    let rest = text.get(at..).unwrap_or_default();
    let of = |token, length: usize| Ok((token, at..at + length));
    let Some(first) = rest.chars().next() else { return of(Token::End, 0) };
    match first {
        '\n' => of(Token::NewLine, 1),
        ',' => of(Token::Comma, 1),
        '×' | '*' => of(Token::Times, first.len_utf8()),
        '"' => {
            let (string, length) = json::<String>(rest, at)?;
            of(Token::Text(string), length)
        }
        '{' | '[' => {
            let (_, length) = json::<Box<RawValue>>(rest, at)?;
            of(Token::Json(rest.get(..length).unwrap_or_default()), length)
        }
        _ => {
            let length = rest.find(ends_word).unwrap_or(rest.len());
            of(Token::Word(rest.get(..length).unwrap_or_default()), length)
        }
    }
}

/// Whether a word ends before this.
pub(super) fn ends_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, ',' | '"' | '{' | '[' | '×' | '*')
}

/// The first place from `from` on that is neither white space within the line nor in a comment.
fn skip(text: &str, from: usize) -> usize {
    let mut in_comment = false;
    let rest = text.get(from..).unwrap_or_default();
    let first = rest.char_indices().find(|(_, character)| {
        in_comment |= *character == '#';
        *character == '\n' || !(in_comment || character.is_whitespace())
    });
    first.map_or(text.len(), |(at, _)| from + at)
}

/// The JSON value at the beginning, and its length.
fn json<'t, T: serde::Deserialize<'t>>(rest: &'t str, at: usize) -> Result<(T, usize), Unreadable> {
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<T>();
    let problem = match values.next() {
        Some(Ok(value)) => return Ok((value, values.byte_offset())),
        Some(Err(problem)) => problem.to_string(),
        None => String::new(),
    };
    let line = rest.find('\n').unwrap_or(rest.len());
    Err(Unreadable { range: at..at + line, message: problem })
}
