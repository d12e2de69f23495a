//! A lane as a picture: times and amounts → places on a canvas, one column a pixel.
//!
//! A column keeps the most that the counter held in its time, and whether a call was
//! refused there, so that no denial is lost however many calls fall into one pixel.

use gatewright_core::policy::Window;
use gatewright_core::simulate::Lane;
use gatewright_core::time::Timestamp;

use super::dry_run::DryRun;

/// The height of a lane, in CSS pixels.
pub const HEIGHT: f64 = 112.0;
/// Room above the plot for the max line's label.
const TOP: f64 = 20.0;
/// Where the bars stand.
const BASE: f64 = 76.0;
/// The least distance between two labelled window edges.
const LABEL_ROOM: f64 = 84.0;

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
    /// Where the bars stand.
    pub base: f64,
    /// The dashed line of the limit's max.
    pub max_y: f64,
    /// What stands at it.
    pub max_label: String,
    /// One column a pixel.
    pub columns: Vec<Column>,
    /// Where windows begin, with the time, where there is room for it.
    pub edges: Vec<(f64, Option<String>)>,
}

/// One pixel of time. Heights are CSS pixels from the top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Where the bar ends: the most that the counter held.
    pub top: f64,
    /// Whether a call was refused.
    pub denied: bool,
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
        let pixels_of = |window: Window| window.length() as f64 / (self.end - self.start) as f64 * self.width;
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
    /// The picture of a lane.
    #[must_use]
    pub fn of(run: &DryRun, lane: &Lane, scale: &TimeScale) -> Option<Self> {
        let limit = run.version.policy.limits().get(lane.limit)?;
        let peak = lane.windows.iter().map(|window| window.peak).max().unwrap_or_default();
        let top_amount = limit.max.max(peak).to_f64().max(1.0);
        let height = |used: f64| BASE - used / top_amount * (BASE - TOP);
        Some(Self {
            width: scale.width,
            base: BASE,
            max_y: height(limit.max.to_f64()),
            max_label: format!("max {}", limit.max),
            columns: columns(run, lane, limit.window, scale, height),
            edges: scale.edges(limit.window),
        })
    }
}

/// Walks the lane once: the counter holds a value until the next point or the end of its window.
fn columns(
    run: &DryRun,
    lane: &Lane,
    window: Window,
    scale: &TimeScale,
    height: impl Fn(f64) -> f64,
) -> Vec<Column> {
    let empty = height(0.0);
    let mut columns = vec![Column { top: empty, denied: false }; pixel(scale.width) + 1];
    let mut holds_until: Option<(Timestamp, Timestamp, f64)> = None;
    let mut hold = |from: Timestamp, until: Timestamp, value: f64| {
        for column in columns.get_mut(pixel(scale.x(from))..=pixel(scale.x(until))).into_iter().flatten() {
            column.top = column.top.min(value);
        }
    };
    for point in &lane.points {
        if let Some((from, window_end, value)) = holds_until {
            hold(from, window_end.min(point.at), value);
        }
        holds_until = Some((point.at, window.span(point.at).end, height(point.used.to_f64())));
    }
    if let Some((from, window_end, value)) = holds_until {
        hold(from, window_end.min(Timestamp::from_millis(scale.end)), value);
    }
    for denial in &lane.denials {
        let at = run.run.at.get(*denial).copied();
        if let Some(column) = at.and_then(|at| columns.get_mut(pixel(scale.x(at)))) {
            column.denied = true;
        }
    }
    columns
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
        let picture = Picture::of(&run, &run.run.lanes[0], &scale).unwrap();
        let full = |x: usize| (picture.columns[x].top - picture.max_y).abs() < 1e-9;
        assert!(full(50), "within the first minute the counter is full");
        assert!(!picture.columns[0].denied, "the first pixel holds 0.6 s: no denial yet");
        assert!(picture.columns[1].denied, "call 11 at 0.833 s");
        assert!(
            !picture.columns[100].denied && picture.columns[101].denied,
            "a new minute begins at pixel 100"
        );
        assert_eq!(picture.edges.iter().filter(|(_, label)| label.is_some()).count(), 5);
        assert_eq!(picture.max_label, "max 10");
    }

    #[test]
    fn one_denial_among_many_calls_keeps_its_mark_in_a_narrow_picture() {
        let run = DryRun::first_view();
        let scale = TimeScale::of(&run, 3.0);
        let picture = Picture::of(&run, &run.run.lanes[0], &scale).unwrap();
        assert!(picture.columns[..3].iter().all(|column| column.denied));
    }

    #[test]
    fn a_single_call_has_a_picture() {
        let mut calls = gatewright_core::scenario::Calls::default();
        calls.push(&DryRun::first_view().calls.get(0).unwrap(), None);
        let run = DryRun::new(DryRun::first_view().version, Arc::new(calls));
        let picture = Picture::of(&run, &run.run.lanes[0], &TimeScale::of(&run, 300.0)).unwrap();
        assert!(picture.columns.iter().any(|column| column.top < picture.base));
    }

    #[test]
    fn edges_too_close_to_tell_apart_give_way_to_wider_ones() {
        let scale = TimeScale { start: 0, end: 3 * 86_400_000, width: 500.0 };
        assert_eq!(scale.edges(Window::Minute).len(), 73, "hours");
        let scale = TimeScale { start: 0, end: 100 * 86_400_000, width: 500.0 };
        assert_eq!(scale.edges(Window::Minute), scale.edges(Window::Day));
    }
}
