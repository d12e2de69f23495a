//! Where in time the worst case lies.
//!
//! With calendar windows it lies around a midnight, which ends windows of every size: the last minutes of a day and
//! the first of the next, each with its own day's room. A stretch of one window's length that does not start with
//! the window touches one minute more than the window has, and a moment of a minute is enough to use all of it.
//!
//! With sliding windows a stretch cannot be had twice, and nothing is gained by where it lies.

use alloc::vec::Vec;

use super::ceiling::{Bounded, Minutes};
use crate::policy::Window;
use crate::window::WindowModel;

const MINUTE: i64 = Window::Minute.length();

/// The most in any stretch of one length, and the shortest stretch that holds as much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) most: u128,
    /// Minutes used before midnight, each at its last millisecond.
    pub(super) before: u64,
    /// Minutes used from midnight on, each at its first millisecond.
    pub(super) after: u64,
    /// The smallest window whose end has to lie inside.
    pub(super) across: Option<Window>,
}

pub(super) const fn minutes_of(window: Window) -> u64 {
    (window.length() / MINUTE).unsigned_abs()
}

impl Stretch {
    /// The worst stretch of the window's length.
    pub(super) fn worst(bounded: &Bounded, window: Window, model: WindowModel) -> Self {
        // How much the first so many minutes of a day hold; it never falls.
        let held: Vec<u128> =
            (1..=minutes_of(window)).map(|minutes| bounded.most(Minutes::at_edge(minutes))).collect();
        match model {
            WindowModel::Calendar => Self::around_midnight(bounded, &held),
            WindowModel::Sliding => {
                let most = held.last().copied().unwrap_or(0);
                Self { most, before: 0, after: minutes_that_hold(&held, most), across: None }
            }
        }
    }

    fn around_midnight(bounded: &Bounded, held: &[u128]) -> Self {
        let sides = held.iter().zip(held.iter().rev());
        let most = sides.map(|(before, after)| before.saturating_add(*after)).max().unwrap_or(0);
        if most == 0 {
            return Self { most, before: 0, after: 0, across: None };
        }
        let shortest = (1..).zip(held).map(|(before, of_before)| {
            let after = minutes_that_hold(held, most.saturating_sub(*of_before));
            (before, after)
        });
        let shortest = shortest.filter(|(before, after)| {
            let of = |minutes| bounded.most(Minutes::at_edge(minutes));
            of(*before).saturating_add(of(*after)) >= most
        });
        let (before, after) = shortest.min_by_key(|(before, after)| before + after).unwrap_or((0, 0));
        let across = if most == bounded.most(Minutes::around_hour(0, before + after)) && before + after <= 60
        {
            Window::Minute
        } else if most == bounded.most(Minutes::around_hour(before, after)) {
            Window::Hour
        } else {
            Window::Day
        };
        Self { most, before, after, across: Some(across) }
    }

    /// From its first millisecond up to but without the one after its last: 2 ms where both sides use one minute.
    pub(super) fn length_ms(self) -> i64 {
        let gaps = |minutes: u64| {
            i64::try_from(minutes.saturating_sub(1)).unwrap_or(i64::MAX).saturating_mul(MINUTE)
        };
        let side = |minutes: u64| if minutes == 0 { 0 } else { gaps(minutes) + 1 };
        side(self.before) + side(self.after)
    }
}

/// The fewest minutes that hold so much; one more than there are, where none do.
fn minutes_that_hold(held: &[u128], most: u128) -> u64 {
    if most == 0 {
        return 0;
    }
    u64::try_from(held.partition_point(|held| *held < most)).unwrap_or(u64::MAX).saturating_add(1)
}
