//! One list of a tool's policy: its heading, its rows, and what adds to it.

use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use super::found::found_at;
use super::kept::kept_card;
use super::limit::limit_row;
use super::rule::rule_card;
use super::{Editing, focus_soon, id_of};
use crate::model::rules::gestures::{add_limit, add_rule, copy, shift, take_away};
use crate::model::rules::{List, Row, above};

/// The words of a list.
struct Words {
    heading: &'static str,
    gloss: &'static str,
    add: &'static str,
    /// One of its items.
    one: &'static str,
}

const fn words(list: List) -> Words {
    match list {
        List::Limits => Words {
            heading: "Limits",
            gloss: "How much may be used. Windows follow the UTC calendar; a grant is one agent's access token.",
            add: "Add a limit",
            one: "limit",
        },
        List::Require => Words {
            heading: "Require",
            gloss: "A call is refused unless every rule here holds.",
            add: "Add a requirement",
            one: "requirement",
        },
        List::DenyIf => Words {
            heading: "Deny if",
            gloss: "A call is refused when any rule here holds.",
            add: "Add a denial",
            one: "denial",
        },
        List::RequireApproval => Words {
            heading: "Needs approval",
            gloss: "A person is asked when any rule here holds.",
            add: "Add an approval",
            one: "approval",
        },
    }
}

/// What an item of a list is called, by its number from 0: `limit 1`.
pub(super) fn name_of(list: List, index: usize) -> String {
    format!("{} {}", words(list).one, index + 1)
}

/// A list with its rows.
pub(super) fn section(editing: Editing, list: List) -> AnyView {
    let Words { heading, gloss, add, one } = words(list);
    let count = Memo::new(move |_| editing.rules.with(|rules| rules.0.count(list)));
    let title = format!("{}-title", list.name());
    let add_id = add_id(list);
    let rows = view! {
        <For each=move || 0..count.get() key=|index| *index let:index>
            {row(editing, list, index)}
        </For>
    }
    .into_any();
    let place = move || editing.place().key(list.name());
    let on_list = move || found_at(editing, &place(), true);
    let press = move |_| {
        let end = count.get_untracked();
        let place = untrack(move || editing.place());
        let path = editing.first_argument(false);
        editing.make(&format!("added a {one}"), &|source| match list {
            List::Limits => add_limit(source, &place),
            _ => add_rule(source, &place, list, Some(&path)),
        });
        let item = place.key(list.name()).index(end);
        focus_soon(first_control(list, &item));
    };
    view! {
        <section class="rule-list" aria-labelledby=format!("{}-title", list.name())>
            <div class="list-head">
                <h4 id=title>{heading}</h4>
                <span class="count">{move || if count.get() == 0 { "none".to_owned() } else { count.get().to_string() }}</span>
                <button type="button" id=add_id on:click=press>{add}</button>
            </div>
            <p class="hint">{gloss}</p>
            {on_list}
            <ol>{rows}</ol>
        </section>
    }
    .into_any()
}

fn add_id(list: List) -> String {
    format!("add-{}", list.name())
}

fn first_control(list: List, item: &Pointer) -> String {
    match list {
        List::Limits => id_of(item, "/max"),
        _ => id_of(&item.key("conditions").index(0), "/path"),
    }
}

/// A row of a list: what it is depends on what stands there.
fn row(editing: Editing, list: List, index: usize) -> AnyView {
    let kept = Memo::new(move |_| {
        editing.rules.with(|rules| match list {
            List::Limits => rules.0.limits.get(index).and_then(Row::as_kept).cloned(),
            _ => rules.0.rules_of(list).get(index).and_then(Row::as_kept).cloned(),
        })
    });
    let show = move || match (kept.get(), list) {
        (Some(kept), _) => view! { <li>{kept_card(editing, &kept)}</li> }.into_any(),
        (None, List::Limits) => limit_row(editing, index),
        (None, _) => rule_card(editing, list, index),
    };
    show.into_any()
}

/// What can be done with an item as a whole: moved, copied, removed.
pub(super) fn actions(
    editing: Editing,
    name: &str,
    item: &Pointer,
    count: Signal<usize>,
    after_last: String,
) -> AnyView {
    let index = item.tokens().last().and_then(|token| token.parse::<usize>().ok()).unwrap_or_default();
    let list = above(item);
    let sibling = move |index: usize, control: &str| id_of(&list.index(index), control);
    let (up, down) = (id_of(item, "/up"), id_of(item, "/down"));
    let moved = {
        let (item, name, sibling) = (item.clone(), name.to_owned(), sibling.clone());
        Callback::new(move |is_up: bool| {
            let end = count.get_untracked();
            let next = if is_up { index.checked_sub(1) } else { Some(index + 1).filter(|next| *next < end) };
            let Some(next) = next else { return };
            let way = if is_up { "up" } else { "down" };
            editing.make(&format!("moved {name} {way}"), &|source| shift(source, &item, is_up));
            focus_soon(sibling(next, if is_up { "/up" } else { "/down" }));
        })
    };
    let copied = {
        let (item, name, sibling) = (item.clone(), name.to_owned(), sibling.clone());
        move |_| {
            editing.make(&format!("duplicated {name}"), &|source| copy(source, &item));
            focus_soon(sibling(index + 1, ""));
        }
    };
    let removed = {
        let (item, name) = (item.clone(), name.to_owned());
        move |_| {
            let left = count.get_untracked().saturating_sub(1);
            editing.make(&format!("removed {name}"), &|source| take_away(source, &item));
            let next = left.checked_sub(1).map(|end| sibling(index.min(end), "/remove"));
            focus_soon(next.unwrap_or_else(|| after_last.clone()));
        }
    };
    let is_alone = move || count.get() < 2;
    let is_last = move || (index + 1 >= count.get()).to_string();
    view! {
        <div class="row-actions">
            <button type="button" class="quiet" id=up hidden=is_alone aria-label=format!("Move {name} up") aria-disabled=(index == 0).to_string() on:click=move |_| moved.run(true)>"Up"</button>
            <button type="button" class="quiet" id=down hidden=is_alone aria-label=format!("Move {name} down") aria-disabled=is_last on:click=move |_| moved.run(false)>"Down"</button>
            <button type="button" class="quiet" aria-label=format!("Duplicate {name}") on:click=copied>"Duplicate"</button>
            <button type="button" class="quiet" id=id_of(item, "/remove") aria-label=format!("Remove {name}") on:click=removed>"Remove"</button>
        </div>
    }
    .into_any()
}

/// Where the focus goes when the last item of a list is gone.
pub(super) fn after_last(list: List) -> String {
    add_id(list)
}
