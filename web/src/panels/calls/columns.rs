//! The choice of the table's columns. This browser keeps it, as it does the theme.

use leptos::prelude::*;

use crate::model::columns::{Column, Columns};
use crate::platform::preference;

/// Where the choice is kept.
const KEY: &str = "gatewright-columns";

/// The columns as they were chosen last.
pub fn kept() -> RwSignal<Columns> {
    RwSignal::new(Columns::of_text(&preference::kept(KEY).unwrap_or_default()))
}

fn choose(columns: RwSignal<Columns>, choice: Columns) {
    preference::keep(KEY, &choice.to_text());
    columns.set(choice);
}

/// A box for each column, and the way back to those that fit.
pub fn chooser(columns: RwSignal<Columns>) -> AnyView {
    let boxes: Vec<AnyView> = Column::all()
        .filter(|column| *column != Column::Call)
        .map(|column| {
            let changed = move |event| {
                let shows = event_target_checked(&event);
                choose(columns, columns.with_untracked(|columns| columns.with(column, shows)));
            };
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || columns.with(|columns| columns.shows(column))
                        on:change=changed
                    />
                    {column.name()}
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="column-choice">
            <summary>"Columns"</summary>
            <div class="deeds" role="group" aria-label="Columns of the table">
                {boxes} <button type="button" on:click=move |_| choose(columns, Columns::default())>"Those that fit"</button>
            </div>
        </details>
    }
    .into_any()
}
