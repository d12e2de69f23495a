//! Another future from one call on: what is changed there, and what comes of it beside what was.

use gatewright_core::amount::count;
use gatewright_core::time::Timestamp;
use gatewright_core::verdict::shown_name;
use leptos::prelude::*;

use crate::components::{FieldKind, Tried, tried_field};
use crate::model::branch::{Change, Counter, Future, Futures};
use crate::model::call_list::word;
use crate::model::composing::{instant, instant_text};
use crate::platform::screen;
use crate::store::Store;

/// The name in the page of what it is headed by.
const TITLE: &str = "branch-title";

/// What stands for arguments that were not all recorded.
const AS_RECORDED: &str = "as recorded";

/// Branches the run from a call on.
pub fn button(store: Store, index: usize) -> AnyView {
    let deed = move |_| {
        store.branch_from(index);
        request_animation_frame(|| screen::focus(TITLE));
    };
    view! { <button type="button" on:click=deed>"Branch from here"</button> }.into_any()
}

/// The branch that is looked at.
pub(super) fn branch(store: Store) -> AnyView {
    let is_there = Memo::new(move |_| store.branch().is_some());
    (move || is_there.get().then(|| section(store))).into_any()
}

fn section(store: Store) -> AnyView {
    let from = Memo::new(move |_| store.branch().map_or(0, |change| change.place()));
    let leave = move |_| {
        store.leave_branch();
        screen::focus(super::TITLE);
    };
    view! {
        <div class="branch">
            <h4 id=TITLE tabindex="-1">{move || format!("Branch from call {}", count(from.get() + 1))}</h4>
            <p class="hint">
                "Up to this call A decides. From it on the policy at hand does, with the counters as they stand: change the \
                 policy, or the call."
            </p>
            <div class="branch-fields">{fields(store)}</div>
            {move || store.futures().map_or_else(|| view! { <p class="hint">"Running both…"</p> }.into_any(), |futures| told(store, &futures))}
            <button type="button" class="quiet" on:click=leave>"Leave the branch"</button>
        </div>
    }
    .into_any()
}

fn fields(store: Store) -> Vec<AnyView> {
    let text = move |read: fn(&Change) -> String| {
        Signal::derive(move || store.branch().as_ref().map(read).unwrap_or_default())
    };
    let field = move |id: &str,
                      label: &str,
                      value: Signal<String>,
                      write: fn(&mut Change, String) -> Result<(), String>| {
        tried_field(Tried {
            id: format!("branch-{id}"),
            label: label.to_owned(),
            of: "branch",
            value,
            kind: FieldKind::Code,
            offers: None,
            attempt: Callback::new(move |typed: String| {
                let mut changed = untrack(move || store.branch()).ok_or_else(String::new)?;
                write(&mut changed, typed)?;
                store.change_branch(|change| *change = changed);
                Ok(())
            }),
        })
    };
    let args = text(|change| change.args.clone().unwrap_or_else(|| AS_RECORDED.to_owned()));
    let labelled = |label: &'static str, field: AnyView| {
        view! { <div class="field"><span aria-hidden="true">{label}</span>{field}</div> }.into_any()
    };
    let tool = field("tool", "Tool", text(|change| change.tool.clone()), |change, typed| {
        change.tool = typed;
        Ok(())
    });
    let args = field("args", "Arguments", args, move |change, typed| {
        change.args = if typed == AS_RECORDED { None } else { Some(Change::read_args(&typed)?) };
        Ok(())
    });
    let grant = field("grant", "Grant", text(|change| change.grant.clone()), |change, typed| {
        change.grant = typed;
        Ok(())
    });
    let at = text(|change| instant_text(Timestamp::from_millis(change.at_ms)));
    let at = field("at", "Made at, UTC; later calls move along", at, |change, typed| {
        change.at_ms = instant(&typed)?.as_millis();
        Ok(())
    });
    vec![
        labelled("Tool", tool),
        labelled("Arguments", args),
        labelled("Grant", grant),
        labelled("Made at, UTC; later calls move along", at),
    ]
}

fn told(store: Store, futures: &Futures) -> AnyView {
    let later = futures.was.allowed + futures.was.denied + futures.was.others;
    let words = match futures.changed {
        0 => format!("All {} calls from here on are decided as they were.", count(later)),
        1 => format!("1 of {} calls from here on is decided otherwise.", count(later)),
        changed => {
            format!("{} of {} calls from here on are decided otherwise.", count(changed), count(later))
        }
    };
    let first: Vec<AnyView> = futures
        .first
        .iter()
        .map(|(call, was, is)| {
            let (index, was, is) = (usize::try_from(*call).unwrap_or_default(), word(*was), word(*is));
            let label = format!("Call {}: {was}, in the branch {is}", count(*call + 1));
            view! { <li><button type="button" class="quiet" on:click=move |_| store.select(index)>{label}</button></li> }
                .into_any()
        })
        .collect();
    view! {
        <p role="status">{words}</p>
        <table class="matrix">
            <thead>
                <tr><td></td><th scope="col">"Allowed"</th><th scope="col">"Denied"</th><th scope="col">"First denial"</th></tr>
            </thead>
            <tbody>{row(store, "As it was", futures.was)} {row(store, "In the branch", futures.is)}</tbody>
        </table>
        {futures.counter.as_ref().map(windows)}
        {(!first.is_empty()).then(|| view! { <ul class="branch-calls" aria-label="Calls that are decided otherwise">{first}</ul> })}
    }
    .into_any()
}

fn row(store: Store, name: &'static str, future: Future) -> AnyView {
    let first = future.first_denial.map(|call| {
        let (index, label) = (usize::try_from(call).unwrap_or_default(), format!("call {}", count(call + 1)));
        view! { <button type="button" class="quiet" on:click=move |_| store.select(index)>{label}</button> }
            .into_any()
    });
    view! {
        <tr><th scope="row">{name}</th><td>{count(future.allowed)}</td><td>{count(future.denied)}</td><td>{first}</td></tr>
    }
    .into_any()
}

/// The counter's windows in both futures.
fn windows(counter: &Counter) -> AnyView {
    let cells = |[allowed, denied]: [u32; 2]| format!("{} allowed, {} denied", count(allowed), count(denied));
    let rows: Vec<AnyView> = counter
        .windows
        .iter()
        .map(|(start, was, is)| {
            let start = Timestamp::from_millis(*start);
            let from = format!("{} {}", start.date(), start.time_of_day());
            view! {
                <tr><th scope="row">{from}</th><td>{cells(*was)}</td><td class:changed=was != is>{cells(*is)}</td></tr>
            }
            .into_any()
        })
        .collect();
    let name = format!("{}, its first windows from here on", shown_name(&counter.name));
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=name.clone()>
            <table class="matrix">
                <caption>{name.clone()}</caption>
                <thead>
                    <tr><th scope="col">"From, UTC"</th><th scope="col">"As it was"</th><th scope="col">"In the branch"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
