//! The bootstrap over prompts: how far a figure would move with other prompts.
//!
//! Traces of one prompt are not independent, so whole prompts are drawn with replacement (the
//! cluster bootstrap; Field & Welsh 2007). Every resample has its own random stream, so that the result
//! does not depend on the number of threads.

use super::{
    Estimate, Interval,
    random::{below, stream},
};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

/// The figures of each resample: a row per resample. [`Resamples::draw`] gives the means of the columns.
#[derive(Debug, Clone)]
pub(crate) struct Resamples {
    pub means: Vec<Vec<f64>>,
}

/// The rows that one resample draws: `rows` of them, with replacement.
pub(crate) fn draws(rows: usize, resample: u64, seed: u64) -> impl Iterator<Item = usize> {
    let mut random = stream(seed, resample);
    (0..rows).map(move |_| below(&mut random, rows))
}

/// How often each of `count` items is drawn when `count` of them are drawn with replacement.
pub(crate) fn multiplicities(count: usize, random: &mut Pcg64Mcg) -> Vec<f32> {
    let mut times = vec![0.0; count];
    for _ in 0..count {
        times[below(random, count)] += 1.0;
    }
    times
}

/// `count` indices below `count`, drawn with replacement; all of them in order without a random stream.
pub(crate) fn drawn_or_all(count: usize, random: Option<&mut Pcg64Mcg>) -> Vec<usize> {
    match random {
        None => (0..count).collect(),
        Some(random) => (0..count).map(|_| below(random, count)).collect(),
    }
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
    /// `figures` computes from how often each unit was drawn. For figures that are not means.
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

    /// The 95 % interval of a column; from 0 to 1 where there is no resample.
    pub fn interval(&self, column: usize) -> Interval {
        self.interval_of(|means| means[column])
    }

    /// The 95 % interval of a figure that is computed from a resample's means.
    pub fn interval_of(&self, figure: impl Fn(&[f64]) -> f64) -> Interval {
        Interval::percentiles(self.means.iter().map(|means| figure(means)).collect())
    }

    /// A figure that is computed from means: its value for `means`, and its 95 % interval.
    pub fn estimate(&self, means: &[f64], figure: impl Fn(&[f64]) -> f64) -> Estimate {
        Estimate::new(figure(means), self.interval_of(&figure))
    }

    /// The share of resamples that satisfy a condition.
    pub fn share(&self, condition: impl Fn(&[f64]) -> bool) -> f64 {
        let count = self.means.iter().filter(|means| condition(means)).count();
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
        let Interval { low, high } = resamples.interval(0);
        assert!((low - 0.40).abs() < 0.02 && (high - 0.60).abs() < 0.02, "{low} {high}");
        assert_eq!(resamples.interval(1), Interval { low: 3.0, high: 3.0 });
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
