//! How far probabilities are from meaning what they say.

use super::random::stream;
use rand_pcg::rand_core::RngCore;
use std::collections::BTreeMap;

/// Bins of the largest probability, of equal width.
pub const BINS: usize = 15;

/// The bin of a probability.
pub fn bin_of(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

/// Expected calibration error of the largest probability, over [`BINS`] bins of equal width (Naeini,
/// Cooper & Hauskrecht 2015). Each item is the largest probability and whether it was right.
pub fn expected_calibration_error(predictions: impl IntoIterator<Item = (f64, bool)>) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    let mut count = 0_usize;
    for (confidence, right) in predictions {
        count += 1;
        let bin = &mut bins[bin_of(confidence)];
        bin.0 += confidence;
        bin.1 += f64::from(u8::from(right));
    }
    error_of_bins(bins) / count.max(1) as f64
}

/// The same from the bins' sums of probabilities and numbers of right answers; to be divided by the number
/// of predictions.
pub fn error_of_bins(bins: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    bins.into_iter().map(|(confidence, right)| f64::abs(confidence - right)).sum()
}

/// Draws that the error by chance is the mean of.
const DRAWS: usize = 200;

/// One answer, as far as calibration is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Prediction {
    /// The largest probability, 0 to 1.
    pub confidence: f64,
    /// Whether the reference that has it is the right one.
    pub right: bool,
    /// What was asked: answers of one group may be wrong together, those of different groups are independent.
    pub group: usize,
}

/// The expected calibration error that such predictions would show by chance alone, if every probability were right: the mean
/// over draws that turn the sign of all deviations (probability less outcome) of a group at once, which leaves them as large, and as alike within a
/// group, as they are, but without a direction (the wild cluster bootstrap of Cameron, Gelbach & Miller 2008, with
/// Rademacher weights). An error near it says nothing against the probabilities. It grows where many predictions share few groups; of a handful of
/// groups it cannot tell a common fault from chance.
pub fn error_by_chance(predictions: &[Prediction]) -> f64 {
    let mut deviations: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for prediction in predictions {
        *deviations.entry((prediction.group, bin_of(prediction.confidence))).or_default() +=
            prediction.confidence - f64::from(u8::from(prediction.right));
    }
    let mut random = stream(predictions.len() as u64, 0);
    let mut sum = 0.0;
    for _ in 0..DRAWS {
        let mut bins = [0.0; BINS];
        let mut sign = (None, 1.0);
        for (&(group, bin), deviation) in &deviations {
            if sign.0 != Some(group) {
                sign = (Some(group), if random.next_u64() >> 63 == 0 { 1.0 } else { -1.0 });
            }
            bins[bin] += sign.1 * deviation;
        }
        sum += bins.iter().map(|bin: &f64| bin.abs()).sum::<f64>();
    }
    sum / DRAWS as f64 / predictions.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right and wrong in turn at this confidence, so many in each group.
    fn predictions(traces: usize, confidence: f64, in_a_group: usize) -> Vec<Prediction> {
        let one = |i: usize| Prediction {
            confidence,
            right: (i / in_a_group).is_multiple_of(2),
            group: i / in_a_group,
        };
        (0..traces).map(one).collect()
    }

    #[test]
    fn chance_makes_an_error_that_shrinks_with_the_number_of_groups() {
        // Of n independent traces at 0.5 the share that is right is off by √(2 / π) · 0.5 / √n on average.
        for (traces, in_a_group, expected) in
            [(100, 1, 0.0399), (10_000, 1, 0.00399), (10_000, 100, 0.0399)]
        {
            let found = error_by_chance(&predictions(traces, 0.5, in_a_group));
            assert!((found / expected - 1.0).abs() < 0.2, "{traces}, {in_a_group}: {found}");
        }
        assert_eq!(error_by_chance(&[]), 0.0);
    }

    #[test]
    fn chance_does_not_explain_probabilities_that_are_too_large() {
        // Half are right of those that say 0.9: off by 0.4, and chance would make a thirtieth of it.
        let sure = predictions(1000, 0.9, 1);
        let judged = sure.iter().map(|p| (p.confidence, p.right));
        assert!((expected_calibration_error(judged) - 0.4).abs() < 1e-9);
        assert!(error_by_chance(&sure) < 0.03, "{}", error_by_chance(&sure));
    }

    #[test]
    fn calibration_error_is_the_gap_between_confidence_and_success() {
        assert_eq!(expected_calibration_error([]), 0.0);
        let half = (0..10).map(|i| (0.9, i < 5));
        assert!((expected_calibration_error(half) - 0.4).abs() < 1e-9);
    }
}
