//! What is measured: the figures as plain data, and what one outcome adds to them.
//!
//! Called by `tally`, which adds up and resamples, and by the other modules that measure. The
//! definitions:
//!
//! - top-1 and top-5: share of traces whose own model has the largest probability, or one of the
//!   five largest;
//! - macro-F1: the mean over models of 2·TP / (2·TP + FP + FN), over all models that were right or
//!   named;
//! - log loss: the mean of −ln p(own model), p at least 10⁻⁶;
//! - Brier score: the mean of the sum over models of (p − y)², from 0 to 2 (Brier 1950);
//! - calibration error: [`crate::stats::calibration`];
//! - Cllr: the multi-class form of Brümmer & du Preez (2006), which Brümmer & van Leeuwen (2006)
//!   give: probabilities are turned into likelihoods by dividing by each model's share of the
//!   training traces, and into posteriors under a flat prior; the cost is the mean over models of
//!   the mean over the model's traces of −log₂ of the posterior of the own model, in bits. Who
//!   knows nothing pays log₂ of the number of models;
//! - c@1 (Peñas & Rodrigo 2011): (n_right + n_unanswered · n_right / n) / n. Not answered are
//!   traces with `unknown` of at most 0.05 and those with too few words.

use crate::stats::Estimate;
use serde::{Deserialize, Serialize};

/// A probability below this counts as this much.
pub const SMALLEST: f64 = 1e-6;
/// A trace with this `unknown` or less is left without an answer.
pub const LEVEL: f64 = 0.05;

/// How well a method did on traces whose prompts it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Traces that were judged.
    pub traces: usize,
    /// Share of traces whose own model has the largest probability.
    pub top1: Estimate,
    /// Share of traces whose own model has one of the five largest probabilities.
    pub top5: Estimate,
    /// Share of traces whose own family has the largest sum of probabilities; `None` where no
    /// family holds two models.
    pub family_accuracy: Option<Estimate>,
    /// Mean F1 over models.
    pub macro_f1: Estimate,
    /// Mean logarithmic loss in nats.
    pub log_loss: Estimate,
    /// Brier score over all models, from 0 to 2.
    pub brier: Estimate,
    /// Expected calibration error of the largest probability, over 15 bins.
    pub calibration_error: Estimate,
    /// What it would be about, by chance alone, if every probability were right
    /// ([`error_by_chance`](crate::stats::calibration::error_by_chance)); `None` where an older
    /// program measured.
    #[serde(default)]
    pub calibration_error_by_chance: Option<f64>,
    /// Multi-class Cllr in bits.
    pub cllr: Estimate,
    /// The Cllr of who knows nothing: log₂ of the number of models.
    pub cllr_of_ignorance: f64,
    /// c@1; `None` for a method that never leaves a trace unanswered because it seems unknown.
    pub c_at_1: Option<Estimate>,
}

/// How often a probability of about this size was right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// The bin's lower end.
    pub from: f64,
    /// The bin's upper end.
    pub to: f64,
    /// Traces whose largest probability lies in it.
    pub traces: usize,
    /// The mean of these probabilities.
    pub confidence: f64,
    /// The share of them that was right.
    pub right: Estimate,
}

/// How one model's traces were judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelFigures {
    /// The model.
    pub model: String,
    /// The family that it was put in.
    pub family: Option<String>,
    /// Its held-out traces that were judged.
    pub traces: usize,
    /// Share of its traces that were given to it.
    pub recall: Estimate,
    /// Share of the traces given to it that are its own; `None` where none was given to it.
    pub precision: Option<f64>,
    /// The harmonic mean of both.
    pub f1: f64,
    /// The other model that its traces were given to most often, if any was.
    pub confused_with: Option<String>,
    /// The share of its traces that were given to that one.
    pub confused_share: f64,
}

/// Which model's traces were given to which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// The models.
    pub models: Vec<String>,
    /// Traces: a row per model that wrote them, a column per model that they were given to.
    pub counts: Vec<Vec<usize>>,
}

/// −ln of a probability.
pub(super) fn loss(probability: f32) -> f64 {
    -f64::from(probability).clamp(SMALLEST, 1.0).ln()
}

/// The posterior under a flat prior of the model `own`, in bits of −log₂, from posteriors under the
/// training shares. Models with a share of 0 are not in the race.
pub(super) fn flat_bits(probabilities: &[f32], shares: &[f64], own: usize) -> f64 {
    let likelihood = |i: usize| match shares[i] {
        0.0 => 0.0,
        share => f64::from(probabilities[i]).max(SMALLEST) / share,
    };
    let sum: f64 = (0..shares.len()).map(likelihood).sum();
    -(likelihood(own) / sum).max(SMALLEST).log2()
}

/// Brier score of one trace.
pub(super) fn brier(probabilities: &[f32], own: usize) -> f64 {
    let square = |(i, &p): (usize, &f32)| (f64::from(p) - f64::from(u8::from(i == own))).powi(2);
    probabilities.iter().enumerate().map(square).sum()
}

/// c@1 from the shares of all traces that were answered rightly and that were not answered.
pub(super) fn c_at_1(right: f64, unanswered: f64) -> f64 {
    right + unanswered * right
}

/// A quotient, and 0 where nothing is divided.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
    }

    #[test]
    fn a_model_that_was_not_learned_is_not_in_the_race() {
        close(flat_bits(&[0.5, 0.5, 0.0], &[0.5, 0.5, 0.0], 0), 1.0);
        close(flat_bits(&[0.8, 0.2], &[0.8, 0.2], 1), 1.0);
    }

    #[test]
    fn what_one_judgement_adds() {
        close(loss(0.5), 2.0_f64.ln());
        close(loss(0.0), 1e6_f64.ln());
        close(brier(&[0.7, 0.2, 0.1], 1), 0.49 + 0.64 + 0.01);
        // Half right, a quarter unanswered: 0.5 + 0.25 · 0.5.
        close(c_at_1(0.5, 0.25), 0.625);
        close(ratio(1.0, 0.0), 0.0);
    }
}
