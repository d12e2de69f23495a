//! A lane on a canvas. Its table, not the canvas, is what assistive technology reads.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;

use crate::model::picture::{HEIGHT, Picture};
use crate::platform::{canvas, screen};

/// Paints a picture as wide as there is room, and reports clicks by their distance from the left edge.
#[component]
pub fn LaneChart(
    /// The picture for a width in CSS pixels.
    picture: impl Fn(f64) -> Option<Picture> + Send + Sync + 'static,
    /// Where the cross-hair stands for a width.
    cursor: impl Fn(f64) -> Option<f64> + Send + Sync + 'static,
    /// Takes a click: its place and the width.
    on_pick: impl Fn(f64, f64) + 'static,
    /// Changes whenever the colours do.
    #[prop(into)]
    palette: Signal<String>,
) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let sheet = NodeRef::<Canvas>::new();
    let (width, set_width) = signal(0.0);
    Effect::new(move |_| {
        if let Some(frame) = frame.get() {
            screen::watch_size(&frame, move |width, _| set_width.set(width));
        }
    });
    let drawn = Memo::new(move |_| picture(width.get()));
    Effect::new(move |_| {
        palette.track();
        let cursor = cursor(width.get());
        if let Some(sheet) = sheet.get() {
            drawn.with(|picture| {
                if let Some(picture) = picture {
                    canvas::paint(&sheet, picture, cursor);
                }
            });
        }
    });
    let picked = move |event: leptos::ev::MouseEvent| {
        if let Some(frame) = frame.get_untracked() {
            on_pick(f64::from(event.client_x()) - screen::left_edge(&frame), width.get_untracked());
        }
    };
    view! {
        <div class="lane-frame" node_ref=frame style:height=format!("{HEIGHT}px") on:click=picked>
            <canvas node_ref=sheet aria-hidden="true"></canvas>
        </div>
    }
}
