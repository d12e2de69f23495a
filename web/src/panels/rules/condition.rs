//! A condition as a row: argument, operator, value.

use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use super::found::found_at;
use super::kept::{kept_card, plain_card};
use super::section::actions;
use super::value::value_editor;
use super::{Editing, KNOWN_ARGUMENTS, id_of, is_shown};
use crate::components::{Draft, FieldKind, choice, draft_field};
use crate::model::arguments::{Known, known};
use crate::model::rules::gestures::set_operator;
use crate::model::rules::value::{op_named, path_check, quoted};
use crate::model::rules::{Condition, Row, Rule};
use crate::model::view::Target;

/// The operators as they are written and as they are read.
const OPERATORS: [(&str, &str); 11] = [
    ("eq", "equals"),
    ("neq", "does not equal"),
    ("lt", "is less than"),
    ("lte", "is at most"),
    ("gt", "is greater than"),
    ("gte", "is at least"),
    ("in", "is one of"),
    ("not_in", "is none of"),
    ("regex", "matches the pattern"),
    ("contains", "contains"),
    ("exists", "is given:"),
];

/// A row of a rule.
pub(super) fn condition_row(
    editing: Editing,
    rule: Memo<Rule>,
    index: usize,
    of: &Pointer,
    name: &str,
) -> AnyView {
    let place = of.key("conditions").index(index);
    let name = format!("condition {} of {name}", index + 1);
    let kept =
        Memo::new(move |_| rule.with(|rule| rule.conditions.get(index).and_then(Row::as_kept).cloned()));
    let row = Memo::new(move |_| {
        let found = rule.with(|rule| rule.conditions.get(index).and_then(Row::as_shown).cloned());
        found.unwrap_or_default()
    });
    let count = Signal::derive(move || rule.with(|rule| rule.conditions.len()));
    let after_last = id_of(of, "/add-condition");
    let here = {
        let place = place.clone();
        move || is_shown(editing, &place).then_some("true")
    };
    let body = {
        let (place, name) = (place.clone(), name.clone());
        move || match kept.get() {
            Some(kept) => kept_card(editing, &kept),
            None => controls(editing, row, &place, &name),
        }
    };
    view! {
        <li id=id_of(&place, "") class="condition" tabindex="-1" aria-current=here>
            {(index > 0).then_some(view! { <span class="and">"and"</span> })}
            {body}
            {actions(editing, &name, &place, count, after_last)}
        </li>
    }
    .into_any()
}

fn controls(editing: Editing, row: Memo<Condition>, place: &Pointer, name: &str) -> AnyView {
    let path_place = place.key("path");
    let path = draft_field(Draft {
        id: id_of(&path_place, ""),
        label: format!("Argument of {name}"),
        value: Signal::derive(move || row.with(|row| row.path.clone())),
        check: path_check,
        kind: FieldKind::Code,
        offers: Some(KNOWN_ARGUMENTS),
        on_change: {
            let (place, name) = (path_place, name.to_owned());
            Callback::new(move |text: String| {
                editing.type_in(&place, &format!("{name} asks about {text}"), &|source| {
                    source.set(&place, &quoted(&text))
                });
            })
        },
    });
    let change = {
        let (place, name) = (place.clone(), name.to_owned());
        Callback::new(move |written: String| {
            let Some(op) = op_named(&written) else { return };
            let value = row.with_untracked(|row| row.value.clone());
            editing.make(&format!("{name}, {written}"), &|source| set_operator(source, &place, &value, op));
        })
    };
    let operator = choice(
        id_of(place, "/op"),
        format!("Operator of {name}"),
        Signal::derive(move || row.with(|row| row.op.clone())),
        OPERATORS.to_vec(),
        change,
    );
    let op = Memo::new(move |_| row.with(|row| op_named(&row.op)));
    let value = Memo::new(move |_| row.with(|row| row.value.clone()));
    let value = value_editor(editing, value, op, &place.key("value"), name);
    let kept = move || {
        row.with(|row| row.kept.iter().map(|kept| plain_card(editing, kept)).collect::<Vec<AnyView>>())
    };
    view! {
        <div class="sentence-of-controls" role="group" aria-label=name.to_owned()>
            {path} " " {operator} " " {value}
        </div>
        {move || known_note(editing, row)}
        {found_at(editing, place, false)}
        {kept}
    }
    .into_any()
}

/// What the tool's schema says of the argument.
fn known_note(editing: Editing, row: Memo<Condition>) -> Option<AnyView> {
    let Target::Tool(tool) = editing.target.get() else { return None };
    let path = row.with(|row| row.path.clone());
    let found = editing
        .store
        .inventory()
        .with(|inventory| inventory.tool(&tool)?.get("inputSchema").map(|schema| known(schema, &path)))?;
    let note = match found {
        Known::Named(argument) => argument.in_words(),
        Known::NotNamed => "not in the tool's inputSchema".to_owned(),
        Known::Open => return None,
    };
    Some(view! { <p class="hint">{note}</p> }.into_any())
}
