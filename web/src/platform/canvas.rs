//! Paints a lane's picture.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::model::picture::{HEIGHT, Picture};

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

/// Paints a picture, with a cross-hair at `cursor` (CSS pixels from the left).
pub fn paint(canvas: &HtmlCanvasElement, picture: &Picture, cursor: Option<f64>) {
    let ratio = window().device_pixel_ratio();
    canvas.set_width(device_pixels(picture.width * ratio));
    canvas.set_height(device_pixels(HEIGHT * ratio));
    let context = canvas.get_context("2d").ok().flatten();
    let context = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let (Some(context), Some(palette)) = (context, Palette::of(canvas)) else { return };
    // Scaling cannot fail for finite factors, and a canvas that refuses it is painted unscaled.
    let _ = context.scale(ratio, ratio);
    context.set_font("12px system-ui, sans-serif");
    paint_columns(&context, picture, &palette);
    paint_edges(&context, picture, &palette);
    paint_max(&context, picture, &palette);
    if let Some(x) = cursor {
        context.set_fill_style_str(&palette.ink);
        context.fill_rect(x - 0.75, 0.0, 1.5, picture.base + 14.0);
    }
}

fn paint_edges(context: &CanvasRenderingContext2d, picture: &Picture, palette: &Palette) {
    for (x, label) in &picture.edges {
        context.set_fill_style_str(&palette.edge);
        context.fill_rect(x.round(), 12.0, 1.0, picture.base - 12.0);
        if let Some(label) = label {
            context.set_fill_style_str(&palette.quiet);
            let _ = context.fill_text(label, (x.round() + 2.0).max(0.0), HEIGHT - 6.0);
        }
    }
}

fn paint_columns(context: &CanvasRenderingContext2d, picture: &Picture, palette: &Palette) {
    context.set_fill_style_str(&palette.bar);
    for (x, column) in (0_u32..).zip(&picture.columns) {
        let height = picture.base - column.top;
        if height > 0.0 {
            context.fill_rect(f64::from(x), column.top, 1.0, height);
        }
    }
    // Denials stand under the base line, hatched: two pixels at least, and a shape of their own.
    context.set_fill_style_str(&palette.deny);
    for (x, _) in (0_u32..).zip(&picture.columns).filter(|(_, column)| column.denied) {
        let shift = f64::from(x % 4);
        context.fill_rect(f64::from(x), picture.base + 3.0 + shift, 2.0, 6.0);
    }
    context.set_fill_style_str(&palette.quiet);
    context.fill_rect(0.0, picture.base, picture.width, 1.0);
}

fn paint_max(context: &CanvasRenderingContext2d, picture: &Picture, palette: &Palette) {
    context.set_fill_style_str(&palette.ink);
    let mut x = 0.0;
    while x < picture.width {
        context.fill_rect(x, picture.max_y - 0.75, 6.0, 1.5);
        x += 10.0;
    }
    context.set_text_align("right");
    let _ = context.fill_text(&picture.max_label, picture.width - 2.0, picture.max_y - 6.0);
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
