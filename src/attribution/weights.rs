//! The learned weights, as small as they can be without changing an answer.
//!
//! Each feature's weights for all references are stored as signed bytes with one common factor:
//! a trace's logits are sums over thousands of features, so that rounding errors of half a percent
//! of the largest weight cancel out.

use super::postings::Postings;
use crate::features::SparseRow;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

/// The weights of every feature and layout measure for every reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    references: usize,
    /// Feature-major: `bytes[feature * references + reference]`.
    bytes: Vec<i8>,
    /// Feature → what a byte of 1 is worth.
    factors: Vec<f32>,
    /// Measure-major: `layout[measure * references + reference]`.
    layout: Vec<f32>,
}

impl Weights {
    /// `Xᵀ A`: the weights over features from the coefficients over traces, rounded to bytes.
    pub fn from_coefficients(
        rows: &[SparseRow],
        features: usize,
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
        let measures = rows.first().map_or(0, |row| row.layout.len());
        let layout_rows = Array2::from_shape_fn((measures, rows.len()), |(m, i)| rows[i].layout[m]);
        let layout = layout_rows.dot(&coefficients).as_standard_layout().iter().copied().collect();
        Self { references, bytes, factors, layout }
    }

    /// Puts weights together from what an atlas file holds.
    ///
    /// # Errors
    /// A sentence, where the numbers of values do not fit together.
    pub(crate) fn from_parts(
        references: usize,
        bytes: Vec<i8>,
        factors: Vec<f32>,
        layout: Vec<f32>,
    ) -> Result<Self, String> {
        if bytes.len() != factors.len() * references
            || !layout.len().is_multiple_of(references.max(1))
        {
            return Err(format!(
                "{} weights and {} layout weights do not fit {} features and {references} references",
                bytes.len(),
                layout.len(),
                factors.len()
            ));
        }
        Ok(Self { references, bytes, factors, layout })
    }

    /// Bytes, factors and layout weights, as an atlas file holds them.
    pub(crate) fn parts(&self) -> (&[i8], &[f32], &[f32]) {
        (&self.bytes, &self.factors, &self.layout)
    }

    /// The logits of a row: the part of the n-grams, and the part of the layout.
    pub fn logits(&self, row: &SparseRow) -> (Vec<f32>, Vec<f32>) {
        let mut ngrams = vec![0.0_f32; self.references];
        for (&index, &value) in row.indices.iter().zip(&row.values) {
            let index = index as usize;
            let value = value * self.factors[index];
            let bytes = &self.bytes[index * self.references..(index + 1) * self.references];
            for (logit, &byte) in ngrams.iter_mut().zip(bytes) {
                *logit += value * f32::from(byte);
            }
        }
        let mut layout = vec![0.0_f32; self.references];
        for (weights, &value) in self.layout.chunks(self.references.max(1)).zip(&row.layout) {
            for (logit, &weight) in layout.iter_mut().zip(weights) {
                *logit += value * weight;
            }
        }
        (ngrams, layout)
    }

    /// The weight of a feature for a reference, over its mean weight for all references.
    pub fn advantage(&self, feature: usize, reference: usize) -> f32 {
        let bytes = &self.bytes[feature * self.references..(feature + 1) * self.references];
        let mean = bytes.iter().map(|&b| f32::from(b)).sum::<f32>() / self.references as f32;
        (f32::from(bytes[reference]) - mean) * self.factors[feature]
    }

    /// The number of features.
    pub fn features(&self) -> usize {
        self.factors.len()
    }
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
        let row = |a: f32, b: f32| SparseRow {
            indices: vec![0, 1],
            values: vec![a, b],
            layout: vec![a - b],
            profile: Vec::new(),
            counts: Vec::new(),
        };
        let rows = [row(1.0, 2.0), row(0.5, -1.0)];
        let coefficients = ndarray::arr2(&[[1.0_f32, -1.0], [0.25, -0.25]]);
        let weights = Weights::from_coefficients(&rows, 2, coefficients.view());
        let gram = super::super::gram::gram(&rows, 2);
        let expected = gram.dot(&coefficients);
        for (i, row) in rows.iter().enumerate() {
            let (ngrams, layout) = weights.logits(row);
            for c in 0..2 {
                assert!((ngrams[c] + layout[c] - expected[[i, c]]).abs() < 0.02, "{i} {c}");
            }
        }
        assert!((weights.advantage(0, 0) - 1.125).abs() < 0.01);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        assert!(
            Weights::from_parts(2, vec![0; 3], vec![0.0; 2], vec![])
                .unwrap_err()
                .contains("3 weights")
        );
    }
}
