//! The p-values `unknown` of records → the share of records that no reference wrote.
//!
//! Called by [`super::audit`], for the estimate and for each resample. The p-value of a record of a
//! known model is spread evenly over [0, 1]; that of any other is shifted towards 0. Their mixture
//! is the beta-uniform mixture of Pounds & Morris (2003): a density `none · a u^(a−1) + (1 − none)`, with
//! `a` below 1, whose two numbers are fitted by expectation–maximization. `a u^(a−1)` is then the ratio
//! of densities by which a record speaks for "none of these": how unlike all references it is says nothing
//! about which of them it is nearest to, and the other way round, so that both are found one after the
//! other.

/// The flattest and the steepest density of strangers' p-values that is considered. Flatter ones cannot
/// be told from known traces.
const SHAPES: (f64, f64) = (0.05, 0.7);
/// Where the search begins: share and shape.
const START: (f64, f64) = (0.2, 0.3);
/// The search ends when the share moves by less than this.
const TOLERANCE: f64 = 1e-6;
/// Or after so many rounds.
const ROUNDS: usize = 2_000;
/// Smaller p-values are taken for this.
const LEAST: f64 = 1e-12;

/// A mixture of known and unknown traces, seen through their p-values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strangers {
    /// The share of traces that no reference wrote, in [0, 1].
    pub share: f64,
    /// The exponent `a` of their p-values' density `a u^(a−1)`.
    pub shape: f64,
}

impl Strangers {
    /// The mixture under which the p-values are most likely; `weights` says how much each counts. No
    /// strangers where nothing counts.
    pub fn fit(p_values: &[f64], weights: &[f64]) -> Self {
        let (share, shape) = START;
        let mut found = Self { share, shape };
        let total: f64 = weights.iter().take(p_values.len()).sum();
        if total <= 0.0 {
            return Self { share: 0.0, shape };
        }
        for _ in 0..ROUNDS {
            let (mut strange, mut logarithms) = (0.0, 0.0);
            for (&p, &weight) in p_values.iter().zip(weights) {
                let own = weight * found.probability(p);
                strange += own;
                logarithms -= own * p.clamp(LEAST, 1.0).ln();
            }
            let share = strange / total;
            let moved = (share - found.share).abs();
            found.share = share;
            if logarithms > 0.0 {
                found.shape = (strange / logarithms).clamp(SHAPES.0, SHAPES.1);
            }
            if moved < TOLERANCE {
                break;
            }
        }
        found
    }

    /// The probability that a record with this p-value is of no reference.
    pub fn probability(&self, p_value: f64) -> f64 {
        let strange = self.share * self.shape * p_value.clamp(LEAST, 1.0).powf(self.shape - 1.0);
        strange / (strange + (1.0 - self.share)).max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The p-values at evenly spaced quantiles of a mixture with this share and shape.
    fn quantiles(share: f64, shape: f64) -> Vec<f64> {
        let below = |u: f64| share * u.powf(shape) + (1.0 - share) * u;
        (0..1000)
            .map(|i| {
                let wanted = (f64::from(i) + 0.5) / 1000.0;
                let (mut low, mut high) = (0.0, 1.0);
                for _ in 0..60 {
                    let middle = f64::midpoint(low, high);
                    if below(middle) < wanted { low = middle } else { high = middle }
                }
                low
            })
            .collect()
    }

    fn fit(p_values: &[f64]) -> Strangers {
        Strangers::fit(p_values, &vec![1.0; p_values.len()])
    }

    #[test]
    fn the_share_and_shape_that_made_the_values_are_found() {
        let found = fit(&quantiles(0.4, 0.2));
        assert!((found.share - 0.4).abs() < 0.02, "{found:?}");
        assert!((found.shape - 0.2).abs() < 0.02, "{found:?}");
    }

    #[test]
    fn even_values_hold_no_strangers_and_nor_do_values_that_look_at_home() {
        assert!(fit(&quantiles(0.0, 0.5)).share < 0.01);
        let at_home: Vec<f64> = quantiles(0.0, 0.5).iter().map(|u| u.sqrt()).collect();
        assert!(fit(&at_home).share < 0.001);
        assert_eq!(fit(&[]).share, 0.0);
    }

    #[test]
    fn a_probability_worked_by_hand() {
        // 0.5 × 0.5 × 0.01^(−0.5) = 2.5 to 0.5.
        let mixture = Strangers { share: 0.5, shape: 0.5 };
        assert!((mixture.probability(0.01) - 2.5 / 3.0).abs() < 1e-12);
        // 0.25 to 0.5.
        assert!((mixture.probability(1.0) - 1.0 / 3.0).abs() < 1e-12);
        assert!(mixture.probability(0.0).is_finite());
        assert_eq!(Strangers { share: 0.0, shape: 0.3 }.probability(0.001), 0.0);
        assert_eq!(Strangers { share: 1.0, shape: 0.3 }.probability(0.5), 1.0);
    }
}
