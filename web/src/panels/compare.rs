//! The policy beside another version of it: what differs in the text, for each tool, and for the calls.

use std::sync::Arc;

use gatewright_core::amend::ToolState;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use crate::components::{diff_view, prose};
use crate::model::compare::{Comparison, Move, Other, Rewording, calls_in_words};
use crate::model::document::Document;
use crate::model::templates::TEMPLATES;
use crate::model::view::Dialog;
use crate::platform::files::{self, ReadFile};
use crate::store::{Shared, Store};

/// So many tools of a group are named.
const MOST: usize = 30;

/// The choice of another version, and what differs.
pub fn compare(store: Store) -> AnyView {
    let take = move |name: String, text: &str| {
        store.compared.set(Some(Other { name, text: Arc::from(text) }));
    };
    let template = move |event| {
        let chosen = event_target_value(&event);
        if let Some(template) = TEMPLATES.iter().find(|template| template.name == chosen) {
            take(format!("the template {chosen}"), &super::templates::text_of(store, *template));
        }
    };
    let file = move |event: leptos::ev::Event| {
        files::read_chosen(&event, move |file| match file {
            ReadFile::Text(name, text) => take(name, &text),
            ReadFile::Refused(why) => store.say(why),
        });
    };
    let pasted = move |event| {
        let text = event_target_value(&event);
        if !text.trim().is_empty() {
            take("the pasted text".to_owned(), &text);
        }
    };
    let options = TEMPLATES.map(|template| view! { <option value=template.name>{template.name}</option> });
    let result = move || {
        let Some(other) = store.compared.get() else {
            return view! { <p class="hint">"Choose what to compare the policy with."</p> }.into_any();
        };
        let calls = store.run().map(|run| Shared(Arc::clone(&run.calls)));
        let now = store.document().with(Clone::clone);
        result_view(store, &other, &now, calls)
    };
    view! {
        <div class="fields">
            <label class="field">
                <span>"With a template"</span>
                <select on:change=template><option value="">"None"</option>{options}</select>
            </label>
            <label class="field"><span>"With a file"</span><input type="file" on:change=file /></label>
            <label class="field wide">
                <span>"With a text"</span>
                <textarea rows="3" class="paste" spellcheck="false" autocomplete="off" placeholder="Paste a policy" on:input=pasted></textarea>
            </label>
        </div>
        <button type="button" class="quiet" on:click=move |_| store.dialog.set(Some(Dialog::Snapshots))>
            "With an earlier version"
        </button>
        <div class="compared">{result}</div>
    }
    .into_any()
}

fn result_view(
    store: Store,
    other: &Other,
    now: &Document,
    calls: Option<Shared<gatewright_core::scenario::Calls>>,
) -> AnyView {
    let before = Document::new(&other.text);
    let known = store.inventory().get();
    let known = known.tools().filter_map(|(_, tool)| tool.get("name").and_then(|name| name.as_str()));
    let comparison = Comparison::new(before.parsed(), now.parsed(), known);
    let of_calls = match (before.errors().first(), before.good(), now.good(), calls) {
        (Some(error), ..) => {
            format!(
                "The calls are not compared: line {} of {}: {}.",
                error.location.line, other.name, error.message
            )
        }
        (None, Some(before), Some(after), Some(Shared(calls))) => {
            calls_in_words(&before.policy, &after.policy, &calls)
        }
        _ => "There are no calls to compare.".to_owned(),
    };
    let moves: Vec<AnyView> = comparison.moves.iter().map(move_view).collect();
    let rewordings: Vec<AnyView> = comparison.rewordings.iter().take(MOST).map(rewording_view).collect();
    let same = (moves.is_empty() && rewordings.is_empty())
        .then(|| view! { <p>"Both say the same of every tool."</p> }.into_any());
    let text = Arc::clone(&other.text);
    let label = format!("Took {}", other.name);
    let use_it = move |_| store.open_policy(label.clone(), &text);
    view! {
        <h3>{format!("From {} to the policy as it is", other.name)}</h3>
        <h4>"Tools"</h4>
        {same}
        {moves}
        {rewordings}
        <h4>"The calls of the dry run"</h4>
        <p class="of-calls">{prose(&of_calls)}</p>
        <h4>"Text"</h4>
        <p>{comparison.text.in_words()} "."</p>
        {diff_view(&comparison.text)}
        <button type="button" on:click=use_it>{format!("Go back to {}", other.name)}</button>
    }
    .into_any()
}

fn word(state: ToolState) -> &'static str {
    match state {
        ToolState::Allow => "allowed",
        ToolState::Deny => "denied",
        ToolState::Hide => "hidden",
        ToolState::Approval => "needs approval",
        ToolState::Custom => "rules of its own",
    }
}

fn named(tool: Option<&str>) -> String {
    tool.map_or_else(|| "every tool that is not named".to_owned(), shown_name)
}

fn move_view(group: &Move) -> AnyView {
    let (count, before, after) = (group.tools.len(), word(group.before), word(group.after));
    let heading = match count {
        1 => format!("1 tool goes from {before} to {after}"),
        count => format!("{count} tools go from {before} to {after}"),
    };
    let heading = match group.tools.as_slice() {
        [None] => format!("Tools that are not named go from {before} to {after}"),
        _ => heading,
    };
    let mut names: Vec<String> = group.tools.iter().take(MOST).map(|tool| named(tool.as_deref())).collect();
    if count > MOST {
        names.push(format!("and {} more", count - MOST));
    }
    let names = (group.tools != [None]).then(|| view! { <p class="names">{names.join(", ")}</p> }.into_any());
    view! { <div class="move"><p class="moved">{heading} "."</p>{names}</div> }.into_any()
}

fn rewording_view(one: &Rewording) -> AnyView {
    let heading = one.tool.as_deref().map_or_else(|| "Every tool".to_owned(), shown_name);
    let line = |class: &'static str, word: &'static str, sign: &'static str, text: &String| {
        let text = text.clone();
        view! {
            <li class=class>
                <span class="sign" aria-hidden="true">{sign}</span>
                <span><span class="visually-hidden">{word}</span>{text}</span>
            </li>
        }
        .into_any()
    };
    let mut lines: Vec<AnyView> = Vec::new();
    lines.extend(one.gone.iter().map(|text| line("removed", "no longer: ", "−", text)));
    lines.extend(one.new.iter().map(|text| line("added", "now: ", "+", text)));
    view! { <div class="move"><p class="moved">{heading}</p><ol class="hunk sentences">{lines}</ol></div> }
        .into_any()
}
