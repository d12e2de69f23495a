//! A lane as a picture: times and amounts → places on a canvas, one column a pixel.
//!
//! A column keeps the least and the most that the counter held in its time, and whether a call was refused or given back
//! there, so that nothing is lost however many calls fall into one pixel. The cross-hair is no part of it: a picture
//! stays as it is while that moves.

use gatewright_core::Timestamp;
use gatewright_core::amount::{Amount, count};
use gatewright_core::policy::Window;
use gatewright_core::simulate::Lane;
use gatewright_core::time::duration_in_words;

use super::buckets::Buckets;
use super::dry_run::DryRun;
use super::reading::{Pinned, peak};

/// The height of a counter's lane, in CSS pixels.
pub const HEIGHT: f64 = 112.0;
/// The height of the lane of all calls.
pub const CALLS_HEIGHT: f64 = 84.0;
/// Room above the plot for the max line's label.
const TOP: f64 = 20.0;
/// Where the bars of a counter stand. Under them is room for the marks.
const BASE: f64 = 76.0;
/// Where the bars of all calls stand.
const CALLS_BASE: f64 = 64.0;
/// The least distance between two labelled window edges.
const LABEL_ROOM: f64 = 84.0;
/// The least height of a part of a bar that holds any call.
const LEAST: f64 = 2.0;

/// How far under the base line denials stand.
pub const DENIED_TOP: f64 = 3.0;
/// How far under it the marks of calls that were given back stand.
pub const GIVEN_BACK_TOP: f64 = 12.0;
/// The least distance between two of these.
pub const MARK_ROOM: f64 = 9.0;

/// The stretch of time that a picture shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    start: i64,
    end: i64,
    width: f64,
}

/// A lane, ready to paint. Lengths are CSS pixels, from the top left.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The width of the whole picture.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Where the bars stand.
    pub base: f64,
    /// What stands on them.
    pub marks: Marks,
    /// The dashed line of the limit's max; the lane of all calls has none.
    pub max_y: Option<f64>,
    /// What stands at the top, on the right: the max, or how many calls the tallest bar stands for.
    pub label: String,
    /// Where windows begin, with the time, where there is room for it.
    pub edges: Vec<(f64, Option<String>)>,
}

/// What a picture shows over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Marks {
    /// A counter, one column a pixel, and under the pinned policy, where one is pinned.
    Counter(Vec<Column>, Vec<Held>),
    /// All calls, one bar a bucket.
    Calls(Vec<Bar>),
}

/// What a counter held within one pixel of time, as heights from the top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// The most that it held.
    pub top: f64,
    /// The least.
    pub low: f64,
}

/// One pixel of a counter's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// What it held.
    pub held: Held,
    /// Whether a call was refused.
    pub denied: bool,
    /// Whether a call was given back.
    pub given_back: bool,
}

/// The calls of a bucket: parts that stand on each other, each as where it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The left edge.
    pub x: f64,
    /// The width.
    pub width: f64,
    /// The upper end of the allowed calls.
    pub allowed: f64,
    /// That of the denied ones.
    pub denied: f64,
    /// That of those that wait for approval, or of which it cannot be told.
    pub other: f64,
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds within a run are far below 2^53")]
#[expect(clippy::cast_possible_truncation, reason = "a float cast cuts to the range, and pixels are few")]
impl TimeScale {
    /// The time of a run over a width. From a minute up it ends on whole minutes.
    #[must_use]
    pub fn of(run: &DryRun, width: f64) -> Self {
        let (first, last) = (run.time.0.as_millis(), run.time.1.as_millis());
        let (start, end) = if last - first >= 60_000 {
            (first - first.rem_euclid(60_000), last + 60_000 - last.rem_euclid(60_000))
        } else {
            (first, last + (last - first) / 20 + 50)
        };
        Self { start, end, width: width.max(1.0) }
    }

    /// Where it begins and ends, in milliseconds.
    #[must_use]
    pub(super) const fn ends(&self) -> (i64, i64) {
        (self.start, self.end)
    }

    /// How many pixels so many milliseconds take.
    #[must_use]
    pub(super) fn pixels(&self, ms: i64) -> f64 {
        ms as f64 / (self.end - self.start) as f64 * self.width
    }

    /// Where an instant stands.
    #[must_use]
    pub fn x(&self, at: Timestamp) -> f64 {
        let share = (at.as_millis() - self.start) as f64 / (self.end - self.start) as f64;
        share.clamp(0.0, 1.0) * self.width
    }

    /// The instant at a place.
    #[must_use]
    pub fn time(&self, x: f64) -> Timestamp {
        let share = (x / self.width).clamp(0.0, 1.0);
        Timestamp::from_millis(self.start + (share * (self.end - self.start) as f64) as i64)
    }

    /// Windows that begin inside, the time written where there is room.
    fn edges(&self, window: Window) -> Vec<(f64, Option<String>)> {
        let pixels_of = |window: Window| self.pixels(window.length());
        // Windows too narrow to tell apart give way to hours or days.
        let wider =
            [window, Window::Hour, Window::Day].into_iter().filter(|other| other.length() >= window.length());
        let Some(window) = wider.into_iter().find(|window| pixels_of(*window) >= 3.0) else {
            return Vec::new();
        };
        let (length, pixels) = (window.length(), pixels_of(window));
        let first = window.span(Timestamp::from_millis(self.start)).start.as_millis();
        let every = (LABEL_ROOM / pixels).ceil() as i64;
        (0..)
            .map(|number| (number, first + number * length))
            .skip_while(|(_, at)| *at < self.start)
            .take_while(|(_, at)| *at <= self.end)
            .map(|(number, at)| {
                let at = Timestamp::from_millis(at);
                let label = if window == Window::Day { at.date() } else { at.time_of_day() };
                let x = self.x(at);
                let room = number % every == 0 && x < self.width - LABEL_ROOM / 2.0;
                (x, room.then_some(label))
            })
            .collect()
    }
}

impl Picture {
    /// The picture of a lane; with the same counter's under the pinned policy, where there is one.
    #[must_use]
    pub fn of(run: &DryRun, lane: &Lane, pinned: Option<Pinned<'_>>, scale: &TimeScale) -> Option<Self> {
        let limit = run.version.policy.limits().get(lane.limit)?;
        let most = limit.max.max(peak(lane)).max(pinned.map(|pinned| peak(pinned.lane)).unwrap_or_default());
        let most = most.to_f64().max(1.0);
        let height = |used: Amount| BASE - used.to_f64() / most * (BASE - TOP);
        let heights = |columns: Columns| {
            let held = columns.held.into_iter().map(|held| {
                let (low, top) = held.unwrap_or_default();
                Held { top: height(top), low: height(low) }
            });
            (held.collect::<Vec<Held>>(), columns.given_back)
        };
        let pinned = pinned.and_then(|pinned| Some(Columns::of(pinned.lane, pinned.window()?, scale)));
        let pinned = pinned.map_or_else(Vec::new, |columns| heights(columns).0);
        let (held, given_back) = heights(Columns::of(lane, limit.window, scale));
        let denied = denied_columns(run, lane, scale);
        let columns = held.into_iter().zip(denied).zip(given_back);
        let columns =
            columns.map(|((held, denied), given_back)| Column { held, denied, given_back }).collect();
        Some(Self {
            width: scale.width,
            height: HEIGHT,
            base: BASE,
            marks: Marks::Counter(columns, pinned),
            max_y: Some(height(limit.max)),
            label: format!("max {}", limit.max),
            edges: scale.edges(limit.window),
        })
    }

    /// Where the label's letters stand: above the line of the max, or at the top.
    #[must_use]
    pub fn label_y(&self) -> f64 {
        self.max_y.map_or(TOP - 6.0, |max| max - 6.0)
    }

    /// Where the mark of a column stands: it is two pixels wide, and wholly in the picture.
    #[must_use]
    pub fn mark_x(&self, x: f64) -> f64 {
        x.min(self.width - LEAST).max(0.0)
    }

    /// The picture of all calls, by bucket.
    #[must_use]
    pub fn of_calls(buckets: &Buckets, scale: &TimeScale) -> Self {
        let most = buckets.most();
        #[expect(clippy::cast_precision_loss, reason = "numbers of calls are far below 2^53")]
        let tall = |calls: usize| {
            let height = calls as f64 / most.max(1) as f64 * (CALLS_BASE - TOP);
            if calls > 0 { height.max(LEAST) } else { 0.0 }
        };
        let bars = buckets.iter().filter(|(_, bucket)| bucket.calls() > 0).map(|(span, bucket)| {
            let (x, end) = (scale.x(span.start).min(scale.width - LEAST), scale.x(span.end));
            let allowed = CALLS_BASE - tall(bucket.allowed);
            let denied = allowed - tall(bucket.denied);
            Bar { x, width: (end - x - 1.0).max(LEAST), allowed, denied, other: denied - tall(bucket.other) }
        });
        Self {
            width: scale.width,
            height: CALLS_HEIGHT,
            base: CALLS_BASE,
            marks: Marks::Calls(bars.collect()),
            max_y: None,
            label: format!("up to {} in {}", calls_in_words(most), duration_in_words(buckets.length())),
            edges: scale.edges(Window::Minute),
        }
    }
}

fn calls_in_words(calls: usize) -> String {
    format!("{} {}", count(calls), if calls == 1 { "call" } else { "calls" })
}

/// A lane by pixels, in amounts.
struct Columns {
    /// The least and the most that the counter held; nothing where it held nothing all the time.
    held: Vec<Option<(Amount, Amount)>>,
    given_back: Vec<bool>,
}

impl Columns {
    /// Walks the lane once: the counter holds a value until the next point or the end of its window, and then nothing.
    fn of(lane: &Lane, window: Window, scale: &TimeScale) -> Self {
        let pixels = pixel(scale.width) + 1;
        let mut columns = Self { held: vec![None; pixels], given_back: vec![false; pixels] };
        let mut places = Places::new(scale);
        let mut last: Option<(usize, Amount, Timestamp)> = None;
        for point in &lane.points {
            let place = places.of(point.at);
            match last {
                Some((from, used, end)) if point.at < end => {
                    columns.hold(from, place, used);
                    if point.used < used
                        && let Some(given_back) = columns.given_back.get_mut(place)
                    {
                        *given_back = true;
                    }
                    last = Some((place, point.used, end));
                }
                ended => {
                    if let Some((from, used, end)) = ended {
                        columns.hold_until(from, scale, end, used);
                    }
                    // Nothing is held between two windows, or before the first call of one.
                    columns.hold(place, place, Amount::ZERO);
                    last = Some((place, point.used, window.span(point.at).end));
                }
            }
        }
        if let Some((from, used, end)) = last {
            columns.hold_until(from, scale, end, used);
        }
        columns
    }

    fn hold(&mut self, from: usize, to: usize, used: Amount) {
        for held in self.held.get_mut(from..=to).into_iter().flatten() {
            *held = Some(held.map_or((used, used), |(low, top)| (low.min(used), top.max(used))));
        }
    }

    /// Up to an instant that is no longer a part of it: a window that ends at a pixel's left edge leaves that alone.
    fn hold_until(&mut self, from: usize, scale: &TimeScale, end: Timestamp, used: Amount) {
        let end = scale.x(end.min(Timestamp::from_millis(scale.end)));
        let last = pixel((end - 1e-6).max(0.0)).max(from);
        self.hold(from, last, used);
        if let Some(held) = self.held.get_mut(last).filter(|_| end.fract() > 1e-6) {
            *held = held.map(|(_, top)| (Amount::ZERO, top));
        }
    }
}

/// Pixels of instants. Neighbours mostly fall into the same pixel, which costs a comparison.
struct Places<'s> {
    scale: &'s TimeScale,
    last: usize,
    from: Timestamp,
    until: Timestamp,
}

impl<'s> Places<'s> {
    const fn new(scale: &'s TimeScale) -> Self {
        let nowhere = Timestamp::from_millis(i64::MAX);
        Self { scale, last: 0, from: nowhere, until: nowhere }
    }

    fn of(&mut self, at: Timestamp) -> usize {
        if at < self.from || at >= self.until {
            self.last = pixel(self.scale.x(at));
            self.from = at;
            // What is still within the pixel by a margin: rounding must not move an instant into its neighbour.
            let length = self.scale.pixels(1);
            #[expect(clippy::cast_precision_loss, reason = "pixels are few")]
            let room = (self.last + 1) as f64 - self.scale.x(at);
            #[expect(clippy::cast_possible_truncation, reason = "a float cast cuts to the range")]
            let ms = (room / length) as i64;
            self.until = at.plus(ms.saturating_sub(1).max(1));
        }
        self.last
    }
}

/// Where a lane refused.
fn denied_columns(run: &DryRun, lane: &Lane, scale: &TimeScale) -> Vec<bool> {
    let mut denied = vec![false; pixel(scale.width) + 1];
    let mut places = Places::new(scale);
    for at in lane.denials.iter().filter_map(|denial| run.run.at.get(*denial)) {
        if let Some(column) = denied.get_mut(places.of(*at)) {
            *column = true;
        }
    }
    denied
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels are small and not negative"
)]
fn pixel(x: f64) -> usize {
    x.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn columns(picture: &Picture) -> &[Column] {
        match &picture.marks {
            Marks::Counter(columns, _) => columns,
            Marks::Calls(_) => panic!("a counter's picture"),
        }
    }

    #[test]
    fn the_scale_spans_whole_minutes() {
        let scale = TimeScale::of(&DryRun::first_view(), 500.0);
        let at = |text| Timestamp::parse(text).unwrap();
        assert!(scale.x(at("2026-01-05T10:00:00Z")).abs() < 1e-9);
        assert!((scale.x(at("2026-01-05T10:05:00Z")) - 500.0).abs() < 1e-9);
        assert_eq!(scale.time(100.0), at("2026-01-05T10:01:00Z"));
    }

    #[test]
    fn bars_rise_to_the_max_and_every_denial_shows() {
        let run = DryRun::first_view();
        let scale = TimeScale::of(&run, 500.0);
        let picture = Picture::of(&run, &run.run.lanes[0], None, &scale).unwrap();
        let columns = columns(&picture);
        let full = |y: f64| (y - picture.max_y.unwrap()).abs() < 1e-9;
        assert!(
            full(columns[50].held.top) && full(columns[50].held.low),
            "within the first minute it is full"
        );
        assert!(full(columns[99].held.top), "until the minute ends");
        let (empty, begins) = (picture.base, columns[100].held);
        assert!((begins.low - empty).abs() < 1e-9 && begins.top < empty, "a new minute begins at pixel 100");
        assert!(!columns[0].denied, "the first pixel holds 0.6 s: no denial yet");
        assert!(columns[1].denied, "call 11 at 0.833 s");
        assert!(!columns[100].denied && columns[101].denied, "ten calls of the new minute fit");
        assert!(columns.iter().all(|column| !column.given_back), "nothing is given back");
        assert_eq!(picture.edges.iter().filter(|(_, label)| label.is_some()).count(), 5);
        assert_eq!(picture.label, "max 10");
    }

    #[test]
    fn one_denial_among_many_calls_keeps_its_mark_in_a_narrow_picture() {
        let run = DryRun::first_view();
        let scale = TimeScale::of(&run, 3.0);
        let picture = Picture::of(&run, &run.run.lanes[0], None, &scale).unwrap();
        assert!(columns(&picture)[..3].iter().all(|column| column.denied));
    }

    #[test]
    fn a_single_call_has_a_picture() {
        let mut calls = gatewright_core::scenario::Calls::default();
        calls.push(&DryRun::first_view().calls.get(0).unwrap(), None);
        let run = DryRun::new(DryRun::first_view().version, Arc::new(calls));
        let picture = Picture::of(&run, &run.run.lanes[0], None, &TimeScale::of(&run, 300.0)).unwrap();
        assert!(columns(&picture).iter().any(|column| column.held.top < picture.base));
    }

    #[test]
    fn edges_too_close_to_tell_apart_give_way_to_wider_ones() {
        let scale = TimeScale { start: 0, end: 3 * 86_400_000, width: 500.0 };
        assert_eq!(scale.edges(Window::Minute).len(), 73, "hours");
        let scale = TimeScale { start: 0, end: 100 * 86_400_000, width: 500.0 };
        assert_eq!(scale.edges(Window::Minute), scale.edges(Window::Day));
    }

    #[test]
    fn what_is_given_back_is_a_step_down_with_a_mark() {
        let mut calls = gatewright_core::scenario::Calls::default();
        let failed = (gatewright_core::Outcome::ProtocolError, Timestamp::from_millis(20_000));
        for (ms, answer) in [(0, Some(failed)), (10_000, None), (60_000, None)] {
            let at = Timestamp::from_millis(ms);
            calls.push(&gatewright_core::ToolCall { tool: "run_tests", at, ..Default::default() }, answer);
        }
        let run = DryRun::new(DryRun::first_view().version, Arc::new(calls));
        let picture = Picture::of(&run, &run.run.lanes[0], None, &TimeScale::of(&run, 120.0)).unwrap();
        let marked: Vec<usize> = (0..60).filter(|x| columns(&picture)[*x].given_back).collect();
        assert_eq!(marked, [20]);
        let (before, after) = (columns(&picture)[19].held, columns(&picture)[21].held);
        assert!(before.top < after.top, "two calls, then one");
        assert!((before.top - before.low).abs() < 1e-9 && columns(&picture)[20].held.low > before.low);
    }

    #[test]
    fn the_pinned_policy_is_drawn_to_the_same_scale() {
        let run = DryRun::first_view();
        let doubled = crate::model::samples::FIRST.text.replace("\"max\": 10", "\"max\": 20");
        let doubled = crate::model::document::Document::new(&doubled);
        let pinned = DryRun::new(Arc::clone(doubled.good().unwrap()), Arc::clone(&run.calls));
        let scale = TimeScale::of(&run, 500.0);
        let picture = Picture::of(
            &run,
            &run.run.lanes[0],
            Some(Pinned { version: &pinned.version, lane: &pinned.run.lanes[0] }),
            &scale,
        )
        .unwrap();
        let Marks::Counter(columns, before) = &picture.marks else { panic!("a counter's picture") };
        assert_eq!(before.len(), columns.len());
        assert!((before[50].top - TOP).abs() < 1e-9, "20 used is the top now");
        let half = BASE - (BASE - TOP) / 2.0;
        assert!((columns[50].held.top - half).abs() < 1e-9, "10 used is half of it");
        assert_eq!(picture.max_y, Some(half));
    }

    #[test]
    fn all_calls_are_bars_of_parts_that_stand_on_each_other() {
        let run = DryRun::first_view();
        let scale = TimeScale::of(&run, 300.0);
        let picture = Picture::of_calls(&Buckets::of(&run.run, &scale), &scale);
        let Marks::Calls(bars) = &picture.marks else { panic!("a picture of all calls") };
        assert_eq!(bars.len(), 60, "five seconds each");
        assert!((bars[0].x, bars[0].width) == (0.0, 4.0) && (bars[1].x - 5.0).abs() < 1e-9);
        assert!(bars[0].allowed < picture.base && bars[0].denied < bars[0].allowed);
        assert!((bars[0].denied - TOP).abs() < 1e-9, "60 calls are the most");
        assert!((bars[1].allowed - picture.base).abs() < 1e-9, "all of its calls are denied");
        assert!((bars[0].other - bars[0].denied).abs() < 1e-9, "nothing waits");
        assert_eq!(picture.label, "up to 60 calls in 5 s");
        assert!(picture.max_y.is_none());
    }

    #[test]
    fn one_denial_in_a_tall_bar_is_seen() {
        let ten = crate::model::samples::FIRST.text.replace("\"max\": 10", "\"max\": 999");
        let ten = crate::model::document::Document::new(&ten);
        let mut calls = gatewright_core::scenario::Calls::default();
        let first = DryRun::first_view();
        for _ in 0..1_000 {
            calls.push(&first.calls.get(0).unwrap(), None);
        }
        let run = DryRun::new(Arc::clone(ten.good().unwrap()), Arc::new(calls));
        assert_eq!(run.run.summary.denied, 1);
        let scale = TimeScale::of(&run, 300.0);
        let picture = Picture::of_calls(&Buckets::of(&run.run, &scale), &scale);
        let Marks::Calls(bars) = &picture.marks else { panic!("a picture of all calls") };
        assert!(bars[0].allowed - bars[0].denied >= LEAST, "two pixels at least");
        assert!((picture.mark_x(299.0) - 298.0).abs() < 1e-9, "also at the right edge");
    }
}
