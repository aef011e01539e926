//! The randomization test by flipped signs (Fisher 1935, chapter III).
//!
//! Without an effect every row of differences could as well have the opposite sign. The p-value is the
//! share of random sign patterns whose mean is at least as large as the observed one.

use super::random::{Signs, stream};
use rayon::prelude::*;

/// Most sign patterns that are drawn.
const MOST: usize = 20_000;
/// Fewest sign patterns that are drawn.
const FEWEST: usize = 1_000;
/// Patterns times rows are at most this many, unless that leaves fewer than [`FEWEST`] patterns.
const BUDGET: usize = 8_000_000;
/// Patterns that one task draws from one random stream.
const PART: usize = 500;
/// Keeps the random streams of the test apart from those of a bootstrap with the same seed.
const SALT: u64 = 0x5167_6e66_6c69_7073;

/// One-sided p-values of the columns of `rows`: how often the mean of a column is as large when the signs of
/// whole rows are flipped at random. No p-value is below one over the number of patterns plus one.
pub(crate) fn sign_flips(rows: &[Vec<f64>], seed: u64) -> Vec<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut found = vec![0.0; columns];
    rows.iter().for_each(|row| found.iter_mut().zip(row).for_each(|(sum, value)| *sum += value));
    let flips = (BUDGET / rows.len().max(1)).clamp(FEWEST, MOST);
    let counts: Vec<Vec<u32>> = (0..flips.div_ceil(PART) as u64)
        .into_par_iter()
        .map(|part| {
            let mut random = stream(seed ^ SALT, part);
            let mut counts = vec![0_u32; columns];
            let mut sums = vec![0.0; columns];
            for _ in 0..PART {
                sums.iter_mut().for_each(|sum| *sum = 0.0);
                let mut signs = Signs::new(&mut random);
                for row in rows {
                    let sign = if signs.next_is_plus() { 1.0 } else { -1.0 };
                    sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += sign * value);
                }
                for ((count, sum), found) in counts.iter_mut().zip(&sums).zip(&found) {
                    *count += u32::from(*sum >= found - 1e-12 * found.abs());
                }
            }
            counts
        })
        .collect();
    let all = (flips.div_ceil(PART) * PART) as f64;
    (0..columns)
        .map(|column| {
            let count: u32 = counts.iter().map(|counts| counts[column]).sum();
            (1.0 + f64::from(count)) / (1.0 + all)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_pcg::rand_core::RngCore;

    #[test]
    fn flipped_signs_by_hand() {
        // Of the 2⁵ ways to flip five equal values one has a sum as large: 1/32. Zeros always have.
        let p = sign_flips(&vec![vec![1.0, 0.0, -1.0]; 5], 3);
        assert!((p[0] - 1.0 / 32.0).abs() < 0.005, "{p:?}");
        assert_eq!(p[1..], [1.0, 1.0]);
        assert_eq!(sign_flips(&vec![vec![1.0]; 5], 3), sign_flips(&vec![vec![1.0]; 5], 3));
    }

    #[test]
    fn false_alarms_come_at_the_stated_rate() {
        // 400 sets of 30 rows without any effect.
        let mut random = stream(1, 2);
        let mut normal = || {
            (0..12).map(|_| (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64).sum::<f64>()
                - 6.0
        };
        let rows: Vec<Vec<f64>> = (0..30).map(|_| (0..400).map(|_| normal()).collect()).collect();
        let alarms = sign_flips(&rows, 7).iter().filter(|p| **p <= 0.05).count();
        assert!((8..=34).contains(&alarms), "{alarms} of 400");
    }
}
