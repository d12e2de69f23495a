//! What a condition compares with: a field for each kind of value, and a row for each item of a list.

use gatewright_core::pointer::Pointer;
use gatewright_core::policy::Op;
use leptos::prelude::*;

use super::{Editing, focus_soon, id_of};
use crate::components::{Check, Draft, FieldKind, any_text, choice, draft_field};
use crate::model::rules::gestures::{add_item, set_kind};
use crate::model::rules::value::{Kind, Value, json_check, kinds_for, number_check, pattern_check};

/// The kinds of an item of a list.
const ITEM_KINDS: &[Kind] = &[Kind::Text, Kind::Number, Kind::YesNo, Kind::Null, Kind::Json];

/// The editor of a value, as far as its operator leaves a choice.
pub(super) fn value_editor(
    editing: Editing,
    value: Memo<Value>,
    op: Memo<Option<Op>>,
    place: &Pointer,
    name: &str,
) -> AnyView {
    let kind = Memo::new(move |_| value.with(|value| value.kind));
    let kinds = Memo::new(move |_| {
        let taken = op.get().map_or(ITEM_KINDS, kinds_for);
        // What the operator does not take is shown as it is, beside what it does take.
        if taken.len() == 1 && taken.contains(&kind.get()) { &[] } else { taken }
    });
    let text_check = Memo::new(move |_| op.get() == Some(Op::Regex));
    let (at, name) = (place.clone(), name.to_owned());
    let body = move || match kind.get() {
        Kind::List => list_editor(editing, value, &at, &name),
        kind => {
            // A pattern that does not compile is half typed.
            let text_check: Check = if text_check.get() { pattern_check } else { any_text };
            let field = field(editing, value, kind, text_check, &at, &format!("Value of {name}"));
            let (at, name) = (at.clone(), name.clone());
            let kinds = move || kind_choice(editing, value, kinds.get(), &at, &name);
            view! { {field} " " {kinds} }.into_any()
        }
    };
    body.into_any()
}

/// A field for a value of one kind.
fn field(
    editing: Editing,
    value: Memo<Value>,
    kind: Kind,
    text_check: Check,
    place: &Pointer,
    label: &str,
) -> AnyView {
    let at = place.clone();
    let what = label.to_lowercase();
    let write = Callback::new(move |text: String| {
        let Some(json) = kind.json(&text) else { return };
        editing.type_in(&at, &format!("{what}, {json}"), &|source| source.set(&at, &json));
    });
    let text = Signal::derive(move || value.with(|value| value.text.clone()));
    let draft = |check: Check, looks| Draft {
        id: id_of(place, ""),
        label: label.to_owned(),
        value: text,
        check,
        kind: looks,
        offers: None,
        on_change: write,
    };
    match kind {
        Kind::Number => draft_field(draft(number_check, FieldKind::Number)),
        Kind::Text => draft_field(draft(text_check, FieldKind::Words)),
        Kind::YesNo => {
            choice(id_of(place, ""), label.to_owned(), text, vec![("true", "yes"), ("false", "no")], write)
        }
        Kind::Null | Kind::Missing => ().into_any(),
        Kind::List | Kind::Json => draft_field(draft(json_check, FieldKind::Lines)),
    }
}

/// A choice of the kind, where there is one.
fn kind_choice(
    editing: Editing,
    value: Memo<Value>,
    kinds: &'static [Kind],
    place: &Pointer,
    name: &str,
) -> Option<AnyView> {
    if kinds.is_empty() {
        return None;
    }
    let at = place.clone();
    let id = id_of(place, "/kind");
    let label = format!("Kind of value of {name}");
    let change = Callback::new({
        let (id, name) = (id.clone(), name.to_owned());
        move |word: String| {
            let kind = Kind::named(&word);
            let now = value.get_untracked();
            editing
                .make(&format!("{name} compares with {word}"), &|source| set_kind(source, &at, &now, kind));
            focus_soon(id.clone());
        }
    });
    let shown = Signal::derive(move || value.with(|value| value.kind.name().to_owned()));
    let options = kinds.iter().map(|kind| (kind.name(), kind.name())).collect();
    Some(choice(id, label, shown, options, change))
}

/// A row for each item of a list.
fn list_editor(editing: Editing, value: Memo<Value>, place: &Pointer, name: &str) -> AnyView {
    let count = Memo::new(move |_| value.with(|value| value.items.len()));
    let add_id = id_of(place, "/add");
    let rows = {
        let (place, name) = (place.clone(), name.to_owned());
        view! {
            <For each=move || 0..count.get() key=|index| *index let:index>
                {item(editing, value, index, count, &place, &name)}
            </For>
        }
        .into_any()
    };
    let add = {
        let (place, name) = (place.clone(), name.to_owned());
        move |_| {
            let (now, last) = (value.get_untracked(), count.get_untracked());
            editing.make(&format!("added a value to {name}"), &|source| add_item(source, &place, &now));
            focus_soon(id_of(&place.index(last), ""));
        }
    };
    view! {
        <ul class="values" aria-label=format!("Values of {name}")>{rows}</ul>
        <button type="button" id=add_id aria-label=format!("Add a value to {name}") on:click=add>"Add a value"</button>
    }
    .into_any()
}

fn item(
    editing: Editing,
    list: Memo<Value>,
    index: usize,
    count: Memo<usize>,
    place: &Pointer,
    name: &str,
) -> AnyView {
    let value = Memo::new(move |_| list.with(|list| list.items.get(index).cloned().unwrap_or_default()));
    let kind = Memo::new(move |_| value.with(|value| value.kind));
    let at = place.index(index);
    let label = format!("Value {} of {name}", index + 1);
    let body = {
        let (at, label) = (at.clone(), label.clone());
        move || field(editing, value, kind.get(), any_text, &at, &label)
    };
    let kinds = kind_choice(editing, value, ITEM_KINDS, &at, &label.to_lowercase());
    let remove = {
        let (list, what) = (place.clone(), label.to_lowercase());
        let at = at.clone();
        move |_| {
            let left = count.get_untracked().saturating_sub(1);
            editing.make(&format!("removed {what}"), &|source| source.remove(&at));
            let next = left.checked_sub(1).map(|last| id_of(&list.index(index.min(last)), "/remove"));
            focus_soon(next.unwrap_or_else(|| id_of(&list, "/add")));
        }
    };
    view! {
        <li>
            {body} " " {kinds}
            <button type="button" class="quiet" id=id_of(&at, "/remove") aria-label=format!("Remove {}", label.to_lowercase()) on:click=remove>"Remove"</button>
        </li>
    }
    .into_any()
}
