//! Random numbers that are the same on every machine and for any number of threads.
//!
//! Whoever draws many times takes one numbered stream for each draw, so that the draws can be made in
//! any order.

use rand_pcg::{
    Pcg64Mcg,
    rand_core::{RngCore, SeedableRng},
};

/// The random stream with this number.
pub(crate) fn stream(seed: u64, number: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// A whole number from 0 to just below `limit`; 0 where that is 0.
pub(crate) fn below(random: &mut Pcg64Mcg, limit: usize) -> usize {
    // The upper bits, scaled: unbiased to one part in 2³² for small limits.
    (((random.next_u64() >> 32) * limit as u64) >> 32) as usize
}

/// Brings items into a random order (Fisher & Yates).
pub(crate) fn shuffle<T>(items: &mut [T], random: &mut Pcg64Mcg) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(random, last + 1));
    }
}

/// Random signs, each +1 or −1 with the same probability. 64 of them are taken from one random number.
#[derive(Debug)]
pub(crate) struct Signs<'a> {
    random: &'a mut Pcg64Mcg,
    bits: u64,
    left: u32,
}

impl<'a> Signs<'a> {
    /// Signs from a random stream.
    pub fn new(random: &'a mut Pcg64Mcg) -> Self {
        Self { random, bits: 0, left: 0 }
    }

    /// The next sign is +1.
    pub fn next_is_plus(&mut self) -> bool {
        if self.left == 0 {
            self.bits = self.random.next_u64();
            self.left = 64;
        }
        let plus = self.bits & 1 == 1;
        self.bits >>= 1;
        self.left -= 1;
        plus
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_below_their_limit_and_equally_frequent() {
        let mut random = stream(3, 1);
        let mut counts = [0; 5];
        (0..10_000).for_each(|_| counts[below(&mut random, 5)] += 1);
        // A binomial count of 10 000 with p = 0.2 has the standard deviation 40.
        assert!(counts.iter().all(|count| (1_840..=2_160).contains(count)), "{counts:?}");
        assert_eq!(below(&mut random, 1), 0);
        assert_eq!(below(&mut random, 0), 0);
    }

    #[test]
    fn every_order_is_equally_frequent() {
        let mut random = stream(4, 1);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6_000 {
            let mut items = [1, 2, 3];
            shuffle(&mut items, &mut random);
            *counts.entry(items).or_insert(0) += 1;
        }
        // Six orders; the standard deviation of each count is 29.
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (880..=1_120).contains(count)), "{counts:?}");
    }

    #[test]
    fn half_of_the_signs_are_plus() {
        let mut random = stream(5, 1);
        let mut signs = Signs::new(&mut random);
        let plus = (0..10_000).filter(|_| signs.next_is_plus()).count();
        assert!((4_800..=5_200).contains(&plus), "{plus}");
    }
}
