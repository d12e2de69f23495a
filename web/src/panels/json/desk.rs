//! The editor in the page, and what it knows of the store.
//!
//! The editor shows the version of the text that is kept here. Where the store has another one, what differs is patched
//! in; where a person types, the store is told and the version kept here follows.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use gatewright_core::Parsed;
use gatewright_core::diagnostic::{Fix, Severity};
use leptos::html::{Div, Textarea};
use leptos::prelude::*;

use super::{Caret, LABEL, State};
use crate::model::completion::{complete, explain_at, pointer_at};
use crate::model::findings::Finding;
use crate::model::places::{self, Place};
use crate::platform::editor::{self, Answer, Editor, Event, Mark};
use crate::platform::text_area;
use crate::store::Store;

/// So many findings are marked in the text; the list beside it has them all.
const MOST_MARKS: usize = 500;

/// The editor, once it is there.
pub(super) struct Desk {
    store: Store,
    caret: RwSignal<Option<Caret>>,
    editor: RefCell<Option<Editor>>,
    known: RefCell<Known>,
}

/// What the editor shows.
#[derive(Default)]
struct Known {
    parsed: Option<Arc<Parsed>>,
    findings: Arc<Vec<Finding>>,
    lines: Option<(u32, u32)>,
}

/// Keeps a desk for as long as its panel is there.
pub(super) struct Seat(pub(super) Rc<Desk>);

impl Drop for Seat {
    fn drop(&mut self) {
        // The editor tells its last words to a desk that still stands.
        drop(self.0.editor.take());
    }
}

impl Desk {
    pub(super) fn new(store: Store, caret: RwSignal<Option<Caret>>) -> Rc<Self> {
        Rc::new(Self { store, caret, editor: RefCell::default(), known: RefCell::default() })
    }

    /// Loads the editor into an element, and takes the caret over from the text area that stands in for it.
    pub(super) async fn open(
        desk: Weak<Self>,
        host: NodeRef<Div>,
        area: NodeRef<Textarea>,
        state: RwSignal<State>,
    ) {
        let (told, asked) = (desk.clone(), desk.clone());
        let text = move || told.upgrade().map(|desk| desk.begin());
        let answer = move |event| asked.upgrade().map_or(Answer::Nothing, |desk| desk.answer(event));
        let Some(parent) = host.get_untracked() else { return };
        let editor = editor::open(parent.into(), LABEL, "findings", text, answer).await;
        // The panel may be gone by now.
        let Some(desk) = desk.upgrade() else { return };
        let Some(editor) = editor else { return state.set(State::Failed) };
        let selected = area.get_untracked().and_then(|area| text_area::selected(&area));
        if let Some((start, end)) = selected {
            let shown = desk.store.document().with_untracked(|document| places::shown(document.text()));
            editor.select(places::place_behind(&shown, start), places::place_behind(&shown, end));
        }
        desk.editor.replace(Some(editor));
        state.set(State::Editor);
    }

    /// The text to begin with.
    fn begin(&self) -> String {
        let parsed = self.current();
        let text = places::shown(parsed.source.text());
        self.known.replace(Known { parsed: Some(parsed), ..Known::default() });
        text
    }

    /// Shows what is not shown yet.
    pub(super) fn show(&self, parsed: &Arc<Parsed>, findings: Arc<Vec<Finding>>, lines: Option<(u32, u32)>) {
        let editor = self.editor.borrow();
        let (Some(editor), mut known) = (editor.as_ref(), self.known.borrow_mut()) else { return };
        if let Some(before) = known.parsed.replace(Arc::clone(parsed))
            && let Some(patch) = places::patch_between(before.source.text(), parsed.source.text())
        {
            editor.patch(&patch);
        }
        if !Arc::ptr_eq(&known.findings, &findings) {
            let text = parsed.source.text();
            editor.show_findings(findings.iter().take(MOST_MARKS).map(|found| mark(text, found)));
            known.findings = findings;
        }
        if known.lines != lines {
            editor.mark_lines(lines);
            known.lines = lines;
        }
    }

    /// Selects a stretch of the text.
    pub(super) fn select(&self, range: &std::ops::Range<usize>) {
        let (from, to) = places::places_of(self.current().source.text(), range);
        if let Some(editor) = &*self.editor.borrow() {
            editor.select(from, to);
        }
    }

    fn current(&self) -> Arc<Parsed> {
        self.store.document().with_untracked(|document| Arc::clone(document.parsed()))
    }

    fn answer(&self, event: Event) -> Answer {
        let parsed = self.current();
        let text = parsed.source.text();
        match event {
            Event::Typed(patch) => {
                let is_known =
                    self.known.borrow().parsed.as_ref().is_some_and(|known| Arc::ptr_eq(known, &parsed));
                if !is_known {
                    return Answer::Nothing;
                }
                if let Some(splice) = places::splice_of(text, &patch) {
                    self.store.typed(splice);
                    self.known.borrow_mut().parsed = Some(self.current());
                }
                return Answer::Taken;
            }
            Event::Moved(place) => {
                let byte = places::byte_of(text, place);
                let location = parsed.source.location(&(byte..byte));
                let pointer = pointer_at(text, byte).as_str().to_owned();
                self.caret.set(Some(Caret { line: location.line, column: location.column, pointer }));
            }
            Event::Undo => self.store.undo(),
            Event::Redo => self.store.redo(),
            Event::Complete(place) => return self.candidates(&parsed, place).unwrap_or(Answer::Nothing),
            Event::Explain(place) => return self.sentences(&parsed, place).unwrap_or(Answer::Nothing),
            Event::Repair(number) => {
                if let Some(fix) = self.fix(number) {
                    self.store.apply(&fix);
                }
            }
        }
        Answer::Nothing
    }

    fn candidates(&self, parsed: &Parsed, place: Place) -> Option<Answer> {
        let text = parsed.source.text();
        let inventory = self.store.inventory().get_untracked();
        let completion = complete(parsed, places::byte_of(text, place), &inventory)?;
        let (from, to) = places::places_of(text, &completion.range);
        let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        let candidates = completion.candidates.into_iter().map(|found| {
            let caret = units(found.text.get(..found.caret).unwrap_or_default());
            ([found.label, found.detail, found.about, found.text], caret)
        });
        Some(Answer::Candidates(from, to, candidates.collect()))
    }

    fn sentences(&self, parsed: &Parsed, place: Place) -> Option<Answer> {
        let text = parsed.source.text();
        let inventory = self.store.inventory().get_untracked();
        let said = explain_at(parsed, places::byte_of(text, place), &inventory)?;
        let (from, to) = places::places_of(text, &said.range);
        Some(Answer::Sentences(from, to, [vec![said.title], said.sentences].concat()))
    }

    /// The repair of a finding that is shown.
    fn fix(&self, number: usize) -> Option<Fix> {
        let known = self.known.borrow();
        known.findings.get(number)?.diagnostic.fix.clone()
    }
}

fn mark(text: &str, found: &Finding) -> Mark {
    let found = &found.diagnostic;
    let (from, to) = places::places_of(text, &(found.location.start..found.location.end));
    let help =
        found.help.as_ref().map(|help| format!("{help}{}", if help.ends_with('?') { "" } else { "." }));
    let fix = found.fix.as_ref().map(|fix| format!("Fix: {}", fix.label.replace('`', "")));
    let words = [format!("{}.", found.message), help.unwrap_or_default(), fix.unwrap_or_default()];
    Mark { from, to, is_error: found.code.severity() == Severity::Error, words }
}
