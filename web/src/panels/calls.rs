//! Every call of the run, as a table.

use leptos::prelude::*;

use crate::components::{DecisionMark, RowList};
use crate::store::Store;

const HEADS: [&str; 8] = ["Call", "Time", "Tool", "Grant", "Decision", "Counter", "Retry", "Rule"];

/// The table of calls.
#[component]
pub fn CallsPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let count = Signal::derive(move || store.run().map_or(0, |run| run.run.len()));
    let cells = move |index: usize| {
        move || {
            let row = store.run()?.row(index)?;
            let cell = |class: &str, text: String| {
                let title = text.clone();
                view! { <span role="gridcell" class=format!("cell {class}") title=title>{text}</span> }
            };
            Some(view! {
                {cell("call", row.number)}
                {cell("time", row.time)}
                {cell("tool", row.tool)}
                {cell("grant", row.grant)}
                <span role="gridcell" class="cell decision"><DecisionMark decision=row.decision /></span>
                {cell("counter", row.used)}
                {cell("retry", row.retry)}
                {cell("rule", row.rule)}
            })
        }
    };
    let several_days = move || store.run().is_some_and(|run| run.several_days());
    view! {
        <div class="calls" class:several-days=several_days>
            <RowList
                label="Calls"
                heads=HEADS.to_vec()
                count=count
                selected=store.selected()
                cells=cells
                on_select=move |index| store.select(index)
            />
        </div>
    }
}
