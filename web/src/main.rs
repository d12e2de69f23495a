//! In a page, takes over from the first view that `www/index.html` holds. In a worker, answers the page.

use gatewright_web::{Page, platform};
use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    if platform::worker::serve() {
        return;
    }
    platform::screen::mount_aside(|root| {
        view! { <Page whole=move || platform::screen::take_over("page", &root) /> }
    });
}
