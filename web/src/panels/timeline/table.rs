//! Lanes as tables: the same data as their charts, not a summary.

use gatewright_core::WindowModel;
use gatewright_core::amount::count;
use gatewright_core::policy::Window;
use gatewright_core::simulate::{Lane, LaneWindow};
use leptos::prelude::*;

use crate::model::buckets::Buckets;
use crate::model::dry_run::DryRun;
use crate::model::reading::{Pinned, used_in};

/// How many rows a table has at the most.
const ROWS: usize = 1_440;

/// A counter's windows; with what it held under the pinned policy, where there is one.
pub(super) fn of_lane(run: &DryRun, lane: &Lane, pinned: Option<Pinned<'_>>) -> Option<AnyView> {
    let limit = run.version.policy.limits().get(lane.limit)?;
    let window_in_words = |window: &LaneWindow| match limit.window {
        Window::Minute | Window::Hour if run.several_days() => {
            format!(
                "{}, {}",
                window.span.start.date(),
                limit.window.in_words(WindowModel::Calendar, window.span)
            )
        }
        other => other.in_words(WindowModel::Calendar, window.span),
    };
    let rows = lane.windows.iter().take(ROWS).map(|window| {
        let mut cells = vec![
            window_in_words(window),
            window.peak.to_string(),
            limit.max.to_string(),
            count(window.allowed),
            count(window.denied),
            count(window.given_back),
            format!("{} {} UTC", window.span.end.date(), window.span.end.time_of_day()),
        ];
        cells.extend(pinned.map(|pinned| used_in(pinned.lane, window.span).to_string()));
        cells
    });
    let mut heads = vec!["Window", "Used at most", "Max", "Allowed", "Denied", "Given back", "Resets at"];
    heads.extend(pinned.map(|_| "Used under A"));
    Some(table("Windows of this counter", heads, rows.collect(), lane.windows.len(), "windows"))
}

/// The buckets of all calls that hold any.
pub(super) fn of_calls(run: &DryRun, buckets: &Buckets) -> AnyView {
    let filled = || buckets.iter().filter(|(_, bucket)| bucket.calls() > 0);
    let rows = filled().take(ROWS).map(|(span, bucket)| {
        vec![
            format!("{}–{} UTC", run.time_in_words(span.start), run.time_in_words(span.end)),
            count(bucket.calls()),
            count(bucket.allowed),
            count(bucket.denied),
            count(bucket.other),
        ]
    });
    let heads = vec!["Time", "Calls", "Allowed", "Denied", "Neither"];
    table("Calls over time", heads, rows.collect(), filled().count(), "stretches of time")
}

fn table(
    label: &'static str,
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    all: usize,
    what: &'static str,
) -> AnyView {
    let heads: Vec<AnyView> =
        heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }.into_any()).collect();
    let shown = rows.len();
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|cells| {
            let cells: Vec<AnyView> =
                cells.into_iter().map(|cell| view! { <td>{cell}</td> }.into_any()).collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
            <table>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {(shown < all).then(|| format!("The first {} {what}, of {}.", count(shown), count(all)))}
        </div>
    }
    .into_any()
}
