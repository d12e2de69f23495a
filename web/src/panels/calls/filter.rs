//! Which calls the table lists: by decision, by rule, by a part of a name.

use gatewright_core::Decision;
use gatewright_core::amount::count;
use gatewright_core::simulate::Summary;
use leptos::prelude::*;

use crate::model::call_list::Filter;
use crate::store::Store;

/// What each decision is called, as a part of the run.
const DECISIONS: [(Decision, &str); 4] = [
    (Decision::Allow, "Allowed"),
    (Decision::Deny, "Denied"),
    (Decision::Approval, "Needs approval"),
    (Decision::Unknown, "Unknown"),
];

/// The filter.
#[component]
pub fn FilterBar() -> impl IntoView {
    let store = expect_context::<Store>();
    let filter = store.call_filter();
    let summary = Memo::new(move |_| store.run().map(|run| run.run.summary.clone()));
    let chips = move || {
        let summary = summary.get()?;
        let chips = DECISIONS.iter().filter_map(|(decision, word)| {
            let calls = calls_of(&summary, *decision);
            let is_on = move || filter.with(|filter| filter.decision == Some(*decision));
            let picked = move |_| {
                store.list_calls(|filter| {
                    filter.decision = if filter.decision == Some(*decision) { None } else { Some(*decision) };
                });
            };
            let is_worth = calls > 0 || filter.with_untracked(|filter| filter.decision == Some(*decision));
            is_worth.then(|| {
                view! {
                    <button type="button" class="chip" aria-pressed=move || is_on().to_string() on:click=picked>
                        {*word} " " <span class="count">{count(calls)}</span>
                    </button>
                }
                .into_any()
            })
        });
        Some(chips.collect::<Vec<_>>())
    };
    let rules = move || {
        let mut rules = vec![(String::new(), "Any rule".to_owned())];
        if let Some(summary) = summary.get() {
            let named = summary.by_rule.iter().filter(|rule| !rule.rule.is_empty());
            rules.extend(
                named.map(|rule| (rule.rule.clone(), format!("{}: {}", rule.words, count(rule.count)))),
            );
        }
        let chosen = filter.with(|filter| filter.rule.clone().unwrap_or_default());
        if !rules.iter().any(|(rule, _)| *rule == chosen) {
            rules.push((chosen.clone(), chosen.clone()));
        }
        let options = rules.into_iter().map(|(rule, words)| {
            let is = rule == chosen;
            view! { <option value=rule selected=is>{words}</option> }.into_any()
        });
        options.collect::<Vec<_>>()
    };
    let chose = move |event| {
        let rule = event_target_value(&event);
        store.list_calls(|filter| filter.rule = (!rule.is_empty()).then_some(rule));
    };
    let typed = move |event| {
        let text = event_target_value(&event);
        store.list_calls(|filter| filter.text = text);
    };
    let inverted = move |event| {
        let inverted = event_target_checked(&event);
        store.list_calls(|filter| filter.inverted = inverted);
    };
    let matched = move || {
        let all = store.run().map_or(0, |run| run.run.len());
        let is_open = filter.with(Filter::is_open);
        (!is_open).then(|| {
            let matched = store.call_list().with(|list| list.0.matched());
            format!("{} of {} calls", count(matched), count(all))
        })
    };
    view! {
        <div class="call-filter" role="group" aria-label="Calls to list">
            {chips}
            <label class="visually-hidden" for="call-rule">"Decided by"</label>
            <select id="call-rule" on:change=chose>{rules}</select>
            <input
                type="search"
                aria-label="Filter calls by tool, grant or rule"
                placeholder="Tool, grant or rule"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || filter.with(|filter| filter.text.clone())
                on:input=typed
            />
            <label class="check">
                <input type="checkbox" prop:checked=move || filter.with(|filter| filter.inverted) on:change=inverted />
                "All others"
            </label>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || store.folds_calls()
                    on:change=move |event| store.fold_calls(event_target_checked(&event))
                />
                "Fold alike"
            </label>
            <span class="matched" role="status">{matched}</span>
        </div>
    }
}

const fn calls_of(summary: &Summary, decision: Decision) -> usize {
    match decision {
        Decision::Allow => summary.allowed,
        Decision::Deny => summary.denied,
        Decision::Approval => summary.approval,
        Decision::Unknown => summary.unknown,
    }
}
