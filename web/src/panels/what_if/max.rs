//! Which `max` of a limit would do for these calls, and the way to try it.

use gatewright_core::amount::count;
use leptos::prelude::*;

use crate::store::{Search, Store};

/// How many calls a day are offered first.
const A_DAY: u64 = 1_000;

/// A limit that was met: its index, and what it is called.
type Met = (usize, String);

/// Looks for a `max`.
pub(super) fn search(store: Store) -> AnyView {
    let limits = Memo::new(move |_| met(store));
    let chosen = RwSignal::new(0_usize);
    let a_day = RwSignal::new(A_DAY);
    // A limit that was chosen and is not met any more gives way to the first.
    let limit = Memo::new(move |_| {
        limits.with(|limits| {
            let is_met = limits.iter().any(|(limit, _)| *limit == chosen.get());
            if is_met { Some(chosen.get()) } else { limits.first().map(|(limit, _)| *limit) }
        })
    });
    let choose = move |event| {
        if let Ok(limit) = event_target_value(&event).parse() {
            chosen.set(limit);
        }
    };
    let find = move |most_a_day: Option<u64>| {
        if let Some(limit) = limit.get_untracked() {
            store.find_max(limit, most_a_day);
        }
    };
    let options = move || -> Vec<AnyView> {
        let option = |(index, name): Met| {
            let is = move || limit.get() == Some(index);
            view! { <option value=index.to_string() prop:selected=is>{name}</option> }.into_any()
        };
        limits.get().into_iter().map(option).collect()
    };
    let typed = move |event| {
        if let Ok(number) = event_target_value(&event).parse() {
            a_day.set(number);
        }
    };
    let form = move || {
        view! {
            <div class="find-max">
                <h4 id="find-max-title">"Which max would do?"</h4>
                <label class="field"><span>"Limit"</span><select on:change=choose>{options}</select></label>
                <button type="button" on:click=move |_| find(None)>"Smallest that refuses none of these calls"</button>
                <div class="a-day">
                    <button type="button" on:click=move |_| find(Some(a_day.get_untracked()))>
                        "Largest that keeps them to"
                    </button>
                    <label>
                        <input type="number" min="0" max="1000000" prop:value=move || a_day.get().to_string() on:change=typed />
                        " a day (UTC)"
                    </label>
                </div>
                <div role="status">{move || found(store)}</div>
            </div>
        }
    };
    let is_any = Memo::new(move |_| limits.with(|limits| !limits.is_empty()));
    (move || is_any.get().then(form)).into_any()
}

/// The limits that calls of the run met, in the policy's order.
fn met(store: Store) -> Vec<Met> {
    let Some(run) = store.run() else { return Vec::new() };
    let policy = &run.version.policy;
    let is_met = |index: &usize| run.run.lanes.iter().any(|lane| lane.limit == *index);
    let name = |index: usize| {
        let limit = policy.limits().get(index)?;
        Some((index, format!("{} ({})", policy.counter_in_words(limit), limit.in_words())))
    };
    (0..policy.limits().len()).filter(is_met).filter_map(name).collect()
}

fn found(store: Store) -> Option<AnyView> {
    let (limit, search) = store.found_max()?;
    Some(match search {
        Search::Begun => {
            let calls = store.run().map_or(0, |run| run.run.len());
            let words = format!("Trying {} calls under other maxima…", count(calls));
            view! { <p class="hint">{words}</p> }.into_any()
        }
        Search::Failed(why) => view! { <p class="problem">{why}</p> }.into_any(),
        Search::Done(solved) => {
            let try_it = solved.max.and_then(|max| {
                let run = store.run()?;
                let place = run.version.policy.limits().get(limit)?.pointer.key("max");
                let label = format!("Try max {max}");
                let deed = move |_| {
                    let edits = store
                        .document()
                        .with_untracked(|document| document.parsed().source.set(&place, &max));
                    store.amend(format!("max {max}"), edits);
                };
                Some(view! { <button type="button" on:click=deed>{label}</button> }.into_any())
            });
            view! { <p>{solved.words}</p> {try_it} }.into_any()
        }
    })
}
