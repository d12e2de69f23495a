//! The model in signals, and its only writer.

use std::ops::{Deref, Range};
use std::sync::Arc;

use gatewright_core::Parsed;
use gatewright_core::diagnostic::{Edit, Fix};
use gatewright_core::source::EditError;
use leptos::prelude::*;

use crate::model::catalogue::Catalogue;
use crate::model::compare::Other;
use crate::model::document::Document;
use crate::model::dry_run::{DryRun, Explained};
use crate::model::findings::{Finding, findings};
use crate::model::history::{Change, History, Step, TYPING};
use crate::model::inventory::Inventory;
use crate::model::samples::{self, Sample};
use crate::model::splice::Splice;
use crate::model::tool_gestures::LastSetting;
use crate::model::traffic::{Log, Loop, Traffic};
use crate::model::view::{Dialog, Target, View};
use crate::model::workspace::{self, Workspace};
use crate::platform::clock;

mod attacking;
mod branching;
mod composing;
mod converting;
mod documents;
mod exchange;
mod keeping;
mod learning;
mod listing;
mod looking;
mod reading;
mod running;
mod searching;
mod tools;

pub use attacking::{Of, attack_of};
pub use learning::Learning;
pub use reading::Reading;
pub use running::Progress;
pub use searching::{Search, Starts};

/// More bytes than these at once are pasted, not typed.
const MOST_TYPED: usize = 64;

/// The page's state, which lives as long as the page. Everything that can be derived is.
#[derive(Clone, Copy)]
pub struct Store(&'static State);

/// What the store holds.
pub struct State {
    name: RwSignal<String>,
    document: RwSignal<Document>,
    inventory: RwSignal<Arc<Inventory>>,
    catalogue: Memo<Shared<Catalogue>>,
    tests: RwSignal<Arc<str>>,
    traffic: RwSignal<Traffic>,
    history: RwSignal<History>,
    notice: RwSignal<Option<String>>,
    announced: RwSignal<String>,
    shown: Memo<Shared<Parsed>>,
    findings: Memo<Arc<Vec<Finding>>>,
    running: running::Running,
    chosen: RwSignal<usize>,
    selected: Memo<usize>,
    explained: Memo<Option<Explained>>,
    view: RwSignal<View>,
    listed: listing::Listed,
    is_writing: StoredValue<bool>,
    readings: reading::Readings,
    searches: searching::Searches,
    branching: branching::Branching,
    attacks: attacking::Attacks,
    converting: converting::Converting,
    lessons: learning::Lessons,
    kept: keeping::Kept,
    last_setting: StoredValue<Option<LastSetting>>,
    touched: RwSignal<Vec<String>>,
    /// What stands in front of the page.
    pub dialog: RwSignal<Option<Dialog>>,
    /// The version that the policy is compared with.
    pub compared: RwSignal<Option<Other>>,
    /// The finding that was gone to last, by its number from 0.
    pub finding: RwSignal<Option<usize>>,
    /// The bytes of the text to select next.
    pub selection: RwSignal<Option<Range<usize>>>,
    /// Whether texts in the arguments of a log are hashed as it is brought.
    pub redacts: RwSignal<bool>,
}

impl Deref for Store {
    type Target = State;

    fn deref(&self) -> &State {
        self.0
    }
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
        let name = RwSignal::new("policy.json".to_owned());
        let document = RwSignal::new(Document::new(samples::FIRST.text));
        let inventory = RwSignal::new(Arc::<Inventory>::default());
        let traffic = RwSignal::new(Traffic::Loop(Loop::of(samples::FIRST.tool)));
        let shown = Memo::new(move |_| document.with(|document| Shared(Arc::clone(document.shown()))));
        // Read once for each import, not for each edit.
        let definitions =
            Memo::new(move |_| Shared(Arc::new(inventory.with(|inventory| inventory.definitions()))));
        let catalogue =
            Memo::new(move |_| inventory.with(|inventory| Shared(Arc::new(Catalogue::of(inventory)))));
        let findings = Memo::new(move |_| {
            document.with(|document| definitions.with(|tools| Arc::new(findings(document, &tools.0))))
        });
        let good = Memo::new(move |_| document.with(|document| document.good().cloned().map(Shared)));
        let running = running::Running::new(traffic, good);
        let run = running.run;
        let chosen = RwSignal::new(run.with_untracked(|run| first_to_show(run.as_ref())));
        let selected = Memo::new(move |_| {
            let last = run.with(|run| run.as_ref().map_or(0, |run| run.0.run.len().saturating_sub(1)));
            chosen.get().min(last)
        });
        let explained = running::explained(run, selected);
        let listed = listing::Listed::new(run);
        let first = View { target: Target::Tool(samples::FIRST.tool.to_owned()), ..View::default() };
        Self(Box::leak(Box::new(State {
            name,
            document,
            inventory,
            catalogue,
            tests: RwSignal::new(Arc::from("")),
            traffic,
            history: RwSignal::default(),
            notice: RwSignal::new(None),
            announced: RwSignal::default(),
            shown,
            findings,
            running,
            chosen,
            selected,
            explained,
            view: RwSignal::new(first),
            last_setting: StoredValue::new(None),
            touched: RwSignal::new(Vec::new()),
            dialog: RwSignal::new(None),
            compared: RwSignal::new(None),
            finding: RwSignal::new(None),
            selection: RwSignal::new(None),
            redacts: RwSignal::new(false),
            branching: branching::Branching::new(run, listed.pinned()),
            attacks: attacking::Attacks::new(good, inventory, catalogue, traffic),
            converting: converting::Converting::new(name, document),
            lessons: learning::Lessons::new(),
            listed,
            is_writing: StoredValue::new(false),
            readings: reading::Readings::new(),
            searches: searching::Searches::new(),
            kept: keeping::Kept::new(),
        })))
    }
}

/// What there is to see.
impl Store {
    /// The document's name.
    #[must_use]
    pub fn name(self) -> ReadSignal<String> {
        self.name.read_only()
    }

    /// The policy's text and what is known of it.
    #[must_use]
    pub fn document(self) -> ReadSignal<Document> {
        self.document.read_only()
    }

    /// What controls show of the policy.
    #[must_use]
    pub fn shown(self) -> Memo<Shared<Parsed>> {
        self.shown
    }

    /// Whether controls may change the policy: its text has no syntax error.
    #[must_use]
    pub fn is_editable(self) -> bool {
        self.document.with(Document::is_editable)
    }

    /// Whether the text is the version that is being run.
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.document.with(|document| document.errors().is_empty())
    }

    /// Errors, or, where there are none, lints.
    #[must_use]
    pub fn findings(self) -> Memo<Arc<Vec<Finding>>> {
        self.findings
    }

    /// The imported tools.
    #[must_use]
    pub fn inventory(self) -> ReadSignal<Arc<Inventory>> {
        self.inventory.read_only()
    }

    /// The imported tools, each with its risk.
    #[must_use]
    pub fn catalogue(self) -> Memo<Shared<Catalogue>> {
        self.catalogue
    }

    /// The text of the policy's tests; empty where there are none.
    #[must_use]
    pub fn tests(self) -> ReadSignal<Arc<str>> {
        self.tests.read_only()
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

    /// What is read out next.
    #[must_use]
    pub fn announced(self) -> ReadSignal<String> {
        self.announced.read_only()
    }

    /// The call that is shown.
    #[must_use]
    pub fn selected(self) -> Memo<usize> {
        self.selected
    }

    /// Everything about the call that is shown.
    #[must_use]
    pub fn explained(self) -> Option<Explained> {
        self.explained.get()
    }

    /// What can be undone and done again.
    #[must_use]
    pub fn history(self) -> ReadSignal<History> {
        self.history.read_only()
    }

    /// What is looked at.
    #[must_use]
    pub fn view(self) -> ReadSignal<View> {
        self.view.read_only()
    }

    /// All of the work, as one value.
    #[must_use]
    pub fn workspace(self) -> Workspace {
        Workspace {
            name: self.name.get(),
            policy: self.document.with(|document| document.text().to_owned()),
            inventory: self.inventory.get(),
            traffic: self.traffic.get(),
            tests: self.tests.get(),
            call: self.selected.get(),
        }
    }
}

/// Changes of the work. Each is one step of the history.
impl Store {
    /// Makes some edits of the policy as one step. Where they cannot be made, says why.
    pub fn amend(self, label: impl Into<String>, edits: Result<Vec<Edit>, EditError>) {
        self.edit(label.into(), None, edits);
    }

    /// Makes some edits of the policy that belong to typing in a field: within a second they are one step.
    pub fn amend_typing(self, field: &str, label: impl Into<String>, edits: Result<Vec<Edit>, EditError>) {
        self.edit(label.into(), Some(field.to_owned()), edits);
    }

    /// Takes what was typed into the policy's text.
    pub fn typed(self, splice: Splice) {
        // What is pasted is a step of its own: going back over what is typed next does not take it along.
        let field = (splice.size() <= MOST_TYPED).then(|| "text".to_owned());
        self.make(TYPING.to_owned(), field, Change::of_text(splice));
    }

    /// Puts a text in place of the policy.
    pub fn replace_text(self, label: impl Into<String>, text: &str) {
        let splice = self.document.with_untracked(|document| Splice::between(document.text(), text));
        self.make(label.into(), None, Change { text: splice, ..Change::default() });
    }

    /// Makes a repair, and shows where.
    pub fn apply(self, fix: &Fix) {
        let before = self.document.with_untracked(|document| document.text().len());
        self.amend(format!("Fix: {}", fix.label), Ok(fix.edits.clone()));
        if let Some(edit) = fix.edits.first() {
            let selected = self.document.with_untracked(|document| {
                let fits = document.text().len() != before || edit.end - edit.start == edit.text.len();
                fits.then(|| edit.start..edit.start + edit.text.len())
            });
            self.selection.set(selected);
        }
    }

    /// Puts other tools in place of the imported ones.
    pub fn set_inventory(self, label: impl Into<String>, inventory: Inventory) {
        let swap = (self.inventory.get_untracked(), Arc::new(inventory));
        self.make(label.into(), None, Change { inventory: Some(swap), ..Change::default() });
    }

    /// Puts a text in place of the policy's tests.
    pub fn set_tests(self, label: impl Into<String>, text: &str) {
        let splice = Splice::between(&self.tests.get_untracked(), text);
        self.make(label.into(), None, Change { tests: splice, ..Change::default() });
    }

    /// Puts calls to try in place.
    pub fn play(self, label: impl Into<String>, traffic: Traffic) {
        self.make(label.into(), None, Change { traffic: Some(self.swap_of(traffic)), ..Change::default() });
    }

    /// Puts a sample in place of the policy, and makes a composed loop call its tool.
    pub fn load_sample(self, sample: Sample) {
        self.open_policy(format!("Loaded the {} policy.", sample.tool), sample.text);
    }

    /// Puts a policy in place, with a composed loop that calls one of its tools.
    pub fn open_policy(self, label: impl Into<String>, text: &str) {
        let document = Document::new(text);
        let splice = self.document.with_untracked(|before| Splice::between(before.text(), text));
        let traffic = called_tool(&document, &self.traffic.get_untracked());
        let traffic = traffic.map(|traffic| self.swap_of(traffic));
        self.make(label.into(), None, Change { text: splice, traffic, ..Change::default() });
        self.look_at_a_listed_tool();
    }

    /// Puts other work in place, as one step.
    pub fn open_workspace(self, label: impl Into<String>, workspace: Workspace) {
        let change = Change {
            text: self.document.with_untracked(|before| Splice::between(before.text(), &workspace.policy)),
            tests: Splice::between(&self.tests.get_untracked(), &workspace.tests),
            inventory: Some((self.inventory.get_untracked(), workspace.inventory)),
            traffic: Some(self.swap_of(workspace.traffic)),
        };
        self.name.set(workspace.name);
        self.make(label.into(), None, change);
        self.chosen.set(workspace.call);
        self.look_at_a_listed_tool();
    }

    /// Gives the document another name.
    pub fn rename(self, name: String) {
        self.name.set(name);
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
        let first = Traffic::Loop(Loop::of(samples::FIRST.tool));
        let traffic = self.document.with_untracked(|document| called_tool(document, &first)).unwrap_or(first);
        self.play("Back to the loop", traffic);
    }

    /// Takes a text that a person pasted or dropped: a log, a list of tools, or else a policy.
    pub fn bring(self, name: String, text: String) {
        self.notice.set(None);
        if workspace::looks_like_one(&text) && Workspace::read(&text).is_ok() {
            return self.open_brought_workspace(name, text);
        }
        if text.len() > reading::NEAR {
            return self.read_text(name, text);
        }
        let log = Log::read(name, text);
        if log.calls.is_empty() {
            self.bring_no_log(&log.name, &log.text, &log.report);
        } else {
            self.play_log(if self.redacts.get_untracked() { log.redacted() } else { log });
        }
    }

    /// Goes back over the last step.
    pub fn undo(self) {
        self.travel(History::undo);
    }

    /// Makes the last undone step again.
    pub fn redo(self) {
        self.travel(History::redo);
    }

    fn edit(self, label: String, field: Option<String>, edits: Result<Vec<Edit>, EditError>) {
        match edits {
            Ok(edits) => {
                let text = self.document.with_untracked(|document| Splice::of_edits(document.text(), &edits));
                self.make(label, field, Change { text, ..Change::default() });
            }
            Err(error) => self.say(format!("{label}: {error}.")),
        }
    }

    /// Makes a change and keeps the way back.
    fn make(self, label: String, field: Option<String>, change: Change) {
        if change.is_nothing() {
            return;
        }
        self.notice.set(None);
        self.history.update(|history| {
            history.record(Step { label, field, at: clock::now(), change: change.clone() });
        });
        self.put(change);
    }

    fn travel(self, step: impl FnOnce(&mut History) -> Option<Change>) {
        let mut change = None;
        self.history.update(|history| change = step(history));
        if let Some(change) = change {
            self.notice.set(None);
            self.put(change);
        }
    }

    fn put(self, change: Change) {
        if let Some(splice) = change.text {
            self.document.update(|document| {
                if let Some(text) = splice.applied(document.text()) {
                    document.set_text(&text);
                }
            });
        }
        if let Some(text) = change.tests.and_then(|splice| splice.applied(&self.tests.get_untracked())) {
            self.tests.set(Arc::from(text));
        }
        if let Some((_, inventory)) = change.inventory {
            self.inventory.set(inventory);
        }
        if let Some((_, traffic)) = change.traffic {
            self.traffic.set(traffic);
            self.choose_first();
        }
    }

    fn swap_of(self, traffic: Traffic) -> (Traffic, Traffic) {
        (self.traffic.get_untracked(), traffic)
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

fn first_to_show(run: Option<&Shared<DryRun>>) -> usize {
    run.map_or(0, |run| run.0.first_to_show())
}

/// A composed loop on the first listed tool, where it calls one that the policy does not list.
fn called_tool(document: &Document, traffic: &Traffic) -> Option<Traffic> {
    let Traffic::Loop(composed) = traffic else { return None };
    let mut names = document.good()?.policy.tool_names().peekable();
    let first = (*names.peek()?).to_owned();
    if names.any(|name| name == composed.tool) {
        return None;
    }
    Some(Traffic::Loop(Loop { tool: first, ..composed.clone() }))
}
