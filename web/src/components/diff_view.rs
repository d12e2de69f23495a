//! What changes between two texts, as people know it from patches.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::prose;
use crate::model::text_diff::{Hunk, Line, Side, TextDiff};

/// So many lines are shown; the rest is counted.
const MOST_LINES: usize = 400;

/// The hunks of a comparison. Additions and removals are told apart by a sign and a word as well as by colour.
pub fn diff_view(diff: &TextDiff) -> AnyView {
    noted_diff_view(diff, &BTreeMap::new())
}

/// The same, with a note under lines that come: by their numbers in the second text, from 1.
pub fn noted_diff_view(diff: &TextDiff, notes: &BTreeMap<usize, String>) -> AnyView {
    let mut left = MOST_LINES;
    let mut hunks = Vec::new();
    for Hunk { before, after, lines } in &diff.hunks {
        let shown = lines.get(..left.min(lines.len())).unwrap_or_default();
        left -= shown.len();
        if !shown.is_empty() {
            hunks.push(hunk_view(*before, *after, shown, notes));
        }
    }
    let all: usize = diff.hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let more = (all > MOST_LINES).then(|| {
        let more = format!("{} more lines are not shown.", all - MOST_LINES);
        view! { <p class="hint">{more}</p> }.into_any()
    });
    view! { <div class="diff" role="group" aria-label="Changed lines" tabindex="0">{hunks} {more}</div> }
        .into_any()
}

fn hunk_view(before: usize, after: usize, lines: &[Line], notes: &BTreeMap<usize, String>) -> AnyView {
    let (mut before, mut after) = (before, after);
    let mut rows = Vec::with_capacity(lines.len());
    for Line { side, text } in lines {
        let (class, sign, word, number) = match side {
            Side::Both => ("same", " ", "", after),
            Side::Removed => ("removed", "−", "removed: ", before),
            Side::Added => ("added", "+", "added: ", after),
        };
        let note = notes.get(&after).filter(|_| *side == Side::Added).cloned();
        before += usize::from(*side != Side::Added);
        after += usize::from(*side != Side::Removed);
        let text = text.clone();
        rows.push(
            view! {
                <li class=class>
                    <span class="number" aria-hidden="true">{number}</span>
                    <span class="sign" aria-hidden="true">{sign}</span>
                    <code><span class="visually-hidden">{word}</span>{text}</code>
                </li>
            }
            .into_any(),
        );
        rows.extend(note.map(|note| {
            view! { <li class="note"><span class="visually-hidden">"Why: "</span>{prose(&note)}</li> }
                .into_any()
        }));
    }
    view! { <ol class="hunk">{rows}</ol> }.into_any()
}
