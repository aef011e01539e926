//! How far probabilities are from meaning what they say.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibration_error_is_the_gap_between_confidence_and_success() {
        assert_eq!(expected_calibration_error(&[]), 0.0);
        let half: Vec<(f64, bool)> = (0..10).map(|i| (0.9, i < 5)).collect();
        assert!((expected_calibration_error(&half) - 0.4).abs() < 1e-9);
    }
}
