//! The model of the known data sets.

use crate::{
    attribution::weights::Weights,
    features::Row,
    stats::{logistic::binary::BinaryLogistic, vectors::argmax},
};
use ndarray::Array2;

/// The known data sets.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSets {
    /// Feature → number per data set; the cosine of a row with each data set's mean.
    pub weights: Weights,
    /// What the weights give for the mean over all data sets.
    pub offsets: Vec<f32>,
    /// How near each data set its own traces usually are, on prompts that were not learned from:
    /// the intercept and the slope of a line over the logarithm of the words. Empty with fewer than
    /// two data sets.
    pub usual: Vec<[f64; 2]>,
    /// The probability that a trace is of a known data set, by its covariates.
    pub in_domain_probability: BinaryLogistic,
}

/// Which data set a trace is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DataSetEstimate {
    /// The nearest data set.
    pub data_set: usize,
    /// The probability that the trace is of a known data set at all.
    pub in_domain: f64,
}

/// The least that a data set's usual nearness is taken to be, as it is divided by.
const LEAST_USUAL: f64 = 0.01;

/// Covariates of the probability that a trace is of a known data set.
pub const COVARIATES: usize = 2;

/// The nearest data set of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nearest {
    pub data_set: usize,
    /// How near it is: the cosine with its mean, less that of the mean over all data sets.
    pub near: f64,
    /// The logarithm of the row's words.
    pub length: f64,
}

impl Nearest {
    /// The nearest data set of a row, by how near each is.
    pub fn new(near: &[f32], row: &Row) -> Self {
        let data_set = argmax(near);
        let length = (row.words.clamp(30, 5_000) as f64).ln();
        Self { data_set, near: f64::from(near[data_set]), length }
    }
}

impl DataSets {
    /// The data set of a row and the probability that it is a known one. With fewer than two data
    /// sets nothing can be told: the first, and 1.
    pub fn find(&self, row: &Row) -> DataSetEstimate {
        if self.offsets.len() < 2 {
            return DataSetEstimate { data_set: 0, in_domain: 1.0 };
        }
        self.estimate(Nearest::new(&self.near(row), row))
    }

    /// The nearest data set with the probability that it is the trace's own.
    pub(super) fn estimate(&self, nearest: Nearest) -> DataSetEstimate {
        let in_domain = self.in_domain_probability.probability(&self.covariates(nearest), 0.0);
        DataSetEstimate { data_set: nearest.data_set, in_domain }
    }

    /// The covariates: how near the nearest data set is, over the root of how near its own traces
    /// of that length are, and the length.
    ///
    /// Of nearness alone, the ratio, its logarithm and deviations in standard deviations this had
    /// the smallest loss, or nearly, on the traces that are learned from. How much nearer it is
    /// than the next data set was no better on known data sets, and worse on unseen ones.
    pub(super) fn covariates(&self, nearest: Nearest) -> [f64; COVARIATES] {
        let Nearest { data_set, near, length } = nearest;
        let usual =
            self.usual.get(data_set).map_or(LEAST_USUAL, |[start, slope]| start + slope * length);
        [near / usual.max(LEAST_USUAL).sqrt(), length]
    }

    /// How near each data set is.
    pub(super) fn near(&self, row: &Row) -> Vec<f32> {
        let length = row.values.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-9);
        let values = self.weights.sparse_logits(row);
        values.iter().zip(&self.offsets).map(|(value, offset)| value / length - offset).collect()
    }

    /// The data sets' means over the rows that `keep` names; `of` gives the data set of each row,
    /// in `0..count`. A data set `without` gets no weight and can never be the nearest.
    pub(super) fn from_means(
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
        let present: Vec<usize> =
            (0..count).filter(|&data_set| Some(data_set) != without).collect();
        let mut middle = vec![0.0_f32; features];
        for &data_set in &present {
            for (sum, value) in middle.iter_mut().zip(means.column(data_set)) {
                *sum += value / present.len().max(1) as f32;
            }
        }
        let mut offsets = vec![f32::INFINITY; count];
        for (data_set, offset) in offsets.iter_mut().enumerate() {
            let mut column = means.column_mut(data_set);
            if Some(data_set) == without {
                column.fill(0.0);
                continue;
            }
            column.iter_mut().zip(&middle).for_each(|(value, middle)| *value -= middle);
            let length = column.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-9);
            column.mapv_inplace(|value| value / length);
            *offset = column.iter().zip(&middle).map(|(a, b)| a * b).sum();
        }
        Self {
            weights: Weights::sparse(&means),
            offsets,
            usual: Vec::new(),
            in_domain_probability: BinaryLogistic::default(),
        }
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
