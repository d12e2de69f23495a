//! Keeping the document on the page: what is known of what the browser holds, and when it is written.
//!
//! One document is on the page, and it is this tab's alone. It is saved a moment after each change; where another tab has
//! saved it meanwhile all the same, this tab's work becomes a document of its own. What nobody changed is not kept.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Store;
use crate::model::drafts::{self, Draft, SaveState, SnapshotEntry};
use crate::model::history::History;
use crate::model::workspace::{ALL, Workspace};
use crate::platform::keeping::{self, Event, ask, tell};
use crate::platform::{address, clock};

/// What is known of the documents in this browser.
pub(super) struct Kept {
    /// All of them, those that were deleted lately included.
    pub(super) drafts: RwSignal<Vec<Draft>>,
    /// Those that other tabs have open.
    pub(super) elsewhere: RwSignal<Vec<String>>,
    /// The one on the page; none before it is first saved.
    pub(super) current: RwSignal<Option<Draft>>,
    pub(super) state: RwSignal<SaveState>,
    /// The snapshots of the one on the page, the newest first.
    pub(super) snapshots: RwSignal<Vec<SnapshotEntry>>,
    /// A link that was made, or why it was not.
    pub(super) link: RwSignal<Option<Result<String, String>>>,
    /// The file of the document on the page, and the text that was last read from it or written to it.
    pub(super) file: RwSignal<Option<(String, String)>>,
    pub(super) update_is_ready: RwSignal<bool>,
    /// The work as it was opened or last saved.
    pub(super) work: StoredValue<String>,
    /// What the document on the page will be kept under, where it is not kept yet.
    pub(super) next_id: StoredValue<String>,
    /// Whether what changed was put on the page from outside, and is no change of anybody's.
    pub(super) put: StoredValue<bool>,
    timer: StoredValue<bool>,
    saving: StoredValue<bool>,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            drafts: RwSignal::default(),
            elsewhere: RwSignal::default(),
            current: RwSignal::default(),
            state: RwSignal::default(),
            snapshots: RwSignal::default(),
            link: RwSignal::default(),
            file: RwSignal::default(),
            update_is_ready: RwSignal::new(false),
            work: StoredValue::default(),
            next_id: StoredValue::default(),
            put: StoredValue::new(false),
            timer: StoredValue::new(false),
            saving: StoredValue::new(false),
        }
    }
}

/// What is kept.
impl Store {
    /// Every document of this browser, those that were deleted lately included.
    #[must_use]
    pub fn drafts(self) -> ReadSignal<Vec<Draft>> {
        self.kept.drafts.read_only()
    }

    /// The documents that other tabs have open.
    #[must_use]
    pub fn elsewhere(self) -> ReadSignal<Vec<String>> {
        self.kept.elsewhere.read_only()
    }

    /// The entry of the document on the page; none before it is first saved.
    #[must_use]
    pub fn current_draft(self) -> ReadSignal<Option<Draft>> {
        self.kept.current.read_only()
    }

    /// Whether what is on the page is kept.
    #[must_use]
    pub fn save_state(self) -> ReadSignal<SaveState> {
        self.kept.state.read_only()
    }

    /// The snapshots of the document on the page, the newest first.
    #[must_use]
    pub fn snapshots(self) -> ReadSignal<Vec<SnapshotEntry>> {
        self.kept.snapshots.read_only()
    }

    /// Whether a new version of the page waits.
    #[must_use]
    pub fn update_is_ready(self) -> ReadSignal<bool> {
        self.kept.update_is_ready.read_only()
    }
}

/// Keeping.
impl Store {
    /// Begins to keep: opens what a link holds, or else the document that was open last, and saves from then on.
    pub fn keep(self) {
        self.kept.work.set_value(untrack(|| self.workspace()).work_to_json(ALL));
        Effect::new(move |first: Option<()>| {
            self.name.track();
            self.tests.track();
            self.inventory.track();
            self.traffic.track();
            let text = self.document.with(|document| document.text().into());
            keeping::remember(drafts::policy_file(&self.name.get()), text);
            if first.is_some() && !self.kept.put.get_value() {
                self.save_soon();
            }
            self.kept.put.set_value(false);
        });
        keeping::say_failures();
        spawn_local(async move {
            match keeping::open(move |event| self.happened(event)).await {
                Ok(()) => self.open_first().await,
                Err(why) => self.kept.state.set(SaveState::Refused(why)),
            }
        });
    }

    fn happened(self, event: Event) {
        match event {
            Event::Drafts => spawn_local(self.list()),
            Event::Hide => self.hide(),
            Event::Update => self.kept.update_is_ready.set(true),
            Event::Updated => spawn_local(async move {
                self.save().await;
                tell("updates.reload", vec![]);
            }),
        }
    }

    /// Opens what a link holds, or else the document of last time.
    async fn open_first(self) {
        // What cannot be read of it is no reason to keep nothing else.
        let _ = ask("drafts.recover", vec![]).await;
        self.list().await;
        let forgotten = drafts::forgotten_before(clock::instant());
        tell("drafts.purge", vec![forgotten.as_millis().to_string()]);
        match self.open_link(&address::fragment()).await {
            Ok(true) => {}
            Ok(false) => self.open_own().await,
            Err(sentence) => {
                self.open_own().await;
                self.say(sentence);
            }
        }
    }

    /// Opens this tab's document, or else the one that was saved last.
    pub(super) async fn open_own(self) {
        let own = one("tabs.own", vec![]).await;
        let own_is_there = |own: &String| {
            self.kept.drafts.with_untracked(|drafts| {
                drafts.iter().any(|draft| draft.id == *own && draft.deleted.is_none())
            })
        };
        let own = own.filter(own_is_there);
        let last = self.kept.drafts.with_untracked(|drafts| {
            drafts.iter().find(|draft| draft.deleted.is_none()).map(|draft| draft.id.clone())
        });
        let Some(id) = own.clone().or(last) else { return };
        let name = self.name_of(&id);
        // Somebody was quicker than the storage: what they wrote meanwhile stays on the page.
        if self.kept.state.get_untracked() != SaveState::Untouched {
            return;
        }
        if one("tabs.opening", vec![]).await.as_deref() == Some(&id) {
            tell("tabs.opening", vec![String::new()]);
            self.say(format!(
                "The page stopped when it last opened {name}, so it does not open it by itself. It is among the documents."
            ));
        } else if self.hold(&id, own.is_some()).await {
            self.show_draft(&id).await;
        } else {
            self.say(format!(
                "{name} is open in another tab. What you change here becomes a document of its own."
            ));
        }
    }

    /// Lets the new version of the page take over. The page is loaded again when it has.
    pub fn use_update(self) {
        spawn_local(async move {
            self.save().await;
            tell("updates.use", vec![]);
        });
    }

    /// Saves within a moment. What is typed meanwhile goes along.
    fn save_soon(self) {
        if !matches!(self.kept.state.get_untracked(), SaveState::Refused(_)) {
            self.kept.state.set(SaveState::Pending);
        }
        if self.kept.timer.get_value() {
            return;
        }
        self.kept.timer.set_value(true);
        let save = move || {
            self.kept.timer.set_value(false);
            spawn_local(self.save());
        };
        set_timeout(save, std::time::Duration::from_millis(drafts::SAVE_AFTER));
    }

    /// Saves what is on the page, where it is not what is kept already.
    pub(super) async fn save(self) {
        if self.kept.saving.get_value() {
            self.save_soon();
            return;
        }
        self.kept.saving.set_value(true);
        self.write().await;
        self.kept.saving.set_value(false);
    }

    async fn write(self) {
        let Some((draft, work, json)) = self.unsaved() else {
            // A change that was taken back: what is kept is what is there.
            if self.kept.state.get_untracked() == SaveState::Pending {
                let current = self.kept.current.get_untracked();
                self.kept
                    .state
                    .set(current.map_or(SaveState::Untouched, |draft| SaveState::Saved(draft.saved)));
            }
            return;
        };
        if draft.revision == 0 {
            self.hold(&draft.id, false).await;
        }
        let history = self.history.with_untracked(History::to_kept_json);
        match ask("drafts.write", vec![draft.to_json(), json, history]).await {
            Ok(answer) if answer.first().is_some_and(|word| word == "saved") => {
                self.written(Draft { revision: draft.revision + 1, ..draft }, work).await;
            }
            Ok(_) => {
                self.say(format!(
                    "{} was changed in another tab. Your work here goes on as a document of its own; the other one is \
                     among the documents.",
                    draft.name
                ));
                self.kept.current.set(None);
                self.list().await;
                self.save_soon();
            }
            Err(why) => self.kept.state.set(SaveState::Refused(why)),
        }
    }

    /// What is not saved yet: its entry, the work alone, and all of it. None where all is kept, or nothing can be.
    fn unsaved(self) -> Option<(Draft, String, String)> {
        let workspace = untrack(|| self.workspace());
        let mut work = workspace.work_to_json(ALL);
        if self.kept.work.with_value(|kept| *kept == work) {
            return None;
        }
        let saved = clock::instant();
        let draft = if let Some(draft) = self.kept.current.get_untracked() {
            Draft { name: workspace.name.clone(), saved, ..draft }
        } else {
            let name = self.kept.drafts.with_untracked(|drafts| drafts::unused_name(&workspace.name, drafts));
            if name != workspace.name {
                self.kept.put.set_value(true);
                self.rename(name.clone());
                work = Workspace { name: name.clone(), ..workspace.clone() }.work_to_json(ALL);
            }
            let mut id = self.kept.next_id.get_value();
            if id.is_empty() {
                id = keeping::new_id()?;
                self.kept.next_id.set_value(id.clone());
            }
            Draft { id, name, saved, ..Draft::default() }
        };
        let json = Workspace::with_call(&work, workspace.call);
        Some((draft, work, json))
    }

    /// The page may be about to go: what is not saved is put aside at once, then saved as ever.
    fn hide(self) {
        if let Some((draft, _, json)) = self.unsaved() {
            let history = self.history.with_untracked(History::to_kept_json);
            keeping::put_aside(&draft.to_json(), &json, &history);
        }
        spawn_local(self.save());
    }

    /// Notes that a document was saved.
    async fn written(self, draft: Draft, work: String) {
        let is_new = self.kept.current.with_untracked(Option::is_none);
        let is_shared = self.kept.state.get_untracked() == SaveState::Shared || !address::link().is_empty();
        tell("tabs.own", vec![draft.id.clone()]);
        self.kept.state.set(SaveState::Saved(draft.saved));
        self.kept.work.set_value(work);
        let last = self.kept.snapshots.with_untracked(|snapshots| snapshots.first().map(|last| last.at));
        let now = draft.saved;
        if is_new && is_shared {
            self.leave_link();
            self.announce(format!("Kept as a document of your own: {}", draft.name));
        }
        self.kept.next_id.set_value(String::new());
        self.kept.current.set(Some(draft));
        if drafts::snapshot_is_due(last, now) {
            self.take_snapshot("").await;
        }
        tell("tabs.tell", vec![]);
        self.list().await;
    }

    /// Takes a snapshot of the document on the page.
    pub(super) async fn take_snapshot(self, why: &str) {
        self.take_snapshot_of(&untrack(|| self.workspace()), why).await;
    }

    /// Puts some work among the snapshots of the document on the page.
    pub(super) async fn take_snapshot_of(self, workspace: &Workspace, why: &str) {
        let Some(draft) = self.kept.current.get_untracked() else { return };
        let json = workspace.to_json(ALL);
        let at = clock::instant().as_millis().to_string();
        let kept = drafts::SNAPSHOTS_KEPT.to_string();
        // What was saved stays saved where a snapshot finds no room.
        if ask("drafts.take", vec![draft.id.clone(), at, why.to_owned(), json, kept]).await.is_ok() {
            self.list_snapshots(&draft.id).await;
        }
    }

    /// Holds a document for this tab, where no other has it.
    pub(super) async fn hold(self, id: &str, again: bool) -> bool {
        let mut texts = vec![id.to_owned()];
        if again {
            texts.push("again".to_owned());
        }
        one("tabs.hold", texts).await.as_deref() == Some("held")
    }

    /// Reads the list again.
    pub(super) async fn list(self) {
        match ask("drafts.list", vec![]).await {
            Ok(texts) => {
                let drafts = texts.first().map(|json| drafts::read_list(json)).unwrap_or_default();
                self.kept.drafts.set(drafts);
            }
            Err(why) => self.kept.state.set(SaveState::Refused(why)),
        }
        self.kept.elsewhere.set(ask("tabs.elsewhere", vec![]).await.unwrap_or_default());
    }

    pub(super) async fn list_snapshots(self, id: &str) {
        let json = one("drafts.snapshots", vec![id.to_owned()]).await.unwrap_or_default();
        self.kept.snapshots.set(drafts::read_snapshots(&json));
    }

    pub(super) fn name_of(self, id: &str) -> String {
        let found = self.kept.drafts.with_untracked(|drafts| {
            drafts.iter().find(|draft| draft.id == id).map(|draft| draft.name.clone())
        });
        found.unwrap_or_else(|| "The document".to_owned())
    }
}

/// The first text of an answer; none too where there is no answer.
pub(super) async fn one(what: &'static str, texts: Vec<String>) -> Option<String> {
    ask(what, texts).await.unwrap_or_default().into_iter().next()
}
