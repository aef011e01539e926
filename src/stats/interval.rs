//! Intervals of figures.

use super::quantile;
use serde::{Deserialize, Serialize};

/// An interval from `low` to `high`, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// From 0 to 1: what is known of a share without data.
    pub(crate) const UNIT: Self = Self { low: 0.0, high: 1.0 };

    /// The percentile interval of resampled values (Efron & Tibshirani 1993, chapter 13), which leaves
    /// the share `tail` of them out on either side. `None` where there are no values.
    pub(crate) fn percentiles_at(mut values: Vec<f64>, tail: f64) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let low = quantile::nearest_rank(&values, tail)?;
        let high = quantile::nearest_rank(&values, 1.0 - tail)?;
        Some(Self { low, high })
    }

    /// The 95 % percentile interval of resampled values; from 0 to 1 where there are none.
    pub(crate) fn percentiles(values: Vec<f64>) -> Self {
        Self::percentiles_at(values, 0.025).unwrap_or(Self::UNIT)
    }

    /// The interval, widened where needed so that it contains `point`. A percentile interval of a biased
    /// figure may leave the figure itself out.
    pub(crate) fn containing(self, point: f64) -> Self {
        Self { low: self.low.min(point), high: self.high.max(point) }
    }

    /// The smallest interval that contains both.
    pub(crate) fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// A figure and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Estimate {
    /// A figure with an interval, which is taken as it is.
    pub(crate) fn new(value: f64, Interval { low, high }: Interval) -> Self {
        Self { value, low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_hand() {
        // Of 0, 1, …, 100 the middle 95 % go from 2.5 to 97.5, rounded to whole ranks.
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(Interval::percentiles(values.clone()), Interval { low: 3.0, high: 98.0 });
        let half = Interval::percentiles_at(values, 0.25);
        assert_eq!(half, Some(Interval { low: 25.0, high: 75.0 }));
        assert_eq!(Interval::percentiles_at(Vec::new(), 0.25), None);
        assert_eq!(Interval::percentiles(Vec::new()), Interval::UNIT);
    }

    #[test]
    fn an_interval_is_widened_to_contain_what_it_must() {
        let interval = Interval { low: 0.2, high: 0.4 };
        assert_eq!(interval.containing(0.3), interval);
        assert_eq!(interval.containing(0.1), Interval { low: 0.1, high: 0.4 });
        assert_eq!(interval.containing(0.5), Interval { low: 0.2, high: 0.5 });
        assert_eq!(interval.hull(Interval::UNIT), Interval::UNIT);
    }
}
