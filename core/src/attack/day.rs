//! What a normal day needs, how much of it a policy lets through, and both sides as one number.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::{Day, DayFrom, Performed, Score, Standing, Target};
use crate::amount::count;
use crate::built_in::{BuiltIn, Tools};
use crate::policy::Window;
use crate::scenario::{CallKind, Calls, MORNING, Scenario, Shape};
use crate::simulate::simulate_with;

/// What a day's work needs at its busiest, whoever calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// The most calls of a UTC day.
    pub day: u64,
    /// The most calls of a minute.
    pub minute: u64,
    /// The most calls of a UTC day, by tool.
    pub tools: Vec<(String, u64)>,
}

impl Need {
    /// What some calls need.
    #[must_use]
    pub fn of(calls: &Calls) -> Self {
        let mut days: HashMap<(&str, i64), u64> = HashMap::new();
        let mut whole: HashMap<(Window, i64), u64> = HashMap::new();
        for index in 0..calls.len() {
            let Some(call) = calls.get(index) else { continue };
            let start = |window: Window| window.span(call.at).start.as_millis();
            *days.entry((call.tool, start(Window::Day))).or_default() += 1;
            for window in [Window::Day, Window::Minute] {
                *whole.entry((window, start(window))).or_default() += 1;
            }
        }
        let most = |window| {
            let of_window = whole.iter().filter(|((kind, _), _)| *kind == window);
            of_window.map(|(_, number)| *number).max().unwrap_or(0)
        };
        let mut tools: Vec<(String, u64)> =
            days.iter().map(|((tool, _), number)| ((*tool).to_string(), *number)).collect();
        tools.sort_unstable_by(|one, other| (&one.0, other.1).cmp(&(&other.0, one.1)));
        tools.dedup_by(|later, first| later.0 == first.0);
        Self { day: most(Window::Day), minute: most(Window::Minute), tools }
    }

    /// The most calls of a day that one of some tools needs.
    pub(super) fn day_of<'n>(&self, names: impl Iterator<Item = &'n str>) -> u64 {
        let of = |name: &str| {
            let place = self.tools.binary_search_by(|(tool, _)| tool.as_str().cmp(name));
            place.ok().and_then(|place| self.tools.get(place)).map_or(0, |(_, number)| *number)
        };
        names.map(of).max().unwrap_or(0)
    }
}

/// The calls of a normal day with these tools: what is tried where there is no log.
///
/// It is the built-in working day, with arguments that the tools' schemas take and that get past the policy's rules
/// wherever some were found: what a day needs of arguments only a log can tell.
#[must_use]
pub fn normal_day(target: &Target<'_>) -> Calls {
    working_day(target).calls().unwrap_or_default()
}

/// The same as a scenario, for who shows it.
#[must_use]
pub fn working_day(target: &Target<'_>) -> Scenario {
    let names = target.definitions.iter().map(|tool| tool.name.clone()).collect();
    let tools = Tools { names, ..Tools::default() };
    let Some(day) = BuiltIn::find("working-day") else {
        return Scenario { start: MORNING, blocks: Vec::new() };
    };
    let mut scenario = day.scenario(&tools);
    let places: HashMap<&str, usize> =
        (0..).zip(&target.definitions).map(|(place, tool)| (tool.name.as_str(), place)).collect();
    let equip = |call: &mut CallKind| {
        if let Some(place) = places.get(call.tool.as_str()) {
            call.args = target.call(*place).args;
        }
    };
    for block in &mut scenario.blocks {
        match &mut block.shape {
            Shape::Mix { of, .. } => of.iter_mut().for_each(|share| equip(&mut share.call)),
            Shape::Repeat { call, .. } => equip(call),
            _ => {}
        }
    }
    scenario
}

/// How much of a normal day passes.
#[must_use]
pub fn day(target: &Target<'_>, calls: &Calls, from: DayFrom) -> Day {
    let run = simulate_with(&target.compiled, calls, target.options);
    let found = &run.summary;
    let mut day = Day {
        from,
        calls: found.calls,
        passed: found.allowed,
        approval: found.approval,
        denied: found.denied,
        unknown: found.unknown,
        words: String::new(),
    };
    let mut words = format!(
        "{} of {} calls of {} pass ({} %).",
        count(day.passed),
        count(day.calls),
        match from {
            DayFrom::Made => "a made-up working day",
            DayFrom::Log => "the log",
        },
        day.percent()
    );
    for (number, what) in [(day.approval, "wait for a person"), (day.denied, "are denied")] {
        if number > 0 {
            words.push_str(&format!(" {} {what}.", count(number)));
        }
    }
    if day.unknown > 0 {
        words.push_str(&format!(
            " Of {} it cannot be told, for their arguments were not recorded; they do not count.",
            count(day.unknown)
        ));
    }
    day.words = words;
    day
}

impl Day {
    /// The calls of which it can be told whether they pass.
    #[must_use]
    pub const fn known(&self) -> usize {
        self.calls.saturating_sub(self.unknown)
    }

    /// How much of them passes by itself, in percent, rounded down.
    #[must_use]
    pub fn percent(&self) -> u32 {
        percent(self.passed as u128, self.known() as u128)
    }
}

/// Attacks and normal day in one number.
#[must_use]
pub fn score(attacks: &[Performed], day: &Day) -> Score {
    let counted =
        |wanted: fn(Standing) -> bool| attacks.iter().filter(|performed| wanted(performed.standing)).count();
    let stopped = counted(|standing| matches!(standing, Standing::Stopped { .. }));
    let limited = counted(|standing| matches!(standing, Standing::Limited { .. }));
    let not_stopped = counted(|standing| matches!(standing, Standing::NotStopped { .. }));
    let possible = stopped + limited + not_stopped;
    // In hundredths of a percent.
    let kept: u128 = attacks.iter().map(|performed| u128::from(performed.standing.kept_out())).sum();
    let whole = 10_000 * possible as u128;
    Score {
        possible,
        stopped,
        limited,
        not_stopped,
        attacks: percent(kept, whole),
        day: day.percent(),
        score: percent(kept * day.passed as u128, whole * day.known() as u128),
    }
}

/// A share in percent, rounded down; of nothing, nothing.
fn percent(part: u128, whole: u128) -> u32 {
    let percent = part.saturating_mul(100).checked_div(whole).unwrap_or(0);
    u32::try_from(percent.min(100)).unwrap_or(100)
}

impl Score {
    /// The score in words: `62 of 100: 80 % of the attacks are kept out, and 78 % of a normal day passes.`
    #[must_use]
    pub fn in_words(&self) -> String {
        format!(
            "{} of 100: {} % of what the {} possible attacks do is kept out, and {} % of a normal day passes.",
            self.score,
            self.attacks,
            count(self.possible),
            self.day
        )
    }
}
