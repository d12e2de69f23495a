//! The Gatewright policy builder and simulator: a page that runs the evaluator by itself.
//!
//! Nothing leaves the page. `model` is plain structs, natively tested; `store` holds it
//! in signals and is its only writer; `platform` is the only user of the browser's own
//! interfaces; `components` are small parts; `panels` know the store and the words.

pub mod components;
pub mod model;
pub mod panels;
pub mod platform;
pub mod store;

pub use panels::Page;
