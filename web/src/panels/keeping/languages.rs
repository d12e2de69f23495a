//! The policy in other languages: what is carried over, what is not, and the text to take away.

use std::sync::Arc;

use gatewright_core::export::Exported;
use gatewright_core::import::policy::Dialect;
use leptos::prelude::*;

use super::super::convert::{TryCall, report_view};
use crate::components::prose;
use crate::model::conversion::{Report, exported, only_server};
use crate::model::drafts::file_name;
use crate::model::traffic::Traffic;
use crate::platform::screen;
use crate::store::Store;

/// A language, its name, and how a file in it ends.
const LANGUAGES: [(Dialect, &str, &str); 2] = [
    (Dialect::Intercept, "Intercept YAML", ".yaml"),
    (Dialect::ClaudeCode, "Claude Code permission rules", ".claude.json"),
];

/// Each language that a policy is written in besides its own. Nothing is written before somebody looks.
pub(super) fn languages(store: Store) -> AnyView {
    let server = RwSignal::new(store.inventory().with_untracked(|tools| only_server(tools).to_owned()));
    let rows = LANGUAGES.map(|(dialect, name, end)| {
        let (open, set_open) = signal(false);
        let field = (dialect == Dialect::ClaudeCode).then(|| {
            view! {
                <label class="field">
                    <span>"The server's name in Claude Code"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=move || server.get()
                        on:input=move |event| server.set(event_target_value(&event))
                    />
                </label>
            }
            .into_any()
        });
        let told = move || open.get().then(|| language(store, dialect, &server.get(), end));
        view! {
            <details class="conversion" on:toggle=move |event| set_open.set(screen::is_open(&event))>
                <summary>{name}</summary>
                {field}
                {told}
            </details>
        }
        .into_any()
    });
    view! { <h3>"In other languages"</h3> {rows.into_iter().collect::<Vec<AnyView>>()} }.into_any()
}

fn language(store: Store, dialect: Dialect, server: &str, end: &'static str) -> AnyView {
    let Some(version) = store.document().with(|document| document.good().cloned()) else {
        return view! { <p class="hint">"There is no version without errors to write."</p> }.into_any();
    };
    let made = store.inventory().with(|inventory| exported(&version, inventory, dialect, server));
    let Exported { text, carried, lost, compared, .. } = match made {
        Ok(made) => made,
        Err(why) => return view! { <p class="bad" role="status">{prose(&why)}</p> }.into_any(),
    };
    let try_call: TryCall = Arc::new(move |staged| {
        store.play("Try a call that differs", Traffic::Scenario(Arc::new(staged)));
    });
    let (taken, copied, shown) = (text.clone(), text.clone(), text);
    let download = move |_| {
        let name = file_name(&store.name().get_untracked(), end);
        store.download(&name, taken.clone());
    };
    let name = |what: &str| format!("{what} it in {}", dialect.in_words());
    view! {
        <div class="deeds">
            <button type="button" aria-label=name("Download") on:click=download>"Download"</button>
            <button type="button" aria-label=name("Copy") on:click=move |_| store.copy("the policy", &copied)>"Copy"</button>
        </div>
        <pre tabindex="0" class="exactly">{shown}</pre>
        {report_view(store, &Report::new(&carried, &lost, &compared), "Try this call", &try_call)}
    }
    .into_any()
}
