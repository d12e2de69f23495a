//! A strict reader of JSON text that keeps nothing.
//!
//! It checks all of the grammar of RFC 8259, also of what is skipped, in one pass. Where it stands on a value is the
//! caller's business: it has no tree, and it makes no allocation.

#![expect(
    clippy::inline_always,
    reason = "a string's end goes through memory where the call is not inlined: a fifth of the time"
)]

use super::Malformed;
use super::text::Text;
use crate::bounds::Bounds;

/// The deepest that any bounds can let lists and objects be nested: so many bits [`Scanner::skip`] has.
const DEEPEST: usize = 128;

/// A place in a JSON text.
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

    /// Inside a list or an object: goes to what is next in it, or past its end. Says whether there is something.
    #[inline]
    pub(super) fn next_before(&mut self, close: u8, first: bool) -> Result<bool, Malformed> {
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

    /// The key that begins here; goes to its value.
    #[inline(always)]
    pub(super) fn key(&mut self) -> Result<Text<'m>, Malformed> {
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    #[inline]
    fn colon(&mut self) -> Result<(), Malformed> {
        self.space();
        self.expect(b':')?;
        self.space();
        Ok(())
    }

    fn skip_key(&mut self) -> Result<(), Malformed> {
        self.skip_string()?;
        self.colon()
    }

    /// Goes past the value that begins here, whatever it is.
    ///
    /// It does not recurse: which of the open brackets are those of objects is kept as bits, the innermost lowest.
    pub(super) fn skip(&mut self) -> Result<(), Malformed> {
        let around = self.depth;
        let mut objects = 0_u128;
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.open(b'{')?;
                    if !self.closes(b'}') {
                        objects = objects << 1 | 1;
                        self.skip_key()?;
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
                        self.skip_key()?;
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
            Some(b'"') => self.skip_string().map(drop),
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
        self.at = number_end(self.text.as_bytes(), start).ok_or(Malformed::Syntax)?;
        Ok(self.since(start))
    }

    /// The string that begins here.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Text<'m>, Malformed> {
        let start = self.at + 1;
        let escaped = self.skip_string()?;
        Ok(Text { raw: self.text.get(start..self.at - 1).unwrap_or_default(), escaped })
    }

    /// Goes past a string, and says whether there are escapes in it.
    #[inline(always)]
    fn skip_string(&mut self) -> Result<bool, Malformed> {
        self.expect(b'"')?;
        let (end, ending) = string_end(self.text.as_bytes(), self.at);
        self.at = end + 1;
        match ending {
            Ending::Plain => Ok(false),
            Ending::Escaped => Ok(true),
            Ending::Unsound => Err(Malformed::Syntax),
        }
    }
}

/// What a string is like, once its end is found.
enum Ending {
    Plain,
    Escaped,
    Unsound,
}

/// Where the closing quote stands of a string whose text begins at `start`.
#[inline(always)]
fn string_end(bytes: &[u8], start: usize) -> (usize, Ending) {
    let end = run_end(bytes, start);
    if bytes.get(end) == Some(&b'"') { (end, Ending::Plain) } else { escaped_end(bytes, end) }
}

/// The same of a string whose first run of plain bytes ends at `at`, without a quote.
#[inline(never)]
fn escaped_end(bytes: &[u8], mut at: usize) -> (usize, Ending) {
    loop {
        match bytes.get(at..) {
            Some([b'"', ..]) => return (at, Ending::Escaped),
            Some([b'\\', escape @ ..]) if let Some(length) = escape_length(escape) => at += 1 + length,
            _ => return (at, Ending::Unsound),
        }
        at = run_end(bytes, at);
    }
}

/// Where the number at a place ends; nothing where there is none.
fn number_end(bytes: &[u8], start: usize) -> Option<usize> {
    let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let mut at = start + usize::from(is(start, b'-'));
    at = if is(at, b'0') { at + 1 } else { digits_end(bytes, at)? };
    if is(at, b'.') {
        at = digits_end(bytes, at + 1)?;
    }
    if is(at, b'e') || is(at, b'E') {
        at += 1;
        at = digits_end(bytes, at + usize::from(is(at, b'+') || is(at, b'-')))?;
    }
    Some(at)
}

/// Where the digits at a place end, if there are any.
#[inline]
fn digits_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while let Some(b'0'..=b'9') = bytes.get(at) {
        at += 1;
    }
    (at > start).then_some(at)
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

/// How long an escape is, without its backslash; nothing where JSON has no such escape.
fn escape_length(escape: &[u8]) -> Option<usize> {
    match escape {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(1),
        [b'u', digits @ ..] => digits.first_chunk::<4>()?.iter().all(u8::is_ascii_hexdigit).then_some(5),
        _ => None,
    }
}

/// Where the first byte stands, from `at` on, that is a quote, a backslash or a control character; else the end.
#[inline(always)]
fn run_end(bytes: &[u8], at: usize) -> usize {
    match word_at(bytes, at).map(stops) {
        None => last_run_end(bytes, at),
        Some(0) => far_run_end(bytes, at + 8),
        Some(stops) => at + first_of(stops),
    }
}

/// The same of a run that goes beyond its first word: kept apart, so that the short way is short.
#[inline(never)]
fn far_run_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(word) = word_at(bytes, at) {
        let stops = stops(word);
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

#[inline]
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

/// A run that is longer than this is worth looking at in blocks.
const SHORT: usize = 32;

/// Where the block begins that has the first stop, or that is not whole.
#[inline(never)]
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
#[inline(never)]
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
