//! A figure, its resampled values and a bound → passed, failed, or cannot tell.
//!
//! Called by `super::measure`. Intervals are expanded percentile intervals over prompts (Hesterberg
//! 2015, section 3.3): the percentiles are those that give a mean of normal values the coverage of
//! Student's interval, since plain ones are too narrow for few prompts. A share of traces gets the
//! hull with the exact interval of Clopper & Pearson (1934) for as many independent traces as there
//! are prompts: none in ten does not mean none. Where there are too few resamples for a percentile
//! so far out, the interval is the hull with Student's, of the resamples' standard deviation. With
//! k figures each interval has the level 1 − (1 − confidence)/k (Bonferroni).

use crate::{
    policy::Bound,
    stats::{Interval, binomial::clopper_pearson},
};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// With fewer prompts nothing is decided by an interval.
pub const LEAST_PROMPTS: usize = 10;
/// Where fewer resamples lie beyond an end of an interval, percentiles are hardly more than the
/// farthest of them.
const LEAST_BEYOND: f64 = 5.0;
/// Where this many times as many prompts would be needed, the figure is too near its bound.
const MOST_TIMES: f64 = 1000.0;

/// What a rule or a condition came to, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The whole interval lies on the right side.
    Passed,
    /// The interval holds the bound.
    CannotTell,
    /// The whole interval lies on the wrong side.
    Failed,
}

/// How sure each interval is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The probability that is left out on either side.
    tail: f64,
}

impl Level {
    /// That of each of `count` intervals which are all right with the probability `confidence`.
    pub fn corrected(confidence: f64, count: usize) -> Self {
        Self { tail: (1.0 - confidence) / (2.0 * count.max(1) as f64) }
    }

    /// The level of one interval, in (0, 1).
    pub fn of_each(self) -> f64 {
        1.0 - 2.0 * self.tail
    }

    /// The part of the resamples that is left out on either side with this many prompts.
    fn expanded(self, prompts: usize) -> f64 {
        let n = prompts as f64;
        let t = StudentsT::new(0.0, 1.0, n - 1.0).map(|t| t.inverse_cdf(1.0 - self.tail));
        match (t, Normal::new(0.0, 1.0)) {
            (Ok(t), Ok(normal)) => normal.cdf(-t * (n / (n - 1.0)).sqrt()),
            _ => self.tail,
        }
    }

    /// How far Student's interval reaches on either side of a figure, by the standard deviation of
    /// its resampled values.
    fn reach(self, drawn: &[f64], prompts: usize) -> f64 {
        let n = prompts as f64;
        let count = drawn.len().max(1) as f64;
        let mean = drawn.iter().sum::<f64>() / count;
        let variance =
            drawn.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
        let t = StudentsT::new(0.0, 1.0, n - 1.0).map(|t| t.inverse_cdf(1.0 - self.tail));
        t.map_or(f64::INFINITY, |t| t * (variance * n / (n - 1.0)).sqrt())
    }

    /// The resamples that such percentiles ask for: ten beyond each, at least `fewest`, and no more
    /// than `most`.
    pub fn resamples(self, fewest: usize, most: usize) -> usize {
        ((10.0 / self.tail).round() as usize).clamp(fewest, most.max(fewest))
    }

    /// The interval of a figure; `None` where there are too few prompts.
    pub fn interval(
        self,
        value: f64,
        drawn: Vec<f64>,
        prompts: usize,
        is_share_of_traces: bool,
    ) -> Option<Interval> {
        if prompts < LEAST_PROMPTS {
            return None;
        }
        let expanded = self.expanded(prompts);
        let reach = if expanded * (drawn.len() as f64) < LEAST_BEYOND {
            self.reach(&drawn, prompts)
        } else {
            0.0
        };
        let student = Interval { low: value - reach, high: value + reach };
        let interval = Interval::percentiles_at(drawn, expanded)?.hull(student);
        Some(if is_share_of_traces {
            interval.hull(clopper_pearson(value, prompts, self.tail))
        } else {
            interval
        })
    }
}

/// Where a number that is known stands to its bound.
pub fn compare(value: f64, bound: Bound) -> Outcome {
    let holds = match bound {
        Bound::AtMost(most) => value <= most,
        Bound::AtLeast(least) => value >= least,
    };
    if holds { Outcome::Passed } else { Outcome::Failed }
}

/// Where an interval stands to a bound.
pub fn decide(Interval { low, high }: Interval, bound: Bound) -> Outcome {
    let (right, wrong) = match bound {
        Bound::AtMost(most) => (high <= most, low > most),
        Bound::AtLeast(least) => (low >= least, high < least),
    };
    match (right, wrong) {
        (true, _) => Outcome::Passed,
        (_, true) => Outcome::Failed,
        _ => Outcome::CannotTell,
    }
}

/// About how many more prompts would decide, if the figure stayed where it is: an interval is as
/// wide as one over the square root of the prompts. `None` where the figure is too near its bound
/// for any number.
pub fn more_prompts(
    value: f64,
    Interval { low, high }: Interval,
    bound: f64,
    prompts: usize,
) -> Option<usize> {
    let reach = if value > bound { value - low } else { high - value };
    let distance = (value - bound).abs();
    let times = (reach / distance).powi(2);
    if !times.is_finite() || times > MOST_TIMES {
        return None;
    }
    let more = prompts as f64 * times - prompts as f64;
    Some(round_up(more.max(1.0)))
}

/// Rounded up to two digits.
fn round_up(value: f64) -> usize {
    let unit = 10_f64.powf(value.log10().floor() - 1.0).max(1.0);
    ((value / unit - 1e-6).ceil() * unit) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_divided_among_the_figures() {
        // 95 % for 5 figures: 99 % each, 0.5 % on either side.
        let level = Level::corrected(0.95, 5);
        assert!((level.of_each() - 0.99).abs() < 1e-12);
        assert_eq!(level.resamples(1000, 100_000), 2000);
        // t with 9 degrees of freedom leaves 0.5 % beyond 3.2498; times √(10/9) that is 3.4256,
        // beyond which the normal distribution leaves 0.000307.
        assert!((level.expanded(10) - 0.000_307).abs() < 2e-6, "{}", level.expanded(10));
        assert!((level.expanded(100_000) - 0.005).abs() < 1e-5);
    }

    #[test]
    fn a_few_prompts_decide_nothing_and_none_in_ten_is_not_none() {
        let level = Level::corrected(0.95, 1);
        assert_eq!(level.interval(0.0, vec![0.0; 100], 9, true), None);
        let Interval { high, .. } = level.interval(0.0, vec![0.0; 100], 10, true).unwrap();
        assert!((high - 0.3085).abs() < 1e-4, "{high}");
    }

    #[test]
    fn too_few_resamples_do_not_make_an_interval_narrow() {
        // Resamples at −1 and 1 in turn: standard deviation 1. 99.99 % for 31 prompts: t = 4.482
        // with 30 degrees of freedom, times √(31/30).
        let level = Level { tail: 0.000_05 };
        let drawn: Vec<f64> = (0..400).map(|at| if at % 2 == 0 { -1.0 } else { 1.0 }).collect();
        let Interval { low, high } = level.interval(0.0, drawn.clone(), 31, false).unwrap();
        assert!((high - 4.56).abs() < 0.02 && (low + 4.56).abs() < 0.02, "{low} {high}");
        // At 95 % there are enough of them.
        let enough = Level { tail: 0.025 }.interval(0.0, drawn, 31, false).unwrap();
        assert_eq!(enough, Interval { low: -1.0, high: 1.0 });
    }

    #[test]
    fn a_rule_is_decided_by_the_whole_interval() {
        let most = Bound::AtMost(0.2);
        assert_eq!(decide(Interval { low: 0.05, high: 0.2 }, most), Outcome::Passed);
        assert_eq!(decide(Interval { low: 0.1, high: 0.3 }, most), Outcome::CannotTell);
        assert_eq!(decide(Interval { low: 0.2, high: 0.3 }, most), Outcome::CannotTell);
        assert_eq!(decide(Interval { low: 0.21, high: 0.3 }, most), Outcome::Failed);
        let least = Bound::AtLeast(0.2);
        assert_eq!(decide(Interval { low: 0.2, high: 0.3 }, least), Outcome::Passed);
        assert_eq!(decide(Interval { low: 0.1, high: 0.3 }, least), Outcome::CannotTell);
        assert_eq!(decide(Interval { low: 0.1, high: 0.19 }, least), Outcome::Failed);
        assert_eq!(compare(0.0, Bound::AtMost(0.0)), Outcome::Passed);
        assert_eq!(compare(29.0, Bound::AtLeast(30.0)), Outcome::Failed);
    }

    #[test]
    fn half_the_width_takes_four_times_the_prompts() {
        // At 0.1, up to 0.3, with a bound of 0.2: the reach has to be halved.
        assert_eq!(more_prompts(0.1, Interval { low: 0.0, high: 0.3 }, 0.2, 40), Some(120));
        // The other way: at 0.3, down to 0.1, a bound of 0.2.
        assert_eq!(more_prompts(0.3, Interval { low: 0.1, high: 0.4 }, 0.2, 40), Some(120));
        assert_eq!(more_prompts(0.2, Interval { low: 0.1, high: 0.3 }, 0.2, 40), None);
        assert_eq!(round_up(1234.0), 1300);
        assert_eq!(round_up(7.2), 8);
    }
}
