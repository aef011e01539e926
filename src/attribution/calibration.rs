//! How far probabilities are from meaning what they say.

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
    fn calibration_error_is_the_gap_between_confidence_and_success() {
        assert_eq!(expected_calibration_error(&[]), 0.0);
        let half: Vec<(f64, bool)> = (0..10).map(|i| (0.9, i < 5)).collect();
        assert!((expected_calibration_error(&half) - 0.4).abs() < 1e-9);
    }
}
