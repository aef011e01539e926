//! The linear discriminant that the style embedding is made of, learned for many held-out parts at
//! once.
//!
//! Fisher's criterion for many classes with a ridge (Friedman 1989; for speakers, within-class
//! covariance normalization, Hatch, Kajarekar & Stolcke 2006): directions in which references
//! differ much and the traces of one reference little. The places of a row are compared within a
//! *data set*, the traces of one data set and one length: a data set's centre, the mean over its
//! references, is subtracted, so that what all of them do there (its subject, its length) plays no
//! part. Without a centre of its own, a new data set is judged from the mean of the known ones.
//!
//! The scatter of any set of traces is the sum over its parts, so that one pass over all traces and
//! one over each part serve the discriminants of every complement: folds by prompt, and data sets
//! left out.

use super::basis::Basis;
use crate::{
    attribution::delta::mean_profile,
    stats::{cholesky::Cholesky, products::add_second_moments},
};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// The ridge, as a share of the mean variance within references.
const RIDGE: f32 = 0.5;
/// Rows that are copied together before they are multiplied.
const CHUNK: usize = 2048;

/// Labelled traces to learn from.
pub(super) struct Examples {
    /// A row per trace, a column per place.
    pub values: Array2<f32>,
    /// The reference of each trace, in `0..references`.
    pub labels: Vec<usize>,
    /// The data set of each trace, in `0..data_sets`.
    pub data_sets: Vec<usize>,
    /// The number of references.
    pub references: usize,
    /// The number of data sets.
    pub count: usize,
}

/// A discriminant: how far a trace lies in the direction of each reference.
#[derive(Debug, Clone)]
pub(super) struct Discriminant {
    /// A row per place, a column per reference; all zero for a reference that was not seen.
    pub weights: Array2<f32>,
    /// The centre of each data set as the weights see it; `None` where nothing was seen of it.
    pub centres: Vec<Option<Vec<f32>>>,
}

/// What is summed over a set of traces.
#[derive(Clone)]
struct Sums {
    /// `Σ w x xᵀ`, its diagonal and what is below, where a reference's traces weigh 1 together.
    scatter: Array2<f32>,
    /// Per reference and data set: `Σ x`, and the number of traces.
    cells: Vec<(Vec<f32>, f32)>,
}

impl Examples {
    /// The discriminants of all traces without each of `parts`, and of all traces with the basis on
    /// which more references can be added to it; `None` unless it is to be kept.
    pub(super) fn learn(
        &self,
        parts: &[Vec<usize>],
        keep_basis: bool,
    ) -> (Vec<Discriminant>, Discriminant, Option<Basis>) {
        let mut sizes = vec![0.0_f32; self.references];
        for &label in &self.labels {
            sizes[label] += 1.0;
        }
        let all: Vec<usize> = (0..self.labels.len()).collect();
        let whole = self.sums(&all, &sizes);
        let without = parts
            .iter()
            .map(|part| {
                let mut rest = whole.clone();
                let own = self.sums(part, &sizes);
                rest.scatter -= &own.scatter;
                for (cell, own) in rest.cells.iter_mut().zip(&own.cells) {
                    cell.0.iter_mut().zip(&own.0).for_each(|(sum, value)| *sum -= value);
                    cell.1 -= own.1;
                }
                self.discriminant(rest, &sizes, false).0
            })
            .collect();
        let (whole, basis) = self.discriminant(whole, &sizes, keep_basis);
        (without, whole, basis)
    }

    fn sums(&self, members: &[usize], sizes: &[f32]) -> Sums {
        let places = self.values.ncols();
        let mut cells = vec![(vec![0.0_f32; places], 0.0_f32); self.references * self.count];
        for &i in members {
            let cell = &mut cells[self.labels[i] * self.count + self.data_sets[i]];
            cell.0.iter_mut().zip(self.values.row(i)).for_each(|(sum, value)| *sum += value);
            cell.1 += 1.0;
        }
        let mut scatter = Array2::<f32>::zeros((places, places));
        for chunk in members.chunks(CHUNK) {
            let mut rows = Array2::<f32>::zeros((chunk.len(), places));
            rows.axis_iter_mut(Axis(0)).into_par_iter().zip(chunk).for_each(|(mut row, &i)| {
                row.assign(&self.values.row(i));
                let weight = sizes[self.labels[i]].max(1.0).recip().sqrt();
                row.mapv_inplace(|value| value * weight);
            });
            add_second_moments(&mut scatter, rows.view(), 1.0);
        }
        Sums { scatter, cells }
    }

    fn discriminant(
        &self,
        sums: Sums,
        sizes: &[f32],
        keep_basis: bool,
    ) -> (Discriminant, Option<Basis>) {
        let places = self.values.ncols();
        let Sums { scatter: mut within, mut cells } = sums;
        // The scatter about the means of each reference on each data set.
        let filled: Vec<usize> = (0..cells.len()).filter(|&i| cells[i].1 > 0.5).collect();
        let mut means = Array2::<f32>::zeros((filled.len(), places));
        for (mut row, &i) in means.outer_iter_mut().zip(&filled) {
            let (sum, count) = &mut cells[i];
            sum.iter_mut().for_each(|value| *value /= *count);
            let weight = (*count / sizes[i / self.count].max(1.0)).sqrt();
            row.iter_mut().zip(sum.iter()).for_each(|(target, value)| *target = weight * value);
        }
        add_second_moments(&mut within, means.view(), -1.0);
        // The scatter sums over references: it is so many times the mean variance within them.
        let total: f32 = filled.iter().map(|&i| cells[i].1 / sizes[i / self.count].max(1.0)).sum();
        let centres: Vec<Option<Vec<f32>>> = (0..self.count)
            .map(|data_set| {
                let mut own = filled.iter().filter(|&&i| i % self.count == data_set).peekable();
                own.peek()?;
                Some(mean_profile(own.map(|&i| cells[i].0.as_slice())))
            })
            .collect();
        let mut targets = Array2::<f32>::zeros((places, self.references));
        for reference in 0..self.references {
            let own: Vec<Vec<f32>> = filled
                .iter()
                .filter(|&&i| i / self.count == reference)
                .map(|&i| {
                    let centre = centres[i % self.count].as_deref().unwrap_or_default();
                    cells[i].0.iter().zip(centre).map(|(mean, centre)| mean - centre).collect()
                })
                .collect();
            // A reference that was not seen has no mean, and its column stays zero.
            let mean = mean_profile(own.iter().map(Vec::as_slice));
            targets.column_mut(reference).iter_mut().zip(mean).for_each(|(t, m)| *t = m);
        }
        let trace: f32 = within.diag().iter().sum();
        let ridge = (RIDGE * trace / places.max(1) as f32).max(1e-6);
        within.diag_mut().iter_mut().for_each(|value| *value = value.max(0.0) + ridge);
        let basis = keep_basis.then(|| Basis::new(within.clone(), total, centres.clone()));
        let mut weights = match Cholesky::new(within) {
            Some(cholesky) => cholesky.solve(targets.view()),
            None => Array2::zeros((places, self.references)),
        };
        // The unit of each column: one standard deviation of a reference's own traces.
        for (mut column, target) in weights.columns_mut().into_iter().zip(targets.columns()) {
            let square: f32 = column.iter().zip(target).map(|(w, t)| w * t).sum();
            let unit = if square > 1e-12 { square.sqrt().recip() } else { 0.0 };
            column.mapv_inplace(|value| value * unit * total.sqrt());
        }
        let centres = centres
            .into_iter()
            .map(|centre| centre.map(|c| ndarray::aview1(&c).dot(&weights).to_vec()))
            .collect();
        (Discriminant { weights, centres }, basis)
    }
}

impl Discriminant {
    /// The mean of the centres of `data_sets`; zero where none of them was seen.
    pub(super) fn mean_centre(&self, data_sets: &[usize]) -> Vec<f32> {
        let own = data_sets.iter().filter_map(|&data_set| self.centres[data_set].as_deref());
        let mut mean = mean_profile(own);
        mean.resize(self.weights.ncols(), 0.0);
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::style::Place;

    /// Two references, whose traces lie one step around 1 and −1, on two data sets that lie 10
    /// apart.
    fn examples() -> Examples {
        let rows: Vec<(f32, usize, usize)> = [(0.0, 0), (2.0, 0), (-2.0, 1), (0.0, 1)]
            .into_iter()
            .flat_map(|(value, label)| [(value, label, 0), (value + 10.0, label, 1)])
            .collect();
        Examples {
            values: Array2::from_shape_fn((rows.len(), 1), |(i, _)| rows[i].0),
            labels: rows.iter().map(|row| row.1).collect(),
            data_sets: rows.iter().map(|row| row.2).collect(),
            references: 2,
            count: 2,
        }
    }

    #[test]
    fn one_place_is_worked_by_hand() {
        let (without, whole, basis) = examples().learn(&[vec![1, 3, 5, 7]], false);
        assert!(basis.is_none());
        // Each reference: mean ±1 about its data set, variance 1. Scatter 1 + 1, ridge ½ · 2: W =
        // 3. W⁻¹ m = 1/3; its unit 1 / √(1/3); times the root of the weight 2 that the scatter
        // sums.
        let expected = (2.0_f32 / 3.0).sqrt();
        for discriminant in [&whole, &without[0]] {
            assert!((discriminant.weights[[0, 0]] - expected).abs() < 1e-5);
            assert!((discriminant.weights[[0, 1]] + expected).abs() < 1e-5);
            let centre = discriminant.centres[0].as_ref().unwrap();
            assert!(centre[0].abs() < 1e-5, "{centre:?}");
        }
        let centre = whole.centres[1].as_ref().unwrap();
        assert!((centre[0] - 10.0 * expected).abs() < 1e-4, "{centre:?}");
        assert!((whole.mean_centre(&[0, 1])[0] - 5.0 * expected).abs() < 1e-4);
        // The data set that was left out was not seen.
        assert!(without[0].centres[1].is_none());
    }

    #[test]
    fn a_reference_that_was_not_seen_has_no_direction() {
        let (without, ..) = examples().learn(&[vec![4, 5, 6, 7]], false);
        assert!(without[0].weights.column(1).iter().all(|weight| *weight == 0.0));
        assert!(without[0].weights.iter().all(|weight| weight.is_finite()));
    }

    #[test]
    fn on_its_basis_a_reference_gets_the_direction_that_it_has() {
        let examples = examples();
        let (_, whole, basis) = examples.learn(&[], true);
        let basis = basis.unwrap();
        let at: Vec<Place> =
            examples.data_sets.iter().map(|&own| Place::new(0, Some(own))).collect();
        let again = basis.directions(2).unwrap().of(&examples.values, &examples.labels, &at, 2);
        for (a, b) in again.iter().zip(&whole.weights) {
            assert!((a - b).abs() < 1e-5, "{again:?} {:?}", whole.weights);
        }
    }
}
