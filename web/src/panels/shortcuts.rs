//! The keys that hold for the whole page.

use leptos::prelude::*;

use super::findings;
use crate::model::view::{Dialog, Pane};
use crate::platform::{keys, screen};
use crate::store::Store;

/// Listens to the keys, wherever the focus is, for as long as its owner lives.
pub fn listen(store: Store) {
    let listening = window_event_listener(leptos::ev::keydown, move |event| press(store, &event));
    on_cleanup(move || listening.remove());
}

/// Does what a key says; nothing while something stands in front of the page.
fn press(store: Store, event: &leptos::ev::KeyboardEvent) {
    if event.default_prevented() || event.alt_key() || store.dialog.with_untracked(Option::is_some) {
        return;
    }
    let command = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "F8" if !command => findings::walk(store, !event.shift_key()),
        "F6" if !command => next_pane(store, !event.shift_key()),
        "k" | "K" if command && !event.shift_key() => store.dialog.set(Some(Dialog::Palette)),
        "s" | "S" if command => store.save_file(event.shift_key()),
        "?" if !command && !keys::is_typing(event) => store.dialog.set(Some(Dialog::Shortcuts)),
        _ => return,
    }
    event.prevent_default();
}

/// Moves the focus to the part of the page that follows the one it is in, or to the one before.
pub fn next_pane(store: Store, forward: bool) {
    let panes = [(Pane::Tools, "tools"), (Pane::Policy, "policy"), (Pane::DryRun, "dry-run")];
    let here = panes.iter().position(|(_, id)| screen::has_focus(id));
    let next = match (here, forward) {
        (None, true) => 0,
        (None, false) => panes.len() - 1,
        (Some(here), true) => (here + 1) % panes.len(),
        (Some(here), false) => (here + panes.len() - 1) % panes.len(),
    };
    if let Some((pane, id)) = panes.get(next).copied() {
        store.look(|view| view.pane = pane);
        // A narrow screen shows the pane with the next frame; what is hidden takes no focus.
        request_animation_frame(move || screen::focus(id));
    }
}
