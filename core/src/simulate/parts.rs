//! A run in parts, to be handed from one thread to another: plain numbers for any format of serde's that writes its
//! fields one by one.

use alloc::vec::Vec;
use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::lane::Sharer;
use super::{DecidedBy, Lane, LaneWindow, Point, Run};
use crate::amount::Amount;
use crate::scenario::stretch;
use crate::time::Timestamp;
use crate::verdict::Reason;
use crate::window::Span;

/// What came of some calls of a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RunPart {
    reason: Vec<Reason>,
    at: Vec<i64>,
    retry_at: Vec<Option<i64>>,
    limit: Vec<Option<(u32, u128)>>,
    decided_by: Vec<DecidedBy>,
}

/// A stretch of a lane. The first one of a lane says whose it is.
#[derive(Debug, Serialize, Deserialize)]
pub struct LanePart {
    whose: Option<(u32, Option<u32>, Option<u32>)>,
    points: Vec<(i64, u128)>,
    denials: Vec<u32>,
    /// Start and end, the peak, and calls allowed, denied and given back.
    windows: Vec<((i64, i64), u128, [u32; 3])>,
}

impl Run {
    /// What came of the calls of a range.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> RunPart {
        RunPart {
            reason: stretch(&self.reason, &range).to_vec(),
            at: stretch(&self.at, &range).iter().map(|at| at.as_millis()).collect(),
            retry_at: stretch(&self.retry_at, &range).iter().map(|at| at.map(Timestamp::as_millis)).collect(),
            limit: stretch(&self.limit, &range)
                .iter()
                .map(|limit| limit.map(|(index, used)| (index, used.billionths())))
                .collect(),
            decided_by: stretch(&self.decided_by, &range).to_vec(),
        }
    }

    /// Adds what came of the next calls.
    pub fn add(&mut self, part: RunPart) {
        let limit = |(index, used)| (index, Amount::of_billionths(used));
        self.reason.extend(part.reason);
        self.at.extend(part.at.into_iter().map(Timestamp::from_millis));
        self.retry_at.extend(part.retry_at.into_iter().map(|at| at.map(Timestamp::from_millis)));
        self.limit.extend(part.limit.into_iter().map(|entry| entry.map(limit)));
        self.decided_by.extend(part.decided_by);
    }

    /// The lanes in stretches of at most so many points, denials and windows each.
    pub fn lane_parts(&self, most: usize) -> impl Iterator<Item = LanePart> {
        let most = most.max(1);
        self.lanes.iter().flat_map(move |lane| {
            let longest = lane.points.len().max(lane.denials.len()).max(lane.windows.len()).max(1);
            (0..longest).step_by(most).map(move |start| lane.part(start..start.saturating_add(most)))
        })
    }

    /// Adds the next stretch of the lanes.
    pub fn add_lane(&mut self, part: LanePart) {
        if let Some((limit, grant, session)) = part.whose {
            let Ok(limit) = usize::try_from(limit) else { return };
            let (points, denials, windows) = (Vec::new(), Vec::new(), Vec::new());
            self.lanes.push(Lane { limit, sharer: Sharer { grant, session }, points, denials, windows });
        }
        let Some(lane) = self.lanes.last_mut() else { return };
        let at = Timestamp::from_millis;
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let points = part.points.into_iter();
        lane.points.extend(points.map(|(ms, used)| Point { at: at(ms), used: Amount::of_billionths(used) }));
        lane.denials.extend(part.denials.into_iter().map(size));
        let windows = part.windows.into_iter();
        lane.windows.extend(windows.map(|((start, end), peak, [allowed, denied, given_back])| LaneWindow {
            span: Span { start: at(start), end: at(end) },
            peak: Amount::of_billionths(peak),
            allowed: size(allowed),
            denied: size(denied),
            given_back: size(given_back),
        }));
    }
}

impl Lane {
    fn part(&self, range: Range<usize>) -> LanePart {
        let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        let Sharer { grant, session } = self.sharer;
        let window = |window: &LaneWindow| {
            let LaneWindow { span, peak, allowed, denied, given_back } = *window;
            let calls = [allowed, denied, given_back].map(number);
            ((span.start.as_millis(), span.end.as_millis()), peak.billionths(), calls)
        };
        LanePart {
            whose: (range.start == 0).then(|| (number(self.limit), grant, session)),
            points: stretch(&self.points, &range)
                .iter()
                .map(|point| (point.at.as_millis(), point.used.billionths()))
                .collect(),
            denials: stretch(&self.denials, &range).iter().map(|index| number(*index)).collect(),
            windows: stretch(&self.windows, &range).iter().map(window).collect(),
        }
    }
}
