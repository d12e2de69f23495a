//! A strict reader of JSON text that keeps nothing.
//!
//! It checks all of the grammar of RFC 8259, also of what is skipped, in one pass. Where it stands on a value is the
//! caller's business: it has no tree, and it makes no allocation.

use super::Malformed;
use super::text::Text;
use crate::bounds::Bounds;

/// The deepest that any bounds can let lists and objects be nested: so many bits [`Scanner::skip`] has.
const DEEPEST: usize = 128;

/// A place in a JSON text. What goes far works on a copy, which the compiler keeps in registers.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'m> {
    text: &'m str,
    at: usize,
    /// How many lists and objects are open here.
    depth: usize,
    deepest: usize,
    /// Whether a line break was passed.
    pub(super) broken: bool,
}

impl<'m> Scanner<'m> {
    /// At the start of `text`, which stands inside of `depth` lists and objects.
    pub(super) fn new(text: &'m str, depth: usize, bounds: &Bounds) -> Self {
        Self { text, at: 0, depth, deepest: bounds.depth.min(DEEPEST), broken: false }
    }

    #[inline]
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Goes back to a place inside of the same lists and objects.
    #[inline]
    pub(super) fn go_back(&mut self, place: usize) {
        self.at = place;
    }

    /// The text from a place up to here.
    #[inline]
    pub(super) fn since(&self, place: usize) -> &'m str {
        self.text.get(place..self.at).unwrap_or_default()
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn rest(&self) -> &'m [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.eat(byte) { Ok(()) } else { Err(Malformed::Syntax) }
    }

    /// Goes past white space.
    #[inline]
    pub(super) fn space(&mut self) {
        if let Some(..=b' ') = self.peek() {
            let (end, broken) = space_end(self.text.as_bytes(), self.at);
            self.at = end;
            self.broken |= broken;
        }
    }

    /// Whether nothing but white space is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// Goes into a list or an object, past its bracket.
    #[inline]
    pub(super) fn open(&mut self, bracket: u8) -> Result<(), Malformed> {
        self.expect(bracket)?;
        if self.depth >= self.deepest {
            return Err(Malformed::TooDeep);
        }
        self.depth += 1;
        self.space();
        Ok(())
    }

    #[inline]
    fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.eat(bracket);
        self.depth -= usize::from(closes);
        closes
    }

    /// In an object: goes to the value of its next member, of which it gives the key, or past the end.
    #[inline]
    pub(super) fn next_member(&mut self, first: bool) -> Result<Option<Text<'m>>, Malformed> {
        if self.next_in(b'}', first)? { self.key().map(Some) } else { Ok(None) }
    }

    /// In a list: goes to its next item, or past the end. Says whether there is one.
    pub(super) fn next_item(&mut self, first: bool) -> Result<bool, Malformed> {
        self.next_in(b']', first)
    }

    #[inline]
    fn next_in(&mut self, close: u8, first: bool) -> Result<bool, Malformed> {
        self.space();
        if self.closes(close) {
            return Ok(false);
        }
        if !first {
            self.expect(b',')?;
            self.space();
        }
        Ok(true)
    }

    #[inline]
    fn key(&mut self) -> Result<Text<'m>, Malformed> {
        let key = self.string()?;
        self.space();
        self.expect(b':')?;
        self.space();
        Ok(key)
    }

    /// Goes past the value that begins here, whatever it is.
    ///
    /// It does not recurse: which of the open brackets are those of objects is kept as bits, the innermost lowest.
    pub(super) fn skip(&mut self) -> Result<(), Malformed> {
        let mut here = *self;
        here.skip_on()?;
        *self = here;
        Ok(())
    }

    #[inline]
    fn skip_on(&mut self) -> Result<(), Malformed> {
        let around = self.depth;
        let mut objects = 0_u128;
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.open(b'{')?;
                    if !self.closes(b'}') {
                        objects = objects << 1 | 1;
                        self.key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.open(b'[')?;
                    if !self.closes(b']') {
                        objects <<= 1;
                        continue;
                    }
                }
                _ => self.skip_scalar()?,
            }
            // A value has ended, and with it perhaps what it stands in.
            loop {
                if self.depth == around {
                    return Ok(());
                }
                self.space();
                let in_object = objects & 1 == 1;
                if self.eat(b',') {
                    self.space();
                    if in_object {
                        self.key()?;
                    }
                    break;
                }
                if !self.closes(if in_object { b'}' } else { b']' }) {
                    return Err(Malformed::Syntax);
                }
                objects >>= 1;
            }
        }
    }

    #[inline]
    fn skip_scalar(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            _ => self.word("null"),
        }
    }

    /// Goes past `word`. What may not follow it is found by whoever reads on.
    #[inline]
    pub(super) fn word(&mut self, word: &str) -> Result<(), Malformed> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(Malformed::Syntax);
        }
        self.at += word.len();
        Ok(())
    }

    /// The number that begins here, as it is written.
    #[inline]
    pub(super) fn number(&mut self) -> Result<&'m str, Malformed> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(self.since(start))
    }

    #[inline]
    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(Malformed::Syntax) }
    }

    /// The string that begins here.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Text<'m>, Malformed> {
        self.expect(b'"')?;
        let start = self.at;
        let (end, escaped) = string_end(self.text.as_bytes(), start).ok_or(Malformed::Syntax)?;
        self.at = end;
        let raw = self.since(start);
        self.at += 1;
        Ok(Text { raw, escaped })
    }
}

/// Where the white space at a place ends, and whether a line does in it.
fn space_end(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut broken = false;
    while let Some(byte @ (b' ' | b'\t' | b'\n' | b'\r')) = bytes.get(at) {
        broken |= matches!(byte, b'\n' | b'\r');
        at += 1;
    }
    (at, broken)
}

/// Where the string that has begun before `at` is closed, and whether there are escapes in it.
#[inline]
fn string_end(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let end = run_end(bytes, start);
    if bytes.get(end) == Some(&b'"') { Some((end, false)) } else { escaped_end(bytes, end) }
}

/// The same of a string whose first run ends at an escape, if it is sound.
fn escaped_end(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    loop {
        match bytes.get(at..)? {
            [b'"', ..] => return Some((at, true)),
            [b'\\', escape @ ..] => at += 1 + escape_length(escape)?,
            _ => return None,
        }
        at = run_end(bytes, at);
    }
}

/// How long an escape is, without its backslash; nothing where JSON has no such escape.
fn escape_length(escape: &[u8]) -> Option<usize> {
    match escape {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(1),
        [b'u', digits @ ..] => digits.first_chunk::<4>()?.iter().all(u8::is_ascii_hexdigit).then_some(5),
        _ => None,
    }
}

/// Where the first byte stands, from `at` on, that is a quote, a backslash or a control character; else the end.
#[inline]
fn run_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let stops = stops(u64::from_le_bytes(*word));
        if stops != 0 {
            return at + first_of(stops);
        }
        at += 8;
        if at == start + SHORT {
            at = blocks_end(bytes, at);
        }
    }
    last_run_end(bytes, at)
}

/// A string that is longer than this is worth looking at in blocks.
const SHORT: usize = 32;

/// Where the block begins that has the first stop, or that is not whole.
fn blocks_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk::<64>) {
        let (words, _) = block.as_chunks();
        if words.iter().fold(0, |all, word| all | stops(u64::from_le_bytes(*word))) != 0 {
            break;
        }
        at += block.len();
    }
    at
}

/// The same where fewer than eight bytes are left. What is missing of a word is zeros, which are control characters.
fn last_run_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let word = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    at + first_of(stops(word))
}

/// The place of the lowest bit, in bytes.
const fn first_of(stops: u64) -> usize {
    (stops.trailing_zeros() / 8) as usize
}

/// Eight bytes at once: the high bit is set of each byte that ends a plain run. A byte above the first such may be
/// marked falsely.
const fn stops(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    // With its second bit turned, a quote comes just after the control characters, and a space does not.
    let low = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    // A byte beyond ASCII is none of these, and its own high bit says so.
    (low | backslash) & !word & HIGHS
}
