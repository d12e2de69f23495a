//! The model in signals, and its only writer.

use std::sync::Arc;

use gatewright_core::diagnostic::Fix;
use gatewright_core::pointer::Pointer;
use gatewright_core::scenario::Calls;
use leptos::prelude::*;

use crate::model::document::{Document, GoodVersion, utf16_range};
use crate::model::dry_run::{DryRun, Explained};
use crate::model::history::{History, Snapshot};
use crate::model::samples::{self, Sample};
use crate::model::traffic::{Log, Loop, Traffic};

/// The page's state. Everything that can be derived is.
#[derive(Clone, Copy)]
pub struct Store {
    document: RwSignal<Document>,
    traffic: RwSignal<Traffic>,
    history: RwSignal<History>,
    notice: RwSignal<Option<String>>,
    calls: Memo<Result<Shared<Calls>, String>>,
    run: Memo<Option<Shared<DryRun>>>,
    chosen: RwSignal<usize>,
    selected: Memo<usize>,
    explained: Memo<Option<Explained>>,
    /// The stretch of the text to select next, in UTF-16 code units.
    pub selection: RwSignal<Option<(u32, u32)>>,
}

/// A shared value that is equal to itself only: cheap to compare, whatever its size.
#[derive(Debug)]
pub struct Shared<T>(pub Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Store {
    /// The page as it opens: a policy for one tool, and an agent stuck in a loop.
    #[must_use]
    pub fn new() -> Self {
        let document = RwSignal::new(Document::new(samples::FIRST.text));
        let traffic = RwSignal::new(Traffic::Loop(Loop::of(samples::FIRST.tool)));
        let good = Memo::new(move |_| document.with(|document| document.good().cloned().map(Shared)));
        let calls = Memo::new(move |_| traffic.with(calls_of));
        // Without a good policy, or without calls, the last run stays.
        let run = Memo::new(move |last: Option<&Option<Shared<DryRun>>>| match (good.get(), calls.get()) {
            (Some(good), Ok(calls)) => Some(dry_run(good, calls)),
            _ => last.cloned().flatten(),
        });
        let chosen = RwSignal::new(run.with_untracked(|run| first_to_show(run.as_ref())));
        let selected = Memo::new(move |_| {
            let last = run.with(|run| run.as_ref().map_or(0, |run| run.0.run.len().saturating_sub(1)));
            chosen.get().min(last)
        });
        let explained = Memo::new(move |_| run.get()?.0.explain(selected.get()));
        let (history, notice) = (RwSignal::default(), RwSignal::new(None));
        let selection = RwSignal::new(None);
        Self { document, traffic, history, notice, calls, run, chosen, selected, explained, selection }
    }

    /// The policy's text and what is known of it.
    #[must_use]
    pub fn document(self) -> ReadSignal<Document> {
        self.document.read_only()
    }

    /// Where the calls come from.
    #[must_use]
    pub fn traffic(self) -> ReadSignal<Traffic> {
        self.traffic.read_only()
    }

    /// Why the last thing a person brought was not taken.
    #[must_use]
    pub fn notice(self) -> ReadSignal<Option<String>> {
        self.notice.read_only()
    }

    /// Why the composed calls are not run.
    #[must_use]
    pub fn calls_error(self) -> Option<String> {
        self.calls.get().err()
    }

    /// The last run.
    #[must_use]
    pub fn run(self) -> Option<Arc<DryRun>> {
        self.run.get().map(|shared| shared.0)
    }

    /// The call that is shown.
    #[must_use]
    pub fn selected(self) -> Memo<usize> {
        self.selected
    }

    /// Whether the text is the version that is being run.
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.document.with(|document| document.diagnostics().is_empty())
    }

    /// What can be undone and done again.
    #[must_use]
    pub fn history(self) -> ReadSignal<History> {
        self.history.read_only()
    }

    /// Everything about the call that is shown.
    #[must_use]
    pub fn explained(self) -> Option<Explained> {
        self.explained.get()
    }

    /// Takes what a person typed into the policy.
    pub fn typed(self, text: String) {
        self.document.update(|document| document.set_text(text));
    }

    /// Puts a sample in place of the policy, and makes a composed loop call its tool.
    pub fn load_sample(self, sample: Sample) {
        self.record(format!("Loaded the {} policy.", sample.tool));
        self.document.update(|document| document.set_text(sample.text.to_owned()));
        self.call_a_listed_tool();
    }

    /// Makes a repair.
    pub fn apply(self, fix: &Fix) {
        let edited = self.document.with_untracked(|document| document.edited(&fix.edits));
        let (Some(text), Some(edit)) = (edited, fix.edits.first()) else { return };
        self.record(format!("Repaired: {}.", fix.label));
        self.selection.set(Some(utf16_range(&text, &(edit.start..edit.start + edit.text.len()))));
        self.document.update(|document| document.set_text(text));
    }

    /// Goes back before the last change that was not typing.
    pub fn undo(self) {
        self.travel(History::undo);
    }

    /// Makes the last undone change again.
    pub fn redo(self) {
        self.travel(History::redo);
    }

    /// Changes the composed loop. The call that is shown stays, where it still exists.
    pub fn compose(self, change: impl FnOnce(&mut Loop)) {
        self.traffic.update(|traffic| {
            if let Traffic::Loop(composed) = traffic {
                change(composed);
            }
        });
    }

    /// Goes back from a log to the loop, on the first tool of the policy.
    pub fn back_to_loop(self) {
        self.record("Put the log away.".to_owned());
        self.set_traffic(Traffic::Loop(Loop::of(samples::FIRST.tool)));
        self.call_a_listed_tool();
    }

    /// Takes a text that a person pasted or dropped: a log, or else a policy.
    pub fn bring(self, name: String, text: &str) {
        self.notice.set(None);
        let log = Log::read(name, text);
        if log.calls.is_empty() && looks_like_policy(text) {
            self.record(format!("Opened {} as the policy.", log.name));
            self.document.update(|document| document.set_text(text.to_owned()));
            self.call_a_listed_tool();
        } else if log.calls.is_empty() {
            let why = log.unreadable.first();
            let why = why.map_or_else(String::new, |line| format!(" Line {}: {}.", line.line, line.reason));
            self.notice.set(Some(format!("No tool call in {}. {}{why}", log.name, log.report)));
        } else {
            self.record(format!("Opened {} as the calls to try.", log.name));
            self.set_traffic(Traffic::Log(Arc::new(log)));
        }
    }

    /// Says why something that a person brought was not taken.
    pub fn refuse(self, sentence: String) {
        self.notice.set(Some(sentence));
    }

    /// Shows a call.
    pub fn select(self, index: usize) {
        self.chosen.set(index);
    }

    /// Moves the editor's selection to a place of the policy that is being run.
    pub fn go_to(self, version: &GoodVersion, pointer: &Pointer) {
        if let Some(range) = version.range_of(pointer) {
            self.selection.set(Some(utf16_range(version.parsed.source.text(), &range)));
        }
    }

    fn set_traffic(self, traffic: Traffic) {
        self.notice.set(None);
        self.traffic.set(traffic);
        self.chosen.set(self.run.with_untracked(|run| first_to_show(run.as_ref())));
    }

    fn snapshot(self) -> Snapshot {
        let text = self.document.with_untracked(|document| document.text().to_owned());
        Snapshot { text, traffic: self.traffic.get_untracked() }
    }

    fn record(self, action: String) {
        let before = self.snapshot();
        self.history.update(|history| history.record(action, before));
    }

    fn travel(self, step: impl FnOnce(&mut History, Snapshot) -> Option<Snapshot>) {
        let now = self.snapshot();
        let mut reached = None;
        self.history.update(|history| reached = step(history, now));
        if let Some(Snapshot { text, traffic }) = reached {
            self.document.update(|document| document.set_text(text));
            self.set_traffic(traffic);
        }
    }

    /// Makes a composed loop call the first listed tool, where it calls one that the policy does not list.
    fn call_a_listed_tool(self) {
        let Traffic::Loop(composed) = self.traffic.get_untracked() else { return };
        let tool = self.document.with_untracked(|document| {
            let mut names = document.good()?.policy.tool_names().peekable();
            let first = names.peek().map(|name| (*name).to_owned());
            if names.any(|name| name == composed.tool) { None } else { first }
        });
        let tool = tool.unwrap_or_else(|| composed.tool.clone());
        self.set_traffic(Traffic::Loop(Loop { tool, ..composed }));
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

fn calls_of(traffic: &Traffic) -> Result<Shared<Calls>, String> {
    match traffic {
        Traffic::Loop(composed) => composed.calls().map(|calls| Shared(Arc::new(calls))),
        Traffic::Log(log) => Ok(Shared(Arc::clone(&log.calls))),
    }
}

fn dry_run(Shared(version): Shared<GoodVersion>, Shared(calls): Shared<Calls>) -> Shared<DryRun> {
    Shared(Arc::new(DryRun::new(version, calls)))
}

fn first_to_show(run: Option<&Shared<DryRun>>) -> usize {
    run.map_or(0, |run| run.0.first_to_show())
}

/// Whether a text is an object with a field that policies have.
fn looks_like_policy(text: &str) -> bool {
    let source = gatewright_core::source::Source::new(text);
    ["version", "default", "tools"].iter().any(|field| source.find(&Pointer::root().key(field)).is_some())
}
