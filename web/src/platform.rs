//! Everything of the browser: the only place that knows `web-sys`.

pub mod address;
pub mod canvas;
pub mod clipboard;
pub mod clock;
pub mod editor;
pub mod engine;
pub mod files;
pub mod keeping;
pub mod keys;
pub mod preference;
pub mod screen;
pub mod text_area;
pub mod theme;
pub mod timer;
pub mod worker;
