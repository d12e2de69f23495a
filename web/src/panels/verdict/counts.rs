//! The counts of the verdict list their calls; where none was denied, the nearest counters lead to theirs.

use std::sync::Arc;

use leptos::prelude::*;

use crate::model::near::{Near, near_misses};
use crate::model::sentence::{Part, parts};
use crate::platform::screen;
use crate::store::{Shared, Store};

/// The name in the page of the table of calls.
const CALLS: &str = "calls";

/// The sentence of the run, or that there is none.
pub(super) fn sentence(store: Store) -> AnyView {
    let none = || vec![Part { text: "No run yet: there is no valid policy.".to_owned(), lists: None }];
    let all = Memo::new(move |_| store.run().map_or_else(none, |run| parts(&run.run.summary)));
    let part = move |Part { text, lists }: Part| match lists {
        None => text.into_any(),
        Some(filter) => {
            let list = move |_| {
                let filter = filter.clone();
                store.list_calls(|now| *now = filter);
                screen::focus(CALLS);
            };
            view! { <button type="button" on:click=list>{text}</button> }.into_any()
        }
    };
    (move || all.get().into_iter().map(part).collect::<Vec<AnyView>>()).into_any()
}

/// The counters nearest to their limits.
pub(super) fn nearest(store: Store) -> AnyView {
    let all =
        Memo::new(move |_| Shared(store.run().map_or_else(Arc::default, |run| Arc::new(near_misses(&run)))));
    let lead = move |Near { words, call }: &Near| {
        let call = *call;
        view! {
            <li><button type="button" class="quiet" on:click=move |_| store.select(call)>{words.clone()}</button></li>
        }
        .into_any()
    };
    (move || {
        let Shared(all) = all.get();
        (!all.is_empty()).then(|| {
            let rows: Vec<AnyView> = all.iter().map(lead).collect();
            view! {
                <div class="near">
                    <p id="near-title">"Nearest to their limits:"</p>
                    <ul aria-labelledby="near-title">{rows}</ul>
                </div>
            }
            .into_any()
        })
    })
    .into_any()
}
