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

    /// Adds the arguments in the first `count` slots to `arguments`.
    pub(crate) fn read<'a>(
        &'a self,
        count: usize,
        arguments: &mut SmallVec<[Argument<'a>; 8]>,
    ) -> Result<(), Malformed> {
        let mut texts = self.bytes.as_slice();
        let (slots, _) = self.block.as_chunks::<WORDS_OF_A_SLOT>();
        for &[double, meta] in slots.iter().take(count) {
            // The kind is in the low half, the length in the high one.
            #[expect(clippy::cast_possible_truncation, reason = "two halves of one word")]
            let (kind, length) = (meta as u32, (meta >> 32) as usize);
            arguments.push(match kind {
                MISSING => Argument::Missing,
                NULL => Argument::Null,
                FALSE => Argument::Bool(false),
                TRUE => Argument::Bool(true),
                NUMBER => Argument::Number(number(f64::from_bits(double))?),
                TEXT => {
                    let (text, rest) = texts.split_at_checked(length).ok_or(Malformed::TooLong)?;
                    texts = rest;
                    Argument::Text(str::from_utf8(text).map_err(|_| Malformed::NotUtf8)?.into())
                }
                LIST => Argument::List(None),
                OBJECT => Argument::Object(None),
                _ => return Err(Malformed::NotJson),
            });
        }
        Ok(())
    }
}

/// Whole numbers that a double tells apart go the short way.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_991.0;

#[expect(clippy::cast_possible_truncation, reason = "the number is whole and within 2^53")]
fn number(value: f64) -> Result<Number<'static>, Malformed> {
    if value.abs() <= LARGEST_WHOLE && value.fract() == 0.0 {
        return Ok(Number::from_i64(value as i64));
    }
    Number::from_f64(value).ok_or(Malformed::NotJson)
}
