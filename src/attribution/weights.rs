//! The learned weights, as small as they can be without changing an answer.
//!
//! Each feature's weights for all references are stored as signed bytes with one common factor:
//! a trace's logits are sums over thousands of features, so that rounding errors of half a percent
//! of the largest weight cancel out.

use super::postings::Postings;
use crate::features::Row;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use std::ops::Range;

/// Dense values whose weights one task computes.
const DENSE_CHUNK: usize = 256;
/// A reference that is added later may make the steps of a row coarser by this factor at most.
const MOST_ROOM: f32 = 4.0;

/// The weights of every feature and dense value for every reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    references: usize,
    /// Feature-major: `bytes[feature * references + reference]`.
    bytes: Vec<i8>,
    /// Feature → what a byte of 1 is worth.
    factors: Vec<f32>,
    /// Value-major: `dense_bytes[value * references + reference]`.
    dense_bytes: Vec<i8>,
    /// Dense value → what a byte of 1 is worth.
    dense_factors: Vec<f32>,
}

/// Numbers of weights, features and references that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{weights} and {dense_weights} weights do not fit {features} features, {dense_values} dense values and {references} references"
)]
#[non_exhaustive]
pub struct WeightsError {
    /// The number of weights of features.
    pub weights: usize,
    /// The number of weights of dense values.
    pub dense_weights: usize,
    /// The number of features.
    pub features: usize,
    /// The number of dense values.
    pub dense_values: usize,
    /// The number of references.
    pub references: usize,
}

/// What an atlas file holds of weights: the bytes and factors of the features, then of the dense
/// values.
pub(crate) type Parts<'a> = (&'a [i8], &'a [f32], &'a [i8], &'a [f32]);

impl Weights {
    /// `Lᵀ A`: the weights over features from the coefficients over landmarks, whose rows these are,
    /// rounded to bytes. `units` says what one step of each dense value is worth in the kernel.
    pub fn from_coefficients(
        rows: &[&Row],
        features: usize,
        units: &[f32],
        coefficients: ArrayView2<'_, f32>,
    ) -> Self {
        let references = coefficients.ncols();
        let postings = Postings::new(rows, features, |_| true);
        let coefficients = coefficients.as_standard_layout();
        let flat = coefficients.as_slice().unwrap_or_default();
        let mut bytes = vec![0_i8; features * references];
        let mut factors = vec![0.0_f32; features];
        bytes
            .par_chunks_mut(references.max(1))
            .zip(factors.par_iter_mut())
            .enumerate()
            .for_each_init(
                || vec![0.0_f32; references],
                |sum, (feature, (bytes, factor))| {
                    sum.fill(0.0);
                    for &(i, value) in postings.of(feature) {
                        let own = &flat[i as usize * references..(i as usize + 1) * references];
                        for (sum, coefficient) in sum.iter_mut().zip(own) {
                            *sum += value * coefficient;
                        }
                    }
                    *factor = round_to_bytes(sum, bytes);
                },
            );
        let values = rows.first().map_or(0, |row| row.dense.len());
        let mut dense_bytes = vec![0_i8; values * references];
        let mut dense_factors = vec![0.0_f32; values];
        dense_bytes
            .par_chunks_mut(DENSE_CHUNK * references.max(1))
            .zip(dense_factors.par_chunks_mut(DENSE_CHUNK))
            .enumerate()
            .for_each(|(chunk, (bytes, factors))| {
                let from = chunk * DENSE_CHUNK;
                // Squared: once for the trace that is learned from, once for that which is scored.
                let squares: Vec<f32> =
                    units[from..from + factors.len()].iter().map(|unit| unit * unit).collect();
                let mut own = Array2::<f32>::zeros((rows.len(), factors.len()));
                for (mut target, row) in own.outer_iter_mut().zip(rows) {
                    for ((target, value), square) in
                        target.iter_mut().zip(&row.dense[from..]).zip(&squares)
                    {
                        *target = value * square;
                    }
                }
                let weights = own.t().dot(&coefficients);
                for ((row, bytes), factor) in
                    weights.outer_iter().zip(bytes.chunks_mut(references.max(1))).zip(factors)
                {
                    *factor = round_to_bytes(&row.to_vec(), bytes);
                }
            });
        Self { references, bytes, factors, dense_bytes, dense_factors }
    }

    /// Puts weights together from what an atlas file holds.
    ///
    /// # Errors
    /// Where the numbers of values do not fit together.
    pub(crate) fn from_parts(
        references: usize,
        (bytes, factors): (Vec<i8>, Vec<f32>),
        (dense_bytes, dense_factors): (Vec<i8>, Vec<f32>),
    ) -> Result<Self, WeightsError> {
        if bytes.len() != factors.len() * references
            || dense_bytes.len() != dense_factors.len() * references
        {
            return Err(WeightsError {
                weights: bytes.len(),
                dense_weights: dense_bytes.len(),
                features: factors.len(),
                dense_values: dense_factors.len(),
                references,
            });
        }
        Ok(Self { references, bytes, factors, dense_bytes, dense_factors })
    }

    /// Bytes and factors, as an atlas file holds them.
    pub(crate) fn parts(&self) -> Parts<'_> {
        (&self.bytes, &self.factors, &self.dense_bytes, &self.dense_factors)
    }

    /// Weights of features only, a row per feature and a column per reference, rounded to bytes.
    pub fn sparse(values: &Array2<f32>) -> Self {
        let (bytes, factors) = rounded(values);
        let (dense_bytes, dense_factors) = (Vec::new(), Vec::new());
        Self { references: values.ncols(), bytes, factors, dense_bytes, dense_factors }
    }

    /// Weights of dense values only, a row per value and a column per reference, rounded to bytes.
    pub fn dense(values: &Array2<f32>) -> Self {
        let (dense_bytes, dense_factors) = rounded(values);
        let (bytes, factors) = (Vec::new(), Vec::new());
        Self { references: values.ncols(), bytes, factors, dense_bytes, dense_factors }
    }

    /// The same with the weights of more references behind those of the others: `sparse` has a row
    /// per feature (none, where these weights have no features), `dense` a row per dense value,
    /// both a column per reference. The others' weights are rounded anew where a new one is larger
    /// than all of them, by up to four times; larger ones are cut off there.
    #[must_use]
    pub fn with_columns(&self, sparse: &Array2<f32>, dense: &Array2<f32>) -> Self {
        let (bytes, factors) = widened(&self.bytes, &self.factors, self.references, sparse);
        let (dense_bytes, dense_factors) =
            widened(&self.dense_bytes, &self.dense_factors, self.references, dense);
        let references = self.references + dense.ncols();
        Self { references, bytes, factors, dense_bytes, dense_factors }
    }

    /// The logits of a row in two parts: of all but the dense values in `apart`, and of those.
    pub fn logits(&self, row: &Row, apart: &Range<usize>) -> (Vec<f32>, Vec<f32>) {
        let mut most = self.sparse_logits(row);
        let (dense, rest) = self.dense_logits(&row.dense, apart);
        most.iter_mut().zip(dense).for_each(|(logit, other)| *logit += other);
        (most, rest)
    }

    /// The part of a row's features in its logits.
    pub fn sparse_logits(&self, row: &Row) -> Vec<f32> {
        let mut logits = vec![0.0_f32; self.references];
        for (&index, &value) in row.indices.iter().zip(&row.values) {
            let index = index as usize;
            let value = value * self.factors[index];
            let bytes = &self.bytes[index * self.references..(index + 1) * self.references];
            for (logit, &byte) in logits.iter_mut().zip(bytes) {
                *logit += value * f32::from(byte);
            }
        }
        logits
    }

    /// The part of dense values in the logits: of all but those in `apart`, and of those.
    pub fn dense_logits(&self, values: &[f32], apart: &Range<usize>) -> (Vec<f32>, Vec<f32>) {
        let mut most = vec![0.0_f32; self.references];
        let mut rest = vec![0.0_f32; self.references];
        let dense = self.dense_bytes.chunks(self.references.max(1)).zip(&self.dense_factors);
        for (place, ((bytes, factor), value)) in dense.zip(values).enumerate() {
            if *factor == 0.0 {
                continue;
            }
            let value = value * factor;
            let logits = if apart.contains(&place) { &mut rest } else { &mut most };
            for (logit, &byte) in logits.iter_mut().zip(bytes) {
                *logit += value * f32::from(byte);
            }
        }
        (most, rest)
    }

    /// The weights of a dense value, a number per reference; `None` where it has none.
    pub(crate) fn dense_row(&self, value: usize) -> Option<Vec<f32>> {
        let factor = *self.dense_factors.get(value).filter(|factor| **factor != 0.0)?;
        let bytes = self.dense_bytes.chunks(self.references.max(1)).nth(value)?;
        Some(bytes.iter().map(|&byte| factor * f32::from(byte)).collect())
    }

    /// The weight of a feature for a reference, over its mean weight for all references.
    pub fn advantage(&self, feature: usize, reference: usize) -> f32 {
        let bytes = &self.bytes[feature * self.references..(feature + 1) * self.references];
        over_mean(bytes, reference) * self.factors[feature]
    }

    /// The weight of a dense value for a reference, over its mean weight for all references.
    pub fn dense_advantage(&self, value: usize, reference: usize) -> f32 {
        let bytes = &self.dense_bytes[value * self.references..(value + 1) * self.references];
        over_mean(bytes, reference) * self.dense_factors[value]
    }

    /// The number of features.
    pub fn features(&self) -> usize {
        self.factors.len()
    }

    /// The number of dense values.
    pub fn dense_values(&self) -> usize {
        self.dense_factors.len()
    }
}

/// Bytes and factors with more columns; see [`Weights::with_columns`].
fn widened(
    bytes: &[i8],
    factors: &[f32],
    references: usize,
    columns: &Array2<f32>,
) -> (Vec<i8>, Vec<f32>) {
    let mut wide = Vec::with_capacity(factors.len() * (references + columns.ncols()));
    let mut wide_factors = Vec::with_capacity(factors.len());
    for ((own, &factor), new) in
        bytes.chunks(references.max(1)).zip(factors).zip(columns.outer_iter())
    {
        let largest = new.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let room = (largest / 127.0).clamp(factor, MOST_ROOM * factor);
        let step = |value: f32| {
            if room > 0.0 { (value / room).round().clamp(-127.0, 127.0) as i8 } else { 0 }
        };
        wide.extend(own.iter().map(|&byte| step(f32::from(byte) * factor)));
        wide.extend(new.iter().map(|&value| step(value)));
        wide_factors.push(room);
    }
    (wide, wide_factors)
}

/// The byte of a reference over the mean of all.
fn over_mean(bytes: &[i8], reference: usize) -> f32 {
    let mean = bytes.iter().map(|&b| f32::from(b)).sum::<f32>() / bytes.len() as f32;
    f32::from(bytes[reference]) - mean
}

/// Rounds each row to bytes: all bytes, and what a byte of 1 is worth in each row.
fn rounded(values: &Array2<f32>) -> (Vec<i8>, Vec<f32>) {
    let mut bytes = vec![0_i8; values.len()];
    let factors = values
        .outer_iter()
        .zip(bytes.chunks_mut(values.ncols().max(1)))
        .map(|(row, bytes)| round_to_bytes(&row.to_vec(), bytes))
        .collect();
    (bytes, factors)
}

/// Rounds values to bytes and returns what a byte of 1 is worth.
pub(crate) fn round_to_bytes(values: &[f32], bytes: &mut [i8]) -> f32 {
    let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let factor = largest / 127.0;
    for (byte, value) in bytes.iter_mut().zip(values) {
        *byte = if factor > 0.0 { (value / factor).round() as i8 } else { 0 };
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_are_the_kernel_products_that_the_solver_saw() {
        let row = |a: f32, b: f32| Row {
            indices: vec![0, 1],
            values: vec![a, b],
            dense: vec![a - b],
            ..Row::default()
        };
        let rows = [row(1.0, 2.0), row(0.5, -1.0)];
        let coefficients = ndarray::arr2(&[[1.0_f32, -1.0], [0.25, -0.25]]);
        let landmarks: Vec<&Row> = rows.iter().collect();
        let weights = Weights::from_coefficients(&landmarks, 2, &[0.5], coefficients.view());
        let kernel = super::super::kernel::kernel(&rows, &[0, 1], 2, &[0.5]);
        let expected = kernel.dot(&coefficients);
        for (i, row) in rows.iter().enumerate() {
            let (most, rest) = weights.logits(row, &(0..1));
            for c in 0..2 {
                assert!((most[c] + rest[c] - expected[[i, c]]).abs() < 0.02, "{i} {c}");
            }
        }
        assert!((weights.advantage(0, 0) - 1.125).abs() < 0.01);
        // (−1 × 1 + 1.5 × 0.25) × 0.5², and the second reference has the opposite.
        assert!((weights.dense_advantage(0, 0) + 0.156_25).abs() < 0.002);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        assert!(
            Weights::from_parts(2, (vec![0; 3], vec![0.0; 2]), (vec![], vec![]))
                .unwrap_err()
                .to_string()
                .contains("3 and 0 weights")
        );
    }

    #[test]
    fn more_columns_leave_the_others_as_they_were() {
        let weights =
            Weights::sparse(&ndarray::arr2(&[[1.27_f32, -0.5], [0.0, 0.0], [0.1, 0.127]]));
        let wide = weights
            .with_columns(&ndarray::arr2(&[[0.3_f32], [5.0], [0.254]]), &Array2::zeros((0, 1)));
        assert_eq!(wide.references, 3);
        assert_eq!(wide.bytes[..3], [127, -50, 30]);
        // Where nobody had a weight there is no step to count in.
        assert_eq!((wide.factors[1], &wide.bytes[3..6]), (0.0, &[0_i8, 0, 0][..]));
        // Twice as large as the largest: steps twice as coarse.
        assert!((wide.factors[2] - 0.002).abs() < 1e-6);
        assert_eq!(wide.bytes[6..], [50, 64, 127]);
    }
}
