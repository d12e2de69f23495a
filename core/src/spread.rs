//! Maps whose keys nobody can choose to fall into one place.
//!
//! A map that agents fill needs a hash with a secret. These are not such: a counter's place is made of numbers that are
//! given out here, one after the other, and the names of a policy's tools are its author's. A secret would cost them
//! more than all the rest of looking them up, as Wasm has no wide multiplication.

use core::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;

/// A map that only numbers given out here, or the author of a policy, can fill.
pub(crate) type SpreadMap<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// An odd number without a pattern: 2^64 divided by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Default)]
pub(crate) struct Spread(u64);

impl Spread {
    const fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for Spread {
    fn write_u8(&mut self, number: u8) {
        self.add(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.add(rest);
    }

    /// The high half of a product depends on all of its factors; a table looks at the low half.
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

#[cfg(test)]
mod tests {
    use core::hash::{BuildHasher, Hash};

    use super::*;

    /// The most of these keys that fall into one place of a table that is as large as they are many, or up to twice.
    fn most_in_one_place(keys: impl Iterator<Item = impl Hash> + Clone) -> u32 {
        let places = keys.clone().count().next_power_of_two();
        let mut met = alloc::vec![0_u32; places];
        for key in keys {
            let hash = BuildHasherDefault::<Spread>::default().hash_one(key);
            met[usize::try_from(hash).unwrap() & (places - 1)] += 1;
        }
        met.into_iter().max().unwrap_or(0)
    }

    #[test]
    fn neighbours_do_not_meet() {
        for limits in [1_u32, 2, 10, 1_000] {
            let places =
                (0..limits).flat_map(|limit| (0..50_000 / limits).map(move |sharer| (limit, sharer)));
            let most = most_in_one_place(places);
            assert!(most <= 12, "{most} of the counters of {limits} limits");
        }
        let names = (0..50_000).map(|number| alloc::format!("create_charge_{number}"));
        let most = most_in_one_place(names);
        assert!(most <= 12, "{most} of the names");
    }
}
