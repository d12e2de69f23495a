//! One run of the calls through the good version of the policy, and what is told of a call.

use std::sync::Arc;

use gatewright_core::amount::count;
use gatewright_core::call::Arguments;
use gatewright_core::legible::legible;
use gatewright_core::pointer::Pointer;
use gatewright_core::policy::Window;
use gatewright_core::scenario::Calls;
use gatewright_core::simulate::explain_call;
use gatewright_core::time::duration_in_words;
use gatewright_core::verdict::shown_name;
use gatewright_core::{Decision, Options, Run, Step, Timestamp, ToolCall, Verdict, simulate};

use super::document::GoodVersion;
use super::likeness::Likeness;

/// A policy, calls, and what came of them.
#[derive(Debug)]
pub struct DryRun {
    /// The policy.
    pub version: Arc<GoodVersion>,
    /// The calls.
    pub calls: Arc<Calls>,
    /// What came of them.
    pub run: Run,
    /// When the earliest and the latest call was judged; the epoch where there is none.
    pub time: (Timestamp, Timestamp),
    /// Which calls are alike.
    pub likeness: Likeness,
    /// Whether it was made in the worker, which holds what it takes to tell more of it.
    pub is_away: bool,
}

/// All that is told of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The call's index, from 0.
    pub index: usize,
    /// `Call 11 · run_tests · 10:00:00.833 UTC · grant ci-agent`
    pub heading: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Every check.
    pub steps: Vec<Step>,
}

/// A call as a row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The call's number, from 1.
    pub number: String,
    /// Its time of day.
    pub time: String,
    /// The tool.
    pub tool: String,
    /// Who called.
    pub grant: String,
    /// The decision.
    pub decision: Decision,
    /// What the counter held, `10 of 10`.
    pub used: String,
    /// When a denied call would pass, `in 59.2 s`.
    pub retry: String,
    /// The rule that denied it.
    pub rule: String,
}

impl DryRun {
    /// Runs the calls.
    #[must_use]
    pub fn new(version: Arc<GoodVersion>, calls: Arc<Calls>) -> Self {
        let run = simulate(&version.policy, &calls);
        let likeness = Likeness::of(&calls, &run);
        Self { is_away: false, ..Self::of(version, calls, run, likeness) }
    }

    /// What came of the calls, where the worker has run them.
    #[must_use]
    pub fn of(version: Arc<GoodVersion>, calls: Arc<Calls>, run: Run, likeness: Likeness) -> Self {
        let times = || run.at.iter().copied();
        let time = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
        Self { version, calls, run, time, likeness, is_away: true }
    }

    /// Whether the calls lie on several days, so that a time of day alone does not say when.
    #[must_use]
    pub fn several_days(&self) -> bool {
        Window::Day.span(self.time.0) != Window::Day.span(self.time.1)
    }

    /// `10:00:00.833`, after the date where the calls lie on several days.
    #[must_use]
    pub fn time_in_words(&self, at: Timestamp) -> String {
        let time = at.precise_time_of_day();
        if self.several_days() { format!("{} {time}", at.date()) } else { time }
    }

    /// The call to show first: the first denied one, or the first.
    #[must_use]
    pub fn first_to_show(&self) -> usize {
        self.run.summary.first_denial.unwrap_or(0)
    }

    /// The call nearest to an instant; of equals, the first.
    #[must_use]
    pub fn nearest_call(&self, at: Timestamp) -> usize {
        let distance = |judged: &Timestamp| judged.since(at).abs();
        let nearest = self.run.at.iter().enumerate().min_by_key(|(_, judged)| distance(judged));
        nearest.map_or(0, |(index, _)| index)
    }

    /// The first call that is made at an instant or later, after the one at `index`.
    #[must_use]
    pub fn first_call_from(&self, index: usize, at: Timestamp) -> Option<usize> {
        self.run
            .at
            .iter()
            .enumerate()
            .skip(index + 1)
            .find(|(_, judged)| **judged >= at)
            .map(|(later, _)| later)
    }

    /// Everything about the call at `index`.
    #[must_use]
    pub fn explain(&self, index: usize) -> Option<Explained> {
        let told = explain_call(&self.version.policy, &self.calls, index, Options::default())?;
        self.explained(index, told)
    }

    /// The same, where what is told of the call is known.
    #[must_use]
    pub fn explained(&self, index: usize, (verdict, steps): (Verdict, Vec<Step>)) -> Option<Explained> {
        let call = self.calls.get(index)?;
        let heading = format!(
            "Call {} · {} · {} UTC · grant {}",
            count(index + 1),
            shown_name(call.tool),
            self.time_in_words(call.at),
            legible(call.grant),
        );
        Some(Explained { index, heading, verdict, steps })
    }

    /// The call at `index` as a row.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<Row> {
        let call = self.calls.get(index)?;
        let decision = self.run.decision(index)?;
        let limit = self.run.limit.get(index).copied().flatten().and_then(|(limit, used)| {
            Some((self.version.policy.limits().get(usize::try_from(limit).ok()?)?, used))
        });
        let retry_at = self.run.retry_at.get(index).copied().flatten();
        let judged_at = *self.run.at.get(index)?;
        Some(Row {
            number: count(index + 1),
            time: self.time_in_words(call.at),
            tool: shown_name(call.tool),
            grant: legible(call.grant),
            decision,
            used: limit.map_or_else(String::new, |(limit, used)| format!("{used} of {}", limit.max)),
            retry: retry_at
                .map_or_else(String::new, |at| format!("in {}", duration_in_words(at.since(judged_at)))),
            rule: self
                .run
                .rule(&self.version.policy, index)
                .map_or_else(String::new, |rule| legible(rule.as_str())),
        })
    }

    /// The position of a call for a screen reader: `Call 11 of 3,600, 10:00:00.833 UTC, denied`.
    #[must_use]
    pub fn position_in_words(&self, index: usize) -> String {
        let Some(row) = self.row(index) else { return "No call".to_owned() };
        let decision = match row.decision {
            Decision::Allow => "allowed".to_owned(),
            Decision::Approval => "needs approval".to_owned(),
            Decision::Unknown => "unknown".to_owned(),
            Decision::Deny if row.rule.is_empty() => "denied".to_owned(),
            Decision::Deny => format!("denied by {}", row.rule),
        };
        format!("Call {} of {}, {} UTC, {decision}", row.number, count(self.run.len()), row.time)
    }
}

/// A call as it goes over the wire, with its number as its id; nothing where its arguments were not recorded.
#[must_use]
pub fn request_line(call: &ToolCall<'_>, index: usize) -> Option<String> {
    let arguments = match call.arguments {
        Arguments::None => "{}".to_owned(),
        Arguments::Text(json) => json.to_owned(),
        Arguments::Parsed(object) => serde_json::to_string(object).ok()?,
        Arguments::Names(_) | Arguments::Unknown | Arguments::Partly(_) => return None,
    };
    let (id, name) = (index + 1, serde_json::to_string(call.tool).ok()?);
    Some(format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":{name},"arguments":{arguments}}}}}"#
    ))
}

/// Where the `max` of the limit stands that refused a call, and twice as much. Of nothing there is no double.
#[must_use]
pub fn twice_the_max(version: &GoodVersion, verdict: &Verdict) -> Option<(Pointer, String)> {
    let place = verdict.pointer.as_ref().filter(|_| verdict.decision == Decision::Deny)?;
    let limit = version.policy.limits().iter().find(|limit| limit.pointer == *place)?;
    let twice = limit.max.times(2);
    (twice > limit.max).then(|| (place.key("max"), twice.plain()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Document;
    use crate::model::samples;
    use crate::model::traffic::Loop;

    impl DryRun {
        /// What the page opens with.
        pub(crate) fn first_view() -> Self {
            let document = Document::new(samples::FIRST.text);
            let calls = Loop::of(samples::FIRST.tool).calls().unwrap();
            Self::new(Arc::clone(document.good().unwrap()), Arc::new(calls))
        }
    }

    #[test]
    fn the_page_opens_on_call_11_and_explains_it() {
        let run = DryRun::first_view();
        assert_eq!(run.first_to_show(), 10);
        let explained = run.explain(10).unwrap();
        assert_eq!(explained.heading, "Call 11 · run_tests · 10:00:00.833 UTC · grant ci-agent");
        assert_eq!(
            explained.verdict.message,
            "This grant has used 10 of 10 run_tests calls in the minute 10:00–10:01 UTC. \
             The next run_tests call is allowed at 10:01 UTC (in 59.2 s)."
        );
        let pointer = explained.verdict.pointer.unwrap();
        assert_eq!(run.version.line_of(&pointer), Some(7));
        assert_eq!(
            run.position_in_words(10),
            "Call 11 of 3,600, 10:00:00.833 UTC, denied by /tools/run_tests/limits/run_tests_rate"
        );
    }

    #[test]
    fn a_denied_call_leads_on() {
        let run = DryRun::first_view();
        let explained = run.explain(10).unwrap();
        let (place, max) = twice_the_max(&run.version, &explained.verdict).unwrap();
        assert_eq!((place.as_str(), max.as_str()), ("/tools/run_tests/limits/0/max", "20"));
        assert_eq!(
            run.first_call_from(10, explained.verdict.retry_at.unwrap()),
            Some(720),
            "the next minute"
        );
        assert_eq!(run.first_call_from(3_599, Timestamp::default()), None, "nothing comes after the last");
        assert_eq!(twice_the_max(&run.version, &run.explain(0).unwrap().verdict), None, "it was allowed");
        assert_eq!(
            request_line(&run.calls.get(10).unwrap(), 10).unwrap(),
            r#"{"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"run_tests","arguments":{}}}"#
        );
    }

    #[test]
    fn rows_say_what_the_counter_held() {
        let run = DryRun::first_view();
        let row = run.row(10).unwrap();
        assert_eq!(
            (row.number.as_str(), row.used.as_str(), row.retry.as_str()),
            ("11", "10 of 10", "in 59.2 s")
        );
        let row = run.row(720).unwrap();
        assert_eq!((row.number.as_str(), row.used.as_str(), row.retry.as_str()), ("721", "1 of 10", ""));
        assert_eq!(run.row(3_600), None);
    }
}
