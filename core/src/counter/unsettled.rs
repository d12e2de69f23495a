//! Reservations that wait for their outcome, by their ids.
//!
//! Ids only grow, so the reservations stand in a row, and an id's place is told by its distance from the first. One
//! that is settled leaves a hole. Holes are closed at both ends at once, and elsewhere once they are many.

use alloc::collections::VecDeque;

use super::Reservation;

/// So many more places than reservations, and the holes are closed: moving them all costs little, so seldom.
const MOST_HOLES: usize = 16_384;

#[derive(Clone, Debug, Default)]
pub(super) struct Unsettled {
    /// In the order of their ids. Neither the first nor the last is a hole.
    places: VecDeque<(u64, Option<Reservation>)>,
    waiting: usize,
}

impl Unsettled {
    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// Adds a reservation. Its id must be above all others; says whether it is.
    pub(super) fn push(&mut self, id: u64, reservation: Reservation) -> bool {
        let grows = self.places.back().is_none_or(|(last, _)| *last < id);
        if grows {
            if self.places.len() - self.waiting >= MOST_HOLES {
                self.places.retain(|(_, reservation)| reservation.is_some());
            }
            self.places.push_back((id, Some(reservation)));
            self.waiting += 1;
        }
        grows
    }

    /// Takes a reservation out.
    pub(super) fn remove(&mut self, id: u64) -> Option<Reservation> {
        let place = self.place(id)?;
        let reservation = self.places.get_mut(place)?.1.take()?;
        self.waiting -= 1;
        self.close_ends();
        Some(reservation)
    }

    /// Drops the oldest.
    pub(super) fn forget_first(&mut self) {
        if self.places.pop_front().is_some_and(|(_, reservation)| reservation.is_some()) {
            self.waiting -= 1;
        }
        self.close_ends();
    }

    /// Those that wait, in the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &Reservation)> {
        self.places.iter().filter_map(|(id, reservation)| Some((*id, reservation.as_ref()?)))
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Reservation> {
        self.places.iter_mut().filter_map(|(_, reservation)| reservation.as_mut())
    }

    fn place(&self, id: u64) -> Option<usize> {
        let (first, _) = self.places.front()?;
        let distance = usize::try_from(id.checked_sub(*first)?).ok()?;
        match self.places.get(distance) {
            Some((found, _)) if *found == id => Some(distance),
            // Holes were closed, or never were.
            _ => self.places.binary_search_by_key(&id, |(id, _)| *id).ok(),
        }
    }

    fn close_ends(&mut self) {
        while let Some((_, None)) = self.places.front() {
            self.places.pop_front();
        }
        while let Some((_, None)) = self.places.back() {
            self.places.pop_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::vec::Vec;

    use super::*;
    use crate::time::Timestamp;

    fn reservation(id: u64) -> Reservation {
        let at = Timestamp::from_millis(i64::try_from(id).unwrap());
        Reservation { at, charges: smallvec::SmallVec::new() }
    }

    /// Pushes and removals in an order that is drawn, beside a map that does the same.
    #[test]
    fn reservations_are_found_by_their_ids_however_many_are_gone() {
        let (mut row, mut map) = (Unsettled::default(), BTreeMap::new());
        let (mut state, mut last) = (7_u64, 0);
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for step in 0..200_000 {
            match draw(100) {
                0 => {
                    row.forget_first();
                    map.pop_first();
                }
                // More come than go in the first half, and then less.
                kind if (kind < 60) == (step < 100_000) => {
                    last += 1 + draw(50) / 49;
                    assert!(row.push(last, reservation(last)));
                    map.insert(last, reservation(last));
                    assert!(row.places.len() <= row.len() + MOST_HOLES);
                }
                _ => {
                    let id = draw(last + 2);
                    assert_eq!(
                        row.remove(id).map(|held| held.at),
                        map.remove(&id).map(|held| held.at),
                        "{id}"
                    );
                }
            }
            assert_eq!(row.len(), map.len());
        }
        assert!(row.iter().map(|(id, _)| id).eq(map.keys().copied()));
        for id in map.keys().copied().collect::<Vec<_>>() {
            assert!(row.remove(id).is_some(), "{id}");
        }
        assert!(row.places.is_empty(), "no hole is left over");
    }

    #[test]
    fn one_that_is_never_settled_does_not_let_holes_grow() {
        let mut row = Unsettled::default();
        for id in 1..1_000_000 {
            assert!(row.push(id, reservation(id)));
            assert!(!row.push(id, reservation(id)), "the same once more");
            if id > 1 {
                assert!(row.remove(id).is_some());
                assert!(row.remove(id).is_none(), "it is gone");
            }
            assert!(row.places.len() <= 2);
        }
        assert_eq!(row.len(), 1);
    }
}
