//! Paints a lane's picture. What moves over it, the cross-hair, is no part of it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::model::picture::{Bar, Column, DENIED_TOP, GIVEN_BACK_TOP, Held, MARK_ROOM, Marks, Picture};

/// The colours, from the page's own tokens, so that light and dark are decided in one place.
struct Palette {
    ink: String,
    quiet: String,
    bar: String,
    deny: String,
    edge: String,
}

impl Palette {
    fn of(canvas: &HtmlCanvasElement) -> Option<Self> {
        let style = window().get_computed_style(canvas).ok()??;
        let token = |name| style.get_property_value(name).map(|value| value.trim().to_owned()).ok();
        Some(Self {
            ink: token("--ink")?,
            quiet: token("--quiet")?,
            bar: token("--bar")?,
            deny: token("--deny")?,
            edge: token("--edge")?,
        })
    }
}

/// Paints a picture.
pub fn paint(canvas: &HtmlCanvasElement, picture: &Picture) {
    let ratio = window().device_pixel_ratio();
    canvas.set_width(device_pixels(picture.width * ratio));
    canvas.set_height(device_pixels(picture.height * ratio));
    let context = canvas.get_context("2d").ok().flatten();
    let context = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let (Some(context), Some(palette)) = (context, Palette::of(canvas)) else { return };
    // Scaling cannot fail for finite factors, and a canvas that refuses it is painted unscaled.
    let _ = context.scale(ratio, ratio);
    context.set_font("12px system-ui, sans-serif");
    match &picture.marks {
        Marks::Counter(columns, pinned) => {
            paint_columns(&context, columns, picture, &palette);
            paint_pinned(&context, pinned, &palette);
        }
        Marks::Calls(bars) => paint_bars(&context, bars, picture.base, &palette),
    }
    context.set_fill_style_str(&palette.quiet);
    context.fill_rect(0.0, picture.base, picture.width, 1.0);
    paint_edges(&context, picture, &palette);
    paint_label(&context, picture, &palette);
}

/// Fills rectangles (left, top, width, height) of one colour at once.
fn fill(
    context: &CanvasRenderingContext2d,
    colour: &str,
    rectangles: impl Iterator<Item = (f64, f64, f64, f64)>,
) {
    context.set_fill_style_str(colour);
    context.begin_path();
    for (x, y, width, height) in rectangles {
        context.rect(x, y, width, height);
    }
    context.fill();
}

fn paint_edges(context: &CanvasRenderingContext2d, picture: &Picture, palette: &Palette) {
    for (x, label) in &picture.edges {
        context.set_fill_style_str(&palette.edge);
        context.fill_rect(x.round(), 12.0, 1.0, picture.base - 12.0);
        if let Some(label) = label {
            context.set_fill_style_str(&palette.quiet);
            let _ = context.fill_text(label, (x.round() + 2.0).max(0.0), picture.height - 6.0);
        }
    }
}

fn paint_columns(
    context: &CanvasRenderingContext2d,
    columns: &[Column],
    picture: &Picture,
    palette: &Palette,
) {
    let base = picture.base;
    let at_x = || (0_u32..).map(f64::from).zip(columns);
    let bars = at_x().filter(|(_, column)| column.held.top < base);
    fill(context, &palette.bar, bars.map(|(x, column)| (x, column.held.top, 1.0, base - column.held.top)));
    // The line of what is used: as tall as what the counter went through within the pixel.
    let line = at_x().map(|(x, column)| {
        let Held { top, low } = column.held;
        (x, top - 0.5, 1.0, (low - top).max(1.5))
    });
    fill(context, &palette.edge, line);
    // Denials stand under the base line, hatched: two pixels at least, and a shape of their own.
    let denied = at_x().filter(|(_, column)| column.denied);
    fill(
        context,
        &palette.deny,
        denied.map(|(x, _)| (picture.mark_x(x), base + DENIED_TOP + x % 4.0, 2.0, 5.0)),
    );
    // What was given back stands under them: a triangle that points down, and a line where there is no room for more.
    let mut free = f64::MIN;
    context.set_fill_style_str(&palette.ink);
    context.begin_path();
    for (x, _) in at_x().filter(|(_, column)| column.given_back) {
        let y = base + GIVEN_BACK_TOP;
        context.rect(picture.mark_x(x), y, 2.0, 1.0);
        if x >= free {
            context.move_to(x - 3.0, y);
            context.line_to(x + 5.0, y);
            context.line_to(x + 1.0, y + 6.0);
            context.close_path();
            free = x + MARK_ROOM;
        }
    }
    context.fill();
}

/// What the counter held under the pinned policy: a thin dashed line.
fn paint_pinned(context: &CanvasRenderingContext2d, pinned: &[Held], palette: &Palette) {
    let dashes = (0_u32..).zip(pinned).filter(|(x, held)| x % 6 < 4 || held.low - held.top > 2.0);
    let dashes = dashes.map(|(x, held)| (f64::from(x), held.top - 0.5, 1.0, (held.low - held.top).max(1.0)));
    fill(context, &palette.ink, dashes);
}

fn paint_bars(context: &CanvasRenderingContext2d, bars: &[Bar], base: f64, palette: &Palette) {
    fill(context, &palette.bar, bars.iter().map(|bar| (bar.x, bar.allowed, bar.width, base - bar.allowed)));
    let denied = || bars.iter().filter(|bar| bar.denied < bar.allowed);
    // A frame and a hatch, which no allowed call has.
    let frames = denied().flat_map(|bar| {
        let (x, y, width, height) = (bar.x, bar.denied, bar.width, bar.allowed - bar.denied);
        let sides = [(x, y, 1.0, height), (x + width - 1.0, y, 1.0, height)];
        sides.into_iter().chain([(x, y, width, 1.0), (x, y + height - 1.0, width, 1.0)])
    });
    fill(context, &palette.deny, frames);
    let hatch = denied().flat_map(|bar| {
        let pixels = (0_u32..).map(f64::from).take_while(|x| *x < bar.width).map(|x| bar.x + x);
        pixels.flat_map(|x| {
            let first = bar.denied + (bar.x.round() + x.round()) % 4.0;
            let strokes = (0_u32..).map(move |number| first + f64::from(number) * 4.0);
            strokes.take_while(|y| y + 2.0 <= bar.allowed).map(move |y| (x, y, 1.0, 2.0))
        })
    });
    fill(context, &palette.deny, hatch);
    let other = bars.iter().filter(|bar| bar.other < bar.denied);
    fill(context, &palette.quiet, other.map(|bar| (bar.x, bar.other, bar.width, bar.denied - bar.other)));
}

fn paint_label(context: &CanvasRenderingContext2d, picture: &Picture, palette: &Palette) {
    let y = picture.max_y.unwrap_or(f64::MAX);
    let dashes = (0_u32..).map(|dash| f64::from(dash) * 10.0).take_while(|x| *x < picture.width);
    if picture.max_y.is_some() {
        fill(context, &palette.ink, dashes.map(|x| (x, y - 0.75, 6.0, 1.5)));
    }
    context.set_fill_style_str(&palette.ink);
    context.set_text_align("right");
    let _ = context.fill_text(&picture.label, picture.width - 2.0, picture.label_y());
    context.set_text_align("left");
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a canvas is a few thousand pixels"
)]
fn device_pixels(length: f64) -> u32 {
    length.max(1.0) as u32
}
