//! What is looked at, and what is said: none of it is a step of the history.

use gatewright_core::Diagnostic;
use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use super::Store;
use crate::model::document::GoodVersion;
use crate::model::view::{Pane, Tab, Target, View};
use crate::platform::address;

/// What is looked at, and what is said.
impl Store {
    /// Says something that a person must know: why something was not taken.
    pub fn say(self, sentence: impl Into<String>) {
        self.notice.set(Some(sentence.into()));
    }

    /// Has something read out, and shown nowhere.
    pub fn announce(self, sentence: impl Into<String>) {
        self.announced.set(sentence.into());
    }

    /// Shows a call. The address then leads to it.
    pub fn select(self, index: usize) {
        self.chosen.set(index);
        address::replace_soon(self.view.with_untracked(|view| view.to_fragment(Some(index))));
    }

    /// Changes what is looked at. `Back` in the browser comes back from it.
    pub fn look(self, change: impl FnOnce(&mut View)) {
        let mut view = self.view.get_untracked();
        change(&mut view);
        if view != self.view.get_untracked() {
            address::go(&view.to_fragment(None));
            self.view.set(view);
        }
    }

    /// Looks at what an address says.
    pub fn look_back(self, fragment: &str) {
        let (view, call) = View::of_fragment(fragment);
        self.view.set(view);
        if let Some(call) = call {
            self.chosen.set(call);
        }
    }

    /// Looks at a tool, at all of them, or at those that are not listed.
    pub fn select_tool(self, target: Target) {
        self.look(|view| {
            view.target = target;
            view.place = None;
            view.pane = Pane::Policy;
            view.about = false;
        });
    }

    /// Puts a tool's own page in front, or away.
    pub fn look_closely(self, tool: Option<String>) {
        self.look(|view| {
            view.about = tool.is_some();
            if let Some(name) = tool {
                view.target = Target::Tool(name);
                view.place = None;
            }
        });
    }

    /// Shows the policy in some form.
    pub fn show_tab(self, tab: Tab) {
        self.look(|view| {
            view.tab = tab;
            view.pane = Pane::Policy;
        });
    }

    /// Shows a place of the policy: its tool, its rule, and its lines where the text is shown.
    pub fn show_place(self, pointer: &Pointer) {
        self.look(|view| {
            view.target = target_of(pointer, &view.target);
            view.place = Some(pointer.clone());
            view.pane = Pane::Policy;
        });
        let selected = self
            .document
            .with_untracked(|document| Some(document.parsed().source.find(pointer)?.range.clone()));
        if selected.is_some() {
            self.selection.set(selected);
        }
    }

    /// Shows where a finding is.
    pub fn show_finding(self, found: &Diagnostic) {
        self.show_place(&found.pointer);
        self.selection.set(Some(found.location.start..found.location.end));
    }

    /// Shows a place of the policy that is being run.
    pub fn go_to(self, version: &GoodVersion, pointer: &Pointer) {
        if version.range_of(pointer).is_some() {
            self.show_place(pointer);
        }
    }

    /// Begins with another document: looks at its first listed tool, where the one that is looked at is gone.
    pub(super) fn look_at_a_listed_tool(self) {
        self.touched.set(Vec::new());
        let first = self.shown.with_untracked(|shown| {
            let tools = &shown.0.policy.tools;
            let Target::Tool(name) = self.view.get_untracked().target else { return None };
            let is_there = tools.iter().any(|(listed, _)| *listed == name);
            (!is_there)
                .then(|| tools.first().map_or(Target::Unlisted, |(listed, _)| Target::Tool(listed.clone())))
        });
        if let Some(target) = first {
            self.view.update(|view| view.target = target);
        }
    }
}

/// What a place is about.
fn target_of(pointer: &Pointer, otherwise: &Target) -> Target {
    let mut tokens = pointer.tokens();
    match (tokens.next().as_deref(), tokens.next()) {
        (Some("tools"), Some(name)) => Target::Tool(name.into_owned()),
        (Some("all_tools"), _) => Target::AllTools,
        (Some("default"), _) => Target::Unlisted,
        _ => otherwise.clone(),
    }
}
