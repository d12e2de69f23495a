//! What was read of a log, and what is taken for what it does not say: times, and values of arguments.

use std::sync::Arc;

use gatewright_core::amount::count;
use gatewright_core::import::log::LogOptions;
use gatewright_core::scenario::notation::print_length;
use leptos::prelude::*;

use super::BackToLoop;
use crate::components::{FieldKind, Tried, tried_field};
use crate::model::assumptions::{Question, Taken, asked_by, questions, spacing, value};
use crate::model::composing::{instant, instant_text};
use crate::model::dry_run::Explained;
use crate::model::engine::Report;
use crate::model::traffic::{Log, Traffic};
use crate::platform::screen;
use crate::store::{Shared, Store};

/// The log that is played.
fn log_of(store: Store) -> Option<Arc<Log>> {
    store.traffic().with(|traffic| match traffic {
        Traffic::Log(log) => Some(Arc::clone(log)),
        Traffic::Loop(_) | Traffic::Scenario(_) => None,
    })
}

/// What the log leaves open of arguments, under the policy that is run.
fn open_questions(store: Store) -> Vec<Question> {
    let (Some(log), Some(run)) = (log_of(store), store.run()) else { return Vec::new() };
    questions(&log.own, &run.version.policy, &log.taken)
}

/// The name in the page of the field for an argument.
fn field_id(tool: &str, name: &str) -> String {
    format!("assume-{tool}-{name}")
}

/// What was read of the log that is played, and the fields for what it does not say.
#[component]
pub fn LogReport() -> impl IntoView {
    let store = expect_context::<Store>();
    let log = Memo::new(move |_| log_of(store).map(Shared));
    let has_times =
        Memo::new(move |_| log.with(|log| log.as_ref().is_none_or(|log| log.0.report.without_time == 0)));
    let report = move || {
        let Shared(log) = log.get()?;
        let Report { words, unreadable, more_unreadable: more, .. } = log.report.clone();
        let lines: Vec<AnyView> = unreadable
            .iter()
            .map(|(line, reason)| view! { <li>{format!("Line {}: {reason}.", count(*line))}</li> }.into_any())
            .collect();
        let unreadable = (!unreadable.is_empty()).then(|| {
            view! {
                <details>
                    <summary>"Unreadable lines"</summary>
                    <ul>{lines}</ul>
                    {(more > 0).then(|| format!("And {} more.", count(more)))}
                </details>
            }
            .into_any()
        });
        Some(
            view! {
                <p class="what"><strong>{log.name.clone()}</strong> " · " {words}</p>
                {unreadable}
            }
            .into_any(),
        )
    };
    view! {
        {report}
        {move || (!has_times.get()).then(|| times(store))}
        {assumptions(store)}
        {super::learn::learn(store)}
        <BackToLoop />
    }
    .into_any()
}

/// When the calls without a time are made.
fn times(store: Store) -> AnyView {
    let now = move || log_of(store).map(|log| log.taken.times).unwrap_or_default();
    let take = move |what: &'static str,
                     text: String,
                     read: fn(&str, LogOptions) -> Result<LogOptions, String>| {
        let Some(log) = untrack(move || log_of(store)) else { return Ok(()) };
        let times = read(&text, log.taken.times)?;
        store.take_for_log(format!("Calls without a time: {what} {text}"), Some(what.to_owned()), |taken| {
            Taken { times, ..taken }
        });
        Ok(())
    };
    let start = tried_field(Tried {
        id: "log-start".to_owned(),
        label: "First call without a time, UTC".to_owned(),
        of: "run",
        value: Signal::derive(move || instant_text(now().start)),
        kind: FieldKind::Code,
        offers: None,
        attempt: Callback::new(move |text| {
            take("the first at", text, |text, times| Ok(LogOptions { start: instant(text)?, ..times }))
        }),
    });
    let step = tried_field(Tried {
        id: "log-step".to_owned(),
        label: "From one call without a time to the next".to_owned(),
        of: "run",
        value: Signal::derive(move || print_length(u64::try_from(now().step_ms).unwrap_or_default())),
        kind: FieldKind::Code,
        offers: None,
        attempt: Callback::new(move |text| {
            take("one every", text, |text, times| Ok(LogOptions { step_ms: spacing(text)?, ..times }))
        }),
    });
    let which = move || {
        let missing = log_of(store).map_or(0, |log| log.report.without_time);
        let calls =
            if missing == 1 { "1 call has".to_owned() } else { format!("{} calls have", count(missing)) };
        format!("{calls} no time in the log. When were they made?")
    };
    view! {
        <section class="assumed" aria-labelledby="log-times">
            <h3 id="log-times">"Missing times"</h3>
            <p class="hint">{which}</p>
            <div class="fields">
                <div class="field instant"><span aria-hidden="true">"First call without a time, UTC"</span>{start}</div>
                <div class="field"><span aria-hidden="true">"From one call without a time to the next"</span>{step}</div>
            </div>
        </section>
    }
    .into_any()
}

/// The values that stand for arguments that were not recorded.
fn assumptions(store: Store) -> AnyView {
    // Counted once for all rows; the rows stay while only what is assumed changes.
    let open = Memo::new(move |_| open_questions(store));
    let asked = Memo::new(move |_| {
        let key = |asked: &Question| (asked.tool.clone(), asked.name.clone());
        open.with(|open| open.iter().map(key).collect::<Vec<(String, String)>>())
    });
    let body = move || {
        let asked = asked.get();
        (!asked.is_empty()).then(|| {
            let rows: Vec<AnyView> =
                asked.into_iter().map(|(tool, name)| assumption(store, open, tool, name)).collect();
            view! {
                <section class="assumed" aria-labelledby="log-values">
                    <h3 id="log-values">"Arguments that were not recorded"</h3>
                    <p class="hint">"The policy looks at them. A value given here, as JSON, stands for all calls named."</p>
                    <ul>{rows}</ul>
                </section>
            }
            .into_any()
        })
    };
    body.into_any()
}

/// One argument that was not recorded.
fn assumption(store: Store, open: Memo<Vec<Question>>, tool: String, name: String) -> AnyView {
    let found = {
        let (tool, name) = (tool.clone(), name.clone());
        Memo::new(move |_| {
            open.with(|open| open.iter().find(|asked| asked.tool == tool && asked.name == name).cloned())
        })
    };
    let words = found.with_untracked(|found| found.as_ref().map(Question::in_words)).unwrap_or_default();
    let id = field_id(&tool, &name);
    let assume = {
        let (words, id) = (words.clone(), id.clone());
        move |json: Option<&str>| {
            let label = match json {
                Some(json) => format!("Assume {words} is {json}"),
                None => format!("Assume nothing of {words}"),
            };
            store.take_for_log(label, json.map(|_| id.clone()), |taken| taken.assuming(&tool, &name, json));
        }
    };
    let written = assume.clone();
    let attempt = Callback::new(move |text: String| {
        written(Some(&value(&text)?));
        Ok(())
    });
    let input = tried_field(Tried {
        id: id.clone(),
        label: format!("Assume {words} is, as JSON"),
        of: "run",
        value: Signal::derive(move || {
            found.with(|found| found.as_ref().and_then(|found| found.assumed.clone())).unwrap_or_default()
        }),
        kind: FieldKind::Code,
        offers: None,
        attempt,
    });
    let calls = move || {
        let calls = found.with(|found| found.as_ref().map_or(0, |found| found.calls));
        if calls == 1 { "1 call".to_owned() } else { format!("{} calls", count(calls)) }
    };
    let remove = {
        let label = format!("Assume nothing of {words}");
        move || {
            let (assume, id) = (assume.clone(), id.clone());
            let press = move |_| {
                assume(None);
                screen::focus(&id);
            };
            let is_assumed = found.with(|found| found.as_ref().is_some_and(|found| found.assumed.is_some()));
            is_assumed.then(|| {
                view! { <button type="button" class="quiet" aria-label=label.clone() on:click=press>"Remove"</button> }
                    .into_any()
            })
        }
    };
    view! {
        <li class="field">
            <span><code>{words}</code> " · " {calls}</span>
            {input}
            {remove}
        </li>
    }
    .into_any()
}

/// What was taken for what the log does not say, beside the results.
#[component]
pub fn TakenNote() -> impl IntoView {
    let store = expect_context::<Store>();
    let words = Memo::new(move |_| {
        log_of(store)
            .map(|log| log.taken.in_words(usize::try_from(log.report.without_time).unwrap_or(usize::MAX)))
            .filter(|words| !words.is_empty())
    });
    move || {
        words.get().map(|words| {
            view! { <p class="hint taken">"Not in the log, and taken for this run: " {words} "."</p> }
                .into_any()
        })
    }
}

/// The way from a call that cannot be judged to the field for what it lacks.
pub fn assume_button(store: Store, explained: &Explained) -> Option<AnyView> {
    let run = store.run()?;
    log_of(store)?;
    let name = asked_by(&run.version, &explained.verdict)?;
    let tool = run.calls.get(explained.index)?.tool.to_owned();
    let asked = open_questions(store).into_iter().find(|asked| asked.tool == tool && asked.name == name)?;
    let label = match asked.calls {
        1 => format!("Assume args.{name} for this call"),
        calls => format!("Assume args.{name} for all {}", count(calls)),
    };
    let go = move |_| screen::reveal(&field_id(&tool, &name));
    Some(view! { <button type="button" class="primary" on:click=go>{label}</button> }.into_any())
}
