//! The call that is shown: its verdict, and every check in order.

use std::sync::Arc;

use gatewright_core::legible::legible;
use gatewright_core::pointer::Pointer;
use gatewright_core::trace::{Check, Mark};
use gatewright_core::{Step, Verdict};
use leptos::prelude::*;

use super::traffic::log;
use super::{tests, what_if};
use crate::components::DecisionMark;
use crate::model::document::GoodVersion;
use crate::store::Store;

mod deeds;

pub use deeds::request_of;

/// The verdict and the trace of the selected call.
#[component]
pub fn TracePanel() -> impl IntoView {
    let store = expect_context::<Store>();
    move || {
        let explained = store.explained()?;
        let version = Arc::clone(&store.run()?.version);
        let rows = explained.steps.chunk_by(|a, b| a.mark == b.mark && is_bare(a) && is_bare(b));
        let steps = rows.map(|steps| step_row(store, &version, steps)).collect_view();
        Some(view! {
            <section class="trace" aria-labelledby="trace-title">
                <div class="trace-head">
                    <h3 id="trace-title">{explained.heading.clone()}</h3>
                    <DecisionMark decision=explained.verdict.decision />
                </div>
                <p class="message">{explained.verdict.message.clone()}</p>
                <ol class="checks">{steps}</ol>
                {rule_line(&explained.verdict)}
                <div class="trace-deeds">
                    {log::assume_button(store, &explained)}
                    {deeds::rule_button(store, Arc::clone(&version), &explained.verdict)}
                    {deeds::more_button(store, &version, &explained.verdict)}
                    {deeds::later_button(store, &explained)}
                    {what_if::branch::button(store, explained.index)} {tests::add_button(store)} {deeds::copy_buttons(store, &explained)}
                </div>
            </section>
        })
    }
}

/// Whether a step says no more than its mark. Such steps share a row.
fn is_bare(step: &Step) -> bool {
    step.name.is_none() && matches!(step.mark, Mark::Absent | Mark::NotReached)
}

/// Steps of one mark as a row: one step, or several bare ones.
fn step_row(store: Store, version: &Arc<GoodVersion>, steps: &[Step]) -> Option<impl IntoView + use<>> {
    let step = steps.first()?;
    let (class, shape, word) = match step.mark {
        Mark::Passed => ("passed", "✓", "passed"),
        Mark::Decided => ("decided", "■", "decided"),
        Mark::Absent => ("absent", "–", "none"),
        Mark::NotReached => ("not-reached", "○", "not reached"),
        Mark::Unknown => ("unknown", "?", "unknown"),
    };
    let label = match &step.name {
        Some(name) => format!("{} {}", check_label(step), legible(name)),
        None => steps.iter().map(check_label).collect::<Vec<_>>().join(", "),
    };
    let text = step.text.clone();
    let line = step.pointer.clone().and_then(|pointer| line_button(store, Arc::clone(version), pointer));
    Some(view! {
        <li class=class>
            <span class="shape" aria-hidden="true">{shape}</span>
            <span class="visually-hidden">{word} ": "</span>
            <span class="check">{label}</span>
            <span class="found">{text}</span>
            {line}
        </li>
    })
}

/// The words for what is looked at; a list that is empty or not reached stands for all its items.
fn check_label(step: &Step) -> &'static str {
    let one = step.name.is_some();
    match step.check {
        Check::Clock => "clock",
        Check::Policy => "policy",
        Check::Counters => "counters",
        Check::Message => "message",
        Check::Hide => "hide",
        Check::Listed => "listed",
        Check::Require => "require",
        Check::DenyIf => "deny_if",
        Check::RequireApproval => "require_approval",
        Check::Limit if one => "limit",
        Check::Limit => "limits",
        Check::AllToolsLimit if one => "all_tools limit",
        Check::AllToolsLimit => "all_tools limits",
    }
}

/// The line of a place, and the way there while the text is the version that was run.
fn line_button(store: Store, version: Arc<GoodVersion>, pointer: Pointer) -> Option<impl IntoView> {
    let line = version.line_of(&pointer)?;
    let go = move |_| store.go_to(&version, &pointer);
    Some(view! {
        <Show
            when=move || store.is_valid()
            fallback=move || view! { <span class="line">{format!("line {line}")}</span> }
        >
            <button type="button" class="quiet line" aria-label=format!("Go to line {line}") on:click=go.clone()>
                {format!("line {line}")}
            </button>
        </Show>
    })
}

/// The rule's id as logs have it.
fn rule_line(verdict: &Verdict) -> Option<AnyView> {
    let rule = legible(verdict.rule.as_ref()?.as_str());
    Some(view! { <p class="rule"><span>"rule "</span> <code>{rule}</code></p> }.into_any())
}
