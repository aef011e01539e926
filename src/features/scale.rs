//! How dense values are centred, scaled to unit variance and clipped.

use super::channel::Channel;
use super::dense::Block;
use super::row::Row;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A dense value counts for at most this many standard deviations.
const CLIP: f32 = 4.0;

/// How dense values are centred and scaled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Mean of each value over the training traces.
    pub mean: Vec<f32>,
    /// Standard deviation of each value over the training traces.
    pub deviation: Vec<f32>,
}

impl Scale {
    /// Centres and scales the dense values of a row, which lie in these blocks. Nothing is done
    /// before a scale was learned.
    pub(super) fn apply(&self, row: &mut Row, blocks: &[Block]) {
        let Self { mean, deviation } = self;
        if mean.is_empty() {
            return;
        }
        let dense = &mut row.dense;
        for block in blocks {
            let vectors = block.channel == Channel::Vectors;
            if vectors && row.without_vector {
                dense[block.places.clone()].fill(0.0);
                continue;
            }
            for place in block.places.clone() {
                // Rates and lengths have a size of their own, vectors have that of their model.
                let least = if vectors { 1e-6 * mean[place].abs() } else { 1e-6 };
                let steps = if deviation[place] > least {
                    (dense[place] - mean[place]) / deviation[place]
                } else {
                    0.0
                };
                dense[place] = steps.clamp(-CLIP, CLIP);
            }
        }
    }
}

/// Mean and standard deviation of each column of equally long rows.
pub fn mean_and_deviation<R: AsRef<[f32]> + Sync>(rows: &[R]) -> (Vec<f32>, Vec<f32>) {
    let columns = rows.first().map_or(0, |row| row.as_ref().len());
    let count = rows.len().max(1) as f64;
    // Row by row over stretches of columns: memory is read in the order in which it lies.
    const STRETCH: usize = 256;
    (0..columns.div_ceil(STRETCH))
        .into_par_iter()
        .flat_map_iter(|stretch| {
            let places = stretch * STRETCH..columns.min((stretch + 1) * STRETCH);
            let mut sums = vec![(0.0_f64, 0.0_f64); places.len()];
            for row in rows {
                for (sum, &value) in sums.iter_mut().zip(&row.as_ref()[places.clone()]) {
                    sum.0 += f64::from(value);
                }
            }
            for row in rows {
                for (sum, &value) in sums.iter_mut().zip(&row.as_ref()[places.clone()]) {
                    sum.1 += (f64::from(value) - sum.0 / count).powi(2);
                }
            }
            sums.into_iter()
                .map(|(sum, square)| ((sum / count) as f32, (square / count).sqrt() as f32))
        })
        .unzip()
}
