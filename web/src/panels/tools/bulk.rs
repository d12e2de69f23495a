//! Several tools at once.

use gatewright_core::amend::ToolState;
use gatewright_core::amount::count;
use leptos::prelude::*;

use super::Listing;
use crate::model::tool_gestures::{STATES, add_limits};
use crate::platform::screen;

/// What can be set of several tools: rules of their own are each tool's own.
const OFFERED: [ToolState; 4] = [ToolState::Allow, ToolState::Deny, ToolState::Hide, ToolState::Approval];

/// The name in the page of the button that chooses all.
const CHOOSE: &str = "choose-tools";

/// The choice of tools, and, where some are chosen, what is done with them.
pub(super) fn bulk(listing: Listing) -> AnyView {
    let Listing { store, chosen, .. } = listing;
    let choose = move |_| {
        let all = untrack(|| {
            let rows = listing.rows.get();
            listing.matching.with(|matching| {
                let rows = matching.0.iter().filter_map(|number| rows.0.get(*number));
                rows.map(|row| row.name.clone()).collect::<Vec<_>>()
            })
        });
        let is_all = chosen.with_untracked(|chosen| !chosen.is_empty());
        chosen.set(if is_all { Vec::new() } else { all });
    };
    let some = Memo::new(move |_| chosen.with(Vec::len));
    let any_rows = Memo::new(move |_| listing.matching.with(|matching| !matching.0.is_empty()));
    let label = move || {
        if some.get() == 0 {
            "Choose all shown".to_owned()
        } else {
            format!("Clear {} chosen", count(some.get()))
        }
    };
    let max = RwSignal::new("10".to_owned());
    let window = RwSignal::new("minute".to_owned());
    let limit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Ok(most) = max.with_untracked(|max| max.trim().parse::<u64>()) else {
            return store.say("A limit is a whole number of calls.");
        };
        let tools = chosen.get_untracked();
        let window = window.get_untracked();
        let (limited, edits) = store
            .document()
            .with_untracked(|document| add_limits(&document.parsed().source, &tools, most, &window));
        store.amend(format!("{limited} tools: at most {most} calls per {window}"), edits);
        let left = tools.len() - limited;
        if left > 0 {
            let (tools, are) = if left == 1 { ("tool", "is") } else { ("tools", "are") };
            store.say(format!(
                "{left} {tools} got no limit: every call of what {are} denied or hidden is refused already."
            ));
        }
    };
    let actions = move || {
        (some.get() > 0).then(|| {
            let buttons: Vec<AnyView> = STATES
                .iter()
                .filter(|(state, ..)| OFFERED.contains(state))
                .map(|(state, word, ..)| {
                    let set = move |_| {
                        store.set_tools(&chosen.get_untracked(), *state);
                    };
                    view! { <button type="button" on:click=set>{*word}</button> }.into_any()
                })
                .collect();
            view! {
                <div class="bulk-actions" role="group" aria-label="Set the chosen tools">{buttons}</div>
                <form class="bulk-limit" on:submit=limit>
                    <span>"At most"</span>
                    <input
                        type="text"
                        inputmode="numeric"
                        aria-label="Calls"
                        prop:value=max
                        on:input=move |event| max.set(event_target_value(&event))
                    />
                    <span>"per"</span>
                    <select aria-label="Window" on:change=move |event| window.set(event_target_value(&event))>
                        <option value="minute">"minute"</option>
                        <option value="hour">"hour"</option>
                        <option value="day">"day"</option>
                    </select>
                    <button type="submit">"Add limit"</button>
                </form>
            }
            .into_any()
        })
    };
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && some.get_untracked() > 0 {
            chosen.set(Vec::new());
            screen::focus(CHOOSE);
        }
    };
    view! {
        <div class="bulk" on:keydown=escape>
            {move || {
                any_rows.get().then(|| view! { <button type="button" class="quiet" id=CHOOSE on:click=choose>{label}</button> })
            }}
            {actions}
        </div>
    }
    .into_any()
}
