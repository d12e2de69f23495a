//! One attack: what it does, how far it comes, and the control that would stop it.

use std::sync::Arc;

use gatewright_core::attack::{Attack, Control, Finding, Performed};
use gatewright_core::diagnostic::{self, Fix};
use gatewright_core::risk::Place;
use gatewright_core::scenario::Scenario;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use super::BEFORE;
use crate::components::{diff_view, prose, quoting};
use crate::model::attacks::mark;
use crate::model::text_diff::TextDiff;
use crate::model::traffic::{Staged, Traffic};
use crate::platform::screen;
use crate::store::{Of, Store};

/// The name in the page of what is told of an attack.
fn told_id(attack: &Attack) -> String {
    format!("attack-{}", attack.id)
}

/// An attack as a row. What it is stays as it was drawn, so that what somebody unfolds stays unfolded.
pub(super) fn row(store: Store, place: usize, attack: &'static Attack) -> AnyView {
    let told = Memo::new(move |_| store.performed(place));
    let is_stale =
        Memo::new(move |_| told.with(|told| told.as_ref().is_some_and(|told| !store.is_of_now(told))));
    let verdict = move || match told.get() {
        Some(told) => verdict_view(&told.what),
        None => view! { <p class="hint">"Not run yet"</p> }.into_any(),
    };
    let before = move || is_stale.get().then(|| view! { <p class="hint">{BEFORE}</p> }.into_any());
    let deeds = move || {
        let told = told.get()?;
        let control =
            told.what.control.clone().map(|control| control_view(store, place, attack, control, is_stale));
        let advice = told.what.advice.clone().map(|advice| view! { <p>{quoting(&advice)}</p> }.into_any());
        Some(view! { {control} {advice} }.into_any())
    };
    view! {
        <tr class:stale=move || is_stale.get()>
            <th scope="row">
                <span class="title">{attack.title}</span>
                {what_view(store, attack, told)}
            </th>
            <td><div id=told_id(attack) tabindex="-1">{verdict} {before}</div></td>
            <td>{deeds}</td>
        </tr>
    }
    .into_any()
}

/// What happens, where it was described, and the calls that do it.
fn what_view(store: Store, attack: &'static Attack, told: Memo<Option<Of<Performed>>>) -> AnyView {
    let show = move || {
        let scenario = told.get()?.what.scenario.clone()?;
        let label = format!("Show the calls of {}", attack.title);
        let press = move |_| show_calls(store, attack, &scenario);
        Some(
            view! { <button type="button" aria-label=label on:click=press>"Show the calls"</button> }
                .into_any(),
        )
    };
    let findings = move || {
        told.with(|told| {
            told.as_ref().map(|told| told.what.findings.iter().map(finding_view).collect::<Vec<AnyView>>())
        })
    };
    view! {
        <details>
            <summary aria-label=format!("What happens in {}", attack.title)>"What happens"</summary>
            <p>{quoting(attack.what)}</p>
            <p>{quoting(attack.harm)}</p>
            <p>{quoting(attack.stopped_by)}</p>
            <p class="hint">{source(attack)}</p>
        </details>
        <ul class="told-calls">{findings}</ul>
        {show}
    }
    .into_any()
}

/// Where an attack was described. The page itself fetches nothing.
pub fn source(attack: &Attack) -> AnyView {
    view! {
        "Described in " <a href=attack.source.url target="_blank" rel="noopener noreferrer">{attack.source.title}</a>
        " (opens another site)"
    }
    .into_any()
}

fn finding_view(found: &Finding) -> AnyView {
    let place = match &found.evidence.place {
        Place::Name => "its name".to_owned(),
        Place::Description => "its description".to_owned(),
        Place::Schema(pointer) => format!("its schema at {}", pointer.as_str()),
        Place::Annotations => "its annotations".to_owned(),
    };
    let (tool, words, why) =
        (shown_name(&found.tool), found.evidence.words.clone(), found.evidence.why.clone());
    view! { <li><strong>{tool}</strong> ", " {place} ": " <q>{words}</q> " " {why}</li> }.into_any()
}

fn verdict_view(told: &Performed) -> AnyView {
    let (shape, class) = mark(told.standing);
    view! {
        <p class=format!("standing {class}")><span class="shape" aria-hidden="true">{shape}</span> " " {prose(&told.standing.in_words())}</p>
        <p>{quoting(&told.words)}</p>
    }
    .into_any()
}

/// The control that would stop an attack: first what it changes, then the button that does.
fn control_view(
    store: Store,
    place: usize,
    attack: &'static Attack,
    control: Control,
    is_stale: Memo<bool>,
) -> AnyView {
    let Control { fix, words, .. } = control;
    let fix = Arc::new(fix);
    let (open, set_open) = signal(false);
    let preview = {
        let fix = Arc::clone(&fix);
        move || (open.get() && !is_stale.get()).then(|| preview(store, &fix))
    };
    let is_refused = move || is_stale.get() || !store.is_valid();
    let label = fix.label.clone();
    let name = format!("Use this control against {}", attack.title);
    let apply = move |_| {
        // Its edits are places in the text that was attacked.
        if untrack(is_refused) {
            return;
        }
        store.amend(format!("Control: {}", fix.label), Ok(fix.edits.clone()));
        store.attack(Some(place));
        screen::focus(&told_id(attack));
    };
    view! {
        <details on:toggle=move |event| set_open.set(screen::is_open(&event))>
            <summary>{prose(&label)}</summary>
            <p>{quoting(&words)}</p>
            {preview}
            <button type="button" aria-label=name aria-disabled=move || is_refused().to_string() on:click=apply>"Use this control"</button>
        </details>
    }
    .into_any()
}

fn preview(store: Store, fix: &Fix) -> AnyView {
    let diff = store.document().with_untracked(|document| {
        let before = document.text();
        let after = diagnostic::apply(before, &fix.edits);
        TextDiff::new(before, after.as_deref().unwrap_or(before))
    });
    diff_view(&diff)
}

/// Puts an attack's calls in place of those to try.
fn show_calls(store: Store, attack: &Attack, scenario: &Scenario) {
    match Staged::of(attack.title.to_owned(), scenario.clone()) {
        Ok(staged) => {
            store.play(format!("Try the attack: {}", attack.title), Traffic::Scenario(Arc::new(staged)));
            super::show_run(store);
        }
        Err(why) => store.say(why),
    }
}

/// An attack in a line, for a tool that it uses.
pub(super) fn in_short(store: Store, attack: &'static Attack, told: &Of<Performed>) -> AnyView {
    let (shape, class) = mark(told.what.standing);
    let (words, far) = (told.what.words.clone(), told.what.standing.in_words());
    let show = told.what.scenario.clone().map(|scenario| {
        let label = format!("Show the calls of {}", attack.title);
        let press = move |_| show_calls(store, attack, &scenario);
        view! { <button type="button" class="quiet" aria-label=label on:click=press>"Show the calls"</button> }.into_any()
    });
    view! {
        <li>
            <span class=format!("standing {class}")><span class="shape" aria-hidden="true">{shape}</span> " " {attack.title} ": " {far} "."</span>
            " " {quoting(&words)} " " {show}
        </li>
    }
    .into_any()
}
