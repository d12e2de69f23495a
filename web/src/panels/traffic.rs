//! The calls to try: the composed loop, or a log that was pasted or dropped.

use leptos::prelude::*;

use super::attacks;
use crate::components::NumberField;
use crate::model::traffic::{Loop, Traffic};
use crate::platform::{clipboard, files, screen};
use crate::store::{Store, attack_of};

pub mod blocks;
mod learn;
pub mod log;
pub mod scenario;

/// The name in the page of the list of tools that may be called.
const TOOL_NAMES: &str = "tool-names";

/// What the calls are, as far as another form needs another panel.
#[derive(Clone, PartialEq)]
enum Source {
    Loop,
    Scenario(String),
    Log,
}

/// The calls to try.
#[component]
pub fn TrafficPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let source = Memo::new(move |_| {
        store.traffic().with(|traffic| match traffic {
            Traffic::Loop(_) => Source::Loop,
            Traffic::Scenario(staged) => Source::Scenario(staged.name.clone()),
            Traffic::Log(_) => Source::Log,
        })
    });
    view! {
        <details class="traffic">
            <summary id="traffic-title">"Calls to try: " {move || store.traffic().with(Traffic::in_words)}</summary>
            <scenario::Choice />
            {move || match source.get() {
                Source::Loop => view! { <LoopForm /> }.into_any(),
                Source::Scenario(name) => view! { <StagedReport name=name /> <blocks::Blocks /> }.into_any(),
                Source::Log => view! { <log::LogReport /> }.into_any(),
            }}
            <datalist id=TOOL_NAMES>{move || tool_names(store)}</datalist>
            <scenario::AsText />
            <scenario::StartPhases />
            <BringLog />
        </details>
    }
}

/// The agent stuck in a loop, as a form.
#[component]
fn LoopForm() -> impl IntoView {
    let store = expect_context::<Store>();
    let composed = Memo::new(move |_| {
        store.traffic().with(|traffic| match traffic {
            Traffic::Loop(composed) => composed.clone(),
            Traffic::Scenario(_) | Traffic::Log(_) => Loop::of(""),
        })
    });
    let named = move |event| {
        let name = event_target_value(&event);
        store.compose(|composed| composed.tool = name);
    };
    let as_blocks = move |_| {
        let scenario = store.traffic().with_untracked(Traffic::scenario);
        match scenario.map(|scenario| store.compose_blocks("Compose block by block", None, scenario)) {
            Some(Err(why)) => store.say(why),
            _ => blocks::focus_block(0),
        }
    };
    view! {
        <p class="what">"An agent stuck in a loop, whatever it is told. " <button type="button" on:click=as_blocks>"Compose block by block"</button></p>
        <div class="fields">
            <label class="field wide">
                <span>"Tool"</span>
                <input
                    type="text"
                    list=TOOL_NAMES
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || composed.get().tool
                    on:input=named
                />
            </label>
            <NumberField
                id="pace-bounds"
                label="Pace"
                unit="calls a second"
                min=1
                max=1_000
                value=Signal::derive(move || composed.get().per_second)
                on_change=move |number| store.compose(|composed| composed.per_second = number)
            />
            <NumberField
                id="length-bounds"
                label="For"
                unit="minutes"
                min=1
                max=1_440
                value=Signal::derive(move || composed.get().minutes)
                on_change=move |number| store.compose(|composed| composed.minutes = number)
            />
            <NumberField
                id="start-bounds"
                label="From second"
                unit="of the minute, UTC"
                min=0
                max=59
                value=Signal::derive(move || composed.get().start_second)
                on_change=move |number| store.compose(|composed| composed.start_second = number)
            />
        </div>
    }
}

/// The tools that may be called: those of the policy, and those that were imported.
fn tool_names(store: Store) -> Vec<AnyView> {
    /// So many are offered.
    const MOST: usize = 300;
    let mut names: Vec<String> = store.document().with(|document| {
        let names = document.good().map(|good| good.policy.tool_names().map(ToOwned::to_owned).collect());
        names.unwrap_or_default()
    });
    store.inventory().with(|inventory| {
        let imported = inventory.tools().filter_map(|(_, tool)| tool.get("name")?.as_str());
        names.extend(imported.map(ToOwned::to_owned));
    });
    names.sort_unstable();
    names.dedup();
    names.truncate(MOST);
    names.into_iter().map(|name| view! { <option value=name></option> }.into_any()).collect()
}

/// What a scenario shows.
#[component]
fn StagedReport(name: String) -> impl IntoView {
    let known = scenario::built_in(&name);
    let reason = known.map(|known| {
        let source = known.source.map(|source| format!(" Seen in: {source}."));
        view! { <p class="hint">{known.reason} {source}</p> }.into_any()
    });
    let attack = attack_of(&name).map(|attack| {
        view! { <p class="hint">{attack.what} " " {attack.harm} " " {attacks::source(attack)} "."</p> }
            .into_any()
    });
    view! {
        <p class="what"><strong>{name}</strong></p>
        {reason}
        {attack}
        <BackToLoop />
    }
}

#[component]
fn BackToLoop() -> impl IntoView {
    let store = expect_context::<Store>();
    let back = move |_| {
        store.back_to_loop();
        screen::focus("traffic-title");
    };
    view! { <p><button type="button" on:click=back>"Back to the loop"</button></p> }
}

/// Where a log is pasted, or a file is chosen.
#[component]
fn BringLog() -> impl IntoView {
    let store = expect_context::<Store>();
    let pasted = move |event: leptos::ev::Event| {
        if let Some(text) = clipboard::pasted_text(&event) {
            store.bring("the pasted text".to_owned(), text);
        }
    };
    let typed = move |event| {
        let text = event_target_value(&event);
        if !text.trim().is_empty() {
            store.bring("the typed text".to_owned(), text);
        }
    };
    view! {
        <label class="field wide">
            <span>"Paste a log here, or drop a file of up to 1 GB anywhere"</span>
            <textarea
                class="paste"
                rows="2"
                spellcheck="false"
                placeholder=r#"{"at": "2026-01-05T10:00:00Z", "tool": "run_tests", "grant": "ci"}"#
                on:paste=move |event| pasted(event.into())
                on:change=typed
            ></textarea>
        </label>
        <label class="field wide">
            <span>"Or choose a file"</span>
            <input
                type="file"
                accept=".jsonl,.ndjson,.json,.log,.txt,.csv"
                on:change=move |event| {
                    if let Some(file) = files::chosen(&event) {
                        store.bring_file(file);
                    }
                }
            />
        </label>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || store.redacts.get()
                on:change=move |event| store.redacts.set(event_target_checked(&event))
            />
            "Hash texts in arguments on paste"
        </label>
        <p class="hint">
            "Then every text in the arguments of a log that is pasted, dropped or chosen becomes a short hash before anything
            is kept. Equal texts stay equal, but rules that look for a text find it no more."
        </p>
        <p class="hint">
            "Read by its content: a list of calls (" <code>"at"</code> ", " <code>"tool"</code> ", and if you have them "
            <code>"args"</code> ", " <code>"grant"</code> ", " <code>"session"</code> ", " <code>"outcome"</code>
            "), JSON-RPC messages, the proxy's decision log, Claude Desktop, Claude Code (its sessions and its logs of
            servers), Codex, the MCP Inspector, OpenAI messages, OpenTelemetry spans, Intercept, CSV."
        </p>
    }
}
