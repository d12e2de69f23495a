//! The smallest policy that allows the log that is played: how closely it is learned, what was learned, and the calls
//! that each line of it rests on. It changes nothing before somebody says so.

use std::sync::Arc;

use gatewright_core::amount::count;
use leptos::prelude::*;

use super::super::proposal::proposal;
use crate::components::{NumberField, quoting};
use crate::model::call_list::Filter;
use crate::model::learning::{Foretold, Lesson, MOST_HELD_OUT, MOST_SLACK, Rests, Shown, ToolLesson};
use crate::model::traffic::Traffic;
use crate::model::view::Pane;
use crate::platform::screen;
use crate::store::{Learning, Store};

/// So many tools are drawn, and as many more each time that is asked for.
const AT_ONCE: usize = 20;

/// Learning from the log.
pub(super) fn learn(store: Store) -> AnyView {
    let options = store.learn_options();
    let percent = move |read: fn(&gatewright_core::learn::LearnOptions) -> u32| {
        Signal::derive(move || options.with(|options| u64::from(read(options))))
    };
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let result = move || store.learned().map(|(learning, is_now)| result_view(store, learning, is_now));
    view! {
        <section class="assumed learn" aria-labelledby="learn-title">
            <h3 id="learn-title">"Least privilege from this log"</h3>
            <div class="fields">
                <NumberField
                    id="slack-bounds"
                    label="Slack of each limit"
                    unit="percent"
                    min=0
                    max=MOST_SLACK
                    value=percent(|options| options.slack)
                    on_change=move |slack| store.set_learn_options(|options| options.slack = number(slack))
                />
                <NumberField
                    id="held-out-bounds"
                    label="Held out, the last of the log"
                    unit="percent"
                    min=0
                    max=MOST_HELD_OUT
                    value=percent(|options| options.hold_out)
                    on_change=move |share| store.set_learn_options(|options| options.hold_out = number(share))
                />
            </div>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || options.with(|options| options.arguments)
                    on:change=move |event| {
                        let holds = event_target_checked(&event);
                        store.set_learn_options(|options| options.arguments = holds);
                    }
                />
                "Hold arguments to what the log shows"
            </label>
            <p><button type="button" on:click=move |_| store.learn()>"Learn the smallest policy"</button></p>
            {result}
        </section>
    }
    .into_any()
}

fn result_view(store: Store, learning: Learning, is_now: bool) -> AnyView {
    let lesson = match learning {
        Learning::Begun(done, all) => return progress(store, done, all),
        Learning::Failed(why) => return view! { <p class="bad" role="status">{why}</p> }.into_any(),
        Learning::Done(lesson) => lesson.0,
    };
    let before = (!is_now).then(|| {
        view! { <p class="hint">"Learned with other options. Learn again to use those above."</p> }.into_any()
    });
    let held_out = lesson.held_out.as_ref().map(|held_out| held_out_view(store, held_out));
    let not_held: Vec<AnyView> =
        lesson.not_held.iter().map(|why| view! { <li>{quoting(why)}</li> }.into_any()).collect();
    let not_held = (!not_held.is_empty()).then(|| {
        let summary = format!("What it does not hold ({})", not_held.len());
        view! { <details><summary>{summary}</summary><ul>{not_held}</ul></details> }.into_any()
    });
    let name = store.traffic().with_untracked(|traffic| match traffic {
        Traffic::Log(log) => log.name.clone(),
        Traffic::Loop(_) | Traffic::Scenario(_) => String::new(),
    });
    let policy: Arc<str> = Arc::from(lesson.policy.as_str());
    view! {
        <div class="lesson" class:stale=!is_now>
            {before}
            <p role="status">{quoting(&lesson.words)}</p>
            {held_out}
            {lines(store, Arc::clone(&lesson))}
            {not_held}
            {proposal(store, policy, lesson.notes(), ("Use the learned policy", format!("Learned from {name}")), || {})}
        </div>
    }
    .into_any()
}

fn progress(store: Store, done: u64, all: u64) -> AnyView {
    let percent = done.saturating_mul(100).checked_div(all);
    let words = percent.map_or_else(|| "Learning…".to_owned(), |percent| format!("Learning… {percent} %"));
    view! { <p class="hint">{words} " " <button type="button" on:click=move |_| store.stop_learning()>"Stop"</button></p> }
        .into_any()
}

/// How the calls that were held out fare.
fn held_out_view(store: Store, Foretold { words, denials }: &Foretold) -> AnyView {
    let rows: Vec<AnyView> = denials
        .iter()
        .map(|(place, calls, first)| {
            let calls =
                if *calls == 1 { "1 call".to_owned() } else { format!("{} calls", count(u64::from(*calls))) };
            let place = place.clone();
            view! { <li><code>{place}</code> {format!(": {calls}. ")} {call_button(store, first)}</li> }
                .into_any()
        })
        .collect();
    view! { <p>{quoting(words)}</p> <ul class="told-calls">{rows}</ul> }.into_any()
}

/// Each line of the policy, with the calls that it rests on.
fn lines(store: Store, lesson: Arc<Lesson>) -> AnyView {
    let (open, set_open) = signal(false);
    let (shown, set_shown) = signal(AT_ONCE);
    let (tools, all) = (lesson.tools.len(), lesson.tools.iter().map(|tool| tool.lines.len()).sum::<usize>());
    let body = move || {
        if !open.get() {
            return None;
        }
        let rows: Vec<AnyView> =
            lesson.tools.iter().take(shown.get()).map(|tool| tool_view(store, tool)).collect();
        let more = (tools > shown.get()).then(|| {
            let label =
                format!("Show {} more, of {}", AT_ONCE.min(tools - shown.get()), count(tools - shown.get()));
            let press = move |_| set_shown.update(|shown| *shown += AT_ONCE);
            view! { <button type="button" on:click=press>{label}</button> }.into_any()
        });
        Some(view! { {rows} {more} }.into_any())
    };
    view! {
        <details on:toggle=move |event| set_open.set(screen::is_open(&event))>
            <summary>{format!("The calls that each line rests on ({})", count(all))}</summary>
            {body}
        </details>
    }
    .into_any()
}

fn tool_view(store: Store, ToolLesson { tool, lines }: &ToolLesson) -> AnyView {
    let lines: Vec<AnyView> = lines
        .iter()
        .map(|Rests { says, why, calls, .. }| {
            let calls: Vec<AnyView> = calls.iter().map(|call| call_button(store, call)).collect();
            view! { <li><p>{quoting(says)}</p><p class="hint">{quoting(why)}</p><div class="deeds">{calls}</div></li> }.into_any()
        })
        .collect();
    view! { <h4>{tool.clone()}</h4> <ul class="rests">{lines}</ul> }.into_any()
}

/// Shows a call in the table.
fn call_button(store: Store, Shown { call, words }: &Shown) -> AnyView {
    let call = usize::try_from(*call).unwrap_or(usize::MAX);
    let show = move |_| {
        // A filter that leaves it out would hide it.
        if !store.call_list().with_untracked(|list| list.0.lists(call)) {
            store.list_calls(|filter| *filter = Filter::default());
        }
        store.select(call);
        store.look(|view| view.pane = Pane::DryRun);
        request_animation_frame(|| screen::focus("calls"));
    };
    view! { <button type="button" class="quiet" on:click=show>{quoting(words)}</button> }.into_any()
}
