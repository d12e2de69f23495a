//! A lane on a canvas, and the cross-hair over it. What assistive technology reads is the reading in words and the table.
//!
//! The picture is made and painted for a width; while only the cross-hair moves, neither happens again.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;

use crate::model::picture::Picture;
use crate::platform::{canvas, screen};

/// Where a key leads on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneStep {
    /// To the next call, or the one before.
    Call(bool),
    /// To the next window, or the one before.
    Window(bool),
    /// To the last call, or the first.
    End(bool),
}

impl LaneStep {
    fn of_key(key: &str, shift: bool) -> Option<Self> {
        Some(match (key, shift) {
            ("ArrowRight", false) => Self::Call(true),
            ("ArrowLeft", false) => Self::Call(false),
            ("ArrowRight", true) | ("ArrowUp" | "PageUp", _) => Self::Window(true),
            ("ArrowLeft", true) | ("ArrowDown" | "PageDown", _) => Self::Window(false),
            ("Home", _) => Self::End(false),
            ("End", _) => Self::End(true),
            _ => return None,
        })
    }
}

/// A place on a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// How far from the left edge, in CSS pixels.
    pub x: f64,
    /// How wide the lane is.
    pub width: f64,
}

/// What a person does to a lane.
pub struct LaneDeeds {
    /// Points at a place, or no longer at any.
    pub point: Box<dyn Fn(Option<Spot>)>,
    /// Clicks on a place.
    pub pick: Box<dyn Fn(Spot)>,
    /// Presses a key.
    pub step: Box<dyn Fn(LaneStep)>,
}

/// What a lane shows.
#[derive(Clone, Copy)]
pub struct LaneSights {
    /// Its name, for assistive technology.
    pub name: Signal<String>,
    /// The place of the selected call among how many, from 1.
    pub place: Signal<(usize, usize)>,
    /// What it reads where the cross-hair stands.
    pub words: Signal<String>,
    /// The picture at this width.
    pub picture: Memo<Option<Picture>>,
    /// Where the cross-hair stands.
    pub cursor: Signal<Option<f64>>,
    /// How wide there is room; nothing before that is known. The chart writes it.
    pub width: RwSignal<f64>,
    /// Changes whenever the colours do.
    pub palette: Signal<String>,
}

/// Paints a picture as wide as there is room. `described_by` names what tells of its keys.
pub fn lane_chart(
    class: &'static str,
    described_by: &'static str,
    sights: LaneSights,
    deeds: LaneDeeds,
) -> AnyView {
    let LaneSights { name, place, words, picture, cursor, width, palette } = sights;
    let LaneDeeds { point, pick, step } = deeds;
    let frame = NodeRef::<Div>::new();
    let sheet = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        if let Some(frame) = frame.get() {
            screen::watch_size(&frame, move |now, _| width.set(now));
        }
    });
    Effect::new(move |_| {
        palette.track();
        if let Some(sheet) = sheet.get() {
            picture.with(|picture| {
                if let Some(picture) = picture {
                    canvas::paint(&sheet, picture);
                }
            });
        }
    });
    let place_of = move |x: i32| {
        let frame = frame.get_untracked()?;
        Some(Spot { x: f64::from(x) - screen::left_edge(&frame), width: width.get_untracked() })
    };
    let point = StoredValue::new_local(point);
    let pointed = move |event: leptos::ev::PointerEvent| {
        point.with_value(|point| point(place_of(event.client_x())));
    };
    let left = move |_| point.with_value(|point| point(None));
    let picked = move |event: leptos::ev::MouseEvent| {
        if let Some(spot) = place_of(event.client_x()) {
            pick(spot);
        }
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if let Some(made) = LaneStep::of_key(&event.key(), event.shift_key()) {
            event.prevent_default();
            // From now on the cross-hair is where the keys lead.
            point.with_value(|point| point(None));
            step(made);
        }
    };
    let crosshair = move || match cursor.get() {
        Some(x) => format!("translateX({x:.1}px)"),
        None => "translateX(-9px)".to_owned(),
    };
    view! {
        <div
            class=class
            node_ref=frame
            role="slider"
            tabindex="0"
            aria-label=move || name.get()
            aria-describedby=described_by
            aria-valuemin="1"
            aria-valuemax=move || place.get().1.max(1)
            aria-valuenow=move || place.get().0
            aria-valuetext=move || words.get()
            on:click=picked
            on:pointermove=pointed
            on:pointerleave=left
            on:keydown=pressed
        >
            <canvas node_ref=sheet aria-hidden="true"></canvas>
            <div class="crosshair" aria-hidden="true" style:transform=crosshair></div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_step_by_calls_windows_and_to_the_ends() {
        #[rustfmt::skip]
        let cases = [
            // key          shift   step                            why
            ("ArrowRight",  false,  Some(LaneStep::Call(true)),     "the next call"),
            ("ArrowLeft",   true,   Some(LaneStep::Window(false)),  "as the scrubber's keys are told"),
            ("ArrowUp",     false,  Some(LaneStep::Window(true)),   "a slider grows upwards"),
            ("PageDown",    false,  Some(LaneStep::Window(false)),  "and shrinks downwards"),
            ("Home",        false,  Some(LaneStep::End(false)),     "the first call"),
            ("n",           false,  None,                           "the page's own key"),
        ];
        for (key, shift, step, why) in cases {
            assert_eq!(LaneStep::of_key(key, shift), step, "{why}");
        }
    }
}
