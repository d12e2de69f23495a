//! What stands in front of the page.

use leptos::prelude::*;

use super::keeping::{documents, export, share, versions};
use super::tools::drift;
use super::{compare, convert, palette, recommend, templates, tests};
use crate::components::Modal;
use crate::model::view::Dialog;
use crate::store::Store;

/// The dialog that is open, if any.
#[component]
pub fn Dialogs() -> impl IntoView {
    let store = expect_context::<Store>();
    let close = Callback::new(move |()| store.dialog.set(None));
    let titled = move |title: &'static str, body: fn(Store) -> AnyView| {
        // What is said on the page behind is neither seen nor read out.
        let said = view! { <p class="bad" role="status">{move || store.notice().get()}</p> };
        view! { <Modal title=title on_close=close>{said} {body(store)}</Modal> }.into_any()
    };
    move || {
        store.dialog.get().and_then(|dialog| match dialog {
            Dialog::Templates => Some(titled("Start from a template", templates::templates)),
            Dialog::Recommend => Some(titled("Recommend a policy", recommend::recommend)),
            Dialog::Drift => Some(titled("Tools that are not as pinned", drift::drift)),
            Dialog::Compare => Some(titled("Compare", compare::compare)),
            Dialog::Convert => Some(titled("Convert to a policy", convert::convert)),
            Dialog::Tests => Some(titled("Policy tests", tests::tests)),
            Dialog::Documents => Some(titled("Documents in this browser", documents::documents)),
            Dialog::Snapshots => Some(titled("Earlier versions", versions::versions)),
            Dialog::Share => Some(titled("Share by link", share::share)),
            Dialog::Export => Some(titled("Export", export::export)),
            Dialog::Palette => Some(titled("Search or run a command", palette::palette)),
            Dialog::Shortcuts => Some(titled("Keyboard shortcuts", palette::sheet)),
            _ => None,
        })
    }
}
