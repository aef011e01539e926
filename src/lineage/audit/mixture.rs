//! Calibrated probabilities of records → the share of each reference among them.
//!
//! Comes in: a row of probabilities for each record ([`Likelihoods`]) and how much each record counts.
//! Goes out: shares that sum to one. Called by [`super::audit`], and by `gate` for rules on a mixture, once for the
//! estimate and once for each bootstrap resample.
//!
//! The model of Saerens, Latinne & Decaestecker (2002): what each reference writes is as it was when the
//! atlas was learned, only the shares differ (prior shift). A probability that a classifier gave under
//! equal shares is then a likelihood ratio, and expectation–maximization finds the shares under which
//! the records are most likely: each record is split over the references in proportion to share times
//! likelihood, and the splits are averaged to new shares. The likelihood is concave in the shares, so that
//! there is one maximum. Equal shares as the ones that the classifier was learned under was measured
//! against the numbers of traces that it was learned from (`docs/audit.md`).

/// Probabilities below this are left out of a row: hardly any share could make them matter.
const LEAST: f32 = 1e-4;
/// No share falls below this while it is sought, so that every record keeps some reference.
const FLOOR: f64 = 1e-12;
/// The search ends when no share moves by more than this.
const TOLERANCE: f64 = 1e-6;
/// Or after this many rounds.
const ROUNDS: usize = 1_000;

/// A row of likelihood ratios for each record, without those that are next to nothing.
#[derive(Debug, Clone, Default)]
pub struct Likelihoods {
    /// Where the entries of each record end.
    ends: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Likelihoods {
    /// Adds a record with its probability for each reference.
    pub fn push(&mut self, probabilities: &[f32]) {
        let largest = probabilities.iter().fold(0.0_f32, |most, &p| most.max(p));
        let kept = probabilities.iter().enumerate().filter(|(_, p)| **p >= LEAST.min(largest));
        self.entries.extend(kept.map(|(reference, &p)| (reference as u32, p)));
        self.ends.push(self.entries.len());
    }

    /// The same records in another order: `places` has the old place of each.
    pub(crate) fn reordered(&self, places: &[usize]) -> Self {
        let mut new = Self::default();
        for &place in places.iter().filter(|&&place| place < self.len()) {
            new.entries.extend(self.row(place));
            new.ends.push(new.entries.len());
        }
        new
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The entries of a record: references with their likelihood ratios.
    fn row(&self, record: usize) -> &[(u32, f32)] {
        let start = record.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.entries[start..self.ends[record]]
    }

    /// The shares of the references under which the records are most likely. `weights` says how much
    /// each record counts, `start` (one number per reference) where the search begins. `start` itself,
    /// brought to a sum of one, where no record counts.
    pub fn shares(&self, weights: &[f64], start: &[f64]) -> Vec<f64> {
        let normalized = |values: &[f64]| -> Vec<f64> {
            let values: Vec<f64> = values.iter().map(|value| value.max(FLOOR)).collect();
            let sum: f64 = values.iter().sum();
            values.into_iter().map(|value| value / sum).collect()
        };
        let mut shares = normalized(start);
        for _ in 0..ROUNDS {
            let mut next = vec![0.0; shares.len()];
            for (record, &weight) in weights.iter().enumerate().take(self.len()) {
                if weight <= 0.0 {
                    continue;
                }
                let row = self.row(record);
                let sum: f64 = row.iter().map(|&(k, p)| shares[k as usize] * f64::from(p)).sum();
                for &(k, p) in row {
                    next[k as usize] += weight * shares[k as usize] * f64::from(p) / sum;
                }
            }
            if next.iter().sum::<f64>() <= 0.0 {
                break;
            }
            let next = normalized(&next);
            let moved =
                next.iter().zip(&shares).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
            shares = next;
            if moved < TOLERANCE {
                break;
            }
        }
        shares
    }

    /// How a record is split over the references under these shares: the references that it may be of,
    /// with probabilities that sum to one, largest first.
    pub fn split(&self, record: usize, shares: &[f64]) -> Vec<(usize, f64)> {
        let weigh = |&(k, p): &(u32, f32)| (k as usize, shares[k as usize] * f64::from(p));
        let mut split: Vec<(usize, f64)> = self.row(record).iter().map(weigh).collect();
        let sum: f64 = split.iter().map(|(_, p)| p).sum();
        split.iter_mut().for_each(|(_, p)| *p /= sum.max(f64::MIN_POSITIVE));
        split.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        split
    }
}

/// Where the search for a resample's shares begins: near those of the estimate it is short; a little of the equal shares lets
/// every reference grow again.
pub fn near(shares: &[f64]) -> Vec<f64> {
    let equal = 1.0 / shares.len().max(1) as f64;
    shares.iter().map(|own| 0.9 * own + 0.1 * equal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likelihoods(rows: &[&[f32]]) -> Likelihoods {
        let mut all = Likelihoods::default();
        rows.iter().for_each(|row| all.push(row));
        all
    }

    #[test]
    fn shares_worked_by_hand() {
        // 65 records look like the first (0.8 to 0.2), 35 like the second. If the share of the first is s,
        // 0.8 s + 0.2 (1 − s) of the records look like it: 0.65, so s = 0.75. Counting says 0.65.
        let rows: Vec<&[f32]> =
            (0..100).map(|i| if i < 65 { &[0.8_f32, 0.2][..] } else { &[0.2, 0.8] }).collect();
        let all = likelihoods(&rows);
        let shares = all.shares(&[1.0; 100], &[0.5, 0.5]);
        assert!((shares[0] - 0.75).abs() < 1e-4, "{shares:?}");
        // A record of the first kind: 0.75 × 0.8 to 0.25 × 0.2, that is 12 to 1.
        let split = all.split(0, &[0.75, 0.25]);
        assert_eq!(split[0].0, 0);
        assert!((split[0].1 - 12.0 / 13.0).abs() < 1e-6);
        // From elsewhere the same is found.
        let other = all.shares(&[1.0; 100], &[0.01, 0.99]);
        assert!((other[0] - 0.75).abs() < 1e-3, "{other:?}");
    }

    #[test]
    fn one_round_is_the_mean_of_the_splits() {
        // The fixed point is its own next round: the mean split of the 65 and the 35.
        let s = 0.75_f64;
        let first = s * 0.8 / (s * 0.8 + (1.0 - s) * 0.2);
        let second = s * 0.2 / (s * 0.2 + (1.0 - s) * 0.8);
        assert!((0.65 * first + 0.35 * second - s).abs() < 1e-12);
    }

    #[test]
    fn a_record_may_count_more_than_once_or_not_at_all() {
        let all = likelihoods(&[&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]);
        let shares = all.shares(&[3.0, 1.0, 0.0], &[1.0, 1.0, 1.0]);
        for (found, expected) in shares.iter().zip([0.75, 0.25, 0.0]) {
            assert!((found - expected).abs() < 1e-9, "{shares:?}");
        }
    }

    #[test]
    fn records_that_cannot_be_told_apart_leave_the_shares_where_they_began() {
        let all = likelihoods(&[&[0.5, 0.5], &[0.5, 0.5]]);
        let shares = all.shares(&[1.0, 1.0], &[0.3, 0.7]);
        assert!((shares[0] - 0.3).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_no_reason_to_fail() {
        let none = Likelihoods::default();
        assert!(none.is_empty());
        assert_eq!(none.shares(&[], &[2.0, 2.0]), [0.5, 0.5]);
        assert_eq!(none.shares(&[], &[]), Vec::<f64>::new());
        let flat = likelihoods(&[&[0.0, 0.0]]);
        assert!(flat.shares(&[1.0], &[1.0, 1.0]).iter().all(|share| share.is_finite()));
    }
}
