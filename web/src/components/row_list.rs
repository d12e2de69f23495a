//! A long table of which only the rows on screen are drawn.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;

use crate::model::rows::RowWindow;
use crate::platform::screen;

/// The height of the heads, which stay on top of the rows, in CSS pixels.
const HEADS_HEIGHT: f64 = 32.0;

/// A grid whose rows are all of one height. The arrow keys move the selection and the view follows it.
#[component]
pub fn RowList<V: IntoView + 'static>(
    /// What the grid is, for assistive technology.
    label: &'static str,
    /// The heads of its columns, each with the class of its cells.
    #[prop(into)]
    heads: Signal<Vec<(&'static str, &'static str)>>,
    /// How many rows.
    #[prop(into)]
    count: Signal<usize>,
    /// The row that the keys go on from, counted from 0.
    #[prop(into)]
    selected: Signal<usize>,
    /// Whether that row is what is selected; otherwise what is selected is not listed.
    #[prop(into)]
    is_listed: Signal<bool>,
    /// The cells of a row.
    cells: impl Fn(usize) -> V + Send + Sync + 'static,
    /// Takes a new selection.
    on_select: impl Fn(usize) + Send + Sync + 'static,
    /// Enter on a row.
    on_open: impl Fn(usize) + Send + Sync + 'static,
) -> impl IntoView {
    let grid = NodeRef::<Div>::new();
    let row_height = screen::row_height();
    let (view_height, set_view_height) = signal(0.0);
    let (scroll_top, set_scroll_top) = signal(0.0);
    let window = Memo::new(move |_| RowWindow {
        count: count.get(),
        row_height: row_height.get(),
        view_height: view_height.get(),
    });
    Effect::new(move |_| {
        if let Some(grid) = grid.get() {
            screen::watch_size(&grid, move |_, height| set_view_height.set(height - HEADS_HEIGHT));
        }
    });
    Effect::new(move |_| {
        let row = selected.get();
        let window = window.get();
        if let Some(grid) = grid.get()
            && window.view_height > 0.0
            && let Some(top) = window.scroll_to(row, f64::from(grid.scroll_top()))
        {
            screen::scroll(&grid, top);
        }
    });
    let scrolled = move |_| {
        if let Some(grid) = grid.get_untracked() {
            set_scroll_top.set(f64::from(grid.scroll_top()));
        }
    };
    let on_select = Arc::new(on_select);
    let move_selection = Arc::clone(&on_select);
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let (key, here) = (event.key(), selected.get_untracked());
        if key == "Enter" {
            on_open(here);
        } else if let Some(next) = window.with_untracked(|window| window.row_by_key(&key, here)) {
            event.prevent_default();
            move_selection(next);
        }
    };
    let cells = Arc::new(cells);
    let visible = Memo::new(move |_| window.get().visible(scroll_top.get()));
    let rows = move || {
        let cells = Arc::clone(&cells);
        let on_select = Arc::clone(&on_select);
        visible
            .get()
            .map(|row| {
                let on_select = Arc::clone(&on_select);
                view! {
                    <div
                        class="row"
                        role="row"
                        id=format!("row-{row}")
                        aria-rowindex=row + 2
                        aria-selected=move || (selected.get() == row && is_listed.get()).to_string()
                        style:height=move || format!("{}px", row_height.get())
                        on:click=move |_| on_select(row)
                    >
                        {cells(row)}
                    </div>
                }
            })
            .collect_view()
    };
    let offset = move || {
        let (window, scroll_top) = (window.get(), scroll_top.get());
        format!("translateY({}px)", window.offset(visible.get().start, scroll_top))
    };
    let heads = move || {
        let head = |(head, class)| {
            view! { <span role="columnheader" class=format!("cell {class}")>{head}</span> }.into_any()
        };
        heads.get().into_iter().map(head).collect::<Vec<AnyView>>()
    };
    view! {
        <div
            class="grid"
            role="grid"
            tabindex="0"
            aria-label=label
            aria-rowcount=move || count.get() + 1
            aria-activedescendant=move || format!("row-{}", selected.get())
            node_ref=grid
            on:scroll=scrolled
            on:keydown=pressed
        >
            <div class="heads" role="row" aria-rowindex="1" style:height=format!("{HEADS_HEIGHT}px")>
                {heads}
            </div>
            <div class="all-rows" role="presentation" style:height=move || format!("{}px", window.get().total_height())>
                <div class="drawn-rows" role="presentation" style:transform=offset>{rows}</div>
            </div>
        </div>
    }
}
