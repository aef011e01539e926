//! Quantiles of sorted values.

/// The quantile of ascending values by the nearest rank: an observed value, without interpolation.
/// `None` where there are no values.
pub(crate) fn nearest_rank(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    Some(sorted[((share * last as f64).round() as usize).min(last)])
}

/// The quantile of ascending values by linear interpolation (Hyndman & Fan 1996, type 7); 0 where there
/// are no values.
pub(crate) fn interpolated(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let below = place.floor();
    let (low, high) = (sorted[below as usize], sorted[last.min(below as usize + 1)]);
    low + (high - low) * (place - below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_by_hand() {
        let values = [1.0, 2.0, 4.0, 8.0];
        // Places 1.5, 2.7 and 3.
        assert_eq!(interpolated(&values, 0.5), 3.0);
        assert!((interpolated(&values, 0.9) - (4.0 + 4.0 * 0.7)).abs() < 1e-12);
        assert_eq!(interpolated(&values, 1.0), 8.0);
        assert_eq!(interpolated(&[], 0.5), 0.0);
        // Ranks 1.5 (rounded up), 0.3 and 3.
        assert_eq!(nearest_rank(&values, 0.5), Some(4.0));
        assert_eq!(nearest_rank(&values, 0.1), Some(1.0));
        assert_eq!(nearest_rank(&values, 1.0), Some(8.0));
        assert_eq!(nearest_rank(&[], 0.5), None);
    }
}
