//! The p-values `unknown` of records → the share of records that no reference wrote.
//!
//! Called by [`super::audit`], for the estimate and for each resample. Over all references together the
//! p-values of known traces are spread evenly over [0, 1]; those of a stranger are shifted towards 0. But the
//! traces of **one** reference need not be spread evenly: a model that is hard to tell from its relatives
//! looks stranger than average on every trace, one without relatives less strange, and an atlas of few prompts
//! makes all look stranger. So the beta-uniform mixture of Pounds & Morris (2003) gets a known part that may
//! be bent as well: the density `none · a u^(a−1) + (1 − none) · b u^(b−1)`, fitted by
//! expectation–maximization, with `b` from `KNOWN_SHAPES` and `a` from `SHAPES`. The two ranges do not touch:
//! p-values that are small as a whole, but no smaller than a single reference's are found to be, are no
//! strangers. The ratio of the two densities is by how much a record speaks for "none of these": how unlike all
//! references it is says nothing about which of them it is nearest to, and the other way round, so that both
//! are found one after the other.

/// The steepest and the flattest density of strangers' p-values that is considered. Flatter ones cannot
/// be told from known traces.
const SHAPES: (f64, f64) = (0.05, 0.3);
/// The same for known traces. The steepest that the held-out traces of a single reference were found to have is
/// 0.44, with an atlas of a hundred prompts; other models were found at 0.18 to 0.22 there (`docs/audit.md`).
const KNOWN_SHAPES: (f64, f64) = (0.45, 1.0);
/// Where the search begins: share, shape and shape of the known.
const START: (f64, f64, f64) = (0.2, 0.2, 1.0);
/// The search ends when the share moves by less than this.
const TOLERANCE: f64 = 1e-6;
/// Or after this many rounds.
const ROUNDS: usize = 2_000;
/// Smaller p-values are taken for this.
const LEAST: f64 = 1e-12;

/// A mixture of known and unknown traces, seen through their p-values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strangers {
    /// The share of traces that no reference wrote, in [0, 1].
    pub share: f64,
    /// The exponent `a` of their p-values' density `a u^(a−1)`, at most 0.3.
    pub shape: f64,
    /// The exponent `b` of the known traces' density, from 0.45 to 1, which is an even one.
    pub known_shape: f64,
}

impl Strangers {
    /// The mixture under which the p-values are most likely; `weights` says how much each counts. No
    /// strangers where nothing counts.
    pub fn fit(p_values: &[f64], weights: &[f64]) -> Self {
        let (share, shape, known_shape) = START;
        let mut found = Self { share, shape, known_shape };
        let total: f64 = weights.iter().take(p_values.len()).sum();
        if total <= 0.0 {
            return Self { share: 0.0, shape, known_shape };
        }
        for _ in 0..ROUNDS {
            let (mut strange, mut logarithms, mut of_known) = (0.0, 0.0, 0.0);
            for (&p, &weight) in p_values.iter().zip(weights) {
                let own = weight * found.probability(p);
                let logarithm = -p.clamp(LEAST, 1.0).ln();
                strange += own;
                logarithms += own * logarithm;
                of_known += (weight - own) * logarithm;
            }
            let share = strange / total;
            let moved = (share - found.share).abs();
            found.share = share;
            if logarithms > 0.0 {
                found.shape = (strange / logarithms).clamp(SHAPES.0, SHAPES.1);
            }
            if of_known > 0.0 {
                found.known_shape =
                    ((total - strange) / of_known).clamp(KNOWN_SHAPES.0, KNOWN_SHAPES.1);
            }
            if moved < TOLERANCE {
                break;
            }
        }
        found
    }

    /// The probability that a record with this p-value is of no reference.
    pub fn probability(&self, p_value: f64) -> f64 {
        let p = p_value.clamp(LEAST, 1.0);
        let strange = self.share * self.shape * p.powf(self.shape - 1.0);
        let known = (1.0 - self.share) * self.known_shape * p.powf(self.known_shape - 1.0);
        strange / (strange + known).max(f64::MIN_POSITIVE)
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
    fn values_of_one_reference_that_looks_strange_throughout_hold_no_strangers() {
        // `quantiles(1.0, shape)` are of one bent density: the half lies below 0.5^(1 / shape).
        for shape in [0.47, 0.55, 0.7, 0.9] {
            let found = fit(&quantiles(1.0, shape));
            assert!(found.share < 0.02, "{shape}: {found:?}");
            assert!((found.known_shape - shape).abs() < 0.02, "{shape}: {found:?}");
        }
        // What is stranger than any reference was found to be still is one.
        assert!(fit(&quantiles(1.0, 0.2)).share > 0.95);
        // And next to a reference that looks strange, strangers are found for what they are.
        let mut both = quantiles(1.0, 0.6);
        both.extend(quantiles(1.0, 0.2));
        assert!((fit(&both).share - 0.5).abs() < 0.05, "{:?}", fit(&both));
    }

    #[test]
    fn a_probability_worked_by_hand() {
        let of = |share, shape, known_shape| Strangers { share, shape, known_shape };
        // 0.5 × 0.5 × 0.01^(−0.5) = 2.5 to 0.5.
        let mixture = of(0.5, 0.5, 1.0);
        assert!((mixture.probability(0.01) - 2.5 / 3.0).abs() < 1e-12);
        // 0.25 to 0.5.
        assert!((mixture.probability(1.0) - 1.0 / 3.0).abs() < 1e-12);
        // With the known bent as well: 0.25 × 0.01^(−0.75) = 7.906 to 0.5 × 0.5 × 0.01^(−0.5) = 2.5, half and half.
        let bent = of(0.5, 0.25, 0.5).probability(0.01);
        assert!((bent - 3.952_847 / (3.952_847 + 2.5)).abs() < 1e-6, "{bent}");
        assert!(mixture.probability(0.0).is_finite());
        assert_eq!(of(0.0, 0.3, 1.0).probability(0.001), 0.0);
        assert_eq!(of(1.0, 0.3, 1.0).probability(0.5), 1.0);
    }
}
