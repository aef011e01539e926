//! The likelihoods and p-values of records → the share of each reference and of none of them.
//!
//! Called by [`super::audit`] and by `gate` for rules on a mixture, once for the estimate and once for each
//! resample. How strange a record is and which reference it is nearest to are found one after the other.

use super::{mixture::Likelihoods, strangers::Strangers};

/// The shares of the references among known traces, and the share of all others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Estimate {
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

    /// Where the search for a resample's shares begins: near the estimate it is short; a little of the equal shares
    /// lets every reference grow again.
    pub fn near(&self) -> Vec<f64> {
        let equal = 1.0 / self.shares.len().max(1) as f64;
        self.shares.iter().map(|own| 0.9 * own + 0.1 * equal).collect()
    }

    /// The probability under these shares that a record with this p-value is of one of these references.
    pub fn probability(
        &self,
        likelihoods: &Likelihoods,
        record: usize,
        unknown: f64,
        references: &[usize],
    ) -> f64 {
        let split = likelihoods.split(record, &self.shares);
        let own = split.iter().filter(|(reference, _)| references.contains(reference));
        (1.0 - self.strangers.probability(unknown)) * own.map(|(_, p)| p).sum::<f64>()
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
        let first = estimate.probability(&likelihoods, 1, unknown[1], &[0]);
        let other = estimate.probability(&likelihoods, 1, unknown[1], &[1]);
        assert!(first > 0.9 && other < 0.01, "{first} {other}");
    }
}
