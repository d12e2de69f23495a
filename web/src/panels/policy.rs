//! The policy in its forms: as controls, as text, in words; and what is found in it.

use leptos::prelude::*;

use super::convert::Recognised;
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
    // Changing to a form that shows the text too keeps the editor, its caret and its place.
    let has_controls = Memo::new(move |_| tab.get().has_controls());
    let has_text = Memo::new(move |_| tab.get().has_text());
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
        <Recognised />
        {move || has_controls.get().then(|| view! { <RulesPanel /> })}
        {move || has_text.get().then(|| view! { <JsonPanel /> })}
        {move || (tab.get() == Tab::Words).then(|| view! { <WordsPanel /> })}
        <FindingsPanel />
    }
}
