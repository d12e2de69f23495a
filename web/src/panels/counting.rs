//! The run counted in other ways, side by side.

use gatewright_core::amount::count;
use leptos::prelude::*;

use crate::model::counting::{Counted, ways};
use crate::platform::screen;
use crate::store::Store;

/// What comes of each way to count. Nothing is run before somebody looks.
#[component]
pub fn CountingPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let (open, set_open) = signal(false);
    store.count_while(move || open.get());
    let table = move || {
        if !open.get() {
            return None;
        }
        let counted = store.counted();
        let rows: Vec<AnyView> = counted.iter().map(|way| row(store, way)).collect();
        let waits = counted.len() < ways().len();
        Some(view! {
            <p class="hint">"How windows lie, and what gives a call back, are options of the gateway, and no part of the policy."</p>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Ways to count">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Windows"</th>
                            <th scope="col">"Given back by"</th>
                            <th scope="col">"Allowed"</th>
                            <th scope="col">"Denied"</th>
                            <th scope="col">"First denial"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {waits.then(|| view! { <p class="hint">"Counting…"</p> })}
            </div>
        })
    };
    view! {
        <details class="counting" on:toggle=move |event| set_open.set(screen::is_open(&event))>
            <summary>"Counted in other ways"</summary>
            {table}
        </details>
    }
}

fn row(store: Store, counted: &Counted) -> AnyView {
    let first = counted.first_denial.map(|call| {
        let label = format!("call {}", count(call + 1));
        view! { <button type="button" class="quiet" on:click=move |_| store.select(call)>{label}</button> }
            .into_any()
    });
    view! {
        <tr>
            <td>{counted.windows_in_words()}</td>
            <td>{counted.refund_in_words()}</td>
            <td>{count(counted.allowed)}</td>
            <td>{count(counted.denied)}</td>
            <td>{first}</td>
        </tr>
    }
    .into_any()
}
