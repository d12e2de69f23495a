//! Work that comes and goes: links, files, and texts that were brought.
//!
//! A link and a file are opened beside one's own work, never over it.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::keeping::one;
use super::{Shared, Store};
use crate::model::call_list::CallList;
use crate::model::drafts::{self, SaveState};
use crate::model::dry_run::DryRun;
use crate::model::history::History;
use crate::model::inventory::Inventory;
use crate::model::share::{self, Fragment};
use crate::model::traffic::{Loop, Traffic};
use crate::model::workspace::{self, Parts, Workspace};
use crate::platform::keeping::{ask, tell};
use crate::platform::{address, clipboard};

/// So many calls are written in one task.
const WRITTEN_AT_ONCE: usize = 8_192;

/// What ends the name of a workspace's file.
const WORKSPACE_FILE: &str = ".gatewright.json";

/// Links.
impl Store {
    /// The link that was made last, or why it was not.
    #[must_use]
    pub fn link(self) -> ReadSignal<Option<Result<String, String>>> {
        self.kept.link.read_only()
    }

    /// Makes a link that holds the policy and the given parts.
    pub fn make_link(self, parts: Parts) {
        let json = untrack(|| self.workspace()).to_json(parts);
        self.kept.link.set(None);
        spawn_local(async move { self.kept.link.set(Some(packed(json).await)) });
    }

    /// Puts a link on the clipboard that opens all of the work at the selected call.
    pub fn copy_link(self) {
        let json = untrack(|| self.workspace()).to_json(workspace::ALL);
        spawn_local(async move {
            match packed(json).await {
                Ok(link) if link.len() > share::LONGEST => self.say(share::length_in_words(link.len())),
                Ok(link) => self.copy("the link", &link),
                Err(sentence) => self.say(sentence),
            }
        });
    }

    /// Opens the link that a fragment holds, beside one's own work. Whether it holds one, or why it was not opened.
    pub(super) async fn open_link(self, fragment: &str) -> Result<bool, String> {
        let code = match share::read(fragment.trim_start_matches('#')) {
            Fragment::Other => return Ok(false),
            Fragment::Refused(sentence) => return Err(sentence.to_owned()),
            Fragment::Link(code) => code.to_owned(),
        };
        let texts = vec![code.clone(), share::MOST_UNPACKED.to_string()];
        let unpacked = ask("links.unpack", texts).await.map_err(|why| why.of_a_link().to_owned())?;
        let workspace = Workspace::read(&unpacked.concat())?;
        self.put_away("Before a link was opened").await;
        address::stay_with(&share::fragment(&code));
        self.put_on_page(workspace, History::default());
        self.dialog.set(None);
        self.kept.state.set(SaveState::Shared);
        // A link may say what of it is looked at.
        if fragment.contains('&') {
            self.look_back(fragment);
        }
        address::replace(&self.view.with_untracked(|view| view.to_fragment(None)));
        Ok(true)
    }

    /// Takes the link out of the address; what is looked at stays.
    pub(super) fn leave_link(self) {
        if !address::link().is_empty() {
            address::stay_with("");
            address::replace(&self.view.with_untracked(|view| view.to_fragment(None)));
        }
    }

    /// Looks at what the address says as the page opens. A link is opened later, when there is what unpacks it.
    pub fn begin_at(self, fragment: &str) {
        if !fragment.is_empty() && share::read(fragment.trim_start_matches('#')) == Fragment::Other {
            self.look_back(fragment);
        }
    }

    /// Follows the address: to a link, or to what of the document is looked at.
    pub fn follow(self, fragment: String) {
        let link = match share::read(fragment.trim_start_matches('#')) {
            Fragment::Link(code) => code,
            Fragment::Refused(_) => "",
            Fragment::Other => return self.look_back(&fragment),
        };
        if !link.is_empty() && share::fragment(link) == address::link() {
            return self.look_back(&fragment);
        }
        spawn_local(async move {
            if let Err(sentence) = self.open_link(&fragment).await {
                self.say(sentence);
            }
        });
    }

    /// Keeps a copy of the shared document that is looked at.
    pub fn keep_copy(self) {
        self.kept.work.set_value(String::new());
        spawn_local(self.save());
    }

    /// Goes back from a shared document to one's own.
    pub fn leave_shared(self) {
        self.leave_link();
        self.kept.state.set(SaveState::Untouched);
        self.show_example();
        spawn_local(self.open_own());
    }
}

/// Files.
impl Store {
    /// The file of the document on the page, and whether it holds the text on the page.
    #[must_use]
    pub fn file(self) -> Option<(String, bool)> {
        let (name, text) = self.kept.file.get()?;
        let is_same = if name.ends_with(WORKSPACE_FILE) {
            self.workspace().to_json(workspace::ALL) == text
        } else {
            self.document.with(|document| document.text() == text)
        };
        Some((name, is_same))
    }

    /// Lets a person choose a file, and opens it as a document of its own.
    pub fn open_file(self) {
        spawn_local(async move {
            match ask("files.open", vec![]).await {
                Ok(texts) => {
                    let mut texts = texts.into_iter();
                    if let (Some(name), Some(text)) = (texts.next(), texts.next()) {
                        self.open_text(name, text).await;
                    }
                }
                Err(why) => self.say(why.of_a_file("")),
            }
        });
    }

    /// Opens a workspace that was brought, as a document of its own.
    pub fn open_brought_workspace(self, name: String, text: String) {
        spawn_local(self.open_text(name, text));
    }

    async fn open_text(self, name: String, text: String) {
        let workspace = if workspace::looks_like_one(&text) {
            match Workspace::read(&text) {
                Ok(workspace) => workspace,
                Err(sentence) => return self.say(format!("{name}: {sentence}")),
            }
        } else {
            Workspace {
                name: name.clone(),
                policy: text.clone(),
                inventory: Arc::new(Inventory::default()),
                traffic: Traffic::Loop(Loop::of("")),
                tests: Arc::from(""),
                call: usize::MAX,
            }
        };
        self.put_away("Before a file was opened").await;
        self.show_new(workspace);
        self.kept.work.set_value(String::new());
        self.save().await;
        if let Some(draft) = self.kept.current.get_untracked() {
            let _ = ask("files.take", vec![draft.id.clone()]).await;
            let file = one("files.ofDraft", vec![draft.id]).await;
            self.kept.file.set(file.map(|file| (file, text)));
        }
        self.announce(format!("Opened {name} as a document of its own"));
    }

    /// Saves the policy (or the workspace, where that was opened) to the document's file, or to one that is chosen.
    pub fn save_file(self, elsewhere: bool) {
        spawn_local(async move {
            self.save().await;
            let workspace = untrack(|| self.workspace());
            let id =
                self.kept.current.with_untracked(|current| current.as_ref().map(|draft| draft.id.clone()));
            let is_workspace = !elsewhere
                && self.kept.file.with_untracked(|file| {
                    file.as_ref().is_some_and(|(name, _)| name.ends_with(WORKSPACE_FILE))
                });
            let text =
                if is_workspace { workspace.to_json(workspace::ALL) } else { workspace.policy.clone() };
            let suggested = drafts::policy_file(&workspace.name);
            let mut texts = vec![id.unwrap_or_default(), suggested, text.clone()];
            if elsewhere {
                texts.push("elsewhere".to_owned());
            }
            match ask("files.save", texts).await {
                Ok(answer) => {
                    let mut answer = answer.into_iter();
                    let (word, name) = (answer.next(), answer.next().unwrap_or_default());
                    match word.as_deref() {
                        Some("saved") => {
                            self.kept.file.set(Some((name.clone(), text)));
                            self.announce(format!("Saved in {name}"));
                        }
                        Some("downloaded") => self.announce(format!("Downloaded {name}")),
                        Some(_) => self.say(format!(
                            "{name} was changed by another program since it was opened or saved here, so it was not \
                             written over. Save as another file, or open it again."
                        )),
                        None => {}
                    }
                }
                Err(why) => self.say(why.of_a_file("")),
            }
        });
    }

    /// Hands a text over as a file.
    pub fn download(self, name: &str, text: String) {
        tell("files.download", vec![name.to_owned(), text]);
        self.announce(format!("Downloaded {name}"));
    }

    /// Hands the listed calls over as a file, written a part in each task, so that the page goes on.
    pub fn download_calls(
        self,
        name: &'static str,
        head: &'static str,
        write: fn(&DryRun, &mut dyn Iterator<Item = usize>) -> String,
    ) {
        fn next(
            store: Store,
            name: &'static str,
            write: fn(&DryRun, &mut dyn Iterator<Item = usize>) -> String,
            run: Arc<DryRun>,
            list: Shared<CallList>,
            from: usize,
        ) {
            if from >= list.0.matched() {
                store.is_writing.set_value(false);
                return store.download(name, String::new());
            }
            let part = write(&run, &mut list.0.calls_from(from).take(WRITTEN_AT_ONCE));
            tell("files.write", vec![part]);
            let go_on = move || next(store, name, write, run, list, from + WRITTEN_AT_ONCE);
            set_timeout(go_on, Duration::ZERO);
        }
        let Some(run) = untrack(move || self.run()) else { return };
        // One at a time: parts of two files would become one.
        if self.is_writing.try_update_value(|is| std::mem::replace(is, true)).unwrap_or(true) {
            return;
        }
        let list = self.call_list().get_untracked();
        tell("files.write", vec![head.to_owned()]);
        next(self, name, write, run, list, 0);
    }

    /// Hands all of the work over as a file.
    pub fn download_workspace(self, parts: Parts) {
        let workspace = untrack(|| self.workspace());
        self.download(&drafts::file_name(&workspace.name, WORKSPACE_FILE), workspace.to_json(parts));
    }

    /// Puts a text on the clipboard. `what` names it.
    pub fn copy(self, what: &'static str, text: &str) {
        clipboard::write(text, move |is_copied| {
            if is_copied {
                self.announce(format!("Copied {what}"));
            } else {
                self.say("The browser did not let the page copy. Select the text and copy it by hand.");
            }
        });
    }
}

/// The link that holds a workspace's JSON.
///
/// # Errors
///
/// A sentence for people, where the browser cannot pack it.
async fn packed(json: String) -> Result<String, String> {
    match ask("links.pack", vec![json]).await {
        Ok(code) => Ok(format!("{}#{}", address::page(), share::fragment(&code.concat()))),
        Err(_) => Err("This browser cannot pack a link. Send the file instead.".to_owned()),
    }
}
