//! The document as files, and what to do with them.

use leptos::prelude::*;

use super::languages;
use crate::model::drafts::{file_name, policy_file};
use crate::model::export::minified;
use crate::model::workspace::ALL;
use crate::store::Store;

/// The files and the commands.
pub fn export(store: Store) -> AnyView {
    let policy = move || store.document().with_untracked(|document| document.text().to_owned());
    let name = move || store.name().get_untracked();
    let as_it_is = move |_| store.download(&policy_file(&name()), policy());
    let small = move |_| store.download(&file_name(&name(), ".min.json"), minified(&policy()));
    let file = policy_file(&name());
    let commands = [
        ("Find what is wrong with it", format!("npx gatewright check {file}")),
        ("Run a log of calls through it", format!("npx gatewright simulate {file} calls.jsonl")),
        (
            "Put it before a server",
            format!("npx gatewright proxy --policy {file} --grant ci -- SERVER COMMAND"),
        ),
        ("List the tools that it names", format!("jq -r '.tools | keys[]' {file}")),
    ];
    let commands = commands.map(|(what, command)| {
        let copied = command.clone();
        let label = format!("Copy: {what}");
        view! {
            <li>
                <span class="what">{what} ":" <br /> <code>{command}</code></span>
                <button type="button" aria-label=label on:click=move |_| store.copy("the command", &copied)>
                    "Copy"
                </button>
            </li>
        }
    });
    view! {
        <ul class="documents">
            <li>
                <span class="what"><strong>"Policy"</strong> " " <span class="hint">"Letter by letter as it is here."</span></span>
                <button type="button" aria-label="Download the policy" on:click=as_it_is>"Download"</button>
                <button type="button" aria-label="Copy the policy" on:click=move |_| store.copy("the policy", &policy())>
                    "Copy"
                </button>
            </li>
            <li>
                <span class="what">
                    <strong>"Policy, minified"</strong> " "
                    <span class="hint">"Without blanks and comments; numbers and order as they are."</span>
                </span>
                <button type="button" aria-label="Download the minified policy" on:click=small>"Download"</button>
            </li>
            <li>
                <span class="what">
                    <strong>"Workspace"</strong> " "
                    <span class="hint">"Policy, imported tools, calls to try and tests in one file. Drop it on this page to open it."</span>
                </span>
                <button type="button" aria-label="Download the workspace" on:click=move |_| store.download_workspace(ALL)>
                    "Download"
                </button>
            </li>
        </ul>
        {languages::languages(store)}
        <h3>"On the command line"</h3>
        <ul class="documents">{commands}</ul>
    }
    .into_any()
}
