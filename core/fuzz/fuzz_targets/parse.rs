//! Any text is read: nothing panics, every finding stands in the text, and every repair fits it.

#![no_main]

use gatewright_core::diagnostic::{Diagnostic, Location, apply};
use gatewright_core::{compile, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = parse(text);
    assert_eq!(parsed.source.text(), text);
    assert!(parsed.diagnostics.is_sorted_by_key(|found| found.location.start));
    for found in &parsed.diagnostics {
        is_told_well(found, text);
    }
    match compile(&parsed) {
        Ok(_) => assert!(parsed.diagnostics.is_empty()),
        Err(findings) => {
            assert!(!findings.is_empty());
            findings.iter().for_each(|found| is_told_well(found, text));
        }
    }
});

fn is_told_well(found: &Diagnostic, text: &str) {
    assert!(!found.message.is_empty() && !found.message.contains('\n'), "{found}");
    stands_in(found.location, text);
    for related in &found.related {
        stands_in(related.location, text);
    }
    if let Some(fix) = &found.fix {
        let repaired = apply(text, &fix.edits);
        assert!(repaired.is_some_and(|repaired| repaired != text), "{found}");
    }
}

fn stands_in(location: Location, text: &str) {
    assert!(text.get(location.start..location.end).is_some(), "{location:?}");
    let before = &text[..location.start];
    assert_eq!(location.line, before.matches('\n').count() + 1);
    let visible = before.strip_prefix('\u{feff}').unwrap_or(before);
    let line = visible.rsplit('\n').next().unwrap_or(visible);
    assert_eq!(location.column, line.chars().count() + 1, "a byte order mark is no column");
}
