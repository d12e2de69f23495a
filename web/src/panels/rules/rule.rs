//! A rule: conditions that hold together, and what its list makes of that.

use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use super::condition::condition_row;
use super::found::found_but;
use super::kept::plain_card;
use super::section::{actions, after_last, name_of};
use super::told::told;
use super::{Editing, KNOWN_ARGUMENTS, focus_soon, id_of, is_shown};
use crate::components::{Draft, FieldKind, any_text, draft_field};
use crate::model::rules::gestures::{add_between, add_condition};
use crate::model::rules::value::{Kind, path_check};
use crate::model::rules::{List, Rule};

/// A card of a list of rules.
pub(super) fn rule_card(editing: Editing, list: List, index: usize) -> AnyView {
    let rule = Memo::new(move |_| {
        editing.rules.with(|rules| rules.0.rule(list, index).cloned()).unwrap_or_default()
    });
    let name = name_of(list, index);
    let place = untrack(move || editing.place()).key(list.name()).index(index);
    let siblings = Signal::derive(move || editing.rules.with(|rules| rules.0.count(list)));
    let conditions = Memo::new(move |_| rule.with(|rule| rule.conditions.len()));
    let message = Signal::derive(move || rule.with(|rule| rule.on_deny.clone()));
    let here = {
        let place = place.clone();
        move || is_shown(editing, &place).then_some("true")
    };
    let rows = {
        let (name, place) = (name.clone(), place.clone());
        view! {
            <For each=move || 0..conditions.get() key=|index| *index let:at>
                {condition_row(editing, rule, at, &place, &name)}
            </For>
        }
        .into_any()
    };
    let kept = move || {
        rule.with(|rule| rule.kept.iter().map(|kept| plain_card(editing, kept)).collect::<Vec<AnyView>>())
    };
    view! {
        <li id=id_of(&place, "") class="rule-row" tabindex="-1" aria-current=here>
            <p class="rule-lead">{move || lead(list, conditions.get())}</p>
            <ol class="conditions" aria-label=format!("Conditions of {name}")>{rows}</ol>
            {found_but(editing, &place, Some(place.key("conditions")))}
            {kept}
            {adders(editing, rule, &place, &name)}
            {told(editing, &place, &name, message)}
            {actions(editing, &name, &place, siblings, after_last(list))}
        </li>
    }
    .into_any()
}

/// What the list makes of the conditions, up to the first of them.
fn lead(list: List, conditions: usize) -> &'static str {
    match (list, conditions) {
        (_, 0) => "It has no conditions, and so always holds.",
        (List::Require, 1) => "Refuse a call unless",
        (List::Require, _) => "Refuse a call unless all of these hold:",
        (List::RequireApproval, 1) => "Ask a person when",
        (List::RequireApproval, _) => "Ask a person when all of these hold:",
        (_, 1) => "Refuse a call when",
        (..) => "Refuse a call when all of these hold:",
    }
}

/// What adds conditions: one, or a range as two.
fn adders(editing: Editing, rule: Memo<Rule>, place: &Pointer, name: &str) -> AnyView {
    let open = RwSignal::new(false);
    let has_list = Memo::new(move |_| rule.with(|rule| rule.has_list));
    let add = {
        let (place, name) = (place.clone(), name.to_owned());
        move |_| {
            let last = rule.with_untracked(|rule| rule.conditions.len());
            let path = editing.first_argument(false);
            editing.make(&format!("added a condition to {name}"), &|source| {
                add_condition(source, &place, &path)
            });
            focus_soon(id_of(&place.key("conditions").index(last), "/path"));
        }
    };
    let (at, of) = (place.clone(), name.to_owned());
    let range = move || open.get().then(|| between(editing, rule, &at, &of, open));
    let button = id_of(place, "/between");
    let add_id = id_of(place, "/add-condition");
    let label = format!("Add a condition to {name}");
    let range_label = format!("Add a range to {name}");
    view! {
        <div class="adders">
            <button type="button" id=add_id aria-label=label on:click=add>{move || if has_list.get() { "And a condition" } else { "Add a condition" }}</button>
            <button
                type="button"
                id=button
                aria-label=range_label
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                "And between…"
            </button>
        </div>
        {range}
    }
    .into_any()
}

/// The ends of a range, to be written as two conditions.
fn between(editing: Editing, rule: Memo<Rule>, place: &Pointer, name: &str, open: RwSignal<bool>) -> AnyView {
    let argument = RwSignal::new(editing.first_argument(true));
    let (least, most) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(String::new());
    let field = |id: &str, label: &str, text: RwSignal<String>, number: bool| {
        draft_field(Draft {
            id: id_of(place, id),
            label: format!("{label} of the range of {name}"),
            value: text.into(),
            // What is half typed is looked at when both are added.
            check: any_text,
            kind: if number { FieldKind::Number } else { FieldKind::Code },
            offers: (!number).then_some(KNOWN_ARGUMENTS),
            on_change: Callback::new(move |typed| text.set(typed)),
        })
    };
    let path = field("/range-path", "Argument", argument, false);
    let from = field("/range-from", "Least", least, true);
    let to = field("/range-to", "Most", most, true);
    let (at, of) = (place.clone(), name.to_owned());
    let add = move |_| {
        let path = argument.get_untracked();
        if let Err(why) = path_check(&path) {
            return wrong.set(why);
        }
        let ends = [least, most].map(|end| Kind::Number.json(&end.get_untracked()));
        let [Some(least), Some(most)] = ends else {
            return wrong.set("A range takes two numbers.".to_owned());
        };
        let first = rule.with_untracked(|rule| rule.conditions.len());
        editing.make(&format!("added a range to {of}"), &|source| {
            add_between(source, &at, &path, &least, &most)
        });
        open.set(false);
        focus_soon(id_of(&at.key("conditions").index(first), "/path"));
    };
    view! {
        <div class="sentence-of-controls range" role="group" aria-label=format!("Range for {name}")>
            {path} " is at least " {from} " and at most " {to} " "
            <button type="button" on:click=add>"Add both"</button>
            <span class="bad" role="status">{wrong}</span>
        </div>
    }
    .into_any()
}
