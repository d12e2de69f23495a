//! The policy in English. A sentence leads to the place that it speaks of.

use std::sync::Arc;

use gatewright_core::explain;
use gatewright_core::explain::Sentence;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use crate::model::view::Target;
use crate::store::{Shared, Store};

/// So many tools are told at once; of more, those whose name has the text that is looked for.
const MOST: usize = 200;

/// The policy in English, a sentence for each rule and limit.
#[component]
pub fn WordsPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let told = Memo::new(move |_| store.shown().with(|shown| Shared(Arc::new(explain(&shown.0.policy)))));
    let wanted = RwSignal::new(String::new());
    let copy = move |_| store.copy("the policy in words", &told.get_untracked().0.to_markdown());
    let many = Memo::new(move |_| told.with(|told| told.0.tools.len() > MOST));
    let search = move || {
        many.get().then(|| {
            view! {
                <label class="field">
                    <span>"Tools whose name has"</span>
                    <input type="search" on:input=move |event| wanted.set(event_target_value(&event)) />
                </label>
            }
        })
    };
    let sections = move || {
        let Shared(told) = told.get();
        let wanted = wanted.get().to_lowercase();
        let mut sections = Vec::new();
        let whole: Vec<&Sentence> = told.whole.iter().chain([&told.unlisted]).collect();
        sections.push(section(store, "Every tool".to_owned(), None, &whole));
        let mut found = told.tools.iter().filter(|tool| tool.tool.to_lowercase().contains(&wanted));
        for tool in found.by_ref().take(MOST) {
            let sentences: Vec<&Sentence> = tool.sentences.iter().collect();
            sections.push(section(store, shown_name(&tool.tool), Some(&tool.tool), &sentences));
        }
        let more = found.count();
        if more > 0 {
            let more = format!("{more} more tools. The copy has all of them.");
            sections.push(view! { <p class="hint">{more}</p> }.into_any());
        }
        sections
    };
    view! {
        <div class="words">
            <button type="button" id="copy-words" on:click=copy>"Copy as Markdown"</button>
            {search}
            {sections}
        </div>
    }
}

/// What is said of one tool, or of every one.
fn section(store: Store, heading: String, tool: Option<&str>, sentences: &[&Sentence]) -> AnyView {
    let target = tool.map(|tool| Target::Tool(tool.to_owned()));
    let here = move || {
        let is_here = target.as_ref().is_some_and(|target| store.view().with(|view| view.target == *target));
        is_here.then_some("true")
    };
    let sentences: Vec<AnyView> = sentences.iter().map(|sentence| sentence_button(store, sentence)).collect();
    view! {
        <section class="told" aria-current=here>
            <h3>{heading}</h3>
            <ul>{sentences}</ul>
        </section>
    }
    .into_any()
}

fn sentence_button(store: Store, sentence: &Sentence) -> AnyView {
    let pointer = sentence.pointer.clone();
    let text = sentence.text.clone();
    let here = {
        let pointer = pointer.clone();
        move || store.view().with(|view| view.place.as_ref() == Some(&pointer)).then_some("true")
    };
    view! {
        <li>
            <button type="button" class="sentence" aria-current=here on:click=move |_| store.show_place(&pointer)>
                {text}
            </button>
        </li>
    }
    .into_any()
}
