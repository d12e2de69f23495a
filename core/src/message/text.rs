//! A JSON string as it is written, and what it says.

use alloc::borrow::Cow;
use alloc::string::String;
use core::cmp::Ordering;

use super::Malformed;

/// What stands between the quotes of a JSON string whose grammar has been checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'m> {
    pub(super) raw: &'m str,
    /// Whether there is a backslash in it.
    pub(super) escaped: bool,
}

impl<'m> Text<'m> {
    /// The string that a JSON text is, where it is one.
    pub(super) fn quoted(json: &'m str) -> Option<Self> {
        let raw = json.strip_prefix('"')?.strip_suffix('"')?;
        Some(Self { raw, escaped: raw.contains('\\') })
    }

    /// What it says. Without escapes, that is a part of the message itself.
    #[inline]
    pub(super) fn read(self) -> Result<Cow<'m, str>, Malformed> {
        if self.escaped { self.unescaped().map(Cow::Owned) } else { Ok(Cow::Borrowed(self.raw)) }
    }

    #[inline(never)]
    fn unescaped(self) -> Result<String, Malformed> {
        let mut said = String::with_capacity(self.raw.len());
        let mut rest = self.raw;
        while let Some((run, escape)) = rest.split_once('\\') {
            said.push_str(run);
            let (character, after) = character(escape).ok_or(Malformed::LoneSurrogate)?;
            said.push(character);
            rest = after;
        }
        said.push_str(rest);
        Ok(said)
    }
}

/// The character of an escape without its backslash, and what follows; nothing where half a pair of surrogates stands
/// alone.
fn character(escape: &str) -> Option<(char, &str)> {
    let (letter, rest) = escape.split_at_checked(1)?;
    let character = match letter {
        "b" => '\u{8}',
        "f" => '\u{c}',
        "n" => '\n',
        "r" => '\r',
        "t" => '\t',
        "u" => return code_point(rest),
        plain => plain.chars().next()?,
    };
    Some((character, rest))
}

/// The character of four hexadecimal digits, or of a pair of surrogates.
fn code_point(digits: &str) -> Option<(char, &str)> {
    let (first, rest) = unit(digits)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(first)?, rest));
    }
    let (second, rest) = unit(rest.strip_prefix("\\u")?)?;
    let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + low)?, rest))
}

fn unit(digits: &str) -> Option<(u32, &str)> {
    let (digits, rest) = digits.split_at_checked(4)?;
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
}

/// Whether a reader that does not tell capitals from small letters takes `key` for `name`, which it is not.
///
/// Go's `encoding/json` is such a reader. It also takes `ſ` for `s` and the Kelvin sign for `k`. Other letters beyond
/// ASCII are compared as they are.
pub(super) fn is_twin(key: &str, name: &str) -> bool {
    // `ſ` and the Kelvin sign have more bytes than what they are taken for.
    match key.len().cmp(&name.len()) {
        Ordering::Less => false,
        Ordering::Equal => key.eq_ignore_ascii_case(name) && key != name,
        Ordering::Greater => !key.is_ascii() && key.chars().map(folded).eq(name.chars().map(folded)),
    }
}

fn folded(character: char) -> char {
    match character {
        'ſ' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    }
}
