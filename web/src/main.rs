//! Takes over from the first view that `www/index.html` holds.

use gatewright_web::{Page, platform};
use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    if let Some(root) = platform::screen::clear_root("page") {
        mount_to(root, Page).forget();
    }
}
