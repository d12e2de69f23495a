//! A text in another language of policies: what it becomes, what could not be carried over, and the calls that prove it.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_core::amount::count;
use gatewright_core::import::policy::{Compared, Converted, DifferingCall};
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use super::proposal::proposal;
use crate::components::{DecisionMark, prose, quoting};
use crate::model::conversion::{Brought, Report};
use crate::model::traffic::Staged;
use crate::model::view::{Pane, Target};
use crate::store::{Shared, Store};

/// The text that was brought, and the policy that it becomes.
pub fn convert(store: Store) -> AnyView {
    let Some(Shared(brought)) = store.brought().get_untracked() else {
        return view! { <p class="hint">"There is nothing to convert."</p> }.into_any();
    };
    let tool = store.view().with_untracked(|view| match &view.target {
        Target::Tool(name) => Some(name.clone()),
        Target::Unlisted | Target::AllTools => None,
    });
    // It is judged call by call, which takes a moment: the dialog is there before.
    let converted = RwSignal::new(None);
    let asked = Arc::clone(&brought);
    set_timeout(
        move || {
            let made = store.inventory().with_untracked(|tools| asked.converted(tools, tool.as_deref()));
            converted.set(Some(made.map(Arc::new)));
        },
        std::time::Duration::ZERO,
    );
    let heading = format!("This is {}: convert it?", brought.dialect.in_words());
    let told = {
        let brought = Arc::clone(&brought);
        move || match converted.get() {
            None => view! { <p class="hint" role="status">"Converting…"</p> }.into_any(),
            Some(Err(why)) => view! { <p class="bad" role="status">{prose(&why)}</p> }.into_any(),
            Some(Ok(converted)) => converted_view(store, &brought, &converted),
        }
    };
    let (text, shown) = (Arc::clone(&brought.text), brought.text.to_string());
    let copied = Arc::clone(&brought.text);
    let as_it_is = {
        let name = brought.name.clone();
        move |_| {
            store.open_policy(format!("Opened {name}"), &text);
            store.dialog.set(None);
        }
    };
    view! {
        <div class="conversion">
            <p><strong>{heading}</strong> " " {brought.name.clone()}</p>
            {told}
            <details>
                <summary>"The text as it was brought"</summary>
                <pre tabindex="0" class="exactly">{shown}</pre>
                <div class="deeds">
                    <button type="button" on:click=move |_| store.copy("the text", &copied)>"Copy"</button>
                    <button type="button" on:click=as_it_is>"Open it as it is"</button>
                </div>
            </details>
        </div>
    }
    .into_any()
}

fn converted_view(store: Store, brought: &Arc<Brought>, converted: &Converted) -> AnyView {
    let step = format!("Converted {}", brought.name);
    let policy: Arc<str> = Arc::from(converted.policy.as_str());
    let then = {
        let brought = Arc::clone(brought);
        move || store.have_converted(&brought)
    };
    let differing: TryCall = {
        let (step, policy) = (step.clone(), Arc::clone(&policy));
        let brought = Arc::clone(brought);
        Arc::new(move |scenario: Staged| {
            store.open_policy_with(format!("{step}, with a call that differs"), &policy, scenario);
            store.have_converted(&brought);
        })
    };
    let report = Report::new(&converted.carried, &converted.lost, &converted.compared);
    view! {
        {report_view(store, &report, "Use it and try this call", &differing)}
        <h3>"The policy"</h3>
        {proposal(store, policy, BTreeMap::new(), ("Use the converted policy", step), then)}
    }
    .into_any()
}

/// What is done with a call that both decide otherwise.
pub type TryCall = Arc<dyn Fn(Staged) + Send + Sync>;

/// What was carried over, what was not, and the calls that both decide otherwise.
pub fn report_view(store: Store, report: &Report, label: &'static str, deed: &TryCall) -> AnyView {
    let lost: Vec<AnyView> = report
        .lost
        .iter()
        .map(|(what, why)| view! { <li><code>{what.clone()}</code> <p>{quoting(why)}</p></li> }.into_any())
        .collect();
    let lost = if lost.is_empty() {
        view! { <p>"Everything was carried over."</p> }.into_any()
    } else {
        view! { <h3>"Not carried over"</h3> <ul class="rests">{lost}</ul> }.into_any()
    };
    let carried: Vec<AnyView> =
        report.carried.iter().map(|what| view! { <li><code>{what.clone()}</code></li> }.into_any()).collect();
    let carried = (!carried.is_empty()).then(|| {
        let summary = format!("Carried over ({})", count(carried.len()));
        view! { <details><summary>{summary}</summary><ul class="rests">{carried}</ul></details> }.into_any()
    });
    view! { {lost} {carried} <h3>"Calls that are decided otherwise"</h3> {compared_view(store, &report.compared, label, deed)} }
        .into_any()
}

fn compared_view(store: Store, compared: &Compared, label: &'static str, deed: &TryCall) -> AnyView {
    let rows: Vec<AnyView> =
        compared.differences.iter().map(|call| differing_view(store, call, label, deed)).collect();
    view! { <ul class="rests">{rows}</ul> <p class="hint">{quoting(&compared.in_words())}</p> }.into_any()
}

fn differing_view(store: Store, call: &DifferingCall, label: &'static str, deed: &TryCall) -> AnyView {
    let (tool, arguments, why) = (shown_name(&call.tool), call.arguments.clone(), call.why.clone());
    let more = match call.more {
        0 => String::new(),
        1 => "1 more call differs for the same cause.".to_owned(),
        more => format!("{} more calls differ for the same cause.", count(more)),
    };
    let (scenario, deed, name) =
        (call.scenario.clone(), Arc::clone(deed), format!("{label}: {tool} {arguments}"));
    let press = move |_| match Staged::of("A call that is decided otherwise".to_owned(), scenario.clone()) {
        Ok(staged) => {
            deed(staged);
            store.dialog.set(None);
            store.look(|view| view.pane = Pane::DryRun);
        }
        Err(why) => store.say(why),
    };
    view! {
        <li>
            <p><strong>{tool}</strong> " " <code>{arguments}</code></p>
            <p>"Before: " <DecisionMark decision=call.before /> ". After: " <DecisionMark decision=call.after /> "."</p>
            <p>{quoting(&why)} " " {more}</p>
            <button type="button" aria-label=name on:click=press>{label}</button>
        </li>
    }
    .into_any()
}

/// Says that the text on the page is in another language, where it is, and offers to convert it.
#[component]
pub fn Recognised() -> impl IntoView {
    let store = expect_context::<Store>();
    move || {
        let brought = store.text_in_a_dialect().get()?;
        let words = format!("This is {}.", brought.0.dialect.in_words());
        let press = move |_| store.offer_conversion((*brought.0).clone());
        Some(
            view! { <p class="recognised">{words} " " <button type="button" on:click=press>"Convert it…"</button></p> },
        )
    }
}
