//! The rule that one tool deserves, on the tool's page: what it changes, why, and the one step that takes it.

use std::sync::Arc;

use gatewright_core::recommend::Choice;
use gatewright_core::risk::Assessed;
use gatewright_core::tool::ToolDefinition;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use crate::model::recommending::{Proposal, for_tool};
use crate::panels::recommend::{change_view, fates_view, refused};
use crate::store::{Shared, Store};

/// The choice, the rule, and the button that takes it.
pub(super) fn recommended_rule(store: Store, name: String) -> AnyView {
    let choice = RwSignal::new(Choice::Balanced);
    let tool = name.clone();
    let offered = Memo::new(move |_| {
        let assessed = store.catalogue().with(|Shared(all)| all.tool(&tool).cloned());
        let assessed = assessed.unwrap_or_else(|| {
            let risk = store
                .inventory()
                .with(|inventory| store.catalogue().with(|Shared(all)| all.risk_of(&tool, inventory)));
            let tool = ToolDefinition { name: tool.clone(), ..ToolDefinition::default() };
            Assessed { tool, risk: (*risk).clone() }
        });
        store.document().with(|document| {
            for_tool(&assessed, choice.get(), document.text()).map(|offer| Shared(Arc::new(offer)))
        })
    });
    let take = move |_| {
        if let Ok(Shared(offer)) = offered.get_untracked() {
            let choice = choice.get_untracked().as_str();
            store.replace_text(format!("{}: recommended rule, {choice}", shown_name(&name)), &offer.text);
            store.announce("The rule is in the policy. Undo takes it out.");
        }
    };
    let brings =
        move || offered.with(|offered| matches!(offered, Ok(Shared(offer)) if !offer.diff.is_empty()));
    let options = Choice::ALL.map(|one| {
        view! { <option value=one.as_str() prop:selected=move || choice.get() == one>{one.title()}</option> }
    });
    let chosen = move |event| {
        if let Some(one) = Choice::from_word(&event_target_value(&event)) {
            choice.set(one);
        }
    };
    view! {
        <section>
            <h3>"Recommended rule"</h3>
            <p class="deeds">
                <label class="you-say">"How much an agent is let do " <select on:change=chosen>{options}</select></label>
                <button type="button" aria-disabled=move || (!brings()).to_string() on:click=take>"Use this rule"</button>
            </p>
            {move || offered.with(offer_view)}
        </section>
    }
    .into_any()
}

fn offer_view(offered: &Result<Shared<Proposal>, String>) -> AnyView {
    match offered {
        Err(why) => refused(why),
        Ok(Shared(offer)) => view! { {fates_view(&offer.fates)} {change_view(offer)} }.into_any(),
    }
}
