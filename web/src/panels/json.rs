//! The policy as text: in an editor, or, until that is there and where a finger types, in a plain text area.

mod desk;
pub mod plain;

use std::rc::Rc;
use std::sync::Arc;

use gatewright_core::source::{Member, Value};
use leptos::html::{Div, Textarea};
use leptos::prelude::*;

use crate::model::document::Document;
use crate::model::places;
use crate::model::view::Target;
use crate::platform::{clipboard, screen, text_area};
use crate::store::Store;
use desk::{Desk, Seat};
use plain::PlainText;

/// The name of what is edited.
const LABEL: &str = "policy.json";

/// What the text is edited in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A text area.
    Plain,
    /// A text area, for want of the editor.
    Failed,
    /// The editor.
    Editor,
}

/// Where the caret is.
#[derive(Clone)]
struct Caret {
    line: usize,
    column: usize,
    pointer: String,
}

/// The text, and under it the place of the caret.
#[component]
pub fn JsonPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let (host, area) = (NodeRef::<Div>::new(), NodeRef::<Textarea>::new());
    let (caret, state) = (RwSignal::new(None), RwSignal::new(State::Plain));
    let desk = Desk::new(store, caret);
    let opened = Rc::downgrade(&desk);
    // A finger has more from a plain field: its own selection, its own zoom, its own keyboard.
    let is_touched = screen::media("(pointer: coarse)").get_untracked();
    Effect::new(move |_| {
        if host.get().is_some() && !is_touched {
            leptos::task::spawn_local(Desk::open(opened.clone(), host, area, state));
        }
    });
    let lines = Memo::new(move |_| selected_lines(store));
    let shown = Rc::downgrade(&desk);
    Effect::new(move |_| {
        let parsed = store.document().with(|document| Arc::clone(document.parsed()));
        let (findings, lines) = (store.findings().get(), lines.get());
        if let Some(desk) = shown.upgrade().filter(|_| state.get() == State::Editor) {
            desk.show(&parsed, findings, lines);
        }
    });
    let led = Rc::downgrade(&desk);
    Effect::new(move |_| {
        let (is_editor, field) = (state.get() == State::Editor, area.get());
        let Some(range) = store.selection.get().filter(|_| is_editor || field.is_some()) else { return };
        store.selection.set(None);
        let led = led.clone();
        // A narrow screen shows the pane with the next frame; what is hidden takes no focus.
        request_animation_frame(move || match (led.upgrade().filter(|_| is_editor), field) {
            (Some(desk), _) => desk.select(&range),
            (None, Some(field)) => {
                let units = |document: &Document| places::units_of(document.text(), &range);
                text_area::select(&field, store.document().with_untracked(units));
            }
            (None, None) => {}
        });
    });
    StoredValue::new_local(Seat(desk));
    view! {
        <div node_ref=host class="text-editor"></div>
        {move || (state.get() != State::Editor).then(|| view! { <PlainText area /> })}
        {move || (state.get() == State::Failed).then(|| view! { <p class="hint">"The editor could not be loaded: this is a plain text field."</p> })}
        {move || caret.get().map(|caret| caret_line(store, caret))}
    }
}

/// The line and column of the caret, and the pointer of the value that it is in.
fn caret_line(store: Store, Caret { line, column, pointer }: Caret) -> impl IntoView {
    let copied = pointer.clone();
    let copy = move |_| {
        clipboard::write(&copied, move |is_copied| {
            store.announce(if is_copied {
                "Pointer copied."
            } else {
                "The browser did not copy the pointer."
            });
        });
    };
    let pointer = (!pointer.is_empty()).then(|| {
        view! {
            <code>{pointer}</code>
            <button type="button" class="quiet" on:click=copy>"Copy pointer"</button>
        }
    });
    view! { <p class="caret"><span>{format!("Line {line}, column {column}")}</span> {pointer}</p> }
}

/// The lines of the tool that is looked at, where the text can be told apart.
fn selected_lines(store: Store) -> Option<(u32, u32)> {
    let target = store.view().with(|view| view.target.clone());
    let shown = store.shown().get().0;
    let root = &shown.source.root().value;
    let member = match &target {
        Target::Unlisted => member(root, "default"),
        Target::AllTools => member(root, "all_tools"),
        Target::Tool(name) => member(&member(root, "tools")?.node.value, name),
    };
    let member = member.filter(|_| store.is_editable())?;
    let line = |byte| u32::try_from(shown.source.location(&(byte..byte)).line).ok();
    Some((line(member.key_range.start)?, line(member.node.range.end)?))
}

fn member<'s>(object: &'s Value, key: &str) -> Option<&'s Member> {
    match object {
        Value::Object(members) => members.iter().find(|member| member.key == key),
        _ => None,
    }
}
