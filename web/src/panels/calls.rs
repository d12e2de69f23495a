//! The calls of the run, as a table: all of them, or those that a filter lets through.

use leptos::prelude::*;

use crate::components::{DecisionMark, RowList};
use crate::model::call_list::{Filter, Folded, Shown, word};
use crate::model::columns::{Column, Columns};
use crate::model::dry_run::DryRun;
use crate::store::Store;

pub mod columns;
pub mod copying;
pub mod export;
pub mod filter;

/// The table of calls, and what it lists.
#[component]
pub fn CallsPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let list = store.call_list();
    let rows = Memo::new(move |_| list.with(|list| list.0.len()));
    // The table follows it: it must say nothing where an edit leaves it as it was.
    let selected = Memo::new(move |_| list.with(|list| list.0.row_of(store.selected().get())));
    let is_listed = Memo::new(move |_| list.with(|list| list.0.lists(store.selected().get())));
    let columns = columns::kept();
    let cells = move |row_at: usize| {
        move || {
            let run = store.run()?;
            let (shown, first) = list.with(|list| (list.0.shown(&run, row_at), list.0.first_call(row_at)));
            Some(match shown? {
                Shown::Call(row) => {
                    let cell_of = |column: Column| match column {
                        Column::Decision => {
                            let was = was(store, &run, first);
                            view! { <span role="gridcell" class="cell decision"><DecisionMark decision=row.decision /> " " {was}</span> }.into_any()
                        }
                        other => cell(other.word(), other.cell(&run, first.unwrap_or(0), &row)),
                    };
                    columns.with(Columns::shown).into_iter().map(cell_of).collect::<Vec<AnyView>>().into_any()
                }
                Shown::Folded(folded) => folded_cells(store, folded, columns.with(Columns::shown).len()),
            })
        }
    };
    let heads = Signal::derive(move || {
        let shown = columns.with(Columns::shown);
        shown.into_iter().map(|column| (column.head(), column.word())).collect::<Vec<_>>()
    });
    let is_chosen = move || columns.with(Columns::is_chosen);
    let widths = move || if is_chosen() { columns.with(Columns::widths) } else { String::new() };
    let first_call = move |row: usize| list.with_untracked(|list| list.0.first_call(row));
    let unfold = move |row: usize| {
        let folded = |run: &_| list.with_untracked(|list| list.0.shown(run, row));
        if let Some(Shown::Folded(folded)) = untrack(move || store.run()).and_then(|run| folded(&run)) {
            store.unfold(folded.first);
        }
    };
    let several_days = move || store.run().is_some_and(|run| run.several_days());
    let held_against = move || store.what_if().with(Option::is_some);
    let none = move || {
        let is_empty = rows.get() == 0 && store.run().is_some_and(|run| !run.run.is_empty());
        is_empty.then(|| {
            let clear = move |_| store.list_calls(|filter| *filter = Filter::default());
            view! { <p class="hint">"No calls match. "<button type="button" class="quiet" on:click=clear>"Clear the filter"</button></p> }
        })
    };
    view! {
        <div
            id="calls"
            class="calls"
            tabindex="-1"
            class:several-days=several_days
            class:held-against=held_against
            class:chosen=is_chosen
            style=("--columns", widths)
        >
            <div class="call-tools">
                <filter::FilterBar /> {columns::chooser(columns)} {copying::menu(store)} <export::ExportMenu />
            </div>
            {none}
            <RowList
                label="Calls"
                heads=heads
                count=rows
                selected=selected
                is_listed=is_listed
                cells=cells
                on_select=move |row| {
                    if let Some(call) = first_call(row) {
                        store.select(call);
                    }
                }
                on_open=unfold
            />
        </div>
    }
}

fn cell(class: &str, text: String) -> AnyView {
    let title = text.clone();
    view! { <span role="gridcell" class=format!("cell {class}") title=title>{text}</span> }.into_any()
}

/// What the pinned policy decided, where that is something else.
fn was(store: Store, run: &DryRun, call: Option<usize>) -> Option<AnyView> {
    let was = store.what_if().with(|what_if| what_if.as_ref()?.0.was(run, call?))?;
    Some(view! { <span class="was">{format!("was {}", word(was))}</span> }.into_any())
}

fn folded_cells(store: Store, folded: Folded, columns: usize) -> AnyView {
    let first = folded.first;
    let label = format!("Show calls {} one by one", folded.numbers);
    let unfold = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        store.unfold(first);
    };
    view! {
        <span role="gridcell" class="cell folded" aria-colspan=columns title=folded.times>
            <span class="range">{folded.numbers}</span>
            <span class="alike">{folded.words}</span>
            <button type="button" class="quiet" tabindex="-1" aria-label=label on:click=unfold>"Show"</button>
        </span>
    }
    .into_any()
}
