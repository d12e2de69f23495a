//! The rules and limits of what is selected, as controls.
//!
//! Every control shows the text of the policy and changes the text: nothing is kept here but what is half typed.
//! Rows are told apart by their number, so that a row that is typed in stays while others change.

use std::sync::Arc;

use gatewright_core::pointer::Pointer;
use gatewright_core::source::{Source, Value as Written};
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use super::tools::ToolStateRadios;
use crate::components::choice;
use crate::model::arguments::{Argument, arguments, likeliest};
use crate::model::rules::advice::{Worst, place_of, sentences, worst_cases};
use crate::model::rules::gestures::Gesture;
use crate::model::rules::value::quoted;
use crate::model::rules::{Kept, List, ToolRules, above};
use crate::model::view::Target;
use crate::platform::screen;
use crate::store::{Shared, Store};

mod condition;
mod found;
mod kept;
mod limit;
mod rule;
mod section;
mod told;
mod value;

use found::found_at;
use kept::kept_card;
use section::section;

/// The name in the page of the list of arguments that a tool is known to take.
const KNOWN_ARGUMENTS: &str = "known-arguments";

/// What every row needs to know.
#[derive(Clone, Copy)]
struct Editing {
    store: Store,
    rules: Memo<Shared<ToolRules>>,
    worst: Memo<Vec<Worst>>,
    known: Memo<Shared<Vec<Argument>>>,
    target: Memo<Target>,
}

impl Editing {
    /// Makes a gesture as a step of its own.
    fn make(self, what: &str, gesture: &dyn Fn(&Source) -> Gesture) {
        self.store.amend(self.label(what), self.edits(gesture));
    }

    /// Writes what is typed in a field; within a second it is one step.
    fn type_in(self, field: &Pointer, what: &str, gesture: &dyn Fn(&Source) -> Gesture) {
        self.store.amend_typing(field.as_str(), self.label(what), self.edits(gesture));
    }

    fn edits(self, gesture: &dyn Fn(&Source) -> Gesture) -> Gesture {
        self.store.document().with_untracked(|document| gesture(&document.parsed().source))
    }

    /// What a step of the history is called.
    fn label(self, what: &str) -> String {
        format!("{}: {what}", self.target.with_untracked(subject))
    }

    /// The place of what is selected; of tools that are not listed none.
    fn place(self) -> Pointer {
        self.target.with(place_of).unwrap_or_default()
    }

    /// The argument that a new condition asks about.
    fn first_argument(self, number: bool) -> String {
        let found = self
            .known
            .with_untracked(|Shared(known)| likeliest(known, number).map(|argument| argument.path.clone()));
        found.unwrap_or_else(|| if number { "args.amount" } else { "args.name" }.to_owned())
    }
}

/// What a step or a heading is about.
fn subject(target: &Target) -> String {
    match target {
        Target::Unlisted => "Not listed".to_owned(),
        Target::AllTools => "All tools".to_owned(),
        Target::Tool(name) => shown_name(name),
    }
}

/// The name in the page of the row at a place, or of one of its controls.
fn id_of(place: &Pointer, control: &str) -> String {
    format!("at{place}{control}")
}

/// Moves the focus once what was just changed is drawn.
fn focus_soon(id: String) {
    request_animation_frame(move || screen::focus(&id));
}

/// The rules and limits of what is selected.
#[component]
pub fn RulesPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let target = Memo::new(move |_| store.view().with(|view| view.target.clone()));
    let rules = Memo::new(move |_| {
        let place = target.with(place_of).unwrap_or_else(|| Pointer::root().key("default"));
        store.shown().with(|shown| Shared(Arc::new(ToolRules::new(&shown.0, &place))))
    });
    let worst =
        Memo::new(move |_| store.shown().with(|shown| target.with(|target| worst_cases(&shown.0, target))));
    let known = Memo::new(move |_| Shared(Arc::new(target.with(|target| known_arguments(store, target)))));
    let editing = Editing { store, rules, worst, known, target };
    let broken = Memo::new(move |_| !store.is_editable());
    let body = move || {
        if target.get() == Target::Unlisted {
            return ().into_any();
        }
        // Another tool is another panel: what was half typed for one is not shown of the next.
        List::ALL.map(|list| section(editing, list)).into_any()
    };
    go_to_shown_place(editing);
    view! {
        <div class="rules">
            <h3 id="rules-title" tabindex="-1">{move || target.with(subject)}</h3>
            {move || broken.get().then(|| view! { <p class="bad">"The text has a syntax error. Shown is the last version without one; it can be changed here once the text is repaired."</p> })}
            <fieldset disabled=broken>
                <legend class="visually-hidden">{move || format!("Rules of {}", target.with(subject))}</legend>
                <ToolStateRadios />
                {move || default_choice(editing)}
                {move || listed_note(editing)}
                {body}
                {move || kept_of_tool(editing)}
            </fieldset>
            <section class="in-words" aria-labelledby="in-words-title">
                <h4 id="in-words-title">"In words"</h4>
                {move || in_words(editing)}
            </section>
            <datalist id=KNOWN_ARGUMENTS>{move || offers(editing)}</datalist>
        </div>
    }
}

/// The arguments that a tool is known to take; of all tools those that any of them takes.
fn known_arguments(store: Store, target: &Target) -> Vec<Argument> {
    /// So many are offered.
    const MOST: usize = 300;
    store.inventory().with(|inventory| {
        let schema = |tool: &serde_json::Value| tool.get("inputSchema").map(arguments).unwrap_or_default();
        match target {
            Target::Unlisted => Vec::new(),
            Target::Tool(name) => inventory.tool(name).map(schema).unwrap_or_default(),
            Target::AllTools => {
                let mut all: Vec<Argument> = Vec::new();
                for (_, tool) in inventory.tools() {
                    if all.len() >= MOST {
                        break;
                    }
                    for argument in schema(tool) {
                        if !all.iter().any(|known| known.path == argument.path) {
                            all.push(Argument { is_required: false, ..argument });
                        }
                    }
                }
                all
            }
        }
    })
}

fn offers(editing: Editing) -> Vec<AnyView> {
    editing.known.with(|Shared(known)| {
        known
            .iter()
            .map(|argument| {
                let (path, words) = (argument.path.clone(), argument.in_words());
                view! { <option value=path>{words}</option> }.into_any()
            })
            .collect()
    })
}

/// What happens to tools that are not listed, as a sentence with a choice.
fn default_choice(editing: Editing) -> Option<AnyView> {
    if editing.target.get() != Target::Unlisted {
        return None;
    }
    let place = Pointer::root().key("default");
    let at = place.clone();
    let written = Signal::derive(move || {
        editing.store.shown().with(|Shared(shown)| match &shown.source.find(&at)?.value {
            Written::Text(word) => Some(word.clone()),
            _ => None,
        })
    });
    let value = Signal::derive(move || written.get().unwrap_or_default());
    let options = vec![("deny", "denied"), ("allow", "allowed")];
    let found = found_at(editing, &place, false);
    let id = id_of(&place, "");
    let change = Callback::new(move |word: String| {
        editing.make(&format!("default {word}"), &|source| source.set(&place, &quoted(&word)));
    });
    let select = choice(id, "Tools that the policy does not list".to_owned(), value, options, change);
    Some(view! { <p class="sentence-of-controls">"Tools that the policy does not list are " {select}</p> {found} }.into_any())
}

/// What happens to a tool that is not there, once something is added.
fn listed_note(editing: Editing) -> Option<AnyView> {
    let is_there = editing.rules.with(|rules| rules.0.is_there);
    let is_tool = editing.target.with(|target| matches!(target, Target::Tool(_)));
    (is_tool && !is_there).then(|| {
        view! { <p class="hint">"The policy does not list this tool. A rule or a limit lists it, and what is listed may be called."</p> }
            .into_any()
    })
}

/// What of the tool has no row, and what is found about the tool as such.
fn kept_of_tool(editing: Editing) -> AnyView {
    if editing.target.get() == Target::Unlisted {
        let kept = editing.store.shown().with(|shown| ToolRules::rest_of_document(&shown.0));
        return kept.iter().map(|kept| kept_card(editing, kept)).collect::<Vec<AnyView>>().into_any();
    }
    let (place, kept) = editing.rules.with(|rules| (rules.0.place.clone(), rules.0.kept.clone()));
    let cards: Vec<AnyView> = kept.iter().map(|kept: &Kept| kept_card(editing, kept)).collect();
    let own = found_at(editing, &place, true);
    view! { {own} {cards} }.into_any()
}

/// What core says of what is selected. A sentence leads to its place.
fn in_words(editing: Editing) -> AnyView {
    let (found, is_whole) = editing.store.shown().with(|shown| {
        let found = editing.target.with(|target| sentences(&shown.0, target));
        (found, shown.0.diagnostics.is_empty())
    });
    if found.is_empty() {
        return view! { <p class="hint">"Nothing is said of all tools together."</p> }.into_any();
    }
    let items: Vec<AnyView> = found
        .into_iter()
        .map(|sentence| {
            // Beside what could not be read, numbers of rules are others than those of the text.
            if !is_whole {
                return view! { <li>{sentence.text}</li> }.into_any();
            }
            let show = move |_| editing.store.show_place(&sentence.pointer);
            view! { <li><button type="button" class="sentence" on:click=show>{sentence.text}</button></li> }
                .into_any()
        })
        .collect();
    let hint = (!is_whole).then(|| view! { <p class="hint">"Of what could be read:"</p> }.into_any());
    view! { {hint} <ul>{items}</ul> }.into_any()
}

/// Brings the row into view that was gone to from elsewhere.
fn go_to_shown_place(editing: Editing) {
    let place = Memo::new(move |_| editing.store.view().with(|view| view.place.clone()));
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            request_animation_frame(move || {
                // What has no row of its own is shown in the row around it.
                let mut at = place;
                while !screen::scroll_into_view(&id_of(&at, "")) && at != Pointer::root() {
                    at = above(&at);
                }
            });
        }
    });
}

/// Whether a row is, or holds, the place that was gone to.
fn is_shown(editing: Editing, place: &Pointer) -> bool {
    editing.store.view().with(|view| view.place.as_ref().is_some_and(|shown| holds(place, shown)))
}

/// Whether a place is another or inside it.
fn holds(outer: &Pointer, inner: &Pointer) -> bool {
    let rest = inner.as_str().strip_prefix(outer.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
