//! Distributions of lengths, and how one length follows another.

use crate::stats::quantile::interpolated;

/// Appends eight numbers: mean and standard deviation of the natural logarithms of `lengths`, the
/// logarithms of five percentiles, and the burstiness of the lengths. All 0 where there are none.
/// Lengths are skewed to the right, logarithms much less.
pub(super) fn push_summary(values: &mut Vec<f64>, lengths: &[usize]) {
    let mut sorted = logarithms(lengths);
    let (mean, deviation) = mean_and_deviation(&sorted);
    sorted.sort_unstable_by(f64::total_cmp);
    values.extend([mean, deviation]);
    values.extend([0.1, 0.25, 0.5, 0.75, 0.9].map(|share| interpolated(&sorted, share)));
    let plain: Vec<f64> = lengths.iter().map(|&length| length as f64).collect();
    values.push(burstiness_of(&plain));
}

/// The natural logarithm of each length, which is at least 1.
pub(super) fn logarithms(lengths: &[usize]) -> Vec<f64> {
    lengths.iter().map(|&length| (length.max(1) as f64).ln()).collect()
}

/// The share of lengths that `holds`; 0 where there are none.
pub(super) fn share(lengths: &[usize], holds: impl Fn(usize) -> bool) -> f64 {
    lengths.iter().filter(|&&length| holds(length)).count() as f64 / lengths.len().max(1) as f64
}

/// Mean and standard deviation of a whole population; 0 and 0 of nothing.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (mean, (square / count).sqrt())
}

/// The burstiness of intervals with this mean and standard deviation (Goh & Barabási 2008):
/// B = (σ − μ) / (σ + μ), −1 where all are alike, 0 for a Poisson process, towards 1 for bursts.
/// 0 where both are 0.
pub(super) fn burstiness(mean: f64, deviation: f64) -> f64 {
    if mean + deviation > 0.0 { (deviation - mean) / (deviation + mean) } else { 0.0 }
}

/// The burstiness of values; 0 of fewer than two.
fn burstiness_of(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let (mean, deviation) = mean_and_deviation(values);
    burstiness(mean, deviation)
}

/// The autocorrelation of a series at a lag (Box & Jenkins 1970):
/// r = Σ (x_t − m)(x_{t+lag} − m) / Σ (x_t − m)². 0 where the series is constant or no longer than
/// the lag.
pub(super) fn autocorrelation(series: &[f64], lag: usize) -> f64 {
    let (mean, deviation) = mean_and_deviation(series);
    if deviation < 1e-9 || series.len() <= lag {
        return 0.0;
    }
    let products = series.iter().zip(&series[lag..]).map(|(a, b)| (a - mean) * (b - mean));
    products.sum::<f64>() / (deviation.powi(2) * series.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
    }

    #[test]
    fn formulas_give_what_a_person_works_out() {
        // Mean 3, deviation √2.
        near(
            burstiness_of(&[1.0, 2.0, 3.0, 4.0, 5.0]),
            (2_f64.sqrt() - 3.0) / (2_f64.sqrt() + 3.0),
        );
        near(burstiness_of(&[4.0, 4.0, 4.0]), -1.0);
        near(burstiness_of(&[4.0]), 0.0);
        near(burstiness(0.0, 0.0), 0.0);
        // Deviations −2, −1, 0, 1, 2: squares 10; lag 1 gives 2 + 0 + 0 + 2, lag 2 gives 0 − 1 + 0.
        near(autocorrelation(&[1.0, 2.0, 3.0, 4.0, 5.0], 1), 0.4);
        near(autocorrelation(&[1.0, 2.0, 3.0, 4.0, 5.0], 2), -0.1);
        near(autocorrelation(&[3.0, 3.0, 3.0], 1), 0.0);
        near(autocorrelation(&[1.0, 2.0], 2), 0.0);
        near(share(&[1, 1, 3], |length| length == 1), 2.0 / 3.0);
    }

    #[test]
    fn a_summary_has_eight_numbers() {
        let mut values = Vec::new();
        push_summary(&mut values, &[1, 1, 1]);
        assert_eq!(values, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0]);
        values.clear();
        push_summary(&mut values, &[]);
        assert_eq!(values, [0.0; 8]);
    }
}
