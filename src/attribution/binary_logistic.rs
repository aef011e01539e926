//! The logarithmic odds of a binary outcome from a few numbers: weighted logistic regression by Newton's method.
//!
//! Called by the data sets, which ask how likely a trace is on known data set, and by the stack, which asks how likely the first
//! reference is the right one.

use super::cholesky::Cholesky;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

const ITERATIONS: usize = 50;
/// A step moves the odds of a trace one deviation away by no more: where the outcomes are far apart, Newton's method
/// leaps.
const LONGEST_STEP: f64 = 2.0;

/// One observation.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// What the odds depend on.
    pub numbers: Vec<f64>,
    /// Logarithmic odds that stand already: what is learned is added to them.
    pub before: f64,
    /// Whether it came true.
    pub outcome: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Logarithmic odds, linear in a few numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BinaryLogistic {
    intercept: f64,
    slopes: Vec<f64>,
}

impl BinaryLogistic {
    /// The probability of the outcome, where the logarithmic odds `before` stand already. Numbers without a slope
    /// count for nothing.
    pub fn probability(&self, numbers: &[f64], before: f64) -> f64 {
        let odds: f64 = self.slopes.iter().zip(numbers).map(|(slope, x)| slope * x).sum();
        1.0 / (1.0 + (-(before + self.intercept + odds)).exp())
    }

    /// Whether there is a slope for each of so many numbers, or for none, and all are finite.
    pub fn fits(&self, numbers: usize) -> bool {
        (self.slopes.is_empty() || self.slopes.len() == numbers)
            && self.slopes.iter().chain([&self.intercept]).all(|value| value.is_finite())
    }

    /// Learns from observations that all have as many numbers. Even odds where there are none. `ridge` is what the square of the
    /// intercept and of each slope costs, in nats over all observations, the numbers in standard deviations.
    pub(super) fn learn(items: &[Item], ridge: [f64; 2]) -> Self {
        let count = items.first().map_or(0, |item| item.numbers.len());
        let total: f64 = items.iter().map(|item| item.weight).sum::<f64>().max(1e-12);
        let over = |of: &dyn Fn(&Item) -> f64| {
            items.iter().map(|item| item.weight * of(item)).sum::<f64>() / total
        };
        let means: Vec<f64> = (0..count).map(|j| over(&|item| item.numbers[j])).collect();
        let deviations: Vec<f64> = (0..count)
            .map(|j| over(&|item| (item.numbers[j] - means[j]).powi(2)).sqrt().max(1e-9))
            .collect();
        let ridge_of = |i: usize| (ridge[usize::from(i > 0)] / total).max(1e-9);
        // The constant first, then the numbers in deviations.
        let standard = |item: &Item| -> Vec<f64> {
            let own = (0..count).map(|j| (item.numbers[j] - means[j]) / deviations[j]);
            std::iter::once(1.0).chain(own).collect()
        };
        let rows: Vec<Vec<f64>> = items.iter().map(standard).collect();
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
            for (row, item) in rows.iter().zip(items) {
                let odds: f64 = row.iter().zip(&point).map(|(x, w)| x * w).sum();
                let p = 1.0 / (1.0 + (-(item.before + odds)).exp());
                let (error, spread) = (p - f64::from(u8::from(item.outcome)), p * (1.0 - p));
                let weight = item.weight / total;
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

    fn item(numbers: &[f64], outcome: bool, weight: f64) -> Item {
        Item { numbers: numbers.to_vec(), before: 0.0, outcome, weight }
    }

    #[test]
    fn the_odds_of_both_groups_are_found() {
        // At 0 the outcome is true in 1 of 4, at 1 in 3 of 4.
        let items: Vec<Item> = (0..80)
            .map(|i| item(&[f64::from(i % 2)], (i / 2 % 4 == 0) != (i % 2 == 1), 1.0))
            .collect();
        let odds = BinaryLogistic::learn(&items, FREE);
        assert!((odds.probability(&[0.0], 0.0) - 0.25).abs() < 1e-3, "{odds:?}");
        assert!((odds.probability(&[1.0], 0.0) - 0.75).abs() < 1e-3, "{odds:?}");
        assert!(odds.fits(1) && !odds.fits(2));
    }

    #[test]
    fn of_two_numbers_each_has_its_part() {
        // Odds of e^(a − 2 b), each cell with the weights that make it so.
        let truth = |a: f64, b: f64| 1.0 / (1.0 + f64::exp(-(a - 2.0 * b)));
        let mut items: Vec<Item> = Vec::new();
        for (a, b) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (3.0, 1.0)] {
            items.push(item(&[a, b], true, truth(a, b)));
            items.push(item(&[a, b], false, 1.0 - truth(a, b)));
        }
        let odds = BinaryLogistic::learn(&items, FREE);
        for (a, b) in [(2.0, 0.0), (2.0, 2.0)] {
            assert!((odds.probability(&[a, b], 0.0) - truth(a, b)).abs() < 1e-3, "{odds:?}");
        }
    }

    #[test]
    fn what_stands_already_is_kept_where_few_observations_speak() {
        // Odds of 4 to 1 stand, and all of few outcomes are true; then all of many are true in half.
        let said = |outcomes: &[bool]| {
            let items = outcomes.iter().map(|&outcome| Item {
                numbers: vec![1.0],
                before: 4.0_f64.ln(),
                outcome,
                weight: 1.0,
            });
            BinaryLogistic::learn(&items.collect::<Vec<_>>(), [5.0, 5.0])
                .probability(&[1.0], 4.0_f64.ln())
        };
        let few = said(&[true; 3]);
        assert!(few > 0.8 && few < 0.86, "{few}");
        let many: Vec<bool> = (0..2_000).map(|i| i % 2 == 0).collect();
        assert!((said(&many) - 0.5).abs() < 0.01, "{}", said(&many));
    }

    #[test]
    fn outcomes_that_never_mix_and_nothing_at_all_end() {
        let apart: Vec<Item> = (0..20).map(|i| item(&[f64::from(i)], i >= 10, 1.0)).collect();
        let odds = BinaryLogistic::learn(&apart, FREE);
        assert!(odds.probability(&[0.0], 0.0) < 0.01 && odds.probability(&[19.0], 0.0) > 0.99);
        assert_eq!(BinaryLogistic::learn(&[], FREE).probability(&[3.0], 0.0), 0.5);
    }
}
