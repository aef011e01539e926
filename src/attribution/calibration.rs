//! Logits → probabilities that mean what they say.
//!
//! Temperature scaling (Guo, Pleiss, Sun & Weinberger 2017) whose temperature depends on the
//! trace's length, since a short trace is weaker evidence than a long one: logits are multiplied by
//! `exp(intercept + slope · ln(words / 400))`. Both numbers are fitted to out-of-fold logits, so
//! that they describe prompts that the learner has not seen.

use super::logistic::softmax;
use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Words at which only the intercept counts.
const USUAL_WORDS: f64 = 400.0;
/// Bounds of `ln(words / 400)`: longer and shorter traces are treated like those at the bounds.
const LENGTH_BOUNDS: (f64, f64) = (-2.5, 3.0);

/// Turns logits into calibrated probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Logarithm of the factor at 400 words.
    pub intercept: f64,
    /// Change of that logarithm for every e-fold of words.
    pub slope: f64,
}

/// Out-of-fold logits with what is needed to judge them.
#[derive(Debug, Clone, Copy)]
pub struct OutOfFold<'a> {
    /// A row per trace, a column per reference.
    pub logits: &'a Array2<f32>,
    /// The reference that wrote each trace.
    pub labels: &'a [usize],
    /// Words in each trace.
    pub words: &'a [usize],
}

impl Calibration {
    /// The factor for a trace of so many words.
    fn factor(self, words: usize) -> f32 {
        let length =
            (words.max(1) as f64 / USUAL_WORDS).ln().clamp(LENGTH_BOUNDS.0, LENGTH_BOUNDS.1);
        (self.intercept + self.slope * length).exp() as f32
    }

    /// Turns the logits of a trace of `words` words into probabilities, in place.
    pub fn apply(self, logits: &mut [f32], words: usize) {
        let factor = self.factor(words);
        logits.iter_mut().for_each(|logit| *logit *= factor);
        softmax(logits);
    }

    /// Mean logarithmic loss in nats of the calibrated probabilities.
    pub fn loss(self, data: OutOfFold<'_>) -> f64 {
        let losses: Vec<f64> = (0..data.labels.len())
            .into_par_iter()
            .map(|i| {
                let mut row = data.logits.row(i).to_vec();
                self.apply(&mut row, data.words[i]);
                -f64::from(row[data.labels[i]].max(1e-6)).ln()
            })
            .collect();
        losses.iter().sum::<f64>() / losses.len().max(1) as f64
    }

    /// The calibration without dependence on length that has the smallest loss, and that loss.
    pub fn fit_intercept(data: OutOfFold<'_>) -> (Self, f64) {
        let with = |intercept| Self { intercept, slope: 0.0 };
        let intercept = minimize(|a| with(a).loss(data), -3.0, 5.0);
        (with(intercept), with(intercept).loss(data))
    }

    /// The calibration with the smallest loss.
    pub fn fit(data: OutOfFold<'_>) -> Self {
        let (mut best, _) = Self::fit_intercept(data);
        for _ in 0..2 {
            best.slope = minimize(|slope| Self { slope, ..best }.loss(data), -0.5, 1.0);
            let near = best.intercept;
            best.intercept =
                minimize(|intercept| Self { intercept, ..best }.loss(data), near - 1.0, near + 1.0);
        }
        best
    }
}

/// Golden-section search for the minimum of a function with one valley, to within 1 % of the range.
fn minimize(function: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut a, mut b) = (from, to);
    let (mut c, mut d) = (b - ratio * (b - a), a + ratio * (b - a));
    let (mut at_c, mut at_d) = (function(c), function(d));
    while b - a > 0.005 * (to - from) {
        if at_c < at_d {
            (b, d, at_d) = (d, c, at_c);
            c = b - ratio * (b - a);
            at_c = function(c);
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + ratio * (b - a);
            at_d = function(d);
        }
    }
    (a + b) / 2.0
}

/// Expected calibration error of the largest probability, over 15 bins of equal width (Naeini,
/// Cooper & Hauskrecht 2015). Each item is the largest probability and whether it was right.
pub fn expected_calibration_error(predictions: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0); 15];
    for &(confidence, right) in predictions {
        let bin = &mut bins[((confidence * 15.0) as usize).min(14)];
        bin.0 += confidence;
        bin.1 += f64::from(u8::from(right));
    }
    bins.iter().map(|(confidence, right)| f64::abs(confidence - right)).sum::<f64>()
        / predictions.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfident_logits_are_shrunk_to_the_truth() {
        // Two references; the logits always say 4 to 0 for the first, which is right in 3 of 4.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 4.0 } else { 0.0 });
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let words = vec![400; 400];
        let data = OutOfFold { logits: &logits, labels: &labels, words: &words };
        let calibration = Calibration::fit(data);
        let mut row = vec![4.0, 0.0];
        calibration.apply(&mut row, 400);
        assert!((row[0] - 0.75).abs() < 0.01, "{row:?}");
    }

    #[test]
    fn short_traces_are_trusted_less_where_the_data_say_so() {
        // Long traces are always right, short ones half of the time.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 2.0 } else { 0.0 });
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let words: Vec<usize> = (0..400).map(|i| if i % 2 == 0 { 40 } else { 4000 }).collect();
        let data = OutOfFold { logits: &logits, labels: &labels, words: &words };
        assert!(Calibration::fit(data).slope > 0.2);
    }

    #[test]
    fn calibration_error_is_the_gap_between_confidence_and_success() {
        assert_eq!(expected_calibration_error(&[]), 0.0);
        let half: Vec<(f64, bool)> = (0..10).map(|i| (0.9, i < 5)).collect();
        assert!((expected_calibration_error(&half) - 0.4).abs() < 1e-9);
    }
}
