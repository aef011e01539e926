//! The bootstrap over prompts: how far a figure would move with other prompts.
//!
//! Traces of one prompt are not independent, so whole prompts are drawn with replacement (the
//! cluster bootstrap; Field & Welsh 2007) and intervals are percentiles (Efron & Tibshirani 1993,
//! chapter 13). Every resample has its own random stream, so that the result does not depend on
//! the number of threads.

use rand_pcg::{
    Pcg64Mcg,
    rand_core::{RngCore, SeedableRng},
};
use rayon::prelude::*;

/// The figures of each resample (for [`Resamples::draw`] the means of the columns): a row per resample.
#[derive(Debug, Clone)]
pub(crate) struct Resamples {
    pub means: Vec<Vec<f64>>,
}

/// The random stream with this number.
pub(crate) fn stream(seed: u64, number: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// A whole number from 0 to just below `limit`; 0 where that is 0.
pub(crate) fn below(random: &mut Pcg64Mcg, limit: usize) -> usize {
    // The upper bits, scaled: unbiased to one part in 2³² for so few.
    (((random.next_u64() >> 32) * limit as u64) >> 32) as usize
}

/// The rows that one resample draws: as many as there are, with replacement.
pub(crate) fn draws(rows: usize, resample: u64, seed: u64) -> impl Iterator<Item = usize> {
    let mut random = stream(seed, resample);
    (0..rows).map(move |_| below(&mut random, rows))
}

/// How often each of `count` things is drawn when as many are drawn with replacement.
pub(crate) fn multiplicities(count: usize, random: &mut Pcg64Mcg) -> Vec<f32> {
    let mut times = vec![0.0; count];
    for _ in 0..count {
        times[below(random, count)] += 1.0;
    }
    times
}

/// The percentile interval of a figure's resampled values that leaves `tail` of them out on either side;
/// `None` where there is none.
pub(crate) fn percentiles_at(mut values: Vec<f64>, tail: f64) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let quantile = |q: f64| values[((q * last as f64).round() as usize).min(last)];
    Some((quantile(tail), quantile(1.0 - tail)))
}

/// The 95 % percentile interval of a figure's resampled values; (0, 1) where there is none.
pub(crate) fn percentiles(values: Vec<f64>) -> (f64, f64) {
    percentiles_at(values, 0.025).unwrap_or((0.0, 1.0))
}

impl Resamples {
    /// Draws `resamples` times as many rows as there are, with replacement.
    pub fn draw(rows: &[Vec<f64>], resamples: usize, seed: u64) -> Self {
        let columns = rows.first().map_or(0, Vec::len);
        let means = (0..resamples as u64)
            .into_par_iter()
            .map(|resample| {
                let mut sum = vec![0.0; columns];
                for row in draws(rows.len(), resample, seed) {
                    sum.iter_mut().zip(&rows[row]).for_each(|(sum, value)| *sum += value);
                }
                sum.iter_mut().for_each(|sum| *sum /= rows.len().max(1) as f64);
                sum
            })
            .collect();
        Self { means }
    }

    /// Draws `resamples` times as many units as there are, with replacement, and keeps the figures that
    /// `figures` computes from how often each unit was drawn. For figures that are no means.
    pub fn of_units(
        units: usize,
        resamples: usize,
        seed: u64,
        figures: impl Fn(&[u32]) -> Vec<f64> + Sync,
    ) -> Self {
        let means = (0..resamples as u64)
            .into_par_iter()
            .map(|resample| {
                let mut times = vec![0_u32; units];
                draws(units, resample, seed).for_each(|unit| times[unit] += 1);
                figures(&times)
            })
            .collect();
        Self { means }
    }

    /// The 95 % interval of a column; (0, 1) where there is no resample.
    pub fn interval(&self, column: usize) -> (f64, f64) {
        self.interval_of(|means| means[column])
    }

    /// The 95 % interval of a figure that is computed from a resample's means.
    pub fn interval_of(&self, figure: impl Fn(&[f64]) -> f64) -> (f64, f64) {
        percentiles(self.means.iter().map(|means| figure(means)).collect())
    }

    /// The share of resamples for which something holds.
    pub fn share(&self, holds: impl Fn(&[f64]) -> bool) -> f64 {
        let count = self.means.iter().filter(|means| holds(means)).count();
        count as f64 / self.means.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_two_standard_errors_wide_on_each_side() {
        // 100 rows of 0 and 1: standard error 0.05.
        let rows: Vec<Vec<f64>> = (0..100).map(|i| vec![f64::from(i % 2), 3.0]).collect();
        let resamples = Resamples::draw(&rows, 2000, 1);
        let (low, high) = resamples.interval(0);
        assert!((low - 0.40).abs() < 0.02 && (high - 0.60).abs() < 0.02, "{low} {high}");
        assert_eq!(resamples.interval(1), (3.0, 3.0));
        assert!((resamples.share(|means| means[0] > 0.5) - 0.46).abs() < 0.06);
    }

    #[test]
    fn units_are_drawn_like_rows() {
        let rows: Vec<Vec<f64>> = (0..7).map(|i| vec![f64::from(i)]).collect();
        let by_rows = Resamples::draw(&rows, 30, 5);
        let by_units = Resamples::of_units(7, 30, 5, |times| {
            assert_eq!(times.iter().sum::<u32>(), 7);
            let sum: u32 = (0..).zip(times).map(|(value, n)| value * n).sum();
            vec![f64::from(sum) / 7.0]
        });
        for (a, b) in by_rows.means.iter().zip(&by_units.means) {
            assert!((a[0] - b[0]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_seed_gives_the_same_resamples() {
        let rows: Vec<Vec<f64>> = (0..9).map(|i| vec![f64::from(i)]).collect();
        let draw = |seed| Resamples::draw(&rows, 20, seed).means;
        assert_eq!(draw(4), draw(4));
        assert_ne!(draw(4), draw(5));
    }
}
