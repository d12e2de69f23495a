//! Texts in another language of policies: offered to be converted wherever a policy is brought, and never lost.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Shared, Store};
use crate::model::conversion::Brought;
use crate::model::document::Document;
use crate::model::history::Change;
use crate::model::splice::Splice;
use crate::model::traffic::{Staged, Traffic};
use crate::model::view::Dialog;
use crate::model::workspace::Workspace;

/// A text on the page that is longer is not looked at with each edit, in bytes.
const LONGEST: usize = 64 * 1024;

/// What was brought, and what stands on the page.
#[derive(Clone, Copy)]
pub(super) struct Converting {
    brought: RwSignal<Option<Shared<Brought>>>,
    in_text: Memo<Option<Shared<Brought>>>,
}

impl Converting {
    pub(super) fn new(name: RwSignal<String>, document: RwSignal<Document>) -> Self {
        let in_text = Memo::new(move |_| {
            document.with(|document| {
                let text = document.text();
                if document.errors().is_empty() || text.len() > LONGEST {
                    return None;
                }
                Some(Shared(Arc::new(Brought::of(&name.get_untracked(), text)?)))
            })
        });
        Self { brought: RwSignal::new(None), in_text }
    }
}

impl Store {
    /// The text that is offered to be converted.
    #[must_use]
    pub fn brought(self) -> ReadSignal<Option<Shared<Brought>>> {
        self.converting.brought.read_only()
    }

    /// The text on the page, where it is in another language.
    #[must_use]
    pub fn text_in_a_dialect(self) -> Memo<Option<Shared<Brought>>> {
        self.converting.in_text
    }

    /// Offers to convert a text.
    pub fn offer_conversion(self, brought: Brought) {
        self.converting.brought.set(Some(Shared(Arc::new(brought))));
        self.dialog.set(Some(Dialog::Convert));
    }

    /// Takes a text that a person brought as a policy: as it is, or, in another language, to be converted.
    pub fn bring_policy(self, name: &str, label: impl Into<String>, text: &str) {
        if let Some(brought) = Brought::of(name, text) {
            self.offer_conversion(brought);
        } else {
            self.open_policy(label, text);
            self.dialog.set(None);
        }
    }

    /// Puts a policy and calls to try in place, as one step.
    pub fn open_policy_with(self, label: impl Into<String>, text: &str, staged: Staged) {
        let change = Change {
            text: self.document.with_untracked(|before| Splice::between(before.text(), text)),
            traffic: Some(self.swap_of(Traffic::Scenario(Arc::new(staged)))),
            ..Change::default()
        };
        self.make(label.into(), None, change);
        self.look_at_a_listed_tool();
    }

    /// Keeps a text that was converted among the earlier versions of the document, where anybody who misses it looks.
    pub fn have_converted(self, brought: &Brought) {
        self.dialog.set(None);
        let why = format!("{} as it was brought", brought.name);
        let policy = brought.text.to_string();
        self.announce(format!(
            "Converted {}. The text as it was brought is among the earlier versions.",
            brought.name
        ));
        spawn_local(async move {
            self.save().await;
            let workspace = Workspace { policy, ..untrack(|| self.workspace()) };
            self.take_snapshot_of(&workspace, &why).await;
        });
    }
}
