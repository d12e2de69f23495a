//! The policy that the imported tools deserve: three choices side by side, what the chosen one changes and why, and the
//! one step that takes it.

use std::sync::Arc;
use std::time::Duration;

use gatewright_core::amount::count;
use gatewright_core::recommend::Choice;
use gatewright_core::risk::Assessed;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use crate::components::{noted_diff_view, prose};
use crate::model::recommending::{Column, Fate, Proposal, ROWS, column, for_tools};
use crate::model::samples;
use crate::model::view::Dialog;
use crate::store::{Shared, Store};

/// So many tools are told one by one.
const MOST: usize = 200;

/// What is asked for.
#[derive(Clone, Copy)]
struct Asked {
    store: Store,
    choice: RwSignal<Choice>,
    /// The server whose tools are meant; none for all.
    server: RwSignal<Option<String>>,
    /// Whether what the policy says of other tools goes.
    anew: RwSignal<bool>,
}

/// The choices, what the chosen one changes, and the button that takes it.
pub fn recommend(store: Store) -> AnyView {
    let is_empty = Memo::new(move |_| store.catalogue().with(|Shared(all)| all.tools.is_empty()));
    (move || if is_empty.get() { nothing_to_read(store) } else { choices(store) }).into_any()
}

fn nothing_to_read(store: Store) -> AnyView {
    view! {
        <p>"A policy is recommended for tools, by what they say of themselves. None are imported yet."</p>
        <p><button type="button" class="primary" on:click=move |_| store.dialog.set(Some(Dialog::ImportTools))>"Import tools"</button></p>
    }
    .into_any()
}

fn choices(store: Store) -> AnyView {
    // The example that the page opens with is nobody's work.
    let is_example = store.document().with_untracked(|document| document.text() == samples::FIRST.text);
    let asked = Asked {
        store,
        choice: RwSignal::new(Choice::Balanced),
        server: RwSignal::new(None),
        anew: RwSignal::new(is_example),
    };
    let tools = Memo::new(move |_| {
        asked.server.with(|server| {
            store.catalogue().with(|Shared(all)| Shared(Arc::new(all.of_server(server.as_deref()))))
        })
    });
    let columns = columns(tools);
    let offered = Memo::new(move |_| {
        let (choice, anew) = (asked.choice.get(), asked.anew.get());
        store.document().with(|document| {
            tools.with(|tools| {
                for_tools(&tools.0, choice, document.text(), anew).map(|offer| Shared(Arc::new(offer)))
            })
        })
    });
    let use_it = move |_| {
        if let Ok(Shared(offer)) = offered.get_untracked() {
            let choice = asked.choice.get_untracked().as_str();
            store.dialog.set(None);
            store.open_policy(format!("Recommended policy: {choice}"), &offer.text);
        }
    };
    let can_use =
        move || offered.with(|offered| matches!(offered, Ok(Shared(offer)) if !offer.diff.is_empty()));
    view! {
        <p class="hint">"Read off the tools' own definitions, which nobody has checked: where a review begins, not where it ends."</p>
        {of_which(asked)}
        {table(asked, columns)}
        <p class="chosen-words">{move || asked.choice.get().in_words()}</p>
        <label class="tool-check">
            <input
                type="checkbox"
                prop:checked=move || !asked.anew.get()
                on:change=move |event| asked.anew.set(!event_target_checked(&event))
            />
            "Keep what the policy says of other tools"
        </label>
        <p class="deeds">
            <button type="button" class="primary" aria-disabled=move || (!can_use()).to_string() on:click=use_it>
                {move || format!("Use the {} policy", asked.choice.get().as_str())}
            </button>
            <span class="hint">"Undo brings yours back."</span>
        </p>
        {move || offered.with(result_view)}
    }
    .into_any()
}

/// What the choices come to, each in a task of its own: with a thousand tools each takes its time, and the rest of the
/// dialog need not wait for it.
fn columns(tools: Memo<Shared<Vec<Assessed>>>) -> [Memo<Option<Column>>; 3] {
    let due = RwSignal::new(0_usize);
    count_up(due);
    let mut number = 0;
    Choice::ALL.map(|choice| {
        let this = number;
        number += 1;
        let is_due = Memo::new(move |_| due.get() > this);
        Memo::new(move |_| is_due.get().then(|| tools.with(|tools| column(&tools.0, choice))))
    })
}

fn count_up(due: RwSignal<usize>) {
    set_timeout(
        move || {
            // Gone where the dialog was put away meanwhile.
            if due.try_update(|due| *due += 1).is_some() && due.try_get_untracked().is_some_and(|due| due < 3)
            {
                count_up(due);
            }
        },
        Duration::ZERO,
    );
}

/// The choice of a server, where there are several.
fn of_which(asked: Asked) -> Option<AnyView> {
    let names: Vec<String> = asked
        .store
        .inventory()
        .with_untracked(|all| all.servers.iter().map(|server| server.name.clone()).collect());
    (names.len() > 1).then(|| {
        let options: Vec<AnyView> = names
            .iter()
            .enumerate()
            .map(|(number, name)| {
                let shown =
                    if name.is_empty() { "a server without a name".to_owned() } else { shown_name(name) };
                view! { <option value=number.to_string()>{shown}</option> }.into_any()
            })
            .collect();
        let chosen = move |event| {
            let number = event_target_value(&event).parse::<usize>().ok();
            asked.server.set(number.and_then(|number| names.get(number).cloned()));
        };
        view! {
            <label class="field">
                <span>"For the tools of"</span>
                <select on:change=chosen><option value="">"all servers"</option>{options}</select>
            </label>
        }
        .into_any()
    })
}

/// The choices side by side, in numbers.
fn table(asked: Asked, columns: [Memo<Option<Column>>; 3]) -> AnyView {
    let heads = Choice::ALL.map(|choice| {
        view! {
            <th scope="col">
                <label class="choice-head">
                    <input
                        type="radio"
                        name="recommended"
                        prop:checked=move || asked.choice.get() == choice
                        on:change=move |_| asked.choice.set(choice)
                    />
                    <span>{choice.title()}</span>
                </label>
            </th>
        }
    });
    let rows: Vec<AnyView> = ROWS
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let cells: Vec<AnyView> = columns
                .iter()
                .zip(Choice::ALL)
                .map(|(column, choice)| {
                    let column = *column;
                    let figure = move || {
                        let known = column.with(|column| column.as_ref()?.get(number).cloned());
                        known.unwrap_or_else(|| "…".to_owned())
                    };
                    view! { <td class:chosen=move || asked.choice.get() == choice>{figure}</td> }.into_any()
                })
                .collect();
            view! { <tr><th scope="row">{*row}</th>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <div role="radiogroup" aria-label="How much an agent is let do">
            <table class="compared-choices">
                <thead><tr><td></td>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn result_view(offered: &Result<Shared<Proposal>, String>) -> AnyView {
    match offered {
        Err(why) => refused(why),
        Ok(Shared(offer)) => view! {
            <h3>"What changes"</h3>
            {change_view(offer)}
            <details>
                <summary>{format!("What becomes of each tool: {}", count(offer.fates.len()))}</summary>
                {fates_view(&offer.fates)}
            </details>
        }
        .into_any(),
    }
}

/// Why nothing can be recommended as a change.
pub fn refused(why: &str) -> AnyView {
    view! { <p class="bad">{prose(&format!("The policy cannot be changed: {why}."))}</p> }.into_any()
}

/// The lines that change, each that comes with its why.
pub fn change_view(offer: &Proposal) -> AnyView {
    if offer.diff.is_empty() {
        return view! { <p>"The policy says so already."</p> }.into_any();
    }
    view! { <p>{offer.diff.in_words()} "."</p> {noted_diff_view(&offer.diff, &offer.notes)} }.into_any()
}

/// What becomes of tools, and why.
pub fn fates_view(fates: &[Fate]) -> AnyView {
    let rows: Vec<AnyView> = fates
        .iter()
        .take(MOST)
        .map(|Fate { tool, word, why }| {
            let why: Vec<AnyView> = why.iter().map(|why| view! { " " {prose(why)} }.into_any()).collect();
            view! { <li><strong>{tool.clone()} ": " {*word}</strong> "." {why}</li> }.into_any()
        })
        .collect();
    let more = (fates.len() > MOST).then(|| {
        view! { <li class="hint">{format!("And {} more.", count(fates.len() - MOST))}</li> }.into_any()
    });
    view! { <ul class="evidence">{rows} {more}</ul> }.into_any()
}
