//! A limit as a sentence whose words are the controls, with the worst that it lets through.

use std::sync::Arc;

use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use super::found::found_at;
use super::kept::plain_card;
use super::section::{actions, after_last, name_of};
use super::told::told;
use super::{Editing, KNOWN_ARGUMENTS, id_of, is_shown};
use crate::components::{Draft, FieldKind, choice, draft_field};
use crate::model::rules::gestures::set_cost;
use crate::model::rules::value::{amount_check, name_check, path_check, quoted};
use crate::model::rules::{Limit, List, Row};
use crate::model::traffic::{Staged, Traffic};
use crate::model::view::{Pane, Target};

/// A row of the list of limits.
pub(super) fn limit_row(editing: Editing, index: usize) -> AnyView {
    let row = Memo::new(move |_| {
        let found = editing.rules.with(|rules| rules.0.limits.get(index).and_then(Row::as_shown).cloned());
        found.unwrap_or_default()
    });
    let name = name_of(List::Limits, index);
    let place = untrack(move || editing.place()).key(List::Limits.name()).index(index);
    let count = Signal::derive(move || editing.rules.with(|rules| rules.0.limits.len()));
    let label = {
        let name = name.clone();
        move || format!("{name}, {}", row.with(|row| row.counter.clone()))
    };
    let here = {
        let place = place.clone();
        move || is_shown(editing, &place).then_some("true")
    };
    let message = Signal::derive(move || row.with(|row| row.on_deny.clone()));
    let kept = move || {
        row.with(|row| row.kept.iter().map(|kept| plain_card(editing, kept)).collect::<Vec<AnyView>>())
    };
    view! {
        <li id=id_of(&place, "") class="rule-row" tabindex="-1" aria-current=here>
            <div class="sentence-of-controls" role="group" aria-label=label>
                {sentence(editing, row, &place, &name)}
            </div>
            {worst(editing, &place, row)}
            {found_at(editing, &place, false)}
            {kept}
            {told(editing, &place, &name, message)}
            {actions(editing, &name, &place, count, after_last(List::Limits))}
        </li>
    }
    .into_any()
}

fn sentence(editing: Editing, row: Memo<Limit>, place: &Pointer, name: &str) -> AnyView {
    let text = |get: fn(&Limit) -> &String| Signal::derive(move || row.with(|row| get(row).clone()));
    let write = |field: &'static str, is_json: bool| {
        let (place, name) = (place.key(field), name.to_owned());
        Callback::new(move |text: String| {
            let json = if is_json { text.trim().to_owned() } else { quoted(&text) };
            editing.type_in(&place, &format!("{name}, {field} {text}"), &|source| source.set(&place, &json));
        })
    };
    let max = draft_field(Draft {
        id: id_of(place, "/max"),
        label: format!("Most of {name}"),
        value: text(|row| &row.max),
        check: amount_check,
        kind: FieldKind::Number,
        offers: None,
        on_change: write("max", true),
    });
    let windows = vec![("minute", "minute"), ("hour", "hour"), ("day", "day")];
    let window = choice(
        id_of(place, "/window"),
        format!("Window of {name}, UTC"),
        text(|row| &row.window),
        windows,
        write("window", false),
    );
    let scopes =
        vec![("grant", "each grant"), ("session", "each session"), ("global", "all grants together")];
    let scope = choice(
        id_of(place, "/scope"),
        format!("Who shares {name}"),
        text(|row| &row.scope),
        scopes,
        write("scope", false),
    );
    let counter = draft_field(Draft {
        id: id_of(place, "/counter"),
        label: format!("Counter of {name}"),
        value: text(|row| &row.counter),
        check: name_check,
        kind: FieldKind::Code,
        offers: None,
        on_change: write("counter", false),
    });
    let unit = unit(editing, row, place, name);
    view! { "At most " {max} {unit} " per " {window} " (UTC) for " {scope} ", counted as " {counter} }
        .into_any()
}

/// Calls, or the sum of an argument.
fn unit(editing: Editing, row: Memo<Limit>, place: &Pointer, name: &str) -> AnyView {
    let sums = Memo::new(move |_| row.with(|row| row.increment_from.is_some()));
    let is_all = untrack(move || editing.target.get()) == Target::AllTools;
    let (at, name) = (place.clone(), name.to_owned());
    let change = {
        let (at, name) = (at.clone(), name.clone());
        Callback::new(move |unit: String| {
            let path = (unit == "sum").then(|| editing.first_argument(true));
            let what = if path.is_some() { "sums up an argument" } else { "counts calls" };
            editing.make(&format!("{name} {what}"), &|source| set_cost(source, &at, path.as_deref()));
        })
    };
    let path = {
        let (at, name) = (at.clone(), name.clone());
        move || {
            let (at, name) = (at.key("increment_from"), name.clone());
            let field = at.clone();
            sums.get().then(|| {
                draft_field(Draft {
                    id: id_of(&at, ""),
                    label: format!("Argument that {name} sums up"),
                    value: Signal::derive(move || {
                        row.with(|row| row.increment_from.clone().unwrap_or_default())
                    }),
                    check: path_check,
                    kind: FieldKind::Code,
                    offers: Some(KNOWN_ARGUMENTS),
                    on_change: Callback::new(move |text: String| {
                        editing.type_in(&field, &format!("{name} sums up {text}"), &|source| {
                            source.set(&field, &quoted(&text))
                        });
                    }),
                })
            })
        }
    };
    let value = Signal::derive(move || if sums.get() { "sum" } else { "calls" }.to_owned());
    // A sum under `all_tools` is an error: it can be taken back, not chosen.
    let options = move || {
        let calls = if is_all { ("calls", "calls of all tools together") } else { ("calls", "calls") };
        let mut options = vec![calls];
        if !is_all || sums.get() {
            options.push(("sum", "as the sum of"));
        }
        choice(id_of(&at, "/unit"), format!("What {name} counts"), value, options, change)
    };
    view! { " " {options} " " {path} }.into_any()
}

/// The worst case, and a way to see it happen.
fn worst(editing: Editing, place: &Pointer, row: Memo<Limit>) -> AnyView {
    let place = place.clone();
    let worst = Memo::new(move |_| {
        editing.worst.with(|worst| worst.iter().find(|worst| worst.place == place).cloned())
    });
    let line = move || {
        worst.get().map(|worst| {
            let scenario = worst.scenario;
            let play = scenario.map(|scenario| {
                let counter = row.with_untracked(|row| row.counter.clone());
                let show = move |_| {
                    let json = serde_json::to_string(&scenario).unwrap_or_default();
                    match Staged::read(format!("The worst case of {counter}"), json) {
                        Ok(staged) => {
                            editing.store.play(
                                format!("Try the worst case of {counter}"),
                                Traffic::Scenario(Arc::new(staged)),
                            );
                            editing.store.look(|view| view.pane = Pane::DryRun);
                        }
                        Err(why) => editing.store.say(why),
                    }
                };
                view! { <button type="button" class="quiet" on:click=show>"Show it"</button> }.into_any()
            });
            let words = format!("At worst {}.", worst.in_words);
            view! { <p class="worst">{words} " " {play}</p> }.into_any()
        })
    };
    line.into_any()
}
