//! What if: the policy that was pinned beside the one at hand, over the same calls.

use std::sync::Arc;

use gatewright_core::Decision;
use gatewright_core::amount::count;
use leptos::prelude::*;

use crate::model::call_list::word;
use crate::model::dry_run::DryRun;
use crate::model::what_if::WhatIf;
use crate::platform::screen;
use crate::store::{Shared, Store};

pub mod branch;
mod max;

/// The name in the page of what it is headed by.
const TITLE: &str = "what-if-title";

/// Pins a policy, and tells what changes from it.
#[component]
pub fn WhatIfPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let pinned = move || store.what_if().get();
    let pin = move |_| {
        store.pin();
        screen::focus(TITLE);
    };
    view! {
        <section class="what-if" aria-labelledby=TITLE>
            <h3 id=TITLE tabindex="-1">"What if"</h3>
            {move || match (pinned(), store.run()) {
                (Some(Shared(what_if)), Some(run)) => told(store, &what_if, &run),
                _ => {
                    view! {
                        <p class="hint">"Pin the policy as it is, change it, and see which calls change."</p>
                        <button type="button" on:click=pin>"Pin this policy as A"</button>
                    }
                        .into_any()
                }
            }}
            {branch::branch(store)}
            {max::search(store)}
        </section>
    }
}

fn told(store: Store, what_if: &WhatIf, run: &DryRun) -> AnyView {
    let is_same = Arc::ptr_eq(&what_if.pinned, &run.version);
    let words = if is_same {
        "A is pinned. Change the policy, and what changes is told here.".to_owned()
    } else {
        what_if.difference.in_words()
    };
    let first = what_if.difference.first_changed.first().map(|change| {
        let (index, number) = (change.index, count(change.index + 1));
        let label = format!("Go to the first that changes: call {number}");
        view! { <button type="button" on:click=move |_| store.select(index)>{label}</button> }.into_any()
    });
    let table = (!is_same).then(|| matrix(store, what_if));
    let text: Arc<str> = Arc::from(what_if.pinned.parsed.source.text());
    let back = (!is_same).then(|| {
        let put_back = move |_| store.replace_text("Back to A", &text);
        view! { <button type="button" on:click=put_back>"Back to A"</button> }.into_any()
    });
    let unpin = move |_| {
        store.unpin();
        screen::focus(TITLE);
    };
    view! {
        <p>{words}</p>
        {table}
        <div class="deeds">{first} {back} <button type="button" class="quiet" on:click=unpin>"Unpin A"</button></div>
    }
    .into_any()
}

/// Decisions under A by decisions under B. A cell lists its calls.
fn matrix(store: Store, what_if: &WhatIf) -> AnyView {
    let decisions = what_if.decisions();
    let heads: Vec<AnyView> = decisions
        .iter()
        .map(|after| view! { <th scope="col">{format!("B: {}", word(*after))}</th> }.into_any())
        .collect();
    let rows: Vec<AnyView> = decisions
        .iter()
        .map(|before| {
            let cells: Vec<AnyView> =
                decisions.iter().map(|after| cell(store, what_if, *before, *after)).collect();
            view! { <tr><th scope="row">{format!("A: {}", word(*before))}</th>{cells}</tr> }.into_any()
        })
        .collect();
    view! { <table class="matrix"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table> }
        .into_any()
}

fn cell(store: Store, what_if: &WhatIf, before: Decision, after: Decision) -> AnyView {
    let calls = what_if.cell(before, after).calls;
    if calls == 0 {
        return view! { <td>"0"</td> }.into_any();
    }
    let pair = Some((before, after));
    let is_on = move || store.call_filter().with(|filter| filter.moved == pair);
    let pick = move |_| {
        store.list_calls(|filter| filter.moved = if filter.moved == pair { None } else { pair });
    };
    let label = format!("{} {} under A, {} under B", count(calls), word(before), word(after));
    view! {
        <td class:changed=before != after>
            <button type="button" aria-pressed=move || is_on().to_string() aria-label=label on:click=pick>{count(calls)}</button>
        </td>
    }
    .into_any()
}
