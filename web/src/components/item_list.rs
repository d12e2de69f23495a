//! A long list of which only the items on screen are drawn. One item is the Tab stop; the arrow keys move it.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;

use crate::model::rows::RowWindow;
use crate::platform::screen;

/// What draws an item.
pub type DrawItem = Arc<dyn Fn(usize) -> AnyView + Send + Sync>;

/// A list whose items are all of one height. `current` is the Tab stop, which is always drawn, so that the focus stays
/// on it however far the list is scrolled. `handle` is the name in the page, before the item's number, of what takes
/// the focus when the arrow keys move to an item.
#[must_use]
pub fn item_list(
    label: &'static str,
    count: Signal<usize>,
    row_height: Signal<f64>,
    current: RwSignal<usize>,
    handle: &'static str,
    draw: DrawItem,
) -> AnyView {
    let frame = NodeRef::<Div>::new();
    let (view_height, set_view_height) = signal(0.0);
    let (scroll_top, set_scroll_top) = signal(0.0);
    let window = Memo::new(move |_| RowWindow {
        count: count.get(),
        row_height: row_height.get(),
        view_height: view_height.get(),
    });
    Effect::new(move |_| {
        if let Some(frame) = frame.get() {
            screen::watch_size(&frame, move |_, height| set_view_height.set(height));
        }
    });
    let scrolled = move |_| {
        if let Some(frame) = frame.get_untracked() {
            set_scroll_top.set(f64::from(frame.scroll_top()));
        }
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let here = current.get_untracked();
        let Some(next) = window.with_untracked(|window| window.row_by_key(&event.key(), here)) else {
            return;
        };
        event.prevent_default();
        current.set(next);
        if let Some(frame) = frame.get_untracked()
            && let Some(top) = window.get_untracked().scroll_to(next, f64::from(frame.scroll_top()))
        {
            screen::scroll(&frame, top);
        }
        // It is drawn with the next frame.
        request_animation_frame(move || screen::focus(&format!("{handle}{next}")));
    };
    let drawn = Memo::new(move |_| {
        let visible = window.get().visible(scroll_top.get());
        let current = current.get().min(count.get().saturating_sub(1));
        let mut drawn: Vec<usize> = visible.clone().collect();
        if !visible.contains(&current) && current < count.get() {
            let place = if current < visible.start { 0 } else { drawn.len() };
            drawn.insert(place, current);
        }
        drawn
    });
    let item = move |number: usize| {
        let draw = Arc::clone(&draw);
        let top = move || format!("translateY({}px)", window.get().offset(number, scroll_top.get()));
        view! {
            <div
                class="item"
                role="listitem"
                aria-posinset=number + 1
                aria-setsize=move || count.get()
                style:transform=top
                style:height=move || format!("{}px", row_height.get())
                on:focusin=move |_| current.set(number)
            >
                {move || draw(number)}
            </div>
        }
        .into_any()
    };
    view! {
        <div class="item-list" role="list" aria-label=label node_ref=frame on:scroll=scrolled on:keydown=pressed>
            <div class="all-items" role="presentation" style:height=move || format!("{}px", window.get().total_height())>
                <For each=move || drawn.get() key=|number| *number children=item />
            </div>
        </div>
    }
    .into_any()
}
