//! Weighted logistic regression of a binary outcome on a few covariates, by Newton's method.

use crate::stats::cholesky::Cholesky;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

const ITERATIONS: usize = 50;
/// A step changes the log odds of an observation one deviation away by no more than this: where the
/// outcomes are separable, Newton's method overshoots.
const LONGEST_STEP: f64 = 2.0;

/// One observation.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    /// What the outcome depends on.
    pub covariates: Vec<f64>,
    /// Log odds that are known beforehand: what is learned is added to them.
    pub offset: f64,
    /// The outcome.
    pub outcome: bool,
    /// How much it counts.
    pub weight: f64,
}

/// A logistic regression: log odds that are linear in a few covariates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BinaryLogistic {
    intercept: f64,
    slopes: Vec<f64>,
}

impl BinaryLogistic {
    /// The probability of the outcome, where the log odds `offset` are known beforehand. Covariates without
    /// a slope have no effect.
    pub fn probability(&self, covariates: &[f64], offset: f64) -> f64 {
        let odds: f64 = self.slopes.iter().zip(covariates).map(|(slope, x)| slope * x).sum();
        1.0 / (1.0 + (-(offset + self.intercept + odds)).exp())
    }

    /// The intercept, then the slope of each covariate.
    pub(crate) fn coefficients(&self) -> Vec<f64> {
        std::iter::once(self.intercept).chain(self.slopes.iter().copied()).collect()
    }

    /// Whether it takes this number of covariates (or has no slopes at all), and all its numbers are
    /// finite.
    pub fn fits(&self, covariates: usize) -> bool {
        (self.slopes.is_empty() || self.slopes.len() == covariates)
            && self.slopes.iter().chain([&self.intercept]).all(|value| value.is_finite())
    }

    /// Learns from observations with the same number of covariates; even odds where there are none.
    /// `ridge` is the penalty on the square of the intercept and of each slope, in nats over all
    /// observations, with covariates in standard deviations.
    pub(crate) fn learn(observations: &[Observation], ridge: [f64; 2]) -> Self {
        let count = observations.first().map_or(0, |one| one.covariates.len());
        let total: f64 = observations.iter().map(|one| one.weight).sum::<f64>().max(1e-12);
        let over = |of: &dyn Fn(&Observation) -> f64| {
            observations.iter().map(|one| one.weight * of(one)).sum::<f64>() / total
        };
        let means: Vec<f64> = (0..count).map(|j| over(&|one| one.covariates[j])).collect();
        let deviations: Vec<f64> = (0..count)
            .map(|j| over(&|one| (one.covariates[j] - means[j]).powi(2)).sqrt().max(1e-9))
            .collect();
        let ridge_of = |i: usize| (ridge[usize::from(i > 0)] / total).max(1e-9);
        // The constant first, then the covariates in deviations.
        let standard = |one: &Observation| -> Vec<f64> {
            let own = (0..count).map(|j| (one.covariates[j] - means[j]) / deviations[j]);
            std::iter::once(1.0).chain(own).collect()
        };
        let rows: Vec<Vec<f64>> = observations.iter().map(standard).collect();
        let size = count + 1;
        let mut point = vec![0.0_f64; size];
        for _ in 0..ITERATIONS {
            let mut gradient =
                Array2::<f64>::from_shape_fn((size, 1), |(i, _)| ridge_of(i) * point[i]);
            let mut hessian =
                Array2::<f64>::from_shape_fn(
                    (size, size),
                    |(i, j)| {
                        if i == j { ridge_of(i) } else { 0.0 }
                    },
                );
            for (row, one) in rows.iter().zip(observations) {
                let odds: f64 = row.iter().zip(&point).map(|(x, w)| x * w).sum();
                let p = 1.0 / (1.0 + (-(one.offset + odds)).exp());
                let (error, spread) = (p - f64::from(u8::from(one.outcome)), p * (1.0 - p));
                let weight = one.weight / total;
                for i in 0..size {
                    gradient[[i, 0]] += weight * error * row[i];
                    for j in 0..=i {
                        hessian[[i, j]] += weight * spread * row[i] * row[j];
                    }
                }
            }
            let Some(cholesky) = Cholesky::new(hessian) else { break };
            let step = cholesky.solve(gradient.view());
            let length: f64 = step.iter().map(|value| value.abs()).sum();
            if !length.is_finite() {
                break;
            }
            let shrink = 1.0_f64.min(LONGEST_STEP / length.max(1e-12));
            point.iter_mut().zip(&step).for_each(|(value, step)| *value -= shrink * step);
            if length < 1e-9 {
                break;
            }
        }
        let slopes: Vec<f64> = (0..count).map(|j| point[j + 1] / deviations[j]).collect();
        let shift: f64 = slopes.iter().zip(&means).map(|(slope, mean)| slope * mean).sum();
        Self { intercept: point[0] - shift, slopes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Next to no ridge.
    const FREE: [f64; 2] = [0.0, 1e-6];

    fn observed(covariates: &[f64], outcome: bool, weight: f64) -> Observation {
        Observation { covariates: covariates.to_vec(), offset: 0.0, outcome, weight }
    }

    #[test]
    fn the_odds_of_both_groups_are_found() {
        // At 0 the outcome is true in 1 of 4, at 1 in 3 of 4.
        let observations: Vec<Observation> = (0..80)
            .map(|i| observed(&[f64::from(i % 2)], (i / 2 % 4 == 0) != (i % 2 == 1), 1.0))
            .collect();
        let odds = BinaryLogistic::learn(&observations, FREE);
        assert!((odds.probability(&[0.0], 0.0) - 0.25).abs() < 1e-3, "{odds:?}");
        assert!((odds.probability(&[1.0], 0.0) - 0.75).abs() < 1e-3, "{odds:?}");
        assert!(odds.fits(1) && !odds.fits(2));
    }

    #[test]
    fn two_covariates_get_their_own_slopes() {
        // Odds of e^(a − 2 b), each cell with the weights that make it so.
        let truth = |a: f64, b: f64| 1.0 / (1.0 + f64::exp(-(a - 2.0 * b)));
        let mut observations: Vec<Observation> = Vec::new();
        for (a, b) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (3.0, 1.0)] {
            observations.push(observed(&[a, b], true, truth(a, b)));
            observations.push(observed(&[a, b], false, 1.0 - truth(a, b)));
        }
        let odds = BinaryLogistic::learn(&observations, FREE);
        for (a, b) in [(2.0, 0.0), (2.0, 2.0)] {
            assert!((odds.probability(&[a, b], 0.0) - truth(a, b)).abs() < 1e-3, "{odds:?}");
        }
    }

    #[test]
    fn the_offset_prevails_where_observations_are_few() {
        // Prior odds of 4 to 1. First few outcomes, all true; then many, half of them true.
        let learned = |outcomes: &[bool]| {
            let observations = outcomes.iter().map(|&outcome| Observation {
                covariates: vec![1.0],
                offset: 4.0_f64.ln(),
                outcome,
                weight: 1.0,
            });
            BinaryLogistic::learn(&observations.collect::<Vec<_>>(), [5.0, 5.0])
                .probability(&[1.0], 4.0_f64.ln())
        };
        let few = learned(&[true; 3]);
        assert!(few > 0.8 && few < 0.86, "{few}");
        let many: Vec<bool> = (0..2_000).map(|i| i % 2 == 0).collect();
        assert!((learned(&many) - 0.5).abs() < 0.01, "{}", learned(&many));
    }

    #[test]
    fn separable_outcomes_and_no_outcomes_end() {
        let apart: Vec<Observation> =
            (0..20).map(|i| observed(&[f64::from(i)], i >= 10, 1.0)).collect();
        let odds = BinaryLogistic::learn(&apart, FREE);
        assert!(odds.probability(&[0.0], 0.0) < 0.01 && odds.probability(&[19.0], 0.0) > 0.99);
        assert_eq!(BinaryLogistic::learn(&[], FREE).probability(&[3.0], 0.0), 0.5);
    }
}
