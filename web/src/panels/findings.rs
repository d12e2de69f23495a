//! What is found in the policy: its errors, or, where there are none, what its author likely did not mean.

use std::sync::Arc;

use gatewright_core::diagnostic::{Fix, Related};
use leptos::prelude::*;

use crate::components::{diff_view, prose};
use crate::model::findings::Finding;
use crate::model::text_diff::TextDiff;
use crate::model::traffic::{Staged, Traffic};
use crate::model::view::{Pane, Tab};
use crate::platform::screen;
use crate::platform::timer::Timer;
use crate::store::Store;

/// Where the changes of so many repairs are shown at once; of more, each when it is asked for.
const FEW: usize = 3;
/// So many findings are listed; the next come up as these are repaired.
const MOST: usize = 100;
/// How long nobody must have typed before the number of findings is read out, in milliseconds.
const QUIET: u64 = 1_000;

/// Every finding, each with its place, its help, its repair and the calls that show it.
#[component]
pub fn FindingsPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let found = store.findings();
    let heading = move || in_words(store.is_valid(), found.with(|found| found.len()));
    let list = move || {
        let found = found.get();
        let few = found.iter().filter(|found| found.diagnostic.fix.is_some()).count() <= FEW;
        let mut rows: Vec<AnyView> = Vec::new();
        for (index, one) in found.iter().take(MOST).enumerate() {
            rows.push(row(store, index, one, few));
        }
        if found.len() > MOST {
            let more = format!("{} more are listed once these are repaired.", found.len() - MOST);
            rows.push(view! { <li>{more}</li> }.into_any());
        }
        rows
    };
    read_out(store);
    view! {
        <section id="findings" class="findings" aria-label="Findings">
            <p class:bad=move || !store.is_valid()>{heading}</p>
            <ul>{list}</ul>
        </section>
    }
}

/// How many findings there are, and the way to the next.
#[component]
pub fn FindingsButton() -> impl IntoView {
    let store = expect_context::<Store>();
    let words = Memo::new(move |_| match (store.is_valid(), store.findings().with(|found| found.len())) {
        (true, 1) => "1 finding".to_owned(),
        (true, count) => format!("{count} findings"),
        (false, 1) => "1 error".to_owned(),
        (false, count) => format!("{count} errors"),
    });
    view! {
        <button
            type="button"
            class="badge"
            class:bad=move || !store.is_valid()
            title="Next finding (F8)"
            on:click=move |_| walk(store, true)
        >
            {words}
        </button>
    }
}

/// Has the number of findings read out once nobody types any more.
fn read_out(store: Store) {
    let heading = Memo::new(move |_| in_words(store.is_valid(), store.findings().with(|found| found.len())));
    let timer = Timer::new(QUIET);
    Effect::watch(
        move || heading.get(),
        move |words, _, _| {
            let words = words.clone();
            timer.restart(Box::new(move || store.announce(words)));
        },
        false,
    );
}

/// How many there are, and what that means for the dry run.
fn in_words(valid: bool, count: usize) -> String {
    match (valid, count) {
        (true, 0) => "No errors.".to_owned(),
        (true, 1) => "No errors. 1 finding to look at.".to_owned(),
        (true, count) => format!("No errors. {count} findings to look at."),
        (false, 1) => "1 error. The results are those of the last valid version.".to_owned(),
        (false, count) => format!("{count} errors. The results are those of the last valid version."),
    }
}

/// Shows the next finding or the one before, seen from the one that was shown last, and goes there.
pub fn walk(store: Store, forward: bool) {
    let found = store.findings().get_untracked();
    let last = store.finding.get_untracked();
    let next = match (last, forward) {
        (Some(last), true) if last + 1 < found.len() => last + 1,
        (Some(last @ 1..), false) => last.min(found.len()) - 1,
        (_, true) => 0,
        (_, false) => found.len().saturating_sub(1),
    };
    let Some(finding) = found.get(next) else {
        store.announce("No findings.");
        return;
    };
    store.finding.set(Some(next));
    let words =
        format!("Finding {} of {}: {}.", next + 1, found.len(), finding.diagnostic.message.replace('`', ""));
    let has_text = store.view().with_untracked(|view| view.tab.has_text());
    store.show_finding(&finding.diagnostic);
    store.announce(words);
    if !has_text {
        // A narrow screen shows the pane with the next frame; what is hidden takes no focus.
        request_animation_frame(move || screen::focus(&place_id(next)));
    }
}

fn place_id(index: usize) -> String {
    format!("finding-{index}")
}

fn row(store: Store, index: usize, found: &Finding, few: bool) -> AnyView {
    let Finding { diagnostic, scenario } = found;
    let place = format!("Line {}, column {}", diagnostic.location.line, diagnostic.location.column);
    let pointer = diagnostic.pointer.as_str().to_owned();
    let message = format!("{}.", diagnostic.message);
    let help = diagnostic.help.as_ref().map(|help| {
        let stop = if help.ends_with('?') { "" } else { "." };
        view! { <p class="help">{prose(&format!("{help}{stop}"))}</p> }.into_any()
    });
    let related: Vec<_> = diagnostic.related.iter().map(|related| related_button(store, related)).collect();
    let fix = diagnostic.fix.as_ref().map(|fix| repair(store, index, fix, few));
    let show = scenario.as_ref().map(|scenario| show_button(store, &diagnostic.message, scenario));
    let here = diagnostic.clone();
    let go = move |_| {
        store.finding.set(Some(index));
        store.show_finding(&here);
    };
    view! {
        <li aria-current=move || (store.finding.get() == Some(index)).to_string()>
            <p>
                <button type="button" class="place" id=place_id(index) on:click=go>{place}</button>
                " "
                <code class="pointer">{pointer}</code>
            </p>
            <p>{prose(&message)}</p>
            {help}
            {related}
            <div class="deeds">{fix} {show}</div>
        </li>
    }
    .into_any()
}

/// Another place that belongs to a finding.
fn related_button(store: Store, related: &Related) -> AnyView {
    let label = format!("{}: line {}", related.message, related.location.line);
    let range = related.location.start..related.location.end;
    let go = move |_| {
        // It is a place of the text: what controls show there is told by the finding itself.
        if !store.view().with_untracked(|view| view.tab.has_text()) {
            store.show_tab(Tab::Json);
        }
        store.selection.set(Some(range.clone()));
    };
    view! { <button type="button" class="quiet related" on:click=go>{label}</button> }.into_any()
}

/// A repair: one press, and what it changes.
fn repair(store: Store, index: usize, fix: &Fix, few: bool) -> AnyView {
    let label = format!("Fix: {}", fix.label);
    let open = RwSignal::new(few);
    let fix = Arc::new(fix.clone());
    let preview = {
        let fix = Arc::clone(&fix);
        move || open.get().then(|| preview(store, &fix))
    };
    let apply = move |_| {
        store.apply(&fix);
        // The finding is gone with its button: the one that took its place is next, or the list.
        let left = store.findings().with_untracked(|found| found.len());
        let next = left.checked_sub(1).map(|last| place_id(index.min(last)));
        request_animation_frame(move || screen::focus(next.as_deref().unwrap_or("policy")));
    };
    view! {
        <button type="button" on:click=apply>{label}</button>
        <details open=few on:toggle=move |event| open.set(screen::is_open(&event))>
            <summary>"What changes"</summary>
            {preview}
        </details>
    }
    .into_any()
}

fn preview(store: Store, fix: &Fix) -> AnyView {
    let diff = store.document().with_untracked(|document| {
        let before = document.text();
        let after = gatewright_core::diagnostic::apply(before, &fix.edits);
        TextDiff::new(before, after.as_deref().unwrap_or(before))
    });
    diff_view(&diff)
}

/// The calls that show a finding, put into the dry run.
fn show_button(store: Store, message: &str, scenario: &serde_json::Value) -> AnyView {
    let (name, json) = (message.to_owned(), scenario.to_string());
    let show = move |_| match Staged::read(name.clone(), json.clone()) {
        Ok(staged) => {
            store.play("Try the calls of a finding", Traffic::Scenario(Arc::new(staged)));
            store.look(|view| view.pane = Pane::DryRun);
        }
        Err(why) => store.say(why),
    };
    let label = if is_one_call(scenario) { "Show the call" } else { "Show the calls" };
    view! { <button type="button" on:click=show>{label}</button> }.into_any()
}

fn is_one_call(scenario: &serde_json::Value) -> bool {
    let blocks = scenario.get("blocks").and_then(serde_json::Value::as_array);
    blocks.is_some_and(|blocks| blocks.len() == 1 && blocks.iter().all(|block| block.get("times").is_none()))
}
