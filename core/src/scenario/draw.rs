//! Chance that is always the same: numbers drawn from a seed.
//!
//! Draw number `n` of a seed is output `n` of `SplitMix64` (Steele, Lea and Flood, 2014): with `n` counted from 0,
//! `z = key + (n + 1) × 0x9e3779b97f4a7c15`, then `z = (z ^ z >> 30) × 0xbf58476d1ce4e5b9`,
//! `z = (z ^ z >> 27) × 0x94d049bb133111eb`, and `z ^ z >> 31`, all modulo 2^64. A draw below `bound` is the upper half of
//! the 128-bit product `z × bound`. What is drawn for one purpose leaves what is drawn for another alone: the key is the
//! seed plus the purpose's number times 2^32.

/// What is drawn.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// How much later than planned a call is made.
    Jitter = 0,
    /// Which of several calls is made.
    Choice = 1,
}

/// Draw number `number`, from 0, of a whole number below `bound`; 0 where `bound` is 0.
pub(super) fn draw(seed: u32, purpose: Purpose, number: u64, bound: u64) -> u64 {
    let key = u64::from(seed) + ((purpose as u64) << 32);
    let step = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut z = key.wrapping_add(step);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    u64::try_from((u128::from(z) * u128::from(bound)) >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_splitmix64() {
        // The published outputs for the seed 1234567.
        let published = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423_u64];
        for (number, output) in (0..).zip(published) {
            // The upper half of the product with 2^63 is the output without its last bit.
            assert_eq!(draw(1_234_567, Purpose::Jitter, number, 1 << 63), output >> 1, "draw {number}");
        }
    }

    #[test]
    fn draws_stay_below_their_bound_and_differ_by_purpose() {
        let drawn = |purpose| -> [u64; 8] { core::array::from_fn(|n| draw(7, purpose, n as u64, 10)) };
        assert!(drawn(Purpose::Jitter).iter().all(|number| *number < 10));
        assert_ne!(drawn(Purpose::Jitter), drawn(Purpose::Choice));
        assert_eq!(draw(7, Purpose::Jitter, 0, 0), 0);
    }
}
