//! The stretch of memory through which `index.js` hands over what a call is judged by.
//!
//! Two parts. The *block* has 16 bytes for each path that the tool's rules name: a double, a kind, and a length. The
//! *bytes* hold the texts, one after the other; or one line of JSON-RPC. `slots.js` writes what is read here.

use core::str;

use gatewright_core::message::Malformed;
use gatewright_core::number::Number;
use gatewright_core::value::Argument;
use smallvec::SmallVec;

/// A slot's first word is its double, the second its kind in the low half and its length in the high half.
const WORDS_OF_A_SLOT: usize = 2;

/// The bytes that there is room for from the start: most calls need no more.
const FIRST_BYTES: usize = 16 << 10;

const MISSING: u32 = 0;
const NULL: u32 = 1;
const FALSE: u32 = 2;
const TRUE: u32 = 3;
const NUMBER: u32 = 4;
const TEXT: u32 = 5;
const LIST: u32 = 6;
const OBJECT: u32 = 7;

pub(crate) struct Area {
    block: Vec<u64>,
    bytes: Vec<u8>,
}

impl Area {
    /// Room for so many slots.
    pub(crate) fn new(slots: usize) -> Self {
        Self { block: vec![0; slots * WORDS_OF_A_SLOT], bytes: vec![0; FIRST_BYTES] }
    }

    pub(crate) fn block(&self) -> *const u64 {
        self.block.as_ptr()
    }

    pub(crate) fn bytes(&self) -> *const u8 {
        self.bytes.as_ptr()
    }

    pub(crate) const fn room(&self) -> usize {
        self.bytes.len()
    }

    /// Makes room for so many bytes.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        if bytes > self.bytes.len() {
            // What was there is not needed any more: nothing is copied.
            self.bytes = Vec::new();
            self.bytes = vec![0; bytes];
        }
    }

    /// The line of so many bytes.
    pub(crate) fn line(&self, length: usize) -> &[u8] {
        self.bytes.get(..length).unwrap_or_default()
    }

    /// The arguments in the first `count` slots.
    pub(crate) fn arguments(&self, count: usize) -> Result<SmallVec<[Argument<'_>; 8]>, Malformed> {
        let mut at = 0;
        let words = self.block.chunks_exact(WORDS_OF_A_SLOT).take(count);
        words
            .map(|words| {
                let &[double, meta] = words else { return Err(Malformed::NotJson) };
                let (kind, length) = (meta & 0xffff_ffff, meta >> 32);
                Ok(match u32::try_from(kind) {
                    Ok(MISSING) => Argument::Missing,
                    Ok(NULL) => Argument::Null,
                    Ok(FALSE) => Argument::Bool(false),
                    Ok(TRUE) => Argument::Bool(true),
                    Ok(NUMBER) => Argument::Number(number(f64::from_bits(double))?),
                    Ok(TEXT) => {
                        let end = at + usize::try_from(length).unwrap_or(usize::MAX - at);
                        let bytes = self.bytes.get(at..end).ok_or(Malformed::TooLong)?;
                        at = end;
                        Argument::Text(str::from_utf8(bytes).map_err(|_| Malformed::NotUtf8)?.into())
                    }
                    Ok(LIST) => Argument::List(None),
                    Ok(OBJECT) => Argument::Object(None),
                    _ => return Err(Malformed::NotJson),
                })
            })
            .collect()
    }
}

/// Whole numbers that a double tells apart go the short way.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_991.0;

#[expect(clippy::cast_possible_truncation, reason = "the number is whole and within 2^53")]
fn number(value: f64) -> Result<Number<'static>, Malformed> {
    if value.abs() <= LARGEST_WHOLE && value % 1.0 == 0.0 {
        return Ok(Number::from_i64(value as i64));
    }
    Number::from_f64(value).ok_or(Malformed::NotJson)
}
