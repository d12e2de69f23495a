//! Attacks on the policy: what each does, how far it comes, and what would stop it; beside them what is left of a normal
//! day.
//!
//! Nothing is performed before somebody asks. After an edit what is told is greyed, and performed again once it is quiet.

use gatewright_core::amount::count;
use std::sync::Arc;

use gatewright_core::attack::{ALL, Attack, DayFrom};
use gatewright_core::scenario::Scenario;
use leptos::prelude::*;

use crate::components::DecisionMark;
use crate::model::attacks::{Held, MOST_OF_A_LOG, Outcome, Round, uses};
use crate::model::traffic::{Staged, Traffic};
use crate::model::view::Pane;
use crate::platform::screen;
use crate::platform::timer::Timer;
use crate::store::Store;

mod row;

pub use row::source;

/// The name in the page of what it is headed by.
const TITLE: &str = "attacks-title";
/// The name in the page of the button that performs all of them.
const RUN: &str = "run-attacks";
/// What the made-up day is called among the calls to try.
const DAY: &str = "Normal working day of these tools";
/// How long nothing must have changed before the attacks are performed again, in milliseconds.
const QUIET: u64 = 600;

/// The attacks. Nothing of them is drawn before somebody looks.
#[component]
pub fn AttacksPanel() -> impl IntoView {
    let store = expect_context::<Store>();
    let (open, set_open) = signal(false);
    perform_again(store, open);
    view! {
        <details class="attacks" on:toggle=move |event| set_open.set(screen::is_open(&event))>
            <summary id=TITLE>"Attacks on these tools"</summary>
            {move || open.get().then(|| body(store))}
        </details>
    }
}

/// Opens the panel and performs every attack.
pub fn open_and_run(store: Store) {
    store.look(|view| view.pane = Pane::DryRun);
    // A narrow screen shows the pane with the next frame; what is hidden takes no focus.
    request_animation_frame(move || {
        screen::reveal(TITLE);
        store.attack(None);
    });
}

/// Performs the attacks again once something has changed and it is quiet, where they were performed and are quick.
fn perform_again(store: Store, open: ReadSignal<bool>) {
    let timer = Timer::new(QUIET);
    let is_stale = move || {
        open.get()
            && store.attack_outcome().is_some_and(|outcome| !store.is_of_now(&outcome))
            && store.attacks_are_quick()
    };
    Effect::new(move |_| {
        // What is attacked changes with each edit, and each begins the time of quiet anew.
        if is_stale() && store.attacked().is_some() {
            timer.restart(Box::new(move || {
                if untrack(is_stale) {
                    store.attack(None);
                }
            }));
        }
    });
    Effect::watch(
        move || store.attack_outcome(),
        move |outcome, _, _| {
            if let Some(outcome) = outcome {
                store.announce(format!("Attacks run. Score: {}", outcome.what.score.in_words()));
            }
        },
        false,
    );
}

fn body(store: Store) -> AnyView {
    let has_begun = Memo::new(move |_| {
        store.attacks_done().is_some() || (0..Round::len()).any(|place| store.performed(place).is_some())
    });
    let label = move || if has_begun.get() { "Run all attacks again" } else { "Run all attacks" };
    let progress = move || {
        store
            .attacks_done()
            .map(|done| format!("Attack {} of {}…", (done + 1).min(Round::len()), Round::len()))
    };
    let whose = move || {
        let tools = store.attacked().map_or(0, |attacked| attacked.0.tools.len());
        match (store.inventory().with(|inventory| inventory.is_empty()), tools) {
            (true, 0) => "No tools yet: import a server's list, and the attacks are made for its tools.".to_owned(),
            (true, _) => "No list of tools is imported: the attacks use the names in the policy, and guess what they do.".to_owned(),
            (false, 1) => "They are made for the imported tool.".to_owned(),
            (false, tools) => format!("They are made for the {} imported tools.", count(tools)),
        }
    };
    let rows = move || {
        has_begun.get().then(|| {
            let rows: Vec<AnyView> = ALL.iter().enumerate().map(|(place, attack)| row::row(store, place, attack)).collect();
            view! {
                <table>
                    <caption class="visually-hidden">"Attacks, how far each comes, and what would stop it"</caption>
                    <thead>
                        <tr><th scope="col">"Attack"</th><th scope="col">"How far it comes"</th><th scope="col">"What would stop it"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any()
        })
    };
    view! {
        <div class="attacks-body">
            <p class="hint">"They are tried in this page, on the simulator's clock: no tool is called. " {whose}</p>
            <div class="deeds">
                <button type="button" class="primary" id=RUN on:click=move |_| store.attack(None)>{label}</button>
                <span class="hint">{progress}</span>
            </div>
            {outcome(store)}
            {rows}
        </div>
    }
    .into_any()
}

/// The score, what it is made of, and what is left of the day.
fn outcome(store: Store) -> AnyView {
    let is_stale =
        Memo::new(move |_| store.attack_outcome().is_some_and(|outcome| !store.is_of_now(&outcome)));
    let told = move || store.attack_outcome().map(|outcome| outcome_view(store, &outcome.what));
    let before = move || is_stale.get().then(|| view! { <p class="hint">{BEFORE}</p> }.into_any());
    view! { <div class="outcome" class:stale=move || is_stale.get()>{before} {told}</div> }.into_any()
}

/// What is said of results of before.
const BEFORE: &str = "As it was before the last change.";

fn outcome_view(store: Store, outcome: &Outcome) -> AnyView {
    let Outcome { day, held, score, made } = outcome;
    let tally = [
        (score.stopped, "stopped"),
        (score.limited, "limited"),
        (score.not_stopped, "not stopped"),
        (Round::len().saturating_sub(score.possible), "not possible with these tools"),
    ];
    let tally: Vec<String> = tally
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let first: Vec<AnyView> = held.iter().map(|held| held_view(store, held, made.as_ref())).collect();
    let first = (!first.is_empty()).then(|| {
        view! {
            <p class="hint">"The first calls of that day that do not pass by themselves:"</p>
            <ul class="told-calls">{first}</ul>
        }
        .into_any()
    });
    let whole = made.clone();
    let part = match day.from {
        DayFrom::Made => None,
        DayFrom::Log => store.day_log().and_then(|log| {
            let calls = log.calls.len();
            (calls > MOST_OF_A_LOG).then(|| {
                format!(
                    "The first {} of the log's {} calls stand for the day.",
                    count(MOST_OF_A_LOG),
                    count(calls)
                )
            })
        }),
    };
    view! {
        <p class="score"><strong>"Score: " {score.in_words()}</strong> " " {format!("{}.", tally.join(", "))}</p>
        <p>{day.words.clone()} " " {part} " " <button type="button" class="quiet" on:click=move |_| show_day(store, whole.as_ref(), None)>"Show the day"</button></p>
        {first}
    }
    .into_any()
}

/// A call of the day that does not pass.
fn held_view(store: Store, held: &Held, made: Option<&Scenario>) -> AnyView {
    let Held { index, decision, heading, message } = held.clone();
    let (label, made) = (format!("Show call {}", count(index + 1)), made.cloned());
    let show = move |_| show_day(store, made.as_ref(), Some(index));
    view! {
        <li>
            <DecisionMark decision=decision /> " " {heading} ". " {message} " "
            <button type="button" class="quiet" on:click=show>{label}</button>
        </li>
    }
    .into_any()
}

/// Puts the day in place of the calls to try, where it is not, and shows a call of it.
fn show_day(store: Store, made: Option<&Scenario>, call: Option<usize>) {
    let day = match (made, untrack(move || store.day_log())) {
        (Some(made), _) => match Staged::of(DAY.to_owned(), made.clone()) {
            Ok(staged) => Traffic::Scenario(Arc::new(staged)),
            Err(why) => return store.say(why),
        },
        (None, Some(log)) => Traffic::Log(log),
        (None, None) => return,
    };
    let is_there = store.traffic().with_untracked(|now| match (now, &day) {
        (Traffic::Scenario(now), Traffic::Scenario(day)) => now.scenario == day.scenario,
        (Traffic::Log(_), Traffic::Log(_)) => true,
        _ => false,
    });
    if !is_there {
        store.play("Try the normal day", day);
    }
    if let Some(call) = call {
        store.select(call);
    }
    show_run(store);
}

/// Leads to the run, which tells of what was put there.
fn show_run(store: Store) {
    store.look(|view| {
        view.pane = Pane::DryRun;
        view.about = false;
    });
    request_animation_frame(|| screen::focus("dry-run"));
}

/// The attacks that use a tool, as far as they were performed; a way to perform them.
pub fn on_tool(store: Store, tool: &str) -> AnyView {
    let tool = tool.to_owned();
    let found = move || {
        let using = |(place, attack): (usize, &'static Attack)| {
            let told = store.performed(place)?;
            uses(&told.what, &tool).then(|| row::in_short(store, attack, &told))
        };
        ALL.iter().enumerate().filter_map(using).collect::<Vec<AnyView>>()
    };
    let is_done = Memo::new(move |_| store.attack_outcome().is_some());
    let is_stale =
        Memo::new(move |_| store.attack_outcome().is_some_and(|outcome| !store.is_of_now(&outcome)));
    let list = move || {
        let found = found();
        let words = match (is_done.get(), found.is_empty()) {
            (true, true) => "None of the attacks uses this tool under this policy.",
            (true, false) => "",
            (false, _) => "The attacks were not run yet.",
        };
        view! { <ul class="told-calls">{found}</ul> <p class="hint">{words}</p> }.into_any()
    };
    let label = move || if is_done.get() { "Run all attacks again" } else { "Run all attacks" };
    view! {
        <div class="attacks-on-tool" class:stale=move || is_stale.get()>
            {move || is_stale.get().then(|| view! { <p class="hint">{BEFORE}</p> })}
            {list}
            <button type="button" on:click=move |_| store.attack(None)>{label}</button>
        </div>
    }
    .into_any()
}
