//! The policy's text as an editor shows it: without its byte order mark, with one kind of line end, and counted in lines
//! and UTF-16 code units. What is changed there becomes a splice of the bytes, so that neither the mark nor the line
//! ends of a file are lost on the way.

use std::ops::Range;

use super::splice::Splice;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A place in the text as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its line, from 1.
    pub line: u32,
    /// How many UTF-16 code units stand before it on its line.
    pub unit: u32,
}

/// A change of the text as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where what is replaced begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// What stands there afterwards.
    pub inserted: String,
}

/// The text as it is shown.
#[must_use]
pub fn shown(text: &str) -> String {
    text.trim_start_matches(BYTE_ORDER_MARK).replace("\r\n", "\n")
}

/// The place of a byte.
#[must_use]
pub fn place_of(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let on_line = before.get(start..).unwrap_or_default().trim_start_matches(BYTE_ORDER_MARK);
    // Between the two bytes of a line end there is no place.
    let on_line = if text.get(byte..).is_some_and(|rest| rest.starts_with('\n')) {
        on_line.strip_suffix('\r').unwrap_or(on_line)
    } else {
        on_line
    };
    Place { line: clamped(before.matches('\n').count() + 1), unit: clamped(on_line.encode_utf16().count()) }
}

/// The byte of a place; of one beyond its line or the text, the nearest.
#[must_use]
pub fn byte_of(text: &str, place: Place) -> usize {
    let line = usize::try_from(place.line).unwrap_or(usize::MAX);
    let start = match line.checked_sub(2) {
        None => text.len() - text.trim_start_matches(BYTE_ORDER_MARK).len(),
        Some(ends) => match text.match_indices('\n').nth(ends) {
            Some((end, _)) => end + 1,
            None => return text.len(),
        },
    };
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let is_last = line.len() == rest.len();
    let line = if is_last { line } else { line.strip_suffix('\r').unwrap_or(line) };
    let mut units = 0;
    for (at, letter) in line.char_indices() {
        if units >= place.unit {
            return start + at;
        }
        units += clamped(letter.len_utf16());
    }
    start + line.len()
}

/// The places of a stretch of bytes.
#[must_use]
pub fn places_of(text: &str, range: &Range<usize>) -> (Place, Place) {
    (place_of(text, range.start), place_of(text, range.end))
}

/// A change that was made where the text is shown, as one of the text itself. Lines that it adds end as the others do.
#[must_use]
pub fn splice_of(text: &str, patch: &Patch) -> Option<Splice> {
    let (start, end) = (byte_of(text, patch.from), byte_of(text, patch.to));
    let removed = text.get(start..end)?.to_owned();
    let ends_twice =
        text.find('\n').is_some_and(|end| text.get(..end).is_some_and(|line| line.ends_with('\r')));
    let inserted = if ends_twice { patch.inserted.replace('\n', "\r\n") } else { patch.inserted.clone() };
    (removed != inserted).then_some(Splice { start, removed, inserted })
}

/// The change that leads from one text to another, where both are shown.
#[must_use]
pub fn patch_between(before: &str, after: &str) -> Option<Patch> {
    let Splice { mut start, removed, inserted } = Splice::between(before, after)?;
    let (mut end, mut end_after) = (start + removed.len(), start + inserted.len());
    let follows = |text: &str, at: usize| text.get(at..).is_some_and(|rest| rest.starts_with('\n'));
    let is_cut = before.get(..start).is_some_and(|text| text.ends_with('\r'));
    if is_cut && (follows(before, start) || follows(after, start)) {
        start -= 1;
    }
    if follows(before, end) && follows(after, end_after) {
        (end, end_after) = (end + 1, end_after + 1);
    }
    let (from, to) = places_of(before, &(start..end));
    let inserted = after.get(start..end_after)?;
    let inserted = if start == 0 { inserted.trim_start_matches(BYTE_ORDER_MARK) } else { inserted };
    Some(Patch { from, to, inserted: inserted.replace("\r\n", "\n") })
}

/// The change that was made in a field that shows the whole text and tells no more than what stands in it now.
#[must_use]
pub fn retyped(text: &str, now: &str) -> Option<Splice> {
    let before = shown(text);
    let Splice { start, removed, inserted } = Splice::between(&before, now)?;
    let (from, to) = places_of(&before, &(start..start + removed.len()));
    splice_of(text, &Patch { from, to, inserted })
}

/// A stretch of bytes in a field that shows the whole text, in UTF-16 code units.
#[must_use]
pub fn units_of(text: &str, range: &Range<usize>) -> (u32, u32) {
    let before = |byte| clamped(shown(text.get(..byte).unwrap_or(text)).encode_utf16().count());
    (before(range.start), before(range.end))
}

/// The place in a field that shows the whole text behind so many UTF-16 code units.
#[must_use]
pub fn place_behind(shown: &str, units: u32) -> Place {
    let mut passed = 0;
    let is_before = |letter: &char| {
        let is_before = passed < units;
        passed += clamped(letter.len_utf16());
        is_before
    };
    let bytes = shown.chars().take_while(is_before).map(char::len_utf8).sum();
    place_of(shown, bytes)
}

fn clamped(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn place(line: u32, unit: u32) -> Place {
        Place { line, unit }
    }

    #[test]
    fn bytes_and_places_lead_to_each_other() {
        let text = "\u{feff}{\r\n  é😀x\n\r\n}";
        #[rustfmt::skip]
        let cases = [
            // byte  place          why
            (3,      place(1, 0),   "behind the byte order mark"),
            (4,      place(1, 1),   "before a line end of two bytes"),
            (6,      place(2, 0),   "the second line"),
            (10,     place(2, 3),   "behind a letter of two bytes"),
            (14,     place(2, 5),   "behind a letter of two code units"),
            (16,     place(3, 0),   "an empty line"),
            (18,     place(4, 0),   "the last line"),
            (19,     place(4, 1),   "the end"),
        ];
        for (byte, place, why) in cases {
            assert_eq!(place_of(text, byte), place, "{why}");
            assert_eq!(byte_of(text, place), byte, "{why}");
        }
        #[rustfmt::skip]
        let one_way = [
            (5,  place(1, 1), "between the two bytes of a line end there is no place"),
            (0,  place(1, 0), "before the byte order mark neither"),
        ];
        for (byte, place, why) in one_way {
            assert_eq!(place_of(text, byte), place, "{why}");
        }
        assert_eq!(byte_of(text, place(1, 99)), 4, "beyond its line");
        assert_eq!(byte_of(text, place(99, 0)), 19, "beyond the text");
        assert_eq!(byte_of(text, place(2, 4)), 14, "inside a letter: behind it");
    }

    #[test]
    fn a_field_counts_what_it_shows() {
        let text = "\u{feff}a\r\né😀b";
        assert_eq!(units_of(text, &(6..12)), (2, 5), "no byte order mark, and a line end is one unit");
        assert_eq!(place_behind(&shown(text), 5), place(2, 3));
        assert_eq!(place_behind("ab", 9), place(1, 2), "beyond the end");
    }

    #[test]
    fn typing_keeps_the_mark_and_the_line_ends() {
        let patch = |from, to, inserted: &str| Patch { from, to, inserted: inserted.to_owned() };
        #[rustfmt::skip]
        let cases = [
            // text             change                                      after                  why
            ("\u{feff}a\r\nb",  patch(place(1, 1), place(1, 1), "\nc"),      "\u{feff}a\r\nc\r\nb", "a new line ends as the others do"),
            ("a\r\nb\nc",       patch(place(2, 0), place(2, 1), "x"),        "a\r\nx\nc",           "what was not touched stays mixed"),
            ("a\r\nb",          patch(place(1, 1), place(2, 0), ""),         "ab",                  "a line end goes whole"),
            ("a\nb",            patch(place(1, 1), place(1, 1), "\n"),       "a\n\nb",              "one byte where there was one"),
            ("a",               patch(place(1, 1), place(1, 1), "\n"),       "a\n",                 "no line end to go by"),
            ("\u{feff}a",       patch(place(1, 0), place(1, 1), ""),         "\u{feff}",            "the mark stays though all is deleted"),
        ];
        for (text, change, after, why) in cases {
            assert_eq!(splice_of(text, &change).unwrap().applied(text).as_deref(), Some(after), "{why}");
        }
        assert_eq!(splice_of("ab", &patch(place(1, 0), place(1, 1), "a")), None, "nothing was changed");
    }

    /// What an editor shows after a change is what the changed text shows.
    #[test]
    fn a_patch_leads_from_what_was_shown_to_what_is() {
        let texts = [
            "",
            "a",
            "a\nb",
            "a\r\nb",
            "a\rb",
            "a\r\nb\r\nc",
            "a\nb\nc",
            "\u{feff}a\nb",
            "\u{feff}",
            "a\r\n\r\nb",
            "a\n\r\nb",
            "\r\n",
            "\n",
            "é😀",
            "é😁\r\nè",
            "b\r\n",
            "{\"max\": 10}\r\n",
        ];
        for before in texts {
            for after in texts {
                let lines = shown(before);
                let Some(patch) = patch_between(before, after) else {
                    assert_eq!(before, after);
                    continue;
                };
                let (start, end) = (byte_of(&lines, patch.from), byte_of(&lines, patch.to));
                let patched = [&lines[..start], &patch.inserted, &lines[end..]].concat();
                assert_eq!(patched, shown(after), "{before:?} to {after:?}: {patch:?}");
            }
        }
    }

    #[test]
    fn a_field_that_shows_everything_tells_what_was_changed() {
        let text = "\u{feff}{\r\n  \"max\": 10\r\n}";
        let now = shown(text).replace("10", "12").replace('}', "\n}");
        let after = retyped(text, &now).unwrap().applied(text);
        assert_eq!(after.as_deref(), Some("\u{feff}{\r\n  \"max\": 12\r\n\r\n}"));
        assert_eq!(retyped(text, &shown(text)), None);
    }
}
