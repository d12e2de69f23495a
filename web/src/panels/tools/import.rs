//! Bringing servers' tools: pasted, or as a file.
//!
//! What is pasted is never put into the page's text field: a configuration holds secrets, and of it only names are
//! taken.

use gatewright_core::import::tools::{ImportedTools, ListedServer, import_tools};
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use super::drift;
use crate::components::Modal;
use crate::model::inventory::file_stem;
use crate::model::view::Dialog;
use crate::platform::clipboard;
use crate::platform::files::{self, ReadFile};
use crate::platform::screen;
use crate::store::{Shared, Store};

/// What was read, and where from.
#[derive(Clone, PartialEq)]
struct Brought {
    from: String,
    read: Result<Shared<ImportedTools>, String>,
}

/// The name in the page of the report.
const REPORT: &str = "import-report";

/// The dialog in which a list is pasted or its file chosen, and what was read of it is shown before it is taken.
#[component]
pub fn ImportToolsDialog() -> impl IntoView {
    let store = expect_context::<Store>();
    let is_open = Memo::new(move |_| store.dialog.get() == Some(Dialog::ImportTools));
    move || is_open.get().then(|| dialog(store))
}

fn dialog(store: Store) -> AnyView {
    let close = Callback::new(move |()| store.dialog.set(None));
    let name = RwSignal::new(String::new());
    let brought = RwSignal::new(None::<Brought>);
    let bring = move |from: String, text: &str| {
        let given = name.get_untracked();
        let otherwise = if given.trim().is_empty() { file_stem(&from) } else { given.trim() };
        let otherwise = if from == PASTED && given.trim().is_empty() { "" } else { otherwise };
        let read = import_tools(text, otherwise).map(|read| Shared(std::sync::Arc::new(read)));
        brought.set(Some(Brought { from, read }));
        request_animation_frame(|| screen::focus(REPORT));
    };
    let pasted = move |event: leptos::ev::Event| {
        if let Some(text) = clipboard::pasted_text(&event) {
            bring(PASTED.to_owned(), &text);
        }
    };
    let typed = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        if !text.trim().is_empty() {
            screen::empty_field(&event);
            bring(PASTED.to_owned(), &text);
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        files::read_chosen(&event, move |file| match file {
            ReadFile::Text(name, text) => bring(name, &text),
            ReadFile::Refused(why) => brought.set(Some(Brought { from: String::new(), read: Err(why) })),
        });
    };
    let body = view! {
        <label class="field wide">
            <span>"Name of the server, where the list does not say it"</span>
            <input type="text" autocomplete="off" spellcheck="false" on:input=move |event| name.set(event_target_value(&event)) />
        </label>
        <label class="field wide">
            <span>"Paste the answer of tools/list, the Inspector's export, or an MCP configuration"</span>
            <textarea class="paste" rows="5" spellcheck="false" on:paste=move |event| pasted(event.into()) on:change=typed></textarea>
        </label>
        <label class="field wide">
            <span>"Or choose a file"</span>
            <input type="file" accept=".json,.jsonl,.jsonc,.txt,.log" on:change=chosen />
        </label>
        <p class="hint">"It is read in this page and sent nowhere. Of a configuration only the servers' names are taken."</p>
        <div id=REPORT class="import-report" tabindex="-1" role="status">
            {move || brought.get().map(|brought| report(store, brought))}
        </div>
        {servers(store)}
    };
    view! { <Modal title="Import tools" on_close=close>{body}</Modal> }.into_any()
}

const PASTED: &str = "the pasted list";

/// What was read, and the button that takes it.
fn report(store: Store, brought: Brought) -> AnyView {
    let Brought { from, read } = brought;
    let imported = match read {
        Ok(Shared(imported)) => imported,
        Err(why) => return view! { <p class="bad">{sentence(&why)}</p> }.into_any(),
    };
    let servers: Vec<AnyView> = imported.servers.iter().map(|server| listed(server, &from)).collect();
    let unreadable: Vec<AnyView> =
        imported.unreadable.iter().map(|why| view! { <li>{sentence(why)}</li> }.into_any()).collect();
    let drifted: Vec<AnyView> = drift::summaries(store, &imported)
        .into_iter()
        .map(|words| view! { <p>{words}</p> }.into_any())
        .collect();
    let take = {
        let imported = std::sync::Arc::clone(&imported);
        move |next: Option<Dialog>| {
            store.add_servers(&from, &imported);
            store.dialog.set(next);
            if next.is_none() {
                request_animation_frame(|| screen::focus("tools"));
            }
        }
    };
    let tools = imported.servers.iter().map(|server| server.tools.len()).sum::<usize>();
    let recommend = (tools > 0).then(|| {
        let take = take.clone();
        let take = move |_| take(Some(Dialog::Recommend));
        view! { <button type="button" on:click=take>"Recommend a policy for them"</button> }.into_any()
    });
    let label = match tools {
        0 => "Take the names".to_owned(),
        1 => "Take 1 tool".to_owned(),
        several => format!("Take {several} tools"),
    };
    view! {
        <p><strong>{imported.in_words()}</strong></p>
        <ul>{servers}</ul>
        <ul class="bad">{unreadable}</ul>
        {drifted}
        <p class="deeds">
            <button type="button" class="primary" on:click=move |_| take(None)>{label}</button> {recommend}
        </p>
    }
    .into_any()
}

/// A server that was read: its tools, or, of a configuration, what was left out and how to get the list.
fn listed(server: &ListedServer, from: &str) -> AnyView {
    let name =
        if server.name.is_empty() { "A server without a name".to_owned() } else { shown_name(&server.name) };
    let Some(left_out) = &server.left_out else {
        let tools = server.tools.len();
        let noun = if tools == 1 { "tool" } else { "tools" };
        return view! { <li>{format!("{name}: {tools} {noun}")}</li> }.into_any();
    };
    let file = if from == PASTED { "mcp.json" } else { from };
    let left_out = if left_out.is_empty() { "nothing".to_owned() } else { left_out.join(", ") };
    view! {
        <li>
            <p>{format!("{name}: left out {left_out}.")}</p>
            {command(&server.name, file)}
        </li>
    }
    .into_any()
}

/// The command that prints a server's tools, and a button that copies it.
fn command(server: &str, file: &str) -> AnyView {
    let command = ListedServer::command(server, file);
    let copied = RwSignal::new("Copy");
    let copy = {
        let command = command.clone();
        move |_| {
            clipboard::write(&command, move |done| {
                copied.set(if done { "Copied" } else { "Not copied: select it" });
            });
        }
    };
    view! {
        <p class="command">
            <code>{command}</code> <button type="button" on:click=copy>{copied}</button>
        </p>
        <p class="hint">"It prints the list, which can be pasted here. The Inspector wants the servers under mcpServers."</p>
    }
    .into_any()
}

/// The servers that were imported before.
fn servers(store: Store) -> AnyView {
    let list = move || {
        let servers = store.inventory().with(|inventory| {
            inventory
                .servers
                .iter()
                .map(|server| (server.name.clone(), server.tools.len()))
                .collect::<Vec<_>>()
        });
        (!servers.is_empty()).then(|| {
            let rows: Vec<AnyView> = servers
                .into_iter()
                .map(|(name, tools)| {
                    let shown = if name.is_empty() { "Without a name".to_owned() } else { shown_name(&name) };
                    let label = format!("Remove {shown}");
                    let how = (tools == 0).then(|| command(&name, "mcp.json"));
                    let remove = move |_| {
                        store.remove_server(&name);
                        screen::focus(REPORT);
                    };
                    view! {
                        <li>
                            <span>{format!("{shown}: {tools} tools ")}</span>
                            <button type="button" aria-label=label on:click=remove>"Remove"</button>
                            {how}
                        </li>
                    }
                    .into_any()
                })
                .collect();
            view! { <h3>"Servers"</h3> <ul class="servers">{rows}</ul> }.into_any()
        })
    };
    view! { {list} }.into_any()
}

/// What core says, as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
