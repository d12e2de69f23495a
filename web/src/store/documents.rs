//! Which document is on the page: opened, begun, deleted, brought back, put in place of by an earlier version of it.
//!
//! What is on the page is saved before anything else takes its place.

use std::sync::Arc;
use std::time::Duration;

use gatewright_core::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Store;
use super::keeping::one;
use crate::model::compare::Other;
use crate::model::document::Document;
use crate::model::drafts::{self, SaveState};
use crate::model::history::History;
use crate::model::samples;
use crate::model::traffic::{Loop, Traffic};
use crate::model::view::Dialog;
use crate::model::workspace::{ALL, Workspace};
use crate::platform::clock;
use crate::platform::keeping::{ask, tell};

/// What a person does with documents.
impl Store {
    /// Opens one of the documents in place of that on the page, which is saved first.
    pub fn open_draft(self, id: String) {
        spawn_local(async move {
            if self.kept.current.with_untracked(|current| current.as_ref().is_some_and(|now| now.id == id)) {
                return;
            }
            if self.hold(&id, false).await {
                self.put_away("Before another document was opened").await;
                self.show_draft(&id).await;
            } else {
                self.say(format!("{} is open in another tab. Close it there first.", self.name_of(&id)));
                self.list().await;
            }
        });
    }

    /// Begins a new document: a policy that denies every tool.
    pub fn new_document(self) {
        spawn_local(async move {
            self.put_away("Before a new document was begun").await;
            let name = self.kept.drafts.with_untracked(|drafts| drafts::unused_name("policy.json", drafts));
            self.show_new(Workspace {
                name,
                policy: samples::EMPTY.to_owned(),
                inventory: Arc::default(),
                traffic: Traffic::Loop(Loop::of(samples::FIRST.tool)),
                tests: Arc::from(""),
                call: 0,
            });
            self.announce("A new document.");
        });
    }

    /// Deletes a document. For 30 days it can be brought back.
    pub fn delete_draft(self, id: String) {
        spawn_local(async move {
            let is_current =
                self.kept.current.with_untracked(|current| current.as_ref().is_some_and(|now| now.id == id));
            if is_current {
                self.save().await;
            } else if !self.hold(&id, false).await {
                self.say(format!("{} is open in another tab. Close it there first.", self.name_of(&id)));
                return;
            }
            let name = self.name_of(&id);
            let now = clock::instant().as_millis().to_string();
            if let Err(why) = ask("drafts.mark", vec![id.clone(), now]).await {
                self.say(why.of_keeping());
                return;
            }
            tell("tabs.release", vec![id]);
            tell("tabs.tell", vec![]);
            self.list().await;
            if is_current {
                self.kept.current.set(None);
                let next = self.kept.drafts.with_untracked(|drafts| {
                    drafts.iter().find(|draft| draft.deleted.is_none()).map(|draft| draft.id.clone())
                });
                match next {
                    Some(next) if self.hold(&next, false).await => self.show_draft(&next).await,
                    _ => self.show_example(),
                }
            }
            self.announce(format!("Deleted {name}. It can be brought back for 30 days."));
        });
    }

    /// Brings a deleted document back to the list.
    pub fn bring_back(self, id: String) {
        spawn_local(async move {
            let name = self.name_of(&id);
            if let Err(why) = ask("drafts.mark", vec![id]).await {
                self.say(why.of_keeping());
                return;
            }
            tell("tabs.tell", vec![]);
            self.list().await;
            self.announce(format!("Brought {name} back."));
        });
    }

    /// Puts a snapshot in place of the document on the page, as a step that can be undone.
    pub fn restore_snapshot(self, at: Timestamp) {
        spawn_local(async move {
            let Some(workspace) = self.snapshot(at).await else { return };
            self.take_snapshot("Before an earlier version was restored").await;
            let name = self.name.get_untracked();
            let label = format!("Restore the version of {}", drafts::when(at, clock::instant()));
            self.open_workspace(label, Workspace { name, ..workspace });
        });
    }

    /// Puts the policy of a snapshot where it can be compared with that on the page.
    pub fn compare_snapshot(self, at: Timestamp) {
        spawn_local(async move {
            if let Some(workspace) = self.snapshot(at).await {
                let name = format!("the version of {}", drafts::when(at, clock::instant()));
                self.compared.set(Some(Other { name, text: workspace.policy.into() }));
                self.dialog.set(Some(Dialog::Compare));
            }
        });
    }

    async fn snapshot(self, at: Timestamp) -> Option<Workspace> {
        let id =
            self.kept.current.with_untracked(|current| current.as_ref().map(|draft| draft.id.clone()))?;
        let json = one("drafts.snapshot", vec![id, at.as_millis().to_string()]).await?;
        Workspace::read(&json).map_err(|sentence| self.say(sentence)).ok()
    }
}

/// How a document comes to the page and leaves it.
impl Store {
    /// Saves the document on the page and lets go of it.
    pub(super) async fn put_away(self, why: &str) {
        self.save().await;
        self.take_snapshot(why).await;
        if let Some(draft) = self.kept.current.get_untracked() {
            tell("tabs.release", vec![draft.id]);
        }
        self.kept.current.set(None);
        self.kept.snapshots.set(Vec::new());
        self.kept.file.set(None);
        self.leave_link();
    }

    /// Shows a document that this tab holds.
    pub(super) async fn show_draft(self, id: &str) {
        let Some(draft) = self.kept.drafts.with_untracked(|all| all.iter().find(|one| one.id == id).cloned())
        else {
            return;
        };
        let read = match ask("drafts.read", vec![id.to_owned()]).await {
            Ok(texts) => texts,
            Err(why) => return self.say(why.of_keeping()),
        };
        let workspace =
            read.first().map_or_else(|| Err("its text is gone".to_owned()), |json| Workspace::read(json));
        let mut workspace = match workspace {
            Ok(workspace) => workspace,
            Err(sentence) => {
                tell("tabs.release", vec![id.to_owned()]);
                return self.say(format!("{} cannot be opened: {sentence}", draft.name));
            }
        };
        workspace.name.clone_from(&draft.name);
        let history = read.get(1).map(|json| History::of_kept_json(json)).unwrap_or_default();
        // Should opening it stop the page, the next visit does not open it by itself.
        tell("tabs.opening", vec![id.to_owned()]);
        set_timeout(|| tell("tabs.opening", vec![String::new()]), Duration::from_secs(1));
        tell("tabs.own", vec![id.to_owned()]);
        self.put_on_page(workspace, history);
        self.kept.state.set(SaveState::Saved(draft.saved));
        self.announce(format!("Opened {}", draft.name));
        self.kept.current.set(Some(draft));
        self.list_snapshots(id).await;
        let file = one("files.ofDraft", vec![id.to_owned()]).await;
        self.kept.file.set(file.map(|name| (name, String::new())));
    }

    /// Shows work that is not kept yet.
    pub(super) fn show_new(self, workspace: Workspace) {
        self.put_on_page(workspace, History::default());
        self.kept.state.set(SaveState::Untouched);
    }

    /// Shows what the page opens with.
    pub(super) fn show_example(self) {
        let workspace = Workspace {
            name: "policy.json".to_owned(),
            policy: samples::FIRST.text.to_owned(),
            inventory: Arc::default(),
            traffic: Traffic::Loop(Loop::of(samples::FIRST.tool)),
            tests: Arc::from(""),
            call: usize::MAX,
        };
        self.show_new(workspace);
    }

    /// Puts all of a document on the page at once.
    pub(super) fn put_on_page(self, workspace: Workspace, history: History) {
        let Workspace { name, policy, inventory, mut traffic, tests, call } = workspace;
        let document = Document::new(&policy);
        if matches!(&traffic, Traffic::Loop(stuck) if stuck.tool.is_empty()) {
            let first = Traffic::Loop(Loop::of(samples::FIRST.tool));
            traffic = super::called_tool(&document, &first).unwrap_or(first);
        }
        self.kept.put.set_value(true);
        self.notice.set(None);
        self.name.set(name);
        self.document.set(document);
        self.inventory.set(inventory);
        self.tests.set(tests);
        self.traffic.set(traffic);
        self.history.set(history);
        if call == usize::MAX {
            self.choose_first();
        } else {
            self.chosen.set(call);
        }
        self.look_at_a_listed_tool();
        self.kept.work.set_value(untrack(|| self.workspace()).work_to_json(ALL));
        self.kept.next_id.set_value(String::new());
    }
}
