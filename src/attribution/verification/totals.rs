//! Sums over traces: all that the directions and the space of comparison are learned from.
//!
//! Sums add, so that they are taken once for each fold of prompts and of families, and every learner
//! that leaves some out adds up the rest.

use crate::stats::products::add_second_moments;
use ndarray::{Array2, Axis};
use std::collections::BTreeMap;

/// Rows that are copied together before they are multiplied.
const CHUNK: usize = 2_048;

/// Labelled traces.
pub(crate) struct LabelledTraces<'a> {
    /// The style values of each trace, a row per trace.
    pub values: &'a Array2<f32>,
    /// The reference of each.
    pub labels: &'a [usize],
    /// The data set of each, in `0..data_set_count`.
    pub data_sets: &'a [usize],
    pub data_set_count: usize,
    /// The fold of each trace's prompt, in `0..fold_count`.
    pub folds: &'a [usize],
    pub fold_count: usize,
}

/// The sum of the values of the traces of a reference on a data set, and how many they are.
pub(super) type Sum = (Vec<f32>, f64);

/// Sums over some traces.
#[derive(Debug, Clone)]
pub(super) struct Totals {
    /// `Σ x xᵀ`: its diagonal and what is below it.
    pub moments: Array2<f32>,
    /// By reference and data set.
    pub sums: BTreeMap<(usize, usize), Sum>,
}

impl Totals {
    /// Those of no trace, with this number of values each.
    pub fn none(width: usize) -> Self {
        Self { moments: Array2::zeros((width, width)), sums: BTreeMap::new() }
    }

    /// Those of the traces with these numbers.
    pub fn of(traces: &LabelledTraces<'_>, chosen: &[usize]) -> Self {
        let mut totals = Self::none(traces.values.ncols());
        for chunk in chosen.chunks(CHUNK) {
            let rows = traces.values.select(Axis(0), chunk);
            add_second_moments(&mut totals.moments, rows.view(), 1.0);
        }
        for &i in chosen {
            let sum = totals.sum((traces.labels[i], traces.data_sets[i]));
            sum.0.iter_mut().zip(traces.values.row(i)).for_each(|(sum, value)| *sum += value);
            sum.1 += 1.0;
        }
        totals
    }

    /// Adds other traces.
    pub fn add(&mut self, other: &Self) {
        self.moments += &other.moments;
        for (&cell, (values, traces)) in &other.sums {
            let sum = self.sum(cell);
            sum.0.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            sum.1 += traces;
        }
    }

    /// The number of traces.
    pub fn traces(&self) -> f64 {
        self.sums.values().map(|(_, traces)| traces).sum()
    }

    fn sum(&mut self, cell: (usize, usize)) -> &mut Sum {
        let width = self.moments.nrows();
        self.sums.entry(cell).or_insert_with(|| (vec![0.0; width], 0.0))
    }
}
