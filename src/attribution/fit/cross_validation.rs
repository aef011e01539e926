//! How well a learner recognizes traces that it has not seen.

use crate::stats::{calibration::expected_calibration_error, vectors::argmax};
use serde::{Deserialize, Serialize};

/// How well the learner did on prompts that it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// Folds, grouped by prompt.
    pub folds: usize,
    /// The penalty of the regression that was chosen.
    pub ridge: f64,
    /// Share of traces whose reference had the largest probability.
    pub top1: f64,
    /// Share of traces whose reference was among the five largest.
    pub top5: f64,
    /// Mean logarithmic loss of the calibrated probabilities, in nats.
    pub log_loss: f64,
    /// Expected calibration error, over 15 bins.
    pub calibration_error: f64,
    /// The same for traces of data sets that were left out, among the references that are known
    /// from other data sets; `None` where there is only one data set.
    #[serde(rename = "new_ground")]
    pub new_data_set: Option<UnseenDataSet>,
}

/// How well the learner did on subject matter that it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnseenDataSet {
    /// Traces.
    pub traces: usize,
    /// Share of traces whose reference had the largest probability.
    pub top1: f64,
    /// Share of traces whose reference was among the five largest.
    pub top5: f64,
    /// Mean logarithmic loss of the calibrated probabilities, in nats, each data set weighing the
    /// same.
    pub log_loss: f64,
}

/// How one trace was recognized.
#[derive(Debug, Clone, Copy)]
pub(in crate::attribution) struct Recognition {
    /// The largest probability.
    pub confidence: f64,
    /// Whether it is that of the right reference.
    pub first: bool,
    /// Whether the right reference is among the five largest.
    pub among_five: bool,
    /// The logarithmic loss, in nats.
    pub loss: f64,
}

impl Recognition {
    /// Compares the probabilities of a trace with the reference that wrote it.
    pub fn new(probabilities: &[f32], label: usize) -> Self {
        let own = probabilities[label];
        let best = argmax(probabilities);
        Self {
            confidence: f64::from(probabilities[best]),
            first: best == label,
            among_five: probabilities.iter().filter(|&&p| p > own).count() < 5,
            loss: -f64::from(own.clamp(1e-6, 1.0)).ln(),
        }
    }
}

impl CrossValidation {
    /// Summarizes the probabilities of held-out traces on known data sets.
    pub(super) fn new(
        probabilities: &[Vec<f32>],
        labels: &[usize],
        ridge: f64,
        folds: usize,
    ) -> Self {
        let recognized: Vec<Recognition> = probabilities
            .iter()
            .zip(labels)
            .map(|(row, &label)| Recognition::new(row, label))
            .collect();
        let count = recognized.len().max(1) as f64;
        let share = |holds: fn(&Recognition) -> bool| {
            recognized.iter().filter(|one| holds(one)).count() as f64 / count
        };
        Self {
            folds,
            ridge,
            top1: share(|one| one.first),
            top5: share(|one| one.among_five),
            log_loss: recognized.iter().map(|one| one.loss).sum::<f64>() / count,
            calibration_error: expected_calibration_error(
                recognized.iter().map(|one| (one.confidence, one.first)),
            ),
            new_data_set: None,
        }
    }
}
