//! What an agent is told when a rule or a limit refuses: the author's message, and the answer as it arrives.

use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use super::{Editing, id_of};
use crate::components::{Draft, FieldKind, any_text, draft_field};
use crate::model::rules::advice::seen;
use crate::model::rules::gestures::set_optional_text;
use crate::platform::{clipboard, screen};

/// The message's field and what it leads to, folded away unless there is a message.
pub(super) fn told(
    editing: Editing,
    place: &Pointer,
    what: &str,
    message: Signal<Option<String>>,
) -> AnyView {
    let has_message = message.with_untracked(Option::is_some);
    let open = RwSignal::new(has_message);
    let at = place.clone();
    let field = place.key("on_deny");
    let write = {
        let what = what.to_owned();
        let field = field.clone();
        Callback::new(move |text: String| {
            editing.type_in(&field, &format!("{what}, message"), &|source| {
                set_optional_text(source, &field, &text)
            });
        })
    };
    let draft = Draft {
        id: id_of(&field, ""),
        label: format!("Message of {what}; empty for the usual one"),
        value: Signal::derive(move || message.get().unwrap_or_default()),
        check: any_text,
        kind: FieldKind::Lines,
        offers: None,
        on_change: write,
    };
    let input = draft_field(draft);
    view! {
        <details class="told" open=has_message on:toggle=move |event| open.set(screen::is_open(&event))>
            <summary>"What the agent is told"</summary>
            <p class="hint">"A message of your own, or nothing for the usual one:"</p>
            {input}
            {move || open.get().then(|| preview(editing, &at))}
        </details>
    }
    .into_any()
}

/// The answer that an agent reads, while the text is a policy.
fn preview(editing: Editing, place: &Pointer) -> AnyView {
    let is_valid = editing.store.is_valid();
    let found = editing.store.document().with(|document| document.good().and_then(|good| seen(good, place)));
    let Some(found) = found.filter(|_| is_valid) else {
        return view! { <p class="hint">"The answer is shown once the policy has no errors."</p> }.into_any();
    };
    let lead =
        if found.asks_first { "Where nobody can be asked, the agent sees:" } else { "The agent sees:" };
    let line = found.line;
    let copy = move |_| {
        clipboard::write(&line, move |copied| {
            if copied {
                editing.store.announce("Copied.");
            } else {
                editing.store.say("The browser did not let the text be copied.");
            }
        });
    };
    view! {
        <p class="hint">{lead}</p>
        <blockquote>{found.text}</blockquote>
        <button type="button" on:click=copy>"Copy what the agent sees"</button>
    }
    .into_any()
}
