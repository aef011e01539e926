//! How long a shift is, and whether chance explains it.

use super::pairs::PromptPair;
use crate::stats::{
    random::{Signs, stream},
    vectors::{add_to, dot},
};
use rayon::prelude::*;

/// Most sign flips of the test.
const MOST_FLIPS: usize = 2_000;
/// Fewest sign flips of the test.
const FEWEST_FLIPS: usize = 400;
/// Flips times prompts times values are at most this many, unless that leaves fewer than [`FEWEST_FLIPS`].
const BUDGET: usize = 200_000_000;
/// Keeps the random streams of the test apart from others with the same seed.
const SALT: u64 = 0x6c65_6e67_7468;

/// The length of the shift in standard deviations of a single trace, less the noise.
pub(super) fn size(pairs: &[PromptPair]) -> f64 {
    u_product(pairs, |pair| &pair.shift, |pair| &pair.shift).max(0.0).sqrt()
}

/// The p-value of the hypothesis that nothing moved: how often the shift is as long when the signs of prompts
/// are flipped at random (Fisher's randomization test). Without a shift the two corpora are exchangeable
/// prompt by prompt, and about half of all shifts have a positive length after the noise is subtracted.
pub(super) fn size_p_value(pairs: &[PromptPair], seed: u64) -> f64 {
    let width = pairs.first().map_or(0, |pair| pair.shift.len());
    let length = |sign: &mut dyn FnMut() -> f32| {
        let mut sum = vec![0.0_f32; width];
        for pair in pairs {
            let sign = sign();
            sum.iter_mut().zip(&pair.shift).for_each(|(sum, value)| *sum += sign * value);
        }
        dot(&sum, &sum)
    };
    let found = length(&mut || 1.0);
    let flips = (BUDGET / (pairs.len() * width).max(1)).clamp(FEWEST_FLIPS, MOST_FLIPS);
    let as_long = (0..flips as u64)
        .into_par_iter()
        .filter(|&flip| {
            let mut random = stream(seed ^ SALT, flip);
            let mut signs = Signs::new(&mut random);
            let flipped = length(&mut || if signs.next_is_plus() { 1.0 } else { -1.0 });
            flipped >= found * (1.0 - 1e-6)
        })
        .count();
    (1 + as_long) as f64 / (1 + flips) as f64
}

/// `Σ_{p≠q} ⟨a_p, b_q⟩ / (n (n − 1))`: the product of two means without their common noise.
pub(super) fn u_product<'a>(
    pairs: &'a [PromptPair],
    a: impl Fn(&'a PromptPair) -> &'a [f32],
    b: impl Fn(&'a PromptPair) -> &'a [f32],
) -> f64 {
    let count = pairs.len() as f64;
    let width = pairs.first().map_or(0, |pair| a(pair).len());
    let (mut sum_a, mut sum_b, mut own) = (vec![0.0_f32; width], vec![0.0_f32; width], 0.0);
    for pair in pairs {
        let (a, b) = (a(pair), b(pair));
        add_to(&mut sum_a, a);
        add_to(&mut sum_b, b);
        own += dot(a, b);
    }
    (dot(&sum_a, &sum_b) - own) / (count * (count - 1.0)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_pcg::rand_core::RngCore;

    #[test]
    fn products_between_different_prompts_have_no_noise_of_their_own() {
        let pair = |value: f32| PromptPair { data_set: 0, old: vec![0.0], shift: vec![value] };
        // 1 and −1: the mean is 0, and the product between the two prompts −1.
        let pairs = [pair(1.0), pair(-1.0)];
        assert_eq!(u_product(&pairs, |s| &s.shift, |s| &s.shift), -1.0);
        let pairs = [pair(2.0), pair(3.0), pair(4.0)];
        // 2 · (2·3 + 2·4 + 3·4) / 6.
        let found = u_product(&pairs, |s| &s.shift, |s| &s.shift);
        assert!((found - 26.0 / 3.0).abs() < 1e-5);
    }

    #[test]
    fn a_shift_that_chance_gives_has_no_small_p_value() {
        // 200 pairs of corpora of 20 prompts without a shift: the mean of noise, which is even and not normal.
        let mut alarms = 0;
        let mut positive = 0;
        for case in 0..200 {
            let mut random = stream(11, case);
            let mut value = || (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
            let pairs: Vec<PromptPair> = (0..20)
                .map(|_| PromptPair {
                    data_set: 0,
                    old: Vec::new(),
                    shift: (0..8).map(|_| value()).collect(),
                })
                .collect();
            alarms += usize::from(size_p_value(&pairs, case) <= 0.05);
            positive += usize::from(size(&pairs) > 0.0);
        }
        // 10 are expected; a binomial of 200 has fewer than 3 or more than 19 in 1 case of 200.
        assert!((3..=19).contains(&alarms), "{alarms} of 200");
        assert!(positive > 50, "a positive length alone means nothing: {positive} of 200");
        let moved: Vec<PromptPair> = (0..20)
            .map(|_| PromptPair { data_set: 0, old: Vec::new(), shift: vec![0.3; 8] })
            .collect();
        assert!(size_p_value(&moved, 1) < 0.001);
        let still: Vec<PromptPair> = (0..20)
            .map(|_| PromptPair { data_set: 0, old: Vec::new(), shift: vec![0.0; 8] })
            .collect();
        assert_eq!(size_p_value(&still, 1), 1.0);
    }
}
