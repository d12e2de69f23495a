//! What a caret stands on in a text that may be half written: read off the letters before it, not off a tree, for the
//! tree of a broken text is a guess just where somebody is typing.

use std::ops::Range;

use gatewright_core::pointer::Pointer;

/// A place in a text, as far as the text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The keys and numbers of what is around it, outermost first.
    pub around: Vec<Step>,
    /// What it is there.
    pub role: Role,
    /// The bytes of the word, of the inside of the text, or of nothing, where it stands.
    pub word: Range<usize>,
    /// The text's quotes, where it stands in a text.
    pub quotes: Option<Quotes>,
    /// The other keys of the object around it.
    pub siblings: Vec<String>,
    /// What follows, white space and comments passed over.
    pub next: Option<char>,
}

/// One step from the document to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a member of an object.
    Key(String),
    /// Into an item of a list, from 0.
    Index(usize),
}

/// What a place is to what is around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The whole document.
    Document,
    /// A key, or where one could be.
    Key,
    /// The value of this key, or where it could be.
    Value(String),
    /// The item of a list with this number, or where it could be.
    Item(usize),
    /// Behind a value, or a key without a colon: only a mark can follow.
    Behind,
    /// The inside of a comment.
    Comment,
}

/// How a text stands in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// At both ends.
    Closed,
    /// The second is missing.
    Open,
}

impl Spot {
    /// Reads a text around a place, given in bytes.
    #[must_use]
    pub fn at(text: &str, place: usize) -> Self {
        let mut reader = Reader::default();
        // The place, and how many objects and lists are around it.
        let mut found: Option<(Self, usize)> = None;
        for token in (Tokens { text, at: 0 }) {
            if found.is_none() {
                found = reader.spot(&token, place, text).map(|spot| (spot, reader.frames.len()));
            }
            let Some((spot, depth)) = &mut found else {
                reader.read(&token, text);
                continue;
            };
            let is_behind = token.range.start >= spot.word.end;
            if is_behind && spot.next.is_none() && token.kind != Kind::Comment {
                spot.next = text.get(token.range.start..).and_then(|rest| rest.chars().next());
            }
            let is_end = matches!(token.kind, Kind::Mark(b'}' | b']')) && reader.frames.len() == *depth;
            if is_end || *depth == 0 {
                break;
            }
            reader.read(&token, text);
        }
        let Some((mut spot, depth)) = found else { return reader.between(place) };
        if let Some(frame) = depth.checked_sub(1).and_then(|last| reader.frames.get(last)) {
            spot.siblings.clone_from(&frame.keys);
        }
        if spot.role == Role::Key {
            let own = unescaped(text.get(spot.word.clone()).unwrap_or_default());
            let own = spot
                .siblings
                .iter()
                .position(|key| *key == own)
                .filter(|_| !spot.word.is_empty() || spot.quotes.is_some());
            own.map(|own| spot.siblings.remove(own));
        }
        spot
    }

    /// The pointer of the value that it stands in or on.
    #[must_use]
    pub fn pointer(&self, text: &str) -> Pointer {
        let around = self.around.iter().fold(Pointer::root(), |place, step| match step {
            Step::Key(key) => place.key(key),
            Step::Index(index) => place.index(*index),
        });
        match &self.role {
            Role::Key if !self.word.is_empty() => {
                around.key(&unescaped(text.get(self.word.clone()).unwrap_or_default()))
            }
            Role::Value(key) => around.key(key),
            // Nothing stands there yet.
            Role::Item(_) if self.word.is_empty() && self.quotes.is_none() => around,
            Role::Item(index) => around.index(*index),
            _ => around,
        }
    }
}

/// An object or a list that is being read.
#[derive(Default)]
struct Frame {
    is_list: bool,
    /// The keys of an object so far.
    keys: Vec<String>,
    /// The commas so far.
    index: usize,
    is_behind_colon: bool,
    /// Whether its key, or behind its colon its value, has been read.
    is_filled: bool,
}

impl Frame {
    fn step(&self) -> Step {
        if self.is_list { Step::Index(self.index) } else { Step::Key(self.key()) }
    }

    fn key(&self) -> String {
        self.keys.last().cloned().unwrap_or_default()
    }

    fn role(&self) -> Role {
        match (self.is_filled, self.is_list, self.is_behind_colon) {
            (true, _, _) => Role::Behind,
            (_, true, _) => Role::Item(self.index),
            (_, _, true) => Role::Value(self.key()),
            _ => Role::Key,
        }
    }

    /// What the next word or text is. Where a comma is missing before it, it is what it would be behind one.
    fn role_of_token(&self) -> Role {
        match (self.is_filled, self.is_list) {
            (false, _) => self.role(),
            (true, true) => Role::Item(self.index),
            (true, false) => Role::Key,
        }
    }
}

#[derive(Default)]
struct Reader {
    frames: Vec<Frame>,
}

impl Reader {
    /// The place, where it is on this token or ahead of it.
    fn spot(&self, token: &Token, place: usize, text: &str) -> Option<Spot> {
        let Range { start, end } = token.range;
        if place <= start && token.kind != Kind::Word {
            return Some(self.between(place));
        }
        let is_inside = match token.kind {
            Kind::Comment => place < end || (place == end && !text.get(..end)?.ends_with("*/")),
            Kind::Text(Quotes::Closed) => place < end,
            Kind::Text(Quotes::Open) | Kind::Word => place <= end,
            Kind::Mark(_) => false,
        };
        if place < start {
            return Some(self.between(place));
        }
        if !is_inside {
            return None;
        }
        let spot = self.between(place);
        if token.kind == Kind::Comment {
            return Some(Spot { role: Role::Comment, ..spot });
        }
        let role = self.frames.last().map_or(Role::Document, Frame::role_of_token);
        Some(match token.kind {
            Kind::Text(quotes) => {
                let word = start + 1..if quotes == Quotes::Closed { end - 1 } else { end };
                Spot { role, word, quotes: Some(quotes), ..spot }
            }
            _ => Spot { role, word: start..end, ..spot },
        })
    }

    /// A place on no token.
    fn between(&self, place: usize) -> Spot {
        let outer = self.frames.len().saturating_sub(1);
        Spot {
            around: self.frames.iter().take(outer).map(Frame::step).collect(),
            role: self.frames.last().map_or(Role::Document, Frame::role),
            word: place..place,
            quotes: None,
            siblings: Vec::new(),
            next: None,
        }
    }

    fn read(&mut self, token: &Token, text: &str) {
        let frame = self.frames.last_mut();
        match (token.kind, frame) {
            (Kind::Comment, _) => {}
            (Kind::Mark(mark @ (b'{' | b'[')), _) => {
                self.frames.push(Frame { is_list: mark == b'[', ..Frame::default() });
            }
            (Kind::Mark(b'}' | b']'), _) => {
                self.frames.pop();
                if let Some(around) = self.frames.last_mut() {
                    around.is_filled = true;
                }
            }
            (Kind::Mark(b','), Some(frame)) => {
                frame.index += 1;
                (frame.is_behind_colon, frame.is_filled) = (false, false);
            }
            (Kind::Mark(b':'), Some(frame)) => (frame.is_behind_colon, frame.is_filled) = (true, false),
            (_, Some(frame)) => {
                let is_key = frame.role_of_token() == Role::Key;
                frame.is_behind_colon &= !is_key;
                if let (Kind::Text(_), true) = (token.kind, is_key) {
                    let inside = text.get(token.range.clone()).unwrap_or_default().trim_matches('"');
                    frame.keys.push(unescaped(inside));
                }
                frame.is_filled = true;
            }
            (_, None) => {}
        }
    }
}

/// The inside of a text without its escapes; as it is, where they are none.
fn unescaped(inside: &str) -> String {
    if !inside.contains('\\') {
        return inside.to_owned();
    }
    serde_json::from_str(&format!("\"{inside}\"")).unwrap_or_else(|_| inside.to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One of `{}[]:,`
    Mark(u8),
    /// A text in quotes, up to the end of its line where the second is missing.
    Text(Quotes),
    /// Anything else without white space.
    Word,
    Comment,
}

struct Token {
    kind: Kind,
    range: Range<usize>,
}

/// The tokens of a text, whatever is wrong with it.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.find(|letter: char| !letter.is_whitespace() && letter != '\u{feff}')?;
        let rest = self.text.get(start..)?;
        let (kind, length) = match rest.as_bytes().first()? {
            mark @ (b'{' | b'}' | b'[' | b']' | b':' | b',') => (Kind::Mark(*mark), 1),
            b'"' => text_token(rest),
            b'/' if rest.starts_with("//") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
            b'/' if rest.starts_with("/*") => {
                (Kind::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2))
            }
            _ => {
                let ends = |letter: char| letter.is_whitespace() || "{}[]:,\"".contains(letter);
                (Kind::Word, rest.find(ends).unwrap_or(rest.len()))
            }
        };
        self.at = start + length;
        Some(Token { kind, range: start..self.at })
    }
}

fn text_token(rest: &str) -> (Kind, usize) {
    let mut is_escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return (Kind::Text(Quotes::Closed), at + 1),
            b'\n' => {
                return (Kind::Text(Quotes::Open), rest.get(..at).map_or(at, |line| line.trim_end().len()));
            }
            _ => {}
        }
    }
    (Kind::Text(Quotes::Open), rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with its caret marked as `|`.
    fn spot(marked: &str) -> (Spot, String) {
        let place = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        (Spot::at(&text, place), text)
    }

    #[test]
    fn a_caret_is_told_its_place() {
        let value = |key: &str| Role::Value(key.to_owned());
        #[rustfmt::skip]
        let cases = [
            // text                                   role              pointer        word      why
            (r#"{"a" |"#,                             Role::Behind,     "",            "",       "a colon is missing"),
            ("|",                                     Role::Document,   "",            "",       "an empty text"),
            ("{|",                                    Role::Key,        "",            "",       "a key could be here"),
            (r#"{"ver|"#,                             Role::Key,        "/ver",        "ver",    "a key that is begun"),
            (r#"{"ver|sion": "1"}"#,                  Role::Key,        "/version",    "version", "inside a key"),
            (r#"{"version": |"#,                      value("version"), "/version",    "",       "behind its colon"),
            (r#"{"version": "|1"}"#,                  value("version"), "/version",    "1",      "inside its value"),
            (r#"{"version": "1"|}"#,                  Role::Behind,     "",            "",       "behind its value"),
            (r#"{"version": "1", |}"#,                Role::Key,        "",            "",       "the next key"),
            (r#"{"tools": {"a": {"limits": [{}, {"max": 1|0}]}}}"#,
                                                      value("max"),     "/tools/a/limits/1/max", "10", "inside a number"),
            (r#"{"hide": ["a", "|"]}"#,               Role::Item(1),    "/hide/1",     "",       "an item in quotes"),
            (r#"{"hide": ["a", |]}"#,                 Role::Item(1),    "/hide",       "",       "where an item could be"),
            (r#"{"a\/b": {"c|"}}"#,                   Role::Key,        "/a~1b/c",     "c",      "escapes of both kinds"),
            ("{ // hi|",                              Role::Comment,    "",            "",       "inside a comment"),
            ("{ /* hi */|",                           Role::Key,        "",            "",       "behind a comment"),
            (r#"{"a": "x} // ", |"#,                  Role::Key,        "",            "",       "marks in a text are none"),
            (r#"{"a": "\"", "b|"#,                    Role::Key,        "/b",          "b",      "an escaped quote ends nothing"),
            ("{\"a\n\"b|\": 1}",                      Role::Key,        "/b",          "b",      "a quote that is missing ends with its line"),
            ("}}{\"a\": tr|ue",                       value("a"),       "/a",          "true",   "what is closed too often is open again"),
            ("\u{feff}{|",                            Role::Key,        "",            "",       "a byte order mark is white space"),
        ];
        for (marked, role, pointer, word, why) in cases {
            let (spot, text) = spot(marked);
            assert_eq!(spot.role, role, "{marked}: {why}");
            assert_eq!(spot.pointer(&text).as_str(), pointer, "{marked}: {why}");
            assert_eq!(&text[spot.word.clone()], word, "{marked}: {why}");
        }
    }

    #[test]
    fn what_stands_beside_the_caret_is_known() {
        #[rustfmt::skip]
        let cases = [
            // text                                  siblings          next        why
            (r#"{"a": 1, "|"}"#,                     vec!["a"],        Some('}'),  "the key before"),
            (r#"{"|", "b": {"c": 1}, "d": 2}"#,      vec!["b", "d"],   Some(','),  "those behind, and none of their own keys"),
            (r#"{"b|": 1}"#,                         vec![],           Some(':'),  "not itself"),
            (r#"{| "b": 1}"#,                        vec!["b"],        Some('"'),  "where a key could be"),
            ("{\"a\": | // why\n \"b\": 1}",             vec!["a"],          Some('"'),  "comments are passed over"),
            (r#"[{"a": 1}, {"b": |}]"#,              vec!["b"],        Some('}'),  "only the object around"),
            ("[|",                                   vec![],           None,       "nothing follows"),
        ];
        for (marked, siblings, next, why) in cases {
            let (spot, _) = spot(marked);
            assert_eq!(spot.siblings, siblings, "{marked}: {why}");
            assert_eq!(spot.next, next, "{marked}: {why}");
        }
    }

    #[test]
    fn every_place_of_any_text_is_somewhere() {
        let text = "{\"a\": [1, \"é😀\", // c\n {\"b\": tru], /* x */ \"c\\";
        for place in 0..=text.len() + 2 {
            let spot = Spot::at(text, place);
            assert!(
                text.get(spot.word.clone()).is_some() || place > text.len() || !text.is_char_boundary(place)
            );
        }
    }
}
