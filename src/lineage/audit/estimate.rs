//! The likelihoods and p-values of records → the share of each reference and of none of them.
//!
//! Called by [`super::audit`], once for the estimate and once for each resample. How strange a record is and which reference it is nearest to are found one after the other.

use super::{mixture::Likelihoods, strangers::Strangers};

/// The shares of the references among known traces, and the share of all others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimate {
    /// One per reference; they sum to one.
    pub shares: Vec<f64>,
    /// The records that no reference wrote.
    pub strangers: Strangers,
}

impl Estimate {
    /// That under which the records are most likely. `unknown` and `weights` have a number for each record: its
    /// p-value, and how much it counts. The search begins at `start`, a share for each reference.
    pub fn of(likelihoods: &Likelihoods, unknown: &[f64], weights: &[f64], start: &[f64]) -> Self {
        let strangers = Strangers::fit(unknown, weights);
        let known: Vec<f64> = (unknown.iter().zip(weights))
            .map(|(&p, weight)| weight * (1.0 - strangers.probability(p)))
            .collect();
        Self { shares: likelihoods.shares(&known, start), strangers }
    }

    /// The share of each reference among all records, then the share of none.
    pub fn figures(&self) -> Vec<f64> {
        let known = 1.0 - self.strangers.share;
        self.shares.iter().map(|share| known * share).chain([self.strangers.share]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_reference_wrote_is_taken_off_first() {
        // p-values spread evenly: hardly a stranger among them, and 3 of 4 records are of the first.
        let mut likelihoods = Likelihoods::default();
        let unknown: Vec<f64> = (0..400).map(|at| (f64::from(at) + 0.5) / 400.0).collect();
        for at in 0..400 {
            let row: [f32; 2] = if at % 4 == 0 { [0.0, 1.0] } else { [1.0, 0.0] };
            likelihoods.push(&row);
        }
        let estimate = Estimate::of(&likelihoods, &unknown, &[1.0; 400], &[0.5, 0.5]);
        let figures = estimate.figures();
        assert!((figures.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{figures:?}");
        assert!(figures[2] < 0.01 && (figures[0] - 0.75).abs() < 0.02, "{figures:?}");
    }
}
