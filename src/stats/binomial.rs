//! The exact interval of a share.

use super::Interval;
use statrs::distribution::{Beta, ContinuousCDF};

/// The exact interval of a share that was found among `count` independent trials (Clopper & Pearson 1934),
/// with the probability `tail` left out on either side. It contains the share. `share * count` need not be a
/// whole number.
pub(crate) fn clopper_pearson(share: f64, count: usize, tail: f64) -> Interval {
    let n = count as f64;
    let found = (share * n).clamp(0.0, n);
    let quantile = |a: f64, b: f64, q: f64| Beta::new(a, b).map(|beta| beta.inverse_cdf(q)).ok();
    let low = if found > 0.0 { quantile(found, n - found + 1.0, tail) } else { None };
    let high = if found < n { quantile(found + 1.0, n - found, 1.0 - tail) } else { None };
    Interval { low: low.unwrap_or(0.0), high: high.unwrap_or(1.0) }.containing(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Interval, low: f64, high: f64) {
        assert!((found.low - low).abs() < 1e-4 && (found.high - high).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn exact_intervals_by_hand() {
        // None of ten: (1 − high)¹⁰ = 0.025. All of ten: the same from the other end.
        close(clopper_pearson(0.0, 10, 0.025), 0.0, 1.0 - 0.025_f64.powf(0.1));
        close(clopper_pearson(1.0, 10, 0.025), 0.025_f64.powf(0.1), 1.0);
        // Five of ten, as printed tables have it.
        close(clopper_pearson(0.5, 10, 0.025), 0.1871, 0.8129);
        close(clopper_pearson(0.3, 0, 0.025), 0.0, 1.0);
    }
}
