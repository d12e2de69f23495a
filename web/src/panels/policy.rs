//! The policy in its forms: as controls, as text, in words; and what is found in it.

use leptos::prelude::*;

use super::findings::FindingsPanel;
use super::json::JsonPanel;
use super::rules::RulesPanel;
use super::words::WordsPanel;
use crate::model::view::Tab;
use crate::store::Store;

/// The labels of the forms.
const LABELS: [(Tab, &str); 4] =
    [(Tab::Visual, "Visual"), (Tab::Json, "JSON"), (Tab::Words, "In words"), (Tab::Split, "Split")];

/// The choice of a form, the form, and the findings.
#[component]
pub fn PolicyPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let tab = Memo::new(move |_| store.view().with(|view| view.tab));
    let choice = LABELS.map(|(this, label)| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="form"
                    prop:checked=move || tab.get() == this
                    on:change=move |_| store.show_tab(this)
                />
                <span>{label}</span>
            </label>
        }
    });
    view! {
        <h2 id="policy-title">"Policy"</h2>
        <div class="choices" role="radiogroup" aria-label="Form of the policy">{choice}</div>
        {move || tab.get().has_controls().then(|| view! { <RulesPanel /> })}
        {move || tab.get().has_text().then(|| view! { <JsonPanel /> })}
        {move || (tab.get() == Tab::Words).then(|| view! { <WordsPanel /> })}
        <FindingsPanel />
    }
}
