//! Where a counter is kept: the number of its limit, and that of its sharer.
//!
//! Both numbers are given out here, one after the other, and never by a caller. So they are spread over the table by one
//! multiplication: nobody can choose numbers that fall into one place.

use core::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;

/// Whatever is kept for each counter.
pub(super) type ByPlace<T> = HashMap<(u32, u32), T, BuildHasherDefault<Spread>>;

/// An odd number without a pattern: 2^64 divided by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn write_u32(&mut self, number: u32) {
        self.0 = self.0 << 32 | u64::from(number);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    /// The high half of a product depends on all of its factors; the table looks at the low half too.
    fn finish(&self) -> u64 {
        let product = self.0.wrapping_mul(FACTOR);
        product ^ product >> 32
    }
}

#[cfg(test)]
mod tests {
    use core::hash::BuildHasher;

    use super::*;

    #[test]
    fn neighbours_do_not_meet() {
        let hash = |place: (u32, u32)| BuildHasherDefault::<Spread>::default().hash_one(place);
        for limits in [1_u32, 2, 10] {
            // As many low bits as a table for them has.
            let (count, bits) = (limits * 8_192, 13 + limits.next_power_of_two().trailing_zeros());
            let mut met = alloc::vec![0_u32; 1 << bits];
            for place in (0..limits).flat_map(|limit| (0..8_192).map(move |sharer| (limit, sharer))) {
                let low = usize::try_from(hash(place) & ((1 << bits) - 1)).unwrap();
                met[low] += 1;
            }
            let most = met.iter().max().copied().unwrap_or(0);
            assert!(most <= 12, "{most} of {count} counters fall into one place of {}", met.len());
        }
    }
}
