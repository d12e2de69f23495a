//! The page of one tool: what it does, how risky that is and why, and what it takes.

use std::sync::Arc;

use gatewright_core::risk::Category;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use super::super::attacks;
use super::drift;
use super::row::bars_view;
use crate::components::{Modal, prose};
use crate::model::tool_page::{Description, Elsewhere, Listing, ToolPage};
use crate::model::view::Target;
use crate::store::{Shared, Store};

mod rule;

/// The page of the tool that is looked at, where it is asked for and nothing else stands in front.
#[component]
pub fn AboutTool() -> impl IntoView {
    let store = expect_context::<Store>();
    let name = Memo::new(move |_| {
        let is_free = store.dialog.with(Option::is_none);
        store.view().with(|view| match &view.target {
            Target::Tool(name) if view.about && is_free => Some(name.clone()),
            _ => None,
        })
    });
    let close = Callback::new(move |()| {
        if store.dialog.with_untracked(Option::is_none) {
            store.look_closely(None);
        }
    });
    move || {
        name.get().map(|name| {
            let title = shown_name(&name);
            let said = view! { <p class="bad" role="status">{move || store.notice().get()}</p> };
            view! { <Modal title=title on_close=close>{said} {page(store, &name)}</Modal> }.into_any()
        })
    }
}

/// The parts of a tool's page, each drawn anew when what it tells changes.
fn page(store: Store, name: &str) -> AnyView {
    let known = Memo::new({
        let name = name.to_owned();
        move |_| {
            let told = store
                .inventory()
                .with(|inventory| store.catalogue().with(|Shared(all)| ToolPage::of(&name, inventory, all)));
            Arc::new(told)
        }
    });
    let listing = Memo::new(move |_| known.with(|page| page.listing.clone()));
    let attacks = attacks::on_tool(store, name);
    let rules = {
        let name = name.to_owned();
        move |_| store.select_tool(Target::Tool(name.clone()))
    };
    view! {
        <div class="about-tool">
            {move || listing.get().map_or_else(unlisted, |listing| what_it_says(&listing))}
            {drift::of_tool(store, name.to_owned())}
            <section class="risk">
                <h3>"Risk"</h3>
                {move || risk(&known.get())}
                {you_say(store)}
            </section>
            {rule::recommended_rule(store, name.to_owned())}
            {move || listing.get().map(|listing| arguments_view(&listing))}
            <section><h3>"Attacks that use it"</h3>{attacks}</section>
            {move || elsewhere(&known.get().elsewhere)}
            <p><button type="button" on:click=rules>"Edit its rules"</button></p>
        </div>
    }
    .into_any()
}

fn unlisted() -> AnyView {
    view! { <p class="hint">"No imported server lists it: only its name is known. Import the server's tools to know more."</p> }
        .into_any()
}

/// The tool in its server's own words, which nobody has checked.
fn what_it_says(listing: &Listing) -> AnyView {
    let of = if listing.server.is_empty() { "its server".to_owned() } else { listing.server.clone() };
    let hints: Vec<AnyView> = listing
        .hints
        .iter()
        .map(|(name, stated)| view! { <div><dt>{*name}</dt><dd>{*stated}</dd></div> }.into_any())
        .collect();
    view! {
        <section>
            <h3>"What it says of itself"</h3>
            <p class="hint">{format!("The words of {of}. Nobody has checked them.")}</p>
            {description(&listing.description)}
            <dl class="hints">{hints}</dl>
        </section>
    }
    .into_any()
}

fn description(text: &Description) -> AnyView {
    let Description { first, whole } = text.clone();
    if first.is_empty() {
        return view! { <p>"No description."</p> }.into_any();
    }
    let is_whole = RwSignal::new(false);
    let more = whole.map(|whole| (whole, move |_| is_whole.update(|shown| *shown = !*shown)));
    let (whole, toggle) = more.map_or((None, None), |(whole, toggle)| (Some(whole), Some(toggle)));
    let shown = move || if is_whole.get() { whole.clone().unwrap_or_default() } else { first.clone() };
    let button = toggle.map(|toggle| {
        view! {
            <button type="button" class="quiet" aria-expanded=move || is_whole.get().to_string() on:click=toggle>
                {move || if is_whole.get() { "Show less" } else { "Show all" }}
            </button>
        }
    });
    view! { <p class="own-words">{shown}</p> {button} }.into_any()
}

/// Category and level with their reasons, and the signals with their evidence.
fn risk(page: &ToolPage) -> AnyView {
    let reasons: Vec<AnyView> = page
        .reasons()
        .map(|(why, words)| {
            view! { <li>{prose(&why)} " " <span class="words-of">{prose(&words)}</span></li> }.into_any()
        })
        .collect();
    let signals: Vec<AnyView> = page
        .signals()
        .map(|(heading, why, words)| {
            view! {
                <li>
                    <strong>{heading}</strong> " " {prose(&why)} " " <span class="words-of">{prose(&words)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let signals = (!signals.is_empty())
        .then(|| view! { <h4>"Signals"</h4> <ul class="evidence">{signals}</ul> }.into_any());
    view! {
        <p class="badge">{bars_view(&page.risk)} <strong>{page.risk.label()}</strong> <span>{page.risk.source_in_words()} "."</span></p>
        <ul class="evidence">{reasons}</ul>
        {signals}
    }
    .into_any()
}

/// The choice to say otherwise of the tool that is looked at. It stays while what it changes is drawn anew.
pub(super) fn you_say(store: Store) -> AnyView {
    let looked_at = move || {
        store.view().with(|view| match &view.target {
            Target::Tool(name) => Some(name.clone()),
            _ => None,
        })
    };
    let said = Memo::new(move |_| {
        let name = looked_at()?;
        store.inventory().with(|inventory| inventory.said_of(&name))
    });
    let options: Vec<AnyView> = Category::ALL
        .into_iter()
        .map(|category| {
            view! {
                <option value=category.as_str() prop:selected=move || said.get() == Some(category)>{category.title()}</option>
            }
            .into_any()
        })
        .collect();
    let chosen = move |event| {
        let word = event_target_value(&event);
        if let Some(name) = untrack(looked_at) {
            store.say_what_it_does(&name, Category::from_word(&word));
        }
    };
    view! {
        <label class="you-say">
            "You say "
            <select on:change=chosen>
                <option value="" prop:selected=move || said.get().is_none()>"nothing"</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

fn arguments_view(listing: &Listing) -> AnyView {
    let table = if listing.arguments.is_empty() {
        let none = if listing.has_schema { "Its schema names none." } else { "It has no schema." };
        view! { <p>{none}</p> }.into_any()
    } else {
        let rows: Vec<AnyView> = listing
            .arguments
            .iter()
            .map(|known| {
                let kind = if known.kind.is_empty() { "not stated".to_owned() } else { known.kind.clone() };
                let required = if known.is_required { "required" } else { "optional" };
                view! { <tr><th scope="row"><code>{known.path.clone()}</code></th><td>{kind}</td><td>{required}</td></tr> }
                    .into_any()
            })
            .collect();
        view! {
            <table>
                <thead><tr><th scope="col">"Name"</th><th scope="col">"Type"</th><th scope="col">"Required"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! { <section><h3>"Arguments"</h3>{table}</section> }.into_any()
}

/// The same name at other servers: a policy cannot tell them apart.
fn elsewhere(others: &[Elsewhere]) -> Option<AnyView> {
    if others.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = others
        .iter()
        .map(|other| {
            let server = if other.server.is_empty() {
                "A server without a name".to_owned()
            } else {
                other.server.clone()
            };
            let differs = match other.differs.as_slice() {
                [] => "The same definition.".to_owned(),
                several => format!("{}.", several.join("; ")),
            };
            view! { <li><strong>{server}</strong> ": " {other.risk.clone()} ". " {prose(&differs)}</li> }
                .into_any()
        })
        .collect();
    Some(
        view! {
            <section>
                <h3>"The same name elsewhere"</h3>
                <p class="hint">"A policy knows tools by their names: one rule holds for all of these. The gravest is told above."</p>
                <ul class="evidence">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}
