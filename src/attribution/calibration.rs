//! How far probabilities are from meaning what they say.

use rand_pcg::{
    Pcg64Mcg,
    rand_core::{RngCore, SeedableRng},
};

/// Bins of the largest probability, of equal width.
pub const BINS: usize = 15;

/// The bin of a probability.
pub fn bin_of(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

/// Expected calibration error of the largest probability, over [`BINS`] bins of equal width (Naeini,
/// Cooper & Hauskrecht 2015). Each item is the largest probability and whether it was right.
pub fn expected_calibration_error(predictions: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for &(confidence, right) in predictions {
        let bin = &mut bins[bin_of(confidence)];
        bin.0 += confidence;
        bin.1 += f64::from(u8::from(right));
    }
    error_of_bins(bins) / predictions.len().max(1) as f64
}

/// The same from the bins' sums of probabilities and numbers of right answers; to be divided by the number
/// of predictions.
pub fn error_of_bins(bins: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    bins.into_iter().map(|(confidence, right)| f64::abs(confidence - right)).sum()
}

/// Draws that the error by chance is the mean of.
const DRAWS: usize = 200;

/// The expected calibration error that so many probabilities would show if every one of them were right: the mean over draws in
/// which each prediction is right as often as it says (consistency resampling; Bröcker & Smith 2007). An error near it says
/// nothing against the probabilities. Predictions are drawn apart, as if each had a prompt of its own; those that share
/// one err together, and then chance makes more.
pub fn error_by_chance(confidences: &[f64]) -> f64 {
    let mut random = Pcg64Mcg::seed_from_u64(confidences.len() as u64);
    let mut drawn = confidences.iter().map(|&confidence| (confidence, false)).collect::<Vec<_>>();
    let mut sum = 0.0;
    for _ in 0..DRAWS {
        for (confidence, right) in &mut drawn {
            // 53 bits of it, from 0 to 1.
            *right = ((random.next_u64() >> 11) as f64) < *confidence * (1_u64 << 53) as f64;
        }
        sum += expected_calibration_error(&drawn);
    }
    sum / DRAWS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_makes_an_error_that_shrinks_with_the_number_of_traces() {
        // Of n traces at 0.5 the share that is right is off by √(2 / π) · 0.5 / √n on average.
        for (traces, expected) in [(100, 0.0399), (10_000, 0.00399)] {
            let found = error_by_chance(&vec![0.5; traces]);
            assert!((found / expected - 1.0).abs() < 0.2, "{traces}: {found}");
        }
        assert_eq!(error_by_chance(&[1.0, 1.0, 0.0]), 0.0);
        assert_eq!(error_by_chance(&[]), 0.0);
    }

    #[test]
    fn calibration_error_is_the_gap_between_confidence_and_success() {
        assert_eq!(expected_calibration_error(&[]), 0.0);
        let half: Vec<(f64, bool)> = (0..10).map(|i| (0.9, i < 5)).collect();
        assert!((expected_calibration_error(&half) - 0.4).abs() < 1e-9);
    }
}
