//! Grounds: which data set a trace belongs to, and whether a new trace is on known ground at all.
//!
//! References are compared within a ground, and calibrated apart on known and on new ground. A new
//! trace says nothing of its ground, but its content words do: the nearest of the grounds' mean rows,
//! after the mean over all grounds is subtracted, is its ground, and how near it is says how likely it
//! is on known ground at all. The likelihood is a logistic regression on that similarity, learned from
//! traces on new prompts against traces whose own ground is left out, both weighing the same.

use crate::attribution::{stack::logistic, weights::Weights};
use crate::features::Row;
use ndarray::Array2;
use rayon::prelude::*;

/// A ground needs so many references: the centre of fewer would be their own style.
pub const MINIMUM_REFERENCES: usize = 3;

/// The known grounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Grounds {
    /// Feature → number per ground; the cosine of a row with each ground's mean.
    pub weights: Weights,
    /// What the weights give for the mean over all grounds.
    pub offsets: Vec<f32>,
    /// Intercept and slope of the logarithmic odds that a trace is on known ground, given its
    /// similarity to the nearest.
    pub familiarity: (f64, f64),
}

impl Grounds {
    /// The ground of a row and the probability that it is known ground. With fewer than two grounds
    /// nothing can be told: the first, and 1.
    pub fn find(&self, row: &Row) -> (usize, f64) {
        if self.offsets.len() < 2 {
            return (0, 1.0);
        }
        let (ground, similarity) = self.nearest(row);
        let odds = self.familiarity.0 + self.familiarity.1 * f64::from(similarity);
        (ground, 1.0 / (1.0 + (-odds).exp()))
    }

    fn nearest(&self, row: &Row) -> (usize, f32) {
        let length = row.values.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-9);
        let values = self.weights.sparse_logits(row);
        let similarity = |ground: usize| (values[ground] / length) - self.offsets[ground];
        (0..values.len())
            .map(|ground| (ground, similarity(ground)))
            .fold((0, f32::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best })
    }

    /// Learns from rows with the ground of each, in `0..count`, and the fold of each.
    pub(in crate::attribution) fn learn(
        rows: &[Row],
        features: usize,
        of: &[usize],
        count: usize,
        folds: &[usize],
    ) -> Self {
        let means = |keep: &dyn Fn(usize) -> bool, without: Option<usize>| {
            Self::from_means(rows, features, of, count, keep, without)
        };
        let whole = means(&|_| true, None);
        if count < 2 {
            return whole;
        }
        // (similarity to the nearest, whether the ground was known, weight)
        let mut seen: Vec<(f64, bool, f64)> = Vec::new();
        let of_all = |members: Vec<usize>, known: bool, grounds: &Self| {
            let weight = 1.0 / members.len().max(1) as f64;
            members
                .par_iter()
                .map(|&i| (f64::from(grounds.nearest(&rows[i]).1), known, weight))
                .collect::<Vec<_>>()
        };
        let fold_count = folds.iter().max().map_or(1, |most| most + 1);
        for fold in 0..fold_count {
            let grounds = means(&|i| folds[i] != fold, None);
            for ground in 0..count {
                let own = (0..rows.len()).filter(|&i| folds[i] == fold && of[i] == ground);
                seen.extend(of_all(own.collect(), true, &grounds));
            }
        }
        for ground in 0..count {
            let grounds = means(&|i| of[i] != ground, Some(ground));
            let own: Vec<usize> = (0..rows.len()).filter(|&i| of[i] == ground).collect();
            let mut strange = of_all(own, false, &grounds);
            // As much weight as the traces of the ground have in all folds together.
            strange.iter_mut().for_each(|s| s.2 *= fold_count as f64);
            seen.extend(strange);
        }
        Self { familiarity: logistic(&seen), ..whole }
    }

    /// The grounds' means over the rows that `keep` names. A ground `without` gets no weight and can
    /// never be the nearest.
    fn from_means(
        rows: &[Row],
        features: usize,
        of: &[usize],
        count: usize,
        keep: &dyn Fn(usize) -> bool,
        without: Option<usize>,
    ) -> Self {
        let kept: Vec<usize> = (0..rows.len()).filter(|&i| keep(i)).collect();
        let mut sizes = vec![0.0_f32; count];
        for &i in &kept {
            sizes[of[i]] += 1.0;
        }
        let mut coefficients = Array2::<f32>::zeros((rows.len(), count));
        for &i in &kept {
            coefficients[[i, of[i]]] = 1.0 / sizes[of[i]].max(1.0);
        }
        let mut means = sparse_product(rows, features, &coefficients);
        let present: Vec<usize> = (0..count).filter(|&ground| Some(ground) != without).collect();
        let mut middle = vec![0.0_f32; features];
        for &ground in &present {
            for (sum, value) in middle.iter_mut().zip(means.column(ground)) {
                *sum += value / present.len().max(1) as f32;
            }
        }
        let mut offsets = vec![f32::INFINITY; count];
        for (ground, offset) in offsets.iter_mut().enumerate() {
            let mut column = means.column_mut(ground);
            if Some(ground) == without {
                column.fill(0.0);
                continue;
            }
            column.iter_mut().zip(&middle).for_each(|(value, middle)| *value -= middle);
            let length = column.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-9);
            column.mapv_inplace(|value| value / length);
            *offset = column.iter().zip(&middle).map(|(a, b)| a * b).sum();
        }
        Self { weights: Weights::sparse(&means), offsets, familiarity: (0.0, 0.0) }
    }
}

/// `Xᵀ A` over the sparse part of rows: a row per feature, a column per column of `coefficients`.
fn sparse_product(rows: &[Row], features: usize, coefficients: &Array2<f32>) -> Array2<f32> {
    let mut product = Array2::<f32>::zeros((features, coefficients.ncols()));
    for (row, factors) in rows.iter().zip(coefficients.outer_iter()) {
        for (column, &factor) in factors.iter().enumerate().filter(|(_, f)| **f != 0.0) {
            for (&index, &value) in row.indices.iter().zip(&row.values) {
                product[[index as usize, column]] += factor * value;
            }
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two grounds with a feature of their own and one that both share.
    fn rows() -> (Vec<Row>, Vec<usize>, Vec<usize>) {
        let rows = (0..40).map(|i| Row {
            indices: vec![(i % 2) as u32, 2],
            values: vec![0.8, 0.6],
            ..Row::default()
        });
        (rows.collect(), (0..40).map(|i| i % 2).collect(), (0..40).map(|i| i / 10).collect())
    }

    #[test]
    fn a_row_is_on_the_ground_whose_words_it_holds() {
        let (rows, of, folds) = rows();
        let grounds = Grounds::learn(&rows, 4, &of, 2, &folds);
        let (ground, known) = grounds.find(&rows[1]);
        assert!(ground == 1 && known > 0.8, "{ground} {known}");
        // A row with the shared feature only is as near to either.
        let strange = Row { indices: vec![2, 3], values: vec![0.6, 0.8], ..Row::default() };
        assert!(grounds.find(&strange).1 < 0.5, "{:?}", grounds.find(&strange));
    }

    #[test]
    fn with_one_ground_all_is_known() {
        let (rows, _, folds) = rows();
        assert_eq!(Grounds::learn(&rows, 4, &[0; 40], 1, &folds).find(&rows[0]), (0, 1.0));
    }
}
