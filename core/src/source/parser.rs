//! The parser itself: recursive descent that goes on after an error, at the next comma or bracket.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use hashbrown::HashMap;

use super::{BYTE_ORDER_MARK, Member, Node, Source, Value};
use crate::bounds::Bounds;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Related};
use crate::legible::clip;
use crate::pointer::Pointer;

/// The tree of a text, and what is wrong with it.
pub(super) fn parse(text: &str, bounds: &Bounds) -> (Node, Vec<Found>) {
    let mut parser = Parser { text, bounds, at: 0, path: Vec::new(), found: Vec::new(), stopped: false };
    let root = if text.len() > bounds.document_bytes {
        let most = bounds.document_bytes;
        let message = format!("the document has {} bytes; at most {most} are read", text.len());
        parser.found.push(Found::plain(Code::TooLarge, 0..0, message));
        Node { value: Value::Broken, range: 0..text.len() }
    } else {
        parser.document()
    };
    find_equal_keys(&root, &Pointer::root(), bounds.findings.max(1), &mut parser.found);
    (root, parser.found)
}

/// A finding before its place is known by line and column.
pub(super) struct Found {
    code: Code,
    pointer: Pointer,
    range: Range<usize>,
    message: String,
    help: Option<String>,
    related: Option<(Range<usize>, String)>,
    fix: Option<Fix>,
}

impl Found {
    fn plain(code: Code, range: Range<usize>, message: String) -> Self {
        Self { code, pointer: Pointer::root(), range, message, help: None, related: None, fix: None }
    }

    pub(super) fn placed(self, source: &Source) -> Diagnostic {
        Diagnostic {
            code: self.code,
            pointer: self.pointer,
            location: source.location(&self.range),
            message: self.message,
            help: self.help,
            related: self
                .related
                .into_iter()
                .map(|(range, message)| Related { location: source.location(&range), message })
                .collect(),
            fix: self.fix,
        }
    }
}

fn find_equal_keys(node: &Node, pointer: &Pointer, most: usize, found: &mut Vec<Found>) {
    if found.len() >= most {
        return;
    }
    match &node.value {
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                find_equal_keys(item, &pointer.index(index), most, found);
            }
        }
        Value::Object(members) => {
            let mut first: HashMap<&str, &Range<usize>> = HashMap::new();
            for member in members {
                let place = pointer.key(&member.key);
                if let Some(earlier) = first.get(member.key.as_str()) {
                    if found.len() >= most {
                        return;
                    }
                    found.push(Found {
                        pointer: place.clone(),
                        help: Some("keep one of the two; most readers silently drop the first".to_string()),
                        related: Some(((*earlier).clone(), "the first is".to_string())),
                        ..Found::plain(
                            Code::DuplicateKey,
                            member.key_range.clone(),
                            format!("the key `{}` is here again", clip(&member.key)),
                        )
                    });
                } else {
                    first.insert(&member.key, &member.key_range);
                }
                find_equal_keys(&member.node, &place, most, found);
            }
        }
        _ => {}
    }
}

/// A step on the way to where the parser is.
enum Token {
    Key(String),
    Index(usize),
}

struct Parser<'t> {
    text: &'t str,
    bounds: &'t Bounds,
    at: usize,
    path: Vec<Token>,
    found: Vec<Found>,
    /// The rest of the text is left unread, and nothing is said of it.
    stopped: bool,
}

impl Parser<'_> {
    fn document(&mut self) -> Node {
        if self.text.starts_with(BYTE_ORDER_MARK) {
            self.at = BYTE_ORDER_MARK.len_utf8();
        }
        let root = self.value();
        self.skip_space();
        if self.at < self.text.len() {
            let rest = self.at..self.text.len();
            self.report(rest, "the document ends before this".to_string(), Some("remove what follows it"));
        }
        root
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn stop(&mut self) {
        self.at = self.text.len();
        self.stopped = true;
    }

    fn report(&mut self, range: Range<usize>, message: String, help: Option<&str>) {
        self.report_as(Code::Syntax, range, message, help);
    }

    fn report_as(&mut self, code: Code, range: Range<usize>, message: String, help: Option<&str>) {
        if self.stopped {
            return;
        }
        let pointer = self.path.iter().fold(Pointer::root(), |pointer, token| match token {
            Token::Key(key) => pointer.key(key),
            Token::Index(index) => pointer.index(*index),
        });
        let help = help.map(ToString::to_string);
        self.found.push(Found { pointer, help, ..Found::plain(code, range, message) });
        if self.found.len() >= self.bounds.findings {
            self.stop();
        }
    }

    /// The bytes of the thing that stands here: one word, or one character.
    fn here(&self) -> Range<usize> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let word = rest.find(|character: char| !is_word(character)).unwrap_or(rest.len());
        let length = word.max(rest.chars().next().map_or(0, char::len_utf8));
        self.at..self.at + length
    }

    fn unexpected(&mut self, wanted: &str) {
        let here = self.here();
        let message = match self.text.get(here.clone()) {
            None | Some("") => format!("the text ends where {wanted} should be"),
            Some(found) => format!("found `{}` where {wanted} should be", clip(found)),
        };
        self.report(here, message, None);
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at = self.text.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                if let Some(end) = comment.find("*/") {
                    self.at += end + 4;
                } else {
                    let all = self.at..self.text.len();
                    self.report(all, "a comment is never closed".to_string(), Some("close it with `*/`"));
                    self.at = self.text.len();
                }
            } else {
                return;
            }
        }
    }

    fn value(&mut self) -> Node {
        self.skip_space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{' | b'[') if self.path.len() >= self.bounds.depth => self.too_deep(),
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            Some(b'"') => self.string().map_or(Value::Broken, Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        };
        Node { value, range: start..self.at }
    }

    /// Nothing below is read: the rest of a text nested so deep is not worth a guess.
    fn too_deep(&mut self) -> Value {
        let here = self.at..self.at + 1;
        let message = format!("lists and objects are nested deeper than {}", self.bounds.depth);
        self.report_as(Code::TooDeep, here, message, None);
        self.stop();
        Value::Broken
    }

    fn word(&mut self) -> Value {
        let here = self.here();
        let value = match self.text.get(here.clone()) {
            Some("null") => Value::Null,
            Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            found => {
                let is_word = found.is_some_and(|text| text.starts_with(is_word));
                self.unexpected("a value");
                if is_word {
                    self.at = here.end;
                }
                return Value::Broken;
            }
        };
        self.at = here.end;
        value
    }

    fn number(&mut self) -> Value {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or("");
        let part = |character: char| is_word(character) || matches!(character, '+' | '-' | '.');
        let end = start + rest.find(|character| !part(character)).unwrap_or(rest.len());
        self.at = end;
        let spelled = self.text.get(start..end).unwrap_or("");
        if is_json_number(spelled) {
            return Value::Number(spelled.to_string());
        }
        let message = format!("`{}` is not a JSON number", clip(spelled));
        self.report(start..end, message, Some("write it like `10`, `0.5` or `1e3`"));
        Value::Broken
    }

    fn list(&mut self) -> Value {
        let open = self.at;
        self.at += 1;
        let mut items = Vec::new();
        let mut comma = None;
        loop {
            self.skip_space();
            match self.peek() {
                Some(b']') => {
                    self.no_trailing(comma.take());
                    self.at += 1;
                    return Value::List(items);
                }
                None | Some(b'}') => {
                    self.unclosed(open, "list", "]");
                    return Value::List(items);
                }
                Some(b',') => {
                    self.unexpected("a value");
                    self.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            self.path.push(Token::Index(items.len()));
            let item = self.value();
            let stuck = item.range.is_empty();
            items.push(item);
            self.path.pop();
            comma = self.separator(b']', stuck);
        }
    }

    fn object(&mut self) -> Value {
        let open = self.at;
        self.at += 1;
        let mut members = Vec::new();
        let mut comma = None;
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'}') => {
                    self.no_trailing(comma.take());
                    self.at += 1;
                    return Value::Object(members);
                }
                None | Some(b']') => {
                    self.unclosed(open, "object", "}");
                    return Value::Object(members);
                }
                Some(b'"') => {
                    let (member, stuck) = self.member();
                    members.extend(member);
                    comma = self.separator(b'}', stuck);
                }
                Some(_) => {
                    self.unexpected("a key in double quotes");
                    self.skip_to_separator();
                    comma = None;
                    self.eat(b',');
                }
            }
        }
    }

    fn member(&mut self) -> (Option<Member>, bool) {
        let start = self.at;
        let key = self.string();
        let key_range = start..self.at;
        self.path.push(Token::Key(key.clone().unwrap_or_default()));
        self.skip_space();
        let node = if self.eat(b':') {
            self.value()
        } else {
            self.unexpected("a colon and a value");
            Node { value: Value::Broken, range: self.at..self.at }
        };
        self.path.pop();
        let stuck = node.range.is_empty();
        (key.map(|key| Member { key, key_range, node }), stuck)
    }

    /// Goes past the comma after an item, and says where it stands. `stuck`: the item was not understood.
    fn separator(&mut self, close: u8, stuck: bool) -> Option<usize> {
        self.skip_space();
        if stuck {
            self.skip_to_separator();
        }
        let at = self.at;
        if self.eat(b',') {
            return Some(at);
        }
        if !matches!(self.peek(), None | Some(b'}' | b']')) {
            let wanted = format!("a comma or `{}`", char::from(close));
            self.unexpected(&wanted);
            if !matches!(self.peek(), Some(b'"' | b'{' | b'[')) {
                self.skip_to_separator();
                self.eat(b',');
            }
        }
        None
    }

    fn no_trailing(&mut self, comma: Option<usize>) {
        let Some(comma) = comma else { return };
        self.report(comma..comma + 1, "a comma with nothing after it".to_string(), Some("remove the comma"));
        if let Some(found) = self.found.last_mut().filter(|found| found.range.start == comma) {
            let edits = Vec::from([Edit { start: comma, end: comma + 1, text: String::new() }]);
            found.fix = Some(Fix { label: "remove the comma".to_string(), edits });
        }
    }

    fn unclosed(&mut self, open: usize, what: &str, close: &str) {
        let line = self.text.get(..open).unwrap_or("").matches('\n').count() + 1;
        let wanted = format!("`{close}`, the end of the {what} that opens on line {line},");
        self.unexpected(&wanted);
    }

    /// Skips to the next comma or closing bracket of this level.
    fn skip_to_separator(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                b'"' => {
                    let kept = self.found.len();
                    self.string();
                    self.found.truncate(kept);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// The string that opens here; nothing where it was not understood (and a finding says why).
    fn string(&mut self) -> Option<String> {
        let open = self.at;
        self.at += 1;
        let mut text = String::new();
        let mut understood = true;
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let plain = rest.find(|character: char| matches!(character, '"' | '\\' | '\0'..='\x1f'));
            let (run, stop) = rest.split_at(plain.unwrap_or(rest.len()));
            text.push_str(run);
            self.at += run.len();
            match stop.as_bytes().first() {
                Some(b'"') => {
                    self.at += 1;
                    return understood.then_some(text);
                }
                Some(b'\\') => match self.escape() {
                    Some(character) => text.push(character),
                    None => understood = false,
                },
                Some(b'\t') => {
                    let here = self.at..self.at + 1;
                    self.report(here, "a tab inside a string".to_string(), Some("write it as `\\t`"));
                    understood = false;
                    self.at += 1;
                }
                Some(b'\n' | b'\r') | None => {
                    let all = open..self.at;
                    let help = Some("close it with a double quote");
                    self.report(all, "a string is not closed on its line".to_string(), help);
                    return None;
                }
                Some(byte) => {
                    let here = self.at..self.at + 1;
                    let message = format!("a control character (U+{byte:04X}) inside a string");
                    self.report(here, message, Some("write it as an escape"));
                    understood = false;
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        self.at += letter.filter(|letter| *letter >= ' ').map_or(0, char::len_utf8);
        let character = match letter {
            Some(plain @ ('"' | '\\' | '/')) => Some(plain),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.code_point(),
            _ => None,
        };
        if character.is_none() {
            let spelled = clip(self.text.get(start..self.at).unwrap_or(""));
            let message = format!("`{spelled}` is not an escape that JSON has");
            let help = "surrogates come in pairs; a backslash itself is written `\\\\`";
            self.report(start..self.at, message, Some(help));
        }
        character
    }

    /// The character of `uXXXX`, or of two of them where the first is a surrogate.
    fn code_point(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        self.text.get(self.at..).filter(|rest| rest.starts_with("\\u"))?;
        self.at += 2;
        let second = self.four_digits().filter(|unit| (0xDC00..0xE000).contains(unit))?;
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '.')
}

/// RFC 8259: no leading zero, no plus sign, digits on both sides of the point.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (text, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && digits(exponent) && (whole == "0" || !whole.starts_with('0'))
}
