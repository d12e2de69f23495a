//! The states of a tool as a group of radio buttons, told apart by shape and word.

use gatewright_core::amend::ToolState;
use leptos::prelude::*;

use crate::model::tool_gestures::{STATES, state_word};
use crate::platform::screen;

/// One group.
pub struct StateChoice {
    /// The group's name in the page; no other may have it.
    pub group: String,
    /// What it is about, for assistive technology.
    pub label: String,
    /// The states that are offered.
    pub offered: &'static [ToolState],
    /// The state that is.
    pub state: ToolState,
    /// Whether words stand beside the shapes.
    pub in_words: bool,
    /// Whether Tab leads here.
    pub is_tab_stop: bool,
    /// Takes the choice, and tells whether it is so now.
    pub on_pick: Callback<ToolState, bool>,
}

/// The group as radio buttons. A choice that is refused leaves the button of the state that is.
#[must_use]
pub fn state_radios(choice: StateChoice) -> AnyView {
    let StateChoice { group, label, offered, state, in_words, is_tab_stop, on_pick } = choice;
    let tabindex = if is_tab_stop { "0" } else { "-1" };
    let is_offered = |(one, ..): &&(ToolState, &str, &str, char)| offered.contains(one);
    let radios: Vec<AnyView> = STATES
        .iter()
        .filter(is_offered)
        .map(|(one, word, shape, key)| {
            let (one, is) = (*one, *one == state);
            let title = format!("{word} ({key})");
            let word_class = if in_words { "" } else { "visually-hidden" };
            let picked = move |event: leptos::ev::Event| {
                if !on_pick.run(one) {
                    screen::check_in_group(&event, state_word(state));
                }
            };
            view! {
                <label class=format!("state {}", class_of(one)) title=title>
                    <input type="radio" name=group.clone() value=*word tabindex=tabindex prop:checked=is on:change=picked />
                    <span class="shape" aria-hidden="true">{*shape}</span>
                    <span class=word_class>{*word}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! { <div class="states" role="radiogroup" aria-label=label>{radios}</div> }.into_any()
}

/// The class of a state, for its colour.
#[must_use]
pub const fn class_of(state: ToolState) -> &'static str {
    match state {
        ToolState::Allow => "allow",
        ToolState::Deny => "deny",
        ToolState::Hide => "hide",
        ToolState::Approval => "approval",
        ToolState::Custom => "custom",
    }
}
