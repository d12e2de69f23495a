//! A text that a pattern matches, and one that slips through it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};

use crate::bounds::Bounds;
use crate::pattern::{Pattern, syntax};

/// The longest text that is made up.
const LONGEST: usize = 200;

/// The shortest text that a pattern matches, as near as can be told.
pub(crate) fn matching(pattern: &Pattern) -> Option<String> {
    let mut bytes = Vec::new();
    write(&syntax(pattern.as_str()).ok()?, &mut bytes)?;
    let text = String::from_utf8(bytes).ok()?;
    (pattern.is_found_in(&text) == Some(true)).then_some(text)
}

/// The pattern, tied down at both ends.
pub(super) fn anchored(pattern: &Pattern) -> String {
    let inner = pattern.as_str();
    let inner = inner.strip_prefix('^').unwrap_or(inner);
    let inner = match inner.strip_suffix('$') {
        Some(open) if !open.ends_with('\\') => open,
        _ => inner,
    };
    // Whatever stands between bars is an alternative of its own, anchors included.
    if pattern.as_str().contains('|') || inner.is_empty() {
        return format!("^(?:{})$", pattern.as_str());
    }
    format!("^{inner}$")
}

/// A text in which a pattern is found, and which is more than the pattern says.
pub(super) fn slipping(pattern: &Pattern) -> Option<String> {
    let whole = Pattern::new(&anchored(pattern), &Bounds::DEFAULT).ok()?;
    let text = matching(pattern)?;
    let around = ["x", "/x", ".x", " x", "; x", "\u{e9}"];
    let longer = around.iter().flat_map(|more| [format!("{text}{more}"), format!("{more}{text}")]);
    let slips =
        |text: &String| pattern.is_found_in(text) == Some(true) && whole.is_found_in(text) == Some(false);
    longer.into_iter().find(slips)
}

fn write(hir: &Hir, out: &mut Vec<u8>) -> Option<()> {
    if out.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.extend_from_slice(character(class)?.encode_utf8(&mut [0; 4]).as_bytes()),
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                write(&repetition.sub, out)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, out)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, out))?,
        HirKind::Alternation(parts) => write(parts.first()?, out)?,
    }
    Some(())
}

/// A character of a class: a plain one where there is one.
fn character(class: &Class) -> Option<char> {
    let has = |wanted: char| match class {
        Class::Unicode(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&wanted))
        }
        Class::Bytes(class) => {
            let within =
                |byte: u8| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte));
            u8::try_from(wanted).is_ok_and(within)
        }
    };
    let first = || match class {
        Class::Unicode(class) => class.ranges().first().map(ClassUnicodeRange::start),
        Class::Bytes(class) => class.ranges().first().map(|range| range.start().into()),
    };
    ['a', '0', 'A', 'z', '-', ' '].into_iter().find(|wanted| has(*wanted)).or_else(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_made_up_that_match_and_slip() {
        #[rustfmt::skip]
        let cases = [
            // pattern          matches           slips            why
            ("usd|eur",         Some("usd"),      Some("usdx"),    "an alternative, and more"),
            ("^(usd|eur)$",     Some("usd"),      None,            "tied down"),
            ("^(usd|eur)",      Some("usd"),      Some("usdx"),    "open at the end"),
            (r"\d{3}",          Some("000"),      Some("000x"),    "digits, and more"),
            ("[a-z]+",          Some("a"),        Some("a/x"),     "what it takes more of is no news"),
            (r"^\$5\.00$",      Some("$5.00"),    None,            "escaped signs"),
            (r"^5\$",           Some("5$"),       Some("5$x"),     "an escaped sign is no anchor"),
            ("^a|b$",           Some("a"),        Some("ax"),      "each alternative has one anchor"),
            ("a{300}",          None,             None,            "too long"),
            (r"\bcat\b",        Some("cat"),      Some("cat/x"),   "a word among others"),
        ];
        for (text, matches, slips, why) in cases {
            let pattern = Pattern::new(text, &Bounds::DEFAULT).unwrap();
            assert_eq!(matching(&pattern).as_deref(), matches, "{text}: {why}");
            assert_eq!(slipping(&pattern).as_deref(), slips, "{text}: {why}");
        }
    }
}
