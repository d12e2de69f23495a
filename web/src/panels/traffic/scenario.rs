//! The scenarios that everybody should try, any other as lines of text, and when they begin.

use std::sync::Arc;

use gatewright_core::built_in::{ALL, BuiltIn, Tools};
use gatewright_core::scenario::notation;
use gatewright_core::simulate::SECONDS;
use leptos::prelude::*;

use crate::model::traffic::{Staged, Traffic};
use crate::platform::screen;
use crate::store::{Starts, Store};

/// The built-in scenario of this name for people.
pub(super) fn built_in(title: &str) -> Option<&'static BuiltIn> {
    ALL.iter().find(|built_in| built_in.title == title)
}

/// A built-in scenario, made for the tools that the policy names.
#[component]
pub fn Choice() -> impl IntoView {
    let store = expect_context::<Store>();
    let current = Memo::new(move |_| {
        store.traffic().with(|traffic| match traffic {
            Traffic::Scenario(staged) => built_in(&staged.name).map_or("", |built_in| built_in.id),
            Traffic::Loop(_) | Traffic::Log(_) => "",
        })
    });
    let choose = move |event| {
        let Some(built_in) = BuiltIn::find(&event_target_value(&event)) else { return store.back_to_loop() };
        let run = untrack(move || store.run());
        let tools = run.map(|run| Tools::of(&run.version.policy)).unwrap_or_default();
        play(store, built_in.title, Staged::of(built_in.title.to_owned(), built_in.scenario(&tools)));
    };
    let options: Vec<AnyView> = ALL
        .iter()
        .map(|built_in| {
            let is = move || current.get() == built_in.id;
            view! { <option value=built_in.id prop:selected=is>{built_in.title}</option> }.into_any()
        })
        .collect();
    view! {
        <label class="field">
            <span>"Scenario"</span>
            <select on:change=choose>
                <option value="" prop:selected=move || current.get().is_empty()>"Of your own"</option>
                {options}
            </select>
        </label>
    }
}

fn play(store: Store, label: &str, staged: Result<Staged, String>) {
    match staged {
        Ok(staged) => store.play(label, Traffic::Scenario(Arc::new(staged))),
        Err(why) => store.say(why),
    }
}

/// The scenario as lines of text, which can be changed.
#[component]
pub fn AsText() -> impl IntoView {
    let store = expect_context::<Store>();
    let written = Memo::new(move |_| store.traffic().with(Traffic::as_text));
    // What was written when a text was refused, and why: out of date once something else is written.
    let refused = RwSignal::new(None::<(String, String)>);
    let wrong = Memo::new(move |_| {
        let now = written.get();
        refused.get().filter(|(then, _)| *then == now).map(|(_, why)| why)
    });
    let changed = move |event| {
        let found = match notation::parse(&event_target_value(&event)) {
            Ok(scenario) if !scenario.blocks.is_empty() => {
                store.compose_blocks("Composed calls", None, scenario)
            }
            Ok(_) => Err("Nothing is called: write a line such as `run_tests × 12/s for 5m`.".to_owned()),
            Err(error) => Err(format!("{error}.")),
        };
        refused.set(found.err().map(|why| (written.get_untracked(), why)));
        if refused.with_untracked(Option::is_none) {
            screen::set_value(&event, &written.get_untracked());
        }
    };
    let lines = move || written.with(|text| text.lines().count().clamp(2, 12));
    view! {
        <label class="field wide">
            <span>"As text, a block a line"</span>
            <textarea
                id="scenario-text"
                rows=lines
                spellcheck="false"
                autocomplete="off"
                placeholder="run_tests × 12/s for 5m as ci-agent"
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                aria-describedby="scenario-wrong"
                prop:value=move || written.get()
                on:change=changed
            ></textarea>
        </label>
        <p id="scenario-wrong" class="problem" role="status">{move || wrong.get()}</p>
    }
}

/// How much is allowed when the calls begin at another second of the minute.
#[component]
pub fn StartPhases() -> impl IntoView {
    let store = expect_context::<Store>();
    let start = move |_| store.try_starts();
    let words = move || {
        let Starts { phases, wrong } = store.starts()?;
        let done = phases.all.len();
        Some(match wrong {
            Some(wrong) => wrong,
            None if done < usize::from(SECONDS) => format!("Second {} of {SECONDS}…", done + 1),
            None => phases.in_words(),
        })
    };
    let has_scenario =
        Memo::new(move |_| store.traffic().with(|traffic| !matches!(traffic, Traffic::Log(_))));
    move || {
        has_scenario.get().then(|| {
            view! {
                <p class="start-phases">
                    <button type="button" on:click=start>"Try all 60 starts"</button>
                    " "
                    <span role="status">{words}</span>
                </p>
            }
        })
    }
}
